"""The probability of backtest overfitting on tables whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from glosten.alpha import overfitting
from glosten.errors import DomainError


def test_among_trials_of_pure_noise_the_best_is_as_good_as_any_later() -> None:
    rng = np.random.default_rng(1)
    found = np.array([overfitting(rng.standard_normal((20, 32)), 8).probability for _ in range(200)])
    assert found.mean() == pytest.approx(0.5, abs=4 * found.std(ddof=1) / math.sqrt(len(found)))


def test_a_trial_that_always_wins_is_not_overfitted() -> None:
    gains = np.random.default_rng(2).standard_normal((10, 64))
    gains[3] += 5.0
    found = overfitting(gains)
    assert found.probability == 0.0
    assert found.loss == 0.0
    assert (found.trials, found.groups, found.splits) == (10, 16, math.comb(16, 8))


def test_trials_that_can_only_win_what_they_lose_elsewhere_are_overfitted() -> None:
    gains = np.random.default_rng(3).standard_normal((12, 48))
    gains -= gains.mean(axis=1, keepdims=True)
    found = overfitting(gains)
    assert found.probability > 0.95
    assert found.slope == pytest.approx(-1.0, abs=1e-6)
    assert found.loss == 1.0


def test_a_table_by_hand_halved_both_ways() -> None:
    # Two groups: first chooses trial 0 (3 against 1), which is the worse of the second; second chooses trial 1 (2
    # against -1), which is the worse of the first.
    found = overfitting([[3.0, -1.0], [1.0, 2.0]], 2)
    assert found.probability == 1.0
    assert found.loss == 0.5
    assert found.slope == pytest.approx((1.0 - -1.0) / (2.0 - 3.0))
    assert overfitting([[3.0, 2.0], [1.0, -1.0]], 2).probability == 0.0


def test_equal_trials_tie_and_neither_their_order_nor_unit_matters() -> None:
    row = np.random.default_rng(4).standard_normal(32)
    assert overfitting(np.stack([row] * 5)).probability == 0.5
    gains = np.random.default_rng(5).standard_normal((7, 32))
    found = overfitting(gains)
    assert overfitting(gains[::-1]).probability == found.probability
    assert overfitting(gains * 1e6).probability == found.probability
    assert overfitting(np.zeros((3, 16))).probability == 0.5


def test_one_trial_tells_nothing_and_what_cannot_be_halved_is_refused() -> None:
    assert math.isnan(overfitting(np.ones((1, 16))).probability)
    with pytest.raises(DomainError, match="3 groups of 16 periods cannot be halved"):
        overfitting(np.ones((2, 16)), 3)
    with pytest.raises(DomainError, match="16 groups of 8 periods"):
        overfitting(np.ones((2, 8)))
    with pytest.raises(DomainError, match="finite"):
        overfitting([[1.0, math.nan]], 2)
