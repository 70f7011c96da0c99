"""Our place in the queue: what prints, displays, cancellations and the depth of a tape make of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from glosten.market import UNKNOWN_QUEUE, FillModel, cancel
from glosten.records import Side

BUY, SELL, UNKNOWN = int(Side.BUY), int(Side.SELL), int(Side.UNKNOWN)
OPTIMISTIC, CANCELS, TRADES, THROUGH = FillModel


def test_with_cancellations_ahead_what_left_without_a_print_is_taken_from_ahead_or_behind_by_its_share(
    make_desk: Any,
) -> None:
    moved = []
    for seed in range(400):
        desk = make_desk(CANCELS, seed=seed)
        desk.place(0, BUY, 100, 5)
        desk.quote(100, 40, 102, 10)  # thirty joined behind us
        desk.quote(100, 36, 102, 10)  # four were cancelled, of forty
        moved.append(10 - int(desk.order(0)["ahead"]))
    assert set(moved) == {0, 4}
    share, error = np.mean(moved) / 4, np.sqrt(0.25 * 0.75 / 400)
    assert abs(share - 0.25) < 4 * error


def test_a_print_is_not_taken_for_a_cancellation(make_desk: Any) -> None:
    desk = make_desk(CANCELS)
    desk.place(0, BUY, 100, 5)
    desk.quote(100, 40, 102, 10)
    desk.trade(SELL, 100, 4)
    desk.quote(100, 36, 102, 10)
    assert (desk.order(0)["ahead"], desk.venue["model"]["draws"]) == (6, 0)


def test_a_print_that_fills_us_is_not_taken_for_a_cancellation_of_others_either(make_desk: Any) -> None:
    desk = make_desk(CANCELS)
    desk.place(0, BUY, 101, 5)
    desk.place(1, BUY, 100, 5)
    desk.quote(100, 40, 102, 10)
    assert desk.trade(SELL, 100, 8) == [5]  # the tape shows that eight of the forty traded; five of them are ours here
    desk.quote(100, 32, 102, 10)
    assert (desk.order(1)["ahead"], desk.venue["model"]["draws"]) == (7, 0)


def test_of_several_rows_at_one_instant_only_what_they_come_to_is_taken_for_a_cancellation(make_desk: Any) -> None:
    desk = make_desk(CANCELS)
    desk.place(0, BUY, 100, 5)
    desk.quote(100, 40, 102, 10)
    desk.trade(SELL, 100, 4)  # prints come first, so the next row is the book before it
    desk.quote(100, 45, 102, 10, at_ns=9)
    desk.quote(100, 41, 102, 10, at_ns=9)
    assert (desk.order(0)["ahead"], desk.venue["model"]["draws"]) == (6, 0)
    desk.quote(100, 39, 102, 10, at_ns=10)  # forty-one stood last
    assert desk.venue["model"]["draws"] == 1


def test_where_depth_shows_a_level_the_quotes_count_no_cancellation_again(make_desk: Any) -> None:
    desk = make_desk(CANCELS)
    desk.level(BUY, 100, 10)
    desk.place(0, BUY, 100, 5)
    desk.level(BUY, 100, 40)
    desk.level(BUY, 100, 36, at_ns=9)
    desk.quote(100, 40, 103, 10, at_ns=10)  # another feed, which is late
    desk.quote(100, 36, 103, 10, at_ns=11)
    assert desk.venue["model"]["draws"] == 1


def test_more_cancelled_than_stood_behind_must_have_stood_ahead(make_desk: Any) -> None:
    desk = make_desk(CANCELS)
    desk.place(0, BUY, 100, 5)
    desk.quote(100, 12, 102, 10)
    desk.quote(100, 3, 102, 10)
    assert desk.order(0)["ahead"] <= 3


def test_while_a_level_is_not_displayed_nothing_is_taken_for_cancelled(make_desk: Any) -> None:
    desk = make_desk(CANCELS)
    desk.place(0, BUY, 100, 5)
    desk.quote(101, 1, 102, 10)
    desk.quote(100, 8, 102, 10)
    assert (desk.order(0)["ahead"], desk.venue["model"]["draws"]) == (8, 0)


def test_depth_tells_an_order_behind_the_touch_its_queue(make_desk: Any) -> None:
    desk = make_desk()
    desk.level(BUY, 98, 30)
    desk.place(0, BUY, 98, 5)
    desk.place(1, BUY, 97, 5)
    assert (desk.order(0)["ahead"], desk.order(1)["ahead"]) == (30, UNKNOWN_QUEUE)
    desk.level(BUY, 98, 12)
    desk.level(BUY, 97, 6)
    assert (desk.order(0)["ahead"], desk.order(1)["ahead"]) == (12, 6)
    desk.level(BUY, 98, 0)
    assert desk.trade(SELL, 98, 3) == [3]


def test_depth_of_the_other_side_or_of_another_price_teaches_nothing(make_desk: Any) -> None:
    desk = make_desk()
    desk.place(0, BUY, 98, 5)
    desk.level(SELL, 98, 1)
    desk.level(BUY, 98 + 2048, 1)
    assert desk.order(0)["ahead"] == UNKNOWN_QUEUE


def test_a_level_nearer_the_touch_keeps_its_row_when_a_far_one_would_take_it(make_desk: Any) -> None:
    desk = make_desk()
    desk.level(BUY, 98, 30)
    desk.level(BUY, 98 + 4 * 2048, 5)
    desk.place(0, BUY, 98, 5)
    assert desk.order(0)["ahead"] == 30


def test_before_the_first_quote_the_better_of_two_levels_keeps_the_row(make_desk: Any) -> None:
    desk = make_desk()
    desk.quote(0, 0, 0, 0)
    for side, price in ((BUY, 5000), (SELL, 6000)):
        desk.level(side, price, 30)
        desk.level(side, price - side * 2048, 5)
        desk.place(0 if side == BUY else 10, side, price, 5)
    assert (desk.order(0)["ahead"], desk.order(10)["ahead"]) == (30, 30)


def test_depth_knows_the_queue_where_the_quotes_are_only_implied_by_prints(make_desk: Any) -> None:
    desk = make_desk()
    desk.venue["model"]["is_synthetic"] = 1
    desk.level(BUY, 100, 30)
    desk.level(BUY, 101, 20)
    desk.place(0, BUY, 100, 5)
    desk.place(1, BUY, 101, 5)
    assert (desk.order(0)["ahead"], desk.order(1)["ahead"]) == (30, 20)
    desk.quote(100, 1, 102, 1)
    assert desk.order(0)["ahead"] == 30
    desk.level(BUY, 100, 12, at_ns=20)
    assert desk.order(0)["ahead"] == 12


def test_what_came_to_meet_us_is_not_there_for_a_taker_again_nor_the_other_way_round(make_desk: Any) -> None:
    desk = make_desk(OPTIMISTIC)
    desk.place(0, BUY, 100, 4)
    assert desk.quote(98, 5, 99, 4) == [4]
    desk.place(20, BUY, 99, 4, post_only=0, immediate=1)
    assert desk.wallet()["coin"] == 10**6 + 4
    desk.quote(98, 5, 102, 10)
    desk.place(1, BUY, 102, 15, post_only=0)
    assert desk.wallet()["coin"] == 10**6 + 14
    assert desk.quote(99, 5, 102, 10) == []
    cancel(desk.venue, 1)
    desk.quote(99, 5, 103, 10)  # it goes, and what comes back is new
    desk.place(1, BUY, 102, 15)
    assert desk.quote(99, 5, 102, 10) == [10]


def test_an_unknown_side_at_our_price_fills_only_in_the_optimistic_model(make_desk: Any) -> None:
    filled = []
    for model in (OPTIMISTIC, CANCELS, TRADES, THROUGH):
        desk = make_desk(model)
        desk.place(0, BUY, 101, 5)
        filled.append(desk.trade(UNKNOWN, 101, 3))
    assert filled == [[3], [], [], []]
