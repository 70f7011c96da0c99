"""The maker who dislikes risk as an object: the binary market, a risk aversion and an inventory."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from glosten.theory._binary import log_odds_step
from glosten.theory._binary_model import BUY, SELL, Binary, Gains, Quotes, binary_problem
from glosten.theory._domain import Interval, require
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._lattice import Law
from glosten.theory._maker_law import maker_law
from glosten.theory._maker_paths import RISK_AVERSE, Numbers, maker_paths
from glosten.theory._order_cost import ask_ticks, bid_ticks
from glosten.theory._order_table import Floats
from glosten.theory._path_kernel import KernelEnsemble, kernel_ensemble
from glosten.theory._risk_averse import averse_problems, bernoulli_cumulant, indifference_price
from glosten.theory._sequence import sequence_log_likelihood


@dataclass(frozen=True, slots=True)
class RiskAverse:
    """A maker with constant absolute risk aversion and an inventory, in the binary market.

    ``market`` holds the beliefs; ``risk_aversion`` is 0 or more, per price unit (0: Glosten and Milgrom); ``inventory``
    in units, negative when short. Raises `DomainError` naming every parameter outside its domain.

    Orders do not mind the price here, so the quotes change what trades earn and not which come:
    `RiskAverseElastic` is the maker whose quotes steer its inventory.

    Source: `indifference_price`.
    """

    market: Binary
    risk_aversion: float
    inventory: float = 0.0

    def __post_init__(self) -> None:
        require([binary_problem(self.market)])
        require(averse_problems(self.risk_aversion, self.inventory, self.market.width))

    def price(self, side: int) -> float | None:
        """Return the ask (+1) or the bid (-1) in price units, None where that side cannot trade.

        Source: `indifference_price`.
        """
        require([None if side in (BUY, SELL) else f"side must be 1 (a buy) or -1 (a sell); it was {side}."])
        market = self.market
        if market.why_no_quote(side) is not None:
            return None
        after = market.log_odds + log_odds_step(side, market.alpha, market.gamma)
        aversion = self.risk_aversion * market.width
        return market.v_low + market.width * indifference_price(side, after, aversion, self.inventory)

    def quotes(self) -> Quotes:
        """Return both quotes before the next order; probabilities and posteriors are those of the market.

        Source: `indifference_price`.
        """
        bid, ask = self.price(SELL), self.price(BUY)
        spread = None if bid is None or ask is None else ask - bid
        return self.market.quotes()._replace(bid=bid, ask=ask, spread=spread)

    def order_probability(self, order: int) -> float:
        """Return P(the next trade is a buy (1) or a sell (-1)), or either (0): quotes do not change who comes."""
        return self.market.side_probability(order)

    def log_likelihood(self, orders: Iterable[int]) -> float:
        """Return ln P(a sequence of buys (1) and sells (-1)); 0 is a trade of unknown side; that of the market.

        Source: `sequence_log_likelihood`.
        """
        return sequence_log_likelihood(self, orders)

    def informed_share(self, order: int) -> float | None:
        """Return P(the trader was informed | order), None where it cannot happen."""
        return self.market.informed_share(order)

    @property
    def mean(self) -> float:
        """Return E[V] in price units."""
        return self.market.mean

    def why_no_quote(self, side: int) -> str | None:
        """Return in words why nobody can buy (+1) or sell (-1), None where somebody can."""
        return self.market.why_no_quote(side)

    def tick_quotes(self, tick: float) -> tuple[int | None, int | None]:
        """Return (bid, ask) in whole ticks of the given size: the bid rounded down, the ask rounded up.

        Source: `bid_ticks`, `ask_ticks`.
        """
        require([Interval("tick", "the price step", 0.0, math.inf, open_low=True).problem(tick)])
        bid, ask = self.price(SELL), self.price(BUY)
        return None if bid is None else bid_ticks(bid, tick), None if ask is None else ask_ticks(ask, tick)

    def update(self, side: int) -> RiskAverse:
        """Return the maker after a trade: the belief moves, and the inventory by one unit the other way.

        Source: `log_odds_step`.
        """
        return replace(self, market=self.market.update(side), inventory=self.inventory - side)

    def risk_premium(self, side: int) -> float | None:
        """Return what the maker asks beyond the zero-profit quote, in price units; negative where a trade sheds risk.

        None where the side cannot trade.
        """
        price, fair = self.price(side), (self.market.quotes().ask if side > 0 else self.market.quotes().bid)
        return None if price is None or fair is None else side * (price - fair)

    def gains(self, side: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival at these quotes, in price units; they sum to 0.

        Source: `gains`, with the risk premium handed from whoever trades to the maker.
        """
        if side is None:
            both = zip(self.gains(BUY), self.gains(SELL), strict=True)
            return Gains(*(one + other for one, other in both))
        informed, noise, maker = self.market.gains(side)
        premium, share = self.risk_premium(side), self.market.informed_share(side)
        if premium is None or share is None:
            return Gains(informed, noise, maker)
        paid = premium * self.market.side_probability(side)
        return Gains(informed - share * paid, noise - (1.0 - share) * paid, maker + paid)

    def log_disutility(self) -> float:
        """Return ln E[exp(-rho I (V - V_L))] now: what every trade at the quotes leaves unchanged, payments included.

        Source: `bernoulli_cumulant`.
        """
        exponent = -self.risk_aversion * self.inventory * self.market.width
        return bernoulli_cumulant(self.market.log_odds, exponent)

    @property
    def _numbers(self) -> Numbers:
        market = self.market
        return (
            (market.v_low, market.width, market.alpha, market.gamma),
            market.log_odds,
            (RISK_AVERSE, float(self.risk_aversion)),
            float(self.inventory),
        )

    def ensemble(self, periods: int, seed: int = 0) -> KernelEnsemble:
        """Return all paths of that many periods, an order each, that the seed draws.

        Source: `maker_paths`.
        """
        return kernel_ensemble("risk averse", maker_paths, self._numbers, periods, seed)

    def simulate(self, periods: int, paths: int, seed: int = 0) -> Simulation:
        """Return means over simulated paths of that many periods, each with its standard error."""
        require(simulation_problems(periods, paths, seed))
        return simulate_ensemble(self.ensemble(periods, seed), paths)

    def law(self, periods: int) -> Law:
        """Return the exact law by time over 0..periods orders: spread, belief, gains of every class.

        Raises `DomainError` beyond `MOST_TRADES` periods.

        Source: `maker_law`.
        """
        return maker_law(self._numbers, periods)

    def first_passage(self, target: float, periods: int) -> Floats:
        """Return P(the belief first reaches a target at order t | V_H), shape (periods + 1,): that of the market.

        Source: `first_passage`.
        """
        return self.market.first_passage(target, periods)
