from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import ndtr

from glosten.errors import DomainError
from glosten.theory import Das, das_closed_quote, das_jump_law, das_mix, das_order_if, das_quote
from glosten.theory._normal_table import normal_law

WIDE = 8.0
ORDERS = st.lists(st.sampled_from([-1, 0, 1]), max_size=6)
MARKETS = st.builds(
    Das,
    sigma=st.floats(5.0, 30.0),
    sigma_w=st.floats(1.0, 20.0),
    p_jump=st.floats(0.0, 0.1),
    alpha=st.floats(0.05, 0.95),
    eta=st.floats(0.05, 0.45),
    known_jumps=st.booleans(),
    start=st.floats(-3.0, 3.0),
)


def lived(model: Das, orders: list[int]) -> Das:
    for order in orders:
        model = model.update(order)
    return model


def test_the_tabled_normal_law_is_the_normal_law() -> None:
    points = np.linspace(-9.99, 9.99, 4_001)
    tabled = np.array([normal_law(z) for z in points])
    assert np.abs(tabled[:, 0] - ndtr(points)).max() < 2e-15
    assert np.abs(tabled[:, 0] / ndtr(points) - 1)[points < 0].max() < 1e-9
    assert np.abs(tabled[:, 1] - np.exp(-points * points / 2) / math.sqrt(2 * math.pi)).max() < 1e-11
    assert normal_law(40.0)[0] == pytest.approx(1, abs=1e-15)
    assert normal_law(-40.0)[0] < 1e-23


def test_first_quotes_are_those_of_fixture_f1(theory_vectors: Any) -> None:
    for case in theory_vectors["das_first_quote_cents"]:
        market = Das(case["sg"], case["sw"], 0.001, case["al"], case["eta"], reach=WIDE)
        first = market.first_quote()
        assert first.half_spread == pytest.approx(case["half"], abs=1e-8)
        bid, ask = market.fair_quotes()
        assert (bid, ask) == pytest.approx((-case["half"], case["half"]), abs=1e-8)
        if "PB" in case:
            assert first.p_buy == pytest.approx(case["PB"], abs=1e-10)
            assert market.quotes().p_buy == pytest.approx(case["PB"], abs=1e-10)
            assert first.variance_after_buy == pytest.approx(case["var_after_buy"], abs=1e-7)
            assert market.update(1).variance == pytest.approx(case["var_after_buy"], abs=1e-6)


def test_more_informed_traders_quote_the_third_number_of_f1() -> None:
    assert Das(50, 5, 0.001, 0.9).first_quote().half_spread == pytest.approx(56.72198945, abs=1e-8)


@settings(max_examples=40)
@given(MARKETS, ORDERS)
def test_the_maker_expects_nothing_on_either_side_and_mass_is_one(market: Das, orders: list[int]) -> None:
    market = lived(market, orders)
    assert market.density.sum() == pytest.approx(1, abs=1e-12)
    assert np.all(market.density >= 0)
    quotes = market.quotes()
    assert quotes.bid is not None
    assert quotes.ask is not None
    assert quotes.bid <= quotes.mean + 1e-9 <= quotes.ask + 2e-9
    assert quotes.p_buy + quotes.p_sell + quotes.p_none == pytest.approx(1, abs=1e-12)
    for side, price in ((1, quotes.ask), (-1, quotes.bid)):
        gains = market.gains(side)
        assert gains.maker == pytest.approx(0, abs=1e-9)
        assert gains.informed >= -1e-9
        known = Das.update(market, side) if market.known_jumps else None
        if known is not None:
            assert known.mean == pytest.approx(price, abs=1e-8)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.floats(0.01, 1.0)), min_size=1, max_size=4),
    st.floats(0.3, 20.0),
    st.floats(0.05, 0.75),
    st.floats(0.25, 0.5),
    st.floats(0.0, 200.0),
)
def test_the_solver_finds_the_only_root_from_anywhere(
    peaks: list[tuple[int, float]], sigma_w: float, alpha: float, eta: float, guess: float
) -> None:
    """Beliefs with several peaks: where Halley's or Newton's steps fail, bisection has to take over."""
    values = np.arange(201.0)
    density = sum(weight * np.exp(-0.5 * ((values - place) / 3.0) ** 2) for place, weight in peaks) + 1e-7
    density /= density.sum()
    mean = float(density @ values)

    def excess(price: float, side: int) -> float:
        buys = (1 - alpha) * eta + alpha * ndtr(side * (values - price) / sigma_w)
        return float(side * density @ ((values - price) * buys))

    for side, end in ((1, 200.0), (-1, 0.0)):
        room = np.empty((2, 201))
        found = das_quote(density, (0, 200), (mean, guess), side, (alpha, eta, sigma_w), room)
        if excess(mean, side) > 1e-12 and alpha * 0.13 < (1 - alpha) * eta:  # then the root is unique
            assert found == pytest.approx(brentq(excess, mean, end, args=(side,), xtol=1e-12), abs=1e-7)
        assert excess(found, side) == pytest.approx(0, abs=1e-8)


def test_with_naive_signals_the_ask_is_not_the_highest_expectation() -> None:
    market = Das(50, 20, 0.001, 0.7, reach=WIDE)
    values, density = market.values, market.density

    def expectation(price: float) -> float:
        joint = density * (0.15 + 0.7 * ndtr((values - price) / 20))
        return float(joint @ values / joint.sum())

    ask = market.fair_quotes()[1]
    assert ask is not None
    assert expectation(ask) == pytest.approx(ask, abs=1e-8)
    assert max(expectation(ask + step) for step in (1.0, 3.0, 5.0)) > ask + 1e-4


def test_the_spread_falls_as_the_maker_learns_and_rises_at_a_jump() -> None:
    market, spreads = Das(50, 5, 0.001, 0.7), []
    for _ in range(60):
        quotes = market.quotes()
        assert quotes.spread is not None
        spreads.append(quotes.spread)
        market = market.update(int(quotes.ask < 37.4) - int(quotes.bid > 37.4))
    assert spreads[0] == pytest.approx(68.08, abs=0.01)
    assert spreads[10] < 10
    assert spreads[30] < 1
    assert market.mean == pytest.approx(37.4, abs=0.5)
    after = market.jump()
    assert after.quotes().spread == pytest.approx(spreads[0], abs=0.01)
    assert after.mean == pytest.approx(market.mean, abs=1e-3)  # the grid ends at 4 sigma, its middle is a whole cent


def test_jumps_that_never_come_may_as_well_be_unknown() -> None:
    orders = [1, 0, 1, -1, 1, 0]
    known, unknown = (lived(Das(20, 5, 0.0, 0.6, 0.4, known_jumps=known), orders) for known in (True, False))
    assert np.array_equal(known.density, unknown.density)
    rare = lived(Das(20, 5, 1e-9, 0.6, 0.4, known_jumps=False), orders)
    assert rare.quotes().ask == pytest.approx(known.quotes().ask, abs=1e-5)


def test_an_unseen_jump_adds_its_variance() -> None:
    density = np.zeros(401)
    density[180:221] = 1 / 41
    values = np.arange(401.0)
    before = float(density @ (values - 200) ** 2)
    law = das_jump_law(401, 20.0)
    expected = 0.9 * density + 0.1 * np.convolve(density, law)[400:801]
    assert das_mix(density, (180, 220), law, 0.1) == (0, 400)
    assert density == pytest.approx(expected / expected.sum(), abs=1e-15)
    assert float(density @ (values - 200) ** 2) == pytest.approx(before + 0.1 * (400 + 1 / 12), rel=1e-9)


def test_a_maker_who_is_not_told_follows_the_value_across_its_grid() -> None:
    market = Das(20, 5, 0.02, 0.6, known_jumps=False)
    first = market.values[0]
    for _ in range(80):
        market = market.update(int((market.quotes().ask or 0) < 130) - int((market.quotes().bid or 0) > 130))
    assert market.mean == pytest.approx(130, abs=8)
    assert market.values[0] > first + 40
    assert market.density.sum() == pytest.approx(1, abs=1e-12)


def test_shift_and_inventory_move_the_posted_quotes_only() -> None:
    plain = Das(50, 5, 0.001, 0.7)
    bid, ask = plain.fair_quotes()
    wider = Das(50, 5, 0.001, 0.7, shift=2.0).quotes()
    assert (wider.bid, wider.ask) == pytest.approx((bid - 2, ask + 2))
    assert Das(50, 5, 0.001, 0.7, shift=2.0).gains().maker > 0
    leaning = Das(50, 5, 0.001, 0.7, inventory_shift=0.5).update(-1)
    assert leaning.inventory == 1
    fair = leaning.fair_quotes()
    assert (leaning.quotes().bid, leaning.quotes().ask) == pytest.approx((fair[0] - 0.5, fair[1] - 0.5))


def test_a_finer_grid_gives_the_same_quotes() -> None:
    coarse, fine = Das(50, 5, 0.001, 0.7, reach=WIDE), Das(50, 5, 0.001, 0.7, step=0.5, reach=WIDE)
    for order in (1, 0, 1, -1):
        coarse, fine = coarse.update(order), fine.update(order)
        assert coarse.quotes().ask == pytest.approx(fine.quotes().ask, rel=1e-6)
    assert coarse.variance == pytest.approx(fine.variance, rel=1e-6)


def test_the_likelihood_of_a_sequence_is_its_chain_of_probabilities() -> None:
    market = Das(20, 5, 0.01, 0.5, 0.3)
    orders = [1, 1, 0, -1]
    chances = [lived(market, orders[:count]).order_probability(order) for count, order in enumerate(orders)]
    assert market.log_likelihood(orders) == pytest.approx(sum(math.log(chance) for chance in chances))
    everything = [math.exp(market.log_likelihood([a, b])) for a in (-1, 0, 1) for b in (-1, 0, 1)]
    assert sum(everything) == pytest.approx(1, abs=1e-12)


def test_informed_share_is_bayes() -> None:
    market = Das(20, 5, 0.01, 0.5, 0.3)
    for order in (1, -1, 0):
        silent = 0.5 * (0.3 if order else 0.4)
        assert market.informed_share(order) == pytest.approx(1 - silent / market.order_probability(order))


def test_nobody_to_learn_from_leaves_the_quotes_at_the_mean() -> None:
    market = Das(50, 5, 0.001, 0.0, 0.3)
    assert market.fair_quotes() == pytest.approx((0, 0), abs=1e-9)
    assert market.update(1).mean == pytest.approx(0, abs=1e-9)


def test_where_nobody_trades_there_is_no_quote_and_a_reason() -> None:
    market = Das(50, 5, 0.001, 0.0, 0.0)
    quotes = market.quotes()
    assert (quotes.bid, quotes.ask, quotes.spread) == (None, None, None)
    assert (quotes.p_buy, quotes.p_sell, quotes.p_none) == (0, 0, 1)
    assert "nobody is informed" in (quotes.why_no_ask or "")
    assert "A sell has probability 0" in (quotes.why_no_bid or "")
    assert market.update(0).mean == pytest.approx(0, abs=1e-9)
    assert market.log_likelihood([0, 1]) == -math.inf
    assert market.informed_share(1) is None
    with pytest.raises(DomainError, match="A buy has probability 0"):
        market.update(1)


def test_everybody_informed_still_has_quotes() -> None:
    market = Das(50, 25, 0.001, 1.0, reach=WIDE)
    x = das_closed_quote(0.8, 0.0)
    assert market.fair_quotes()[1] == pytest.approx(x * math.sqrt(50**2 + 25**2), rel=1e-6)


def test_an_order_is_likelier_the_further_the_value_lies_beyond_its_quote() -> None:
    traders = (0.7, 0.5, 5.0)
    chances = [das_order_if(value, 1, -3.0, 3.0, traders) for value in (-20.0, 0.0, 3.0, 20.0)]
    assert chances == sorted(chances)
    assert chances[2] == pytest.approx(0.15 + 0.35)
    for value in (-7.0, 0.0, 4.0):
        total = sum(das_order_if(value, order, -3.0, 3.0, traders) for order in (1, 0, -1))
        assert total == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"sigma": 0.0}, "sigma .* must lie above 0; it was 0"),
        ({"sigma_w": -1.0}, "sigma_w .* must lie above 0"),
        ({"p_jump": 1.5}, "p_jump .* between 0 and 1; it was 1.5"),
        ({"alpha": math.nan}, "alpha"),
        ({"eta": 0.6}, "eta .* between 0 and 0.5"),
        ({"shift": -0.1}, "shift"),
        ({"inventory_shift": -0.1}, "inventory_shift"),
        ({"start": math.inf}, "start"),
        ({"step": 0.0}, "step"),
        ({"reach": 0.5}, "reach"),
        ({"step": 1e-4}, "grid of 3 to 20001 points"),
        ({"step": 500.0}, "it made 1"),
    ],
)
def test_what_lies_outside_its_domain_is_refused(arguments: dict[str, float], words: str) -> None:
    with pytest.raises(DomainError, match=words):
        Das(**{"sigma": 50.0, "sigma_w": 5.0, "p_jump": 0.001, "alpha": 0.7, **arguments})  # type: ignore[arg-type]


def test_every_problem_is_named_at_once_and_orders_are_checked() -> None:
    with pytest.raises(DomainError) as caught:
        Das(-1, -1, -1, -1, -1)
    assert len(caught.value.problems) == 5
    market = Das(50, 5, 0.001, 0.7)
    for call in (market.update, market.order_probability, market.gains):
        with pytest.raises(DomainError, match="order must be"):
            call(2)
    with pytest.raises(DomainError, match="side must be"):
        market.why_no_quote(0)
    with pytest.raises(DomainError, match="alpha"):
        Das(50, 5, 0.001, 0.0).first_quote()
    with pytest.raises(ValueError, match="read-only"):
        market.density[0] = 1.0
