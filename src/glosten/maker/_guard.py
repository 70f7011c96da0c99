"""Guard: what has to happen to resting asks between two decisions, because inventory became dearer (ruling R2)."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker._planner import cancel, order_is_below_cost
from glosten.maker._price import break_evens
from glosten.maker._size import revalue
from glosten.records import SLOTS, OrderState, Reason, Side


@jit
def protect(s: Any, p: Any, actions: Any) -> int:
    """Cancel at once every resting sell below what the inventory now has to fetch; return how many actions that takes.

    A purchase above the average cost lifts break-even, perhaps over an ask of ours: it may not wait for the clock. What
    trades before the cancel arrives is the venue's.
    """
    view = s["view"]
    if view["bid"] > 0 and view["ask"] >= view["bid"]:
        revalue(s, p, 0.5 * (view["bid"] + view["ask"]) * p["instrument"]["tick"])
    break_evens(s, p)
    count = 0
    for slot in range(SLOTS):
        order = s["orders"][slot]
        is_resting_sell = order["state"] == OrderState.WORKING and order["side"] == Side.SELL
        if is_resting_sell and order_is_below_cost(s, p, slot):
            count = cancel(s, actions, count, slot, Reason.BE_BLOCK)
    return count
