"""Noise traders who mind the price, markets that break down, and a monopolist beside competitive makers.

A side is described from the middle outwards: ``premium`` is the distance of the quote from E[V], ``gap`` that of the
value the informed know, ``informed`` = alpha P(that value), ``noise`` = (1 - alpha) eta; a noise trader takes the quote
with probability q(premium), q(0) = 1. Price units throughout. A side without an equilibrium is NaN: nobody can quote it
without a loss.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np

from glosten._jit import jit
from glosten.theory._binary_model import ALPHA, PRIOR, V_HIGH, V_LOW, Gains
from glosten.theory._domain import Interval, require
from glosten.theory._event_uncertainty import ETA
from glosten.theory._order_flow import OrderTable, TwoSidedQuotes, impossible

WIDTH = Interval("width", "the premium at which nobody trades without information", 0.0, math.inf, open_low=True)
SCALE = Interval("scale", "the premium per unit of log-odds of staying out", 0.0, math.inf, open_low=True)
BISECTIONS = 200
EXP_LIMIT = 700.0
LOGISTIC_BEST = 1.2784645427610738
"""Premium over scale that maximises q(x) x: 1 + W(1/e)."""
LOGISTIC_TURN = 2.3993572805154676
"""Premium over scale where the slope of q(x) x is smallest: y tanh(y / 2) = 2."""


@jit
def linear_demand(premium: float, width: float) -> float:
    """Return the probability that a noise trader takes a premium: 1 - x / w, at least 0 and at most 1."""
    return min(max(1.0 - premium / width, 0.0), 1.0)


@jit
def logistic_demand(premium: float, scale: float) -> float:
    """Return the probability that a noise trader takes a premium, relative to none: 2 / (1 + e^(x / s))."""
    return 2.0 / (1.0 + math.exp(min(premium / scale, EXP_LIMIT)))


@jit
def linear_premium(gap: float, informed: float, noise: float, width: float) -> float:
    """Return the competitive premium under linear demand, NaN where the side breaks down.

    Source: smallest root of noise (1 - x/w) x = informed (gap - x), taken as 2 B gap / (A + B + sqrt((A + B)^2 -
    4 A B gap / w)) with A = noise, B = informed; Glosten & Milgrom (1985), section 3, on breakdown.
    """
    if not noise > 0.0:
        return math.nan
    if gap <= 0.0 or informed <= 0.0:
        return 0.0
    total = noise + informed
    under = total * total - 4.0 * noise * informed * gap / width
    if under < 0.0:
        return math.nan
    root = 2.0 * informed * gap / (total + math.sqrt(under))
    return root if root < min(width, gap) else math.nan


@jit
def critical_alpha(gap: float, chance: float, eta: float, width: float) -> float:
    """Return the alpha above which a side breaks down under linear demand; 1 where no alpha below 1 does it.

    ``chance`` is the probability of the value that the informed would trade on.

    Source: r = alpha pi / ((1 - alpha) eta) = (sqrt k - sqrt(k - 1))^2 with k = gap / width, from the double root.
    """
    ratio = gap / width
    if ratio < 1.0 or chance <= 0.0:
        return 1.0
    odds = (math.sqrt(ratio) - math.sqrt(ratio - 1.0)) ** 2 * eta
    return odds / (chance + odds) if odds > 0.0 else 0.0


@jit
def _logistic_peak(ratio: float) -> float:
    """Return the first x / s where q(x) x + ratio x stops rising; infinite where it always rises.

    Source: d(q x)/dx = 2 (1 + e^y - y e^y) / (1 + e^y)^2, falling until `LOGISTIC_TURN`.
    """
    low, high = 0.0, LOGISTIC_TURN
    for step in range(BISECTIONS):
        y = high if step == 0 else 0.5 * (low + high)
        grown = math.exp(y)
        rises = 2.0 * (1.0 + grown - y * grown) / (1.0 + grown) ** 2 + ratio > 0.0
        if step == 0 and rises:
            return math.inf
        if rises:
            low = y
        elif step > 0:
            high = y
    return 0.5 * (low + high)


@jit
def logistic_premium(gap: float, informed: float, noise: float, scale: float) -> float:
    """Return the competitive premium under logistic demand; it never breaks down but jumps to near the gap.

    NaN only without noise traders.

    Source: smallest root of noise q(x) x = informed (gap - x), on the branch of `_logistic_peak` that holds it.
    """
    if not noise > 0.0:
        return math.nan
    if gap <= 0.0 or informed <= 0.0:
        return 0.0
    low, high = 0.0, min(scale * _logistic_peak(informed / noise), gap)
    if noise * logistic_demand(high, scale) * high < informed * (gap - high):
        low, high = high, gap
    for _ in range(BISECTIONS):
        x = 0.5 * (low + high)
        if noise * logistic_demand(x, scale) * x < informed * (gap - x):
            low = x
        else:
            high = x
    return 0.5 * (low + high)


@jit
def compelled_premium(informed: float, noise: float, width: float) -> float:
    """Return the premium of a monopolist under linear demand if the informed traded at any price, even at a loss.

    It is the monopolist's premium where it lies below the gap; beyond, the informed stay out (`Elastic.monopolist`).

    Source: maximum of noise (1 - x/w) x - informed (gap - x): (w / 2)(1 + informed / noise).
    """
    return 0.5 * width * (1.0 + informed / noise) if noise > 0.0 else math.nan


class Monopolist(NamedTuple):
    """What a maker without rivals quotes on a side, its premium over E[V], and its profit per arrival; price units."""

    quote: float
    premium: float
    profit: float


class Demand(Protocol):
    """How noise traders mind a premium, and what follows for one side of the market."""

    def share(self, premium: float) -> float:
        """Return the probability that a noise trader who would trade takes the premium."""

    def competitive(self, gap: float, informed: float, noise: float) -> float:
        """Return the smallest zero-profit premium, NaN where there is none."""

    def peaks(self, gap: float, informed: float, noise: float) -> tuple[float, float]:
        """Return where a monopolist may do best: with the informed coming (infinite if nowhere), and without them."""

    def critical_alpha(self, gap: float, chance: float, eta: float) -> float:
        """Return the alpha above which the side breaks down."""


@dataclass(frozen=True, slots=True)
class LinearDemand:
    """Noise traders of whom a share falling linearly takes a premium, nobody at ``width``. Raises unless width > 0."""

    width: float

    def __post_init__(self) -> None:
        require([WIDTH.problem(self.width)])

    def share(self, premium: float) -> float:
        """Return the probability that a noise trader takes the premium: `linear_demand`."""
        return linear_demand(premium, self.width)

    def competitive(self, gap: float, informed: float, noise: float) -> float:
        """Return the smallest zero-profit premium: `linear_premium`."""
        return linear_premium(gap, informed, noise, self.width)

    def peaks(self, gap: float, informed: float, noise: float) -> tuple[float, float]:
        """Return where a monopolist may do best: `compelled_premium`, and half the width or the gap."""
        return compelled_premium(informed, noise, self.width), max(gap, 0.5 * self.width)

    def critical_alpha(self, gap: float, chance: float, eta: float) -> float:
        """Return the alpha above which the side breaks down: `critical_alpha`."""
        return critical_alpha(gap, chance, eta, self.width)


@dataclass(frozen=True, slots=True)
class LogisticDemand:
    """Noise traders whose odds of staying out grow by e each ``scale`` of premium. Raises unless scale > 0."""

    scale: float

    def __post_init__(self) -> None:
        require([SCALE.problem(self.scale)])

    def share(self, premium: float) -> float:
        """Return the probability that a noise trader takes the premium: `logistic_demand`."""
        return logistic_demand(premium, self.scale)

    def competitive(self, gap: float, informed: float, noise: float) -> float:
        """Return the smallest zero-profit premium: `logistic_premium`."""
        return logistic_premium(gap, informed, noise, self.scale)

    def peaks(self, gap: float, informed: float, noise: float) -> tuple[float, float]:
        """Return where a monopolist may do best: the first peak with the informed coming, and that without them."""
        return self.scale * _logistic_peak(informed / noise), max(gap, LOGISTIC_BEST * self.scale)

    def critical_alpha(self, gap: float, chance: float, eta: float) -> float:  # noqa: ARG002 - as linear demand
        """Return 1: somebody takes any premium, so the side never closes."""
        return 1.0


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

    def __post_init__(self) -> None:
        checks = [V_LOW.problem(self.v_low), V_HIGH.problem(self.v_high), PRIOR.problem(self.prior)]
        checks += [ALPHA.problem(self.alpha), ETA.problem(self.eta)]
        if self.v_low >= self.v_high:
            checks.append(f"v_low must lie below v_high; they were {self.v_low:g} and {self.v_high:g}.")
        require(checks)
        for name in ("v_low", "v_high", "prior", "alpha", "eta"):
            object.__setattr__(self, name, float(getattr(self, name)))

    def _side(self, side: int) -> tuple[float, float, float]:
        """Return (gap, informed, noise) of a side."""
        require([None if side in (1, -1) else f"side must be 1 (a buy) or -1 (a sell); it was {side}."])
        chance = self.prior if side > 0 else 1.0 - self.prior
        gap = (self.v_high - self.v_low) * (1.0 - chance)
        return gap, self.alpha * chance, (1.0 - self.alpha) * self.eta

    @property
    def mean(self) -> float:
        """Return E[V] in price units."""
        return self.v_low + self.prior * (self.v_high - self.v_low)

    def premium(self, side: int) -> float | None:
        """Return the distance of the competitive ask (+1) or bid (-1) from E[V], None where the side breaks down.

        Source: `linear_premium`, `logistic_premium`.
        """
        premium = self.demand.competitive(*self._side(side))
        return None if math.isnan(premium) else premium

    def critical_alpha(self, side: int) -> float:
        """Return the alpha above which the side breaks down, everything else as it is; 1 where none does.

        Source: `critical_alpha`.
        """
        gap = self._side(side)[0]
        return self.demand.critical_alpha(gap, self.prior if side > 0 else 1.0 - self.prior, self.eta)

    @property
    def _table(self) -> OrderTable:
        informed, noise = np.zeros((2, 3)), np.zeros((2, 3))
        for side, knows in ((1, 1), (-1, 0)):
            premium = self.premium(side)
            informed[knows, 1 if premium is None else side + 1] = self.alpha
            noise[:, side + 1] = 0.0 if premium is None else self._side(side)[2] * self.demand.share(premium)
        noise[:, 1] = np.maximum(1.0 - self.alpha - noise[:, 0] - noise[:, 2], 0.0)
        states = np.array([[self.v_low, self.v_high], [1.0 - self.prior, self.prior]])
        return OrderTable(states, np.stack([informed, noise]))

    def order_probability(self, order: int) -> float:
        """Return P(the next period brings this order): +1 a buy, -1 a sell, 0 no trade."""
        return self._table.probability(order)

    def why_no_quote(self, side: int) -> str | None:
        """Return in words why a side has no quote, None where it has one."""
        if self._table.probability(side) > 0.0:
            return None
        word = "buy" if side > 0 else "sell"
        if not self._side(side)[2] > 0.0:
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

        Source: maximum of noise q(x) x - informed (gap - x)^+; Glosten (1989) on a monopolist that stays open.
        """
        gap, informed, noise = self._side(side)
        if not noise > 0.0:
            return None
        among, alone = self.demand.peaks(gap, informed, noise)
        best: Monopolist | None = None
        for premium in (among if among < gap else alone, alone):
            profit = noise * self.demand.share(premium) * premium - informed * max(gap - premium, 0.0)
            taken = self.demand.share(premium) > 0.0
            if taken and profit >= 0.0 and (best is None or profit > best.profit):
                best = Monopolist(self.mean + side * premium, premium, profit)
        return best

    def update(self, order: int) -> Elastic:
        """Return the model after a buy (1), a sell (-1) or no trade (0); no trade teaches only where a side is closed.

        Raises `DomainError` where it cannot happen.

        Source: Bayes; the informed of a closed side stay out.
        """
        after = self._table.after(order)
        if after is None:
            raise impossible(order, self.why_no_quote(order) if order else None)
        return replace(self, prior=after[1])

    def log_likelihood(self, orders: tuple[int, ...]) -> float:
        """Return ln P(a sequence of orders, each at the quotes of its time); minus infinity where it cannot happen."""
        model, total = self, 0.0
        for order in orders:
            probability = model.order_probability(order)
            if probability == 0.0:
                return -math.inf
            total += math.log(probability)
            model = model.update(order)
        return total

    def informed_share(self, order: int) -> float | None:
        """Return P(the trader was informed | order), None where it cannot happen."""
        return self._table.informed_share(order)

    def gains(self, order: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival: by one order, or by all together."""
        return self._table.gains(order)
