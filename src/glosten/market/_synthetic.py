"""Quotes for a tape that has none: the book as the last prints of both sides show it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.records import QUOTES


def synthetic_quotes(prints: NDArray[np.void]) -> NDArray[np.void]:
    """Return the quotes that prints imply: bid = last sell price, ask = last buy price, sizes those prints' own.

    ``prints`` as `records.PRINTS`. The first row stands at the first print after which both sides are known, then one
    row for every print that changes something. Where the two would lock or cross, the side that did not just print is
    the stale one: it moves to one tick from the print. Prints of unknown side say nothing.
    """
    rows = np.empty(len(prints), QUOTES)
    return rows[: _imply(prints, rows)]  # memory that was never written costs nothing


@jit
def _imply(prints: NDArray[np.void], rows: NDArray[np.void]) -> int:
    count = 0
    bid, bid_lots, ask, ask_lots = 0, 0, 0, 0
    for index in range(len(prints)):
        side, price = prints[index]["side"], prints[index]["price"]
        lots = max(prints[index]["lots"], 1)
        if side < 0:
            bid, bid_lots = price, lots
            if ask_lots > 0 and ask <= bid:
                ask = bid + 1
        elif side > 0:
            ask, ask_lots = price, lots
            if bid_lots > 0 and bid >= ask:
                ask = max(ask, 2)  # the bid below needs a tick of its own
                bid = ask - 1
        if side == 0 or bid_lots == 0 or ask_lots == 0:
            continue
        row = rows[count]
        row["ts_ns"], row["bid"], row["bid_lots"] = prints[index]["ts_ns"], bid, bid_lots
        row["ask"], row["ask_lots"] = ask, ask_lots
        if count == 0 or _differ(rows[count - 1], row):
            count += 1
    return count


@jit
def _differ(one: np.void, other: np.void) -> bool:
    same_bid = one["bid"] == other["bid"] and one["bid_lots"] == other["bid_lots"]
    same_ask = one["ask"] == other["ask"] and one["ask_lots"] == other["ask_lots"]
    return not (same_bid and same_ask)
