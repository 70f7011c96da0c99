from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.errors import DomainError
from glosten.theory import EventUncertainty, TradeSize, large_fraction, size_premium

INSIDE = st.floats(0.03, 0.97)


@st.composite
def markets(draw: st.DrawFn) -> TradeSize:
    model = TradeSize(
        10.0,
        12.0,
        p_event=draw(INSIDE),
        p_bad=draw(INSIDE),
        mu=draw(INSIDE),
        large_share=draw(INSIDE),
        large=draw(st.floats(1.05, 8.0)),
        eps=draw(st.floats(0.1, 0.95)),
        gamma=draw(INSIDE),
    )
    for order in draw(st.lists(st.sampled_from([-2, -1, 0, 1, 2]), max_size=4)):
        if model.order_probability(order) > 1e-9:
            model = model.update(order)
    return model


@settings(max_examples=80, deadline=None)
@given(markets(), st.sampled_from([1, -1]))
def test_every_size_and_side_pays_the_maker_nothing(model: TradeSize, side: int) -> None:
    for order in (side, 2 * side):
        assert model.maker_gain(order) == pytest.approx(0.0, abs=1e-13)
        after = model.update(order) if model.order_probability(order) > 0.0 else None
        assert after is None or after.mean == pytest.approx(model.price(order), rel=1e-12)


@settings(max_examples=80, deadline=None)
@given(markets(), st.sampled_from([1, -1]))
def test_no_informed_trader_would_rather_trade_the_other_size(model: TradeSize, side: int) -> None:
    fraction = model.large_fraction(side)
    small, large = model.informed_gain(side), model.informed_gain(2 * side)
    assert fraction is not None
    assert small is not None
    assert large is not None
    assert 0.0 < fraction <= 1.0
    if fraction < 1.0:
        assert large == pytest.approx(small, rel=1e-10)
    else:
        assert large >= small * (1.0 - 1e-12)


@settings(max_examples=80, deadline=None)
@given(markets(), st.sampled_from([1, -1]))
def test_large_orders_get_the_worse_price(model: TradeSize, side: int) -> None:
    small, large, middle = model.price(side), model.price(2 * side), model.noise_mean
    assert small is not None
    assert large is not None
    assert middle is not None
    assert side * (small - middle) >= -1e-13
    assert side * (large - small) > 0.0


@settings(max_examples=60, deadline=None)
@given(markets())
def test_the_mean_is_a_martingale(model: TradeSize) -> None:
    chances = [(model.order_probability(order), order) for order in (-2, -1, 0, 1, 2)]
    assert sum(chance for chance, _ in chances) == pytest.approx(1.0, rel=1e-12)
    assert sum(c * model.update(o).mean for c, o in chances if c > 0.0) == pytest.approx(model.mean, rel=1e-12)


def test_at_the_opening_all_quotes_surround_the_mean() -> None:
    quotes = TradeSize(0.0, 1.0, 0.5, 0.4, 0.6, 0.2).quotes()
    prices = (quotes.bid_large, quotes.bid_small, quotes.mean, quotes.ask_small, quotes.ask_large)
    assert list(prices) == sorted(prices)
    assert quotes.large_if_good is not None
    assert quotes.large_if_good < 1.0


def test_small_trades_have_no_spread_where_the_informed_separate() -> None:
    model = TradeSize(0.0, 1.0, 0.2, 0.5, 0.3, 0.5, large=3.0)
    quotes = model.quotes()
    assert quotes.large_if_good == quotes.large_if_bad == 1.0
    assert quotes.bid_small == pytest.approx(0.5, rel=1e-15)
    assert quotes.ask_small == pytest.approx(0.5, rel=1e-15)
    informed, noise = 0.2 * 0.5 * 0.3, (1.0 - 0.2 * 0.3) * 0.25
    assert quotes.ask_large == pytest.approx(0.5 + 0.5 * informed / (informed + noise), rel=1e-14)
    assert model.update(1).mean == pytest.approx(0.5, rel=1e-14)
    assert model.update(1).p_event < model.p_event


@settings(max_examples=80, deadline=None)
@given(INSIDE, INSIDE, INSIDE, INSIDE, st.floats(1.05, 8.0))
def test_the_informed_separate_exactly_where_size_outweighs_the_price(
    a: float, d: float, mu: float, share: float, ratio: float
) -> None:
    """Large / small >= 1 + a (1 - d) mu / (noise that buys large (1 - a mu)): Easley & O'Hara's condition."""
    model = TradeSize(0.0, 1.0, a, d, mu, share, large=ratio)
    needed = 1.0 + a * (1.0 - d) * mu / (0.5 * share * (1.0 - a * mu))
    if abs(ratio - needed) > 1e-9:
        assert (model.large_fraction(1) == 1.0) == (ratio >= needed)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 0.5), st.floats(0.01, 0.5), st.floats(0.01, 0.5), st.floats(1.05, 6.0))
def test_the_equilibrium_is_the_only_one(informed: float, small: float, large: float, ratio: float) -> None:
    """The pull to the large size falls strictly as more trade it, so it changes sign once at most."""

    def pull(f: float) -> float:
        return ratio * large / (large + informed * f) - small / (small + informed * (1.0 - f))

    fraction = large_fraction(informed, small, large, ratio)
    assert pull(0.0) > 0.0
    assert pull(min(fraction + 0.01, 1.0)) <= 1e-12 or fraction == 1.0
    assert pull(max(fraction - 0.01, 0.0)) >= -1e-12


def test_limits_of_the_equilibrium() -> None:
    assert large_fraction(0.1, 0.0, 0.3, 2.0) == 1.0
    assert large_fraction(0.1, 0.3, 0.0, 2.0) == 0.0
    assert large_fraction(0.0, 0.3, 0.3, 2.0) == 1.0
    assert math.isnan(large_fraction(0.1, 0.0, 0.0, 2.0))
    assert large_fraction(0.1, 0.2, 0.2, 1.0 + 1e-12) == pytest.approx(0.5, abs=1e-9)
    assert math.isnan(size_premium(1.0, 0.5, 0.0))


@settings(max_examples=40, deadline=None)
@given(INSIDE, INSIDE, INSIDE, st.floats(0.1, 1.0), INSIDE)
def test_with_large_noise_only_it_is_event_uncertainty(a: float, d: float, mu: float, eps: float, gamma: float) -> None:
    sizes = TradeSize(10.0, 12.0, a, d, mu, 1.0, eps=eps, gamma=gamma)
    one = EventUncertainty(10.0, 12.0, a, d, mu, eps, gamma)
    for order in (1, -1, 1):
        quotes = sizes.quotes()
        assert quotes.ask_small is None
        assert (quotes.bid_large, quotes.ask_large) == pytest.approx(one.quotes()[:2], rel=1e-12)
        assert sizes.order_probability(2 * order) == pytest.approx(one.order_probability(order), rel=1e-12)
        sizes, one = sizes.update(2 * order), one.update(order)
    assert sizes.mean == pytest.approx(one.mean, rel=1e-12)


def test_the_likelihood_is_that_of_the_orders_one_by_one() -> None:
    model = TradeSize(0.0, 1.0, 0.5, 0.4, 0.6, 0.2, eps=0.8)
    orders = itertools.product((-2, -1, 0, 1, 2), repeat=3)
    assert sum(math.exp(model.log_likelihood(sequence)) for sequence in orders) == pytest.approx(1.0, rel=1e-12)


def test_a_size_without_a_quote_is_none_and_says_why() -> None:
    model = TradeSize(0.0, 1.0, 0.5, 0.5, 0.5, 0.0)
    assert model.quotes().ask_large is None
    assert model.large_fraction(1) == 0.0
    assert model.why_no_quote(2) == (
        "A large buy has no price: no noise trader places one (eps = 1, gamma = 0.5, large_share = 0), "
        "and at every price the informed trade only what it loses on."
    )
    with pytest.raises(DomainError, match=r"^A large buy has no price: .* Nothing can be learned from it\.$"):
        model.update(2)
    known = TradeSize(0.0, 1.0, 1.0, 0.5, 1.0, 0.5)
    assert known.quotes()[:4] == (None,) * 4
    assert known.order_probability(0) == 1.0
    assert known.why_no_quote(-1) == (
        "A small sell has no price: there are no noise traders (news is certain and mu = 1)."
    )
    with pytest.raises(DomainError, match="A period without a trade has probability 0"):
        TradeSize(0.0, 1.0, 0.5, 0.5, 0.5, 0.5).update(0)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"small": 2.0}, "small must lie below large; they were 2 and 2."),
        (
            {"large_share": 1.1},
            "large_share (the share of noise traders who trade the large size) must lie between 0 and 1; it was 1.1.",
        ),
        ({"small": 0.0}, "small (the small size) must lie above 0; it was 0."),
        ({"mu": -0.5}, "mu (the fraction of traders who know the news) must lie between 0 and 1; it was -0.5."),
    ],
)
def test_bad_parameters_are_named_in_one_sentence(changed: dict[str, Any], sentence: str) -> None:
    good = {"v_low": 0.0, "v_high": 1.0, "p_event": 0.5, "p_bad": 0.5, "mu": 0.5, "large_share": 0.5}
    with pytest.raises(DomainError) as caught:
        TradeSize(**{**good, **changed})
    assert caught.value.problems == (sentence,)


def test_a_bad_order_is_named_in_one_sentence() -> None:
    with pytest.raises(DomainError, match=r"^order must be 2 or 1 .* it was 3\.$"):
        TradeSize(0.0, 1.0, 0.5, 0.5, 0.5, 0.5).update(3)


@pytest.mark.parametrize("seed", [0, 4])
@pytest.mark.parametrize(
    "model",
    [
        TradeSize(0.0, 1.0, 0.5, 0.4, 0.6, 0.2),
        TradeSize(0.0, 1.0, 0.2, 0.5, 0.3, 0.5, large=3.0),
        TradeSize(0.0, 1.0, 0.6, 0.3, 0.4, 0.3, 1.0, 5.0, 0.8, 0.45, 0.5),
    ],
)
def test_simulated_means_agree_with_every_sequence_enumerated(model: TradeSize, seed: int) -> None:
    periods = 3
    drawn = model.simulate(periods, 20_000, seed)
    gained = np.zeros(3)
    for date in range(periods + 1):
        spread = error = 0.0
        for orders in itertools.product((-2, -1, 0, 1, 2), repeat=date):
            chance, now = 1.0, model
            for order in orders:
                likely = now.order_probability(order)
                chance *= likely
                if likely == 0.0:
                    break
                now = now.update(order)
            if chance == 0.0:
                continue
            spread += chance * (now.quotes().spread or 0.0)
            error += chance * sum(p * (v - now.mean) ** 2 for p, v in zip(now.beliefs, now._values, strict=True))
            gained += chance * np.array(now.gains()) * (date < periods)
        assert abs(drawn.spread[date] - spread) <= 4.0 * drawn.spread_se[date] + 1e-9
        assert abs(drawn.error[date] - error) <= 4.0 * drawn.error_se[date] + 1e-9
    for name, expected in zip(("informed", "noise", "maker"), gained, strict=True):
        found = getattr(drawn, name)
        assert abs(found.mean - expected) <= 4.0 * found.se, name
    assert gained[2] == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(drawn.belief).all()


def test_without_large_orders_the_paths_are_those_of_event_uncertainty_in_law() -> None:
    sizes = TradeSize(0.0, 1.0, 0.5, 0.4, 0.3, 0.0, eps=0.7, gamma=0.4)
    law = EventUncertainty(0.0, 1.0, 0.5, 0.4, 0.3, 0.7, 0.4).law(10)
    drawn = sizes.simulate(10, 20_000, 2)
    assert np.all(np.abs(drawn.spread - law.spread) <= 4.0 * drawn.spread_se + 1e-9)
    assert np.all(np.abs(drawn.error - law.error) <= 4.0 * drawn.error_se + 1e-9)
    assert abs(drawn.informed.mean - law.informed_mean[-1]) <= 4.0 * drawn.informed.se


def test_the_informed_share_is_what_bayes_says() -> None:
    model = TradeSize(0.0, 1.0, 0.5, 0.4, 0.6, 0.2)
    for order in (-2, -1, 1, 2):
        knows = 0.6 * model.beliefs[1 if order > 0 else 2] * model._informed_order(order)
        assert model.informed_share(order) == pytest.approx(knows / model.order_probability(order), rel=1e-12)
