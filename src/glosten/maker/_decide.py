"""Decide: one decision cycle on what is known, in the order of STRATEGY section 5."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker._anchor import follow
from glosten.maker._breakers import breaker_reason, watch
from glosten.maker._candles import measure_range
from glosten.maker._customers import show_customers
from glosten.maker._exits import request_exit
from glosten.maker._flows import adopt_more, settle_flows
from glosten.maker._ladder import build, clear_targets
from glosten.maker._ledger import adopt
from glosten.maker._planner import cancel_stale, place_pending, plan
from glosten.maker._portfolio import enter_portfolio
from glosten.maker._price import break_evens, price
from glosten.maker._size import entry_fee, limit_bids, measure, revalue, size
from glosten.maker._split import check_split, rebalance
from glosten.maker._state import FORCED
from glosten.records import Reason, Side, Split, Status

SECOND_NS = 1e9


@jit
def is_readable(view: Any) -> bool:
    """Return whether the book has two sides in their order."""
    return view["bid"] > 0 and view["ask"] >= view["bid"]


@jit
def is_stale(view: Any, p: Any) -> bool:
    """Return whether the stream of market data has been silent for longer than ``runtime.max_data_age_s`` (R4)."""
    return view["now_ns"] - view["heard_ns"] > p["runtime"]["max_data_age_s"] * SECOND_NS


@jit
def place_waiting(s: Any, p: Any, actions: Any) -> int:
    """Let the decision's remaining orders out after a cancel, so that no side stays bare for a cycle (ruling R9).

    Limits and break-even are measured again, since fills and quotes may have come in between.
    """
    view = s["view"]
    if not is_readable(view) or is_stale(view, p) or s["cycle"]["number"] == 0:
        return 0
    measure(s, p, 0.5 * (view["bid"] + view["ask"]) * p["instrument"]["tick"])
    break_evens(s, p)
    limit_bids(s, p, p["strategy"]["GM_FEE"] if s["cycle"]["split"] == Split.REBALANCING else entry_fee(p))
    return place_pending(s, p, actions, 0)


@jit
def wait_for_book(s: Any, p: Any, actions: Any, stale: int) -> int:
    """Stand still for a cycle without a usable book; from the second on, or when it is too old, pull every order.

    Only a flatten by force still sells, where there is a bid to sell to (STRATEGY 5.1).
    """
    view, cycle = s["view"], s["cycle"]
    view["bad_cycles"] += 1
    clear_targets(s, Reason.DATA_STALE)
    cycle["bids_off"], cycle["asks_off"], cycle["entries_on"] = Reason.DATA_STALE, Reason.DATA_STALE, 0
    cycle["exit_asked"], cycle["exit_refusal"], cycle["exit_reason"] = Reason.NONE, Reason.NONE, Reason.NONE
    has_bid = view["bid"] > 0 and (view["ask"] == 0 or view["ask"] >= view["bid"])
    is_forced = cycle["flatten"] == FORCED and has_bid
    if view["bad_cycles"] < 2 and stale == 0 and not is_forced:
        return 0
    cycle["status"] = Status.DATA_STALE if s["belief"]["anchor_before"] > 0.0 else Status.WAITING
    if is_forced:
        request_exit(s, p, 0)
        return plan(s, p, actions)
    return cancel_stale(s, p, actions, 0)


@jit
def operator_reason(s: Any) -> int:
    """Return which command keeps bids off, or `Reason.NONE`."""
    cycle = s["cycle"]
    if cycle["stopped"]:
        return Reason.STOPPED
    if cycle["flatten"]:
        return Reason.EXIT_FLATTEN
    return Reason.PAUSED if cycle["paused"] else Reason.NONE


@jit
def entries_off(s: Any, p: Any) -> int:
    """Return the strongest reason why no bid may stand, or `Reason.NONE` (STRATEGY 5.1)."""
    reason = operator_reason(s)
    if reason == Reason.NONE:
        reason = breaker_reason(s)
    if reason != Reason.NONE:
        return reason
    if s["capital"]["allocation"] <= 0.0:
        return Reason.ALLOC_ZERO
    if not p["strategy"]["ALLOC_CONFIRMED"]:
        return Reason.GATE_UNCONFIRMED
    split = s["cycle"]["split"]
    if split == Split.REBALANCING:
        return Reason.REBALANCING
    if split == Split.BLOCKED:
        return Reason.SPLIT_MISMATCH
    return s["capital"]["bid_limiter"] if s["capital"]["bid_limit"] <= 0 else Reason.NONE


@jit
def build_bids(s: Any, p: Any) -> int:
    """Write the bids; where a limit left too little for one order, that limit is the reason the side stays empty."""
    reason = build(s, p, Side.BUY, s["capital"]["bid_size"])
    limiter = s["capital"]["bid_limiter"]
    return limiter if reason == Reason.BELOW_MIN and limiter != Reason.NONE else reason


@jit
def exits_off(s: Any) -> int:
    """Return why no ask may stand, or `Reason.NONE`: gates and budgets never stop an exit, breakers and a stop do."""
    if s["cycle"]["stopped"]:
        return Reason.STOPPED
    reason = breaker_reason(s)
    if reason != Reason.NONE:
        return reason
    return Reason.NO_INVENTORY if s["ledger"]["held"] <= 0 else Reason.NONE


@jit
def quote_sides(s: Any, p: Any) -> None:
    """Write the wanted orders of both sides, and the exit where one is due (steps 15 to 20)."""
    cycle = s["cycle"]
    cycle["entries_on"] = int(cycle["bids_off"] == Reason.NONE)
    if cycle["bids_off"] == Reason.NONE:
        cycle["bids_off"] = build_bids(s, p)
    if cycle["asks_off"] == Reason.NONE:
        cycle["asks_off"] = build(s, p, Side.SELL, s["capital"]["ask_size"])
    request_exit(s, p, 1)


@jit
def quote_or_rebalance(s: Any, p: Any) -> None:
    """Want one slice of the rebalance and nothing else; where none can go out, or none is due, quote (step 11)."""
    cycle = s["cycle"]
    cycle["bids_off"], cycle["asks_off"] = entries_off(s, p), exits_off(s)
    cycle["exit_asked"], cycle["exit_refusal"], cycle["exit_reason"] = Reason.NONE, Reason.NONE, Reason.NONE
    if cycle["bids_off"] == Reason.REBALANCING:
        refusal = rebalance(s, p)
        if refusal == Reason.NONE:
            cycle["entries_on"], cycle["asks_off"] = 0, Reason.REBALANCING
            cycle["exit_asked"] = cycle["exit_reason"] = Reason.REBALANCE
            return
        cycle["bids_off"] = Reason.SPLIT_MISMATCH
        quote_sides(s, p)
        if cycle["exit_asked"] == Reason.NONE:
            cycle["exit_asked"], cycle["exit_refusal"] = Reason.REBALANCE, refusal
        return
    quote_sides(s, p)


@jit
def status_of(s: Any, p: Any) -> int:
    """Return one word for what the decision came to, the strongest first (STRATEGY 5.1)."""
    cycle = s["cycle"]
    if cycle["stopped"]:
        return Status.STOPPED
    if cycle["flatten"]:
        return Status.FLATTENING
    if s["risk"]["breakers"] or cycle["paused"]:
        return Status.HALTED if s["risk"]["breakers"] else Status.PAUSED
    if not p["strategy"]["ALLOC_CONFIRMED"] or s["capital"]["allocation"] <= 0.0:
        return Status.GATED
    if cycle["split"] == Split.BLOCKED or cycle["bids_off"] == Reason.SPLIT_MISMATCH:
        return Status.BLOCKED_SPLIT
    return Status.REBALANCING if cycle["split"] == Split.REBALANCING else Status.QUOTING


@jit
def learn(s: Any, p: Any, mid: float) -> None:
    """Bring everything that is known up to now: capital, inventory, value, risk, portfolio (steps 2 to 9)."""
    cycle = s["cycle"]
    cycle["revision"] = p["revision"]
    cycle["fills"], cycle["queued_fills"] = cycle["queued_fills"], 0
    measure(s, p, mid)
    settle_flows(s, p, mid)
    if p["strategy"]["ALLOC_CONFIRMED"] and s["capital"]["allocation"] > 0.0 and s["ledger"]["started"] == 0:
        adopt(s, p, mid)
    adopt_more(s, p, mid)
    revalue(s, p, mid)
    follow(s, p, mid)
    break_evens(s, p)
    watch(s, p)
    enter_portfolio(s, p)
    measure_range(s, p, mid)
    show_customers(s, p)


@jit
def decide(s: Any, p: Any, actions: Any) -> int:
    """Run one decision cycle and return how many actions it asks for (STRATEGY section 5)."""
    view, cycle = s["view"], s["cycle"]
    view["age_ns"] = view["now_ns"] - view["heard_ns"]
    stale = is_stale(view, p)
    if stale or not is_readable(view):
        return wait_for_book(s, p, actions, int(stale))
    view["bad_cycles"] = 0
    mid = 0.5 * (view["bid"] + view["ask"]) * p["instrument"]["tick"]
    learn(s, p, mid)
    price(s, p, mid)
    size(s, p)
    past = cycle["number"] - cycle["first"]
    cycle["warmup_left"] = max(p["strategy"]["WARMUP_CYCLES"] - past, 0)
    if past <= p["strategy"]["WARMUP_CYCLES"]:
        clear_targets(s, Reason.WARMUP)
        cycle["bids_off"], cycle["asks_off"], cycle["entries_on"] = Reason.WARMUP, Reason.WARMUP, 0
        request_exit(s, p, 0)
        cycle["status"] = Status.WARMUP
    else:
        check_split(s, p)
        clear_targets(s, Reason.SIDE_OFF)
        quote_or_rebalance(s, p)
        cycle["status"] = status_of(s, p)
    return plan(s, p, actions)
