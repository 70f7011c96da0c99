"""Ledger: exact integers of cash, inventory and what it cost (STRATEGY step 6, ENGINES 5.2 invariant 1)."""

from __future__ import annotations

from typing import Any

from glosten._integer import multiply_divide
from glosten._jit import jit
from glosten.records import OrderState, Reason, Side

FEE_IN_OTHER = 2
"""The choice of runtime.fee_asset that leaves cash and coins alone, by its place among the choices."""
DAY_NS = 86_400_000_000_000
MANY = 4.0e18
"""Amounts beyond this many quanta are written as this many."""


@jit
def whole_quanta(amount: float, quantum: float) -> int:
    """Return an amount of quote units in whole quanta, towards zero."""
    return int(min(max(amount / quantum, -MANY), MANY))


@jit
def average_cost(s: Any, p: Any) -> float:
    """Return what one held coin cost, entry fees included, in quote units; 0 when nothing is held."""
    ledger, instrument = s["ledger"], p["instrument"]
    if ledger["held"] <= 0:
        return 0.0
    return (ledger["cost"] * instrument["quantum"]) / (ledger["held"] * instrument["lot"])


@jit
def adopt(s: Any, p: Any, mid: float) -> None:
    """Take over the coins that fit the allocation when the gate first opens; the rest stays external and is not sold.

    Their cost is ``runtime.initial_cost_basis``, or the mid where none was given (STRATEGY BE_GUARD, section 10.5).
    """
    ledger, instrument, allocation = s["ledger"], p["instrument"], s["capital"]["allocation"]
    lot_value = mid * instrument["lot"]
    ledger["held"] = min(ledger["coin"], int(allocation / lot_value + 1e-9))
    basis = p["runtime"]["initial_cost_basis"]
    ledger["cost_known"] = int(basis > 0.0 or ledger["held"] == 0)
    basis = basis if basis > 0.0 else mid
    ledger["cost"] = round(ledger["held"] * instrument["lot"] * basis / instrument["quantum"])
    ledger["base_capital"] = whole_quanta(allocation, instrument["quantum"])
    ledger["started"] = 1


@jit
def start_day(s: Any, now_ns: int) -> None:
    """Begin the daily reckoning anew when the UTC day has changed; the next decision sets its limit."""
    risk, day = s["risk"], now_ns // DAY_NS
    if day != risk["day"]:
        risk["day"], risk["is_new_day"] = day, 1
        risk["daily_realised"], risk["daily_baseline"] = 0, 0


@jit
def book_fill(s: Any, p: Any, e: Any) -> None:
    """Book a fill of ours: cash, coins, cost and profit, all exact; a sale removes floor(cost * sold / held).

    A purchase whose fee is paid in the coin brings fewer coins for the same cash, so each of them has cost more; a fee
    in a third asset leaves cash and coins alone, and is a cost all the same.
    """
    ledger, order = s["ledger"], s["orders"][e["slot"]]
    cash_fee = 0 if p["runtime"]["fee_asset"] == FEE_IN_OTHER else e["fee"]
    start_day(s, e["ts_ns"])
    notional = e["price"] * e["lots"] * p["instrument"]["quanta_per_tick_lot"]
    if e["side"] == Side.BUY:
        brought = e["lots"] - e["fee_lots"]
        ledger["cash"] -= notional + cash_fee
        ledger["coin"] += brought
        ledger["held"] += brought
        ledger["cost"] += notional + e["fee"]
    else:
        sold = min(e["lots"], ledger["held"])
        removed = multiply_divide(ledger["cost"], sold, ledger["held"])
        gained = notional - e["fee"] - removed
        ledger["cash"] += notional - cash_fee
        ledger["coin"] -= e["lots"]
        ledger["held"] -= sold
        ledger["cost"] -= removed
        ledger["realised"] += gained
        if ledger["held"] == 0:
            ledger["cost_known"] = 1  # whatever is bought from here on has a cost
        if order["number"] == e["order"]:
            order["realised"] += gained
    ledger["fees"] += e["fee"] + e["fee_lots"] * e["price"] * p["instrument"]["quanta_per_tick_lot"]
    ledger["turnover"] += notional
    if order["number"] == e["order"]:
        order["leaves"] -= e["lots"]
    s["count"]["fills"] += 1
    s["count"]["maker_fills"] += e["is_maker"]
    s["cycle"]["queued_fills"] += 1
    s["risk"]["last_fill_ns"] = e["ts_ns"]
    s["risk"]["idle_cycles"] = -1  # the decision that comes next is not an idle one


@jit
def count_outcome(s: Any, p: Any, outcome: int, reason: int) -> None:
    """Count what a closed sell brought: a win, a loss, or a jump no trade explains; a rebalance is neither.

    Source: STRATEGY 4.7, SPREAD_PNL_JUMP_GUARD; 5.2.
    """
    risk = s["risk"]
    largest = p["strategy"]["SPREAD_PNL_JUMP_GUARD"] * s["capital"]["allocation"]
    if largest > 0.0 and abs(outcome) * p["instrument"]["quantum"] > largest:
        risk["jumps"] += 1
        risk["last_jump"] = outcome
        return
    risk["daily_realised"] += outcome
    risk["session_realised"] += outcome
    if reason == Reason.REBALANCE:
        return
    if outcome > 0:
        risk["wins"] += 1
        risk["consecutive_losses"] = 0
    elif outcome < 0:
        risk["losses"] += 1
        risk["consecutive_losses"] += 1


@jit
def close_order(s: Any, p: Any, slot: int) -> None:
    """Free a slot, and count the outcome of a sell that traded."""
    order = s["orders"][slot]
    if order["side"] == Side.SELL and order["lots"] > order["leaves"]:
        count_outcome(s, p, order["realised"], order["reason"])
    order["reason"], order["age"], order["drift_bps"] = Reason.NONE, 0, 0.0
    order["state"], order["leaves"], order["lots"], order["realised"] = OrderState.NONE, 0, 0, 0
