from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.errors import DomainError
from glosten.theory import Binary, ManyValues

ORDERS = st.lists(st.sampled_from([-1, 0, 1]), max_size=6)


@st.composite
def markets(draw: st.DrawFn) -> ManyValues:
    values = tuple(float(v) for v in sorted(draw(st.sets(st.integers(-20, 20), min_size=1, max_size=6))))
    weights = draw(st.lists(st.integers(1, 9), min_size=len(values), max_size=len(values)))
    buys = draw(st.floats(0.02, 0.9))
    sells = draw(st.floats(0.02, 1.0 - buys))
    beliefs = tuple(weight / sum(weights) for weight in weights)
    return ManyValues(values, beliefs, draw(st.floats(0.0, 0.95)), buys, sells)


def after(model: ManyValues, orders: list[int] | tuple[int, ...]) -> ManyValues:
    for order in orders:
        if model.order_probability(order) > 0.0:
            model = model.update(order)
    return model


def regret(model: ManyValues, x: float) -> float:
    """Return g(x) - x of the ask side."""
    noise = (1.0 - model.alpha) * model.noise_buys
    pairs = list(zip(model.values, model.beliefs, strict=True))
    mass = noise + model.alpha * sum(p for v, p in pairs if v > x)
    total = noise * sum(v * p for v, p in pairs) + model.alpha * sum(v * p for v, p in pairs if v > x)
    return total / mass - x


@pytest.fixture
def cases(theory_vectors: Any) -> Any:
    return theory_vectors["multi"]


def test_three_values_are_fixture_d1(cases: Any) -> None:
    case = cases[0]
    model = ManyValues(case["V"], tuple(float(Fraction(p)) for p in case["p"]), float(Fraction(case["al"])))
    assert model.quotes().ask == pytest.approx(float(Fraction(case["ask"])), rel=1e-15)
    assert model.quotes().bid == pytest.approx(float(Fraction(case["bid"])), rel=1e-15)
    assert model.informed_values(1) == (100.0,)
    assert model.informed_values(0) == (50.0,)
    assert model.informed_values(-1) == (0.0,)


def test_five_values_and_three_trades_are_fixture_d3(cases: Any) -> None:
    case = cases[1]
    model = ManyValues.uniform(case["V"], float(Fraction(case["al"])))
    assert model.quotes().ask == pytest.approx(float(Fraction(case["ask"])), rel=1e-15)
    assert model.quotes().bid == pytest.approx(float(Fraction(case["bid"])), rel=1e-15)
    traded = after(model, (1, 1, -1))
    assert traded.beliefs == pytest.approx([float(Fraction(p)) for p in case["after_BBS"]["post"]], rel=1e-13)
    assert traded.quotes().ask == pytest.approx(case["after_BBS"]["ask"], rel=1e-14)
    assert traded.quotes().bid == pytest.approx(case["after_BBS"]["bid"], rel=1e-14)


@settings(max_examples=80, deadline=None)
@given(markets(), ORDERS)
def test_the_ask_is_the_maximum_of_g_and_its_only_fixed_point(model: ManyValues, orders: list[int]) -> None:
    model = after(model, orders)
    ask = model.quotes().ask
    assert ask is not None
    edges = [model.values[0] - 1.0, *model.values]
    assert ask == pytest.approx(max(regret(model, x) + x for x in edges), rel=1e-12, abs=1e-12)
    assert regret(model, ask) == pytest.approx(0.0, abs=1e-11)
    grid = [model.values[0] - 1.0 + 0.37 * step for step in range(int((model.values[-1] - model.values[0] + 2) / 0.37))]
    assert all((regret(model, x) > 0.0) == (x < ask) for x in grid if abs(x - ask) > 1e-9)


@settings(max_examples=80, deadline=None)
@given(markets())
def test_the_bid_is_the_ask_of_the_mirrored_market(model: ManyValues) -> None:
    mirrored = ManyValues(
        tuple(-v for v in reversed(model.values)),
        tuple(reversed(model.beliefs)),
        model.alpha,
        model.noise_sells,
        model.noise_buys,
    )
    ask = mirrored.quotes().ask
    assert ask is not None
    assert model.quotes().bid == pytest.approx(-ask, rel=1e-12, abs=1e-12)


@settings(max_examples=80, deadline=None)
@given(markets(), ORDERS)
def test_nobody_pays_the_maker_and_the_mean_is_a_martingale(model: ManyValues, orders: list[int]) -> None:
    model = after(model, orders)
    quotes = model.quotes()
    assert quotes.bid is not None
    assert quotes.ask is not None
    assert quotes.bid <= model.mean + 1e-11
    assert quotes.ask >= model.mean - 1e-11
    assert quotes.spread == pytest.approx(quotes.ask - quotes.bid, abs=1e-10)
    assert quotes.p_buy + quotes.p_sell + quotes.p_none == pytest.approx(1.0, rel=1e-12)
    for side in (1, -1):
        assert model.gains(side).maker == pytest.approx(0.0, abs=1e-11)
        assert model.gains(side).informed == pytest.approx(-model.gains(side).noise, abs=1e-11)
        assert model.gains(side).informed >= -1e-12
    moved = [(model.order_probability(order), order) for order in (-1, 0, 1)]
    ahead = sum(chance * model.update(order).mean for chance, order in moved if chance > 0.0)
    assert ahead == pytest.approx(model.mean, rel=1e-10, abs=1e-10)


@settings(max_examples=60, deadline=None)
@given(markets())
def test_the_informed_trade_only_where_it_pays_strictly(model: ManyValues) -> None:
    quotes = model.quotes()
    assert quotes.ask is not None
    assert quotes.bid is not None
    if model.alpha > 0.0:
        assert model.informed_values(1) == tuple(v for v in model.values if v > quotes.ask + 1e-10)
        assert model.informed_values(-1) == tuple(v for v in model.values if v < quotes.bid - 1e-10)


def test_at_a_tie_the_informed_stay_out() -> None:
    model = ManyValues((0.0, 1.0, 2.0), (0.25, 0.5, 0.25), 0.0)
    assert model.quotes().ask == 1.0
    tied = ManyValues((0.0, 3.0, 6.0), (0.5, 1 / 3, 1 / 6), 0.5)
    assert tied.quotes().ask == pytest.approx(3.0, rel=1e-15)
    assert tied.informed_values(1) == (6.0,)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.02, 0.98), st.floats(0.02, 0.98), st.floats(0.02, 0.98), st.lists(st.sampled_from([-1, 1]), max_size=6)
)
def test_two_values_are_the_binary_model(prior: float, alpha: float, gamma: float, sides: list[int]) -> None:
    many = after(ManyValues((10.0, 12.0), (1.0 - prior, prior), alpha, gamma, 1.0 - gamma), sides)
    binary = Binary(10.0, 12.0, prior, alpha, gamma)
    for side in sides:
        binary = binary.update(side)
    assert many.quotes()[:3] == pytest.approx(binary.quotes()[:3], rel=1e-9, abs=1e-12)
    assert many.gains() == pytest.approx(binary.gains(), abs=1e-12)


def test_no_trade_speaks_for_the_values_between_the_quotes() -> None:
    model = ManyValues((0.0, 50.0, 100.0), (0.3, 0.4, 0.3), 0.4, 0.3, 0.3)
    quiet = model.update(0)
    assert quiet.beliefs[1] > model.beliefs[1]
    assert (quiet.quotes().spread or 0.0) < (model.quotes().spread or 0.0)


def test_the_likelihood_is_that_of_the_orders_one_by_one_and_depends_on_their_sequence() -> None:
    model = ManyValues.uniform((50.0, 50.25, 50.5, 50.75, 51.0), 0.5)
    by_hand = math.log(model.order_probability(1)) + math.log(model.update(1).order_probability(-1))
    assert model.log_likelihood((1, -1)) == pytest.approx(by_hand, rel=1e-15)
    sequences = {round(model.log_likelihood(orders), 12) for orders in itertools.permutations((1, 1, 1, -1))}
    assert len(sequences) > 1
    total = sum(math.exp(model.log_likelihood(orders)) for orders in itertools.product((-1, 0, 1), repeat=4))
    assert total == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("seed", [0, 8])
def test_simulated_means_agree_with_every_sequence_enumerated(seed: int) -> None:
    model, periods = ManyValues((0.0, 50.0, 100.0), (0.3, 0.4, 0.3), 0.4, 0.4, 0.3), 4
    drawn = model.simulate(periods, 20_000, seed)
    informed = 0.0
    for date in range(periods + 1):
        spread = gain = variance = 0.0
        for orders in itertools.product((-1, 0, 1), repeat=date):
            chance = math.exp(model.log_likelihood(orders))
            now = after(model, orders)
            spread += chance * (now.quotes().spread or 0.0)
            gain += chance * now.gains().informed
            variance += chance * sum(p * (v - now.mean) ** 2 for v, p in zip(now.values, now.beliefs, strict=True))
        assert abs(drawn.spread[date] - spread) <= 4 * drawn.spread_se[date] + 1e-6
        assert abs(drawn.error[date] - variance) <= 4 * drawn.error_se[date]
        informed += gain if date < periods else 0.0
    assert abs(drawn.informed.mean - informed) <= 4 * drawn.informed.se
    assert abs(drawn.noise.mean + informed) <= 4 * drawn.noise.se
    assert abs(drawn.maker.mean) <= 4 * drawn.maker.se


def test_a_side_without_noise_has_no_quote_and_says_why() -> None:
    quotes = ManyValues((0.0, 1.0), (0.5, 0.5), 0.5, 0.0, 1.0).quotes()
    assert quotes.ask is None
    assert quotes.spread is None
    assert quotes.bid is not None
    assert quotes.why_no_ask == (
        "A buy has probability 0: no noise trader buys (noise_buys = 0), "
        "and at every ask the informed buy only what it loses on."
    )
    closed = ManyValues((0.0, 1.0), (0.5, 0.5), 1.0)
    assert closed.quotes()[:3] == (None, None, None)
    assert "there are no noise traders (alpha = 1)" in (closed.why_no_quote(-1) or "")
    assert closed.log_likelihood((1,)) == -math.inf
    with pytest.raises(DomainError, match="Nothing can be learned from it"):
        closed.update(1)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"values": (1.0, 0.0)}, "values must ascend, each above the one before; they did not."),
        ({"values": (), "beliefs": ()}, "values must hold at least one value; there was none."),
        ({"values": (0.0, math.inf)}, "values must be finite numbers; one was not."),
        ({"beliefs": (0.5, 0.6)}, "beliefs must sum to 1; they summed to 1.1."),
        ({"beliefs": (1.5, -0.5)}, "beliefs must be finite and 0 or more; one was not."),
        ({"beliefs": (1.0,)}, "beliefs must be as many as values (2); they were 1."),
        ({"noise_buys": 0.7}, "noise_buys and noise_sells must sum to 1 at most; they summed to 1.2."),
        ({"alpha": 1.3}, "alpha (the fraction of traders who know the value) must lie between 0 and 1; it was 1.3."),
    ],
)
def test_bad_parameters_are_named_in_one_sentence(changed: dict[str, Any], sentence: str) -> None:
    good = {"values": (0.0, 1.0), "beliefs": (0.5, 0.5), "alpha": 0.3}
    with pytest.raises(DomainError) as caught:
        ManyValues(**{**good, **changed})
    assert caught.value.problems == (sentence,)
