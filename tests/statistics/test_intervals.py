"""Intervals against the quantiles of their distributions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from glosten.errors import DomainError
from glosten.statistics import normal_interval, percentile_interval, student_interval


def test_a_normal_interval_is_its_quantiles() -> None:
    found = normal_interval(2.0, 0.5, 0.9)
    assert (found.low, found.high) == pytest.approx(stats.norm.interval(0.9, 2.0, 0.5))
    assert found.level == 0.9


def test_few_clusters_widen_the_interval_and_many_do_not() -> None:
    few, many = student_interval(0.0, 1.0, 3), student_interval(0.0, 1.0, 10**7)
    assert few.high == pytest.approx(stats.t.ppf(0.975, 3))
    assert many.high == pytest.approx(normal_interval(0.0, 1.0).high, abs=1e-5)
    assert math.isnan(student_interval(0.0, 1.0, 0).low)


def test_a_percentile_interval_is_the_central_share_of_the_draws() -> None:
    found = percentile_interval(np.arange(1001.0), 0.9)
    assert (found.low, found.high) == pytest.approx((50.0, 950.0))
    assert math.isnan(percentile_interval([]).low)


@pytest.mark.parametrize("level", [0.0, 1.0, math.nan])
def test_a_level_outside_0_and_1_is_refused(level: float) -> None:
    for make in (lambda: normal_interval(0.0, 1.0, level), lambda: percentile_interval([1.0], level)):
        with pytest.raises(DomainError, match="must lie between 0 and 1"):
            make()
