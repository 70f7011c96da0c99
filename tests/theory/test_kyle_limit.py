from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_ndtr
from scipy.stats import norm

from glosten.errors import DomainError
from glosten.statistics import Mean
from glosten.theory import KyleLimit, kyle_impact, kyle_insider_rate, kyle_value_high
from glosten.theory._normal import log_normal_tail, normal_loss, normal_quantile, normal_tail

CHANCE = st.floats(0.02, 0.98)
SCALE = st.floats(0.2, 5.0)
MODELS = st.builds(KyleLimit, CHANCE, SCALE, SCALE)


def test_impact_and_value_are_those_of_fixture_g1(theory_vectors: Any) -> None:
    case = theory_vectors["kyle_limit"]
    for prior, impact, value in zip(case["p"], case["lambda"], case["V_H"], strict=True):
        model = KyleLimit(prior, case["sigma"], case["r"])
        assert model.impact == pytest.approx(impact, rel=1e-12)
        assert model.value_high == pytest.approx(value, rel=2e-12)
        assert KyleLimit(1.0 - prior, case["sigma"], case["r"]).value_low == pytest.approx(value, rel=2e-12)


def slopes(function: Any, prior: float) -> tuple[float, float]:
    """Fourth-order differences of a function of the prior."""
    step = 1e-3 * min(prior, 1.0 - prior)
    far, near = function(prior + 2 * step), function(prior + step)
    below, lowest = function(prior - step), function(prior - 2 * step)
    first = (8 * (near - below) - (far - lowest)) / (12 * step)
    second = (16 * (near + below) - (far + lowest) - 30 * function(prior)) / (12 * step * step)
    return first, second


@settings(max_examples=60, deadline=None)
@given(CHANCE, SCALE, SCALE)
def test_both_differential_equations_hold(prior: float, volatility: float, rate: float) -> None:
    impact = kyle_impact(prior, volatility, rate)
    first, second = slopes(lambda p: kyle_value_high(p, volatility, rate), prior)
    value = kyle_value_high(prior, volatility, rate)
    assert first == pytest.approx(-(1.0 - prior) / impact, rel=1e-7)
    assert volatility**2 * impact**2 * second / 2 == pytest.approx(rate * value, rel=1e-5)
    curvature = slopes(lambda p: kyle_impact(p, volatility, rate), prior)[1]
    assert impact * curvature == pytest.approx(-2.0 * rate / volatility**2, rel=1e-5)


@settings(max_examples=60, deadline=None)
@given(MODELS)
def test_the_maker_expects_no_order_of_the_insider_on_balance(model: KyleLimit) -> None:
    high, low = model.insider_rates
    assert high > 0.0 > low
    assert model.prior * high + (1.0 - model.prior) * low == pytest.approx(0.0, abs=1e-12 * high)


@settings(max_examples=60, deadline=None)
@given(MODELS)
def test_the_insider_gains_on_average_what_the_impact_costs_the_noise_until_the_end(model: KyleLimit) -> None:
    gains = model.prior * model.value_high + (1.0 - model.prior) * model.value_low
    assert gains == pytest.approx(model.impact * model.volatility**2 / (2.0 * model.revelation_rate), rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(SCALE, SCALE, st.lists(CHANCE, min_size=2, max_size=2, unique=True))
def test_the_high_type_gains_less_the_more_the_market_knows(volatility: float, rate: float, two: list[float]) -> None:
    low, high = sorted(two)
    assert kyle_value_high(low, volatility, rate) >= kyle_value_high(high, volatility, rate)
    assert kyle_insider_rate(low, volatility, rate) >= kyle_insider_rate(high, volatility, rate) * (1 - 1e-12)


@settings(max_examples=40, deadline=None)
@given(MODELS, st.floats(0.0, 0.01))
def test_quotes_of_small_orders_move_by_lambda_and_agree_with_the_update(model: KyleLimit, size: float) -> None:
    bid, ask = model.quotes(size)[:2]
    assert bid <= model.prior <= ask
    assert ask - bid == pytest.approx(2.0 * model.impact * size, abs=1e-12)
    bought = model.update(size, 0.0)
    scale = math.sqrt(2.0 * model.revelation_rate) / model.volatility * size
    assert bought.prior == pytest.approx(ask, abs=scale**2 + 1e-12)
    assert bought.update(-size, 0.0).prior == pytest.approx(model.prior, rel=1e-10)


@settings(max_examples=40, deadline=None)
@given(MODELS, st.floats(0.01, 1.0))
def test_the_price_is_a_martingale_with_the_law_that_is_stated(model: KyleLimit, elapsed: float) -> None:
    levels = np.linspace(0.0, 1.0, 401)[1:-1]
    law = np.array([model.price_law(elapsed, float(level)) for level in levels])
    assert (np.diff(law) >= 0.0).all()
    mean = 1.0 - np.trapezoid(np.concatenate([[0.0], law, [1.0]]), np.linspace(0.0, 1.0, 401))
    assert mean == pytest.approx(model.prior, abs=3e-3)


def test_simulated_prices_keep_their_mean_and_their_law() -> None:
    model = KyleLimit(0.3, 1.0, 0.5)
    prices = model.price_paths(0.25, 4, 20_000, seed=1)
    assert prices.shape == (20_000, 5)
    assert prices[:, 0] == pytest.approx(0.3, rel=1e-13)
    for date in (1, 4):
        drawn = Mean.of(prices[:, date])
        assert abs(drawn.mean - 0.3) < 4.0 * drawn.se
        below = Mean.of(prices[:, date] <= 0.2)
        assert abs(below.mean - model.price_law(0.25 * date, 0.2)) < 4.0 * below.se
    assert (prices == model.price_paths(0.25, 4, 20_000, seed=1)).all()
    assert model.price_law(0.0, 0.29) == 0.0
    assert model.price_law(0.0, 0.3) == 1.0


def test_the_price_drifts_away_from_a_half_when_nobody_trades() -> None:
    assert KyleLimit(0.6).update(0.0, 0.1).prior > 0.6
    assert KyleLimit(0.4).update(0.0, 0.1).prior < 0.4
    assert KyleLimit(0.5).update(0.0, 0.1).prior == pytest.approx(0.5)


@pytest.mark.parametrize("x", [-38.0, -8.0, -1.0, 0.0, 0.3, 2.0, 8.0, 34.9, 35.1, 60.0])
def test_the_normal_law_agrees_with_scipy(x: float) -> None:
    assert log_normal_tail(x) == pytest.approx(float(log_ndtr(-x)), rel=1e-9, abs=1e-300)
    if abs(x) <= 8.0:
        assert normal_tail(x) == pytest.approx(float(norm.sf(x)), rel=1e-13)
        assert normal_quantile(normal_tail(abs(x))) == pytest.approx(-abs(x), rel=1e-13, abs=1e-13)
        assert normal_loss(x) - normal_loss(-x) == pytest.approx(-x, rel=1e-12, abs=1e-15)


def test_the_normal_quantile_is_infinite_at_the_ends() -> None:
    assert (normal_quantile(0.0), normal_quantile(1.0)) == (-math.inf, math.inf)


@pytest.mark.parametrize(
    ("prior", "volatility", "rate", "name"),
    [(0.0, 1, 1, "prior"), (1.0, 1, 1, "prior"), (0.5, 0.0, 1, "volatility"), (0.5, 1, math.nan, "revelation_rate")],
)
def test_a_number_outside_its_domain_is_named(prior: float, volatility: float, rate: float, name: str) -> None:
    with pytest.raises(DomainError, match=rf"^{name} \(.*; it was"):
        KyleLimit(prior, volatility, rate)


def test_steps_paths_and_levels_are_checked() -> None:
    model = KyleLimit(0.5)
    with pytest.raises(DomainError, match="paths must be 1 or more"):
        model.price_paths(0.1, 1, 0)
    with pytest.raises(DomainError, match="size"):
        model.quotes(-1.0)
    with pytest.raises(DomainError, match="level"):
        model.price_law(0.1, 1.5)


@pytest.mark.parametrize("seed", [0, 5])
def test_simulated_insiders_gain_their_value_and_the_maker_nothing(seed: int) -> None:
    model = KyleLimit(0.3, 1.5, 0.5)
    drawn = model.simulate(600, 3_000, seed, horizon=12.0)
    expected = 0.3 * model.value_high + 0.7 * model.value_low
    assert abs(drawn.informed.mean - expected) <= 4.0 * drawn.informed.se + 0.02 * expected
    assert abs(drawn.maker.mean) <= 4.0 * drawn.maker.se
    assert abs(drawn.belief[0] - 0.3) < 1e-12
    assert abs(drawn.n_high / drawn.n - 0.3) <= 4.0 * math.sqrt(0.21 / drawn.n)
    assert drawn.belief[-1] > 0.98
    assert drawn.error[-1] < 0.01


def test_prices_before_the_end_have_the_error_of_their_law() -> None:
    """E[(p - V)^2] at t is e^(-r t) E[p (1 - p)] over the prices of the maker's law."""
    model = KyleLimit(0.4, 1.0, 1.0)
    drawn, prices = model.simulate(4, 20_000, 1), model.price_paths(0.25, 4, 20_000, 2)
    for date in range(5):
        hidden = math.exp(-0.25 * date)
        doubt = prices[:, date] * (1.0 - prices[:, date])
        slack = 4.0 * (drawn.error_se[date] + hidden * doubt.std() / math.sqrt(20_000))
        assert abs(drawn.error[date] - hidden * doubt.mean()) <= slack + 1e-12


def test_the_likelihood_of_a_path_is_the_density_of_its_prices() -> None:
    model, step = KyleLimit(0.4, 2.0, 0.7), 0.3
    for price in (0.2, 0.45, 0.9):
        above, below = (model.price_law(step, price + shift) for shift in (1e-6, -1e-6))
        assert math.exp(model.log_likelihood([price], step)) == pytest.approx((above - below) / 2e-6, rel=1e-6)
    first, second = KyleLimit(0.4, 2.0, 0.7), KyleLimit(0.5, 2.0, 0.7)
    both = first.log_likelihood([0.5], step) + second.log_likelihood([0.7], step)
    assert model.log_likelihood([0.5, 0.7], step) == pytest.approx(both, rel=1e-12)
    with pytest.raises(DomainError, match=r"step .* must lie above 0; it was 0\.\nprice"):
        model.log_likelihood([1.0], 0.0)
    with pytest.raises(DomainError, match="horizon"):
        model.simulate(3, 2, horizon=0.0)
