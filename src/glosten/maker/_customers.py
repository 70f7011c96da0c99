"""Customers: what they bought from us against what they sold, within a window, for people to look at (step 22)."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker._state import WINDOW_BUCKETS
from glosten.records import Side

MS_NS = 1_000_000


@jit
def advance_window(s: Any, p: Any, now_ns: int) -> None:
    """Let what is older than GM_ASYM_WIN fall out of the window, a sixtieth of it at a time."""
    customers = s["customers"]
    bucket_ns = p["strategy"]["GM_ASYM_WIN"] * MS_NS // WINDOW_BUCKETS
    bucket = now_ns // bucket_ns
    behind = bucket - customers["bucket"]
    if bucket_ns != customers["bucket_ns"]:  # another window: what was counted was cut into other pieces
        customers["bucket_ns"], behind = bucket_ns, WINDOW_BUCKETS
    for index in range(min(behind, WINDOW_BUCKETS)):
        row = s["buckets"][(bucket - index) % WINDOW_BUCKETS]
        customers["buys"] -= row["buys"]
        customers["sells"] -= row["sells"]
        row["buys"], row["sells"] = 0, 0
    customers["bucket"] = max(bucket, customers["bucket"]) if behind < WINDOW_BUCKETS else bucket


@jit
def count_customer(s: Any, p: Any, e: Any) -> None:
    """Count a fill of a quote of ours: our ask filled, a customer bought."""
    advance_window(s, p, e["ts_ns"])
    customers = s["customers"]
    row = s["buckets"][customers["bucket"] % WINDOW_BUCKETS]
    notional = e["price"] * e["lots"] * p["instrument"]["quanta_per_tick_lot"]
    if e["side"] == Side.SELL:
        row["buys"] += notional
        customers["buys"] += notional
    else:
        row["sells"] += notional
        customers["sells"] += notional


@jit
def skew(buys: int, sells: int) -> float:
    """Return (B - S) / (B + S), from -1 (customers only sold) to 1; 0 where there were none.

    Source: STRATEGY 4.4, GM_ASYM_WIN.
    """
    total = buys + sells
    return (buys - sells) / total if total > 0 else 0.0


@jit
def show_customers(s: Any, p: Any) -> None:
    """Write the window's skew and what is shown of it."""
    advance_window(s, p, s["view"]["now_ns"])
    customers, largest = s["customers"], p["strategy"]["GM_MAX_SKEW"]
    customers["is_known"] = int(customers["buys"] + customers["sells"] > 0)
    customers["skew"] = skew(customers["buys"], customers["sells"])
    customers["shown"] = min(max(customers["skew"], -largest), largest)
