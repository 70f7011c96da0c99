"""Alpha curves on series whose information coefficients and half-lives are known in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import signal as filters

from glosten.alpha import HORIZONS, AlphaCurve, Horizon, Mids, alpha_curve
from glosten.records import QUOTES

SECOND = 1_000_000_000
SECONDS = tuple(Horizon(length, "s") for length in (1, 5, 10, 20, 60))


def walk(changes: np.ndarray) -> Mids:
    """Return mids a second apart that start at 10^6 ticks and change by so many half-ticks."""
    quotes = np.zeros(len(changes) + 1, QUOTES)
    quotes["ts_ns"] = np.arange(len(quotes)) * SECOND
    twice = 2_000_000_000 + np.concatenate([[0], np.cumsum(np.rint(changes).astype(np.int64))])
    quotes["bid"], quotes["ask"] = twice // 2, twice - twice // 2
    return Mids(quotes, 0.01)


def curve(signal: np.ndarray, changes: np.ndarray, horizons: tuple[Horizon, ...] = SECONDS) -> AlphaCurve:
    at_ns = np.arange(len(signal)) * SECOND
    return alpha_curve("made", signal, at_ns, walk(changes), at_ns, horizons)


def fading(rho: float, strength: float, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (signal, changes): a signal of variance 1 that keeps rho of itself a second and pulls the mid."""
    rng = np.random.default_rng(seed)
    signal = filters.lfilter([1.0], [1.0, -rho], math.sqrt(1 - rho**2) * rng.standard_normal(n))
    return signal, 1e4 * (strength * signal + rng.standard_normal(n))


def known_ic(rho: float, strength: float, horizon: int) -> tuple[float, float]:
    """Return (information coefficient, covariance of signal and move) of `fading` over a horizon, in its units."""
    reach = strength * (1 - rho**horizon) / (1 - rho)
    lags = np.arange(1, horizon)
    variance = horizon + strength**2 * (horizon + 2 * float(((horizon - lags) * rho**lags).sum()))
    return reach / math.sqrt(variance), reach


@pytest.mark.parametrize("rho", [0.0, 0.9])
def test_coefficients_are_those_of_the_closed_form_within_their_errors(rho: float) -> None:
    strength = 0.3 if rho == 0.0 else 0.1
    found = curve(*fading(rho, strength, 30_000, seed=1))
    for point in found.points:
        expected, _ = known_ic(rho, strength, round(point.horizon.length))
        assert abs(point.ic - expected) < 4 * point.ic_se
        assert point.ic_se < 0.03
        normal = 6 / math.pi * math.asin(expected / 2)  # Spearman's of a normal pair
        assert abs(point.rank_ic - normal) < 4 * point.rank_ic_se
        assert point.overlap == point.horizon.length - 1
        assert point.lag >= 2 * point.overlap


def test_errors_are_those_that_redrawing_the_market_shows() -> None:
    found = [curve(*fading(0.9, 0.1, 3_000, seed), (Horizon(10, "s"),)).points[0] for seed in range(120)]
    assert np.mean([one.ic_se for one in found]) == pytest.approx(np.std([one.ic for one in found]), rel=0.2)
    assert np.mean([one.rank_ic_se for one in found]) == pytest.approx(np.std([one.rank_ic for one in found]), rel=0.2)


def test_the_half_life_is_that_of_the_signal() -> None:
    rho = 0.9
    found = curve(*fading(rho, 0.3, 60_000, seed=2))
    (half_life,) = found.half_lives
    assert half_life.why == ""
    assert abs(half_life.value - math.log(0.5) / math.log(rho)) < 4 * half_life.se
    assert half_life.se < 1.0
    whole = 0.3 / (1 - rho) * 1e4 / 2e9 * 1e4  # half-ticks as bps of the mid, twice which is 2 10^9
    assert abs(half_life.response_bps - whole) < 4 * half_life.response_se_bps
    assert [round(point.decay, 2) for point in found.points] == pytest.approx(
        [2 ** (-point.horizon.length / half_life.value) for point in found.points], abs=0.006
    )


def test_half_lives_of_many_markets_scatter_as_their_error_says() -> None:
    found = [curve(*fading(0.9, 0.5, 4_000, seed)).half_lives[0] for seed in range(60)]
    values = [one.value for one in found if one.why == ""]
    assert len(values) > 55
    assert np.mean([one.se for one in found if one.why == ""]) == pytest.approx(np.std(values), rel=0.35)


def test_noise_foretells_nothing_and_has_no_half_life() -> None:
    rng = np.random.default_rng(3)
    found = curve(rng.standard_normal(20_000), 1e4 * rng.standard_normal(20_000))
    assert all(abs(point.ic) < 4 * point.ic_se for point in found.points)
    assert math.isnan(found.half_lives[0].value)
    assert found.half_lives[0].why != ""
    assert all(math.isnan(point.decay) for point in found.points)


def test_what_the_tape_is_too_short_for_is_unknown_and_says_so() -> None:
    rng = np.random.default_rng(4)
    found = curve(rng.standard_normal(40), rng.standard_normal(40), HORIZONS)
    by_horizon = {(point.horizon.length, point.horizon.clock): point for point in found.points}
    assert by_horizon[100, "trades"].n == 0
    assert math.isnan(by_horizon[100, "trades"].ic)
    assert math.isnan(by_horizon[20, "trades"].ic_se)  # fewer than four windows that do not overlap
    assert by_horizon[1, "s"].ic_se > 0
    nothing = curve(np.zeros(0), np.zeros(5))
    assert all(point.n == 0 for point in nothing.points)


def test_a_signal_that_does_not_vary_has_no_coefficient() -> None:
    found = curve(np.ones(500), np.random.default_rng(1).standard_normal(500))
    assert all(math.isnan(point.ic) and math.isnan(point.slope_bps) for point in found.points)
