"""Clustered errors against the plain formula and against every pair of clusters written out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glosten.statistics import clustered_error, overlapping_error


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=30))
def test_with_one_draw_a_cluster_the_error_is_the_usual_one(values: list[float]) -> None:
    earned = np.array(values)
    usual = earned.std(ddof=1) / math.sqrt(len(earned))
    assert clustered_error(earned, np.arange(len(earned))) == pytest.approx(usual, abs=1e-9)


def test_repeating_every_draw_within_its_cluster_does_not_shrink_the_error() -> None:
    values = np.array([1.0, -2.0, 0.5, 3.0])
    alone = clustered_error(values, np.arange(4))
    repeated = clustered_error(np.repeat(values, 10), np.repeat(np.arange(4), 10))
    assert repeated == pytest.approx(alone)


@given(st.lists(st.tuples(st.floats(-10, 10), st.integers(0, 12)), min_size=2, max_size=20), st.integers(1, 8))
def test_windows_that_overlap_count_by_their_common_share(steps: list[tuple[float, int]], width: int) -> None:
    values = np.array([value for value, _ in steps])
    ts_ns = np.cumsum([step for _, step in steps])
    n = len(values)
    centred = values - values.mean()
    distance = np.abs(ts_ns[:, None] - ts_ns[None, :])
    weights = np.maximum(1 - distance / width, 0.0)
    variance = max(float(centred @ weights @ centred), 0.0) * n / (n - 1)
    cluster = np.arange(n)
    expected = max(math.sqrt(variance) / n, clustered_error(values, cluster))
    assert overlapping_error(values, cluster, ts_ns, width) == pytest.approx(expected, abs=1e-9)


def test_a_window_of_no_width_leaves_the_clusters_alone_and_one_cluster_has_no_error() -> None:
    values, ts_ns = np.array([1.0, 2.0, 4.0]), np.array([0, 1, 2])
    assert overlapping_error(values, np.arange(3), ts_ns, 0) == clustered_error(values, np.arange(3))
    assert math.isnan(overlapping_error(values, np.zeros(3, np.int64), ts_ns, 5))
    assert math.isnan(clustered_error(np.zeros(0), np.zeros(0, np.int64)))


def test_draws_with_one_common_move_have_the_error_of_that_move() -> None:
    rng = np.random.default_rng(2)
    found, errors = [], []
    for _ in range(300):
        walk = np.cumsum(rng.standard_normal(420))
        start = np.arange(400)
        moves = walk[start + 20] - walk[start]
        found.append(moves.mean())
        errors.append(overlapping_error(moves, start, start, 40))
    assert np.mean(errors) == pytest.approx(np.std(found), rel=0.25)
