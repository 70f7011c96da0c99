from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from glosten.market._sides import SideRule

prices = st.integers(1, 6).map(float)


@given(
    st.lists(st.tuples(st.integers(0, 30), prices), min_size=1, max_size=30),
    st.lists(st.tuples(st.integers(0, 30), prices, st.integers(0, 2)), max_size=30),
    st.integers(0, 30),
)
def test_sides_are_what_a_plain_reading_of_lee_and_ready_says(
    prints: list[tuple[int, float]], quotes: list[tuple[int, float, int]], where: int
) -> None:
    prints, quotes = sorted(prints, key=lambda row: row[0]), sorted(quotes, key=lambda row: row[0])
    book = pl.DataFrame(
        [(ts_ns, bid, bid + width) for ts_ns, bid, width in quotes],
        {"ts_ns": pl.Int64, "bid": pl.Float64, "ask": pl.Float64},
        orient="row",
    )
    trades = pl.DataFrame(prints, {"ts_ns": pl.Int64, "price": pl.Float64}, orient="row")
    rule = SideRule(book)
    told = [*rule.sides(trades[:where]), *rule.sides(trades[where:])]
    moved, last = 0, None
    for (ts_ns, price), side in zip(prints, told, strict=True):
        if last is not None and price != last:
            moved = 1 if price > last else -1
        last = price
        before = [quote for quote in quotes if quote[0] < ts_ns]
        mid = before[-1][1] + before[-1][2] / 2 if before else price
        assert side == (1 if price > mid else -1 if price < mid else moved)
