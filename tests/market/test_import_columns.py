from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from glosten.errors import TapeError
from glosten.market import Kind

NS = 1_675_329_600_138_000_000


@pytest.mark.parametrize(
    ("time", "unit", "expected"),
    [
        ("1675329600", "", 1_675_329_600_000_000_000),
        ("1675329600.138", "", NS),
        ("1675329600138", "", NS),
        ("1675329600138000", "", NS),
        ("1675329600138000000", "", NS),
        ("5000", "ms", 5_000_000_000),
        ("2023-02-02T09:20:00.138Z", "", NS),
        ("2023-02-02 09:20:00.138+00:00", "", NS),
        ("2023-02-02 10:20:00.138+01:00", "", NS),
    ],
)
def test_times_are_read_in_the_unit_of_their_size_or_as_said(
    imported: Any, tmp_path: Path, time: str, unit: str, expected: int
) -> None:
    (tmp_path / "t.csv").write_text(f"Time,Last,Lots\n{time},2.5,3\n")
    columns = {"time": "Time", "price": "Last", "qty": "Lots"}
    trades = imported(tmp_path / "t.csv", columns=columns, unit=unit)[Kind.TRADES]
    assert trades.rows() == [(expected, 2.5, 3.0, 0)]


def test_usual_names_need_no_map_and_any_separator_will_do(imported: Any, tmp_path: Path) -> None:
    (tmp_path / "AB.csv").write_text(
        "Timestamp;PRICE;amount;Side;id\n1675329600138;2.5;3;Buy;7\n1675329600139;2;1;s;8\n"
    )
    assert imported(tmp_path / "AB.csv")[Kind.TRADES].rows() == [(NS, 2.5, 3.0, 1, 7), (NS + 10**6, 2.0, 1.0, -1, 8)]


def test_a_flag_of_the_maker_tells_the_side(imported: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("time,price,qty,isBuyerMaker\n1675329600138,1,1,true\n1675329600138,1,1,False\n")
    assert imported(tmp_path / "t.csv")[Kind.TRADES]["side"].to_list() == [-1, 1]


def test_parquet_with_dates_floats_and_levels_is_read(imported: Any, tmp_path: Path) -> None:
    moment = datetime(2023, 2, 2, 9, 20, 0, 138_000, tzinfo=UTC)
    frame = pl.DataFrame(
        {"date": [moment], "bid": [1.5], "bid_size": [2], "ask": [1.75], "ask_size": [3], "bid2": [1.25]}
    ).with_columns(pl.col("bid").cast(pl.Float32))
    frame.write_parquet(tmp_path / "q.parquet")
    quotes = imported(tmp_path / "q.parquet")[Kind.QUOTES]
    assert quotes.rows(named=True) == [
        {"ts_ns": NS, "bid": 1.5, "bid_qty": 2.0, "ask": 1.75, "ask_qty": 3.0, "bid2": 1.25}
    ]


def test_candles_with_a_header_become_prints(imported: Any, raw: Any) -> None:
    trades = imported(raw("SHIB_USDT_1h.csv"))[Kind.TRADES]
    assert trades.height > 12 * 7_000
    candles = pl.read_csv(raw("SHIB_USDT_1h.csv"))
    assert trades["qty"].sum() == pytest.approx(candles["volume"].sum())
    assert (trades["price"].max(), trades["price"].min()) == (candles["high"].max(), candles["low"].min())


def test_klines_of_binance_become_prints(imported: Any, tmp_path: Path) -> None:
    rows = [f"{10**12 + 60_000 * row},10.0,12.0,9.0,11.0,24.0,0,0,5,0,0,0" for row in range(3)]
    (tmp_path / "AB-1m-2020.csv").write_text("\n".join(rows) + "\n")
    assert imported(tmp_path / "AB-1m-2020.csv")[Kind.TRADES].height == 36


@pytest.mark.parametrize(
    ("text", "options", "part"),
    [
        ("time,price,qty\nx,1,1\n", {}, "row 1: time is 'x', which is no time"),
        ("time,price,qty\n1675329600138,1,1\n1675329600138,abc,1\n", {}, "row 2: price is 'abc', which is no number"),
        ("time,price,qty,side\n1675329600138,1,1,up\n", {}, "row 1: side is 'up', which is no side"),
        ("time,price,qty\n1675329600138,1,1\n", {"columns": {"cost": "price"}}, "cost is none of our columns"),
        ("time,price,qty\n1675329600138,1,1\n", {"columns": {"price": "Px"}}, "has no column Px; it has time, price"),
        ("time,cost\n1675329600138,1\n", {}, "say which are ours with --map"),
        ("no header here\n", {}, "no format that can be recognised"),
        ("time,price,qty\n1675329600138,,1\n", {}, "row 1 of the trades: 1 rows have a price or a size that cannot be"),
        (
            "time,price,qty\n1675329600138,1,1\n",
            {"format": "lobstr"},
            "lobstr is no format of market data; did you mean",
        ),
        ("time,price,qty\n1675329600138,1,1\n", {"end_ns": 5}, "hold no row of trades"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(
    imported: Any, tmp_path: Path, text: str, options: dict[str, Any], part: str
) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(TapeError) as caught:
        imported(tmp_path / "t.csv", **options)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)
