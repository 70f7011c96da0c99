from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.errors import DomainError
from glosten.theory import Das, GaussianDas, das_closed_quote, gaussian_half_spread, gaussian_update

MARKETS = st.builds(
    GaussianDas,
    sigma=st.floats(5.0, 30.0),
    sigma_w=st.floats(1.0, 20.0),
    p_jump=st.floats(0.0, 0.1),
    alpha=st.floats(0.05, 0.95),
    eta=st.floats(0.05, 0.45),
    known_jumps=st.booleans(),
    mean=st.floats(-3.0, 3.0),
)


@pytest.mark.parametrize(("rho_squared", "expected"), [(0.2, 0.1836749347), (0.5, 0.6120031810), (0.8, 1.6620069876)])
def test_the_quote_of_a_market_without_noise_traders_is_the_published_one(rho_squared: float, expected: float) -> None:
    x = das_closed_quote(rho_squared, 0.0)
    assert x == pytest.approx(expected, abs=5e-11)
    tail = 0.5 * math.erfc(x / math.sqrt(2))
    assert x == pytest.approx(rho_squared * math.exp(-x * x / 2) / math.sqrt(2 * math.pi) / tail, rel=1e-12)


def test_truncated_normal_updates_are_those_of_the_fixture() -> None:
    traders, quotes = (1.0, 0.5, 0.5), (-0.4, 0.4)
    buy, none, sell = (gaussian_update((0.0, 1.0), order, quotes, traders) for order in (1, 0, -1))
    assert buy[1:] == pytest.approx((0.9290675892, 0.4341350432), abs=5e-11)
    assert none[1:] == pytest.approx((0.0, 0.2335543716), abs=5e-11)
    assert sell[1:] == pytest.approx((-buy[1], buy[2]), abs=1e-15)
    assert buy[0] + none[0] + sell[0] == pytest.approx(1, abs=1e-15)


@settings(max_examples=25)
@given(MARKETS)
def test_one_update_has_the_mean_and_variance_of_the_grid(market: GaussianDas) -> None:
    grid = Das(
        market.sigma,
        market.sigma_w,
        market.p_jump,
        market.alpha,
        market.eta,
        start=market.mean,
        step=min(1.0, market.sigma_w / 4),
        reach=8.0,
    )
    assert market.fair_quotes() == pytest.approx(grid.fair_quotes(), abs=1e-6)
    told = GaussianDas(market.sigma, market.sigma_w, market.p_jump, market.alpha, market.eta, mean=market.mean)
    for order in (1, 0, -1):
        assert told.order_probability(order) == pytest.approx(grid.order_probability(order), abs=1e-9)
        assert told.update(order).mean == pytest.approx(grid.update(order).mean, abs=1e-6)
        assert told.update(order).variance == pytest.approx(grid.update(order).variance, rel=1e-6)


@settings(max_examples=40)
@given(MARKETS, st.lists(st.sampled_from([-1, 0, 1]), max_size=8))
def test_the_maker_expects_nothing_on_either_side(market: GaussianDas, orders: list[int]) -> None:
    for order in orders:
        market = market.update(order)
    quotes = market.quotes()
    assert quotes.p_buy + quotes.p_sell + quotes.p_none == pytest.approx(1, abs=1e-12)
    for side in (1, -1):
        gains = market.gains(side)
        assert gains.maker == pytest.approx(0, abs=1e-8)
        assert gains.informed >= -1e-9
    means = [quotes.p_buy * market.update(1).mean, quotes.p_sell * market.update(-1).mean]
    assert sum(means) + quotes.p_none * market.update(0).mean == pytest.approx(market.mean, abs=1e-8)


def test_variance_falls_at_every_order_on_average() -> None:
    market = GaussianDas(50, 5, 0.001, 0.7)
    for order in (1, 0, -1):
        assert market.update(order).variance < 2500
    assert market.update(1).variance == pytest.approx(market_after_a_buy(), abs=1e-7)


def market_after_a_buy() -> float:
    return Das(50, 5, 0.001, 0.7).first_quote().variance_after_buy


def test_far_quotes_keep_their_digits() -> None:
    traders = (1.0, 0.5, 1.0)
    for order, quotes in ((1, (-30.0, 30.0)), (-1, (-30.0, 30.0)), (0, (29.0, 30.0)), (0, (-30.0, -29.0))):
        chance, mean, variance = gaussian_update((0.0, 1.0), order, quotes, traders)
        assert 0 < chance < 1e-90
        assert 14 < abs(mean) < 16
        assert 0.49 < variance < 0.51


def test_an_unseen_jump_adds_variance_and_a_known_one_sets_it() -> None:
    known, unknown = (GaussianDas(50, 5, 0.01, 0.7, known_jumps=known).update(0) for known in (True, False))
    assert unknown.variance == pytest.approx(known.variance + 25)
    assert known.jump().variance == 2500
    assert known.jump().mean == known.mean


def test_shift_and_inventory_move_the_posted_quotes_only() -> None:
    half = gaussian_half_spread(2500.0, (0.7, 0.5, 5.0))
    quotes = GaussianDas(50, 5, 0.001, 0.7, shift=1.0, inventory_shift=0.5, inventory=4).quotes()
    assert (quotes.bid, quotes.ask) == pytest.approx((-half - 3, half - 1))
    assert GaussianDas(50, 5, 0.001, 0.7).update(1).inventory == -1


def test_where_nobody_trades_there_is_no_quote_and_a_reason() -> None:
    market = GaussianDas(50, 5, 0.001, 0.0, 0.0)
    quotes = market.quotes()
    assert (quotes.bid, quotes.ask, quotes.p_none) == (None, None, 1)
    assert "nobody is informed" in (quotes.why_no_bid or "")
    assert market.update(0).mean == 0
    assert market.gains().maker == 0
    assert market.log_likelihood([1]) == -math.inf
    with pytest.raises(DomainError, match="A sell has probability 0"):
        market.update(-1)
    assert GaussianDas(50, 5, 0.001, 0.0, 0.3).fair_quotes() == (0, 0)


def test_the_likelihood_is_a_chain_of_probabilities() -> None:
    market = GaussianDas(20, 5, 0.01, 0.5, 0.3)
    expected = math.log(market.order_probability(1)) + math.log(market.update(1).order_probability(-1))
    assert market.log_likelihood([1, -1]) == pytest.approx(expected)


def test_what_lies_outside_its_domain_is_refused_all_at_once() -> None:
    with pytest.raises(DomainError) as caught:
        GaussianDas(0, 0, 2, 2, 2, -1, -1, mean=math.nan, variance=-1)
    assert len(caught.value.problems) == 9
    with pytest.raises(DomainError, match="order must be"):
        GaussianDas(50, 5, 0.001, 0.7).update(3)
