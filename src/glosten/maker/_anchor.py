"""Anchor: the slow reference that the value's range is drawn around (STRATEGY steps 7 and 8)."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker._state import PRIOR_AT_SNAP

ROUNDING = 1e-9
"""A deviation of exactly the limit does not snap, whatever its last binary digit."""


@jit
def ema_weight(elapsed_s: float, half_life_s: float) -> float:
    """Return the weight of the newest value in an exponential average after ``elapsed_s`` seconds.

    Source: STRATEGY 4.3, GM_ANCHOR_EMA: w = 1 - 2^(-dt / half-life).
    """
    if half_life_s <= 0.0:
        return 1.0
    return 1.0 - 2.0 ** (-max(elapsed_s, 0.0) / half_life_s)


@jit
def deviation_bps(anchor: float, mid: float) -> float:
    """Return how far the anchor stands from the mid, in bps of the mid."""
    return 1e4 * abs(anchor / mid - 1.0)


@jit
def average(s: Any, p: Any, value: float, now_ns: int) -> None:
    """Take a value into the anchor with the weight of the time since the last one; the first is the anchor."""
    belief, keys = s["belief"], p["strategy"]
    if belief["anchor"] <= 0.0:
        belief["anchor"], belief["anchor_weight"] = value, 1.0
    else:
        elapsed_s = (now_ns - belief["anchor_ns"]) * 1e-9
        weight = ema_weight(elapsed_s, keys["GM_ANCHOR_EMA"] * 60.0 * keys["GM_PERIOD"])
        belief["anchor"] += weight * (value - belief["anchor"])
        belief["anchor_weight"] = weight
    belief["anchor_ns"] = now_ns


@jit
def seed(s: Any, p: Any, close: float, end_ns: int) -> None:
    """Let the close of a candle from before the start into the anchor; later than the first decision it says nothing.

    Source: STRATEGY 4.3, GM_ANCHOR_EMA: "Seed: EMA of available GM_PERIOD closes, else mid".
    """
    belief = s["belief"]
    if belief["anchor_before"] == 0.0 and end_ns > belief["anchor_ns"]:
        average(s, p, close, end_ns)
        belief["seeds"] += 1


@jit
def follow(s: Any, p: Any, mid: float) -> None:
    """Move the anchor towards the mid by elapsed time, or onto it when it strayed too far, and draw the value's range.

    A snap is a new information episode, so the belief starts again at one half: keeping it would count the move twice.
    Source: STRATEGY 4.3 (GM_ANCHOR_EMA, GM_VALUE_DELTA), 4.7 (GM_ANCHOR_MAX_DEV_BPS), section 10.1.
    """
    belief, keys = s["belief"], p["strategy"]
    belief["anchor_before"] = belief["anchor"] if belief["anchor"] > 0.0 else mid
    average(s, p, mid, s["view"]["now_ns"])
    belief["prior_before"], belief["prior"] = belief["prior"], belief["queued"]
    belief["observed_buys"], belief["observed_sells"] = belief["queued_buys"], belief["queued_sells"]
    belief["queued_buys"], belief["queued_sells"] = 0, 0
    belief["deviation_bps"] = deviation_bps(belief["anchor"], mid)
    belief["snapped"] = int(belief["deviation_bps"] > keys["GM_ANCHOR_MAX_DEV_BPS"] + ROUNDING)
    if belief["snapped"]:
        belief["anchor"] = mid
        belief["prior"] = belief["queued"] = PRIOR_AT_SNAP
        belief["snaps"] += 1
    belief["value_low"] = belief["anchor"] * (1.0 - keys["GM_VALUE_DELTA"])
    belief["value_high"] = belief["anchor"] * (1.0 + keys["GM_VALUE_DELTA"])
    belief["value"] = belief["value_low"] + belief["prior"] * (belief["value_high"] - belief["value_low"])
