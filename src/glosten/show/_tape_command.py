"""``glosten tape``: import what vendors ship, look at it, check it, fetch more of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glosten.errors import TapeError
from glosten.show._output import console, emit_json
from glosten.show._progress import Waiting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from glosten.market import ImportedTape, ImportOptions, Kind, Report

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files of one instrument, in the order of time.")]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="The tape to write, a .parquet file.")]
FormatName = Annotated[str, typer.Option("--format", metavar="NAME", help="The vendor's format, if not recognised.")]
Instrument = Annotated[str, typer.Option("--instrument", metavar="NAME", help="Which one, where files hold several.")]
Maps = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="OURS=THEIRS", help="A column, as in price=Last; repeat or use commas."),
]
Unit = Annotated[
    str, typer.Option("--unit", metavar="UNIT", help="Unit of times: s, ms, us or ns; by size if not said.")
]
Date = Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="The day of files that count from midnight.")]
Start = Annotated[str, typer.Option("--start", metavar="TIME", help="Leave out what is before (ISO 8601, UTC).")]
End = Annotated[str, typer.Option("--end", metavar="TIME", help="Leave out what is at this time or after.")]
Depth = Annotated[int, typer.Option("--depth", metavar="LEVELS", help="Levels of a book to keep.")]
Prints = Annotated[int, typer.Option("--prints", metavar="N", help="Prints that a candle becomes.")]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", help="Draw the order of candles' extremes.")]
Tick = Annotated[str, typer.Option("--tick", metavar="STEP", help="Price step of candles, if it cannot be inferred.")]
Sort = Annotated[bool, typer.Option("--sort", help="Put rows in the order of time instead of refusing disorder.")]
Lag = Annotated[float | None, typer.Option("--lag-ms", metavar="MS", help="How late quotes are; measured if not said.")]
Gap = Annotated[float, typer.Option("--gap", metavar="SECONDS", help="Silence that counts as a gap.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    tape = typer.Typer(help="Import, look at, check and fetch market data.")
    tape.command("import")(import_)
    tape.command("info")(info)
    tape.command("check")(check)
    tape.command("fetch")(fetch)
    tape.command("formats")(formats)
    app.add_typer(tape, name="tape")


@dataclass(frozen=True)
class _Given:
    """Options of the command line that become `ImportOptions`, still as texts."""

    maps: Sequence[str] | None = None
    start: str = ""
    end: str = ""
    tick: str = ""


def import_(
    files: Files,
    out: Out,
    *,
    format_: FormatName = "",
    instrument: Instrument = "",
    maps: Maps = None,
    unit: Unit = "",
    date: Date = "",
    start: Start = "",
    end: End = "",
    depth: Depth = 1,
    prints: Prints = 12,
    seed: Seed = None,
    tick: Tick = "",
    sort: Sort = False,
    lag_ms: Lag = None,
    gap: Gap = 60.0,
    as_json: Json = False,
) -> None:
    """Import vendor files into a tape: one parquet file of trades, one of quotes, or one of each."""
    fixed = {
        "format": format_,
        "instrument": instrument,
        "unit": unit,
        "date": date,
        "depth": depth,
        "prints": prints,
        "seed": seed,
        "sort": sort,
        "lag_ms": lag_ms,
        "gap_seconds": gap,
    }
    options = _options(fixed, _Given(maps, start, end, tick))
    with Waiting("Reading the files") as waiting:
        from glosten.market import import_tape  # noqa: PLC0415

        imported = import_tape(files, out, options, waiting.advance)
    _deliver(imported, as_json=as_json)


def info(
    files: Files,
    *,
    format_: FormatName = "",
    instrument: Instrument = "",
    maps: Maps = None,
    unit: Unit = "",
    date: Date = "",
    gap: Gap = 60.0,
    as_json: Json = False,
) -> None:
    """Say what files hold: span, rows, price and size steps, spread, sides, gaps."""
    fixed = {"format": format_, "instrument": instrument, "unit": unit, "date": date, "gap_seconds": gap}
    options = _options(fixed, _Given(maps))
    with Waiting("Reading the files") as waiting:
        from glosten.market import describe_tape  # noqa: PLC0415

        told = describe_tape(files, options, waiting.advance)
    if as_json:
        emit_json(told)
        return
    _print_info(told)


def check(
    files: Files,
    *,
    format_: FormatName = "",
    instrument: Instrument = "",
    maps: Maps = None,
    unit: Unit = "",
    date: Date = "",
    gap: Gap = 60.0,
    as_json: Json = False,
) -> None:
    """Count what is wrong with files: disorder, repeated and missing trades, gaps, crossed and locked quotes, no sizes.

    Ends with exit code 2 where something is past its limit, so that no tape would be made of it.
    """
    fixed = {"format": format_, "instrument": instrument, "unit": unit, "date": date, "gap_seconds": gap}
    options = _options(fixed, _Given(maps))
    with Waiting("Reading the files") as waiting:
        from glosten.market import check_tape  # noqa: PLC0415

        checked = check_tape(files, options, waiting.advance)
    if as_json:
        told: dict[str, Any] = {"instrument": checked.instrument, "formats": checked.formats}
        told |= {str(kind): report.counts() for kind, report in checked.reports.items()}
        emit_json(told | {"refusals": checked.refusals})
    else:
        _print_reports(checked.reports)
    if checked.refusals:
        raise TapeError(checked.refusals)


def fetch(
    exchange: Annotated[str, typer.Argument(metavar="EXCHANGE", help="As ccxt calls it: binance, kraken, bybit.")],
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="As ccxt writes it: BTC/USDT.")],
    out: Out,
    start: Annotated[str, typer.Option("--start", metavar="TIME", help="From when on (ISO 8601, UTC).")],
    *,
    end: Annotated[str, typer.Option("--end", metavar="TIME", help="Until when; now if not said.")] = "",
    candles: Annotated[
        str, typer.Option("--candles", metavar="WIDTH", help="Candles instead of trades: 1m, 5m, 1h.")
    ] = "",
    prints: Prints = 12,
    seed: Seed = None,
    tick: Tick = "",
    url: Annotated[str, typer.Option("--url", metavar="URL", help="Another address of the exchange's interface.")] = "",
    as_json: Json = False,
) -> None:
    """Fetch public trades or candles of an exchange; run again after an interruption, it goes on where it stopped."""
    options = _options({"prints": prints, "seed": seed}, _Given(tick=tick))
    with Waiting(f"Fetching from {exchange}") as waiting:
        from glosten.market import FetchRequest, fetch_tape, moment_ns  # noqa: PLC0415

        end_ns = moment_ns(end) if end else time.time_ns()
        request = FetchRequest(exchange, symbol, moment_ns(start), end_ns, candles, url)
        imported = fetch_tape(request, out, options, waiting.advance)
    _deliver(imported, as_json=as_json)


def formats(as_json: Json = False) -> None:
    """List the formats that are recognised."""
    from glosten.market import FORMATS  # noqa: PLC0415

    if as_json:
        emit_json([{"name": one.name, "title": one.title} for one in FORMATS])
        return
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, show_header=False, pad_edge=False)
    for one in FORMATS:
        table.add_row(one.name, escape(one.title))
    console().print(table)


def _options(fixed: Mapping[str, Any], given: _Given) -> ImportOptions:
    """Return the options of an import. Raises TapeError for texts that are no map, moment or step."""
    from glosten.market import ImportOptions, moment_ns  # noqa: PLC0415

    columns = {}
    for one in (part for text in given.maps or () for part in text.split(",")):
        ours, equals, theirs = one.partition("=")
        if not (ours and equals and theirs):
            raise TapeError(f"--map {one}: give one of our columns and the file's for it, as in price=Last.")
        columns[ours.strip()] = theirs.strip()
    try:
        tick = Decimal(given.tick) if given.tick else None
    except InvalidOperation:
        raise TapeError(f"--tick {given.tick} is no number.") from None
    if tick is not None and not tick > 0:
        raise TapeError(f"--tick {given.tick}: a price step is more than 0.")
    return ImportOptions(
        columns=columns,
        tick=tick,
        start_ns=moment_ns(given.start) if given.start else None,
        end_ns=moment_ns(given.end) if given.end else None,
        **fixed,
    )


def _deliver(imported: ImportedTape, *, as_json: bool) -> None:
    if as_json:
        emit_json(
            {
                "files": {str(kind): path for kind, path in imported.files.items()},
                **{str(kind): told for kind, told in imported.metadata.items()},
            }
        )
        return
    _print_reports(imported.reports)
    for path in imported.files.values():
        console().print(f"Wrote {path}", markup=False, soft_wrap=True)


def _print_reports(reports: Mapping[Kind, Report]) -> None:
    for kind, report in reports.items():
        console().print(f"[bold]{str(kind).capitalize()}[/bold]")
        for sentence in report.sentences():
            console().print(f"- {sentence}", markup=False)


def _print_info(told: Mapping[str, Any]) -> None:
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    for part, facts in (("Tape", told), *((name, told[name]) for name in ("trades", "quotes") if name in told)):
        table = Table(box=None, show_header=False, pad_edge=False)
        for name, value in facts.items():
            is_detail = (
                name.startswith("first_") or name.endswith("_ns") or (isinstance(value, dict) and part == "Tape")
            )
            if value not in (None, "", [], 0) and not is_detail:
                table.add_row(escape(name.replace("_", " ")), escape(_written(value)))
        console().print(f"[bold]{part.capitalize()}[/bold]")
        console().print(table)


def _written(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.6g}"
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
