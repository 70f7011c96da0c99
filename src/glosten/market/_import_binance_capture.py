"""Captures of Binance's combined streams: one JSON message a line, with or without the receiver's clock before it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from glosten.errors import TapeError
from glosten.market._batch import SCHEMA, Batch, Format, ImportOptions, Kind, RowBuffers, quote_schema
from glosten.market._import_bybit import NS_PER_MS, levels
from glosten.market._order_book import TopOfBook
from glosten.market._vendor_file import VendorFile

CAPTURED_TRADES = {
    **SCHEMA[Kind.TRADES],
    "exch_ts_ns": SCHEMA[Kind.TRADES]["ts_ns"],
    "trade_id": SCHEMA[Kind.TRADES]["ts_ns"],
}
Message = dict[str, Any]
Row = tuple[Kind, str, tuple[Any, ...]]


def _recognises(file: VendorFile) -> bool:
    return any('{"stream":"' in line[:64].replace(" ", "") and '"data"' in line for line in file.first_lines(3))


class BinanceStreams:
    """Turns messages of the combined streams into rows of trades and quotes.

    Where a symbol has both trade and aggTrade streams the first that comes is used, so that no volume counts twice.
    The book comes from bookTicker, or from depth (``by_depth``): a snapshot, the changes after it, and a gap where a
    number is missing.
    """

    def __init__(self, depth: int, *, by_depth: bool) -> None:
        self._depth, self._by_depth = depth, by_depth
        self._trades: dict[str, str] = {}
        self._books: dict[str, _Depth] = {}
        self._act: Mapping[str, Callable[[Message, int], Row | None]] = {
            "trade": self._trade,
            "aggTrade": self._trade,
            "bookTicker": self._ticker,
            "depthUpdate": self._change,
        }

    def rows(self, message: Message, ts_ns: int) -> Row | None:
        """Return what one message says; ``ts_ns`` is when it was received, -1 where nobody noted that."""
        if "lastUpdateId" in message:
            return self._snapshot(message, ts_ns)
        data = message.get("data", message)
        act = self._act.get(data.get("e", "bookTicker" if {"b", "B", "a", "A"} <= data.keys() else ""))
        return act(data, ts_ns) if act is not None else None

    def _trade(self, data: Message, ts_ns: int) -> Row | None:
        symbol, kind = data["s"], data["e"]
        if self._trades.setdefault(symbol, kind) != kind or data.get("X", "MARKET") != "MARKET":
            return None
        exchange_ns = int(data["T"]) * NS_PER_MS
        number = data["t" if kind == "trade" else "a"]
        side = -1 if data["m"] else 1
        ts_ns = exchange_ns if ts_ns < 0 else ts_ns
        return Kind.TRADES, symbol, (ts_ns, float(data["p"]), float(data["q"]), side, exchange_ns, int(number))

    def _ticker(self, data: Message, ts_ns: int) -> Row | None:
        if self._by_depth:
            return None
        top = (float(data["b"]), float(data["B"]), float(data["a"]), float(data["A"]))
        return Kind.QUOTES, data["s"], (_when(data, ts_ns), *top)

    def _change(self, data: Message, ts_ns: int) -> Row | None:
        if not self._by_depth:
            return None
        book = self._books.setdefault(data["s"], _Depth(self._depth))
        row = book.change(data, _when(data, ts_ns))
        return None if row is None else (Kind.QUOTES, data["s"], row)

    def _snapshot(self, message: Message, ts_ns: int) -> Row | None:
        """Take a snapshot in; it names no symbol, so it belongs to the only book there is."""
        if not self._by_depth:
            return None
        if len(self._books) != 1:
            raise TapeError("A depth snapshot names no symbol, and the capture has several; capture them apart.")
        ((symbol, book),) = self._books.items()
        row = book.snapshot(message, _when(message, ts_ns))
        return None if row is None else (Kind.QUOTES, symbol, row)


def _when(data: Message, ts_ns: int) -> int:
    if ts_ns >= 0:
        return ts_ns
    clock = data.get("T", data.get("E"))
    if clock is None:
        raise TapeError("The capture has quotes of spot without the receiver's clock; Binance puts no time in them.")
    return int(clock) * NS_PER_MS


class _Depth:
    """One symbol's book from its depth stream. Source: Binance, How to manage a local order book correctly."""

    def __init__(self, depth: int) -> None:
        self._feed = TopOfBook(depth)
        self._waiting: list[Message] = []
        self._number = -1

    def snapshot(self, message: Message, ts_ns: int) -> tuple[Any, ...] | None:
        self._feed.book.load(levels(message["bids"]), levels(message["asks"]))
        self._feed.is_known = True
        self._number = int(message["lastUpdateId"])
        waiting, self._waiting = self._waiting, []
        for change in waiting:
            if not self._follow(change):
                self._feed.is_known = False
        return self._feed.changed(ts_ns) if self._feed.is_known else None

    def change(self, data: Message, ts_ns: int) -> tuple[Any, ...] | None:
        if not self._feed.is_known:
            self._waiting.append(data)
            return None
        if not self._follow(data):
            return self._feed.lost(ts_ns)
        return self._feed.changed(ts_ns)

    def _follow(self, data: Message) -> bool:
        """Apply a change, unless it is older than the book; return whether none is missing before it."""
        first, last = int(data["U"]), int(data["u"])
        if last <= self._number:
            return True
        follows = int(data["pu"]) == self._number if "pu" in data else first <= self._number + 1
        if not (follows or first <= self._number + 1 <= last):
            self._waiting.append(data)
            return False
        self._feed.book.apply(levels(data["b"]), levels(data["a"]))
        self._number = last
        return True


def _read(files: Sequence[VendorFile], options: ImportOptions) -> Iterator[Batch]:
    by_depth = options.depth > 1 or not any(b"bookTicker" in file.head for file in files)
    streams = BinanceStreams(options.depth, by_depth=by_depth)
    buffers = RowBuffers({Kind.TRADES: CAPTURED_TRADES, Kind.QUOTES: quote_schema(options.depth)})
    for file in files:
        for line in file.lines():
            clock, _, text = line.partition(b" ") if line[:1].isdigit() else (b"-1", b"", line)
            row = streams.rows(json.loads(text), int(clock))
            if row is not None and buffers.add(*row):
                yield from buffers.take()
        yield from buffers.take()


BINANCE_CAPTURE = Format(
    "binance-capture",
    "captures of Binance combined streams: trade, aggTrade, bookTicker, depth (gz or text, a message a line)",
    _recognises,
    _read,
)
