from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.statistics import number_orders

MS = 1_000_000


def orders_of(prints: list[tuple[int, int]]) -> tuple[list[int], int]:
    """Return (the order of each print, number of orders) for prints of (exchange ns, side)."""
    times = np.array([time for time, _ in prints], np.int64)
    sides = np.array([side for _, side in prints], np.int64)
    number = np.zeros(len(prints), np.int64)
    count = number_orders(times, sides, number)
    return number.tolist(), count


def test_prints_of_one_side_in_one_exchange_millisecond_are_one_order() -> None:
    assert orders_of([(MS, 1), (MS + 400_000, 1), (2 * MS, 1)]) == ([0, 0, 1], 2)


def test_prints_of_the_other_side_between_them_do_not_split_an_order() -> None:
    assert orders_of([(MS, 1), (MS, -1), (MS, 1), (MS, -1)]) == ([0, 1, 0, 1], 2)


def test_every_print_of_unknown_side_is_an_order_of_its_own() -> None:
    assert orders_of([(MS, 0), (MS, 0), (MS, 1)]) == ([0, 1, 2], 3)


def test_the_times_may_be_overwritten_by_the_numbers() -> None:
    times, sides = np.array([5 * MS, 5 * MS, 6 * MS]), np.array([-1, -1, -1])
    assert number_orders(times, sides, times) == 2
    assert times.tolist() == [0, 0, 1]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5 * MS), st.sampled_from([-1, 0, 1])), max_size=40))
def test_prints_share_an_order_exactly_when_side_and_millisecond_agree(prints: list[tuple[int, int]]) -> None:
    prints.sort(key=lambda print_: print_[0])
    numbers, count = orders_of(prints)
    assert set(numbers) == set(range(count))
    for i, (time, side) in enumerate(prints):
        for j in range(i):
            same = side != 0 and side == prints[j][1] and time // MS == prints[j][0] // MS
            assert (numbers[i] == numbers[j]) == same
