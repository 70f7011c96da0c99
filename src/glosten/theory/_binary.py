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


@jit
def spread(width: float, p_high: float, p_low: float, alpha: float, gamma: float) -> float:
    """Return ask minus bid in the unit of ``width`` = v_high - v_low, exact to the last digits near certainty.

    ``p_high`` and ``p_low`` are P(V_H) and P(V_L), both given because 1 - p loses what is left of the doubt. 0 where
    a side cannot trade: there the value is known, or nobody is informed (the naive closed form is 0/0 there).

    Source: D alpha pi (1 - pi) / (P_B P_S), from the two half-spreads of `quotes`.
    """
    buy = p_high * side_if_high(1, alpha, gamma) + p_low * side_if_low(1, alpha, gamma)
    sell = p_high * side_if_high(-1, alpha, gamma) + p_low * side_if_low(-1, alpha, gamma)
    if buy <= 0.0 or sell <= 0.0:
        return 0.0
    return width * (alpha * p_high * p_low / (buy * sell))


@jit
def log_odds(probability: float) -> float:
    """Return ln(p / (1 - p)) of a probability: minus infinity at 0, infinity at 1."""
    if probability <= 0.0:
        return -math.inf
    if probability >= 1.0:
        return math.inf
    return math.log(probability) - math.log1p(-probability)


@jit
def belief(log_odds_now: float) -> float:
    """Return the probability whose log-odds are given; its complement is ``belief(-log_odds_now)`` without loss."""
    if log_odds_now >= 0.0:
        return 1.0 / (1.0 + math.exp(-log_odds_now))
    odds = math.exp(log_odds_now)
    return odds / (1.0 + odds)


@jit
def log_odds_step(side: int, alpha: float, gamma: float) -> float:
    """Return what one trade adds to the log-odds of V_H: u on a buy, d on a sell; infinite where one trade tells all.

    NaN where the side trades under neither value.

    Source: Bayes in log-odds, u = ln(b_H / b_L), d = ln(s_H / s_L); gamma = 1/2: u = -d = 2 artanh(alpha).
    """
    if side == 0:
        return 0.0
    noise = (1.0 - alpha) * (gamma if side > 0 else 1.0 - gamma)
    if noise <= 0.0 and alpha <= 0.0:
        return math.nan
    step = math.log1p(alpha / noise) if noise > 0.0 else math.inf
    return step if side > 0 else -step


@jit
def log_odds_after(buys: int, sells: int, prior: float, alpha: float, gamma: float) -> float:
    """Return the log-odds of V_H after that many buys and sells in any order; NaN where they cannot happen together.

    Source: the log-odds walk; the counts are sufficient.
    """
    total = log_odds(prior)
    if buys > 0:
        total += buys * log_odds_step(1, alpha, gamma)
    if sells > 0:
        total += sells * log_odds_step(-1, alpha, gamma)
    return total


@jit
def _log_power(count: int, probability: float) -> float:
    """Return count * ln(probability) with 0 ln 0 = 0."""
    if count == 0:
        return 0.0
    return count * math.log(probability) if probability > 0.0 else -math.inf


@jit
def log_likelihood(buys: int, sells: int, prior: float, alpha: float, gamma: float) -> float:
    """Return ln P(one sequence with that many buys and sells); minus infinity where it cannot happen.

    Source: ln[pi b_H^n s_H^m + (1 - pi) b_L^n s_L^m], taken in logs.
    """
    high = _log_power(1, prior)
    high += _log_power(buys, side_if_high(1, alpha, gamma)) + _log_power(sells, side_if_high(-1, alpha, gamma))
    low = _log_power(1, 1.0 - prior)
    low += _log_power(buys, side_if_low(1, alpha, gamma)) + _log_power(sells, side_if_low(-1, alpha, gamma))
    larger, smaller = max(high, low), min(high, low)
    if larger == -math.inf:
        return larger
    return larger + math.log1p(math.exp(smaller - larger))


@jit
def informed_share(prior: float, side: int, alpha: float, gamma: float) -> float:
    """Return P(the trader was informed | side), a probability; NaN where the side cannot trade.

    Source: Bayes: P(I | B) = alpha pi / P_B, P(I | S) = alpha (1 - pi) / P_S.
    """
    total = side_probability(prior, side, alpha, gamma)
    if not total > 0.0:
        return math.nan
    if side == 0:
        return alpha
    return alpha * (prior if side > 0 else 1.0 - prior) / total


@jit
def gains(width: float, prior: float, side: int, alpha: float, gamma: float) -> tuple[float, float, float]:
    """Return what (informed, noise, maker) expect of one side per arrival, in the unit of ``width``; they sum to 0.

    All 0 where the side cannot trade.

    Source: Glosten & Milgrom (1985), section 2: the informed gain what the noise traders lose, side by side.
    """
    price = posterior(prior, side, alpha, gamma)
    if side == 0 or math.isnan(price):
        return 0.0, 0.0, 0.0
    sign = 1.0 if side > 0 else -1.0
    knows = alpha * (prior * (1.0 - price) if side > 0 else (1.0 - prior) * price)
    unaware = (1.0 - alpha) * (gamma if side > 0 else 1.0 - gamma) * sign * (prior - price)
    with_high = prior * side_if_high(side, alpha, gamma) * (price - 1.0)
    with_low = (1.0 - prior) * side_if_low(side, alpha, gamma) * price
    return width * knows, width * unaware, width * sign * (with_high + with_low)
