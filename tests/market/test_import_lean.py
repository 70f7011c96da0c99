from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import polars as pl

from glosten.market import Kind, moment_ns

TRADES, QUOTES = "lean_ibm_20131007_trade.zip", "lean_ibm_20131007_quote.zip"
SESSION = {"start_ns": moment_ns("2013-10-07T13:30"), "end_ns": moment_ns("2013-10-07T20:00")}


PRINT = ["ts_ns", "price", "qty"]


def rounded(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with prices on four decimals: the reference has float noise in them."""
    return frame.with_columns(pl.col("price").round(4))


def test_the_trades_of_the_session_are_those_of_the_reference_and_27_exempt_or_late_ones(
    imported: Any, raw: Any, reference: Any
) -> None:
    trades = imported(raw(TRADES), **SESSION)[Kind.TRADES]
    assert (trades["side"] == 0).all()
    tables = (trades, reference("trades_us_IBM_20131007"))
    ours, others = (rounded(one).group_by(PRINT).len() for one in tables)
    both = ours.join(others, on=PRINT, how="full", suffix="_other").fill_null(0)
    more = both["len"].cast(pl.Int64) - both["len_other"].cast(pl.Int64)
    assert (more.min(), more.sum()) == (0, 27)


def test_sides_told_by_the_quotes_agree_with_the_reference(imported: Any, raw: Any, reference: Any) -> None:
    trades = imported(raw(TRADES), raw(QUOTES), **SESSION)[Kind.TRADES]
    assert (trades["side"] == 0).sum() <= 5  # before the first quote
    tables = (trades, reference("trades_us_IBM_20131007"))
    ours, others = (rounded(one).filter(pl.struct(PRINT).is_unique()) for one in tables)
    both = ours.join(others, on=PRINT, suffix="_other")
    assert both.height > 15_000
    assert (both["side"] == both["side_other"]).mean() > 0.97


def test_a_pair_of_rows_is_one_quote_and_the_book_is_that_of_the_reference(
    imported: Any, raw: Any, reference: Any
) -> None:
    quotes = imported(raw(QUOTES), **SESSION)[Kind.QUOTES]
    other = reference("quotes_us_IBM_20131007")
    last = quotes.group_by("ts_ns", maintain_order=True).last()
    expected = other.group_by("ts_ns", maintain_order=True).last()
    both = last.join(expected, on="ts_ns", suffix="_other")
    assert both.height > 0.85 * expected.height
    for name in ("bid", "ask", "bid_qty", "ask_qty"):
        assert ((both[name] - both[f"{name}_other"]).abs() < 1e-9).mean() > 0.95
    assert [(one["bid"] > one["ask"]).sum() for one in (quotes, other)] == [42, 42]


def zipped(path: Path, name: str, text: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, text)
    return path


def test_prices_the_market_did_not_make_then_are_left_out(imported: Any, tmp_path: Path) -> None:
    rows = [
        "34200000,1000000,100,P,1,0",
        "34200001,1000100,100,P,20000020,0",
        "34200002,1000200,100,D,20100200,0",
        "34200003,1000300,100,P,1,1",
        "34200004,1000400,100,P,80000001,0",
    ]
    trades = imported(zipped(tmp_path / "t.zip", "20131007_ibm_Trade_Tick.csv", "\n".join(rows)))[Kind.TRADES]
    assert trades["price"].to_list() == [100.0, 100.01, 100.04]


def test_a_bid_that_waits_for_its_ask_at_the_end_of_a_file_is_written(imported: Any, tmp_path: Path) -> None:
    rows = [
        "34200000,1000000,100,0,0,P,1,0",
        "34200000,0,0,1000200,300,P,1,0",
        "34200005,1000100,100,0,0,P,1,0",
    ]
    quotes = imported(zipped(tmp_path / "q.zip", "20131007_ibm_Quote_Tick.csv", "\n".join(rows)))[Kind.QUOTES]
    assert quotes.select("bid", "ask", "ask_qty").rows() == [(100.0, 100.02, 300.0), (100.01, 100.02, 300.0)]
    assert quotes["ts_ns"].diff()[1] == 5_000_000
    assert isinstance(quotes, pl.DataFrame)
