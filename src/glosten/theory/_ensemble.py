"""Many paths of a model: drawn in blocks, added up in their order, told as means with standard errors.

What path 7 draws depends on the model, the seed and the number 7 alone, and blocks are added one after the other, so a
sum is the same to the last bit on any number of threads. A model's ``ensemble(periods, seed)`` knows how to draw a
block; everything else is here, once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from glosten.statistics import Mean, means_of_sums
from glosten.theory._domain import require, whole_problem
from glosten.theory._order_table import Floats

Progress = Callable[[int, int], None]

SPREAD, ERROR, BELIEF = range(3)
CURVES = 3
INFORMED, NOISE, MAKER, TRADES, INVENTORY = range(5)
TOTALS = 5
LARGEST_SEED = 2**64 - 1
TASK_PERIODS = 2**21
"""Periods of paths that a thread draws before it reports back, at the most."""
SHARES = 4
"""Tasks for each thread, at the least, so that none waits long for another."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What paths add up to, of which ``high`` have the higher of two values (0 where the values are not two).

    ``curves`` (3, 2, periods + 1): rows spread quoted, squared error (E_t[V] - V)^2, and P_t(V_H) on the paths with
    V = V_H, before each period and after the last; ``totals`` (5, 2): gains of informed, noise and maker, trades, and
    the maker's inventory at the end. Each is a sum, then a sum of squares, over the paths; a side without a quote
    counts as spread 0.
    """

    paths: int
    high: int
    curves: Floats
    totals: Floats


@dataclass(frozen=True, slots=True)
class Orders:
    """What happened on one path: the true ``value`` in price units and, by period, shape (periods,), the order sent.

    ``orders`` as in the model's `update`; ``informed`` says whether an informed trader came.
    """

    value: float
    orders: NDArray[np.int8]
    informed: NDArray[np.bool_]


class Ensemble(Protocol):
    """All paths that a model draws with a seed over a number of periods."""

    @property
    def periods(self) -> int:
        """Return how many periods a path has."""

    @property
    def lanes(self) -> int:
        """Return how many paths a block holds."""

    def block(self, number: int, paths: int) -> Sums:
        """Return the sums over the first ``paths`` of the block with that number; safe to call from many threads."""

    def path(self, number: int) -> Orders:
        """Return what happened on the path with that number, the same that its block has added up."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """Means over ``n`` simulated paths with their standard errors; prices and gains in price units.

    Arrays have shape (periods + 1,): ``spread[t]`` is the mean spread quoted before period t + 1 (0 where a side has no
    quote), ``error[t]`` the mean of (E_t[V] - V)^2, ``belief[t]`` the mean of P_t(V_H) over the ``n_high`` paths with
    V = V_H (NaN where there are none, as in models whose values are not two). Gains, ``trades`` and the maker's final
    ``inventory`` are those of a whole path.
    """

    spread: Floats
    spread_se: Floats
    error: Floats
    error_se: Floats
    belief: Floats
    belief_se: Floats
    informed: Mean
    noise: Mean
    maker: Mean
    trades: Mean
    inventory: Mean
    n: int
    n_high: int


def simulation_problems(periods: int, paths: int, seed: int) -> list[str | None]:
    """Return what is wrong with the size of a simulation or its seed."""
    too_large = f"seed must be {LARGEST_SEED} or less; it was {seed}." if seed > LARGEST_SEED else None
    return [
        whole_problem("periods", periods),
        whole_problem("paths", paths, 1),
        whole_problem("seed", seed),
        too_large,
    ]


def simulate_ensemble(ensemble: Ensemble, paths: int, threads: int = 1, progress: Progress | None = None) -> Simulation:
    """Return the means over the first paths of an ensemble, drawn by that many threads.

    ``progress`` is called with (paths done, paths in all).
    """
    require([whole_problem("paths", paths, 1), whole_problem("threads", threads, 1)])
    return means_of_paths(add_up(ensemble, paths, threads, progress))


def add_up(ensemble: Ensemble, paths: int, threads: int, progress: Progress | None) -> Sums:
    """Return the sums over the first paths of an ensemble, block by block in their order.

    A thread draws several blocks before it reports back, as many as are worth its while and leave work for the others;
    they are added one by one all the same, so that the sums do not depend on it.
    """
    lanes, count = ensemble.lanes, -(-paths // ensemble.lanes)
    each = max(1, min(TASK_PERIODS // max(lanes * ensemble.periods, 1), -(-count // (SHARES * threads))))
    tasks = iter(range(0, count, each))

    def perform(first: int) -> list[Sums]:
        numbers = range(first, min(first + each, count))
        return [ensemble.block(number, min(lanes, paths - number * lanes)) for number in numbers]

    total: Sums | None = None
    with ThreadPoolExecutor(threads) as pool:
        while wave := list(islice(tasks, threads)):
            for found in pool.map(perform, wave):
                for sums in found:
                    total = sums if total is None else _added(total, sums)
            if progress is not None and total is not None:
                progress(total.paths, paths)
    assert total is not None, "there is at least one path"  # noqa: S101
    return total


def _added(total: Sums, more: Sums) -> Sums:
    return Sums(
        total.paths + more.paths, total.high + more.high, total.curves + more.curves, total.totals + more.totals
    )


def means_of_paths(sums: Sums) -> Simulation:
    """Return the means that sums over paths amount to."""
    spread, spread_se = means_of_sums(sums.curves[SPREAD, 0], sums.curves[SPREAD, 1], sums.paths)
    error, error_se = means_of_sums(sums.curves[ERROR, 0], sums.curves[ERROR, 1], sums.paths)
    belief, belief_se = means_of_sums(sums.curves[BELIEF, 0], sums.curves[BELIEF, 1], sums.high)
    totals = [Mean.of_sums(float(total), float(squares), sums.paths) for total, squares in sums.totals]
    return Simulation(
        spread=spread,
        spread_se=spread_se,
        error=error,
        error_se=error_se,
        belief=belief,
        belief_se=belief_se,
        informed=totals[INFORMED],
        noise=totals[NOISE],
        maker=totals[MAKER],
        trades=totals[TRADES],
        inventory=totals[INVENTORY],
        n=sums.paths,
        n_high=sums.high,
    )
