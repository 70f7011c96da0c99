"""Back and Baruch's game as an object: prices, values, intensities, time without trades, and play by play."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from glosten.statistics import Mean, stream
from glosten.theory._back_baruch import insider_intensities, log_value, node_of, place_of, slack_at, step_to_ask
from glosten.theory._back_baruch_paths import (
    back_baruch_paths,
    order_rates,
    play_all,
    quiet,
    tables_of,
)
from glosten.theory._back_baruch_solution import Solution, cost_of_bluffs, solve, worst_slack
from glosten.theory._binary_model import BUY, SELL, Quotes
from glosten.theory._domain import Interval, require, whole_problem
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._kyle_limit import ELAPSED, HORIZON, PRIOR, REVELATION_RATE, KyleLimit
from glosten.theory._normal import normal_quantile, normal_tail
from glosten.theory._path_kernel import KernelEnsemble, kernel_ensemble

NOISE_RATE = Interval("noise_rate", "noise buys, and noise sells, per unit of time", 0.0, math.inf, open_low=True)
ORDER_SIZE = Interval("order_size", "of every order, in units", 0.0, math.inf, open_low=True)
RATIO = Interval("noise_rate / revelation_rate", "orders of either side before the end", 0.05, 2500.0)
SURE = 1e-12
"""Prices closer to 0 or 1 than this are not told apart."""
HORIZON_IN_LIVES = 3.0
"""Up to when paths are looked at unless told, in units of 1 / r: one value in twenty is still hidden then."""


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


def _value_problem(value: int | None) -> str | None:
    return None if value in (None, 0, 1) else f"value must be 0 or 1; it was {value}."


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
        return solve(self.ratio, self.bluffing)

    def _rates(self, z: float) -> tuple[float, float, float, float]:
        solution = self._solution()
        return insider_intensities(solution.w, solution.bluff, z, solution.game)

    def _value(self, z: float) -> float:
        solution = self._solution()
        return self.order_size * math.exp(log_value(solution.w, z, solution.game))

    def _after(self, side: int) -> float:
        """Return z after a trade."""
        solution = self._solution()
        return self._z + side * step_to_ask(solution.w, side * self._z, solution.game)

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
        solution = self._solution()
        return self.order_size * slack_at(solution.w, self._z, solution.game)

    @property
    def regret(self) -> float:
        """Return the most that one more bluff would gain at any price, on the grid and between its points.

        Without bluffing, how far the answer is from an equilibrium; with it, below 5e-5 of an order.
        """
        return self.order_size * max(0.0, -worst_slack(self.ratio, self.bluffing))

    @property
    def foregone(self) -> float:
        """Return what the high type loses until the end by bluffs that cost something.

        `value_high` is what its best play gains; its intensities gain that much less.

        Source: `cost_of_bluffs`.
        """
        if not self.bluffing:
            return 0.0
        losses, place = cost_of_bluffs(self.ratio), place_of(self._z)
        return self.order_size * float(np.interp(place, np.arange(losses.size), losses))

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
        solution = self._solution()
        grid = solution.w, solution.bluff
        return self._at(quiet(grid, self._z, solution.game, elapsed * self.revelation_rate, -1)[0])

    def log_likelihood(self, orders: Iterable[tuple[float, int]], until: float, value: int | None = None) -> float:
        """Return ln of the density of orders (time, side), and no others, up to a time at which the value is hidden.

        Times count from now and do not fall; sides are 1 (a buy) or -1 (a sell). The maker's view, or, given ``value``
        0 or 1, of those who know it. The end, which comes at a rate of its own, is left out.

        Source: the chain rule for point processes: the rate of each order, and that none came in between.
        """
        sent = [(float(time), side) for time, side in orders]
        require([*self._sequence_problems(sent, until), _value_problem(value)])
        solution, known = self._solution(), -1 if value is None else value
        z, now, total = self._z, 0.0, 0.0
        for time, side in [*sent, (until, 0)]:
            z, hazard = quiet(
                (solution.w, solution.bluff), z, solution.game, (time - now) * self.revelation_rate, known
            )
            total, now = total - hazard, time
            if side != 0:
                rates = order_rates(self._rates(z), z, self.ratio, known)
                rate = self.revelation_rate * rates[0 if side == BUY else 1]
                total += math.log(rate) if rate > 0.0 else -math.inf
                z += side * step_to_ask(solution.w, side * z, solution.game)
        return total

    @staticmethod
    def _sequence_problems(sent: list[tuple[float, int]], until: float) -> list[str | None]:
        wrong = next((side for _, side in sent if side not in (BUY, SELL)), None)
        times = [0.0, *(time for time, _ in sent), until]
        falls = any(not earlier <= later for earlier, later in itertools.pairwise(times))
        return [
            None if wrong is None else f"side must be 1 (a buy) or -1 (a sell); it was {wrong}.",
            f"times must not fall, from 0 to until; they were {times[1:]}." if falls else None,
            ELAPSED.problem(until),
        ]

    def ensemble(self, periods: int, seed: int = 0, horizon: float | None = None) -> KernelEnsemble:
        """Return all paths that the seed draws, looked at at so many equally spaced times up to ``horizon``.

        The horizon is 3 / r unless given. A path ends, its price at the value, when the value is revealed. The order of
        a period is the net number of orders in it, at most 127 either way.

        Source: `back_baruch_paths`.
        """
        far = HORIZON_IN_LIVES / self.revelation_rate if horizon is None else horizon
        require([*simulation_problems(periods, 1, seed), HORIZON.problem(far)])
        step = far * self.revelation_rate / max(periods, 1)
        numbers = (tables_of(self.ratio, self.bluffing), self.ratio, self._z, step, float(self.order_size))
        return kernel_ensemble("back baruch", back_baruch_paths, numbers, periods, seed)

    def simulate(self, periods: int, paths: int, seed: int = 0, horizon: float | None = None) -> Simulation:
        """Return means over simulated paths, at so many equally spaced times, each with its standard error."""
        require(simulation_problems(periods, paths, seed))
        return simulate_ensemble(self.ensemble(periods, seed, horizon), paths)

    def play(self, paths: int, seed: int = 0, value: int | None = None) -> Play:
        """Return what each side gains over paths until the value, which is drawn unless given, is revealed."""
        require([whole_problem("paths", paths, 1), whole_problem("seed", seed), _value_problem(value)])
        gains, key = np.zeros((2, paths)), stream(seed, "back baruch play")
        start = self._z, -1 if value is None else value
        play_all(tables_of(self.ratio, self.bluffing), start, self.ratio, key, gains)
        insider, noise = self.order_size * gains
        return Play(Mean.of(insider), Mean.of(noise), Mean.of(-(insider + noise)))
