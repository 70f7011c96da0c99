"""Simulate the market of Das: a jumping value, noisy informed traders, a maker who keeps a belief and quotes by it.

The compiled loop calls the functions of `theory` themselves. The signal is not drawn but integrated out: one uniform
number decides who comes and what he does, with the probabilities given V at the posted quotes. A replication draws its
value and its traders from two streams named by the seed and its own number, so it is the same on any thread and in any
batch. One block is one replication: their averages are independent, periods of one path are not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.errors import InputError
from glosten.run._simulation import LARGEST_SEED, whole_problem
from glosten.statistics import FRACTIONS, Mean, advance, means_of_sums, sequence, stream
from glosten.theory import (
    Das,
    GaussianDas,
    das_jump_law,
    das_mean,
    das_mix,
    das_move,
    das_order_if,
    das_quote,
    das_recentre,
    das_steps_off,
    das_update,
    gaussian_half_spread,
    gaussian_update,
)

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]
Progress = Callable[[int, int], None]
Traders = tuple[float, float, float]
Market = tuple[float, float, bool]
"""Standard deviation of a jump in steps, probability of one a period, whether values are whole steps."""
Maker = tuple[float, float, bool]
"""Shift and shift per unit of inventory in steps, whether jumps are known."""

SPREAD, MAKER, INFORMED, NOISE, DISTANCE, TRADES, INVENTORY = range(7)
FIGURES = 7
AGES = 61
"""The spread is followed for this many quotes after a jump, counted in trades."""
MOST_PERIODS = 10**10


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
def _uniform(words: Words) -> float:
    """Return a uniform draw in [0, 1) and move the sequence on, in place."""
    draw, words[0], words[1] = advance(words[0], words[1])
    fraction: float = draw / FRACTIONS
    return fraction


@jit
def _jumped(value: float, words: Words, market: Market, must: bool) -> tuple[float, bool]:
    """Return (value, whether it jumped) in the next period.

    Source: Box & Muller (1958); one uniform a period, two more at a jump.
    """
    sigma, p_jump, whole = market
    chance = _uniform(words)
    if not (must or chance < p_jump):
        return value, False
    radius = math.sqrt(-2.0 * math.log(1.0 - _uniform(words)))
    size = sigma * radius * math.cos(2.0 * math.pi * _uniform(words))
    return value + (math.floor(size + 0.5) if whole else size), True


@jit
def _order(value: float, quotes: tuple[float, float], traders: Traders, draw: float) -> tuple[int, bool]:
    """Return (order, whether an informed trader sent it) that a uniform number falls on, given V."""
    noise = (1.0 - traders[0]) * traders[1]
    if draw < das_order_if(value, 1, quotes[0], quotes[1], traders):
        return 1, draw >= noise
    if 1.0 - draw <= das_order_if(value, -1, quotes[0], quotes[1], traders):
        return -1, 1.0 - draw > noise
    return 0, False


@jit
def _book(sums: Floats, curve: Floats, age: int, quotes: tuple[float, float], held: tuple[float, float, int]) -> None:
    """Write down what stands before an order: spread, distance, inventory; the spread by age unless that is `AGES`."""
    value, mean, inventory = held
    spread = quotes[1] - quotes[0]
    sums[SPREAD] += spread
    sums[DISTANCE] += abs(mean - value)
    sums[INVENTORY] += abs(inventory)
    if age < AGES:
        curve[0, age] += spread
        curve[1, age] += spread * spread
        curve[2, age] += 1.0


@jit
def _settle(sums: Floats, order: int, informed: bool, value: float, quotes: tuple[float, float]) -> None:
    """Write down who gained what by an order."""
    if order == 0:
        return
    gain = order * (value - (quotes[1] if order > 0 else quotes[0]))
    sums[INFORMED if informed else NOISE] += gain
    sums[MAKER] -= gain
    sums[TRADES] += 1.0


@jit
def _grid_path(
    size: tuple[int, int], words: Words, traders: Traders, market: Market, maker: Maker, sums: Floats
) -> None:
    """Run one replication of a maker with a density, ``size`` = (periods, points of the grid), and add up into sums.

    Shape (4, `AGES`): row 0 the figures, rows 1 to 3 the spread by trades since the jump: sum, sum of squares, count.
    """
    periods, points = size
    shift, inventory_shift, known = maker
    density, room = np.zeros(points), np.zeros((2, points))
    law = das_jump_law(points, market[0])
    origin, inventory, age, seen = -(points // 2), 0, 0, -1
    window = das_recentre(density, -float(origin), market[0])
    value, below, above = 0.0, market[0], market[0]
    for period in range(periods):
        value, jumped = _jumped(value, words[0], market, period == 0)
        if jumped:
            age, seen = 0, -1
            if known and period > 0:
                mean = origin + das_mean(density, window)
                origin = math.floor(mean + 0.5) - points // 2
                window = das_recentre(density, mean - origin, market[0])
        on_grid = das_mean(density, window)
        bid = das_quote(density, window, (on_grid, on_grid - below), -1, traders, room)
        ask = das_quote(density, window, (on_grid, on_grid + above), 1, traders, room)
        below, above = on_grid - bid, ask - on_grid
        lower = inventory_shift * inventory
        quotes = bid - shift - lower, ask + shift - lower
        _book(sums[0], sums[1:], age if age > seen else AGES, quotes, (value - origin, on_grid, inventory))
        order, informed = _order(value - origin, quotes, traders, _uniform(words[1]))
        _settle(sums[0], order, informed, value - origin, quotes)
        inventory -= order
        seen = age
        age += abs(order)
        _, first, last = das_update(density, window, order, quotes, traders, room)
        window = first, last
        if not known:
            window = das_mix(density, window, law, market[1])
            steps = das_steps_off(density, window)
            if steps != 0:
                window = das_move(density, window, steps)
                origin += steps


@jit
def _gaussian_path(periods: int, words: Words, traders: Traders, market: Market, maker: Maker, sums: Floats) -> None:
    """Run one replication of a maker with a normal belief; ``sums`` as in `_grid_path`."""
    shift, inventory_shift, known = maker
    fresh = market[0] * market[0]
    value, mean, variance, inventory, age, seen = 0.0, 0.0, fresh, 0, 0, -1
    for period in range(periods):
        value, jumped = _jumped(value, words[0], market, period == 0)
        if jumped:
            age, seen = 0, -1
            if known:
                variance = fresh
        half = gaussian_half_spread(variance, traders) + shift
        middle = mean - inventory_shift * inventory
        quotes = middle - half, middle + half
        _book(sums[0], sums[1:], age if age > seen else AGES, quotes, (value, mean, inventory))
        order, informed = _order(value, quotes, traders, _uniform(words[1]))
        _settle(sums[0], order, informed, value, quotes)
        inventory -= order
        seen = age
        age += abs(order)
        _, mean, variance = gaussian_update((mean, variance), order, quotes, traders)
        if not known:
            variance += market[1] * fresh


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

    def run(number: int) -> None:
        _replicate(model, periods, whole, _words(seed, number), sums[number])

    _replicate(model, 1, whole, _words(seed, 0), np.zeros((4, AGES)))  # compiles, so that the clock measures paths only
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


def _words(seed: int, number: int) -> Words:
    """Return where the sequences of a replication start: of its value, of its traders; shape (2, 2)."""
    names = "das/value", "das/traders"
    return np.array([sequence(stream(seed, name), number) for name in names], dtype=np.uint64)


def _replicate(model: Das | GaussianDas, periods: int, whole: bool, words: Words, sums: Floats) -> None:
    """Add up one replication, shape (4, `AGES`), from the starts of its two sequences."""
    step = model.step if isinstance(model, Das) else 1.0
    market = float(model.sigma / step), float(model.p_jump), whole
    maker = float(model.shift / step), float(model.inventory_shift / step), model.known_jumps
    if isinstance(model, Das):
        _grid_path((periods, model.points), words, model.traders, market, maker, sums)
    else:
        _gaussian_path(periods, words, model.traders, market, maker, sums)


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
