"""What an experiment measures at a point: quotes alone, an exact law, or simulated means, each with its error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, get_type_hints

from glosten.errors import InputError
from glosten.run._das_averages import simulate_das
from glosten.run._models import ModelKind, make_model
from glosten.run._simulate import simulate
from glosten.run._simulation import Execution, Simulation
from glosten.statistics import Mean
from glosten.theory import Das, GaussianDas

Means = dict[str, Mean]

MEASURES = ("mc", "exact", "quotes")
"""How a point can be measured: drawn, by the exact law, or by the quotes before the first order."""
SIMULATED = (
    "spread",
    "error",
    "belief",
    "profit",
    "profit_sd",
    "informed",
    "noise",
    "orders",
    "inventory",
    "inventory_sd",
)
"""Curves at their last date, then sums over a path and the standard deviations of two of them over the paths."""
AVERAGED = ("spread", "profit", "informed", "noise", "distance", "trades", "inventory")
"""Averages over the periods of a path, for a value that keeps jumping."""


def figures_of(kind: ModelKind, measure: str) -> tuple[str, ...]:
    """Return the names of the figures that a point of a model yields."""
    if measure == "quotes":
        quotes = get_type_hints(kind.made.quotes)["return"]
        return tuple(name for name in quotes._fields if not name.startswith("why_"))
    return AVERAGED if kind.made in (Das, GaussianDas) else SIMULATED


def point_problems(kind: ModelKind, point: Mapping[str, Any], measure: str) -> tuple[str, ...]:
    """Return what keeps a point from being measured, each a sentence."""
    try:
        model = make_model(kind, point, "")
        if measure == "exact":
            simulate(model, 1, 1, 0, "exact", Execution(sampled=0))
    except InputError as error:
        return tuple(problem.removeprefix(": ") for problem in error.problems)
    return ()


def measure_point(kind: ModelKind, point: Mapping[str, Any], measure: str, size: tuple[int, int], seed: int) -> Means:
    """Return the figures of a point; ``size`` is (periods, replications)."""
    model = make_model(kind, point, kind.name)
    periods, replications = size
    if measure == "quotes":
        quotes = model.quotes()
        return {name: Mean.exact(_number(getattr(quotes, name)), 0.0) for name in figures_of(kind, measure)}
    if isinstance(model, Das | GaussianDas):
        found = simulate_das(model, periods, replications, seed)
        means = (found.spread, found.maker, found.informed, found.noise, found.distance, found.trades, found.inventory)
        return dict(zip(AVERAGED, means, strict=True))
    return _simulated(simulate(model, periods, max(replications, 1), seed, measure, Execution(sampled=0)))  # type: ignore[arg-type]


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _simulated(found: Simulation) -> Means:
    nothing = Mean.exact(math.nan, math.nan)
    curves = {name: _last(found, name) for name in ("spread", "error", "belief")}
    gains = {"profit": found.mm_pnl, "informed": found.informed_pnl, "noise": found.noise_pnl}
    gains["profit_sd"] = _deviation(found.mm_pnl)
    counts = {"orders": found.orders or nothing, "inventory": found.inventory or nothing}
    counts["inventory_sd"] = _deviation(counts["inventory"])
    return curves | gains | counts


def _deviation(mean: Mean) -> Mean:
    """Return the standard deviation of a quantity with its error, that of a normal one where it was drawn."""
    if mean.n < 2:
        return Mean.exact(mean.sd, math.nan)
    error = mean.sd / math.sqrt(2.0 * (mean.n - 1))
    return Mean(mean.sd, error, error * math.sqrt(mean.n), mean.n)


def _last(found: Simulation, name: str) -> Mean:
    """Return the last date of a curve; beliefs are means over the paths with the high value."""
    mean, error = float(getattr(found, name)[-1]), float(getattr(found, f"{name}_se")[-1])
    n = found.n_high if name == "belief" else found.n
    return Mean(mean, error, error * n**0.5, n)
