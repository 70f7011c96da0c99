"""Quotes that somebody posts for reasons of their own: who trades at them, what an order then says, what a side earns.

A posted quote need not be the zero-profit one. The informed buy where V > ask and sell where V < bid, strictly; a noise
trader who would buy or sell (probability ``noise`` = (1 - alpha) eta each) takes the quote with the share that its
premium leaves of them, at most all. Whoever knows the quotes knows who would have traded, so also what no trade says.

A side is described as in `Elastic`: ``gap`` from E[V] to the value that the informed know, ``informed`` = alpha P(that
value). ``demand`` is a pair (LINEAR, width) or (LOGISTIC, scale). Price units throughout.
"""

from __future__ import annotations

import math
from typing import TypeAlias

from glosten._jit import jit
from glosten.errors import DomainError
from glosten.theory._elastic import (
    LOGISTIC_BEST,
    Demand,
    LinearDemand,
    LogisticDemand,
    _logistic_peak,
    compelled_premium,
    linear_demand,
    linear_premium,
    logistic_demand,
    logistic_premium,
)

LINEAR, LOGISTIC = 0, 1
DemandNumbers: TypeAlias = tuple[int, float]
Pair: TypeAlias = tuple[float, float]


def demand_numbers(demand: Demand) -> DemandNumbers:
    """Return what the compiled functions know a demand by: its kind, and its width or scale.

    Raises `DomainError` for a demand that is neither linear nor logistic.
    """
    if isinstance(demand, LinearDemand):
        return LINEAR, float(demand.width)
    if isinstance(demand, LogisticDemand):
        return LOGISTIC, float(demand.scale)
    raise DomainError(f"demand must be a LinearDemand or a LogisticDemand; it was {demand!r}.")


@jit
def posted_share(premium: float, demand: DemandNumbers) -> float:
    """Return the probability that a noise trader who would trade takes a posted premium; all do below E[V].

    Source: `linear_demand`, `logistic_demand`.
    """
    kind, size = demand
    if kind == LINEAR:
        return linear_demand(premium, size)
    return min(logistic_demand(premium, size), 1.0)


@jit
def informed_order(value: float, bid: float, ask: float) -> float:
    """Return what an informed trader sends at posted quotes bid <= ask: 1 a buy, -1 a sell, 0 nothing, ties included.

    Source: Glosten & Milgrom (1985), section 2.
    """
    return (1.0 if value > ask else 0.0) - (1.0 if value < bid else 0.0)


@jit
def posted_order_if(value: float, order: float, quotes: Pair, alpha: float, takers: Pair) -> float:
    """Return P(order | V = value) at posted quotes (bid, ask), a probability: 1 a buy, -1 a sell, 0 no trade.

    ``takers`` = (P(a noise trader comes and sells), P(one comes and buys)), which do not depend on the value.

    Source: the law of total probability over who comes.
    """
    bid, ask = quotes
    sell = takers[0] + (alpha if value < bid else 0.0)
    buy = takers[1] + (alpha if value > ask else 0.0)
    chance = max(1.0 - buy - sell, 0.0)
    chance = buy if order > 0.0 else chance
    return sell if order < 0.0 else chance


@jit
def posted_profit(premium: float, side: tuple[float, float, float], demand: DemandNumbers) -> float:
    """Return what a side expects to earn per arrival at a posted premium; ``side`` = (gap, informed, noise).

    Source: noise q(x) x - informed (gap - x)^+.
    """
    gap, informed, noise = side
    return noise * posted_share(premium, demand) * premium - informed * max(gap - premium, 0.0)


@jit
def competitive_premium(side: tuple[float, float, float], demand: DemandNumbers) -> float:
    """Return the zero-profit premium of a side (gap, informed, noise), NaN where it breaks down.

    Source: `linear_premium`, `logistic_premium`.
    """
    kind, size = demand
    if kind == LINEAR:
        return linear_premium(side[0], side[1], side[2], size)
    return logistic_premium(side[0], side[1], side[2], size)


@jit
def monopoly_premium(side: tuple[float, float, float], demand: DemandNumbers) -> float:
    """Return the premium at which a side (gap, informed, noise) earns most, NaN where every premium loses.

    Source: as `Elastic.monopolist`: the first peak with the informed coming, or the best premium without them.
    """
    kind, size = demand
    gap, informed, noise = side
    if not noise > 0.0:
        return math.nan
    if kind == LINEAR:
        among, alone = compelled_premium(informed, noise, size), max(gap, 0.5 * size)
    else:
        among, alone = size * _logistic_peak(informed / noise), max(gap, LOGISTIC_BEST * size)
    best, most = math.nan, 0.0
    for premium in (among if among < gap else alone, alone):
        profit = posted_profit(premium, side, demand)
        if posted_share(premium, demand) > 0.0 and profit >= 0.0 and (math.isnan(best) or profit > most):
            best, most = premium, profit
    return best
