"""What the meters say: figures in quote units, sentences, and meters that stay as they were."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from glosten.alpha import (
    fresh_meters,
    meter_decision,
    meter_fill,
    meter_orders,
    meter_quote,
    metered,
    read_meters,
    reading_sentences,
)
from glosten.errors import DomainError

SECOND = 1_000_000_000


@pytest.fixture
def meters(market: Any) -> np.ndarray:
    """Return meters that saw one purchase at 99, two decisions, and a mid that rose from 100 to 102."""
    fill = metered(market(0).fills[:1])
    fill["ts_ns"], fill["side"], fill["price"], fill["lots"], fill["fee"] = SECOND, 1, 99, 5, 3
    fill["bid"], fill["ask"], fill["is_maker"] = 99, 101, 1
    rows = fresh_meters(0.01, 7)
    meter_quote(rows, 0, 99, 101)
    meter_fill(rows, fill[0])
    meter_decision(rows, 2 * SECOND, 0.4, 1.0)
    meter_quote(rows, 3 * SECOND, 101, 103)
    meter_decision(rows, 4 * SECOND, 0.6, 1.1)
    meter_quote(rows, 90 * SECOND, 101, 103)
    meter_orders(rows, 4, 2, 0)
    return rows


def test_figures_are_those_that_a_hand_reckons(meters: np.ndarray) -> None:
    found = read_meters(meters)
    assert (found.spread, found.adverse, found.inventory, found.fees) == (2 * 5 * 7, 4 * 5 * 7, 0, -6)
    assert found.total == found.spread + found.adverse + found.inventory + found.fees
    assert (found.fill_ratio, found.maker_ratio, found.cancel_to_fill) == (0.25, 1.0, 2.0)
    one, ten, _ = found.markouts
    assert (one.mean_bps, ten.mean_bps) == pytest.approx((100.0, 300.0))
    amounts = found.amounts(1e-8)
    assert amounts["total"] == pytest.approx(0.5e-8 * found.total)
    assert amounts["traded"] == pytest.approx(1e-8 * 99 * 5 * 7)


def test_reading_leaves_the_meters_alone_and_only_meters_are_read(meters: np.ndarray) -> None:
    before = meters.tobytes()
    first = read_meters(meters)
    assert read_meters(meters).spread == first.spread
    assert meters.tobytes() == before
    with pytest.raises(DomainError, match="no meters"):
        read_meters(np.zeros(1, [("x", "f8")]))
    with pytest.raises(DomainError, match="half-life"):
        fresh_meters(0.01, 1, 0.0)


def test_sentences_name_the_figures_and_nothing_is_said_of_nothing(meters: np.ndarray) -> None:
    said = " ".join(reading_sentences(read_meters(meters), 1e-8, "USDT"))
    for part in ("Earned", "spread", "adverse", "Markouts", "25.0% of the orders traded", "USDT"):
        assert part in said
    assert len(reading_sentences(read_meters(fresh_meters(0.01, 1)), 1e-8, "USDT")) == 1
