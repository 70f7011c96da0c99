from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.errors import DomainError
from glosten.theory import Binary, CompetingMakers

INSIDE = st.floats(0.05, 0.95)
MARKETS = st.builds(Binary, st.just(98.0), st.just(102.0), INSIDE, INSIDE, INSIDE)
MAKERS = st.builds(CompetingMakers, MARKETS, st.integers(2, 12), st.floats(0.003, 1.5))


def profit_alone(model: CompetingMakers, side: int, ticks: int) -> float:
    """What all orders of a side earn at a price where the informed trade, and where they do not."""
    market, price = model.market, ticks * model.tick
    certain = market.v_high if side > 0 else market.v_low
    noise = (1.0 - market.alpha) * (market.gamma if side > 0 else 1.0 - market.gamma)
    earned = noise * side * (price - market.mean)
    if side * price < side * certain:
        informed = market.alpha * (market.prior if side > 0 else 1.0 - market.prior)
        earned += informed * side * (price - certain)
    return earned


@settings(max_examples=100, deadline=None)
@given(MAKERS, st.sampled_from([1, -1]))
def test_no_maker_gains_by_any_other_price(model: CompetingMakers, side: int) -> None:
    for ticks in model.equilibria(side):
        shared = profit_alone(model, side, ticks) / model.makers
        assert model.profit(side, ticks) == pytest.approx(shared, abs=1e-9)
        assert shared >= -1e-5
        for better in range(1, 60):
            assert profit_alone(model, side, ticks - side * better) <= shared + 1e-4 * model.tick


@settings(max_examples=100, deadline=None)
@given(MAKERS, st.sampled_from([1, -1]))
def test_every_price_that_nobody_would_leave_is_found(model: CompetingMakers, side: int) -> None:
    market = model.market
    certain = market.v_high if side > 0 else market.v_low
    start = math.floor(market.mean / model.tick) - 3
    inside = [start + n for n in range(-1500, 1500) if side * (start + n) * model.tick < side * certain - 1e-4]
    found = set(model.equilibria(side))
    for ticks in inside:
        profit, under = profit_alone(model, side, ticks), profit_alone(model, side, ticks - side)
        margin = 1e-3 * model.tick * market.side_probability(side)
        if profit > margin and profit / model.makers > under + margin:
            assert ticks in found
        if profit < -margin or profit / model.makers < under - margin:
            assert ticks not in found


@settings(max_examples=60, deadline=None)
@given(MARKETS, st.integers(2, 12))
def test_as_the_tick_vanishes_every_equilibrium_is_the_zero_profit_quote(market: Binary, makers: int) -> None:
    fair = market.quotes()
    model = CompetingMakers(market, makers, 1e-6)
    assert fair.bid is not None
    assert fair.ask is not None
    for side, price in ((1, fair.ask), (-1, fair.bid)):
        for ticks in model.equilibria(side):
            assert ticks * 1e-6 == pytest.approx(price, abs=2.1e-6)
    quotes = model.quotes()
    assert (quotes.bid, quotes.ask) == pytest.approx((fair.bid, fair.ask), abs=1.1e-6)


@settings(max_examples=60, deadline=None)
@given(MAKERS)
def test_the_most_competitive_equilibrium_is_the_zero_profit_quote_in_ticks(model: CompetingMakers) -> None:
    bid, ask = model.market.tick_quotes(model.tick)
    asks, bids = model.equilibria(1), model.equilibria(-1)
    assert asks[:1] in ((), (ask,))
    assert bids[:1] in ((), (bid,))
    assert set(CompetingMakers(model.market, model.makers + 1, model.tick).equilibria(1)) <= set(asks)


def test_two_makers_may_keep_a_tick_that_three_do_not() -> None:
    market = Binary(0, 1, 0.5, 0.3)
    assert CompetingMakers(market, 2, 0.01).equilibria(1) == (65, 66, 67)
    assert CompetingMakers(market, 3, 0.01).equilibria(1) == (65, 66)
    assert CompetingMakers(market, 2, 0.01).equilibria(-1) == (35, 34, 33)


def test_a_tick_wider_than_the_room_for_a_quote_leaves_none_and_says_why() -> None:
    quotes = CompetingMakers(Binary(0, 1, 0.5, 0.3), 2, 2.0).quotes()
    assert (quotes.ask, quotes.bid, quotes.spread) == (None, None, None)
    assert quotes.why_no_ask is not None
    assert quotes.why_no_ask.startswith("No multiple of the tick (2) lies between the price at which a buy")


def test_a_side_that_cannot_trade_has_no_equilibrium() -> None:
    model = CompetingMakers(Binary(0, 1, 1.0, 1.0), 2, 0.1)
    assert model.equilibria(-1) == ()
    assert model.profit(-1, 3) is None
    assert "A sell has probability 0" in (model.quotes().why_no_bid or "")


def test_all_makers_learn_the_same_from_a_trade() -> None:
    model = CompetingMakers(Binary(0, 1, 0.5, 0.3), 4, 0.01)
    assert model.update(1).market == model.market.update(1)


@pytest.mark.parametrize(("makers", "tick", "problems"), [(1, 0.1, 1), (2, 0.0, 1), (0, math.nan, 2)])
def test_numbers_outside_their_domain_are_named(makers: int, tick: float, problems: int) -> None:
    with pytest.raises(DomainError) as caught:
        CompetingMakers(Binary(0, 1, 0.5, 0.3), makers, tick)
    assert len(caught.value.problems) == problems
    with pytest.raises(DomainError, match="side must be 1"):
        CompetingMakers(Binary(0, 1, 0.5, 0.3), 2, 0.1).equilibria(0)
