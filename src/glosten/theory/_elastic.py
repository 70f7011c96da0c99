"""The binary market with noise traders who mind the price: breakdown, and what a monopolist would do.

A side is described from the middle outwards, as in `_demand`. A side without an equilibrium has no quote: nobody can
quote it without a loss.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from glosten.theory._binary import belief, log_odds
from glosten.theory._binary_model import ALPHA, PRIOR, V_HIGH, V_LOW, Gains, believing
from glosten.theory._demand import Demand, monopolist_premium
from glosten.theory._domain import part_problem, require, rising_problem
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._event_uncertainty import ETA
from glosten.theory._order_flow import OrderTable, TwoSidedQuotes, impossible
from glosten.theory._path_kernel import KernelEnsemble, kernel_ensemble
from glosten.theory._premium_paths import COMPETITIVE, Maker, premium_paths
from glosten.theory._sequence import sequence_log_likelihood


class Monopolist(NamedTuple):
    """What a maker without rivals quotes on a side, its premium over E[V], and its profit per arrival; price units."""

    quote: float
    premium: float
    profit: float


@dataclass(frozen=True, slots=True)
class Elastic:
    """The binary market whose noise traders mind the premium they pay over E[V].

    ``v_low`` < ``v_high`` in price units; ``prior`` = P(V_H) and ``alpha`` in [0, 1]; a noise trader would buy with
    probability ``eta`` in [0, 1/2] and sell with ``eta``, and then takes the quote as ``demand`` says. Raises
    `DomainError` naming every parameter outside its domain.

    Source: Glosten & Milgrom (1985), section 3; Foucault, Pagano & Roell, Market Liquidity, chapter 3, exercise 6.
    """

    v_low: float
    v_high: float
    prior: float
    alpha: float
    eta: float
    demand: Demand
    log_odds: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        checks = [V_LOW.problem(self.v_low), V_HIGH.problem(self.v_high), PRIOR.problem(self.prior)]
        checks += [ALPHA.problem(self.alpha), ETA.problem(self.eta)]
        checks.append(rising_problem("v_low", self.v_low, "v_high", self.v_high))
        wanted = "a demand, as in LinearDemand(4) or LogisticDemand(1)"
        checks.append(part_problem("demand", self.demand, wanted, fits=hasattr(self.demand, "competitive")))
        require(checks)
        for name in ("v_low", "v_high", "prior", "alpha", "eta"):
            object.__setattr__(self, name, float(getattr(self, name)))
        object.__setattr__(self, "log_odds", log_odds(self.prior))

    @property
    def beliefs(self) -> tuple[float, float]:
        """Return P(V_L) and P(V_H), each to its last digit."""
        return belief(-self.log_odds), belief(self.log_odds)

    def side_numbers(self, side: int) -> tuple[float, float, float]:
        """Return (gap, informed, noise) of a side: buyers (+1) or sellers (-1)."""
        require([None if side in (1, -1) else f"side must be 1 (a buy) or -1 (a sell); it was {side}."])
        other, chance = self.beliefs if side > 0 else self.beliefs[::-1]
        gap = (self.v_high - self.v_low) * other
        return gap, self.alpha * chance, (1.0 - self.alpha) * self.eta

    @property
    def mean(self) -> float:
        """Return E[V] in price units."""
        return self.v_low + self.prior * (self.v_high - self.v_low)

    def premium(self, side: int) -> float | None:
        """Return the distance of the competitive ask (+1) or bid (-1) from E[V], None where the side breaks down.

        Source: `linear_premium`, `logistic_premium`.
        """
        premium = self.demand.competitive(*self.side_numbers(side))
        return None if math.isnan(premium) else premium

    def critical_alpha(self, side: int) -> float:
        """Return the alpha above which the side breaks down, everything else as it is; 1 where none does.

        Source: `critical_alpha`.
        """
        gap = self.side_numbers(side)[0]
        return self.demand.critical_alpha(gap, self.beliefs[1 if side > 0 else 0], self.eta)

    def order_table(
        self, bid_premium: float | None, ask_premium: float | None, *, prices_out: bool = False
    ) -> OrderTable:
        """Return who sends which order by value, where both sides are quoted at these premiums; None is a closed side.

        The informed of an open side come; ``prices_out``: only where V lies beyond the quote, as under a monopolist.
        """
        informed, noise = np.zeros((2, 3)), np.zeros((2, 3))
        for side, knows, premium in ((1, 1, ask_premium), (-1, 0, bid_premium)):
            gap, _, present = self.side_numbers(side)
            comes = premium is not None and not (prices_out and premium >= gap)
            informed[knows, side + 1 if comes else 1] = self.alpha
            noise[:, side + 1] = 0.0 if premium is None else present * min(self.demand.share(premium), 1.0)
        noise[:, 1] = np.maximum(1.0 - self.alpha - noise[:, 0] - noise[:, 2], 0.0)
        states = np.array([[self.v_low, self.v_high], self.beliefs])
        return OrderTable(states, np.stack([informed, noise]))

    @property
    def _table(self) -> OrderTable:
        return self.order_table(self.premium(-1), self.premium(1))

    def order_probability(self, order: int) -> float:
        """Return P(the next period brings this order): +1 a buy, -1 a sell, 0 no trade."""
        return self._table.probability(order)

    def why_no_quote(self, side: int) -> str | None:
        """Return in words why a side has no quote, None where it has one."""
        if self._table.probability(side) > 0.0:
            return None
        word = "buy" if side > 0 else "sell"
        if not self.side_numbers(side)[2] > 0.0:
            return (
                f"A {word} has probability 0: there are no noise traders (alpha = {self.alpha:g}, eta = {self.eta:g})."
            )
        name = "ask" if side > 0 else "bid"
        return (
            f"The {name} side has broken down: at every price that noise traders take, the informed gain more than "
            f"they lose (alpha = {self.alpha:g}, critical alpha {self.critical_alpha(side):g})."
        )

    def quotes(self) -> TwoSidedQuotes:
        """Return both competitive quotes before the next order, with the probability of each order.

        Source: E[V | order] at the smallest premium with zero expected profit.
        """
        return self._table.quotes(self.why_no_quote)

    def monopolist(self, side: int) -> Monopolist | None:
        """Return what a maker without rivals quotes on a side, None where it too would lose.

        The informed come only where V lies beyond the quote: a monopolist may price them out, if noise pays more.

        Source: `monopolist_premium`; Glosten (1989) on a monopolist that stays open.
        """
        premium, profit = monopolist_premium(*self.side_numbers(side), self.demand.code)
        return None if math.isnan(premium) else Monopolist(self.mean + side * premium, premium, profit)

    def update(self, order: int) -> Elastic:
        """Return the model after a buy (1), a sell (-1) or no trade (0); no trade teaches only where a side is closed.

        Raises `DomainError` where it cannot happen.

        Source: Bayes; the informed of a closed side stay out.
        """
        after = self._table.after(order)
        if after is None:
            raise impossible(order, self.why_no_quote(order) if order else None)
        return believing(self, self.log_odds + self._table.log_ratio(order))

    def log_likelihood(self, orders: Iterable[int]) -> float:
        """Return ln P(a sequence of orders, each at the quotes of its time); minus infinity where it cannot happen.

        Source: `sequence_log_likelihood`.
        """
        return sequence_log_likelihood(self, orders)

    def informed_share(self, order: int) -> float | None:
        """Return P(the trader was informed | order), None where it cannot happen."""
        return self._table.informed_share(order)

    def gains(self, order: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival: by one order, or by all together."""
        return self._table.gains(order)

    def ensemble(self, periods: int, seed: int = 0) -> KernelEnsemble:
        """Return all paths of that many periods that the seed draws, quoted at the competitive premiums of each date.

        Source: `premium_paths`.
        """
        return premium_ensemble(self, COMPETITIVE, periods, seed)

    def simulate(self, periods: int, paths: int, seed: int = 0) -> Simulation:
        """Return means over simulated paths of that many periods, each with its standard error."""
        require(simulation_problems(periods, paths, seed))
        return simulate_ensemble(self.ensemble(periods, seed), paths)


def elastic_problem(market: object) -> str | None:
    """Return what is wrong with what should be an elastic market, or None."""
    wanted = "an elastic market, as in Elastic(98, 102, 0.5, 0.2, 0.5, LinearDemand(4))"
    return part_problem("market", market, wanted, fits=isinstance(market, Elastic))


def premium_ensemble(market: Elastic, maker: Maker, periods: int, seed: int) -> KernelEnsemble:
    """Return the paths of an elastic market whose maker sets premiums by a rule, as `premium_paths` takes it."""
    numbers = (market.v_low, market.v_high - market.v_low), market.beliefs, (market.alpha, market.eta)
    return kernel_ensemble("elastic", premium_paths, (*numbers, market.demand.code, maker), periods, seed)
