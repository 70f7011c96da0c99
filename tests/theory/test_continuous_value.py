from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import brentq
from scipy.special import lambertw

from glosten.errors import DomainError
from glosten.theory import (
    AnyValue,
    ContinuousValue,
    ExponentialValue,
    ManyValues,
    NormalValue,
    UniformValue,
    lambert_w,
    normal_ask,
    uniform_ask,
)

LAWS = [UniformValue(10.0, 12.0), NormalValue(100.0, 0.6), ExponentialValue(2.0, 1.0)]
SCIPY = [stats.uniform(10.0, 2.0), stats.norm(100.0, 0.6), stats.expon(1.0, 2.0)]
ORDERS = st.lists(st.sampled_from([-1, 0, 1]), max_size=4)


@st.composite
def markets(draw: st.DrawFn) -> ContinuousValue:
    buys = draw(st.floats(0.05, 0.9))
    sells = draw(st.floats(0.05, 1.0 - buys))
    model = ContinuousValue(draw(st.sampled_from(LAWS)), draw(st.floats(0.02, 0.95)), buys, sells)
    for order in draw(ORDERS):
        model = model.update(order)
    return model


def test_uniform_quotes_are_fixture_d4(theory_vectors: Any) -> None:
    case = theory_vectors["uniform01"]
    for alpha, ask in zip(case["al"], case["ask"], strict=True):
        quotes = ContinuousValue(UniformValue(0.0, 1.0), alpha).quotes()
        assert quotes.ask == pytest.approx(ask, abs=5e-14)
        assert quotes.bid == pytest.approx(1.0 - ask, abs=5e-14)
        assert quotes.ask == pytest.approx((1.0 + alpha - math.sqrt(1.0 - alpha**2)) / (2.0 * alpha), rel=1e-14)


def test_normal_quotes_are_fixture_d5(theory_vectors: Any) -> None:
    case = theory_vectors["normal_perfect"][0]
    model = ContinuousValue(NormalValue(case["mu"], case["sg"]), case["al"], case["eta"], case["eta"])
    assert model.quotes().ask == pytest.approx(case["ask"], abs=5e-11)
    assert model.quotes().p_buy == pytest.approx(case["PB"], abs=5e-14)
    assert math.sqrt(model.update(1).variance) == pytest.approx(case["sd_after_buy"], rel=1e-12)


def test_normal_quotes_are_fixture_d6() -> None:
    quotes = ContinuousValue(NormalValue(50.5, 0.5), 0.5, 0.4, 0.4).quotes()
    assert quotes.ask == pytest.approx(50.7484462772, abs=5e-11)
    assert quotes.bid == pytest.approx(50.2515537228, abs=5e-11)


@settings(max_examples=80, deadline=None)
@given(st.floats(0.01, 0.99), st.floats(0.01, 1.0), st.floats(0.1, 5.0))
def test_a_first_trade_leaves_the_variance_of_a_normal_value_as_it_was(alpha: float, noise: float, sd: float) -> None:
    model = ContinuousValue(NormalValue(3.0, sd), alpha, noise / 2.0, 1.0 - noise / 2.0)
    assert model.update(1).variance == pytest.approx(sd**2, rel=1e-9)
    assert model.update(-1).variance == pytest.approx(sd**2, rel=1e-9)
    assert ContinuousValue(NormalValue(3.0, sd), alpha, 0.3, 0.3).update(0).variance < sd**2


@pytest.mark.parametrize(("law", "distribution"), list(zip(LAWS, SCIPY, strict=True)))
@pytest.mark.parametrize("alpha", [0.0, 0.05, 0.5, 0.95])
def test_closed_forms_agree_with_the_solver_on_the_same_law(law: Any, distribution: Any, alpha: float) -> None:
    closed, solved = ContinuousValue(law, alpha, 0.4, 0.3), ContinuousValue(AnyValue(distribution), alpha, 0.4, 0.3)
    assert closed.quotes()[:7] == pytest.approx(solved.quotes()[:7], rel=1e-10)
    assert closed.variance == pytest.approx(solved.variance, rel=1e-9)
    first, second = closed.update(1).update(0), solved.update(1).update(0)
    assert first.quotes()[:7] == pytest.approx(second.quotes()[:7], rel=1e-9)
    assert first.variance == pytest.approx(second.variance, rel=1e-8)


@pytest.mark.parametrize(
    "distribution",
    [stats.gamma(2.0), stats.t(4.0, 7.0, 0.01), stats.beta(0.5, 2.0), stats.lognorm(0.8), stats.pareto(3.0)],
    ids=["gamma", "t", "beta", "lognormal", "pareto"],
)
def test_the_solver_finds_the_one_fixed_point_of_any_law(distribution: Any) -> None:
    alpha, buys = 0.4, 0.5
    noise, mean = (1.0 - alpha) * buys, float(distribution.mean())

    def sign(x: float) -> float:
        return noise * (x - mean) - alpha * float(distribution.expect(lambda v: v - x, lb=x))

    ask = ContinuousValue(AnyValue(distribution), alpha).quotes().ask
    assert ask is not None
    root = brentq(sign, mean, mean + 20.0 * float(distribution.std()), xtol=1e-13)
    assert ask == pytest.approx(root, rel=1e-6)
    spread = float(distribution.std())
    assert all(sign(ask - step * spread) < 0.0 < sign(ask + step * spread) for step in (0.01, 0.1, 0.5))


@settings(max_examples=60, deadline=None)
@given(markets(), st.floats(-3.0, 3.0))
def test_the_ask_is_the_maximum_of_g(model: ContinuousValue, offset: float) -> None:
    ask = model.quotes().ask
    assert ask is not None
    noise = (1.0 - model.alpha) * model.noise_buys
    ends = model._ends()

    def g(x: float) -> float:
        chance, distance = model._tail(ends, x, 1)
        return (noise * model.mean + model.alpha * (distance + x * chance)) / (noise + model.alpha * chance)

    assert g(ask) == pytest.approx(ask, rel=1e-11)
    x = ask + offset
    assert g(x) <= ask + 1e-11 * abs(ask)
    if abs(offset) > 1e-6:
        assert (g(x) > x) == (x < ask)


@settings(max_examples=60, deadline=None)
@given(markets())
def test_nobody_pays_the_maker_and_the_mean_is_a_martingale(model: ContinuousValue) -> None:
    quotes = model.quotes()
    assert quotes.bid is not None
    assert quotes.ask is not None
    assert quotes.bid <= model.mean <= quotes.ask
    assert quotes.p_buy + quotes.p_sell + quotes.p_none == pytest.approx(1.0, rel=1e-12)
    for side, quote in ((1, quotes.ask), (-1, quotes.bid)):
        assert model.update(side).mean == pytest.approx(quote, rel=1e-11)
        assert model.gains(side).maker == pytest.approx(0.0, abs=1e-10)
        assert model.gains(side).informed > 0.0
    chances = {1: quotes.p_buy, -1: quotes.p_sell, 0: quotes.p_none}
    moved = [(chance, model.update(order)) for order, chance in chances.items() if chance > 1e-12]
    assert sum(chance * after.mean for chance, after in moved) == pytest.approx(model.mean, rel=1e-11)
    total = sum(chance * (after.variance + (after.mean - model.mean) ** 2) for chance, after in moved)
    assert total == pytest.approx(model.variance, rel=1e-8)
    for _, after in moved:
        assert after.probability(-math.inf, math.inf) == pytest.approx(1.0, rel=1e-11)


def test_a_fine_grid_of_values_is_the_continuous_one() -> None:
    points = 2000
    grid = ManyValues.uniform([(i + 0.5) / points for i in range(points)], 0.4)
    smooth = ContinuousValue(UniformValue(0.0, 1.0), 0.4)
    for order in (1, -1, 1, 1):
        assert grid.quotes()[:2] == pytest.approx(smooth.quotes()[:2], abs=1e-3)
        grid, smooth = grid.update(order), smooth.update(order)
    assert grid.mean == pytest.approx(smooth.mean, abs=1e-3)


def test_shares_and_likelihoods_follow_the_quotes() -> None:
    model = ContinuousValue(UniformValue(0.0, 1.0), 0.4, 0.3, 0.3)
    quotes = model.quotes()
    assert quotes.ask is not None
    assert model.informed_share(1) == pytest.approx(0.4 * (1.0 - quotes.ask) / quotes.p_buy, rel=1e-12)
    assert model.log_likelihood((1, 0)) == pytest.approx(
        math.log(quotes.p_buy) + math.log(model.update(1).order_probability(0)), rel=1e-14
    )
    bought = model.update(1)
    assert bought.probability(quotes.ask, 1.0) > 1.0 - quotes.ask
    assert bought.probability(0.2, 0.3) == pytest.approx(0.1 * 0.18 / quotes.p_buy, rel=1e-10)


@pytest.mark.parametrize("x", [-1.0 / math.e + 1e-6, -0.3, -0.01, 0.0, 1e-9, 0.5, 2.0, 1e3, 1e100, 1e300])
def test_lambert_w_agrees_with_scipy(x: float) -> None:
    assert lambert_w(x) == pytest.approx(float(lambertw(x).real), rel=1e-12, abs=1e-12)


def test_lambert_w_solves_its_equation_at_the_branch_point() -> None:
    for x in (-1.0 / math.e, -1.0 / math.e + 1e-15, -1.0 / math.e + 1e-9):
        w = lambert_w(x)
        assert w * math.exp(w) == pytest.approx(x, abs=1e-16)


def test_compiled_quotes_are_nan_where_noise_never_takes_the_side() -> None:
    assert math.isnan(uniform_ask(0.0, 1.0, 0.5, 0.0))
    assert math.isnan(normal_ask(0.0, 1.0, 1.0, 0.5))
    assert math.isnan(lambert_w(-1.0))


def test_a_side_without_noise_has_no_quote_and_says_why() -> None:
    model = ContinuousValue(UniformValue(0.0, 1.0), 0.5, 0.0, 0.5)
    quotes = model.quotes()
    assert quotes.ask is None
    assert quotes.spread is None
    assert quotes.why_no_ask == (
        "A buy has probability 0: no noise trader buys (noise_buys = 0), "
        "and at every ask the informed buy only what it loses on."
    )
    assert model.log_likelihood((1,)) == -math.inf
    with pytest.raises(DomainError, match="Nothing can be learned from it"):
        model.update(1)


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: UniformValue(1.0, 1.0), "low must lie below high; they were 1 and 1."),
        (
            lambda: NormalValue(0.0, 0.0),
            "sd (the standard deviation of the value, in price units) must lie above 0; it was 0.",
        ),
        (
            lambda: ExponentialValue(-1.0),
            "scale (the mean distance of the value from its lowest, in price units) must lie above 0; it was -1.",
        ),
        (
            lambda: AnyValue(stats.pareto(1.5)),
            "distribution must have a finite mean and variance; they were 3 and inf.",
        ),
        (
            lambda: AnyValue(stats.poisson(3.0)),
            (
                "distribution must be a frozen continuous distribution of scipy.stats; "
                "it was rv_discrete_frozen (ManyValues takes finitely many values)."
            ),
        ),
        (
            lambda: ContinuousValue(UniformValue(0.0, 1.0), 0.5, 0.7),
            "noise_buys and noise_sells must sum to 1 at most; they summed to 1.2.",
        ),
        (
            lambda: ContinuousValue(UniformValue(0.0, 1.0), -0.1),
            "alpha (the fraction of traders who know the value) must lie between 0 and 1; it was -0.1.",
        ),
    ],
)
def test_bad_parameters_are_named_in_one_sentence(build: Any, sentence: str) -> None:
    with pytest.raises(DomainError) as caught:
        build()
    assert caught.value.problems == (sentence,)


@settings(max_examples=20)
@given(markets(), st.sampled_from([2, 7, 101]))
def test_cells_keep_the_mean_and_lose_only_what_lies_within_them(model: ContinuousValue, cells: int) -> None:
    many = model.in_cells(cells)
    assert len(many.values) == cells
    assert many.mean == pytest.approx(model.mean, rel=1e-10)
    variance = sum((value - many.mean) ** 2 for value in many.values) / cells
    assert variance <= model.variance * (1.0 + 1e-9)


def test_cells_of_a_uniform_value_are_equally_far_apart() -> None:
    many = ContinuousValue(UniformValue(0.0, 1.0), 0.4).in_cells(5)
    assert many.values == pytest.approx((0.1, 0.3, 0.5, 0.7, 0.9), rel=1e-12)


@pytest.mark.parametrize("law", [*LAWS, AnyValue(stats.norm(100.0, 0.6)), AnyValue(stats.gamma(2.0))])
def test_quotes_of_cells_come_as_near_as_a_cell_is_wide(law: Any) -> None:
    model = ContinuousValue(law, 0.4, 0.4, 0.3)
    quotes = model.quotes()
    sd = math.sqrt(model.variance)
    for cells in (101, 401):
        found = model.in_cells(cells).quotes()
        assert found.ask == pytest.approx(quotes.ask, abs=2.0 * sd / cells)
        assert found.bid == pytest.approx(quotes.bid, abs=2.0 * sd / cells)


@pytest.mark.parametrize("law", LAWS)
def test_simulated_cells_start_where_the_closed_form_does_and_the_maker_earns_nothing(law: Any) -> None:
    model = ContinuousValue(law, 0.3, 0.4, 0.4)
    drawn = model.simulate(6, 3_000, 0, cells=101)
    assert drawn.spread[0] == pytest.approx(model.quotes().spread, rel=0.02)
    assert drawn.error[0] == pytest.approx(model.variance, rel=0.15)
    assert abs(drawn.maker.mean) <= 4.0 * drawn.maker.se
    assert drawn.informed.mean > 4.0 * drawn.informed.se
    assert drawn.error[-1] < drawn.error[0]


def test_a_posterior_can_be_simulated_on() -> None:
    model = ContinuousValue(NormalValue(0.0, 1.0), 0.5, 0.3, 0.3).update(1).update(-1).update(0)
    many = model.in_cells()
    assert many.mean == pytest.approx(model.mean, rel=1e-9, abs=1e-9)
    assert many.quotes().ask == pytest.approx(model.quotes().ask, abs=0.005)
    with pytest.raises(DomainError, match="cells must be 2 or more; it was 1"):
        model.simulate(3, 10, cells=1)


@pytest.mark.parametrize("law", [ExponentialValue(2.0, 1.0), NormalValue(0.0, 2.0), UniformValue(-5.0, 5.0)])
@pytest.mark.parametrize("start", [1.5, 2.975935445806114])
@pytest.mark.parametrize("width", [2e-3, 1e-6])
def test_a_value_known_almost_exactly_keeps_its_variance(law: Any, start: float, width: float) -> None:
    """Between two close prices every smooth density is nearly flat: its variance is width^2 / 12."""
    chance = law.above(start)[0] - law.above(start + width)[0]
    model = ContinuousValue(law, 0.3, knots=(start, start + width), weights=(0.0, 1.0 / chance, 0.0))
    assert model.variance == pytest.approx(width**2 / 12.0, rel=1e-6)


AWKWARD = {
    "far from 0": stats.norm(1e8, 1e-3),
    "with steps in its density": stats.rv_histogram(([1, 5, 2, 0, 4], [-2.0, -1.0, 0.0, 1.0, 2.0, 3.0])),
    "whose tail overflows in scipy": stats.loggamma(0.3),
    "crowded at its low end": stats.gamma(0.02),
    "crowded at both ends": stats.beta(0.05, 0.05),
    "with a heavy tail": stats.weibull_min(0.2),
}


@pytest.mark.parametrize("name", AWKWARD)
def test_an_awkward_law_of_scipy_is_quoted_without_a_warning_and_simulated(name: str) -> None:
    """The ask is E[V | buy] and the bid E[V | sell], from draws by equally likely quantiles."""
    law = AWKWARD[name]
    market = ContinuousValue(AnyValue(law), 0.3, 0.4, 0.3)
    quotes = market.quotes()
    assert quotes.ask is not None
    assert quotes.bid is not None
    values = law.ppf((np.arange(200_000) + 0.5) / 200_000)
    for quote, informed, noise in ((quotes.ask, values > quotes.ask, 0.4), (quotes.bid, values < quotes.bid, 0.3)):
        weights = 0.3 * informed + 0.7 * noise
        expected = np.sum(weights * (values - law.mean())) / weights.sum() + law.mean()
        assert quote == pytest.approx(expected, abs=2e-3 * law.std())
    cells = market.in_cells(30)
    assert np.sum(np.multiply(cells.values, cells.beliefs)) == pytest.approx(law.mean(), rel=1e-9, abs=1e-9 * law.std())
    assert sum(cells.beliefs) == pytest.approx(1.0)
    drawn = market.simulate(4, 300, 0, cells=30)
    assert drawn.spread[0] == pytest.approx(quotes.ask - quotes.bid, rel=0.1)


def test_a_law_on_a_circle_is_refused() -> None:
    with pytest.raises(DomainError, match="distribution must have a cdf from 0 to 1; at -8"):
        AnyValue(stats.vonmises(2.0))


def test_a_law_whose_mean_scipy_cannot_find_is_refused() -> None:
    class Bare(stats.rv_continuous):
        def _pdf(self, x: float) -> float:
            return float(0.5 * stats.norm.pdf(x, -3.0, 0.1) + 0.5 * stats.norm.pdf(x, 3.0, 0.1))

    with pytest.raises(DomainError, match="distribution must have a mean and a variance; scipy finds none"):
        AnyValue(Bare(name="bare")())
