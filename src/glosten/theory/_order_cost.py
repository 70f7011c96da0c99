"""What order handling adds to a price, and what the price grid does to it."""

from __future__ import annotations

import math

from glosten._jit import jit
from glosten.theory._binary import posterior

TICK_TOLERANCE = 1e-5
"""Ticks by which a price may miss its grid point and still count as on it: floating point, not economics."""


@jit
def impact(width: float, prior: float, side: int, alpha: float, gamma: float) -> float:
    """Return how far a trade moves the expected value its own way, in the unit of ``width``; NaN where it cannot trade.

    With an order cost c the trade prints at mu + c x after it: the short-term impact is this plus c, the long-term
    impact is this, and c comes back (the reversal).

    Source: Foucault, Pagano & Roell, Market Liquidity, 3.29-3.37.
    """
    return width * side * (posterior(prior, side, alpha, gamma) - prior)


@jit
def ask_ticks(price: float, tick: float) -> int:
    """Return the lowest tick at or above a price: an ask is rounded away from the mid, never through zero profit.

    Source: zero-profit quotes on a grid: ask = ceil(E[V | B] / tick).
    """
    return math.ceil(price / tick - TICK_TOLERANCE)


@jit
def bid_ticks(price: float, tick: float) -> int:
    """Return the highest tick at or below a price.

    Source: as `ask_ticks`: bid = floor(E[V | S] / tick).
    """
    return math.floor(price / tick + TICK_TOLERANCE)
