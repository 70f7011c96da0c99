from __future__ import annotations

import numpy as np

from glosten.market._synthetic import synthetic_quotes
from glosten.records import PRINTS


def quotes_of(*prints: tuple[int, int, int]) -> list[tuple[int, ...]]:
    """Return (time, bid, bid lots, ask, ask lots) for prints of (price, lots, side) one nanosecond apart."""
    rows = np.array([(time, *print_, 0) for time, print_ in enumerate(prints)], PRINTS)
    return [tuple(int(value) for value in row) for row in synthetic_quotes(rows)]


def test_bid_is_the_last_sell_and_ask_the_last_buy_with_their_sizes() -> None:
    assert quotes_of((100, 5, -1), (103, 7, 1), (99, 2, -1)) == [(1, 100, 5, 103, 7), (2, 99, 2, 103, 7)]


def test_nothing_is_quoted_until_both_sides_have_printed() -> None:
    assert quotes_of((100, 5, 1), (101, 5, 1)) == []


def test_the_side_that_did_not_just_print_moves_to_one_tick_where_they_lock_or_cross() -> None:
    assert quotes_of((100, 5, -1), (103, 7, 1), (105, 2, -1))[-1] == (2, 105, 2, 106, 7)
    assert quotes_of((100, 5, -1), (103, 7, 1), (100, 2, 1))[-1] == (2, 99, 5, 100, 2)


def test_a_bid_never_falls_to_zero() -> None:
    assert quotes_of((1, 5, -1), (1, 7, 1)) == [(1, 1, 5, 2, 7)]


def test_prints_of_unknown_side_and_prints_that_change_nothing_add_no_quote() -> None:
    assert quotes_of((100, 5, -1), (103, 7, 1), (90, 9, 0), (103, 7, 1)) == [(1, 100, 5, 103, 7)]


def test_a_print_without_volume_still_shows_one_lot() -> None:
    assert quotes_of((100, 0, -1), (103, 7, 1)) == [(1, 100, 1, 103, 7)]
