"""Our place in the queue: what is displayed ahead of an order, and what prints and cancellations make of it."""

from __future__ import annotations

import numpy as np

from glosten._jit import jit
from glosten.market._venue import DEPTH_ROWS, NOT_SEEN, UNKNOWN_QUEUE, FillModel
from glosten.records import LARGEST_INTEGER, SLOTS, Side
from glosten.statistics import uniform


@jit
def queue_of(venue: np.void, side: int, price: int) -> tuple[int, int]:
    """Return (lots ahead, lots displayed) for an order that joins the end of a level; `UNKNOWN_QUEUE`, `NOT_SEEN`.

    Inside the spread nobody is ahead; at the touch all that is displayed; behind it what the depth of the tape shows,
    where it has any, else an unknown queue. Depth also knows better than quotes that are only implied by prints. In the
    optimistic model nobody is ever ahead.
    """
    book = venue["book"]
    touch, displayed = (book["bid"], book["bid_lots"]) if side == Side.BUY else (book["ask"], book["ask_lots"])
    better = side * (price - touch)
    if venue["model"]["fill"] == FillModel.OPTIMISTIC:
        return 0, NOT_SEEN
    is_told = displayed > 0 and better >= 0 and venue["model"]["is_synthetic"] == 0
    if not is_told and knows_level(venue, side, price):
        level = venue["bids"][price % DEPTH_ROWS] if side == Side.BUY else venue["asks"][price % DEPTH_ROWS]
        return level["lots"], level["lots"]
    if displayed > 0 and better > 0:
        return 0, NOT_SEEN
    if displayed > 0 and better == 0:
        return displayed, displayed
    return UNKNOWN_QUEUE, NOT_SEEN


@jit
def knows_level(venue: np.void, side: int, price: int) -> bool:
    """Return whether the depth of the tape tells what is displayed at a price."""
    if venue["has_depth"] == 0:
        return False
    level = venue["bids"][price % DEPTH_ROWS] if side == Side.BUY else venue["asks"][price % DEPTH_ROWS]
    return bool(level["price"] == price)


@jit
def learn(venue: np.void, slot: int, displayed: int, now_ns: int) -> None:
    """Learn from what our level displays: at most that much is ahead, and what left without a print was cancelled.

    The prints of an instant come before all its rows of the book, so a row may show what they have taken already: what
    joins at an instant counts from the next one on, or its prints would be taken for cancellations.
    """
    order = venue["resting"][slot]
    if venue["model"]["fill"] == FillModel.QUEUE_CANCELS:
        if now_ns != order["latest_ns"]:
            order["shown"] = order["latest"]
        if order["shown"] > displayed and order["shown"] >= order["ahead"]:
            _cancel_ahead(venue, slot, order["shown"] - displayed)
        order["shown"] = displayed if order["shown"] == NOT_SEEN else min(order["shown"], displayed)
        order["latest"], order["latest_ns"] = displayed, now_ns
    order["ahead"] = min(order["ahead"], displayed)


@jit
def learn_from_touch(venue: np.void) -> None:
    """Let every order learn from the touch that the venue shows now, and note how far our orders reach.

    An order at the touch learns from its level; nobody is ahead of one inside the spread. What happens to a level
    behind it is not seen, unless the tape has depth. An empty side teaches nothing.
    """
    bid, bid_lots = venue["book"]["bid"], venue["book"]["bid_lots"]
    ask, ask_lots = venue["book"]["ask"], venue["book"]["ask_lots"]
    highest, lowest, are_behind = 0, LARGEST_INTEGER, bid_lots > 0 and ask_lots > 0
    for slot in range(SLOTS):
        order = venue["resting"][slot]
        if order["side"] == 0:
            continue
        if order["side"] == Side.BUY:
            better, displayed, highest = order["price"] - bid, bid_lots, max(highest, order["price"])
        else:
            better, displayed, lowest = ask - order["price"], ask_lots, min(lowest, order["price"])
        are_behind = are_behind and better < 0
        if order["ahead"] == 0 or displayed == 0:
            continue
        if better > 0:
            order["ahead"] = 0
        elif better == 0:
            _learn_at_touch(venue, slot, displayed)
        elif venue["has_depth"] == 0:
            hide_level(order)
    venue["reach"]["bid"], venue["reach"]["ask"], venue["reach"]["is_behind"] = highest, lowest, int(are_behind)


@jit
def _learn_at_touch(venue: np.void, slot: int, displayed: int) -> None:
    """Learn from a quote whose touch is our price.

    Where the depth of the tape has that level too, it tells of cancellations, which would else be counted twice. The
    size of a synthetic quote teaches an order that knows nothing of its queue, and no other.
    """
    order, is_synthetic = venue["resting"][slot], venue["model"]["is_synthetic"] != 0
    if knows_level(venue, order["side"], order["price"]):
        if not is_synthetic:
            order["ahead"] = min(order["ahead"], displayed)
    elif not is_synthetic or order["ahead"] >= UNKNOWN_QUEUE // 2:
        learn(venue, slot, displayed, venue["book"]["ts_ns"])


@jit
def hide_level(order: np.void) -> None:
    """Note that the level of an order is displayed no more: what happens to it now is not seen."""
    order["shown"] = order["latest"] = NOT_SEEN


@jit
def _cancel_ahead(venue: np.void, slot: int, lots: int) -> None:
    """Take a cancelled order out of our level: it stood ahead of us with the share of the level that did.

    One draw a cancellation. What does not fit on the side that was drawn is taken from the other.
    Source: a uniform choice among the displayed lots, as the proportional queue model of Cont, Stoikov & Talreja
    (2010), where every order is cancelled at the same rate.
    """
    order, model = venue["resting"][slot], venue["model"]
    behind = order["shown"] - order["ahead"]
    was_ahead = uniform(model["key"], model["draws"]) * order["shown"] < order["ahead"]
    model["draws"] += 1
    order["ahead"] -= min(lots, order["ahead"]) if was_ahead else max(lots - behind, 0)


@jit
def advance_queue(venue: np.void, trade: np.void, others: int) -> None:
    """Move our orders forward: nobody is left ahead at prices that a print went through."""
    for slot in range(SLOTS):
        order = venue["resting"][slot]
        if order["side"] == 0 or order["side"] == trade["side"]:
            continue
        depth = order["side"] * (order["price"] - trade["price"])
        if depth > 0:
            order["ahead"] = 0
        elif depth == 0:
            order["ahead"] = max(order["ahead"] - others, 0)
            if order["shown"] != NOT_SEEN:  # the tape's own display fell by all that traded, whoever had it here
                order["shown"] = max(order["shown"] - trade["lots"], order["ahead"])
                order["latest"] = max(order["latest"] - trade["lots"], order["ahead"])
