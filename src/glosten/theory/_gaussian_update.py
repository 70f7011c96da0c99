"""The market of Das with a normal belief: after each order the true, truncated belief is replaced by a normal one.

Mean and variance of the order's posterior are exact; only its shape is forgotten. Two numbers stand for the grid.
``traders`` = (alpha, eta, sigma_w), all in price units; ``order`` is +1 for a buy, -1 for a sell, 0 for no trade.
"""

from __future__ import annotations

import math

from glosten._jit import jit
from glosten.theory._das import Traders, das_closed_quote

ROOT_2 = math.sqrt(2.0)
ROOT_2_PI = math.sqrt(2.0 * math.pi)


@jit
def gaussian_half_spread(variance: float, traders: Traders) -> float:
    """Return ask - E[V] = E[V] - bid at zero profit, in price units; NaN where nobody ever trades.

    Source: x (k + 1 - Phi(x)) = rho^2 phi(x), x = half-spread / sqrt(variance + sigma_w^2) (`das_closed_quote`).
    """
    alpha, eta, sigma_w = traders
    if alpha == 0.0:
        return 0.0 if eta > 0.0 else math.nan
    total = variance + sigma_w * sigma_w
    return math.sqrt(total) * das_closed_quote(variance / total, (1.0 - alpha) * eta / alpha)


@jit
def _tail(z: float) -> tuple[float, float, float]:
    """Return P(Z > z), phi(z) and z phi(z) of a standard normal Z; all 0 at infinity."""
    if math.isinf(z):
        return (0.0 if z > 0.0 else 1.0), 0.0, 0.0
    height = math.exp(-0.5 * z * z) / ROOT_2_PI
    return 0.5 * math.erfc(z / ROOT_2), height, z * height


@jit
def gaussian_update(
    belief: tuple[float, float], order: int, quotes: tuple[float, float], traders: Traders
) -> tuple[float, float, float]:
    """Return (P(order), mean, variance) after an order at the posted (bid, ask), from a normal (mean, variance).

    An order of probability 0 leaves the belief as it was.

    Source: Das & Magdon-Ismail (2008), moments of a truncated normal law, mixed with orders that tell nothing:
    E[V; W > a] - E[V] P(W > a) = rho s phi(z), E[(V - E V)^2; W > a] = s^2 (P(W > a) + rho^2 z phi(z)).
    """
    mean, variance = belief
    alpha, eta, sigma_w = traders
    total = variance + sigma_w * sigma_w
    root = math.sqrt(total)
    low, high = -math.inf, math.inf
    if order >= 0:
        low = ((quotes[1] if order > 0 else quotes[0]) - mean) / root
    if order <= 0:
        high = ((quotes[0] if order < 0 else quotes[1]) - mean) / root
    sign = -1.0 if high < -low else 1.0  # tails are counted on the side where they are small
    near, far = (low, high) if sign > 0.0 else (-high, -low)
    above, above_height, above_moment = _tail(near)
    beyond, beyond_height, beyond_moment = _tail(far)
    silent = (1.0 - alpha) * (eta if order != 0 else 1.0 - 2.0 * eta)
    chance = silent + alpha * (above - beyond)
    if not chance > 0.0:
        return 0.0, mean, variance
    first = sign * alpha * variance / root * (above_height - beyond_height) / chance
    ratio = alpha * (above_moment - beyond_moment) / (total * chance)
    return chance, mean + first, max(variance * (1.0 + variance * ratio) - first * first, 0.0)
