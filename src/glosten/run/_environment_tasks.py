"""What an agent is asked to do, as data checked once: to make a market, or to trade on what it knows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from glosten.theory import Binary, Elastic, Interval, LinearDemand, monopolist_premium, require

MARKS = ("mean", "value")
"""What a trade is marked against: E[V | all orders so far], or V itself."""

P_JUMP = Interval("p_jump", "the probability that the value is drawn anew before a period")
INVENTORY_PENALTY = Interval("inventory_penalty", "what a unit held costs per period, in price units", 0.0, math.inf)
MOST_PERIODS = 2**24
"""A number of periods up to which a float of 32 bits, as observations are, counts every unit of inventory."""
MOST_INSIDER_PERIODS = 400
"""Periods of which the insider's best response is kept in memory: its size grows with their cube."""
MAKER_MARKET = Elastic(0.0, 1.0, 0.5, 0.3, 0.5, LinearDemand(0.8))
INSIDER_MARKET = Binary(0.0, 1.0, 0.5, 0.3)

MakerNumbers = tuple[float, float, float, float, float, float, float, float, float]
"""v_low, width, prior, alpha, noise, widest, p_jump, inventory_penalty, weight of the value in the mark."""
InsiderNumbers = tuple[float, float, float, float, float]
"""v_low, width, prior, alpha, gamma."""


def _inside(name: str, number: float, low: float, high: float) -> str | None:
    """Return what is wrong with a number that must lie strictly between two others, or None."""
    if low < number < high:
        return None
    return f"{name} must lie between {low:g} and {high:g}, both excluded; it was {number:g}."


def _periods_problem(periods: int, most: int) -> str | None:
    """Return what is wrong with the length of an episode, or None."""
    if 1 <= periods <= most:
        return None
    return f"periods must lie between 1 and {most}; it was {periods}."


@dataclass(frozen=True, slots=True)
class MakerTask:
    """An agent that posts both quotes of the binary market for a number of periods and wants to earn.

    ``market`` has its prior inside (0, 1), alpha below 1 and eta above 0; ``periods`` make an
    episode, in each of which one trader comes; with ``p_jump`` the value is drawn anew before a period, untold.
    ``mark`` says what a trade is held against, "mean" or "value"; ``inventory_penalty`` times the squared inventory is
    taken off each period. Raises `DomainError` naming everything that is wrong.

    Source: Glosten & Milgrom (1985), section 3, with quotes that need not be the zero-profit ones.
    """

    market: Elastic = MAKER_MARKET
    periods: int = 100
    p_jump: float = 0.0
    mark: str = "mean"
    inventory_penalty: float = 0.0

    def __post_init__(self) -> None:
        market = self.market
        checks = [
            _inside("prior", market.prior, 0.0, 1.0),
            None if market.alpha < 1.0 else f"alpha must lie below 1; it was {market.alpha:g}.",
            None if market.eta > 0.0 else f"eta must lie above 0; it was {market.eta:g}.",
            _periods_problem(self.periods, MOST_PERIODS),
            P_JUMP.problem(self.p_jump),
            INVENTORY_PENALTY.problem(self.inventory_penalty),
            None if self.mark in MARKS else f"mark must be {' or '.join(MARKS)}; it was {self.mark!r}.",
        ]
        require(checks)

    @property
    def widest(self) -> float:
        """Return the distance from E[V] that an action of 1 means, in price units: no maker wants to quote wider.

        It is at least v_high - v_low, so that nobody informed takes a quote there.
        """
        market = self.market
        among_noise_alone = monopolist_premium(0.0, 0.0, 1.0, market.demand.code)[0]
        return max(market.v_high - market.v_low, among_noise_alone)

    @property
    def numbers(self) -> MakerNumbers:
        """Return what the compiled step needs to know."""
        market = self.market
        return (
            market.v_low,
            market.v_high - market.v_low,
            market.prior,
            market.alpha,
            (1.0 - market.alpha) * market.eta,
            self.widest,
            float(self.p_jump),
            float(self.inventory_penalty),
            1.0 if self.mark == "value" else 0.0,
        )


@dataclass(frozen=True, slots=True)
class InsiderTask:
    """An agent that knows the value and trades with a maker who believes that every informed trader is in a hurry.

    ``market`` is what the maker believes, its alpha the probability per period that the insider's turn comes; prior and
    gamma lie inside (0, 1), alpha below 1: beyond that one trade tells the maker all. ``periods`` make an episode, 400
    at most. Raises `DomainError` naming everything that is wrong.

    Source: as `StrategicInsider`.
    """

    market: Binary = INSIDER_MARKET
    periods: int = 20

    def __post_init__(self) -> None:
        market = self.market
        checks = [
            _inside("prior", market.prior, 0.0, 1.0),
            _inside("gamma", market.gamma, 0.0, 1.0),
            None if market.alpha < 1.0 else f"alpha must lie below 1; it was {market.alpha:g}.",
            _periods_problem(self.periods, MOST_INSIDER_PERIODS),
        ]
        require(checks)

    @property
    def numbers(self) -> InsiderNumbers:
        """Return what the compiled step needs to know."""
        market = self.market
        return market.v_low, market.width, market.prior, market.alpha, market.gamma
