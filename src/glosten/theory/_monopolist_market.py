"""A single maker in the market of noise traders who mind the price: it quotes what earns most now, and learns.

The maker is myopic: each quote maximises the expected profit of the next arrival, not what the order will teach.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from glosten.theory._binary_model import Gains, believing
from glosten.theory._domain import require
from glosten.theory._elastic import Elastic, Monopolist, elastic_problem, premium_ensemble
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._order_flow import OrderTable, TwoSidedQuotes, impossible, order_problem
from glosten.theory._path_kernel import KernelEnsemble
from glosten.theory._premium_paths import MONOPOLIST
from glosten.theory._sequence import sequence_log_likelihood


@dataclass(frozen=True, slots=True)
class MonopolistMarket:
    """The market of `Elastic` with one maker instead of many: on each side it asks the premium that earns most.

    ``market`` says who comes and what the maker believes.

    Source: `Elastic.monopolist`; Glosten (1989), Insider trading, liquidity, and the role of the monopolist specialist.
    """

    market: Elastic

    def __post_init__(self) -> None:
        require([elastic_problem(self.market)])

    def offer(self, side: int) -> Monopolist | None:
        """Return the ask (+1) or bid (-1) with its premium and profit per arrival, None where it too would lose.

        Source: `monopolist_premium`.
        """
        return self.market.monopolist(side)

    @property
    def mean(self) -> float:
        """Return E[V] in price units."""
        return self.market.mean

    @property
    def _table(self) -> OrderTable:
        bid, ask = self.offer(-1), self.offer(1)
        premiums = None if bid is None else bid.premium, None if ask is None else ask.premium
        return self.market.order_table(*premiums, prices_out=True)

    def order_probability(self, order: int) -> float:
        """Return P(the next period brings this order): +1 a buy, -1 a sell, 0 no trade."""
        return self._table.probability(order)

    def why_no_quote(self, side: int) -> str | None:
        """Return in words why the maker does not quote a side, None where it does."""
        if self.offer(side) is not None:
            return None
        why = self.market.why_no_quote(side)
        return f"{why} A maker without rivals would lose as well." if why is not None else "It would lose at any price."

    def quotes(self) -> TwoSidedQuotes:
        """Return both quotes before the next order, with the probability of each order.

        Source: `monopolist_premium`.
        """
        bid, ask, table = self.offer(-1), self.offer(1), self._table
        return TwoSidedQuotes(
            bid=None if bid is None else bid.quote,
            ask=None if ask is None else ask.quote,
            spread=None if bid is None or ask is None else bid.premium + ask.premium,
            mean=self.mean,
            p_buy=table.probability(1),
            p_sell=table.probability(-1),
            p_none=table.probability(0),
            why_no_bid=self.why_no_quote(-1),
            why_no_ask=self.why_no_quote(1),
        )

    def update(self, order: int) -> MonopolistMarket:
        """Return the model after a buy (1), a sell (-1) or no trade (0); raises `DomainError` where it cannot happen.

        Source: Bayes with the informed who come at these quotes.
        """
        after = self._table.after(order)
        if after is None:
            raise impossible(order, self.why_no_quote(order) if order else None)
        return replace(self, market=believing(self.market, self.market.log_odds + self._table.log_ratio(order)))

    def log_likelihood(self, orders: Iterable[int]) -> float:
        """Return ln P(a sequence of orders, each at the quotes of its time); minus infinity where it cannot happen.

        Source: `sequence_log_likelihood`.
        """
        return sequence_log_likelihood(self, orders)

    def informed_share(self, order: int) -> float | None:
        """Return P(the trader was informed | order), None where it cannot happen."""
        return self._table.informed_share(order)

    def gains(self, order: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival, in price units: by one order, or by all together.

        Source: the maker's is `monopolist_premium`; noise pays the premium; the informed win the rest of the gap.
        """
        require([None if order is None else order_problem(order)])
        informed = noise = 0.0
        for side in (1, -1) if order is None else (order,):
            offer = self.offer(side) if side else None
            if offer is not None:
                gap, knows, present = self.market.side_numbers(side)
                informed += knows * max(gap - offer.premium, 0.0)
                noise -= present * self.market.demand.share(offer.premium) * offer.premium
        return Gains(informed, noise, -(informed + noise))

    def ensemble(self, periods: int, seed: int = 0) -> KernelEnsemble:
        """Return all paths of that many periods that the seed draws.

        Source: `premium_paths`.
        """
        return premium_ensemble(self.market, MONOPOLIST, periods, seed)

    def simulate(self, periods: int, paths: int, seed: int = 0) -> Simulation:
        """Return means over simulated paths of that many periods, each with its standard error."""
        require(simulation_problems(periods, paths, seed))
        return simulate_ensemble(self.ensemble(periods, seed), paths)
