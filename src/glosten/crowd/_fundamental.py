"""The fundamental value of a path: drawn at the start, moved by the news, and how each trader sees it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.crowd._chance import normal
from glosten.crowd._roster import NEWS, PARTS, VALUE, Roster
from glosten.statistics import uniform

Tape = NDArray[np.int64]


@jit
def place_of(draw: float, cumulated: NDArray[np.float64], first: int, last: int) -> int:
    """Return where a uniform draw falls among cumulated probabilities: the first of [first, last) that exceeds it."""
    end = last - 1
    while first < end:
        half = (first + end) // 2
        if draw < cumulated[half]:
            end = half
        else:
            first = half + 1
    return first


@jit
def _opening(roster: Roster, key: np.uint64, draw: int) -> tuple[int, int]:
    """Return (a value from the opening law in ticks, the next draw)."""
    value = roster.opening[place_of(uniform(key, draw), roster.opening_law, 0, roster.opening.size)]
    draw += 1
    sd = roster.market[0]["sd"]
    if sd > 0.0:
        noise, draw = normal(key, draw)
        value += math.floor(sd * noise + 0.5)
    return value, draw


@jit
def draw_value(roster: Roster, tape: Tape, key: np.uint64) -> None:
    """Write the parts of the value, their sum and when news came, for all periods of a path."""
    periods, sources = roster.due.shape
    tape[0, PARTS], draw = _opening(roster, key, 0)
    for number in range(sources):
        tape[0, PARTS + 1 + number] = 0
    for period in range(periods + 1):
        if period > 0:
            tape[period, PARTS:] = tape[period - 1, PARTS:]
        came = 0
        for number in range(sources):
            if period == periods:  # the quotes after the last order see no further news
                break
            source = roster.sources[number]
            comes = roster.due[period, number]
            if source["chance"] > 0.0:
                comes = uniform(key, draw) < source["chance"]
                draw += 1
            if not comes:
                continue
            came |= 1 << number
            if source["redraw"] != 0:
                tape[period, PARTS], draw = _opening(roster, key, draw)
            else:
                jump, draw = _jump(roster, number, key, draw)
                tape[period, PARTS + 1 + number] += jump
        tape[period, NEWS] = came
        tape[period, VALUE] = tape[period, PARTS:].sum()


@jit
def _jump(roster: Roster, number: int, key: np.uint64, draw: int) -> tuple[int, int]:
    """Return (a jump of a source of news in ticks, the next draw)."""
    source = roster.sources[number]
    if source["sd"] > 0.0:
        noise, draw = normal(key, draw)
        return math.floor(source["sd"] * noise + 0.5), draw
    place = place_of(uniform(key, draw), roster.jump_law, source["first"], source["last"])
    return int(roster.jumps[place]), draw + 1


@jit
def _seen(who: np.void, market: np.void, tape: Tape, period: int) -> tuple[float, float]:
    """Return (the sum of the parts of the value that a trader sees now, what everybody has been told of it), in ticks.

    A part he does not see counts as what it was expected to be: the opening's mean, and 0 for news.
    """
    seen, at = who["seen"], max(period - who["lag"], 0)
    early = min(period + who["ahead"], market["periods"])
    total = float(tape[at, PARTS]) if seen & 1 else market["mean"]
    told = 0.0
    for number in range(market["sources"]):
        column = PARTS + 1 + number
        is_told = (market["told"] >> number) & 1
        if is_told:
            told += tape[period, column]
        if (seen >> (number + 1)) & 1 and who["ahead"] > 0 and (market["scheduled"] >> number) & 1:
            total += tape[early, column]
        elif is_told:
            total += tape[period, column]
        elif (seen >> (number + 1)) & 1:
            total += tape[at, column]
    return total, told


@jit
def perceived(who: np.void, mind: np.void, market: np.void, tape: Tape, period: int) -> float:
    """Return what a trader takes the value for, in ticks; NaN before the first look of one who sees it late.

    The mirror image of the value is taken in the middle of the opening values, what everybody was told added.
    """
    if period < who["lag"]:
        return math.nan
    value, told = _seen(who, market, tape, period)
    if not math.isnan(who["level"]):
        value = who["above"] if value > who["level"] else who["below"]
    looks = mind["looks"]
    if who["accuracy"] < 1.0:
        if uniform(mind["look_key"], looks) >= who["accuracy"]:
            value = 2.0 * (market["middle"] + told) - value
        looks += 1
    if who["sd"] > 0.0:
        noise, looks = normal(mind["look_key"], looks)
        value += who["sd"] * noise
    if who["keep"] == 0:
        mind["looks"] = looks
    return float(value + who["bias"])
