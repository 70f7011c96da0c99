from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from glosten.errors import TapeError
from glosten.market import Kind

QUOTED = ["ts_ns", "bid", "bid_qty", "ask", "ask_qty"]


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("binance_ws_spot_btcusdt_20240808.gz", "binance_spot_BTCUSDT_20240808"),
        ("binance_ws_coinm_btcusd_perp_20240808.gz", "binance_coinm_BTCUSD_PERP_20240808"),
    ],
)
def test_a_capture_holds_the_trades_and_quotes_of_the_reference(
    imported: Any, raw: Any, reference: Any, name: str, table: str
) -> None:
    frames = imported(raw(name))
    trades, quotes = frames[Kind.TRADES], frames[Kind.QUOTES]
    assert_frame_equal(trades, reference(f"trades_{table}").head(trades.height))
    assert_frame_equal(quotes, reference(f"quotes_{table}").select(QUOTED).head(quotes.height))


@pytest.mark.parametrize("name", ["binance_ws_spot_btcusdt_20240808.gz", "binance_ws_coinm_btcusd_perp_20240808.gz"])
def test_the_book_rebuilt_from_depth_agrees_with_the_best_quotes_the_venue_sent(
    imported: Any, raw: Any, name: str
) -> None:
    book = imported(raw(name), depth=3)[Kind.QUOTES]
    told = imported(raw(name))[Kind.QUOTES]
    assert book.filter(pl.col("bid") >= pl.col("ask")).height == 0
    assert (book["bid"] > book["bid2"]).all()
    assert (book["ask2"] > book["ask"]).all()
    # The two streams are not in step, so a book is compared with every quote of the second around it.
    second = pl.col("ts_ns") // 10**9
    near = told.group_by(second.alias("s")).agg(
        low=pl.col("bid").min(), high=pl.col("bid").max(), low_ask=pl.col("ask").min(), high_ask=pl.col("ask").max()
    )
    both = book.with_columns(s=second).join(near, on="s")
    inside = both.filter(pl.col("bid").is_between("low", "high") & pl.col("ask").is_between("low_ask", "high_ask"))
    assert inside.height / both.height > 0.97


def line(clock: int, **data: Any) -> str:
    return f"{clock} " + json.dumps({"stream": "x", "data": data}, separators=(",", ":"))


def change(clock: int, first: int, last: int, **sides: Any) -> str:
    body = {"e": "depthUpdate", "E": clock // 10**6, "s": "AB", "U": first, "u": last, "b": [], "a": []}
    return line(clock, **(body | sides))


def test_a_missing_change_marks_a_gap_until_the_next_snapshot(imported: Any, tmp_path: Path) -> None:
    lines = [
        change(10**18 + 1, 1, 5),
        f"{10**18 + 2} " + json.dumps({"lastUpdateId": 4, "bids": [["9", "1"]], "asks": [["11", "1"]]}),
        change(10**18 + 3, 6, 7, b=[["10", "2"]]),
        change(10**18 + 4, 9, 9, b=[["10", "0"]]),
        change(10**18 + 5, 10, 10, a=[["12", "7"]]),
        f"{10**18 + 6} " + json.dumps({"lastUpdateId": 9, "bids": [["8", "1"]], "asks": [["11", "1"]]}),
    ]
    (tmp_path / "c.txt").write_text("\n".join(lines))
    assert imported(tmp_path / "c.txt")[Kind.QUOTES].rows() == [
        (10**18 + 2, 9.0, 1.0, 11.0, 1.0),
        (10**18 + 3, 10.0, 2.0, 11.0, 1.0),
        (10**18 + 4, 0.0, 0.0, 0.0, 0.0),
        (10**18 + 6, 8.0, 1.0, 11.0, 1.0),
    ]


def trade(kind: str, clock: int, number: int, **more: Any) -> str:
    name = "t" if kind == "trade" else "a"
    return line(clock, e=kind, E=1, T=10**12, s="AB", p="10", q="1", m=True, **{name: number}, **more)


def test_trades_and_their_aggregates_do_not_count_twice(imported: Any, tmp_path: Path) -> None:
    rows = [trade("aggTrade", 10**18, 1), trade("trade", 10**18, 5), trade("aggTrade", 10**18 + 1, 2)]
    (tmp_path / "c.txt").write_text("\n".join(rows))
    assert imported(tmp_path / "c.txt")[Kind.TRADES]["trade_id"].to_list() == [1, 2]


def test_trades_that_were_no_trades_of_the_market_are_left_out(imported: Any, tmp_path: Path) -> None:
    rows = [trade("trade", 10**18, 1, X="INSURANCE_FUND"), trade("trade", 10**18 + 1, 2, X="MARKET")]
    (tmp_path / "c.txt").write_text("\n".join(rows))
    assert imported(tmp_path / "c.txt")[Kind.TRADES]["trade_id"].to_list() == [2]


def test_quotes_without_any_clock_and_lines_that_are_no_json_are_refused(imported: Any, tmp_path: Path) -> None:
    ticker = line(0, u=1, s="AB", b="9", B="1", a="11", A="1").partition(" ")[2].replace('"x"', '"ab@bookTicker"')
    (tmp_path / "c.txt").write_text(ticker)
    with pytest.raises(TapeError, match="without the receiver's clock"):
        imported(tmp_path / "c.txt")
    (tmp_path / "c.txt").write_text(trade("trade", 10**18, 1) + "\n5 {broken\n")
    with pytest.raises(TapeError, match="item 2: this cannot be read as binance-capture"):
        imported(tmp_path / "c.txt")
