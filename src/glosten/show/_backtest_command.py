"""``glosten backtest``: the maker on a tape of real trades."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glosten.errors import ParameterError, TapeError
from glosten.show._output import emit_json
from glosten.show._progress import Waiting
from glosten.show._run_folder import refuse_other_folders, write_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glosten.market import Tape
    from glosten.run import Run
    from glosten.settings import Finding, Settings

RUNS = Path("runs")
"""Where runs go that nobody gave a folder."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(backtest)


def backtest(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="A configuration, TOML or Gunbot-style JSON.")],
    *,
    trades: Annotated[Path, typer.Option("--trades", metavar="FILE", help="Prints, parquet or csv.")],
    quotes: Annotated[
        Path | None, typer.Option("--quotes", metavar="FILE", help="Quotes; without them the prints imply some.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder of the run; runs/<tape>-<hash> by default.")
    ] = None,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a key, as in GM_ALPHA=0.2.")
    ] = None,
    pair: Annotated[str | None, typer.Option("--pair", help="The pair whose table holds, as in BTC/USDT.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Play a tape of trades to the maker, and say what it earned and why."""
    from glosten.settings import lint, load  # noqa: PLC0415

    settings = load(config, pair=pair, overrides=overrides or ())
    findings = lint(settings)
    refuse_errors(findings)
    out = out or RUNS / f"{trades.stem}-{settings.hash}"
    refuse_other_folders(out)
    _refuse_missing(trades, quotes)
    with Waiting("Loading the tape") as waiting:
        run = _play(settings, (trades, quotes), waiting)
        waiting.say("Writing the page")
        page = write_folder(run, out, findings)
    if as_json:
        emit_json(run.summary() | {"findings": findings, "run": out.resolve(), "report": page})
    else:
        from glosten.show._summary import print_run  # noqa: PLC0415

        print_run(run, findings, page)


def refuse_errors(findings: Sequence[Finding]) -> None:
    """Raise `ParameterError` with every finding that is an error."""
    errors = [f"{finding.code}: {finding.message}" for finding in findings if finding.level == "error"]
    if errors:
        raise ParameterError(errors)


def _refuse_missing(*files: Path | None) -> None:
    """Name every file that is not there, before the seconds it takes to get ready to read one."""
    missing = [f"{file} does not exist." for file in files if file is not None and not file.exists()]
    if missing:
        raise TapeError(missing)


def _play(settings: Settings, files: tuple[Path, Path | None], waiting: Waiting) -> Run:
    from glosten import run as running  # noqa: PLC0415
    from glosten.market import TapeOptions, load_tape  # noqa: PLC0415

    given = settings.instrument
    options = TapeOptions(given.symbol, given.tick, given.lot, given.min_qty, given.min_notional, given.quote_lag_ms)
    tape: Tape = load_tape(*files, options)
    waiting.say("Playing the tape")
    title = f"Backtest of {tape.instrument.symbol} on {files[0].name}"
    run = running.backtest(settings, tape, title=title, progress=waiting.advance)
    return replace(run, warnings=(*run.warnings, *start_warnings(settings, run)))


def start_warnings(settings: Settings, run: Run) -> tuple[str, ...]:
    """Return what the start of a run left undone, though its parameters promise it.

    Source: STRATEGY 4.2, ALLOC_SPLIT_TOL (deviation in points of the allocation) and ALLOC_AUTO_REBALANCE.
    """
    from glosten import run as running  # noqa: PLC0415

    keys, account = settings.effective, settings.account
    if not keys.ALLOC_CONFIRMED:
        return ("ALLOC_CONFIRMED is false: nothing was bought.",)
    started = run.cycles[run.cycles["allocation"] > 0]
    if not len(started) or (account.cash is None and account.coin is None):
        return ()
    first = started[0]
    mid = 0.5 * float(first["bid"] + first["ask"]) * float(run.instrument["tick"])
    share = 100 * min(1.0, float(first["held"]) * float(run.instrument["lot"]) * mid / float(first["allocation"]))
    target = 100 * running.start_target(keys)
    if abs(share - target) <= keys.ALLOC_SPLIT_TOL:
        return ()
    warning = (
        f"The [account] starts with {share:.1f} % of the allocation in coins, {abs(share - target):.1f} points from "
        f"the target of {target:g} % (ALLOC_SPLIT_TOL {keys.ALLOC_SPLIT_TOL:g}): the rebalance at the start "
        "(ALLOC_AUTO_REBALANCE) is not performed yet, so the maker traded from there."
    )
    return (warning,)
