"""The stationary bootstrap: block lengths against arch's, spreads against known ones, the same bytes for a seed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import signal

from glosten.errors import DomainError
from glosten.statistics import bootstrap_means, mean_block, mean_in_time


def _series() -> tuple[np.ndarray, np.ndarray]:
    """Return (autoregression of 0.6, its shocks) without a random number, so that anybody can make them again."""
    shocks = np.sin(np.arange(400) * 12.9898) * 43758.5453
    shocks = shocks - np.floor(shocks) - 0.5
    lagged = np.zeros(400)
    for index in range(1, 400):
        lagged[index] = 0.6 * lagged[index - 1] + shocks[index]
    return lagged, shocks


def test_the_block_of_an_autoregression_is_the_one_of_theory() -> None:
    rng = np.random.default_rng(4)
    rho, n = 0.6, 40_000
    lagged = signal.lfilter([1.0], [1.0, -rho], rng.standard_normal(n))
    assert mean_block(lagged) == pytest.approx((2 * rho / (1 - rho**2)) ** (2 / 3) * n ** (1 / 3), rel=0.1)


def test_blocks_are_near_those_of_arch_and_never_below_1() -> None:
    lagged, shocks = _series()
    # arch 8.0: optimal_block_length(...) is 10.885 and 0.454; it takes the first small lag where the paper takes the
    # last large one.
    assert mean_block(lagged) == pytest.approx(10.885065, rel=0.2)
    assert mean_block(shocks) == 1.0
    assert mean_block(np.ones(50)) == 1.0


def test_redrawn_means_scatter_as_the_mean_does() -> None:
    lagged, _ = _series()
    means = bootstrap_means(lagged, 2000, seed=0)
    assert means.shape == (2000, 1)
    assert means.mean() == pytest.approx(lagged.mean(), abs=4 * means.std() / math.sqrt(2000))
    assert means.std() == pytest.approx(mean_in_time(lagged, lag=20).se, rel=0.25)


def test_blocks_of_one_are_the_plain_bootstrap() -> None:
    values = np.arange(100.0)
    means = bootstrap_means(values, 4000, seed=1, block=1.0)
    assert means.std() == pytest.approx(values.std() / 10, rel=0.05)


def test_columns_are_redrawn_together() -> None:
    values = np.column_stack([np.arange(50.0), 2 * np.arange(50.0) + 1])
    means = bootstrap_means(values, 100, seed=3, block=5.0)
    assert means[:, 1] == pytest.approx(2 * means[:, 0] + 1)


def test_a_seed_gives_the_same_bytes_and_draws_do_not_depend_on_their_number() -> None:
    values = np.arange(30.0)
    few, many = bootstrap_means(values, 5, 0, block=3.0), bootstrap_means(values, 50, 0, block=3.0)
    assert few.tobytes() == many[:5].tobytes()
    assert not np.array_equal(few, bootstrap_means(values, 5, 1, block=3.0))


def test_what_cannot_be_redrawn_is_refused() -> None:
    for values, draws, block in (([], 5, 2.0), ([1.0], 0, 2.0), ([1.0], 5, 0.5)):
        with pytest.raises(DomainError, match="bootstrap needs"):
            bootstrap_means(values, draws, 0, block)
