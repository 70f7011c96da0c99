from __future__ import annotations

from typing import Any

import pytest

from glosten.run import OperatorLog, decision_lines, normal_line, refusal_line
from glosten.run._log_lines import record_line, trace_block

GOLDEN = (
    "GM BTC/USDT #123 QUOTING mid=100.00 pi=0.575 E=100.075 bid=99.99 ask=100.16 x=50.0% R=1.00 inv=4545 A=9090 "
    "pnl=+4.55 day=0 dd=0.0% open=4/4"
)


def decided(desk: Any) -> Any:
    desk.book()
    desk.decide()
    return desk


def test_the_line_of_the_golden_cycle(golden_desk: Any) -> None:
    assert normal_line(decided(golden_desk()).standing()) == GOLDEN


def test_while_the_gate_is_closed_one_line_refuses_in_place_of_the_normal_one(golden_desk: Any) -> None:
    closed = decided(golden_desk("ALLOC_CONFIRMED=false")).standing()
    said = "GM BTC/USDT #123 ALLOCATION NOT CONFIGURED - refusing to trade: ALLOC_CONFIRMED is false."
    assert decision_lines(closed) == (said,) == (refusal_line(closed),)


@pytest.mark.parametrize(("level", "fewest", "most"), [("SILENT", 0, 0), ("NORMAL", 10, 10), ("DEBUG", 50, 1000)])
def test_ten_quiet_decisions_say_as_much_as_the_level_asks_for(
    golden_desk: Any, level: str, fewest: int, most: int
) -> None:
    desk = golden_desk(f"LOG_LEVEL={level}")
    lines: list[str] = []
    for _ in range(10):
        desk.book()
        desk.decide(15.0)
        lines += decision_lines(desk.standing())
    assert fewest <= len(lines) <= most


def test_debug_says_the_model_and_every_withheld_rung(golden_desk: Any) -> None:
    desk = golden_desk("LOG_LEVEL=DEBUG", "GM_DISABLE_ASK_CLAMP=true", cost="101")
    text = "\n".join(decision_lines(decided(desk).standing()))
    assert "model: anchor=100.00" in text
    assert "ask#0 withheld at 100.16: be_block" in text
    assert "no asks: be_block" in text


def test_silent_says_breakers_gates_and_errors_and_nothing_else() -> None:
    def record(kind: str) -> dict[str, Any]:
        return {"type": kind, "pair": "A/B", "cycle": 7, "name": "max_dd", "action": "trip"}

    said = {
        kind for kind in ("error", "breaker", "gate", "order", "fill", "guard") if record_line(record(kind), "SILENT")
    }
    assert said == {"error", "breaker", "gate"}
    assert record_line(record("breaker"), "SILENT") == "GM A/B #7 breaker name=max_dd action=trip"
    assert record_line(record("order"), "NORMAL")
    assert not record_line(record("guard"), "NORMAL")
    assert record_line(record("guard"), "DEBUG")


def test_trace_all_puts_a_marked_block_on_the_console(golden_desk: Any) -> None:
    desk = golden_desk("TRACE_ALL=true", "LOG_LEVEL=SILENT")
    said: list[str] = []
    console: list[str] = []
    log = OperatorLog(desk.settings, desk.instrument, said.append, console.append)
    decided(desk)
    log.decided(desk.state, desk.now_ns)
    assert console == list(trace_block(desk.standing()))
    assert all(line.startswith("[TRACE] ") for line in console)
    assert GOLDEN in console[0]


@pytest.mark.parametrize(("verbose", "dashboards"), [("true", 3), ("false", 1)])
def test_the_dashboard_comes_once_or_every_interval(golden_desk: Any, verbose: str, dashboards: int) -> None:
    desk = golden_desk(f"VERBOSE_LOGS={verbose}", "VERBOSE_INTERVAL_MIN=30", "LOG_LEVEL=SILENT")
    said: list[str] = []
    log = OperatorLog(desk.settings, desk.instrument, said.append)
    for _ in range(65):
        desk.book()
        desk.decide(60.0)
        log.decided(desk.state, desk.now_ns)
    assert sum(line.startswith("==== BTC/USDT") for line in said) == dashboards
