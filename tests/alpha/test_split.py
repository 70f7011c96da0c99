"""The split of profit and the markouts, on fills small enough to reckon by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glosten.alpha import Fills, Mids, customer_orders, markouts, split
from glosten.alpha._split import clustered_error
from glosten.errors import DomainError
from glosten.records import QUOTES

SECOND = 1_000_000_000


def mids(*rows: tuple[float, float]) -> Mids:
    """Return mids that change at the given seconds; the tick is 0.5, so that bid + ask = 4 mid."""
    quotes = np.zeros(len(rows), QUOTES)
    quotes["ts_ns"] = [round(at * SECOND) for at, _ in rows]
    quotes["bid"] = [round(2 * mid) - 1 for _, mid in rows]
    quotes["ask"] = [round(2 * mid) + 1 for _, mid in rows]
    return Mids(quotes, 0.5)


def fills(*rows: tuple[float, int, float, float, float, float]) -> Fills:
    at, sign, price, quantity, fee, mid = (np.array(column, float) for column in zip(*rows, strict=True))
    return Fills((at * SECOND).astype(np.int64), sign.astype(np.int64), price, quantity, fee, mid)


def test_each_cause_of_profit_is_reckoned_as_the_contract_says() -> None:
    path = mids((0, 100), (5, 98), (20, 103))
    bought = fills((1, -1, 99.5, 2, 0.1, 100))
    unrealised = 2 * (103 - 99.5) - 0.1
    result = split(bought, path, (0.0, unrealised, 0.0))
    assert result.spread == pytest.approx(1.0)
    assert result.adverse == pytest.approx(-4.0)
    assert result.fees == pytest.approx(-0.1)
    assert result.inventory == pytest.approx(10.0)
    assert result.total == pytest.approx(unrealised)


def test_the_last_mid_stands_in_where_the_tape_ends_before_the_horizon() -> None:
    path = mids((0, 100), (5, 98))
    assert split(fills((1, 1, 101, 1, 0, 100)), path, (0.0, 0.0, 0.0)).adverse == pytest.approx(2.0)


def test_markouts_leave_out_fills_too_near_the_end_and_count_an_order_once() -> None:
    path = mids((0, 100), (2, 99), (30, 99))
    sold = fills((1, 1, 101, 1, 0, 100), (1.5, 1, 101, 1, 0, 100), (29.5, 1, 101, 1, 0, 99))
    one, ten, hour = markouts(sold, path, (1.0, 10.0, 3600.0))
    assert (one.n, one.orders) == (2, 1)
    assert math.isnan(one.se_bps)
    assert one.mean_bps == pytest.approx(200.0)
    assert (ten.n, ten.orders) == (2, 1)
    assert (hour.n, hour.orders) == (0, 0)
    assert math.isnan(hour.mean_bps)


def test_a_mid_is_what_the_last_quote_said_a_quote_of_that_instant_included() -> None:
    path = mids((10, 100), (20, 104))
    when = np.array([0, 10 * SECOND, 20 * SECOND - 1, 20 * SECOND, 99 * SECOND])
    assert path.at(when).tolist() == [100.0, 100.0, 100.0, 104.0, 104.0]
    assert path.end_ns == 20 * SECOND


def test_customer_orders_group_one_side_within_a_second_of_the_first() -> None:
    times = (np.array([0.0, 0.9, 1.0, 1.1, 1.2, 5.0]) * SECOND).astype(np.int64)
    signs = np.array([1, 1, 1, 1, -1, -1])
    assert customer_orders(times, signs).tolist() == [0, 0, 0, 1, 2, 3]


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=30))
def test_with_one_fill_an_order_the_error_is_the_usual_one(values: list[float]) -> None:
    earned = np.array(values)
    usual = earned.std(ddof=1) / math.sqrt(len(earned))
    assert clustered_error(earned, np.arange(len(earned))) == pytest.approx(usual, abs=1e-9)


def test_repeating_every_fill_within_its_order_does_not_shrink_the_error() -> None:
    values = np.array([1.0, -2.0, 0.5, 3.0])
    alone = clustered_error(values, np.arange(4))
    repeated = clustered_error(np.repeat(values, 10), np.repeat(np.arange(4), 10))
    assert repeated == pytest.approx(alone)


def test_columns_of_unequal_length_are_refused() -> None:
    one, two = np.zeros(1), np.zeros(2)
    with pytest.raises(DomainError, match="different lengths"):
        Fills(np.zeros(1, np.int64), np.zeros(1, np.int64), one, two, one, one)
