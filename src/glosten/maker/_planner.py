"""Planner: from what is wanted and what rests to cancels and placements; one planner for every host (steps 18, 21)."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker._price import THROUGH_TOUCH, break_even, guard_applies, guard_yields
from glosten.records import (
    EXIT_SLOT,
    LARGEST_INTEGER,
    REBALANCE_SLOT,
    RUNGS,
    SLOTS,
    Operation,
    OrderState,
    Reason,
    Side,
)

MOST_REJECTS, BACKOFF_NS = 3, 60_000_000_000
"""Equal refusals in a row after which a rung is left alone, and for how long."""


@jit
def side_of(slot: int) -> int:
    """Return what an order in this slot does: bids are slots 0..9, then asks, the exit, and the rebalance that buys."""
    return Side.BUY if slot < RUNGS or slot == REBALANCE_SLOT else Side.SELL


@jit
def drift_bps(price: int, wanted: int) -> float:
    """Return how far an order's price stands from the wanted one, in bps of the wanted one."""
    return 1e4 * abs(price / wanted - 1.0) if wanted > 0 else 0.0


@jit
def order_is_below_cost(s: Any, p: Any, slot: int) -> bool:
    """Return whether a resting sell would break the guard at what the inventory costs now."""
    order = s["orders"][slot]
    if guard_yields(s, p, order["reason"]) or not guard_applies(s, p):
        return False
    return order["price"] * p["instrument"]["tick"] < break_even(s, order["post_only"])


@jit
def reason_to_cancel(s: Any, p: Any, slot: int) -> int:
    """Return why the resting order of a slot should go, or `Reason.NONE` to keep it.

    Source: STRATEGY step 18, GM_STALE_CYCLES, GM_STALE_DRIFT_BPS, DRIFT_ATR_FRAC, runtime.requote_qty_tol.
    """
    order, target, keys = s["orders"][slot], s["targets"][slot], p["strategy"]
    order["age"] = s["cycle"]["number"] - order["placed_cycle"]
    order["drift_bps"] = drift_bps(order["price"], target["price"])
    reason = Reason.NONE
    if target["lots"] == 0:
        reason = target["reason"] if target["reason"] != Reason.NONE else Reason.SIDE_OFF
    elif order["side"] == Side.SELL and order_is_below_cost(s, p, slot):
        reason = Reason.BE_BLOCK
    elif order["revision"] != p["revision"]:
        reason = Reason.CONFIG_CHANGED
    elif order["age"] > keys["GM_STALE_CYCLES"]:
        reason = Reason.STALE_AGE
    elif order["drift_bps"] > s["cycle"]["drift_threshold_bps"]:
        reason = Reason.STALE_DRIFT
    elif abs(order["leaves"] - target["lots"]) > p["runtime"]["requote_qty_tol"] * target["lots"]:
        reason = Reason.QTY_CHANGED
    return reason


@jit
def committed(s: Any, p: Any, side: int) -> int:
    """Return what live orders of a side tie up, unconfirmed cancels included: quanta for bids, lots for asks."""
    total = 0
    for slot in range(SLOTS):
        order = s["orders"][slot]
        if order["state"] != OrderState.NONE and order["side"] == side:
            if side == Side.BUY:
                total += order["price"] * order["leaves"] * p["instrument"]["quanta_per_tick_lot"]
            else:
                total += order["leaves"]
    return total


@jit
def limit_of(s: Any, side: int) -> int:
    """Return what live orders of a side may tie up: quanta for bids, managed lots for asks."""
    return s["capital"]["bid_limit"] if side == Side.BUY else s["ledger"]["held"]


@jit
def request(s: Any, actions: Any, count: int, slot: int, operation: int, reason: int) -> int:
    """Write one action row and return the new count; a placement's price and size are filled in by the caller."""
    action = actions[count]
    action["operation"], action["slot"], action["side"], action["reason"] = operation, slot, side_of(slot), reason
    action["order"] = s["orders"][slot]["number"]
    action["price"], action["lots"], action["post_only"], action["immediate"] = 0, 0, 0, 0
    return count + 1


@jit
def cancel(s: Any, actions: Any, count: int, slot: int, reason: int) -> int:
    """Ask for the cancel of a resting order; its slot and funds are free only once that is acknowledged."""
    s["orders"][slot]["state"] = OrderState.CANCELLING
    s["count"]["cancelled"] += 1
    return request(s, actions, count, slot, Operation.CANCEL, reason)


@jit
def innermost(s: Any, side: int) -> int:
    """Return the wanted price nearest the market on a side, in ticks; beyond every price where nothing is wanted."""
    best = 0 if side == Side.BUY else LARGEST_INTEGER
    for slot in range(SLOTS):
        target = s["targets"][slot]
        if target["lots"] > 0 and side_of(slot) == side:
            best = max(best, target["price"]) if side == Side.BUY else min(best, target["price"])
    return best


@jit
def cancel_stale(s: Any, p: Any, actions: Any, count: int) -> int:
    """Cancel what no longer fits its target, and what would meet a new order of our own; mark the rest as kept."""
    highest_bid, lowest_ask = innermost(s, Side.BUY), innermost(s, Side.SELL)
    for slot in range(SLOTS):
        order, target = s["orders"][slot], s["targets"][slot]
        if order["state"] != OrderState.WORKING:
            continue
        reason = reason_to_cancel(s, p, slot)
        if reason == Reason.NONE:
            meets_ask = order["side"] == Side.BUY and order["price"] >= lowest_ask
            meets_bid = order["side"] == Side.SELL and order["price"] <= highest_bid
            reason = Reason.STALE_DRIFT if meets_ask or meets_bid else Reason.NONE
        if reason != Reason.NONE:
            count = cancel(s, actions, count, slot, reason)
        else:
            target["pending"] = 0
    return count


@jit
def cancel_excess(s: Any, p: Any, actions: Any, count: int) -> int:
    """Cancel kept orders larger than their targets where the kept ones of a side would exceed its limit (ruling R2)."""
    for side in (Side.BUY, Side.SELL):
        kept = 0
        for slot in range(SLOTS):
            order = s["orders"][slot]
            if order["state"] == OrderState.WORKING and order["side"] == side:
                unit = order["price"] * p["instrument"]["quanta_per_tick_lot"] if side == Side.BUY else 1
                kept += order["leaves"] * unit
        if kept <= limit_of(s, side):
            continue
        for slot in range(SLOTS):
            order, target = s["orders"][slot], s["targets"][slot]
            too_large = order["leaves"] > target["lots"] or order["price"] > target["price"]
            if order["state"] == OrderState.WORKING and order["side"] == side and too_large:
                target["pending"] = 1
                count = cancel(s, actions, count, slot, Reason.QTY_CHANGED)
    return count


@jit
def lacks_room(s: Any, p: Any, slot: int) -> bool:
    """Return whether the slot of a wanted order is still taken, or its funds are still tied up."""
    target, side = s["targets"][slot], side_of(slot)
    unit = target["price"] * p["instrument"]["quanta_per_tick_lot"] if side == Side.BUY else 1
    no_funds = committed(s, p, side) + target["lots"] * unit > limit_of(s, side)
    return s["orders"][slot]["state"] != OrderState.NONE or no_funds


@jit
def is_below_cost(s: Any, p: Any, slot: int) -> bool:
    """Return whether a wanted sell would break the guard at what the inventory costs now."""
    target = s["targets"][slot]
    if side_of(slot) == Side.BUY or guard_yields(s, p, target["reason"]) or not guard_applies(s, p):
        return False
    return target["price"] * p["instrument"]["tick"] < break_even(s, target["post_only"])


@jit
def meets_an_order(s: Any, slot: int) -> bool:
    """Return whether a wanted order would cross the book as it is now (post-only), or an order of our own."""
    target, side = s["targets"][slot], side_of(slot)
    touch = s["view"]["ask"] if side == Side.BUY else s["view"]["bid"]
    if target["post_only"] and side * (target["price"] - touch) >= 0:
        return True
    leaving = s["targets"][EXIT_SLOT]
    if side == Side.BUY and leaving["pending"] and target["price"] >= leaving["price"]:
        return True
    for other in range(SLOTS):
        order = s["orders"][other]
        is_opposite = order["state"] != OrderState.NONE and order["side"] == -side
        if is_opposite and side * (target["price"] - order["price"]) >= 0:
            return True
    return False


@jit
def is_too_deep(s: Any, slot: int) -> bool:
    """Return whether an immediate order would by now reach more than 1 % through the touch (ruling R10)."""
    target, view = s["targets"][slot], s["view"]
    if target["immediate"] == 0:
        return False
    if side_of(slot) == Side.BUY:
        return target["price"] > view["ask"] * (2.0 - THROUGH_TOUCH)
    return target["price"] < view["bid"] * THROUGH_TOUCH


@jit
def backs_off(s: Any, slot: int) -> bool:
    """Return whether the venue refused this slot so often that it is left alone for a while."""
    return s["view"]["now_ns"] < s["orders"][slot]["backoff_until_ns"]


@jit
def note_reject(s: Any, slot: int, reason: int) -> None:
    """Count equal refusals in a row; the third leaves the rung alone for a minute. A crossing price is no such refusal.

    Source: STRATEGY step 21: "identical structural reject 3x => back off 60 s for that rung".
    """
    order = s["orders"][slot]
    s["count"]["rejected"] += 1
    s["targets"][slot]["reason"] = reason
    if reason in (Reason.POST_ONLY_REJECT, Reason.WOULD_CROSS, Reason.IN_FLIGHT):
        return
    order["rejects"] = order["rejects"] + 1 if order["reject_reason"] == reason else 1
    order["reject_reason"] = reason
    if order["rejects"] >= MOST_REJECTS:
        order["rejects"] = 0
        order["backoff_until_ns"] = s["view"]["now_ns"] + BACKOFF_NS


@jit
def place_pending(s: Any, p: Any, actions: Any, count: int) -> int:
    """Place what is still wanted and can go out now, each target once a cycle; what cannot go out yet stays wanted."""
    for slot in range(SLOTS):
        order, target, side = s["orders"][slot], s["targets"][slot], side_of(slot)
        if target["pending"] == 0:
            continue
        if backs_off(s, slot):
            target["reason"] = Reason.REJECT_BACKOFF
            continue
        if lacks_room(s, p, slot) or is_below_cost(s, p, slot) or meets_an_order(s, slot) or is_too_deep(s, slot):
            continue
        target["pending"] = 0
        order["reason"], order["age"], order["drift_bps"] = target["reason"], 0, 0.0
        order["state"], order["side"], order["price"] = OrderState.PLACING, side, target["price"]
        order["lots"], order["leaves"], order["realised"] = target["lots"], target["lots"], 0
        order["post_only"], order["revision"] = target["post_only"], p["revision"]
        order["placed_cycle"], order["placed_ns"] = s["cycle"]["number"], s["view"]["now_ns"]
        s["count"]["placed"] += 1
        order["number"] = s["count"]["placed"]
        if slot != EXIT_SLOT:
            s["risk"]["idle_cycles"] = 0
        action = actions[count]
        count = request(s, actions, count, slot, Operation.PLACE, target["reason"])
        action["price"], action["lots"] = target["price"], target["lots"]
        action["post_only"], action["immediate"] = target["post_only"], target["immediate"]
    return count


@jit
def plan(s: Any, p: Any, actions: Any) -> int:
    """Write the actions that turn what rests into what is wanted, cancels first; return how many there are."""
    count = cancel_stale(s, p, actions, 0)
    count = cancel_excess(s, p, actions, count)
    return place_pending(s, p, actions, count)
