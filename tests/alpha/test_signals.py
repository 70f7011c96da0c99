"""Signals and moves: by hand, and without a look into the future."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glosten.alpha import Horizon, Mids, book_flow, moves, step_values, trade_flow, value_gap
from glosten.errors import DomainError
from glosten.records import PRINTS

SECOND = 1_000_000_000


def prints(*rows: tuple[float, int, int]) -> np.ndarray:
    made = np.zeros(len(rows), PRINTS)
    for row, (at, side, lots) in zip(made, rows, strict=True):
        row["ts_ns"], row["side"], row["lots"] = round(at * SECOND), side, lots
    return made


def seconds(*times: float) -> np.ndarray:
    return np.array([round(at * SECOND) for at in times])


def test_a_move_in_seconds_is_known_as_far_as_the_quotes_go(quotes: Any) -> None:
    path = Mids(quotes((0, 99, 101), (5, 109, 111), (9, 109, 113)), 1.0)
    found = moves(path, seconds(0, 4, 5, 8), Horizon(4, "s"), np.zeros(0, np.int64))
    assert found.known.tolist() == [True, True, True, False]
    assert found.bps[:3].tolist() == pytest.approx([0.0, 1000.0, 1e4 * 1 / 110])
    assert found.overlap == 1


def test_a_move_over_trades_ends_before_the_next_one_comes(quotes: Any) -> None:
    path = Mids(quotes((0, 99, 101), (2.5, 109, 111), (3, 119, 121), (9, 99, 101)), 1.0)
    orders = seconds(1, 2, 3, 4)
    found = moves(path, seconds(1, 2), Horizon(1, "trades"), orders)
    assert found.known.tolist() == [True, True]
    assert found.bps.tolist() == pytest.approx([1000.0, 2000.0])  # the second includes the quote of the print at 3
    assert moves(path, seconds(3), Horizon(1, "trades"), orders).known.tolist() == [False]
    assert moves(path, seconds(1), Horizon(1, "trades"), orders[:0]).known.tolist() == [False]


@pytest.mark.parametrize(("length", "clock"), [(0, "s"), (1, "h"), (float("nan"), "trades")])
def test_a_horizon_that_is_none_is_refused(length: float, clock: str) -> None:
    with pytest.raises(DomainError, match="give a length above 0"):
        Horizon(length, clock)


def test_the_trade_flow_weighs_by_age_and_ignores_unknown_sides() -> None:
    tape = prints((1, 1, 4), (2, 0, 99), (3, -1, 4))
    found = trade_flow(tape, seconds(0, 1, 3, 5), half_life_s=2.0)
    assert found.tolist() == pytest.approx([0.0, 1.0, (2 - 4) / (2 + 4), (1 - 2) / (1 + 2)])
    assert len(trade_flow(tape, seconds(), 2.0)) == 0


def test_the_book_flow_adds_size_at_the_bid_and_takes_it_away_at_the_ask(quotes: Any) -> None:
    rows = quotes((0, 99, 101), (1, 99, 101), (2, 100, 101), (3, 100, 102))
    rows["bid_lots"], rows["ask_lots"] = [5, 8, 4, 4], [5, 5, 5, 7]
    found = book_flow(rows, seconds(0, 1, 2, 3), half_life_s=1e12)
    depths = np.cumsum([6.5, 4.5, 5.5])
    # +3 at the bid; a higher bid of 4; an ask of 5 that went away
    assert found.tolist() == pytest.approx([0.0, 3 / depths[0], 7 / depths[1], 12 / depths[2]])


@given(st.integers(0, 50), st.integers(20, 380))
def test_what_comes_later_changes_no_signal(market: Any, seed: int, cut: int) -> None:
    made = market(seed, fills=0)
    at_ns = np.sort(made.quotes["ts_ns"][::7])
    before = at_ns < made.quotes["ts_ns"][cut]
    whole = book_flow(made.quotes, at_ns, 3.0)[before]
    assert np.array_equal(book_flow(made.quotes[:cut], at_ns[before], 3.0), whole)


def test_gaps_to_the_value_are_bps_of_the_mid_and_0_without_a_value(quotes: Any) -> None:
    path = Mids(quotes((0, 99, 101)), 1.0)
    assert value_gap(np.array([101.0, 0.0]), path, seconds(1, 2)).tolist() == pytest.approx([100.0, 0.0])
    assert step_values(seconds(0, 2), np.array([7.0, 8.0]), seconds(1, 2)).tolist() == [7.0, 8.0]
