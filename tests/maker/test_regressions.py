"""Defects that were found once: each test failed until its defect was mended."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from glosten import settings
from glosten._integer import multiply_divide
from glosten.market import Tape, tape_from_arrays
from glosten.records import (
    PRINTS,
    QUOTES,
    Acknowledgement,
    Clock,
    EventKind,
    Fill,
    Instrument,
    OrderState,
    Reason,
    Side,
)
from glosten.run import Run, _backtest, backtest, explain

SECOND = 1_000_000_000
START_NS = 1_700_000_000 * SECOND
DAY_NS = 86_400 * SECOND


def tape(quotes: list[tuple[int, int, int]], prints: list[tuple[int, int, int, int]]) -> Tape:
    """Return a tape of (second, bid, ask) and (second, price, lots, side)."""
    book, trades = np.zeros(len(quotes), QUOTES), np.zeros(len(prints), PRINTS)
    for index, (second, bid, ask) in enumerate(quotes):
        book[index] = (START_NS + second * SECOND, bid, 10**7, ask, 10**7)
    for index, (second, price, lots, side) in enumerate(prints):
        trades[index] = (START_NS + second * SECOND, price, lots, side, index)
    return tape_from_arrays(Instrument("BTC/USDT", Decimal("0.01"), Decimal("0.0001")), book, trades)


def played(events: Tape, *keys: str) -> Run:
    return backtest(settings.load(None, overrides=("ALLOC_CONFIRMED=true", *keys), environment={}), events)


QUIET = [(0, 9999, 10001), (600, 9999, 10001)]
SWEPT = [(1, 10000, 1, 0), (150, 10090, 10**6, 1), (190, 10090, 10**6, 1), (210, 10090, 10**6, 1)]
STEADY = [(0, 9999, 10001), *((100 + second, 9999, 10001) for second in range(200))]


def test_the_late_answer_to_a_cancel_does_not_make_the_maker_forget_the_next_order_of_that_slot(golden: Any) -> None:
    desk = golden(GM_BAYES_ENABLED=False, GM_LAYERS=1)
    desk.own("20", "99.90")
    desk.decide(0.0)
    desk.book("99.79", "99.81")
    desk.now_ns += 15 * SECOND
    desk.send(Clock(desk.now_ns))
    order = desk["orders"][0]
    assert order["state"] == OrderState.CANCELLING
    number = int(order["number"])
    desk.send(Fill(desk.now_ns, 0, number, Side.BUY, int(order["price"]), int(order["leaves"]), 0))
    desk.now_ns += 15 * SECOND
    desk.send(Clock(desk.now_ns))
    desk.send(Acknowledgement(desk.now_ns, EventKind.CANCELLED, 0, number))
    assert order["number"] != number
    assert order["state"] == OrderState.PLACING


def test_a_sweep_of_several_rungs_leaves_no_order_the_maker_does_not_know_when_fills_decide() -> None:
    play = _backtest.prepare(
        settings.load(
            None,
            overrides=(
                "ALLOC_CONFIRMED=true",
                "runtime.decide_on_fill=true",
                "GM_ALPHA=0.4",
                "GM_LAYER_SPAN_BPS=50",
            ),
            environment={},
        ),
        tape(STEADY, SWEPT),
    )
    while not play.cursor["is_done"]:
        play.advance(1)
        row = play.play[0]
        resting = {slot for slot, order in enumerate(row["venue"]["resting"]) if order["side"] != 0}
        known = {slot for slot, order in enumerate(row["state"]["orders"]) if order["state"] != OrderState.NONE}
        assert resting == known


def test_a_breaker_that_a_fill_trips_is_an_event_of_the_run() -> None:
    keys = ("BE_GUARD=false", "runtime.initial_cost_basis=110", "DISABLE_BREAKER_WINDDOWN=true")
    result = played(tape(STEADY, SWEPT), *keys, "runtime.decide_on_fill=true")
    assert result.figures["losses"] >= 3
    assert len(result.breakers) == 1


def test_coins_that_were_cheap_are_no_profit_of_trading() -> None:
    result = played(tape(QUIET, [(1, 10000, 1, 0)]), "runtime.initial_cost_basis=90")
    assert result.figures["fills"] == 0
    hold = result.figures["hold_value"] - result.figures["base_capital"]
    assert result.pnl.total - hold == pytest.approx(0.0, abs=1e-6)
    assert result.pnl.inventory == pytest.approx(0.0, abs=1e-6)


def test_a_run_behind_a_closed_gate_says_that_the_gate_was_closed() -> None:
    result = played(tape(QUIET, [(1, 10000, 1, 0)]), "ALLOC_CONFIRMED=false")
    assert result.figures["orders"] == 0
    assert "ALLOC_CONFIRMED" in " ".join(explain(result))


def test_a_halted_run_says_which_breaker_kept_it_from_quoting() -> None:
    crash = [(0, 9999, 10001), (200, 8999, 9001), (6000, 8999, 9001)]
    result = played(tape(crash, [(1, 10000, 1, 0)]))
    assert "drawdown breaker" in " ".join(explain(result))


def test_the_share_of_decisions_without_bids_is_of_the_decisions_that_were_kept(monkeypatch: Any) -> None:
    monkeypatch.setattr(_backtest, "MOST_CYCLES_KEPT", 100)
    result = played(tape([(0, 9999, 10001), (15000, 9999, 10001)], [(1, 10000, 1, 0)]), "GM_MAX_EXP=50")
    (sentence,) = (one for one in explain(result) if "GM_MAX_EXP" in one)
    without, among = (int(word.replace(",", "")) for word in sentence.split() if word[0].isdigit())
    assert without / among > 0.9


def test_a_decision_due_at_the_last_instant_of_the_tape_runs() -> None:
    assert played(tape([(0, 9999, 10001), (150, 9999, 10001)], [(1, 10000, 1, 0)])).figures["cycles"] == 10


def test_a_loss_after_midnight_counts_for_the_new_day(golden: Any) -> None:
    desk = golden(BE_GUARD=False)
    desk.now_ns = (desk.now_ns // DAY_NS + 1) * DAY_NS - 5 * SECOND
    desk.decide(0.0)
    desk.now_ns += 7 * SECOND
    desk.fill(Side.SELL, "85.00", "20")
    lost = int(desk["risk"]["daily_realised"])
    desk.decide(8.0)
    assert desk["risk"]["daily_realised"] == lost < 0


def test_a_halt_that_holds_is_not_sold_by_the_scratch_exit(golden: Any) -> None:
    desk = golden("100.02", DISABLE_BREAKER_WINDDOWN=True, SCRATCH_LIVENESS_MIN=1)
    desk.decide(0.0)
    desk["risk"]["breakers"], desk["risk"]["consecutive_losses"] = 4, 3
    desk.book("100.14", "100.16")
    assert desk.decide(120) == []


def test_a_drawdown_close_that_the_soft_guard_lets_pass_asks_the_touch_and_stays(golden: Any) -> None:
    desk = golden("100.02", BE_GUARD_BLOCK_MARKET_SELLS=False, NO_CLOSE_MARKET=True)
    desk.decide(0.0)
    desk.book("87.99", "88.01")
    (order,) = desk.decide()
    assert (order.reason, order.price, order.post_only) == (Reason.EXIT_MAX_DD, pytest.approx(88.01), True)
    cancels = len(desk.cancels())
    desk.decide()
    assert len(desk.cancels()) == cancels


def test_inventory_without_any_allocation_is_quoted_for_sale_at_full_size(desk: Any) -> None:
    opened = desk(ALLOC_PCT=5, ALLOC_RESERVE_PCT=5)
    opened.own("45.45", "90")
    opened.book("99.99", "100.01")
    opened.decide()
    assert opened["capital"]["allocation"] == 0.0
    assert opened["capital"]["ask_size"] == 900.0


def test_bids_on_a_venue_without_post_only_leave_cash_for_the_taker_fee(desk: Any) -> None:
    opened = desk(cash="500", runtime={"supports_post_only": False}, GM_DISABLE_CROSS_PROT=True, ALLOC_PCT=100)
    opened.own("3", "100")
    opened.book("99.99", "100.01")
    opened.decide()
    assert opened["capital"]["bid_limit"] * 1.001 <= opened["ledger"]["cash"]


def test_a_streak_that_tripped_in_cycle_100_is_forgotten_in_cycle_580(golden: Any) -> None:
    desk = golden("90", DISABLE_BREAKER_WINDDOWN=True, BE_GUARD=False)
    desk["cycle"]["number"] = 99
    for _ in range(3):
        desk.fill(Side.SELL, "89.00", "0.1")
    desk.decide(0.0)
    while desk["risk"]["breakers"]:
        desk.decide()
    assert desk["cycle"]["number"] == 580


def test_an_exit_that_withdrew_the_asks_is_the_reason_the_side_is_empty(golden: Any) -> None:
    desk = golden("100.02", SCRATCH_LIVENESS_MIN=1)
    desk.decide(0.0)
    desk.book("100.14", "100.16")
    desk.decide(120)
    assert desk["cycle"]["exit_reason"] == Reason.EXIT_SCRATCH
    assert desk["cycle"]["asks_off"] == Reason.EXIT_PENDING


def test_integers_below_two_to_the_62_multiply_and_divide_exactly() -> None:
    total, part, whole = 2**62 - 2, 2**61 - 3, 2**62 - 1
    assert multiply_divide(total, part, whole) == total * part // whole
