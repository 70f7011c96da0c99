"""How much later than their time stamps quotes hold: measured where trades sit exactly at the touch most often."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit

NS_PER_MS = 1_000_000
CANDIDATES_MS = (0, 1, 2, 5, 10, 20)
FEWEST_ORDERS = 100
"""Fewer signed market orders than this measure nothing: the lag is 0."""


BLOCKS, BLOCK = 8, 50_000
"""Of tapes with more prints than this many stretches hold, only the stretches are looked at, evenly spread."""


def share_looked_at(prints: int) -> float:
    """Return the share of so many prints that `touch_shares` looks at."""
    return min(1.0, BLOCKS * BLOCK / max(prints, 1))


def touch_shares(quotes: NDArray[np.void], prints: NDArray[np.void]) -> tuple[tuple[int, float], ...]:
    """Return (lag in ms, share of the market orders whose first print is exactly at the touch) per candidate lag.

    ``quotes`` and ``prints`` as `records.QUOTES` and `records.PRINTS`, quotes not lagged yet. The touch is that of the
    last quote strictly before the print: the ask for a buy, the bid for a sell. Only first prints count, because the
    later ones of a large order walk away from the touch at any lag. Empty where too few can be compared.
    """
    starts = np.arange(BLOCKS) * (len(prints) // BLOCKS)
    ends = starts + BLOCK
    if len(prints) <= BLOCKS * BLOCK:
        starts, ends = np.array([0]), np.array([len(prints)])
    shares = []
    for lag_ms in CANDIDATES_MS:
        at_touch, compared = 0, 0
        for start, end in zip(starts, ends, strict=True):
            met = _count_at_touch(quotes, prints[start:end], lag_ms * NS_PER_MS)
            at_touch, compared = at_touch + met[0], compared + met[1]
        if compared < FEWEST_ORDERS:
            return ()
        shares.append((lag_ms, at_touch / compared))
    return tuple(shares)


def best_lag_ms(shares: tuple[tuple[int, float], ...], orders: int) -> int:
    """Return the smallest lag whose share is within two standard errors of the highest; 0 where nothing was measured.

    The share of trades exactly at the touch peaks where the clocks of trades and quotes agree.
    """
    if not shares:
        return 0
    highest = max(share for _, share in shares)
    noise = 2.0 * math.sqrt(highest * (1.0 - highest) / max(orders, 1))
    return next(lag_ms for lag_ms, share in shares if share >= highest - noise)


@jit
def _count_at_touch(quotes: NDArray[np.void], prints: NDArray[np.void], lag_ns: int) -> tuple[int, int]:
    """Return (market orders that begin exactly at the touch, market orders that had a quote before them)."""
    at_touch, compared = 0, 0
    orders = prints[0]["aggressor"] if len(prints) else 0  # a print with this number or more is the first of its order
    after = first_from(quotes, prints[0]["ts_ns"] - lag_ns) if len(prints) else 0  # not strictly before the print
    for index in range(len(prints)):
        if prints[index]["aggressor"] < orders:
            continue
        orders = prints[index]["aggressor"] + 1
        side, price = prints[index]["side"], prints[index]["price"]
        while after < len(quotes) and quotes[after]["ts_ns"] + lag_ns < prints[index]["ts_ns"]:
            after += 1
        if after == 0 or side == 0:
            continue
        compared += 1
        touch = quotes[after - 1]["ask"] if side > 0 else quotes[after - 1]["bid"]
        at_touch += touch == price
    return at_touch, compared


@jit
def first_from(rows: NDArray[np.void], ts_ns: int) -> int:
    """Return the first of rows in time order that is not before a time; their number where all are."""
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        if rows[middle]["ts_ns"] < ts_ns:
            low = middle + 1
        else:
            high = middle
    return low
