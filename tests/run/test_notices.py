from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from glosten.records import Instrument, Status
from glosten.run import Notices

PAIR = Instrument("BTC/USDT", Decimal("0.01"), Decimal("0.0001"))
SECOND = 1_000_000_000


def said(*records: dict[str, Any]) -> list[Any]:
    notices = Notices(PAIR)
    for number, record in enumerate(records):
        notices.record(record, number)
    return notices.sent


def test_a_breaker_says_that_entries_stopped_and_exits_stay(golden_desk: Any) -> None:
    trip = {"type": "breaker", "name": "max_dd", "action": "trip", "value": 5.0, "limit": 5.0}
    opened, closed = said(trip, trip | {"action": "reset"})
    assert opened.text == "BTC/USDT: breaker max_dd tripped (5, limit 5): entries stopped, exits active."
    assert (opened.variant, opened.persist) == ("error", True)
    assert closed.variant == "success"


@pytest.mark.parametrize(
    "gate", ["CONFIGURED", "NOT_CONFIGURED", "SPLIT_BLOCKED", "SPLIT_REBALANCING", "SPLIT_REBALANCED"]
)
def test_gates_and_the_rebalance_are_said(gate: str) -> None:
    assert len(said({"type": "gate", "gate": gate})) == 1


def test_fills_and_single_orders_are_never_said_but_refusals_in_a_row_are() -> None:
    reject = {"type": "order", "op": "reject", "err_code": "would_cross"}
    ack = {"type": "order", "op": "ack"}
    assert said({"type": "fill"}, ack, reject, reject, ack, reject) == []
    (one,) = said(reject, reject, reject, reject)
    assert one.text == "BTC/USDT: 3 orders in a row were refused (would_cross)."


def test_stale_data_is_said_once_after_a_minute(golden_desk: Any) -> None:
    desk, notices = golden_desk(), Notices(PAIR)
    desk.state[0]["cycle"]["status"] = Status.DATA_STALE
    for second in range(0, 200, 15):
        notices.decided(desk.state, second * SECOND)
    (one,) = notices.sent
    assert one.ts_ns == 75 * SECOND
    assert one.persist


def test_the_day_ends_with_a_report(golden_desk: Any) -> None:
    desk, notices = golden_desk(), Notices(PAIR)
    day = 86_400 * SECOND
    notices.decided(desk.state, day - SECOND)
    desk.state[0]["ledger"]["realised"] = 12_50000000
    desk.state[0]["risk"]["equity"] = 9_100.0
    notices.decided(desk.state, day)
    (one,) = notices.sent
    assert one.text == "BTC/USDT: the UTC day has ended: realised +12.5, in all +10, drawdown 0.00 %."
