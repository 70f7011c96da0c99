"""Candles without a header: Binance's klines (csv) and ccxt's OHLCV (a JSON list of lists)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from glosten.market._batch import SCHEMA, Batch, Format, ImportOptions, Kind, RowBuffers, times_ns
from glosten.market._import_bybit import NS_PER_MS
from glosten.market._vendor_file import VendorFile, csv_frames, json_items

KLINE_COLUMNS = 12
_NUMBERS = ("open", "high", "low", "close", "volume")
_JSON = re.compile(rb"^\s*\[\s*\[\s*\d{12,13}\s*(,\s*-?[\d.eE+-]+\s*){5}\]")


def _is_klines(file: VendorFile) -> bool:
    lines = file.first_lines(1)
    fields = lines[0].split(",") if lines else []
    return len(fields) == KLINE_COLUMNS and (
        fields[0].strip() == "open_time" or all(re.match(r"^\s*-?\d+(\.\d+)?\s*$", field) for field in fields)
    )


def _is_ohlcv(file: VendorFile) -> bool:
    return bool(_JSON.match(file.head))


def _read(files: Sequence[VendorFile], options: ImportOptions) -> Iterator[Batch]:
    buffers = RowBuffers(SCHEMA)
    for file in files:
        instrument = re.split(r"[-.]", file.name)[0]
        if _is_klines(file):
            yield from _klines(file, instrument, options.unit)
            continue
        for ts_ms, *numbers in json_items(file):
            row = (int(ts_ms) * NS_PER_MS, *(float(number) for number in numbers[:5]))
            if buffers.add(Kind.CANDLES, instrument, row):
                yield from buffers.take()
        yield from buffers.take()


def _klines(file: VendorFile, instrument: str, unit: str) -> Iterator[Batch]:
    schema: dict[str, Any] = {"open_time": pl.Int64, **dict.fromkeys(_NUMBERS, pl.Float64)}
    schema |= {f"more{number}": pl.String for number in range(KLINE_COLUMNS - len(schema))}
    for frame in csv_frames(file, schema, skip_header=not file.first_lines(1)[0].strip()[:1].isdigit()):
        yield Batch(Kind.CANDLES, instrument, frame.select(times_ns("open_time", frame, unit), *_NUMBERS))


KLINES = Format(
    "klines",
    "candles without header: Binance klines (zip or csv), ccxt OHLCV (JSON)",
    lambda file: _is_klines(file) or _is_ohlcv(file),
    _read,
)
