from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.theory import Elastic, LinearDemand, LogisticDemand, demand_share, informed_order, posted_order_if

INSIDE = st.floats(0.02, 0.98)
DEMANDS = st.one_of(st.builds(LinearDemand, st.floats(0.1, 20.0)), st.builds(LogisticDemand, st.floats(0.05, 20.0)))
MODELS = st.builds(Elastic, st.just(10.0), st.just(12.0), INSIDE, INSIDE, st.floats(0.05, 0.5), DEMANDS)


@settings(max_examples=60, deadline=None)
@given(MODELS)
def test_at_the_competitive_quotes_an_order_says_what_the_elastic_market_says(model: Elastic) -> None:
    quotes = model.quotes()
    if quotes.bid is None or quotes.ask is None:
        return
    demand, noise = model.demand.code, (1.0 - model.alpha) * model.eta
    takers = tuple(
        noise * demand_share(premium, demand) for premium in (model.mean - quotes.bid, quotes.ask - model.mean)
    )
    for order in (-1, 0, 1):
        high, low = (posted_order_if(v, order, quotes[:2], model.alpha, takers) for v in (model.v_high, model.v_low))
        if quotes.bid > model.v_low + 1e-9 and quotes.ask < model.v_high - 1e-9:
            assert model.prior * high + (1.0 - model.prior) * low == pytest.approx(
                model.order_probability(order), abs=1e-14
            )
            if model.order_probability(order) > 1e-9:
                after = model.prior * high / (model.prior * high + (1.0 - model.prior) * low)
                assert model.update(order).prior == pytest.approx(after, rel=1e-8)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-2.0, 2.0), st.floats(-1.0, 1.0), st.floats(0.0, 1.0), INSIDE, st.floats(0.0, 0.5), st.floats(0.0, 0.5)
)
def test_orders_at_any_quotes_have_probabilities_that_sum_to_one(
    value: float, bid: float, spread: float, alpha: float, sellers: float, buyers: float
) -> None:
    takers = ((1.0 - alpha) * sellers, (1.0 - alpha) * buyers)
    chances = [posted_order_if(value, order, (bid, bid + spread), alpha, takers) for order in (-1, 0, 1)]
    assert min(chances) >= 0.0
    assert sum(chances) == pytest.approx(1.0, abs=1e-15)
    knows = informed_order(value, bid, bid + spread)
    if knows != 0.0:
        assert chances[int(knows) + 1] >= alpha


def test_the_informed_stay_out_at_a_tie() -> None:
    assert informed_order(1.0, 0.5, 1.0) == 0.0
    assert informed_order(0.5, 0.5, 1.0) == 0.0
    assert informed_order(1.0, 0.5, math.nextafter(1.0, 0.0)) == 1.0
    assert informed_order(0.5, math.nextafter(0.5, 1.0), 1.0) == -1.0
