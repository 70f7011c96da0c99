from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from glosten.errors import DomainError
from glosten.theory import Binary, BinaryNoTrade, CompetingMakers, EventUncertainty, NoisySignal, RiskAverse

MARKET = Binary(98.0, 102.0, 0.4, 0.3, 0.6)
EVEN = Binary(98.0, 102.0, 0.4, 0.3)
NAMES = ("spread", "error", "informed_mean", "informed_sd", "noise_mean", "noise_sd", "maker_mean", "maker_sd")
MODELS = [
    NoisySignal(98.0, 102.0, 0.4, 0.5, 0.8, 0.6),
    EventUncertainty(98.0, 102.0, 0.5, 0.6, 0.3, 0.7, 0.4),
    BinaryNoTrade(98.0, 102.0, 0.4, 0.3, 0.35),
    RiskAverse(MARKET, 0.1),
    RiskAverse(MARKET, 0.6, 2.0),
    CompetingMakers(MARKET, 2, 0.3),
]
LIMITS = [
    (NoisySignal(98.0, 102.0, 0.4, 0.3, 1.0, 0.6), MARKET, 1e-12),
    (RiskAverse(MARKET, 0.0), MARKET, 1e-12),
    (RiskAverse(MARKET, 1e-9, 3.0), MARKET, 1e-6),
    (CompetingMakers(MARKET, 2, 1e-10), MARKET, 1e-7),
    (BinaryNoTrade(98.0, 102.0, 0.4, 0.3, 0.5), EVEN, 1e-12),
    (EventUncertainty(98.0, 102.0, 1.0, 0.6, 0.3, 1.0), EVEN, 1e-12),
]


def name_of(model: Any) -> str:
    return type(model).__name__


@pytest.mark.parametrize(("model", "limit", "slack"), LIMITS, ids=name_of)
def test_a_law_becomes_the_binary_one_in_its_limit(model: Any, limit: Binary, slack: float) -> None:
    found, expected = model.law(40), limit.law(40)
    names = NAMES if isinstance(model, EventUncertainty) else (*NAMES, "belief", "doubt")
    for name in names:
        assert getattr(found, name) == pytest.approx(getattr(expected, name), abs=slack), name


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_the_law_is_what_paths_draw(model: Any, seed: int) -> None:
    periods, paths = 15, 20_000
    drawn, law = model.simulate(periods, paths, seed), model.law(periods)
    for name in ("spread", "error", "belief"):
        found, error, expected = getattr(drawn, name), getattr(drawn, f"{name}_se"), getattr(law, name)
        if not np.isnan(expected).all():
            assert np.all(np.abs(found - expected) <= 4.0 * error + 1e-9), name
    for name in ("informed", "noise", "maker"):
        found = getattr(drawn, name)
        assert abs(found.mean - getattr(law, f"{name}_mean")[-1]) <= 4.0 * found.se
        assert found.sd == pytest.approx(getattr(law, f"{name}_sd")[-1], rel=0.04)


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_the_law_is_what_enumerating_every_sequence_gives(model: Any) -> None:
    """Expected spreads and next gains over all sequences of orders, from the model object alone."""
    orders = (1, -1) if model.order_probability(1) + model.order_probability(-1) > 1.0 - 1e-12 else (1, 0, -1)
    law, gained = model.law(5), np.zeros(3)
    for date in range(6):
        spread = 0.0
        assert law.informed_mean[date] == pytest.approx(gained[0], abs=1e-10)
        assert law.noise_mean[date] == pytest.approx(gained[1], abs=1e-10)
        assert law.maker_mean[date] == pytest.approx(gained[2], abs=1e-10)
        for sequence in itertools.product(orders, repeat=date):
            chance, now = 1.0, model
            for order in sequence:
                chance *= now.order_probability(order)
                now = now.update(order)
            spread += chance * (now.quotes().spread or 0.0)
            gained += chance * np.array(now.gains())
        assert law.spread[date] == pytest.approx(spread, rel=1e-9)


def test_risk_aversion_is_paid_for_by_those_who_trade() -> None:
    fair, *laws = [RiskAverse(MARKET, aversion).law(50) for aversion in (0.0, 0.1, 0.5, 2.0)]
    for law in laws:
        assert np.all(law.maker_mean[1:] > fair.maker_mean[1:])
        assert law.error == pytest.approx(fair.error, rel=1e-12)


def test_a_grid_hands_the_makers_a_part_of_a_tick_a_trade() -> None:
    law = CompetingMakers(MARKET, 2, 0.25).law(30)
    gained = np.diff(law.maker_mean)
    assert np.all(gained >= -1e-12)
    assert np.all(gained <= 0.25)


@pytest.mark.parametrize("target", [0.5, 0.9])
def test_first_passages_are_those_of_the_trades_spread_over_the_clock(target: float) -> None:
    model, periods = BinaryNoTrade(98.0, 102.0, 0.4, 0.3, 0.35), 12
    passage = model.first_passage(target, periods)
    nodes, expected = {0: 1.0}, np.zeros(periods + 1)
    for date in range(periods + 1):
        for net in list(nodes):
            now = model.posterior(max(net, 0), max(-net, 0))
            if now is not None and now >= target - 1e-12:
                expected[date] += nodes.pop(net)
        following: dict[int, float] = {}
        for net, chance in nodes.items():
            for order, likely in ((1, 0.3 + 0.7 * 0.35), (-1, 0.7 * 0.35), (0, 0.7 * 0.3)):
                following[net + order] = following.get(net + order, 0.0) + chance * likely
        nodes = following
    assert passage == pytest.approx(expected, abs=1e-13)


def test_first_passages_of_markets_that_look_the_same_or_share_a_belief_are_one() -> None:
    noisy = NoisySignal(98.0, 102.0, 0.4, 0.5, 0.8, 0.6)
    assert (noisy.first_passage(0.9, 30) == noisy.as_certain().first_passage(0.9, 30)).all()
    for model in (RiskAverse(MARKET, 1.0), CompetingMakers(MARKET, 2, 0.1)):
        assert (model.first_passage(0.9, 30) == MARKET.first_passage(0.9, 30)).all()
    assert BinaryNoTrade(0.0, 1.0, 0.4, 0.0, 0.0).first_passage(0.3, 2).tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(("model", "most"), [(MODELS[1], 400), (MODELS[2], 400), (MODELS[3], 5000), (MODELS[0], 5000)])
def test_what_would_take_too_long_is_refused_with_what_to_do(model: Any, most: int) -> None:
    with pytest.raises(DomainError, match=rf"must be {most} or fewer for the exact law; it was {most + 1}: draw"):
        model.law(most + 1)
    with pytest.raises(DomainError, match="periods must be 0 or more"):
        model.law(-1)


@pytest.mark.parametrize("prior", [0.0, 1.0])
@pytest.mark.parametrize("alpha", [0.0, 0.4, 1.0])
def test_a_certain_maker_learns_nothing_in_any_law(prior: float, alpha: float) -> None:
    for model in (
        NoisySignal(0.0, 1.0, prior, alpha, 0.8),
        BinaryNoTrade(0.0, 1.0, prior, alpha, 0.3),
        RiskAverse(Binary(0.0, 1.0, prior, alpha), 0.5),
        CompetingMakers(Binary(0.0, 1.0, prior, alpha), 2, 0.1),
    ):
        law = model.law(5)
        assert law.belief == pytest.approx(prior, abs=1e-14)
        assert law.error == pytest.approx(0.0, abs=1e-14)
        assert np.all(law.spread == 0.0) or isinstance(model, CompetingMakers)
