"""Exits: when inventory is sold to the bid instead of quoted, and the gates every such sale passes (steps 19, 20)."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker._ladder import is_large_enough
from glosten.maker._price import BPS, WINDDOWN_EDGE, guard_yields
from glosten.records import EXIT_SLOT, RUNGS, Breaker, Reason
from glosten.theory import ask_ticks

THROUGH_TOUCH = 0.99
"""No taker order accepts a price more than 1 % through the touch (ruling R10)."""
MINUTE_NS = 60_000_000_000


@jit
def exit_floor(s: Any, p: Any, reason: int) -> float:
    """Return the worst price an exit accepts, in quote units; a hard guard lifts every exit to break-even plus 1 bp."""
    keys = p["strategy"]
    floor = s["view"]["bid"] * p["instrument"]["tick"] * THROUGH_TOUCH
    may_lose = reason == Reason.EXIT_MAX_DD and (not keys["BE_GUARD"] or guard_yields(p, reason))
    if not may_lose:
        floor = max(floor, s["quote"]["break_even_taker"] * WINDDOWN_EDGE)
    return floor


@jit
def exit_reason(s: Any, p: Any) -> int:
    """Return which exit is asked for, strongest first, or `Reason.NONE`.

    Source: STRATEGY 5.2 (drawdown close, wind-down), 4.6 SCRATCH_LIVENESS_MIN, DISABLE_BREAKER_WINDDOWN.
    """
    keys, risk = p["strategy"], s["risk"]
    if risk["breakers"]:
        if keys["DISABLE_BREAKER_WINDDOWN"]:
            return Reason.NONE  # halt and hold: nothing is sold either
        return Reason.EXIT_MAX_DD if risk["breakers"] & Breaker.MAX_DRAWDOWN else Reason.EXIT_WINDDOWN
    idle_ns = s["view"]["now_ns"] - risk["last_fill_ns"]
    if keys["SCRATCH_LIVENESS_MIN"] > 0 and idle_ns >= keys["SCRATCH_LIVENESS_MIN"] * MINUTE_NS:
        return Reason.EXIT_SCRATCH
    return Reason.NONE


@jit
def request_exit(s: Any, p: Any) -> int:
    """Want the whole inventory sold now if a rule asks for it and the gates let it pass; return the exit's reason.

    Own asks are withdrawn first, so that nothing is sold twice. With NO_CLOSE_MARKET the sale waits as a post-only ask.
    """
    reason = exit_reason(s, p)
    held = s["ledger"]["held"]
    bid = s["view"]["bid"]
    tick, keys = p["instrument"]["tick"], p["strategy"]
    if reason == Reason.NONE or not is_large_enough(held, bid, p):
        return Reason.NONE
    floor = exit_floor(s, p, reason)
    if bid * tick < floor:
        return Reason.NONE
    s["cycle"]["asks_off"] = Reason.EXIT_PENDING
    for slot in range(RUNGS, EXIT_SLOT):
        target = s["targets"][slot]
        target["lots"], target["pending"], target["reason"] = 0, 0, Reason.EXIT_PENDING
    target = s["targets"][EXIT_SLOT]
    target["lots"], target["pending"], target["reason"] = held, 1, reason
    if keys["NO_CLOSE_MARKET"]:
        ask = s["view"]["ask"] * tick
        if keys["BE_GUARD"] and not guard_yields(p, reason):
            ask = max(ask, s["quote"]["break_even_maker"] * (1.0 + keys["GM_ASK_CLAMP_BUFFER_BPS"] * BPS))
        target["price"], target["immediate"], target["post_only"] = ask_ticks(ask, tick), 0, 1
    else:
        target["price"], target["immediate"], target["post_only"] = ask_ticks(floor, tick), 1, 0
    return reason
