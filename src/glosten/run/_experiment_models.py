"""The models an experiment can run: their parameters, their figures, and one function that runs a point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from glosten.errors import InputError
from glosten.run._das_paths import simulate_das
from glosten.run._simulate import Execution, simulate
from glosten.statistics import Mean
from glosten.theory import Binary, Das, GaussianDas

Means = dict[str, Mean]


@dataclass(frozen=True, slots=True)
class ExperimentModel:
    """A model with the parameters it takes (``required`` of them must be given), and the figures it yields."""

    make: Callable[..., Any]
    parameters: tuple[str, ...]
    required: tuple[str, ...]
    switches: tuple[str, ...]
    figures: tuple[str, ...]
    simulate: Callable[[Any, int, int, int], Means]

    def problems(self, point: Mapping[str, Any]) -> tuple[str, ...]:
        """Return what is wrong with the parameters of a point."""
        mixed = [name for name, value in point.items() if isinstance(value, bool) != (name in self.switches)]
        if mixed:
            return tuple(
                f"{name} must be {'true or false' if name in self.switches else 'a number'}; it was {point[name]!r}."
                for name in mixed
            )
        try:
            model = self.make(**point)
            self.simulate(model, 1, 1, 0)
        except InputError as error:
            return error.problems
        return ()

    def run(self, point: Mapping[str, Any], periods: int, replications: int, seed: int) -> Means:
        """Return the figures of a point, each with standard error and n."""
        return self.simulate(self.make(**point), periods, replications, seed)


def _das(model: Das | GaussianDas, periods: int, replications: int, seed: int) -> Means:
    found = simulate_das(model, periods, replications, seed)
    return {
        "spread": found.spread,
        "profit": found.maker,
        "informed": found.informed,
        "noise": found.noise,
        "distance": found.distance,
        "trades": found.trades,
        "inventory": found.inventory,
    }


def _binary(model: Binary, periods: int, replications: int, seed: int) -> Means:
    found = simulate(model, periods, replications, seed, execution=Execution(sampled=0))
    spread, error = float(found.spread[-1]), float(found.spread_se[-1])
    return {
        "spread": Mean(spread, error, error * replications**0.5, replications),
        "profit": found.mm_pnl,
        "informed": found.informed_pnl,
        "noise": found.noise_pnl,
    }


def _model(
    kind: Any, simulate_point: Callable[[Any, int, int, int], Means], figures: tuple[str, ...]
) -> ExperimentModel:
    """Return what an experiment needs to know of a dataclass of `theory`."""
    taken = [field for field in fields(kind) if field.init and field.name not in ("mean", "variance", "inventory")]
    return ExperimentModel(
        make=kind,
        parameters=tuple(field.name for field in taken),
        required=tuple(field.name for field in taken if field.default is MISSING),
        switches=tuple(field.name for field in taken if field.default in (True, False) and field.type == "bool"),
        figures=figures,
        simulate=simulate_point,
    )


DAS_FIGURES = ("spread", "profit", "informed", "noise", "distance", "trades", "inventory")
MODELS = {
    "das": _model(Das, _das, DAS_FIGURES),
    "das_gaussian": _model(GaussianDas, _das, DAS_FIGURES),
    "binary": _model(Binary, _binary, ("spread", "profit", "informed", "noise")),
}
"""Binary: ``periods`` are the trades of a path, ``replications`` the paths, ``spread`` is the last one quoted."""
