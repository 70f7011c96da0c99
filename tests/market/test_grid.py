from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.market._grid import infer_step, is_off_grid, to_steps, whole_steps

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("step", "low", "high"),
    [
        ("0.01", 6_180_000, 6_190_000),
        ("0.05", 2_000, 4_000),
        ("0.25", 18_000, 20_000),
        ("1e-8", 135_000, 142_000),
        ("0.00001", 1, 5_000_000),
        ("1", 1, 500),
        ("25", 2_000, 3_000),
        ("0.001", 1, 90),
    ],
)
def test_the_step_of_values_on_a_grid_is_found_through_float_noise(step: str, low: int, high: int) -> None:
    values = RNG.integers(low, high, 5_000) * float(step)
    values[::3] *= 1.0 + 2.2e-16
    assert infer_step([values]) == Decimal(step)


def test_one_value_in_a_thousand_may_lie_off_the_grid() -> None:
    values = RNG.integers(1_000, 2_000, 10_000) * 0.01
    values[:10] += 0.005
    assert infer_step([values]) == Decimal("0.01")
    values[:11] = 10.005
    assert infer_step([values]) == Decimal("0.005")


def test_every_group_must_lie_on_the_step() -> None:
    displayed = RNG.integers(1, 50, 100_000) * 100.0
    traded = RNG.integers(1, 5_000, 1_000) * 1.0
    assert infer_step([displayed, traded]) == Decimal(1)


def test_a_few_round_values_do_not_make_a_coarse_step() -> None:
    assert infer_step([np.full(1_000, 100.0)]) == Decimal(1)
    assert infer_step([np.array([100.0, 100.5, 200.0])]) == Decimal("0.1")


def test_values_on_no_step_have_none() -> None:
    assert infer_step([RNG.random(1_000)]) is None
    assert infer_step([np.array([1e300, 2e300])]) is None


def test_whole_steps_round_up_down_and_to_the_nearest_but_never_off_a_grid_point() -> None:
    assert [whole_steps(181.85000000000002, 0.01, way) for way in (-1, 0, 1)] == [18_185] * 3
    assert [whole_steps(181.8549, 0.01, way) for way in (-1, 0, 1)] == [18_185, 18_185, 18_186]


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 10**10), st.sampled_from([1e-8, 1e-5, 0.01, 0.05, 0.1, 1.0, 25.0]))
def test_a_multiple_of_the_step_comes_back_exactly(steps: int, step: float) -> None:
    values = np.array([steps * step, np.nextafter(steps * step, np.inf)])
    into = np.zeros(2, np.int64)
    assert to_steps(values, step, 1, into) == 0
    assert into.tolist() == [steps, steps]


@settings(max_examples=80, deadline=None)
@given(st.floats(0.01, 1e6), st.sampled_from([1e-3, 0.01, 0.5]))
def test_rounding_moves_less_than_a_step_and_to_the_asked_side(value: float, step: float) -> None:
    down, nearest, up = (whole_steps(value, step, way) * step for way in (-1, 0, 1))
    noise = 2e-5 * step
    assert down - noise <= value <= up + noise
    assert abs(nearest - value) <= 0.5 * step + noise
    assert (up > down) == is_off_grid(value, step)
