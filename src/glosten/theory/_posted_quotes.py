"""Quotes that somebody posts for reasons of their own: who trades at them, and what an order then says.

A posted quote need not be the zero-profit one. The informed buy where V > ask and sell where V < bid, strictly; a noise
trader who would buy or sell takes the quote with the share that its premium leaves of them (`demand_share`). Whoever
knows the quotes knows who would have traded, so also what no trade says. Price units throughout.
"""

from __future__ import annotations

from glosten._jit import jit


@jit
def informed_order(value: float, bid: float, ask: float) -> float:
    """Return what an informed trader sends at posted quotes bid <= ask: 1 a buy, -1 a sell, 0 nothing, ties included.

    Source: Glosten & Milgrom (1985), section 2.
    """
    return (1.0 if value > ask else 0.0) - (1.0 if value < bid else 0.0)


@jit
def posted_order_if(
    value: float, order: float, quotes: tuple[float, float], alpha: float, takers: tuple[float, float]
) -> float:
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
