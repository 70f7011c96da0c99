"""Quotes and likelihoods of the market of Poisson arrivals, one compiled function an equation.

``mu``, ``eps_b`` and ``eps_s`` are arrivals per day of informed traders on a day with news, and of noise buyers and
sellers on every day. A side where nobody can come has no quote: NaN.
"""

from __future__ import annotations

import math

from glosten._jit import jit

NO_EVENT, GOOD, BAD = 0, 1, 2


@jit
def ekop_ask(mean: float, v_high: float, p_good: float, mu: float, eps_b: float) -> float:
    """Return E[V | a buyer comes now] in price units, from the mean and P(good news) now; NaN where none can come.

    Source: Easley, Kiefer, O'Hara & Paperman (1996): ask = E V + mu P_g / (eps_b + mu P_g) (V_H - E V).
    """
    informed = mu * p_good
    rate = eps_b + informed
    return mean + informed / rate * (v_high - mean) if rate > 0.0 else math.nan


@jit
def ekop_bid(mean: float, v_low: float, p_bad_news: float, mu: float, eps_s: float) -> float:
    """Return E[V | a seller comes now] in price units, from the mean and P(bad news) now; NaN where none can come.

    Source: Easley, Kiefer, O'Hara & Paperman (1996): bid = E V - mu P_b / (eps_s + mu P_b) (E V - V_L).
    """
    informed = mu * p_bad_news
    rate = eps_s + informed
    return mean - informed / rate * (mean - v_low) if rate > 0.0 else math.nan


@jit
def pin(p_event: float, mu: float, eps_b: float, eps_s: float) -> float:
    """Return the probability that the next trade is informed, at the opening; NaN where nobody trades.

    Source: Easley, Kiefer, O'Hara & Paperman (1996): a mu / (a mu + eps_b + eps_s).
    """
    informed = p_event * mu
    total = informed + eps_b + eps_s
    return informed / total if total > 0.0 else math.nan


@jit
def log_poisson(count: int, rate: float) -> float:
    """Return ln P(count) of a Poisson number of that mean; minus infinity where a mean of 0 brought somebody."""
    if rate <= 0.0:
        return 0.0 if count == 0 else -math.inf
    return count * math.log(rate) - rate - math.lgamma(count + 1.0)


@jit
def day_log_joint(state: int, belief: float, buys: int, sells: int, rates: tuple[float, float, float]) -> float:
    """Return ln P(state, buys, sells) of a day; ``rates`` is (mu, eps_b, eps_s), state 0 no, 1 good, 2 bad news.

    Source: Easley, Kiefer, O'Hara & Paperman (1996).
    """
    if belief <= 0.0:
        return -math.inf
    mu, eps_b, eps_s = rates
    buyers = eps_b + (mu if state == GOOD else 0.0)
    sellers = eps_s + (mu if state == BAD else 0.0)
    return math.log(belief) + log_poisson(buys, buyers) + log_poisson(sells, sellers)


@jit
def ekop_log_likelihood(
    buys: int, sells: int, p_event: float, p_bad: float, rates: tuple[float, float, float]
) -> float:
    """Return ln P(buys, sells) of a day, in logs throughout: days of any number of trades neither over- nor underflow.

    Source: Easley, Kiefer, O'Hara & Paperman (1996), as a log-sum over the three kinds of day.
    """
    none = day_log_joint(0, 1.0 - p_event, buys, sells, rates)
    good = day_log_joint(1, p_event * (1.0 - p_bad), buys, sells, rates)
    bad = day_log_joint(2, p_event * p_bad, buys, sells, rates)
    largest = max(none, good, bad)
    if largest == -math.inf:
        return largest
    return largest + math.log(math.exp(none - largest) + math.exp(good - largest) + math.exp(bad - largest))
