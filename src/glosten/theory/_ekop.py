"""The continuous-time model behind PIN: Poisson arrivals all day, informed ones only on days with news.

Easley, Kiefer, O'Hara and Paperman. ``mu``, ``eps_b`` and ``eps_s`` are arrivals per day of informed traders on a day
with news, and of noise buyers and sellers on every day. A side where nobody can come has no quote: NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.errors import DomainError
from glosten.statistics import stream, uniform
from glosten.theory._binary_model import V_HIGH, V_LOW, Gains
from glosten.theory._domain import Interval, require, whole_problem
from glosten.theory._event_uncertainty import BAD, GOOD, NO_EVENT, P_BAD, P_EVENT, V_NONE
from glosten.theory._order_flow import log_sum

MU = Interval("mu", "informed traders per day with news", 0.0, math.inf)
EPS_B = Interval("eps_b", "noise buyers per day", 0.0, math.inf)
EPS_S = Interval("eps_s", "noise sellers per day", 0.0, math.inf)
DAYS = Interval("days", "the time that passes, in days", 0.0, math.inf)
DRAWS_PER_DAY = 2**40
"""Numbers of a stream set aside for one day: more than arrivals that fit in memory."""


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


@jit
def _arrivals(rate: float, key: np.uint64, first: int) -> int:
    """Return a Poisson number of that mean: exponential waits until the day is over."""
    if rate <= 0.0:
        return 0
    waited, count = 0.0, 0
    while True:
        waited -= math.log1p(-uniform(key, first + count))
        if waited > rate:
            return count
        count += 1


@jit
def _simulate_days(
    beliefs: tuple[float, float, float], rates: tuple[float, float, float], counts: NDArray[np.int64], key: np.uint64
) -> None:
    """Write buys and sells of every day, shape (days, 2); a day depends on the key and its own number alone."""
    mu, eps_b, eps_s = rates
    for day in range(counts.shape[0]):
        start = day * DRAWS_PER_DAY
        news = uniform(key, start)
        good = beliefs[0] <= news < beliefs[0] + beliefs[1]
        bad = news >= beliefs[0] + beliefs[1]
        counts[day, 0] = _arrivals(eps_b + (mu if good else 0.0), key, start + 1)
        counts[day, 1] = _arrivals(eps_s + (mu if bad else 0.0), key, start + DRAWS_PER_DAY // 2)


@dataclass(frozen=True, slots=True)
class Ekop:
    """Easley, Kiefer, O'Hara and Paperman's market of Poisson arrivals.

    ``v_low`` < ``v_high`` in price units; ``p_event`` = P(news) and ``p_bad`` = P(bad | news) in [0, 1]; ``mu``,
    ``eps_b``, ``eps_s`` arrivals per day, 0 or more. ``v_none``, the value without news, is the prior mean unless
    given. Raises `DomainError` naming every parameter outside its domain. ``beliefs`` in (no news, good, bad) follow.

    Source: Easley, Kiefer, O'Hara & Paperman (1996), Liquidity, information, and infrequently traded stocks.
    """

    v_low: float
    v_high: float
    p_event: float
    p_bad: float
    mu: float
    eps_b: float
    eps_s: float
    v_none: float | None = None
    beliefs: tuple[float, float, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        checks = [V_LOW.problem(self.v_low), V_HIGH.problem(self.v_high), P_EVENT.problem(self.p_event)]
        checks += [P_BAD.problem(self.p_bad), MU.problem(self.mu)]
        checks += [EPS_B.problem(self.eps_b), EPS_S.problem(self.eps_s)]
        if self.v_low >= self.v_high:
            checks.append(f"v_low must lie below v_high; they were {self.v_low:g} and {self.v_high:g}.")
        if self.v_none is None:
            require(checks)
            object.__setattr__(self, "v_none", self.v_high - self.p_bad * (self.v_high - self.v_low))
        else:
            require([*checks, V_NONE._replace(low=self.v_low, high=self.v_high).problem(self.v_none)])
        for name in ("v_low", "v_high", "p_event", "p_bad", "mu", "eps_b", "eps_s", "v_none"):
            object.__setattr__(self, name, float(getattr(self, name)))
        news = (1.0 - self.p_event, self.p_event * (1.0 - self.p_bad), self.p_event * self.p_bad)
        object.__setattr__(self, "beliefs", news)

    @property
    def _rates(self) -> tuple[float, float, float]:
        return self.mu, self.eps_b, self.eps_s

    def _believing(self, weights: tuple[float, float, float]) -> Ekop:
        total = math.fsum(weights)
        beliefs = (weights[0] / total, weights[1] / total, weights[2] / total)
        event = beliefs[GOOD] + beliefs[BAD]
        model = replace(self, p_event=min(event, 1.0), p_bad=beliefs[BAD] / event if event > 0.0 else self.p_bad)
        object.__setattr__(model, "beliefs", beliefs)
        return model

    @property
    def mean(self) -> float:
        """Return E[V] in price units."""
        none = self.v_high if self.v_none is None else self.v_none
        above = self.beliefs[NO_EVENT] * (none - self.v_low) + self.beliefs[GOOD] * (self.v_high - self.v_low)
        return self.v_low + above

    @property
    def pin(self) -> float | None:
        """Return the probability that the next trade is informed, None where nobody trades.

        Source: `pin`.
        """
        share = pin(self.p_event, self.mu, self.eps_b, self.eps_s)
        return None if math.isnan(share) else share

    def arrival_rate(self, side: int) -> float:
        """Return the expected arrivals per day of buyers (+1) or sellers (-1) now."""
        require([None if side in (1, -1) else f"side must be 1 (a buy) or -1 (a sell); it was {side}."])
        noise = self.eps_b if side > 0 else self.eps_s
        return noise + self.mu * self.beliefs[GOOD if side > 0 else BAD]

    def why_no_quote(self, side: int) -> str | None:
        """Return in words why no buyer (+1) or seller (-1) can come, None where one can."""
        if self.arrival_rate(side) > 0.0:
            return None
        word, kind, noise = ("buyer", "good", "eps_b") if side > 0 else ("seller", "bad", "eps_s")
        known = "there are no informed traders (mu = 0)" if self.mu == 0.0 else f"{kind} news is ruled out"
        return f"No {word} can come: {known}, and there are no noise {word}s ({noise} = 0)."

    def quotes(self) -> tuple[float | None, float | None]:
        """Return (bid, ask) now, in price units; a side where nobody can come is None, `why_no_quote` says why.

        Source: `ekop_bid`, `ekop_ask`.
        """
        bid = ekop_bid(self.mean, self.v_low, self.beliefs[BAD], self.mu, self.eps_s)
        ask = ekop_ask(self.mean, self.v_high, self.beliefs[GOOD], self.mu, self.eps_b)
        return None if math.isnan(bid) else bid, None if math.isnan(ask) else ask

    def gains(self, side: int | None = None) -> Gains:
        """Return what each class gains per day at the quotes of now, in price units: on one side, or on both.

        Source: Easley, Kiefer, O'Hara & Paperman (1996): zero expected profit of the maker on each side.
        """
        informed = noise = maker = 0.0
        for one in (1, -1) if side is None else (side,):
            rate, price = self.arrival_rate(one), self.quotes()[1 if one > 0 else 0]
            if price is None:
                continue
            known, value = (GOOD, self.v_high) if one > 0 else (BAD, self.v_low)
            won = one * self.mu * self.beliefs[known] * (value - price)
            lost = one * (self.eps_b if one > 0 else self.eps_s) * (self.mean - price)
            informed, noise = informed + won, noise + lost
            flow = self.mu * self.beliefs[known] * value + (rate - self.mu * self.beliefs[known]) * self.mean
            maker += one * (rate * price - flow)
        return Gains(informed, noise, maker)

    def update(self, side: int) -> Ekop:
        """Return the model after a buy (1) or a sell (-1) arrived just now; `wait` says what time alone teaches.

        Raises `DomainError` where it cannot happen.

        Source: Easley, Kiefer, O'Hara & Paperman (1996).
        """
        why = self.why_no_quote(side)
        if why is not None:
            raise DomainError(f"{why} Nothing can be learned from it.")
        noise, knows = (self.eps_b, GOOD) if side > 0 else (self.eps_s, BAD)
        none, good, bad = (
            belief * (noise + (self.mu if state == knows else 0.0)) for state, belief in enumerate(self.beliefs)
        )
        return self._believing((none, good, bad))

    def wait(self, days: float) -> Ekop:
        """Return the model after that many days without a trade: silence speaks against news.

        Source: no arrival has probability exp(-(eps_b + eps_s) t) without news and exp(-mu t) times that with it.
        """
        require([DAYS.problem(days)])
        quiet = math.exp(-self.mu * days)
        if self.beliefs[NO_EVENT] == 0.0:
            return self
        return self._believing((self.beliefs[NO_EVENT], self.beliefs[GOOD] * quiet, self.beliefs[BAD] * quiet))

    def posterior(self, buys: int, sells: int) -> tuple[float, float, float] | None:
        """Return P(no news), P(good), P(bad) at the end of a day with those counts, None where they cannot happen.

        Source: `day_log_joint` and Bayes.
        """
        require([whole_problem("a number of trades", count) for count in (buys, sells)])
        none, good, bad = (
            day_log_joint(state, belief, buys, sells, self._rates) for state, belief in enumerate(self.beliefs)
        )
        total = log_sum((none, good, bad))
        if total == -math.inf:
            return None
        return math.exp(none - total), math.exp(good - total), math.exp(bad - total)

    def log_likelihood(self, days: Iterable[tuple[int, int]]) -> float:
        """Return ln P(the buys and sells of independent days); minus infinity where one of them cannot happen.

        Source: `ekop_log_likelihood`.
        """
        pairs = list(days)
        require([whole_problem("a number of trades", count) for pair in pairs for count in pair])
        rows = [ekop_log_likelihood(buys, sells, self.p_event, self.p_bad, self._rates) for buys, sells in pairs]
        return -math.inf if -math.inf in rows else math.fsum(rows)

    def simulate(self, days: int, seed: int = 0) -> NDArray[np.int64]:
        """Return buys and sells of independent days, shape (days, 2).

        Source: the three kinds of day and Poisson counts by exponential waits.
        """
        require([whole_problem("days", days), whole_problem("seed", seed)])
        counts = np.zeros((days, 2), np.int64)
        _simulate_days(self.beliefs, self._rates, counts, stream(seed, "ekop"))
        return counts
