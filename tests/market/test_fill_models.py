"""The fill models beside each other, depth, balances and fees: what the default alone does is in test_matcher."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.market import (
    FeeAsset,
    FillModel,
    cancel,
)
from glosten.records import LARGEST_INTEGER, Reason, Side

BUY, SELL, UNKNOWN = int(Side.BUY), int(Side.SELL), int(Side.UNKNOWN)
OPTIMISTIC, CANCELS, TRADES, THROUGH = FillModel


# The semantics table of ENGINES 1: the right answers.


@pytest.mark.parametrize("model", [TRADES, CANCELS, OPTIMISTIC, THROUGH])
def test_a_sell_print_through_a_resting_buy_fills_it(make_desk: Any, model: int) -> None:
    desk = make_desk(model)
    desk.place(0, BUY, 100, 5)
    assert desk.trade(SELL, 99, 8) == [5]


@pytest.mark.parametrize(("model", "filled"), [(TRADES, [3]), (CANCELS, [3]), (OPTIMISTIC, [3]), (THROUGH, [])])
def test_a_sell_print_at_a_resting_buy_first_in_line_fills_it_in_part(
    make_desk: Any, model: int, filled: list[int]
) -> None:
    desk = make_desk(model)
    desk.place(0, BUY, 101, 10)
    assert desk.trade(SELL, 101, 3) == filled


@pytest.mark.parametrize("model", [TRADES, CANCELS, OPTIMISTIC, THROUGH])
def test_a_sell_print_above_a_resting_sell_never_fills_it(make_desk: Any, model: int) -> None:
    desk = make_desk(model)
    desk.place(10, SELL, 103, 5)
    assert desk.trade(SELL, 105, 50) == []


@pytest.mark.parametrize(("model", "filled"), [(TRADES, []), (CANCELS, []), (OPTIMISTIC, [4]), (THROUGH, [])])
def test_an_ask_that_falls_through_fills_nobody_but_in_the_optimistic_model_what_it_displays(
    make_desk: Any, model: int, filled: list[int]
) -> None:
    desk = make_desk(model)
    desk.place(0, BUY, 100, 10)
    assert desk.quote(98, 5, 99, 4) == filled
    assert desk.quote(98, 6, 99, 4) == []  # the same four are not there twice
    assert desk.quote(98, 6, 99, 7) == ([3] if filled else [])


def test_one_ahead_and_two_prints_of_six_tenths_fill_two_tenths_at_the_second(make_desk: Any) -> None:
    desk = make_desk()
    desk.quote(100, 100, 102, 10)
    desk.place(0, BUY, 100, 100)
    assert (desk.trade(SELL, 100, 60), desk.trade(SELL, 100, 60)) == ([], [20])


@pytest.mark.parametrize("model", [TRADES, CANCELS, OPTIMISTIC, THROUGH])
def test_post_only_that_crosses_is_refused(make_desk: Any, model: int) -> None:
    assert make_desk(model).place(0, BUY, 102, 1) == Reason.WOULD_CROSS


def test_a_purchase_beyond_the_free_cash_and_a_sale_beyond_the_coins_are_refused(make_desk: Any) -> None:
    desk = make_desk(cash=100 * 10 * 5 - 1, coin=7)
    assert desk.place(0, BUY, 100, 5) == Reason.NO_CASH
    assert desk.place(0, BUY, 100, 4) == Reason.NONE
    assert desk.place(10, SELL, 103, 8) == Reason.NO_INVENTORY
    assert desk.place(10, SELL, 103, 7) == Reason.NONE


def test_of_two_purchases_whose_sum_exceeds_the_cash_the_second_is_refused(make_desk: Any) -> None:
    desk = make_desk(cash=100 * 10 * 10)
    assert desk.place(0, BUY, 100, 6) == Reason.NONE
    assert desk.place(1, BUY, 100, 6) == Reason.NO_CASH
    cancel(desk.venue, 0)
    assert desk.place(1, BUY, 100, 6) == Reason.NONE


def test_after_a_partial_fill_only_the_rest_stays_reserved(make_desk: Any) -> None:
    desk = make_desk(cash=100 * 10 * 10)
    desk.place(0, BUY, 100, 10)
    assert desk.reserved(BUY) == 100 * 10 * 10
    assert desk.trade(SELL, 99, 3) == [3]
    assert desk.reserved(BUY) == desk.wallet()["cash"] == 100 * 10 * 7
    desk.place(10, SELL, 103, 4)
    desk.trade(BUY, 104, 1)
    assert desk.reserved(SELL) == 3


def test_the_fee_of_a_purchase_is_reserved_at_the_worst_rate_it_can_meet(make_desk: Any) -> None:
    desk = make_desk(cash=100 * 10 * 100 + 99)
    desk.fees(20_000, 100_000)
    assert desk.place(0, BUY, 100, 100) == Reason.NONE
    cancel(desk.venue, 0)
    assert desk.place(0, BUY, 100, 100, post_only=0) == Reason.NO_CASH


def test_an_immediate_order_takes_down_to_its_worst_price_and_its_rest_is_gone(make_desk: Any) -> None:
    desk = make_desk()
    assert desk.place(20, SELL, 101, 25, post_only=0, immediate=1) == Reason.NONE
    assert desk.wallet()["coin"] == 10**6
    desk.place(20, SELL, 99, 25, post_only=0, immediate=1)
    assert (desk.wallet()["coin"], desk.order(20)["side"], desk.fills[0]["price"]) == (10**6 - 10, 0, 100)


# Fees.


def test_fees_in_the_quote_asset_are_paid_in_cash_both_ways(make_desk: Any) -> None:
    desk = make_desk(cash=10**6, coin=100)
    desk.fees(100_000, 0)
    desk.place(0, BUY, 101, 10)
    desk.trade(SELL, 100, 10)
    assert (desk.fills[0]["fee"], desk.fills[0]["fee_lots"]) == (11, 0)
    assert desk.wallet() == {"cash": 10**6 - 10_100 - 11, "coin": 110, "owed_e8": 0, "other": 0}


def test_fees_in_the_coin_add_up_over_fills_and_never_leave_more_coins_than_can_be_sold(make_desk: Any) -> None:
    desk = make_desk(cash=10**7, coin=0)
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


def test_the_fee_of_a_purchase_of_very_many_lots_is_exact(make_desk: Any) -> None:
    desk = make_desk(cash=10**18, coin=0)
    desk.fees(100_000, 0, FeeAsset.BASE)
    desk.place(0, BUY, 101, 2 * 10**14)
    desk.trade(SELL, 100, 2 * 10**14)
    assert desk.wallet()["coin"] == 2 * 10**14 - 2 * 10**11


def test_fees_in_a_third_asset_leave_cash_and_coins_alone(make_desk: Any) -> None:
    desk = make_desk(cash=10**6, coin=100)
    desk.fees(100_000, 0, FeeAsset.OTHER)
    desk.place(0, BUY, 101, 10)
    desk.trade(SELL, 100, 10)
    assert desk.fills[0]["fee"] == 11
    assert desk.wallet() == {"cash": 10**6 - 10_100, "coin": 110, "owed_e8": 0, "other": 11}


TRADE = st.tuples(st.just("trade"), st.sampled_from([BUY, SELL, UNKNOWN]), st.integers(97, 104), st.integers(0, 15))
QUOTE = st.tuples(st.just("quote"), st.integers(98, 101), st.integers(1, 15), st.integers(1, 2), st.integers(1, 15))
STORY = st.lists(st.one_of(TRADE, QUOTE), max_size=40)


@settings(max_examples=150, deadline=None)
@given(STORY, st.sampled_from([BUY, SELL]), st.integers(98, 103), st.integers(1, 20), st.integers(0, 9))
def test_one_order_fills_the_more_the_looser_the_model(
    make_desk: Any, story: list[tuple[Any, ...]], side: int, price: int, lots: int, seed: int
) -> None:
    filled = []
    for model in (THROUGH, TRADES, CANCELS, OPTIMISTIC):
        desk = make_desk(model, seed=seed)
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
    make_desk: Any, story: list[tuple[Any, ...]], orders: list[tuple[int, int, int]], model: int, asset: int, fee: int
) -> None:
    desk = make_desk(model, cash=60_000, coin=40)
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
    make_desk: Any, story: list[tuple[Any, ...]], orders: list[tuple[int, int, int]], model: int, has_depth: bool
) -> None:
    quick, slow = make_desk(model), make_desk(model)
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


def booked(desk: Any, count: int, before: tuple[int, int, int]) -> tuple[int, int, int]:
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
