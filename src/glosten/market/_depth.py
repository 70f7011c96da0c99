"""Depth: what a tape displays behind the touch, so that an order there knows its queue."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.errors import TapeError
from glosten.market._convert import EXACT_STEPS, read_columns
from glosten.market._files import open_table
from glosten.market._grid import whole_steps
from glosten.market._tape import Tape, first_backwards
from glosten.records import LEVELS

LEVEL_COLUMNS = ("ts_ns", "side", "price", "qty")
"""What a file of depth holds: one row a change of the displayed size at a price."""


def with_depth(tape: Tape, path: Path) -> Tape:
    """Return a tape with the depth of a file: every change of the displayed size at a price, in time order.

    Columns ``ts_ns, side, price, qty``: side 1 (bid) or -1 (ask), qty what is displayed from then on, 0 where the level
    is gone. Times are lagged as the tape's quotes are. Raises TapeError.
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
    rows = np.zeros(table.rows, LEVELS)
    rows["ts_ns"], rows["side"] = times + tape.quote_lag_ns, sides
    _to_grid(prices, sizes, (tick, lot), rows)
    return replace(tape, levels=rows)


@jit
def _to_grid(
    prices: NDArray[np.float64], sizes: NDArray[np.float64], steps: tuple[float, float], rows: NDArray[np.void]
) -> None:
    """Write prices in ticks (bids down, asks up, as in the tape's quotes) and sizes in lots (up: no less is ahead)."""
    for at in range(len(rows)):
        rows[at]["price"] = whole_steps(prices[at], steps[0], -rows[at]["side"])
        rows[at]["lots"] = whole_steps(sizes[at], steps[1], 1)
