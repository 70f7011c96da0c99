"""Sharpe ratios, their errors, and what the number of trials leaves of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import signal

from glosten.alpha import Sharpe, deflated, expected_best, sharpe
from glosten.errors import DomainError


def test_the_example_of_bailey_and_lopez_de_prado() -> None:
    # Five years of daily returns, an annual ratio of 2.5 as the best of 100 trials whose ratios have variance 1/2 a
    # year; skewness -3, kurtosis 10: the expected best is 0.1132 a day and the deflated ratio 0.9004.
    ratio = Sharpe(2.5 / math.sqrt(250), 0, 0, 0, 0, 1250, -3.0, 10.0, 86_400.0, 2.5, 0)
    found = deflated(ratio, 100, math.sqrt(0.5 / 250))
    assert found.expected_best == pytest.approx(0.1132, abs=5e-5)
    assert found.probability == pytest.approx(0.9004, abs=5e-5)
    assert found.spread_known
    assert deflated(ratio, 1).expected_best == 0.0


@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_errors_are_those_that_many_years_show(rho: float) -> None:
    rng = np.random.default_rng(7)
    found = []
    for _ in range(400):
        returns = 0.2 + signal.lfilter([1.0], [1.0, -rho], rng.standard_t(8, 1500))[500:]
        found.append(sharpe(returns, 60.0))
    shown = float(np.std([one.value for one in found]))
    assert np.mean([one.se for one in found]) == pytest.approx(shown, rel=0.15)
    if rho == 0.0:
        assert np.mean([one.se_moments for one in found]) == pytest.approx(shown, rel=0.12)
    else:
        assert np.mean([one.se_moments for one in found]) < 0.8 * shown


def test_normal_returns_have_the_error_of_lo_and_a_year_multiplies_by_the_root() -> None:
    returns = 0.5 + np.random.default_rng(1).standard_normal(100_000)
    found = sharpe(returns, 86_400.0, 256 * 86_400.0)
    assert found.se_independent == pytest.approx(math.sqrt((1 + 0.125) / 100_000), rel=0.01)
    assert found.se_moments == pytest.approx(found.se_independent, rel=0.02)
    assert found.se == pytest.approx(found.se_independent, rel=0.05)
    assert found.annual == pytest.approx(16 * found.value)


def test_the_best_of_many_worthless_trials_is_expected_to_look_good() -> None:
    rng = np.random.default_rng(2)
    for trials in (10, 1000):
        best = rng.standard_normal((4000, trials)).max(axis=1)
        assert expected_best(trials, 1.0) == pytest.approx(best.mean(), rel=0.03)
    with pytest.raises(DomainError, match="at least the one"):
        expected_best(0, 1.0)


def test_a_worthless_ratio_is_worth_less_the_more_was_tried() -> None:
    ratio = sharpe(0.05 + np.random.default_rng(5).standard_normal(1000), 60.0)
    chances = [deflated(ratio, trials).probability for trials in (1, 10, 100)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.5 > chances[-1]


@pytest.mark.parametrize("returns", [[], [1.0] * 50, [1.0, 2.0]])
def test_too_few_returns_or_equal_ones_have_no_ratio(returns: list[float]) -> None:
    found = sharpe(returns, 60.0)
    assert math.isnan(found.value)
    assert math.isnan(deflated(found, 3).probability)
