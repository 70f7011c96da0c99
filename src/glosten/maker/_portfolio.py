"""Portfolio: the exposure ledger that several pairs of one quote asset share (STRATEGY steps 9 and 15)."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker._ledger import whole_quanta
from glosten.records import LARGEST_INTEGER


@jit
def hear_portfolio(s: Any, e: Any) -> None:
    """Note what the other pairs hold; a pair that fell silent is said to hold what it held last."""
    portfolio = s["portfolio"]
    portfolio["told_allocation"], portfolio["told_inventory"] = e["allocation"], e["inventory"]
    portfolio["pairs"] = e["pairs"]


@jit
def enter_portfolio(s: Any, p: Any) -> None:
    """Write what this pair enters into the ledger (nothing while it is not included), the sums, r and the budget.

    Source: STRATEGY 4.6, PORTFOLIO_INCLUDE and PORTFOLIO_EXP_BUDGET: r = sum(inv) / sum(A).
    """
    portfolio, capital, quantum = s["portfolio"], s["capital"], p["instrument"]["quantum"]
    included = p["strategy"]["PORTFOLIO_INCLUDE"] != 0
    portfolio["own_allocation"] = whole_quanta(capital["allocation"], quantum) if included else 0
    portfolio["own_inventory"] = whole_quanta(capital["inventory"], quantum) if included else 0
    portfolio["sum_allocation"] = (portfolio["told_allocation"] + portfolio["own_allocation"]) * quantum
    portfolio["sum_inventory"] = (portfolio["told_inventory"] + portfolio["own_inventory"]) * quantum
    portfolio["ratio"] = 0.0
    if portfolio["sum_allocation"] > 0.0:
        portfolio["ratio"] = portfolio["sum_inventory"] / portfolio["sum_allocation"]
    portfolio["budget"] = p["strategy"]["PORTFOLIO_EXP_BUDGET"] if included else 0.0


@jit
def portfolio_room(s: Any, p: Any) -> int:
    """Return what the budget leaves for this pair's bids, in quanta; `LARGEST_INTEGER` where it does not bind."""
    enter_portfolio(s, p)
    portfolio = s["portfolio"]
    if portfolio["budget"] <= 0.0:
        return LARGEST_INTEGER
    room = portfolio["budget"] * portfolio["sum_allocation"] - portfolio["sum_inventory"]
    return whole_quanta(room, p["instrument"]["quantum"])
