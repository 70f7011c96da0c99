"""Public trades and candles of exchanges, fetched through ccxt page by page; a fetch that was killed goes on.

Every page is a file in a hidden folder beside the output, written whole or not at all, so what is on disk is where the
next run goes on. The exchange is asked for public data only; no key is ever read.
"""

from __future__ import annotations

import difflib
import importlib
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from glosten.errors import RunError, TapeError
from glosten.market._batch import SCHEMA, ImportOptions, Kind
from glosten.market._collect import Collected, Progress, candles_to_prints, with_whole_numbers
from glosten.market._import_bybit import NS_PER_MS
from glosten.market._import_ccxt import TEXT_TRADES, unified_row
from glosten.market._tape_file import ImportedTape, check_out, write_tape

PAGE = 1_000
"""Trades or candles asked for at once; exchanges that give fewer are asked more often."""
WINDOW_MS = 3_600_000
"""How far the question moves on where an exchange answers that nothing traded."""
TRIES = 5
TIMEOUT_MS = 20_000
PAGED_BY_ID = MappingProxyType(
    {"binance": "fromId", "binanceusdm": "fromId", "binancecoinm": "fromId", "binanceus": "fromId"}
)
"""Exchanges whose trades are asked for by number after the first page: nothing is left out and nothing comes twice."""


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch: ``symbol`` as ccxt writes it (BTC/USDT), trades or candles of a ``timeframe`` (1m, 5m, 1h).

    From ``start_ns`` until ``end_ns`` (excluded). ``url`` is another address of the exchange's public interface.
    """

    exchange: str
    symbol: str
    start_ns: int
    end_ns: int
    timeframe: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        if self.start_ns >= self.end_ns:
            raise TapeError("The start is not before the end; nothing is left between them.")


def fetch_tape(
    request: FetchRequest, out: Path, options: ImportOptions | None = None, progress: Progress | None = None
) -> ImportedTape:
    """Fetch what is asked for into ``out``, going on where an earlier run of the same request stopped.

    Raises TapeError for an exchange, symbol or timeframe that is not there, and RunError where the exchange cannot be
    reached or does not answer from the start on; what was fetched by then is kept for the next run.
    """
    check_out(out)
    exchange = _connect(request)
    folder = out.with_name(f".{out.name}.fetch")
    pages = _Pages(folder, request)
    try:
        (_fetch_candles if request.timeframe else _fetch_trades)(exchange, request, pages, progress)
        imported = _finish(request, pages, out, options or ImportOptions())
    except BaseException:
        if not pages.files:
            shutil.rmtree(folder)
        raise
    shutil.rmtree(folder)
    return imported


def _finish(request: FetchRequest, pages: _Pages, out: Path, options: ImportOptions) -> ImportedTape:
    kind = Kind.CANDLES if request.timeframe else Kind.TRADES
    if not pages.files:
        raise TapeError(f"{request.exchange} has no {kind} of {request.symbol} between the start and the end.")
    what = f"{request.timeframe} candles" if request.timeframe else "trades"
    collected = Collected(
        pages.folder,
        instrument=request.symbol,
        formats=("ccxt",),
        sources=(f"{request.exchange} {request.symbol} {what}",),
        parts={kind: list(pages.files)},
    )
    candles_to_prints(collected, options)
    return write_tape(collected, out, options)


class _Pages:
    """The pages of a request on disk, in their order."""

    def __init__(self, folder: Path, request: FetchRequest) -> None:
        self.folder = folder
        asked = {name: value for name, value in asdict(request).items() if name not in ("end_ns", "url")}
        note = folder / "request.json"
        if note.is_file():
            before = json.loads(note.read_text(encoding="utf-8"))
            if before != asked:
                raise TapeError(
                    f"{folder} holds the beginning of another fetch ({before['exchange']} {before['symbol']}); finish "
                    "that one, delete the folder, or give another --out."
                )
        else:
            folder.mkdir(exist_ok=True)
            note.write_text(json.dumps(asked), encoding="utf-8")
        self.files = sorted(folder.glob("page-*.parquet"))

    def add(self, rows: pl.DataFrame) -> None:
        """Write a page: it is there whole, or not at all."""
        path = self.folder / f"page-{len(self.files):08}.parquet"
        fresh = path.with_suffix(".new")
        rows.write_parquet(fresh)
        fresh.replace(path)
        self.files.append(path)

    def last(self) -> pl.DataFrame | None:
        """Return the last page, None before the first."""
        return pl.read_parquet(self.files[-1]) if self.files else None


def _connect(request: FetchRequest) -> Any:
    try:
        ccxt = importlib.import_module("ccxt")
    except ImportError:
        raise RunError("Fetching needs ccxt; install it with `pip install 'glosten[live]'`.") from None
    if request.exchange not in ccxt.exchanges:
        near = difflib.get_close_matches(request.exchange, ccxt.exchanges, 1)
        hint = f"; did you mean {near[0]}?" if near else "."
        raise TapeError(f"ccxt knows no exchange {request.exchange}{hint}")
    kind = "linear" if ":" in request.symbol else "spot"
    quiet = {"fetchCurrencies": False, "fetchMargins": False, "fetchMarkets": {"types": [kind]}}
    settings: dict[str, Any] = {"enableRateLimit": True, "timeout": TIMEOUT_MS}
    if request.exchange == "binance":
        settings["options"] = quiet
    exchange = getattr(ccxt, request.exchange)(settings)
    if request.url:
        exchange.urls["api"] = _moved(exchange.urls["api"], request.url.rstrip("/"))
    _patiently(request, exchange.load_markets)
    if request.symbol not in exchange.markets:
        near = difflib.get_close_matches(request.symbol, exchange.markets, 1)
        hint = f"; did you mean {near[0]}?" if near else "."
        raise TapeError(f"{request.exchange} has no market {request.symbol}{hint}")
    if request.timeframe and request.timeframe not in (exchange.timeframes or {}):
        there = ", ".join(exchange.timeframes or {}) or "none"
        raise TapeError(f"{request.exchange} has no candles of {request.timeframe}; there are {there}.")
    return exchange


def _moved(addresses: Any, url: str) -> Any:
    """Return the addresses of an exchange with another host: the paths stay."""
    if isinstance(addresses, dict):
        return {name: _moved(address, url) for name, address in addresses.items()}
    return url + urlsplit(addresses).path if isinstance(addresses, str) else addresses


def _patiently(request: FetchRequest, ask: Callable[[], Any]) -> Any:
    """Return what the exchange answers, asking again after a while where it cannot be reached."""
    ccxt = importlib.import_module("ccxt")
    for trial in range(TRIES):
        try:
            return ask()
        except ccxt.NetworkError as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
            if trial == TRIES - 1:
                raise RunError(
                    f"{request.exchange} cannot be reached ({reason}); what was fetched is kept, and the same command "
                    "goes on from there."
                ) from error
            time.sleep(0.5 * 2**trial)
        except ccxt.BaseError as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
            raise RunError(f"{request.exchange} refuses ({reason}).") from error
    raise AssertionError  # the loop returns or raises


def _fetch_trades(exchange: Any, request: FetchRequest, pages: _Pages, progress: Progress | None) -> None:
    numbered = PAGED_BY_ID.get(request.exchange)
    since_ms, seen, number = _cursor(request, pages)
    end_ms = request.end_ns // NS_PER_MS
    while since_ms < end_ms:
        by_number = numbered is not None and number is not None
        params = {numbered: number + 1} if by_number and number is not None else {}
        asked_ms = None if by_number else since_ms
        trades = _patiently(request, partial(exchange.fetch_trades, request.symbol, asked_ms, PAGE, params))
        # ccxt orders the numbers of one millisecond as texts, 10 before 9.
        trades = sorted(trades, key=lambda trade: (trade["timestamp"], _number(trade["id"]) or 0))
        fresh = [trade for trade in trades if str(trade["id"]) not in seen and trade["timestamp"] >= since_ms]
        _tell(progress, request, since_ms)
        if not fresh:
            if by_number or since_ms + WINDOW_MS >= end_ms:
                return
            since_ms = since_ms + 1 if len(trades) >= PAGE else since_ms + WINDOW_MS
            continue
        _refuse_recent(request, fresh, pages, since_ms, len(trades))
        kept = [unified_row(trade) for trade in fresh if trade["timestamp"] < end_ms]
        if kept:
            pages.add(with_whole_numbers(pl.DataFrame(kept, TEXT_TRADES, orient="row")))
        if len(kept) < len(fresh):
            return
        since_ms = max(trade["timestamp"] for trade in fresh)
        number = _number(fresh[-1]["id"])
        seen = {str(trade["id"]) for trade in fresh if trade["timestamp"] == since_ms}


def _refuse_recent(request: FetchRequest, fresh: list[Any], pages: _Pages, since_ms: int, count: int) -> None:
    """Raise RunError where an exchange answers with its latest trades, whatever it was asked."""
    first_ms = fresh[0]["timestamp"]
    is_latest = not pages.files and count >= PAGE and first_ms > since_ms + WINDOW_MS
    if is_latest and time.time() * 1_000 - fresh[-1]["timestamp"] < WINDOW_MS:
        raise RunError(
            f"{request.exchange} answers with its latest trades only, not with those from the start on; "
            "fetch candles (--candles 1m), or import a dump of the exchange."
        )


def _number(text: Any) -> int | None:
    return int(text) if str(text).isdigit() else None


def _cursor(request: FetchRequest, pages: _Pages) -> tuple[int, set[str], int | None]:
    """Return from when to ask (ms), which numbers of that time are there already, and the last number."""
    last = pages.last()
    if last is None:
        return request.start_ns // NS_PER_MS, set(), None
    latest = int(last["ts_ns"].cast(pl.Int64).to_numpy().max())
    there = last.filter(pl.col("ts_ns") == latest)["trade_id"].cast(pl.String)
    return latest // NS_PER_MS, set(there.drop_nulls().to_list()), _number(last["trade_id"][-1])


def _fetch_candles(exchange: Any, request: FetchRequest, pages: _Pages, progress: Progress | None) -> None:
    last = pages.last()
    width_ms = int(exchange.parse_timeframe(request.timeframe) * 1_000)
    since_ms = request.start_ns // NS_PER_MS
    if last is not None:
        since_ms = int(last["ts_ns"][-1]) // NS_PER_MS + width_ms
    end_ms = request.end_ns // NS_PER_MS
    while since_ms < end_ms:
        rows = _patiently(request, partial(exchange.fetch_ohlcv, request.symbol, request.timeframe, since_ms, PAGE))
        _tell(progress, request, since_ms)
        fresh = [row for row in rows if since_ms <= row[0] < end_ms and row[5] is not None]
        if not fresh:
            since_ms += PAGE * width_ms
            continue
        made = [(int(row[0]) * NS_PER_MS, *(float(number) for number in row[1:6])) for row in fresh]
        pages.add(pl.DataFrame(made, dict(SCHEMA[Kind.CANDLES]), orient="row"))
        since_ms = int(fresh[-1][0]) + width_ms


def _tell(progress: Progress | None, request: FetchRequest, since_ms: int) -> None:
    if progress is not None:
        start_ms = request.start_ns // NS_PER_MS
        progress(since_ms - start_ms, request.end_ns // NS_PER_MS - start_ms)
