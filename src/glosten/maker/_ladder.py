"""Ladder: the wanted orders of a side in ticks and lots; the only place that rounds (STRATEGY steps 16, 17)."""

from __future__ import annotations

import math
from typing import Any

from glosten._jit import jit
from glosten.maker._price import BPS, PERCENT, break_even, guard_applies, is_post_only
from glosten.records import RUNGS, SLOTS, Reason, Side
from glosten.theory import ask_ticks, bid_ticks

LOT_SLACK = 1e-9


@jit
def whole_lots(amount: float, ticks: int, p: Any) -> int:
    """Return how many whole lots an amount of quote units buys at a price in ticks."""
    if ticks <= 0:
        return 0
    return math.floor(amount / (ticks * p["instrument"]["tick"] * p["instrument"]["lot"]) + LOT_SLACK)


@jit
def is_large_enough(lots: int, ticks: int, p: Any) -> bool:
    """Return whether an order reaches MIN_ORDER_QUOTE and the venue's minimum size and notional."""
    instrument = p["instrument"]
    notional = lots * instrument["lot"] * ticks * instrument["tick"]
    smallest = max(p["strategy"]["MIN_ORDER_QUOTE"], instrument["min_notional"])
    return lots > 0 and lots >= instrument["min_lots"] and notional >= smallest


@jit
def rung_ticks(s: Any, p: Any, side: int, index: int, rungs: int) -> int:
    """Return the price of a rung in ticks: the innermost is the quote, the outermost stands the whole span away.

    Source: STRATEGY 4.7 GM_LAYER_SPAN_BPS, 4.2 GM_GRID_SPAN_PCT (entries only, so bids only).
    """
    keys, tick = p["strategy"], p["instrument"]["tick"]
    share = index / (rungs - 1) if rungs > 1 else 0.0
    if side == Side.SELL:
        return ask_ticks(s["quote"]["ask"] * (1.0 + share * keys["GM_LAYER_SPAN_BPS"] * BPS), tick)
    span = keys["GM_GRID_SPAN_PCT"] * PERCENT if keys["GM_GRID"] else keys["GM_LAYER_SPAN_BPS"] * BPS
    return bid_ticks(s["quote"]["bid"] * (1.0 - share * span), tick)


@jit
def rung_count(s: Any, p: Any, side: int, total: float) -> int:
    """Return how many rungs share the total: as configured, or fewer where a rung would be too small to send."""
    keys = p["strategy"]
    rungs = keys["GM_GRID_LEVELS"] if side == Side.BUY and keys["GM_GRID"] else keys["GM_LAYERS"]
    while rungs > 1:
        inner, outer = rung_ticks(s, p, side, 0, rungs), rung_ticks(s, p, side, rungs - 1, rungs)
        each = total / rungs
        if is_large_enough(whole_lots(each, inner, p), inner, p) and is_large_enough(
            whole_lots(each, outer, p), outer, p
        ):
            break
        rungs -= 1
    return rungs


@jit
def refusal(s: Any, p: Any, side: int, ticks: int, lots: int) -> int:
    """Return why a rounded rung may not go out (too small, below break-even, through the touch), or `Reason.NONE`."""
    post_only = is_post_only(p)
    if not is_large_enough(lots, ticks, p):
        return Reason.BELOW_MIN
    if side == Side.SELL:
        if guard_applies(s, p) and ticks * p["instrument"]["tick"] < break_even(s, post_only):
            return Reason.BE_BLOCK
        crosses = ticks <= s["view"]["bid"]
    else:
        crosses = ticks >= s["view"]["ask"]
    return Reason.WOULD_CROSS if crosses and post_only else Reason.NONE


@jit
def clear_targets(s: Any, reason: int) -> None:
    """Want nothing in any slot, for one reason."""
    for slot in range(SLOTS):
        target = s["targets"][slot]
        target["price"], target["lots"], target["pending"] = 0, 0, 0
        target["immediate"], target["post_only"], target["reason"] = 0, 0, reason


@jit
def build(s: Any, p: Any, side: int, total: float) -> int:
    """Write the wanted rungs of a side worth ``total`` quote units; return why it stays empty, or `Reason.NONE`.

    Rungs that round to one tick become one order; no bid costs more than TRADING_LIMIT. A withheld rung keeps its
    reason in its slot.
    """
    first = 0 if side == Side.BUY else RUNGS
    rungs = rung_count(s, p, side, total)
    post_only = is_post_only(p)
    each = total / rungs
    wanted, withheld, previous = 0, Reason.BELOW_MIN.value, -1
    for index in range(rungs):
        target = s["targets"][first + index]
        ticks = rung_ticks(s, p, side, index, rungs)
        lots = whole_lots(each, ticks, p)
        if previous >= 0 and s["targets"][previous]["price"] == ticks:
            lots += s["targets"][previous]["lots"]
            target["reason"] = Reason.MERGED_RUNG
            target = s["targets"][previous]
        else:
            previous = first + index
        if side == Side.BUY:
            lots = min(lots, whole_lots(p["strategy"]["TRADING_LIMIT"], ticks, p))
        reason = refusal(s, p, side, ticks, lots)
        target["price"], target["post_only"] = ticks, int(post_only)
        if reason == Reason.NONE:
            target["lots"], target["pending"], target["reason"] = lots, 1, Reason.QUOTE
            wanted += 1
        else:
            target["lots"], target["pending"], target["reason"] = 0, 0, reason
            withheld = reason
    return Reason.NONE if wanted > 0 else withheld
