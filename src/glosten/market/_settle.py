"""What a fill costs and whether an order can be paid: balances, reservations and fees in whole quanta and lots."""

from __future__ import annotations

import numpy as np

from glosten._integer import fee_quanta
from glosten._jit import jit
from glosten.market._venue import FeeAsset
from glosten.records import SLOTS, EventKind, Side

E8 = 100_000_000


@jit
def reserved(venue: np.void, side: int) -> int:
    """Return what our resting orders of a side keep back: cash quanta, fees included, for bids, lots for asks.

    Only what is unfilled is kept back: after a partial fill the rest of the order.
    """
    total = 0
    for slot in range(SLOTS):
        order = venue["resting"][slot]
        if order["side"] != side:
            continue
        if side == Side.BUY:
            notional = order["price"] * order["leaves"] * venue["fees"]["quanta_per_tick_lot"]
            total += notional + fee_quanta(notional, order["reserve_e8"])
        else:
            total += order["leaves"]
    return total


@jit
def reserve_rate(fees: np.void, action: np.void) -> int:
    """Return the fee rate, in 1e-8, that has to be kept back for a placement: the worst that it can meet, in cash."""
    if action["side"] == Side.SELL or fees["asset"] != FeeAsset.QUOTE:
        return 0
    worst = max(fees["maker_e8"], 0)
    return worst if action["post_only"] != 0 else max(worst, fees["taker_e8"])


@jit
def is_affordable(venue: np.void, action: np.void, rate_e8: int) -> bool:
    """Return whether the free cash covers a purchase and its fee, or the free coins a sale."""
    wallet, lots = venue["wallet"], action["lots"]
    if action["side"] == Side.SELL:
        return bool(lots <= wallet["coin"] - reserved(venue, Side.SELL))
    notional = action["price"] * lots * venue["fees"]["quanta_per_tick_lot"]
    return bool(notional + fee_quanta(notional, rate_e8) <= wallet["cash"] - reserved(venue, Side.BUY))


@jit
def close_resting(venue: np.void, slot: int) -> int:
    """Empty a slot; return the lots that were unfilled."""
    order = venue["resting"][slot]
    leaves = int(order["leaves"])
    if order["side"] != 0:
        venue["orders"] -= 1
    order["order"] = order["side"] = order["price"] = order["lots"] = order["leaves"] = order["ahead"] = 0
    order["shown"] = order["reserve_e8"] = order["latest"] = order["latest_ns"] = 0
    return leaves


@jit
def fill_at(venue: np.void, what: tuple[int, int, int], how: tuple[int, int], fill: np.void) -> None:
    """Write a fill, take its lots off the order and settle it; a filled order leaves its slot.

    ``what`` is (slot, price, lots), ``how`` is (time in ns, 1 for a maker's fill).
    """
    slot, price, lots = what
    order = venue["resting"][slot]
    fill["kind"], fill["ts_ns"], fill["is_maker"] = EventKind.FILL.value, how[0], how[1]
    fill["slot"], fill["order"], fill["side"] = slot, order["order"], order["side"]
    fill["price"], fill["lots"] = price, lots
    order["leaves"] -= lots
    if order["leaves"] == 0:
        close_resting(venue, slot)
    _settle(venue, fill)


@jit
def _settle(venue: np.void, fill: np.void) -> None:
    """Move cash and coins, and charge the fee, rounded against us.

    A fee in the coin is taken from what a purchase brings; a sale brings cash and pays in it. A fill says what it was
    charged where it was charged: ``fee`` in cash (or worth of the third asset), ``fee_lots`` in coins.
    """
    fees, wallet, side, lots = venue["fees"], venue["wallet"], fill["side"], fill["lots"]
    rate = fees["maker_e8"] if fill["is_maker"] else fees["taker_e8"]
    notional = fill["price"] * lots * fees["quanta_per_tick_lot"]
    fee = fee_quanta(notional, rate)
    fill["fee"], fill["fee_lots"] = fee, 0
    wallet["cash"] -= side * notional
    wallet["coin"] += side * lots
    if fees["asset"] == FeeAsset.OTHER:
        wallet["other"] += fee
    elif fees["asset"] == FeeAsset.BASE and side == Side.BUY:
        wallet["owed_e8"] += lots % E8 * rate
        whole = -(-wallet["owed_e8"] // E8)  # up: no more coins are counted than can be sold
        wallet["owed_e8"] -= whole * E8
        fill["fee"], fill["fee_lots"] = 0, lots // E8 * rate + whole  # apart: the product of many lots would not fit
        wallet["coin"] -= fill["fee_lots"]
    else:
        wallet["cash"] -= fee
