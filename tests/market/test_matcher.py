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
from glosten.records import ACTION, EXIT_SLOT, LEVELS, PRINTS, QUOTES, SLOTS, EventKind, Reason, Side

BUY, SELL, UNKNOWN = int(Side.BUY), int(Side.SELL), int(Side.UNKNOWN)


class Queue:
    """Our orders at a venue with a book of 100 x 10 / 102 x 10, 2 bps maker and 10 bps taker fee."""

    def __init__(
        self,
        bid: int = 100,
        bid_lots: int = 10,
        ask: int = 102,
        ask_lots: int = 10,
        model: int = FillModel.QUEUE_TRADES,
    ) -> None:
        self.row, self.fills = fresh_venue(), fresh_fills()
        self.venue = self.row[0]
        self.resting, self.book, self.wallet = self.venue["resting"], self.venue["book"], self.venue["wallet"]
        self.venue["model"]["fill"] = model
        self.fees(20_000, 100_000)
        self.quote(bid, bid_lots, ask, ask_lots)

    def fees(self, maker: int, taker: int, asset: int = FeeAsset.QUOTE) -> None:
        self.venue["fees"] = (maker, taker, 10, asset)

    def quote(self, bid: int, bid_lots: int, ask: int, ask_lots: int, synthetic: bool = False) -> list[Any]:
        """Return (slot, side, price, lots) of every fill."""
        self.venue["model"]["is_synthetic"] = synthetic
        quote = np.array([(7, bid, bid_lots, ask, ask_lots)], QUOTES)
        return self.filled(on_book(self.venue, quote[0], self.fills))

    def place(self, slot: int, side: int, price: int, lots: int, **how: int) -> tuple[int, list[Any]]:
        action = np.zeros(1, ACTION)
        action["slot"], action["side"], action["price"], action["lots"] = slot, side, price, lots
        action["post_only"], action["immediate"] = how.get("post_only", 1), how.get("immediate", 0)
        reason, count = accept(self.venue, action[0], self.fills)
        return reason, [self.fills[i].copy() for i in range(count)]

    def trade(self, side: int, price: int, lots: int) -> list[tuple[int, int, int, int]]:
        """Return (slot, side, price, lots) of every fill."""
        print_ = np.array([(9, price, lots, side, 1)], PRINTS)
        return self.filled(on_trade(self.venue, print_[0], self.fills))

    def level(self, side: int, price: int, lots: int) -> None:
        on_level(self.venue, np.array([(8, side, price, lots)], LEVELS)[0])

    def filled(self, count: int) -> list[tuple[int, int, int, int]]:
        return [tuple(int(row[name]) for name in ("slot", "side", "price", "lots")) for row in self.fills[:count]]

    def leaves(self, slot: int) -> int:
        return int(self.resting[slot]["leaves"])

    def ahead(self, slot: int) -> int:
        return int(self.resting[slot]["ahead"])


def test_a_resting_buy_fills_when_a_sell_print_goes_through_its_price() -> None:
    queue = Queue()
    queue.place(0, BUY, 99, 5)
    assert queue.trade(SELL, 98, 8) == [(0, BUY, 99, 5)]


def test_a_resting_buy_inside_the_spread_fills_when_a_sell_prints_at_its_price() -> None:
    queue = Queue()
    queue.place(0, BUY, 101, 5)
    assert queue.trade(SELL, 101, 8) == [(0, BUY, 101, 5)]


def test_joining_the_bid_waits_for_the_whole_displayed_size() -> None:
    queue = Queue(bid_lots=10)
    queue.place(0, BUY, 100, 10)
    assert queue.ahead(0) == 10
    assert queue.trade(SELL, 100, 3) == []
    assert queue.ahead(0) == 7


def test_one_ahead_and_two_prints_of_six_tenths_fill_two_tenths_at_the_second() -> None:
    queue = Queue(bid_lots=100)
    queue.place(0, BUY, 100, 100)
    assert queue.trade(SELL, 100, 60) == []
    assert queue.trade(SELL, 100, 60) == [(0, BUY, 100, 20)]
    assert queue.leaves(0) == 80


def test_a_resting_sell_does_not_fill_on_a_sell_print_above_it() -> None:
    queue = Queue()
    queue.place(10, SELL, 103, 5)
    assert queue.trade(SELL, 105, 50) == []


def test_a_resting_sell_fills_when_a_buy_print_goes_through_its_price() -> None:
    queue = Queue()
    queue.place(10, SELL, 103, 5)
    assert queue.trade(BUY, 104, 3) == [(10, SELL, 103, 3)]


def test_quotes_alone_never_fill() -> None:
    queue = Queue()
    queue.place(0, BUY, 100, 5)
    queue.quote(90, 5, 91, 5)
    assert queue.leaves(0) == 5


def test_post_only_that_would_cross_is_rejected_and_never_takes() -> None:
    queue = Queue()
    assert queue.place(0, BUY, 102, 5) == (Reason.WOULD_CROSS, [])
    assert queue.place(10, SELL, 100, 5) == (Reason.WOULD_CROSS, [])
    assert queue.resting["side"].sum() == 0


@pytest.mark.parametrize("post_only", [0, 1])
def test_an_order_that_would_meet_one_of_ours_is_refused_and_ours_stays(post_only: int) -> None:
    queue = Queue(bid=90, ask=110)
    assert queue.place(0, BUY, 100, 5)[0] == queue.place(10, SELL, 102, 5)[0] == Reason.NONE
    assert queue.place(11, SELL, 100, 5, post_only=post_only) == (Reason.WOULD_CROSS, [])
    assert queue.place(1, BUY, 103, 5, post_only=post_only) == (Reason.WOULD_CROSS, [])
    assert (queue.leaves(0), queue.leaves(10)) == (5, 5)
    assert queue.place(11, SELL, 101, 5, post_only=post_only)[0] == Reason.NONE
    cancel(queue.venue, 10)
    cancel(queue.venue, 11)
    assert queue.place(1, BUY, 102, 5, post_only=post_only)[0] == Reason.NONE


def test_a_crossing_order_takes_at_the_touch_what_is_displayed_and_the_rest_waits_first_in_line() -> None:
    queue = Queue(ask_lots=4)
    reason, fills = queue.place(0, BUY, 103, 10, post_only=0)
    assert reason == Reason.NONE
    assert [(f["price"], f["lots"], f["is_maker"], f["kind"], f["ts_ns"]) for f in fills] == [
        (102, 4, 0, EventKind.FILL, 7)
    ]
    assert (queue.leaves(0), queue.ahead(0)) == (6, 0)


def test_what_one_order_took_the_next_cannot_take_again_before_a_new_quote() -> None:
    queue = Queue(bid_lots=4)
    assert [f["lots"] for f in queue.place(EXIT_SLOT, SELL, 99, 10, post_only=0, immediate=1)[1]] == [4]
    assert queue.place(EXIT_SLOT, SELL, 99, 6, post_only=0, immediate=1) == (Reason.NONE, [])
    queue.quote(100, 4, 102, 10)
    assert [f["lots"] for f in queue.place(EXIT_SLOT, SELL, 99, 6, post_only=0, immediate=1)[1]] == [4]


def test_an_immediate_order_never_rests() -> None:
    queue = Queue(ask_lots=4)
    queue.place(EXIT_SLOT, BUY, 101, 5, post_only=0, immediate=1)
    assert queue.resting["side"].sum() == 0


def test_an_order_behind_the_touch_waits_behind_an_unknown_queue_until_its_level_is_displayed() -> None:
    queue = Queue()
    queue.place(0, BUY, 98, 5)
    assert queue.ahead(0) == UNKNOWN_QUEUE
    assert queue.trade(SELL, 98, 1_000_000) == []
    queue.quote(98, 30, 99, 5)
    assert queue.ahead(0) == 30
    assert queue.trade(SELL, 98, 31) == [(0, BUY, 98, 1)]


def test_a_displayed_size_below_our_place_moves_us_forward_and_a_larger_one_does_not_move_us_back() -> None:
    queue = Queue(bid_lots=10)
    queue.place(0, BUY, 100, 5)
    queue.quote(100, 4, 102, 5)
    assert queue.ahead(0) == 4
    queue.quote(100, 50, 102, 5)
    assert queue.ahead(0) == 4
    queue.quote(99, 50, 102, 5)
    assert queue.ahead(0) == 0


def test_the_size_of_a_synthetic_quote_places_an_order_once_and_moves_it_no_further() -> None:
    queue = Queue(bid_lots=10)
    queue.place(0, BUY, 100, 5)
    queue.place(1, BUY, 98, 5)
    queue.quote(100, 3, 102, 5, synthetic=True)
    assert queue.ahead(0) == 10
    queue.trade(SELL, 98, 2)
    queue.quote(98, 3, 99, 5, synthetic=True)
    assert queue.ahead(1) == 3
    queue.quote(98, 1, 99, 5, synthetic=True)
    assert queue.ahead(1) == 3


def test_a_side_without_a_quote_can_neither_be_crossed_nor_teach_our_place() -> None:
    queue = Queue(bid_lots=0, ask_lots=0)
    assert queue.place(0, BUY, 105, 5) == (Reason.NONE, [])
    assert queue.ahead(0) == UNKNOWN_QUEUE


def test_two_orders_share_one_print_best_price_first() -> None:
    queue = Queue(bid=90)
    queue.place(0, BUY, 99, 5)
    queue.place(1, BUY, 100, 5)
    assert queue.trade(SELL, 95, 7) == [(1, BUY, 100, 5), (0, BUY, 99, 2)]


def test_two_orders_at_one_price_and_place_fill_in_the_order_of_their_slots() -> None:
    queue = Queue(bid=99)
    queue.place(3, BUY, 100, 5)
    queue.place(1, BUY, 100, 5)
    assert queue.trade(SELL, 100, 7) == [(1, BUY, 100, 5), (3, BUY, 100, 2)]


def test_others_between_our_orders_trade_before_the_second() -> None:
    queue = Queue(bid_lots=10)
    queue.place(5, BUY, 100, 5)
    queue.trade(SELL, 100, 4)
    queue.place(0, BUY, 100, 5)
    assert (queue.ahead(5), queue.ahead(0)) == (6, 10)
    assert queue.trade(SELL, 100, 12) == [(5, BUY, 100, 5)]
    assert queue.ahead(0) == 3
    assert queue.trade(SELL, 100, 5) == [(0, BUY, 100, 2)]


def test_a_print_of_unknown_side_fills_only_what_it_went_strictly_through() -> None:
    queue = Queue(bid=90, ask=110)
    queue.place(0, BUY, 100, 5)
    queue.place(10, SELL, 103, 5)
    assert queue.trade(UNKNOWN, 100, 9) == []
    assert queue.trade(UNKNOWN, 99, 2) == [(0, BUY, 100, 2)]
    assert queue.trade(UNKNOWN, 104, 2) == [(10, SELL, 103, 2)]


def test_a_print_through_our_price_leaves_nobody_ahead() -> None:
    queue = Queue(bid_lots=10)
    queue.place(0, BUY, 100, 5)
    queue.trade(SELL, 99, 2)
    assert (queue.leaves(0), queue.ahead(0)) == (3, 0)


def test_an_occupied_slot_and_an_empty_order_are_refused() -> None:
    queue = Queue()
    queue.place(0, BUY, 99, 5)
    assert queue.place(0, BUY, 99, 5) == (Reason.IN_FLIGHT, [])
    assert queue.place(1, BUY, 99, 0) == (Reason.BELOW_MIN, [])


def test_a_cancelled_order_returns_its_leaves_once_and_fills_no_more() -> None:
    queue = Queue()
    queue.place(0, BUY, 99, 5)
    queue.trade(SELL, 98, 2)
    assert [cancel(queue.venue, 0), cancel(queue.venue, 0)] == [3, 0]
    assert queue.trade(SELL, 90, 9) == []


@pytest.mark.parametrize(
    ("maker", "taker", "notional_lots", "maker_fee", "taker_fee"),
    [(20_000, 100_000, 7, 2, 8), (-5_000, 0, 7, 0, 0), (-20_000, 100_000, 701, -140, 716)],
)
def test_fees_are_rounded_against_us(
    maker: int, taker: int, notional_lots: int, maker_fee: int, taker_fee: int
) -> None:
    queue = Queue(bid=90, ask_lots=10_000)
    queue.fees(maker, taker)
    queue.place(0, BUY, 100, notional_lots)
    queue.trade(SELL, 99, notional_lots)
    assert (queue.fills[0]["fee"], queue.fills[0]["is_maker"]) == (maker_fee, 1)
    _, fills = queue.place(1, BUY, 102, notional_lots, post_only=0)
    assert (fills[0]["fee"], fills[0]["is_maker"]) == (taker_fee, 0)


PLACE = st.tuples(
    st.just("place"), st.integers(0, SLOTS - 1), st.sampled_from([BUY, SELL]), st.integers(95, 105), st.integers(1, 20)
)
TRADE = st.tuples(st.just("trade"), st.sampled_from([BUY, SELL, UNKNOWN]), st.integers(93, 107), st.integers(0, 30))
QUOTE = st.tuples(st.just("quote"), st.integers(95, 101), st.integers(0, 9), st.integers(1, 4), st.integers(0, 9))
CANCEL = st.tuples(st.just("cancel"), st.integers(0, SLOTS - 1))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(PLACE, TRADE, QUOTE, CANCEL), max_size=60))
def test_matching_invents_no_liquidity_and_never_fills_worse_than_our_price(
    story: list[tuple[Any, ...]],
) -> None:
    queue = Queue()
    for kind, *what in story:
        if kind == "place":
            slot, side, price, lots = what
            reason, fills = queue.place(slot, side, price, lots)
            assert not fills
            touch = queue.book["ask" if side == BUY else "bid"]
            shown = queue.book["ask_lots" if side == BUY else "bid_lots"]
            assert reason != Reason.NONE or shown == 0 or side * (price - touch) < 0
        elif kind == "quote":
            bid, bid_lots, spread, ask_lots = what
            queue.quote(bid, bid_lots, bid + spread, ask_lots)
        elif kind == "cancel":
            cancel(queue.venue, what[0])
        else:
            check_trade(queue, *what)
        assert (queue.resting["leaves"] >= 0).all()
        assert (queue.resting["ahead"] >= 0).all()
        assert ((queue.resting["side"] == 0) == (queue.resting["leaves"] == 0)).all()


def check_trade(queue: Queue, side: int, price: int, lots: int) -> None:
    before = queue.resting.copy()
    fills = queue.trade(side, price, lots)
    assert sum(fill[3] for fill in fills) <= lots
    assert (queue.fills[: len(fills)]["is_maker"] == 1).all()
    for slot, own_side, own_price, filled in fills:
        assert before[slot]["side"] == own_side == (-side or own_side)
        assert before[slot]["price"] == own_price
        assert own_side * (own_price - price) >= (1 if side == UNKNOWN else 0)
        assert 0 < filled == before[slot]["leaves"] - queue.leaves(slot)
    for slot, own_side, own_price, _ in fills:
        better = (before["side"] == own_side) & (own_side * (before["price"] - own_price) > 0)
        assert (queue.resting["leaves"][better] == 0).all(), f"slot {slot} filled before a better price"
