"""Kyle's market in continuous time with a value of 0 or 1 and a random end: where Back and Baruch's game tends.

The value is revealed at rate r. Noise orders are a Brownian motion of volatility sigma; the maker sees total orders Y
and moves the price, P(V = 1), by dp = lambda(p) dY. In z = Phi^-1(p) all is closed form: dz = r z dt + sqrt(2 r) dW.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.statistics import FRACTIONS, stream, uniform
from glosten.theory._domain import Interval, require, whole_problem
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._kyle_paths import kyle_paths
from glosten.theory._kyle_prices import kyle_impact, kyle_insider_rate, kyle_value_high
from glosten.theory._normal import normal_quantile, normal_tail
from glosten.theory._path_kernel import KernelEnsemble, kernel_ensemble

VOLATILITY = Interval(
    "volatility", "of the noise orders, in units per square root of time", 0.0, math.inf, open_low=True
)
REVELATION_RATE = Interval(
    "revelation_rate", "how often the value is revealed, per unit of time", 0.0, math.inf, open_low=True
)
PRIOR = Interval("prior", "the probability of V = 1", open_low=True, open_high=True)
ELAPSED = Interval("elapsed", "the time that passes", 0.0, math.inf)
STEP = Interval("step", "the time between two prices", 0.0, math.inf, open_low=True)
HORIZON = Interval("horizon", "the time that paths cover", 0.0, math.inf, open_low=True)


@jit
def _walk(prices: NDArray[np.float64], start: float, growth: float, key: np.uint64) -> None:
    """Write the price at every date of every path, shape (paths, dates + 1), from exact normal steps of z."""
    sd = math.sqrt(growth * growth - 1.0)
    steps = prices.shape[1] - 1
    for path in range(prices.shape[0]):
        z = start
        prices[path, 0] = normal_tail(-z)
        for step in range(steps):
            draw = uniform(key, path * steps + step) + 0.5 / FRACTIONS
            z = growth * z + sd * normal_quantile(draw)
            prices[path, step + 1] = normal_tail(-z)


class ImpactQuotes(NamedTuple):
    """Prices after an order of one size on either side, the price now, and how much a unit moves it."""

    bid: float
    ask: float
    spread: float
    mean: float
    impact: float


@dataclass(frozen=True, slots=True)
class KyleLimit:
    """Kyle's continuous market for a value in {0, 1} that is revealed at a random time, unless it has been already.

    ``prior`` = P(V = 1) is the price, inside (0, 1); ``volatility`` of the noise orders and ``revelation_rate`` are
    above 0. Raises `DomainError` naming every parameter outside its domain.

    Source: Back & Baruch (2004), Information in securities markets: Kyle meets Glosten and Milgrom.
    """

    prior: float
    volatility: float = 1.0
    revelation_rate: float = 1.0

    def __post_init__(self) -> None:
        checks = [PRIOR.problem(self.prior), VOLATILITY.problem(self.volatility)]
        require([*checks, REVELATION_RATE.problem(self.revelation_rate)])

    @property
    def impact(self) -> float:
        """Return lambda(p), price per unit of orders.

        Source: `kyle_impact`.
        """
        return kyle_impact(self.prior, self.volatility, self.revelation_rate)

    @property
    def value_high(self) -> float:
        """Return what the insider expects to gain when V = 1.

        Source: `kyle_value_high`.
        """
        return kyle_value_high(self.prior, self.volatility, self.revelation_rate)

    @property
    def value_low(self) -> float:
        """Return what the insider expects to gain when V = 0.

        Source: `kyle_value_high` at 1 - p.
        """
        return kyle_value_high(1.0 - self.prior, self.volatility, self.revelation_rate)

    @property
    def insider_rates(self) -> tuple[float, float]:
        """Return units per unit of time that the insider buys when V = 1 and when V = 0 (then negative).

        Source: `kyle_insider_rate`.
        """
        high = kyle_insider_rate(self.prior, self.volatility, self.revelation_rate)
        return high, -kyle_insider_rate(1.0 - self.prior, self.volatility, self.revelation_rate)

    def quotes(self, size: float = 0.1) -> ImpactQuotes:
        """Return the prices after a sale and a purchase of that size, to first order, cut to [0, 1].

        There is no spread at size 0: in this limit every single order is too small to tell anything.
        """
        require([Interval("size", "of the order, in units", 0.0, math.inf).problem(size)])
        move = self.impact * size
        bid, ask = max(self.prior - move, 0.0), min(self.prior + move, 1.0)
        return ImpactQuotes(bid, ask, ask - bid, self.prior, self.impact)

    def update(self, orders: float, elapsed: float) -> KyleLimit:
        """Return the market after total orders (bought less sold, units) that arrived evenly over a time.

        Source: dz = r z dt + (sqrt(2 r) / sigma) dY, Ito's rule applied to dp = lambda dY, solved for a constant dY/dt.
        """
        require([ELAPSED.problem(elapsed), Interval("orders", "in units", -math.inf, math.inf).problem(orders)])
        rate = self.revelation_rate * elapsed
        average = math.expm1(rate) / rate if rate > 0.0 else 1.0
        pushed = math.sqrt(2.0 * self.revelation_rate) / self.volatility * orders * average
        return replace(self, prior=normal_tail(-(normal_quantile(self.prior) * math.exp(rate) + pushed)))

    def price_law(self, elapsed: float, level: float) -> float:
        """Return P(the price stands at or below a level after a time), unless the value is revealed before.

        Source: z_t is normal with mean e^(rt) z_0 and variance e^(2rt) - 1.
        """
        require([ELAPSED.problem(elapsed), Interval("level", "a price").problem(level)])
        growth = math.exp(self.revelation_rate * elapsed)
        distance = normal_quantile(level) - growth * normal_quantile(self.prior)
        if growth == 1.0:
            return 1.0 if self.prior <= level else 0.0
        return normal_tail(-distance / math.sqrt(growth * growth - 1.0))

    @property
    def mean(self) -> float:
        """Return E[V], the price."""
        return float(self.prior)

    def log_likelihood(self, prices: Iterable[float], step: float) -> float:
        """Return ln of the density of the next prices, one every ``step``, while the value is hidden; maker's view.

        The density is by price: it is that of the order flow, which the prices tell in full, changed to prices.

        Source: z' is normal with mean e^(r step) z and variance e^(2 r step) - 1; dz/dp = 1 / phi(z).
        """
        path = [float(price) for price in prices]
        level = Interval("price", "of the path", open_low=True, open_high=True)
        require([STEP.problem(step), *(level.problem(price) for price in path)])
        growth, total = math.exp(self.revelation_rate * step), 0.0
        variance, z = growth * growth - 1.0, normal_quantile(self.prior)
        for price in path:
            further = normal_quantile(price)
            squared = (further - growth * z) ** 2 / variance
            total += 0.5 * (further * further - squared - math.log(variance))
            z = further
        return total

    def ensemble(self, periods: int, seed: int = 0, horizon: float | None = None) -> KernelEnsemble:
        """Return all paths that the seed draws, at so many equally spaced times up to ``horizon``, 1 / r unless given.

        A path ends, its price at the value, when the value is revealed. Prices are exact in law; gains are
        reckoned step by step, exact as steps shrink. There is no spread and no count of trades: both are 0.

        Source: `kyle_paths`.
        """
        far = 1.0 / self.revelation_rate if horizon is None else horizon
        require([*simulation_problems(periods, 1, seed), HORIZON.problem(far)])
        numbers = (
            normal_quantile(self.prior),
            float(self.volatility),
            float(self.revelation_rate),
            far / max(periods, 1),
        )
        return kernel_ensemble("kyle limit", kyle_paths, numbers, periods, seed)

    def simulate(self, periods: int, paths: int, seed: int = 0, horizon: float | None = None) -> Simulation:
        """Return means over simulated paths, at so many equally spaced times, each with its standard error."""
        require(simulation_problems(periods, paths, seed))
        return simulate_ensemble(self.ensemble(periods, seed, horizon), paths)

    def price_paths(self, step: float, steps: int, paths: int, seed: int = 0) -> NDArray[np.float64]:
        """Return prices at 0, step, 2 step, ... while the value is hidden, shape (paths, steps + 1): exact in law.

        The maker's law: given the last price p the value is 1 with probability p.
        """
        require([ELAPSED.problem(step), whole_problem("steps", steps), whole_problem("paths", paths, 1)])
        prices: NDArray[np.float64] = np.empty((paths, steps + 1))
        key = stream(seed, "kyle limit")
        _walk(prices, normal_quantile(self.prior), math.exp(self.revelation_rate * step), key)
        return prices
