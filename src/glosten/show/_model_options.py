"""Which model the user means: a file or a name, then the binary model's flags, then single parameters; later wins."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from glosten.errors import InputError

if TYPE_CHECKING:
    from glosten.run import ModelKind

BINARY = {"v_low": 98.0, "v_high": 102.0, "prior": 0.5, "alpha": 0.3, "gamma": 0.5}
"""The market of the flags where no model is named: the first example of the docs."""

FILE_HELP = "A TOML file: a model as in config/models/, or a market as in config/markets/."
File = Annotated[Path | None, typer.Argument(metavar="FILE", help=FILE_HELP, show_default=False)]
Name = Annotated[
    str | None, typer.Option("--model", metavar="NAME", help="A model by name; `glosten models` lists them.")
]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the model; may be repeated.")
]
Low = Annotated[float | None, typer.Option("--v-low", help="The low value, in price units (98).", show_default=False)]
High = Annotated[
    float | None, typer.Option("--v-high", help="The high value, in price units (102).", show_default=False)
]
Prior = Annotated[float | None, typer.Option(help="Probability of the high value (0.5).", show_default=False)]
Alpha = Annotated[float | None, typer.Option(help="Fraction of traders who know the value (0.3).", show_default=False)]
Gamma = Annotated[float | None, typer.Option(help="Probability that a noise trader buys (0.5).", show_default=False)]


class Chosen(NamedTuple):
    """The model the user means, its kind and parameters, and what its file says of the simulation."""

    kind: ModelKind
    parameters: dict[str, Any]
    model: Any
    simulation: Mapping[str, Any]


def refuse_model_names(file: Path | None) -> None:
    """Raise `InputError` where what should be a file is none, but a model's name or nearly one."""
    from glosten.params import nearest  # noqa: PLC0415
    from glosten.run import MODELS  # noqa: PLC0415

    name = "" if file is None or file.exists() else str(file)
    close = name if name in MODELS else nearest(name, MODELS)
    if close:
        raise InputError(f"{name} does not exist as a file. A model by its name is --model {close}.")


def choose_model(
    file: Path | None, name: str | None, sets: Sequence[str] | None, flags: Mapping[str, float | None]
) -> Chosen:
    """Return the model of a file or a name with single parameters set; raises `InputError` for what is wrong."""
    from glosten.run import make_model, model_kind, plain_values, read_model_file  # noqa: PLC0415

    if file is not None and name is not None:
        raise InputError(f"Give either the file {file} or --model {name}, not both.")
    simulation: Mapping[str, Any] = {}
    parameters: dict[str, Any] = {}
    where = f"--model {name}" if name else "the command line"
    if file is not None:
        refuse_model_names(file)
        told = read_model_file(file)
        kind, simulation, where = told.kind, told.simulation, str(file)
        parameters |= told.parameters
    else:
        kind = model_kind(name or "binary")
        parameters |= BINARY if name is None else {}
    parameters |= {flag: value for flag, value in flags.items() if value is not None}
    parameters |= dict(map(_assignment, sets or ()))
    model = make_model(kind, parameters, where)
    return Chosen(kind, plain_values(kind, parameters), model, simulation)


def _assignment(text: str) -> tuple[str, Any]:
    """Return (name, value) of NAME=VALUE: a number, or what TOML reads, else a text."""
    name, equals, value = text.partition("=")
    name = name.strip().replace("-", "_")
    if not (equals and name and value.strip()):
        raise InputError(f"--set takes NAME=VALUE, as in --set alpha=0.3; it was {text!r}.")
    for read in (float, lambda text: tomllib.loads(f"value = {text}")["value"]):
        try:
            return name, read(value)
        except ValueError:
            continue
    return name, value.strip()
