"""ccxt's unified trades: a JSON list (as freqtrade and others keep them, .json or .json.gz) or csv of those fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from glosten.market._batch import SCHEMA, Batch, Format, ImportOptions, Kind, RowBuffers
from glosten.market._import_bybit import NS_PER_MS
from glosten.market._vendor_file import VendorFile, csv_frames, json_items

TEXT_TRADES = {**SCHEMA[Kind.TRADES], "trade_id": pl.String}
"""Unified numbers of trades are texts; they become whole numbers where all of them are."""
SIGNS = {"buy": 1, "sell": -1}
_CSV = {"timestamp": pl.Int64, "id": pl.String, "side": pl.String, "price": pl.Float64, "amount": pl.Float64}


def _header(file: VendorFile) -> list[str]:
    lines = file.first_lines(1)
    return lines[0].split(",") if lines else []


def _is_csv(file: VendorFile) -> bool:
    return set(_CSV) <= set(_header(file))


def _is_json(file: VendorFile) -> bool:
    text = file.head.lstrip()
    if not text.startswith(b"[") or not text[1:].lstrip().startswith(b"{"):
        return False
    return all(f'"{name}"'.encode() in text[:4096] for name in ("timestamp", "price", "amount", "side"))


def unified_row(trade: dict[str, Any]) -> tuple[Any, ...]:
    """Return a unified trade as a row of `TEXT_TRADES`."""
    number = trade.get("id")
    return (
        int(trade["timestamp"]) * NS_PER_MS,
        float(trade["price"]),
        float(trade["amount"]),
        SIGNS.get(trade.get("side") or "", 0),
        None if number is None else str(number),
    )


def _read(files: Sequence[VendorFile], options: ImportOptions) -> Iterator[Batch]:
    del options
    buffers = RowBuffers({Kind.TRADES: TEXT_TRADES})
    for file in files:
        if _is_csv(file):
            yield from _read_csv(file)
            continue
        for trade in json_items(file):
            if buffers.add(Kind.TRADES, str(trade.get("symbol") or ""), unified_row(trade)):
                yield from buffers.take()
        yield from buffers.take()


def _read_csv(file: VendorFile) -> Iterator[Batch]:
    schema: dict[str, Any] = {name or f"column{at}": _CSV.get(name, pl.String) for at, name in enumerate(_header(file))}
    for frame in csv_frames(file, schema, skip_header=True):
        rows = frame.select(
            ts_ns=pl.col("timestamp") * NS_PER_MS,
            price="price",
            qty="amount",
            side=pl.col("side").replace_strict(SIGNS, default=0, return_dtype=pl.Int8),
            trade_id="id",
        )
        if "symbol" not in frame.columns:
            yield Batch(Kind.TRADES, "", rows)
            continue
        for symbol in frame["symbol"].unique(maintain_order=True):
            yield Batch(Kind.TRADES, str(symbol), rows.filter(frame["symbol"] == symbol))


CCXT = Format(
    "ccxt",
    "ccxt unified trades: a JSON list (json, json.gz) or csv",
    lambda file: _is_json(file) or _is_csv(file),
    _read,
)
