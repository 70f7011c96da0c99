from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten._jit import choose, inline, jit, multiply_add, widen

NUMBERS = st.floats(-1e6, 1e6).filter(lambda number: number == 0 or abs(number) > 1e-6)


@jit
def fused(first: float, second: float, third: float) -> float:
    return multiply_add(first, second, third)


@jit
def smaller(one: float, other: float) -> float:
    least: float = choose(one < other, one, other)
    return least


@jit
def summed(row: np.ndarray) -> float:
    widen()
    total = 0.0
    for number in row:
        total += number
    return total


@jit
def cubed(number: float) -> float:
    inline()
    return number * number * number


@jit
def cubes(row: np.ndarray) -> np.ndarray:
    result = np.empty_like(row)
    for place in range(row.size):
        result[place] = cubed(row[place])
    return result


pytestmark = pytest.mark.skipif(not hasattr(fused, "py_func"), reason="intrinsics exist in compiled code only")


@settings(max_examples=50)
@given(NUMBERS, NUMBERS, NUMBERS)
def test_multiply_add_rounds_once(first: float, second: float, third: float) -> None:
    exactly = Fraction(first) * Fraction(second) + Fraction(third)
    assert fused(first, second, third) == float(exactly)


@given(NUMBERS, NUMBERS)
def test_choose_takes_the_one_where_the_condition_holds(one: float, other: float) -> None:
    assert smaller(one, other) == min(one, other)


def test_choose_widens_numbers_of_two_kinds() -> None:
    assert smaller(np.float32(1.5), 2.25) == 1.5
    assert smaller(3, 2.25) == 2.25


def test_multiply_add_keeps_single_precision() -> None:
    numbers = np.float32(1.1), np.float32(2.3), np.float32(-2.53)
    exactly = Fraction(float(numbers[0])) * Fraction(float(numbers[1])) + Fraction(float(numbers[2]))
    assert np.float32(fused(*numbers)) == np.float32(float(exactly))


def test_wide_vectors_change_no_order_of_additions() -> None:
    row = np.random.default_rng(0).normal(size=999)
    total = 0.0
    for number in row:
        total += float(number)
    assert summed(row) == total


def test_a_function_that_joins_its_callers_gives_the_same_numbers() -> None:
    row = np.random.default_rng(1).normal(size=99)
    assert np.array_equal(cubes(row), row * row * row)
