from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.errors import DomainError
from glosten.theory import Elastic, LinearDemand, LogisticDemand, RiskAverseElastic, demand_share, indifference_price
from glosten.theory._binary import log_odds

INSIDE = st.floats(0.05, 0.95)
DEMANDS = st.one_of(st.builds(LinearDemand, st.floats(0.5, 20.0)), st.builds(LogisticDemand, st.floats(0.3, 20.0)))
MARKETS = st.builds(Elastic, st.just(10.0), st.just(12.0), INSIDE, st.floats(0.02, 0.5), st.floats(0.2, 0.5), DEMANDS)


@settings(max_examples=60)
@given(MARKETS, st.sampled_from([1, -1]))
def test_without_risk_aversion_the_quotes_are_the_competitive_ones(market: Elastic, side: int) -> None:
    averse, fair = RiskAverseElastic(market, 0.0, 3.0).premium(side), market.premium(side)
    near = market.critical_alpha(side)
    if abs(market.alpha - near) > 0.01:
        assert (averse is None) == (fair is None)
    if averse is not None and fair is not None and abs(market.alpha - near) > 0.05:
        assert averse == pytest.approx(fair, abs=1e-6)


@settings(max_examples=60)
@given(MARKETS, st.floats(0.05, 2.0), st.floats(-4.0, 4.0), st.sampled_from([1, -1]))
def test_a_trade_at_the_quote_leaves_the_maker_indifferent(
    market: Elastic, aversion: float, inventory: float, side: int
) -> None:
    maker = RiskAverseElastic(market, aversion, inventory)
    premium = maker.premium(side)
    if premium is None:
        return
    assert demand_share(premium, market.demand.code) > 0.0
    after = log_odds(maker.update(side).market.prior)
    price = 10.0 + 2.0 * indifference_price(side, after, 2.0 * aversion, inventory)
    assert price == pytest.approx(maker.mean + side * premium, abs=2e-6)


def test_risk_aversion_earns_more_risks_less_and_keeps_the_inventory_small() -> None:
    market = Elastic(0.0, 2.0, 0.5, 0.2, 0.5, LinearDemand(4.0))
    drawn = [RiskAverseElastic(market, aversion).simulate(20, 20_000, 1) for aversion in (0.0, 0.1, 0.5, 1.0)]
    assert abs(drawn[0].maker.mean) <= 4.0 * drawn[0].maker.se
    for less, more in itertools.pairwise(drawn):
        assert more.maker.mean > less.maker.mean
        assert more.maker.sd < less.maker.sd
        assert more.inventory.sd < less.inventory.sd
        assert more.spread[0] > less.spread[0]


def test_a_maker_who_is_long_sells_below_the_mean() -> None:
    maker = RiskAverseElastic(Elastic(0.0, 2.0, 0.5, 0.2, 0.5, LinearDemand(4.0)), 1.0, 5.0)
    quotes = maker.quotes()
    assert quotes.ask is not None
    assert quotes.ask < quotes.mean
    assert maker.order_probability(1) > maker.order_probability(-1)
    assert sum(maker.gains()) == pytest.approx(0.0, abs=1e-15)


def test_bad_parameters_and_closed_sides_are_told_in_words() -> None:
    market = Elastic(0.0, 2.0, 0.5, 0.2, 0.5, LinearDemand(0.6))
    with pytest.raises(DomainError, match="risk_aversion"):
        RiskAverseElastic(market, -1.0)
    quotes = RiskAverseElastic(market, 0.5).quotes()
    assert quotes.ask is None
    assert quotes.why_no_ask == (
        "The ask side has broken down: every price that noise traders take leaves the maker worse off."
    )
