"""The market of Das (2005) as an object: a learning market maker who keeps a whole density over a jumping value."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from glosten.errors import DomainError
from glosten.theory import _das
from glosten.theory._binary_model import Gains
from glosten.theory._das import Floats, Traders
from glosten.theory._das_ensemble import DasEnsemble
from glosten.theory._das_paths import DasMarket
from glosten.theory._domain import Interval, require
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._order_flow import ORDERS, TwoSidedQuotes, order_problem
from glosten.theory._sequence import sequence_log_likelihood

SIGMA = Interval("sigma", "the standard deviation of a jump, in price units", 0.0, math.inf, open_low=True)
SIGMA_W = Interval("sigma_w", "the standard deviation of an informed signal", 0.0, math.inf, open_low=True)
P_JUMP = Interval("p_jump", "the probability that the value jumps in a period")
ALPHA = Interval("alpha", "the fraction of traders who are informed")
ETA = Interval("eta", "the probability that a noise trader buys, and that it sells", 0.0, 0.5)
SHIFT = Interval("shift", "by how much the maker widens each quote, in price units", 0.0, math.inf)
INVENTORY_SHIFT = Interval("inventory_shift", "by how much a unit held lowers both quotes", 0.0, math.inf)
START = Interval("start", "the mean before the first jump, in price units", -math.inf, math.inf)
STEP = Interval("step", "the distance of two points of the grid, in price units", 0.0, math.inf, open_low=True)
REACH = Interval("reach", "half the width of the grid in standard deviations of a jump", 1.0, 12.0)
MOST_POINTS = 20_001


class FirstQuote(NamedTuple):
    """The first quotes after a known jump in closed form, around the mean, in price units."""

    half_spread: float
    p_buy: float
    variance_after_buy: float


@dataclass(frozen=True, eq=False)
class Das:
    """The maker of Das (2005): V jumps by N(0, sigma^2) with probability p_jump a period, the informed see V + noise.

    Prices in units of your choice (the paper: cents). ``alpha`` informed traders see W = V + N(0, sigma_w^2) and buy if
    W > ask, sell if W < bid: naive, they do not shade W towards the mean. Others buy or sell with probability ``eta``
    each. ``known_jumps``: the maker is told of a jump, though not of its size (call `jump`), and centres N(E[V],
    sigma^2) anew; else every `update` mixes the belief with the law of a jump. The posted quotes are the zero-profit
    ones, ``shift`` wider on each side and ``inventory_shift`` times the inventory lower. The belief lives on a grid of
    ``step`` from -``reach`` to +``reach`` sigma about its centre. Raises `DomainError` naming every parameter outside
    its domain.

    Source: Das (2005), A learning market-maker in the Glosten-Milgrom model.
    """

    sigma: float
    sigma_w: float
    p_jump: float
    alpha: float
    eta: float = 0.5
    shift: float = 0.0
    inventory_shift: float = 0.0
    known_jumps: bool = True
    start: float = 0.0
    step: float = 1.0
    reach: float = 4.0
    inventory: int = field(init=False, default=0)
    origin: int = field(init=False, repr=False, default=0)
    density: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        checks = [SIGMA.problem(self.sigma), SIGMA_W.problem(self.sigma_w), P_JUMP.problem(self.p_jump)]
        checks += [ALPHA.problem(self.alpha), ETA.problem(self.eta), SHIFT.problem(self.shift)]
        checks += [INVENTORY_SHIFT.problem(self.inventory_shift), START.problem(self.start)]
        checks += [STEP.problem(self.step), REACH.problem(self.reach)]
        require(checks)
        if not 3 <= self.points <= MOST_POINTS:
            raise DomainError(
                f"2 reach sigma / step must make a grid of 3 to {MOST_POINTS} points; it made {self.points}."
            )
        density, origin = _centred(self.points, self.start / self.step, self.sigma / self.step)
        object.__setattr__(self, "origin", origin)
        object.__setattr__(self, "density", density)

    def _holding(self, density: Floats, origin: int, inventory: int) -> Das:
        """Return the model with another belief and inventory; the belief is read-only."""
        model = replace(self)
        density.flags.writeable = False
        object.__setattr__(model, "density", density)
        object.__setattr__(model, "origin", origin)
        object.__setattr__(model, "inventory", inventory)
        return model

    @property
    def points(self) -> int:
        """Return how many points the grid has: an odd number."""
        return 2 * round(min(self.reach * self.sigma / self.step, MOST_POINTS)) + 1

    @property
    def traders(self) -> Traders:
        """Return (alpha, eta, sigma_w in steps of the grid), as the compiled functions take it."""
        return float(self.alpha), float(self.eta), float(self.sigma_w / self.step)

    @property
    def _window(self) -> tuple[int, int]:
        held = np.flatnonzero(self.density)
        return int(held[0]), int(held[-1])

    @property
    def values(self) -> Floats:
        """Return the values of the grid in price units, shape (points,), ascending."""
        values: Floats = (self.origin + np.arange(self.points, dtype=np.float64)) * self.step
        return values

    @property
    def mean(self) -> float:
        """Return E[V] in price units."""
        return float((self.origin + _das.das_mean(self.density, self._window)) * self.step)

    @property
    def variance(self) -> float:
        """Return Var[V] in squared price units."""
        return float(self.density @ (self.values - self.mean) ** 2)

    def _fair(self) -> tuple[float, float]:
        """Return the zero-profit (bid, ask) in steps from the origin, NaN where nobody ever trades."""
        mean, window = _das.das_mean(self.density, self._window), self._window
        room = np.empty((2, self.points))
        bid, ask = (_das.das_quote(self.density, window, (mean, mean), side, self.traders, room) for side in (-1, 1))
        return bid, ask

    def _posted(self) -> tuple[float, float]:
        """Return the posted (bid, ask) in steps from the origin."""
        bid, ask = self._fair()
        lower = self.inventory_shift * self.inventory
        return bid - (self.shift + lower) / self.step, ask + (self.shift - lower) / self.step

    def _probability(self, order: int) -> float:
        bid, ask = self._posted()
        if math.isnan(bid):
            return float(order == 0)
        return math.fsum(
            chance * _das.das_order_if(float(point), order, bid, ask, self.traders)
            for point, chance in enumerate(self.density)
            if chance > 0.0
        )

    def fair_quotes(self) -> tuple[float | None, float | None]:
        """Return the zero-profit (bid, ask) in price units, before shift and inventory; None where nobody ever trades.

        Source: `das_quote`.
        """
        bid, ask = self._fair()
        if math.isnan(bid):
            return None, None
        return (self.origin + bid) * self.step, (self.origin + ask) * self.step

    def why_no_quote(self, side: int) -> str | None:
        """Return in words why nobody can buy (+1) or sell (-1), None where somebody can."""
        require([None if side in (1, -1) else f"side must be 1 (a buy) or -1 (a sell); it was {side}."])
        if self.alpha > 0.0 or self.eta > 0.0:
            return None
        word = "buy" if side > 0 else "sell"
        return f"A {word} has probability 0: nobody is informed (alpha = 0), and no noise trader trades (eta = 0)."

    def quotes(self) -> TwoSidedQuotes:
        """Return both posted quotes before the next order, with the probability of each order.

        Source: `das_quote`, then shift and inventory.
        """
        bid, ask = self._posted()
        nobody = math.isnan(bid)
        return TwoSidedQuotes(
            bid=None if nobody else (self.origin + bid) * self.step,
            ask=None if nobody else (self.origin + ask) * self.step,
            spread=None if nobody else (ask - bid) * self.step,
            mean=self.mean,
            p_buy=self._probability(1),
            p_sell=self._probability(-1),
            p_none=self._probability(0),
            why_no_bid=self.why_no_quote(-1),
            why_no_ask=self.why_no_quote(1),
        )

    def order_probability(self, order: int) -> float:
        """Return P(the next period brings this order): +1 a buy, -1 a sell, 0 no trade.

        Source: `das_order_if`.
        """
        require([order_problem(order)])
        return self._probability(order)

    def update(self, order: int) -> Das:
        """Return the model after a period: a buy (1), a sell (-1) or no trade (0), then an unseen jump if unknown.

        Raises `DomainError` where the order cannot happen.

        Source: `das_update`, `das_mix`.
        """
        require([order_problem(order)])
        density, window, room = self.density.copy(), self._window, np.empty((2, self.points))
        quotes, origin = self._posted(), self.origin
        chance = float(order == 0)
        if not math.isnan(quotes[0]):
            chance, first, last = _das.das_update(density, window, order, quotes, self.traders, room)
            window = first, last
        if not chance > 0.0:
            raise DomainError(f"A {ORDERS[order]} has probability 0. Nothing can be learned from it.")
        if not self.known_jumps:
            law = _das.das_jump_law(self.points, self.sigma / self.step)
            window = _das.das_mix(density, window, law, self.p_jump)
            steps = _das.das_steps_off(_das.das_mean(density, window), self.points)
            if steps != 0:
                _das.das_move(density, window, steps)
                origin += steps
        return self._holding(density, origin, self.inventory - order)

    def jump(self) -> Das:
        """Return the model once the maker is told that the value has jumped: N(E[V], sigma^2) centred anew.

        Source: `das_recentre`.
        """
        density, origin = _centred(self.points, self.mean / self.step, self.sigma / self.step)
        return self._holding(density, origin, self.inventory)

    def log_likelihood(self, orders: Iterable[int]) -> float:
        """Return ln P(a sequence of orders, one a period and none during which a jump is told); minus infinity if none.

        Source: the chain rule, quotes being set anew before each order.
        """
        return sequence_log_likelihood(self, orders)

    def informed_share(self, order: int) -> float | None:
        """Return P(the trader was informed | order), None where it cannot happen.

        Source: Bayes.
        """
        total = self.order_probability(order)
        noise = (1.0 - self.alpha) * (self.eta if order else 1.0 - 2.0 * self.eta)
        return max(1.0 - noise / total, 0.0) if total > 0.0 else None

    def gains(self, order: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival: by one order, or by all; 0 for no trade.

        At the fair quotes the maker expects 0 on each side; ``shift`` and inventory are what it asks beyond that.

        Source: `das_excess`, side by side.
        """
        require([None if order is None else order_problem(order)])
        bid, ask = self._posted()
        knows = unaware = 0.0
        for side in (1, -1) if order is None else (order,):
            if side == 0 or math.isnan(bid):
                continue
            price = ask if side > 0 else bid
            mean = float(_das.das_mean(self.density, self._window))
            noise = side * (1.0 - self.alpha) * self.eta * (mean - price)
            unaware += noise
            room = np.empty((2, self.points))
            knows += _das.das_excess(self.density, self._window, price, side, self.traders, room)[0] - noise
        return Gains(knows * self.step, unaware * self.step, -(knows + unaware) * self.step)

    def first_quote(self) -> FirstQuote:
        """Return the zero-profit quote just after a known jump in closed form, on an endless grid without gaps.

        Raises `DomainError` where alpha is 0: there is nothing to be afraid of.

        Source: x (k + 1 - Phi(x)) = rho^2 phi(x) (`das_closed_quote`); P(B) = (1-alpha) eta + alpha (1-Phi(x));
        Var(V|B) = sigma^2 - x^2 sigma_w^2, at the zero-profit ask.
        """
        require([ALPHA._replace(open_low=True).problem(self.alpha)])
        total = math.hypot(self.sigma, self.sigma_w)
        x = _das.das_closed_quote((self.sigma / total) ** 2, (1.0 - self.alpha) * self.eta / self.alpha)
        p_buy = (1.0 - self.alpha) * self.eta + self.alpha * 0.5 * math.erfc(x / math.sqrt(2.0))
        return FirstQuote(x * total, p_buy, self.sigma**2 - (x * self.sigma_w) ** 2)

    @property
    def market(self) -> DasMarket:
        """Return what a path of this market is made of."""
        return DasMarket(
            step=float(self.step),
            sigma=float(self.sigma / self.step),
            p_jump=float(self.p_jump),
            known_jumps=bool(self.known_jumps),
            traders=self.traders,
            shift=float(self.shift / self.step),
            inventory_shift=float(self.inventory_shift / self.step),
            inventory=self.inventory,
            density=self.density,
            origin=self.origin,
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


def _centred(points: int, mean: float, sigma: float) -> tuple[Floats, int]:
    """Return N(mean, sigma^2) on a grid whose middle is the point nearest to the mean, and the grid's first point."""
    density: Floats = np.empty(points)
    origin = math.floor(mean + 0.5) - points // 2
    _das.das_recentre(density, mean - origin, sigma)
    density.flags.writeable = False
    return density, origin
