"""Lean's tick files of US equities: zip of csv, milliseconds after midnight in New York, prices * 10000.

Quotes come in pairs of the same millisecond, the national best bid and then the best ask; a pair is one quote. Trades
carry flags of AlgoSeek (hexadecimal): those whose price was not made by the market at that time are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.errors import TapeError
from glosten.market._batch import Batch, Format, ImportOptions, Kind, unscaled
from glosten.market._market_day import midnight_ns
from glosten.market._vendor_file import VendorFile, csv_frames

PRICE_SCALE = 10_000
NS_PER_MS = 1_000_000
MARKET_MADE = 0x1 | 0x20 | 0x400 | 0x2000 | 0x20000000 | 0x80000000
"""Flags of prices that the market made just then: regular, sweep, Form T, extended hours, exempt, odd lot.

Source: Lean, Common/Data/Auxiliary/TradeConditionFlags.cs.
"""
_TRADE = re.compile(r"^\d{1,8},\d+,\d+,[^,]*,[0-9A-Fa-f]*,[01]$")
_QUOTE = re.compile(r"^\d{1,8},\d+,\d+,\d+,\d+,[^,]*,[0-9A-Fa-f]*,[01]$")
_TRADES = {
    "ms": pl.Int64,
    "price": pl.Int64,
    "qty": pl.Float64,
    "exchange": pl.String,
    "flags": pl.String,
    "suspicious": pl.Int64,
}
_QUOTES = {
    "ms": pl.Int64,
    "bid": pl.Int64,
    "bid_qty": pl.Float64,
    "ask": pl.Int64,
    "ask_qty": pl.Float64,
    "exchange": pl.String,
    "flags": pl.String,
    "suspicious": pl.Int64,
}
_SIDES = ("bid", "bid_qty", "ask", "ask_qty")
_STATE = np.dtype([("now", "f8", 5), ("told", "f8", 5), ("waits", "?")])
"""The best bid and ask (ms, bid, size, ask, size), what was written last, and whether a bid waits for its ask."""


def _is(pattern: re.Pattern[str], file: VendorFile) -> bool:
    lines = file.first_lines(20)
    return bool(lines) and all(pattern.match(line.strip()) for line in lines)


def _read(files: Sequence[VendorFile], options: ImportOptions) -> Iterator[Batch]:
    for file in files:
        found = re.match(r"(\d{8})_([A-Za-z0-9.]+)_", file.name)
        date = options.date or (found.group(1) if found else "")
        if not date:
            raise TapeError(f"{file.path} does not say its day; give it with --date YYYY-MM-DD.")
        instrument = found.group(2).upper() if found else file.name.split("_")[0].upper()
        midnight = midnight_ns(date, "America/New_York")
        yield from (_trades if _is(_TRADE, file) else _quotes)(file, instrument, midnight)


def _clock(midnight: int) -> pl.Expr:
    return (pl.col("ms") * NS_PER_MS + midnight).alias("ts_ns")


def _trades(file: VendorFile, instrument: str, midnight: int) -> Iterator[Batch]:
    """Yield the trades that the market made, of unknown side: the files do not say who was impatient."""
    for frame in csv_frames(file, _TRADES, skip_header=False):
        flags = pl.col("flags").fill_null("0").str.to_integer(base=16)
        is_kept = (flags.or_(pl.lit(MARKET_MADE)) == MARKET_MADE) & (pl.col("suspicious") == 0)
        kept = frame.filter(is_kept)
        rows = kept.select(_clock(midnight), unscaled(kept["price"], PRICE_SCALE), "qty", side=pl.lit(0, pl.Int8))
        yield Batch(Kind.TRADES, instrument, rows)


def _quotes(file: VendorFile, instrument: str, midnight: int) -> Iterator[Batch]:
    """Yield a row for every pair that changed the best bid or ask, its price or its size."""
    state = np.zeros(1, _STATE)
    for frame in csv_frames(file, _QUOTES, skip_header=False):
        rows = frame.filter(pl.col("suspicious") == 0)
        columns = np.column_stack([rows[name].cast(pl.Float64).to_numpy() for name in ("ms", *_SIDES)])
        merged = np.empty((len(rows) + 1, len(_SIDES) + 1))
        yield _batch(merged[: _merge_pairs(columns, state, merged)], instrument, midnight)
    merged = np.empty((2, len(_SIDES) + 1))
    yield _batch(merged[: _merge_pairs(np.full((1, len(_SIDES) + 1), -1.0), state, merged)], instrument, midnight)


def _batch(rows: NDArray[np.float64], instrument: str, midnight: int) -> Batch:
    frame = pl.DataFrame(rows, ["ms", *_SIDES]).with_columns(pl.col("ms").cast(pl.Int64))
    prices = [unscaled(frame[name], 1 if name.endswith("_qty") else PRICE_SCALE) for name in _SIDES]
    return Batch(Kind.QUOTES, instrument, frame.select(_clock(midnight), *prices))


@jit
def _merge_pairs(rows: NDArray[np.float64], states: NDArray[np.void], into: NDArray[np.float64]) -> int:
    """Write the quotes that rows of (ms, bid, size, ask, size) make; return how many. A row of -1 ends the file."""
    state = states[0]
    count = 0
    for row in range(len(rows)):
        has_bid, has_ask = rows[row, 1] > 0.0, rows[row, 3] > 0.0
        completes = has_ask and not has_bid and rows[row, 0] == state["now"][0]
        if state["waits"] and not completes:
            count += _note(state, into[count])
        if has_bid:
            state["now"][1:3] = rows[row, 1:3]
        if has_ask:
            state["now"][3:5] = rows[row, 3:5]
        state["now"][0] = rows[row, 0]
        state["waits"] = has_bid and not has_ask
        if has_ask:
            count += _note(state, into[count])
    return count


@jit
def _note(state: np.void, into: NDArray[np.float64]) -> int:
    """Write what is known now if both sides are and it is not what was written last; return whether it was."""
    now, told = state["now"], state["told"]
    is_new = False
    for column in range(1, 5):
        is_new |= now[column] != told[column]
    if not is_new or now[1] == 0.0 or now[3] == 0.0:
        return 0
    for column in range(5):
        told[column] = now[column]
        into[column] = now[column]
    return 1


LEAN = Format(
    "lean",
    "QuantConnect Lean tick data of US equities: trades and quotes (zip)",
    lambda file: _is(_TRADE, file) or _is(_QUOTE, file),
    _read,
)
