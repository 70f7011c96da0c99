"""Belief: what one more customer order says about the value (STRATEGY step 6)."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.records import Side
from glosten.theory import posterior

NOISE_BUYS = 0.5
"""Uninformed customers buy and sell equally often; the operator's model has no key for it."""
GROUP_NS = 1_000_000_000
"""Fills of one side within a second of the group's first are one customer order (ruling R11)."""


@jit
def observe(s: Any, p: Any, side: int) -> None:
    """Fold one customer order (`Side.BUY` or `Side.SELL`) into the queued belief and clip it.

    Source: Glosten & Milgrom (1985), Bayes' rule on the order's direction; STRATEGY 4.3, GM_ALPHA, GM_MIN_PRIOR.
    """
    belief = s["belief"]
    floor = p["strategy"]["GM_MIN_PRIOR"]
    updated = posterior(belief["queued"], side, p["strategy"]["GM_ALPHA"], NOISE_BUYS)
    belief["queued"] = min(max(updated, floor), 1.0 - floor)
    belief["observations"] += 1
    if side == Side.BUY:
        belief["queued_buys"] += 1
    else:
        belief["queued_sells"] += 1


@jit
def observe_fill(s: Any, p: Any, our_side: int, ts_ns: int) -> None:
    """Observe the customer behind a fill of ours, once per customer order (our ask filled: a customer bought)."""
    belief, cycle = s["belief"], s["cycle"]["number"]
    if our_side == Side.SELL:
        if belief["buy_group_cycle"] == cycle and ts_ns - belief["buy_group_ns"] <= GROUP_NS:
            return
        belief["buy_group_cycle"], belief["buy_group_ns"] = cycle, ts_ns
        observe(s, p, Side.BUY)
    else:
        if belief["sell_group_cycle"] == cycle and ts_ns - belief["sell_group_ns"] <= GROUP_NS:
            return
        belief["sell_group_cycle"], belief["sell_group_ns"] = cycle, ts_ns
        observe(s, p, Side.SELL)


@jit
def observe_trade(s: Any, p: Any, side: int, aggressor: int) -> None:
    """Observe a market order on the tape once, however many prints it left; an unsigned print says nothing."""
    belief = s["belief"]
    if side == Side.UNKNOWN or aggressor <= belief["last_aggressor"]:  # prints of two orders may interleave
        return
    belief["last_aggressor"] = aggressor
    observe(s, p, side)
