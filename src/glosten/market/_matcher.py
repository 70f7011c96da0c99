"""Who trades with our resting orders: price and time priority, compiled, in whole ticks and lots.

A resting order fills when a print of the other side goes through its price, or prints at its price after those ahead
of it have traded. What one print fills never exceeds its own size. How those ahead are counted is the fill model
(`FillModel`), a code in the venue's row; docs/matching.md says what each assumes.

Where a tape is silent, the default assumes what is to our disadvantage: an order behind the touch waits behind an
unknown queue until its level is displayed, and then behind all of it; a cancelled order is taken to have stood behind
us unless the displayed size proves otherwise (it fell below what we counted ahead).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.market._queue import advance_queue, hide_level, learn, learn_from_touch, queue_of
from glosten.market._settle import close_resting, fill_at, free, needed, open_resting, reserve_rate
from glosten.market._venue import DEPTH_ROWS, NOT_SEEN, FillModel
from glosten.records import LARGEST_INTEGER, SLOTS, Reason, Side


@jit
def accept(venue: np.void, action: np.void, fills: NDArray[np.void]) -> tuple[int, int]:
    """Take a placement as a venue would; return (reason, number of fills written): reason NONE is an acceptance.

    Post-only that would cross is refused (WOULD_CROSS) and never takes, and so is any order that would meet one of our
    own: venues prevent trades with oneself. Otherwise a crossing order takes at the
    opposite touch, at the touch's price, at most what is displayed, and what it took is not displayed any more; the
    rest waits in the queue, or is dropped where the action is immediate (an IOC whose price is the worst it accepts).
    A slot that is still occupied is IN_FLIGHT, a size below one lot is BELOW_MIN. What resting orders have reserved is
    not there for another: a purchase that the free cash does not cover, at its own price and with its worst fee, is
    NO_CASH, a sale of more than the free coins NO_INVENTORY. The fill carries the book's time.
    """
    side, price, lots, slot = action["side"], action["price"], action["lots"], action["slot"]
    order, book = venue["resting"][slot], venue["book"]
    if order["side"] != 0:
        return Reason.IN_FLIGHT.value, 0
    if lots <= 0:
        return Reason.BELOW_MIN.value, 0
    opposite, available = book["ask"], book["ask_lots"]
    if side == Side.SELL:
        opposite, available = book["bid"], book["bid_lots"]
    crosses = available > 0 and side * (price - opposite) >= 0
    if (crosses and action["post_only"] != 0) or _meets_ours(venue, side, price):
        return Reason.WOULD_CROSS.value, 0
    reserve_e8 = reserve_rate(venue["fees"], action)
    needs = needed(venue, side, price, lots, reserve_e8)
    if needs > free(venue, side):
        return Reason.NO_CASH.value if side == Side.BUY else Reason.NO_INVENTORY.value, 0

    open_resting(venue, action, (reserve_e8, needs), queue_of(venue, side, price))
    count = 0
    if crosses:
        taken = min(lots, available)
        _take(venue, -side, opposite, taken)
        fill_at(venue, (slot, opposite, taken), (book["ts_ns"], 0), fills[0])
        count = 1
    if action["immediate"] != 0:
        close_resting(venue, slot)
    return Reason.NONE.value, count


@jit
def _meets_ours(venue: np.void, side: int, price: int) -> bool:
    """Return whether an order of ours rests on the other side at a price that this one would reach."""
    reach = venue["reach"]
    if venue["orders"] == 0 or (price < reach["ask"] if side == Side.BUY else price > reach["bid"]):
        return False
    for slot in range(SLOTS):
        order = venue["resting"][slot]
        if order["side"] == -side and side * (price - order["price"]) >= 0:
            return True
    return False


@jit
def cancel(venue: np.void, slot: int) -> int:
    """Take the order of a slot out of the queue; return the lots that were unfilled (0: it was gone already)."""
    return close_resting(venue, slot)


@jit
def on_book(venue: np.void, quote: np.void, fills: NDArray[np.void]) -> int:
    """Show a new top of the book; return the number of fills written.

    It teaches how much can be ahead of us: at most what is displayed at our price, nothing inside it. The size of a
    synthetic quote is only the last print's: it tells an order its place when its level first becomes the touch, and
    moves nobody forward after that. Quotes never fill, but in the optimistic model.
    """
    book = venue["book"]
    book["ts_ns"], book["bid"], book["bid_lots"] = quote["ts_ns"], quote["bid"], quote["bid_lots"]
    book["ask"], book["ask_lots"] = quote["ask"], quote["ask_lots"]
    if venue["orders"] == 0 and venue["model"]["fill"] != FillModel.OPTIMISTIC:
        return 0
    reach = venue["reach"]
    if reach["is_behind"] == 0 or quote["bid"] <= reach["bid"] or quote["ask"] >= reach["ask"]:
        learn_from_touch(venue)
    if venue["model"]["fill"] == FillModel.OPTIMISTIC and venue["model"]["is_synthetic"] == 0:
        return _meet_book(venue, fills)
    return 0


@jit
def on_level(venue: np.void, level: np.void) -> None:
    """Show what is displayed at one price from now on, where the tape has depth; it teaches orders at that price.

    A level that is `NOT_SEEN` any more is forgotten.
    """
    side, price, lots = level["side"], level["price"], level["lots"]
    venue["has_depth"] = 1
    kept = venue["bids"][price % DEPTH_ROWS] if side == Side.BUY else venue["asks"][price % DEPTH_ROWS]
    touch = venue["book"]["bid"] if side == Side.BUY else venue["book"]["ask"]
    if touch == 0 and side == Side.BUY:
        touch = LARGEST_INTEGER  # before the first quote the better of two levels is taken for the nearer one
    if lots == NOT_SEEN:
        if kept["price"] == price:
            kept["price"] = kept["lots"] = 0
        for slot in range(SLOTS):
            order = venue["resting"][slot]
            if order["side"] == side and order["price"] == price:
                hide_level(order)
        return
    if kept["price"] != price and kept["lots"] > 0 and abs(kept["price"] - touch) < abs(price - touch):
        return  # the row belongs to a level nearer the touch: this one stays unknown
    kept["price"], kept["lots"] = price, lots
    for slot in range(SLOTS):
        order = venue["resting"][slot]
        if order["side"] == side and order["price"] == price and order["ahead"] > 0:
            learn(venue, slot, lots, level["ts_ns"])


@jit
def on_trade(venue: np.void, trade: np.void, fills: NDArray[np.void]) -> int:
    """Match one print with our orders, best price first; return the number of fills written.

    A sell print meets our bids, a buy print our asks, at or through their prices; a print of unknown side only fills
    what it went strictly through. Orders at one price stand by their place in the queue, then by slot. Fills are at
    our price, as makers, with the print's time. In the model of trades through our price, prints at it fill nothing;
    in the optimistic one nobody is ahead, and a print of unknown side fills at our price too.
    """
    volume = trade["lots"] if _may_meet(venue, trade["side"], trade["price"]) else 0
    nearest = _nearest(venue["model"]["fill"], trade["side"])
    count = 0
    others = 0  # what traded at the print's own price with those ahead of us
    while volume > 0:
        slot = _first_hit(venue["resting"], trade["side"], trade["price"], nearest)
        if slot < 0:
            break
        order = venue["resting"][slot]
        if order["price"] == trade["price"]:
            waited = min(volume, order["ahead"] - others)
            others += waited
            volume -= waited
        lots = min(volume, order["leaves"])
        if lots > 0:
            fill_at(venue, (slot, order["price"], lots), (trade["ts_ns"], 1), fills[count])
            volume -= lots
            count += 1
    if count > 0 or others > 0:
        advance_queue(venue, trade, others)
    return count


@jit
def _may_meet(venue: np.void, side: int, price: int) -> bool:
    """Return whether a print may have met an order of ours: most are far from all of them."""
    reach = venue["reach"]
    meets_bid, meets_ask = side <= 0 and reach["bid"] >= price, side >= 0 and reach["ask"] <= price
    return bool(venue["orders"] > 0 and (meets_bid or meets_ask))


@jit
def _nearest(model: int, side: int) -> int:
    """Return how many ticks a print must go through our price to fill us."""
    if model == FillModel.TRADE_THROUGH:
        return 1
    return 1 if side == Side.UNKNOWN and model != FillModel.OPTIMISTIC else 0


@jit
def _first_hit(resting: NDArray[np.void], side: int, price: int, nearest: int) -> int:
    """Return the slot of the order that a print meets first, -1 for none."""
    first, deepest, shortest = -1, nearest, LARGEST_INTEGER
    for slot in range(SLOTS):
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
def _take(venue: np.void, side: int, price: int, lots: int) -> None:
    """Take from what a side displays: it is not displayed any more until the next quote, nor new in that one."""
    book = venue["book"]
    taken = venue["taken_bid"] if side == Side.BUY else venue["taken_ask"]
    if side == Side.BUY:
        book["bid_lots"] -= lots
    else:
        book["ask_lots"] -= lots
    if taken["price"] != price:
        taken["price"], taken["lots"] = price, 0
    taken["lots"] += lots


@jit
def _meet_book(venue: np.void, fills: NDArray[np.void]) -> int:
    """Fill our orders at prices that the other side has come to, at most what it newly displays."""
    book, count = venue["book"], 0
    for side in (Side.BUY, Side.SELL):
        if side == Side.BUY:
            taken, touch, displayed = venue["taken_ask"], book["ask"], book["ask_lots"]
        else:
            taken, touch, displayed = venue["taken_bid"], book["bid"], book["bid_lots"]
        if taken["price"] != touch:
            taken["price"], taken["lots"] = touch, 0
        taken["lots"] = min(taken["lots"], displayed)
        left = displayed - taken["lots"]
        while left > 0:
            slot = _first_hit(venue["resting"], -side, touch, 0)
            if slot < 0:
                break
            order = venue["resting"][slot]
            lots = min(left, order["leaves"])
            left -= lots
            _take(venue, -side, touch, lots)
            fill_at(venue, (slot, order["price"], lots), (book["ts_ns"], 1), fills[count])
            count += 1
    return count
