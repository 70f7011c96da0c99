from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.errors import DomainError
from glosten.theory import (
    Binary,
    RiskAverse,
    bernoulli_cumulant,
    gaussian_price,
    indifference_price,
    inventory_shift,
    mean_sd_price,
    mean_variance_price,
)

INSIDE = st.floats(0.02, 0.98)
AVERSION = st.floats(0.0, 3.0)
UNITS = st.floats(-20.0, 20.0)
MARKETS = st.builds(Binary, st.just(98.0), st.just(102.0), INSIDE, INSIDE, INSIDE)
MAKERS = st.builds(RiskAverse, MARKETS, AVERSION, UNITS)
SIDES = st.sampled_from([1, -1])


def price_of(maker: RiskAverse, side: int) -> float:
    price = maker.price(side)
    assert price is not None
    return price


def test_quotes_are_those_of_fixture_j1(theory_vectors: Any) -> None:
    case = theory_vectors["cara"]
    market = Binary(case["VL"], case["VH"], case["pi"], case["al"], case["ga"])
    for inventory, ask, bid in zip(case["I"], case["ask"], case["bid"], strict=True):
        quotes = RiskAverse(market, case["rho"], inventory).quotes()
        assert quotes.ask == pytest.approx(ask, abs=5e-11)
        assert quotes.bid == pytest.approx(bid, abs=5e-11)


@settings(max_examples=150, deadline=None)
@given(MAKERS, SIDES)
def test_a_trade_at_the_quote_leaves_expected_utility_where_it_was(maker: RiskAverse, side: int) -> None:
    """Taken as cumulants of V - V_L given the trade, with the payment added to the one with the trade."""
    after = maker.update(side)
    aversion, width = maker.risk_aversion, maker.market.width
    without = bernoulli_cumulant(after.market.log_odds, -aversion * maker.inventory * width)
    traded = bernoulli_cumulant(after.market.log_odds, -aversion * after.inventory * width)
    paid = -aversion * side * (price_of(maker, side) - maker.market.v_low)
    size = 1.0 + abs(without) + abs(traded)
    assert traded + paid == pytest.approx(without, abs=1e-12 * size * (1.0 + 100.0 * aversion))


@settings(max_examples=60, deadline=None)
@given(MARKETS, st.floats(0.01, 0.5), st.integers(-3, 3), SIDES)
def test_indifference_holds_to_twelve_digits_in_utilities_written_out(
    market: Binary, aversion: float, inventory: int, side: int
) -> None:
    price = price_of(RiskAverse(market, aversion, inventory), side)
    high = market.update(side).prior
    values = ((0.0, 1.0 - high), (market.width, high))
    without = math.fsum(chance * math.exp(-aversion * inventory * value) for value, chance in values)
    gained = side * (price - market.v_low)
    traded = math.fsum(chance * math.exp(-aversion * ((inventory - side) * value + gained)) for value, chance in values)
    assert traded == pytest.approx(without, rel=1e-12)


@settings(max_examples=80, deadline=None)
@given(MARKETS, UNITS)
def test_without_risk_aversion_the_quotes_are_those_of_glosten_and_milgrom(market: Binary, inventory: float) -> None:
    fair, none = market.quotes(), RiskAverse(market, 0.0, inventory).quotes()
    assert (none.bid, none.ask) == pytest.approx((fair.bid, fair.ask), rel=1e-14)
    nearly = RiskAverse(market, 1e-9, inventory).quotes()
    assert (nearly.bid, nearly.ask) == pytest.approx((fair.bid, fair.ask), abs=4.0 * 1e-9 * 16.0 * (1 + abs(inventory)))


@settings(max_examples=80, deadline=None)
@given(MAKERS)
def test_quotes_lie_within_the_values_and_do_not_cross(maker: RiskAverse) -> None:
    bid, ask = price_of(maker, -1), price_of(maker, 1)
    slack = 1e-9
    assert maker.market.v_low - slack <= bid <= ask + slack
    assert ask <= maker.market.v_high + slack


@settings(max_examples=60, deadline=None)
@given(MAKERS)
def test_reflecting_the_market_reflects_the_quotes(maker: RiskAverse) -> None:
    market = maker.market
    mirrored = Binary(-market.v_high, -market.v_low, 1.0 - market.prior, market.alpha, 1.0 - market.gamma)
    other = RiskAverse(mirrored, maker.risk_aversion, -maker.inventory)
    assert price_of(other, 1) == pytest.approx(-price_of(maker, -1), rel=1e-11)
    assert price_of(other, -1) == pytest.approx(-price_of(maker, 1), rel=1e-11)


@settings(max_examples=60, deadline=None)
@given(MARKETS, st.floats(0.01, 3.0), st.floats(-5.0, 5.0), st.floats(0.0, 5.0))
def test_the_longer_the_maker_the_lower_both_quotes(
    market: Binary, aversion: float, inventory: float, more: float
) -> None:
    short, long = (RiskAverse(market, aversion, units) for units in (inventory, inventory + more))
    for side in (1, -1):
        assert price_of(long, side) <= price_of(short, side) + 1e-9


@settings(max_examples=60, deadline=None)
@given(MARKETS, st.floats(0.01, 2.0), st.floats(0.0, 2.0))
def test_a_flat_maker_asks_a_premium_on_both_sides_that_grows_with_risk_aversion(
    market: Binary, aversion: float, more: float
) -> None:
    for side in (1, -1):
        little = RiskAverse(market, aversion).risk_premium(side)
        much = RiskAverse(market, aversion + more).risk_premium(side)
        assert little is not None
        assert much is not None
        assert -1e-10 <= little <= much + 1e-10


@settings(max_examples=60, deadline=None)
@given(MAKERS)
def test_gains_sum_to_nothing_and_the_premium_is_the_makers(maker: RiskAverse) -> None:
    for side in (1, -1):
        gains, fair = maker.gains(side), maker.market.gains(side)
        premium = maker.risk_premium(side)
        assert premium is not None
        assert sum(gains) == pytest.approx(0.0, abs=1e-10)
        assert gains.maker == pytest.approx(fair.maker + premium * maker.market.side_probability(side), abs=1e-12)
    assert maker.gains().maker == pytest.approx(maker.gains(1).maker + maker.gains(-1).maker, abs=1e-12)


@pytest.mark.parametrize("inventory", [-1e6, -300.0, 300.0, 1e6])
@pytest.mark.parametrize("aversion", [1e-12, 1.0, 1e3, 1e6])
def test_extreme_inventories_and_aversions_neither_overflow_nor_lose_the_value(
    inventory: float, aversion: float
) -> None:
    quotes = RiskAverse(Binary(98, 102, 0.5, 0.3), aversion, inventory).quotes()
    assert quotes.bid is not None
    assert quotes.ask is not None
    assert 98.0 - 1e-9 <= quotes.bid <= quotes.ask + 1e-9
    assert quotes.ask <= 102.0 + 1e-9


def test_a_small_risk_gives_the_gaussian_formula() -> None:
    market, aversion = Binary(0, 1, 0.4, 0.3, 0.6), 1e-3
    for side in (1, -1):
        high = market.update(side).prior
        for inventory in (-2.0, 0.0, 3.0):
            expected = gaussian_price(side, high, high * (1.0 - high), aversion, inventory)
            assert price_of(RiskAverse(market, aversion, inventory), side) == pytest.approx(expected, abs=5e-6)


@settings(max_examples=60, deadline=None)
@given(st.floats(-5, 5), st.floats(0.01, 4), st.floats(0, 3), st.integers(-4, 4), SIDES)
def test_a_normal_value_leaves_the_gaussian_maker_indifferent(
    mean: float, variance: float, aversion: float, inventory: int, side: int
) -> None:
    def certainty_equivalent(units: float) -> float:
        return units * mean - aversion * variance * units**2 / 2.0

    price = gaussian_price(side, mean, variance, aversion, inventory)
    assert certainty_equivalent(inventory - side) + side * price == pytest.approx(
        certainty_equivalent(inventory), abs=1e-11
    )


def test_the_inventory_only_benchmarks_have_the_published_spreads() -> None:
    mean, sd, aversion = 100.0, 1.5, 0.2
    for inventory in (-3.0, 0.0, 2.0):
        bid, ask = (mean_variance_price(side, mean, sd**2, aversion, inventory) for side in (-1, 1))
        assert ask - bid == pytest.approx(2.0 * aversion * sd**2)
        assert (ask + bid) / 2.0 == pytest.approx(mean - aversion * sd**2 * inventory)
    bid, ask = (mean_sd_price(side, mean, sd, aversion, 0.0) for side in (-1, 1))
    assert (bid, ask) == pytest.approx((mean - aversion * sd, mean + aversion * sd))
    for inventory in (-4.0, 4.0):
        prices = [mean_sd_price(side, mean, sd, aversion, inventory) for side in (-1, 1)]
        assert prices == pytest.approx([mean - math.copysign(aversion * sd, inventory)] * 2)


def test_das_moves_both_quotes_against_the_inventory() -> None:
    assert [inventory_shift(price, 3.0, 0.01) for price in (99.0, 101.0)] == pytest.approx([98.97, 100.97])


def test_a_side_that_cannot_trade_has_no_quote_and_says_why() -> None:
    maker = RiskAverse(Binary(0, 1, 1.0, 1.0), 0.1, 2.0)
    quotes = maker.quotes()
    assert (quotes.bid, quotes.spread, maker.price(-1), maker.risk_premium(-1)) == (None, None, None, None)
    assert quotes.ask == pytest.approx(1.0)
    assert "A sell has probability 0" in (quotes.why_no_bid or "")
    assert maker.tick_quotes(0.01) == (None, 100)
    assert maker.gains(-1) == (0.0, 0.0, 0.0)


def test_trades_move_belief_and_inventory() -> None:
    maker = RiskAverse(Binary(98, 102, 0.5, 0.3), 0.1, 2.0).update(1).update(1).update(-1)
    assert maker.inventory == 1.0
    assert maker.market.prior == pytest.approx(Binary(98, 102, 0.5, 0.3).posterior(2, 1))
    assert RiskAverse(maker.market, 0.1, 0.0).log_disutility() == 0.0
    bid, ask = RiskAverse(Binary(98, 102, 0.5, 0.3), 0.1).tick_quotes(0.25)
    assert (bid, ask) == (396, 404)


def test_a_certain_value_has_no_risk() -> None:
    assert bernoulli_cumulant(math.inf, -2.0) == -2.0
    assert bernoulli_cumulant(-math.inf, 5.0) == 0.0
    assert indifference_price(1, math.inf, 2.0, 3.0) == 1.0


@pytest.mark.parametrize(
    ("aversion", "inventory", "name"), [(-0.1, 0.0, "risk_aversion"), (0.1, math.nan, "inventory")]
)
def test_a_number_outside_its_domain_is_named(aversion: float, inventory: float, name: str) -> None:
    with pytest.raises(DomainError, match=rf"^{name} \("):
        RiskAverse(Binary(0, 1, 0.5, 0.3), aversion, inventory)
    with pytest.raises(DomainError, match="side must be 1"):
        RiskAverse(Binary(0, 1, 0.5, 0.3), 0.1).price(0)
