"""Averages over time in the market of Das: a jumping value, noisy informed traders, a maker who quotes by its belief.

Paths are those of `theory.DasPath`. A replication draws from sequences named by the seed and its own number, so it is
the same on any thread and in any batch. Averages of replications are independent, periods of one path are not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.errors import InputError
from glosten.run._simulation import LARGEST_SEED, whole_problem
from glosten.statistics import Mean, means_of_sums
from glosten.theory import Das, DasMarket, DasPath, GaussianDas

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]

SPREAD, MAKER, INFORMED, NOISE, DISTANCE, TRADES, INVENTORY = range(7)
FIGURES = 7
VALUE, MEAN, NOW_SPREAD, ORDER = DasPath.VALUE, DasPath.MEAN, DasPath.SPREAD, DasPath.ORDER
KNOWS, GAIN, JUMPED = DasPath.KNOWS, DasPath.GAIN, DasPath.JUMPED
AGES = 61
"""The spread is followed for this many quotes after a jump, counted in trades."""
MOST_PERIODS = 10**10
CHUNK = 4096
"""Periods drawn at once: what they leave behind stays in the cache."""


@dataclass(frozen=True, slots=True)
class DasSimulation:
    """Averages over the periods of a path, then over ``n`` replications; prices in the model's price unit.

    ``spread`` posted; gains per period of ``maker``, ``informed`` and ``noise`` against the true value at the time;
    ``distance`` = |E[V] - V|; ``trades`` per period; ``inventory``, its size. ``spread_after_jump`` (61,) is the mean
    spread posted first after 0..60 trades since a jump, over ``jumps`` (61,) of them. ``by_replication`` (n, 7)
    holds the replications' averages in that order.
    """

    model: Das | GaussianDas
    periods: int
    n: int
    seed: int
    whole_values: bool
    spread: Mean
    maker: Mean
    informed: Mean
    noise: Mean
    distance: Mean
    trades: Mean
    inventory: Mean
    spread_after_jump: Floats
    spread_after_jump_se: Floats
    jumps: Floats
    by_replication: Floats
    seconds: float
    periods_per_second: float


@jit
def _add_periods(told: Floats, sums: Floats, since: NDArray[np.int64]) -> None:
    """Add periods to the figures and to the spread by age; ``sums`` has shape (4, `AGES`), row 0 the figures.

    Rows 1 to 3 are the spread posted first after 0..60 trades since a jump: sum, sum of squares, count. ``since`` is
    (trades since the jump, those for which the spread has been written down, inventory) and is moved on.
    """
    for row in range(told.shape[0]):
        spread, order, gain = told[row, NOW_SPREAD], told[row, ORDER], told[row, GAIN]
        if told[row, JUMPED] > 0.0:
            since[0], since[1] = 0, -1
        age, seen, inventory = since
        sums[0, SPREAD] += spread
        sums[0, DISTANCE] += abs(told[row, MEAN] - told[row, VALUE])
        sums[0, INVENTORY] += abs(inventory)
        if seen < age < AGES:
            sums[1, age] += spread
            sums[2, age] += spread * spread
            sums[3, age] += 1.0
        sums[0, INFORMED if told[row, KNOWS] > 0.0 else NOISE] += gain
        sums[0, MAKER] -= gain
        sums[0, TRADES] += abs(order)
        since[0], since[1], since[2] = age + int(abs(order)), age, inventory - int(order)


def simulate_das(
    model: Das | GaussianDas,
    periods: int,
    replications: int = 10,
    seed: int = 0,
    threads: int = 1,
    settings: tuple[bool, Progress | None] = (True, None),
) -> DasSimulation:
    """Return what becomes of a market of Das over that many periods, the value having jumped just before the first.

    ``settings`` is (whether values are whole steps of the grid, as the belief has them; a function that is called with
    replications done and in all). Every replication starts from the model's parameters, not from what it has learned;
    prices count from the value before the first jump.
    Raises `InputError` naming every argument outside its range.
    """
    whole, progress = settings
    _check(model, periods, replications, seed, threads)
    sums = np.zeros((replications, 4, AGES))

    market = model.market

    def run(number: int) -> None:
        _replicate(market, periods, (seed, whole), number, sums[number])

    _replicate(market, 1, (seed, whole), 0, np.zeros((4, AGES)))  # compiles, so that the clock measures paths only
    started = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        for done, _ in enumerate(pool.map(run, range(replications)), start=1):
            if progress is not None:
                progress(done, replications)
    return _averages(model, sums, (periods, seed, whole), time.perf_counter() - started)


def _check(model: Das | GaussianDas, periods: int, replications: int, seed: int, threads: int) -> None:
    problems = [
        whole_problem("periods", periods, 1, MOST_PERIODS),
        whole_problem("replications", replications, 1, 10**7),
        whole_problem("seed", seed, 0, LARGEST_SEED),
        whole_problem("threads", threads, 1, 1024),
    ]
    if model.alpha == 0.0 and model.eta == 0.0:
        problems.append(f"nothing can be simulated where nobody trades. {model.why_no_quote(1)}")
    found = [problem for problem in problems if problem is not None]
    if found:
        raise InputError(found)


def _replicate(market: DasMarket, periods: int, settings: tuple[int, bool], number: int, sums: Floats) -> None:
    """Add up one replication, shape (4, `AGES`); ``settings`` is (seed, whether values are whole steps)."""
    seed, whole = settings
    path, since = DasPath(market, seed, number, whole=whole, fresh=True), np.array([0, -1, 0])
    for first in range(0, periods, CHUNK):
        _add_periods(path.told(min(CHUNK, periods - first)), sums, since)


def _averages(model: Das | GaussianDas, sums: Floats, settings: tuple[int, int, bool], seconds: float) -> DasSimulation:
    """Return the averages of all replications from their sums, in price units."""
    periods, seed, whole = settings
    n, step = len(sums), model.step if isinstance(model, Das) else 1.0
    figures = sums[:, 0, :FIGURES] / periods
    figures[:, [SPREAD, MAKER, INFORMED, NOISE, DISTANCE]] *= step
    means = [Mean.of(figures[:, figure]) for figure in range(FIGURES)]
    jumps = sums[:, 3].sum(axis=0)
    totals, squares = sums[:, 1].sum(axis=0), sums[:, 2].sum(axis=0)
    curve = [means_of_sums(totals[[age]], squares[[age]], int(jumps[age])) for age in range(AGES)]
    return DasSimulation(
        model=model,
        periods=periods,
        n=n,
        seed=seed,
        whole_values=whole,
        spread=means[SPREAD],
        maker=means[MAKER],
        informed=means[INFORMED],
        noise=means[NOISE],
        distance=means[DISTANCE],
        trades=means[TRADES],
        inventory=means[INVENTORY],
        spread_after_jump=step * np.array([mean[0] for mean, _ in curve]),
        spread_after_jump_se=step * np.array([error[0] for _, error in curve]),
        jumps=jumps,
        by_replication=figures,
        seconds=seconds,
        periods_per_second=n * periods / seconds,
    )
