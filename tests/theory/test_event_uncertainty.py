from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.errors import DomainError
from glosten.theory import Binary, BinaryNoTrade, EventUncertainty, event_after_no_trade

INSIDE = st.floats(0.02, 0.98)
MODELS = st.builds(EventUncertainty, st.just(10.0), st.just(12.0), INSIDE, INSIDE, INSIDE, INSIDE)
ORDERS = st.lists(st.sampled_from([-1, 0, 1]), max_size=12)


def after(model: Any, orders: list[int] | tuple[int, ...]) -> Any:
    for order in orders:
        model = model.update(order)
    return model


def exact_means(model: Any, periods: int) -> tuple[float, float, float, float]:
    """Return E[spread], E[informed gain of the last period], E[trades] and E[variance] over all sequences."""
    spread = informed = trades = variance = 0.0
    for orders in itertools.product((-1, 0, 1), repeat=periods):
        chance, now = 1.0, model
        for order in orders:
            chance *= now.order_probability(order)
            now = now.update(order)
        spread += chance * now.quotes().spread
        informed += chance * now.gains().informed
        trades += chance * sum(map(abs, orders))
        table = now._table
        variance += chance * float(table.beliefs @ (table.values - table.mean) ** 2)
    return spread, informed, trades, variance


@pytest.fixture
def case(theory_vectors: Any) -> Any:
    return theory_vectors["event_uncertainty"]


@pytest.fixture
def model(case: Any) -> EventUncertainty:
    return EventUncertainty(case["VL"], case["VH"], case["a"], case["d"], case["mu"], case["eps"])


def test_the_opening_quotes_are_those_of_fixture_b1(model: EventUncertainty, case: Any) -> None:
    quotes = model.quotes()
    got = (quotes.ask, quotes.bid, quotes.p_buy, quotes.p_sell, quotes.p_none)
    expected = [float(Fraction(case[key])) for key in ("ask", "bid", "PB", "PS", "PN")]
    assert got == pytest.approx(expected, rel=1e-14)
    assert quotes.spread == pytest.approx(float(Fraction(case["ask"]) - Fraction(case["bid"])), rel=1e-13)


def test_a_period_without_a_trade_is_fixture_b2(model: EventUncertainty, case: Any) -> None:
    quiet = model.update(0)
    assert 1.0 - quiet.p_event == pytest.approx(0.652173913, abs=5e-10)
    assert quiet.quotes().ask == pytest.approx(case["ask_after_no"], rel=1e-14)
    assert quiet.quotes().bid == pytest.approx(case["bid_after_no"], rel=1e-14)


def test_after_one_buy_the_bid_is_the_prior_mean(model: EventUncertainty) -> None:
    assert model.update(1).quotes().bid == pytest.approx(0.7, rel=1e-14)


@settings(max_examples=60, deadline=None)
@given(MODELS)
def test_a_buy_and_a_sell_return_the_mean_to_where_it_was(model: EventUncertainty) -> None:
    assert after(model, (1, -1)).mean == pytest.approx(model.mean, rel=1e-12)
    assert after(model, (-1, 1)).mean == pytest.approx(model.mean, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(MODELS)
def test_no_trade_lowers_the_probability_of_news_and_narrows_the_opening_spread(model: EventUncertainty) -> None:
    quiet = model.update(0)
    assert quiet.p_event < model.p_event
    assert quiet.p_event == pytest.approx(event_after_no_trade(model.p_event, model.mu), rel=1e-12)
    assert quiet.p_bad == pytest.approx(model.p_bad, rel=1e-12)
    assert quiet.mean == pytest.approx(model.mean, rel=1e-12)
    wide, narrow = model.quotes().spread, quiet.quotes().spread
    assert wide is not None
    assert narrow is not None
    assert narrow < wide


@settings(max_examples=60, deadline=None)
@given(MODELS, ORDERS)
def test_the_mean_is_a_martingale_between_the_quotes_and_nobody_pays_the_maker(
    model: EventUncertainty, orders: list[int]
) -> None:
    now = after(model, orders)
    ahead = sum(now.order_probability(order) * now.update(order).mean for order in (-1, 0, 1))
    assert ahead == pytest.approx(now.mean, rel=1e-12)
    quotes = now.quotes()
    assert quotes.bid <= now.mean + 1e-12
    assert quotes.ask >= now.mean - 1e-12
    assert quotes.spread == pytest.approx(quotes.ask - quotes.bid, abs=1e-12)
    for side in (1, -1):
        gains = now.gains(side)
        assert gains.maker == pytest.approx(0.0, abs=1e-14)
        assert gains.informed == pytest.approx(-gains.noise, abs=1e-13)
        assert gains.informed >= 0.0


@settings(max_examples=60, deadline=None)
@given(MODELS, ORDERS)
def test_counts_are_sufficient(model: EventUncertainty, orders: list[int]) -> None:
    counts = (orders.count(1), orders.count(-1), orders.count(0))
    now, walked = model, 0.0
    for order in orders:
        walked += math.log(now.order_probability(order))
        now = now.update(order)
    assert model.posterior(*counts) == pytest.approx(now.beliefs, rel=1e-9, abs=1e-300)
    assert model.log_likelihood(*counts) == pytest.approx(walked, rel=1e-10, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(INSIDE, INSIDE, INSIDE, ORDERS)
def test_certain_news_and_noise_that_always_trades_are_the_binary_model(
    prior: float, alpha: float, gamma: float, orders: list[int]
) -> None:
    orders = [order for order in orders if order]
    event = after(EventUncertainty(10.0, 12.0, 1.0, 1.0 - prior, alpha, 1.0, gamma), orders)
    binary = after(Binary(10.0, 12.0, prior, alpha, gamma), orders)
    assert event.quotes().bid == pytest.approx(binary.quotes().bid, rel=1e-12)
    assert event.quotes().ask == pytest.approx(binary.quotes().ask, rel=1e-12)
    assert event.quotes().spread == pytest.approx(binary.quotes().spread, rel=1e-9)
    assert event.informed_share(1) == pytest.approx(binary.informed_share(1), rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(INSIDE, INSIDE, st.floats(0.02, 0.5), ORDERS)
def test_noise_that_skips_a_turn_is_the_binary_model_in_trade_time(
    prior: float, alpha: float, eta: float, orders: list[int]
) -> None:
    clock = BinaryNoTrade(10.0, 12.0, prior, alpha, eta)
    trades = clock.in_trade_time()
    assert trades is not None
    now, walked = clock, 0.0
    for order in orders:
        chance = now.order_probability(order)
        if chance == 0.0:
            return
        walked += math.log(chance)
        now = now.update(order)
        if order:
            trades = trades.update(order)
    assert now.quotes()[:3] == pytest.approx(trades.quotes()[:3], rel=1e-8)
    counts = (orders.count(1), orders.count(-1), orders.count(0))
    assert clock.log_likelihood(*counts) == pytest.approx(walked, rel=1e-9, abs=1e-12)
    assert clock.posterior(*counts) == pytest.approx(now.prior, rel=1e-9)


def test_no_trade_teaches_nothing_where_noise_merely_skips_a_turn() -> None:
    model = BinaryNoTrade(0.0, 1.0, 0.4, 0.3, 0.2)
    assert model.update(0) is model
    assert model.order_probability(0) == pytest.approx(0.7 * 0.6)
    assert model.gains().maker == pytest.approx(0.0, abs=1e-15)
    assert model.informed_share(1) == pytest.approx(0.3 * 0.4 / model.order_probability(1))


@pytest.mark.parametrize("seed", [0, 11])
@pytest.mark.parametrize(
    "model",
    [
        EventUncertainty(10.0, 12.0, 0.4, 0.3, 0.2, 0.6),
        EventUncertainty(10.0, 12.0, 0.8, 0.6, 0.5, 0.9, 0.4),
        BinaryNoTrade(10.0, 12.0, 0.4, 0.3, 0.3),
    ],
)
def test_simulated_means_agree_with_every_sequence_enumerated(model: Any, seed: int) -> None:
    periods, paths = 4, 20_000
    drawn = model.simulate(periods, paths, seed)
    informed = 0.0
    for date in range(periods + 1):
        spread, gain, trades, variance = exact_means(model, date)
        assert abs(drawn.spread[date] - spread) <= 4 * drawn.spread_se[date] + 1e-9, date
        assert abs(drawn.error[date] - variance) <= 4 * drawn.error_se[date] + 1e-9, date
        informed += gain if date < periods else 0.0
    assert abs(drawn.informed.mean - informed) <= 4 * drawn.informed.se
    assert abs(drawn.noise.mean + informed) <= 4 * drawn.noise.se
    assert abs(drawn.maker.mean) <= 4 * drawn.maker.se
    assert abs(drawn.trades.mean - trades) <= 4 * drawn.trades.se
    assert drawn.n == drawn.informed.n == paths


def test_a_seed_fixes_a_simulation() -> None:
    model = EventUncertainty(10.0, 12.0, 0.4, 0.3, 0.2, 0.6)
    first, again, other = (model.simulate(3, 200, seed) for seed in (5, 5, 6))
    assert first.informed == again.informed
    assert (first.error == again.error).all()
    assert other.informed != first.informed


def test_a_side_without_a_quote_is_none_and_says_why() -> None:
    quotes = EventUncertainty(0.0, 1.0, 1.0, 1.0, 0.5, 0.0).quotes()
    assert quotes.ask is None
    assert quotes.spread is None
    assert quotes.bid == 0.0
    assert quotes.why_no_ask == (
        "A buy has probability 0: good news is ruled out, so no informed trader does, "
        "and no noise trader does (eps = 0, gamma = 0.5)."
    )
    nobody = BinaryNoTrade(0.0, 1.0, 0.5, 0.0, 0.0)
    assert nobody.in_trade_time() is None
    assert nobody.quotes().why_no_bid == (
        "A sell has probability 0: there are no informed traders (alpha = 0), and no noise trader does (eta = 0)."
    )
    with pytest.raises(DomainError, match=r"^A sell has probability 0.* Nothing can be learned from it\.$"):
        nobody.update(-1)
    with pytest.raises(DomainError, match="A period without a trade has probability 0"):
        EventUncertainty(0.0, 1.0, 0.5, 0.5, 0.5, 1.0).update(0)
    assert EventUncertainty(0.0, 1.0, 0.5, 0.5, 0.5, 1.0).posterior(0, 0, 1) is None
    assert math.isnan(event_after_no_trade(1.0, 1.0))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"p_event": 1.2}, "p_event (the probability that there was news) must lie between 0 and 1; it was 1.2."),
        ({"p_bad": -0.1}, "p_bad (the probability that news is bad) must lie between 0 and 1; it was -0.1."),
        ({"mu": math.nan}, "mu (the fraction of traders who know the news) must lie between 0 and 1; it was nan."),
        ({"eps": 2.0}, "eps (the probability that a noise trader trades) must lie between 0 and 1; it was 2."),
        ({"v_low": 3.0}, "v_low must lie below v_high; they were 3 and 1."),
        (
            {"v_none": 5.0},
            "v_none (the value where there was no news, in price units) must lie between 0 and 1; it was 5.",
        ),
    ],
)
def test_bad_parameters_are_named_in_one_sentence(changed: dict[str, float], sentence: str) -> None:
    good = {"v_low": 0.0, "v_high": 1.0, "p_event": 0.4, "p_bad": 0.3, "mu": 0.2, "eps": 0.6}
    with pytest.raises(DomainError) as caught:
        EventUncertainty(**{**good, **changed})
    assert caught.value.problems == (sentence,)


def test_bad_calls_are_named_in_one_sentence() -> None:
    model = EventUncertainty(0.0, 1.0, 0.4, 0.3, 0.2, 0.6)
    with pytest.raises(DomainError, match=r"^order must be 1 \(a buy\), -1 \(a sell\) or 0 \(no trade\); it was 2\.$"):
        model.update(2)
    with pytest.raises(DomainError, match=r"^a number of periods must be 0 or more; it was -1\.$"):
        model.log_likelihood(-1, 0)
    with pytest.raises(DomainError, match=r"^paths must be 1 or more; it was 0\.$"):
        model.simulate(3, 0)
    with pytest.raises(DomainError, match=r"^eta .* must lie between 0 and 0\.5; it was 0\.6\.$"):
        BinaryNoTrade(0.0, 1.0, 0.5, 0.5, 0.6)
