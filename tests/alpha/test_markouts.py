"""Markouts: by hand, in groups, and with errors that know what belongs together."""

from __future__ import annotations

import math

import numpy as np
import pytest

from glosten.alpha import (
    Fills,
    Mids,
    by_belief,
    by_hour,
    by_rung,
    by_side,
    by_size,
    customer_orders,
    markout_curves,
    markouts,
)
from glosten.errors import DomainError
from glosten.records import EXIT_SLOT, QUOTES, REBALANCE_SLOT

SECOND = 1_000_000_000


def mids(*rows: tuple[float, float]) -> Mids:
    """Return mids that change at the given seconds; the tick is 0.5, so that bid + ask = 4 mid."""
    quotes = np.zeros(len(rows), QUOTES)
    quotes["ts_ns"] = [round(at * SECOND) for at, _ in rows]
    quotes["bid"] = [round(2 * mid) - 1 for _, mid in rows]
    quotes["ask"] = [round(2 * mid) + 1 for _, mid in rows]
    return Mids(quotes, 0.5)


def fills(*rows: tuple[float, int, float, float, float, float]) -> Fills:
    at, sign, price, quantity, fee, mid = (np.array(column, float) for column in zip(*rows, strict=True))
    return Fills((at * SECOND).astype(np.int64), sign.astype(np.int64), price, quantity, fee, mid)


def test_markouts_leave_out_fills_too_near_the_end_and_count_an_order_once() -> None:
    path = mids((0, 100), (2, 99), (30, 99))
    sold = fills((1, 1, 101, 1, 0, 100), (1.5, 1, 101, 1, 0, 100), (29.5, 1, 101, 1, 0, 99))
    one, ten, hour = markouts(sold, path, (1.0, 10.0, 3600.0))
    assert (one.n, one.orders) == (2, 1)
    assert math.isnan(one.se_bps)
    assert one.mean_bps == pytest.approx(200.0)
    assert (ten.n, ten.orders) == (2, 1)
    assert (hour.n, hour.orders) == (0, 0)
    assert math.isnan(hour.mean_bps)


def test_fills_that_share_a_move_have_a_larger_error_than_fills_that_do_not() -> None:
    rng = np.random.default_rng(6)
    path = mids(*((at, 100 + 0.5 * step) for at, step in enumerate(np.cumsum(rng.integers(-2, 3, 4000)))))
    near = fills(*((at, 1, 100, 1, 0, 100) for at in np.arange(0.5, 3900, 2)))
    short, long = markouts(near, path, (1.0, 60.0))
    independent = 1e4 * np.std(path.at(near.ts_ns + 60 * SECOND)) / 100 / math.sqrt(long.n)
    assert short.orders == long.orders == 1950
    assert long.se_bps > 2 * independent


def test_customer_orders_group_one_side_within_a_second_of_the_first() -> None:
    times = (np.array([0.0, 0.9, 1.0, 1.1, 1.2, 5.0]) * SECOND).astype(np.int64)
    signs = np.array([1, 1, 1, 1, -1, -1])
    assert customer_orders(times, signs).tolist() == [0, 0, 0, 1, 2, 3]


def test_groups_part_the_fills_and_their_means_make_the_whole() -> None:
    rng = np.random.default_rng(8)
    path = mids(*((at, 100 + 0.5 * step) for at, step in enumerate(np.cumsum(rng.integers(-1, 2, 900)))))
    rows = fills(*((at, rng.choice([-1, 1]), 100, rng.integers(1, 9), 0, 100) for at in np.arange(0.5, 800, 7)))
    slots = rng.choice([0, 3, 10, 12, EXIT_SLOT, REBALANCE_SLOT], len(rows.ts_ns))
    groupings = (by_side(rows), by_size(rows), by_rung(slots), by_belief(rng.random(len(slots))), by_hour(rows))
    (whole,) = markouts(rows, path, (10.0,))
    for grouping in groupings:
        curves = markout_curves(rows, path, grouping, (10.0,))
        found = [curve.markouts[0] for curve in curves]
        assert sum(row.n for row in found) == whole.n
        assert sum(row.n * row.mean_bps for row in found) == pytest.approx(whole.n * whole.mean_bps)
        assert {curve.grouping for curve in curves} == {grouping.name}


def test_labels_say_what_a_group_is() -> None:
    rows = fills(*((3600 * hour, 1, 100, size, 0, 100) for hour, size in ((0, 1), (13, 1), (37, 5), (23, 9))))
    assert by_hour(rows).of.tolist() == [0, 13, 13, 23]
    assert by_size(rows).labels[-1].startswith("above")
    assert by_size(rows).of.tolist() == [0, 0, 1, 2]
    rungs = by_rung(np.array([0, 10, 19, EXIT_SLOT, REBALANCE_SLOT]))
    assert [rungs.labels[place] for place in rungs.of] == ["rung 1", "rung 1", "rung 10", "exit", "rebalance"]
    beliefs = by_belief(np.array([0.0, 0.2, 0.5, 0.95, 1.0]))
    assert [beliefs.labels[place] for place in beliefs.of] == [
        "0 to 0.2",
        "0.2 to 0.4",
        "0.4 to 0.6",
        "0.8 to 1",
        "0.8 to 1",
    ]
    same = fills(*((at, 1, 100, 3, 0, 100) for at in range(4)))
    assert by_size(same).labels == ("all",)


def test_columns_of_unequal_length_are_refused() -> None:
    one, two = np.zeros(1), np.zeros(2)
    with pytest.raises(DomainError, match="different lengths"):
        Fills(np.zeros(1, np.int64), np.zeros(1, np.int64), one, two, one, one)
