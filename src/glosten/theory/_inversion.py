"""What quotes and trades say about the model: alpha and the prior from a bid and an ask, alpha from signed trades."""

from __future__ import annotations

import math

from glosten._jit import jit
from glosten.theory._binary import belief, log_likelihood, log_odds, log_odds_after, log_odds_step

GRID = 256
BISECTIONS = 60
SMALLEST = 1e-300
"""What 1 - alpha is taken for where rounding has made it 0."""


@jit
def alpha_and_prior(ask: float, bid: float, gamma: float) -> tuple[float, float]:
    """Return (alpha, prior) that make these the zero-profit quotes; both quotes rescaled to V_L = 0, V_H = 1.

    Both NaN unless 0 < bid <= ask < 1 and 0 < gamma < 1: beyond that one side tells nothing.

    Source: gamma = 1/2: alpha = tanh((logit a - logit b) / 4), logit pi = (logit a + logit b) / 2. For any gamma the
    odds ratio e^R of the quotes is (x + gamma)(x + 1 - gamma) / (gamma (1 - gamma)) with x = alpha / (1 - alpha),
    a quadratic in x.
    """
    if not (0.0 < bid <= ask < 1.0 and 0.0 < gamma < 1.0):
        return math.nan, math.nan
    product = gamma * (1.0 - gamma)
    grown = product * math.expm1(log_odds(ask) - log_odds(bid))
    odds = 2.0 * grown / (1.0 + math.sqrt(1.0 + 4.0 * grown))
    alpha = odds / (1.0 + odds)
    return alpha, belief(log_odds(ask) - log_odds_step(1, alpha, gamma))


@jit
def _score(alpha: float, buys: int, sells: int, prior: float, gamma: float) -> float:
    """Return d log-likelihood / d alpha for 0 < alpha < 1: each value's score, weighted by its posterior."""
    high = belief(log_odds_after(buys, sells, prior, alpha, gamma))
    rest = max(1.0 - alpha, SMALLEST)
    if_high, if_low = -sells / rest, -buys / rest
    if buys > 0:
        if_high += buys * (1.0 - gamma) / (alpha + rest * gamma)
    if sells > 0:
        if_low += sells * gamma / (alpha + rest * (1.0 - gamma))
    return high * if_high + (1.0 - high) * if_low


@jit
def alpha_of_trades(buys: int, sells: int, prior: float, gamma: float) -> float:
    """Return the alpha in [0, 1] that makes a sequence with that many buys and sells most likely.

    The likelihood is scanned on a grid, then its slope is bisected beside the best point: with two values it can have
    a maximum at 0 and another inside. 0 where no alpha explains more than none.

    Source: maximum likelihood of ln[pi b_H^n s_H^m + (1 - pi) b_L^n s_L^m].
    """
    best, largest = 0, log_likelihood(buys, sells, prior, 0.0, gamma)
    for point in range(1, GRID + 1):
        value = log_likelihood(buys, sells, prior, point / GRID, gamma)
        if value > largest:
            best, largest = point, value
    low, high = max(best - 1, 0) / GRID, min(best + 1, GRID) / GRID
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        if _score(middle, buys, sells, prior, gamma) > 0.0:
            low = middle
        else:
            high = middle
    inside = 0.5 * (low + high)
    return inside if log_likelihood(buys, sells, prior, inside, gamma) > largest else best / GRID
