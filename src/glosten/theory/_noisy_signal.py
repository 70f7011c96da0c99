"""Informed traders whose signal is right only with some probability, and why order flow cannot tell.

A follower of a signal of accuracy q buys after a good one and sells after a bad one. The maker sees the same orders
with the same probabilities as in a market where fewer traders know the value for certain: alpha and the accuracy are
NOT separately identified from trades and quotes. ``side`` is +1 for a buy, -1 for a sell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from glosten._jit import jit
from glosten.errors import DomainError
from glosten.theory._binary import belief, log_odds
from glosten.theory._binary_model import GAMMA, PRIOR, V_HIGH, V_LOW, Binary, Gains, Quotes, believing
from glosten.theory._domain import Interval, require, rising_problem
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._lattice import Law
from glosten.theory._order_ensemble import OrderEnsemble
from glosten.theory._order_flow import OrderTable
from glosten.theory._order_table import Floats
from glosten.theory._table_law import table_law

ALPHA = Interval("alpha", "the fraction of traders who follow a signal")
ACCURACY = Interval("accuracy", "the probability that a signal is right", 0.5, 1.0)
ROUNDING = 1e-12
"""By how much an accuracy may miss the lowest one that explains the order flow and still count as it."""


class OrderFlow(NamedTuple):
    """All that trades and quotes reveal of a market with noisy signals, and which accuracies could lie behind it.

    ``alpha`` and ``gamma`` are those of the market with certain signals that looks exactly the same; any accuracy from
    ``lowest_accuracy`` to 1 comes with an alpha and a gamma that look the same too.
    """

    alpha: float
    gamma: float
    lowest_accuracy: float


@jit
def signal_side_if_high(side: int, alpha: float, accuracy: float, gamma: float) -> float:
    """Return P(side | V_H), a probability.

    Source: b_H = alpha q + (1 - alpha) gamma; Glosten & Milgrom (1985), section 2, with noisy insiders.
    """
    if side > 0:
        return alpha * accuracy + (1.0 - alpha) * gamma
    return alpha * (1.0 - accuracy) + (1.0 - alpha) * (1.0 - gamma)


@jit
def signal_side_if_low(side: int, alpha: float, accuracy: float, gamma: float) -> float:
    """Return P(side | V_L), a probability.

    Source: b_L = alpha (1 - q) + (1 - alpha) gamma.
    """
    return signal_side_if_high(side, alpha, 1.0 - accuracy, gamma)


@jit
def order_flow(alpha: float, accuracy: float, gamma: float) -> tuple[float, float, float]:
    """Return (alpha', gamma', lowest accuracy) of everything that looks the same; gamma' is 1/2 where alpha' = 1.

    The lowest accuracy is the one at which noise traders only buy or only sell, the rarer side being left to followers
    of wrong signals.

    Source: alpha' = alpha (2q - 1), gamma' = b_L / (1 - alpha'); an accuracy r needs alpha'(1 - r)/(2r - 1) at most
    m = min(b_L, s_H), hence r >= (alpha' + m) / (alpha' + 2m).
    """
    certain = alpha * (2.0 * accuracy - 1.0)
    buys = signal_side_if_low(1, alpha, accuracy, gamma)
    sells = signal_side_if_high(-1, alpha, accuracy, gamma)
    share = buys / (buys + sells) if buys + sells > 0.0 else 0.5
    least = min(buys, sells)
    lowest = (certain + least) / (certain + 2.0 * least) if certain + least > 0.0 else 0.5
    return certain, share, lowest


@jit
def follower_belief(prior: float, side: int, accuracy: float) -> float:
    """Return P(V_H | a good signal) for a buyer, P(V_H | a bad signal) for a seller; NaN where it cannot come.

    Source: pi q / (pi q + (1 - pi)(1 - q)).
    """
    if_high = accuracy if side > 0 else 1.0 - accuracy
    total = prior * if_high + (1.0 - prior) * (1.0 - if_high)
    return prior * if_high / total if total > 0.0 else math.nan


@dataclass(frozen=True, slots=True)
class NoisySignal:
    """The binary market whose informed traders follow a signal that is right with probability ``accuracy``.

    ``v_low`` < ``v_high`` in price units; ``prior`` = P(V_H), ``alpha`` and ``gamma`` = P(a noise trader buys) lie in
    [0, 1], ``accuracy`` in [1/2, 1]. Raises `DomainError` naming every parameter outside its domain. ``alpha`` and
    ``accuracy`` cannot both be learned from trades and quotes: `order_flow` says what can, `looking_the_same` gives the
    others.

    Source: Glosten & Milgrom (1985), section 2; the equivalence is `order_flow`.
    """

    v_low: float
    v_high: float
    prior: float
    alpha: float
    accuracy: float
    gamma: float = 0.5
    log_odds: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        checks = [V_LOW.problem(self.v_low), V_HIGH.problem(self.v_high), PRIOR.problem(self.prior)]
        checks += [ALPHA.problem(self.alpha), ACCURACY.problem(self.accuracy), GAMMA.problem(self.gamma)]
        checks.append(rising_problem("v_low", self.v_low, "v_high", self.v_high))
        require(checks)
        for name in ("v_low", "v_high", "prior", "alpha", "accuracy", "gamma"):
            object.__setattr__(self, name, float(getattr(self, name)))
        object.__setattr__(self, "log_odds", log_odds(self.prior))

    @property
    def _table(self) -> OrderTable:
        right, wrong = self.alpha * self.accuracy, self.alpha * (1.0 - self.accuracy)
        informed = np.array([[right, 0.0, wrong], [wrong, 0.0, right]])
        noise = (1.0 - self.alpha) * np.array([1.0 - self.gamma, 0.0, self.gamma])
        states = np.array([[self.v_low, self.v_high], [belief(-self.log_odds), belief(self.log_odds)]])
        return OrderTable(states, np.stack([informed, np.stack([noise, noise])]))

    @property
    def mean(self) -> float:
        """Return E[V] in price units."""
        return self.as_certain().mean

    def order_flow(self) -> OrderFlow:
        """Return all that trades and quotes can tell of alpha, accuracy and gamma.

        Source: `order_flow`.
        """
        return OrderFlow(*order_flow(self.alpha, self.accuracy, self.gamma))

    def as_certain(self) -> Binary:
        """Return the market with certain signals that looks exactly the same: quotes, likelihoods, beliefs.

        Source: `order_flow`.
        """
        seen = self.order_flow()
        return believing(Binary(self.v_low, self.v_high, self.prior, seen.alpha, seen.gamma), self.log_odds)

    def looking_the_same(self, accuracy: float) -> NoisySignal:
        """Return the market with another accuracy that looks exactly the same from outside.

        Raises `DomainError` below the lowest accuracy that can: too few orders would be left to noise traders.

        Source: alpha = alpha' / (2r - 1), gamma from b_L.
        """
        require([ACCURACY.problem(accuracy)])
        seen = self.order_flow()
        if accuracy < seen.lowest_accuracy - ROUNDING:
            raise DomainError(
                f"no market with an accuracy below {seen.lowest_accuracy:g} looks the same; it was {accuracy:g}."
            )
        if seen.alpha == 0.0:
            return replace(self, alpha=0.0, accuracy=accuracy, gamma=seen.gamma)
        alpha = min(seen.alpha / (2.0 * accuracy - 1.0), 1.0)
        noise_buys = signal_side_if_low(1, seen.alpha, 1.0, seen.gamma) - alpha * (1.0 - accuracy)
        gamma = min(max(noise_buys / (1.0 - alpha), 0.0), 1.0) if alpha < 1.0 else 0.5
        return replace(self, alpha=alpha, accuracy=accuracy, gamma=gamma)

    def side_probability(self, side: int) -> float:
        """Return P(the next trade is on this side): +1 a buy, -1 a sell, 0 either (then 1)."""
        return self.as_certain().side_probability(side)

    def order_probability(self, order: int) -> float:
        """Return P(the next period brings this order), as `side_probability`: every period brings a trade."""
        return self.side_probability(order)

    def why_no_quote(self, side: int) -> str | None:
        """Return in words why nobody can buy (+1) or sell (-1), None where somebody can."""
        if self.side_probability(side) > 0.0:
            return None
        word = "buy" if side > 0 else "sell"
        noise = "there are no noise traders (alpha = 1)"
        if self.alpha < 1.0:
            noise = f"no noise trader does (gamma = {self.gamma:g})"
        followers = "no signal of certain accuracy says so (the value is certain)"
        if self.alpha == 0.0:
            followers = "nobody follows a signal (alpha = 0)"
        return f"A {word} has probability 0: {followers}, and {noise}."

    def quotes(self) -> Quotes:
        """Return both quotes before the next order, with the probabilities and posteriors of both sides.

        Source: as `Binary.quotes`, of the market that looks the same.
        """
        quotes = self.as_certain().quotes()
        return quotes._replace(why_no_bid=self.why_no_quote(-1), why_no_ask=self.why_no_quote(1))

    def update(self, side: int) -> NoisySignal:
        """Return the model after a trade: +1 a buy, -1 a sell, 0 unknown. Raises `DomainError` where it cannot happen.

        Source: `log_odds_step` of the market that looks the same.
        """
        if not self.side_probability(side) > 0.0:
            raise DomainError(f"{self.why_no_quote(side)} Nothing can be learned from it.")
        return believing(self, self.as_certain().update(side).log_odds)

    def posterior(self, buys: int, sells: int) -> float | None:
        """Return P(V_H) after that many buys and sells in any order, None where they cannot happen together."""
        return self.as_certain().posterior(buys, sells)

    def log_likelihood(self, buys: int, sells: int) -> float:
        """Return ln P(a sequence with that many buys and sells); it cannot tell alpha from accuracy."""
        return self.as_certain().log_likelihood(buys, sells)

    def follower_belief(self, side: int) -> float | None:
        """Return what a follower of a good (+1) or bad (-1) signal believes of V_H, None where no such signal comes.

        It lies beyond the posterior of the trade on that side: followers never herd, each trades as the signal says.

        Source: `follower_belief`.
        """
        require([None if side in (1, -1) else f"side must be 1 (a buy) or -1 (a sell); it was {side}."])
        follower = follower_belief(self.prior, side, self.accuracy)
        return None if math.isnan(follower) else follower

    def informed_share(self, side: int) -> float | None:
        """Return P(the trader followed a signal | side), None where the side cannot trade."""
        return self._table.informed_share(side) if side else self.alpha

    def gains(self, side: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival: on one side, or on both together.

        Source: `gains_of_order`.
        """
        return self._table.gains(side)

    def ensemble(self, periods: int, seed: int = 0) -> OrderEnsemble:
        """Return all paths of that many periods that the seed draws."""
        return self._table.ensemble("noisy signal", periods, seed)

    def simulate(self, periods: int, paths: int, seed: int = 0) -> Simulation:
        """Return means over simulated paths of that many periods, each with its standard error."""
        require(simulation_problems(periods, paths, seed))
        return simulate_ensemble(self.ensemble(periods, seed), paths)

    def law(self, periods: int) -> Law:
        """Return the exact law by time over 0..periods periods: spread, belief, error, gains of every class.

        Raises `DomainError` beyond `MOST_TRADES` periods: the cost grows with their square.

        Source: `table_law`.
        """
        return table_law(self._table.states, self._table.tables, periods)

    def first_passage(self, target: float, periods: int) -> Floats:
        """Return P(the belief first reaches a target at order t | V_H), shape (periods + 1,).

        Source: `first_passage` of the market that looks the same.
        """
        return self.as_certain().first_passage(target, periods)
