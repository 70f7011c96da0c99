"""The first start: its check, its rebalance in slices, and what keeps it blocked (STRATEGY steps 10 and 11)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from glosten.maker._split import split_deviation, start_target
from glosten.records import (
    EXIT_SLOT,
    REBALANCE_SLOT,
    Acknowledgement,
    EventKind,
    Fill,
    Flow,
    Reason,
    Side,
    Split,
    Status,
)


def starting(desk: Any, coins: str, cash: str, **keys: Any) -> Any:
    opened = desk(cash=cash, coin=coins, WARMUP_CYCLES=0, **keys)
    opened.book("99.99", "100.01")
    return opened


def fill_slice(desk: Any, slot: int, fee_pct: str = "0.1") -> float:
    """Fill the slice that was just placed, at the touch, and return its notional."""
    order = desk["orders"][slot]
    side = Side(int(order["side"]))
    price = 10001 if side == Side.BUY else 9999
    lots, number = int(order["lots"]), int(order["number"])
    notional = price * lots * 1e-6
    fee = int(Decimal(str(notional)) * Decimal(fee_pct) / 100 / desk.instrument.quantum)
    desk.send(Fill(desk.now_ns, slot, number, side, price, lots, fee, is_maker=False))
    return notional


def test_the_deviation_is_measured_on_the_allocation_and_capped_coins(strategy_vectors: Any) -> None:
    assert split_deviation(3000.0, 9090.0, 0.5) == pytest.approx(strategy_vectors["rebalance"]["dev"])
    assert split_deviation(3200.0, 9090.0, 0.5) == pytest.approx(14.8, abs=0.01)
    assert split_deviation(20_000.0, 9090.0, 0.5) == 50.0


def test_the_start_target_respects_the_caps(strategy_vectors: Any) -> None:
    assert start_target(0.5, 60.0, 0.0) == 0.5
    assert start_target(0.5, 60.0, 0.2) * 9090 == pytest.approx(
        strategy_vectors["rebalance"]["target_with_pair_budget"]
    )
    assert start_target(0.9, 60.0, 0.0) == 0.6


@pytest.mark.parametrize(("coins", "mismatch"), [("30", True), ("32", False)])
def test_a_start_outside_the_tolerance_is_rebalanced_and_one_inside_quotes(
    desk: Any, coins: str, mismatch: bool
) -> None:
    opened = starting(desk, coins, str(36_360 - 100 * int(coins)))
    opened.decide()
    assert opened["cycle"]["status"] == (Status.REBALANCING if mismatch else Status.QUOTING)
    assert opened["ledger"]["alloc_started"] == (not mismatch)


def test_a_start_without_coins_buys_five_slices_of_the_trading_limit_and_the_rest(
    desk: Any, strategy_vectors: Any
) -> None:
    opened = starting(desk, "0", "36360")
    slices = []
    for _ in range(6):
        (order,) = opened.decide()
        assert (order.slot, order.side, order.immediate, order.post_only) == (REBALANCE_SLOT, Side.BUY, True, False)
        assert (order.reason, order.price) == (Reason.REBALANCE, 100.01)
        slices.append(fill_slice(opened, REBALANCE_SLOT))
    assert slices == pytest.approx(strategy_vectors["rebalance"]["slices"], abs=1.0)
    assert all(notional <= 900 for notional in slices)
    opened.decide()
    assert opened["cycle"]["split"] == Split.REBALANCED
    assert opened["ledger"]["alloc_started"] == 1
    assert len(opened.placed) == 8
    cost = opened["ledger"]["cost"] / opened["ledger"]["held"] * 1e-4
    assert cost == pytest.approx(100.01 * 1.001)
    assert opened["belief"]["observations"] == 0  # what we take is no customer


def test_the_tolerance_triggers_and_does_not_stop_a_rebalance(desk: Any) -> None:
    opened = starting(desk, "30", "33360")
    opened.decide()
    fill_slice(opened, REBALANCE_SLOT)
    opened.decide()
    assert opened["cycle"]["split_deviation"] < 15
    assert opened["cycle"]["status"] == Status.REBALANCING


def test_coins_of_unknown_cost_are_sold_down_whatever_they_fetch_and_a_given_cost_is_guarded(desk: Any) -> None:
    unknown = starting(desk, "90.9", "0", ALLOC_PCT=100)
    (order,) = unknown.decide()
    assert (order.slot, order.side, order.immediate, order.price) == (EXIT_SLOT, Side.SELL, True, pytest.approx(99.0))
    assert order.qty * 99.99 == pytest.approx(900, abs=0.1)
    for _ in range(4):
        fill_slice(unknown, EXIT_SLOT)
        unknown.decide()
    assert unknown["risk"]["losses"] == unknown["risk"]["breakers"] == 0
    known = starting(desk, "90.9", "0", ALLOC_PCT=100, runtime={"initial_cost_basis": 101.0})
    known.decide()
    assert known["cycle"]["status"] == Status.BLOCKED_SPLIT
    assert known["cycle"]["exit_refusal"] == Reason.BE_BLOCK
    assert known.bids() == []
    soft = starting(
        desk, "90.9", "0", ALLOC_PCT=100, runtime={"initial_cost_basis": 101.0}, BE_GUARD_BLOCK_MARKET_SELLS=False
    )
    assert [order.reason for order in soft.decide()] == [Reason.REBALANCE]


def test_no_market_sale_rebalances_where_closing_by_market_is_off(desk: Any) -> None:
    opened = starting(desk, "90.9", "0", ALLOC_PCT=100, NO_CLOSE_MARKET=True)
    opened.decide()
    assert opened["cycle"]["status"] == Status.BLOCKED_SPLIT
    assert opened["cycle"]["exit_refusal"] == Reason.NO_CLOSE_MARKET
    assert {order.side for order in opened.placed} == {Side.SELL}


def test_own_asks_are_gone_before_a_rebalance_sells(desk: Any) -> None:
    opened = starting(desk, "60", "30000")
    opened.decide()
    assert opened["cycle"]["split"] == Split.REBALANCING
    fill_slice(opened, EXIT_SLOT)
    opened["orders"][10]["state"], opened["orders"][10]["side"] = 2, Side.SELL
    opened["orders"][10]["price"], opened["orders"][10]["lots"], opened["orders"][10]["leaves"] = (
        10010,
        500_000,
        500_000,
    )
    opened.log.clear()
    opened.decide()
    assert [(operation.name, slot) for operation, slot, _ in opened.log] == [("CANCEL", 10), ("PLACE", EXIT_SLOT)]


def test_a_mismatch_that_is_not_enforced_warns_and_quotes(desk: Any) -> None:
    opened = starting(desk, "0", "36360", ALLOC_ENFORCE_SPLIT=False, ALLOC_AUTO_REBALANCE=False)
    opened.decide()
    assert (opened["cycle"]["split"], opened["cycle"]["status"]) == (Split.WARNED, Status.QUOTING)
    assert len(opened.bids()) == 4


def test_a_blocked_start_opens_when_the_operator_brings_the_coins(desk: Any) -> None:
    opened = starting(desk, "0", "36360", ALLOC_AUTO_REBALANCE=False)
    opened.decide()
    assert (opened["cycle"]["status"], opened["cycle"]["bids_off"]) == (Status.BLOCKED_SPLIT, Reason.SPLIT_MISMATCH)
    opened.send(Flow(opened.now_ns, -4545 * 10**8, 454_500))
    opened.decide()
    assert opened["cycle"]["status"] == Status.QUOTING
    assert opened["ledger"]["held"] == 454_500
    assert opened["risk"]["equity"] == pytest.approx(9090)


def test_a_settled_start_is_not_checked_again_after_a_restart_but_after_the_gate_was_closed(desk: Any) -> None:
    opened = starting(desk, "45.45", "31815")
    opened.decide()
    opened["ledger"]["held"] = 0
    opened.decide()
    assert opened["cycle"]["split"] == Split.PASSED
    opened.params["strategy"]["ALLOC_CONFIRMED"] = 0
    opened.decide()
    opened.params["strategy"]["ALLOC_CONFIRMED"] = 1
    opened.decide()
    assert opened["cycle"]["split"] == Split.REBALANCING


def test_a_slice_that_finds_nobody_is_tried_again_in_the_next_cycle(desk: Any) -> None:
    opened = starting(desk, "0", "36360")
    (first,) = opened.decide()
    order = opened["orders"][REBALANCE_SLOT]
    opened.send(Acknowledgement(opened.now_ns, EventKind.CANCELLED, REBALANCE_SLOT, int(order["number"])))
    (second,) = opened.decide()
    assert (first.price, first.qty) == (second.price, second.qty)


def test_an_open_breaker_or_a_pause_stops_a_rebalance(desk: Any) -> None:
    opened = starting(desk, "0", "36360")
    opened["cycle"]["paused"] = 1
    assert opened.decide() == []
    assert opened["cycle"]["bids_off"] == Reason.PAUSED
