"""Exits: when inventory is sold to the bid instead of quoted, and the gates every such sale passes (steps 19, 20)."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker._ladder import is_large_enough
from glosten.maker._price import BPS, THROUGH_TOUCH, WINDDOWN_EDGE, break_even, guard_yields
from glosten.maker._state import FORCED
from glosten.records import EXIT_SLOT, RUNGS, Breaker, Reason
from glosten.theory import ask_ticks

MINUTE_NS = 60_000_000_000


@jit
def exit_floor(s: Any, p: Any, reason: int) -> float:
    """Return the worst price an exit accepts, in quote units.

    What may not lose asks for the taker break-even; what nobody is in a hurry for, for 1 bp more.
    """
    floor = s["view"]["bid"] * p["instrument"]["tick"] * THROUGH_TOUCH
    needed = s["quote"]["break_even_taker"]
    may_lose = reason in (Reason.EXIT_MAX_DD, Reason.EXIT_FLATTEN) and p["strategy"]["BE_GUARD"] == 0
    if may_lose or guard_yields(s, p, reason):
        return floor
    return max(floor, needed if reason == Reason.EXIT_FLATTEN else needed * WINDDOWN_EDGE)


@jit
def exit_asked(s: Any, p: Any, may_trade: int) -> int:
    """Return which exit is asked for, strongest first, or `Reason.NONE`; without ``may_trade`` only a flatten.

    Source: STRATEGY step 20; 5.2 (drawdown close, wind-down), 4.6 SCRATCH_LIVENESS_MIN, DISABLE_BREAKER_WINDDOWN.
    """
    keys, risk = p["strategy"], s["risk"]
    if s["cycle"]["flatten"]:
        return Reason.EXIT_FLATTEN
    if may_trade == 0 or s["cycle"]["stopped"]:
        return Reason.NONE
    if risk["breakers"]:
        if keys["DISABLE_BREAKER_WINDDOWN"]:
            return Reason.NONE  # halt and hold: nothing is sold either
        return Reason.EXIT_MAX_DD if risk["breakers"] & Breaker.MAX_DRAWDOWN else Reason.EXIT_WINDDOWN
    idle_ns = s["view"]["now_ns"] - risk["last_fill_ns"]
    if keys["SCRATCH_LIVENESS_MIN"] > 0 and idle_ns >= keys["SCRATCH_LIVENESS_MIN"] * MINUTE_NS:
        return Reason.EXIT_SCRATCH
    return Reason.NONE


@jit
def may_not_take(s: Any, p: Any, reason: int) -> bool:
    """Return whether this exit has to wait as an ask: NO_CLOSE_MARKET, which only a flatten by force beats."""
    by_force = reason == Reason.EXIT_FLATTEN and s["cycle"]["flatten"] == FORCED
    return p["strategy"]["NO_CLOSE_MARKET"] != 0 and not by_force


@jit
def passive_price(s: Any, p: Any, reason: int, post_only: int) -> int:
    """Return the price of an exit that waits, in ticks: at the ask, or above break-even and its buffer."""
    keys, tick = p["strategy"], p["instrument"]["tick"]
    ask = s["view"]["ask"] * tick
    if keys["BE_GUARD"] and not guard_yields(s, p, reason):
        ask = max(ask, break_even(s, post_only) * (1.0 + keys["GM_ASK_CLAMP_BUFFER_BPS"] * BPS))
    return ask_ticks(ask, tick)


@jit
def exit_refusal(s: Any, p: Any, reason: int) -> int:
    """Return which gate keeps an exit back, or `Reason.NONE`: too little to sell, or too low a bid."""
    bid = s["view"]["bid"]
    if not is_large_enough(s["ledger"]["held"], bid, p):
        return Reason.NO_INVENTORY if s["ledger"]["held"] <= 0 else Reason.BELOW_MIN
    waits = may_not_take(s, p, reason) and reason == Reason.EXIT_FLATTEN
    if not waits and bid * p["instrument"]["tick"] < exit_floor(s, p, reason):
        return Reason.BE_BLOCK
    return Reason.NONE


@jit
def request_exit(s: Any, p: Any, may_trade: int) -> None:
    """Want the whole inventory sold now if a rule asks for it and the gates let it pass.

    Own asks are withdrawn first, so that nothing is sold twice. With NO_CLOSE_MARKET the sale waits as a post-only ask.
    """
    cycle = s["cycle"]
    reason = exit_asked(s, p, may_trade)
    cycle["exit_asked"], cycle["exit_refusal"], cycle["exit_reason"] = reason, Reason.NONE, Reason.NONE
    if reason == Reason.NONE:
        return
    cycle["exit_refusal"] = exit_refusal(s, p, reason)
    if cycle["exit_refusal"] != Reason.NONE:
        return
    cycle["exit_reason"], cycle["asks_off"] = reason, Reason.EXIT_PENDING
    for slot in range(RUNGS, EXIT_SLOT):
        target = s["targets"][slot]
        target["lots"], target["pending"], target["reason"] = 0, 0, Reason.EXIT_PENDING
    target = s["targets"][EXIT_SLOT]
    target["lots"], target["pending"], target["reason"] = s["ledger"]["held"], 1, reason
    if may_not_take(s, p, reason):
        post_only = int(p["runtime"]["supports_post_only"])
        target["price"], target["immediate"] = passive_price(s, p, reason, post_only), 0
        target["post_only"] = post_only
    else:
        target["price"] = ask_ticks(exit_floor(s, p, reason), p["instrument"]["tick"])
        target["immediate"], target["post_only"] = 1, 0
