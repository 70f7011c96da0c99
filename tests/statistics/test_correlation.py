"""Correlations against scipy and errors against what redrawing the whole experiment shows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from glosten.errors import DomainError
from glosten.statistics import middle_ranks, pearson, slope, spearman

PAIRS = st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=3, max_size=40)


@given(PAIRS)
def test_values_are_those_of_scipy_ties_included(pairs: list[tuple[int, int]]) -> None:
    x, y = np.array(pairs, dtype=float).T
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        assert math.isnan(pearson(x, y).value)
        assert math.isnan(spearman(x, y).value)
        return
    assert pearson(x, y).value == pytest.approx(stats.pearsonr(x, y).statistic, abs=1e-12)
    assert spearman(x, y).value == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)
    assert slope(x, y).value == pytest.approx(stats.linregress(x, y).slope, abs=1e-12)


def test_ranks_are_shares_of_draws_below() -> None:
    assert middle_ranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [0.75, 0.125, 0.75, 0.375]


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_errors_are_those_that_many_samples_show(rho: float, tied: bool) -> None:
    rng = np.random.default_rng(11)
    found, errors = [], []
    for _ in range(500):
        x = rng.standard_normal(400)
        y = rho * x + math.sqrt(1 - rho**2) * rng.standard_normal(400)
        if tied:
            x, y = np.sign(x), np.round(y)
        estimates = (pearson(x, y, lag=0), spearman(x, y, lag=0))
        found.append([one.value for one in estimates])
        errors.append([one.se for one in estimates])
    shown = np.std(found, axis=0)
    assert np.mean(errors, axis=0) == pytest.approx(shown, rel=0.1)  # the error of a standard deviation is 3 %


def test_the_error_of_normal_pairs_is_the_textbook_one() -> None:
    rng = np.random.default_rng(3)
    x = rng.standard_normal(50_000)
    y = 0.3 * x + math.sqrt(1 - 0.09) * rng.standard_normal(50_000)
    assert pearson(x, y).se == pytest.approx((1 - 0.09) / math.sqrt(50_000), rel=0.03)


def test_series_of_different_lengths_are_refused() -> None:
    with pytest.raises(DomainError, match="one length"):
        pearson(np.zeros(3), np.zeros(4))
