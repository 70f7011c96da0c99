"""A long-lived insider in the binary market whose maker believes that every informed trader is in a hurry.

The insider knows the value, arrives in each of T periods with probability alpha, and may buy, sell or wait; waiting
leaves the maker's belief where it is. Otherwise noise trades. The best response is found by dynamic programming over
(buys, sells, periods left), per unit of V_H - V_L and for V = V_H; the other value is its mirror image.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from glosten.theory._binary_model import ALPHA, BUY, GAMMA, PRIOR, SELL, Binary, Gains, Quotes, binary_problem
from glosten.theory._domain import require, whole_problem
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._insider_choice import Actions, best_action, insider_choices, insider_values
from glosten.theory._insider_law import Numbers, insider_law, insider_paths
from glosten.theory._lattice import Law
from glosten.theory._order_table import Floats
from glosten.theory._path_kernel import KernelEnsemble, kernel_ensemble
from glosten.theory._sequence import sequence_log_likelihood

MOST_SIMULATED = 400
"""Periods of which a whole policy is kept in memory: its size grows with their cube."""


class Choices(NamedTuple):
    """What the insider expects from now on, in price units, having arrived, after each of the three actions."""

    buy: float
    wait: float
    sell: float


@dataclass(frozen=True, slots=True)
class StrategicInsider:
    """One insider with time, in the binary market of a maker who prices as if every informed trader were in a hurry.

    ``market`` is what the maker believes, its alpha the probability per period that the insider arrives; ``periods``
    are left, 0 or more; ``value_is_high`` is what the insider knows. Raises `DomainError` unless prior and gamma lie
    inside (0, 1) and alpha below 1: beyond that one trade tells the maker all.

    Source: Glosten & Milgrom (1985) for the maker; the best response by Bellman's equation, `insider_values`.
    """

    market: Binary
    periods: int
    value_is_high: bool = True

    def __post_init__(self) -> None:
        require([binary_problem(self.market)])
        market = self.market
        inside = [interval._replace(open_low=True, open_high=True) for interval in (PRIOR, GAMMA)]
        checks = [inside[0].problem(market.prior), inside[1].problem(market.gamma)]
        require([*checks, ALPHA._replace(open_high=True).problem(market.alpha), whole_problem("periods", self.periods)])

    @property
    def _odds(self) -> float:
        """Return the log-odds the maker gives to the truth."""
        return self.market.log_odds if self.value_is_high else -self.market.log_odds

    @property
    def _gamma(self) -> float:
        """Return P(a noise trader goes the insider's way)."""
        return self.market.gamma if self.value_is_high else 1.0 - self.market.gamma

    def _values(self) -> Floats:
        return insider_values(self.periods, self._odds, self.market.alpha, self._gamma, np.zeros((0, 1, 1), np.int8))

    @property
    def best_response(self) -> float:
        """Return what the insider expects of the best response, in price units; cost cubic in the periods.

        Source: `insider_values`.
        """
        return self.market.width * float(self._values()[0, 0, 0])

    @property
    def honest(self) -> float:
        """Return what the insider expects who trades the right way at every arrival, in price units.

        Source: `insider_values`.
        """
        return self.market.width * float(self._values()[1, 0, 0])

    def choices(self) -> Choices | None:
        """Return what the insider who has just arrived expects after each action, None with no period left.

        Source: `insider_choices`.
        """
        if self.periods == 0:
            return None
        right, wait, wrong = insider_choices(self.periods, self._odds, self.market.alpha, self._gamma)
        buy, sell = (right, wrong) if self.value_is_high else (wrong, right)
        width = self.market.width
        return Choices(width * buy, width * wait, width * sell)

    def first_action(self) -> int | None:
        """Return the best order now: 1 a buy, -1 a sell, 0 to wait, None with no period left; a tie goes to a trade.

        Source: `insider_choices`.
        """
        choices = self.choices()
        if choices is None:
            return None
        right = BUY if self.value_is_high else SELL
        mirrored = choices if self.value_is_high else Choices(choices.sell, choices.wait, choices.buy)
        return right * best_action((mirrored.buy, mirrored.wait, mirrored.sell))

    def quotes(self) -> Quotes:
        """Return both quotes of the maker before the next order.

        Source: `quotes`.
        """
        return self.market.quotes()

    def update(self, order: int) -> StrategicInsider:
        """Return the model a period later: after a buy (+1), a sell (-1), or a period in which the insider waited (0).

        Raises `DomainError` where no period is left.

        Source: `log_odds_step`.
        """
        require([whole_problem("periods", self.periods, 1)])
        return replace(self, market=self.market.update(order), periods=self.periods - 1)

    @property
    def mean(self) -> float:
        """Return E[V] as the maker sees it, in price units."""
        return self.market.mean

    def why_no_quote(self, side: int) -> str | None:
        """Return None: noise traders buy and sell, so the maker quotes both sides."""
        return self.market.why_no_quote(side)

    def order_probability(self, order: int) -> float:
        """Return P(the next trade is a buy (1) or a sell (-1)) as the maker sees it; 1 for a wait (0).

        The maker believes that whoever is informed trades at once: a wait is no event to it, and teaches nothing.
        """
        return self.market.side_probability(order)

    def log_likelihood(self, orders: Iterable[int]) -> float:
        """Return ln P(the trades among a sequence of orders) as the maker sees it: `Binary`'s, waits left out.

        Source: `sequence_log_likelihood`.
        """
        return sequence_log_likelihood(self, orders)

    def informed_share(self, order: int) -> float | None:
        """Return P(the trader was informed | order) as the maker sees it, None where it cannot happen."""
        return self.market.informed_share(order)

    def gains(self, order: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival, in price units, as the maker sees it."""
        return self.market.gains(order)

    def _numbers(self, periods: int, honest: bool) -> Numbers:
        too_many = None
        if self.periods > MOST_SIMULATED:
            too_many = f"periods must be {MOST_SIMULATED} or fewer to be simulated; it was {self.periods}."
        elif periods > self.periods:
            too_many = f"periods must not exceed the {self.periods} that are left; it was {periods}."
        require([whole_problem("periods", periods), too_many])
        policy: Actions = np.ones((self.periods, self.periods + 1, self.periods + 1), np.int8)
        if not honest:
            insider_values(self.periods, self._odds, self.market.alpha, self._gamma, policy)
        truth = self.market.v_low, self.market.width, bool(self.value_is_high)
        return (self._odds, self.market.alpha, self._gamma), policy, truth

    def ensemble(self, periods: int, seed: int = 0, *, honest: bool = False) -> KernelEnsemble:
        """Return all paths that the seed draws of the first so many periods; V is what the insider knows.

        The insider plays the best response over all periods left, or is ``honest``: trades the right way at every
        arrival. Raises `DomainError` beyond `MOST_SIMULATED` periods or those left.

        Source: `insider_paths`.
        """
        require(simulation_problems(periods, 1, seed))
        return kernel_ensemble("strategic insider", insider_paths, self._numbers(periods, honest), periods, seed)

    def simulate(self, periods: int, paths: int, seed: int = 0, *, honest: bool = False) -> Simulation:
        """Return means over simulated paths of the first so many periods; ``informed`` is what the insider earns."""
        require(simulation_problems(periods, paths, seed))
        return simulate_ensemble(self.ensemble(periods, seed, honest=honest), paths)

    def law(self, periods: int, *, honest: bool = False) -> Law:
        """Return the exact law of the first so many periods, given the value that the insider knows.

        The belief is E[P_t(V_H)] where V = V_H, NaN where V = V_L. Raises `DomainError` as `ensemble`.

        Source: `insider_law`.
        """
        return insider_law(self._numbers(periods, honest), periods)
