from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from glosten.errors import TapeError
from glosten.market import Kind

VALUES = ["price", "qty", "side", "trade_id"]


@pytest.mark.parametrize(("market", "rows"), [("spot", 9_757), ("um", 21_313)])
def test_dumps_of_trades_hold_what_the_stream_of_the_same_minutes_said(
    imported: Any, raw: Any, reference: Any, market: str, rows: int
) -> None:
    trades = imported(raw(f"{market}_BTCUSDT-trades-2024-08-08.zip"))[Kind.TRADES]
    name = {"spot": "spot", "um": "usdm"}[market]
    stream = reference(f"trades_binance_{name}_BTCUSDT_20240808")
    stream = stream.filter(pl.col("trade_id").is_in(trades["trade_id"].implode()))
    assert trades.height == rows == stream.height
    assert_frame_equal(trades.select(VALUES), stream.select(VALUES))
    assert trades["ts_ns"].to_list() == stream["exch_ts_ns"].to_list()


def test_aggregate_trades_of_three_days_are_one_tape(imported: Any, raw: Any, reference: Any) -> None:
    days = [raw(f"XRPETH-aggTrades-2019-10-{day}.zip") for day in (11, 12, 13)]
    trades = imported(*days)[Kind.TRADES]
    other = reference("trades_binance_spot_XRPETH_20191011").rename({"agg_trade_id": "trade_id"})
    assert_frame_equal(trades, other)


def test_best_quotes_hold_what_the_stream_of_the_same_minutes_said(imported: Any, raw: Any, reference: Any) -> None:
    quotes = imported(raw("um_BTCUSDT-bookTicker-2024-08-08.zip"))[Kind.QUOTES]
    columns = ["bid", "bid_qty", "ask", "ask_qty"]
    assert_frame_equal(quotes.select(columns), reference("quotes_binance_usdm_BTCUSDT_20240808").select(columns))
    assert quotes["ts_ns"][0] == 1_723_161_256_313_000_000


ROW = "7,0.5,2,1,1723161255342,true"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{ROW}\n", (1_723_161_255_342_000_000, 0.5, 2.0, -1, 7)),
        (f"{ROW},True\n", (1_723_161_255_342_000_000, 0.5, 2.0, -1, 7)),
        (f"id,price,qty,quote_qty,time,is_buyer_maker\n{ROW}\n", (1_723_161_255_342_000_000, 0.5, 2.0, -1, 7)),
        (f"id,price,qty,base_qty,time,is_buyer_maker\n{ROW}\n", (1_723_161_255_342_000_000, 0.5, 2.0, -1, 7)),
        ("7,0.5,2,1,1735689600123456,false,true\n", (1_735_689_600_123_456_000, 0.5, 2.0, 1, 7)),
        ("7,0.5,2,70,71,1735689600123456,false,true\n", (1_735_689_600_123_456_000, 0.5, 2.0, 1, 7)),
        ("7,0.5,2,70,71,1577836800123,false\n", (1_577_836_800_123_000_000, 0.5, 2.0, 1, 7)),
    ],
)
def test_every_shape_of_a_dump_is_recognised_by_its_first_line(
    imported: Any, tmp_path: Path, text: str, expected: tuple[Any, ...]
) -> None:
    with zipfile.ZipFile(tmp_path / "anything.zip", "w") as archive:
        archive.writestr("ETHBTC-trades-2020-01-01.csv", text)
    assert imported(tmp_path / "anything.zip")[Kind.TRADES].rows() == [expected]


def test_a_row_of_another_shape_is_refused_with_what_it_should_be(imported: Any, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(f"{ROW}\n8,abc,2,1,1723161255343,true\n")
    with pytest.raises(TapeError, match="a row is not id, price, qty"):
        imported(tmp_path / "d.csv")
