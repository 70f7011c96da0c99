"""Operator: commands, one-shot resets and new parameters, each an event (STRATEGY steps 0, 2 and 3)."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker._price import PERCENT
from glosten.maker._state import ASKED, FORCED
from glosten.records import SLOTS, Command


@jit
def drop_waiting(s: Any) -> None:
    """Let nothing more of the last decision go out: what it was decided by no longer holds."""
    for slot in range(SLOTS):
        s["targets"][slot]["pending"] = 0


@jit
def take_command(s: Any, command: int) -> None:
    """Note a command; the next decision carries it out. Resume ends a pause, a stop and a flatten."""
    cycle = s["cycle"]
    if command == Command.RESUME:
        cycle["paused"], cycle["stopped"], cycle["flatten"] = 0, 0, 0
    elif command == Command.ADOPT:
        cycle["adopt"] = 1
    elif command == Command.RESET_BREAKER:
        cycle["reset_breaker"] = 1
    elif command == Command.RESET_STATS:
        cycle["reset_stats"] = 1
    else:
        drop_waiting(s)
        if command == Command.PAUSE:
            cycle["paused"] = 1
        elif command == Command.STOP:
            cycle["stopped"] = 1
        elif command == Command.FLATTEN:
            cycle["flatten"] = ASKED
        elif command == Command.FLATTEN_FORCE:
            cycle["flatten"] = FORCED


@jit
def take_configuration(s: Any, p: Any) -> None:
    """Note that the parameters are new; a reset key that is false again may fire again."""
    s["cycle"]["revision"] = p["revision"]
    drop_waiting(s)
    arm_resets(s, p)


@jit
def arm_resets(s: Any, p: Any) -> None:
    """Arm the one-shot keys that are false."""
    risk, keys = s["risk"], p["strategy"]
    if keys["RESET_STATS_ONCE"] == 0:
        risk["stats_reset"] = 0
    if keys["RESET_BREAKER_ONCE"] == 0:
        risk["breaker_reset"] = 0


@jit
def start_peak(s: Any) -> None:
    """Let the drawdown count from the equity of now."""
    risk = s["risk"]
    risk["peak"], risk["drawdown_pct"] = risk["equity"], 0.0


@jit
def limit_day(s: Any, p: Any) -> None:
    """Write the loss at which the day ends: a share of the allocation of now."""
    s["risk"]["daily_limit"] = p["runtime"]["daily_loss_pct"] * PERCENT * s["capital"]["allocation"]


@jit
def reset_stats(s: Any, p: Any) -> None:
    """Set the session's counters to zero; the lifetime's profit, open breakers and the losing streak stay."""
    risk = s["risk"]
    risk["wins"], risk["losses"], risk["session_realised"] = 0, 0, 0
    risk["daily_realised"], risk["daily_baseline"] = 0, 0
    risk["largest_drawdown_pct"] = 0.0
    start_peak(s)
    limit_day(s, p)


@jit
def reset_breaker(s: Any) -> None:
    """Close every breaker and let what they watch count from now, so that none opens again on what was."""
    risk = s["risk"]
    risk["breakers"], risk["consecutive_losses"] = 0, 0
    risk["daily_baseline"] = risk["daily_realised"]
    start_peak(s)


@jit
def reset_once(s: Any, p: Any) -> None:
    """Carry out the resets that are asked for, stats first: each key once until it is seen false again.

    Source: STRATEGY 4.7, RESET_STATS_ONCE and RESET_BREAKER_ONCE. The file's key is written back by the host; where
    that fails, what was carried out is remembered here.
    """
    risk, keys, cycle = s["risk"], p["strategy"], s["cycle"]
    arm_resets(s, p)
    if cycle["reset_stats"] or (keys["RESET_STATS_ONCE"] and risk["stats_reset"] == 0):
        reset_stats(s, p)
        risk["resets"] += 1
    if cycle["reset_breaker"] or (keys["RESET_BREAKER_ONCE"] and risk["breaker_reset"] == 0):
        reset_breaker(s)
        risk["resets"] += 1
    cycle["reset_stats"], cycle["reset_breaker"] = 0, 0
    if keys["RESET_STATS_ONCE"] and risk["stats_reset"] == 0:
        risk["stats_reset"] = p["revision"] + 1
    if keys["RESET_BREAKER_ONCE"] and risk["breaker_reset"] == 0:
        risk["breaker_reset"] = p["revision"] + 1
