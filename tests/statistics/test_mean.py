from __future__ import annotations

import math

import numpy as np
import pytest

from glosten.statistics import Mean, means_of_sums


def test_a_mean_comes_with_the_textbook_error() -> None:
    draws = np.random.default_rng(0).normal(3.0, 2.0, 1000)
    mean = Mean.of(draws)
    assert mean.mean == pytest.approx(draws.mean())
    assert mean.sd == pytest.approx(draws.std(ddof=1))
    assert mean.se == pytest.approx(draws.std(ddof=1) / math.sqrt(1000))
    assert mean.n == 1000
    assert Mean.of_sums(float(draws.sum()), float((draws**2).sum()), 1000) == mean


def test_one_draw_has_no_error_and_none_no_mean() -> None:
    assert Mean.of([2.0]).mean == 2
    assert math.isnan(Mean.of([2.0]).se)
    means, errors = means_of_sums(np.zeros(3), np.zeros(3), 0)
    assert np.isnan(means).all()
    assert np.isnan(errors).all()


def test_what_was_computed_has_no_error() -> None:
    mean = Mean.exact(0.25, 1.5)
    assert (mean.mean, mean.se, mean.sd, mean.n) == (0.25, 0, 1.5, 0)


def test_a_scaled_mean_scales_its_error_without_its_sign() -> None:
    scaled = Mean(2.0, 0.5, 5.0, 100).scaled(-4)
    assert (scaled.mean, scaled.se, scaled.sd, scaled.n) == (-8, 2, 20, 100)


def test_equal_draws_have_no_negative_variance() -> None:
    assert Mean.of(np.full(1000, 0.1)).se == pytest.approx(0, abs=1e-9)
