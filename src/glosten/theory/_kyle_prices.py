"""Impact, value and rate of the insider in Kyle's continuous market, in closed form."""

from __future__ import annotations

import math

from glosten._jit import jit
from glosten.theory._normal import normal_density, normal_loss, normal_quantile


@jit
def impact_at(level: float, volatility: float, revelation_rate: float) -> float:
    """Return lambda, how far one unit of orders moves the price, at z = Phi^-1(p).

    Source: limit of Back & Baruch (2004): (sqrt(2 r) / sigma) phi(z).
    """
    return math.sqrt(2.0 * revelation_rate) / volatility * normal_density(level)


@jit
def kyle_impact(prior: float, volatility: float, revelation_rate: float) -> float:
    """Return lambda(p), how far one unit of orders moves the price.

    Source: limit of Back & Baruch (2004): (sqrt(2 r) / sigma) phi(Phi^-1(p)), the solution of
    lambda lambda'' = -2 r / sigma^2.
    """
    return impact_at(normal_quantile(prior), volatility, revelation_rate)


@jit
def kyle_value_high(prior: float, volatility: float, revelation_rate: float) -> float:
    """Return V_H(p), what an insider who knows that V = 1 expects to gain; the low type's is V_H(1 - p).

    Source: limit of Back & Baruch (2004): (sigma / sqrt(2 r)) [phi(z) - z (1 - Phi(z))], z = Phi^-1(p), which solves
    V' = -(1 - p) / lambda and sigma^2 lambda^2 V'' / 2 = r V.
    """
    return volatility / math.sqrt(2.0 * revelation_rate) * normal_loss(normal_quantile(prior))


@jit
def kyle_insider_rate(prior: float, volatility: float, revelation_rate: float) -> float:
    """Return how many units per unit of time the insider who knows that V = 1 buys; the low type sells at 1 - p.

    Source: Bayes: the price is a martingale, so given V = 1 orders drift by sigma^2 lambda(p) / p.
    """
    return volatility**2 * kyle_impact(prior, volatility, revelation_rate) / prior
