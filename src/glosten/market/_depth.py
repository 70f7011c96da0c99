"""Depth: what a tape displays behind the touch, so that an order there knows its queue.

Depth is kept as changes (`records.LEVELS`): what is displayed at one price from a time on. Rows of a whole book, as
quotes with several levels are, are turned into the changes from each row to the next.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.errors import TapeError
from glosten.market._convert import EXACT_STEPS, read_columns, read_pieces
from glosten.market._files import Table, open_table
from glosten.market._grid import whole_steps
from glosten.market._tape import Tape, first_backwards
from glosten.market._venue import NOT_SEEN
from glosten.records import LEVELS

LEVEL_COLUMNS = ("ts_ns", "side", "price", "qty")
"""What a file of depth holds: one row a change of the displayed size at a price."""
BEST = ("bid", "bid_qty", "ask", "ask_qty")
BOOK_LEVEL = np.dtype([("price", "i8"), ("lots", "i8")])


def with_depth(tape: Tape, path: Path) -> Tape:
    """Return a tape with the depth of a file: every change of the displayed size at a price, in time order.

    Columns ``ts_ns, side, price, qty``: side 1 (bid) or -1 (ask), qty what is displayed from then on, 0 where the level
    is gone. Times are lagged as the tape's quotes are; the file is named beside the tape's. Raises TapeError, also for
    depth of other hours than the tape's.
    """
    table = open_table(path, LEVEL_COLUMNS)
    columns = read_columns(table, LEVEL_COLUMNS)
    times, sides, prices, sizes = (columns[name] for name in LEVEL_COLUMNS)
    tick, lot = float(tape.instrument.tick), float(tape.instrument.lot)
    problems = []
    row = first_backwards(times)
    if row >= 0:
        problems.append(f"{path}, row {row + 1}: time runs backwards; sort the file (equal times are legal).")
    for name, wrong in (
        ("side", sides == 0),
        ("price", ~((prices >= tick) & (prices < tick * EXACT_STEPS))),
        ("qty", ~((sizes >= 0.0) & (sizes < lot * EXACT_STEPS))),
    ):
        if wrong.any():
            row = int(np.argmax(wrong))
            problems.append(
                f"{path}, row {row + 1}: {name} is {table.written(name, row)}, which no level of the book can have."
            )
    if problems:
        raise TapeError(problems)
    _check_overlap(path, times + tape.quote_lag_ns, tape)
    rows = np.zeros(table.rows, LEVELS)
    rows["ts_ns"], rows["side"] = times + tape.quote_lag_ns, sides
    rows["price"], rows["lots"] = _in_steps(prices, tick, -sides), _in_steps(sizes, lot, np.ones_like(sides))
    return replace(tape, levels=rows, files=(*tape.files, str(path)))


def _check_overlap(path: Path, times: NDArray[np.int64], tape: Tape) -> None:
    first, last = tape.span
    if times[0] > last or times[-1] < first:
        raise TapeError(
            f"{path}: its times, {times[0]} to {times[-1]}, do not overlap the tape's, {first} to {last} (nanoseconds "
            "since 1970 UTC); give depth of the same hours."
        )


def book_changes(table: Table, steps: tuple[float, float]) -> NDArray[np.void]:
    """Return the changes of the displayed sizes in quotes of several levels, not lagged yet; of the best alone: none.

    ``steps`` are tick and lot. A price that leaves the book on its near side, or out of a book that is not full, is
    empty from then on (0 lots); one that leaves on the far side is not seen any more (`NOT_SEEN`), and neither is any
    during a gap. Crossed rows, which are no quotes either, change nothing. An empty cell is an empty level; raises
    `TapeError` with the first of a column that no level can have.
    """
    depth = _depth_of(table)
    if depth == 1:
        return np.zeros(0, LEVELS)
    names = [f"{side}{mark}" for side in ("bid", "ask") for mark in _marks(depth)]
    standing, found = np.zeros((2, depth), BOOK_LEVEL), [np.zeros(0, LEVELS)]
    met = _Cells(table)

    def compare(columns: dict[str, NDArray[Any]]) -> None:
        times = columns["ts_ns"]
        met.look(columns, len(times))
        books = np.zeros((2, len(times), depth), BOOK_LEVEL)
        for column, name in enumerate(names):
            side, level = divmod(column, depth)
            place, up = books[side, :, level], np.ones(len(times), np.int64)
            place["price"] = _in_steps(_present(columns[name]), steps[0], -up if side == 0 else up)
            place["lots"] = _in_steps(_present(columns[f"{name}_qty"]), steps[1], up)
        changes = np.zeros(_changes(times, books, standing.copy(), found[0]), LEVELS)
        _changes(times, books, standing, changes)
        found.append(changes)

    read_pieces(table, ("ts_ns", *names, *(f"{name}_qty" for name in names)), compare)
    met.refuse()
    return np.concatenate(found)


class _Cells:
    """The cells behind the best quotes: which columns have empty ones, and the first that no level can have."""

    def __init__(self, table: Table) -> None:
        self._table, self._rows = table, 0
        self._gappy, self._wrong = set[str](), dict[str, int]()

    def look(self, columns: dict[str, NDArray[Any]], rows: int) -> None:
        """Look at the next rows."""
        for name in (name for name in columns if name not in ("ts_ns", *BEST)):
            values = columns[name]
            wrong = (values < 0.0) | (values == np.inf)
            if wrong.any():
                self._wrong.setdefault(name, self._rows + int(np.argmax(wrong)))
            if np.isnan(values).any():
                self._gappy.add(name)
        self._rows += rows

    def refuse(self) -> None:
        """Raise `TapeError` where a cell holds what is neither empty nor a price or size."""
        texts = {name: self._table.first_text(name) for name in sorted(self._gappy)}
        first = {name: row for name, row in texts.items() if row >= 0} | self._wrong
        if first:
            raise TapeError(
                [
                    f"{self._table.path}, row {row + 1}: {name} is {self._table.written(name, row)}, which no level of "
                    "the book can have; leave an empty level empty."
                    for name, row in first.items()
                ]
            )


def _depth_of(table: Table) -> int:
    """Return how many levels a table of quotes has: 1 where it has the best alone."""
    depth = 1
    while set(_columns(depth + 1)) <= set(table.types):
        depth += 1
    return depth


def _marks(depth: int) -> list[str]:
    return ["", *map(str, range(2, depth + 1))]


def _columns(level: int) -> list[str]:
    return [f"{side}{level}{size}" for side in ("bid", "ask") for size in ("", "_qty")]


def _present(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return numbers with 0 for those that no level can have, as an empty level is written."""
    return np.where((values > 0.0) & (values < np.inf), values, 0.0)


@jit
def _in_steps(values: NDArray[np.float64], step: float, directions: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return prices in ticks (bids down, asks up, as in the tape's quotes), or sizes in lots (up: no less is ahead)."""
    steps = np.zeros(len(values), np.int64)
    for at in range(len(values)):
        steps[at] = whole_steps(values[at], step, directions[at])
    return steps


@jit
def _changes(
    times: NDArray[np.int64], books: NDArray[np.void], standing: NDArray[np.void], changes: NDArray[np.void]
) -> int:
    """Return how many changes there are from row to row, and write them where there is room for them.

    ``standing`` is the book before the first row, and after the call the one of the last.
    """
    count = 0
    for row in range(len(times)):
        bid, ask = books[0, row, 0]["price"], books[1, row, 0]["price"]
        if ask > 0 and bid > ask:
            continue
        for side in range(2):
            old, new = standing[side], books[side, row]
            count = _compare(times[row], side, (old[: _listed(old)], new), changes, count)
            for level in range(len(old)):
                old[level] = new[level]
    return count


@jit
def _compare(
    ts_ns: int, side: int, books: tuple[NDArray[np.void], NDArray[np.void]], changes: NDArray[np.void], count: int
) -> int:
    """Write the changes of one side between two rows, best price first; return the count with them."""
    old, new = books
    now, sign = _listed(new), 1 if side == 0 else -1
    is_full = now == len(new) or now == 0
    at, to = 0, 0
    while at < len(old) or to < now:
        lots, is_change = 0, True
        if to == now or (at < len(old) and sign * (old[at]["price"] - new[to]["price"]) > 0):
            price = old[at]["price"]
            lots = NOT_SEEN if to == now and is_full else 0
            at += 1
        else:
            price, lots = new[to]["price"], new[to]["lots"]
            if at < len(old) and old[at]["price"] == price:
                is_change = old[at]["lots"] != lots
                at += 1
            to += 1
        if is_change:
            if count < len(changes):
                change = changes[count]
                change["ts_ns"], change["side"], change["price"], change["lots"] = ts_ns, sign, price, lots
            count += 1
    return count


@jit
def _listed(levels: NDArray[np.void]) -> int:
    """Return how many levels a side of the book lists, from the best one on."""
    for level in range(len(levels)):
        if levels[level]["price"] == 0:
            return level
    return len(levels)
