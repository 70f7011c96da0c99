"""Depth: what a tape displays behind the touch, so that an order there knows its queue."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from glosten.errors import TapeError
from glosten.market._files import open_table, read_integers, read_numbers, read_sides
from glosten.market._grid import to_steps
from glosten.market._tape import Tape, first_backwards
from glosten.records import LEVELS


def with_depth(tape: Tape, path: Path) -> Tape:
    """Return a tape with the depth of a file: every change of the displayed size at a price, in time order.

    Columns ``ts_ns, side, price, qty``: side 1 (bid) or -1 (ask), qty what is displayed from then on, 0 where the level
    is gone. Times are lagged as the tape's quotes are. Raises TapeError.
    """
    table = open_table(path, ("ts_ns", "side", "price", "qty"))
    rows = np.zeros(table.rows, LEVELS)
    prices, sizes = np.empty(table.rows), np.empty(table.rows)
    read_integers(table, "ts_ns", rows["ts_ns"])
    read_sides(table, "side", rows["side"])
    read_numbers(table, "price", prices)
    read_numbers(table, "qty", sizes)
    problems = []
    row = first_backwards(rows["ts_ns"])
    if row >= 0:
        problems.append(f"{path}, row {row + 1}: time runs backwards; sort the file (equal times are legal).")
    for name, wrong in (
        ("side", rows["side"] == 0),
        ("price", ~(prices >= float(tape.instrument.tick))),
        ("qty", ~(sizes >= 0.0)),
    ):
        if wrong.any():
            problems.append(f"{path}, row {int(np.argmax(wrong)) + 1}: {name} is not one that a level can have.")
    if problems:
        raise TapeError(problems)
    tick, lot = float(tape.instrument.tick), float(tape.instrument.lot)
    for sign, side in ((-1, 1), (1, -1)):  # bids down, asks up, as in the tape's quotes
        of_side = rows["side"] == side
        steps = np.zeros(int(of_side.sum()), np.int64)
        to_steps(prices[of_side], tick, sign, steps)
        rows["price"][of_side] = steps
    steps = np.zeros(len(rows), np.int64)
    to_steps(sizes, lot, 1, steps)
    rows["lots"] = steps
    rows["ts_ns"] += tape.quote_lag_ns
    return replace(tape, levels=rows)
