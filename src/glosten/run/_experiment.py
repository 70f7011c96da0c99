"""Experiments as data: a TOML file names a model, its parameters and a grid; every point is run once and kept.

A point's seed is made of the experiment's name, its own parameters and the seed of the file, so that a point draws the
same numbers whatever other points stand in the grid. Finished points are one parquet row each, written whole or not at
all: an experiment that was stopped goes on where it stopped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import polars as pl

from glosten.errors import SettingsError
from glosten.run._maker_experiment import TAPE, TapeSource, measure_maker
from glosten.run._measures import measure_point
from glosten.run._models import MODELS
from glosten.statistics import Mean, stream

RESULTS = "points.parquet"
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
    """A checked experiment: ``points`` are the complete parameters of the model, in the order of the file.

    ``measure`` is mc (drawn), exact (the law), quotes (those before the first order; nothing is simulated) or backtest
    (the maker on one of the ``tapes``); ``shown`` are the figures worth showing, none for all.
    """

    name: str
    title: str
    model: str
    measure: str
    periods: int
    replications: int
    seed: int
    points: tuple[Parameters, ...]
    varied: tuple[str, ...]
    shown: tuple[str, ...]
    published: tuple[Published, ...]
    tapes: Mapping[str, TapeSource] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[str, ...]:
        """Return a sentence for each file of a tape that is not there; the points on it are skipped."""
        return tuple(sentence for tape in self.tapes.values() for sentence in tape.missing())

    def can_run(self, point: Parameters) -> bool:
        """Return whether everything a point needs is there."""
        return not self.tapes or not self.tapes[point[TAPE]].missing()

    def key(self, point: Parameters) -> str:
        """Return the name of a point's result: it changes with anything that changes the result."""
        what = {"model": self.model, "name": self.name, "point": point, "seed": self.seed}
        sizes = {"measure": self.measure, "periods": self.periods, "replications": self.replications}
        what |= {"tape": self.tapes[point[TAPE]].spelled()} if self.tapes else {}
        return blake2b(json.dumps(what | sizes, sort_keys=True).encode(), digest_size=12).hexdigest()

    def point_seed(self, point: Parameters) -> int:
        """Return the seed of a point, from the names of experiment and point and the seed of the file."""
        return int(stream(self.seed, f"{self.name}/{json.dumps(point, sort_keys=True)}"))


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
        if key in done or not experiment.can_run(point):
            continue
        sizes = experiment.periods, experiment.replications
        means = _measured(experiment, point)
        row: dict[str, Any] = {"key": key, "experiment": experiment.name, **point}
        row |= {"periods": sizes[0], "replications": sizes[1], "seed": experiment.seed}
        for figure, mean in means.items():
            row |= {figure: mean.mean, f"{figure}_se": mean.se, f"{figure}_n": mean.n}
        done[key] = row
        _write(list(done.values()), out / RESULTS)
    if progress is not None:
        progress(len(experiment.points), len(experiment.points))
    return results_of(experiment, out)


def _measured(experiment: Experiment, point: Parameters) -> dict[str, Mean]:
    if experiment.tapes:
        return measure_maker(point, experiment.tapes[point[TAPE]], experiment.replications)
    sizes = experiment.periods, experiment.replications
    return measure_point(MODELS[experiment.model], point, experiment.measure, sizes, experiment.point_seed(point))


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
