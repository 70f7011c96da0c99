"""Kyle's market in continuous time with a value of 0 or 1 and a random end: where Back and Baruch's game tends.

The value is revealed at rate r. Noise orders are a Brownian motion of volatility sigma; the maker sees total orders Y
and moves the price, P(V = 1), by dp = lambda(p) dY. In z = Phi^-1(p) all is closed form: dz = r z dt + sqrt(2 r) dW.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.statistics import FRACTIONS, stream, uniform
from glosten.theory._domain import Interval, require, whole_problem
from glosten.theory._normal import normal_density, normal_loss, normal_quantile, normal_tail

VOLATILITY = Interval(
    "volatility", "of the noise orders, in units per square root of time", 0.0, math.inf, open_low=True
)
REVELATION_RATE = Interval(
    "revelation_rate", "how often the value is revealed, per unit of time", 0.0, math.inf, open_low=True
)
PRIOR = Interval("prior", "the probability of V = 1", open_low=True, open_high=True)
ELAPSED = Interval("elapsed", "the time that passes", 0.0, math.inf)


@jit
def kyle_impact(prior: float, volatility: float, revelation_rate: float) -> float:
    """Return lambda(p), how far one unit of orders moves the price.

    Source: limit of Back & Baruch (2004): (sqrt(2 r) / sigma) phi(Phi^-1(p)), the solution of
    lambda lambda'' = -2 r / sigma^2.
    """
    return math.sqrt(2.0 * revelation_rate) / volatility * normal_density(normal_quantile(prior))


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

    def quotes(self, size: float) -> tuple[float, float]:
        """Return (bid, ask), the prices after a small order of that size, to first order, cut to [0, 1].

        There is no spread at size 0: in this limit every single order is too small to tell anything.
        """
        require([Interval("size", "of the order, in units", 0.0, math.inf).problem(size)])
        move = self.impact * size
        return max(self.prior - move, 0.0), min(self.prior + move, 1.0)

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

    def simulate(self, step: float, steps: int, paths: int, seed: int = 0) -> NDArray[np.float64]:
        """Return prices at 0, step, 2 step, ... while the value is hidden, shape (paths, steps + 1): exact in law.

        The maker's law: given the last price p the value is 1 with probability p.
        """
        require([ELAPSED.problem(step), whole_problem("steps", steps), whole_problem("paths", paths, 1)])
        prices: NDArray[np.float64] = np.empty((paths, steps + 1))
        key = stream(seed, "kyle limit")
        _walk(prices, normal_quantile(self.prior), math.exp(self.revelation_rate * step), key)
        return prices
