"""Raw captures of cryptofeed: ``time: message`` lines of a venue's WebSocket, Kraken's or Binance's dialect."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from glosten.errors import TapeError
from glosten.market._batch import SCHEMA, Batch, Format, ImportOptions, Kind, RowBuffers, quote_schema
from glosten.market._import_binance_capture import CAPTURED_TRADES, BinanceStreams, Row
from glosten.market._import_bybit import levels
from glosten.market._order_book import TopOfBook
from glosten.market._vendor_file import VendorFile

NS_PER_S = 1_000_000_000
_SENT = re.compile(rb"^\w+://\S+ (<->|<-|->)")
_CONTROL = ("event", "result", "id", "error", "code")


def _recognises(file: VendorFile) -> bool:
    lines = file.first_lines(1)
    return bool(lines) and bool(re.match(r"^(wss|https)://\S+ <?->? ?", lines[0]))


def nanoseconds(text: str) -> int:
    """Return seconds written as a decimal in whole ns, exactly."""
    seconds, _, fraction = text.partition(".")
    return int(seconds) * NS_PER_S + int(fraction[:9].ljust(9, "0"))


class KrakenStreams:
    """Turns Kraken's (version 1) book and trade messages into rows; the book keeps as many levels as were asked for."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._feeds: dict[str, TopOfBook] = {}

    def rows(self, message: list[Any], ts_ns: int) -> Iterator[Row]:
        """Yield the rows of one message, received at ``ts_ns``."""
        *parts, channel, pair = message[1:]
        if channel == "trade":
            for price, size, clock, side, *_ in parts[0]:
                sign = 1 if side == "b" else -1
                yield Kind.TRADES, pair, (ts_ns, float(price), float(size), sign, nanoseconds(clock))
        elif channel.startswith("book"):
            row = self._book(parts, pair, int(channel.partition("-")[2] or 10), ts_ns)
            if row is not None:
                yield Kind.QUOTES, pair, row

    def _book(self, parts: list[Any], pair: str, kept: int, ts_ns: int) -> tuple[Any, ...] | None:
        feed = self._feeds.setdefault(pair, TopOfBook(self._depth, kept))
        for part in parts:
            if "as" in part or "bs" in part:
                feed.book.load(levels(part.get("bs", ())), levels(part.get("as", ())))
                feed.is_known = True
            elif feed.is_known:
                feed.book.apply(levels(part.get("b", ())), levels(part.get("a", ())))
        return feed.changed(ts_ns) if feed.is_known else None


def _read(files: Sequence[VendorFile], options: ImportOptions) -> Iterator[Batch]:
    for file in files:
        yield from _read_one(file, options)


def _read_one(file: VendorFile, options: ImportOptions) -> Iterator[Batch]:
    kraken = KrakenStreams(options.depth)
    binance = BinanceStreams(options.depth, by_depth=options.depth > 1 or b"bookTicker" not in file.head)
    is_kraken = b"kraken" in file.head.partition(b"\n")[0]
    trades = {**SCHEMA[Kind.TRADES], "exch_ts_ns": SCHEMA[Kind.TRADES]["ts_ns"]} if is_kraken else CAPTURED_TRADES
    buffers = RowBuffers({Kind.TRADES: trades, Kind.QUOTES: quote_schema(options.depth)})
    for line in file.lines():
        if _SENT.match(line):
            continue
        clock, _, text = line.partition(b": ")
        message, ts_ns = json.loads(text), nanoseconds(clock.decode())
        rows: list[Row] = []
        if isinstance(message, list) and is_kraken:
            rows.extend(kraken.rows(message, ts_ns))
        elif isinstance(message, dict) and "stream" in message:
            row = binance.rows(message, ts_ns)
            rows.extend([row] if row is not None else [])
        elif not (isinstance(message, dict) and any(name in message for name in _CONTROL)):
            raise TapeError(f"{file.path}, line {file.place.line}: only captures of Kraken and Binance can be read.")
        if buffers.add_all(rows):
            yield from buffers.take()
    yield from buffers.take()


CRYPTOFEED = Format(
    "cryptofeed",
    "raw captures of cryptofeed: books and trades of Kraken, combined streams of Binance",
    _recognises,
    _read,
)
