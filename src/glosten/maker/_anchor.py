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
    return 1.0 - 2.0 ** (-elapsed_s / half_life_s)


@jit
def deviation_bps(anchor: float, mid: float) -> float:
    """Return how far the anchor stands from the mid, in bps of the mid."""
    return 1e4 * abs(anchor / mid - 1.0)


@jit
def follow(s: Any, p: Any, mid: float) -> None:
    """Move the anchor towards the mid by elapsed time, or onto it when it strayed too far, and draw the value's range.

    A snap is a new information episode, so the belief starts again at one half: keeping it would count the move twice.
    Source: STRATEGY 4.3 (GM_ANCHOR_EMA, GM_VALUE_DELTA), 4.7 (GM_ANCHOR_MAX_DEV_BPS), section 10.1.
    """
    belief, keys = s["belief"], p["strategy"]
    now_ns = s["view"]["now_ns"]
    if belief["anchor"] <= 0.0:
        belief["anchor"] = mid
    else:
        elapsed_s = (now_ns - belief["anchor_ns"]) * 1e-9
        weight = ema_weight(elapsed_s, keys["GM_ANCHOR_EMA"] * 60.0 * keys["GM_PERIOD"])
        belief["anchor"] += weight * (mid - belief["anchor"])
    belief["anchor_ns"] = now_ns
    belief["prior"] = belief["queued"]
    if deviation_bps(belief["anchor"], mid) > keys["GM_ANCHOR_MAX_DEV_BPS"] + ROUNDING:
        belief["anchor"] = mid
        belief["prior"] = belief["queued"] = PRIOR_AT_SNAP
        belief["snaps"] += 1
    belief["value_low"] = belief["anchor"] * (1.0 - keys["GM_VALUE_DELTA"])
    belief["value_high"] = belief["anchor"] * (1.0 + keys["GM_VALUE_DELTA"])
    belief["value"] = belief["value_low"] + belief["prior"] * (belief["value_high"] - belief["value_low"])
