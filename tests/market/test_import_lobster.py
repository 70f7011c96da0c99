from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from glosten.errors import TapeError
from glosten.market import Kind

MESSAGES = "AAPL_2012-06-21_34200000_36000000_message_50.csv"
BOOKS = "AAPL_2012-06-21_34200000_36000000_orderbook_1.csv"


def test_the_sample_gives_the_trades_and_quotes_of_the_reference(imported: Any, raw: Any, reference: Any) -> None:
    frames = imported(raw(MESSAGES), raw(BOOKS))
    table = "lobster_AAPL_20120621_0930_1000"
    assert_frame_equal(frames[Kind.TRADES], reference(f"trades_{table}").drop("hidden"))
    assert_frame_equal(frames[Kind.QUOTES], reference(f"quotes_{table}"))


def test_prices_are_the_floats_nearest_to_what_was_written(imported: Any, raw: Any) -> None:
    quotes = imported(raw(MESSAGES), raw(BOOKS))[Kind.QUOTES]
    assert (quotes["ask"] == quotes["ask"].round(4)).all()


def test_messages_alone_are_trades_and_a_book_alone_is_refused(imported: Any, raw: Any) -> None:
    assert list(imported(raw(MESSAGES))) == [Kind.TRADES]
    with pytest.raises(TapeError, match="has no times; give the message file"):
        imported(raw(BOOKS))


def test_the_day_may_be_said_and_must_be_where_the_name_does_not(imported: Any, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("34200.5,4,7,10,5853300,1\n34201.5,1,8,10,5853300,1\n")
    with pytest.raises(TapeError, match="does not say its day; give it with --date"):
        imported(tmp_path / "m.csv")
    with pytest.raises(TapeError, match="'2012-21-06' is no day"):
        imported(tmp_path / "m.csv", date="2012-21-06")
    summer = imported(tmp_path / "m.csv", date="2012-06-21")[Kind.TRADES]
    assert summer.rows() == [(1_340_285_400_500_000_000, 585.33, 10.0, -1)]
    winter = imported(tmp_path / "m.csv", date="2012-01-20")[Kind.TRADES]
    assert winter["ts_ns"][0] == 1_327_069_800_500_000_000


def test_a_halt_is_a_gap_and_an_empty_side_displays_nothing(imported: Any, tmp_path: Path) -> None:
    rows = ["34200.5,1,7,10,100,1", "34201.0,7,0,0,-1,-1", "34202.0,1,8,5,200,-1"]
    (tmp_path / "X_2012-06-21_1_2_message_1.csv").write_text("\n".join(rows) + "\n")
    books = ["9999999999,0,100,10", "9999999999,0,100,10", "200,5,100,10"]
    (tmp_path / "X_2012-06-21_1_2_orderbook_1.csv").write_text("\n".join(books) + "\n")
    quotes = imported(*sorted(tmp_path.glob("X_*.csv")))[Kind.QUOTES]
    assert quotes.select("bid", "bid_qty", "ask", "ask_qty").rows() == [
        (0.01, 10.0, 0.0, 0.0),
        (0.0, 0.0, 0.0, 0.0),
        (0.01, 10.0, 0.02, 5.0),
    ]


def test_two_files_that_do_not_belong_together_are_refused(imported: Any, tmp_path: Path) -> None:
    (tmp_path / "X_2012-06-21_1_2_message_1.csv").write_text("34200.5,1,7,10,100,1\n34201.5,1,7,10,100,1\n")
    (tmp_path / "X_2012-06-21_1_2_orderbook_1.csv").write_text("200,5,100,10\n")
    with pytest.raises(TapeError, match="different numbers of rows"):
        imported(*sorted(tmp_path.glob("X_*.csv")))
    with pytest.raises(TapeError, match="has 1 levels; --depth 2 asks for more"):
        imported(*sorted(tmp_path.glob("X_*.csv")), depth=2)


def test_the_trades_do_not_depend_on_where_pieces_are_cut(
    imported: Any, raw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = imported(raw(MESSAGES), raw(BOOKS))
    monkeypatch.setattr("glosten.market._vendor_file.VendorFile.chunks", _small_chunks)
    pieces = imported(raw(MESSAGES), raw(BOOKS))
    for kind, frame in whole.items():
        assert_frame_equal(pieces[kind], frame)
    assert isinstance(whole[Kind.QUOTES], pl.DataFrame)


def _small_chunks(file: Any, size: int = 70_000) -> Any:
    lines = file.path.read_bytes().splitlines(keepends=True)
    for first in range(0, len(lines), size // 100):
        yield b"".join(lines[first : first + size // 100])
