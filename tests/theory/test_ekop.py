from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp
from scipy.stats import poisson

from glosten.errors import DomainError
from glosten.theory import Ekop, ekop_log_likelihood, pin, simulate_ensemble

CHANCE = st.floats(0.02, 0.98)
RATE = st.floats(0.1, 200.0)
MODELS = st.builds(Ekop, st.just(90.0), st.just(110.0), CHANCE, CHANCE, RATE, RATE, RATE)
SIDES = st.lists(st.sampled_from([-1, 1]), max_size=8)
DAYS = [(38, 52), (105, 47), (41, 115), (60, 60)]


@pytest.fixture
def case(theory_vectors: Any) -> Any:
    return theory_vectors["ekop"]


@pytest.fixture
def model(case: Any) -> Ekop:
    return Ekop(case["VL"], case["VH"], case["alpha"], case["delta"], case["mu"], case["eb"], case["es"])


def test_opening_quotes_and_pin_are_those_of_fixture_b5(model: Ekop, case: Any) -> None:
    assert model.mean == pytest.approx(102.0, rel=1e-15)
    assert model.quotes()[:2] == pytest.approx((case["bid"], case["ask"]), abs=5e-11)
    assert model.pin == pytest.approx(float(Fraction(case["PIN"])), rel=1e-15)


def test_the_likelihood_of_four_days_is_fixture_b6(model: Ekop, case: Any) -> None:
    expected = case["loglik[(38,52),(105,47),(41,115),(60,60)]"]
    assert model.log_likelihood(DAYS) == pytest.approx(expected, abs=5e-12)


@settings(max_examples=60, deadline=None)
@given(CHANCE, RATE, RATE)
def test_the_opening_spread_is_pin_times_the_range_where_the_sides_are_alike(a: float, mu: float, eps: float) -> None:
    model = Ekop(90.0, 110.0, a, 0.5, mu, eps, eps)
    bid, ask = model.quotes()[:2]
    assert ask is not None
    assert bid is not None
    assert ask - bid == pytest.approx(20.0 * pin(a, mu, eps, eps), rel=1e-9, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(MODELS, SIDES)
def test_nobody_pays_the_maker_and_the_mean_lies_between_the_quotes(model: Ekop, sides: list[int]) -> None:
    for side in sides:
        model = model.update(side)
    bid, ask = model.quotes()[:2]
    assert bid is not None
    assert ask is not None
    assert bid <= model.mean + 1e-11
    assert ask >= model.mean - 1e-11
    for side in (1, -1):
        gains = model.gains(side)
        assert gains.maker == pytest.approx(0.0, abs=1e-8)
        assert gains.informed == pytest.approx(-gains.noise, abs=1e-8)
        assert gains.informed >= -1e-9


@settings(max_examples=60, deadline=None)
@given(MODELS, SIDES)
def test_the_quote_that_is_hit_is_the_mean_that_follows(model: Ekop, sides: list[int]) -> None:
    for side in sides:
        price = model.quotes()[1 if side > 0 else 0]
        model = model.update(side)
        assert model.mean == pytest.approx(price, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(MODELS, st.floats(0.001, 0.02))
def test_the_mean_is_a_martingale_over_a_short_time(model: Ekop, days: float) -> None:
    """Over dt the mean drifts by what silence teaches, and jumps at rates that make up for it, at every instant."""
    model = model.update(1)
    step = 1e-6 / (model.mu + model.eps_b + model.eps_s)
    drift = (model.wait(step).mean - model.mean) / step
    jumps = sum(model.arrival_rate(side) * (model.update(side).mean - model.mean) for side in (1, -1))
    assert drift == pytest.approx(-jumps, rel=1e-4, abs=1e-4 * model.mu)
    assert model.wait(days).p_event < model.p_event


@settings(max_examples=40, deadline=None)
@given(MODELS, st.lists(st.sampled_from([-1, 1]), max_size=10), st.randoms(use_true_random=False))
def test_a_day_seen_trade_by_trade_ends_where_its_counts_say(model: Ekop, sides: list[int], rng: Any) -> None:
    cuts = sorted(rng.random() for _ in sides)
    waits = np.diff([0.0, *cuts, 1.0])
    walked = model
    for side, wait in zip([*sides, 0], waits, strict=True):
        walked = walked.wait(wait)
        walked = walked.update(side) if side else walked
    assert walked.beliefs == pytest.approx(model.posterior(sides.count(1), sides.count(-1)), rel=1e-8)


@settings(max_examples=60, deadline=None)
@given(CHANCE, CHANCE, st.tuples(RATE, RATE, RATE), st.integers(0, 5000), st.integers(0, 5000))
def test_the_likelihood_of_a_day_is_that_of_three_poisson_pairs(
    a: float, d: float, rates: tuple[float, float, float], buys: int, sells: int
) -> None:
    mu, eb, es = rates
    rows = [
        math.log(1 - a) + poisson.logpmf(buys, eb) + poisson.logpmf(sells, es),
        math.log(a * d) + poisson.logpmf(buys, eb) + poisson.logpmf(sells, es + mu),
        math.log(a * (1 - d)) + poisson.logpmf(buys, eb + mu) + poisson.logpmf(sells, es),
    ]
    assert ekop_log_likelihood(buys, sells, a, d, rates) == pytest.approx(logsumexp(rows), rel=1e-10)


def test_the_likelihood_sums_to_one_over_all_days() -> None:
    total = sum(math.exp(ekop_log_likelihood(b, s, 0.3, 0.4, (3.0, 2.0, 4.0))) for b in range(40) for s in range(40))
    assert total == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("seed", [0, 3])
def test_simulated_days_have_the_means_and_the_covariance_of_the_model(seed: int) -> None:
    model = Ekop(90.0, 110.0, 0.3, 0.4, 6.0, 4.0, 5.0)
    counts = model.day_counts(20_000, seed)
    good, bad = 0.18, 0.12
    errors = counts.std(axis=0, ddof=1) / math.sqrt(len(counts))
    assert (np.abs(counts.mean(axis=0) - (4.0 + 6.0 * good, 5.0 + 6.0 * bad)) <= 4 * errors).all()
    products = (counts[:, 0] - (4.0 + 6.0 * good)) * (counts[:, 1] - (5.0 + 6.0 * bad))
    assert abs(products.mean() + 36.0 * good * bad) <= 4 * products.std() / math.sqrt(len(counts))
    assert (model.day_counts(10, seed) == counts[:10]).all()
    assert (model.day_counts(10, seed + 1) != counts[:10]).any()


def test_a_side_where_nobody_can_come_has_no_quote_and_says_why() -> None:
    model = Ekop(90.0, 110.0, 0.5, 1.0, 10.0, 0.0, 5.0)
    assert model.quotes()[1] is None
    assert (
        model.why_no_quote(1) == "No buyer can come: good news is ruled out, and there are no noise buyers (eps_b = 0)."
    )
    assert model.gains().maker == pytest.approx(0.0, abs=1e-12)
    with pytest.raises(DomainError, match=r"^No buyer can come: .* Nothing can be learned from it\.$"):
        model.update(1)
    silent = Ekop(90.0, 110.0, 0.5, 0.5, 0.0, 0.0, 0.0)
    assert silent.pin is None
    assert silent.quotes()[:3] == (None, None, None)
    assert silent.posterior(1, 0) is None
    assert silent.log_likelihood([(0, 0), (1, 0)]) == -math.inf
    assert silent.day_counts(3).tolist() == [[0, 0]] * 3


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"mu": -1.0}, "mu (informed traders per day with news) must lie at 0 or above; it was -1."),
        ({"eps_b": math.inf}, "eps_b (noise buyers per day) must lie at 0 or above; it was inf."),
        ({"p_event": 1.5}, "p_event (the probability that there was news) must lie between 0 and 1; it was 1.5."),
        ({"v_high": 80.0}, "v_low must lie below v_high; they were 90 and 80."),
    ],
)
def test_bad_parameters_are_named_in_one_sentence(changed: dict[str, float], sentence: str) -> None:
    good = {"v_low": 90.0, "v_high": 110.0, "p_event": 0.3, "p_bad": 0.4, "mu": 60.0, "eps_b": 40.0, "eps_s": 50.0}
    with pytest.raises(DomainError) as caught:
        Ekop(**{**good, **changed})
    assert caught.value.problems == (sentence,)


def test_bad_calls_are_named_in_one_sentence(model: Ekop) -> None:
    with pytest.raises(DomainError, match=r"^side must be 1 \(a buy\) or -1 \(a sell\); it was 0\.$"):
        model.update(0)
    with pytest.raises(DomainError, match=r"^a number of trades must be 0 or more; it was -2\.$"):
        model.log_likelihood([(1, 1), (-2, 0)])
    with pytest.raises(
        DomainError, match=r"^days \(the time that passes, in days\) must lie at 0 or above; it was -1\.$"
    ):
        model.wait(-1.0)


@pytest.mark.parametrize("seed", [0, 7])
def test_simulated_days_open_at_pin_learn_from_silence_and_leave_the_maker_nothing(seed: int) -> None:
    day = Ekop(90.0, 110.0, 0.3, 0.5, 20.0, 15.0, 15.0)
    drawn = day.simulate(10, 4_000, seed)
    assert drawn.spread[0] == pytest.approx(day.pin * 20.0, rel=1e-12)  # type: ignore[operator]
    assert abs(drawn.maker.mean) <= 4.0 * drawn.maker.se
    assert drawn.informed.mean > 4.0 * drawn.informed.se
    assert abs(drawn.trades.mean - (30.0 + 0.3 * 20.0)) <= 4.0 * drawn.trades.se
    assert abs(drawn.error[0] - 0.3 * 100.0) <= 4.0 * drawn.error_se[0]
    assert drawn.error[-1] < 0.2 * drawn.error[0]


@pytest.mark.parametrize("periods", [1, 4, 50])
def test_gains_and_the_last_error_do_not_depend_on_how_fine_the_grid_is(periods: int) -> None:
    day = Ekop(90.0, 110.0, 0.4, 0.3, 8.0, 5.0, 4.0)
    coarse, fine = day.simulate(1, 500, 3), day.simulate(periods, 500, 3)
    assert fine.informed.mean == pytest.approx(coarse.informed.mean, rel=1e-9)
    assert fine.error[-1] == pytest.approx(coarse.error[-1], rel=1e-9)


def test_errors_at_the_end_of_a_day_are_those_of_its_counts() -> None:
    """E[Var(V | counts)] summed over every pair of counts, against days drawn arrival by arrival."""
    day = Ekop(0.0, 1.0, 0.4, 0.5, 3.0, 2.0, 2.0)
    expected = 0.0
    for buys, sells in itertools.product(range(25), repeat=2):
        none, good, _ = day.posterior(buys, sells)  # type: ignore[misc]
        mean, square = 0.5 * none + good, 0.25 * none + good
        expected += math.exp(day.log_likelihood([(buys, sells)])) * (square - mean**2)
    drawn = day.simulate(3, 20_000, 0)
    assert abs(drawn.error[-1] - expected) <= 4.0 * drawn.error_se[-1]


def test_a_sampled_day_is_one_of_the_block() -> None:
    day = Ekop(90.0, 110.0, 0.5, 0.3, 8.0, 5.0, 4.0)
    ensemble = day.ensemble(6, 0)
    paths = [ensemble.path(number) for number in range(20)]
    assert ensemble.block(0, 20).totals[4, 0] == -sum(int(path.orders.sum()) for path in paths)
    assert {path.value for path in paths} <= {90.0, 104.0, 110.0}
    assert simulate_ensemble(ensemble, 1_100, 2).maker == simulate_ensemble(ensemble, 1_100).maker
    with pytest.raises(DomainError, match="periods must be 0 or more"):
        day.ensemble(-1)
