"""Experiments as data: a TOML file names a model, its parameters and a grid; every point is run once and kept.

A point's seed is made of the experiment's name, its own parameters and the seed of the file, so that a point draws the
same numbers whatever other points stand in the grid. Finished points are one parquet row each, written whole or not at
all: an experiment that was stopped goes on where it stopped.
"""

from __future__ import annotations

import json
import math
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl

from glosten.errors import InputError, SettingsError
from glosten.params import nearest
from glosten.run._experiment_models import MODELS, ExperimentModel
from glosten.statistics import stream

TABLES = ("experiment", "parameters", "grid", "points", "published")
SETTINGS = {"name": str, "model": str, "title": str, "periods": int, "replications": int, "seed": int}
REQUIRED = ("name", "model", "periods", "replications")
RESULTS = "points.parquet"
MOST_POINTS = 100_000
Parameters = dict[str, Any]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Published:
    """What a source says of a figure at the points with these parameters, and whether it is expected to be found."""

    at: Parameters
    figure: str
    value: float
    replicates: bool
    source: str


@dataclass(frozen=True, slots=True)
class Experiment:
    """A checked experiment: ``points`` are the complete parameters of the model, in the order of the file."""

    name: str
    title: str
    model: str
    periods: int
    replications: int
    seed: int
    points: tuple[Parameters, ...]
    varied: tuple[str, ...]
    published: tuple[Published, ...]

    def key(self, point: Parameters) -> str:
        """Return the name of a point's result: it changes with anything that changes the result."""
        what = {"model": self.model, "name": self.name, "point": point, "seed": self.seed}
        sizes = {"periods": self.periods, "replications": self.replications}
        return blake2b(json.dumps(what | sizes, sort_keys=True).encode(), digest_size=12).hexdigest()

    def point_seed(self, point: Parameters) -> int:
        """Return the seed of a point, from the names of experiment and point and the seed of the file."""
        return int(stream(self.seed, f"{self.name}/{json.dumps(point, sort_keys=True)}"))


def read_experiment(path: Path) -> Experiment:
    """Read and check an experiment file, every point of it, before anything is run.

    Raises `SettingsError` for a file that cannot be read, `InputError` naming everything that is wrong in it.
    """
    tables = _tables(path)
    problems = [_unknown(path, f"the table [{name}]", name, TABLES) for name in tables if name not in TABLES]
    settings, found = _settings(path, tables.get("experiment", {}))
    problems += found
    model = MODELS.get(settings.get("model", ""))
    if problems or model is None:
        raise InputError(problems)
    fixed, grid, rows, found = _choices(path, tables, model)
    published, more = _published(path, tables.get("published", []), model)
    problems += found + more
    if not problems and len(rows) * math.prod(len(values) for values in grid.values()) > MOST_POINTS:
        problems.append(f"{path} has more than {MOST_POINTS} points. Take values out of [grid].")
    if problems:
        raise InputError(problems)
    crossed = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    points = tuple(_plain({**fixed, **row, **values}) for row in rows for values in crossed)
    for number, point in enumerate(points, start=1):
        problems += [f"{path}, point {number}: {problem}" for problem in model.problems(point)]
    if problems:
        raise InputError(dict.fromkeys(problems))
    varied = tuple(dict.fromkeys([name for row in rows for name in row] + list(grid)))
    sizes = settings["periods"], settings["replications"], settings.get("seed", 0)
    title = settings.get("title", settings["name"])
    return Experiment(settings["name"], title, settings["model"], *sizes, points, varied, published)


def _plain(point: Parameters) -> Parameters:
    """Return a point with its numbers as floats, so that 50 and 50.0 are one point."""
    return {name: value if isinstance(value, bool) else float(value) for name, value in point.items()}


def _tables(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist. An experiment is a TOML file, as in experiments/.") from None
    except IsADirectoryError:
        raise SettingsError(f"{path} is a directory, not an experiment file.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8 text.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror or error}.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from None


def _unknown(path: Path, what: str, name: str, names: Iterable[str]) -> str:
    close = nearest(name, names)
    return f"{path} has {what}, which is not known. {f'Did you mean {close}?' if close else f'Known: {_list(names)}.'}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)


def _settings(path: Path, table: Any) -> tuple[dict[str, Any], list[str]]:
    """Return the table [experiment] and what is wrong in it."""
    if not isinstance(table, dict):
        return {}, [f"{path}: experiment must be a table, [experiment]."]
    problems = [_unknown(path, f"{name} in [experiment]", name, SETTINGS) for name in table if name not in SETTINGS]
    problems += [f"{path} lacks {name} in [experiment]." for name in REQUIRED if name not in table]
    for name, kind in SETTINGS.items():
        value: Any = table.get(name, kind())
        fits = isinstance(value, kind) and not isinstance(value, bool)
        if not fits:
            noun = "a text" if kind is str else "a whole number"
            problems.append(f"{path}: {name} in [experiment] must be {noun}; it was {value!r}.")
        elif kind is int and name in table and not (name != "seed") <= value < 2**63:
            problems.append(f"{path}: {name} in [experiment] must be {int(name != 'seed')} or more; it was {value}.")
        elif name == "model" and value and value not in MODELS:
            problems.append(_unknown(path, f'model = "{value}"', value, MODELS))
        elif name == "name" and name in table and not value:
            problems.append(f"{path}: name in [experiment] must not be empty.")
    return (table if not problems else {}), problems


def _choices(
    path: Path, tables: Mapping[str, Any], model: ExperimentModel
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
            if name not in model.parameters:
                problems.append(_unknown(path, f"{name} in {where}", name, model.parameters))
            elif where == "[grid]" and not (isinstance(value, list) and value):
                problems.append(f"{path}: {name} in [grid] must be a list of values; it was {value!r}.")
            elif where == "[grid]" and any(value.count(one) > 1 for one in value):
                problems.append(f"{path}: {name} in [grid] names a value twice.")
            for other, tabled in (("[parameters]", fixed), ("[grid]", grid)):
                if where not in ("[parameters]", other) and name in tabled:
                    problems.append(f"{path}: {name} stands in {where} and in {other}.")
    values = [value for table in (fixed, *rows) for value in table.items()]
    values += [(name, one) for name, many in grid.items() if isinstance(many, list) for one in many]
    for name, one in values:
        if not isinstance(one, int | float) or (isinstance(one, float) and not math.isfinite(one)):
            problems.append(f"{path}: {name} must be a number, true or false; it was {one!r}.")
    given = {*fixed, *grid, *(name for row in rows for name in row)}
    problems += [f"{path} lacks the parameter {name}." for name in model.required if name not in given]
    problems += [
        f"{path}: each of [[points]] must give {name}, as one of them does."
        for name in dict.fromkeys(name for row in rows for name in row)
        if any(name not in row for row in rows)
    ]
    return fixed, grid, rows, problems


def _published(path: Path, rows: Any, model: ExperimentModel) -> tuple[tuple[Published, ...], list[str]]:
    """Return what sources say, and what is wrong in [[published]]."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return (), [f"{path}: published must be a list of tables, [[published]]."]
    kept, problems = [], []
    names = ("at", "source", "replicates", *model.figures)
    for row in rows:
        problems += [_unknown(path, f"{name} in [[published]]", name, names) for name in row if name not in names]
        at, source, replicates = row.get("at", {}), row.get("source", ""), row.get("replicates", True)
        if not (isinstance(at, dict) and isinstance(source, str) and isinstance(replicates, bool) and source):
            problems.append(f"{path}: [[published]] needs at (a table), source (a text), replicates (true or false).")
            continue
        problems += [
            _unknown(path, f"{name} in at", name, model.parameters) for name in at if name not in model.parameters
        ]
        for figure in model.figures:
            value = row.get(figure, 0.0)
            if isinstance(value, bool) or not isinstance(value, int | float):
                problems.append(f"{path}: {figure} in [[published]] must be a number; it was {value!r}.")
            elif figure in row:
                kept.append(Published(at, figure, float(value), replicates, source))
    return tuple(kept), problems


def run_experiment(experiment: Experiment, out: Path, progress: Progress | None = None) -> pl.DataFrame:
    """Run the points of an experiment that ``out`` does not hold yet; return all rows in the order of the file.

    The folder's points.parquet is replaced by a complete one after every point. Raises `SettingsError` where ``out``
    cannot be written or holds something else.
    """
    done = _finished(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{out} cannot be made: {(error.strerror or str(error)).lower()}.") from None
    for number, point in enumerate(experiment.points):
        if progress is not None:
            progress(number, len(experiment.points))
        key = experiment.key(point)
        if key in done:
            continue
        sizes = experiment.periods, experiment.replications
        means = MODELS[experiment.model].run(point, *sizes, experiment.point_seed(point))
        row: dict[str, Any] = {"key": key, "experiment": experiment.name, **point}
        row |= {"periods": sizes[0], "replications": sizes[1], "seed": experiment.seed}
        for figure, mean in means.items():
            row |= {figure: mean.mean, f"{figure}_se": mean.se, f"{figure}_n": mean.n}
        done[key] = row
        _write(list(done.values()), out / RESULTS)
    if progress is not None:
        progress(len(experiment.points), len(experiment.points))
    return results_of(experiment, out)


def results_of(experiment: Experiment, out: Path) -> pl.DataFrame:
    """Return the finished points of an experiment in the order of the file; an empty table where there are none."""
    done = _finished(out)
    rows = [done[key] for key in map(experiment.key, experiment.points) if key in done]
    return pl.DataFrame(rows, infer_schema_length=None)


def _finished(out: Path) -> dict[str, dict[str, Any]]:
    """Return the rows in a folder of results by their keys."""
    path = out / RESULTS
    if not path.exists():
        if out.exists() and not out.is_dir():
            raise SettingsError(f"{out} is a file; --out names a folder.")
        return {}
    try:
        rows = pl.read_parquet(path).to_dicts()
        return {row["key"]: row for row in rows}
    except (pl.exceptions.PolarsError, KeyError, OSError):
        raise SettingsError(f"{path} holds no results of an experiment. Name another folder with --out.") from None


def _write(rows: list[dict[str, Any]], path: Path) -> None:
    """Write the table under another name and rename it, so that a reader sees the old one or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        pl.DataFrame(rows, infer_schema_length=None).write_parquet(temporary)
        temporary.replace(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}.") from None
    finally:
        temporary.unlink(missing_ok=True)
