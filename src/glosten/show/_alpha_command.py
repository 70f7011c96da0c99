"""``glosten alpha``: what a run earned and why, what its signals foretold, and how far it would scale."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glosten.errors import SettingsError
from glosten.show._output import emit_json, log
from glosten.show._progress import Waiting
from glosten.show._run_folder import MARK, read_folder

if TYPE_CHECKING:
    from glosten.market import Tape
    from glosten.run import Alpha, AlphaOptions, Run

MOST_FILES = 2
LEARNING = ("ALLOC_CONFIRMED=true", "runtime.obs_source=tape", "runtime.cycle_seconds=1")
"""How the maker is played on files without a configuration: it learns from every order and decides every second."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(alpha)


def alpha(
    given: Annotated[
        list[Path],
        typer.Argument(metavar="RUN_OR_FILES...", help="The folder of a run; or a file of prints, and one of quotes."),
    ],
    *,
    quotes: Annotated[Path | None, typer.Option("--quotes", metavar="FILE", help="Quotes that go with prints.")] = None,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Configuration of the maker played on files.")
    ] = None,
    trials: Annotated[int, typer.Option("--trials", help="How many configurations were tried before this one.")] = 1,
    delay: Annotated[float, typer.Option("--delay", help="Seconds from a signal to the informed order.")] = 0.0,
    hold: Annotated[float, typer.Option("--hold", help="Seconds that an informed trader holds.")] = 10.0,
    participation: Annotated[float, typer.Option("--participation", help="Largest share of the volume.")] = 0.1,
    days: Annotated[float, typer.Option("--days", help="Trading days in a year.")] = 365.0,
    hours: Annotated[float, typer.Option("--hours", help="Trading hours in a day.")] = 24.0,
    usd: Annotated[
        float | None, typer.Option("--usd", help="Dollars of one quote unit; known only where its name says them.")
    ] = None,
    gbp: Annotated[float, typer.Option("--gbp", help="Dollars of one pound.")] = 1.25,
    linear: Annotated[bool, typer.Option("--linear", help="Linear impact instead of the square root.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Explain a run: profit by cause, markouts, information coefficients with errors and half-lives, capacity."""
    from glosten import alpha as measures  # noqa: PLC0415
    from glosten import run as running  # noqa: PLC0415

    assumptions = measures.Assumptions(participation, days, hours, math.nan if usd is None else usd, gbp)
    options = running.AlphaOptions(
        trials=trials,
        delay_s=delay,
        hold_s=hold,
        exponent=measures.LINEAR if linear else measures.SQUARE_ROOT,
        assumptions=assumptions,
    )
    with Waiting("Loading the tape") as waiting:
        run, tape, source = _scene(given, quotes, config, waiting)
        waiting.say("Measuring")
        found = running.measure_alpha(run, tape, options)
    if as_json:
        emit_json(document(found, source, options))
    else:
        from glosten.show._alpha_view import print_alpha  # noqa: PLC0415

        print_alpha(found)


def _scene(
    given: list[Path], quotes: Path | None, config: Path | None, waiting: Waiting
) -> tuple[Run, Tape | None, str]:
    """Return (run, its tape or None, what was given), playing the maker on files where they are no run."""
    from glosten import run as running  # noqa: PLC0415
    from glosten.errors import TapeError  # noqa: PLC0415

    first = given[0]
    if first.is_dir() or first.name == MARK:
        if len(given) > 1 or quotes is not None or config is not None:
            raise SettingsError(f"{first} is a run and brings its own tape and configuration; give nothing with it.")
        run, _ = read_folder(first if first.is_dir() else first.parent)
        try:
            return run, running.tape_of(run), str(first)
        except TapeError as error:
            for problem in error.problems:
                log().print(problem, soft_wrap=True, markup=False)
            return run, None, str(first)
    files = [*given, *([quotes] if quotes is not None else [])]
    if len(files) > MOST_FILES:
        raise SettingsError(f"{len(files)} files were given; give one of prints, and at most one of quotes.")
    missing = [f"{file} does not exist." for file in files if not file.exists()]
    if missing:
        raise TapeError(missing)
    return (*_play(files, config, waiting), " ".join(str(file) for file in files))


def _play(files: list[Path], config: Path | None, waiting: Waiting) -> tuple[Run, Tape]:
    from glosten import run as running  # noqa: PLC0415
    from glosten.market import TapeOptions, load_tape  # noqa: PLC0415
    from glosten.settings import load  # noqa: PLC0415

    settings = load(config, overrides=() if config is not None else LEARNING)
    rules = settings.instrument
    options = TapeOptions(rules.symbol, rules.tick, rules.lot, rules.min_qty, rules.min_notional, rules.quote_lag_ms)
    tape = load_tape(files[0], files[1] if len(files) > 1 else None, options)
    waiting.say("Playing the tape")
    run = running.backtest(settings, tape, title=f"The maker on {files[0].name}", progress=waiting.advance)
    return run, tape


def document(found: Alpha, source: str, options: AlphaOptions) -> dict[str, Any]:
    """Return everything that was measured as JSON has it: a row for each signal and horizon, and the capacity."""
    return {
        "source": source,
        "title": found.title,
        "horizons": [
            {
                "signal": curve.signal,
                "horizon": point.horizon.length,
                "clock": point.horizon.clock,
                **{name: value for name, value in asdict(point).items() if name != "horizon"},
            }
            for curve in found.curves
            for point in curve.points
        ],
        "half_lives": [
            {"signal": curve.signal, **asdict(half_life)} for curve in found.curves for half_life in curve.half_lives
        ],
        "informed": [asdict(one) for one in found.informed],
        "pnl": asdict(found.split),
        "residual_half_quanta": found.residual,
        "markouts": [asdict(row) for row in found.markouts],
        "markout_curves": [asdict(curve) for curve in found.markout_curves],
        "performance": asdict(found.performance),
        "capacity": {**asdict(found.capacity), "quote_asset": found.quote_asset, "sentences": found.sentences},
        "options": asdict(options),
        "remarks": found.remarks,
    }
