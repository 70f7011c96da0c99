"""What makers quote, and what they learn from each other's trades; prices in ticks."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.crowd._roster import MAKER_CODES, NEWS, PARTS, TOLD_SIZE, TOLD_TIME, Path, Roster
from glosten.statistics import uniform
from glosten.theory import (
    compelled_premium,
    gaussian_half_spread,
    gaussian_update,
    indifference_price,
    inventory_shift,
    linear_demand,
    linear_premium,
    log_odds,
    log_odds_step,
    posterior,
    quotes,
)

GLOSTEN_MILGROM, INVENTORY = MAKER_CODES["glosten_milgrom"], MAKER_CODES["inventory"]
RISK_AVERSE, ELASTIC, MONOPOLIST = MAKER_CODES["risk_averse"], MAKER_CODES["elastic"], MAKER_CODES["monopolist"]
GAUSSIAN, ZERO_INTELLIGENCE = MAKER_CODES["gaussian"], MAKER_CODES["zero_intelligence"]
PYTHON_MAKER = MAKER_CODES["python"]


@jit
def start_maker(maker: np.void, mind: np.void, key: np.uint64) -> None:
    """Write what a maker believes before the first period."""
    mind["key"], mind["draws"] = key, 0
    mind["low"], mind["high"], mind["belief"] = maker["v_low"], maker["v_high"], maker["prior"]
    mind["mean"], mind["variance"] = maker["mean"], maker["sd"] * maker["sd"]
    mind["half"], mind["half_variance"] = 0.0, math.nan
    mind["last"] = maker["start"]
    mind["bid"], mind["ask"] = math.nan, math.nan
    mind["filled"] = 0


@jit
def hear(roster: Roster, path: Path, period: int) -> None:
    """Let the makers hear what is told of the news of a period."""
    tape = path.tape
    for number in range(roster.sources.size):
        source, column = roster.sources[number], PARTS + 1 + number
        if (tape[period, NEWS] >> number) & 1 == 0:
            continue
        jump = float(tape[period, column] - (tape[period - 1, column] if period > 0 else 0))
        for place in range(roster.makers.size):
            maker, mind = roster.makers[place], path.makers[place]
            if source["told"] == TOLD_SIZE:
                mind["low"] += jump
                mind["high"] += jump
                mind["mean"] += jump
            elif source["told"] == TOLD_TIME and source["redraw"] != 0:
                mind["belief"] = maker["prior"]
                mind["mean"], mind["variance"] = maker["mean"], maker["sd"] * maker["sd"]
            elif source["told"] == TOLD_TIME:
                mean, variance = _moments(roster, number)
                mind["mean"] += mean
                mind["variance"] += variance


@jit
def _moments(roster: Roster, number: int) -> tuple[float, float]:
    """Return (mean, variance) of a jump of a source, in ticks."""
    source = roster.sources[number]
    if source["sd"] > 0.0:
        return 0.0, source["sd"] * source["sd"]
    mean, square, before = 0.0, 0.0, 0.0
    for place in range(source["first"], source["last"]):
        chance, jump = roster.jump_law[place] - before, float(roster.jumps[place])
        mean += chance * jump
        square += chance * jump * jump
        before = roster.jump_law[place]
    return mean, max(square - mean * mean, 0.0)


@jit
def wish(maker: np.void, mind: np.void) -> None:
    """Write the quotes that a maker wishes for, in ticks, NaN for none: the fair ones, then its shifts."""
    kind, inventory = maker["kind"], float(mind["holdings"])
    if kind == PYTHON_MAKER:
        return
    if kind == ZERO_INTELLIGENCE:
        room = maker["most"] - maker["least"]
        below, above = uniform(mind["key"], mind["draws"]), uniform(mind["key"], mind["draws"] + 1)
        mind["draws"] += 2
        mind["bid"] = mind["last"] - maker["least"] - room * below
        mind["ask"] = mind["last"] + maker["least"] + room * above
        return
    if kind in (ELASTIC, MONOPOLIST):
        mind["bid"], mind["ask"] = _premium_price(maker, mind, -1), _premium_price(maker, mind, 1)
        return
    if kind == GAUSSIAN:
        if mind["variance"] != mind["half_variance"]:
            mind["half"] = gaussian_half_spread(mind["variance"], (maker["alpha"], maker["eta"], maker["signal_sd"]))
            mind["half_variance"] = mind["variance"]
        bid, ask = mind["mean"] - mind["half"], mind["mean"] + mind["half"]
    elif kind == RISK_AVERSE:
        bid, ask = _averse_price(maker, mind, -1, inventory), _averse_price(maker, mind, 1, inventory)
    else:
        bid, ask = quotes(mind["low"], mind["high"], mind["belief"], maker["alpha"], maker["gamma"])
    mind["bid"] = inventory_shift(bid - maker["shift"], inventory, maker["per_lot"])
    mind["ask"] = inventory_shift(ask + maker["shift"], inventory, maker["per_lot"])


@jit
def wish_all(makers: NDArray[np.void], minds: NDArray[np.void]) -> None:
    """Let every maker write the quotes it wishes for."""
    for place in range(minds.size):
        wish(makers[place], minds[place])


@jit
def _averse_price(maker: np.void, mind: np.void, side: int, inventory: float) -> float:
    width = mind["high"] - mind["low"]
    after = log_odds(mind["belief"]) + log_odds_step(side, maker["alpha"], maker["gamma"])
    if math.isnan(after):
        return math.nan
    price = indifference_price(side, after, maker["risk_aversion"] * width, inventory)
    return float(mind["low"] + width * price)


@jit
def monopolist_premium(gap: float, informed: float, noise: float, width: float) -> float:
    """Return the premium at which a maker without rivals earns most under linear demand, NaN where it would lose.

    Source: maximum of noise (1 - x/w) x - informed (gap - x)^+, as `Elastic.monopolist`.
    """
    if not noise > 0.0:
        return math.nan
    among, alone = compelled_premium(informed, noise, width), max(gap, 0.5 * width)
    best, most = math.nan, 0.0
    for premium in (among if among < gap else alone, alone):
        share = linear_demand(premium, width)
        profit = noise * share * premium - informed * max(gap - premium, 0.0)
        if share > 0.0 and profit >= 0.0 and (math.isnan(best) or profit > most):
            best, most = premium, profit
    return best


@jit
def _premium_price(maker: np.void, mind: np.void, side: int) -> float:
    """Return the price of a maker who minds that noise traders mind the premium over E[V]."""
    chance = mind["belief"] if side > 0 else 1.0 - mind["belief"]
    width = mind["high"] - mind["low"]
    gap, noise = width * (1.0 - chance), (1.0 - maker["alpha"]) * maker["eta"]
    if maker["kind"] == MONOPOLIST:
        premium = monopolist_premium(gap, maker["alpha"] * chance, noise, maker["width"])
    else:
        premium = linear_premium(gap, maker["alpha"] * chance, noise, maker["width"])
    return float(mind["low"] + width * mind["belief"] + side * premium)


@jit
def learn(maker: np.void, mind: np.void, side: int, book: tuple[float, float]) -> None:
    """Let a maker learn from the order of a period at the posted (bid, ask): 1 a buy, -1 a sell, 0 none.

    Infinite prices stand for sides that nobody quoted. What a maker holds impossible teaches it nothing.
    """
    kind = maker["kind"]
    if kind == ZERO_INTELLIGENCE:
        if side != 0:
            mind["last"] = book[1] if side > 0 else book[0]
        return
    if kind == GAUSSIAN:
        traders = (maker["alpha"], maker["eta"], maker["signal_sd"])
        _, mean, variance = gaussian_update((mind["mean"], mind["variance"]), side, book, traders)
        mind["mean"], mind["variance"] = mean, variance + maker["drift"] * maker["drift"]
        return
    if kind == PYTHON_MAKER:
        return
    if kind in (ELASTIC, MONOPOLIST):
        after = _elastic_posterior(maker, mind, side, book)
    elif side != 0:
        after = posterior(mind["belief"], side, maker["alpha"], maker["gamma"])
    else:
        after = mind["belief"]
    if not math.isnan(after):
        mind["belief"] = after
    mind["belief"] += maker["change"] * (maker["prior"] - mind["belief"])


@jit
def _elastic_posterior(maker: np.void, mind: np.void, side: int, book: tuple[float, float]) -> float:
    """Return P(the higher value | order) where noise minds the premium and the informed stay out where none is left.

    Source: Bayes with P(B|v) = alpha 1{v > ask} + (1 - alpha) eta q(ask - E V), P(S|v) in the mirror.
    """
    belief, noise = mind["belief"], (1.0 - maker["alpha"]) * maker["eta"]
    mean = mind["low"] + (mind["high"] - mind["low"]) * belief
    joint = total = 0.0
    for value, chance in ((mind["high"], belief), (mind["low"], 1.0 - belief)):
        buys = noise * linear_demand(book[1] - mean, maker["width"])
        sells = noise * linear_demand(mean - book[0], maker["width"])
        buys += maker["alpha"] if value > book[1] else 0.0
        sells += maker["alpha"] if value < book[0] else 0.0
        likelihood = buys if side > 0 else (sells if side < 0 else max(1.0 - buys - sells, 0.0))
        total += chance * likelihood
        if value == mind["high"]:
            joint = chance * likelihood
    return joint / total if total > 0.0 else math.nan
