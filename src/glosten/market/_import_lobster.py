"""LOBSTER: a message file (executions become trades) and the order book file beside it (its first level, quotes).

Columns of messages: seconds after midnight in New York, event (1 to 7), order, size, price * 10000, direction. The
order book file has no times: its rows are those of the message file. Source: lobsterdata.com, Data structure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from glosten.errors import TapeError
from glosten.market._batch import Batch, Format, ImportOptions, Kind, quote_schema, unscaled
from glosten.market._market_day import midnight_ns
from glosten.market._vendor_file import VendorFile, csv_frames

PRICE_SCALE = 10_000
NOTHING = 9_999_999_999
"""The price LOBSTER writes where a level of the book is empty (asks; bids with a minus)."""
VISIBLE, HIDDEN, HALT = 4, 5, 7
_MESSAGE = re.compile(r"^\d{1,5}(\.\d+)?,[1-7],-?\d+,-?\d+,-?\d+,-?\d+(,.*)?$")
_BOOK = re.compile(r"^-?\d+(,-?\d+)+$")
_SCHEMA = {"seconds": pl.Float64, "event": pl.Int64, "order": pl.Int64, "size": pl.Int64, "price": pl.Int64}


def _is_message(file: VendorFile) -> bool:
    lines = file.first_lines(20)
    return bool(lines) and all(_MESSAGE.match(line.strip()) for line in lines) and any("." in line for line in lines)


def _is_book(file: VendorFile) -> bool:
    lines = file.first_lines(20)
    if not lines or not all(_BOOK.match(line.strip()) for line in lines):
        return False
    rows = [[int(number) for number in line.split(",")] for line in lines]
    widths = {len(row) for row in rows}
    is_ask_first = all(row[0] > row[2] > -NOTHING - 1 and min(row[1::2]) >= 0 for row in rows if len(row) >= 4)
    return len(widths) == 1 and widths.pop() % 4 == 0 and is_ask_first


@dataclass(frozen=True)
class _Name:
    """What a LOBSTER file is called: AAPL_2012-06-21_34200000_57600000_message_10.csv."""

    ticker: str
    date: str


def _name(file: VendorFile) -> _Name:
    found = re.match(r"([^_]+)_(\d{4}-\d{2}-\d{2})_", file.name)
    return _Name(*found.groups()) if found else _Name(file.name.split(".")[0], "")


def _read(files: Sequence[VendorFile], options: ImportOptions) -> Iterator[Batch]:
    messages = [file for file in files if _is_message(file)]
    books = {_name(file): file for file in files if not _is_message(file)}
    for file in messages:
        name = _name(file)
        date = options.date or name.date
        if not date:
            raise TapeError(f"{file.path} does not say its day; give it with --date YYYY-MM-DD.")
        midnight = midnight_ns(date, "America/New_York")
        book = books.pop(name, None)
        yield from _trades(file, name.ticker, midnight)
        if book is not None:
            yield from _quotes(file, book, midnight, options.depth)
    for book in books.values():
        raise TapeError(f"{book.path} has no times; give the message file that it belongs to with it.")


def _clock(midnight: int) -> pl.Expr:
    return ((pl.col("seconds") * 1e9).round().cast(pl.Int64) + midnight).alias("ts_ns")


def _messages(file: VendorFile) -> Iterator[pl.DataFrame]:
    width = len(file.first_lines(1)[0].split(","))
    schema = _SCHEMA | {"direction": pl.Int64} | {f"more{extra}": pl.String for extra in range(6, width)}
    return csv_frames(file, schema, skip_header=False)


def _trades(file: VendorFile, ticker: str, midnight: int) -> Iterator[Batch]:
    """Yield the executions of displayed and hidden orders; who was impatient stands on the other side of the order."""
    for frame in _messages(file):
        traded = frame.filter(pl.col("event").is_in((VISIBLE, HIDDEN)))
        rows = traded.select(
            _clock(midnight),
            price=unscaled(traded["price"], PRICE_SCALE),
            qty=pl.col("size").cast(pl.Float64),
            side=(-pl.col("direction")).cast(pl.Int8),
        )
        yield Batch(Kind.TRADES, ticker, rows)


def _quotes(file: VendorFile, book: VendorFile, midnight: int, depth: int) -> Iterator[Batch]:
    """Yield the rows of the book that differ from the row before; a halt is a row without prices, a gap."""
    width = len(book.first_lines(1)[0].split(","))
    if depth > width // 4:
        raise TapeError(f"{book.path} has {width // 4} levels; --depth {depth} asks for more.")
    schema = dict.fromkeys((f"column{number}" for number in range(width)), pl.Int64)
    last: pl.DataFrame | None = None
    for messages, levels in _side_by_side(_messages(file), csv_frames(book, schema, skip_header=False), book):
        rows = messages.select(_clock(midnight)).with_columns(_levels(levels, depth))
        is_halt = (messages["event"] == HALT) & (messages["price"] == -PRICE_SCALE)
        is_halt |= (messages["event"] == HALT) & (messages["price"] == -1)
        names = list(quote_schema(depth))[1:]
        rows = rows.with_columns(pl.when(is_halt).then(0.0).otherwise(pl.col(names)).name.keep())
        seen = rows if last is None else pl.concat([last, rows])
        is_new = seen.select(
            pl.any_horizontal(pl.col(names) != pl.col(names).shift()).fill_null(value=True)
        ).to_series()
        last = rows.tail(1)
        kept = seen.filter(is_new)
        yield Batch(Kind.QUOTES, _name(file).ticker, kept if len(seen) == len(rows) else seen[1:].filter(is_new[1:]))


def _levels(levels: pl.DataFrame, depth: int) -> pl.DataFrame:
    """Return the columns of our quotes from ask, size, bid, size of each level; an empty level is 0."""
    columns = {}
    for level in range(depth):
        mark = "" if level == 0 else str(level + 1)
        for name, first in (("bid", 2), ("ask", 0)):
            price, size = levels[f"column{4 * level + first}"], levels[f"column{4 * level + first + 1}"]
            is_there = price.abs() < NOTHING
            columns[f"{name}{mark}"] = unscaled(price * is_there, PRICE_SCALE)
            columns[f"{name}{mark}_qty"] = (size * is_there).cast(pl.Float64)
    return pl.DataFrame(columns)


def _side_by_side(
    left: Iterator[pl.DataFrame], right: Iterator[pl.DataFrame], book: VendorFile
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Yield pieces of two files that have as many rows as each other. Raises TapeError where one is longer."""
    one, other = next(left, None), next(right, None)
    while one is not None and other is not None:
        rows = min(len(one), len(other))
        yield one[:rows], other[:rows]
        one = one[rows:] if len(one) > rows else next(left, None)
        other = other[rows:] if len(other) > rows else next(right, None)
    if one is not None or other is not None:
        raise TapeError(f"{book.path} and its message file have different numbers of rows; they are not of one sample.")


LOBSTER = Format(
    "lobster",
    "LOBSTER: message file, with its order book file for quotes (csv)",
    lambda file: _is_message(file) or _is_book(file),
    _read,
)
