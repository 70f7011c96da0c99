"""Signals: what somebody could know at a moment, and how the mid moved after it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.alpha._mids import Mids, last_rows
from glosten.errors import DomainError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Rows = NDArray[np.void]

SECONDS, TRADES = "s", "trades"


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far ahead: so many seconds, or so many market orders (``clock`` is "s" or "trades")."""

    length: float
    clock: str

    def __post_init__(self) -> None:
        if self.clock not in (SECONDS, TRADES) or not self.length > 0 or not math.isfinite(self.length):
            raise DomainError(f"A horizon of {self.length} {self.clock} is none; give a length above 0 in s or trades.")


HORIZONS = (
    *(Horizon(length, TRADES) for length in (1, 5, 20, 100)),
    *(Horizon(length, SECONDS) for length in (1, 10, 60)),
)


@dataclass(frozen=True)
class Moves:
    """The mid's moves after moments, in bps of the mid then; ``known`` where the tape reaches far enough.

    ``overlap`` is the mean number of later moments within a move, rounded up.
    """

    bps: Floats
    known: NDArray[np.bool_]
    overlap: int


def moves(mids: Mids, at_ns: Integers, horizon: Horizon, orders_ns: Integers) -> Moves:
    """Return the mid's moves over a horizon from the moments ``at_ns`` on, in time order.

    ``orders_ns`` are the times of the tape's market orders, for horizons in trades: the move after k of them ends just
    before the next one comes, so that each has moved the book as far as it will.
    """
    ends, known = _ends(mids, at_ns, horizon, orders_ns)
    before, after = mids.twice_at(at_ns), mids.twice_at(ends)
    bps = np.where(before > 0, 1e4 * (after - before) / np.maximum(before, 1), 0.0)
    within = np.searchsorted(at_ns, ends[known], side="left") - np.flatnonzero(known) - 1
    return Moves(bps, known, math.ceil(float(np.maximum(within, 0).mean())) if len(within) else 0)


def _ends(mids: Mids, at_ns: Integers, horizon: Horizon, orders_ns: Integers) -> tuple[Integers, NDArray[np.bool_]]:
    if horizon.clock == SECONDS:
        ends = at_ns + round(horizon.length * 1e9)
        return ends, ends <= mids.end_ns
    last = np.searchsorted(orders_ns, at_ns, side="right") - 1 + round(horizon.length)
    known = last + 1 < len(orders_ns)
    if not known.any():
        return at_ns.copy(), known
    last = np.minimum(last, len(orders_ns) - 2)
    ends = np.maximum(orders_ns[last], orders_ns[last + 1] - 1)
    return np.where(known, ends, at_ns), known & (ends <= mids.end_ns)


@jit
def _follow_trades(trades: Rows, at_ns: Integers, rate: float, flow: Floats) -> None:
    signed, volume, then, row = 0.0, 0.0, at_ns[0], 0
    for index in range(len(at_ns)):
        while row < len(trades) and trades[row]["ts_ns"] <= at_ns[index]:
            weight = math.exp(-rate * (trades[row]["ts_ns"] - then))
            signed = signed * weight + trades[row]["side"] * trades[row]["lots"]
            volume = volume * weight + abs(trades[row]["side"]) * trades[row]["lots"]
            then = trades[row]["ts_ns"]
            row += 1
        flow[index] = signed / volume if volume > 0.0 else 0.0


def trade_flow(trades: Rows, at_ns: Integers, half_life_s: float) -> Floats:
    """Return the imbalance of the prints until each moment, from -1 (all sells) to 1, older ones counting less.

    (sum w side lots) / (sum w lots) with w = 2^(-age / half-life); prints of unknown side (0) do not count; 0 before
    the first. ``trades`` are `records.PRINTS`, ``at_ns`` is in time order.
    """
    flow = np.zeros(len(at_ns))
    if len(at_ns):
        _follow_trades(trades, at_ns, math.log(2.0) / (half_life_s * 1e9), flow)
    return flow


@jit
def _change(before: np.void, after: np.void) -> float:
    """Return what a change of the book adds to its imbalance, in lots."""
    bought = after["bid_lots"] if after["bid"] >= before["bid"] else 0
    bought -= before["bid_lots"] if after["bid"] <= before["bid"] else 0
    sold = after["ask_lots"] if after["ask"] <= before["ask"] else 0
    sold -= before["ask_lots"] if after["ask"] >= before["ask"] else 0
    return float(bought - sold)


@jit
def _follow_book(quotes: Rows, at_ns: Integers, rate: float, flow: Floats) -> None:
    total, depth, then, row = 0.0, 0.0, at_ns[0], 1
    for index in range(len(at_ns)):
        while row < len(quotes) and quotes[row]["ts_ns"] <= at_ns[index]:
            weight = math.exp(-rate * (quotes[row]["ts_ns"] - then))
            total = total * weight + _change(quotes[row - 1], quotes[row])
            depth = depth * weight + 0.5 * (quotes[row]["bid_lots"] + quotes[row]["ask_lots"])
            then = quotes[row]["ts_ns"]
            row += 1
        flow[index] = total / depth if depth > 0.0 else 0.0


def book_flow(quotes: Rows, at_ns: Integers, half_life_s: float) -> Floats:
    """Return the order-flow imbalance of the top of the book until each moment, older changes counting less.

    Sum of the book's changes e over the sum of the mean displayed sizes, both weighted by 2^(-age / half-life).
    ``quotes`` are `records.QUOTES`, ``at_ns`` is in time order.
    Source: Cont, Kukanov & Stoikov (2014), equation (4): e adds size at the bid and takes away size at the ask.
    """
    flow = np.zeros(len(at_ns))
    if len(at_ns):
        _follow_book(quotes, at_ns, math.log(2.0) / (half_life_s * 1e9), flow)
    return flow


def value_gap(value: Floats, mids: Mids, at_ns: Integers) -> Floats:
    """Return (E[V] - mid) / mid in bps at each moment; 0 where there is no expectation (0) yet."""
    mid = mids.at(at_ns)
    gap: Floats = np.where((value > 0.0) & (mid > 0.0), 1e4 * (value / np.where(mid > 0.0, mid, 1.0) - 1.0), 0.0)
    return gap


def step_values(ts_ns: Integers, values: Floats, at_ns: Integers) -> Floats:
    """Return the value that stood at each moment, of a path of values with their times."""
    standing: Floats = values[last_rows(ts_ns, at_ns)]
    return standing
