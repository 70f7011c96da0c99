"""A maker who dislikes risk among noise traders who mind the price: the quotes steer who comes, and so the inventory.

Where every noise trader accepts any price, a maker's quotes change what a trade earns but not which trades come. Here
a maker who is long sells cheap, more buyers come, and the inventory returns.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from glosten.theory._binary_model import Gains, believing
from glosten.theory._domain import require
from glosten.theory._elastic import Elastic, elastic_problem, premium_ensemble
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._order_flow import OrderTable, TwoSidedQuotes, impossible, order_problem
from glosten.theory._path_kernel import KernelEnsemble
from glosten.theory._premium_paths import RISK_AVERSE_RULE, Maker, averse_premium
from glosten.theory._risk_averse import averse_problems
from glosten.theory._sequence import sequence_log_likelihood


@dataclass(frozen=True, slots=True)
class RiskAverseElastic:
    """A maker with constant absolute risk aversion and an inventory, in the market of `Elastic`.

    ``market`` says who comes and what the maker believes; ``risk_aversion`` is 0 or more, per price unit (0: the
    competitive quotes of `Elastic`); ``inventory`` in units. Raises `DomainError` naming every parameter outside its
    domain.

    Source: `averse_premium`; Ho & Stoll (1981), Optimal dealer pricing under transactions and return uncertainty, on
    orders that come the less the dearer the quote.
    """

    market: Elastic
    risk_aversion: float
    inventory: float = 0.0

    def __post_init__(self) -> None:
        require([elastic_problem(self.market)])
        require(averse_problems(self.risk_aversion, self.inventory, self.market.v_high - self.market.v_low))

    @property
    def _maker(self) -> Maker:
        return RISK_AVERSE_RULE, float(self.risk_aversion), float(self.inventory)

    @property
    def mean(self) -> float:
        """Return E[V] in price units."""
        return self.market.mean

    def premium(self, side: int) -> float | None:
        """Return the distance of the ask (+1) or bid (-1) from E[V], negative for a bargain, None for a closed side.

        Source: `averse_premium`.
        """
        market = self.market
        market.side_numbers(side)
        numbers = market.v_high - market.v_low, market.alpha, market.eta
        premium = averse_premium(side, numbers, market.beliefs, market.demand.code, self._maker)
        return None if math.isnan(premium) else premium

    @property
    def _table(self) -> OrderTable:
        return self.market.order_table(self.premium(-1), self.premium(1))

    def order_probability(self, order: int) -> float:
        """Return P(the next period brings this order): +1 a buy, -1 a sell, 0 no trade."""
        return self._table.probability(order)

    def why_no_quote(self, side: int) -> str | None:
        """Return in words why the maker does not quote a side, None where it does."""
        if self.premium(side) is not None:
            return None
        market = self.market
        word, name = ("buy", "ask") if side > 0 else ("sell", "bid")
        if not market.side_numbers(side)[2] > 0.0:
            noise = f"there are no noise traders (alpha = {market.alpha:g}, eta = {market.eta:g})"
            return f"A {word} has probability 0: {noise}."
        return f"The {name} side has broken down: every price that noise traders take leaves the maker worse off."

    def quotes(self) -> TwoSidedQuotes:
        """Return both quotes before the next order, with the probability of each order.

        Source: `averse_premium`.
        """
        bid, ask, table = self.premium(-1), self.premium(1), self._table
        return TwoSidedQuotes(
            bid=None if bid is None else self.mean - bid,
            ask=None if ask is None else self.mean + ask,
            spread=None if bid is None or ask is None else bid + ask,
            mean=self.mean,
            p_buy=table.probability(1),
            p_sell=table.probability(-1),
            p_none=table.probability(0),
            why_no_bid=self.why_no_quote(-1),
            why_no_ask=self.why_no_quote(1),
        )

    def update(self, order: int) -> RiskAverseElastic:
        """Return the maker after a buy (1), a sell (-1) or no trade (0); raises `DomainError` where it cannot happen.

        Source: Bayes; the inventory moves by one unit against the order.
        """
        after = self._table.after(order)
        if after is None:
            raise impossible(order, self.why_no_quote(order) if order else None)
        market = believing(self.market, self.market.log_odds + self._table.log_ratio(order))
        return replace(self, market=market, inventory=self.inventory - order)

    def log_likelihood(self, orders: Iterable[int]) -> float:
        """Return ln P(a sequence of orders, each at the quotes of its time); minus infinity where it cannot happen.

        Source: `sequence_log_likelihood`.
        """
        return sequence_log_likelihood(self, orders)

    def informed_share(self, order: int) -> float | None:
        """Return P(the trader was informed | order), None where it cannot happen."""
        return self._table.informed_share(order)

    def gains(self, order: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival at these quotes, in price units; they sum to 0.

        Source: the informed win the gap less the premium, noise pays the premium.
        """
        require([None if order is None else order_problem(order)])
        informed = noise = 0.0
        for side in (1, -1) if order is None else (order,):
            premium = self.premium(side) if side else None
            if premium is not None:
                gap, knows, present = self.market.side_numbers(side)
                informed += knows * (gap - premium)
                noise -= present * min(self.market.demand.share(premium), 1.0) * premium
        return Gains(informed, noise, -(informed + noise))

    def ensemble(self, periods: int, seed: int = 0) -> KernelEnsemble:
        """Return all paths of that many periods that the seed draws.

        Source: `premium_paths`.
        """
        return premium_ensemble(self.market, self._maker, periods, seed)

    def simulate(self, periods: int, paths: int, seed: int = 0) -> Simulation:
        """Return means over simulated paths of that many periods, each with its standard error."""
        require(simulation_problems(periods, paths, seed))
        return simulate_ensemble(self.ensemble(periods, seed), paths)
