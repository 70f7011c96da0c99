"""The mid as time goes by: what the last quote said, in whole half-ticks where money is counted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@jit
def last_rows(ts_ns: Integers, times: Integers) -> Integers:
    """Return the last row at or before each time (the first row where there is none).

    ``numpy.searchsorted`` would copy the column of a structured array whole; a tape can have a hundred million rows.
    """
    rows = np.zeros(len(times), np.int64)
    for index in range(len(times)):
        low, high = 0, len(ts_ns)
        while low < high:
            middle = (low + high) // 2
            if ts_ns[middle] <= times[index]:
                low = middle + 1
            else:
                high = middle
        rows[index] = max(low - 1, 0)
    return rows


class Mids:
    """The mid as a step function of time: what the last of the quotes (`records.QUOTES`) said."""

    def __init__(self, quotes: NDArray[np.void], tick: float) -> None:
        self._quotes = quotes
        self._tick = tick

    @property
    def end_ns(self) -> int:
        """Return the time of the last quote."""
        return int(self._quotes["ts_ns"][-1])

    @property
    def last(self) -> int:
        """Return twice the last mid, in ticks."""
        return int(self._quotes["bid"][-1]) + int(self._quotes["ask"][-1])

    def rows_at(self, ts_ns: Integers) -> NDArray[np.void]:
        """Return the quote that stands at each time, one of that very time included."""
        rows: NDArray[np.void] = self._quotes[last_rows(self._quotes["ts_ns"], ts_ns)]
        return rows

    def twice_at(self, ts_ns: Integers) -> Integers:
        """Return bid + ask, twice the mid in whole ticks, at each time."""
        rows = self.rows_at(ts_ns)
        twice: Integers = rows["bid"] + rows["ask"]
        return twice

    def at(self, ts_ns: Integers) -> Floats:
        """Return the mid that stands at each time, in quote units, a quote of that very time included."""
        mid: Floats = 0.5 * self._tick * self.twice_at(ts_ns).astype(np.float64)
        return mid

    def touch_at(self, ts_ns: Integers) -> tuple[Floats, Floats]:
        """Return (bid, ask) in quote units at each time."""
        rows = self.rows_at(ts_ns)
        return self._tick * rows["bid"].astype(np.float64), self._tick * rows["ask"].astype(np.float64)
