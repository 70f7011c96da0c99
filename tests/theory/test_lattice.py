from __future__ import annotations

import itertools
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten import theory
from glosten.errors import DomainError
from glosten.theory import Binary

inside = st.floats(0.02, 0.98)


def by_enumeration(model: Binary, trades: int) -> dict[str, np.ndarray]:
    """Walk every path of traders (informed, noise buyer, noise seller) and add up what it brings."""
    gains, squares = np.zeros(3), np.zeros(3)
    spread, belief, reached = np.zeros(trades + 1), np.zeros(trades + 1), 0.0
    chances = {
        "I": model.alpha,
        "B": (1 - model.alpha) * model.gamma,
        "S": (1 - model.alpha) * (1 - model.gamma),
    }
    for value, path in itertools.product((1, 0), itertools.product("IBS", repeat=trades)):
        chance = model.prior if value else 1 - model.prior
        now, won = model, np.zeros(3)
        for trader in path:
            chance *= chances[trader]
            side = 1 if trader == "B" or (trader == "I" and value) else -1
            now = now.update(side)
            gain = side * ((model.v_high if value else model.v_low) - now.mean)
            won += np.array([gain, 0, -gain]) if trader == "I" else np.array([0, gain, -gain])
        gains, squares = gains + chance * won, squares + chance * won**2
        reached += chance
    assert reached == pytest.approx(1)
    for date in range(trades + 1):
        for path in itertools.product((1, -1), repeat=date):
            now = model
            for side in path:
                now = now.update(side)
            up, down = path.count(1), path.count(-1)
            high = theory.side_if_high(1, model.alpha, model.gamma) ** up
            high *= theory.side_if_high(-1, model.alpha, model.gamma) ** down
            low = theory.side_if_low(1, model.alpha, model.gamma) ** up
            low *= theory.side_if_low(-1, model.alpha, model.gamma) ** down
            spread[date] += (model.prior * high + (1 - model.prior) * low) * now.quotes().spread
            belief[date] += high * now.prior
    return {"gains": gains, "sd": np.sqrt(squares - gains**2), "spread": spread, "belief": belief}


@pytest.mark.parametrize(
    "model", [Binary(0, 1, 0.5, 0.3), Binary(100, 200, 0.4, 0.3, 0.6), Binary(-1, 1, 0.1, 0.7, 0.2)]
)
def test_the_law_is_what_enumerating_every_path_gives(model: Binary) -> None:
    expected = by_enumeration(model, 5)
    law = model.law(5)
    means = law.informed_mean[-1], law.noise_mean[-1], law.maker_mean[-1]
    deviations = law.informed_sd[-1], law.noise_sd[-1], law.maker_sd[-1]
    assert means == pytest.approx(expected["gains"], rel=1e-11, abs=1e-11)
    assert deviations == pytest.approx(expected["sd"], rel=1e-9, abs=1e-11)
    assert law.spread == pytest.approx(expected["spread"], rel=1e-11)
    assert law.belief == pytest.approx(expected["belief"], rel=1e-11)


def test_the_expected_spread_is_the_golden_one_over_nine_orders_of_magnitude(theory_vectors: Any) -> None:
    row = theory_vectors["expected_spread_VH1_VL0"]
    law = Binary(0, 1, row["pi"], row["al"], row["ga"]).law(max(row["t"]))
    assert law.spread[row["t"]] == pytest.approx(row["E"], rel=2e-9)
    assert law.spread[[10, 25, 50, 100, 200, 400]] == pytest.approx(row["E"][4:], rel=1e-11)


def test_remaining_doubt_and_cumulated_gain_are_the_golden_ones(theory_vectors: Any) -> None:
    row = theory_vectors["E_var_posterior"]
    law = Binary(0, 1, row["pi"], row["al"], row["ga"]).law(10)
    assert law.doubt[10] == pytest.approx(row["t10"], rel=1e-11)
    assert law.informed_mean[10] == pytest.approx(row["cum_informed_gain_10"], rel=1e-12)
    assert law.doubt[0] - law.doubt[10] == pytest.approx(row["sum_E_dp2_10"], rel=1e-12)


@settings(max_examples=25)
@given(inside, inside, inside)
def test_squared_price_changes_sum_to_the_variance_that_was_learned(prior: float, alpha: float, gamma: float) -> None:
    """Add E[P_B P_S S^2] over dates, node by node, and compare with Var(V) less what is left of it."""
    model, trades = Binary(0, 1, prior, alpha, gamma), 12
    squares = 0.0
    for date in range(trades):
        for buys in range(date + 1):
            chance = _choose(date, buys) * np.exp(model.log_likelihood(buys, date - buys))
            belief = model.posterior(buys, date - buys)
            p_buy = theory.side_probability(belief, 1, alpha, gamma)
            spread = theory.spread(1.0, belief, 1 - belief, alpha, gamma)
            squares += chance * p_buy * (1 - p_buy) * spread**2
    law = model.law(trades)
    assert squares == pytest.approx(prior * (1 - prior) - law.doubt[-1], rel=1e-8, abs=1e-14)


def _choose(total: int, part: int) -> float:
    return float(np.prod([(total - i) / (i + 1) for i in range(part)]))


@settings(max_examples=25)
@given(inside, inside, inside)
def test_the_maker_earns_nothing_and_the_informed_what_noise_loses(prior: float, alpha: float, gamma: float) -> None:
    law = Binary(98, 102, prior, alpha, gamma).law(60)
    assert np.abs(law.maker_mean).max() < 1e-10
    assert law.informed_mean == pytest.approx(-law.noise_mean, rel=1e-9, abs=1e-10)
    assert np.all(np.diff(law.informed_mean) >= -1e-12)
    assert np.all(np.diff(law.doubt) <= 1e-12)


@settings(max_examples=25)
@given(inside, inside, inside)
def test_a_market_and_its_mirror_have_one_law(prior: float, alpha: float, gamma: float) -> None:
    law = Binary(0, 1, prior, alpha, gamma).law(40)
    mirror = Binary(0, 1, 1 - prior, alpha, 1 - gamma).law(40)
    for name in ("spread", "doubt", "informed_mean", "informed_sd", "noise_mean", "noise_sd", "maker_sd"):
        assert getattr(law, name) == pytest.approx(getattr(mirror, name), rel=1e-7, abs=1e-9)


def test_the_expected_spread_decays_at_the_chernoff_rate_and_a_typical_one_at_the_other() -> None:
    model = Binary(0, 1, 0.5, 0.3)
    law = model.law(3000)
    late = np.log(law.spread[3000] / law.spread[2000]) + 0.5 * np.log(3000 / 2000)
    assert -late / 1000 == pytest.approx(model.learning().chernoff, rel=1e-3)
    assert model.learning().kl_high > 3 * model.learning().chernoff


def test_mean_squared_spreads_obey_the_bound_of_glosten_and_milgroms_third_proposition() -> None:
    alpha, trades = 0.3, 200
    law = Binary(0, 1, 0.5, alpha).law(trades)
    learned = law.doubt[0] - law.doubt
    assert np.all(learned[1:] <= 0.25)
    squared = law.spread[:-1] ** 2  # Jensen: the square of the mean lies below the mean square
    assert np.cumsum(squared)[-1] * (1 - alpha**2) / 4 <= learned[-1]


@pytest.mark.parametrize("target", [0.9, 0.95, 0.99])
def test_first_passage_has_the_exact_mean_and_variance(target: float) -> None:
    model = Binary(0, 1, 0.5, 0.3)
    passage, dates = model.first_passage(target, 3000), np.arange(3001)
    time_ = model.hitting_time(target)
    mean = float(passage @ dates)
    assert passage.sum() == pytest.approx(1, abs=1e-12)
    assert mean == pytest.approx(time_.mean, rel=1e-11)
    assert float(passage @ dates**2) - mean**2 == pytest.approx(time_.sd**2, rel=1e-9)


def test_a_belief_that_stands_at_its_target_has_passed_at_once() -> None:
    passage = Binary(0, 1, 0.6, 0.3).first_passage(0.6, 4)
    assert list(passage) == [1, 0, 0, 0, 0]


@pytest.mark.parametrize("prior", [0.0, 1.0])
@pytest.mark.parametrize("alpha", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0])
def test_a_certain_maker_learns_nothing_and_nobody_gains(prior: float, alpha: float, gamma: float) -> None:
    law = Binary(0, 1, prior, alpha, gamma).law(6)
    assert law.belief == pytest.approx(prior, abs=1e-14)
    for name in ("spread", "doubt", "informed_mean", "informed_sd", "noise_sd", "maker_mean", "maker_sd"):
        assert np.all(getattr(law, name) == 0), name


@pytest.mark.parametrize("gamma", [0.0, 0.3, 0.5, 1.0])
def test_alpha_at_its_ends(gamma: float) -> None:
    nobody, everybody = Binary(0, 2, 0.4, 0.0, gamma).law(5), Binary(0, 2, 0.4, 1.0, gamma).law(5)
    assert np.all(nobody.spread == 0)
    assert nobody.belief == pytest.approx(0.4)
    assert nobody.informed_sd == pytest.approx(0)
    assert everybody.spread == pytest.approx([2, 0, 0, 0, 0, 0])
    assert everybody.belief == pytest.approx([0.4, 1, 1, 1, 1, 1])
    assert everybody.informed_mean == pytest.approx(0)


@pytest.mark.parametrize("gamma", [0.0, 1.0])
def test_one_sided_noise_is_the_limit_of_noise_beside_it(gamma: float) -> None:
    law, near = Binary(0, 1, 0.4, 0.3, gamma).law(30), Binary(0, 1, 0.4, 0.3, abs(gamma - 1e-13)).law(30)
    for name in ("belief", "informed_mean", "maker_sd"):
        assert getattr(law, name) == pytest.approx(getattr(near, name), abs=1e-9)


@pytest.mark.skipif(not hasattr(theory.law_by_value, "py_func"), reason="a budget of compiled code")
def test_a_thousand_trades_take_less_than_fifty_milliseconds() -> None:
    model = Binary(98, 102, 0.4, 0.3, 0.6)
    model.law(10)
    spent = []
    for _ in range(9):
        started = time.process_time()
        model.law(1000)
        spent.append(time.process_time() - started)
    assert min(spent) < 0.05


def test_a_negative_number_of_trades_is_refused() -> None:
    with pytest.raises(DomainError, match="number of trades"):
        Binary(0, 1, 0.5, 0.3).law(-1)


@pytest.mark.parametrize(("gamma", "prior"), [(1.0, 0.4), (0.0, 0.6)])
def test_where_noise_stands_on_one_side_a_trade_on_the_other_tells_all_for_ever(gamma: float, prior: float) -> None:
    """The rare side keeps the quote of the other value, so the spread tends to the whole width where V is not that."""
    law = Binary(0, 1, prior, 0.4, gamma).law(600)
    assert law.spread[[300, 600]] == pytest.approx(0.4, abs=1e-12)
    assert Binary(0, 1, gamma, 0.4, gamma).law(5).spread[-1] == 0.0
