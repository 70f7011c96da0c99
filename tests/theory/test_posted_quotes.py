from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.errors import DomainError
from glosten.theory import (
    LINEAR,
    LOGISTIC,
    Elastic,
    LinearDemand,
    LogisticDemand,
    competitive_premium,
    demand_numbers,
    informed_order,
    monopoly_premium,
    posted_order_if,
    posted_profit,
    posted_share,
)

INSIDE = st.floats(0.02, 0.98)
DEMANDS = st.one_of(st.builds(LinearDemand, st.floats(0.1, 20.0)), st.builds(LogisticDemand, st.floats(0.05, 20.0)))
MODELS = st.builds(Elastic, st.just(10.0), st.just(12.0), INSIDE, INSIDE, st.floats(0.05, 0.5), DEMANDS)
SIDES = st.sampled_from([1, -1])


@settings(max_examples=60, deadline=None)
@given(MODELS, SIDES)
def test_premiums_are_those_of_the_elastic_market(model: Elastic, side: int) -> None:
    numbers, demand = model._side(side), demand_numbers(model.demand)
    premium, best = competitive_premium(numbers, demand), model.monopolist(side)
    assert (None if math.isnan(premium) else premium) == model.premium(side)
    alone = monopoly_premium(numbers, demand)
    assert (None if math.isnan(alone) else alone) == (None if best is None else best.premium)
    if best is not None:
        assert posted_profit(alone, numbers, demand) == pytest.approx(best.profit, rel=1e-12, abs=1e-15)
    if not math.isnan(premium):
        assert posted_profit(premium, numbers, demand) == pytest.approx(0.0, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(MODELS)
def test_at_the_competitive_quotes_an_order_says_what_the_elastic_market_says(model: Elastic) -> None:
    quotes = model.quotes()
    if quotes.bid is None or quotes.ask is None:
        return
    demand, noise = demand_numbers(model.demand), (1.0 - model.alpha) * model.eta
    takers = tuple(
        noise * posted_share(premium, demand) for premium in (model.mean - quotes.bid, quotes.ask - model.mean)
    )
    for order in (-1, 0, 1):
        high, low = (posted_order_if(v, order, quotes[:2], model.alpha, takers) for v in (model.v_high, model.v_low))
        if quotes.bid > model.v_low and quotes.ask < model.v_high:
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


@settings(max_examples=60, deadline=None)
@given(DEMANDS, st.floats(-5.0, 5.0))
def test_everybody_takes_what_is_better_than_the_mean_and_fewer_take_what_is_worse(
    demand: LinearDemand | LogisticDemand, premium: float
) -> None:
    share = posted_share(premium, demand_numbers(demand))
    assert share == (1.0 if premium <= 0.0 else demand.share(premium))
    shares = [posted_share(x, demand_numbers(demand)) for x in (0.0, 0.1, 1.0, 10.0)]
    assert all(first >= second for first, second in pairwise(shares))


def test_a_side_without_noise_has_no_premium() -> None:
    for demand in ((LINEAR, 1.0), (LOGISTIC, 1.0)):
        assert math.isnan(competitive_premium((1.0, 0.3, 0.0), demand))
        assert math.isnan(monopoly_premium((1.0, 0.3, 0.0), demand))


def test_a_demand_of_another_kind_is_refused() -> None:
    @dataclass
    class Flat:
        level: float

    with pytest.raises(DomainError, match="must be a LinearDemand or a LogisticDemand"):
        demand_numbers(Flat(0.5))  # type: ignore[arg-type]
