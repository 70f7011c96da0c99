"""Exact arithmetic on balances, against Python's unbounded integers."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from glosten._integer import fee_quanta, multiply_divide

LARGE = 2**61
E8 = 100_000_000


@given(st.integers(-LARGE, LARGE), st.integers(0, LARGE), st.integers(1, LARGE))
@example(LARGE, LARGE, LARGE)
@example(-1, 1, 3)
@example(7, 0, 5)
def test_a_share_of_a_total_is_floored_exactly_whatever_the_sizes(total: int, part: int, whole: int) -> None:
    part = min(part, whole)
    assert multiply_divide(total, part, whole) == total * part // whole


def test_a_share_of_nothing_is_nothing() -> None:
    assert multiply_divide(5, 0, 0) == 0


@given(st.integers(0, LARGE), st.integers(-E8 // 100, E8 // 100))
def test_fees_are_rounded_against_us_and_rebates_towards_zero(notional: int, rate_e8: int) -> None:
    fee, exact = fee_quanta(notional, rate_e8), Fraction(notional) * rate_e8 / E8
    assert 0 <= fee - exact < 1
    if rate_e8 < 0:
        assert fee <= 0


def test_the_fee_of_the_golden_purchase_is_two_hundredths_of_a_percent() -> None:
    assert fee_quanta(100 * 10 * E8, 20_000) == int(0.2 * E8)
