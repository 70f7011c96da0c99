"""Small and large orders: traders with news choose the size, and the size tells the maker about news.

An informed trader would trade much, but at the price for much; hiding among small orders pays where few noise traders
trade much. ``order`` is +2 and +1 for a large and a small buy, -1 and -2 for a small and a large sell, 0 for no trade.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from glosten.errors import DomainError
from glosten.theory._binary_model import GAMMA, V_HIGH, V_LOW, Gains
from glosten.theory._domain import Interval, require, rising_problem
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._event_uncertainty import BAD, EPS, GOOD, MU, NO_EVENT, P_BAD, P_EVENT, V_NONE
from glosten.theory._order_table import normalised
from glosten.theory._path_kernel import KernelEnsemble, kernel_ensemble
from glosten.theory._sequence import sequence_log_likelihood
from glosten.theory._trade_size_choice import large_fraction, size_premium
from glosten.theory._trade_size_paths import trade_size_paths

ORDERS = {2: "large buy", 1: "small buy", 0: "period without a trade", -1: "small sell", -2: "large sell"}
LARGE_SHARE = Interval("large_share", "the share of noise traders who trade the large size")
SMALL = Interval("small", "the small size", 0.0, math.inf, open_low=True)
LARGE = Interval("large", "the large size", 0.0, math.inf, open_low=True)


class SizeQuotes(NamedTuple):
    """Quotes for both sizes before the next order, in price units, and how the informed choose.

    A size without a quote is None, `TradeSize.why_no_quote` says why; ``spread`` is that of the large size, or of the
    small where the large lacks a side. ``large_if_good`` and ``large_if_bad`` are the
    fractions of the informed who trade the large size after good and bad news: 1 is separating, less is pooling.
    """

    bid_large: float | None
    bid_small: float | None
    ask_small: float | None
    ask_large: float | None
    mean: float
    large_if_good: float | None
    large_if_bad: float | None
    spread: float | None


@dataclass(frozen=True, slots=True)
class TradeSize:
    """Easley and O'Hara's market of two sizes: news with probability p_event, known to a fraction mu, sizes chosen.

    ``v_low`` < ``v_high`` in price units; ``p_event``, ``p_bad``, ``mu`` and ``gamma`` as in `EventUncertainty`; noise
    trades with probability ``eps``, buys with ``gamma``, and trades ``large`` with probability ``large_share``,
    else ``small``; 0 < small < large. The value without news is ``v_none``, the prior mean unless given. Raises
    `DomainError` naming every parameter outside its domain. ``beliefs`` in (no news, good, bad) follow.

    Source: Easley & O'Hara (1987), Price, trade size, and information in securities markets; equilibrium derived here.
    """

    v_low: float
    v_high: float
    p_event: float
    p_bad: float
    mu: float
    large_share: float
    small: float = 1.0
    large: float = 2.0
    eps: float = 1.0
    gamma: float = 0.5
    v_none: float | None = None
    beliefs: tuple[float, float, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        checks = [V_LOW.problem(self.v_low), V_HIGH.problem(self.v_high), P_EVENT.problem(self.p_event)]
        checks += [P_BAD.problem(self.p_bad), MU.problem(self.mu), LARGE_SHARE.problem(self.large_share)]
        checks += [
            SMALL.problem(self.small),
            LARGE.problem(self.large),
            EPS.problem(self.eps),
            GAMMA.problem(self.gamma),
        ]
        checks.append(rising_problem("v_low", self.v_low, "v_high", self.v_high))
        checks.append(rising_problem("small", self.small, "large", self.large))
        require(checks)
        if self.v_none is None:
            object.__setattr__(self, "v_none", self.v_high - self.p_bad * (self.v_high - self.v_low))
        else:
            require([V_NONE._replace(low=float(self.v_low), high=float(self.v_high)).problem(self.v_none)])
        news = (1.0 - self.p_event, self.p_event * (1.0 - self.p_bad), self.p_event * self.p_bad)
        object.__setattr__(self, "beliefs", news)

    @property
    def _values(self) -> tuple[float, float, float]:
        return (self.v_high if self.v_none is None else self.v_none), self.v_high, self.v_low

    @property
    def mean(self) -> float:
        """Return E[V] in price units."""
        return self.v_low + sum(p * (v - self.v_low) for p, v in zip(self.beliefs, self._values, strict=True))

    @property
    def noise_mean(self) -> float | None:
        """Return E[V] given that the trader knows nothing, in price units; None where everybody knows.

        Source: noise traders are the rarer on days with news, so they say a little against it.
        """
        present = self._noise_present()
        total = math.fsum(present)
        if not total > 0.0:
            return None
        return self.v_low + sum(p * (v - self.v_low) for p, v in zip(present, self._values, strict=True)) / total

    def _noise_present(self) -> tuple[float, float, float]:
        """Return P(state and the next trader is a noise trader)."""
        none, good, bad = self.beliefs
        return none, good * (1.0 - self.mu), bad * (1.0 - self.mu)

    def noise_order(self, order: int) -> float:
        """Return P(order | a noise trader came), a probability."""
        if order == 0:
            return 1.0 - self.eps
        size = self.large_share if abs(order) == 2 else 1.0 - self.large_share
        return self.eps * size * (self.gamma if order > 0 else 1.0 - self.gamma)

    def _side(self, side: int) -> tuple[float, float, float]:
        """Return (informed, noise_small, noise_large) of a side, as probabilities of the next arrival."""
        noise = math.fsum(self._noise_present())
        informed = self.mu * self.beliefs[GOOD if side > 0 else BAD]
        return informed, noise * self.noise_order(side), noise * self.noise_order(2 * side)

    def large_fraction(self, side: int) -> float | None:
        """Return the fraction of the informed who buy (+1) or sell (-1) large, None where the side has no equilibrium.

        Source: `large_fraction`.
        """
        require([None if side in (1, -1) else f"side must be 1 (a buy) or -1 (a sell); it was {side}."])
        fraction = large_fraction(*self._side(side), self.large / self.small)
        return None if math.isnan(fraction) else fraction

    def _informed_order(self, order: int) -> float:
        """Return P(order | an informed trader of that side came); those of a side without equilibrium stay out."""
        side = 1 if order > 0 else -1
        fraction = self.large_fraction(side)
        if fraction is None:
            return 0.0
        return fraction if abs(order) == 2 else 1.0 - fraction

    def order_if(self, state: int, order: int) -> float:
        """Return P(order | state), a probability; state 0 is no news, 1 good news, 2 bad news.

        Source: Easley & O'Hara (1987), figure 1, with the sizes of `large_fraction`.
        """
        require([_order_problem(order)])
        noise = self.noise_order(order)
        if state == NO_EVENT:
            return noise
        side = 1 if state == GOOD else -1
        if order == 0:
            knows = 1.0 if self.large_fraction(side) is None else 0.0
        else:
            knows = self._informed_order(order) if order * side > 0 else 0.0
        return self.mu * knows + (1.0 - self.mu) * noise

    def order_probability(self, order: int) -> float:
        """Return P(the next period brings this order)."""
        return math.fsum(belief * self.order_if(state, order) for state, belief in enumerate(self.beliefs))

    def price(self, order: int) -> float | None:
        """Return the zero-profit price of an order, None where it has none.

        Source: `size_premium` from the noise traders' mean value.
        """
        require([_order_problem(order) if order else "order must be 2, 1, -1 or -2; no trade has no price."])
        middle, side = self.noise_mean, 1 if order > 0 else -1
        if middle is None or self.large_fraction(side) is None:
            return None
        informed, noise_small, noise_large = self._side(side)
        gap = self.v_high - middle if side > 0 else middle - self.v_low
        noise = noise_large if abs(order) == 2 else noise_small
        premium = size_premium(gap, informed * self._informed_order(order), noise)
        return None if math.isnan(premium) else middle + side * premium

    def why_no_quote(self, order: int) -> str | None:
        """Return in words why a size has no quote, None where it has one."""
        if self.price(order) is not None:
            return None
        if self.noise_mean is None:
            return f"A {ORDERS[order]} has no price: there are no noise traders (news is certain and mu = 1)."
        return (
            f"A {ORDERS[order]} has no price: no noise trader places one (eps = {self.eps:g}, gamma = {self.gamma:g}, "
            f"large_share = {self.large_share:g}), and at every price the informed trade only what it loses on."
        )

    def quotes(self) -> SizeQuotes:
        """Return the quotes for both sizes and sides before the next order.

        Source: `price`.
        """
        prices = {order: self.price(order) for order in (-2, -1, 1, 2)}
        spreads = [_distance(prices[-size], prices[size]) for size in (2, 1)]
        return SizeQuotes(
            bid_large=prices[-2],
            bid_small=prices[-1],
            ask_small=prices[1],
            ask_large=prices[2],
            mean=self.mean,
            large_if_good=self.large_fraction(1),
            large_if_bad=self.large_fraction(-1),
            spread=next((spread for spread in spreads if spread is not None), None),
        )

    def informed_gain(self, order: int) -> float | None:
        """Return what an informed trader of that side gains by an order, in price units times size; None without price.

        In equilibrium both sizes that the informed use pay the same, and an unused one no more.

        Source: size (V_H - ask) for a buy, size (bid - V_L) for a sell.
        """
        price = self.price(order)
        if price is None:
            return None
        gain = self.v_high - price if order > 0 else price - self.v_low
        return gain * (self.large if abs(order) == 2 else self.small)

    def maker_gain(self, order: int) -> float:
        """Return what the maker expects of an order per arrival, in price units times size: 0, up to rounding.

        Source: sum over states of P(state) P(order | state) (price - V), its own sign for a sell.
        """
        price = self.price(order)
        if price is None:
            return 0.0
        rows = zip(self.beliefs, self._values, strict=True)
        flow = math.fsum(p * self.order_if(state, order) * (price - value) for state, (p, value) in enumerate(rows))
        return flow * (self.large if abs(order) == 2 else self.small) * (1 if order > 0 else -1)

    def informed_share(self, order: int) -> float | None:
        """Return P(the trader was informed | order), None where it cannot happen.

        Source: Bayes.
        """
        total = self.order_probability(order)
        noise = math.fsum(self._noise_present()) * self.noise_order(order)
        return max(1.0 - noise / total, 0.0) if total > 0.0 else None

    def gains(self, order: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival, in price units times size: by one order, or by all.

        Source: P(informed) times `informed_gain`, and `maker_gain`; noise loses what the two win.
        """
        require([None if order is None else _order_problem(order)])
        informed = maker = 0.0
        for one in (2, 1, -1, -2) if order is None else (order,):
            gain = self.informed_gain(one) if one else None
            if gain is not None:
                informed += self._side(1 if one > 0 else -1)[0] * self._informed_order(one) * gain
                maker += self.maker_gain(one)
        return Gains(informed, -(informed + maker), maker)

    def update(self, order: int) -> TradeSize:
        """Return the model after an order (2, 1, 0, -1, -2). Raises `DomainError` where it cannot happen.

        Source: Bayes with `order_if`.
        """
        joint = [belief * self.order_if(state, order) for state, belief in enumerate(self.beliefs)]
        none, good, bad = normalised(np.array(joint)).tolist()
        if math.isnan(none):
            why = self.why_no_quote(order) if order else "A period without a trade has probability 0."
            raise DomainError(f"{why} Nothing can be learned from it.")
        event = good + bad
        model = replace(self, p_event=min(event, 1.0), p_bad=min(bad / event, 1.0) if event > 0.0 else self.p_bad)
        object.__setattr__(model, "beliefs", (none, good, bad))
        return model

    def log_likelihood(self, orders: Iterable[int]) -> float:
        """Return ln P(a sequence of orders, each at the quotes of its time); minus infinity where it cannot happen."""
        return sequence_log_likelihood(self, orders)

    def ensemble(self, periods: int, seed: int = 0) -> KernelEnsemble:
        """Return all paths of that many periods that the seed draws.

        Source: `trade_size_paths`.
        """
        traders = float(self.mu), float(self.eps), float(self.gamma), float(self.large_share)
        numbers = np.array(self._values), np.array(self.beliefs), traders, (float(self.small), float(self.large))
        return kernel_ensemble("trade size", trade_size_paths, numbers, periods, seed)

    def simulate(self, periods: int, paths: int, seed: int = 0) -> Simulation:
        """Return means over simulated paths of that many periods, each with its standard error.

        The spread is that of `SizeQuotes`; gains and inventory are in units of size.
        """
        require(simulation_problems(periods, paths, seed))
        return simulate_ensemble(self.ensemble(periods, seed), paths)


def _distance(bid: float | None, ask: float | None) -> float | None:
    return None if bid is None or ask is None else ask - bid


def _order_problem(order: int) -> str | None:
    """Return what is wrong with an order, or None."""
    if order in ORDERS:
        return None
    return f"order must be 2 or 1 (a large or small buy), 0, -1 or -2 (a small or large sell); it was {order}."
