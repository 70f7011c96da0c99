"""The guard between two decisions, the budgets of a portfolio, and rungs the venue keeps refusing."""

from __future__ import annotations

from typing import Any

import pytest

from glosten.records import (
    Acknowledgement,
    Clock,
    EventKind,
    Fill,
    Operation,
    Portfolio,
    Reason,
    Side,
)

QUOTE = 10**8


def bought(desk: Any, price: int, lots: int) -> list[Any]:
    """Let bid 0 fill at a price, as if the venue had it there, and return what the maker asks for at once."""
    number = int(desk["orders"][0]["number"])
    return list(desk.send(Fill(desk.now_ns, 0, number, Side.BUY, price, lots, 0)))


def test_a_purchase_that_lifts_break_even_over_resting_asks_cancels_them_at_once(golden: Any) -> None:
    desk = golden("99.90")
    desk.decide(0.0)
    actions = bought(desk, 10100, 200_000)
    below = desk["quote"]["break_even_maker"]
    resting = {slot: int(desk["orders"][slot]["price"]) * 0.01 for slot in range(10, 14)}
    assert {int(action["slot"]) for action in actions} == {slot for slot, price in resting.items() if price < below}
    assert {int(action["reason"]) for action in actions} == {Reason.BE_BLOCK}
    assert 0 < len(actions) < 4


@pytest.mark.parametrize("keys", [{"BE_GUARD": False}, {"STRICT_LITERATURE": True}])
def test_without_the_guard_a_purchase_cancels_nothing(golden: Any, keys: Any) -> None:
    desk = golden("99.90", **keys)
    desk.decide(0.0)
    assert bought(desk, 10100, 200_000) == []


def test_an_ask_that_was_in_flight_is_looked_at_again_when_it_arrives(golden: Any) -> None:
    desk = golden("99.90", GM_LAYERS=1)
    actions = desk.send(Clock(desk.now_ns))
    ask = next(action for action in actions if action["side"] == Side.SELL)
    assert bought(desk, 10200, 200_000) == []
    (action,) = desk.send(Acknowledgement(desk.now_ns, EventKind.PLACED, int(ask["slot"]), int(ask["order"])))
    assert (action["operation"], action["reason"]) == (Operation.CANCEL, Reason.BE_BLOCK)


def test_quotes_that_may_take_are_lifted_to_the_taker_break_even(golden: Any) -> None:
    for keys, name in (({}, "break_even_maker"), ({"NO_POST_ONLY": True}, "break_even_taker")):
        desk = golden("100.20", **keys)
        desk.decide(0.0)
        assert desk["quote"]["ask"] == pytest.approx(desk["quote"][name] * 1.0002)
        assert len(desk.asks()) == 4
        assert all(order.price >= desk["quote"][name] for order in desk.asks())
        assert all(order.post_only == (not keys) for order in desk.placed)


@pytest.mark.parametrize(("theirs", "ratio", "room"), [(3800, 0.6245564, -346.0), (3000, 0.5677786, 454.0)])
def test_the_budget_of_the_portfolio_binds_on_the_sums(
    golden: Any, strategy_vectors: Any, theirs: int, ratio: float, room: float
) -> None:
    vectors = strategy_vectors["portfolio"]
    desk = golden(PORTFOLIO_EXP_BUDGET=0.6, GM_MAX_EXP=95)
    desk.own("50", "99.90")
    desk.send(Portfolio(desk.now_ns, 5000 * QUOTE, theirs * QUOTE, 1))
    desk.book("99.99", "100.01")
    desk.decide(0.0)
    assert desk["capital"]["allocation"] == 9090
    assert desk["portfolio"]["ratio"] == pytest.approx(vectors["r" if room < 0 else "r2"])
    assert desk["portfolio"]["ratio"] == pytest.approx(ratio)
    assert desk["capital"]["room_portfolio"] / QUOTE == pytest.approx(vectors["head" if room < 0 else "head2"])
    if room < 0:
        assert desk.bids() == []
        assert desk["cycle"]["bids_off"] == Reason.PORTFOLIO_BUDGET
        assert len(desk.asks()) == 4
    else:
        assert sum(order.qty * order.price for order in desk.bids()) == pytest.approx(room, abs=0.1)


def test_a_pair_that_is_not_included_neither_counts_nor_is_bound(golden: Any) -> None:
    desk = golden(PORTFOLIO_EXP_BUDGET=0.1, PORTFOLIO_INCLUDE=False)
    desk.send(Portfolio(desk.now_ns, 5000 * QUOTE, 5000 * QUOTE, 1))
    desk.decide(0.0)
    assert len(desk.bids()) == 4
    assert (desk["portfolio"]["own_allocation"], desk["portfolio"]["own_inventory"]) == (0, 0)


@pytest.mark.parametrize(("reason", "backs_off"), [(Reason.UNKNOWN, True), (Reason.POST_ONLY_REJECT, False)])
def test_the_third_equal_refusal_leaves_the_rung_alone_for_a_minute(
    golden: Any, reason: Reason, backs_off: bool
) -> None:
    desk = golden()

    def refused() -> bool:
        desk.now_ns += 15_000_000_000
        asked = [action for action in desk.send(Clock(desk.now_ns)) if action["operation"] == Operation.PLACE]
        first = [action for action in asked if action["slot"] == 0]
        for action in asked:
            kind = EventKind.REJECTED if action["slot"] == 0 else EventKind.PLACED
            desk.send(Acknowledgement(desk.now_ns, kind, int(action["slot"]), int(action["order"]), reason))
        return bool(first)

    for _ in range(3):
        desk.book("99.99", "100.01")
        assert refused()
    desk.book("99.99", "100.01")
    assert refused() != backs_off
    if backs_off:
        assert desk["targets"][0]["reason"] == Reason.REJECT_BACKOFF
        desk.now_ns += 45_000_000_000
        desk.book("99.99", "100.01")
        assert refused()
