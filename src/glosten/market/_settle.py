"""What a fill costs and whether an order can be paid: balances, reservations and fees in whole quanta and lots."""

from __future__ import annotations

import numpy as np

from glosten._integer import fee_quanta
from glosten._jit import jit
from glosten.market._venue import FeeAsset
from glosten.records import LARGEST_INTEGER, EventKind, Side

E8 = 100_000_000


@jit
def reserve_rate(fees: np.void, action: np.void) -> int:
    """Return the fee rate, in 1e-8, that has to be kept back for a placement: the worst that it can meet, in cash."""
    if action["side"] == Side.SELL or fees["asset"] != FeeAsset.QUOTE:
        return 0
    worst = max(fees["maker_e8"], 0)
    return worst if action["post_only"] != 0 else max(worst, fees["taker_e8"])


@jit
def needed(venue: np.void, side: int, price: int, lots: int, rate_e8: int) -> int:
    """Return what an order needs: cash quanta with the fee for a purchase, lots for a sale."""
    if side == Side.SELL:
        return lots
    notional = price * lots * venue["fees"]["quanta_per_tick_lot"]
    return int(notional + fee_quanta(notional, rate_e8))


@jit
def free(venue: np.void, side: int) -> int:
    """Return what is not reserved: the cash (quanta) that a purchase could take yet, or the lots that a sale could."""
    wallet, reserved = venue["wallet"], venue["reserved"]
    return int(wallet["cash"] - reserved["cash"] if side == Side.BUY else wallet["coin"] - reserved["coin"])


@jit
def _keep_back(venue: np.void, slot: int, amount: int) -> None:
    """Reserve ``amount`` for an order instead of what it has reserved so far."""
    order, reserved = venue["resting"][slot], venue["reserved"]
    if order["side"] == Side.BUY:
        reserved["cash"] += amount - order["reserved"]
    else:
        reserved["coin"] += amount - order["reserved"]
    order["reserved"] = amount


@jit
def open_resting(venue: np.void, action: np.void, kept: tuple[int, int], queue: tuple[int, int]) -> None:
    """Put a placement into its slot; ``kept`` is (fee rate, amount) kept back, ``queue`` (lots ahead, displayed)."""
    slot, side, price, reach = action["slot"], action["side"], action["price"], venue["reach"]
    order = venue["resting"][slot]
    if venue["orders"] == 0:
        reach["bid"], reach["ask"] = 0, LARGEST_INTEGER
    venue["orders"] += 1
    order["order"], order["side"], order["price"] = action["order"], side, price
    order["lots"], order["leaves"], order["reserve_e8"] = action["lots"], action["lots"], kept[0]
    order["ahead"], order["shown"] = queue
    order["latest"], order["latest_ns"] = order["shown"], venue["book"]["ts_ns"]
    reach["is_behind"] = 0
    if side == Side.BUY:
        reach["bid"] = max(reach["bid"], price)
    else:
        reach["ask"] = min(reach["ask"], price)
    _keep_back(venue, slot, kept[1])


@jit
def close_resting(venue: np.void, slot: int) -> int:
    """Empty a slot; return the lots that were unfilled."""
    order = venue["resting"][slot]
    leaves = int(order["leaves"])
    if order["side"] != 0:
        venue["orders"] -= 1
        _keep_back(venue, slot, 0)
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
    else:
        _keep_back(venue, slot, needed(venue, order["side"], order["price"], order["leaves"], order["reserve_e8"]))
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
