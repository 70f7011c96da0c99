from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from glosten.errors import TapeError
from glosten.market import (
    ImportOptions,
    Kind,
    Tape,
    TapeOptions,
    fresh_venue,
    import_tape,
    load_tape,
    on_level,
    tape_between,
    tape_from_arrays,
    with_depth,
)
from glosten.records import LEVELS, PRINTS, QUOTES, Instrument

NOT_SEEN = -1


def tape() -> Tape:
    quotes, trades = np.zeros(1, QUOTES), np.zeros(1, PRINTS)
    quotes[0], trades[0] = (1, 100, 10, 102, 10), (2, 100, 1, -1, 0)
    return tape_from_arrays(Instrument("A/B", Decimal("0.5"), Decimal("0.1")), quotes, trades)


def deep_tape(folder: Path, *rows: tuple[float, ...]) -> Tape:
    """Return a tape of quotes with two levels, of rows (ts_ns, bid, size, ask, size, bid2, size, ask2, size)."""
    names = ["ts_ns", "bid", "bid_qty", "ask", "ask_qty", "bid2", "bid2_qty", "ask2", "ask2_qty"]
    quotes, trades = folder / "quotes.parquet", folder / "trades.parquet"
    table = pl.DataFrame([list(map(float, row)) for row in rows], names, orient="row").cast({"ts_ns": pl.Int64})
    table.write_parquet(quotes)
    prints = {"ts_ns": table["ts_ns"][[0, -1]], "price": [100.0, 100.0], "qty": [1.0, 1.0], "side": [1, -1]}
    pl.DataFrame(prints).write_parquet(trades)
    return load_tape(trades, quotes, TapeOptions("A/B", Decimal(1), Decimal(1), quote_lag_ms=0.0))


def plain(levels: Any) -> list[tuple[int, ...]]:
    return [tuple(int(value) for value in row) for row in levels]


def test_levels_are_read_in_ticks_and_lots(tmp_path: Path) -> None:
    file = tmp_path / "depth.csv"
    file.write_text("ts_ns,side,price,qty\n1,buy,49.3,1.2\n2,sell,51.2,0\n")
    deep = with_depth(tape(), file)
    assert plain(deep.levels) == [(1, 1, 98, 12), (2, -1, 103, 0)]
    assert deep.summary()["files"] == [str(file)]


def test_a_bad_file_is_refused_with_every_problem(tmp_path: Path) -> None:
    file = tmp_path / "depth.csv"
    file.write_text("ts_ns,side,price,qty\n5,unknown,49,1\n4,sell,0,-1\n")
    with pytest.raises(TapeError) as problem:
        with_depth(tape(), file)
    assert len(problem.value.problems) == 4
    assert "row 1: side is unknown" in problem.value.problems[1]


@pytest.mark.parametrize("ts_ns", [10_000, 1_700_000_000_000])
def test_depth_of_other_hours_is_refused(tmp_path: Path, ts_ns: int) -> None:
    file = tmp_path / "depth.csv"
    file.write_text(f"ts_ns,side,price,qty\n{ts_ns},buy,49.3,1.2\n")
    with pytest.raises(TapeError, match=r"do(es)? not overlap"):
        with_depth(tape(), file)


def test_quotes_of_several_levels_can_be_csv(tmp_path: Path) -> None:
    rows = [(10, 100, 5, 102, 6, 99, 7, 103, 8), (20, 100, 4, 102, 6, 99, 7, 103, 8)]
    deep = deep_tape(tmp_path, *rows)
    for name in ("quotes", "trades"):
        pl.read_parquet(tmp_path / f"{name}.parquet").write_csv(tmp_path / f"{name}.csv")
    options = TapeOptions("A/B", Decimal(1), Decimal(1), quote_lag_ms=0.0)
    written = load_tape(tmp_path / "trades.csv", tmp_path / "quotes.csv", options)
    assert plain(written.levels) == plain(deep.levels)


@pytest.mark.parametrize("cell", ["x", "-98", "inf", "9 8"])
def test_a_cell_behind_the_best_that_is_no_level_is_refused_with_its_row_and_text(tmp_path: Path, cell: str) -> None:
    quotes, trades = tmp_path / "quotes.csv", tmp_path / "trades.csv"
    head = "ts_ns,bid,bid_qty,ask,ask_qty,bid2,bid2_qty,ask2,ask2_qty\n"
    quotes.write_text(f"{head}1,100,1,102,1,99,2,103,2\n2,100,1,102,1,,,103,2\n3,100,1,102,1,{cell},2,103,2\n")
    trades.write_text("ts_ns,price,qty,side\n1,102,1,buy\n3,100,1,sell\n")
    with pytest.raises(TapeError, match=rf"quotes\.csv, row 3: bid2 is {cell}, which no level of the book can have"):
        load_tape(trades, quotes, TapeOptions("A/B", Decimal(1), Decimal(1), quote_lag_ms=0.0))


def test_quotes_of_several_levels_bring_the_changes_of_the_depth(tmp_path: Path) -> None:
    levels = deep_tape(
        tmp_path,
        (10, 100, 5, 102, 6, 99, 7, 103, 8),
        (20, 100, 4, 102, 6, 99, 7, 103, 8),  # a size
        (30, 101, 1, 102, 6, 100, 4, 103, 8),  # a better bid: 99 is out of sight
        (40, 100, 4, 102, 6, 98, 2, 103, 8),  # it goes: 98 is the second, so 99 is empty
    ).levels
    assert plain(levels) == [
        *((10, 1, 100, 5), (10, 1, 99, 7), (10, -1, 102, 6), (10, -1, 103, 8)),
        (20, 1, 100, 4),
        *((30, 1, 101, 1), (30, 1, 99, NOT_SEEN)),
        *((40, 1, 101, 0), (40, 1, 98, 2)),
    ]


def test_a_book_that_is_not_full_shows_that_a_level_is_empty_and_a_gap_that_none_is_known(tmp_path: Path) -> None:
    levels = deep_tape(
        tmp_path,
        (10, 100, 5, 102, 6, 99, 7, 103, 8),
        (20, 100, 5, 102, 6, 0, 0, 103, 8),  # one bid is left
        (30, 0, 0, 0, 0, 0, 0, 0, 0),  # silence
        (40, 104, 1, 102, 1, 0, 0, 0, 0),  # crossed: no book
        *((50 + at, 100, 5, 102, 6, 99, 7, 103, 8) for at in range(100)),
    ).levels
    assert plain(levels[4:]) == [
        (20, 1, 99, 0),
        *((30, 1, 100, NOT_SEEN), (30, -1, 102, NOT_SEEN), (30, -1, 103, NOT_SEEN)),
        *((50, 1, 100, 5), (50, 1, 99, 7), (50, -1, 102, 6), (50, -1, 103, 8)),
    ]


@pytest.mark.parametrize("name", ["bybit_xrpusdt-ob500.data.zip", "cryptofeed_KRAKEN.ws.50.0"])
def test_the_changes_of_a_real_book_add_up_to_the_book(tmp_path: Path, shared: Callable[..., Path], name: str) -> None:
    depth, raw = 10, shared("data", "raw", name)
    instrument = "XRPUSDT" if name.startswith("bybit") else "XMR/USD"
    made = import_tape([raw], tmp_path / "tape.parquet", ImportOptions(instrument=instrument, depth=depth))
    file = made.files[Kind.QUOTES]
    rows = pl.read_parquet(file)
    trades = tmp_path / "trades.parquet"
    pl.DataFrame(
        {"ts_ns": rows["ts_ns"][[0, -1]], "price": rows["bid"][[0, 0]], "qty": rows["bid_qty"][[0, 0]], "side": [1, -1]}
    ).write_parquet(trades)
    tape = load_tape(trades, file, TapeOptions(quote_lag_ms=0.0))
    assert 0 < len(tape.levels) < 2 * depth * len(rows)
    assert f"{len(tape.levels):,} changes of the depth tell orders behind the touch their queue." in tape.sentences()
    tick, lot = float(tape.instrument.tick), float(tape.instrument.lot)
    book: dict[tuple[int, int], int] = {}
    at = 0
    for row, next_ns in zip(rows.iter_rows(named=True), rows["ts_ns"].shift(-1), strict=True):
        while at < len(tape.levels) and tape.levels[at]["ts_ns"] <= row["ts_ns"]:
            change = tape.levels[at]
            book[int(change["side"]), int(change["price"])] = int(change["lots"])
            at += 1
        if row["ts_ns"] == next_ns:
            continue
        for side, word in ((1, "bid"), (-1, "ask")):
            shown = {
                round(row[f"{word}{mark}"] / tick): round(row[f"{word}{mark}_qty"] / lot)
                for mark in ("", *range(2, depth + 1))
                if row[f"{word}{mark}"]
            }
            assert {price: lots for (of, price), lots in book.items() if of == side and lots > 0} == shown


def test_a_part_of_a_tape_begins_with_the_depth_that_stood(tmp_path: Path) -> None:
    whole = deep_tape(
        tmp_path,
        (10, 100, 5, 102, 6, 99, 7, 103, 8),
        (20, 100, 4, 102, 6, 99, 7, 103, 8),
        (30, 100, 3, 102, 6, 99, 7, 103, 8),
        (40, 100, 2, 102, 6, 99, 7, 103, 8),
    )
    trades = whole.trades.copy()
    trades["ts_ns"] = [25, 35]
    part = tape_between(Tape(whole.instrument, whole.quotes, trades, levels=whole.levels), 25, 40)
    assert plain(part.levels) == [
        *((25, 1, 99, 7), (25, -1, 102, 6), (25, -1, 103, 8), (25, 1, 100, 4)),
        (30, 1, 100, 3),
    ]


def test_a_level_out_of_sight_is_forgotten_by_the_venue() -> None:
    venue, level = fresh_venue()[0], np.zeros(1, LEVELS)[0]
    level["side"], level["price"], level["lots"] = 1, 99, 7
    on_level(venue, level)
    assert venue["bids"]["lots"].sum() == 7
    level["lots"] = NOT_SEEN
    on_level(venue, level)
    assert (venue["bids"]["lots"].sum(), venue["bids"]["price"].sum()) == (0, 0)
