"""Who trades with our resting orders: the first honest fill model, compiled, in whole ticks and lots.

A resting order fills when a print of the other side goes through its price, or prints at its price after the size that
was displayed ahead of it has traded. Quotes alone never fill. What one print fills never exceeds its own size.

What is assumed where a top-of-book tape is silent, always to our disadvantage: an order behind the touch waits behind
an unknown queue until its level becomes the touch, and then behind all that is displayed; a cancelled order is taken
to have stood behind us unless the displayed size proves otherwise (it fell below what we counted ahead).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glosten._integer import fee_quanta
from glosten._jit import jit
from glosten.records import EVENT, LARGEST_INTEGER, SLOTS, EventKind, Reason, Side

RESTING = np.dtype([(name, "i8") for name in ("order", "side", "price", "lots", "leaves", "ahead")])
"""One order of ours in the queue: ``order`` is its number, ``leaves`` is unfilled, ``ahead`` the lots of others before
it; side 0 is empty."""

FEES = np.dtype([(name, "i8") for name in ("maker_e8", "taker_e8", "quanta_per_tick_lot")])
"""Fee rates in 1e-8 of the notional (negative is a rebate) and the cash quanta of one tick times one lot."""

UNKNOWN_QUEUE = LARGEST_INTEGER
"""The size ahead of an order behind the touch: nobody displays it, so no print at its price can fill it."""


def fresh_resting() -> NDArray[np.void]:
    """Return the orders of a maker that has none: SLOTS empty rows, the row's number is the order's slot."""
    return np.zeros(SLOTS, RESTING)


def fresh_fills() -> NDArray[np.void]:
    """Return SLOTS rows for the fills of one call: event rows of kind FILL, ready for the maker."""
    return np.zeros(SLOTS, EVENT)


@jit
def accept(
    resting: NDArray[np.void], action: np.void, book: np.void, fees: np.void, fills: NDArray[np.void]
) -> tuple[int, int]:
    """Take a placement as a venue would; return (reason, number of fills written): reason NONE is an acceptance.

    Post-only that would cross is refused (WOULD_CROSS) and never takes. Otherwise a crossing order takes at the
    opposite touch, at the touch's price, at most what is displayed; the rest waits in the queue, or is dropped where
    the action is immediate. What is taken is taken from ``book``, so it must be the caller's own copy of the quote.
    A slot that is still occupied is IN_FLIGHT, a size below one lot is BELOW_MIN. The fill carries the book's time.
    """
    side, price, lots, slot = action["side"], action["price"], action["lots"], action["slot"]
    order = resting[slot]
    if order["side"] != 0:
        return Reason.IN_FLIGHT.value, 0
    if lots <= 0:
        return Reason.BELOW_MIN.value, 0
    touch, displayed = book["bid"], book["bid_lots"]
    opposite, available = book["ask"], book["ask_lots"]
    if side == Side.SELL:
        touch, displayed, opposite, available = opposite, available, touch, displayed
    crosses = available > 0 and side * (price - opposite) >= 0
    if crosses and action["post_only"] != 0:
        return Reason.WOULD_CROSS.value, 0

    order["order"], order["side"], order["price"] = action["order"], side, price
    order["lots"], order["leaves"] = lots, lots
    order["ahead"] = _queue_at(side * (price - touch), displayed, UNKNOWN_QUEUE, synthetic=False)
    count = 0
    if crosses:
        taken = min(lots, available)
        if side == Side.BUY:
            book["ask_lots"] -= taken
        else:
            book["bid_lots"] -= taken
        _fill(resting, slot, opposite, taken, fills[0])
        _charge(fills[0], book["ts_ns"], 0, fees)
        count = 1
    if action["immediate"] != 0:
        cancel(resting, slot)
    return Reason.NONE.value, count


@jit
def cancel(resting: NDArray[np.void], slot: int) -> int:
    """Take the order of a slot out of the queue; return the lots that were unfilled (0: it was gone already)."""
    order = resting[slot]
    leaves = int(order["leaves"])
    order["order"] = order["side"] = order["price"] = order["lots"] = order["leaves"] = order["ahead"] = 0
    return leaves


@jit
def on_book(resting: NDArray[np.void], book: np.void, synthetic: bool = False) -> None:
    """Learn from a quote how much can be ahead of us: at most what is displayed at our price, nothing inside it.

    The size of a ``synthetic`` quote is only the last print's: it tells an order its place when its level first
    becomes the touch, and moves nobody forward after that.
    """
    bid, bid_lots, ask, ask_lots = book["bid"], book["bid_lots"], book["ask"], book["ask_lots"]
    for slot in range(len(resting)):
        order = resting[slot]
        if order["side"] == 0 or order["ahead"] == 0:
            continue
        if order["side"] == Side.BUY:
            order["ahead"] = _queue_at(order["price"] - bid, bid_lots, order["ahead"], synthetic)
        else:
            order["ahead"] = _queue_at(ask - order["price"], ask_lots, order["ahead"], synthetic)


@jit
def on_trade(resting: NDArray[np.void], trade: np.void, fees: np.void, fills: NDArray[np.void]) -> int:
    """Match one print with our orders, best price first; return the number of fills written.

    A sell print meets our bids, a buy print our asks, at or through their prices; a print of unknown side only fills
    what it went strictly through. Orders at one price stand by their place in the queue, then by slot. Fills are at
    our price, as makers, with the print's time.
    """
    volume = trade["lots"]
    count = 0
    others = 0  # what traded at the print's own price with those ahead of us
    while volume > 0:
        slot = _first_hit(resting, trade["side"], trade["price"])
        if slot < 0:
            break
        order = resting[slot]
        if order["price"] == trade["price"]:
            waited = min(volume, order["ahead"] - others)
            others += waited
            volume -= waited
        lots = min(volume, order["leaves"])
        if lots > 0:
            _fill(resting, slot, order["price"], lots, fills[count])
            _charge(fills[count], trade["ts_ns"], 1, fees)
            volume -= lots
            count += 1
    if count > 0 or others > 0:
        _advance_queue(resting, trade, others)
    return count


@jit
def _queue_at(better: int, displayed: int, ahead: int, synthetic: bool) -> int:
    """Return the lots ahead of an order ``better`` ticks better than the touch; an empty side teaches nothing."""
    if displayed == 0 or better < 0:
        return ahead
    if better > 0:
        return 0
    known = ahead < UNKNOWN_QUEUE // 2
    return ahead if synthetic and known else min(ahead, displayed)


@jit
def _first_hit(resting: NDArray[np.void], side: int, price: int) -> int:
    """Return the slot of the order that a print meets first, -1 for none."""
    nearest = 1 if side == Side.UNKNOWN else 0
    first, deepest, shortest = -1, nearest, LARGEST_INTEGER
    for slot in range(len(resting)):
        order = resting[slot]
        if order["side"] == 0 or order["side"] == side:
            continue
        depth = order["side"] * (order["price"] - price)
        if depth < deepest:
            continue
        ahead = order["ahead"] if depth == 0 else 0
        if depth > deepest or first < 0 or ahead < shortest:
            first, deepest, shortest = slot, depth, ahead
    return first


@jit
def _advance_queue(resting: NDArray[np.void], trade: np.void, others: int) -> None:
    """Move our orders forward: nobody is left ahead at prices that a print went through."""
    for slot in range(len(resting)):
        order = resting[slot]
        if order["side"] == 0 or order["side"] == trade["side"]:
            continue
        depth = order["side"] * (order["price"] - trade["price"])
        if depth > 0:
            order["ahead"] = 0
        elif depth == 0:
            order["ahead"] = max(order["ahead"] - others, 0)


@jit
def _fill(resting: NDArray[np.void], slot: int, price: int, lots: int, fill: np.void) -> None:
    """Write a fill and take its lots off the order; a filled order leaves its slot."""
    order = resting[slot]
    fill["kind"] = EventKind.FILL.value
    fill["slot"] = slot
    fill["order"] = order["order"]
    fill["side"] = order["side"]
    fill["price"] = price
    fill["lots"] = lots
    order["leaves"] -= lots
    if order["leaves"] == 0:
        cancel(resting, slot)


@jit
def _charge(fill: np.void, ts_ns: int, is_maker: int, fees: np.void) -> None:
    """Write the time, the kind of liquidity and the fee of a fill, rounded against us."""
    rate = fees["maker_e8"] if is_maker else fees["taker_e8"]
    fill["ts_ns"] = ts_ns
    fill["is_maker"] = is_maker
    fill["fee"] = fee_quanta(fill["price"] * fill["lots"] * fees["quanta_per_tick_lot"], rate)
