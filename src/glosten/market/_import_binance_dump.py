"""Binance's daily dumps: trades, aggTrades and bookTicker of spot, USD-M and COIN-M, zip or csv, with a header or not.

Spot files have no header; futures files have one since 2021. Spot counts in microseconds since 2025, else milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import polars as pl

from glosten.market._batch import Batch, Format, ImportOptions, Kind, seller_if_maker_buys, times_ns
from glosten.market._vendor_file import VendorFile, csv_frames

_TRADES = ("id", "price", "qty", "quote_qty", "time", "is_buyer_maker", "is_best_match")
_AGGREGATES = (
    "agg_trade_id",
    "price",
    "quantity",
    "first_trade_id",
    "last_trade_id",
    "transact_time",
    "is_buyer_maker",
    "is_best_match",
)
_BOOKS = (
    "update_id",
    "best_bid_price",
    "best_bid_qty",
    "best_ask_price",
    "best_ask_qty",
    "transaction_time",
    "event_time",
)
_INTEGERS = {
    "id",
    "time",
    "agg_trade_id",
    "first_trade_id",
    "last_trade_id",
    "transact_time",
    "update_id",
    "transaction_time",
    "event_time",
}
_WORDS = {"is_buyer_maker", "is_best_match"}
_FLAG = re.compile(r"^(true|false)$", re.IGNORECASE)
_NUMBER = re.compile(r"^\d+(\.\d+)?$")
_RENAMED: Mapping[str, str] = MappingProxyType({"base_qty": "quote_qty", "best_match": "is_best_match"})


def _columns(file: VendorFile) -> tuple[str, ...]:
    """Return the columns of a dump by what its first line holds; nothing where it is none."""
    lines = file.first_lines(1)
    fields = [field.strip() for field in lines[0].split(",")] if lines else []
    if fields[:1] in (["id"], ["agg_trade_id"], ["update_id"]):
        names = tuple(_RENAMED.get(name, name) for name in fields)
        known = {"id": _TRADES, "agg_trade_id": _AGGREGATES, "update_id": _BOOKS}[names[0]]
        return names if set(names) <= set(known) and set(known[:-1]) <= set(names) else ()
    flags = [bool(_FLAG.match(field)) for field in fields]
    numbers = [bool(_NUMBER.match(field)) for field in fields]
    if len(fields) in (6, 7) and all(numbers[:5]) and all(flags[5:]):
        return _TRADES[: len(fields)]
    if len(fields) in (7, 8) and all(numbers[:6]) and all(flags[6:]):
        return _AGGREGATES[: len(fields)]
    return ()


def _has_header(file: VendorFile) -> bool:
    return not file.first_lines(1)[0][:1].isdigit()


def _schema(columns: tuple[str, ...]) -> dict[str, Any]:
    kinds: dict[str, Any] = {}
    for name in columns:
        kinds[name] = pl.Int64 if name in _INTEGERS else pl.String if name in _WORDS else pl.Float64
    return kinds


def _instrument(file: VendorFile) -> str:
    """Return the symbol that a dump's name begins with; the dump itself does not say it."""
    found = re.match(r"([A-Z0-9_]+)-(trades|aggTrades|bookTicker)", file.name)
    return found.group(1) if found else file.name.split(".")[0]


def _read(files: Sequence[VendorFile], options: ImportOptions) -> Iterator[Batch]:
    for file in files:
        columns, instrument = _columns(file), _instrument(file)
        for frame in csv_frames(file, _schema(columns), skip_header=_has_header(file)):
            if columns[0] == "update_id":
                rows = frame.select(
                    times_ns("transaction_time", frame, options.unit),
                    bid="best_bid_price",
                    bid_qty="best_bid_qty",
                    ask="best_ask_price",
                    ask_qty="best_ask_qty",
                )
                yield Batch(Kind.QUOTES, instrument, rows)
                continue
            clock, size = ("time", "qty") if columns[0] == "id" else ("transact_time", "quantity")
            rows = frame.select(
                times_ns(clock, frame, options.unit),
                "price",
                pl.col(size).alias("qty"),
                seller_if_maker_buys("is_buyer_maker"),
                trade_id=columns[0],
            )
            yield Batch(Kind.TRADES, instrument, rows)


BINANCE_DUMP = Format(
    "binance-dump",
    "Binance public data: trades, aggTrades and bookTicker of spot, USD-M and COIN-M (zip or csv)",
    lambda file: bool(_columns(file)),
    _read,
)
