from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten import theory
from glosten.errors import DomainError
from glosten.theory import Binary, JumpingBinary, relaxed, simulate_ensemble

compiled_only = pytest.mark.skipif(
    not hasattr(theory.posterior, "py_func"), reason="random words wrap in compiled code only"
)
SIDES = st.lists(st.sampled_from([-1, 1]), max_size=12)
INSIDE = st.floats(0.05, 0.95)
POINTS = [
    (JumpingBinary(0, 1, 0.5, 0.3, 0.5, 0.05), 0),
    (JumpingBinary(98, 102, 0.4, 0.3, 0.6, 0.01), 1),
    (JumpingBinary(0, 1, 0.2, 0.6, 0.3, 0.2), 2),
    (JumpingBinary(-1, 1, 0.7, 0.4, 0.5, 1.0), 3),
    (JumpingBinary(0, 1, 0.5, 0.5, 0.5, 0.0), 4),
    (JumpingBinary(0, 1, 0.5, 0.9, 0.5, 0.1, 0.2), 0),
    (JumpingBinary(0, 1, 0.3, 0.4, 0.0, 0.1), 5),
    (JumpingBinary(0, 1, 0.3, 1.0, 0.5, 0.1), 6),
    (JumpingBinary(0, 1, 0.3, 0.0, 0.5, 0.1), 7),
    (JumpingBinary(0, 1, 0.6, 0.5, 1.0, 0.1), 9),
    (JumpingBinary(0, 1, 1.0, 0.5, 0.5, 0.3, 0.5), 10),
]


def laws(model: JumpingBinary, periods: int) -> dict[str, Any]:
    """Return exact means by enumerating every sequence of sides: spread, squared error, belief, gains."""
    spread, error = np.zeros(periods + 1), np.zeros(periods + 1)
    informed = noise = 0.0
    for date in range(periods + 1):
        for sides in product((-1, 1), repeat=date):
            chance = math.exp(model.log_likelihood(sides))
            if chance == 0.0:
                continue
            now = model
            for side in sides:
                now = now.update(side)
            high = now.now().prior
            spread[date] += chance * (now.quotes().spread or 0.0)
            error[date] += chance * high * (1 - high) * model.width**2
            if date < periods:
                gains = now.gains()
                informed += chance * gains.informed
                noise += chance * gains.noise
    return {"spread": spread, "error": error, "informed": informed, "noise": noise}


@given(INSIDE, INSIDE, INSIDE, SIDES)
def test_without_jumps_it_is_the_binary_market(prior: float, alpha: float, gamma: float, sides: list[int]) -> None:
    jumping, plain = JumpingBinary(98, 102, prior, alpha, gamma), Binary(98, 102, prior, alpha, gamma)
    assert jumping.log_likelihood(sides) == pytest.approx(
        plain.log_likelihood(sides.count(1), sides.count(-1)), rel=1e-9, abs=1e-12
    )
    for side in sides:
        assert jumping.quotes() == plain.quotes()
        assert jumping.gains() == plain.gains()
        jumping, plain = jumping.update(side), plain.update(side)
    assert jumping.log_odds == plain.log_odds


@given(INSIDE, INSIDE, INSIDE, SIDES)
def test_a_value_redrawn_every_period_is_never_learned(
    prior: float, alpha: float, gamma: float, sides: list[int]
) -> None:
    model = JumpingBinary(0, 1, prior, alpha, gamma, 1.0)
    for side in sides:
        model = model.update(side)
        assert model.p_high == pytest.approx(prior, rel=1e-12)
    assert model.log_likelihood(sides) == pytest.approx(
        sum(math.log(model.side_probability(side)) for side in sides), rel=1e-9, abs=1e-12
    )


@given(INSIDE, INSIDE, INSIDE, INSIDE, SIDES)
def test_beliefs_relax_and_stay_within_what_jumps_allow(
    prior: float, alpha: float, gamma: float, p_jump: float, sides: list[int]
) -> None:
    model = JumpingBinary(0, 1, prior, alpha, gamma, p_jump)
    for side in sides:
        before = model.now().update(side)
        model = model.update(side)
        assert model.p_high == pytest.approx((1 - p_jump) * before.prior + p_jump * prior, rel=1e-12)
        assert p_jump * prior * (1 - 1e-12) <= model.p_high <= 1 - p_jump * (1 - prior) * (1 - 1e-12)


def test_likelihoods_of_all_sequences_sum_to_one_and_the_order_matters() -> None:
    model = JumpingBinary(0, 1, 0.4, 0.3, 0.6, 0.1)
    total = math.fsum(math.exp(model.log_likelihood(sides)) for sides in product((-1, 1), repeat=8))
    assert total == pytest.approx(1, rel=1e-12)
    assert model.log_likelihood([1, 1, -1, -1]) != pytest.approx(model.log_likelihood([1, -1, 1, -1]), rel=1e-6)


def test_the_filter_is_bayes_over_paths_of_the_value() -> None:
    model = JumpingBinary(0, 1, 0.3, 0.4, 0.6, 0.2)
    sides = (1, 1, -1, 1)
    chances = {1: (theory.side_if_low(1, 0.4, 0.6), theory.side_if_high(1, 0.4, 0.6))}
    chances[-1] = (1 - chances[1][0], 1 - chances[1][1])
    joint = np.zeros(2)
    for values in product((0, 1), repeat=len(sides) + 1):
        weight = (0.7, 0.3)[values[0]]
        for date, side in enumerate(sides):
            weight *= chances[side][values[date]]
            weight *= 0.2 * (0.7, 0.3)[values[date + 1]] + 0.8 * (values[date] == values[date + 1])
        joint[values[-1]] += weight
    now = model
    for side in sides:
        now = now.update(side)
    assert now.p_high == pytest.approx(joint[1] / joint.sum(), rel=1e-12)
    assert model.log_likelihood(sides) == pytest.approx(math.log(joint.sum()), rel=1e-12)


def test_relaxing_keeps_tiny_doubts_and_certainty() -> None:
    assert relaxed(700.0, 0.5, 0.0) == 700.0
    assert relaxed(math.inf, 0.5, 1e-200) == pytest.approx(-math.log(0.5e-200), rel=1e-12)
    assert relaxed(math.inf, 1.0, 0.5) == math.inf
    assert relaxed(-math.inf, 0.0, 0.5) == -math.inf
    assert relaxed(5.0, 0.3, 1.0) == pytest.approx(math.log(3 / 7), rel=1e-12)


@compiled_only
@pytest.mark.parametrize(("model", "seed"), POINTS)
def test_simulation_agrees_with_every_sequence_within_four_standard_errors(model: JumpingBinary, seed: int) -> None:
    exact, drawn = laws(model, 6), model.simulate(6, 40_000, seed)
    slack = 1e-12 * model.width + 1e-4 * model.width / 40  # events of one path in 40,000 have no error to speak of
    assert np.all(np.abs(drawn.spread - exact["spread"]) <= 4 * drawn.spread_se + slack)
    assert np.all(np.abs(drawn.error - exact["error"]) <= 4 * drawn.error_se + slack * model.width)
    assert abs(drawn.informed.mean - exact["informed"]) <= 4 * drawn.informed.se + slack
    assert abs(drawn.noise.mean - exact["noise"]) <= 4 * drawn.noise.se + slack
    assert abs(drawn.maker.mean) <= 4 * drawn.maker.se + slack
    assert drawn.trades.mean == 6


@compiled_only
@pytest.mark.parametrize(("model", "seed"), POINTS)
def test_the_kernel_trades_at_theorys_quotes(model: JumpingBinary, seed: int) -> None:
    """Tell every path again with the model, trade by trade: the lanes' formulas must give the same means."""
    periods, paths = 25, 100  # an odd number of periods, and groups of lanes that are full, mixed and in part empty
    ensemble, result = model.ensemble(periods, seed), model.simulate(periods, paths, seed)
    spread, error, belief = np.zeros(periods + 1), np.zeros(periods + 1), np.zeros(periods + 1)
    gains, inventory, high = np.zeros(2), 0.0, 0
    for number in range(paths):
        orders, now = ensemble.path(number), model
        starts_high = orders.values[0] == model.v_high
        high += starts_high
        for date in range(periods + 1):
            quotes = now.quotes()
            spread[date] += quotes.spread or 0.0
            error[date] += now.p_high * (1 - now.p_high) * model.width**2
            belief[date] += now.p_high * starts_high
            if date < periods:
                side = int(orders.orders[date])
                won = side * (orders.values[date] - (quotes.ask if side > 0 else quotes.bid))
                gains[0 if orders.informed[date] else 1] += won
                inventory -= side
                now = now.update(side)
    tolerance = 1e-12 * model.width
    assert result.n_high == high
    assert result.spread == pytest.approx(spread / paths, abs=tolerance)
    assert result.error == pytest.approx(error / paths, abs=tolerance * model.width)
    assert result.belief == pytest.approx(belief / high, abs=1e-12)
    assert (result.informed.mean, result.noise.mean) == pytest.approx(tuple(gains / paths), abs=10 * tolerance)
    assert result.inventory.mean == pytest.approx(inventory / paths, abs=1e-12)


@compiled_only
@pytest.mark.parametrize("periods", [0, 1, 2, 3])
def test_a_short_run_is_the_beginning_of_a_long_one(periods: int) -> None:
    model = JumpingBinary(98, 102, 0.4, 0.3, 0.6, 0.05)
    short, long = model.simulate(periods, 600, 3), model.simulate(8, 600, 3)
    for name in ("spread", "error", "belief"):
        assert getattr(short, name) == pytest.approx(getattr(long, name)[: periods + 1], rel=1e-13)
    assert short.n_high == long.n_high


@compiled_only
@pytest.mark.parametrize("p_jump", [0.0, 1e-12, 1.0])
@pytest.mark.parametrize("alpha", [0.0, 0.9, 1.0])
def test_no_number_is_lost_on_long_paths(alpha: float, p_jump: float) -> None:
    result = JumpingBinary(0, 1, 0.5, alpha, 0.5, p_jump).simulate(2_000, 64, 1)
    for name in ("spread", "spread_se", "error", "error_se", "belief"):
        assert np.all(np.isfinite(getattr(result, name)))
    assert np.all((result.error >= 0) & (result.error <= 0.25 + 1e-12))
    assert result.error[-1] == pytest.approx(0.25 if alpha == 0 or p_jump == 1 else 0, abs=1e-9)


@compiled_only
def test_threads_and_the_number_of_paths_do_not_change_a_bit() -> None:
    model = JumpingBinary(98, 102, 0.4, 0.3, 0.6, 0.02)
    ensemble = model.ensemble(37, 7)
    for paths in (1, 511, 512, 1_500):
        one, two = (simulate_ensemble(ensemble, paths, threads) for threads in (1, 2))
        assert one.spread.tobytes() == two.spread.tobytes()
        assert one.belief.tobytes() == two.belief.tobytes()
        assert (one.informed, one.maker, one.inventory) == (two.informed, two.maker, two.inventory) or paths == 1


@compiled_only
def test_the_spread_opens_after_a_jump_and_closes_again() -> None:
    """Two regimes: quiet long after a jump, torn soon after one, once the orders have contradicted the maker."""
    model = JumpingBinary(0, 1, 0.5, 0.5, 0.5, 0.005)
    ensemble = model.ensemble(1_500, 3)
    by_age: dict[int, list[float]] = {age: [] for age in (0, 5, 10, 60)}
    for number in range(40):
        orders, now = ensemble.path(number), model
        jumped = np.flatnonzero(np.diff(orders.values)) + 1
        for date, side in enumerate(orders.orders):
            before = jumped[jumped <= date]
            settled = len(before) > 0 and (len(before) == 1 or before[-1] - before[-2] > 60) and before[-1] > 60
            if settled and date - before[-1] in by_age:
                by_age[int(date - before[-1])].append(now.quotes().spread or 0.0)
            now = now.update(int(side))
    means = {age: np.mean(spreads) for age, spreads in by_age.items()}
    errors = {age: np.std(spreads) / math.sqrt(len(spreads)) for age, spreads in by_age.items()}
    assert means[5] > means[0] + 4 * math.hypot(errors[5], errors[0])
    assert means[10] > means[60] + 4 * math.hypot(errors[10], errors[60])
    assert abs(means[60] - means[0]) < 0.02


@settings(max_examples=20)
@given(INSIDE, INSIDE, INSIDE, INSIDE)
def test_zero_profit_on_each_side(prior: float, alpha: float, gamma: float, p_jump: float) -> None:
    model = JumpingBinary(0, 1, prior, alpha, gamma, p_jump).update(1)
    for side in (1, -1):
        gains = model.gains(side)
        assert gains.maker == pytest.approx(0, abs=1e-14)
        assert gains.informed == pytest.approx(-gains.noise, abs=1e-14)
        share = model.informed_share(side)
        assert share is not None
        assert 0 < share < 1


def test_a_side_without_a_quote_says_why() -> None:
    model = JumpingBinary(0, 1, 1.0, 0.3, 1.0, 0.1)
    assert model.quotes().bid is None
    assert "sell has probability 0" in (model.why_no_quote(-1) or "")
    assert model.log_likelihood([-1]) == -math.inf
    with pytest.raises(DomainError, match="Nothing can be learned"):
        model.update(-1)


def test_parameters_outside_their_domain_are_named_all_at_once() -> None:
    with pytest.raises(DomainError) as caught:
        JumpingBinary(1, 0, -0.1, 1.2, 2.0, -0.5, 3.0)
    assert len(caught.value.problems) == 6
    with pytest.raises(DomainError, match="periods must be 0 or more"):
        JumpingBinary(0, 1, 0.5, 0.3).simulate(-1, 10)


@pytest.mark.parametrize("prior", [0.3, 0.5])
def test_after_a_first_trade_that_tells_all_there_is_no_spread(prior: float) -> None:
    simulation = JumpingBinary(0.0, 1.0, prior, alpha=1.0, p_jump=0.0).simulate(4, 1000)
    assert simulation.spread[0] == pytest.approx(1.0)
    assert (simulation.spread[1:] == 0.0).all()
