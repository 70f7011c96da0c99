from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from glosten.crowd._chance import dispersed, exponential, normal
from glosten.statistics import stream

DRAWS = 20_000


def sample(variable: Callable[..., tuple[float, int]]) -> np.ndarray:
    key, draw = stream(0, "test of chance"), 0
    values = []
    for _ in range(DRAWS):
        value, draw = variable(key, draw)
        values.append(value)
    return np.array(values)


def test_exponential_gaps_are_exponential() -> None:
    assert stats.kstest(sample(exponential), "expon").pvalue > 0.001


@pytest.mark.parametrize(("variable", "mean", "variance"), [(exponential, 1, 1), (normal, 0, 1), (dispersed, 1, None)])
def test_means_and_variances_are_as_stated_within_four_standard_errors(
    variable: Callable[..., tuple[float, int]], mean: float, variance: float | None
) -> None:
    values = sample(variable)
    assert abs(values.mean() - mean) < 4 * values.std() / math.sqrt(DRAWS)
    if variance is not None:
        squares = (values - mean) ** 2
        assert abs(squares.mean() - variance) < 4 * squares.std() / math.sqrt(DRAWS)


def test_dispersed_sizes_are_positive_and_skewed_as_lognormal_ones() -> None:
    logarithms = np.log(sample(dispersed))
    assert abs(logarithms.std() - 0.88) < 0.02
    assert abs(stats.skew(logarithms)) < 0.5
