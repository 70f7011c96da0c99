"""The exchange of a market: quotes are posted, one order is matched, accounts are kept in whole ticks and lots."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.crowd._fundamental import Tape
from glosten.crowd._quoting import learn
from glosten.crowd._roster import ASK, BID, FLOW, LOTS, MID, NO_ASK, NO_BID, PRICE, VALUE, WHO
from glosten.theory import ask_ticks, bid_ticks

Records = NDArray[np.void]


@jit
def open_account(mind: np.void) -> None:
    """Empty the account of an agent."""
    mind["cash"], mind["holdings"], mind["gain"], mind["trades"], mind["volume"] = 0, 0, 0, 0, 0


@jit
def pay_out(minds: Records, value: int) -> None:
    """Settle what agents hold at the value: the asset is paid out, and what is traded from now on is a new one."""
    for place in range(minds.size):
        mind = minds[place]
        mind["cash"] += mind["holdings"] * value
        mind["holdings"] = 0


@jit
def _enter(mind: np.void, lots: int, price: int, value: int) -> None:
    """Enter signed lots bought at a price into an account, the value being what it is."""
    mind["cash"] -= lots * price
    mind["holdings"] += lots
    mind["gain"] += lots * (value - price)
    mind["trades"] += 1
    mind["volume"] += abs(lots)


@jit
def post(market: np.void, minds: Records, tape: Tape, period: int) -> None:
    """Post the quotes that the makers wish for, one maker after another, and write the best of them.

    The first to post rotates from period to period. A quote that would meet one already posted on the other side is
    moved to one tick before it, so that no book is crossed or locked; the bid stays and the ask gives way where both
    are a maker's own.
    """
    makers, far = minds.size, float(market["farthest"])
    best_bid, best_ask = NO_BID, NO_ASK
    for step in range(makers):
        mind = minds[(period + step) % makers]
        bid, ask = NO_BID, NO_ASK
        if not math.isnan(mind["bid"]):
            bid = min(bid_ticks(min(max(mind["bid"], -far), far), 1.0), best_ask - 1)
        if not math.isnan(mind["ask"]):
            ask = max(ask_ticks(min(max(mind["ask"], -far), far), 1.0), best_bid + 1, bid + 1)
        mind["bid_ticks"], mind["ask_ticks"] = bid, ask
        best_bid, best_ask = max(best_bid, bid), min(best_ask, ask)
    tape[period, BID], tape[period, ASK] = best_bid, best_ask
    if best_bid != NO_BID and best_ask != NO_ASK:
        tape[period, MID] = best_bid + best_ask
    else:
        start = math.floor(2.0 * market["mean"] + 0.5)
        tape[period, MID] = tape[period - 1, MID] if period > 0 else start


@jit
def _rests(makers: Records, minds: Records, side: int, best: int) -> None:
    """Write what each maker displays at the best price of a side."""
    for place in range(minds.size):
        mind = minds[place]
        posted = mind["ask_ticks"] if side > 0 else mind["bid_ticks"]
        mind["rest"] = makers[place]["lots"] if posted == best else 0


@jit
def _take(mind: np.void, side: int, most: int) -> int:
    """Take lots from what a maker displays, and return how many."""
    lots = min(most, mind["rest"])
    mind["rest"] -= lots
    mind["filled"] -= side * lots
    return int(lots)


@jit
def _match(minds: Records, side: int, lots: int, trades: int) -> int:
    """Fill an order from what the makers display, in equal parts; return the lots that were filled.

    Odd lots go round among them, beginning one further with each trade. What the displayed lots do not fill lapses.
    """
    left, makers = lots, minds.size
    if makers == 1:
        left -= _take(minds[0], side, left)
        return lots - left
    while left > 0:
        able = 0
        for place in range(makers):
            able += minds[place]["rest"] > 0
        if able == 0:
            break
        part, skip, given, step = max(left // able, 1), trades % able, 0, 0
        while given < able and left > 0:
            mind = minds[step % makers]
            step += 1
            if mind["rest"] == 0:
                continue
            if step <= makers and skip > 0:
                skip -= 1
                continue
            left -= _take(mind, side, min(part, left))
            given += 1
    return lots - left


@jit
def settle(
    makers: Records, minds: Records, buyer: tuple[np.void, np.void], tape: Tape, order: tuple[int, int, int]
) -> None:
    """Trade an order, keep the accounts, and let every maker learn from it.

    ``buyer`` = (the state of the path, the state of the trader); ``order`` = (period, trader or -1 for nobody, signed
    lots).
    """
    scene, trader = buyer
    period, who, lots = order
    bid, ask = tape[period, BID], tape[period, ASK]
    filled, side, price = 0, 0, 0
    for place in range(minds.size):
        minds[place]["filled"] = 0
    if (lots > 0 and ask != NO_ASK) or (lots < 0 and bid != NO_BID):
        side = 1 if lots > 0 else -1
        price, value, trades = (ask if side > 0 else bid), tape[period, VALUE], scene["trades"]
        _rests(makers, minds, side, price)
        filled = _match(minds, side, abs(lots), trades)
        _enter(trader, side * filled, price, value)
        for place in range(minds.size):
            if minds[place]["filled"] != 0:
                _enter(minds[place], minds[place]["filled"], price, value)
        tape[trades + 1, FLOW] = tape[trades, FLOW] + side
        scene["trades"] = trades + 1
    tape[period, WHO], tape[period, LOTS], tape[period, PRICE] = who, side * filled, price
    book = (-math.inf if bid == NO_BID else float(bid), math.inf if ask == NO_ASK else float(ask))
    for place in range(minds.size):
        learn(makers[place], minds[place], side, book)
