"""Flows: deposits and withdrawals, which move capital and never profit, and coins that become ours (step 4, R5)."""

from __future__ import annotations

from typing import Any

from glosten._integer import multiply_divide
from glosten._jit import jit
from glosten.maker._ledger import whole_quanta
from glosten.records import Split

ASKED, FOR_THE_START = 1, 2
"""Why external coins are to be adopted: a command, or a first start that waits for them."""


@jit
def take_flow(s: Any, e: Any) -> None:
    """Book a change of balances that no fill of this pair explains.

    Coins that come are external until adopted. Coins that go take the external ones first, then managed ones at their
    average cost, which realises nothing. Source: STRATEGY ruling R5.
    """
    ledger = s["ledger"]
    external = ledger["coin"] - ledger["held"]
    ledger["cash"] += e["cash"]
    ledger["coin"] += e["lots"]
    moved = e["cash"] if e["external"] else 0
    taken = min(max(-e["lots"] - max(external, 0), 0), ledger["held"])
    if taken > 0:
        removed = multiply_divide(ledger["cost"], taken, ledger["held"])
        ledger["held"] -= taken
        ledger["cost"] -= removed
        moved -= removed
        ledger["waiting_cost"] += removed
        ledger["waiting_lots"] += taken
    if e["lots"] > 0 and s["cycle"]["split"] == Split.BLOCKED:
        s["cycle"]["adopt"] = FOR_THE_START
    if e["external"]:
        ledger["flow_cash"] += e["cash"]
        ledger["flow_lots"] += e["lots"]
    ledger["waiting_base"] += moved


@jit
def settle_flows(s: Any, p: Any, mid: float) -> None:
    """Move the base capital, and the peak of equity as equity itself, by what flowed since the last decision.

    A withdrawal leaves at least the allocation that is left, so that cash the strategy never used cannot make the base
    capital vanish. Before the first start there is no base capital to move.
    """
    ledger, quantum = s["ledger"], p["instrument"]["quantum"]
    moved, cost, lots = ledger["waiting_base"], ledger["waiting_cost"], ledger["waiting_lots"]
    if moved == 0 and lots == 0:
        return
    ledger["waiting_base"], ledger["waiting_cost"], ledger["waiting_lots"] = 0, 0, 0
    if ledger["started"] == 0:
        return
    before = ledger["base_capital"]
    after = before + moved
    if moved < 0:
        after = max(after, min(before, whole_quanta(s["capital"]["allocation"], quantum)))
    ledger["base_capital"] = after
    ledger["flow_base"] += after - before
    s["risk"]["peak"] += (after - before + cost) * quantum - lots * p["instrument"]["lot"] * mid


@jit
def adopt_more(s: Any, p: Any, mid: float) -> None:
    """Take over external coins as far as the allocation has room, if that is asked for.

    On a command they enlarge the base capital; at a first start it is the allocation, whatever that consists of.
    Their cost is ``runtime.initial_cost_basis``, or the mid where none was given.
    """
    ledger, instrument, asked = s["ledger"], p["instrument"], s["cycle"]["adopt"]
    s["cycle"]["adopt"] = 0
    if asked == 0 or ledger["started"] == 0:
        return
    lot_value = mid * instrument["lot"]
    room = int(max(s["capital"]["allocation"] - s["capital"]["inventory"], 0.0) / lot_value + 1e-9)
    lots = min(ledger["coin"] - ledger["held"], room)
    if lots <= 0:
        return
    basis = p["runtime"]["initial_cost_basis"]
    if basis <= 0.0:
        ledger["cost_known"] = 0
    cost = round(lots * instrument["lot"] * (basis if basis > 0.0 else mid) / instrument["quantum"])
    ledger["held"] += lots
    ledger["cost"] += cost
    if asked == ASKED:
        ledger["base_capital"] += cost
        ledger["flow_base"] += cost
        s["risk"]["peak"] += lots * lot_value
