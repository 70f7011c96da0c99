"""Vendor files collected into pieces of two tables, trades and quotes, that are on disk and not in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from glosten.errors import TapeError
from glosten.market._batch import SCHEMA, Batch, Format, ImportOptions, Kind
from glosten.market._candles import FINEST_LOT, CandleModel, CandleSteps, candle_seconds, prints_of_candles
from glosten.market._check import Report
from glosten.market._formats import format_of
from glosten.market._grid import infer_step
from glosten.market._sides import SIGNED_BY_QUOTES, SideRule
from glosten.market._vendor_file import VendorFile, open_vendor_files, read_metadata

PART_ROWS = 1_000_000
"""Rows of a piece on disk; this and one batch are what an import holds in memory."""
NAMES_LISTED = 12

Progress = Callable[[int, int], None]


@dataclass
class Collected:
    """What files held of one instrument: pieces on disk by kind, in order, and where they come from."""

    folder: Path
    instrument: str = ""
    formats: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    candles: CandleModel | None = None
    sides: str = ""
    lag_ms: float | None = None
    parts: dict[Kind, list[Path]] = field(default_factory=dict)

    def frame(self, kind: Kind) -> pl.LazyFrame:
        """Return the table of a kind, without a row of it in memory."""
        frames = [pl.scan_parquet(part) for part in self.parts[kind]]
        schemas = [dict(frame.collect_schema()) for frame in frames]
        if all(schema == schemas[0] for schema in schemas):
            return pl.scan_parquet(self.parts[kind])
        if any(schema.get("trade_id") == pl.String for schema in schemas):
            frames = [
                frame.with_columns(pl.col("trade_id").cast(pl.String)) if "trade_id" in schema else frame
                for frame, schema in zip(frames, schemas, strict=True)
            ]
        return pl.concat(frames, how="diagonal")

    def pieces(self, kind: Kind) -> Iterator[pl.DataFrame]:
        """Yield the pieces of a kind one after the other."""
        return (pl.read_parquet(part) for part in self.parts.get(kind, ()))

    def cleaned(self, kind: Kind, report: Report, *, sort: bool = False) -> pl.LazyFrame:
        """Return the rows that a tape keeps: prints with a size, every trade once, in the order of time if asked."""
        frame = self.frame(kind)
        if report.zero_sizes:
            frame = frame.filter(pl.col("qty") > 0)
        if report.duplicate_ids:
            frame = frame.filter(pl.col("trade_id").is_first_distinct() | pl.col("trade_id").is_null())
        if sort and report.backwards:
            frame = frame.sort("ts_ns", maintain_order=True)
        return frame

    def add(self, kind: Kind, rows: pl.DataFrame) -> None:
        """Write a piece behind the others."""
        parts = self.parts.setdefault(kind, [])
        path = self.folder / f"{kind}-{len(parts):06}-{len(list(self.folder.iterdir()))}.parquet"
        rows.write_parquet(path, compression="lz4")
        parts.append(path)


def collect(paths: Sequence[Path], options: ImportOptions, folder: Path, progress: Progress | None = None) -> Collected:
    """Read vendor files of one instrument into pieces in ``folder``.

    Files of one format are read together, in the order given. Candles become prints. Raises TapeError where a file
    cannot be read, is of no known format, or several instruments are found and none is chosen.
    """
    groups = _grouped(paths, options, progress)
    known = _metadata(paths)
    collected = Collected(folder, sources=tuple(path.name for path in paths))
    collected.formats = tuple(known.get("formats", ())) or tuple(format_.name for format_, _ in groups)
    counts: dict[str, int] = {}
    buffers: dict[Kind, list[pl.DataFrame]] = {}
    for format_, files in groups:
        for batch in _guarded(format_, files, options):
            rows = _cut(batch.rows, options)
            if len(rows) == 0:
                continue
            counts[batch.instrument] = counts.get(batch.instrument, 0) + len(rows)
            wanted = options.instrument or next((name for name in counts if name), "")
            if not batch.instrument or _is_chosen(batch.instrument, wanted):
                _keep(collected, buffers, batch.kind, rows)
    for kind in list(buffers):
        _flush(collected, buffers, kind)
    collected.instrument = _only_instrument(counts, options, paths[0])
    if known.get("candles"):
        collected.candles = CandleModel(**known["candles"])
    collected.lag_ms = options.lag_ms if options.lag_ms is not None else known.get("lag_ms")
    collected.sides = known.get("sides", "")
    candles_to_prints(collected, options)
    _sign(collected)
    return collected


def _grouped(
    paths: Sequence[Path], options: ImportOptions, progress: Progress | None
) -> list[tuple[Format, list[VendorFile]]]:
    groups: dict[str, tuple[Format, list[VendorFile]]] = {}
    problems: list[str] = []
    total, before = sum(path.stat().st_size for path in paths if path.is_file()), 0
    for path in paths:
        try:
            for file in open_vendor_files(path):
                format_ = format_of(file, options.format, is_mapped=bool(options.columns))
                watched = replace(file, watch=_watch(progress, before, total))
                groups.setdefault(format_.name, (format_, []))[1].append(watched)
            before += path.stat().st_size
        except TapeError as error:
            problems.extend(error.problems)
    if problems:
        raise TapeError(dict.fromkeys(problems))
    return list(groups.values())


def _watch(progress: Progress | None, before: int, total: int) -> Callable[[int], None]:
    def watch(position: int) -> None:
        if progress is not None:
            progress(min(before + position, total), total)

    return watch


def _guarded(format_: Format, files: list[VendorFile], options: ImportOptions) -> Iterator[Batch]:
    """Yield a format's batches; what a damaged or foreign file makes it stumble over becomes one sentence."""
    try:
        yield from format_.read(files, options)
    except TapeError:
        raise
    except (ValueError, KeyError, TypeError, IndexError, ArithmeticError, pl.exceptions.PolarsError) as error:
        at = max(files, key=lambda file: file.place.line) if len(files) > 1 else files[0]
        where = f"{at.path}, item {at.place.line}" if at.place.line else str(at.path)
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise TapeError(f"{where}: this cannot be read as {format_.name} ({reason}).") from error


def _cut(rows: pl.DataFrame, options: ImportOptions) -> pl.DataFrame:
    if options.start_ns is not None:
        rows = rows.filter(pl.col("ts_ns") >= options.start_ns)
    if options.end_ns is not None:
        rows = rows.filter(pl.col("ts_ns") < options.end_ns)
    return rows


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _is_chosen(instrument: str, wanted: str) -> bool:
    return _plain(instrument) == _plain(wanted)


def _only_instrument(counts: dict[str, int], options: ImportOptions, first: Path) -> str:
    """Return the name of what was read: where no file says it, the user's, or that of the first file.

    Raises TapeError where nothing was read, or several instruments and none is chosen.
    """
    named = {name: rows for name, rows in counts.items() if name}
    chosen = [name for name in named if not options.instrument or _is_chosen(name, options.instrument)]
    listed = ", ".join(
        f"{name} ({named[name]:,} rows)" for name in sorted(named, key=lambda name: -named[name])[:NAMES_LISTED]
    )
    listed += f" and {len(named) - NAMES_LISTED} more" if len(named) > NAMES_LISTED else ""
    if not counts:
        raise TapeError("The files hold no row of trades, quotes or candles (between the start and the end, if given).")
    if named and not chosen:
        raise TapeError(f"The files hold nothing of {options.instrument}; there are {listed}.")
    if len({_plain(name) for name in chosen}) > 1:
        raise TapeError(f"The files hold several instruments: {listed}. Choose one with --instrument.")
    return next(iter(chosen), options.instrument or re.sub(r"^(trades|quotes|candles)_", "", first.name.split(".")[0]))


def _keep(collected: Collected, buffers: dict[Kind, list[pl.DataFrame]], kind: Kind, rows: pl.DataFrame) -> None:
    rows = with_whole_numbers(rows)
    held = buffers.setdefault(kind, [])
    if held and held[-1].schema != rows.schema:
        _flush(collected, buffers, kind)
        held = buffers.setdefault(kind, [])
    held.append(rows)
    if sum(len(frame) for frame in held) >= PART_ROWS:
        _flush(collected, buffers, kind)


def with_whole_numbers(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows whose texts of trade numbers are whole numbers, where all of them are."""
    if rows.schema.get("trade_id") != pl.String:
        return rows
    whole = rows["trade_id"].cast(pl.Int64, strict=False)
    return rows.with_columns(whole) if whole.null_count() == rows["trade_id"].null_count() else rows


def _flush(collected: Collected, buffers: dict[Kind, list[pl.DataFrame]], kind: Kind) -> None:
    held = buffers.pop(kind, [])
    if held:
        collected.add(kind, pl.concat(held))


def _metadata(paths: Sequence[Path]) -> dict[str, Any]:
    """Return what tapes of ours say together. Raises TapeError where they are of different instruments."""
    known: dict[str, Any] = {}
    for path in paths:
        said = read_metadata(path)
        if known and said and said.get("instrument") != known.get("instrument"):
            raise TapeError(
                f"{path} is a tape of {said.get('instrument')}, the one before of {known.get('instrument')}; "
                "give tapes of one instrument."
            )
        known |= {name: value for name, value in said.items() if value not in (None, "")}
    return known


def candles_to_prints(collected: Collected, options: ImportOptions) -> None:
    """Replace the candles that were collected, if any, by prints. Raises TapeError where they cannot be."""
    parts = collected.parts.pop(Kind.CANDLES, None)
    if parts is None:
        return
    if collected.parts:
        raise TapeError("The files hold candles beside trades or quotes; import one or the other.")
    frame = pl.scan_parquet(parts)
    times = frame.select("ts_ns").collect().to_series().to_numpy()
    if (np.diff(times) <= 0).any():
        row = int(np.argmax(np.diff(times) <= 0)) + 1
        raise TapeError(f"Candle {row + 1} is not after the one before it; sort the candles and drop repeated ones.")
    collected.candles = CandleModel(candle_seconds(times), options.prints, options.seed)
    sample = frame.gather_every(max(1, len(times) // 100_000)).collect()
    steps = _candle_steps(sample, options)
    first, close = 0, 0.0
    for part in parts:
        candles = pl.read_parquet(part)
        prints = prints_of_candles(candles, collected.candles, steps, first, close)
        for start in range(0, len(prints), PART_ROWS):
            collected.add(Kind.TRADES, prints[start : start + PART_ROWS])
        first, close = first + len(candles), float(candles["close"][-1])
    if Kind.TRADES not in collected.parts:
        raise TapeError("The candles have no volume; nothing traded in them.")


def _candle_steps(sample: pl.DataFrame, options: ImportOptions) -> CandleSteps:
    names = [name for name in SCHEMA[Kind.CANDLES] if name != "ts_ns"]
    columns = {name: sample[name].fill_null(float("nan")).to_numpy() for name in names}
    columns = {name: values[np.isfinite(values) & (values > 0)] for name, values in columns.items()}
    tick = options.tick or infer_step([columns[name] for name in names[:4]])
    if tick is None:
        raise TapeError("The prices of the candles lie on no common step; give one with --tick.")
    lot = infer_step([columns["volume"]])
    return CandleSteps(float(tick), float(lot) if lot is not None else FINEST_LOT)


def _sign(collected: Collected) -> None:
    """Say who was impatient where no print does and there are quotes to tell it by."""
    if not {Kind.TRADES, Kind.QUOTES} <= collected.parts.keys():
        return
    sides = collected.frame(Kind.TRADES).select((pl.col("side") != 0).any()).collect().item()
    if sides:
        return
    rule = SideRule(collected.frame(Kind.QUOTES).select("ts_ns", "bid", "ask").collect())
    parts = collected.parts.pop(Kind.TRADES)
    for part in parts:
        trades = pl.read_parquet(part)
        collected.add(Kind.TRADES, trades.with_columns(side=rule.sides(trades)))
    collected.sides = SIGNED_BY_QUOTES
