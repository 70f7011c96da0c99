"""Deposits, withdrawals and coins that are not ours: they move capital and never profit (ruling R5)."""

from __future__ import annotations

from typing import Any

import pytest

from glosten.records import Command, Flow, Instruction, Reason, Side

UNIT = 10**8


def flow(desk: Any, cash: float = 0.0, coins: float = 0.0, *, external: bool = True) -> None:
    desk.send(Flow(desk.now_ns, round(cash * UNIT), round(coins * 10_000), external))


def figures(desk: Any) -> tuple[float, float, float, int]:
    risk, ledger = desk["risk"], desk["ledger"]
    return (
        float(ledger["base_capital"]) / UNIT,
        float(risk["equity"]),
        float(risk["peak"] - risk["equity"]),
        int(ledger["realised"]),
    )


@pytest.mark.parametrize("cash", [1000.0, -500.0])
def test_cash_that_comes_or_goes_moves_the_base_capital_and_no_profit(golden: Any, cash: float) -> None:
    desk = golden()
    desk.decide(0.0)
    base, equity, below_peak, realised = figures(desk)
    flow(desk, cash)
    desk.decide(0.0)
    # a withdrawal takes the base capital no lower than the allocation it leaves: 25 % of 35,860
    moved = cash if cash > 0 else float(desk["capital"]["allocation"]) - base
    assert moved == pytest.approx(1000.0 if cash > 0 else -125.0)
    assert figures(desk) == pytest.approx((base + moved, equity + moved, below_peak, realised))
    assert desk["risk"]["wins"] == desk["risk"]["losses"] == desk["risk"]["daily_realised"] == 0
    assert desk["ledger"]["flow_cash"] == round(cash * UNIT)


def test_a_deposited_coin_is_external_until_it_is_adopted(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    held, base = int(desk["ledger"]["held"]), int(desk["ledger"]["base_capital"])
    flow(desk, coins=10)
    desk.decide()
    assert (desk["ledger"]["held"], desk["ledger"]["base_capital"]) == (held, base)
    assert desk["ledger"]["coin"] == held + 100_000
    below_peak = figures(desk)[2]
    desk.send(Instruction(desk.now_ns, Command.ADOPT))
    desk.decide()
    assert desk["ledger"]["held"] == held + 100_000
    assert desk["ledger"]["base_capital"] == base + 1000 * UNIT
    assert figures(desk)[2] == pytest.approx(below_peak)


def test_a_withdrawal_takes_external_coins_first_and_then_managed_ones_at_their_cost(golden: Any) -> None:
    desk = golden("99.00")
    desk.decide(0.0)
    flow(desk, coins=10)
    desk.decide()
    base, equity, below_peak, realised = figures(desk)
    cost = desk["ledger"]["cost"] / desk["ledger"]["held"]
    flow(desk, coins=-10)
    assert desk["ledger"]["held"] == 454_500
    flow(desk, coins=-5.45)
    desk.decide()
    assert desk["ledger"]["held"] == 400_000
    assert desk["ledger"]["cost"] / desk["ledger"]["held"] == pytest.approx(cost, rel=1e-9)
    left = float(desk["capital"]["allocation"])
    assert left > base - 5.45 * 99
    assert figures(desk)[0] == pytest.approx(left)
    assert figures(desk)[1] == pytest.approx(equity + (left - base) + 5.45 * (99 - 100))
    assert figures(desk)[2:] == (pytest.approx(below_peak), realised)


def test_a_withdrawal_that_breaks_the_allocation_takes_the_bids_off(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    flow(desk, cash=-20_000)
    desk.decide()
    assert desk["capital"]["allocation"] < desk["capital"]["inventory"]
    assert desk["cycle"]["bids_off"] in (Reason.ALLOC_CAP, Reason.MAX_EXP)
    assert [order for order in desk.placed if order.side == Side.BUY] == []
    assert desk["risk"]["breakers"] == 0


def test_what_another_pair_of_the_same_cash_did_is_no_flow(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    base = int(desk["ledger"]["base_capital"])
    flow(desk, cash=-1000, external=False)
    desk.decide()
    assert desk["ledger"]["base_capital"] == base
    assert desk["ledger"]["flow_cash"] == 0
    assert desk["ledger"]["cash"] == 30_815 * UNIT


def test_before_the_first_start_a_deposit_is_just_a_larger_wallet(desk: Any) -> None:
    opened = desk(cash="3636", coin="0")
    flow(opened, cash=32_724)
    opened.book("99.99", "100.01")
    opened.decide()
    assert opened["ledger"]["base_capital"] == 9090 * UNIT
