"""The market of Das with a normal belief as an object: two numbers stand for the grid."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from glosten.errors import DomainError
from glosten.theory._binary_model import Gains
from glosten.theory._das import Traders
from glosten.theory._das_ensemble import DasEnsemble
from glosten.theory._das_model import ALPHA, ETA, INVENTORY_SHIFT, P_JUMP, SHIFT, SIGMA, SIGMA_W
from glosten.theory._das_paths import DasMarket
from glosten.theory._domain import Interval, require
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._gaussian_update import gaussian_half_spread, gaussian_update
from glosten.theory._order_flow import ORDERS, TwoSidedQuotes, order_problem
from glosten.theory._sequence import sequence_log_likelihood

MEAN = Interval("mean", "E[V], in price units", -math.inf, math.inf)
VARIANCE = Interval("variance", "Var[V], sigma^2 unless given, in squared price units", 0.0, math.inf)
INVENTORY = Interval("inventory", "what the maker holds, in units", -math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class GaussianDas:
    """The maker of Das whose belief is a normal law: as `Das`, with ``mean`` and ``variance`` in place of a grid.

    Prices in one unit of your choice. ``variance`` is that of a fresh jump, sigma^2, unless given; ``inventory`` is
    what the maker holds. Raises `DomainError` naming every parameter outside its domain.

    Source: Das & Magdon-Ismail (2008), Adapting to a market shock: optimal sequential market-making.
    """

    sigma: float
    sigma_w: float
    p_jump: float
    alpha: float
    eta: float = 0.5
    shift: float = 0.0
    inventory_shift: float = 0.0
    known_jumps: bool = True
    mean: float = 0.0
    variance: float | None = None
    inventory: int = 0

    def __post_init__(self) -> None:
        checks = [SIGMA.problem(self.sigma), SIGMA_W.problem(self.sigma_w), P_JUMP.problem(self.p_jump)]
        checks += [ALPHA.problem(self.alpha), ETA.problem(self.eta), SHIFT.problem(self.shift)]
        checks += [INVENTORY_SHIFT.problem(self.inventory_shift), MEAN.problem(self.mean)]
        checks += [INVENTORY.problem(self.inventory)]
        checks += [None if self.variance is None else VARIANCE.problem(self.variance)]
        require(checks)
        if self.variance is None:
            square = float(self.sigma) * float(self.sigma)
            require([VARIANCE.problem(square)])
            object.__setattr__(self, "variance", square)

    @property
    def traders(self) -> Traders:
        """Return (alpha, eta, sigma_w), as the compiled functions take it."""
        return float(self.alpha), float(self.eta), float(self.sigma_w)

    @property
    def _belief(self) -> tuple[float, float]:
        return float(self.mean), float(self.variance or 0.0)

    def fair_quotes(self) -> tuple[float | None, float | None]:
        """Return the zero-profit (bid, ask) before shift and inventory; None where nobody ever trades.

        Source: `gaussian_half_spread`.
        """
        half = float(gaussian_half_spread(self._belief[1], self.traders))
        return (None, None) if math.isnan(half) else (self.mean - half, self.mean + half)

    def _posted(self) -> tuple[float, float] | None:
        bid, ask = self.fair_quotes()
        if bid is None or ask is None:
            return None
        lower = self.inventory_shift * self.inventory
        return bid - self.shift - lower, ask + self.shift - lower

    def why_no_quote(self, side: int) -> str | None:
        """Return in words why nobody can buy (+1) or sell (-1), None where somebody can."""
        require([None if side in (1, -1) else f"side must be 1 (a buy) or -1 (a sell); it was {side}."])
        if self.alpha > 0.0 or self.eta > 0.0:
            return None
        word = "buy" if side > 0 else "sell"
        return f"A {word} has probability 0: nobody is informed (alpha = 0), and no noise trader trades (eta = 0)."

    def order_probability(self, order: int) -> float:
        """Return P(the next period brings this order): +1 a buy, -1 a sell, 0 no trade.

        Source: `gaussian_update`.
        """
        require([order_problem(order)])
        posted = self._posted()
        if posted is None:
            return float(order == 0)
        return float(gaussian_update(self._belief, order, posted, self.traders)[0])

    def quotes(self) -> TwoSidedQuotes:
        """Return both posted quotes before the next order, with the probability of each order.

        Source: `gaussian_half_spread`, then shift and inventory.
        """
        posted = self._posted()
        return TwoSidedQuotes(
            bid=None if posted is None else posted[0],
            ask=None if posted is None else posted[1],
            spread=None if posted is None else posted[1] - posted[0],
            mean=float(self.mean),
            p_buy=self.order_probability(1),
            p_sell=self.order_probability(-1),
            p_none=self.order_probability(0),
            why_no_bid=self.why_no_quote(-1),
            why_no_ask=self.why_no_quote(1),
        )

    def update(self, order: int) -> GaussianDas:
        """Return the model after a period: a buy (1), a sell (-1) or no trade (0), then an unseen jump if unknown.

        Raises `DomainError` where the order cannot happen.

        Source: `gaussian_update`; an unseen jump adds p_jump sigma^2 to the variance.
        """
        require([order_problem(order)])
        posted = self._posted()
        chance, mean, variance = float(order == 0), *self._belief
        if posted is not None:
            chance, mean, variance = gaussian_update(self._belief, order, posted, self.traders)
        if not chance > 0.0:
            raise DomainError(f"A {ORDERS[order]} has probability 0. Nothing can be learned from it.")
        if not self.known_jumps:
            variance += self.p_jump * self.sigma**2
        return replace(self, mean=float(mean), variance=float(variance), inventory=self.inventory - order)

    def informed_share(self, order: int) -> float | None:
        """Return P(the trader was informed | order), None where it cannot happen.

        Source: Bayes.
        """
        total = self.order_probability(order)
        noise = (1.0 - self.alpha) * (self.eta if order else 1.0 - 2.0 * self.eta)
        return max(1.0 - noise / total, 0.0) if total > 0.0 else None

    def jump(self) -> GaussianDas:
        """Return the model once the maker is told that the value has jumped: N(E[V], sigma^2), as `Das.jump`."""
        return replace(self, variance=None)

    def log_likelihood(self, orders: Iterable[int]) -> float:
        """Return ln P(a sequence of orders) as this maker sees it; minus infinity if impossible.

        Source: the chain rule, quotes being set anew before each order.
        """
        return sequence_log_likelihood(self, orders)

    def gains(self, order: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival: by one order, or by all; 0 for no trade.

        Source: P(order) (E[V | order] - price), side by side.
        """
        require([None if order is None else order_problem(order)])
        posted = self._posted()
        knows = unaware = 0.0
        for side in (1, -1) if order is None else (order,):
            if side == 0 or posted is None:
                continue
            price = posted[1] if side > 0 else posted[0]
            chance, after, _ = gaussian_update(self._belief, side, posted, self.traders)
            noise = side * (1.0 - self.alpha) * self.eta * (self.mean - price)
            unaware += noise
            knows += side * chance * (after - price) - noise
        return Gains(knows, unaware, -(knows + unaware))

    @property
    def market(self) -> DasMarket:
        """Return what a path of this market is made of."""
        return DasMarket(
            step=1.0,
            sigma=float(self.sigma),
            p_jump=float(self.p_jump),
            known_jumps=bool(self.known_jumps),
            traders=self.traders,
            shift=float(self.shift),
            inventory_shift=float(self.inventory_shift),
            inventory=int(self.inventory),
            mean=self._belief[0],
            variance=self._belief[1],
        )

    def ensemble(self, periods: int, seed: int = 0) -> DasEnsemble:
        """Return all paths of that many periods that the seed draws, from what the maker believes and holds now."""
        require(simulation_problems(periods, 1, seed))
        return DasEnsemble(self.market, periods, seed)

    def simulate(self, periods: int, paths: int, seed: int = 0) -> Simulation:
        """Return means over simulated paths of that many periods, each with its standard error.

        The value jumps; each period's error is that of the mean from the value it has then.
        """
        require(simulation_problems(periods, paths, seed))
        return simulate_ensemble(self.ensemble(periods, seed), paths)
