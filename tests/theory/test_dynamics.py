from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from glosten import theory
from glosten.errors import DomainError
from glosten.theory import Binary

inside = st.floats(0.02, 0.98)


def number(text: str | float) -> float:
    top, _, bottom = str(text).partition("/")
    return float(top) / float(bottom or 1)


def test_times_to_learn_are_the_golden_ones(theory_vectors: Any) -> None:
    row = theory_vectors["hitting"]
    model = Binary(0, 1, row["pi"], row["al"], row["ga"])
    deviations = {"0.9": 11.610978, "0.95": 12.981468, "0.99": 16.420402}
    for target, mean in row["E_tau_H"].items():
        time = model.hitting_time(float(target))
        assert time.exact
        assert time.mean == pytest.approx(number(mean), rel=1e-12)
        assert time.sd == pytest.approx(deviations[target], rel=1e-7)


def test_the_two_sided_exit_is_the_golden_one(theory_vectors: Any) -> None:
    row = theory_vectors["hitting"]["two_sided_7"]
    leaving = Binary(0, 1, 0.5, 0.3).exit(7, 7)
    assert leaving.p_wrong == pytest.approx(row["P_wrong_H"], rel=1e-12)
    assert leaving.mean == pytest.approx(row["E_exit_H"], rel=1e-12)


@pytest.mark.parametrize(("above", "below", "alpha"), [(3, 5, 0.2), (7, 2, 0.6), (4, 4, 0.0), (2, 3, 1.0)])
def test_the_two_sided_exit_solves_the_equations_of_the_walk(above: int, below: int, alpha: float) -> None:
    """Solve P and the mean from every starting point at once, as linear equations."""
    inner = above + below - 1
    walk = np.eye(inner) - (1 + alpha) / 2 * np.eye(inner, k=1) - (1 - alpha) / 2 * np.eye(inner, k=-1)
    wrong = np.zeros(inner)
    wrong[0] = (1 - alpha) / 2
    leaving = theory.two_sided_exit(above, below, alpha)
    assert leaving[0] == pytest.approx(np.linalg.solve(walk, wrong)[below - 1], rel=1e-9, abs=1e-15)
    assert leaving[1] == pytest.approx(np.linalg.solve(walk, np.ones(inner))[below - 1], rel=1e-9)


def test_standing_on_a_bound_is_leaving_at_once() -> None:
    assert theory.two_sided_exit(0, 3, 0.3) == (0, 0)
    assert theory.two_sided_exit(3, 0, 0.3) == (1, 0)


@settings(max_examples=40)
@given(inside, inside)
def test_the_chernoff_rate_is_the_minimum_over_all_weights(alpha: float, gamma: float) -> None:
    high = [theory.side_if_high(side, alpha, gamma) for side in (1, -1)]
    low = [theory.side_if_low(side, alpha, gamma) for side in (1, -1)]

    def overlap(weight: float) -> float:
        return math.log(sum(h**weight * k ** (1 - weight) for h, k in zip(high, low, strict=True)))

    found = minimize_scalar(overlap, bounds=(0, 1), method="bounded", options={"xatol": 1e-9})
    rate, weight = theory.chernoff_rate(alpha, gamma)
    assert rate == pytest.approx(-found.fun, rel=1e-9, abs=1e-15)
    assert overlap(weight) == pytest.approx(-rate, rel=1e-9, abs=1e-15)
    assert 0 < weight < 1


@settings(max_examples=40)
@given(inside, inside)
def test_the_expected_spread_decays_more_slowly_than_a_typical_one(alpha: float, gamma: float) -> None:
    high, low = theory.learning_rates(alpha, gamma)
    rate, _ = theory.chernoff_rate(alpha, gamma)
    assert 0 < rate < min(high, low)


@settings(max_examples=20)
@given(inside)
def test_with_even_noise_the_rates_have_their_short_forms(alpha: float) -> None:
    high, low = theory.learning_rates(alpha, 0.5)
    assert high == pytest.approx(alpha * math.log((1 + alpha) / (1 - alpha)), rel=1e-12)
    assert low == pytest.approx(high, rel=1e-12)
    assert theory.chernoff_rate(alpha, 0.5) == pytest.approx((-0.5 * math.log(1 - alpha**2), 0.5), rel=1e-10)
    assert theory.log_odds_step(1, alpha, 0.5) == pytest.approx(2 * math.atanh(alpha), rel=1e-12)
    assert theory.log_odds_step(-1, alpha, 0.5) == pytest.approx(-2 * math.atanh(alpha), rel=1e-12)


@pytest.mark.parametrize("gamma", [0.0, 1.0])
def test_one_sided_noise_has_the_rates_of_its_limit(gamma: float) -> None:
    rates = theory.learning_rates(0.3, gamma)
    assert max(rates) == math.inf
    assert min(rates) == pytest.approx(-math.log(0.7))
    assert theory.chernoff_rate(0.3, gamma)[0] == pytest.approx(-math.log(0.7))
    assert theory.chernoff_rate(0.3, 1e-300)[0] == pytest.approx(-math.log(0.7), rel=0.02)


def test_nobody_informed_teaches_nothing_and_everybody_informed_all_at_once() -> None:
    nobody, everybody = Binary(0, 1, 0.5, 0.0), Binary(0, 1, 0.5, 1.0)
    assert nobody.learning() == (0, 0, 0, 0.5)
    assert nobody.hitting_time(0.9).mean == math.inf
    assert everybody.learning()[:3] == (math.inf,) * 3
    assert everybody.hitting_time(0.9) == (1, 0, True)
    assert nobody.hitting_time(0.5) == (0, 0, True)
    assert Binary(0, 1, 0.0, 0.3).hitting_time(0.9).mean == math.inf
    assert theory.wald_hitting_time(0.5, 0.9, 0.0, 0.4) == (math.inf, math.inf)
    assert theory.wald_hitting_time(0.5, 0.4, 0.3, 0.4) == (0, 0)
    assert theory.wald_hitting_time(0.5, 0.9, 1.0, 0.4) == (1, 0)


@pytest.mark.parametrize("gamma", [0.3, 0.65])
def test_walds_time_is_labelled_approximate_and_falls_short_by_the_overshoot(gamma: float) -> None:
    model = Binary(0, 1, 0.4, 0.25, gamma)
    estimate = model.hitting_time(0.99)
    passage = model.first_passage(0.99, 2000)
    dates = np.arange(passage.size)
    mean = float(passage @ dates)
    step = theory.log_odds_step(1, 0.25, gamma)
    assert passage.sum() == pytest.approx(1, abs=1e-9)
    assert not estimate.exact
    assert estimate.mean < mean < estimate.mean + step / model.learning().kl_high
    assert estimate.sd == pytest.approx(math.sqrt(float(passage @ dates**2) - mean**2), rel=0.1)


def test_targets_and_bands_outside_their_domain_are_refused() -> None:
    model = Binary(0, 1, 0.5, 0.3)
    with pytest.raises(DomainError, match=r"target .* between 0 and 1"):
        model.hitting_time(1.0)
    with pytest.raises(DomainError, match=r"gamma = 0\.5"):
        Binary(0, 1, 0.5, 0.3, 0.4).exit(3, 3)
