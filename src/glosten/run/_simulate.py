"""Simulate a model: one call, two engines that must agree.

``exact`` computes the law by time, for models whose order probabilities do not depend on the quotes; ``mc`` draws paths
of any model, those of the binary one by a kernel of their own. The result says which ran, and every drawn number
carries its standard error and the number of paths behind it.
"""

from __future__ import annotations

import time
from typing import Any, Protocol, runtime_checkable

import numpy as np

from glosten.errors import InputError
from glosten.run._binary_simulation import binary_flow, draw_binary, exact_passage, value_key
from glosten.run._monte_carlo import MOST_TRADES_F32
from glosten.run._sample import Path, sample
from glosten.run._simulation import (
    ENGINES,
    LARGEST_SEED,
    MOST_SAMPLED,
    Engine,
    Execution,
    FirstPassage,
    Simulation,
    whole_problem,
)
from glosten.run._told_path import ToldPath, tell
from glosten.statistics import Mean
from glosten.theory import Binary, Ensemble, Law, simulate_ensemble

MOST_TRADES_EXACT = 50_000
"""The exact law costs the square of this: half a minute at the most."""
MOST_DRAWS = 2**62


class Model(Protocol):
    """What a model must be able to do to be simulated: draw its paths."""

    def ensemble(self, periods: int, seed: int = 0) -> Ensemble:
        """Return all paths that the model draws with a seed over a number of periods."""


@runtime_checkable
class Lawful(Protocol):
    """A model whose law by time is known: its order probabilities do not depend on the quotes."""

    def law(self, periods: int) -> Law:
        """Return the exact law over 0..periods periods."""


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
        return draw_binary(model, trades, paths, seed, execution)
    return _of_ensemble(model, trades, paths, seed, execution)


def _check(model: Model, trades: int, paths: int, seed: int, engine: str, execution: Execution) -> None:
    most = MOST_TRADES_EXACT if engine == "exact" else 10**9
    problems = [
        whole_problem("trades", trades, 1, most),
        whole_problem("paths", paths, 1, 10**12),
        whole_problem("seed", seed, 0, LARGEST_SEED),
        None if engine in ENGINES else f"engine must be {' or '.join(ENGINES)}; it was {engine!r}.",
        _no_law(model) if engine == "exact" else None,
        None if isinstance(model, Binary) else _binary_only(model, execution),
        *execution.problems(paths if engine == "mc" else 10**12),
    ]
    found = [problem for problem in problems if problem is not None]
    if not found and execution.precision == "f32" and trades > MOST_TRADES_F32:
        found = [f"trades must not exceed {MOST_TRADES_F32} in f32; it was {trades}."]
    if not found and trades * paths > MOST_DRAWS:
        found = [f"trades times paths must not exceed {MOST_DRAWS}; it was {trades * paths}."]
    if found:
        raise InputError(found)


def _no_law(model: Model) -> str | None:
    if isinstance(model, Lawful):
        return None
    name = type(model).__name__
    return f"engine exact needs order probabilities that do not depend on the quotes; those of {name} do. Use mc."


def _binary_only(model: Model, execution: Execution) -> str | None:
    if execution.precision == "f64" and execution.target is None:
        return None
    what = "target" if execution.target is not None else "precision f32"
    return f"{what} is for the kernel of the binary model; {type(model).__name__} has none."


def _exact(model: Model, trades: int, seed: int, execution: Execution) -> Simulation:
    assert isinstance(model, Lawful), "asked before"  # noqa: S101
    model.law(1)  # compiles, so that the clock measures the law only
    started = time.perf_counter()
    law = model.law(trades)
    seconds = time.perf_counter() - started
    orders, inventory = binary_flow(model, trades) if isinstance(model, Binary) else (None, None)
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
        sampled=_sampled(model, trades, seed, execution.numbers(MOST_SAMPLED)),
        first_passage=_exact_passage(model, trades, execution.target),
    )


def _exact_passage(model: Model, trades: int, target: float | None) -> FirstPassage | None:
    return exact_passage(model, trades, target) if isinstance(model, Binary) and target is not None else None


def _sampled(model: Any, trades: int, seed: int, numbers: tuple[int, ...]) -> tuple[Path | ToldPath, ...]:
    """Return the paths with these numbers in full."""
    if isinstance(model, Binary):
        return sample(model, trades, seed, numbers, value_key(seed))
    return tuple(tell(model, trades, seed, number) for number in numbers)


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
        sampled=_sampled(model, trades, seed, execution.numbers(paths)),
    )
