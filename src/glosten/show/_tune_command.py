"""``glosten tune``: search keys on a tape, and say how much of what was found to believe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glosten.errors import SettingsError, TapeError
from glosten.show._output import console, emit_json, plain
from glosten.show._progress import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.table import Table

    from glosten.market import Tape
    from glosten.run import Tuning
    from glosten.settings import Settings
    from glosten.statistics import Mean

LARGEST_SEED = 2**63 - 1
BEST, RESULT, TRIALS = "best.toml", "tune.json", "trials.db"
"""What a search leaves in its folder: the best configuration, everything it found, and its storage."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(tune)


def tune(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="A configuration, TOML or Gunbot-style JSON.")],
    *,
    trades: Annotated[Path, typer.Option("--trades", metavar="FILE", help="Prints, parquet or csv.")],
    quotes: Annotated[
        Path | None, typer.Option("--quotes", metavar="FILE", help="Quotes; without them the prints imply some.")
    ] = None,
    keys: Annotated[
        str, typer.Option("--keys", metavar="KEY,KEY,...", help="What to search: any of `glosten params`.")
    ],
    ranges: Annotated[
        list[str] | None,
        typer.Option("--range", metavar="KEY=LOW:HIGH", help="Search less than all a key may be; once a key."),
    ] = None,
    trials: Annotated[int, typer.Option("--trials", min=1, help="Trials in all, those in the storage included.")] = 50,
    seed: Annotated[int, typer.Option("--seed", min=0, max=LARGEST_SEED, help="The same seed, the same search.")] = 0,
    folds: Annotated[int, typer.Option("--folds", help="Steps of the walk forward.")] = 4,
    purge: Annotated[float, typer.Option("--purge", metavar="SECONDS", help="Gap before each test.")] = 60.0,
    storage: Annotated[
        Path | None, typer.Option("--storage", metavar="FILE.db", help="Where trials are kept; DIR/trials.db.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder of the result; runs/tune-<tape>-<hash>.")
    ] = None,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a key, as in GM_ALPHA=0.2.")
    ] = None,
    pair: Annotated[str | None, typer.Option("--pair", help="The pair whose table holds, as in BTC/USDT.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Search keys on the past of a tape, judge the choice on what came after, and say how far to believe it.

    Stopped at any time, the same command goes on where it was.
    """
    from glosten import run as running  # noqa: PLC0415

    space = running.search_space([key.strip() for key in keys.split(",") if key.strip()], ranges or ())
    options = running.TuneOptions(trials, seed, folds, purge)
    _refuse_missing(trades, quotes)
    remake = _maker_of_settings(config, pair, overrides or ())
    settings = remake(())
    out = out or Path("runs", f"tune-{trades.stem}-{settings.hash}")
    _refuse_other_folders(out)
    with Waiting("Loading the tape") as waiting:
        tape = _load(settings, trades, quotes)
        waiting.say("Searching")
        found = running.tune(remake, tape, space, options, storage or out / TRIALS, waiting.advance)
    _deliver(found, _write(found, out, trades), tape.warnings(), as_json=as_json)


def _maker_of_settings(config: Path, pair: str | None, overrides: Sequence[str]) -> Callable[[Sequence[str]], Settings]:
    """Return what makes the configuration of a pair with further overrides."""
    from glosten.settings import load  # noqa: PLC0415

    return lambda values: load(config, pair=pair, overrides=(*overrides, *values))


def _refuse_missing(*files: Path | None) -> None:
    missing = [f"{file} does not exist." for file in files if file is not None and not file.exists()]
    if missing:
        raise TapeError(missing)


def _load(settings: Settings, trades: Path, quotes: Path | None) -> Tape:
    from glosten.market import TapeOptions, load_tape  # noqa: PLC0415

    rules = settings.instrument
    options = TapeOptions(rules.symbol, rules.tick, rules.lot, rules.min_qty, rules.min_notional, rules.quote_lag_ms)
    return load_tape(trades, quotes, options)


def _refuse_other_folders(out: Path) -> None:
    """Raise `SettingsError` where the result would lie on a file, or take the place of somebody else's."""
    if out.exists() and not out.is_dir():
        raise SettingsError(f"{out} is a file; --out names the folder of a search.")
    if (out / BEST).exists() and not (out / RESULT).exists():
        raise SettingsError(f"{out} has a {BEST} that no search wrote. Name a new folder with --out.")


def _write(found: Tuning, out: Path, trades: Path) -> Path:
    """Write the result, then the best configuration, each whole or not at all; return the latter's path."""
    from glosten.settings import compose, write_file  # noqa: PLC0415

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{out} cannot be made: {(error.strerror or str(error)).lower()}.") from None
    last = found.folds[-1]
    remarks = (
        (
            f"Trial {found.best.number} of {len(found.trials)} of `glosten tune` on {trades.name}, seed "
            f"{found.options.seed}: {', '.join(found.best.values)} were searched."
        ),
        (
            f"In sample {_spelled(last.best_in_sample.per_hour)}, out of sample "
            f"{_spelled(last.best_out_of_sample.per_hour)} bps of the base capital per hour."
        ),
        f"Probability of overfitting: {_share(found.overfitting.probability)}.",
    )
    write_file(out / RESULT, json.dumps(plain(found.summary()), indent=1) + "\n", replace=True)
    write_file(out / BEST, compose(found.settings, remarks), replace=True)
    return out / BEST


def _deliver(found: Tuning, best: Path, warnings: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        emit_json(found.summary() | {"warnings": warnings, "best_config": best.resolve()})
        return
    _print(found, best)
    for sentence in warnings:
        console().print(sentence, style="yellow", markup=False)


def _print(found: Tuning, best: Path) -> None:
    from glosten.params import spell  # noqa: PLC0415

    screen = console()
    refused = len(found.trials) - len(found.played)
    screen.print(
        f"[bold]Trial {found.best.number} of {len(found.trials)} is the best[/bold]"
        + (f"; {refused} could not be played" if refused else "")
        + "."
    )
    for key, value in found.best.values.items():
        screen.print(f"  {key} = {spell(value)}", markup=False)
    screen.print(_table(found))
    for sentence in (*_reading(found), f"Configuration: {best.resolve()}"):
        screen.print(sentence, markup=False, soft_wrap=True)


def _reading(found: Tuning) -> list[str]:
    """Return what the figures mean, a sentence or two for each."""
    walked, judged, worth = found.walk_forward, found.overfitting, found.deflated
    units = (
        "Bps of the base capital per hour ± one standard error over equal parts of the time. Chosen: best on the "
        "training time of that fold alone. Best: best in the end; only the test of the last fold had no say in it."
    )
    given = []
    if found.given is not None:
        gained = found.given.total(found.options.folds) / found.folds[-1].best_in_sample.hours
        given = [f"The configuration as it was, trial {found.given.number}, gained {gained:+.3f} in sample."]
    forward = f"Walking forward, chosen anew at every fold: {_spelled(walked)} out of sample (n = {walked.n} parts)."
    overfit = (
        f"Probability of overfitting {_share(judged.probability)}: so often the best of {judged.trials} trials on one "
        f"half of the time is below the median on the other ({judged.splits:,} halvings); it loses there in "
        f"{_share(judged.loss)}."
    )
    ratio = (
        f"Sharpe ratio per part in sample {found.sharpe.value:.3f} ± {found.sharpe.se:.3f}; the best of worthless "
        f"trials would show {worth.expected_best:.3f}, so it is above 0 with probability {_share(worth.probability)} "
        f"(deflated for {worth.trials} trials)."
    )
    return [units, *given, forward, overfit, ratio]


def _table(found: Tuning) -> Table:
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("fold", "trial", "in sample\n± se", "out of sample\n± se", "best: in\n± se", "out\n± se"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in found.folds:
        pairs = (
            one.chosen_in_sample,
            one.chosen_out_of_sample,
            one.best_in_sample,
            one.best_out_of_sample,
        )
        table.add_row(
            str(one.fold), str(one.chosen_in_sample.trial), *(_spelled(outcome.per_hour) for outcome in pairs)
        )
    return table


def _spelled(mean: Mean) -> str:
    return f"{mean.mean:+.4g} ± {mean.se:.3g}"


def _share(share: float) -> str:
    return f"{share:.1%}" if share == share else "unknown"  # noqa: PLR0124  # NaN: too few trials
