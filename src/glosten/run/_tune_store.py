"""The trials of a search, kept by optuna, and what it proposes next; the only file that knows optuna."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glosten.errors import RunError, SettingsError
from glosten.run._tune_plan import Dimension, fold_of
from glosten.statistics import stream

DIGITS = 4
"""Significant digits of a proposed number: more would pretend to know."""
STUDY = "glosten tune"
MADE_WITH = "made with"
SEEDS = 2**32


@dataclass(frozen=True)
class Trial:
    """A trial that was played: its values, and its gains in bps of the base capital in each part of each stretch.

    ``gains`` has a list for each stretch; it is empty where the values were refused, ``refusal`` says why.
    """

    number: int
    values: Mapping[str, Any]
    gains: tuple[tuple[float, ...], ...]
    refusal: str = ""

    def total(self, stretches: int) -> float:
        """Return what it gained on the first stretches of the tape, in bps of the base capital."""
        return sum(sum(parts) for parts in self.gains[:stretches])


class Store:
    """A file of trials."""

    def __init__(self, optuna: Any, study: Any, space: Sequence[Dimension], path: Path) -> None:
        self._optuna, self._study, self._path = optuna, study, path
        self._distributions = {one.key: _distribution(optuna, one) for one in space}
        self._space = space

    def trials(self) -> list[Trial]:
        """Return the trials that were played, in their order."""
        return [
            Trial(
                kept.number,
                kept.params,
                tuple(map(tuple, kept.user_attrs["gains"])),
                kept.user_attrs["refusal"],
            )
            for kept in self._study.get_trials(deepcopy=False)
        ]

    def add(self, trial: Trial, folds: int) -> None:
        """Keep a trial that was played, all of it at once; its value there is its gain on all that is trained on.

        Raises `SettingsError` where somebody else has added trials in the meantime.
        """
        kept = len(self._study.get_trials(deepcopy=False))
        if kept != trial.number:
            raise SettingsError(
                f"{self._path} holds {kept} trials where this search knows {trial.number}: another search is adding to "
                "it. Let one finish, or name another file with --storage."
            )
        self._study.add_trial(
            self._made(trial, folds, {"gains": [list(parts) for parts in trial.gains], "refusal": trial.refusal})
        )

    def propose(self, trials: Sequence[Trial], seed: int, folds: int) -> dict[str, Any]:
        """Return the values of the next trial.

        They depend on nothing but the seed, the number of the trial, and what earlier trials that were proposed for
        this fold or an earlier one gained on the training stretches of this fold: no later time has a say.
        """
        number = len(trials)
        fold = fold_of(number, folds)
        key = int(stream(seed, "tune", number)) % SEEDS
        sampler = self._optuna.samplers.TPESampler(seed=key)
        study = self._optuna.create_study(sampler=sampler, direction="maximize")
        study.add_trials([self._made(one, fold, {}) for one in trials if fold_of(one.number, folds) <= fold])
        proposed = study.ask(self._distributions).params
        return {one.key: _short(one, proposed[one.key]) for one in self._space}

    def _made(self, trial: Trial, stretches: int, attributes: Mapping[str, Any]) -> Any:
        states = self._optuna.trial.TrialState
        return self._optuna.trial.create_trial(
            state=states.PRUNED if trial.refusal else states.COMPLETE,
            value=None if trial.refusal else trial.total(stretches),
            params=dict(trial.values),
            distributions=self._distributions,
            user_attrs=dict(attributes),
        )


def _short(dimension: Dimension, value: Any) -> Any:
    """Return a proposed number to `DIGITS` significant digits, still inside its range."""
    if dimension.kind != "number":
        return value
    return min(max(float(f"{value:.{DIGITS}g}"), dimension.low), dimension.high)


def _distribution(optuna: Any, dimension: Dimension) -> Any:
    kinds = optuna.distributions
    if dimension.kind == "choice":
        return kinds.CategoricalDistribution(dimension.choices)
    if dimension.kind == "integer":
        return kinds.IntDistribution(int(dimension.low), int(dimension.high), log=dimension.is_log)
    return kinds.FloatDistribution(dimension.low, dimension.high, log=dimension.is_log)


def load_optuna() -> Any:
    """Return optuna, told to keep quiet; raises `RunError` where it is not installed."""
    try:
        optuna = importlib.import_module("optuna")
    except ImportError:
        raise RunError("Tuning needs optuna; install it with `pip install 'glosten[tune]'`.") from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


@contextmanager
def open_store(path: Path, space: Sequence[Dimension], made_with: Mapping[str, str]) -> Iterator[Store]:
    """Open the file of a search, or start it; ``made_with`` names everything its trials depend on.

    Raises `SettingsError` for a file that is something else, or whose trials were made with something else.
    """
    optuna = load_optuna()
    errors = importlib.import_module("sqlalchemy.exc")
    storages = optuna.storages
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        storage = storages.RDBStorage(f"sqlite:///{path.resolve()}")
    except (OSError, RuntimeError, errors.SQLAlchemyError, optuna.exceptions.OptunaError):
        raise SettingsError(f"{path} is not the storage of a search; name a new file with --storage.") from None
    try:
        study = optuna.create_study(storage=storage, study_name=STUDY, direction="maximize", load_if_exists=True)
        _check(path, study, made_with)
        yield Store(optuna, study, space, path)
    except errors.OperationalError as error:
        raise SettingsError(f"{path} cannot be used as a storage: {error.orig}.") from None
    finally:
        storage.remove_session()
        storage.engine.dispose()


def _check(path: Path, study: Any, made_with: Mapping[str, str]) -> None:
    """Mark a new file with what its trials depend on; refuse one that was marked otherwise."""
    kept = study.user_attrs.get(MADE_WITH)
    if kept is None:
        study.set_user_attr(MADE_WITH, json.dumps(made_with))
        return
    earlier: dict[str, str] = json.loads(kept)
    differ = [name for name in made_with if earlier.get(name) != made_with[name]]
    if differ:
        raise SettingsError(
            f"{path} holds trials of a search with another {', another '.join(differ)}; name a new file with --storage."
        )
