"""The binary model of Glosten and Milgrom: the value is V_L or V_H, a fraction alpha of the traders knows which.

Scalar compiled functions. ``side`` is +1 for a buy, -1 for a sell and 0 for a trade whose side nobody knows, which
teaches nothing. A side that trades with probability 0 has no quote: its posterior is NaN. Domains (probabilities in
[0, 1], v_low < v_high) are checked by `Binary`, not here.
"""

from __future__ import annotations

import math

from glosten._jit import jit


@jit
def side_if_high(side: int, alpha: float, gamma: float) -> float:
    """Return P(side | V_H), a probability: informed traders buy, noise buys with probability gamma.

    Source: Glosten & Milgrom (1985), section 2, as the binary case of Foucault, Pagano & Roell, Market Liquidity,
    3.3, and Hasbrouck, Empirical Market Microstructure, chapter 5.
    """
    if side == 0:
        return 1.0
    return alpha + (1.0 - alpha) * gamma if side > 0 else (1.0 - alpha) * (1.0 - gamma)


@jit
def side_if_low(side: int, alpha: float, gamma: float) -> float:
    """Return P(side | V_L), a probability: informed traders sell, noise buys with probability gamma.

    Source: as `side_if_high`.
    """
    if side == 0:
        return 1.0
    return (1.0 - alpha) * gamma if side > 0 else alpha + (1.0 - alpha) * (1.0 - gamma)


@jit
def side_probability(prior: float, side: int, alpha: float, gamma: float) -> float:
    """Return P(side) before the trade is seen, a probability.

    Source: as `side_if_high`, averaged over the value: P_B = pi b_H + (1 - pi) b_L.
    """
    return prior * side_if_high(side, alpha, gamma) + (1.0 - prior) * side_if_low(side, alpha, gamma)


@jit
def posterior(prior: float, side: int, alpha: float, gamma: float) -> float:
    """Return P(V_H | side) by Bayes, a probability; NaN where the side cannot trade.

    Source: Glosten & Milgrom (1985), Proposition 1: the quote hit is the expectation after the trade.
    """
    with_high = prior * side_if_high(side, alpha, gamma)
    total = with_high + (1.0 - prior) * side_if_low(side, alpha, gamma)
    return with_high / total if total > 0.0 else math.nan


@jit
def quotes(v_low: float, v_high: float, prior: float, alpha: float, gamma: float) -> tuple[float, float]:
    """Return (bid, ask) in price units, both before the next order: E[V | sell] and E[V | buy].

    A side that trades with probability 0 is NaN.

    Source: Glosten & Milgrom (1985), section 2: zero expected profit on each side.
    """
    width = v_high - v_low
    return v_low + width * posterior(prior, -1, alpha, gamma), v_low + width * posterior(prior, 1, alpha, gamma)
