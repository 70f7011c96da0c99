from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from glosten.errors import TapeError
from glosten.market import TapeOptions, load_tape

START = 1_723_161_254_000_000_000
SECOND = 1_000_000_000
Columns = dict[str, Any]


def trades(**changed: Any) -> Columns:
    columns: Columns = {
        "ts_ns": [START, START + SECOND, START + 2 * SECOND],
        "price": [100.01, 100.0, 100.02],
        "qty": [0.5, 0.25, 1.0],
        "side": [1, -1, 1],
    }
    return columns | changed


def quotes(**changed: Any) -> Columns:
    columns: Columns = {
        "ts_ns": [START - SECOND, START, START + 2 * SECOND],
        "bid": [100.0, 100.0, 100.01],
        "bid_qty": [1.5, 2.0, 0.75],
        "ask": [100.01, 100.02, 100.03],
        "ask_qty": [2.0, 1.25, 3.0],
    }
    return columns | changed


@pytest.fixture(params=["parquet", "csv"])
def save(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Return a function from a name and columns to a file in each of the two formats."""

    def write(name: str, columns: Columns) -> Path:
        path = tmp_path / f"{name}.{request.param}"
        frame = pl.DataFrame(columns, strict=False)
        frame.write_parquet(path) if request.param == "parquet" else frame.write_csv(path)
        return path

    return write


def refusal(trades_file: Path, quotes_file: Path | None = None, options: TapeOptions | None = None) -> str:
    with pytest.raises(TapeError) as caught:
        load_tape(trades_file, quotes_file, options)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_both_formats_load_to_the_same_ticks_lots_and_lagged_times(save: Any) -> None:
    tape = load_tape(save("trades_X", trades()), save("q", quotes()), TapeOptions(quote_lag_ms=2))
    assert (tape.instrument.symbol, tape.instrument.tick, tape.instrument.lot) == (
        "X",
        Decimal("0.01"),
        Decimal("0.01"),
    )
    assert tape.trades[["price", "lots", "side", "aggressor"]].tolist() == [
        (10_001, 50, 1, 0),
        (10_000, 25, -1, 1),
        (10_002, 100, 1, 2),
    ]
    assert tape.quotes["ts_ns"].tolist() == [time + 2_000_000 for time in quotes()["ts_ns"]]
    assert tape.quotes[0].tolist()[1:] == (10_000, 150, 10_001, 200)
    assert tape.span == (START - SECOND + 2_000_000, START + 2 * SECOND + 2_000_000)
    assert not tape.synthetic_quotes


def test_what_the_operator_gives_wins_over_what_the_tape_shows(save: Any) -> None:
    options = TapeOptions("A/B", Decimal("0.005"), Decimal("0.001"), Decimal("0.1"), Decimal(5))
    instrument = load_tape(save("t", trades()), save("q", quotes()), options).instrument
    assert (instrument.symbol, instrument.tick, instrument.lot) == ("A/B", Decimal("0.005"), Decimal("0.001"))
    assert (instrument.min_qty, instrument.min_notional) == (Decimal("0.1"), Decimal(5))


def test_a_file_read_in_many_pieces_is_the_same_tape(save: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    files = save("t", trades()), save("q", quotes())
    whole = load_tape(*files)
    monkeypatch.setattr("glosten.market._files.SLICE_ROWS", 2)
    pieces = load_tape(*files)
    assert (pieces.trades == whole.trades).all()
    assert (pieces.quotes == whole.quotes).all()
    assert "row 3: side is 7" in refusal(save("t", trades(side=[1, -1, 7])))


def test_sides_may_be_words(save: Any) -> None:
    tape = load_tape(save("t", trades(side=["Buy", "SELL ", "unknown"])), save("q", quotes()))
    assert tape.trades["side"].tolist() == [1, -1, 0]
    assert tape.notes.unknown_sides == 1


def test_a_coarser_tick_rounds_prints_and_quotes_against_us_and_counts_them(save: Any) -> None:
    coarse = trades(price=[100.05, 100.05, 100.06], side=[1, -1, 0])
    book = quotes(bid=[100.04, 100.0, 100.0], ask=[100.16, 100.2, 100.2])
    tape = load_tape(save("t", coarse), save("q", book), TapeOptions(tick=Decimal("0.1")))
    assert tape.trades["price"].tolist() == [1_000, 1_001, 1_001]
    assert tape.trades["lots"].tolist() == [50, 25, 0]
    assert (tape.quotes["bid"][0], tape.quotes["ask"][0]) == (1_000, 1_002)
    assert (tape.notes.off_grid_prints, tape.notes.off_grid_quotes) == (3, 2)


def test_displayed_sizes_round_up_and_traded_sizes_down_even_to_nothing(save: Any) -> None:
    tape = load_tape(save("t", trades()), save("q", quotes()), TapeOptions(lot=Decimal(1)))
    assert tape.trades["lots"].tolist() == [0, 0, 1]
    assert tape.quotes["bid_lots"].tolist() == [2, 2, 1]
    assert tape.notes.below_lot == 2


def test_prices_stored_as_float32_mean_their_shortest_text(tmp_path: Path) -> None:
    frame = pl.DataFrame(trades(price=[181.85, 181.86, 61_837.63])).with_columns(pl.col("price").cast(pl.Float32))
    frame.write_parquet(tmp_path / "t.parquet")
    assert load_tape(tmp_path / "t.parquet").trades["price"].tolist() == [18_185, 18_186, 6_183_763]


def test_prints_of_one_exchange_millisecond_are_one_order(save: Any) -> None:
    plain = trades(side=[1, 1, 1])
    merged = plain | {"exch_ts_ns": [START, START + 400_000, START + SECOND]}
    assert load_tape(save("t", plain), save("q", quotes())).notes.orders == 3
    tape = load_tape(save("t", merged), save("q", quotes()))
    assert tape.trades["aggressor"].tolist() == [0, 0, 1]


def test_a_tape_without_quotes_is_marked_synthetic(save: Any) -> None:
    tape = load_tape(save("t", trades()))
    assert tape.synthetic_quotes
    assert tape.quotes[["bid", "ask"]].tolist() == [(10_000, 10_001), (10_000, 10_002)]
    assert "guess" in tape.sentences()[0]
    assert "lacks a buy or a sell" in refusal(save("t", trades(side=[1, 1, 0])))


def test_locked_quotes_and_equal_times_are_legal_and_counted(save: Any) -> None:
    book = quotes(ts_ns=[START, START, START], ask=[100.0, 100.01, 100.02])
    tape = load_tape(save("t", trades(ts_ns=[START, START, START])), save("q", book))
    assert (tape.notes.locked_quotes, tape.notes.equal_times) == (1, 4)
    assert tape.quotes["ask"].tolist() == [10_000, 10_001, 10_002]


def test_up_to_one_percent_crossed_quotes_are_skipped_and_more_are_refused(save: Any) -> None:
    def book(crossed: int) -> Columns:
        asks = [99.0] * crossed + [100.01] * (200 - crossed)
        return {
            "ts_ns": [START + row for row in range(200)],
            "bid": [100.0] * 200,
            "bid_qty": [1.0] * 200,
            "ask": asks,
            "ask_qty": [1.0] * 200,
        }

    tape = load_tape(save("t", trades()), save("q", book(2)))
    assert (tape.notes.crossed_quotes, len(tape.quotes)) == (2, 198)
    message = refusal(save("t", trades()), save("q", book(3)))
    assert "1.5% of the quotes have the bid above the ask (first in row 1: 100" in message


def test_a_row_without_any_price_marks_a_gap_up_to_the_next_quote(save: Any) -> None:
    book = quotes(bid=[100.0, 0.0, 100.01], bid_qty=[1.0, 0.0, 1.0], ask=[100.01, 0.0, 100.02], ask_qty=[1.0, 0.0, 1.0])
    tape = load_tape(save("t", trades()), save("q", book), TapeOptions(quote_lag_ms=1.0))
    assert len(tape.quotes) == 2
    assert tape.notes.gaps == 1
    begins, ends = (book["ts_ns"][row] + 1_000_000 for row in (1, 2))
    assert tape.gaps.tolist() == [(begins, ends)]
    assert "marked as gaps" in " ".join(tape.sentences())
    cut = quotes(bid=[100.0, 100.0, 0.0], bid_qty=[1.0, 1.0, 0.0], ask=[100.01, 100.01, 0.0], ask_qty=[1.0, 1.0, 0.0])
    assert load_tape(save("t", trades()), save("q", cut)).gaps["end_ns"][0] > cut["ts_ns"][2] + 10**18
    assert len(load_tape(save("t", trades()), save("q", quotes())).gaps) == 0


def test_a_side_that_displays_nothing_is_kept_while_it_has_a_price(save: Any) -> None:
    book = quotes(bid=[100.0, 0.0, 100.01], bid_qty=[0.0, 0.0, 1.0])
    tape = load_tape(save("t", trades()), save("q", book))
    assert (tape.notes.empty_sides, tape.notes.priceless_quotes) == (2, 1)
    assert tape.quotes[["bid", "bid_lots"]].tolist() == [(10_000, 0), (10_001, 100)]


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"price": [100.0, float("nan"), 100.0]}, "row 2: price is NaN; it must be a number that is more than 0"),
        ({"price": [100.0, None, 100.0]}, "row 2: price is empty"),
        ({"price": [100.0, float("inf"), 100.0]}, "row 2: price is inf"),
        ({"price": [0.0, 1.0, 1.0]}, "row 1: price is 0.0"),
        ({"price": [1.0, 1.0, -2.5]}, "row 3: price is -2.5"),
        ({"qty": [1.0, 0.0, 1.0]}, "row 2: qty is 0.0; it must be a number that is more than 0"),
        ({"qty": [1.0, -1.0, 1.0]}, "row 2: qty is -1.0"),
        ({"side": [1, 2, -1]}, "row 2: side is 2; give 1 or buy"),
        ({"side": ["buy", "sell", "bid"]}, "row 3: side is bid; give 1 or buy"),
        ({"side": [1, None, -1]}, "row 2: side is empty"),
        ({"ts_ns": [START, START - 1, START]}, f"row 2: time runs backwards from {START} to {START - 1}"),
        ({"ts_ns": [START, None, START]}, "row 2: ts_ns is empty"),
        ({"ts_ns": [1_723_161_254, 1_723_161_255, 1_723_161_256]}, "looks like seconds; multiply it by 1,000,000,000"),
        ({"ts_ns": [1_723_161_254_000] * 3}, "looks like milliseconds; multiply it by 1,000,000 "),
        ({"ts_ns": [1_723_161_254_000_000] * 3}, "looks like microseconds; multiply it by 1,000 "),
        ({"ts_ns": [-5, 0, 5]}, "row 1: ts_ns is -5"),
        ({"symbol": ["A", "A", "B"]}, "mixes 2 markets (column symbol)"),
        ({"price": [2.0**0.5, 3.0**0.5, 5.0**0.5]}, "lie on no common step; give [instrument] tick"),
    ],
)
def test_a_trade_that_cannot_be_is_refused_with_its_row_and_value(save: Any, changed: Columns, part: str) -> None:
    message = refusal(save("t", trades(**changed)))
    assert part in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"bid": [100.0, float("nan"), 100.0]}, "row 2: bid is NaN"),
        ({"ask": [100.1, 0.0, 100.1]}, "row 2: ask is 0 with a size of 1.25"),
        ({"ask_qty": [1.0, 1.0, -1.0]}, "row 3: ask_qty is -1.0; it must be a number that is 0 or more"),
        ({"bid_qty": [None, 1.0, 1.0]}, "row 1: bid_qty is empty"),
        ({"ts_ns": [START + 1, START, START]}, "row 2: time runs backwards"),
        ({"bid": [0.0] * 3, "bid_qty": [0.0] * 3}, "has no row with a price on both sides"),
    ],
)
def test_a_quote_that_cannot_be_is_refused_with_its_row_and_value(save: Any, changed: Columns, part: str) -> None:
    assert part in refusal(save("t", trades()), save("q", quotes(**changed)))


def test_quotes_of_other_hours_are_refused_with_both_spans(save: Any) -> None:
    late = [time + 3_600 * SECOND for time in quotes()["ts_ns"]]
    message = refusal(save("t", trades()), save("q", quotes(ts_ns=late)))
    assert "do not overlap" in message
    assert "2024-08-09T00:54:13.000Z to 2024-08-09T00:54:16.000Z" in message
    assert "2024-08-08T23:54:14.000Z to 2024-08-08T23:54:16.000Z" in message


def test_missing_columns_are_named_with_the_nearest_and_with_what_is_there(save: Any) -> None:
    columns = {name.upper() if name == "price" else name: values for name, values in trades().items() if name != "qty"}
    message = refusal(save("t", columns))
    assert "lacks the columns price (nearest: PRICE), qty; it has ts_ns, PRICE, side" in message


def test_a_column_of_another_type_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    wrong = {"ts_ns": [1.5e18] * 3, "price": ["a"] * 3, "qty": [True] * 3, "side": [True] * 3}
    pl.DataFrame(trades(**wrong)).write_parquet(path)
    message = refusal(path)
    assert [line.split("the column ")[1].split(";")[0] for line in message.splitlines()] == [
        "ts_ns holds Float64",
        "price holds String",
        "qty holds Boolean",
        "side holds Boolean",
    ]


def test_text_where_a_csv_needs_a_number_is_quoted_back(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"ts_ns,price,qty,side\n{START},100,1,buy\n{START},abc,1,sell\n")
    assert "row 2: price is abc; it must be a number" in refusal(path)
    path.write_text(f"ts_ns,price,qty,side\n{START},100,1,buy\nyesterday,100,1,sell\n")
    assert "row 2: ts_ns is yesterday; int64 nanoseconds" in refusal(path)


def test_files_that_are_missing_or_no_tables_are_refused_together(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    assert refusal(tmp_path / "no.parquet", empty).splitlines() == [
        f"{tmp_path / 'no.parquet'} does not exist; give the path of a parquet or csv file.",
        f"{empty} is an empty file; give a parquet or csv file with at least one row.",
    ]
    assert "is a directory" in refusal(tmp_path)


def test_damaged_and_disguised_files_are_refused(tmp_path: Path) -> None:
    whole = tmp_path / "whole.parquet"
    pl.DataFrame(trades()).write_parquet(whole)
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(whole.read_bytes()[:200])
    assert "cannot be read; is it damaged" in refusal(cut)
    disguised = tmp_path / "text.parquet"
    disguised.write_text("ts_ns,price,qty,side\n")
    assert "is neither a parquet file nor csv text" in refusal(disguised)
    ragged = tmp_path / "ragged.csv"
    ragged.write_text(f"ts_ns,price,qty,side\n{START},100,1,buy,what,is,this\n")
    assert "cannot be read" in refusal(ragged)


def test_a_header_without_rows_is_refused(save: Any) -> None:
    nothing = pl.DataFrame(trades()).clear().to_dict(as_series=True)
    assert "holds column names but no rows" in refusal(save("t", nothing))


def test_steps_that_do_not_fit_the_tape_are_refused(save: Any) -> None:
    file = save("t", trades())
    assert "row 1: the price 100.01 is less than one tick of 1000" in refusal(
        file, None, TapeOptions(tick=Decimal(1000))
    )
    assert "too many steps" in refusal(file, None, TapeOptions(tick=Decimal("1e-14")))
    assert "too many steps" in refusal(file, None, TapeOptions(lot=Decimal("1e-17")))
    assert "[instrument] lot is 0; it must be more than 0" in refusal(file, None, TapeOptions(lot=Decimal(0)))
    assert "cannot hold before their own time" in refusal(file, save("q", quotes()), TapeOptions(quote_lag_ms=-1.0))


REAL = [
    # trades, quotes rows, orders, tick, lot, lag, crossed, locked, off-grid prints
    ("binance_spot_BTCUSDT_20240808", 19_904, 73_174, 7_132, "0.01", "0.00001", 2, 0, 0, 0),
    ("binance_usdm_BTCUSDT_20240808", 21_313, 66_089, 5_374, "0.1", "0.001", 1, 0, 0, 0),
    ("binance_coinm_BTCUSD_PERP_20240808", 5_235, 48_355, 1_834, "0.1", "1", 0, 0, 0, 0),
    ("us_IBM_20131007", 24_017, 45_965, 19_464, "0.01", "1", 0, 42, 313, 0),
    ("us_IBM_20131008", 33_237, 51_845, 26_446, "0.01", "1", 0, 36, 485, 0),
    ("us_IBM_20131009", 26_812, 55_412, 21_275, "0.01", "1", 0, 53, 298, 0),
    ("us_BAC_20131008", 124_760, 286_470, 76_806, "0.01", "1", 0, 0, 9_564, 0),
    ("lobster_AAPL_20120621_0930_1000", 3_202, 13_082, 1_866, "0.01", "1", 0, 0, 0, 8),
]


@pytest.mark.parametrize("case", REAL, ids=[case[0] for case in REAL])
def test_real_tapes_load_with_their_instrument_and_lag(shared: Any, case: tuple[Any, ...]) -> None:
    name, prints, books, orders, tick, lot, lag_ms, crossed, locked, off_grid = case
    tape = load_tape(shared("data", f"trades_{name}.parquet"), shared("data", f"quotes_{name}.parquet"))
    notes = tape.notes
    assert (len(tape.trades), len(tape.quotes) + notes.crossed_quotes) == (prints, books)
    assert (tape.instrument.symbol, str(tape.instrument.tick), str(tape.instrument.lot)) == (name, tick, lot)
    assert tape.quote_lag_ns == lag_ms * 1_000_000
    assert (notes.crossed_quotes, notes.locked_quotes) == (crossed, locked)
    assert (notes.orders, notes.off_grid_prints) == (orders, off_grid)
    assert (tape.quotes["bid"] <= tape.quotes["ask"]).all()
    assert (np.diff(tape.quotes["ts_ns"]) >= 0).all()


def test_the_real_tape_without_quotes_gets_one_tick_or_more_between_bid_and_ask(shared: Any) -> None:
    tape = load_tape(shared("data", "trades_binance_spot_XRPETH_20191011.parquet"))
    assert tape.synthetic_quotes
    assert (len(tape.trades), tape.notes.orders) == (12_477, 9_992)
    assert (str(tape.instrument.tick), str(tape.instrument.lot)) == ("1E-8", "1")
    assert (tape.quotes["ask"] > tape.quotes["bid"]).all()


def test_rows_of_a_real_tape_match_the_manifest(shared: Any) -> None:
    rows = {entry["file"]: entry["rows"] for entry in json.loads(shared("data", "manifest.json").read_text())}
    for name, prints, books, *_ in REAL:
        assert rows[f"trades_{name}.parquet"] == prints
        assert rows[f"quotes_{name}.parquet"] == books
