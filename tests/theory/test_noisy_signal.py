from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from glosten.errors import DomainError
from glosten.theory import Binary, NoisySignal, signal_side_if_high, signal_side_if_low

CHANCE = st.floats(0.02, 0.98)
MODELS = st.builds(NoisySignal, st.just(10.0), st.just(12.0), CHANCE, CHANCE, st.floats(0.5, 1.0), CHANCE)
SIDES = st.lists(st.sampled_from([-1, 1]), max_size=10)


@pytest.fixture
def case(theory_vectors: Any) -> dict[str, float]:
    return {key: float(Fraction(value)) for key, value in theory_vectors["noisy_signal"].items()}


@pytest.fixture
def model(case: dict[str, float]) -> NoisySignal:
    return NoisySignal(0.0, 1.0, case["pi"], case["al"], case["q"], case["ga"])


def test_quotes_and_the_market_that_looks_the_same_are_fixture_c1(model: NoisySignal, case: dict[str, float]) -> None:
    assert signal_side_if_high(1, case["al"], case["q"], case["ga"]) == pytest.approx(case["bH"], rel=1e-15)
    assert signal_side_if_low(1, case["al"], case["q"], case["ga"]) == pytest.approx(case["bL"], rel=1e-15)
    assert model.order_flow()[:2] == pytest.approx((case["equiv_al"], case["equiv_ga"]), rel=1e-14)
    assert model.quotes()[:2] == pytest.approx((case["bid"], case["ask"]), rel=1e-14)


@settings(max_examples=60, deadline=None)
@given(MODELS, SIDES)
def test_the_market_with_certain_signals_looks_exactly_the_same(model: NoisySignal, sides: list[int]) -> None:
    """The noisy side is computed from its own table, order by order; the certain one from its closed forms."""
    now, certain, walked = model, model.as_certain(), 0.0
    for side in sides:
        table = now._table
        assert table.price(1) == pytest.approx(certain.quotes().ask, rel=1e-12)
        assert table.price(-1) == pytest.approx(certain.quotes().bid, rel=1e-12)
        walked += math.log(table.probability(side))
        now, certain = now.update(side), certain.update(side)
    assert walked == pytest.approx(model.log_likelihood(sides.count(1), sides.count(-1)), rel=1e-9, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(MODELS, st.floats(0.0, 1.0), st.integers(0, 30), st.integers(0, 30))
def test_alpha_and_accuracy_are_not_separately_identified(
    model: NoisySignal, fraction: float, buys: int, sells: int
) -> None:
    seen = model.order_flow()
    assert 0.5 <= seen.lowest_accuracy <= model.accuracy + 1e-12
    assume(seen.alpha > 1e-6)
    other = model.looking_the_same(seen.lowest_accuracy + fraction * (1.0 - seen.lowest_accuracy))
    assert other.quotes()[:2] == pytest.approx(model.quotes()[:2], rel=1e-9)
    assert other.log_likelihood(buys, sells) == pytest.approx(model.log_likelihood(buys, sells), rel=1e-7, abs=1e-9)
    assert other.order_flow() == pytest.approx(seen, rel=1e-6, abs=1e-9)


def test_different_markets_explain_a_tape_equally_well() -> None:
    model = NoisySignal(0.0, 1.0, 0.4, 0.5, 0.8, 0.6)
    other = model.looking_the_same(0.9)
    assert other.alpha == pytest.approx(0.375)
    assert other.log_likelihood(7, 3) == pytest.approx(model.log_likelihood(7, 3), rel=1e-14)
    lowest = model.order_flow().lowest_accuracy
    assert lowest == pytest.approx(0.6 / 0.9)
    assert model.looking_the_same(lowest).gamma == pytest.approx(1.0)
    with pytest.raises(
        DomainError, match=r"^no market with an accuracy below 0\.666667 looks the same; it was 0\.6\.$"
    ):
        model.looking_the_same(0.6)


@settings(max_examples=60, deadline=None)
@given(MODELS, SIDES)
def test_followers_never_herd(model: NoisySignal, sides: list[int]) -> None:
    assume(model.accuracy > 0.501)
    for side in sides:
        model = model.update(side)
    assume(1e-9 < model.prior < 1.0 - 1e-9)
    quotes = model.quotes()
    assert quotes.posterior_buy is not None
    assert quotes.posterior_sell is not None
    bullish, bearish = model.follower_belief(1), model.follower_belief(-1)
    assert bullish is not None
    assert bearish is not None
    assert bullish > quotes.posterior_buy
    assert bearish < quotes.posterior_sell


@settings(max_examples=60, deadline=None)
@given(MODELS, SIDES)
def test_the_mean_is_a_martingale_between_the_quotes_and_nobody_pays_the_maker(
    model: NoisySignal, sides: list[int]
) -> None:
    for side in sides:
        model = model.update(side)
    ahead = sum(model.side_probability(side) * model.update(side).mean for side in (-1, 1))
    assert ahead == pytest.approx(model.mean, rel=1e-12)
    quotes = model.quotes()
    assert quotes.bid is not None
    assert quotes.ask is not None
    assert quotes.bid <= model.mean + 1e-12
    assert quotes.ask >= model.mean - 1e-12
    for side in (1, -1):
        gains = model.gains(side)
        assert gains.maker == pytest.approx(0.0, abs=1e-13)
        assert gains.informed == pytest.approx(-gains.noise, abs=1e-13)


@settings(max_examples=40, deadline=None)
@given(CHANCE, CHANCE, CHANCE)
def test_a_signal_that_is_always_right_is_the_binary_model(prior: float, alpha: float, gamma: float) -> None:
    noisy, binary = NoisySignal(10.0, 12.0, prior, alpha, 1.0, gamma), Binary(10.0, 12.0, prior, alpha, gamma)
    assert noisy.quotes()[:8] == pytest.approx(binary.quotes()[:8], rel=1e-12)
    assert noisy.informed_share(1) == pytest.approx(binary.informed_share(1), rel=1e-12)
    assert noisy.gains() == pytest.approx(binary.gains(), abs=1e-13)


def test_a_signal_that_is_right_half_the_time_teaches_nothing() -> None:
    model = NoisySignal(0.0, 1.0, 0.4, 0.5, 0.5, 0.6)
    assert model.quotes().bid == model.quotes().ask == 0.4
    assert model.update(1).prior == pytest.approx(0.4)
    assert model.looking_the_same(0.7).alpha == 0.0


@pytest.mark.parametrize("seed", [0, 4])
def test_simulated_means_agree_with_every_sequence_enumerated(seed: int) -> None:
    model, trades = NoisySignal(10.0, 12.0, 0.4, 0.5, 0.8, 0.6), 5
    drawn = model.simulate(trades, 20_000, seed)
    informed = 0.0
    for date in range(trades + 1):
        spread = gain = 0.0
        for sides in itertools.product((-1, 1), repeat=date):
            chance, now = 1.0, model
            for side in sides:
                chance *= now.side_probability(side)
                now = now.update(side)
            spread += chance * (now.quotes().spread or 0.0)
            gain += chance * now.gains().informed
        assert abs(drawn.spread[date] - spread) <= 4 * drawn.spread_se[date] + 1e-9
        informed += gain if date < trades else 0.0
    assert abs(drawn.informed.mean - informed) <= 4 * drawn.informed.se
    assert abs(drawn.maker.mean) <= 4 * drawn.maker.se
    assert drawn.trades.mean == trades


def test_a_side_without_a_quote_is_none_and_says_why() -> None:
    quotes = NoisySignal(0.0, 1.0, 0.0, 0.5, 1.0, 0.0).quotes()
    assert quotes.ask is None
    assert quotes.why_no_ask == (
        "A buy has probability 0: no signal of certain accuracy says so (the value is certain), "
        "and no noise trader does (gamma = 0)."
    )
    with pytest.raises(DomainError, match="Nothing can be learned from it"):
        NoisySignal(0.0, 1.0, 0.0, 0.0, 1.0, 0.0).update(1)
    assert NoisySignal(0.0, 1.0, 0.0, 0.5, 1.0, 0.0).follower_belief(1) is None
    everyone = NoisySignal(0.0, 1.0, 0.4, 1.0, 0.8)
    assert everyone.quotes().posterior_buy == pytest.approx(everyone.follower_belief(1))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"accuracy": 0.4},
            "accuracy (the probability that a signal is right) must lie between 0.5 and 1; it was 0.4.",
        ),
        ({"alpha": 1.3}, "alpha (the fraction of traders who follow a signal) must lie between 0 and 1; it was 1.3."),
        ({"gamma": math.nan}, "gamma (the probability that a noise trader buys) must lie between 0 and 1; it was nan."),
        ({"v_low": 1.0}, "v_low must lie below v_high; they were 1 and 1."),
    ],
)
def test_bad_parameters_are_named_in_one_sentence(changed: dict[str, float], sentence: str) -> None:
    good = {"v_low": 0.0, "v_high": 1.0, "prior": 0.4, "alpha": 0.5, "accuracy": 0.8, "gamma": 0.6}
    with pytest.raises(DomainError) as caught:
        NoisySignal(**{**good, **changed})
    assert caught.value.problems == (sentence,)
