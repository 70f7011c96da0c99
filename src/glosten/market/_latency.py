"""How long news, requests and answers are under way: constants, or measured rows that are interpolated."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.errors import TapeError
from glosten.market._convert import read_columns
from glosten.market._files import open_table
from glosten.market._lag import NS_PER_MS
from glosten.market._tape import first_backwards

LATENCY_COLUMNS = ("feed_ms", "order_ms", "response_ms")
"""What a file of measured latencies can have beside ``ts_ns``; ``latency_ms`` stands for the last two."""
FEED, ORDER, RESPONSE = 1, 2, 3
"""Columns of the rows that `delay` reads; column 0 is the time."""
LONGEST_MS = 3_600_000.0

Integers = NDArray[np.int64]


def constant_latency(feed_ms: float = 0.0, order_ms: float = 0.0, response_ms: float = 0.0) -> Integers:
    """Return the one row of a latency that never changes: (0, feed, order, response), in ns."""
    return np.array([[0, *(round(given * NS_PER_MS) for given in (feed_ms, order_ms, response_ms))]], np.int64)


def load_latency(path: Path, constant: Integers) -> Integers:
    """Return measured latencies as rows of (ts_ns, feed, order, response), in ns and in time order.

    ``path`` is a parquet or csv file with ``ts_ns`` and at least one of ``feed_ms``, ``order_ms``, ``response_ms``, or
    ``latency_ms`` (one way, for orders and responses alike); what it lacks comes from ``constant``. Raises TapeError.
    """
    table = open_table(path, ("ts_ns",))
    known = [name for name in (*LATENCY_COLUMNS, "latency_ms") if name in table.types]
    if not known:
        names = ", ".join((*LATENCY_COLUMNS, "latency_ms"))
        raise TapeError(f"{path} has no column of latencies; beside ts_ns it needs at least one of {names}.")
    rows = np.repeat(constant[:1], table.rows, axis=0)
    columns = read_columns(table, ("ts_ns", *known))
    row = first_backwards(columns["ts_ns"])
    if row >= 0:
        raise TapeError(f"{path}, row {row + 1}: time runs backwards; sort the file (equal times are legal).")
    rows[:, 0] = columns["ts_ns"]
    for name in known:
        values = columns[name]
        wrong = ~((values >= 0.0) & (values <= LONGEST_MS))
        if wrong.any():
            row = int(np.argmax(wrong))
            raise TapeError(f"{path}, row {row + 1}: {name} is {values[row]:g}; it must lie between 0 and one hour.")
        for column in (ORDER, RESPONSE) if name == "latency_ms" else (1 + LATENCY_COLUMNS.index(name),):
            rows[:, column] = np.rint(values * NS_PER_MS)
    return rows


@jit
def delay(rows: Integers, column: int, now_ns: int) -> int:
    """Return how long what leaves at ``now_ns`` is under way, in ns: linear between two rows, constant outside them."""
    after = len(rows)
    first = 0
    while first < after:
        middle = (first + after) // 2
        if rows[middle, 0] <= now_ns:
            first = middle + 1
        else:
            after = middle
    if after == 0:
        return int(rows[0, column])
    if after == len(rows):
        return int(rows[after - 1, column])
    span, past = rows[after, 0] - rows[after - 1, 0], now_ns - rows[after - 1, 0]
    before, change = rows[after - 1, column], rows[after, column] - rows[after - 1, column]
    return int(before) + int(change * (past / span))
