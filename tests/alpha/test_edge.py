"""What was earned per amount traded, with its error."""

from __future__ import annotations

import math

import numpy as np
import pytest

from glosten.alpha import edge_per_traded, one_way_share


def test_the_ratio_weighs_by_amount_and_its_error_is_that_of_many_samples() -> None:
    rng = np.random.default_rng(9)
    found = []
    for _ in range(400):
        traded = rng.exponential(100.0, 300)
        gains = 2e-4 * traded + 0.1 * rng.standard_normal(300)
        found.append(edge_per_traded(gains, traded, np.arange(300), np.arange(300) * 10, 0))
    assert found[0].n == 300
    assert np.mean([one.mean for one in found]) == pytest.approx(2.0, abs=0.05)
    assert np.mean([one.se for one in found]) == pytest.approx(np.std([one.mean for one in found]), rel=0.1)


def test_fills_of_one_order_count_once_and_nothing_traded_is_unknown() -> None:
    gains, traded = np.array([1.0, 2.0, -1.0]), np.array([100.0, 100.0, 200.0])
    once = edge_per_traded(gains, traded, np.arange(3), np.arange(3), 0)
    twice = edge_per_traded(np.repeat(gains, 4), np.repeat(traded, 4), np.repeat(np.arange(3), 4), np.arange(12), 0)
    assert (twice.mean, twice.se) == pytest.approx((once.mean, once.se))
    assert once.mean == pytest.approx(1e4 * 2 / 400)
    assert math.isnan(edge_per_traded(gains[:0], traded[:0], np.zeros(0, np.int64), np.zeros(0, np.int64), 0).mean)


@pytest.mark.parametrize("exponent", [0.5, 1.0])
def test_one_way_trading_has_the_share_it_trades_and_balanced_trading_none(exponent: float) -> None:
    bars = np.array([0, 0, 1, 1, 4, 4])
    one_way = one_way_share(np.array([3, 2, -4, -1, 2, 3]), bars, 100.0, exponent)
    assert one_way == pytest.approx(0.05)
    assert one_way_share(np.array([3, -3, 4, -4, 2, -2]), bars, 100.0, exponent) == 0.0
    assert one_way_share(np.array([3, -1, 4, -2, 2, -2]), bars, 100.0, exponent) < 0.05
    assert one_way_share(bars[:0], bars[:0], 100.0, exponent) == 0.0
