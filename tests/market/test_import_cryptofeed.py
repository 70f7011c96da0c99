from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from glosten.errors import TapeError
from glosten.market import Kind
from glosten.market._import_bybit import levels
from glosten.market._import_cryptofeed import nanoseconds
from glosten.market._order_book import OrderBook

FILE = "cryptofeed_KRAKEN.ws.50.0"


def test_the_rebuilt_books_pass_the_checksums_that_the_venue_sent(raw: Any) -> None:
    """Kraken sends a CRC-32 of the ten best levels of each side with every change."""
    books: dict[str, OrderBook] = {}
    texts: dict[str, dict[tuple[str, float], tuple[str, str]]] = {}
    checked = 0
    for line in raw(FILE).read_bytes().splitlines():
        body = line.partition(b": ")[2]
        if not body.startswith(b"["):
            continue
        _, *parts, channel, pair = json.loads(body)
        book, written = books.setdefault(pair, OrderBook(int(channel.partition("-")[2]))), texts.setdefault(pair, {})
        for part in parts:
            for name in part.keys() - {"c"}:
                written |= {(name[0], float(level[0])): (level[0], level[1]) for level in part[name]}
            change = book.load if "as" in part else book.apply
            change(levels(part.get("bs", part.get("b", ()))), levels(part.get("as", part.get("a", ()))))
        if "c" in parts[-1]:
            top = book.top(10)
            best = [("a", top[4 * at + 2]) for at in range(10)] + [("b", top[4 * at]) for at in range(10)]
            digits = [text.replace(".", "").lstrip("0") for level in best for text in written[level]]
            assert zlib.crc32("".join(digits).encode()) == int(parts[-1]["c"])
            checked += 1
    assert checked > 4_000


def test_a_pair_of_the_capture_becomes_quotes_that_never_cross(imported: Any, raw: Any) -> None:
    quotes = imported(raw(FILE), instrument="xmr/usd")[Kind.QUOTES]
    assert quotes.height == 170
    assert quotes.row(0) == (1_618_678_134_128_293_000, 354.16, 1.4, 354.8, 1.4)
    assert (quotes["bid"] < quotes["ask"]).all()


def test_all_pairs_are_named_where_none_is_chosen(imported: Any, raw: Any) -> None:
    with pytest.raises(TapeError, match=r"several instruments: XMR/USD \(170 rows\), SC/EUR \(151 rows\)"):
        imported(raw(FILE))


def test_seconds_become_nanoseconds_exactly() -> None:
    assert nanoseconds("1618678134.0458188") == 1_618_678_134_045_818_800
    assert nanoseconds("1618678134") == 1_618_678_134_000_000_000


def capture(path: Path, address: str, *messages: Any) -> Path:
    lines = [f"{address} <-> 1618678132.3858151", f"{address} <- 1618678132.8: {{}}"]
    lines += [f"16186781{row:02}.5: {json.dumps(message)}" for row, message in enumerate(messages)]
    path.write_text("\n".join(lines))
    return path


def test_trades_of_kraken_and_streams_of_binance_are_read(imported: Any, tmp_path: Path) -> None:
    prints = [["5541.2", "0.15", "1534614057.321597", "s", "l", ""], ["5541.3", "1", "1534614057.4", "b", "m", ""]]
    kraken = capture(tmp_path / "k", "wss://ws.kraken.com", {"event": "heartbeat"}, [0, prints, "trade", "XBT/USD"])
    trades = imported(kraken)[Kind.TRADES]
    assert trades.select("price", "qty", "side").rows() == [(5541.2, 0.15, -1), (5541.3, 1.0, 1)]
    assert trades["exch_ts_ns"][0] == 1_534_614_057_321_597_000
    ticker = {"stream": "ab@bookTicker", "data": {"u": 1, "s": "AB", "b": "9", "B": "1", "a": "11", "A": "1"}}
    binance = capture(tmp_path / "b", "wss://stream.binance.com", ticker)
    assert imported(binance)[Kind.QUOTES].row(0) == (1_618_678_100_500_000_000, 9.0, 1.0, 11.0, 1.0)


def test_another_venue_is_refused(imported: Any, tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="line 3: only captures of Kraken and Binance"):
        imported(capture(tmp_path / "o", "wss://ws.other.com", {"price": 5}))
