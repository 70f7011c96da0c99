"""An experiment in a TOML file: what stands in it, and everything that is wrong with it, before anything is run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

from glosten.errors import InputError
from glosten.run._experiment import Experiment, Parameters, Published
from glosten.run._maker_experiment import FIGURES, MAKER, TapeSource, read_tapes
from glosten.run._maker_experiment import point_problems as maker_problems
from glosten.run._measures import MEASURES, figures_of, point_problems
from glosten.run._models import MODELS, ModelKind, plain_values
from glosten.run._toml import read_toml, unknown

TABLES = ("experiment", "parameters", "grid", "points", "published", "tapes")
BACKTEST = "backtest"
"""How the maker's points are measured."""
KINDS = {**MODELS, MAKER.name: MAKER}
SETTINGS = {"name": str, "model": str, "title": str, "measure": str, "periods": int, "replications": int, "seed": int}
SHOWN = "shown"
"""Beside `SETTINGS`, a list of the figures to show."""
CHOICES = {"model": tuple(KINDS), "measure": (*MEASURES, BACKTEST)}
REQUIRED = ("name", "model")
SIZES: dict[str, tuple[str, ...]] = {"mc": ("periods", "replications"), "exact": ("periods",), "quotes": ()}
"""What must be said of the size of an experiment, by how its points are measured."""
MOST_POINTS = 100_000


def read_experiment(path: Path) -> Experiment:
    """Read and check an experiment file, every point of it, before anything is run.

    Raises `SettingsError` for a file that cannot be read, `InputError` naming everything that is wrong in it.
    """
    tables = read_toml(path, "an experiment, as in experiments/")
    problems = [unknown(str(path), f"the table [{name}]", name, TABLES) for name in tables if name not in TABLES]
    settings, found = _settings(path, tables.get("experiment", {}))
    problems += found
    model = KINDS.get(settings.get("model", ""))
    if problems or model is None:
        raise InputError(problems)
    measure = settings.get("measure", "mc")
    tapes, tape_problems = _tapes(path, tables, model)
    fixed, grid, rows, problems = _choices(path, tables, model)
    problems += tape_problems
    figures = FIGURES if model is MAKER else figures_of(model, measure)
    published, more = _published(path, tables.get("published", []), (model, figures))
    problems += more
    shown = settings.get(SHOWN, [])
    if not isinstance(shown, list) or not all(isinstance(name, str) for name in shown):
        problems.append(f"{path}: {SHOWN} in [experiment] must be a list of figures; it was {shown!r}.")
    else:
        problems += [unknown(str(path), f"{name} in {SHOWN}", name, figures) for name in shown if name not in figures]
    if not problems and len(rows) * math.prod(len(values) for values in grid.values()) > MOST_POINTS:
        problems.append(f"{path} has more than {MOST_POINTS} points. Take values out of [grid].")
    if problems:
        raise InputError(problems)
    crossed = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    points = tuple(plain_values(model, {**fixed, **row, **values}) for row in rows for values in crossed)
    for number, point in enumerate(points, start=1):
        wrong = maker_problems(point, tapes) if model is MAKER else point_problems(model, point, measure)
        problems += [f"{path}, point {number}: {problem}" for problem in wrong]
    if problems:
        raise InputError(dict.fromkeys(problems))
    return Experiment(
        name=settings["name"],
        title=settings.get("title", settings["name"]),
        model=settings["model"],
        measure=measure,
        periods=settings.get("periods", 0),
        replications=settings.get("replications", 0),
        seed=settings.get("seed", 0),
        points=points,
        varied=tuple(dict.fromkeys([name for row in rows for name in row] + list(grid))),
        shown=tuple(shown),
        published=published,
        tapes=tapes,
    )


def _tapes(path: Path, tables: Mapping[str, Any], model: ModelKind) -> tuple[dict[str, TapeSource], list[str]]:
    """Return the tapes of the file, and what is wrong in [tapes]: only the maker has any, and it needs one."""
    table = tables.get("tapes", {})
    if not isinstance(table, Mapping):
        return {}, [f"{path}: tapes must hold a table a tape, as in [tapes.btcusdt]."]
    if model is not MAKER:
        return {}, [f"{path}: [tapes] are for the model maker."] if table else []
    return read_tapes(path, table) if table else ({}, [f"{path} lacks [tapes]: the maker needs a market."])


def _settings(path: Path, table: Any) -> tuple[dict[str, Any], list[str]]:
    """Return the table [experiment] and what is wrong in it."""
    if not isinstance(table, dict):
        return {}, [f"{path}: experiment must be a table, [experiment]."]
    names = (*SETTINGS, SHOWN)
    problems = [unknown(str(path), f"{name} in [experiment]", name, names) for name in table if name not in names]
    problems += [f"{path} lacks {name} in [experiment]." for name in REQUIRED if name not in table]
    for name, kind in SETTINGS.items():
        value: Any = table.get(name, kind())
        fits = isinstance(value, kind) and not isinstance(value, bool)
        if not fits:
            noun = "a text" if kind is str else "a whole number"
            problems.append(f"{path}: {name} in [experiment] must be {noun}; it was {value!r}.")
        elif kind is int and name in table and not (name != "seed") <= value < 2**63:
            problems.append(f"{path}: {name} in [experiment] must be {int(name != 'seed')} or more; it was {value}.")
        elif name in table and value and value not in CHOICES.get(name, (value,)):
            problems.append(unknown(str(path), f'{name} = "{value}"', value, CHOICES[name]))
        elif name == "name" and name in table and not value:
            problems.append(f"{path}: name in [experiment] must not be empty.")
    sizes = SIZES.get(table.get("measure", "mc"), ()) if not problems else ()
    problems += [f"{path} lacks {name} in [experiment]." for name in sizes if name not in table]
    is_maker = table.get("model") == MAKER.name
    if not problems and is_maker != (table.get("measure", "mc") == BACKTEST):
        problems.append(f'{path}: the model maker goes with measure = "{BACKTEST}", and no other model does.')
    return (table if not problems else {}), problems


def _choices(
    path: Path, tables: Mapping[str, Any], model: ModelKind
) -> tuple[Parameters, dict[str, list[Any]], list[Parameters], list[str]]:
    """Return what holds at all points, the grid, the rows of [[points]], and what is wrong in them."""
    fixed, grid, rows = tables.get("parameters", {}), tables.get("grid", {}), tables.get("points", [{}])
    shapes = {"parameters": isinstance(fixed, dict), "grid": isinstance(grid, dict)}
    shapes["points"] = isinstance(rows, list) and bool(rows) and all(isinstance(row, dict) for row in rows)
    problems = [f"{path}: {name} must be a table." for name, fits in shapes.items() if not fits]
    if problems:
        return {}, {}, [], problems
    for where, table in (("[parameters]", fixed), ("[grid]", grid), *(("[[points]]", row) for row in rows)):
        for name, value in table.items():
            if name not in model.names:
                problems.append(unknown(str(path), f"{name} in {where}", name, model.names))
            elif where == "[grid]" and not (isinstance(value, list) and value):
                problems.append(f"{path}: {name} in [grid] must be a list of values; it was {value!r}.")
            elif where == "[grid]" and any(value.count(one) > 1 for one in value):
                problems.append(f"{path}: {name} in [grid] names a value twice.")
            for other, tabled in (("[parameters]", fixed), ("[grid]", grid)):
                if where not in ("[parameters]", other) and name in tabled:
                    problems.append(f"{path}: {name} stands in {where} and in {other}.")
    known = {parameter.name: parameter for parameter in model.parameters}
    values = [value for table in (fixed, *rows) for value in table.items()]
    values += [(name, one) for name, many in grid.items() if isinstance(many, list) for one in many]
    found = [known[name].problem(one) for name, one in values if name in known]
    problems += [f"{path}: {problem}" for problem in found if problem is not None]
    given = {*fixed, *grid, *(name for row in rows for name in row)}
    problems += [
        f"{path} lacks the parameter {one.name}." for one in model.parameters if one.required and one.name not in given
    ]
    problems += [
        f"{path}: each of [[points]] must give {name}, as one of them does."
        for name in dict.fromkeys(name for row in rows for name in row)
        if any(name not in row for row in rows)
    ]
    return fixed, grid, rows, problems


def _published(
    path: Path, rows: Any, known: tuple[ModelKind, tuple[str, ...]]
) -> tuple[tuple[Published, ...], list[str]]:
    """Return what sources say, and what is wrong in [[published]]; ``known`` is the model and its figures."""
    model, figures = known
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return (), [f"{path}: published must be a list of tables, [[published]]."]
    kept, problems = [], []
    names = ("at", "source", "replicates", *figures)
    for row in rows:
        problems += [unknown(str(path), f"{name} in [[published]]", name, names) for name in row if name not in names]
        at, source, replicates = row.get("at", {}), row.get("source", ""), row.get("replicates", True)
        if not (isinstance(at, dict) and isinstance(source, str) and isinstance(replicates, bool) and source):
            problems.append(f"{path}: [[published]] needs at (a table), source (a text), replicates (true or false).")
            continue
        problems += [unknown(str(path), f"{name} in at", name, model.names) for name in at if name not in model.names]
        for figure in figures:
            value = row.get(figure, 0.0)
            if isinstance(value, bool) or not isinstance(value, int | float):
                problems.append(f"{path}: {figure} in [[published]] must be a number; it was {value!r}.")
            elif figure in row:
                kept.append(Published(at, figure, float(value), replicates, source))
    return tuple(kept), problems
