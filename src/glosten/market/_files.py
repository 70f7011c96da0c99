"""Market data files, parquet or csv, read a bounded number of rows at a time, and refused in whole sentences.

Rows are numbered from 1 in messages; a csv header is not counted.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glosten.errors import TapeError

SLICE_ROWS = 500_000
"""Rows that are in memory twice while a file is converted into the tape."""
SAMPLED_WHOLE = 100_000
"""Up to this many rows the steps of a tape are inferred from all of them."""
SAMPLES = 8
"""Stretches of a longer file that are looked at instead, evenly spread."""

SIDES = {"buy": 1.0, "sell": -1.0, "unknown": 0.0, "1": 1.0, "+1": 1.0, "-1": -1.0, "0": 0.0} | {
    "1.0": 1.0,
    "-1.0": -1.0,
    "0.0": 0.0,
}
"""Words and numbers a column of sides may hold; capitals do not matter."""

_CSV_TYPES = {
    **dict.fromkeys(("ts_ns", "exch_ts_ns"), pl.Int64),
    **dict.fromkeys(("price", "qty", "bid", "bid_qty", "ask", "ask_qty"), pl.Float64),
    **dict.fromkeys(("feed_ms", "order_ms", "response_ms", "latency_ms"), pl.Float64),
}
_DEEPER = re.compile(r"(bid|ask)[1-9][0-9]*(_qty)?")
"""Columns of the levels behind the best, as ``bid2`` and ``bid2_qty``."""
_ONE_MARKET = ("symbol", "market", "runner_id")


@dataclass(frozen=True)
class Table:
    """An open file: nothing but its columns and its length has been read."""

    path: Path
    frame: pl.LazyFrame
    types: dict[str, pl.DataType]
    rows: int
    is_csv: bool

    def pieces(self, names: Sequence[str]) -> Iterator[tuple[int, pl.DataFrame]]:
        """Yield (first row, rows) of some columns, piece by piece; the next piece is decoded in the meantime."""
        first = 0
        with readable(self.path):
            for piece in self.frame.select(*names).collect_batches(chunk_size=SLICE_ROWS, maintain_order=True):
                yield first, piece
                first += len(piece)

    def sample(self, names: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        """Return numbers of some columns: all of a short file, evenly spread stretches of a long one."""
        frame = self.frame.select(*names)
        with readable(self.path):
            if self.rows <= SAMPLED_WHOLE:
                rows = frame.collect()
            elif self.is_csv:
                rows = frame.gather_every(self.rows // SAMPLED_WHOLE + 1).collect(engine="streaming")
            else:
                width, step = SAMPLED_WHOLE // SAMPLES, self.rows // SAMPLES
                rows = pl.concat([frame.slice(first * step, width).collect() for first in range(SAMPLES)])
        numeric = {name: exact(rows[name]) for name in names if rows.schema[name].is_numeric()}
        return {name: values[np.isfinite(values) & (values >= 0.0)] for name, values in numeric.items()}

    def written(self, name: str, row: int) -> str:
        """Return what the file itself says in a cell, for a message."""
        with readable(self.path):
            frame = pl.scan_csv(self.path, infer_schema=False) if self.is_csv else self.frame
            value = frame.select(name).slice(row, 1).collect().item()
        return "empty" if value is None else str(value).replace("nan", "NaN")

    def first_text(self, name: str) -> int:
        """Return the first row of a column that is neither empty nor a number, -1 where there is none."""
        if not self.is_csv:
            return -1
        cell = pl.col(name).str.strip_chars()
        is_text = cell.is_not_null() & (cell != "") & cell.cast(pl.Float64, strict=False).is_null()
        with readable(self.path):
            found = pl.scan_csv(self.path, infer_schema=False).select(is_text.arg_true().first()).collect().item()
        return -1 if found is None else int(found)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what a damaged file raises into one sentence."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise TapeError(f"{path} cannot be read; is it damaged or still being written? ({reason})") from error


def open_table(path: Path, wanted: tuple[str, ...]) -> Table:
    """Open a parquet or csv file that must hold the wanted columns.

    Raises TapeError where it is missing, a directory, empty, unreadable, without a wanted column or without a row, and
    where a column such as ``symbol`` shows that several markets are mixed in it.
    """
    is_csv = _is_csv(path)
    with readable(path):
        frame = pl.scan_csv(path, infer_schema=False) if is_csv else pl.scan_parquet(path)
        types = dict(frame.collect_schema())
    _check_columns(path, types, wanted)
    with readable(path):
        if is_csv:
            known = {name: kind for name, kind in _CSV_TYPES.items() if name in types}
            known |= dict.fromkeys(filter(_DEEPER.fullmatch, types), pl.Float64)
            # A field that is no number becomes empty here and is refused later, with its row and text.
            frame = pl.scan_csv(path, infer_schema=False, schema_overrides=known, ignore_errors=True)
            types |= dict(frame.collect_schema())
            frame.select(pl.all().null_count()).collect()  # only a look at all columns notices a row with too many
        rows = int(frame.select(pl.len()).collect().item())
        markets = [name for name in _ONE_MARKET if name in types]
        counts = [frame.select(pl.col(name).n_unique()).collect(engine="streaming").item() for name in markets]
    if rows == 0:
        raise TapeError(f"{path} holds column names but no rows; a tape needs at least one.")
    for name, count in zip(markets, counts, strict=True):
        if count > 1:
            raise TapeError(f"{path} mixes {count} markets (column {name}); keep the rows of one of them in a file.")
    return Table(path, frame, types, rows, is_csv)


def _is_csv(path: Path) -> bool:
    if not path.exists():
        raise TapeError(f"{path} does not exist; give the path of a parquet or csv file.")
    if path.is_dir():
        raise TapeError(f"{path} is a directory; give the path of one parquet or csv file.")
    with readable(path), path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise TapeError(f"{path} is an empty file; give a parquet or csv file with at least one row.")
    if start.startswith(b"PAR1"):
        return False
    if path.suffix in {".parquet", ".pq"} or b"\0" in start:
        raise TapeError(f"{path} is neither a parquet file nor csv text; convert it to one of them first.")
    return True


def _check_columns(path: Path, types: dict[str, pl.DataType], wanted: tuple[str, ...]) -> None:
    missing = []
    for name in wanted:
        if name not in types:
            near = difflib.get_close_matches(name, types, 1) or [
                there for there in types if there.strip().lower() == name
            ]
            missing.append(name + (f" (nearest: {near[0]})" if near else ""))
    if missing:
        columns = f"column{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
        raise TapeError(f"{path} lacks the {columns}; it has {', '.join(types)}. Rename the columns or convert it.")


def wrong_type(table: Table, name: str) -> str:
    """Return why a column can never hold what it must, by its type; empty: it can."""
    kind = table.types[name]
    if name in ("ts_ns", "exch_ts_ns"):
        fits, needed = kind.is_integer(), "int64 nanoseconds since 1970 UTC"
    elif name == "side":
        fits, needed = kind.is_numeric() or kind == pl.String, "1, -1, 0 or the words buy and sell"
    else:
        fits, needed = kind.is_numeric(), "numbers"
    return "" if fits else f"{table.path}: the column {name} holds {kind}; it must hold {needed}."


def whole_numbers(table: Table, name: str, first: int, piece: pl.Series) -> NDArray[np.int64]:
    """Return a piece of whole numbers. Raises TapeError with the first row that holds none."""
    if piece.null_count():
        row = first + int(piece.is_null().arg_max() or 0)
        raise TapeError(
            f"{table.path}, row {row + 1}: {name} is {table.written(name, row)}; "
            "int64 nanoseconds since 1970 UTC are needed."
        )
    return piece.cast(pl.Int64).to_numpy()


def exact(piece: pl.Series) -> NDArray[np.float64]:
    """Return a piece of numbers; missing ones become NaN."""
    # The shortest text of a float32 is what was meant: 181.85, not 181.85000610351562.
    meant = piece.cast(pl.String) if piece.dtype == pl.Float32 else piece
    return np.asarray(meant.cast(pl.Float64).to_numpy(), np.float64)


def sides(table: Table, name: str, first: int, piece: pl.Series) -> NDArray[np.int64]:
    """Return a piece of sides: 1, -1, 0 or the words buy, sell, unknown. Raises TapeError with the first other row."""
    if piece.dtype == pl.String:
        piece = piece.str.strip_chars().str.to_lowercase().replace_strict(SIDES, default=None)
    numbers = piece.cast(pl.Float64).to_numpy()
    known = (numbers == 1.0) | (numbers == -1.0) | (numbers == 0.0)
    if not known.all():
        row = first + int(np.argmin(known))
        raise TapeError(
            f"{table.path}, row {row + 1}: {name} is {table.written(name, row)}; "
            "give 1 or buy, -1 or sell, 0 or unknown: who was impatient."
        )
    return np.asarray(numbers, np.int64)
