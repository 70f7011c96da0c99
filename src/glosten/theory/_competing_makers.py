"""Makers who undercut one another on a price grid: Bertrand competition in ticks, in the binary market.

All N makers name a price; the best is hit and shared alike. Noise orders do not mind the price; the informed buy where
V_H > ask and sell where V_L < bid, so only prices between the two values are looked at. A price is an equilibrium when
no maker gains by undercutting or by leaving. With a finite tick there may be several; the one closest to the mid is the
zero-profit quote rounded away from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from glosten._jit import jit
from glosten.theory._binary_model import BUY, SELL, TICK, WORDS, Binary, Gains, Quotes, binary_problem
from glosten.theory._domain import require, whole_problem
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._lattice import Law
from glosten.theory._maker_law import maker_law
from glosten.theory._maker_paths import COMPETING, Numbers, maker_paths
from glosten.theory._order_cost import TICK_TOLERANCE, ask_ticks
from glosten.theory._order_table import Floats
from glosten.theory._path_kernel import KernelEnsemble, kernel_ensemble
from glosten.theory._sequence import sequence_log_likelihood


@jit
def is_equilibrium_ask(ticks: int, makers: int, zero_profit: float) -> bool:
    """Return whether N makers all quoting this ask is a Nash equilibrium; the zero-profit ask is in ticks too.

    Nobody loses, and a lower ask, hit alone, earns no more than the shared one: since profit per unit is the distance
    to the zero-profit ask, one tick lower is the best undercut.

    Source: Bertrand competition on a grid: 0 <= k - c and (k - c) / N >= k - 1 - c, so c <= k <= c + N / (N - 1).
    """
    margin = ticks - zero_profit
    return margin >= -TICK_TOLERANCE and margin <= makers / (makers - 1.0) + TICK_TOLERANCE


@dataclass(frozen=True, slots=True)
class CompetingMakers:
    """N risk-neutral makers who set prices in ticks at once, in the binary market.

    ``market`` holds what all of them believe; ``makers`` is 2 or more (a single one faces noise orders that accept any
    price, so has no best price); ``tick`` is the price step, above 0. Raises `DomainError` otherwise.

    Source: symmetric Nash equilibria in pure strategies, `is_equilibrium_ask`.
    """

    market: Binary
    makers: int
    tick: float

    def __post_init__(self) -> None:
        require([binary_problem(self.market), whole_problem("makers", self.makers, 2), TICK.problem(self.tick)])

    def _zero_profit(self, side: int) -> float | None:
        """Return the zero-profit quote in ticks, a bid counted downwards, None where that side cannot trade."""
        require([None if side in (BUY, SELL) else f"side must be 1 (an ask) or -1 (a bid); it was {side}."])
        quotes = self.market.quotes()
        price = quotes.ask if side > 0 else quotes.bid
        return None if price is None else side * price / self.tick

    def equilibria(self, side: int) -> tuple[int, ...]:
        """Return every equilibrium ask (+1) or bid (-1) in ticks, the one closest to the mid first.

        Empty where that side cannot trade, or where no price of the grid lies between E[V | trade] and the value.

        Source: `is_equilibrium_ask`.
        """
        zero_profit = self._zero_profit(side)
        if zero_profit is None:
            return ()
        certain = side * (self.market.v_high if side > 0 else self.market.v_low) / self.tick
        lowest = ask_ticks(zero_profit, 1.0)
        inside = [ticks for ticks in range(lowest, lowest + 4) if ticks < certain - TICK_TOLERANCE]
        return tuple(side * ticks for ticks in inside if is_equilibrium_ask(ticks, self.makers, zero_profit))

    def profit(self, side: int, ticks: int) -> float | None:
        """Return what each maker expects per arrival, in price units, when all quote so many ticks on that side.

        None where that side cannot trade.

        Source: Glosten & Milgrom (1985), section 2: P_B (ask - E[V | B]) / N, and its mirror image.
        """
        zero_profit = self._zero_profit(side)
        if zero_profit is None:
            return None
        return self.tick * (side * ticks - zero_profit) * self.market.side_probability(side) / self.makers

    def why_no_quote(self, side: int) -> str | None:
        """Return in words why no maker quotes an ask (+1) or a bid (-1), None where one does."""
        if self.equilibria(side):
            return None
        price = f"the price at which a {WORDS[side]} earns nothing and the value that the informed know"
        return self.market.why_no_quote(side) or f"No multiple of the tick ({self.tick:g}) lies between {price}."

    def quotes(self) -> Quotes:
        """Return the most competitive equilibrium, in price units; a side without one is None and the reason is given.

        Source: `is_equilibrium_ask`.
        """
        bids, asks = self.equilibria(SELL), self.equilibria(BUY)
        bid = self.tick * bids[0] if bids else None
        ask = self.tick * asks[0] if asks else None
        return self.market.quotes()._replace(
            bid=bid,
            ask=ask,
            spread=None if bid is None or ask is None else ask - bid,
            why_no_bid=self.why_no_quote(SELL),
            why_no_ask=self.why_no_quote(BUY),
        )

    def order_probability(self, order: int) -> float:
        """Return P(the next trade is a buy (1) or a sell (-1)), or either (0): quotes do not change who comes."""
        return self.market.side_probability(order)

    def log_likelihood(self, orders: Iterable[int]) -> float:
        """Return ln P(a sequence of buys (1) and sells (-1)); 0 is a trade of unknown side.

        Source: `sequence_log_likelihood`.
        """
        return sequence_log_likelihood(self, orders)

    def informed_share(self, order: int) -> float | None:
        """Return P(the trader was informed | order), None where it cannot happen."""
        return self.market.informed_share(order)

    def gains(self, side: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival at these quotes, in price units; they sum to 0.

        ``maker`` is what all makers earn together, who share it alike. All 0 on a side without a quote.

        Source: `gains`, with the distance of the grid's price from zero profit handed to the makers.
        """
        if side is None:
            both = zip(self.gains(BUY), self.gains(SELL), strict=True)
            return Gains(*(one + other for one, other in both))
        ticks = self.equilibria(side)
        profit, share = (self.profit(side, ticks[0]) if ticks else None), self.market.informed_share(side)
        if profit is None or share is None:
            return Gains(0.0, 0.0, 0.0)
        paid = profit * self.makers
        informed, noise, maker = self.market.gains(side)
        return Gains(informed - share * paid, noise - (1.0 - share) * paid, maker + paid)

    @property
    def mean(self) -> float:
        """Return E[V] in price units."""
        return self.market.mean

    def update(self, side: int) -> CompetingMakers:
        """Return the makers after a trade: all see it and learn the same. Raises `DomainError` where it cannot happen.

        Source: `posterior`.
        """
        return replace(self, market=self.market.update(side))

    @property
    def _numbers(self) -> Numbers:
        market = self.market
        return (
            (market.v_low, market.width, market.alpha, market.gamma),
            market.log_odds,
            (COMPETING, float(self.tick)),
            0.0,
        )

    def ensemble(self, periods: int, seed: int = 0) -> KernelEnsemble:
        """Return all paths of that many periods, an order each, that the seed draws.

        Source: `maker_paths`.
        """
        return kernel_ensemble("competing makers", maker_paths, self._numbers, periods, seed)

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
