"""What importers hand over: rows of trades, quotes or candles of one instrument, in columns of one schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import polars as pl

from glosten.errors import TapeError
from glosten.market._vendor_file import VendorFile

BATCH_ROWS = 200_000
"""Rows that are gathered one by one before they become a batch."""
PRINTS_PER_CANDLE = 12


class Kind(StrEnum):
    """What a table of a tape holds."""

    TRADES = "trades"
    QUOTES = "quotes"
    CANDLES = "candles"


SCHEMA: Mapping[Kind, Mapping[str, Any]] = MappingProxyType(
    {
        Kind.TRADES: {"ts_ns": pl.Int64, "price": pl.Float64, "qty": pl.Float64, "side": pl.Int8},
        Kind.QUOTES: {"ts_ns": pl.Int64, **dict.fromkeys(("bid", "bid_qty", "ask", "ask_qty"), pl.Float64)},
        Kind.CANDLES: {"ts_ns": pl.Int64, **dict.fromkeys(("open", "high", "low", "close", "volume"), pl.Float64)},
    }
)
"""The columns that every table of a kind has, in this order; what a vendor adds (``EXTRAS``) follows."""

EXTRAS: Mapping[str, Any] = MappingProxyType({"exch_ts_ns": pl.Int64, "trade_id": pl.Int64})
"""Columns that trades may have: the exchange's clock beside the receiver's, and the vendor's number (or text)."""


@dataclass(frozen=True)
class Batch:
    """Rows of one instrument in the order of the file; ``rows`` has the columns of `SCHEMA` and perhaps more.

    An empty ``instrument`` is one that the file does not name: such rows belong to whatever is imported.
    """

    kind: Kind
    instrument: str
    rows: pl.DataFrame


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the user knows better than the files do.

    ``format`` and ``instrument`` are names, empty: recognised. ``columns`` maps our columns to the file's (generic
    files); ``unit`` of times is s, ms, us, ns or empty: by their size. ``date`` (YYYY-MM-DD) is for files that count
    from midnight and do not say of which day. ``start_ns`` and ``end_ns`` (excluded) cut. ``depth`` levels of a book
    are kept. ``prints`` and ``seed`` steer what is made of candles, ``tick`` their prices. ``sort`` puts rows in the
    order of time. ``lag_ms`` is what quotes are late by. ``gap_seconds`` of silence count as a gap.
    """

    format: str = ""
    instrument: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    date: str = ""
    start_ns: int | None = None
    end_ns: int | None = None
    depth: int = 1
    prints: int = PRINTS_PER_CANDLE
    seed: int | None = None
    tick: Decimal | None = None
    sort: bool = False
    lag_ms: float | None = None
    gap_seconds: float = 60.0

    def __post_init__(self) -> None:
        problems = []
        if self.unit not in ("", *UNITS):
            problems.append(f"The unit of times is {self.unit!r}; give s, ms, us or ns.")
        if not 1 <= self.depth <= DEEPEST:
            problems.append(f"depth is {self.depth}; give 1 (the best quotes alone) to {DEEPEST} levels.")
        if not PATH_NODES <= self.prints <= MOST_PRINTS:
            problems.append(
                f"prints is {self.prints}; a candle becomes {PATH_NODES} (open, both extremes, close) to {MOST_PRINTS}."
            )
        if not self.gap_seconds > 0:
            problems.append(f"gap_seconds is {self.gap_seconds}; it must be more than 0.")
        if self.lag_ms is not None and not 0 <= self.lag_ms < LARGEST_LAG_MS:
            problems.append(f"lag_ms is {self.lag_ms}; quotes hold 0 or more ms after their own time, below an hour.")
        if self.start_ns is not None and self.end_ns is not None and self.start_ns >= self.end_ns:
            problems.append("The start is not before the end; nothing is left between them.")
        if problems:
            raise TapeError(problems)


UNITS: Mapping[str, int] = MappingProxyType({"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1})
"""Nanoseconds in a unit of time."""
DEEPEST = 500
PATH_NODES = 4
MOST_PRINTS = 1_000
LARGEST_LAG_MS = 3_600_000.0


@dataclass(frozen=True)
class Format:
    """A vendor's format: ``recognises`` looks at the beginning of a file, ``read`` yields what all its files hold."""

    name: str
    title: str
    recognises: Callable[[VendorFile], bool]
    read: Callable[[Sequence[VendorFile], ImportOptions], Iterator[Batch]]


class RowBuffers:
    """Rows gathered one by one, by kind and instrument, handed over as batches."""

    def __init__(self, schemas: Mapping[Kind, Mapping[str, Any]]) -> None:
        self._schemas = schemas
        self._rows: dict[tuple[Kind, str], list[tuple[Any, ...]]] = {}

    def add(self, kind: Kind, instrument: str, row: tuple[Any, ...]) -> bool:
        """Keep a row with the columns of its schema; return whether a batch is full."""
        rows = self._rows.setdefault((kind, instrument), [])
        rows.append(row)
        return len(rows) >= BATCH_ROWS

    def add_all(self, rows: Iterable[tuple[Kind, str, tuple[Any, ...]]]) -> bool:
        """Keep rows of any kind and instrument; return whether a batch is full."""
        is_full = False
        for kind, instrument, row in rows:
            is_full |= self.add(kind, instrument, row)
        return is_full

    def take(self) -> Iterator[Batch]:
        """Yield what was gathered, and begin anew."""
        for (kind, instrument), rows in self._rows.items():
            if rows:
                yield Batch(kind, instrument, pl.DataFrame(rows, dict(self._schemas[kind]), orient="row"))
        self._rows.clear()


def quote_schema(depth: int) -> dict[str, Any]:
    """Return the columns of quotes with ``depth`` levels of the book: bid2, bid2_qty, ask2, ask2_qty and so on."""
    schema = dict(SCHEMA[Kind.QUOTES])
    for level in range(2, depth + 1):
        for name in (f"bid{level}", f"bid{level}_qty", f"ask{level}", f"ask{level}_qty"):
            schema[name] = pl.Float64
    return schema


def unit_of(first: float) -> str:
    """Return the unit that a time since 1970 is in, by its size: what lies between 1973 and 5138 in that unit."""
    for unit, below in (("s", 1e11), ("ms", 1e14), ("us", 1e17)):
        if abs(first) < below:
            return unit
    return "ns"


def times_ns(name: str, frame: pl.DataFrame, unit: str = "") -> pl.Expr:
    """Return the expression that turns a column of whole times since 1970 into ns; the first row tells the unit."""
    first = frame[name].drop_nulls()
    unit = unit or unit_of(float(first[0]) if len(first) else 0.0)
    return (pl.col(name) * UNITS[unit]).alias("ts_ns")


def seller_if_maker_buys(name: str) -> pl.Expr:
    """Return the expression for ``side`` from a flag that says whether the buyer was the maker; others are null."""
    flag = pl.col(name).cast(pl.String).str.to_lowercase().str.strip_chars()
    return flag.replace_strict({"true": -1, "false": 1, "1": -1, "0": 1}, default=None, return_dtype=pl.Int8).alias(
        "side"
    )


def unscaled(series: pl.Series, scale: int) -> pl.Series:
    """Return whole numbers of 1 / scale as the floats nearest to what they mean: 5859100 / 10000 is 585.91."""
    return pl.Series(series.name, series.to_numpy() / scale)
