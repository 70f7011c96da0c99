"""Our side of the oracle: the matcher alone, driven by a schedule of orders or by a quoting rule."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.market import accept, cancel, on_book, on_trade
from glosten.records import LARGEST_INTEGER, SLOTS, Reason

REFUSED = -1
"""The outcome of an order that the venue did not take."""


@jit
def play_until(venue: Any, tape: Any, at: Any, until_ns: int, fills: Any, filled: Any) -> None:
    """Let the tape happen up to an instant, that instant included; ``at`` is the next quote and print.

    ``filled`` sums the lots of each order by its number.
    """
    quotes, trades = tape
    while True:
        quote_ns = quotes[at[0]]["ts_ns"] if at[0] < len(quotes) else LARGEST_INTEGER
        trade_ns = trades[at[1]]["ts_ns"] if at[1] < len(trades) else LARGEST_INTEGER
        if min(quote_ns, trade_ns) > until_ns or min(quote_ns, trade_ns) == LARGEST_INTEGER:
            return
        if trade_ns <= quote_ns:
            count = on_trade(venue, trades[at[1]], fills)
            at[1] += 1
        else:
            count = on_book(venue, quotes[at[0]], fills)
            at[0] += 1
        for index in range(count):
            filled[fills[index]["order"]] += fills[index]["lots"]


@jit
def run_schedule(venue: Any, tape: Any, moments: Any, orders: Any, rows: Any) -> None:
    """Place and cancel as scheduled; ``rows`` is (fill rows, one action row, filled lots by order number)."""
    fills, action, filled = rows
    at, slots = np.zeros(2, np.int64), np.full(len(orders), -1, np.int64)
    for index in range(len(moments)):
        play_until(venue, tape, at, moments[index, 0], fills, filled)
        number = moments[index, 1]
        if moments[index, 2] == 0:
            slot = slots[number]
            if slot >= 0 and venue["resting"][slot]["side"] != 0 and venue["resting"][slot]["order"] == number:
                cancel(venue, slot)
            continue
        for slot in range(SLOTS):
            if venue["resting"][slot]["side"] == 0:
                slots[number] = slot
                break
        action["slot"], action["order"], action["post_only"] = slots[number], number, 1
        action["side"], action["price"], action["lots"] = orders[number]
        reason, _ = accept(venue, action, fills)
        if reason != Reason.NONE:
            slots[number], filled[number] = -1, REFUSED


@jit
def run_quoting(venue: Any, tape: Any, every_ns: int, lots: int, rows: Any) -> int:
    """Keep one post-only bid and ask at the touch, looked at every ``every_ns``; return how many were placed."""
    fills, action, filled = rows
    quotes, _ = tape
    at, placed = np.zeros(2, np.int64), 0
    now_ns, last_ns = quotes[0]["ts_ns"] + 7, quotes[len(quotes) - 1]["ts_ns"]
    while now_ns < last_ns:
        now_ns += every_ns
        play_until(venue, tape, at, now_ns, fills, filled)
        for slot in range(2):
            order, side = venue["resting"][slot], 1 - 2 * slot
            wanted = venue["book"]["bid"] if slot == 0 else venue["book"]["ask"]
            if order["side"] != 0:
                if order["price"] == wanted:
                    continue
                cancel(venue, slot)
            action["slot"], action["order"], action["post_only"] = slot, 0, 1
            action["side"], action["price"], action["lots"] = side, wanted, lots
            accept(venue, action, fills)
            placed += 1
    return placed


Schedule = tuple[NDArray[np.int64], NDArray[np.int64]]


def schedule(quotes: NDArray[np.void], offset: int, hold_ns: int, every_ns: int, lots: int) -> Schedule:
    """Return (moments, orders) of a bid and an ask every ``every_ns``, ``offset`` ticks behind the touch, held a while.

    Moments are (ns, order, 1 for a placement and 0 for its cancel) in time order; orders (side, price, lots).
    Nothing depends on what was filled. Instants are odd nanoseconds, so that none coincides with the tape's.
    """
    times = np.arange(quotes["ts_ns"][0] + every_ns, quotes["ts_ns"][-1] - hold_ns, every_ns) | 1
    rows = quotes[np.searchsorted(quotes["ts_ns"], times, side="right") - 1]
    orders = np.zeros((2 * len(times), 3), np.int64)
    orders[0::2, 0], orders[1::2, 0] = 1, -1
    orders[0::2, 1], orders[1::2, 1] = rows["bid"] - offset, rows["ask"] + offset
    orders[:, 2] = lots
    at = np.repeat(times, 2)
    numbers = np.arange(len(orders))
    moments = np.concatenate(
        [np.stack([at, numbers, np.ones_like(at)], 1), np.stack([at + hold_ns, numbers, np.zeros_like(at)], 1)]
    )
    return moments[np.argsort(moments[:, 0], kind="stable")], orders
