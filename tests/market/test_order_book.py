from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from glosten.market._order_book import OrderBook, TopOfBook

levels = st.lists(st.tuples(st.integers(1, 15).map(float), st.integers(0, 3).map(float)), max_size=8)
changes = st.lists(st.tuples(levels, levels), max_size=12)


@given(levels, levels, changes, st.integers(1, 4))
def test_the_top_is_that_of_two_sorted_dictionaries(
    bids: list[tuple[float, float]],
    asks: list[tuple[float, float]],
    later: list[tuple[list[tuple[float, float]], list[tuple[float, float]]]],
    depth: int,
) -> None:
    book = OrderBook()
    book.load(bids, asks)
    plain: tuple[dict[float, float], dict[float, float]] = ({}, {})
    for number, change in enumerate([(bids, asks), *later]):
        if number:
            book.apply(*change)
        for side, moved in zip(plain, change, strict=True):
            side.update(moved)
        best_bids = sorted(((p, s) for p, s in plain[0].items() if s > 0), reverse=True)
        best_asks = sorted((p, s) for p, s in plain[1].items() if s > 0)
        padded = [
            (*(best_bids + [(0.0, 0.0)] * depth)[at], *(best_asks + [(0.0, 0.0)] * depth)[at]) for at in range(depth)
        ]
        assert book.top(depth) == tuple(one for level in padded for one in level)


def test_what_falls_behind_the_depth_of_the_venue_is_forgotten() -> None:
    book = OrderBook(2)
    book.load([(10.0, 1.0), (9.0, 1.0), (8.0, 1.0)], [(11.0, 1.0), (12.0, 1.0)])
    book.apply([], [(10.5, 1.0)])
    book.apply([(10.0, 0.0)], [(10.5, 0.0)])
    assert book.top(3) == (9.0, 1.0, 11.0, 1.0, *(0.0,) * 8)


def test_a_feed_tells_changes_of_the_top_once_and_a_loss_once() -> None:
    feed = TopOfBook(1)
    assert feed.lost(1) is None
    feed.book.load([(9.0, 1.0), (8.0, 1.0)], [(11.0, 1.0)])
    feed.is_known = True
    assert feed.changed(2) == (2, 9.0, 1.0, 11.0, 1.0)
    feed.book.apply([(8.0, 5.0)], [])
    assert feed.changed(3) is None
    assert feed.lost(4) == (4, 0.0, 0.0, 0.0, 0.0)
    assert feed.lost(5) is None
