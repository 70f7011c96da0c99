"""Simulate a model: one call, two engines that must agree.

``exact`` computes the law by time; ``mc`` draws paths. The result says which ran, and every drawn number carries its
standard error and the number of paths behind it.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from operator import index
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from glosten.errors import InputError
from glosten.run._monte_carlo import (
    MOST_TRADES_F32,
    PRECISIONS,
    MonteCarlo,
    Precision,
    Progress,
    Sums,
    count_high,
    reach,
)
from glosten.run._sample import Path, sample
from glosten.statistics import Mean, means_of_sums, stream
from glosten.theory import Binary, Interval

Floats = NDArray[np.float64]
Engine = Literal["exact", "mc"]
ENGINES: tuple[str, ...] = get_args(Engine)

LARGEST_SEED = 2**64 - 1
MOST_TRADES_EXACT = 50_000
"""The exact law costs the square of this: half a minute at the most."""
MOST_DRAWS = 2**62
MOST_SAMPLED = 1000
TARGET = Interval("target", "the belief to reach", open_low=True, open_high=True)


@dataclass(frozen=True, slots=True)
class Execution:
    """How to simulate, as opposed to what, and what to keep: threads, blocks and progress do not change a bit.

    ``threads`` that share the work; ``blocks`` of 512 paths that one thread takes at a time (None: as many as are
    worth its while); ``sampled`` paths to keep in full: so many of the first, or those with the numbers given;
    ``progress`` is called with (paths done, paths in all); ``precision`` of the kernel, where f32 takes the paths of
    f64 at some 1e-5 of its accuracy; ``target``, a belief of which to tell when paths with V = V_H first reach it.
    """

    threads: int = 1
    blocks: int | None = None
    sampled: int | tuple[int, ...] = 3
    progress: Progress | None = None
    precision: Precision = "f64"
    target: float | None = None


@dataclass(frozen=True, slots=True)
class FirstPassage:
    """When the belief first reached ``target`` on the ``n`` paths with V = V_H.

    ``reached`` (T + 1,) is P(reached by trade t | V_H), NaN where no path had that value; ``time`` the mean number of
    trades it took those that reached it within T,
    which ``time.n`` counts.
    """

    target: float
    reached: Floats
    reached_se: Floats
    time: Mean
    n: int


@dataclass(frozen=True, slots=True)
class Simulation:
    """What became of a model over T trades; prices and gains in price units.

    ``spread`` (T + 1,) is the unconditional mean of the spread quoted before trade t + 1, counted as 0 where a side
    cannot trade; ``belief`` (T + 1,) is E[P(V_H) after t trades | V = V_H], NaN where no path had that value. Gains are
    sums over the T trades of a path. ``n`` paths were drawn, of which ``n_high`` have V = V_H: both 0 for ``exact``,
    whose standard errors are 0. ``trades_per_second`` counts trades of paths (mc) or dates of the law (exact).
    """

    engine: Engine
    model: Binary
    trades: int
    spread: Floats
    spread_se: Floats
    belief: Floats
    belief_se: Floats
    mm_pnl: Mean
    informed_pnl: Mean
    noise_pnl: Mean
    n: int
    n_high: int
    seed: int
    threads: int
    seconds: float
    trades_per_second: float
    sampled: tuple[Path, ...]
    first_passage: FirstPassage | None = None


def simulate(
    model: Binary,
    trades: int,
    paths: int = 10_000,
    seed: int = 0,
    engine: Engine = "mc",
    execution: Execution | None = None,
) -> Simulation:
    """Return what becomes of a model over a number of trades, computed exactly or drawn from that many paths.

    ``paths`` matters to ``mc`` only; the same seed gives the same bytes on any number of threads. Raises `InputError`
    naming every argument outside its range.
    """
    execution = execution or Execution()
    _check(trades, paths, seed, engine, execution)
    if engine == "exact":
        return _exact(model, trades, seed, execution)
    return _drawn(model, trades, paths, seed, execution)


def whole_problem(name: str, value: int, low: int, high: int) -> str | None:
    """Return what is wrong with a whole number, or None."""
    try:
        fits = not isinstance(value, bool) and low <= index(value) <= high
    except TypeError:
        fits = False
    return None if fits else f"{name} must be a whole number from {low} to {high}; it was {value!r}."


def _check(trades: int, paths: int, seed: int, engine: str, execution: Execution) -> None:
    most = MOST_TRADES_EXACT if engine == "exact" else 10**9
    problems = [
        whole_problem("trades", trades, 1, most),
        whole_problem("paths", paths, 1, 10**12),
        whole_problem("seed", seed, 0, LARGEST_SEED),
        None if engine in ENGINES else f"engine must be {' or '.join(ENGINES)}; it was {engine!r}.",
        whole_problem("threads", execution.threads, 1, 1024),
        *_sampled_problems(execution.sampled, paths if engine == "mc" else 10**12),
        None
        if execution.precision in PRECISIONS
        else f"precision must be {' or '.join(PRECISIONS)}; it was {execution.precision!r}.",
        None if execution.target is None else TARGET.problem(execution.target),
        None if execution.blocks is None else whole_problem("blocks", execution.blocks, 1, 2**40),
    ]
    found = [problem for problem in problems if problem is not None]
    if not found and execution.precision == "f32" and trades > MOST_TRADES_F32:
        found = [f"trades must not exceed {MOST_TRADES_F32} in f32; it was {trades}."]
    if not found and trades * paths > MOST_DRAWS:
        found = [f"trades times paths must not exceed {MOST_DRAWS}; it was {trades * paths}."]
    if found:
        raise InputError(found)


def _sampled_problems(sampled: int | tuple[int, ...], paths: int) -> list[str | None]:
    """Return what is wrong with the paths to keep in full."""
    if not isinstance(sampled, tuple):
        return [whole_problem("sampled", sampled, 0, MOST_SAMPLED)]
    too_many = f"no more than {MOST_SAMPLED} paths can be kept in full; there were {len(sampled)}."
    problems = [whole_problem("a number in sampled", number, 0, paths - 1) for number in sampled]
    return [*problems, too_many if len(sampled) > MOST_SAMPLED else None]


def _sampled_numbers(sampled: int | tuple[int, ...], paths: int) -> tuple[int, ...]:
    return sampled if isinstance(sampled, tuple) else tuple(range(min(sampled, paths)))


def _value_key(seed: int) -> np.uint64:
    return stream(seed, "simulate/value")


def _exact(model: Binary, trades: int, seed: int, execution: Execution) -> Simulation:
    model.law(1)  # compiles, so that the clock measures the law only
    started = time.perf_counter()
    law = model.law(trades)
    seconds = time.perf_counter() - started
    return Simulation(
        engine="exact",
        model=model,
        trades=trades,
        spread=law.spread,
        spread_se=np.zeros(trades + 1),
        belief=law.belief,
        belief_se=np.zeros(trades + 1),
        mm_pnl=Mean.exact(float(law.maker_mean[-1]), float(law.maker_sd[-1])),
        informed_pnl=Mean.exact(float(law.informed_mean[-1]), float(law.informed_sd[-1])),
        noise_pnl=Mean.exact(float(law.noise_mean[-1]), float(law.noise_sd[-1])),
        n=0,
        n_high=0,
        seed=seed,
        threads=1,
        seconds=seconds,
        trades_per_second=trades / seconds,
        sampled=sample(model, trades, seed, _sampled_numbers(execution.sampled, MOST_SAMPLED), _value_key(seed)),
        first_passage=None if execution.target is None else _exact_passage(model, trades, execution.target),
    )


def _drawn(model: Binary, trades: int, paths: int, seed: int, execution: Execution) -> Simulation:
    kernel = MonteCarlo(model, trades, seed, execution.precision, execution.target)
    kernel.compile()
    count_high(_value_key(seed), 0, 0, model.prior)
    started = time.perf_counter()
    n_high = count_high(_value_key(seed), 0, paths, model.prior)
    blocks = execution.blocks or kernel.blocks_per_task()
    low, high = kernel.run((paths - n_high, n_high), execution.threads, blocks, execution.progress)
    seconds = time.perf_counter() - started
    spread, spread_se, belief, belief_se = _curves(model, low, high)
    informed, noise, maker = _gains(model, low, high)
    return Simulation(
        engine="mc",
        model=model,
        trades=trades,
        spread=spread,
        spread_se=spread_se,
        belief=belief,
        belief_se=belief_se,
        mm_pnl=maker,
        informed_pnl=informed,
        noise_pnl=noise,
        n=paths,
        n_high=n_high,
        seed=seed,
        threads=execution.threads,
        seconds=seconds,
        trades_per_second=trades * paths / seconds,
        sampled=sample(model, trades, seed, _sampled_numbers(execution.sampled, paths), _value_key(seed)),
        first_passage=None if execution.target is None else _counted_passage(high, execution.target),
    )


def _curves(model: Binary, low: Sums, high: Sums) -> tuple[Floats, Floats, Floats, Floats]:
    """Return spread and belief by date, each with its standard errors.

    The error counts one more path, as far off as that many trades can lead: what the paths agree on late in time, when
    doubt is left on one path in a million, is known to 1 / paths of that span and no better.
    """
    dates, paths = high.curves.shape[0], low.paths + high.paths
    if model.prior in {0.0, 1.0} or model.alpha == 0.0:  # a certain maker does not learn, nor is there anything to
        flat = np.zeros(dates)
        return flat, flat.copy(), np.full(dates, model.prior), flat.copy()
    spans = reach(dates - 1, model.log_odds, model.alpha, model.gamma)
    sums = low.curves + high.curves
    spread, spread_se = means_of_sums(sums[:, 0], sums[:, 1], paths)
    doubt, belief_se = means_of_sums(high.curves[:, 2], high.curves[:, 3], high.paths)
    belief = 1.0 - doubt
    spread[0], belief[0] = (model.quotes().spread or 0.0) / model.width, model.prior
    if model.alpha == 1.0:  # the first trade tells all: from then on one side cannot trade
        spread[1:], spread_se[1:], spans[0] = 0.0, 0.0, 0.0
    spread_se, belief_se = np.hypot(spread_se, spans[0] / paths), np.hypot(belief_se, spans[1] / max(high.paths, 1))
    spread_se[0] = belief_se[0] = 0.0
    return model.width * spread, model.width * spread_se, belief, belief_se


def _exact_passage(model: Binary, trades: int, target: float) -> FirstPassage:
    """Return the law of the first passage within that many trades."""
    first = model.first_passage(target, trades)
    reached = np.minimum(np.cumsum(first), 1.0)
    mean = float(first @ np.arange(trades + 1)) / reached[-1] if reached[-1] > 0.0 else math.nan
    square = float(first @ np.arange(trades + 1) ** 2.0) / reached[-1] if reached[-1] > 0.0 else math.nan
    time_taken = Mean.exact(mean, math.sqrt(max(square - mean * mean, 0.0)))
    return FirstPassage(target, reached, np.zeros(trades + 1), time_taken, 0)


def _counted_passage(high: Sums, target: float) -> FirstPassage:
    """Return when the paths with V = V_H first reached the target; one path more counts towards the errors."""
    by_then = np.cumsum(high.passed).astype(np.float64)
    reached, _ = means_of_sums(by_then, by_then, high.paths)
    share = (by_then + 0.5) / (high.paths + 1)
    dates = np.arange(high.passed.size, dtype=np.float64)
    taken = Mean.of_sums(float(high.passed @ dates), float(high.passed @ dates**2), int(by_then[-1]))
    return FirstPassage(target, reached, np.sqrt(share * (1.0 - share) / (high.paths + 1)), taken, high.paths)


def _gains(model: Binary, low: Sums, high: Sums) -> tuple[Mean, Mean, Mean]:
    """Return what a path brought the informed, the noise traders and the maker."""
    sums, n = low.gains + high.gains, low.paths + high.paths
    rows = (Mean.of_sums(float(sums[2 * i]), float(sums[2 * i + 1]), n).scaled(model.width) for i in range(3))
    informed, noise, maker = rows
    return informed, noise, maker
