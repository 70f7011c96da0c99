from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glosten.errors import TapeError
from glosten.market import CandleModel
from glosten.market._candles import CandleSteps, candle_seconds, prints_of_candles, quotes_of_candles
from glosten.records import PRINTS

MINUTE = 60_000_000_000
STEPS = CandleSteps(0.01, 0.001)
ticks = st.integers(1, 400)


@st.composite
def candle(draw: st.DrawFn) -> tuple[float, ...]:
    four = sorted(draw(st.lists(ticks, min_size=4, max_size=4)))
    opened, closed = draw(st.permutations(four[1:3]))
    return (*(one / 100 for one in (opened, four[3], four[0], closed)), draw(st.integers(0, 900)) / 1_000)


def frame(rows: list[tuple[float, ...]]) -> pl.DataFrame:
    names = ["open", "high", "low", "close", "volume"]
    columns = pl.DataFrame(rows, dict.fromkeys(names, pl.Float64), orient="row")
    return columns.with_columns(ts_ns=pl.Series(np.arange(len(rows)) * MINUTE))


@given(st.lists(candle(), min_size=1, max_size=12), st.integers(4, 30), st.sampled_from([None, 0, 7]))
def test_the_prints_keep_the_candle(rows: list[tuple[float, ...]], prints: int, seed: int | None) -> None:
    made = prints_of_candles(frame(rows), CandleModel(60.0, prints, seed), STEPS)
    assert (made["ts_ns"].diff().drop_nulls() > 0).all()
    minute = made.group_by(pl.col("ts_ns") // MINUTE).agg(
        pl.col("price").first().alias("open"),
        pl.col("price").max().alias("high"),
        pl.col("price").min().alias("low"),
        pl.col("price").last().alias("close"),
        pl.col("qty").sum().alias("volume"),
        pl.len().alias("count"),
    )
    for number, opened, high, low, closed, volume, count in minute.rows():
        expected = rows[number]
        assert volume == pytest.approx(expected[4])
        assert (opened, high, low, closed) == expected[:4] or round(expected[4] * 1_000) < prints
        assert (high, low) == expected[1:3] or round(expected[4] * 1_000) < 2
        assert count == min(prints, round(expected[4] * 1_000))
    assert {number for number, *_ in minute.rows()} == {at for at, row in enumerate(rows) if row[4] > 0}


@given(st.lists(candle(), min_size=2, max_size=12), st.integers(1, 11), st.sampled_from([None, 3]))
def test_pieces_make_the_prints_of_the_whole(rows: list[tuple[float, ...]], where: int, seed: int | None) -> None:
    rows = [(*row[:4], row[4] + 1) for row in rows]
    where, model = min(where, len(rows) - 1), CandleModel(60.0, 8, seed)
    whole = frame(rows)
    first = prints_of_candles(whole[:where], model, STEPS)
    second = prints_of_candles(whole[where:], model, STEPS, where, rows[where - 1][3])
    both = pl.concat([first, second])
    expected = prints_of_candles(whole, model, STEPS)
    same = (both["price"] == expected["price"]) & (both["qty"] == expected["qty"])
    assert same.all()
    moved = both["price"].diff().fill_null(0.0) != 0
    assert (both["side"] == expected["side"]).filter(moved).all()


def test_a_rising_candle_visits_the_low_first_and_a_falling_one_the_high() -> None:
    rows = [(10.0, 12.0, 9.0, 11.0, 6.0), (11.0, 12.0, 9.0, 10.0, 6.0)]
    made = prints_of_candles(frame(rows), CandleModel(60.0, 6), STEPS)
    assert made["price"].to_list() == [10.0, 9.0, 10.0, 11.0, 12.0, 11.0, 11.0, 12.0, 11.0, 10.0, 9.0, 10.0]
    assert made["side"].to_list() == [1, -1, 1, 1, 1, -1, -1, 1, -1, -1, -1, 1]
    assert made["ts_ns"].to_list()[:3] == [0, 10_000_000_000, 20_000_000_000]


def test_a_seed_draws_the_order_and_always_the_same_one() -> None:
    rows = frame([(10.0, 12.0, 9.0, 11.0, 6.0)] * 200)
    seeded = [prints_of_candles(rows, CandleModel(60.0, 6, seed), STEPS)["price"][1::6] for seed in (0, 0, 1)]
    assert (seeded[0] == seeded[1]).all()
    assert (seeded[0] != seeded[2]).any()
    assert 60 < (seeded[0] == 9.0).sum() < 140


def test_what_cannot_be_split_evenly_goes_to_the_extremes_first() -> None:
    made = prints_of_candles(frame([(10.0, 12.0, 9.0, 11.0, 0.002)]), CandleModel(60.0, 6), STEPS)
    assert made["price"].to_list() == [9.0, 12.0]


@pytest.mark.parametrize(
    "row",
    [
        (10.0, 9.0, 9.0, 9.0, 1.0),
        (10.0, 11.0, 10.5, 10.6, 1.0),
        (0.0, 1.0, 0.0, 1.0, 1.0),
        (1.0, 1.0, 1.0, 1.0, -1.0),
        (1.0, float("nan"), 1.0, 1.0, 1.0),
    ],
)
def test_a_candle_that_cannot_be_is_refused_with_its_number(row: tuple[float, ...]) -> None:
    with pytest.raises(TapeError, match="Candle 3 cannot be: open"):
        prints_of_candles(frame([(1.0, 1.0, 1.0, 1.0, 1.0), row]), CandleModel(), STEPS, first=1)


def test_quotes_stand_one_tick_wide_around_each_print() -> None:
    prints = np.zeros(3, PRINTS)
    prints["price"], prints["side"], prints["lots"] = [10, 10, 1], [1, -1, 1], [5, 6, 7]
    quotes = quotes_of_candles(prints)
    assert quotes[["bid", "ask"]].tolist() == [(9, 10), (10, 11), (1, 2)]
    assert quotes["ask_lots"].tolist() == [5, 6, 7]


def test_the_length_of_candles_is_their_shortest_distance() -> None:
    assert candle_seconds(np.array([0, 60, 180]) * 1_000_000_000) == 60.0
    with pytest.raises(TapeError, match="One candle does not say"):
        candle_seconds(np.array([5]))
