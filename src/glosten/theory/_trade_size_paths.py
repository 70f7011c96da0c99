"""Paths of the market of two sizes: the informed choose theirs anew in every period, and the sizes teach."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

from glosten._jit import jit
from glosten.statistics import FRACTIONS, advance, sequence
from glosten.theory._order_table import Floats
from glosten.theory._path_kernel import Start, Trail, look, settle
from glosten.theory._trade_size_choice import large_fraction, size_premium

Traders: TypeAlias = tuple[float, float, float, float]
"""mu, eps, gamma, large_share."""
Numbers: TypeAlias = tuple[Floats, Floats, Traders, tuple[float, float]]
"""Values and beliefs by state (no news, good, bad), the traders, and the two sizes."""

NO_EVENT, GOOD, BAD = 0, 1, 2
NOTHING = 2
"""Column of no trade: columns are order + 2."""


@jit
def noise_orders(traders: Traders) -> Floats:
    """Return P(order | a noise trader came), shape (5,), from the large sell to the large buy.

    Source: Easley & O'Hara (1987), figure 1.
    """
    _, eps, gamma, large_share = traders
    chances: Floats = np.empty(5)
    chances[4], chances[3] = eps * large_share * gamma, eps * (1.0 - large_share) * gamma
    chances[0], chances[1] = eps * large_share * (1.0 - gamma), eps * (1.0 - large_share) * (1.0 - gamma)
    chances[NOTHING] = 1.0 - eps
    return chances


@jit
def offer_sizes(values: Floats, beliefs: Floats, traders: Traders, ratio: float, offers: tuple[Floats, Floats]) -> None:
    """Write P(order | an informed trader of good or bad news came), shape (2, 5), and the price of each order, (5,).

    The informed of a side without equilibrium stay out; an order without a price is NaN.

    Source: `large_fraction`, `size_premium`.
    """
    chosen, prices = offers
    mu, noise = traders[0], noise_orders(traders)
    present = beliefs[NO_EVENT] + (1.0 - mu) * (beliefs[GOOD] + beliefs[BAD])
    chosen[:], prices[:] = 0.0, math.nan
    middle = beliefs[NO_EVENT] * (values[NO_EVENT] - values[BAD])
    middle += (1.0 - mu) * beliefs[GOOD] * (values[GOOD] - values[BAD])
    middle = values[BAD] + middle / present if present > 0.0 else math.nan
    for state, sign in ((GOOD, 1), (BAD, -1)):
        informed = mu * beliefs[state]
        small, large = NOTHING + sign, NOTHING + 2 * sign
        fraction = large_fraction(informed, present * noise[small], present * noise[large], ratio)
        if math.isnan(fraction):
            chosen[state - 1, NOTHING] = 1.0
            continue
        chosen[state - 1, large], chosen[state - 1, small] = fraction, 1.0 - fraction
        for column, share in ((large, fraction), (small, 1.0 - fraction)):
            gap = sign * (values[state] - middle)
            prices[column] = middle + sign * size_premium(gap, informed * share, present * noise[column])


@jit
def widest_spread(prices: Floats) -> float:
    """Return the spread of the large size, of the small one where a side lacks the large, 0 where it lacks both."""
    large, small = prices[4] - prices[0], prices[3] - prices[1]
    if not math.isnan(large):
        return float(large)
    return 0.0 if math.isnan(small) else float(small)


@jit
def _column(chances: Floats, fraction: float) -> int:
    """Return the column that a uniform number falls on."""
    left, found = fraction, NOTHING
    for column in range(5):
        if chances[column] > 0.0 and left >= 0.0:
            found = column
        left -= chances[column]
    return found


@jit
def _learn(beliefs: Floats, column: int, chosen: Floats, noise: Floats, mu: float) -> None:
    """Rewrite the beliefs by what an order says.

    Source: Bayes.
    """
    beliefs[NO_EVENT] *= noise[column]
    for state in (GOOD, BAD):
        beliefs[state] *= mu * chosen[state - 1, column] + (1.0 - mu) * noise[column]
    beliefs /= beliefs.sum()


@jit
def trade_size_paths(numbers: Numbers, start: Start, curves: Floats, totals: Floats, trail: Trail) -> tuple[int, float]:
    """Draw paths of the market, as a `Kernel` does; gains are in price units times size, as is the inventory.

    Source: `offer_sizes`, Bayes.
    """
    values, opening, traders, (small_size, large_size) = numbers
    mu, noise, periods = traders[0], noise_orders(traders), curves.shape[2] - 1
    offers = np.empty((2, 5)), np.empty(5)
    state, beliefs = NO_EVENT, opening.copy()
    for path in range(start[1], start[1] + start[2]):
        first, second = sequence(start[0], path)
        draw, first, second = advance(first, second)
        news = draw / FRACTIONS - opening[NO_EVENT]
        state = NO_EVENT if news < 0.0 else (GOOD if news < opening[GOOD] else BAD)
        beliefs[:] = opening
        inventory, trades, gains = 0.0, 0.0, np.zeros(2)
        for date in range(periods + 1):
            offer_sizes(values, beliefs, traders, large_size / small_size, offers)
            chosen, prices = offers
            look(curves, date, widest_spread(prices), (beliefs * (values - values[state])).sum() ** 2, 0.0)
            if date == periods:
                break
            draw, first, second = advance(first, second)
            fraction = draw / FRACTIONS
            informed = state != NO_EVENT and fraction < mu
            if informed:
                column = _column(chosen[state - 1], fraction / mu)
            else:
                column = _column(noise, fraction if state == NO_EVENT else (fraction - mu) / (1.0 - mu))
            if column != NOTHING:
                size = large_size if abs(column - NOTHING) == 2 else small_size
                signed = size if column > NOTHING else -size
                gains[0 if informed else 1] += signed * (values[state] - prices[column])
                inventory, trades = inventory - signed, trades + 1.0
            if trail[0].size > 0:
                trail[0][date], trail[1][date] = column - NOTHING, informed
            _learn(beliefs, column, chosen, noise, mu)
        settle(totals, gains[0], gains[1], trades, inventory)
    return 0, values[state]
