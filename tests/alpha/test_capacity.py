"""Capacity: the best size in closed form, intervals that mean something, and no figure without its assumptions."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from glosten.alpha import LINEAR, SQUARE_ROOT, Assumptions, Edge, Impact, capacity, capacity_sentences, usd_rate
from glosten.errors import DomainError
from glosten.statistics import Mean

DOLLARS = Assumptions(usd_per_quote=1.0)


def edge(bps: float, se: float = 0.1, traded: float = 1e4) -> Edge:
    return Edge(Mean(bps, se, se, 100), traded, 1e8, 86_400.0, net_share=1e-4)


def impact(coefficient: float, exponent: float = SQUARE_ROOT, se: float = 0.0) -> Impact:
    return Impact(exponent, coefficient, se, 0.3, 60.0, 1440, Mean(100.0, 0.0, 0.0, 1440))


@pytest.mark.parametrize("exponent", [SQUARE_ROOT, LINEAR])
def test_the_best_size_is_the_one_of_the_closed_form_and_no_other_earns_more(exponent: float) -> None:
    found = capacity(edge(1.0), impact(20.0, exponent), Assumptions(most_participation=1.0))
    share = (1.0 / (20.0 * (1 + exponent))) ** (1 / exponent)  # what is traded goes one way, so net share is share
    assert found.participation == pytest.approx(share)
    volume = 1e8 * 365
    assert found.annual == pytest.approx(1e-4 * 1.0 * share * volume * exponent / (1 + exponent))
    assert max(earned for _, earned in found.curve) <= found.annual * (1 + 1e-12)
    assert found.size == pytest.approx(share / 1e-4)
    assert found.today == pytest.approx(1e-4 * (1.0 - 20.0 * 1e-4**exponent) * 1e-4 * volume)
    assert not found.capped


def test_a_live_edge_knows_its_own_impact_already_and_a_balanced_maker_has_none() -> None:
    seen = edge(1.0)
    live = capacity(replace(seen, is_replayed=False), impact(20.0), DOLLARS)
    assert live.today == pytest.approx(1e-4 * 1.0 * 1e-4 * 1e8 * 365)
    assert live.annual > capacity(seen, impact(20.0), DOLLARS).annual
    balanced = capacity(replace(seen, net_share=0.0), impact(20.0), DOLLARS)
    assert balanced.capped
    assert balanced.annual == pytest.approx(1e-4 * 0.1 * 1e8 * 365)


def test_without_impact_the_cap_decides_and_the_figure_grows_with_it() -> None:
    small = capacity(edge(1.0), impact(0.0), Assumptions(most_participation=0.05))
    large = capacity(edge(1.0), impact(0.0), Assumptions(most_participation=0.10))
    assert small.capped
    assert large.annual == pytest.approx(2 * small.annual)
    assert small.annual == pytest.approx(1e-4 * 0.05 * 1e8 * 365)


def test_a_loss_has_no_capacity_but_an_interval_that_may() -> None:
    found = capacity(edge(-0.1, se=0.1), impact(10.0), DOLLARS)
    assert (found.annual, found.participation) == (0.0, 0.0)
    assert found.interval.low == 0.0
    assert found.interval.high > 0.0
    assert found.today < 0.0
    said = " ".join(capacity_sentences(found, "USDT"))
    assert "At no size does this earn anything" in said
    assert "no number of such markets reaches it" in said


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    truth = capacity(edge(1.0), impact(20.0), DOLLARS).annual
    rng = np.random.default_rng(1)
    hits = 0
    for seed in range(150):
        seen = edge(1.0 + 0.2 * rng.standard_normal(), se=0.2)
        found = capacity(seen, impact(20.0 + 2.0 * rng.standard_normal(), se=2.0), DOLLARS, seed)
        hits += found.interval.low <= truth <= found.interval.high
    assert hits / 150 > 0.88


def test_a_seed_gives_the_same_figure_again() -> None:
    one, two = (capacity(edge(1.0), impact(20.0, se=1.0), DOLLARS, seed=4) for _ in range(2))
    assert one == two


def test_distances_to_the_goals_are_told_in_their_money_with_the_rates_assumed() -> None:
    found = capacity(edge(1.0), impact(20.0), Assumptions(usd_per_quote=2.0, usd_per_gbp=1.6))
    pounds, dollars = found.goals
    assert dollars.share == pytest.approx(found.annual * 2.0 / 500e6)
    assert pounds.share == pytest.approx(found.annual * 2.0 / 1.6 / 200e6)
    assert pounds.markets == pytest.approx(1 / pounds.share)
    said = " ".join(capacity_sentences(found, "BTC"))
    assert "GBP 200 million a year" in said
    assert "USD 500 million a year" in said
    assert "2 USD a quote unit and 1.6 USD a pound, both assumed" in said


def test_a_figure_comes_with_every_assumption_and_without_a_rate_no_distance_is_claimed() -> None:
    found = capacity(edge(1.0), impact(20.0, se=1.5), Assumptions(trading_days=252, hours_per_day=6.5))
    said = capacity_sentences(found, "BTC")
    for part in (
        "95 % interval",
        "standard error",
        "252 days of 6.5 hours",
        "at most 10%",
        "nobody reacts",
        "did not see us",
    ):
        assert any(part in sentence for sentence in said)
    assert found.goals == ()
    assert "no rate of the quote asset in dollars was given" in said[-1]
    assert usd_rate("usdt") == 1.0
    assert math.isnan(usd_rate("BTC"))


@pytest.mark.parametrize(
    ("seen", "moved", "why"),
    [
        (edge(1.0, traded=0.0), impact(1.0), "nothing was traded"),
        (edge(1.0, se=math.nan), impact(1.0), "too few orders traded"),
        (edge(1.0), impact(math.nan), "too short to measure impact"),
    ],
)
def test_what_cannot_be_known_is_said_and_not_guessed(seen: Edge, moved: Impact, why: str) -> None:
    found = capacity(seen, moved, DOLLARS)
    assert math.isnan(found.annual)
    assert why in found.why
    assert capacity_sentences(found, "USD") == (f"There is no capacity figure: {found.why}.",)


@pytest.mark.parametrize(
    "given", [{"most_participation": 0.0}, {"trading_days": 400.0}, {"usd_per_quote": -1.0}, {"usd_per_gbp": 0.0}]
)
def test_assumptions_outside_their_domain_are_refused(given: Any) -> None:
    with pytest.raises(DomainError):
        Assumptions(**given)
