"""Tapes in files: vendor files imported into one schema, checked, described."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from glosten.errors import TapeError
from glosten.market._batch import ImportOptions, Kind
from glosten.market._check import Report, check
from glosten.market._collect import Collected, Progress, collect
from glosten.market._grid import infer_step
from glosten.market._tape import utc
from glosten.market._vendor_file import METADATA_KEY

SCHEMA_VERSION = 1
ROW_GROUP = 250_000
SAMPLED = 100_000
SPREAD_SHARES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class ImportedTape:
    """What an import wrote: the files by kind, what was met in them, and what the metadata say."""

    files: dict[Kind, Path]
    reports: dict[Kind, Report]
    metadata: dict[Kind, dict[str, Any]]


def import_tape(
    paths: Sequence[Path], out: Path, options: ImportOptions | None = None, progress: Progress | None = None
) -> ImportedTape:
    """Import vendor files into ``out``: one kind alone, or trades and quotes beside each other.

    With both, ``tape.parquet`` becomes ``tape.trades.parquet`` and ``tape.quotes.parquet``. Prints without a size and
    repeated trades are left out. All files are written or none. Raises TapeError, all problems at once.
    """
    options = options or ImportOptions()
    check_out(out)
    with collected_files(paths, options, progress, beside=out) as collected:
        return write_tape(collected, out, options)


def check_out(out: Path) -> None:
    """Raise TapeError where no tape can be written to ``out``."""
    if out.suffix not in (".parquet", ".pq"):
        raise TapeError(f"--out {out}: tapes are parquet files; give a name that ends with .parquet.")
    if out.is_dir():
        raise TapeError(f"--out {out} is a directory; name a file.")
    if not out.parent.is_dir():
        raise TapeError(f"--out {out}: there is no folder {out.parent}; make it first.")
    if not os.access(out.parent, os.W_OK):
        raise TapeError(f"--out {out}: there is no permission to write in {out.parent}.")


@contextmanager
def collected_files(
    paths: Sequence[Path], options: ImportOptions, progress: Progress | None = None, beside: Path | None = None
) -> Iterator[Collected]:
    """Collect files into a folder that is gone afterwards: beside the output, else where temporary files go."""
    where = beside.parent if beside is not None else None
    with tempfile.TemporaryDirectory(prefix=".glosten-tape-", dir=where) as folder:
        yield collect(paths, options, Path(folder), progress)


def reports_of(collected: Collected, options: ImportOptions) -> dict[Kind, Report]:
    """Return what is met in each kind of the rows collected."""
    gap_seconds = (
        options.gap_seconds if collected.candles is None else max(options.gap_seconds, collected.candles.seconds)
    )
    return {kind: check(kind, collected.pieces(kind), gap_seconds) for kind in collected.parts}


def write_tape(collected: Collected, out: Path, options: ImportOptions) -> ImportedTape:
    """Write what was collected; see `import_tape`."""
    reports = reports_of(collected, options)
    source = ", ".join(collected.sources)
    problems = [
        sentence
        for report in reports.values()
        for sentence in report.refusals(source)
        if not (options.sort and "backwards" in sentence)
    ]
    if problems:
        raise TapeError(problems)
    names = {kind: out if len(reports) == 1 else out.with_suffix(f".{kind}.parquet") for kind in reports}
    metadata = {kind: _metadata(collected, report, options) for kind, report in reports.items()}
    fresh = {kind: collected.folder / f"finished-{kind}.parquet" for kind in reports}
    for kind, report in reports.items():
        collected.cleaned(kind, report, sort=options.sort).sink_parquet(
            fresh[kind],
            compression="zstd",
            compression_level=3,
            row_group_size=ROW_GROUP,
            metadata={METADATA_KEY: json.dumps(metadata[kind])},
        )
    for kind, path in fresh.items():
        path.replace(names[kind])
    return ImportedTape(names, reports, metadata)


def _metadata(collected: Collected, report: Report, options: ImportOptions) -> dict[str, Any]:
    return {
        "schema": SCHEMA_VERSION,
        "kind": report.kind,
        "instrument": collected.instrument,
        "formats": list(collected.formats),
        "sources": list(collected.sources),
        "lag_ms": collected.lag_ms,
        "sides": collected.sides or None,
        "candles": None if collected.candles is None else asdict(collected.candles),
        "sorted": bool(options.sort and report.backwards),
        "counts": report.counts(),
    }


@dataclass(frozen=True)
class CheckedTape:
    """What a check found: the reports by kind, what is past its limit, and what the files are."""

    reports: dict[Kind, Report]
    refusals: tuple[str, ...]
    instrument: str
    formats: tuple[str, ...]


def check_tape(
    paths: Sequence[Path], options: ImportOptions | None = None, progress: Progress | None = None
) -> CheckedTape:
    """Return what is met in files as they are. Raises TapeError where they cannot be read."""
    options = options or ImportOptions()
    with collected_files(paths, options, progress) as collected:
        reports = reports_of(collected, options)
        source = ", ".join(collected.sources)
        refusals = tuple(sentence for report in reports.values() for sentence in report.refusals(source))
        return CheckedTape(reports, refusals, collected.instrument, collected.formats)


def describe_tape(
    paths: Sequence[Path], options: ImportOptions | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """Return what files hold, in JSON types: span, rows, steps, spread, sides, gaps, and where they come from."""
    options = options or ImportOptions()
    with collected_files(paths, options, progress) as collected:
        told: dict[str, Any] = {
            "instrument": collected.instrument,
            "formats": list(collected.formats),
            "sources": list(collected.sources),
            "candles": None if collected.candles is None else asdict(collected.candles),
            "sides": collected.sides or None,
            "lag_ms": collected.lag_ms,
        }
        for kind, report in reports_of(collected, options).items():
            described = _trades if kind is Kind.TRADES else _quotes
            told[str(kind)] = {
                "first": utc(report.first_ns),
                "last": utc(report.last_ns),
                "seconds": (report.last_ns - report.first_ns) / 1e9,
                **report.counts(),
                **described(collected.frame(kind), report),
            }
        return told


def _steps(frame: pl.LazyFrame, rows: int, prices: Sequence[str], sizes: Sequence[str]) -> dict[str, str | None]:
    sample = frame.select(*prices, *sizes).gather_every(max(1, rows // SAMPLED)).collect()
    steps = {}
    for name, columns in (("tick", prices), ("lot", sizes)):
        groups = [sample[column].drop_nulls().to_numpy() for column in columns]
        step = infer_step([group[np.isfinite(group) & (group >= 0)] for group in groups])
        steps[name] = None if step is None else f"{step:f}"
    return steps


def _trades(frame: pl.LazyFrame, report: Report) -> dict[str, Any]:
    price, qty = pl.col("price"), pl.col("qty")
    figures = frame.select(
        low=price.min(),
        high=price.max(),
        qty=qty.sum(),
        median_qty=qty.median(),
        largest_qty=qty.max(),
        turnover=(price * qty).sum(),
    ).collect()
    signed = report.buys + report.sells
    volume = report.buy_qty + report.sell_qty
    return {
        **figures.row(0, named=True),
        **_steps(frame, report.rows, ("price",), ("qty",)),
        "buy_share": report.buys / signed if signed else None,
        "buy_volume_share": report.buy_qty / volume if volume else None,
    }


def _quotes(frame: pl.LazyFrame, report: Report) -> dict[str, Any]:
    """Return the steps and the spreads of quotes that have both sides and are not crossed, by rows and by time."""
    bid, ask = pl.col("bid"), pl.col("ask")
    mid = 0.5 * (bid + ask)
    priced = frame.with_columns(held=pl.col("ts_ns").shift(-1) - pl.col("ts_ns")).filter(
        (bid > 0) & (ask >= bid) & (pl.col("bid_qty") > 0) & (pl.col("ask_qty") > 0)
    )
    spread, bps = (ask - bid).alias("spread"), (1e4 * (ask - bid) / mid).alias("bps")
    held = pl.col("held").fill_null(0).clip(0)
    row = priced.select(
        spread_mean=spread.mean(),
        spread_bps_mean=bps.mean(),
        spread_bps_by_time=(bps * held).sum() / held.sum(),
        bid_size_median=pl.col("bid_qty").median(),
        ask_size_median=pl.col("ask_qty").median(),
        **{f"spread_p{round(100 * share):02}": spread.quantile(share) for share in SPREAD_SHARES},
        **{f"spread_bps_p{round(100 * share):02}": bps.quantile(share) for share in SPREAD_SHARES},
    ).collect()
    steps = _steps(frame, report.rows, ("bid", "ask"), ("bid_qty", "ask_qty"))
    figures = row.row(0, named=True)
    tick = float(steps["tick"]) if steps["tick"] else None
    middle = figures["spread_p50"]
    return {**figures, **steps, "spread_ticks_p50": round(middle / tick, 6) if tick and middle is not None else None}
