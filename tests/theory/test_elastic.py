from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.errors import DomainError
from glosten.theory import (
    BinaryNoTrade,
    Elastic,
    LinearDemand,
    LogisticDemand,
    compelled_premium,
    critical_alpha,
    linear_premium,
    logistic_premium,
)
from glosten.theory._demand import LOGISTIC_BEST, LOGISTIC_TURN

INSIDE = st.floats(0.02, 0.98)
DEMANDS = st.one_of(st.builds(LinearDemand, st.floats(0.1, 20.0)), st.builds(LogisticDemand, st.floats(0.05, 20.0)))
MODELS = st.builds(Elastic, st.just(10.0), st.just(12.0), INSIDE, INSIDE, st.floats(0.05, 0.5), DEMANDS)


def profit(model: Elastic, side: int, premium: float) -> float:
    """Return what a maker expects per arrival at a premium, the informed coming only where it pays them."""
    gap, informed, noise = model.side_numbers(side)
    return noise * model.demand.share(premium) * premium - informed * max(gap - premium, 0.0)


def test_linear_demand_is_fixture_e1(theory_vectors: Any) -> None:
    for case in theory_vectors["elastic_linear"]:
        model = Elastic(0.0, case["dV"], case["pi"], case["al"], case["eta"], LinearDemand(case["w"]))
        if case["x"] is None:
            assert model.premium(1) is None
            assert model.premium(-1) is None
        else:
            assert model.premium(1) == pytest.approx(case["x"], abs=5e-13)
            assert model.quotes().ask == pytest.approx(1.0 + case["x"], abs=5e-13)
            assert model.quotes().bid == pytest.approx(1.0 - case["x"], abs=5e-13)
            assert compelled_premium(0.1, 0.4, case["w"]) == pytest.approx(case["monop_x"], rel=1e-14)


@pytest.mark.parametrize(("width", "premium", "earned"), [(4.0, 2.5, 0.525), (0.8, 0.5, 0.025), (0.6, 0.375, -0.00625)])
def test_a_monopolist_of_compelled_traders_earns_what_e1_says(width: float, premium: float, earned: float) -> None:
    assert compelled_premium(0.1, 0.4, width) == pytest.approx(premium, rel=1e-14)
    assert 0.4 * (1.0 - premium / width) * premium - 0.1 * (1.0 - premium) == pytest.approx(earned, abs=1e-15)


def test_a_monopolist_prices_out_those_who_know_where_noise_pays_more() -> None:
    wide = Elastic(0.0, 2.0, 0.5, 0.2, 0.5, LinearDemand(4.0)).monopolist(1)
    assert wide == pytest.approx((3.0, 2.0, 0.4), rel=1e-14)
    narrow = Elastic(0.0, 2.0, 0.5, 0.2, 0.5, LinearDemand(0.8)).monopolist(1)
    assert narrow == pytest.approx((1.5, 0.5, 0.025), rel=1e-13)
    assert Elastic(0.0, 2.0, 0.5, 0.2, 0.5, LinearDemand(0.6)).monopolist(1) is None


def test_the_critical_alpha_is_fixture_e3(theory_vectors: Any) -> None:
    expected = theory_vectors["elastic_breakdown_alpha(eta=.5,pi=.5,dV=2,w=.6)"]
    model = Elastic(0.0, 2.0, 0.5, 0.1, 0.5, LinearDemand(0.6))
    assert model.critical_alpha(1) == pytest.approx(expected, abs=5e-14)
    assert model.critical_alpha(1) == pytest.approx((1.0 - math.sqrt(0.4)) / 2.0, rel=1e-13)


@settings(max_examples=80, deadline=None)
@given(MODELS, st.sampled_from([1, -1]))
def test_a_side_is_open_below_the_critical_alpha_and_closed_above(model: Elastic, side: int) -> None:
    critical = model.critical_alpha(side)
    for alpha in (0.999 * critical, min(1.001 * critical, 0.9999)):
        there = Elastic(model.v_low, model.v_high, model.prior, alpha, model.eta, model.demand)
        assert (there.premium(side) is not None) == (alpha < critical)
        assert (there.monopolist(side) is not None) >= (alpha < critical)


@settings(max_examples=80, deadline=None)
@given(MODELS, st.sampled_from([1, -1]))
def test_the_quote_is_the_smallest_premium_that_loses_nothing(model: Elastic, side: int) -> None:
    premium, gap = model.premium(side), model.side_numbers(side)[0]
    limit = gap if premium is None else premium
    grid = np.linspace(0.0, limit, 60)[:-1]
    assert all(profit(model, side, float(x)) < 1e-12 for x in grid)
    if premium is not None:
        assert 0.0 < premium <= gap  # a logistic demand lives on right below the gap
        assert profit(model, side, premium) == pytest.approx(0.0, abs=1e-12)


@settings(max_examples=80, deadline=None)
@given(MODELS, st.sampled_from([1, -1]))
def test_a_monopolist_earns_the_most_there_is_and_quotes_no_tighter_than_rivals(model: Elastic, side: int) -> None:
    best, premium = model.monopolist(side), model.premium(side)
    grid = [profit(model, side, float(x)) for x in np.linspace(0.0, 45.0, 3000)]
    if best is None:
        assert max(profit(model, side, float(x)) for x in np.linspace(0.0, model.side_numbers(side)[0], 500)) <= 1e-12
        assert premium is None
    else:
        assert best.profit == pytest.approx(profit(model, side, best.premium), rel=1e-12, abs=1e-15)
        assert best.profit >= max(grid) - 1e-12
        assert premium is None or best.premium >= premium - 1e-12


@settings(max_examples=80, deadline=None)
@given(MODELS, st.lists(st.sampled_from([-1, 0, 1]), max_size=5))
def test_nobody_pays_the_maker_and_the_mean_is_a_martingale(model: Elastic, orders: list[int]) -> None:
    for order in orders:
        if model.order_probability(order) > 0.0:
            model = model.update(order)
    quotes = model.quotes()
    assert quotes.bid is None or quotes.bid <= model.mean + 1e-12
    assert quotes.ask is None or quotes.ask >= model.mean - 1e-12
    for side, quote in ((1, quotes.ask), (-1, quotes.bid)):
        premium = model.premium(side)
        assert (quote is None) == (premium is None)
        if quote is not None and premium is not None:
            assert quote == pytest.approx(model.mean + side * premium, rel=1e-11)
        assert model.gains(side).maker == pytest.approx(0.0, abs=1e-13)
        assert model.gains(side).informed == pytest.approx(-model.gains(side).noise, abs=1e-12)
    chances = [(model.order_probability(order), order) for order in (-1, 0, 1)]
    assert sum(chance for chance, _ in chances) == pytest.approx(1.0, rel=1e-12)
    assert sum(c * model.update(o).mean for c, o in chances if c > 0.0) == pytest.approx(model.mean, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(INSIDE, INSIDE, st.floats(0.05, 0.5), st.sampled_from([LinearDemand(1e12), LogisticDemand(1e12)]))
def test_noise_that_hardly_minds_is_noise_that_does_not(prior: float, alpha: float, eta: float, demand: Any) -> None:
    elastic, constant = Elastic(10.0, 12.0, prior, alpha, eta, demand), BinaryNoTrade(10.0, 12.0, prior, alpha, eta)
    assert elastic.quotes()[:7] == pytest.approx(constant.quotes()[:7], rel=1e-9)


def test_logistic_noise_never_closes_but_jumps_near_the_value() -> None:
    alphas = np.linspace(0.01, 0.6, 60)
    premiums = [logistic_premium(1.0, 0.5 * a, 0.5 * (1.0 - a), 0.1) for a in alphas]
    assert all(0.0 < x < 1.0 for x in premiums)
    steps = np.diff(premiums)
    assert (steps > 0.0).all()
    assert steps.max() > 0.4
    assert premiums[-1] > 0.99


def test_the_constants_of_the_logistic_are_roots() -> None:
    assert 1.0 + math.exp(LOGISTIC_BEST) == pytest.approx(LOGISTIC_BEST * math.exp(LOGISTIC_BEST), rel=1e-15)
    assert LOGISTIC_TURN * math.tanh(0.5 * LOGISTIC_TURN) == pytest.approx(2.0, rel=1e-14)


def test_no_trade_teaches_only_where_a_side_is_closed() -> None:
    both = Elastic(0.0, 2.0, 0.5, 0.2, 0.5, LinearDemand(4.0))
    assert both.update(0).prior == pytest.approx(0.5, rel=1e-15)
    one = Elastic(0.0, 2.0, 0.2, 0.35, 0.5, LinearDemand(0.8))
    assert one.premium(1) is None
    assert one.premium(-1) is not None
    assert one.update(0).prior > 0.2


def test_the_likelihood_is_that_of_the_orders_one_by_one() -> None:
    model = Elastic(0.0, 2.0, 0.4, 0.2, 0.4, LinearDemand(3.0))
    total = sum(math.exp(model.log_likelihood(orders)) for orders in itertools.product((-1, 0, 1), repeat=3))
    assert total == pytest.approx(1.0, rel=1e-12)
    assert model.informed_share(1) == pytest.approx(0.2 * 0.4 / model.order_probability(1), rel=1e-12)


def test_a_side_that_has_broken_down_says_so() -> None:
    model = Elastic(0.0, 2.0, 0.5, 0.2, 0.5, LinearDemand(0.6))
    quotes = model.quotes()
    assert quotes[:3] == (None, None, None)
    assert quotes.why_no_ask == (
        "The ask side has broken down: at every price that noise traders take, the informed gain more than they lose "
        "(alpha = 0.2, critical alpha 0.183772)."
    )
    assert model.log_likelihood((1,)) == -math.inf
    with pytest.raises(DomainError, match=r"^The ask side has broken down: .* Nothing can be learned from it\.$"):
        model.update(1)
    nobody = Elastic(0.0, 2.0, 0.5, 1.0, 0.5, LogisticDemand(1.0))
    assert nobody.monopolist(1) is None
    assert nobody.why_no_quote(-1) == "A sell has probability 0: there are no noise traders (alpha = 1, eta = 0.5)."
    assert math.isnan(linear_premium(1.0, 0.5, 0.0, 1.0))
    assert critical_alpha(1.0, 0.0, 0.5, 0.1) == 1.0


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (
            lambda: LinearDemand(0.0),
            "width (the premium at which nobody trades without information) must lie above 0; it was 0.",
        ),
        (
            lambda: LogisticDemand(-1.0),
            "scale (the premium per unit of log-odds of staying out) must lie above 0; it was -1.",
        ),
        (
            lambda: Elastic(0.0, 1.0, 0.5, 0.5, 0.7, LinearDemand(1.0)),
            "eta (the probability that a noise trader buys, and that it sells) must lie between 0 and 0.5; it was 0.7.",
        ),
        (
            lambda: Elastic(0.0, 1.0, 0.5, 0.5, 0.5, LinearDemand(1.0)).premium(0),
            "side must be 1 (a buy) or -1 (a sell); it was 0.",
        ),
    ],
)
def test_bad_parameters_are_named_in_one_sentence(build: Any, sentence: str) -> None:
    with pytest.raises(DomainError) as caught:
        build()
    assert caught.value.problems == (sentence,)
