"""Performance figures: by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glosten.alpha import Capital, Course, Orders, drawdown, lead, performance, period_returns

SECOND = 1_000_000_000


def course(*rows: tuple[float, float, int, int]) -> Course:
    at, equity, orders, held = (np.array(column) for column in zip(*rows, strict=True))
    return Course((at * SECOND).astype(np.int64), equity.astype(float), orders, held)


def test_ratios_count_orders_fills_time_and_capital() -> None:
    path = course((0, 100, 4, 0), (10, 101, 0, 5), (30, 99, 2, 5), (40, 102, 2, 0))
    found = performance(path, Orders(20, 5, 12, 8, 6), Capital(100.0, 250.0, 102.0, 101.5))
    assert (found.fill_ratio, found.maker_ratio, found.cancel_to_fill) == (0.25, 0.75, 2.4)
    assert (found.time_quoting, found.time_holding) == (0.5, 0.75)
    assert (found.turnover, found.turnover_per_day) == pytest.approx((2.5, 2.5 * 86_400 / 40))
    assert found.value_added == pytest.approx(0.5)
    assert found.drawdown.depth == pytest.approx(2.0)


def test_what_has_no_denominator_is_unknown() -> None:
    empty = Course(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))
    found = performance(empty, Orders(0, 0, 0, 0, 0), Capital(0.0, 0.0, 0.0, 0.0))
    for name in ("fill_ratio", "maker_ratio", "cancel_to_fill", "time_quoting", "turnover", "turnover_per_day"):
        assert math.isnan(getattr(found, name))
    assert math.isnan(found.sharpe.value)


def test_a_fall_is_told_with_its_times() -> None:
    at = np.arange(6) * SECOND
    found = drawdown(at, np.array([10.0, 12.0, 9.0, 11.0, 12.0, 11.5]))
    assert (found.depth, found.depth_pct, found.to_bottom_s, found.under_water_s) == (3.0, 25.0, 1.0, 3.0)
    assert found.recovered
    assert not drawdown(at, np.array([10.0, 12.0, 9.0, 11.0, 11.0, 11.5])).recovered
    assert drawdown(at, np.arange(6.0)).depth == 0.0


@given(st.lists(st.floats(1, 100), min_size=1, max_size=30))
def test_the_deepest_fall_is_the_largest_of_all_pairs(values: list[float]) -> None:
    equity = np.array(values)
    falls = [max(equity[: index + 1]) - value for index, value in enumerate(equity)]
    assert drawdown(np.arange(len(equity)), equity).depth == pytest.approx(max(falls))


def test_returns_are_taken_over_the_longest_period_of_which_there_are_enough() -> None:
    at = np.arange(0, 40 * 60 + 1, 15)
    path = Course(at * SECOND, 1000.0 + at, np.ones(len(at), np.int64), np.ones(len(at), np.int64))
    returns, period_s = period_returns(path, 500.0)
    assert period_s == 60.0
    assert returns.tolist() == pytest.approx([60 / 500] * 40)
    assert period_returns(course((0, 1, 1, 1), (400, 1, 1, 1)), 500.0)[1] == 10.0


def test_a_lead_is_free_of_the_luck_that_both_runs_share() -> None:
    draw = np.random.default_rng(0)
    ts_ns = np.arange(3_601) * 1_000_000_000
    market, skill = np.cumsum(draw.normal(0.0, 10.0, 3_601)), np.cumsum(draw.normal(0.01, 0.1, 3_601))
    nothing = np.zeros(3_601, np.int64)
    first, second = (Course(ts_ns, equity, nothing, nothing) for equity in (market, market + skill))
    found = lead(second, first)
    assert found.total == pytest.approx(skill[-1] - skill[0])
    assert (found.n, found.period_s) == (60, 60.0)
    assert found.se == pytest.approx(0.1 * math.sqrt(3_600), rel=0.4)  # of the market's 600 nothing is left
    assert lead(first, second).total == pytest.approx(-found.total)


def test_runs_of_different_times_have_no_lead() -> None:
    equity, nothing = np.arange(9.0), np.zeros(9, np.int64)
    early, late = (Course(start + np.arange(9) * 10**9, equity, nothing, nothing) for start in (0, 10**12))
    assert lead(early, late).n == 0
    assert math.isnan(lead(early, late).total)
