"""What every model of the family obeys, whatever it is about: one table of models, one list of laws."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.stats

from glosten.errors import DomainError
from glosten.theory import (
    BackBaruch,
    Binary,
    BinaryNoTrade,
    CompetingMakers,
    ContinuousValue,
    Das,
    Ekop,
    Elastic,
    EventUncertainty,
    GaussianDas,
    JumpingBinary,
    KyleLimit,
    LinearDemand,
    LogisticDemand,
    ManyValues,
    MonopolistMarket,
    NoisySignal,
    NormalValue,
    RiskAverse,
    RiskAverseElastic,
    Simulation,
    StrategicInsider,
    TradeSize,
    UniformValue,
)

Build = Callable[[float, float], Any]
"""A model from P(the high value), or of news, and the informed fraction."""

MODELS: dict[str, Build] = {
    "binary": lambda prior, alpha: Binary(10.0, 12.0, prior, alpha, 0.4),
    "binary without noise sells": lambda prior, alpha: Binary(10.0, 12.0, prior, alpha, 1.0),
    "noisy signal": lambda prior, alpha: NoisySignal(10.0, 12.0, prior, alpha, 0.8, 0.4),
    "event uncertainty": lambda prior, alpha: EventUncertainty(10.0, 12.0, prior, 0.4, alpha, 0.6),
    "event uncertainty without noise": lambda prior, alpha: EventUncertainty(10.0, 12.0, prior, 0.4, alpha, 0.0),
    "binary no trade": lambda prior, alpha: BinaryNoTrade(10.0, 12.0, prior, alpha, 0.3),
    "many values": lambda prior, alpha: ManyValues(
        (10.0, 10.5, 12.0), ((1.0 - prior) / 2.0, (1.0 - prior) / 2.0, prior), alpha, 0.4, 0.3
    ),
    "continuous value": lambda prior, alpha: ContinuousValue(NormalValue(10.0 + prior, 0.5), alpha, 0.4, 0.3),
    "linear": lambda prior, alpha: Elastic(10.0, 12.0, prior, alpha, 0.4, LinearDemand(1.5)),
    "logistic": lambda prior, alpha: Elastic(10.0, 12.0, prior, alpha, 0.4, LogisticDemand(0.3)),
    "monopolist": lambda prior, alpha: MonopolistMarket(Elastic(10.0, 12.0, prior, alpha, 0.4, LinearDemand(1.5))),
    "risk averse elastic": lambda prior, alpha: RiskAverseElastic(
        Elastic(10.0, 12.0, prior, alpha, 0.4, LogisticDemand(0.3)), 0.3
    ),
    "risk averse": lambda prior, alpha: RiskAverse(Binary(10.0, 12.0, prior, alpha, 0.4), 0.3),
    "competing makers": lambda prior, alpha: CompetingMakers(Binary(10.0, 12.0, prior, alpha, 0.4), 2, 0.05),
    "trade size": lambda prior, alpha: TradeSize(10.0, 12.0, prior, 0.4, alpha, 0.3, eps=0.8),
    "das": lambda prior, alpha: Das(20.0 + prior, 2.0, 0.01, alpha, 0.3),
    "gaussian das": lambda prior, alpha: GaussianDas(20.0 + prior, 2.0, 0.01, alpha, 0.3),
}
COMPETITIVE = set(MODELS) - {"monopolist", "risk averse elastic", "risk averse", "competing makers"}
TWO_ORDERS = {
    "binary",
    "jumping binary",
    "binary without noise sells",
    "noisy signal",
    "risk averse",
    "competing makers",
}
DRAWN = {
    **{name: build(0.4, 0.3) for name, build in MODELS.items()},
    "jumping binary": JumpingBinary(10.0, 12.0, 0.4, 0.3, 0.4, 0.1),
    "back baruch": BackBaruch(0.4),
    "ekop": Ekop(90.0, 110.0, 0.3, 0.4, 6.0, 4.0, 5.0),
    "strategic insider": StrategicInsider(Binary(10.0, 12.0, 0.4, 0.3, 0.4), 6),
    "kyle limit": KyleLimit(0.4),
}
EXACT = {
    "binary",
    "binary without noise sells",
    "noisy signal",
    "event uncertainty",
    "binary no trade",
    "risk averse",
    "competing makers",
    "strategic insider",
}
ENDS = tuple(itertools.product((0.0, 0.4, 1.0), (0.0, 0.3, 1.0)))


def orders_of(name: str) -> tuple[int, ...]:
    if name == "trade size":
        return (2, 1, 0, -1, -2)
    return (1, -1) if name in TWO_ORDERS else (1, 0, -1)


def price_of(model: Any, order: int) -> float | None:
    if isinstance(model, TradeSize):
        return model.price(order)
    quotes = model.quotes()
    price: float | None = quotes.ask if order > 0 else quotes.bid
    return price


def likelihood_of_one(model: Any, order: int) -> float:
    """Return ln P(one order); some models take counts of buys, sells and quiet periods."""
    counts = (int(order == 1), int(order == -1), int(order == 0))
    found: float
    if isinstance(model, EventUncertainty | BinaryNoTrade):
        found = model.log_likelihood(*counts)
    elif isinstance(model, Binary | NoisySignal):
        found = model.log_likelihood(*counts[:2])
    else:
        found = model.log_likelihood((order,))
    return found


@pytest.mark.parametrize(("prior", "alpha"), ENDS)
@pytest.mark.parametrize("name", MODELS)
def test_a_side_has_a_quote_or_a_reason_and_quotes_lie_around_the_mean(name: str, prior: float, alpha: float) -> None:
    model = MODELS[name](prior, alpha)
    sides = (2, -2) if name == "trade size" else (1, -1)
    for side in sides:
        price, why = price_of(model, side), model.why_no_quote(side)
        assert (price is None) == (why is not None), (price, why)
        if price is None:
            assert why.endswith((".", ")")), why
        else:
            assert side * (price - model.mean) >= -1e-9
    quotes = model.quotes()
    if name != "trade size":
        assert quotes.why_no_bid == (None if quotes.bid is not None else model.why_no_quote(-1))
        assert quotes.why_no_ask == (None if quotes.ask is not None else model.why_no_quote(1))
        assert (quotes.spread is None) == (quotes.bid is None or quotes.ask is None)


@pytest.mark.parametrize(("prior", "alpha"), ENDS)
@pytest.mark.parametrize("name", MODELS)
def test_orders_are_certain_together_and_the_mean_is_a_martingale(name: str, prior: float, alpha: float) -> None:
    model = MODELS[name](prior, alpha)
    total = expected = 0.0
    for order in orders_of(name):
        chance = model.order_probability(order)
        total += chance
        if chance > 0.0:
            assert math.exp(likelihood_of_one(model, order)) == pytest.approx(chance, rel=1e-9)
            expected += chance * model.update(order).mean
        else:
            with pytest.raises(DomainError, match="Nothing can be learned from it"):
                model.update(order)
            assert model.informed_share(order) is None
            assert likelihood_of_one(model, order) == -math.inf
    assert total == pytest.approx(1.0, abs=1e-12)
    assert expected == pytest.approx(model.mean, abs=1e-9)


@pytest.mark.parametrize(("prior", "alpha"), ENDS)
@pytest.mark.parametrize("name", sorted(COMPETITIVE))
def test_a_competitive_maker_earns_nothing_on_a_side_and_regrets_no_trade(
    name: str, prior: float, alpha: float
) -> None:
    model = MODELS[name](prior, alpha)
    for order in orders_of(name):
        if order == 0 or not model.order_probability(order) > 0.0:
            continue
        price = price_of(model, order)
        gains = model.gains(order)
        assert gains.maker == pytest.approx(0.0, abs=1e-9)
        assert gains.informed == pytest.approx(-gains.noise, abs=1e-9)
        assert gains.informed >= -1e-12
        assert price == pytest.approx(model.update(order).mean, abs=1e-9)
        share = model.informed_share(order)
        assert share is not None
        assert 0.0 <= share <= 1.0


@pytest.mark.parametrize("name", sorted(set(MODELS) - COMPETITIVE))
def test_a_maker_who_asks_more_than_zero_profit_earns_it(name: str) -> None:
    model = MODELS[name](0.4, 0.3)
    gains = model.gains()
    assert gains.maker > 0.0
    assert sum(gains) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("name", DRAWN)
def test_every_model_has_the_same_verbs(name: str) -> None:
    model = DRAWN[name]
    for verb in ("quotes", "update", "log_likelihood", "ensemble", "simulate"):
        assert callable(getattr(model, verb)), verb
    assert callable(getattr(model, "law", None)) == (type(model) in {type(DRAWN[exact]) for exact in EXACT})
    drawn = model.simulate(3, 5, 0)
    assert isinstance(drawn, Simulation)
    assert drawn.n == 5
    assert drawn.spread.shape == (4,)
    again = model.simulate(3, 5)
    assert drawn.spread.tobytes() == again.spread.tobytes()
    path = model.ensemble(3, 0).path(4)
    assert path.orders.shape == path.informed.shape == (3,)
    for wrong in ((-1, 5, 0), (3, 0, 0), (3, 5, -1), (3, 5, 2**64)):
        with pytest.raises(DomainError):
            model.simulate(*wrong)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, 10**400, "0.4", None, [], 1j], ids=lambda wrong: repr(wrong)[:8])
@pytest.mark.parametrize("name", DRAWN)
def test_what_is_no_number_is_refused_by_name(name: str, wrong: Any) -> None:
    model = DRAWN[name]
    taken = [field for field in dataclasses.fields(model) if field.init]
    for one in taken:
        value = getattr(model, one.name)
        if isinstance(value, bool) or not isinstance(value, float | int) or (wrong is None and one.default is None):
            continue
        if type(value) is int and wrong == 10**400:  # beyond what is played, not beyond whole numbers
            continue
        with pytest.raises(DomainError, match=one.name):
            dataclasses.replace(model, **{one.name: wrong})


@pytest.mark.parametrize("wrong", [0.4, "x", None, scipy.stats.norm()], ids=["number", "text", "nothing", "scipy"])
@pytest.mark.parametrize("name", DRAWN)
def test_what_is_no_part_of_a_model_is_refused_by_name(name: str, wrong: Any) -> None:
    model = DRAWN[name]
    taken = {field.name for field in dataclasses.fields(model) if field.init}
    for part in taken & {"market", "demand", "law", "values", "beliefs"}:
        with pytest.raises(DomainError, match=rf"^{part} must be .*; it was"):
            dataclasses.replace(model, **{part: wrong})


def test_a_market_wider_than_numbers_reach_is_refused() -> None:
    with pytest.raises(DomainError, match="v_high must not lie further from v_low than numbers reach"):
        Binary(-1e308, 1e308, 0.5, 0.3)
    with pytest.raises(DomainError, match=r"risk_aversion times \(v_high - v_low\)"):
        RiskAverse(Binary(10.0, 12.0, 0.4, 0.3), 1e308)
    with pytest.raises(DomainError, match="variance"):
        GaussianDas(1e200, 2.0, 0.01, 0.3)


TURNED = {
    "binary": Binary(98.0, 102.0, 0.4, 0.3),
    "noisy signal": NoisySignal(98.0, 102.0, 0.4, 0.5, 0.8),
    "binary no trade": BinaryNoTrade(98.0, 102.0, 0.4, 0.3, 0.4),
    "logistic": Elastic(98.0, 102.0, 0.4, 0.2, 0.5, LogisticDemand(8.0)),
    "two values": ManyValues((98.0, 102.0), (0.6, 0.4), 0.3),
    "risk averse": RiskAverse(Binary(98.0, 102.0, 0.4, 0.3), 0.1),
    "competing makers": CompetingMakers(Binary(98.0, 102.0, 0.4, 0.3), 2, 0.05),
}


@pytest.mark.parametrize("name", TURNED)
@pytest.mark.parametrize("many", [30, 200])
def test_a_belief_near_certainty_keeps_the_doubt_that_later_orders_feed_on(name: str, many: int) -> None:
    """As many sells as buys leave a market of two values where it was, however sure it had become in between."""
    model = TURNED[name]
    before, now = model.quotes(), model
    for side in (1, -1):
        for _ in range(many):
            now = now.update(side)
    after = now.quotes()
    assert (after.bid, after.ask) == pytest.approx((before.bid, before.ask), rel=1e-9)


@pytest.mark.parametrize("name", ["two values", "event uncertainty", "trade size"])
def test_no_run_of_orders_is_so_long_that_a_possible_value_is_forgotten(name: str) -> None:
    model = TURNED[name] if name in TURNED else MODELS[name](0.4, 0.3)
    lowest = min(model.beliefs)
    for _ in range(3_000):
        model = model.update(1)
    assert 0.0 < min(model.beliefs) < 1e-200 < lowest
    for _ in range(3_000):
        model = model.update(-1)
    if name != "trade size":  # whose small orders say that nobody knows anything
        assert model.quotes().mean == pytest.approx(98.0 if name == "two values" else 10.0, abs=1e-3)


def test_two_values_among_many_are_the_binary_market_after_any_run_of_orders() -> None:
    many, two = ManyValues((98.0, 102.0), (0.6, 0.4), 0.3), Binary(98.0, 102.0, 0.4, 0.3)
    for side in [1] * 120 + [-1] * 150 + [1] * 40:
        many, two = many.update(side), two.update(side)
        assert many.mean - 98.0 == pytest.approx(two.mean - 98.0, rel=1e-9, abs=1e-13)


@pytest.mark.parametrize("count", [2.5, "3", None, math.nan])
def test_a_count_that_is_no_whole_number_is_refused(count: Any) -> None:
    for call in (lambda: BINARY.simulate(count, 5), lambda: BINARY.simulate(3, count), lambda: BINARY.law(count)):
        with pytest.raises(DomainError, match="must be a whole number; it was"):
            call()


@pytest.mark.parametrize(
    "name", ["binary", "noisy signal", "binary no trade", "linear", "logistic", "event uncertainty", "trade size"]
)
def test_every_wrong_number_is_named_at_once(name: str) -> None:
    with pytest.raises(DomainError) as caught:
        MODELS[name](1.5, -0.1)
    assert len(caught.value.problems) == 2


BINARY = Binary(10.0, 12.0, 0.4, 0.3, 0.5)
CONSTANT = BinaryNoTrade(10.0, 12.0, 0.4, 0.3, 0.35)
EVENTS = EventUncertainty(10.0, 12.0, 0.5, 0.4, 0.3, 0.7)
LIMITS: dict[str, tuple[Any, Any, float]] = {
    "certain signals": (NoisySignal(10.0, 12.0, 0.4, 0.3, 1.0), BINARY, 1e-12),
    "certain news and busy noise": (EventUncertainty(10.0, 12.0, 1.0, 0.6, 0.3, 1.0), BINARY, 1e-12),
    "two of many values": (ManyValues((10.0, 12.0), (0.6, 0.4), 0.3), BINARY, 1e-12),
    "noise that always trades": (BinaryNoTrade(10.0, 12.0, 0.4, 0.3, 0.5), BINARY, 1e-12),
    "noise that does not mind": (Elastic(10.0, 12.0, 0.4, 0.3, 0.35, LinearDemand(1e13)), CONSTANT, 1e-9),
    "logistic noise that does not mind": (Elastic(10.0, 12.0, 0.4, 0.3, 0.35, LogisticDemand(1e13)), CONSTANT, 1e-9),
    "two values and quiet noise": (ManyValues((10.0, 12.0), (0.6, 0.4), 0.3, 0.35, 0.35), CONSTANT, 1e-12),
    "a maker who does not mind risk": (RiskAverse(BINARY, 0.0, 5.0), BINARY, 1e-12),
    "the same among elastic noise": (
        RiskAverseElastic(Elastic(10.0, 12.0, 0.4, 0.3, 0.35, LinearDemand(1e13)), 0.0),
        CONSTANT,
        1e-9,
    ),
    "a grid without steps": (CompetingMakers(BINARY, 2, 1e-10), BINARY, 1e-9),
    "an insider the maker takes for many": (StrategicInsider(BINARY, 9), BINARY, 1e-12),
}


@pytest.mark.parametrize("case", LIMITS)
def test_a_model_becomes_another_in_its_limit(case: str) -> None:
    model, limit, slack = LIMITS[case]
    orders = (1, -1) if isinstance(limit, Binary) else (1, 0, -1)
    for sequence in itertools.product(orders, repeat=3):
        one, other = model, limit
        for order in sequence:
            assert one.order_probability(order) == pytest.approx(other.order_probability(order), abs=slack)
            one, other = one.update(order), other.update(order)
        here, there = one.quotes(), other.quotes()
        assert (here.bid, here.ask, here.mean) == pytest.approx((there.bid, there.ask, there.mean), abs=slack)


def test_sizes_without_the_large_one_are_event_uncertainty() -> None:
    sizes = TradeSize(10.0, 12.0, 0.5, 0.4, 0.3, 0.0, eps=0.7)
    for order in (1, 0, -1):
        assert sizes.order_probability(order) == pytest.approx(EVENTS.order_probability(order), rel=1e-12)
        one, other = sizes.update(order), EVENTS.update(order)
        assert (one.price(-1), one.price(1)) == pytest.approx(other.quotes()[:2], rel=1e-12)


def test_many_equally_likely_values_become_a_uniform_one() -> None:
    smooth = ContinuousValue(UniformValue(0.0, 1.0), 0.4)
    for count, slack in ((51, 2e-3), (501, 2e-4)):
        many = ManyValues.uniform(((2.0 * place + 1.0) / (2.0 * count) for place in range(count)), 0.4)
        for sequence in ((), (1,), (1, -1)):
            one, other = many, smooth
            for order in sequence:
                one, other = one.update(order), other.update(order)
            assert one.quotes()[:2] == pytest.approx(other.quotes()[:2], abs=slack)


@pytest.mark.parametrize("alpha", [0.1, 0.5, 0.9])
def test_the_first_quotes_of_das_his_projection_and_a_normal_value_meet(alpha: float) -> None:
    grid, projected = Das(50.0, 5.0, 0.01, alpha, 0.4), GaussianDas(50.0, 5.0, 0.01, alpha, 0.4)
    assert projected.quotes().ask == pytest.approx(grid.first_quote()[0], rel=1e-12)
    assert grid.quotes().ask == pytest.approx(grid.quotes().mean + grid.first_quote()[0], abs=0.05)
    sharp = GaussianDas(50.0, 1e-6, 0.01, alpha, 0.4).quotes().ask
    assert sharp == pytest.approx(ContinuousValue(NormalValue(0.0, 50.0), alpha, 0.4, 0.4).quotes().ask, rel=1e-9)


def test_poisson_days_are_short_periods_of_event_uncertainty() -> None:
    day, instant = Ekop(90.0, 110.0, 0.3, 0.4, 60.0, 40.0, 50.0), 1e-8
    eps = 90.0 * instant
    short = EventUncertainty(90.0, 110.0, 0.3, 0.4, 60.0 * instant, eps, 40.0 / 90.0)
    assert short.quotes()[:2] == pytest.approx(day.quotes()[:2], rel=1e-6)
    assert short.update(1).quotes()[:2] == pytest.approx(day.update(1).quotes()[:2], rel=1e-6)


@pytest.mark.parametrize("seed", [0, 3])
@pytest.mark.parametrize(
    "case",
    [
        "noise that does not mind",
        "two values and quiet noise",
        "the same among elastic noise",
        "two of many values",
        "a grid without steps",
    ],
)
def test_paths_drawn_in_the_limit_have_the_exact_law_of_the_other(case: str, seed: int) -> None:
    model, limit, _ = LIMITS[case]
    drawn, law = model.simulate(8, 4_000, seed), limit.law(8)
    for name in ("spread", "error", "belief"):
        missed = np.abs(getattr(drawn, name) - getattr(law, name))
        assert np.all(missed <= 4.0 * getattr(drawn, f"{name}_se") + 1e-8), name
    for name in ("informed", "noise", "maker"):
        found = getattr(drawn, name)
        assert abs(found.mean - getattr(law, f"{name}_mean")[-1]) <= 4.0 * found.se, name


@pytest.mark.parametrize("name", ["many values", "linear", "logistic", "trade size", "continuous value"])
def test_nobody_pays_a_competitive_maker_over_whole_paths(name: str) -> None:
    drawn = DRAWN[name].simulate(6, 4_000, 0)
    assert abs(drawn.maker.mean) <= 4.0 * drawn.maker.se
    assert drawn.informed.mean > 4.0 * drawn.informed.se
    assert np.all(np.diff(drawn.error) <= 4.0 * drawn.error_se[1:])
