"""What the maker does over time: warm-up, gate, observations, requotes, breakers, exits."""

from __future__ import annotations

from typing import Any

import pytest

from glosten.records import Acknowledgement, Breaker, Clock, EventKind, OrderState, Reason, Side, Status

DAY_S = 86_400


def test_nothing_is_placed_before_the_warm_up_is_over(desk: Any) -> None:
    for cycles in (5, 0):
        opened = desk(WARMUP_CYCLES=cycles)
        opened.book("99.99", "100.01")
        for number in range(1, 8):
            placed = opened.decide()
            assert bool(placed) == (number == cycles + 1) or number > cycles + 1
            assert (opened["cycle"]["status"] == Status.WARMUP) == (number <= cycles)


def test_an_unconfirmed_gate_places_nothing_at_all(desk: Any) -> None:
    opened = desk(ALLOC_CONFIRMED=False)
    opened.book("99.99", "100.01")
    for _ in range(100):
        assert opened.decide() == []
    assert opened["cycle"]["status"] == Status.GATED
    assert opened["ledger"]["held"] == 0


def test_coins_above_the_allocation_stay_external(desk: Any) -> None:
    opened = desk(cash="0", coin="1000")
    opened.book("99.99", "100.01")
    opened.decide()
    assert opened["ledger"]["held"] == 909_000
    assert opened["ledger"]["coin"] == 10_000_000


def test_the_cost_of_adopted_coins_is_the_mid_or_the_given_basis(desk: Any) -> None:
    for runtime, cost in (({}, 100.0), ({"initial_cost_basis": 90.0}, 90.0)):
        opened = desk(runtime=runtime)
        opened.book("99.99", "100.01")
        opened.decide()
        assert opened["ledger"]["cost"] * 1e-8 == pytest.approx(45.45 * cost)


def test_fills_of_several_rungs_within_a_second_are_one_observation(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    for slot in (10, 11, 12):
        desk.fill(Side.SELL, "100.2", "1", slot=slot)
    assert desk["belief"]["observations"] == 1
    desk.now_ns += 1_100_000_000
    desk.fill(Side.SELL, "100.2", "1", slot=13)
    assert desk["belief"]["observations"] == 2
    desk.fill(Side.BUY, "99.99", "1", slot=0)
    assert desk["belief"]["observations"] == 3


def test_prints_of_one_market_order_are_one_observation_and_own_fills_then_none(desk: Any) -> None:
    opened = desk(runtime={"obs_source": "tape"})
    for aggressor in (7, 7, 7, 8):
        opened.trade(Side.BUY, aggressor)
    opened.trade(Side.UNKNOWN, 9)
    assert opened["belief"]["observations"] == 2
    opened.fill(Side.BUY, "99.99", "1")
    assert opened["belief"]["observations"] == 2


def test_an_order_is_cancelled_when_it_is_older_than_the_stale_cycles_and_replaced_at_once(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    for _ in range(5):
        desk.decide()
        assert desk.cancels() == []
    desk.decide()
    assert {reason for _, reason in desk.cancels()} == {Reason.STALE_AGE}
    assert len(desk.placed) == 8


@pytest.mark.parametrize(("cents", "moves"), [(9, True), (7, False)])
def test_an_order_is_requoted_when_its_price_drifts_beyond_the_threshold(golden: Any, cents: int, moves: bool) -> None:
    desk = golden(GM_BAYES_ENABLED=False, GM_LAYERS=1)
    desk.decide(0.0)
    mid = 10000 + cents
    desk.book(f"{(mid - 1) / 100:.2f}", f"{(mid + 1) / 100:.2f}")
    desk.decide()
    assert bool(desk.cancels()) == moves
    if moves:
        assert {reason for _, reason in desk.cancels()} == {Reason.STALE_DRIFT}
        assert {order.price for order in desk.placed} == {100.00, 100.18}


def test_a_partly_filled_order_is_replaced_when_its_rest_differs_too_much(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    desk.fill(Side.SELL, "100.16", "1.0", slot=10)
    desk["belief"]["queued"] = 0.575
    desk.decide()
    assert (10, Reason.QTY_CHANGED) in desk.cancels()


def test_funds_of_an_unacknowledged_cancel_are_not_used_again(golden: Any) -> None:
    desk = golden(GM_BAYES_ENABLED=False)
    desk.decide(0.0)
    desk.book("99.79", "99.81")
    desk.now_ns += 15_000_000_000

    actions = desk.send(Clock(desk.now_ns))
    assert {int(action["operation"]) for action in actions} == {2}
    after = desk.send(Acknowledgement(desk.now_ns, EventKind.CANCELLED, 0, int(actions[0]["order"])))
    assert [int(action["slot"]) for action in after] == [0]
    assert desk["orders"][1]["state"] == OrderState.CANCELLING


def test_a_rejected_order_is_not_sent_again_in_its_cycle(golden: Any) -> None:
    desk = golden()

    actions = desk.send(Clock(desk.now_ns))
    assert len(actions) == 8
    desk.send(Acknowledgement(desk.now_ns, EventKind.REJECTED, 0, int(actions[0]["order"]), Reason.POST_ONLY_REJECT))
    assert desk["orders"][0]["state"] == OrderState.NONE
    assert desk["count"]["rejected"] == 1
    assert desk.send(Acknowledgement(desk.now_ns, EventKind.CANCELLED, 10, int(actions[4]["order"]))) == []
    assert desk["targets"][0]["reason"] == Reason.POST_ONLY_REJECT


def test_without_a_usable_book_orders_rest_for_one_cycle_and_are_pulled_in_the_second(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    desk.book("100.05", "99.95")
    desk.decide()
    assert desk.cancels() == []
    desk.decide()
    assert len(desk.cancels()) == 8
    assert desk["cycle"]["status"] == Status.DATA_STALE
    desk.book("100.00", "100.00")
    assert len(desk.decide()) == 8


def test_a_drawdown_at_the_limit_latches_and_pulls_every_order(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    desk["risk"]["peak"] = desk["risk"]["equity"] / 0.95
    desk.decide()
    assert desk["risk"]["breakers"] == Breaker.MAX_DRAWDOWN
    assert desk["cycle"]["status"] == Status.HALTED
    assert {reason for _, reason in desk.cancels()} <= {Reason.SIDE_OFF, Reason.EXIT_PENDING}
    assert len(desk.cancels()) == 8
    desk["risk"]["peak"] = desk["risk"]["equity"]
    desk.decide()
    assert desk["risk"]["breakers"] == Breaker.MAX_DRAWDOWN
    assert desk["risk"]["trips"] == 1


def test_a_daily_loss_halts_until_the_next_utc_day(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    desk["risk"]["daily_realised"] = -int(227.25 * 1e8)
    desk.decide()
    assert desk["risk"]["breakers"] == Breaker.DAILY_LOSS
    assert desk["cycle"]["bids_off"] == Reason.BREAKER_DAILY
    desk.decide(DAY_S)
    assert desk["risk"]["breakers"] == 0
    assert desk["cycle"]["status"] == Status.QUOTING


def test_three_losing_sells_halt_until_the_streak_has_idled_away(golden: Any) -> None:
    desk = golden(BE_GUARD=False, DISABLE_BREAKER_WINDDOWN=True, CONSEC_RESET_CYCLES=60)
    for _ in range(3):
        desk.fill(Side.SELL, "99.00", "0.1")
    desk.decide(0.0)
    assert desk["risk"]["breakers"] == Breaker.CONSECUTIVE_LOSSES
    for _ in range(59):
        desk.decide()
    assert desk["risk"]["breakers"] == Breaker.CONSECUTIVE_LOSSES
    desk.decide()
    assert desk["risk"]["breakers"] == 0


def test_partial_fills_of_one_sell_are_one_outcome(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    for _ in range(2):
        desk.fill(Side.SELL, "100.16", "1.0", slot=10)
    assert desk["risk"]["wins"] == 0
    desk.fill(Side.SELL, "100.16", "0.2464", slot=10)
    assert desk["risk"]["wins"] == 1


def test_a_profit_no_trade_explains_is_kept_out_of_the_counters_but_in_the_ledger(desk: Any) -> None:
    opened = desk()
    opened.own("100", "1")
    opened["capital"]["allocation"] = 9090.0
    opened.fill(Side.SELL, "100", "50.5")
    assert (opened["risk"]["jumps"], opened["risk"]["wins"], opened["risk"]["daily_realised"]) == (1, 0, 0)
    assert opened["ledger"]["realised"] * 1e-8 == pytest.approx(4998.49, abs=0.01)


def halted(golden: Any, cost: str, bid: str, **keys: Any) -> Any:
    desk = golden(cost, **keys)
    desk.decide(0.0)
    desk["risk"]["breakers"] = Breaker.CONSECUTIVE_LOSSES
    desk["risk"]["consecutive_losses"] = 3
    cents = round(float(bid) * 100)
    desk.book(bid, f"{(cents + 2) / 100:.2f}")
    return desk


@pytest.mark.parametrize(("bid", "sells"), [("100.14", True), ("100.13", False)])
def test_a_breaker_sells_the_inventory_only_above_the_taker_break_even(golden: Any, bid: str, sells: bool) -> None:
    desk = halted(golden, "100.02", bid)
    placed = desk.decide()
    assert bool(placed) == sells
    if sells:
        (order,) = placed
        assert (order.side, order.immediate, order.post_only) == (Side.SELL, True, False)
        assert order.qty == pytest.approx(45.45)
        assert order.price == pytest.approx(100.14)
        assert order.reason == Reason.EXIT_WINDDOWN


def test_a_halt_without_wind_down_holds(golden: Any) -> None:
    assert halted(golden, "100.02", "100.14", DISABLE_BREAKER_WINDDOWN=True).decide() == []


def test_an_exit_that_may_not_take_waits_as_a_post_only_ask(golden: Any) -> None:
    (order,) = halted(golden, "100.02", "100.14", NO_CLOSE_MARKET=True).decide()
    assert (order.immediate, order.post_only, order.price) == (False, True, pytest.approx(100.16))


@pytest.mark.parametrize(("keys", "sells"), [({}, False), ({"BE_GUARD_BLOCK_MARKET_SELLS": False}, True)])
def test_a_drawdown_close_below_cost_passes_only_a_soft_guard(golden: Any, keys: Any, sells: bool) -> None:
    desk = golden("100.02", **keys)
    desk.decide(0.0)
    desk.book("87.99", "88.01")
    placed = desk.decide()
    assert desk["risk"]["breakers"] & Breaker.MAX_DRAWDOWN
    assert bool(placed) == sells
    if sells:
        assert placed[0].reason == Reason.EXIT_MAX_DD
        assert placed[0].price == pytest.approx(87.12)  # at most 1 % through the touch, rounded up


@pytest.mark.parametrize(("bid", "sells"), [("100.14", True), ("100.13", False)])
def test_idle_inventory_is_scratched_above_break_even(golden: Any, bid: str, sells: bool) -> None:
    desk = golden("100.02", SCRATCH_LIVENESS_MIN=30)
    desk.decide(0.0)
    cents = round(float(bid) * 100)
    desk.book(bid, f"{(cents + 2) / 100:.2f}")
    desk.decide(29 * 60)
    assert all(order.reason != Reason.EXIT_SCRATCH for order in desk.placed)
    desk.decide(60)
    assert any(order.reason == Reason.EXIT_SCRATCH for order in desk.placed) == sells


def test_a_fill_decides_again_only_where_that_is_asked_for(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    assert desk.fill(Side.SELL, "100.16", "2.2464", slot=10) == []


def test_two_events_in_a_row_leave_the_same_bytes_as_a_copy_stepped_alone(golden: Any) -> None:
    first, second = golden(), golden()
    for desk in (first, second):
        desk.decide(0.0)
        desk.fill(Side.BUY, "99.99", "1.0", slot=0)
        desk.decide()
    assert first.state.tobytes() == second.state.tobytes()
