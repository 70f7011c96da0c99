from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from glosten.records import Breaker
from glosten.run import chart_lines, sidebar

RESERVED = {"Break even", "Unit cost", "Entry Price", "Sell target", "Buy at", "Sell at"}
LABELS = [
    "Status",
    "Belief pi",
    "E[V]",
    "Anchor",
    "GM half-spread",
    "Quote bid / ask",
    "Inventory x / target",
    "Skew R",
    "Break-even",
    "Unrealised",
    "Realised day / total",
    "Drawdown / limit",
    "Breaker",
    "Exposure cap used",
    "Portfolio r",
    "Customer skew",
    "Last fill age",
    "Warm-up left",
]


@pytest.fixture
def decided(golden_desk: Any) -> Any:
    def decide(*overrides: str, cost: str = "99.90") -> Any:
        desk = golden_desk(*overrides, cost=cost)
        desk.book()
        desk.decide()
        return desk

    return decide


def values(desk: Any) -> dict[str, str]:
    return {item.label: item.value for item in sidebar(desk.standing())}


def test_the_sidebar_has_the_items_of_the_page_in_its_order_with_the_host_bots_fields(decided: Any) -> None:
    items = sidebar(decided().standing())
    assert [item.label for item in items] == LABELS
    assert all(set(asdict(item)) == {"label", "value", "tooltip", "valueColor"} for item in items)
    assert all(item.value and item.tooltip for item in items)


def test_the_sidebar_says_the_golden_cycle(decided: Any) -> None:
    said = values(decided())
    assert said["Status"] == "QUOTING"
    assert said["Belief pi"] == "0.575"
    assert said["E[V]"] == "100.075"
    assert said["Quote bid / ask"] == "99.99 / 100.16"
    assert said["Inventory x / target"] == "50.0 % / 50 %"
    assert said["Break-even"] == "99.919984"
    assert said["Exposure cap used"] == "83 %"
    assert said["Breaker"] == "none"


def test_prices_have_as_many_decimals_as_gm_sp_says_and_the_orders_keep_theirs(decided: Any) -> None:
    desk = decided("GM_SP=2")
    assert values(desk)["E[V]"] == "100.08"
    assert [order.price for order in desk.standing().orders()][:2] == [99.99, 99.96]


def test_colours_follow_the_belief_and_open_breakers_are_red(decided: Any) -> None:
    desk = decided()
    colors = {item.label: item.valueColor for item in sidebar(desk.standing())}
    assert colors["Belief pi"] == colors["Breaker"] != ""
    desk.state[0]["risk"]["breakers"] = Breaker.MAX_DRAWDOWN | Breaker.CONSECUTIVE_LOSSES
    desk.state[0]["belief"]["prior"] = 0.40
    after = {item.label: item for item in sidebar(desk.standing())}
    assert after["Breaker"].value == "max_dd, consec"
    assert after["Breaker"].valueColor == after["Belief pi"].valueColor != colors["Breaker"]


def test_chart_lines_are_every_rung_and_the_models_levels(decided: Any) -> None:
    lines = chart_lines(decided("SCRATCH_LIVENESS_MIN=30").standing())
    texts = [line.text for line in lines]
    assert texts == [
        *(f"GM bid {rung}" for rung in range(1, 5)),
        *(f"GM ask {rung}" for rung in range(1, 5)),
        "E[V]",
        "GM anchor",
        "V_H",
        "V_L",
        "GM break-even",
        "GM scratch",
    ]
    assert len(set(texts)) == len(texts)
    assert not RESERVED & set(texts)
    by_text = {line.text: line for line in lines}
    assert by_text["GM ask 1"].price == 100.16
    assert by_text["GM ask 1"].quantity == "2.2464"
    assert by_text["V_H"].price == pytest.approx(100.5)
    assert by_text["GM scratch"].price == pytest.approx(100.0 * 1.0001)


def test_levels_that_are_not_known_yet_draw_no_line(golden_desk: Any) -> None:
    desk = golden_desk()
    desk.state[0]["belief"]["anchor"] = 0.0
    assert chart_lines(desk.standing()) == ()
    assert len(sidebar(desk.standing())) == len(LABELS)


def test_the_skew_of_customers_moves_no_order(decided: Any) -> None:
    few, many = decided("GM_MAX_SKEW=0.2", "GM_ASYM_WIN=60000"), decided("GM_MAX_SKEW=1", "GM_ASYM_WIN=1800000")
    assert few.standing().orders() == many.standing().orders()
