"""A model in a TOML file: its kind and parameters, and how it is to be simulated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from glosten.errors import InputError
from glosten.run._models import MODELS, ModelKind, model_problems
from glosten.run._toml import read_toml, unknown

TABLES = ("model", "simulation")
WHAT = "a model file, as in config/models/"
SIMULATION = {"trades": int, "paths": int, "seed": int, "engine": str, "target": float, "precision": str}
"""What the table [simulation] may hold, each the option of `glosten simulate` with that name."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A kind of model, the parameters given for it, and what was said of its simulation."""

    kind: ModelKind
    parameters: Mapping[str, Any]
    simulation: Mapping[str, Any] = field(default_factory=dict)


def read_model_file(path: Path) -> ModelFile:
    """Return what a model file says; parameters that stand in it are checked, missing ones are not.

    Raises `SettingsError` where it cannot be read and `InputError` naming everything that is wrong in it.
    """
    tables = read_toml(path, WHAT)
    problems = [unknown(str(path), f"the table [{name}]", name, TABLES) for name in tables if name not in TABLES]
    model, simulation = tables.get("model", {}), tables.get("simulation", {})
    for name, table in (("model", model), ("simulation", simulation)):
        if not isinstance(table, dict):
            problems.append(f"{path}: {name} must be a table, [{name}].")
    if not isinstance(model, dict) or not isinstance(model.get("kind"), str):
        raise InputError([*problems, f"{path} needs a table [model] with kind = one of {', '.join(MODELS)}."])
    if model["kind"] not in MODELS:
        raise InputError([*problems, unknown(str(path), f'kind = "{model["kind"]}"', model["kind"], MODELS)])
    kind = MODELS[model["kind"]]
    parameters = {name: value for name, value in model.items() if name != "kind"}
    problems += model_problems(kind, parameters, str(path), complete=False)
    if isinstance(simulation, dict):
        problems += _simulation_problems(path, simulation)
    if problems:
        raise InputError(problems)
    return ModelFile(kind, parameters, simulation)


def _simulation_problems(path: Path, table: Mapping[str, Any]) -> list[str]:
    problems = [
        unknown(str(path), f"{name} in [simulation]", name, SIMULATION) for name in table if name not in SIMULATION
    ]
    nouns = {int: "a whole number", float: "a number", str: "a text"}
    for name, type_ in SIMULATION.items():
        value = table.get(name)
        allowed: tuple[type, ...] = (int, float) if type_ is float else (type_,)
        if value is not None and (isinstance(value, bool) or not isinstance(value, allowed)):
            problems.append(f"{path}: {name} in [simulation] must be {nouns[type_]}; it was {value!r}.")
    return problems
