"""The continuous-time model behind PIN: Poisson arrivals all day, informed ones only on days with news.

Easley, Kiefer, O'Hara and Paperman. ``mu``, ``eps_b`` and ``eps_s`` are arrivals per day of informed traders on a day
with news, and of noise buyers and sellers on every day. A side where nobody can come has no quote: NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.errors import DomainError
from glosten.statistics import stream, uniform
from glosten.theory._binary_model import V_HIGH, V_LOW, Gains
from glosten.theory._domain import Interval, require, rising_problem, whole_problem
from glosten.theory._ekop_paths import ekop_paths
from glosten.theory._ekop_quotes import day_log_joint, ekop_ask, ekop_bid, ekop_log_likelihood, pin
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._event_uncertainty import BAD, GOOD, NO_EVENT, P_BAD, P_EVENT, V_NONE
from glosten.theory._order_flow import log_sum
from glosten.theory._path_kernel import KernelEnsemble, kernel_ensemble

MU = Interval("mu", "informed traders per day with news", 0.0, math.inf)
EPS_B = Interval("eps_b", "noise buyers per day", 0.0, math.inf)
EPS_S = Interval("eps_s", "noise sellers per day", 0.0, math.inf)
DAYS = Interval("days", "the time that passes, in days", 0.0, math.inf)
DRAWS_PER_DAY = 2**40
"""Numbers of a stream set aside for one day: more than arrivals that fit in memory."""


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


class ArrivalQuotes(NamedTuple):
    """Both quotes of an instant, in price units, and how many buyers and sellers are expected per day.

    A side where nobody can come is None (there is no spread then), and ``why_no_bid`` or ``why_no_ask`` says why.
    """

    bid: float | None
    ask: float | None
    spread: float | None
    mean: float
    buyers: float
    sellers: float
    why_no_bid: str | None
    why_no_ask: str | None


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
        checks.append(rising_problem("v_low", self.v_low, "v_high", self.v_high))
        require(checks)
        if self.v_none is None:
            object.__setattr__(self, "v_none", self.v_high - self.p_bad * (self.v_high - self.v_low))
        else:
            require([V_NONE._replace(low=float(self.v_low), high=float(self.v_high)).problem(self.v_none)])
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

    def quotes(self) -> ArrivalQuotes:
        """Return both quotes now, with the arrivals per day that are expected on each side.

        Source: `ekop_bid`, `ekop_ask`.
        """
        bid = ekop_bid(self.mean, self.v_low, self.beliefs[BAD], self.mu, self.eps_s)
        ask = ekop_ask(self.mean, self.v_high, self.beliefs[GOOD], self.mu, self.eps_b)
        one_sided = math.isnan(bid) or math.isnan(ask)
        return ArrivalQuotes(
            bid=None if math.isnan(bid) else bid,
            ask=None if math.isnan(ask) else ask,
            spread=None if one_sided else ask - bid,
            mean=self.mean,
            buyers=self.arrival_rate(1),
            sellers=self.arrival_rate(-1),
            why_no_bid=self.why_no_quote(-1),
            why_no_ask=self.why_no_quote(1),
        )

    def gains(self, side: int | None = None) -> Gains:
        """Return what each class gains per day at the quotes of now, in price units: on one side, or on both.

        Source: Easley, Kiefer, O'Hara & Paperman (1996): zero expected profit of the maker on each side.
        """
        informed = noise = maker = 0.0
        for one in (1, -1) if side is None else (side,):
            rate, price = self.arrival_rate(one), (self.quotes().ask if one > 0 else self.quotes().bid)
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

    def ensemble(self, periods: int, seed: int = 0) -> KernelEnsemble:
        """Return all days that the seed draws, looked at on a grid of so many equal parts of a day.

        Every arrival trades at the quotes of its instant, which learn from it and from the time without any. The order
        of a period (`Orders`) is the number of buyers less sellers in it.

        Source: `ekop_paths`.
        """
        values = [self.v_none, self.v_high, self.v_low]
        numbers = np.array(values, np.float64), np.array(self.beliefs), self._rates
        return kernel_ensemble("ekop day", ekop_paths, numbers, periods, seed)

    def simulate(self, periods: int, paths: int, seed: int = 0) -> Simulation:
        """Return means over simulated days on a grid of so many equal parts, each with its standard error."""
        require(simulation_problems(periods, paths, seed))
        return simulate_ensemble(self.ensemble(periods, seed), paths)

    def day_counts(self, days: int, seed: int = 0) -> NDArray[np.int64]:
        """Return buys and sells of independent days, shape (days, 2).

        Source: the three kinds of day and Poisson counts by exponential waits.
        """
        require([whole_problem("days", days), whole_problem("seed", seed)])
        counts = np.zeros((days, 2), np.int64)
        _simulate_days(self.beliefs, self._rates, counts, stream(seed, "ekop"))
        return counts
