"""How fast the maker learns: learning rates, the Chernoff rate, hitting times and two-sided exits.

Two rates answer two questions. A typical path's doubt decays like exp(-t KL). The *expected* spread is carried by the
rare paths that mislead, and decays like exp(-t C) t^(-1/2) with the smaller Chernoff rate C. Times are in trades.
"""

from __future__ import annotations

import math

from glosten._jit import jit
from glosten.theory._binary import log_odds, log_odds_step, side_if_high, side_if_low

LATTICE_TOLERANCE = 1e-9
"""A target this many steps short of a lattice point counts as that point: it came from there in floating point."""


@jit
def learning_rates(alpha: float, gamma: float) -> tuple[float, float]:
    """Return (KL(H||L), KL(L||H)), log-odds per trade towards the truth when the value is V_H and V_L.

    Source: E_H[dl] = b_H u + s_H d; gamma = 1/2: alpha ln((1 + alpha) / (1 - alpha)).
    """
    if alpha <= 0.0:
        return 0.0, 0.0
    high, low = 0.0, 0.0
    for side in (1, -1):
        step = log_odds_step(side, alpha, gamma)
        if_high, if_low = side_if_high(side, alpha, gamma), side_if_low(side, alpha, gamma)
        high += if_high * step if if_high > 0.0 else 0.0
        low -= if_low * step if if_low > 0.0 else 0.0
    return high, low


@jit
def chernoff_rate(alpha: float, gamma: float) -> tuple[float, float]:
    """Return (C, s*): the rate per trade at which the expected spread decays, and the weight that minimises.

    s* is where the sum b_H^s b_L^(1-s) + s_H^s s_L^(1-s) is smallest, in [0, 1]; 1/2 where nobody is informed.

    Source: Chernoff (1952); C = -min_s ln(...); gamma = 1/2: C = -ln(1 - alpha^2) / 2. The first-order condition is
    linear in s, so no search is needed.
    """
    if alpha <= 0.0:
        return 0.0, 0.5
    if alpha >= 1.0:
        return math.inf, 0.5
    if gamma <= 0.0:
        return -math.log1p(-alpha), 1.0
    if gamma >= 1.0:
        return -math.log1p(-alpha), 0.0
    up, down = log_odds_step(1, alpha, gamma), log_odds_step(-1, alpha, gamma)
    buy, sell = side_if_low(1, alpha, gamma), side_if_low(-1, alpha, gamma)
    weight = math.log(-sell * down / (buy * up)) / (up - down)
    return -math.log(buy * math.exp(weight * up) + sell * math.exp(weight * down)), weight


@jit
def net_buys_to(prior: float, target: float, alpha: float, gamma: float) -> float:
    """Return the number of buys in a row that lift the belief from ``prior`` to ``target`` or past it.

    0 where it stands there already; infinite where no number does.

    Source: k = ceil((logit target - logit prior) / u).
    """
    if prior >= target:
        return 0.0
    step = log_odds_step(1, alpha, gamma)
    if step == math.inf:
        return 1.0 if prior > 0.0 else math.inf
    gap = log_odds(target) - log_odds(prior)
    if gap == math.inf or not step > 0.0:
        return math.inf
    return float(math.ceil(gap / step - LATTICE_TOLERANCE))


@jit
def hitting_time(net_buys: float, alpha: float) -> tuple[float, float]:
    """Return (mean, variance) of the trades until buys lead sells by ``net_buys``, when V = V_H and gamma = 1/2.

    Exact: a skip-free walk with P(up) = (1 + alpha) / 2. Infinite at alpha = 0.

    Source: Wald's identities for the simple random walk: k / alpha and k (1 - alpha^2) / alpha^3.
    """
    if net_buys <= 0.0:
        return 0.0, 0.0
    if alpha <= 0.0:
        return math.inf, math.inf
    return net_buys / alpha, net_buys * (1.0 - alpha * alpha) / (alpha * alpha * alpha)


@jit
def wald_hitting_time(prior: float, target: float, alpha: float, gamma: float) -> tuple[float, float]:
    """Return (mean, variance) of the trades until the belief reaches ``target`` when V = V_H, any gamma.

    APPROXIMATE: the overshoot past the target is neglected, so both are a little too small; `first_passage` is exact.

    Source: Wald (1944): logit gap / KL, and gap Var(dl) / KL^3 for the variance.
    """
    gap = log_odds(target) - log_odds(prior)
    if not gap > 0.0:
        return 0.0, 0.0
    drift = learning_rates(alpha, gamma)[0]
    if drift <= 0.0 or gap == math.inf:
        return math.inf, math.inf
    if drift == math.inf:
        return 1.0, 0.0
    square = 0.0
    for side in (1, -1):
        if_high = side_if_high(side, alpha, gamma)
        if if_high > 0.0:
            square += if_high * log_odds_step(side, alpha, gamma) ** 2
    return gap / drift, gap * (square - drift * drift) / drift**3


@jit
def two_sided_exit(above: float, below: float, alpha: float) -> tuple[float, float]:
    """Return (P(wrong side first), mean trades) until buys lead by ``above`` or sells by ``below``; V_H, gamma = 1/2.

    Source: gambler's ruin; above = below = k: P = 1 / (1 + ((1 + alpha) / (1 - alpha))^k).
    """
    if above <= 0.0 or below <= 0.0:
        return (0.0 if above <= 0.0 else 1.0), 0.0
    if alpha <= 0.0:
        return above / (above + below), above * below
    if alpha >= 1.0:
        return 0.0, above
    log_ratio = -log_odds_step(1, alpha, 0.5)
    wrong = math.exp(below * log_ratio) * math.expm1(above * log_ratio) / math.expm1((above + below) * log_ratio)
    return wrong, (above - (above + below) * wrong) / alpha
