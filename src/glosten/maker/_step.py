"""Step: the one door of the maker. Every host feeds it events and carries out the actions it returns."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker._anchor import follow
from glosten.maker._belief import observe_fill, observe_trade
from glosten.maker._breakers import breaker_reason, watch
from glosten.maker._exits import request_exit
from glosten.maker._ladder import build, clear_targets
from glosten.maker._ledger import adopt, book_fill, close_order
from glosten.maker._planner import cancel_stale, place_pending, plan
from glosten.maker._price import break_evens, price
from glosten.maker._size import limit_bids, measure, revalue, size
from glosten.records import EventKind, OrderState, Reason, Side, Status

OWN_FILLS, TAPE = 0, 1
"""The choices of runtime.obs_source, in the order they are declared."""


@jit
def step(state: Any, params: Any, event: Any, actions: Any) -> int:
    """Take one event in and return how many action rows it asks for.

    ``state`` is the one-row array of `fresh` (changed in place), ``params`` the row of `params.pack`, ``event`` one row
    of `records.EVENT`, ``actions`` an array of `records.ACTIONS` rows of `records.ACTION` (overwritten from the front).
    Market, fill and acknowledgement events only update what is known; a `Clock` event runs the decision (ruling R1).
    Source: STRATEGY sections 0 and 5.
    """
    return step_row(state[0], params[0], event[0], actions)


@jit
def step_row(s: Any, p: Any, e: Any, actions: Any) -> int:
    """Do what `step` does on rows already unwrapped; for compiled loops, where a row costs nothing to pass."""
    kind = e["kind"]
    s["view"]["now_ns"] = e["ts_ns"]
    if kind == EventKind.BOOK:
        view = s["view"]
        view["bid"], view["bid_lots"], view["ask"], view["ask_lots"] = e["bid"], e["bid_lots"], e["ask"], e["ask_lots"]
        return 0
    if kind == EventKind.TRADE:
        if p["runtime"]["obs_source"] == TAPE:
            observe_trade(s, p, e["side"], e["aggressor"])
        return 0
    if kind == EventKind.CLOCK:
        s["cycle"]["number"] += 1
        s["risk"]["idle_cycles"] += 1
        return decide(s, p, actions)
    if kind == EventKind.FILL:
        return take_fill(s, p, e, actions)
    return take_answer(s, p, e, actions)


@jit
def take_fill(s: Any, p: Any, e: Any, actions: Any) -> int:
    """Book a fill and the observation it carries; decide at once where runtime.decide_on_fill asks for it."""
    slot = e["slot"]
    book_fill(s, p, e)
    order = s["orders"][slot]
    if order["number"] == e["order"] and order["leaves"] <= 0:
        close_order(s, p, slot)
    if p["runtime"]["obs_source"] == OWN_FILLS:
        observe_fill(s, p, e["side"], e["ts_ns"])
    if p["runtime"]["decide_on_fill"]:
        return decide(s, p, actions)
    return 0


@jit
def take_answer(s: Any, p: Any, e: Any, actions: Any) -> int:
    """Note what the venue said of a request; a free slot lets a waiting placement go out."""
    slot = e["slot"]
    order = s["orders"][slot]
    if order["state"] == OrderState.NONE or order["number"] != e["order"]:
        return 0  # an answer that came too late: the slot may hold the next order by now
    if e["kind"] == EventKind.PLACED:
        order["state"] = OrderState.WORKING
        return 0
    if e["kind"] == EventKind.REJECTED:
        s["count"]["rejected"] += 1
        s["targets"][slot]["reason"] = e["reason"]
    close_order(s, p, slot)
    if e["kind"] == EventKind.CANCELLED:
        return place_waiting(s, p, actions)
    return 0


@jit
def place_waiting(s: Any, p: Any, actions: Any) -> int:
    """Let the decision's remaining orders out after a cancel, so that no side stays bare for a cycle (ruling R9).

    Limits and break-even are measured again, since fills and quotes may have come in between.
    """
    view = s["view"]
    if view["bid"] <= 0 or view["ask"] < view["bid"] or s["cycle"]["number"] == 0:
        return 0
    measure(s, p, 0.5 * (view["bid"] + view["ask"]) * p["instrument"]["tick"])
    break_evens(s, p)
    limit_bids(s, p)
    return place_pending(s, p, actions, 0)


@jit
def wait_for_book(s: Any, p: Any, actions: Any) -> int:
    """Stand still for a cycle without a usable book; from the second on pull every order (stale ones get hit)."""
    s["view"]["bad_cycles"] += 1
    clear_targets(s, Reason.DATA_STALE)
    cycle = s["cycle"]
    cycle["bids_off"], cycle["asks_off"], cycle["exit_reason"] = Reason.DATA_STALE, Reason.DATA_STALE, Reason.NONE
    if s["view"]["bad_cycles"] < 2:
        return 0
    cycle["status"] = Status.DATA_STALE if s["belief"]["anchor"] > 0.0 else Status.WAITING
    return cancel_stale(s, p, actions, 0)


@jit
def entries_off(s: Any, p: Any) -> int:
    """Return the strongest reason why no bid may stand, or `Reason.NONE` (STRATEGY 5.1)."""
    reason = breaker_reason(s)
    if reason != Reason.NONE:
        return reason
    if s["capital"]["allocation"] <= 0.0:
        return Reason.ALLOC_ZERO
    if not p["strategy"]["ALLOC_CONFIRMED"]:
        return Reason.GATE_UNCONFIRMED
    return s["capital"]["bid_limiter"] if s["capital"]["bid_limit"] <= 0 else Reason.NONE


@jit
def build_bids(s: Any, p: Any) -> int:
    """Write the bids; where a limit left too little for one order, that limit is the reason the side stays empty."""
    reason = build(s, p, Side.BUY, s["capital"]["bid_size"])
    limiter = s["capital"]["bid_limiter"]
    return limiter if reason == Reason.BELOW_MIN and limiter != Reason.NONE else reason


@jit
def exits_off(s: Any) -> int:
    """Return why no ask may stand, or `Reason.NONE`: gates and budgets never stop an exit, breakers do."""
    reason = breaker_reason(s)
    if reason != Reason.NONE:
        return reason
    return Reason.NO_INVENTORY if s["ledger"]["held"] <= 0 else Reason.NONE


@jit
def quote_sides(s: Any, p: Any, mid: float) -> None:
    """Write the wanted orders of both sides, and the exit where one is due (steps 12 to 20)."""
    cycle, capital = s["cycle"], s["capital"]
    price(s, p, mid)
    size(s, p)
    cycle["bids_off"], cycle["asks_off"] = entries_off(s, p), exits_off(s)
    clear_targets(s, Reason.SIDE_OFF)
    if cycle["bids_off"] == Reason.NONE:
        cycle["bids_off"] = build_bids(s, p)
    if cycle["asks_off"] == Reason.NONE:
        cycle["asks_off"] = build(s, p, Side.SELL, capital["ask_size"])
    cycle["exit_reason"] = request_exit(s, p)
    if s["risk"]["breakers"]:
        cycle["status"] = Status.HALTED
    elif not p["strategy"]["ALLOC_CONFIRMED"] or capital["allocation"] <= 0.0:
        cycle["status"] = Status.GATED
    else:
        cycle["status"] = Status.QUOTING


@jit
def decide(s: Any, p: Any, actions: Any) -> int:
    """Run one decision cycle on what is known and return how many actions it asks for (STRATEGY section 5)."""
    view, cycle = s["view"], s["cycle"]
    if view["bid"] <= 0 or view["ask"] < view["bid"]:
        return wait_for_book(s, p, actions)
    view["bad_cycles"] = 0
    mid = 0.5 * (view["bid"] + view["ask"]) * p["instrument"]["tick"]
    measure(s, p, mid)
    gate_is_open = p["strategy"]["ALLOC_CONFIRMED"] and s["capital"]["allocation"] > 0.0
    if gate_is_open and s["ledger"]["started"] == 0:
        adopt(s, p, mid)
        revalue(s, p, mid)
    follow(s, p, mid)
    break_evens(s, p)
    watch(s, p)
    if cycle["number"] <= p["strategy"]["WARMUP_CYCLES"]:
        clear_targets(s, Reason.WARMUP)
        cycle["status"] = Status.WARMUP
        cycle["bids_off"], cycle["asks_off"], cycle["exit_reason"] = Reason.WARMUP, Reason.WARMUP, Reason.NONE
    else:
        quote_sides(s, p, mid)
    return plan(s, p, actions)
