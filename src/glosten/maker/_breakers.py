"""Breakers: three fuses that stop quoting, and when each of them closes again (STRATEGY step 9, 5.2)."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker._ledger import start_day
from glosten.maker._operator import limit_day, reset_once
from glosten.records import Breaker, Reason

MINUTE_NS = 60e9
ROUNDING = 1e-9
"""A drawdown of exactly the limit trips, whatever its last binary digit."""


@jit
def drawdown_pct(peak: float, equity: float) -> float:
    """Return how far the equity stands below its peak, in percent of the peak; 0 without a peak."""
    return 100.0 * (peak - equity) / peak if peak > 0.0 else 0.0


@jit
def trip(s: Any, breaker: int) -> None:
    """Open a breaker; one that is open already is not counted again."""
    risk = s["risk"]
    if risk["breakers"] & breaker == 0:
        risk["breakers"] |= breaker
        risk["trips"] += 1


@jit
def mark(s: Any, p: Any) -> None:
    """Write equity, its peak and the drawdown: base capital + realised + what the inventory is worth above its cost."""
    ledger, risk, quantum = s["ledger"], s["risk"], p["instrument"]["quantum"]
    booked = (ledger["base_capital"] + ledger["realised"] - ledger["cost"]) * quantum
    risk["equity"] = booked + s["capital"]["inventory"]
    risk["peak"] = max(risk["peak"], risk["equity"])
    risk["drawdown_pct"] = drawdown_pct(risk["peak"], risk["equity"])
    risk["largest_drawdown_pct"] = max(risk["largest_drawdown_pct"], risk["drawdown_pct"])


@jit
def watch(s: Any, p: Any) -> None:
    """Trip and clear the breakers: drawdown latches, a daily loss ends with the UTC day, a streak when it idles."""
    risk, keys, runtime = s["risk"], p["strategy"], p["runtime"]
    mark(s, p)
    reset_once(s, p)
    if risk["last_fill_ns"] == 0:
        risk["last_fill_ns"] = s["view"]["now_ns"]  # idle time counts from the start until something fills
    risk["minutes_since_fill"] = (s["view"]["now_ns"] - risk["last_fill_ns"]) / MINUTE_NS
    if risk["drawdown_pct"] >= keys["GM_MAX_DD"] - ROUNDING:
        trip(s, Breaker.MAX_DRAWDOWN)
    start_day(s, s["view"]["now_ns"])
    if risk["is_new_day"]:
        risk["breakers"] &= ~Breaker.DAILY_LOSS
    if risk["is_new_day"] or risk["daily_limit"] <= 0.0:
        limit_day(s, p)
    risk["is_new_day"] = 0
    lost = (risk["daily_baseline"] - risk["daily_realised"]) * p["instrument"]["quantum"]
    if risk["daily_limit"] > 0.0 and lost >= risk["daily_limit"]:
        trip(s, Breaker.DAILY_LOSS)
    if risk["idle_cycles"] >= keys["CONSEC_RESET_CYCLES"]:
        risk["consecutive_losses"] = 0
        risk["breakers"] &= ~Breaker.CONSECUTIVE_LOSSES
    if risk["consecutive_losses"] >= runtime["consec_loss_limit"]:
        trip(s, Breaker.CONSECUTIVE_LOSSES)


@jit
def breaker_reason(s: Any) -> int:
    """Return the reason code of the strongest open breaker, or `Reason.NONE`."""
    breakers = s["risk"]["breakers"]
    if breakers & Breaker.MAX_DRAWDOWN:
        return Reason.BREAKER_MAX_DD
    if breakers & Breaker.DAILY_LOSS:
        return Reason.BREAKER_DAILY
    if breakers & Breaker.CONSECUTIVE_LOSSES:
        return Reason.BREAKER_CONSEC
    return Reason.NONE
