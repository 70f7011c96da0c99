"""Candles: the range of the last ten closed ones, kept as trades come by, and the drift it allows (step 18)."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker._state import RANGE_CANDLES

MINUTE_NS = 60_000_000_000
SMALLEST_DRIFT_BPS, LARGEST_DRIFT_BPS = 2.0, 100.0
"""Bounds of the adaptive drift threshold."""
INCOMPLETE = -1
"""The count of kept candles while the first one under way was not seen from its beginning."""


@jit
def begin(s: Any, p: Any, now_ns: int) -> None:
    """Forget every candle and begin with the one under way, which is incomplete."""
    candles = s["candles"]
    candles["period_ns"] = p["strategy"]["GM_PERIOD"] * MINUTE_NS
    candles["end_ns"] = (now_ns // candles["period_ns"] + 1) * candles["period_ns"]
    candles["high"], candles["low"], candles["close"] = 0, 0, 0
    candles["count"], candles["next"] = INCOMPLETE, 0


@jit
def keep(s: Any, high: int, low: int) -> None:
    """Keep a closed candle in the place of the eleventh last; the first, incomplete one is dropped."""
    candles = s["candles"]
    if candles["count"] == INCOMPLETE:
        candles["count"] = 0
        return
    row = s["ranges"][candles["next"]]
    row["high"], row["low"] = high, low
    candles["next"] = (candles["next"] + 1) % RANGE_CANDLES
    candles["count"] = min(candles["count"] + 1, RANGE_CANDLES)


@jit
def close_candles(s: Any, p: Any, now_ns: int) -> None:
    """Close the candles that have ended by now; one in which nothing traded repeats the last price."""
    candles = s["candles"]
    if candles["period_ns"] != p["strategy"]["GM_PERIOD"] * MINUTE_NS:
        begin(s, p, now_ns)
    if now_ns < candles["end_ns"]:
        return
    period_ns, close = candles["period_ns"], candles["close"]
    if candles["high"] > 0:
        keep(s, candles["high"], candles["low"])
    elif close > 0:
        keep(s, close, close)
    if close > 0:
        for _ in range(min((now_ns - candles["end_ns"]) // period_ns, RANGE_CANDLES)):
            keep(s, close, close)
    candles["end_ns"] = (now_ns // period_ns + 1) * period_ns
    candles["high"], candles["low"] = 0, 0


@jit
def take_print(s: Any, p: Any, price: int, now_ns: int) -> None:
    """Let a print into the candle under way."""
    candles = s["candles"]
    if now_ns >= candles["end_ns"]:
        close_candles(s, p, now_ns)
    if candles["high"] == 0:
        candles["high"], candles["low"] = price, price
    elif price > candles["high"]:
        candles["high"] = price
    elif price < candles["low"]:
        candles["low"] = price
    candles["close"] = price


@jit
def take_candle(s: Any, p: Any, e: Any) -> None:
    """Keep a candle that closed before the start; one that the kept ones include already says nothing."""
    candles = s["candles"]
    if candles["period_ns"] != p["strategy"]["GM_PERIOD"] * MINUTE_NS:
        begin(s, p, e["ts_ns"] - 1)
    if e["ts_ns"] < candles["end_ns"] or candles["high"] > 0:
        return
    candles["count"] = max(candles["count"], 0)
    keep(s, e["high"], e["low"])
    candles["close"] = e["price"]
    candles["end_ns"] = e["ts_ns"] + candles["period_ns"]


@jit
def drift_threshold(fraction: float, range_bps: float, fixed_bps: float) -> float:
    """Return how far a resting order may drift, in bps: a share of the range, or the fixed key where that is off.

    Source: STRATEGY 4.6, DRIFT_ATR_FRAC: clip(frac * range10, 2, 100).
    """
    if fraction <= 0.0 or range_bps < 0.0:
        return fixed_bps
    return min(max(fraction * range_bps, SMALLEST_DRIFT_BPS), LARGEST_DRIFT_BPS)


@jit
def measure_range(s: Any, p: Any, mid: float) -> None:
    """Write the range of the last ten closed candles (bps of the mid; -1: fewer are known) and the drift it allows."""
    cycle, keys = s["cycle"], p["strategy"]
    close_candles(s, p, s["view"]["now_ns"])
    cycle["range_bps"] = -1.0
    if s["candles"]["count"] >= RANGE_CANDLES:
        highest, lowest = s["ranges"][0]["high"], s["ranges"][0]["low"]
        for index in range(1, RANGE_CANDLES):
            highest = max(highest, s["ranges"][index]["high"])
            lowest = min(lowest, s["ranges"][index]["low"])
        cycle["range_bps"] = 1e4 * ((highest - lowest) * p["instrument"]["tick"]) / mid
    cycle["drift_threshold_bps"] = drift_threshold(
        keys["DRIFT_ATR_FRAC"], cycle["range_bps"], keys["GM_STALE_DRIFT_BPS"]
    )
