"""Back and Baruch's game as an object: prices, values, intensities, time without trades, and play by play."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from glosten._jit import jit
from glosten.statistics import FRACTIONS, Mean, advance, sequence, stream
from glosten.theory import _back_baruch
from glosten.theory._back_baruch import (
    GRADING,
    HALF,
    NODES,
    REACH,
    Floats,
    Solution,
    log_value,
    node_of,
    odds_ratio,
    step_to_ask,
)
from glosten.theory._binary_model import BUY, SELL, Quotes
from glosten.theory._domain import Interval, require, whole_problem
from glosten.theory._kyle_limit import ELAPSED, PRIOR, REVELATION_RATE, KyleLimit
from glosten.theory._normal import normal_density, normal_quantile, normal_tail

NOISE_RATE = Interval("noise_rate", "noise buys, and noise sells, per unit of time", 0.0, math.inf, open_low=True)
ORDER_SIZE = Interval("order_size", "of every order, in units", 0.0, math.inf, open_low=True)
RATIO = Interval("noise_rate / revelation_rate", "orders of either side before the end", 0.05, 2500.0)
PATIENCE = 0.003
"""Chance of a noise order or the end in one step of a simulated path."""
SURE = 1e-12
"""Prices closer to 0 or 1 than this are not told apart."""
DRIFT_STEP = 0.002
"""Longest step, in z, of the path without trades."""


class Intensities(NamedTuple):
    """Orders per unit of time that the insider sends: the first letter is the value known, high or low."""

    high_buys: float
    high_sells: float
    low_buys: float
    low_sells: float


class Play(NamedTuple):
    """What each side gained until the value was revealed; the three sum to 0 on every path."""

    insider: Mean
    noise: Mean
    maker: Mean


@jit
def bluff_at(w: Floats, z: float, curvature: float, bluff_rate: float) -> float:
    """Return the high type's rate of selling at z in units of r: ``bluff_rate`` for every order's worth it would gain.

    Source: the smoothed complementarity V(p) >= (b - 1) delta + V(b), equality where theta_HS > 0; nothing up to 1/2.
    """
    if z <= 0.0 or bluff_rate <= 0.0:
        return 0.0
    bid = z - step_to_ask(w, -z, curvature)
    gain = math.exp(log_value(w, bid, curvature)) - normal_tail(bid) - math.exp(log_value(w, z, curvature))
    return bluff_rate * max(gain, 0.0)


@jit
def insider_intensities(
    w: Floats, z: float, ratio: float, curvature: float, bluff_rate: float
) -> tuple[float, float, float, float]:
    """Return the rates (theta_HB, theta_HS, theta_LB, theta_LS) in units of r at z = Phi^-1(p).

    Source: Bayes: beta + theta_HB = R(p) (beta + theta_LB), beta + theta_LS = R(1 - p) (beta + theta_HS), R the odds
    ratio of a buy; without bluffing theta_HB = beta (a - p) / (p (1 - a)).
    """
    high_sells, low_buys = bluff_at(w, z, curvature, bluff_rate), bluff_at(w, -z, curvature, bluff_rate)
    buy = odds_ratio(z, z + step_to_ask(w, z, curvature))
    sell = odds_ratio(-z, -z + step_to_ask(w, -z, curvature))
    return buy * (ratio + low_buys) - ratio, high_sells, low_buys, sell * (ratio + high_sells) - ratio


@jit
def _drift(rates: tuple[float, float, float, float], z: float) -> float:
    """Return dz/dt between trades in units of r, f / phi(z).

    Source: Back & Baruch (2004): f = p (1 - p) (theta_LB + theta_LS - theta_HB - theta_HS).
    """
    turn = normal_tail(z) * normal_tail(-z) / normal_density(z)
    return turn * (rates[2] + rates[3] - rates[0] - rates[1])


@jit
def _tables(w: Floats, ratio: float, curvature: float, bluff_rate: float) -> Floats:
    """Return by node: step to the ask, the four intensities and the drift of z, shape (6, nodes)."""
    tables: Floats = np.empty((6, NODES))
    for node in range(NODES):
        z = node_of(node)
        rates = insider_intensities(w, z, ratio, curvature, bluff_rate)
        tables[0, node] = step_to_ask(w, z, curvature)
        for kind in range(4):
            tables[1 + kind, node] = rates[kind]
        tables[5, node] = _drift(rates, z)
    return tables


@jit
def _read(tables: Floats, row: int, place: float) -> float:
    """Return a row of the tables at a place of the grid, linear between its points."""
    first = min(max(math.floor(place), 0), NODES - 2)
    share = min(max(place - first, 0.0), 1.0)
    return float((1.0 - share) * tables[row, first] + share * tables[row, first + 1])


@jit
def _play(tables: Floats, z: float, value: int, ratio: float, keys: tuple[np.uint64, np.uint64]) -> tuple[float, float]:
    """Return what (insider, noise) gain on one path, in orders, until the value is revealed."""
    first, second = keys
    step = PATIENCE / (1.0 + ratio)
    row = 1 if value == 1 else 3
    insider = noise = 0.0
    while True:
        draw, first, second = advance(first, second)
        left = draw / FRACTIONS / step - 1.0
        if left < 0.0:
            return insider, noise
        inside = min(max(z, -REACH), REACH)
        place = (math.asinh(inside * math.sinh(GRADING) / REACH) / GRADING + 1.0) * HALF
        buys, sells = _read(tables, row, place), _read(tables, row + 1, place)
        if left < ratio + buys:
            z += _read(tables, 0, place)
            gain = value - normal_tail(-z)
            noise, insider = (noise + gain, insider) if left < ratio else (noise, insider + gain)
        elif left < 2.0 * ratio + buys + sells:
            z -= _read(tables, 0, 2.0 * HALF - place)
            gain = normal_tail(-z) - value
            is_noise = left < 2.0 * ratio + buys
            noise, insider = (noise + gain, insider) if is_noise else (noise, insider + gain)
        else:
            z += _read(tables, 5, place) * step


@jit
def _play_all(tables: Floats, start: tuple[float, int], ratio: float, key: np.uint64, gains: Floats) -> None:
    """Write what insider and noise gain on every path, shape (2, paths); a value of -1 is drawn from the prior."""
    z, known = start
    for path in range(gains.shape[1]):
        first, second = sequence(key, path)
        draw, first, second = advance(first, second)
        value = known if known >= 0 else int(draw / FRACTIONS < normal_tail(-z))
        gains[0, path], gains[1, path] = _play(tables, z, value, ratio, (first, second))


@dataclass(frozen=True, slots=True)
class BackBaruch:
    """Back and Baruch's market for a value in {0, 1}, before it is revealed.

    ``prior`` = P(V = 1) inside (0, 1); ``noise_rate`` of buys and of sells and ``revelation_rate`` per unit of time,
    ``order_size`` in units. ``bluffing`` lets the insider trade the wrong way where that pays; without it the answer is
    an equilibrium only as long as `slack` is nowhere negative. Raises `DomainError` naming every parameter outside its
    domain; noise_rate / revelation_rate may run from 0.05 to 2500. The first use of a ratio takes seconds.

    Source: Back & Baruch (2004), Information in securities markets: Kyle meets Glosten and Milgrom.
    """

    prior: float
    noise_rate: float = 0.5
    order_size: float = 1.0
    revelation_rate: float = 1.0
    bluffing: bool = True

    def __post_init__(self) -> None:
        checks = [PRIOR.problem(self.prior), NOISE_RATE.problem(self.noise_rate)]
        require([*checks, ORDER_SIZE.problem(self.order_size), REVELATION_RATE.problem(self.revelation_rate)])
        near = f"prior must lie {SURE:g} or more away from 0 and 1; it was {self.prior!r}."
        require([RATIO.problem(self.ratio), near if min(self.prior, 1.0 - self.prior) < SURE else None])

    @property
    def ratio(self) -> float:
        """Return beta / r, which with the prior decides everything but the units."""
        return self.noise_rate / self.revelation_rate

    @property
    def _z(self) -> float:
        return normal_quantile(self.prior)

    def _solution(self) -> Solution:
        return _back_baruch.solve(self.ratio, self.bluffing)

    def _rates(self, z: float) -> tuple[float, float, float, float]:
        solution = self._solution()
        game = solution.game
        return insider_intensities(solution.w, z, game.ratio, game.curvature, game.bluff_rate)

    def _value(self, z: float) -> float:
        solution = self._solution()
        return self.order_size * math.exp(log_value(solution.w, z, solution.game.curvature))

    def _after(self, side: int) -> float:
        """Return z after a trade."""
        solution = self._solution()
        return self._z + side * step_to_ask(solution.w, side * self._z, solution.game.curvature)

    @property
    def value_high(self) -> float:
        """Return V(p), what the insider expects to gain when V = 1."""
        return self._value(self._z)

    @property
    def value_low(self) -> float:
        """Return J(p) = V(1 - p), what the insider expects to gain when V = 0."""
        return self._value(-self._z)

    @property
    def intensities(self) -> Intensities:
        """Return how often the insider buys and sells, per unit of time.

        Source: `insider_intensities`.
        """
        return Intensities(*(self.revelation_rate * rate for rate in self._rates(self._z)))

    @property
    def drift(self) -> float:
        """Return f(p), the price's change per unit of time while nobody trades.

        Source: Back & Baruch (2004): f = p (1 - p) (theta_LB + theta_LS - theta_HB - theta_HS).
        """
        high_buys, high_sells, low_buys, low_sells = self.intensities
        doubt = normal_tail(self._z) * normal_tail(-self._z)
        return doubt * (low_buys + low_sells - high_buys - high_sells)

    @property
    def slack(self) -> float:
        """Return what one sale costs the high type, V(p) - (b - 1) delta - V(b): a bluff pays where it is negative."""
        after = self._after(SELL)
        return self.value_high + self.order_size * normal_tail(after) - self._value(after)

    @property
    def regret(self) -> float:
        """Return the most that one more bluff would gain at any price: 0 where the equilibrium is exact.

        Without bluffing, how far the answer is from an equilibrium; with it, what the smoothing leaves: below 0.4% of
        an order.
        """
        return self.order_size * max(0.0, -float(self._solution().slack.min()))

    @property
    def bluffs_from(self) -> float | None:
        """Return the price from which on the high type sometimes sells, None where it never does."""
        where = np.flatnonzero(self._solution().bluff > 0.0)
        return normal_tail(-node_of(int(where[0]))) if where.size else None

    @property
    def kyle_limit(self) -> KyleLimit:
        """Return the market to which this one tends as orders become small and frequent: sigma^2 = 2 beta delta^2."""
        return KyleLimit(self.prior, math.sqrt(2.0 * self.noise_rate) * self.order_size, self.revelation_rate)

    def quotes(self) -> Quotes:
        """Return both quotes; ``p_buy`` and ``p_sell`` are for the next trade, should it come now.

        Source: Back & Baruch (2004): V(p) = (1 - a) delta + V(a); b(p) = 1 - a(1 - p).
        """
        rates = self.intensities
        buy = self.noise_rate + self.prior * rates.high_buys + (1.0 - self.prior) * rates.low_buys
        sell = self.noise_rate + self.prior * rates.high_sells + (1.0 - self.prior) * rates.low_sells
        ask, bid = normal_tail(-self._after(BUY)), normal_tail(-self._after(SELL))
        return Quotes(bid, ask, ask - bid, self.prior, buy / (buy + sell), sell / (buy + sell), ask, bid, None, None)

    def update(self, side: int) -> BackBaruch:
        """Return the market after a trade: +1 a buy, -1 a sell; the price is then the quote that was hit.

        Source: Bayes.
        """
        require([None if side in (BUY, SELL) else f"side must be 1 (a buy) or -1 (a sell); it was {side}."])
        return self._at(self._after(side))

    def _at(self, z: float) -> BackBaruch:
        return replace(self, prior=min(max(normal_tail(-z), SURE), 1.0 - 2.0 * SURE))

    def wait(self, elapsed: float) -> BackBaruch:
        """Return the market after a time without a trade or the end: the price runs away from one half.

        Source: Back & Baruch (2004): dp/dt = f(p), by the midpoint rule in z.
        """
        require([ELAPSED.problem(elapsed)])
        z, left = self._z, elapsed * self.revelation_rate
        while left > 0.0 and abs(z) < REACH:
            speed = _drift(self._rates(z), z)
            step = min(left, DRIFT_STEP / max(abs(speed), DRIFT_STEP))
            middle = z + 0.5 * step * speed
            z += step * _drift(self._rates(middle), middle)
            left -= step
        return self._at(z)

    def simulate(self, paths: int, seed: int = 0, value: int | None = None) -> Play:
        """Return what insider, noise and maker gain over paths until the value is revealed; it is drawn unless given.

        Steps are so short that a noise order or the end has a chance of `PATIENCE` in each.
        """
        known = None if value in (None, 0, 1) else f"value must be 0 or 1; it was {value}."
        require([whole_problem("paths", paths, 1), whole_problem("seed", seed), known])
        solution = self._solution()
        game = solution.game
        tables = _tables(solution.w, game.ratio, game.curvature, game.bluff_rate)
        gains = np.zeros((2, paths))
        key = stream(seed, "back baruch")
        _play_all(tables, (self._z, -1 if value is None else value), self.ratio, key, gains)
        insider, noise = self.order_size * gains
        return Play(Mean.of(insider), Mean.of(noise), Mean.of(-(insider + noise)))
