from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.errors import DomainError
from glosten.theory import Binary, StrategicInsider, insider_choices

INSIDE = st.floats(0.05, 0.95)
ALPHA = st.floats(0.0, 0.9)
PERIODS = st.integers(1, 9)
MARKETS = st.builds(Binary, st.just(98.0), st.just(102.0), INSIDE, ALPHA, st.floats(0.1, 0.9))


def test_best_response_and_honesty_are_those_of_fixture_h1(theory_vectors: Any) -> None:
    case = theory_vectors["strategic_best_response"]
    for alpha, periods, best, honest in case["rows"]:
        for is_high in (True, False):
            insider = StrategicInsider(Binary(0, 1, case["pi"], alpha, case["ga"]), periods, is_high)
            assert insider.best_response == pytest.approx(best, abs=5e-10)
            assert insider.honest == pytest.approx(honest, abs=5e-10)


def by_recursion(market: Binary, periods: int, honest: bool) -> float:
    """Bellman's equation written down plainly on the public model, V = V_H."""
    if periods == 0:
        return 0.0
    quotes = market.quotes()
    assert quotes.ask is not None
    assert quotes.bid is not None
    bought = by_recursion(market.update(1), periods - 1, honest)
    sold = by_recursion(market.update(-1), periods - 1, honest)
    right = market.v_high - quotes.ask + bought
    if not honest:
        right = max(right, by_recursion(market, periods - 1, honest), quotes.bid - market.v_high + sold)
    noise = market.gamma * bought + (1.0 - market.gamma) * sold
    return market.alpha * right + (1.0 - market.alpha) * noise


@settings(max_examples=20, deadline=None)
@given(MARKETS, st.integers(1, 5))
def test_the_dynamic_program_solves_bellmans_equation(market: Binary, periods: int) -> None:
    insider = StrategicInsider(market, periods)
    assert insider.best_response == pytest.approx(by_recursion(market, periods, honest=False), rel=1e-10, abs=1e-13)
    assert insider.honest == pytest.approx(by_recursion(market, periods, honest=True), rel=1e-10, abs=1e-13)


@settings(max_examples=50, deadline=None)
@given(MARKETS, PERIODS, st.booleans())
def test_the_best_response_is_never_worse_than_honesty_and_time_never_hurts(
    market: Binary, periods: int, is_high: bool
) -> None:
    shorter, longer = (StrategicInsider(market, n, is_high) for n in (periods, periods + 1))
    assert shorter.best_response >= shorter.honest * (1.0 - 1e-12)
    assert longer.best_response >= shorter.best_response * (1.0 - 1e-12)
    assert shorter.honest >= 0.0


@settings(max_examples=50, deadline=None)
@given(MARKETS)
def test_with_one_period_left_the_insider_trades_at_once(market: Binary) -> None:
    for is_high in (True, False):
        insider = StrategicInsider(market, 1, is_high)
        assert insider.best_response == pytest.approx(insider.honest, rel=1e-14)
        assert insider.first_action() == (1 if is_high else -1)
    quotes = market.quotes()
    assert quotes.ask is not None
    assert StrategicInsider(market, 1).honest == pytest.approx(market.alpha * (market.v_high - quotes.ask), rel=1e-11)


@settings(max_examples=50, deadline=None)
@given(MARKETS, PERIODS)
def test_knowing_the_low_value_is_the_mirror_image_of_knowing_the_high_one(market: Binary, periods: int) -> None:
    mirrored = Binary(market.v_low, market.v_high, 1.0 - market.prior, market.alpha, 1.0 - market.gamma)
    high, low = StrategicInsider(market, periods), StrategicInsider(mirrored, periods, value_is_high=False)
    assert low.best_response == pytest.approx(high.best_response, rel=1e-10, abs=1e-13)
    buy, wait, sell = high.choices() or (0, 0, 0)
    assert low.choices() == pytest.approx((sell, wait, buy), rel=1e-10, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(MARKETS, PERIODS)
def test_the_value_now_is_what_the_next_period_brings(market: Binary, periods: int) -> None:
    insider = StrategicInsider(market, periods)
    choices = insider.choices()
    assert choices is not None
    after = [insider.update(order).best_response for order in (1, 0, -1)]
    quotes = insider.quotes()
    assert quotes.ask is not None
    assert quotes.bid is not None
    assert choices.buy == pytest.approx(market.v_high - quotes.ask + after[0], rel=1e-10, abs=1e-12)
    assert choices.wait == pytest.approx(after[1], rel=1e-10, abs=1e-12)
    assert choices.sell == pytest.approx(quotes.bid - market.v_high + after[2], rel=1e-9, abs=1e-11)
    noise = market.gamma * after[0] + (1.0 - market.gamma) * after[2]
    expected = market.alpha * max(choices) + (1.0 - market.alpha) * noise
    assert insider.best_response == pytest.approx(expected, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize(("alpha", "periods", "action"), [(0.3, 5, 1), (0.6, 4, 1), (0.6, 5, 0), (0.7, 12, 0)])
def test_with_alpha_and_time_enough_the_first_best_action_is_to_wait(alpha: float, periods: int, action: int) -> None:
    market = Binary(0, 1, 0.5, alpha)
    assert StrategicInsider(market, periods).first_action() == action
    assert StrategicInsider(market, periods, value_is_high=False).first_action() == -action


def test_an_insider_who_never_arrives_or_has_no_time_gains_nothing() -> None:
    assert StrategicInsider(Binary(0, 1, 0.3, 0.0), 6).best_response == 0.0
    over = StrategicInsider(Binary(0, 1, 0.3, 0.4), 0)
    assert (over.best_response, over.choices(), over.first_action()) == (0.0, None, None)
    with pytest.raises(DomainError, match="periods must be 1 or more"):
        over.update(1)


def test_gains_scale_with_the_width_of_the_value() -> None:
    narrow, wide = (StrategicInsider(Binary(0, width, 0.4, 0.5, 0.6), 7) for width in (1, 20))
    assert wide.best_response == pytest.approx(20.0 * narrow.best_response, rel=1e-13)
    assert insider_choices(7, narrow.market.log_odds, 0.5, 0.6) == pytest.approx(narrow.choices(), rel=1e-13)


@pytest.mark.parametrize("is_high", [True, False])
def test_simulated_insiders_earn_what_the_program_says(is_high: bool) -> None:
    insider = StrategicInsider(Binary(98, 102, 0.4, 0.6, 0.55), 8, is_high)
    for honest, expected in ((False, insider.best_response), (True, insider.honest)):
        drawn, law = insider.simulate(8, 20_000, 0, honest=honest), insider.law(8, honest=honest)
        assert drawn.n == 20_000
        assert abs(drawn.informed.mean - expected) < 4.0 * drawn.informed.se
        assert law.informed_mean[-1] == pytest.approx(expected, rel=1e-11)
        for name in ("informed", "noise", "maker"):
            found = getattr(drawn, name)
            assert abs(found.mean - getattr(law, f"{name}_mean")[-1]) < 4.0 * found.se, name
            assert found.sd == pytest.approx(getattr(law, f"{name}_sd")[-1], rel=0.06)
        for name in ("spread", "error", "belief"):
            if is_high or name != "belief":
                missed = np.abs(getattr(drawn, name) - getattr(law, name))
                assert np.all(missed <= 4.0 * getattr(drawn, f"{name}_se") + 1e-9), name
    assert insider.simulate(8, 50, 3).informed == insider.simulate(8, 50, 3).informed


def test_an_honest_insider_lives_by_the_law_of_the_binary_model_given_the_value() -> None:
    market = Binary(0, 1, 0.4, 0.3, 0.6)
    high, low = (StrategicInsider(market, 20, is_high).law(20, honest=True) for is_high in (True, False))
    both = market.law(20)
    assert high.belief == pytest.approx(both.belief, rel=1e-12)
    for name in ("spread", "error", "informed_mean", "noise_mean", "maker_mean"):
        mixed = 0.4 * getattr(high, name) + 0.6 * getattr(low, name)
        assert mixed == pytest.approx(getattr(both, name), rel=1e-11, abs=1e-12), name


def test_paths_of_an_insider_replayed_order_by_order_are_what_their_block_adds_up() -> None:
    for is_high in (True, False):
        insider = StrategicInsider(Binary(98, 102, 0.4, 0.6, 0.55), 6, is_high)
        ensemble, earned, held = insider.ensemble(6, 1), 0.0, 0
        for number in range(30):
            path, now = ensemble.path(number), insider
            assert path.value == (102 if is_high else 98)
            for order, informed in zip(path.orders.tolist(), path.informed.tolist(), strict=True):
                if informed:
                    assert order == now.first_action()
                    quotes = now.quotes()
                    if order:
                        earned += order * (path.value - (quotes.ask if order > 0 else quotes.bid))
                held -= order
                now = now.update(order)
        sums = ensemble.block(0, 30)
        assert sums.totals[0, 0] == pytest.approx(earned, rel=1e-10)
        assert sums.totals[4, 0] == held
        assert sums.high == (30 if is_high else 0)


def test_the_maker_sees_the_trades_and_no_waits() -> None:
    insider = StrategicInsider(Binary(0, 1, 0.4, 0.3, 0.6), 5)
    assert insider.log_likelihood((1, 0, -1, 1, 0)) == pytest.approx(insider.market.log_likelihood(2, 1), rel=1e-13)


@pytest.mark.parametrize(
    ("market", "name"),
    [
        (Binary(0, 1, 0.0, 0.3), "prior"),
        (Binary(0, 1, 0.5, 1.0), "alpha"),
        (Binary(0, 1, 0.5, 0.3, 1.0), "gamma"),
    ],
)
def test_markets_in_which_one_trade_tells_all_are_refused(market: Binary, name: str) -> None:
    with pytest.raises(DomainError, match=rf"^{name} \("):
        StrategicInsider(market, 3)


def test_numbers_of_periods_and_paths_are_checked() -> None:
    with pytest.raises(DomainError, match="periods must be 0 or more; it was -1"):
        StrategicInsider(Binary(0, 1, 0.5, 0.3), -1)
    insider = StrategicInsider(Binary(0, 1, 0.5, 0.3), 401)
    with pytest.raises(DomainError) as caught:
        insider.simulate(-1, 0)
    assert len(caught.value.problems) == 2
    with pytest.raises(DomainError, match="periods must be 400 or fewer to be simulated; it was 401"):
        insider.simulate(5, 1)
    with pytest.raises(DomainError, match="periods must not exceed the 3 that are left; it was 4"):
        StrategicInsider(Binary(0, 1, 0.5, 0.3), 3).law(4)
