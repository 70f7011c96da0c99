"""From the numbers of files to whole ticks and lots: one pass that converts, counts, and notes what cannot be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.errors import TapeError
from glosten.market._files import Table, exact, sides, whole_numbers, wrong_type
from glosten.market._grid import NOISE, NOISE_PER_STEP
from glosten.market._tape import GAPS
from glosten.records import LARGEST_INTEGER, PRINTS, QUOTES

EXACT_STEPS = 2.0**53
"""Steps above which a float64 no longer tells whole numbers apart."""
PRINT_COLUMNS = ("ts_ns", "price", "qty", "side")
QUOTE_COLUMNS = ("ts_ns", "bid", "bid_qty", "ask", "ask_qty")

SEEN = np.dtype(
    [(name, "i8") for name in ("rows", "last_ns", "previous_ns", "equal_times", "off_grid", "backwards")]
    + [(name, "i8", 2) for name in ("bad_price", "bad_size", "bare", "below_tick")]
    + [(name, "f8", 2) for name in ("price", "size", "below_price")]
    + [(name, "i8") for name in ("from_ns", "to_ns", "below_lot", "unknown_sides", "kept", "locked", "crossed")]
    + [(name, "i8") for name in ("empty", "priceless", "first_crossed", "crossed_bid", "crossed_ask")]
    + [(name, "i8") for name in ("silent_ns", "is_silent", "gaps")]
)
"""What a pass has met: first rows (-1: none) of what cannot be, largest price and size, and counts.

Pairs are of bid and ask; prints use the first. ``backwards`` is the first row earlier than the one before it.
"""

_FIRST_ROWS = ("backwards", "bad_price", "bad_size", "bare", "below_tick", "first_crossed")
Steps = tuple[float, float]


@dataclass(frozen=True)
class Converted:
    """Rows in ticks and lots, what was met on the way, the first time in the file, and sentences about the rest."""

    rows: NDArray[np.void]
    seen: np.void
    first_ns: int
    gaps: NDArray[np.void]
    problems: tuple[str, ...]


class _Reader:
    """Reads the columns of a table piece by piece; the first problem of a column is kept, and ends the converting."""

    def __init__(self, table: Table, names: Sequence[str]) -> None:
        self._table, self._names = table, names
        self.problems = {name: wrong_type(table, name) for name in names}
        self.problems = {name: said for name, said in self.problems.items() if said}

    def run(self, convert: Callable[[dict[str, NDArray[Any]]], None]) -> None:
        names = [name for name in self._names if name not in self.problems]
        if not names:
            return
        for first, piece in self._table.pieces(names):
            columns: dict[str, NDArray[Any]] = {}
            for name in [name for name in names if name not in self.problems]:
                try:
                    columns[name] = self._column(name, first, piece[name])
                except TapeError as error:
                    self.problems[name] = str(error)
            if not self.problems:
                convert(columns)

    def _column(self, name: str, first: int, piece: pl.Series) -> NDArray[Any]:
        if name in ("ts_ns", "exch_ts_ns"):
            return whole_numbers(self._table, name, first, piece)
        return sides(self._table, name, first, piece) if name == "side" else exact(piece)


def read_columns(table: Table, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return whole columns of a file as numbers, missing ones NaN; raises `TapeError` with the problem of each."""
    pieces = list[dict[str, NDArray[Any]]]()
    read_pieces(table, names, pieces.append)
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in names}


def read_pieces(table: Table, names: Sequence[str], convert: Callable[[dict[str, NDArray[Any]]], None]) -> None:
    """Hand columns of a file over as numbers, piece by piece; raises `TapeError` with the problem of each column."""
    reader = _Reader(table, names)
    reader.run(convert)
    if reader.problems:
        raise TapeError(list(reader.problems.values()))


def convert_prints(table: Table, steps: Steps) -> Converted:
    """Return the prints of a file in ticks and lots; ``aggressor`` is the exchange's time of each, in ns, still.

    Prices are rounded against our fills: a sell print up and a buy print down, so that neither goes through an order it
    did not reach; a print of unknown side goes to the nearest tick and keeps no size where it lies between two. Sizes
    are rounded down: no more is traded than was.
    """
    names = (*PRINT_COLUMNS, "exch_ts_ns") if "exch_ts_ns" in table.types else PRINT_COLUMNS
    reader, rows, seen = _Reader(table, names), np.empty(table.rows, PRINTS), _fresh()
    first_ns: list[int] = []

    def convert(columns: dict[str, NDArray[Any]]) -> None:
        ordered = (columns["ts_ns"], columns["price"], columns["qty"], columns["side"])
        first_ns.append(int(columns["ts_ns"][0]))
        _prints(seen, ordered, columns.get("exch_ts_ns", columns["ts_ns"]), steps, rows)

    reader.run(convert)
    return Converted(rows, seen[0], next(iter(first_ns), 0), np.zeros(0, GAPS), tuple(reader.problems.values()))


def convert_quotes(table: Table, steps: Steps) -> Converted:
    """Return the usable quotes of a file in ticks (bids down, asks up) and lots (up), and the gaps it marks.

    No less is ahead of us than is displayed. Rows without a price on a side are skipped, and so are crossed ones;
    rows without any price mark a gap, up to the next row that has one.
    """
    reader, rows, seen = _Reader(table, QUOTE_COLUMNS), np.empty(table.rows, QUOTES), _fresh()
    first_ns: list[int] = []
    gaps: list[NDArray[np.void]] = []

    def convert(columns: dict[str, NDArray[Any]]) -> None:
        bid, bid_qty, ask, ask_qty = (columns[name] for name in QUOTE_COLUMNS[1:])
        ordered = (columns["ts_ns"], bid, bid_qty, ask, ask_qty)
        first_ns.append(int(columns["ts_ns"][0]))
        met = np.zeros(len(columns["ts_ns"]) // 2 + 1, GAPS)
        _quotes(seen, ordered, steps, rows, met)
        gaps.append(met[: seen[0]["gaps"]].copy())
        seen[0]["gaps"] = 0

    reader.run(convert)
    if seen[0]["is_silent"]:
        last = np.zeros(1, GAPS)
        last["start_ns"], last["end_ns"] = seen[0]["silent_ns"], LARGEST_INTEGER
        gaps.append(last)
    found = np.concatenate([np.zeros(0, GAPS), *gaps])
    problems = tuple(reader.problems.values())
    return Converted(rows[: seen[0]["kept"]], seen[0], next(iter(first_ns), 0), found, problems)


def _fresh() -> NDArray[np.void]:
    seen = np.zeros(1, SEEN)
    for name in _FIRST_ROWS:
        seen[name] = -1
    seen["last_ns"] = seen["previous_ns"] = -LARGEST_INTEGER
    return seen


@jit
def _backwards(seen: np.void, ts_ns: int) -> None:
    """Note the first row that is earlier than the row before it."""
    if seen["backwards"] < 0:
        seen["backwards"], seen["from_ns"], seen["to_ns"] = seen["rows"], seen["last_ns"], ts_ns


@jit
def _prints(
    states: NDArray[np.void],
    columns: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]],
    exchange_ns: NDArray[np.int64],
    steps: Steps,
    rows: NDArray[np.void],
) -> None:
    seen = states[0]
    times, prices, sizes, impatient = columns
    tick, lot = steps
    for at in range(len(times)):
        number, ts_ns, price, size, side = seen["rows"], times[at], prices[at], sizes[at], impatient[at]
        if ts_ns < seen["last_ns"]:
            _backwards(seen, ts_ns)
        seen["equal_times"] += ts_ns == seen["last_ns"]
        seen["last_ns"] = ts_ns
        seen["rows"] += 1
        if not 0.0 < price < np.inf:
            _note(seen["bad_price"], 0, number)
            continue
        if not 0.0 < size < np.inf:
            _note(seen["bad_size"], 0, number)
            continue
        _measure(seen, price, size, tick, 0)
        lots = _rounded(size, lot, -1)[0]
        ticks, is_off = _rounded(price, tick, -side)
        seen["below_lot"] += lots == 0
        seen["unknown_sides"] += side == 0
        seen["off_grid"] += is_off
        row = rows[number]
        row["ts_ns"], row["price"], row["lots"] = ts_ns, ticks, 0 if is_off and side == 0 else lots
        row["side"], row["aggressor"] = side, exchange_ns[at]


@jit
def _quotes(
    states: NDArray[np.void],
    columns: tuple[
        NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]
    ],
    steps: Steps,
    rows: NDArray[np.void],
    gaps: NDArray[np.void],
) -> None:
    seen = states[0]
    times, bids, bid_sizes, asks, ask_sizes = columns
    tick, lot = steps
    price, size, price2, size2 = 0.0, 0.0, 0.0, 0.0
    kept, off_grid, locked, equal_times, previous_ns = seen["kept"], 0, 0, 0, seen["previous_ns"]
    for at in range(len(times)):
        ts_ns, bid, bid_size, ask, ask_size = times[at], bids[at], bid_sizes[at], asks[at], ask_sizes[at]
        if ts_ns < seen["last_ns"]:
            _backwards(seen, ts_ns)
        seen["last_ns"] = ts_ns
        seen["rows"] += 1
        if not (_is_plain(bid, bid_size, steps) and _is_plain(ask, ask_size, steps)):
            is_bid_fine = _may_be(seen, bid, bid_size, tick, 0)
            if not (_may_be(seen, ask, ask_size, tick, 1) and is_bid_fine):
                continue
        price, size, price2, size2 = max(price, bid), max(size, bid_size), max(price2, ask), max(size2, ask_size)
        bid_ticks, is_bid_off = _rounded(bid, tick, -1)
        ask_ticks, is_ask_off = _rounded(ask, tick, 1)
        bid_lots, ask_lots = _rounded(bid_size, lot, 1)[0], _rounded(ask_size, lot, 1)[0]
        off_grid += is_bid_off + is_ask_off
        if bid_lots == 0 or ask_lots == 0 or bid_ticks >= ask_ticks or seen["is_silent"]:
            if not _is_usable(seen, (ts_ns, bid_ticks, bid_lots, ask_ticks, ask_lots), gaps):
                continue
            locked += bid_lots > 0 and ask_lots > 0 and bid_ticks == ask_ticks
        equal_times += ts_ns == previous_ns
        previous_ns = ts_ns
        row = rows[kept]
        row["ts_ns"], row["bid"], row["bid_lots"] = ts_ns, bid_ticks, bid_lots
        row["ask"], row["ask_lots"] = ask_ticks, ask_lots
        kept += 1
    seen["kept"], seen["previous_ns"] = kept, previous_ns
    seen["off_grid"] += off_grid
    seen["locked"] += locked
    seen["equal_times"] += equal_times
    seen["price"][0], seen["size"][0] = max(seen["price"][0], price), max(seen["size"][0], size)
    seen["price"][1], seen["size"][1] = max(seen["price"][1], price2), max(seen["size"][1], size2)


@jit
def _is_plain(price: float, size: float, steps: Steps) -> bool:
    """Return whether a price and a size are such as nearly all are: nothing has to be noted of them."""
    tick, lot = steps
    return tick * (1.0 - NOISE) <= price < tick * EXACT_STEPS and 0.0 <= size < lot * EXACT_STEPS


@jit
def _rounded(value: float, step: float, direction: int) -> tuple[int, int]:
    """Return what `whole_steps` and `is_off_grid` do, at once; numbers too large to be exact, refused later, are 0."""
    ratio = value / step
    if ratio >= EXACT_STEPS:
        return 0, 0
    nearest = np.floor(ratio + 0.5)
    if abs(ratio - nearest) <= NOISE + NOISE_PER_STEP * ratio:
        return int(nearest), 0
    if direction == 0:
        return int(nearest), 1
    return int(np.ceil(ratio)) if direction > 0 else int(np.floor(ratio)), 1


@jit
def _may_be(seen: np.void, price: float, size: float, tick: float, side: int) -> bool:
    """Return whether a side of a quote can be, and note the first that cannot, and the largest numbers."""
    row = seen["rows"] - 1
    if not 0.0 <= size < np.inf:
        _note(seen["bad_size"], side, row)
        return False
    if not 0.0 <= price < np.inf:
        _note(seen["bad_price"], side, row)
        return False
    if price == 0.0 and size > 0.0:
        _note(seen["bare"], side, row)
        return False
    _measure(seen, price, size, tick, side)
    return True


@jit
def _note(first: NDArray[np.int64], side: int, row: int) -> None:
    if first[side] < 0:
        first[side] = row


@jit
def _measure(seen: np.void, price: float, size: float, tick: float, side: int) -> None:
    """Note the largest price and size, and the first price below one tick."""
    if 0.0 < price < tick * (1.0 - NOISE) and seen["below_tick"][side] < 0:
        seen["below_tick"][side], seen["below_price"][side] = seen["rows"] - 1, price
    seen["price"][side], seen["size"][side] = max(seen["price"][side], price), max(seen["size"][side], size)


@jit
def _is_usable(seen: np.void, quote: tuple[int, int, int, int, int], gaps: NDArray[np.void]) -> bool:
    """Return whether a quote with a side that lacks something can be used; count it, and follow the gaps."""
    ts_ns, bid, bid_lots, ask, ask_lots = quote
    is_silent = bid == 0 and ask == 0
    if is_silent and not seen["is_silent"]:
        seen["silent_ns"] = ts_ns
    elif seen["is_silent"] and not is_silent:
        gaps[seen["gaps"]]["start_ns"], gaps[seen["gaps"]]["end_ns"] = seen["silent_ns"], ts_ns
        seen["gaps"] += 1
    seen["is_silent"] = is_silent
    both = bid_lots > 0 and ask_lots > 0
    seen["empty"] += not both
    if bid == 0 or ask == 0:
        seen["priceless"] += 1
        return False
    if both and bid > ask:
        seen["crossed"] += 1
        if seen["first_crossed"] < 0:
            seen["first_crossed"], seen["crossed_bid"], seen["crossed_ask"] = seen["rows"] - 1, bid, ask
        return False
    return True
