"""The range of the last ten candles, the seed of the anchor, the customers' window and the age of the data."""

from __future__ import annotations

from typing import Any

import pytest

from glosten.maker._candles import drift_threshold
from glosten.maker._customers import skew
from glosten.records import Candle, Fill, Gap, Reason, Side, Status, Trade

MINUTE_NS = 60_000_000_000


def aligned(desk: Any) -> Any:
    desk.now_ns = (desk.now_ns // MINUTE_NS + 1) * MINUTE_NS
    desk["belief"]["anchor_ns"] = desk.now_ns
    return desk


def test_the_threshold_is_a_share_of_the_range_within_bounds(strategy_vectors: Any) -> None:
    drift = strategy_vectors["drift"]
    assert drift_threshold(0.05, 100.0, 8.0) == drift["thr_1pct"]
    assert drift_threshold(0.05, 20.0, 8.0) == drift["thr_20bps"]
    assert drift_threshold(0.5, 500.0, 8.0) == drift["thr_50pct"]
    assert drift_threshold(0.0, 500.0, 8.0) == drift_threshold(0.5, -1.0, 8.0) == 8.0


def test_the_range_is_of_ten_candles_that_closed(golden: Any) -> None:
    desk = aligned(golden(DRIFT_ATR_FRAC=0.05))
    desk.trade(Side.BUY, 0)
    for minute in range(12):
        for price in (9950 + minute, 10050):
            desk.send(Trade(desk.now_ns, price, 1, Side.UNKNOWN, 0))
        desk.now_ns += MINUTE_NS
        desk.book("99.99", "100.01")
        desk.decide(0.0)
        known = desk["cycle"]["range_bps"] >= 0
        assert known == (minute >= 10)  # the first candle was not seen from its beginning
    assert desk["cycle"]["range_bps"] == pytest.approx((10050 - 9952) * 0.01 / 100 * 1e4)
    assert desk["cycle"]["drift_threshold_bps"] == pytest.approx(0.05 * 98)


def test_a_candle_without_trades_repeats_the_last_price(golden: Any) -> None:
    desk = aligned(golden())
    desk.send(Candle(desk.now_ns, 10100, 9900, 10000))
    desk.now_ns += 9 * MINUTE_NS
    desk.decide(0.0)
    assert desk["cycle"]["range_bps"] == pytest.approx(200)
    desk.now_ns += MINUTE_NS
    desk.decide(0.0)
    assert desk["cycle"]["range_bps"] == 0.0


def test_another_candle_length_starts_the_range_anew(golden: Any) -> None:
    desk = aligned(golden())
    for minute in range(10):
        desk.send(Candle(desk.now_ns + minute * MINUTE_NS, 10100, 9900, 10000))
    desk.now_ns += 9 * MINUTE_NS
    desk.decide(0.0)
    assert desk["cycle"]["range_bps"] == pytest.approx(200)
    desk.params["strategy"]["GM_PERIOD"] = 5
    desk.decide(0.0)
    assert desk["cycle"]["range_bps"] == -1.0


def test_closes_from_before_the_start_seed_the_anchor_by_half_life(desk: Any, strategy_vectors: Any) -> None:
    opened = desk()
    opened.send(Candle(opened.now_ns, 10000, 10000, 10000))
    opened.send(Candle(opened.now_ns + MINUTE_NS, 10100, 10100, 10100))
    assert opened["belief"]["anchor"] == pytest.approx(strategy_vectors["anchor_step"])
    opened.send(Candle(opened.now_ns, 9000, 9000, 9000))  # out of order: says nothing
    assert opened["belief"]["seeds"] == 2
    opened.now_ns += MINUTE_NS
    opened.book("100.09", "100.11")
    opened.decide(0.0)
    assert opened["belief"]["anchor_before"] == pytest.approx(strategy_vectors["anchor_step"])
    opened.send(Candle(opened.now_ns + MINUTE_NS, 9000, 9000, 9000))  # too late: the anchor follows the mid by now
    assert opened["belief"]["seeds"] == 2
    assert desk()["belief"]["anchor"] == 0.0


def test_the_skew_of_customers_is_the_relative_difference_of_notionals(strategy_vectors: Any) -> None:
    assert skew(900, 300) == strategy_vectors["skewind"]["v"]
    assert skew(0, 0) == 0.0


def test_the_window_counts_customers_and_forgets_them(golden: Any, strategy_vectors: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    assert desk["customers"]["is_known"] == 0
    desk.fill(Side.SELL, "100.00", "9")
    desk.decide(0.0)
    assert (desk["customers"]["skew"], desk["customers"]["shown"]) == (1.0, strategy_vectors["skewind"]["all"])
    desk.now_ns += 60_000_000_000
    desk.fill(Side.BUY, "100.00", "3")
    desk.decide(0.0)
    assert desk["customers"]["skew"] == pytest.approx(strategy_vectors["skewind"]["v"])
    desk.decide(545.0)
    assert desk["customers"]["skew"] == -1.0
    desk.decide(60.0)
    assert desk["customers"]["is_known"] == desk["customers"]["buys"] == desk["customers"]["sells"] == 0


def test_what_we_took_ourselves_is_no_customer(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    order = desk["orders"][10]
    desk.send(Fill(desk.now_ns, 10, int(order["number"]), Side.SELL, 10016, 10_000, 0, is_maker=False))
    desk.decide()
    assert desk["customers"]["is_known"] == desk["belief"]["observations"] == 0


def test_data_that_is_too_old_pulls_every_order_at_once(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    desk.decide(30.0, beat=False)
    assert desk.cancels() == []
    desk.decide(0.5, beat=False)
    assert {reason for _, reason in desk.cancels()} == {Reason.DATA_STALE}
    assert (desk["cycle"]["status"], len(desk.cancels())) == (Status.DATA_STALE, 8)
    assert len(desk.decide()) == 8


def test_a_marked_gap_ages_from_its_mark(golden: Any) -> None:
    desk = golden()
    desk.decide(0.0)
    began = desk.now_ns
    desk.send(Gap(began))
    desk.now_ns += 31_000_000_000
    desk.send(Gap(began))
    desk.decide(0.0, beat=False)
    assert desk["view"]["age_ns"] == 31_000_000_000
    assert desk["view"]["gap"] == 1
    assert desk["cycle"]["status"] == Status.DATA_STALE
    desk.book("99.99", "100.01")
    assert desk["view"]["gap"] == 0
