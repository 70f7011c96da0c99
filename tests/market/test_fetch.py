from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest

from glosten.errors import RunError, TapeError
from glosten.market import FetchRequest, Kind, fetch_tape, load_tape
from glosten.market import _fetch as fetching

pytest.importorskip("ccxt", reason="fetching is tested where ccxt is installed (glosten[live])")

START_MS = 1_723_075_200_000
TRADES = 5_200
STEP_MS = 40
NS_PER_MS = 1_000_000
LOT_SIZE = {"filterType": "LOT_SIZE", "minQty": "0.00001", "maxQty": "9000", "stepSize": "0.00001"}
PRICE_FILTER = {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1000000", "tickSize": "0.01"}
MARKET = {
    "symbol": "BTCUSDT",
    "status": "TRADING",
    "baseAsset": "BTC",
    "baseAssetPrecision": 8,
    "quoteAsset": "USDT",
    "quotePrecision": 8,
    "quoteAssetPrecision": 8,
    "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET"],
    "isSpotTradingAllowed": True,
    "isMarginTradingAllowed": False,
    "permissions": ["SPOT"],
    "filters": [PRICE_FILTER, LOT_SIZE],
}


def trade(number: int) -> dict[str, Any]:
    """Return an aggregate trade as the exchange writes it; three in a row share their millisecond."""
    price = 60_000 + 25 * ((number * 7_919) % 101) / 100
    return {
        "a": number,
        "p": f"{price:.8f}",
        "q": f"{0.001 * (1 + number % 9):.8f}",
        "f": number,
        "l": number,
        "T": START_MS + STEP_MS * (number // 3),
        "m": number % 2 == 0,
        "M": True,
    }


def candle(minute: int) -> list[Any]:
    opened, closed = 100.0 + minute % 7, 100.0 + (minute + 3) % 7
    high, low = max(opened, closed) + 1, min(opened, closed) - 1
    return [
        START_MS + 60_000 * minute,
        *(f"{one:.2f}" for one in (opened, high, low, closed)),
        "12.5",
        0,
        "0",
        0,
        "0",
        "0",
        "0",
    ]


class Exchange:
    """A small exchange on the loopback: public endpoints in the shape of Binance spot, and a log of what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, int]]] = []
        self.failures = 0
        self.down_after = 10**9
        self.hang_after = -1
        self.hanging = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(address.query).items()}
                status, answer = outer.answer(address.path, query)
                body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, *about: Any) -> None:
                """Say nothing of a client that was killed."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.released = threading.Event()
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        if path == "/api/v3/exchangeInfo":
            return 200, {"symbols": [MARKET], "rateLimits": [], "exchangeFilters": [], "timezone": "UTC"}
        numbers = {name: int(value) for name, value in query.items() if value.isdigit()}
        self.asked.append((path, numbers))
        if 0 <= self.hang_after < len(self.asked):
            self.hanging.set()
            self.released.wait(60)
        if self.failures > 0 or len(self.asked) > self.down_after:
            self.failures -= 1
            return 503, "down for a moment"
        most = min(numbers.get("limit", 500), 1_000)
        if path == "/api/v3/aggTrades":
            return 200, self.trades(numbers, most)
        if path == "/api/v3/klines":
            first = max(0, -(-(numbers["startTime"] - START_MS) // 60_000))
            return 200, [candle(minute) for minute in range(first, min(first + most, 1_500))]
        return 404, {"code": -2, "msg": "no such address"}

    @staticmethod
    def trades(asked: dict[str, int], most: int) -> list[dict[str, Any]]:
        if "fromId" in asked:
            return [trade(number) for number in range(asked["fromId"], min(asked["fromId"] + most, TRADES))]
        first = max(0, 3 * -(-(asked["startTime"] - START_MS) // STEP_MS))
        found = [trade(number) for number in range(first, min(first + most, TRADES))]
        return [one for one in found if one["T"] <= asked.get("endTime", START_MS * 2)]

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    server = Exchange()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching.time, "sleep", lambda _: None)


def request(server: Exchange, **changed: Any) -> FetchRequest:
    asked: dict[str, Any] = {
        "exchange": "binance",
        "symbol": "BTC/USDT",
        "start_ns": START_MS * NS_PER_MS,
        "end_ns": (START_MS + 60_000) * NS_PER_MS,
        "url": server.url,
    }
    return FetchRequest(**(asked | changed))


def expected(end_ms: int) -> list[tuple[int, float, float, int, int]]:
    rows = [trade(number) for number in range(TRADES)]
    return [
        (one["T"] * NS_PER_MS, float(one["p"]), float(one["q"]), -1 if one["m"] else 1, one["a"])
        for one in rows
        if one["T"] < end_ms
    ]


def test_every_trade_between_start_and_end_is_fetched_once_and_in_order(exchange: Exchange, tmp_path: Path) -> None:
    done = fetch_tape(request(exchange), tmp_path / "tape.parquet")
    rows = pl.read_parquet(tmp_path / "tape.parquet")
    assert rows.columns == ["ts_ns", "price", "qty", "side", "trade_id"]
    assert rows.rows() == expected(START_MS + 60_000)
    report = done.reports[Kind.TRADES]
    assert (report.duplicate_ids, report.missing_ids, report.backwards) == (0, 0, 0)
    assert [sorted(asked)[0] for _, asked in exchange.asked] == ["endTime"] + ["fromId"] * 4
    assert [path.name for path in tmp_path.iterdir()] == ["tape.parquet"]
    assert load_tape(tmp_path / "tape.parquet").instrument.symbol == "BTC/USDT"


def test_a_fetch_that_was_killed_goes_on_where_it_stopped(exchange: Exchange, tmp_path: Path) -> None:
    out = tmp_path / "tape.parquet"
    exchange.hang_after = 3
    command = [sys.executable, "-m", "glosten", "tape", "fetch", "binance", "BTC/USDT", "--out", str(out)]
    command += ["--start", "2024-08-08", "--end", "2024-08-08T00:01", "--url", exchange.url, "--json"]
    running = subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        assert exchange.hanging.wait(120), "the fetch never asked for its fourth page"
    finally:
        running.kill()
        running.communicate(timeout=30)
    assert not out.exists()
    assert len(list(tmp_path.glob(".tape.parquet.fetch/page-*.parquet"))) == 3
    exchange.hang_after, before = -1, len(exchange.asked)
    exchange.released.set()
    finished = subprocess.run(command, env=os.environ, capture_output=True, text=True, timeout=120, check=False)
    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout)["trades"]["counts"]["missing_ids"] == 0
    assert [asked.get("fromId") for _, asked in exchange.asked[before:]] == [3_000, 4_000]
    assert pl.read_parquet(out).rows() == expected(START_MS + 60_000)
    assert [path.name for path in tmp_path.iterdir()] == ["tape.parquet"]


def test_an_exchange_that_is_down_for_a_moment_is_asked_again(exchange: Exchange, tmp_path: Path) -> None:
    exchange.failures = 2
    fetch_tape(request(exchange), tmp_path / "tape.parquet")
    assert pl.read_parquet(tmp_path / "tape.parquet").height == len(expected(START_MS + 60_000))


def test_an_exchange_that_stays_down_ends_in_one_sentence_and_keeps_what_was_fetched(
    exchange: Exchange, tmp_path: Path
) -> None:
    exchange.down_after = 2
    with pytest.raises(RunError, match=r"cannot be reached .* goes on from there"):
        fetch_tape(request(exchange), tmp_path / "tape.parquet")
    assert not (tmp_path / "tape.parquet").exists()
    exchange.down_after, before = 10**9, len(exchange.asked)
    fetch_tape(request(exchange), tmp_path / "tape.parquet")
    assert exchange.asked[before][1]["fromId"] == 2_000
    assert pl.read_parquet(tmp_path / "tape.parquet").height == len(expected(START_MS + 60_000))


def test_the_same_output_is_not_used_for_another_request(exchange: Exchange, tmp_path: Path) -> None:
    exchange.down_after = 2
    with pytest.raises(RunError):
        fetch_tape(request(exchange), tmp_path / "tape.parquet")
    exchange.down_after = 10**9
    with pytest.raises(TapeError, match="holds the beginning of another fetch"):
        fetch_tape(request(exchange, timeframe="1m"), tmp_path / "tape.parquet")


def test_candles_are_fetched_whole_and_become_marked_prints(exchange: Exchange, tmp_path: Path) -> None:
    asked = request(exchange, timeframe="1m", end_ns=(START_MS + 1_400 * 60_000) * NS_PER_MS)
    done = fetch_tape(asked, tmp_path / "tape.parquet")
    assert done.metadata[Kind.TRADES]["candles"] == {"seconds": 60.0, "prints": 12, "seed": None}
    rows = pl.read_parquet(tmp_path / "tape.parquet")
    assert rows.height == 1_400 * 12
    assert rows["qty"].sum() == pytest.approx(1_400 * 12.5)
    tape = load_tape(tmp_path / "tape.parquet")
    assert tape.summary()["candle_made"] is True
    assert "made of candles of 60 s: 12 prints each" in tape.warnings()[0]


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"exchange": "binanse"}, "no exchange binanse; did you mean binance?"),
        ({"symbol": "BTC/USD"}, "no market BTC/USD; did you mean BTC/USDT?"),
        ({"timeframe": "7m"}, "no candles of 7m; there are 1s, 1m"),
        (
            {"start_ns": (START_MS + 10**9) * NS_PER_MS, "end_ns": (START_MS + 10**9 + 60_000) * NS_PER_MS},
            "has no trades",
        ),
    ],
)
def test_what_is_not_there_is_refused_in_one_sentence(
    exchange: Exchange, tmp_path: Path, changed: dict[str, Any], part: str
) -> None:
    with pytest.raises(TapeError, match=part.replace("?", r"\?")):
        fetch_tape(request(exchange, **changed), tmp_path / "tape.parquet")
    assert list(tmp_path.iterdir()) == []


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(TapeError, match="start is not before the end"):
        FetchRequest("binance", "BTC/USDT", 2, 1)
