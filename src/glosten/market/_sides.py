"""Who was impatient, where a tape does not say: told by the quote before the trade.

Source: Lee and Ready (1991), Inferring trade direction from intraday data, without their lag of five seconds.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glosten._jit import jit

SIGNED_BY_QUOTES = (
    "inferred by Lee and Ready: above the mid of the last quote before it a buy, below it a sell, at it as the price "
    "last moved"
)


class SideRule:
    """Tells sides of prints in the order of time, piece by piece; ``quotes`` has ts_ns, bid and ask."""

    def __init__(self, quotes: pl.DataFrame) -> None:
        self._quotes = (quotes["ts_ns"].to_numpy(), quotes["bid"].to_numpy(), quotes["ask"].to_numpy())
        self._state = np.zeros(1, np.dtype([("next", "i8"), ("price", "f8"), ("moved", "i8")]))

    def sides(self, prints: pl.DataFrame) -> pl.Series:
        """Return the sides of the next prints (ts_ns, price): 1, -1, or 0 where nothing tells it."""
        into = np.zeros(len(prints), np.int8)
        _tell(prints["ts_ns"].to_numpy(), prints["price"].to_numpy(), self._quotes, self._state, into)
        return pl.Series("side", into)


@jit
def _tell(
    ts_ns: NDArray[np.int64],
    prices: NDArray[np.float64],
    quotes: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]],
    states: NDArray[np.void],
    into: NDArray[np.int8],
) -> None:
    state = states[0]
    times, bid, ask = quotes
    for row in range(len(ts_ns)):
        price = prices[row]
        while state["next"] < len(times) and times[state["next"]] < ts_ns[row]:
            state["next"] += 1
        if state["price"] > 0.0 and price != state["price"]:
            state["moved"] = 1 if price > state["price"] else -1
        state["price"] = price
        last = state["next"] - 1
        side = state["moved"]
        if last >= 0 and bid[last] > 0.0 and ask[last] > 0.0:
            mid = 0.5 * (bid[last] + ask[last])
            if price > mid:
                side = 1
            elif price < mid:
                side = -1
        into[row] = side
