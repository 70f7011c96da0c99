"""Simulate a model: one call, two engines that must agree.

``exact`` computes the law by time, for models whose order probabilities do not depend on the quotes; ``mc`` draws paths
of any model, those of the binary one by a kernel of their own. The result says which ran, and every drawn number
carries its standard error and the number of paths behind it.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from operator import index
from typing import Any, Literal, Protocol, get_args, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from glosten.errors import InputError
from glosten.run._monte_carlo import MonteCarlo, Progress, Sums, count_high, reach
from glosten.run._sample import Path, sample
from glosten.run._told_path import ToldPath, tell
from glosten.statistics import Mean, means_of_sums, stream
from glosten.theory import Binary, Ensemble, Law, side_if_high, side_if_low, simulate_ensemble

Floats = NDArray[np.float64]
Engine = Literal["exact", "mc"]
ENGINES: tuple[str, ...] = get_args(Engine)

LARGEST_SEED = 2**64 - 1
MOST_TRADES_EXACT = 50_000
"""The exact law costs the square of this: half a minute at the most."""
MOST_DRAWS = 2**62


@dataclass(frozen=True, slots=True)
class Execution:
    """How to simulate, as opposed to what: nothing here changes a single bit of the result, ``sampled`` aside.

    ``threads`` that share the work; ``blocks`` of 512 paths that one thread takes at a time (None: as many as are
    worth its while); ``sampled`` paths to keep in full; ``progress`` is called with (paths done, paths in all).
    """

    threads: int = 1
    blocks: int | None = None
    sampled: int = 3
    progress: Progress | None = None


class Model(Protocol):
    """What a model must be able to do to be simulated: draw its paths."""

    def ensemble(self, periods: int, seed: int = 0) -> Ensemble:
        """Return all paths that the model draws with a seed over a number of periods."""


@runtime_checkable
class Lawful(Protocol):
    """A model whose law by time is known: its order probabilities do not depend on the quotes."""

    def law(self, periods: int) -> Law:
        """Return the exact law over 0..periods periods."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """What became of a model over T periods; prices and gains in price units.

    ``spread`` (T + 1,) is the unconditional mean of the spread quoted before period t + 1, counted as 0 where a side
    cannot trade; ``error`` (T + 1,) is E[(E_t[V] - V)^2]; ``belief`` (T + 1,) is E[P(V_H) after t periods | V = V_H],
    NaN where no path had that value and where the values are not two. Gains are sums over the T periods of a path;
    ``orders`` are those that traded, ``inventory`` is the maker's at the end, both None where an exact law does not
    tell. ``n`` paths were drawn, of which ``n_high`` have V = V_H: both 0 for ``exact``, whose standard errors are 0.
    ``trades`` is T; ``trades_per_second`` counts periods of paths (mc) or dates of the law (exact).
    """

    engine: Engine
    model: Any
    trades: int
    spread: Floats
    spread_se: Floats
    error: Floats
    error_se: Floats
    belief: Floats
    belief_se: Floats
    mm_pnl: Mean
    informed_pnl: Mean
    noise_pnl: Mean
    orders: Mean | None
    inventory: Mean | None
    n: int
    n_high: int
    seed: int
    threads: int
    seconds: float
    trades_per_second: float
    sampled: tuple[Path | ToldPath, ...]


def simulate(
    model: Model,
    trades: int,
    paths: int = 10_000,
    seed: int = 0,
    engine: Engine = "mc",
    execution: Execution | None = None,
) -> Simulation:
    """Return what becomes of a model over a number of periods, computed exactly or drawn from that many paths.

    ``trades`` are the periods of a path, in each of which one trader comes. ``paths`` matters to ``mc`` only; the same
    seed gives the same bytes on any number of threads. Raises `InputError` naming every argument outside its range, and
    where the model's law is not known (``exact``).
    """
    execution = execution or Execution()
    _check(model, trades, paths, seed, engine, execution)
    if engine == "exact":
        return _exact(model, trades, seed, execution)
    if isinstance(model, Binary):
        return _drawn(model, trades, paths, seed, execution)
    return _of_ensemble(model, trades, paths, seed, execution)


def whole_problem(name: str, value: int, low: int, high: int) -> str | None:
    """Return what is wrong with a whole number, or None."""
    try:
        fits = not isinstance(value, bool) and low <= index(value) <= high
    except TypeError:
        fits = False
    return None if fits else f"{name} must be a whole number from {low} to {high}; it was {value!r}."


def _check(model: Model, trades: int, paths: int, seed: int, engine: str, execution: Execution) -> None:
    most = MOST_TRADES_EXACT if engine == "exact" else 10**9
    problems = [
        whole_problem("trades", trades, 1, most),
        whole_problem("paths", paths, 1, 10**12),
        whole_problem("seed", seed, 0, LARGEST_SEED),
        None if engine in ENGINES else f"engine must be {' or '.join(ENGINES)}; it was {engine!r}.",
        _no_law(model) if engine == "exact" else None,
        whole_problem("threads", execution.threads, 1, 1024),
        whole_problem("sampled", execution.sampled, 0, 1000),
        None if execution.blocks is None else whole_problem("blocks", execution.blocks, 1, 2**40),
    ]
    found = [problem for problem in problems if problem is not None]
    if not found and trades * paths > MOST_DRAWS:
        found = [f"trades times paths must not exceed {MOST_DRAWS}; it was {trades * paths}."]
    if found:
        raise InputError(found)


def _no_law(model: Model) -> str | None:
    if isinstance(model, Lawful):
        return None
    name = type(model).__name__
    return f"engine exact needs order probabilities that do not depend on the quotes; those of {name} do. Use mc."


def _value_key(seed: int) -> np.uint64:
    return stream(seed, "simulate/value")


def _exact(model: Model, trades: int, seed: int, execution: Execution) -> Simulation:
    assert isinstance(model, Lawful), "asked before"  # noqa: S101
    model.law(1)  # compiles, so that the clock measures the law only
    started = time.perf_counter()
    law = model.law(trades)
    seconds = time.perf_counter() - started
    orders, inventory = _flow(model, trades) if isinstance(model, Binary) else (None, None)
    nothing = np.zeros(trades + 1)
    return Simulation(
        engine="exact",
        model=model,
        trades=trades,
        spread=law.spread,
        spread_se=nothing,
        error=law.error,
        error_se=nothing,
        belief=law.belief,
        belief_se=nothing,
        mm_pnl=Mean.exact(float(law.maker_mean[-1]), float(law.maker_sd[-1])),
        informed_pnl=Mean.exact(float(law.informed_mean[-1]), float(law.informed_sd[-1])),
        noise_pnl=Mean.exact(float(law.noise_mean[-1]), float(law.noise_sd[-1])),
        orders=orders,
        inventory=inventory,
        n=0,
        n_high=0,
        seed=seed,
        threads=1,
        seconds=seconds,
        trades_per_second=trades / seconds,
        sampled=_sampled(model, trades, seed, execution.sampled),
    )


def _sampled(model: Any, trades: int, seed: int, count: int) -> tuple[Path | ToldPath, ...]:
    """Return the first paths of the ensemble in full."""
    if isinstance(model, Binary):
        return sample(model, trades, seed, count, _value_key(seed))
    return tuple(tell(model, trades, seed, number) for number in range(count))


def _flow(model: Binary, trades: int) -> tuple[Mean, Mean]:
    """Return how many of the trades trade (all) and what they leave the maker with, both known without drawing.

    Source: the binomial law of the buys given V; the variance over both values.
    """
    bought = [side_if_low(1, model.alpha, model.gamma), side_if_high(1, model.alpha, model.gamma)]
    means = [trades * (1.0 - 2.0 * chance) for chance in bought]
    variances = [4.0 * trades * chance * (1.0 - chance) for chance in bought]
    chances = 1.0 - model.prior, model.prior
    mean = sum(chance * one for chance, one in zip(chances, means, strict=True))
    variance = sum(
        chance * (within + (one - mean) ** 2) for chance, within, one in zip(chances, variances, means, strict=True)
    )
    return Mean.exact(float(trades), 0.0), Mean.exact(mean, math.sqrt(variance))


def _of_ensemble(model: Model, trades: int, paths: int, seed: int, execution: Execution) -> Simulation:
    """Return the means over the paths of any model, drawn block by block through its ensemble."""
    ensemble = model.ensemble(trades, seed)
    model.ensemble(1, seed).block(0, 1)  # compiles, so that the clock measures paths only
    started = time.perf_counter()
    found = simulate_ensemble(ensemble, paths, execution.threads, execution.progress)
    seconds = time.perf_counter() - started
    return Simulation(
        engine="mc",
        model=model,
        trades=trades,
        spread=found.spread,
        spread_se=found.spread_se,
        error=found.error,
        error_se=found.error_se,
        belief=found.belief,
        belief_se=found.belief_se,
        mm_pnl=found.maker,
        informed_pnl=found.informed,
        noise_pnl=found.noise,
        orders=found.trades,
        inventory=found.inventory,
        n=paths,
        n_high=found.n_high,
        seed=seed,
        threads=execution.threads,
        seconds=seconds,
        trades_per_second=trades * paths / seconds,
        sampled=_sampled(model, trades, seed, min(execution.sampled, paths)),
    )


def _drawn(model: Binary, trades: int, paths: int, seed: int, execution: Execution) -> Simulation:
    kernel = MonteCarlo(model, trades, seed)
    kernel.compile()
    count_high(_value_key(seed), 0, model.prior)
    started = time.perf_counter()
    n_high = count_high(_value_key(seed), paths, model.prior)
    blocks = execution.blocks or kernel.blocks_per_task()
    low, high = kernel.run((paths - n_high, n_high), execution.threads, blocks, execution.progress)
    seconds = time.perf_counter() - started
    spread, spread_se, belief, belief_se = _curves(model, low, high)
    informed, noise, maker = _gains(model, low, high)
    orders, inventory = _flow(model, trades)
    return Simulation(
        engine="mc",
        model=model,
        trades=trades,
        spread=spread,
        spread_se=spread_se,
        error=model.width**2 * model.prior * (1.0 - belief),  # E[mu (1 - mu)] = prior (1 - E[mu | V_H]), a martingale
        error_se=model.width**2 * model.prior * belief_se,
        belief=belief,
        belief_se=belief_se,
        mm_pnl=maker,
        informed_pnl=informed,
        noise_pnl=noise,
        orders=orders,
        inventory=inventory,
        n=paths,
        n_high=n_high,
        seed=seed,
        threads=execution.threads,
        seconds=seconds,
        trades_per_second=trades * paths / seconds,
        sampled=_sampled(model, trades, seed, min(execution.sampled, paths)),
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
    belief, belief_se = means_of_sums(high.curves[:, 2], high.curves[:, 3], high.paths)
    spread[0], belief[0] = (model.quotes().spread or 0.0) / model.width, model.prior
    if model.alpha == 1.0:  # the first trade tells all: from then on one side cannot trade
        spread[1:], spread_se[1:], spans[0] = 0.0, 0.0, 0.0
    spread_se, belief_se = np.hypot(spread_se, spans[0] / paths), np.hypot(belief_se, spans[1] / max(high.paths, 1))
    spread_se[0] = belief_se[0] = 0.0
    return model.width * spread, model.width * spread_se, belief, belief_se


def _gains(model: Binary, low: Sums, high: Sums) -> tuple[Mean, Mean, Mean]:
    """Return what a path brought the informed, the noise traders and the maker."""
    sums, n = low.gains + high.gains, low.paths + high.paths
    rows = (Mean.of_sums(float(sums[2 * i]), float(sums[2 * i + 1]), n).scaled(model.width) for i in range(3))
    informed, noise, maker = rows
    return informed, noise, maker
