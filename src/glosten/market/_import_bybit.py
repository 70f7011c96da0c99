"""Bybit's order book archive (ob500 and others): one JSON message a line, a snapshot and the changes after it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from glosten.market._batch import Batch, Format, ImportOptions, Kind, RowBuffers, quote_schema
from glosten.market._order_book import TopOfBook
from glosten.market._vendor_file import VendorFile

NS_PER_MS = 1_000_000


def _recognises(file: VendorFile) -> bool:
    lines = file.first_lines(1)
    return bool(lines) and lines[0].startswith("{") and '"topic":"orderbook.' in lines[0][:200].replace(" ", "")


def levels(pairs: Sequence[Sequence[str]]) -> Iterator[tuple[float, float]]:
    """Yield (price, size) of levels as venues write them: texts, perhaps with more behind."""
    return ((float(pair[0]), float(pair[1])) for pair in pairs)


def _read(files: Sequence[VendorFile], options: ImportOptions) -> Iterator[Batch]:
    buffers = RowBuffers({Kind.QUOTES: quote_schema(options.depth)})
    feeds: dict[str, TopOfBook] = {}
    numbers: dict[str, int] = {}
    for file in files:
        for line in file.lines():
            message = json.loads(line)
            symbol = message["data"]["s"]
            feed = feeds.setdefault(symbol, TopOfBook(options.depth))
            row = _follow(message, feed, numbers)
            if row is not None and buffers.add(Kind.QUOTES, symbol, row):
                yield from buffers.take()
        yield from buffers.take()


def _follow(message: dict[str, Any], feed: TopOfBook, numbers: dict[str, int]) -> tuple[float, ...] | None:
    """Apply one message and return the row it makes; a number that is missing loses the book until a snapshot."""
    data = message["data"]
    ts_ns = int(message.get("cts") or message["ts"]) * NS_PER_MS
    symbol, number = data["s"], int(data["u"])
    if message["type"] == "snapshot":
        feed.book.load(levels(data["b"]), levels(data["a"]))
        feed.is_known = True
    elif feed.is_known and number == numbers[symbol] + 1:
        feed.book.apply(levels(data["b"]), levels(data["a"]))
    else:
        return feed.lost(ts_ns)
    numbers[symbol] = number
    return feed.changed(ts_ns)


BYBIT_BOOK = Format(
    "bybit-book",
    "Bybit order book archive (ob200, ob500 .data.zip): snapshots and changes, the best quotes or --depth levels",
    _recognises,
    _read,
)
