"""Tune: search the keys on the past of a tape, judge the choice on what came after, and say how far to believe it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten import __version__
from glosten.alpha import Deflated, Overfitting, Sharpe, deflated, overfitting, sharpe
from glosten.errors import DomainError, InputError, ParameterError, RunError
from glosten.market import Tape, tape_between
from glosten.params import STRICT_OVERLAY, spell
from glosten.run._backtest import backtest, latency_of
from glosten.run._result import Run
from glosten.run._tune_plan import Dimension, Window, fold_of, is_inside, spelled, walk_forward
from glosten.run._tune_store import Store, Trial, load_optuna, open_store
from glosten.settings import Settings, lint
from glosten.statistics import Mean

PARTS = 16
"""Equal parts of a stretch; their gains are taken as independent draws."""
BPS = 1e4

Floats = NDArray[np.float64]
Remake = Callable[[Sequence[str]], Settings]
"""From overrides (KEY=VALUE) to the configuration with them."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """How to search: ``trials`` in all, ``folds`` of the walk forward, ``purge_s`` between what is trained and tested.

    Raises `DomainError` outside a domain.
    """

    trials: int = 50
    seed: int = 0
    folds: int = 4
    purge_s: float = 60.0

    def __post_init__(self) -> None:
        if self.trials < 1:
            raise DomainError(f"The number of trials is {self.trials}; a search takes at least one.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial gained on a window: the total in bps of the base capital with its standard error, and the hours.

    ``total.n`` counts parts of equal time, which the error takes as independent.
    """

    trial: int
    total: Mean
    hours: float

    @property
    def per_hour(self) -> Mean:
        """Return the gain per hour, so that windows of different lengths can be compared."""
        return self.total.scaled(1.0 / self.hours)


@dataclass(frozen=True, slots=True)
class FoldOutcome:
    """A fold: the trial that was chosen on its training stretches alone, and the trial that is best in the end.

    ``unseen`` says whether the test stretch had no say in finding the best: that holds of the last fold alone, while it
    always holds of the chosen.
    """

    fold: int
    chosen_in_sample: Outcome
    chosen_out_of_sample: Outcome
    best_in_sample: Outcome
    best_out_of_sample: Outcome
    unseen: bool


@dataclass(frozen=True)
class Tuning:
    """A finished search; ``given`` is the configuration as it was, None where its values lie outside of the ranges."""

    options: TuneOptions
    space: tuple[Dimension, ...]
    windows: tuple[Window, ...]
    trials: tuple[Trial, ...]
    best: Trial
    given: Trial | None
    settings: Settings
    folds: tuple[FoldOutcome, ...]
    walk_forward: Mean
    overfitting: Overfitting
    sharpe: Sharpe
    deflated: Deflated

    @property
    def played(self) -> tuple[Trial, ...]:
        """Return the trials whose values could be played."""
        return tuple(one for one in self.trials if not one.refusal)

    def summary(self) -> dict[str, Any]:
        """Return everything as plain values: the trials with their gains, a row for each fold, what to believe."""
        last = len(self.windows) - 1
        return {
            "trials": len(self.trials),
            "refused": len(self.trials) - len(self.played),
            "options": asdict(self.options),
            "space": [asdict(one) for one in self.space],
            "windows": [asdict(one) for one in self.windows],
            "best": {"trial": self.best.number, "values": dict(self.best.values), "config_hash": self.settings.hash},
            "given": None if self.given is None else {"trial": self.given.number, "in_sample": self.given.total(last)},
            "folds": [asdict(one) for one in self.folds],
            "walk_forward_bps_per_hour": asdict(self.walk_forward),
            "overfitting": asdict(self.overfitting),
            "sharpe": asdict(self.sharpe),
            "deflated": asdict(self.deflated),
            "all_trials": [
                {
                    "trial": one.number,
                    "fold": fold_of(one.number, self.options.folds),
                    "values": dict(one.values),
                    "in_sample": None if one.refusal else one.total(last),
                    "out_of_sample": None if one.refusal else sum(one.gains[last]),
                    "refusal": one.refusal,
                    "gains": one.gains,
                }
                for one in self.trials
            ],
        }


def tune(
    remake: Remake,
    tape: Tape,
    space: Sequence[Dimension],
    options: TuneOptions,
    storage: Path,
    progress: Progress | None = None,
) -> Tuning:
    """Return the best configuration that a search of ``options.trials`` in all finds on a tape, and how it was judged.

    ``remake`` makes the configuration with keys changed; trials that ``storage`` has already are not played again.
    ``progress`` is called with (trials played, trials in all). Raises `InputError` where the folds do not fit the tape
    or the storage is that of another search, `RunError` where optuna is missing or no trial could be played.
    """
    load_optuna()
    settings = remake(())
    windows = walk_forward(tape.span, options.folds, options.purge_s)
    tapes = [tape_between(tape, window.start_ns, window.end_ns) for window in windows]
    _refuse_idle_searches(settings, space)
    with open_store(storage, space, made_with(settings, tape, space, options)) as store:
        trials = store.trials()
        while len(trials) < options.trials:
            values = _next(store, trials, (settings, space), options)
            trial = _played(len(trials), values, remake, list(zip(tapes, windows, strict=True)))
            store.add(trial, options.folds)
            trials.append(trial)
            if progress is not None:
                progress(len(trials), options.trials)
    return judge(remake, tuple(trials), tuple(space), windows, options)


def _refuse_idle_searches(settings: Settings, space: Sequence[Dimension]) -> None:
    """Raise `ParameterError` where a configuration would play every trial alike."""
    problems = []
    if not settings.strategy.ALLOC_CONFIRMED:
        problems.append(
            "ALLOC_CONFIRMED is false, so nothing would be bought: set it, as in --set ALLOC_CONFIRMED=true."
        )
    keys = [one.key for one in space]
    idle = [key for key in keys if key in STRICT_OVERLAY]
    if settings.strategy.STRICT_LITERATURE and "STRICT_LITERATURE" not in keys and idle:
        problems.append(
            f"STRICT_LITERATURE is true and sets {', '.join(idle)} itself, so every trial would play the same: leave "
            "these out of --keys, or set it off, as in --set STRICT_LITERATURE=false."
        )
    if problems:
        raise ParameterError(problems)


def made_with(settings: Settings, tape: Tape, space: Sequence[Dimension], options: TuneOptions) -> dict[str, str]:
    """Return everything that the trials of a search depend on, by the name that an operator knows it by."""
    digest = sha256(repr((tape.instrument, tape.synthetic_quotes)).encode())
    for rows in (tape.quotes, tape.trades, tape.gaps, tape.levels):
        digest.update(np.ascontiguousarray(rows).view(np.uint8).data)
    latency = sha256(latency_of(settings).tobytes())
    return {
        "tape": digest.hexdigest(),
        "configuration": settings.hash,
        "latency": latency.hexdigest(),
        "set of keys and ranges": "; ".join(spelled(space)),
        "seed": str(options.seed),
        "number of folds": str(options.folds),
        "purge": repr(float(options.purge_s)),
        "version of glosten": __version__,
    }


def _next(
    store: Store, trials: Sequence[Trial], start: tuple[Settings, Sequence[Dimension]], options: TuneOptions
) -> dict[str, Any]:
    """Return the values of the next trial: first of all, where the ranges allow it, those of the configuration."""
    settings, space = start
    given = _given(settings, space)
    if not trials and is_inside(space, given):
        return given
    return store.propose(trials, options.seed, options.folds)


def _given(settings: Settings, space: Sequence[Dimension]) -> dict[str, Any]:
    """Return the values that a configuration has for the keys of a search."""
    tables = {"strategy": settings.strategy, "runtime": settings.runtime}
    found = {}
    for one in space:
        table, _, name = one.key.rpartition(".")
        found[one.key] = getattr(tables[table or "strategy"], name)
    return found


def overrides_of(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the values of a trial as --set takes them."""
    return tuple(f"{key}={value if isinstance(value, str) else spell(value)}" for key, value in values.items())


def _played(number: int, values: Mapping[str, Any], remake: Remake, stretches: Sequence[tuple[Tape, Window]]) -> Trial:
    """Return the trial of some values, each stretch played by a maker that starts afresh."""
    try:
        settings = remake(overrides_of(values))
        errors = [finding.message for finding in lint(settings) if finding.level == "error"]
        if errors:
            raise ParameterError(errors)
        with ThreadPoolExecutor(len(stretches)) as threads:  # a tape is played without the interpreter's lock
            runs = threads.map(lambda stretch: backtest(settings, stretch[0]), stretches)
            gains = tuple(_gains(run, window) for run, (_, window) in zip(runs, stretches, strict=True))
    except (InputError, RunError) as error:
        return Trial(number, values, (), str(error).replace("\n", " "))
    return Trial(number, values, gains)


def _gains(run: Run, window: Window) -> tuple[float, ...]:
    """Return what each of the `PARTS` of a stretch gained, in bps of the base capital; they add up to the total."""
    base = float(run.figures["base_capital"])
    rows = run.cycles[run.cycles["allocation"] > 0.0]
    if base <= 0.0 or len(rows) == 0:
        return (0.0,) * PARTS
    edges = np.linspace(window.start_ns, window.end_ns, PARTS + 1)[1:-1]
    at = np.searchsorted(rows["ts_ns"].copy(), edges, side="right") - 1
    gained = np.where(at < 0, 0.0, rows["equity"][np.maximum(at, 0)] - float(rows["equity"][0]))
    standing = np.concatenate([[0.0], gained, [run.pnl.total]])
    return tuple(float(gain) for gain in BPS * np.diff(standing) / base)


def judge(
    remake: Remake,
    trials: tuple[Trial, ...],
    space: tuple[Dimension, ...],
    windows: tuple[Window, ...],
    options: TuneOptions,
) -> Tuning:
    """Return what trials found: the best, its result in and out of sample fold by fold, and what chance would show."""
    played = [one for one in trials if not one.refusal]
    if not played:
        raise RunError(f"None of the {len(trials)} trials could be played; the first: {trials[0].refusal}")
    folds = range(1, options.folds + 1)
    chosen = {k: _best([one for one in played if fold_of(one.number, options.folds) <= k], k) for k in folds}
    best = max(played, key=lambda one: one.total(options.folds))
    outcomes = tuple(
        FoldOutcome(
            k,
            _outcome(choice, windows, 0, k),
            _outcome(choice, windows, k, k + 1),
            _outcome(best, windows, 0, k),
            _outcome(best, windows, k, k + 1),
            unseen=k == options.folds,
        )
        for k, choice in chosen.items()
        if choice is not None
    )
    settings = remake(overrides_of(best.values))
    period_s = sum(window.seconds for window in windows[:-1]) / (PARTS * options.folds)
    ratios = [sharpe(_flat(one, 0, options.folds), period_s) for one in played]
    own = ratios[played.index(best)]
    known = [ratio.value for ratio in ratios if not math.isnan(ratio.value)]
    spread = float(np.std(known, ddof=1)) if len(known) > 1 else None
    return Tuning(
        options,
        space,
        windows,
        trials,
        best,
        trials[0] if not trials[0].refusal and trials[0].values == _given(remake(()), space) else None,
        settings,
        outcomes,
        _walked(outcomes),
        overfitting([_flat(one, 0, len(windows)) for one in played]),
        own,
        deflated(own, len(played), spread),
    )


def _best(trials: Sequence[Trial], stretches: int) -> Trial | None:
    """Return the trial that gained most on the first stretches, the earliest of equals."""
    return max(trials, key=lambda one: one.total(stretches), default=None)


def _flat(trial: Trial, first: int, last: int) -> Floats:
    return np.array([gain for parts in trial.gains[first:last] for gain in parts])


def _outcome(trial: Trial, windows: Sequence[Window], first: int, last: int) -> Outcome:
    """Return what a trial gained on the stretches from one to before another."""
    mean = Mean.of(_flat(trial, first, last))
    hours = sum(window.seconds for window in windows[first:last]) / 3600.0
    return Outcome(trial.number, mean.scaled(float(mean.n)), hours)


def _walked(outcomes: Sequence[FoldOutcome]) -> Mean:
    """Return the gain per hour out of sample of who chose anew at every fold, its error from those of the folds."""
    hours = sum(one.chosen_out_of_sample.hours for one in outcomes)
    totals = [one.chosen_out_of_sample.total for one in outcomes]
    error = math.sqrt(sum(total.se**2 for total in totals)) / hours
    n = sum(total.n for total in totals)
    return Mean(sum(total.mean for total in totals) / hours, error, error * math.sqrt(n), n)
