"""The fill models beside each other, depth, balances and fees: what the default alone does is in test_matcher."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.market import (
    UNKNOWN_QUEUE,
    FeeAsset,
    FillModel,
    accept,
    cancel,
    fresh_fills,
    fresh_venue,
    on_book,
    on_level,
    on_trade,
)
from glosten.records import ACTION, LARGEST_INTEGER, LEVELS, PRINTS, QUOTES, Reason, Side

BUY, SELL, UNKNOWN = int(Side.BUY), int(Side.SELL), int(Side.UNKNOWN)
OPTIMISTIC, CANCELS, TRADES, THROUGH = FillModel


class Desk:
    """A venue with a book of 100 x 10 / 102 x 10, ten quanta a tick and lot, no fees, under one fill model."""

    def __init__(self, model: int = TRADES, *, cash: int = 10**12, coin: int = 10**6, seed: int = 0) -> None:
        self.row, self.fills, self.now_ns = fresh_venue(cash, coin, seed), fresh_fills(), 0
        self.venue = self.row[0]
        self.venue["model"]["fill"] = model
        self.fees(0, 0)
        self.quote(100, 10, 102, 10)

    def fees(self, maker: int, taker: int, asset: int = FeeAsset.QUOTE) -> None:
        self.venue["fees"] = (maker, taker, 10, asset)

    def quote(self, bid: int, bid_lots: int, ask: int, ask_lots: int, at_ns: int | None = None) -> list[int]:
        self.now_ns = self.now_ns + 1 if at_ns is None else at_ns
        row = np.array([(self.now_ns, bid, bid_lots, ask, ask_lots)], QUOTES)
        return self.lots(on_book(self.venue, row[0], self.fills))

    def trade(self, side: int, price: int, lots: int) -> list[int]:
        return self.lots(on_trade(self.venue, np.array([(9, price, lots, side, 1)], PRINTS)[0], self.fills))

    def level(self, side: int, price: int, lots: int, at_ns: int = 8) -> None:
        on_level(self.venue, np.array([(at_ns, side, price, lots)], LEVELS)[0])

    def place(self, slot: int, side: int, price: int, lots: int, post_only: int = 1, immediate: int = 0) -> int:
        action = np.zeros(1, ACTION)
        action["slot"], action["side"], action["price"], action["lots"] = slot, side, price, lots
        action["post_only"], action["immediate"] = post_only, immediate
        return int(accept(self.venue, action[0], self.fills)[0])

    def lots(self, count: int) -> list[int]:
        return [int(lots) for lots in self.fills["lots"][:count]]

    def wallet(self) -> dict[str, int]:
        row = self.venue["wallet"]
        return {name: int(row[name]) for name in row.dtype.names}

    def reserved(self, side: int) -> int:
        """What is kept back, added up anew from the orders that rest."""
        total = 0
        for order in self.venue["resting"][self.venue["resting"]["side"] == side]:
            notional = int(order["price"]) * int(order["leaves"]) * 10
            total += notional - -notional * int(order["reserve_e8"]) // 10**8 if side == BUY else int(order["leaves"])
        return total

    def order(self, slot: int) -> Any:
        return self.venue["resting"][slot]


# The semantics table of ENGINES 1: the right answers.


@pytest.mark.parametrize("model", [TRADES, CANCELS, OPTIMISTIC, THROUGH])
def test_a_sell_print_through_a_resting_buy_fills_it(model: int) -> None:
    desk = Desk(model)
    desk.place(0, BUY, 100, 5)
    assert desk.trade(SELL, 99, 8) == [5]


@pytest.mark.parametrize(("model", "filled"), [(TRADES, [3]), (CANCELS, [3]), (OPTIMISTIC, [3]), (THROUGH, [])])
def test_a_sell_print_at_a_resting_buy_first_in_line_fills_it_in_part(model: int, filled: list[int]) -> None:
    desk = Desk(model)
    desk.place(0, BUY, 101, 10)
    assert desk.trade(SELL, 101, 3) == filled


@pytest.mark.parametrize("model", [TRADES, CANCELS, OPTIMISTIC, THROUGH])
def test_a_sell_print_above_a_resting_sell_never_fills_it(model: int) -> None:
    desk = Desk(model)
    desk.place(10, SELL, 103, 5)
    assert desk.trade(SELL, 105, 50) == []


@pytest.mark.parametrize(("model", "filled"), [(TRADES, []), (CANCELS, []), (OPTIMISTIC, [4]), (THROUGH, [])])
def test_an_ask_that_falls_through_fills_nobody_but_in_the_optimistic_model_what_it_displays(
    model: int, filled: list[int]
) -> None:
    desk = Desk(model)
    desk.place(0, BUY, 100, 10)
    assert desk.quote(98, 5, 99, 4) == filled
    assert desk.quote(98, 6, 99, 4) == []  # the same four are not there twice
    assert desk.quote(98, 6, 99, 7) == ([3] if filled else [])


def test_one_ahead_and_two_prints_of_six_tenths_fill_two_tenths_at_the_second() -> None:
    desk = Desk()
    desk.quote(100, 100, 102, 10)
    desk.place(0, BUY, 100, 100)
    assert (desk.trade(SELL, 100, 60), desk.trade(SELL, 100, 60)) == ([], [20])


@pytest.mark.parametrize("model", [TRADES, CANCELS, OPTIMISTIC, THROUGH])
def test_post_only_that_crosses_is_refused(model: int) -> None:
    assert Desk(model).place(0, BUY, 102, 1) == Reason.WOULD_CROSS


def test_a_purchase_beyond_the_free_cash_and_a_sale_beyond_the_coins_are_refused() -> None:
    desk = Desk(cash=100 * 10 * 5 - 1, coin=7)
    assert desk.place(0, BUY, 100, 5) == Reason.NO_CASH
    assert desk.place(0, BUY, 100, 4) == Reason.NONE
    assert desk.place(10, SELL, 103, 8) == Reason.NO_INVENTORY
    assert desk.place(10, SELL, 103, 7) == Reason.NONE


def test_of_two_purchases_whose_sum_exceeds_the_cash_the_second_is_refused() -> None:
    desk = Desk(cash=100 * 10 * 10)
    assert desk.place(0, BUY, 100, 6) == Reason.NONE
    assert desk.place(1, BUY, 100, 6) == Reason.NO_CASH
    cancel(desk.venue, 0)
    assert desk.place(1, BUY, 100, 6) == Reason.NONE


def test_after_a_partial_fill_only_the_rest_stays_reserved() -> None:
    desk = Desk(cash=100 * 10 * 10)
    desk.place(0, BUY, 100, 10)
    assert desk.reserved(BUY) == 100 * 10 * 10
    assert desk.trade(SELL, 99, 3) == [3]
    assert desk.reserved(BUY) == desk.wallet()["cash"] == 100 * 10 * 7
    desk.place(10, SELL, 103, 4)
    desk.trade(BUY, 104, 1)
    assert desk.reserved(SELL) == 3


def test_the_fee_of_a_purchase_is_reserved_at_the_worst_rate_it_can_meet() -> None:
    desk = Desk(cash=100 * 10 * 100 + 99)
    desk.fees(20_000, 100_000)
    assert desk.place(0, BUY, 100, 100) == Reason.NONE
    cancel(desk.venue, 0)
    assert desk.place(0, BUY, 100, 100, post_only=0) == Reason.NO_CASH


def test_an_immediate_order_takes_down_to_its_worst_price_and_its_rest_is_gone() -> None:
    desk = Desk()
    assert desk.place(20, SELL, 101, 25, post_only=0, immediate=1) == Reason.NONE
    assert desk.wallet()["coin"] == 10**6
    desk.place(20, SELL, 99, 25, post_only=0, immediate=1)
    assert (desk.wallet()["coin"], desk.order(20)["side"], desk.fills[0]["price"]) == (10**6 - 10, 0, 100)


# Fees.


def test_fees_in_the_quote_asset_are_paid_in_cash_both_ways() -> None:
    desk = Desk(cash=10**6, coin=100)
    desk.fees(100_000, 0)
    desk.place(0, BUY, 101, 10)
    desk.trade(SELL, 100, 10)
    assert (desk.fills[0]["fee"], desk.fills[0]["fee_lots"]) == (11, 0)
    assert desk.wallet() == {"cash": 10**6 - 10_100 - 11, "coin": 110, "owed_e8": 0, "other": 0}


def test_fees_in_the_coin_add_up_over_fills_and_never_leave_more_coins_than_can_be_sold() -> None:
    desk = Desk(cash=10**7, coin=0)
    desk.fees(100_000, 0, FeeAsset.BASE)  # 0.1 %: a lot for a thousand
    for _ in range(4):
        desk.place(0, BUY, 101, 400)
        desk.trade(SELL, 100, 400)
    assert desk.wallet() == {"cash": 10**7 - 1600 * 1010, "coin": 1598, "owed_e8": -40_000_000, "other": 0}
    assert desk.fills[0]["fee"] == 0
    desk.place(10, SELL, 103, 1000)
    desk.trade(BUY, 104, 1000)
    assert desk.wallet()["cash"] == 10**7 - 1600 * 1010 + 1000 * 1030 - 1030  # a sale pays in the cash it brings
    assert desk.wallet()["coin"] == 598


def test_fees_in_a_third_asset_leave_cash_and_coins_alone() -> None:
    desk = Desk(cash=10**6, coin=100)
    desk.fees(100_000, 0, FeeAsset.OTHER)
    desk.place(0, BUY, 101, 10)
    desk.trade(SELL, 100, 10)
    assert desk.fills[0]["fee"] == 11
    assert desk.wallet() == {"cash": 10**6 - 10_100, "coin": 110, "owed_e8": 0, "other": 11}


# The queue.


def test_with_cancellations_ahead_what_left_without_a_print_is_taken_from_ahead_or_behind_by_its_share() -> None:
    moved = []
    for seed in range(400):
        desk = Desk(CANCELS, seed=seed)
        desk.place(0, BUY, 100, 5)
        desk.quote(100, 40, 102, 10)  # thirty joined behind us
        desk.quote(100, 36, 102, 10)  # four were cancelled, of forty
        moved.append(10 - int(desk.order(0)["ahead"]))
    assert set(moved) == {0, 4}
    share, error = np.mean(moved) / 4, np.sqrt(0.25 * 0.75 / 400)
    assert abs(share - 0.25) < 4 * error


def test_a_print_is_not_taken_for_a_cancellation() -> None:
    desk = Desk(CANCELS)
    desk.place(0, BUY, 100, 5)
    desk.quote(100, 40, 102, 10)
    desk.trade(SELL, 100, 4)
    desk.quote(100, 36, 102, 10)
    assert (desk.order(0)["ahead"], desk.venue["model"]["draws"]) == (6, 0)


def test_a_print_that_fills_us_is_not_taken_for_a_cancellation_of_others_either() -> None:
    desk = Desk(CANCELS)
    desk.place(0, BUY, 101, 5)
    desk.place(1, BUY, 100, 5)
    desk.quote(100, 40, 102, 10)
    assert desk.trade(SELL, 100, 8) == [5]  # the tape shows that eight of the forty traded; five of them are ours here
    desk.quote(100, 32, 102, 10)
    assert (desk.order(1)["ahead"], desk.venue["model"]["draws"]) == (7, 0)


def test_of_several_rows_at_one_instant_only_what_they_come_to_is_taken_for_a_cancellation() -> None:
    desk = Desk(CANCELS)
    desk.place(0, BUY, 100, 5)
    desk.quote(100, 40, 102, 10)
    desk.trade(SELL, 100, 4)  # prints come first, so the next row is the book before it
    desk.quote(100, 45, 102, 10, at_ns=9)
    desk.quote(100, 41, 102, 10, at_ns=9)
    assert (desk.order(0)["ahead"], desk.venue["model"]["draws"]) == (6, 0)
    desk.quote(100, 39, 102, 10, at_ns=10)  # forty-one stood last
    assert desk.venue["model"]["draws"] == 1


def test_where_depth_shows_a_level_the_quotes_count_no_cancellation_again() -> None:
    desk = Desk(CANCELS)
    desk.level(BUY, 100, 10)
    desk.place(0, BUY, 100, 5)
    desk.level(BUY, 100, 40)
    desk.level(BUY, 100, 36, at_ns=9)
    desk.quote(100, 40, 103, 10, at_ns=10)  # another feed, which is late
    desk.quote(100, 36, 103, 10, at_ns=11)
    assert desk.venue["model"]["draws"] == 1


def test_more_cancelled_than_stood_behind_must_have_stood_ahead() -> None:
    desk = Desk(CANCELS)
    desk.place(0, BUY, 100, 5)
    desk.quote(100, 12, 102, 10)
    desk.quote(100, 3, 102, 10)
    assert desk.order(0)["ahead"] <= 3


def test_while_a_level_is_not_displayed_nothing_is_taken_for_cancelled() -> None:
    desk = Desk(CANCELS)
    desk.place(0, BUY, 100, 5)
    desk.quote(101, 1, 102, 10)
    desk.quote(100, 8, 102, 10)
    assert (desk.order(0)["ahead"], desk.venue["model"]["draws"]) == (8, 0)


def test_depth_tells_an_order_behind_the_touch_its_queue() -> None:
    desk = Desk()
    desk.level(BUY, 98, 30)
    desk.place(0, BUY, 98, 5)
    desk.place(1, BUY, 97, 5)
    assert (desk.order(0)["ahead"], desk.order(1)["ahead"]) == (30, UNKNOWN_QUEUE)
    desk.level(BUY, 98, 12)
    desk.level(BUY, 97, 6)
    assert (desk.order(0)["ahead"], desk.order(1)["ahead"]) == (12, 6)
    desk.level(BUY, 98, 0)
    assert desk.trade(SELL, 98, 3) == [3]


def test_depth_of_the_other_side_or_of_another_price_teaches_nothing() -> None:
    desk = Desk()
    desk.place(0, BUY, 98, 5)
    desk.level(SELL, 98, 1)
    desk.level(BUY, 98 + 2048, 1)
    assert desk.order(0)["ahead"] == UNKNOWN_QUEUE


def test_a_level_nearer_the_touch_keeps_its_row_when_a_far_one_would_take_it() -> None:
    desk = Desk()
    desk.level(BUY, 98, 30)
    desk.level(BUY, 98 + 4 * 2048, 5)
    desk.place(0, BUY, 98, 5)
    assert desk.order(0)["ahead"] == 30


def test_an_unknown_side_at_our_price_fills_only_in_the_optimistic_model() -> None:
    filled = []
    for model in (OPTIMISTIC, CANCELS, TRADES, THROUGH):
        desk = Desk(model)
        desk.place(0, BUY, 101, 5)
        filled.append(desk.trade(UNKNOWN, 101, 3))
    assert filled == [[3], [], [], []]


TRADE = st.tuples(st.just("trade"), st.sampled_from([BUY, SELL, UNKNOWN]), st.integers(97, 104), st.integers(0, 15))
QUOTE = st.tuples(st.just("quote"), st.integers(98, 101), st.integers(1, 15), st.integers(1, 2), st.integers(1, 15))
STORY = st.lists(st.one_of(TRADE, QUOTE), max_size=40)


@settings(max_examples=150, deadline=None)
@given(STORY, st.sampled_from([BUY, SELL]), st.integers(98, 103), st.integers(1, 20), st.integers(0, 9))
def test_one_order_fills_the_more_the_looser_the_model(
    story: list[tuple[Any, ...]], side: int, price: int, lots: int, seed: int
) -> None:
    filled = []
    for model in (THROUGH, TRADES, CANCELS, OPTIMISTIC):
        desk = Desk(model, seed=seed)
        if desk.place(0, side, price, lots) != Reason.NONE:
            return
        for kind, *what in story:
            if kind == "trade":
                assert sum(desk.trade(*what)) <= what[2]
            else:
                bid, bid_lots, spread, ask_lots = what
                desk.quote(bid, bid_lots, bid + spread, ask_lots)
        left = int(desk.order(0)["leaves"]) if desk.order(0)["side"] else 0
        filled.append(lots - left)
    assert filled == sorted(filled)


@settings(max_examples=100, deadline=None)
@given(
    STORY,
    st.lists(st.tuples(st.sampled_from([BUY, SELL]), st.integers(96, 105), st.integers(1, 20)), max_size=12),
    st.sampled_from(list(FillModel)),
    st.sampled_from(list(FeeAsset)),
    st.integers(-20_000, 100_000),
)
def test_cash_and_coins_are_conserved_and_never_overdrawn(
    story: list[tuple[Any, ...]], orders: list[tuple[int, int, int]], model: int, asset: int, fee: int
) -> None:
    desk = Desk(model, cash=60_000, coin=40)
    desk.fees(fee, 150_000, asset)
    cash, coin, spent = 60_000, 40, 0
    pending = list(enumerate(orders))
    for kind, *what in story:
        if pending:
            slot, (side, price, lots) = pending.pop()
            desk.fills["lots"] = 0
            desk.place(slot, side, price, lots, post_only=slot % 2)
            count = int(desk.fills["lots"][0] > 0)
            cash, coin, spent = booked(desk, count, (cash, coin, spent))
        if kind == "trade":
            count = len(desk.trade(*what))
        else:
            count = len(desk.quote(what[0], what[1], what[0] + what[2], what[3]))
        cash, coin, spent = booked(desk, count, (cash, coin, spent))
        wallet = desk.wallet()
        assert (wallet["cash"], wallet["coin"], wallet["other"]) == (cash, coin, spent)
        kept = (int(desk.venue["reserved"]["cash"]), int(desk.venue["reserved"]["coin"]))
        assert kept == (desk.reserved(BUY), desk.reserved(SELL))
        assert 0 <= desk.reserved(SELL) <= wallet["coin"]
        assert desk.reserved(BUY) <= wallet["cash"] + 40  # each fill rounds its fee up by itself


@settings(max_examples=200, deadline=None)
@given(
    STORY,
    st.lists(st.tuples(st.sampled_from([BUY, SELL]), st.integers(96, 105), st.integers(1, 20)), max_size=12),
    st.sampled_from(list(FillModel)),
    st.booleans(),
)
def test_what_the_venue_does_not_look_at_would_have_changed_nothing(
    story: list[tuple[Any, ...]], orders: list[tuple[int, int, int]], model: int, has_depth: bool
) -> None:
    quick, slow = Desk(model), Desk(model)
    pending = list(enumerate(orders))
    for kind, *what in story:
        slot, (side, price, lots) = pending.pop() if pending else (0, (BUY, 96, 0))
        for desk in (quick, slow):
            desk.place(slot, side, price, lots)
            if has_depth:
                desk.level(side, price - side, lots)
            if desk is slow:
                desk.venue["reach"] = (LARGEST_INTEGER, 0, 0)  # everything may be reached: look every time
            if kind == "trade":
                desk.trade(*what)
            else:
                desk.quote(what[0], what[1], what[0] + what[2], what[3])
        for name in ("resting", "wallet", "book", "model"):
            assert quick.venue[name].tobytes() == slow.venue[name].tobytes()
        assert quick.fills.tobytes() == slow.fills.tobytes()


def booked(desk: Desk, count: int, before: tuple[int, int, int]) -> tuple[int, int, int]:
    cash, coin, spent = before
    asset = int(desk.venue["fees"]["asset"])
    for row in desk.fills[:count]:
        side, lots, fee = int(row["side"]), int(row["lots"]), int(row["fee"])
        cash -= side * int(row["price"]) * lots * 10
        coin += side * lots - int(row["fee_lots"])
        if asset == FeeAsset.OTHER:
            spent += fee
        else:
            cash -= fee
    return cash, coin, spent
