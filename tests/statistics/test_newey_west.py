"""Newey-West errors against statsmodels' numbers, brute force, and processes whose long-run variance is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glosten.errors import DomainError
from glosten.statistics import automatic_lag, long_run_covariance, mean_in_time, serial_error, slope

# A series without random numbers, so that anybody can make it again.
TIME = np.arange(200)
X = np.sin(0.7 * TIME) + 0.5 * np.cos(1.9 * TIME**1.1)
Y = 0.4 * X + np.sin(0.3 * TIME) + 0.2 * np.cos(2.3 * TIME)

# statsmodels 0.14: OLS(Y, const).fit(cov_type="HAC", cov_kwds={"maxlags": lag}).bse, and the same of Y on X.
STATSMODELS = {
    0: (0.05543559584297521, 0.06674747327787514),
    4: (0.1049268668249041, 0.07997352844964133),
    12: (0.09076237392496503, 0.0314119335362337),
}


@pytest.mark.parametrize("lag", STATSMODELS)
def test_errors_of_a_mean_and_of_a_slope_are_those_of_statsmodels(lag: int) -> None:
    of_mean, of_slope = STATSMODELS[lag]
    mean = mean_in_time(Y, lag=lag)
    assert mean.mean == pytest.approx(0.036680496653099345, rel=1e-12)
    assert mean.se == pytest.approx(of_mean, rel=1e-10)
    fitted = slope(X, Y, lag=lag)
    assert fitted.value == pytest.approx(0.39695523997249815, rel=1e-12)
    assert fitted.se == pytest.approx(of_slope, rel=1e-10)
    assert (fitted.lag, fitted.n) == (lag, 200)


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=25), st.integers(0, 30))
def test_squared_window_sums_are_the_weighted_autocovariances(values: list[float], lag: int) -> None:
    draws = np.array(values)
    used = min(lag, len(draws) - 1)
    expected = float(draws @ draws)
    for distance in range(1, used + 1):
        expected += 2 * (1 - distance / (used + 1)) * float(draws[distance:] @ draws[:-distance])
    assert long_run_covariance(draws, lag)[0, 0] == pytest.approx(expected / len(draws), abs=1e-9)


def test_the_matrix_is_symmetric_and_positive_semidefinite() -> None:
    whole = long_run_covariance(np.column_stack([X, Y, X - 2 * Y]), 7)
    assert np.array_equal(whole, whole.T)
    assert np.linalg.eigvalsh(whole).min() > -1e-12
    assert whole[0, 1] == pytest.approx((long_run_covariance(X + Y, 7) - long_run_covariance(X - Y, 7))[0, 0] / 4)


def test_the_error_of_a_moving_average_is_that_of_its_long_run_variance() -> None:
    rng = np.random.default_rng(5)
    noise = rng.standard_normal(40_000 + 9)
    window = 10
    moves = np.convolve(noise, np.ones(window), mode="valid")  # overlapping moves: long-run variance window^2
    with_lag = mean_in_time(moves, overlap=window - 1)
    assert with_lag.se == pytest.approx(window / math.sqrt(len(moves)), rel=0.1)
    assert mean_in_time(moves, lag=0).se < 0.4 * with_lag.se
    assert with_lag.sd == pytest.approx(math.sqrt(window), rel=0.02)


def test_the_lag_grows_with_the_sample_and_covers_twice_the_overlap() -> None:
    assert [automatic_lag(n) for n in (0, 1, 100, 1000, 100_000)] == [0, 0, 4, 6, 18]
    assert automatic_lag(1000, overlap=30) == 60
    assert automatic_lag(20, overlap=30) == 19


def test_too_few_windows_for_an_error_say_so() -> None:
    assert math.isnan(serial_error(X[:39], overlap=9)[0])
    assert serial_error(X[:40], overlap=9)[0] > 0
    assert math.isnan(mean_in_time([]).mean)


def test_no_values_and_negative_lags_are_refused() -> None:
    with pytest.raises(DomainError, match="lag of 0 or more"):
        long_run_covariance(X, -1)
    with pytest.raises(DomainError, match="needs values"):
        long_run_covariance([], 3)
