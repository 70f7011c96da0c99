from __future__ import annotations

from typing import Any

from glosten.params import PARAMETERS
from glosten.records import Breaker, Reason
from glosten.run import Outcome, Section, dashboard
from glosten.run._dashboard import CLEARS, REASON_WORDS, dashboard_lines

SECTIONS = [
    "Sides",
    "Capital",
    "Model",
    "Quotes",
    "Orders",
    "Inventory",
    "Risk",
    "Breakers",
    "Portfolio",
    "Statistics",
    "Configuration remarks",
    "Keys",
]


def shown(desk: Any) -> dict[str, Section]:
    desk.book()
    desk.decide()
    return {section.title: section for section in dashboard(desk.standing(), Outcome("0")).sections}


def facts(section: Section) -> dict[str, str]:
    return {fact.label: fact.value for fact in section.facts}


def test_every_section_is_there_and_every_key_with_its_value(golden_desk: Any) -> None:
    sections = shown(golden_desk())
    assert list(sections) == SECTIONS
    rows = {row[0]: row[1] for row in sections["Keys"].rows}
    assert list(rows) == [parameter.key for parameter in PARAMETERS]
    assert rows["GM_ALPHA"] == "0.15"
    assert rows["ALLOC_CONFIRMED"] == "true *"


def test_what_strict_literature_sets_is_marked_and_said_in_a_banner(golden_desk: Any) -> None:
    desk = golden_desk("STRICT_LITERATURE=true", "GM_ALPHA=0.2")
    rows = {row[0]: row[1] for row in shown(desk)["Keys"].rows}
    assert rows["BE_GUARD"] == "false !"
    assert rows["GM_ALPHA"] == "0.2 *"
    assert "STRICT_LITERATURE" in dashboard(desk.standing(), Outcome("0")).banner
    assert dashboard(golden_desk().standing(), Outcome("0")).banner == ""


def test_quotes_are_shown_step_by_step_with_what_moved_them(golden_desk: Any) -> None:
    rows = shown(golden_desk(cost="100.20"))["Quotes"].rows
    assert [row[0] for row in rows] == ["model", "base spread", "ask clamp", "cross protection", "at the venue"]
    assert rows[0][1:] == ("100.00", "-7.49", "100.146699", "+7.16", "")
    assert rows[1][5] == "bid, ask"
    assert rows[2][3] == "100.240088"
    assert rows[2][5] == "ask"
    assert rows[4][3] == "100.25"


def test_an_open_breaker_says_when_it_closes_and_that_exits_stay(golden_desk: Any) -> None:
    desk = golden_desk()
    desk.state[0]["risk"]["breakers"] = Breaker.MAX_DRAWDOWN
    sections = shown(desk)
    assert facts(sections["Breakers"])["max_dd"].startswith("OPEN: entries stopped, exits active; clears when")
    assert facts(sections["Sides"])["No bids"] == REASON_WORDS[Reason.BREAKER_MAX_DD]
    assert set(CLEARS) == set(Breaker)


def test_every_reason_that_can_empty_a_side_has_words() -> None:
    internal = {"none", "unknown", "merged_rung", "quote", "rebalance", "pnl_jump", "budget_block", "in_flight"}
    internal |= {"post_only_reject", "stale_age", "stale_drift", "qty_changed", "config_changed", "side_off"}
    internal |= {"no_close_market"} | {reason.name.lower() for reason in Reason if reason.name.startswith("EXIT_M")}
    internal |= {"exit_flatten", "exit_winddown", "exit_scratch"}
    assert {reason.name.lower() for reason in Reason} - {one.name.lower() for one in REASON_WORDS} == internal


def test_statistics_say_what_the_host_knows_with_its_error(golden_desk: Any) -> None:
    desk = golden_desk()
    desk.book()
    desk.decide()
    outcome = Outcome(
        "0", value=9_100.0, hold_value=9_090.0, fills=3, markout_bps=1.5, markout_se_bps=0.5, markout_orders=2
    )
    sections = {section.title: section for section in dashboard(desk.standing(), outcome).sections}
    said = facts(sections["Statistics"])
    assert said["Against holding"] == "+10"
    assert said["Markout 10 s"] == "+1.50 ± 0.50 bps, n = 2 orders"


def test_a_maker_that_has_seen_nothing_has_a_dashboard(golden_desk: Any) -> None:
    desk = golden_desk()
    desk.state[0]["belief"]["anchor"] = 0.0
    lines = dashboard_lines(dashboard(desk.standing(), Outcome("0")))
    assert lines[0].startswith("==== BTC/USDT · WAITING")
    assert "   No order rests." in lines
