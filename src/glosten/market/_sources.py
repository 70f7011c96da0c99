"""What a tape is loaded from: tables of our own columns as they are, vendor files collected first."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from glosten.errors import TapeError
from glosten.market._batch import ImportOptions, Kind
from glosten.market._candles import CandleModel
from glosten.market._check import check
from glosten.market._collect import Collected, collect
from glosten.market._files import Table, open_table
from glosten.market._formats import recognise
from glosten.market._import_columns import COLUMNS, header, kind_of, matched
from glosten.market._vendor_file import open_vendor_files, read_metadata

TRADES = ("ts_ns", "price", "qty", "side")
QUOTES = ("ts_ns", "bid", "bid_qty", "ask", "ask_qty")


@dataclass(frozen=True)
class Sources:
    """Tables of trades and, if there are any, quotes; and what is known of them beside their rows."""

    trades: Table
    quotes: Table | None
    files: tuple[str, ...]
    symbol: str
    candles: CandleModel | None = None
    sides: str = ""
    lag_ms: float | None = None
    skipped: int = 0


def open_sources(trades: Path, quotes: Path | None, stack: ExitStack) -> Sources:
    """Open the files of a tape; what vendor files are collected into lives as long as ``stack``.

    Raises TapeError, all problems at once.
    """
    foreign = [path for path, wanted in ((trades, TRADES), (quotes, QUOTES)) if path and _is_foreign(path, wanted)]
    collected = None
    if foreign:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="glosten-tape-"))
        collected = collect(foreign, ImportOptions(), Path(folder))
    tables: dict[Kind, Table] = {}
    problems: list[str] = []
    skipped = 0
    for kind, path, wanted in ((Kind.TRADES, trades, TRADES), (Kind.QUOTES, quotes, QUOTES)):
        try:
            if collected is not None and (path in foreign or (path is None and kind in collected.parts)):
                tables[kind], left_out = _collected_table(collected, kind, path or trades)
                skipped += left_out
            elif path is not None:
                tables[kind] = open_table(path, wanted)
        except TapeError as error:
            problems.extend(error.problems)
    if problems:
        raise TapeError(problems)
    files = tuple(str(path) for path in (trades, quotes) if path is not None)
    known = _known(trades, quotes, collected)
    symbol = known.pop("instrument") or trades.name.split(".")[0].removeprefix("trades_")
    return Sources(tables[Kind.TRADES], tables.get(Kind.QUOTES), files, symbol, skipped=skipped, **known)


def _is_foreign(path: Path, wanted: tuple[str, ...]) -> bool:
    """Return whether a file is a vendor's, or candles: anything but a table that has, or nearly has, our columns."""
    if not path.is_file() or path.stat().st_size == 0:
        return False
    file = open_vendor_files(path)[0]
    names = [] if _is_cut_parquet(path, file.is_parquet) else header(file)
    if set(wanted) <= set(names):
        return file.container != "plain"
    found = recognise(file) if names or not file.is_parquet else None
    return found is not None and (found is not COLUMNS or kind_of(matched(names, {}), {}) is Kind.CANDLES)


def _is_cut_parquet(path: Path, is_parquet: bool) -> bool:
    if not is_parquet:
        return False
    with path.open("rb") as file:
        file.seek(-4, 2)
        return file.read() != b"PAR1"


def _collected_table(collected: Collected, kind: Kind, path: Path) -> tuple[Table, int]:
    """Return a table of what was collected, without repeated trades and prints without a size, and their number."""
    if kind not in collected.parts:
        there = " and ".join(collected.parts)
        raise TapeError(f"{path} holds no {kind}; it holds {there} of {collected.instrument}.")
    frame, skipped = collected.frame(kind), 0
    if kind is Kind.TRADES:
        report = check(kind, collected.pieces(kind), ImportOptions().gap_seconds)
        problems = [said for said in report.refusals(str(path)) if "backwards" not in said]
        if problems:
            raise TapeError(problems)
        skipped = report.zero_sizes + (report.duplicate_ids or 0)
        if skipped:
            kept = collected.folder / "kept.parquet"
            collected.cleaned(kind, report).sink_parquet(kept, compression="lz4")
            frame = pl.scan_parquet(kept)
    types = dict(frame.collect_schema())
    rows = int(frame.select(pl.len()).collect().item())
    return Table(path, frame, types, rows, is_csv=False), skipped


def _known(trades: Path, quotes: Path | None, collected: Collected | None) -> dict[str, Any]:
    """Return what the files say of themselves: instrument, candles, sides, lag."""
    told = read_metadata(trades) if trades.is_file() else {}
    beside = read_metadata(quotes) if quotes is not None and quotes.is_file() else {}
    candles = CandleModel(**told["candles"]) if told.get("candles") else None
    known = {
        "instrument": told.get("instrument", ""),
        "candles": candles,
        "sides": told.get("sides") or "",
        "lag_ms": beside.get("lag_ms", told.get("lag_ms")),
    }
    if collected is not None:
        known |= {"instrument": known["instrument"] or collected.instrument}
        known |= {"candles": candles or collected.candles, "sides": known["sides"] or collected.sides}
    return known
