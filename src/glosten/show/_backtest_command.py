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
from glosten.show._watching import Watching, print_facts, print_findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from glosten.market import Tape
    from glosten.run import Run
    from glosten.settings import Finding, Settings

RUNS = Path("runs")
"""Where runs go that nobody gave a folder."""
UNNAMED = ""
"""The pair of a tape that names none."""
Files = tuple[Path, Path | None]
"""The trades and the quotes of one pair."""
DeepFiles = tuple[Path, Path | None, Path | None]
"""The trades, the quotes and the depth of one pair."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(backtest)


def backtest(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="A configuration, TOML or Gunbot-style JSON.")],
    *,
    trades: Annotated[
        list[str],
        typer.Option("--trades", metavar="[PAIR=]FILE", help="Prints: a tape, or a vendor's file; once a pair."),
    ],
    quotes: Annotated[
        list[str] | None,
        typer.Option("--quotes", metavar="[PAIR=]FILE", help="Quotes, likewise; without them the prints imply some."),
    ] = None,
    depth: Annotated[
        Path | None,
        typer.Option("--depth", metavar="FILE", help="Depth behind the touch: ts_ns, side, price, qty."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder of the run; runs/<tape>-<hash> by default.")
    ] = None,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a key, as in GM_ALPHA=0.2.")
    ] = None,
    pair: Annotated[str | None, typer.Option("--pair", help="The pair whose table holds, as in BTC/USDT.")] = None,
    with_log: Annotated[
        bool, typer.Option("--log", help="Write the operator's log into the run's folder (LOG_LEVEL); traces do too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Play a tape of trades to the maker, and say what it earned and why.

    With --trades PAIR=FILE (and --quotes PAIR=FILE) once a pair, several pairs of the configuration trade side by side
    and share the exposure ledger (PORTFOLIO_INCLUDE, PORTFOLIO_EXP_BUDGET).
    """
    tapes = tapes_of(trades, quotes or (), pair)
    _refuse_missing(*(file for files in tapes.values() for file in files), depth)
    if list(tapes) == [UNNAMED]:
        _run_one(config, (*tapes[UNNAMED], depth), (pair, overrides or ()), out, asked=(with_log, as_json))
    elif depth is not None:
        raise TapeError("--depth is for a tape without a name; a portfolio is played without depth.")
    else:
        _run_portfolio(config, tapes, overrides or (), out, asked=(with_log, as_json))


def tapes_of(trades: Sequence[str], quotes: Sequence[str], pair: str | None) -> dict[str, Files]:
    """Return the files of each pair, of the pair `UNNAMED` where the only tape names none.

    Raises `TapeError` where names and files do not go together, every problem at once.
    """
    prints, books = [_named(text) for text in trades], [_named(text) for text in quotes]
    names = [name for name, _ in prints]
    problems = [f"--trades names the pair {name} twice." for name in dict.fromkeys(names) if names.count(name) > 1]
    if UNNAMED in names and len(names) > 1:
        problems = ["Several tapes need the names of their pairs, as in --trades BTC/USDT=trades.parquet."]
    elif pair is not None and names != [UNNAMED]:
        problems.append(f"--pair {pair} is for a tape without a name; the tapes here name their pairs themselves.")
    elif len({name for name, _ in books}) < len(books):
        problems.append("--quotes can be given once for each --trades.")
    elif strays := [name or "a pair without a name" for name, _ in books if name not in names]:
        problems += [f"--quotes are given for {name}, but no --trades." for name in strays]
    if problems:
        raise TapeError(problems)
    found = dict(books)
    return {name: (file, found.get(name)) for name, file in prints}


def _named(text: str) -> tuple[str, Path]:
    """Return the pair and the file of an option; what is the name of a file as it stands has no pair."""
    name, equals, file = text.partition("=")
    return (name, Path(file)) if equals and not Path(text).exists() else (UNNAMED, Path(text))


def _run_one(
    config: Path,
    files: DeepFiles,
    chosen: tuple[str | None, Sequence[str]],
    out: Path | None,
    *,
    asked: tuple[bool, bool],
) -> None:
    """Play one tape; ``asked`` says whether for a log, and whether for JSON."""
    from glosten.settings import lint_shared, load  # noqa: PLC0415

    settings = load(config, pair=chosen[0], overrides=chosen[1])
    findings = lint_shared(settings, chosen[1])
    refuse_errors(findings)
    with_log, as_json = asked
    out = out or RUNS / f"{files[0].stem}-{settings.hash}"
    refuse_other_folders(out)
    with Waiting("Loading the tape") as waiting, Watching(out, [settings], asked=with_log) as watching:
        tape = _load(settings, files[:2], files[2])
        if not as_json:
            print_findings(findings)
        run = _play(settings, tape, waiting, watching)
        waiting.say("Writing the page")
        page = write_folder(run, out, findings, tape=tape, beside=watching.beside(UNNAMED))
        facts = watching.facts(UNNAMED, out)
    if as_json:
        emit_json(run.summary() | {"findings": findings, "run": out.resolve(), "report": page} | facts)
    else:
        from glosten.show._summary import print_run  # noqa: PLC0415

        print_run(run, (), page)
        print_facts(facts)


def _run_portfolio(
    config: Path,
    tapes: Mapping[str, Files],
    overrides: Sequence[str],
    out: Path | None,
    *,
    asked: tuple[bool, bool],
) -> None:
    """Play several pairs side by side; every pair's run gets its own folder in the portfolio's."""
    from glosten import run as running  # noqa: PLC0415
    from glosten.settings import lint, lint_pairs, load  # noqa: PLC0415

    settings = {name: load(config, pair=name, overrides=overrides) for name in tapes}
    findings = {name: lint(one) for name, one in settings.items()}
    refuse_errors([finding for found in findings.values() for finding in found])
    with_log, as_json = asked
    out = out or RUNS / f"portfolio-{'-'.join(dict.fromkeys(one.hash[:8] for one in settings.values()))}"
    folders = {name: out / name.replace("/", "-") for name in tapes}
    _refuse_others(folders.values())
    with Waiting("Loading the tapes") as waiting, Watching(out, settings.values(), asked=with_log) as watching:
        loaded = {name: _load(settings[name], tapes[name]) for name in tapes}
        if not as_json:
            _print_findings(findings, lint_pairs(list(settings.values())))
        watches = {name: watching.watch(name, settings[name], loaded[name]) for name in tapes}
        pairs = [running.PortfolioPair(name, settings[name], loaded[name], watches[name]) for name in tapes]
        waiting.say("Playing the tapes")
        played = running.backtest_portfolio(pairs, progress=waiting.advance)
        waiting.say("Playing the other fill models")
        played = running.portfolio_with_band(played, pairs)
        waiting.say("Writing the pages")
        runs = {name: watching.keep(name, _with_warnings(settings[name], run)) for name, run in played.runs.items()}
        pages = {
            name: write_folder(run, folders[name], findings[name], tape=loaded[name], beside=watching.beside(name))
            for name, run in runs.items()
        }
        facts = {name: watching.facts(name, folders[name]) for name in runs}
        played.save_ledgers(out)
    if as_json:
        summary = played.summary()
        for name, run in runs.items():
            places = {"run": folders[name].resolve(), "report": pages[name]} | facts[name]
            summary["pairs"][name] = run.summary() | {"findings": findings[name]} | places
        emit_json(summary | {"run": out.resolve()})
    else:
        from glosten.show._summary import print_portfolio, print_run  # noqa: PLC0415

        for name, run in runs.items():
            print_run(run, (), pages[name])
            print_facts(facts[name])
        print_portfolio(played)


def _refuse_others(folders: Iterable[Path]) -> None:
    """Refuse, before anything is played, a folder that is not a run's."""
    for folder in folders:
        refuse_other_folders(folder)


def _print_findings(findings: Mapping[str, Sequence[Finding]], shared: Sequence[Finding]) -> None:
    """Say the remarks of several pairs: those they share, then each pair's with its name."""
    print_findings(shared)
    for name, found in findings.items():
        print_findings([replace(one, message=f"{name}: {one.message}") for one in found])


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


def _load(settings: Settings, files: Files, depth: Path | None = None) -> Tape:
    from glosten.market import TapeOptions, load_tape, with_depth  # noqa: PLC0415

    given = settings.instrument
    options = TapeOptions(given.symbol, given.tick, given.lot, given.min_qty, given.min_notional, given.quote_lag_ms)
    tape = load_tape(*files, options)
    return tape if depth is None else with_depth(tape, depth)


def _play(settings: Settings, tape: Tape, waiting: Waiting, watching: Watching) -> Run:
    from glosten import run as running  # noqa: PLC0415

    waiting.say("Playing the tape")
    title = f"Backtest of {tape.instrument.symbol} on {Path(tape.files[0]).name}"
    watch = watching.watch(UNNAMED, settings, tape)
    if watch is None:
        run = running.backtest(settings, tape, title=title, progress=waiting.advance)
    else:
        run = running.watched_backtest(settings, tape, watch, title=title, progress=waiting.advance)
    waiting.say("Playing the other fill models")
    return watching.keep(UNNAMED, _with_warnings(settings, running.with_band(run, settings, tape)))


def _with_warnings(settings: Settings, run: Run) -> Run:
    return replace(run, warnings=(*run.warnings, *start_warnings(settings, run)))


def start_warnings(settings: Settings, run: Run) -> tuple[str, ...]:
    """Return what the start of a run has to be warned of: a closed gate, or a split that was not cured.

    Source: STRATEGY 4.2, ALLOC_CONFIRMED, ALLOC_ENFORCE_SPLIT, ALLOC_AUTO_REBALANCE.
    """
    from glosten import run as running  # noqa: PLC0415
    from glosten.records import Split  # noqa: PLC0415

    keys, cycle, capital = settings.effective, run.state[0]["cycle"], run.state[0]["capital"]
    if not keys.ALLOC_CONFIRMED:
        return ("ALLOC_CONFIRMED is false: nothing was bought.",)
    target = running.start_target(keys)
    off = (
        f"The start was {cycle['split_deviation']:.1f} points from its target of {100 * target:g} % of the allocation "
        f"in coins (ALLOC_SPLIT_TOL {keys.ALLOC_SPLIT_TOL:g})"
    )
    if cycle["split"] == Split.WARNED:
        return (f"{off}; ALLOC_ENFORCE_SPLIT is false, so the maker traded from there.",)
    if cycle["split"] not in (Split.BLOCKED, Split.REBALANCING):
        return ()
    missing = target * float(capital["allocation"]) - float(capital["inventory"])
    verb = "Buy" if missing > 0 else "Sell"
    why = "the rebalance did not end" if cycle["split"] == Split.REBALANCING else "ALLOC_AUTO_REBALANCE is false"
    return (f"{off}, and {why}: entries stayed blocked. {verb} coins for {abs(missing):,.2f} {run.quote_asset}.",)
