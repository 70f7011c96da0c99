"""Commands, resets, new parameters, restarts: everything an operator does to a running maker."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from glosten import maker, params
from glosten.records import (
    Breaker,
    Clock,
    Command,
    Configured,
    Instruction,
    OrderState,
    Reason,
    Side,
    Start,
    Status,
)


def tell(desk: Any, command: Command) -> None:
    desk.send(Instruction(desk.now_ns, command))


def configure(desk: Any, revision: int, **keys: Any) -> None:
    strategy = params.Strategy(**{"ALLOC_CONFIRMED": True, **keys})
    desk.params = params.pack(strategy, params.Runtime(), desk.instrument, revision)
    desk.send(Configured(desk.now_ns))


def test_a_pause_takes_the_bids_off_and_a_resume_brings_them_back(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    tell(desk, Command.PAUSE)
    desk.decide()
    assert {slot for slot, _ in desk.cancels()} == {0, 1, 2, 3}
    assert (desk["cycle"]["status"], desk["cycle"]["bids_off"]) == (Status.PAUSED, Reason.PAUSED)
    tell(desk, Command.RESUME)
    assert len([order for order in desk.decide() if order.side == Side.BUY]) == 4


def test_a_stop_pulls_everything_and_lets_no_exit_but_a_flatten_pass(golden: Any) -> None:
    desk = golden("99.00", SCRATCH_LIVENESS_MIN=1)
    desk.decide(0.0)
    tell(desk, Command.STOP)
    assert desk.decide(120.0) == []
    assert len(desk.cancels()) == 8
    assert desk["cycle"]["status"] == Status.STOPPED
    tell(desk, Command.FLATTEN)
    (order,) = desk.decide()
    assert (order.reason, order.immediate, order.qty) == (Reason.EXIT_FLATTEN, True, pytest.approx(45.45))


@pytest.mark.parametrize(
    ("keys", "command", "sells"),
    [
        ({}, Command.FLATTEN, False),
        ({}, Command.FLATTEN_FORCE, True),
        ({"BE_GUARD_BLOCK_MARKET_SELLS": False}, Command.FLATTEN, True),
        ({"BE_GUARD": False}, Command.FLATTEN, True),
        ({"STRICT_LITERATURE": True}, Command.FLATTEN, True),
        ({"NO_CLOSE_MARKET": True}, Command.FLATTEN_FORCE, True),
    ],
)
def test_a_flatten_below_break_even_passes_a_soft_guard_no_guard_or_force(
    golden: Any, keys: Any, command: Command, sells: bool
) -> None:
    desk = golden("100.20", **keys)
    desk.decide(0.0)
    tell(desk, command)
    exits = [order for order in desk.decide() if order.reason == Reason.EXIT_FLATTEN]
    assert [(order.price, order.immediate) for order in exits] == ([(pytest.approx(99.0), True)] if sells else [])
    assert desk["cycle"]["exit_refusal"] == (Reason.NONE if sells else Reason.BE_BLOCK)
    assert desk["cycle"]["bids_off"] == Reason.EXIT_FLATTEN


def test_a_flatten_that_may_not_take_waits_at_the_ask_or_above_break_even(golden: Any) -> None:
    for cost, price in (("99.00", 100.01), ("100.20", 100.25)):
        desk = golden(cost, NO_CLOSE_MARKET=True)
        desk.decide(0.0)
        tell(desk, Command.FLATTEN)
        (order,) = desk.decide()
        assert (order.price, order.post_only, order.immediate) == (pytest.approx(price), True, False)


def test_a_flatten_sells_during_the_warm_up_and_by_force_even_on_old_data(desk: Any) -> None:
    opened = desk()
    opened.own("45.45", "99.00", cycle=0)
    opened.book("99.99", "100.01")
    tell(opened, Command.FLATTEN)
    assert [order.reason for order in opened.decide()] == [Reason.EXIT_FLATTEN]
    old = desk(WARMUP_CYCLES=0)
    old.own("45.45", "100.20")
    old.book("99.99", "100.01")
    tell(old, Command.FLATTEN)
    assert old.decide(60.0, beat=False) == []
    tell(old, Command.FLATTEN_FORCE)
    assert [order.reason for order in old.decide(beat=False)] == [Reason.EXIT_FLATTEN]
    old.book("0", "100.01")
    assert old.decide(60.0, beat=False) == []


def test_a_command_lets_nothing_more_of_the_last_decision_out(golden: Any) -> None:
    desk = golden(GM_BAYES_ENABLED=False)
    desk.decide(0.0)
    desk.book("99.79", "99.81")
    desk.now_ns += 15_000_000_000
    desk.send(Clock(desk.now_ns))
    tell(desk, Command.STOP)
    assert not desk["targets"]["pending"].any()


def test_a_reset_of_the_breaker_fires_once_and_rebases_the_peak(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    desk["risk"]["peak"] = desk["risk"]["equity"] / 0.94
    desk.decide()
    assert desk["risk"]["breakers"] == Breaker.MAX_DRAWDOWN
    configure(desk, 1, RESET_BREAKER_ONCE=True)
    desk.decide()
    assert desk["cycle"]["status"] == Status.QUOTING
    assert desk["risk"]["peak"] == desk["risk"]["equity"]
    assert desk["risk"]["breaker_reset"] == 2
    desk["risk"]["peak"] = desk["risk"]["equity"] / 0.94
    configure(desk, 2, RESET_BREAKER_ONCE=True, GM_ALPHA=0.2)  # the write-back failed, another key changed
    desk.decide()
    assert desk["cycle"]["status"] == Status.HALTED
    configure(desk, 3)
    configure(desk, 4, RESET_BREAKER_ONCE=True)
    desk.decide()
    assert desk["cycle"]["status"] == Status.QUOTING
    assert desk["risk"]["resets"] == 2


def test_a_reset_of_the_daily_breaker_counts_losses_from_now(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    desk["risk"]["daily_realised"] = -int(230 * 1e8)
    desk.decide()
    assert desk["risk"]["breakers"] == Breaker.DAILY_LOSS
    tell(desk, Command.RESET_BREAKER)
    desk.decide()
    assert desk["risk"]["breakers"] == 0
    desk["risk"]["daily_realised"] -= int(228 * 1e8)
    desk.decide()
    assert desk["risk"]["breakers"] == Breaker.DAILY_LOSS


def test_a_reset_of_the_stats_clears_the_session_and_leaves_lifetime_and_latches(golden: Any) -> None:
    desk = golden()
    desk.fill(Side.SELL, "100.16", "1")
    desk.decide(0.0)
    desk["risk"]["wins"], desk["risk"]["breakers"] = 5, Breaker.CONSECUTIVE_LOSSES
    desk["risk"]["consecutive_losses"] = 3
    lifetime = int(desk["ledger"]["realised"])
    assert desk["risk"]["session_realised"] == lifetime > 0
    tell(desk, Command.RESET_STATS)
    desk.decide()
    risk = desk["risk"]
    assert (risk["wins"], risk["session_realised"], risk["daily_realised"]) == (0, 0, 0)
    assert desk["ledger"]["realised"] == lifetime
    assert (risk["breakers"], risk["consecutive_losses"]) == (Breaker.CONSECUTIVE_LOSSES, 3)


def test_new_parameters_requote_what_rests_and_hold_from_then_on(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    configure(desk, 1, GM_BASE_SPREAD=20)
    desk.decide()
    assert {reason for _, reason in desk.cancels()} == {Reason.CONFIG_CHANGED}
    assert len(desk.placed) == 8
    assert desk["cycle"]["revision"] == 1
    assert desk["quote"]["base_ask"] == pytest.approx(desk["belief"]["value"] * 1.002)


def test_a_process_that_starts_with_an_old_state_forgets_its_orders_and_warms_up_again(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    ledger = desk["ledger"].copy()
    desk.state = np.frombuffer(desk.state.tobytes(), maker.STATE).copy()
    desk.send(Start(desk.now_ns))
    assert {int(order["state"]) for order in desk["orders"]} == {OrderState.NONE}
    assert desk["ledger"].tobytes() == ledger.tobytes()
    desk.book("99.99", "100.01")
    for _ in range(5):
        assert desk.decide() == []
        assert desk["cycle"]["status"] == Status.WARMUP
    assert len(desk.decide()) == 8


def test_cycles_without_a_book_count_for_the_warm_up(desk: Any) -> None:
    opened = desk()
    for _ in range(5):
        opened.decide()
    opened.book("99.99", "100.01")
    assert len(opened.decide()) == 8
