"""Merging prints into the market orders that caused them: one observation per aggressor order, not per print."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit

NS_PER_MS = 1_000_000


@jit
def number_orders(exchange_ns: NDArray[np.int64], side: NDArray[np.int64], number: NDArray[np.int64]) -> int:
    """Number the market order that each print belongs to, from 0 in tape order; return how many orders there are.

    Prints of one side with one exchange millisecond are one order, also where prints of the other side stand between
    them. A print of unknown side (0) is an order of its own. ``number`` may be the array of times itself.
    Source: Glosten and Milgrom (1985): traders come one at a time, so an order is one observation, a print is not.
    """
    orders = 0
    buy_ms, buy_order, sell_ms, sell_order = -1, -1, -1, -1
    for row in range(len(side)):
        millisecond = exchange_ns[row] // NS_PER_MS
        if side[row] > 0:
            if millisecond != buy_ms or buy_order < 0:
                buy_ms, buy_order = millisecond, orders
                orders += 1
            number[row] = buy_order
        elif side[row] < 0:
            if millisecond != sell_ms or sell_order < 0:
                sell_ms, sell_order = millisecond, orders
                orders += 1
            number[row] = sell_order
        else:
            number[row] = orders
            orders += 1
    return orders
