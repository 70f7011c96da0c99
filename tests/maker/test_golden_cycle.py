"""The full golden cycle of STRATEGY section 6 and its variants."""

from __future__ import annotations

from typing import Any

import pytest

from glosten.records import Reason


def prices_and_sizes(orders: list[Any]) -> list[tuple[float, float]]:
    return [(order.price, order.qty) for order in orders]


def test_the_golden_cycle_gives_the_golden_orders(golden: Any, strategy_vectors: Any) -> None:
    full = strategy_vectors["full"]
    desk = golden()
    desk.decide(0.0)
    assert [order.price for order in desk.asks()] == pytest.approx(full["asks"], abs=1e-9)
    assert [order.price for order in desk.bids()] == pytest.approx(full["bids"], abs=1e-9)
    assert [order.qty for order in desk.asks()] == pytest.approx(full["ask_qty"], abs=1e-9)
    assert [order.qty for order in desk.bids()] == pytest.approx(full["bid_qty"], abs=1e-9)
    assert all(order.post_only and not order.immediate for order in desk.placed)
    quote, belief, capital = desk["quote"], desk["belief"], desk["capital"]
    assert belief["prior"] == pytest.approx(full["pi"], rel=1e-12)
    assert belief["value"] == pytest.approx(full["E"], rel=1e-12)
    assert (quote["model_bid"], quote["model_ask"]) == pytest.approx((full["gm_bid"], full["gm_ask"]), rel=1e-12)
    assert (quote["bid"], quote["ask"]) == pytest.approx((full["qbid"], full["qask"]), rel=1e-12)
    assert capital["bid_limit"] * 1e-8 == pytest.approx(full["bid_headroom"])
    assert capital["skew_ratio"] == pytest.approx(1.0)


def test_a_cost_above_the_market_lifts_the_asks_to_break_even_and_its_buffer(golden: Any) -> None:
    desk = golden("100.20")
    desk.decide(0.0)
    assert desk["quote"]["break_even_maker"] == pytest.approx(100.220044, abs=1e-6)
    assert desk["quote"]["ask"] == pytest.approx(100.240088, abs=1e-6)
    assert desk.asks()[0].price == pytest.approx(100.25)


def test_an_unconfirmed_allocation_keeps_bids_out_and_lets_managed_inventory_leave(golden: Any) -> None:
    confirmed, unconfirmed = golden(), golden(ALLOC_CONFIRMED=False)
    confirmed.decide(0.0)
    unconfirmed.decide(0.0)
    assert unconfirmed.bids() == []
    assert unconfirmed["cycle"]["bids_off"] == Reason.GATE_UNCONFIRMED
    assert prices_and_sizes(unconfirmed.asks()) == prices_and_sizes(confirmed.asks())


def test_strict_literature_quotes_the_same_prices_where_no_floor_binds(golden: Any) -> None:
    usual, strict = golden(), golden(STRICT_LITERATURE=True)
    usual.decide(0.0)
    strict.decide(0.0)
    assert prices_and_sizes(strict.placed) == prices_and_sizes(usual.placed)
    assert strict["capital"]["skew_ratio"] == 1.0


def test_an_exposure_cap_at_the_inventory_leaves_no_bids(golden: Any) -> None:
    desk = golden(GM_MAX_EXP=50)
    desk.decide(0.0)
    assert desk.bids() == []
    assert desk["cycle"]["bids_off"] == Reason.MAX_EXP
    assert len(desk.asks()) == 4
