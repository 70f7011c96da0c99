"""One table for every model with finitely many states: P(order and trader | state), and Bayes over it.

A state has a value and a belief. Tables have shape (states, 3), columns sell, no trade, buy, so that ``order`` -1, 0 or
+1 reads column ``order + 1``; ``informed`` and ``noise`` are joint with who trades and sum to 1 over both in each
state. Beliefs are kept one by one, never as 1 - p, so that small ones lose no digits. An order of probability 0 has no
price: NaN.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit

Floats: TypeAlias = NDArray[np.float64]

VALUES, BELIEFS = 0, 1
INFORMED, NOISE = 0, 1
SELL_COLUMN, NONE_COLUMN, BUY_COLUMN = 0, 1, 2
TIE = 1e-12
"""Share of its distances to other values by which a price may miss a value and still tie with it: floating point."""
LEAST = 1e-290
"""The least belief in what is possible: numbers go little further."""
CLOSE = 1e-6
"""Share of the range of values from which on a difference of prices is looked at closely."""


@jit
def order_probability(beliefs: Floats, table: Floats, order: int) -> float:
    """Return P(order), a probability, from beliefs of shape (states,) and P(order | state) of shape (states, 3).

    Source: the law of total probability.
    """
    total = 0.0
    for state in range(beliefs.size):
        total += beliefs[state] * table[state, order + 1]
    return total


@jit
def normalised(weights: Floats) -> Floats:
    """Return weights over their sum, NaN throughout where it is 0.

    What is possible stays so: no weight falls from above 0 below `LEAST`, from where a belief would find no way back.
    """
    total, shares = weights.sum(), np.full(weights.size, math.nan)
    if not total > 0.0:
        return shares
    for state in range(weights.size):
        share = weights[state] / total
        shares[state] = LEAST if weights[state] > 0.0 and share < LEAST else share
    return shares


@jit
def beliefs_after(beliefs: Floats, table: Floats, order: int) -> Floats:
    """Return P(state | order), shape (states,); NaN throughout where the order cannot happen.

    Source: Bayes.
    """
    after: Floats = normalised(beliefs * table[:, order + 1])
    return after


@jit
def price_of_order(values: Floats, beliefs: Floats, table: Floats, order: int) -> float:
    """Return E[V | order] in the unit of the values, the zero-profit price of an order; NaN where it cannot happen.

    Source: Glosten & Milgrom (1985), section 2.
    """
    total = order_probability(beliefs, table, order)
    if not total > 0.0:
        return math.nan
    lowest: float = values[0]
    above = 0.0
    for state in range(beliefs.size):
        above += beliefs[state] * table[state, order + 1] * (values[state] - lowest)
    return lowest + above / total


@jit
def spread_of_orders(values: Floats, beliefs: Floats, table: Floats) -> float:
    """Return E[V | buy] - E[V | sell] in the unit of the values, exact where the difference has no digits left.

    0 where one of the two cannot happen.

    Source: sum over pairs of states s < r of p_s p_r (V_r - V_s)(B_r S_s - B_s S_r) / (P_B P_S).
    """
    buy, sell = order_probability(beliefs, table, 1), order_probability(beliefs, table, -1)
    if buy <= 0.0 or sell <= 0.0:
        return 0.0
    total = 0.0
    for upper in range(beliefs.size):
        for lower in range(upper):
            minor = table[upper, BUY_COLUMN] * table[lower, SELL_COLUMN]
            minor -= table[lower, BUY_COLUMN] * table[upper, SELL_COLUMN]
            total += (beliefs[upper] / buy) * (beliefs[lower] / sell) * (values[upper] - values[lower]) * minor
    return total


@jit
def gains_of_order(values: Floats, beliefs: Floats, tables: Floats, order: int) -> tuple[float, float, float]:
    """Return what (informed, noise, maker) expect of one order per arrival, in the unit of the values; they sum to 0.

    ``tables`` is (informed, noise), shape (2, states, 3). All 0 for no trade and where the order cannot happen.

    Source: Glosten & Milgrom (1985), section 2, side by side.
    """
    price = price_of_order(values, beliefs, tables[INFORMED] + tables[NOISE], order)
    if order == 0 or math.isnan(price):
        return 0.0, 0.0, 0.0
    knows = unaware = both = 0.0
    for state in range(beliefs.size):
        won = order * beliefs[state] * (values[state] - price)
        knows += won * tables[INFORMED, state, order + 1]
        unaware += won * tables[NOISE, state, order + 1]
        both += won * (tables[INFORMED, state, order + 1] + tables[NOISE, state, order + 1])
    return knows, unaware, -both


@jit
def choose_ask(values: Floats, beliefs: Floats, shares: Floats, noise: Floats) -> tuple[float, int]:
    """Return (ask, the lowest state whose informed buy at it): they buy where V > ask strictly, then ask = E[V | buy].

    ``values`` ascending, ``shares`` = P(informed | state), ``noise`` of shape (states, 3). Starting from the noise
    buyers alone, each value above the mean of what is in joins and lifts it; the highest mean is max_x g(x), and the
    only x with g(x) = x. (NaN, states) where no noise trader buys: any price at which informed buy would lose.

    Source: g(x) = E[V; buy at x] / P(buy at x), whose maximum is its only fixed point.
    """
    states = values.size
    mass = total = 0.0
    for state in range(states):
        mass += beliefs[state] * noise[state, BUY_COLUMN]
        total += beliefs[state] * noise[state, BUY_COLUMN] * (values[state] - values[0])
    if not mass > 0.0:
        return math.nan, states
    first = states
    while first > 0 and _is_above(first - 1, values, beliefs, (shares, noise), (mass, total, first)):
        first -= 1
        mass += beliefs[first] * shares[first]
        total += beliefs[first] * shares[first] * (values[first] - values[0])
    return values[0] + total / mass, first


@jit
def _is_above(
    state: int, values: Floats, beliefs: Floats, tables: tuple[Floats, Floats], joined: tuple[float, float, int]
) -> bool:
    """Return whether a value lies above the mean of what is in, by more than floating point can be wrong.

    ``joined`` is the mass of what is in, its first moment from the lowest value on, and the lowest state whose informed
    are in. Where the difference is small, as it is near certainty, it is told anew from the value itself, so that a
    small doubt counts for what it is.
    """
    (shares, noise), (mass, total, first) = tables, joined
    excess = (values[state] - values[0]) * mass - total
    if abs(excess) > CLOSE * mass * (values[-1] - values[0]):
        clearly: bool = excess > 0.0
        return clearly
    below = above = 0.0
    for other in range(values.size):
        weight = beliefs[other] * (noise[other, BUY_COLUMN] + (shares[other] if other >= first else 0.0))
        distance = weight * (values[state] - values[other])
        if other < state:
            below += distance
        else:
            above -= distance
    is_above: bool = below - above > TIE * (below + above)
    return is_above


@jit
def choose_bid(values: Floats, beliefs: Floats, shares: Floats, noise: Floats) -> tuple[float, int]:
    """Return (bid, the highest state whose informed sell at it): they sell where V < bid strictly; (NaN, -1) if none.

    Source: as `choose_ask`, mirrored: bid = min_x h(x).
    """
    mirrored = -values[::-1]
    flipped = np.empty((values.size, 3))
    for state in range(values.size):
        flipped[state, BUY_COLUMN] = noise[values.size - 1 - state, SELL_COLUMN]
    negative, first = choose_ask(mirrored, beliefs[::-1].copy(), shares[::-1].copy(), flipped)
    return -negative, values.size - 1 - first


@jit
def choose(states: Floats, tables: Floats) -> None:
    """Rewrite the informed table by who buys at the ask and who sells at the bid; ``states`` is (values, beliefs).

    Source: `choose_ask`, `choose_bid`.
    """
    shares = tables[INFORMED].sum(axis=1)
    buyers = choose_ask(states[VALUES], states[BELIEFS], shares, tables[NOISE])[1]
    sellers = choose_bid(states[VALUES], states[BELIEFS], shares, tables[NOISE])[1]
    for state in range(shares.size):
        column = BUY_COLUMN if state >= buyers else SELL_COLUMN if state <= sellers else NONE_COLUMN
        tables[INFORMED, state] = 0.0
        tables[INFORMED, state, column] = shares[state]
