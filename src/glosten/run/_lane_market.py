"""What lanes of the binary market need to know: its numbers as seen from one value, in float64 or float32."""

from __future__ import annotations

import math
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from glosten.theory import Binary, log_odds, side_if_high, side_if_low

Kind: TypeAlias = type[Any]
"""np.float64 or np.float32."""

LARGEST: dict[Kind, float] = {np.float64: 1e60, np.float32: 1e18}
"""x is held here, so that products stay finite: paths return from there with the inverse probability."""
REACHED: dict[Kind, float] = {np.float64: 1e-9, np.float32: 1e-4}
"""A belief this close below a target, in log-odds, counts as there: lattice points are sums of rounded steps."""
SMALLEST: dict[Kind, float] = {np.float64: 1e-20, np.float32: 1e-9}
"""Stands for P(buy | V_L) = 0, so that no division has to be guarded: the side is never drawn there."""
WORDS = 2**64
DRAWS: dict[Kind, Kind] = {np.float64: np.int64, np.float32: np.int32}
"""Draws have as many bits as the numbers, so that as many of them fit a vector."""


class Market(NamedTuple):
    """What a block needs to know, all numbers of one precision, with the draws below which a trader acts."""

    up: float
    down: float
    ratio: float
    one: float
    largest: float
    never: float
    informed_below: np.int64 | np.int32
    buys_below: np.int64 | np.int32


def below(probability: float) -> np.uint64:
    """Return the word below which a random word lies with that probability; 1 but for one word in 2^64."""
    return np.uint64(min(int(probability * WORDS), WORDS - 1))


def sides(model: Binary, kind: Kind, *, value_is_high: bool) -> tuple[float, float, float, float]:
    """Return (b_H, b_L, s_H, s_L) as seen from the value a block is told from, all but s_H at least `SMALLEST`."""
    gamma = model.gamma if value_is_high else 1.0 - model.gamma
    buys = side_if_high(1, model.alpha, gamma), side_if_low(1, model.alpha, gamma)
    sells = side_if_high(-1, model.alpha, gamma), side_if_low(-1, model.alpha, gamma)
    least = SMALLEST[kind]
    return max(buys[0], least), max(buys[1], least), sells[0], max(sells[1], least)


def thresholds(model: Binary, *, value_is_high: bool) -> tuple[np.uint64, np.uint64]:
    """Return the words below which a trader is informed, and below which he trades towards the value."""
    gamma = model.gamma if value_is_high else 1.0 - model.gamma
    return below(model.alpha), below(side_if_high(1, model.alpha, gamma))


def drawn_below(word: np.uint64, kind: Kind) -> np.int64 | np.int32:
    """Return the draw of a precision below which the words below one lie: told with a sign, in float32 rounded down."""
    bits = 8 * DRAWS[kind]().itemsize
    number: np.int64 | np.int32 = DRAWS[kind]((int(word) >> (64 - bits)) - 2 ** (bits - 1))
    return number


def market(model: Binary, kind: Kind, *, value_is_high: bool) -> Market:
    """Return what a block needs to know, as seen from the value it is told from."""
    buy, buy_low, sell, sell_low = sides(model, kind, value_is_high=value_is_high)
    informed_below, buys_below = (drawn_below(word, kind) for word in thresholds(model, value_is_high=value_is_high))
    return Market(
        up=kind(buy / buy_low),
        down=kind(sell / sell_low),
        ratio=kind(sell * buy_low / (sell_low * buy)),
        one=kind(1.0),
        largest=kind(LARGEST[kind]),
        never=kind(math.inf),
        informed_below=informed_below,
        buys_below=buys_below,
    )


def scaled_odds(model: Binary, at: float, kind: Kind, *, value_is_high: bool) -> float:
    """Return x where the log-odds of V_H are ``at``, as seen from the value a block is told from."""
    buy, buy_low, _, _ = sides(model, kind, value_is_high=value_is_high)
    exponent = (at if value_is_high else -at) + math.log(buy / buy_low)
    return float(kind(math.exp(min(exponent, math.log(LARGEST[kind])))))


def target_odds(model: Binary, target: float, kind: Kind) -> float:
    """Return x from which on a belief counts as having reached the target."""
    return scaled_odds(model, log_odds(target) - REACHED[kind], kind, value_is_high=True)
