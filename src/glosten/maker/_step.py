"""Step: the one door of the maker. Every host feeds it events and carries out the actions it returns."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker._anchor import seed
from glosten.maker._belief import observe_fill, observe_trade
from glosten.maker._candles import take_candle, take_print
from glosten.maker._customers import count_customer
from glosten.maker._decide import decide, place_waiting
from glosten.maker._flows import take_flow
from glosten.maker._guard import protect
from glosten.maker._ladder import clear_targets
from glosten.maker._ledger import book_fill, close_order
from glosten.maker._operator import take_command, take_configuration
from glosten.maker._planner import note_reject
from glosten.maker._portfolio import hear_portfolio
from glosten.records import SLOTS, EventKind, OrderState, Reason, Side

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
    kind, view = e["kind"], s["view"]
    view["now_ns"] = e["ts_ns"]
    if kind == EventKind.BOOK:
        view["bid"], view["bid_lots"], view["ask"], view["ask_lots"] = e["bid"], e["bid_lots"], e["ask"], e["ask_lots"]
        view["heard_ns"], view["gap"] = e["ts_ns"], 0
        return 0
    if kind == EventKind.TRADE:
        view["heard_ns"], view["gap"] = e["ts_ns"], 0
        take_print(s, p, e["price"], e["ts_ns"])
        if p["runtime"]["obs_source"] == TAPE:
            observe_trade(s, p, e["side"], e["aggressor"])
        return 0
    if kind == EventKind.CLOCK:
        s["cycle"]["number"] += 1
        s["risk"]["idle_cycles"] += 1
        return decide(s, p, actions)
    if kind == EventKind.FILL:
        return take_fill(s, p, e, actions)
    if kind <= EventKind.REJECTED:
        return take_answer(s, p, e, actions)
    take_news(s, p, e)
    return 0


@jit
def take_news(s: Any, p: Any, e: Any) -> None:
    """Take in what is neither the market's nor an order's: only the next decision acts on it."""
    kind, view = e["kind"], s["view"]
    if kind == EventKind.BEAT:
        view["heard_ns"], view["gap"] = e["ts_ns"], 0
    elif kind == EventKind.GAP:
        view["heard_ns"], view["gap"] = e["ts_ns"], 1
    elif kind == EventKind.CANDLE:
        seed(s, p, e["price"] * p["instrument"]["tick"], e["ts_ns"])
        take_candle(s, p, e)
    elif kind == EventKind.FLOW:
        take_flow(s, e)
    elif kind == EventKind.COMMAND:
        take_command(s, e["command"])
    elif kind == EventKind.PORTFOLIO:
        hear_portfolio(s, e)
    elif kind == EventKind.CONFIG:
        take_configuration(s, p)
    elif kind == EventKind.START:
        take_start(s, p)


@jit
def take_start(s: Any, p: Any) -> None:
    """Begin a process with what an earlier one learned: its orders are gone, nothing is known of the market.

    The host has cancelled what the venue still held. The warm-up starts anew. Source: STRATEGY 4.6, WARMUP_CYCLES.
    """
    cycle, view = s["cycle"], s["view"]
    for slot in range(SLOTS):
        if s["orders"][slot]["state"] != OrderState.NONE:
            close_order(s, p, slot)
    clear_targets(s, Reason.WARMUP)
    cycle["first"], cycle["revision"] = cycle["number"], p["revision"]
    view["bid"], view["bid_lots"], view["ask"], view["ask_lots"] = 0, 0, 0, 0
    view["heard_ns"], view["bad_cycles"], view["gap"] = view["now_ns"], 0, 0


@jit
def take_fill(s: Any, p: Any, e: Any, actions: Any) -> int:
    """Book a fill and the customer behind it; a purchase may push break-even over an ask, which then goes at once.

    Only a quote that was hit was a customer's order: what we took ourselves says nothing of anyone's belief.
    """
    slot = e["slot"]
    book_fill(s, p, e)
    order = s["orders"][slot]
    if order["number"] == e["order"] and order["leaves"] <= 0:
        close_order(s, p, slot)
    if e["is_maker"]:
        count_customer(s, p, e)
        if p["runtime"]["obs_source"] == OWN_FILLS:
            observe_fill(s, p, e["side"], e["ts_ns"])
    if p["runtime"]["decide_on_fill"]:
        return decide(s, p, actions)
    return protect(s, p, actions) if e["side"] == Side.BUY else 0


@jit
def take_answer(s: Any, p: Any, e: Any, actions: Any) -> int:
    """Note what the venue said of a request; a free slot lets a waiting placement go out."""
    slot = e["slot"]
    order = s["orders"][slot]
    if order["state"] == OrderState.NONE or order["number"] != e["order"]:
        return 0  # an answer that came too late: the slot may hold the next order by now
    if e["kind"] == EventKind.PLACED:
        order["state"], order["rejects"] = OrderState.WORKING, 0
        return protect(s, p, actions) if order["side"] == Side.SELL else 0
    if e["kind"] == EventKind.REJECTED:
        note_reject(s, slot, e["reason"])
    close_order(s, p, slot)
    if e["kind"] == EventKind.CANCELLED:
        return place_waiting(s, p, actions)
    return 0
