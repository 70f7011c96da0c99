"""Unseen jumps mixed in by a few modes are those mixed in point by point."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.theory import das_jump_law, das_mix, jump_modes, mix_modes

GRIDS = [(401, 50.0), (801, 100.0), (1201, 50.0), (2401, 100.0), (121, 5.0), (49, 2.0), (13, 0.5), (3, 0.4), (3, 1.0)]


def mixed(density: np.ndarray, sigma: float, p_jump: float) -> tuple[np.ndarray, np.ndarray]:
    points = density.size
    slow, fast = density.copy(), density.copy()
    das_mix(slow, (0, points - 1), das_jump_law(points, sigma), p_jump)
    room = np.empty((5, points // 2 + 1))
    assert mix_modes(fast, (0, points - 1), jump_modes(points, sigma), p_jump, room) == (0, points - 1)
    return slow, fast


@pytest.mark.parametrize(("points", "sigma"), GRIDS)
@pytest.mark.parametrize("width", [0.1, 2.0, 50.0])
@pytest.mark.parametrize("place", [0.5, 0.38, 0.62, 1.0])
def test_modes_mix_a_belief_as_the_law_does(points: int, sigma: float, width: float, place: float) -> None:
    values = np.arange(float(points))
    density = np.exp(-0.5 * ((values - round(place * (points - 1))) / width) ** 2)
    slow, fast = mixed(density / density.sum(), sigma, 0.01)
    assert np.abs(slow - fast).max() < 3e-15
    assert np.all(fast >= 0)
    assert fast.sum() == pytest.approx(1, abs=1e-14)
    near = np.abs(values - place * (points - 1)) < 5 * sigma
    assert fast[near] == pytest.approx(slow[near], rel=1e-7, abs=1e-17)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 400), st.floats(1e-6, 1.0)), min_size=1, max_size=6),
    st.sampled_from([5.0, 20.0, 50.0]),
    st.floats(1e-6, 1.0),
)
def test_whatever_the_belief(peaks: list[tuple[int, float]], sigma: float, p_jump: float) -> None:
    density = np.zeros(401)
    for place, weight in peaks:
        density[place] += weight
    slow, fast = mixed(density / density.sum(), sigma, p_jump)
    assert np.abs(slow - fast).max() < 3e-15


def test_a_jump_that_never_comes_changes_nothing() -> None:
    density = np.zeros(401)
    density[200] = 1.0
    kept = density.copy()
    assert mix_modes(density, (200, 200), jump_modes(401, 50.0), 0.0, np.empty((5, 201))) == (200, 200)
    assert np.array_equal(density, kept)


def test_few_modes_make_the_law_of_a_wide_grid() -> None:
    even, odd, even_turned, odd_turned = jump_modes(401, 50.0)
    assert len(even) <= 16
    assert len(odd) <= 16
    assert len(jump_modes(801, 100.0)[0]) <= 16
    assert np.array_equal(even.T, even_turned)
    assert np.array_equal(odd.T, odd_turned)
    with pytest.raises(ValueError, match="read-only"):
        even[0, 0] = 1.0
