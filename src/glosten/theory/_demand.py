"""How noise traders mind the premium they pay, and the premium that competitive makers or a monopolist ask.

A side is described from the middle outwards: ``premium`` is the distance of the quote from E[V], ``gap`` that of the
value the informed know, ``informed`` = alpha P(that value), ``noise`` = (1 - alpha) eta; a noise trader takes the quote
with probability q(premium), q(0) = 1. Price units throughout. A side without an equilibrium is NaN: nobody can quote it
without a loss. Compiled code tells a demand by its `DemandCode`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from glosten._jit import jit
from glosten.theory._domain import Interval, require

DemandCode: TypeAlias = tuple[int, float]
"""Which demand (`LINEAR` or `LOGISTIC`), and its width or scale."""

LINEAR, LOGISTIC = 0, 1
WIDTH = Interval("width", "the premium at which nobody trades without information", 0.0, math.inf, open_low=True)
SCALE = Interval("scale", "the premium per unit of log-odds of staying out", 0.0, math.inf, open_low=True)
BISECTIONS = 200
NEWTON_STEPS = 40
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
        if step > 0 and y in (low, high):
            break
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
def _first_logistic_root(gap: float, informed: float, noise: float, scale: float) -> float:
    """Return the root of noise q(x) x = informed (gap - x) before the hump of demand; NaN where Newton finds none.

    Source: the difference of the two sides rises and is concave up to `LOGISTIC_TURN`, so Newton's steps from 0 climb
    to the root and never pass it.
    """
    x = 0.0
    for _ in range(NEWTON_STEPS):
        if x >= scale * LOGISTIC_TURN or x >= gap:
            return math.nan
        grown = math.exp(x / scale)
        slope = noise * 2.0 * (1.0 + grown - x / scale * grown) / (1.0 + grown) ** 2 + informed
        if slope <= 0.0:
            return math.nan
        step = (informed * (gap - x) - noise * logistic_demand(x, scale) * x) / slope
        x += step
        if step <= 4e-16 * x:
            return x
    return math.nan


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
    near = _first_logistic_root(gap, informed, noise, scale)
    if not math.isnan(near):
        return near
    low, high = 0.0, min(scale * _logistic_peak(informed / noise), gap)
    if noise * logistic_demand(high, scale) * high < informed * (gap - high):
        low, high = high, gap
    for _ in range(BISECTIONS):
        x = 0.5 * (low + high)
        if x in (low, high):
            break
        if noise * logistic_demand(x, scale) * x < informed * (gap - x):
            low = x
        else:
            high = x
    return 0.5 * (low + high)


@jit
def compelled_premium(informed: float, noise: float, width: float) -> float:
    """Return the premium of a monopolist under linear demand if the informed traded at any price, even at a loss.

    It is the monopolist's premium where it lies below the gap; beyond, the informed stay out (`monopolist_premium`).

    Source: maximum of noise (1 - x/w) x - informed (gap - x): (w / 2)(1 + informed / noise).
    """
    return 0.5 * width * (1.0 + informed / noise) if noise > 0.0 else math.nan


@jit
def demand_share(premium: float, demand: DemandCode) -> float:
    """Return the probability that a noise trader takes a premium, at most 1 where it is a bargain.

    Source: `linear_demand`, `logistic_demand`.
    """
    kind, size = demand
    share = linear_demand(premium, size) if kind == LINEAR else logistic_demand(premium, size)
    return min(share, 1.0)


@jit
def competitive_premium(gap: float, informed: float, noise: float, demand: DemandCode) -> float:
    """Return the smallest zero-profit premium, NaN where the side breaks down.

    Source: `linear_premium`, `logistic_premium`.
    """
    kind, size = demand
    if kind == LINEAR:
        return linear_premium(gap, informed, noise, size)
    return logistic_premium(gap, informed, noise, size)


@jit
def monopolist_premium(gap: float, informed: float, noise: float, demand: DemandCode) -> tuple[float, float]:
    """Return (premium, profit per arrival) of a maker without rivals, (NaN, 0) where it too would lose.

    The informed come only where V lies beyond the quote: a monopolist may price them out, if noise pays more.

    Source: maximum of noise q(x) x - informed (gap - x)^+, which peaks once below the gap and once beyond it.
    """
    best, most = math.nan, 0.0
    if not noise > 0.0:
        return best, most
    kind, size = demand
    if kind == LINEAR:
        among, alone = compelled_premium(informed, noise, size), max(gap, 0.5 * size)
    else:
        among, alone = size * _logistic_peak(informed / noise), max(gap, LOGISTIC_BEST * size)
    for premium in (among if among < gap else alone, alone):
        share = demand_share(premium, demand)
        profit = noise * share * premium - informed * max(gap - premium, 0.0)
        if share > 0.0 and profit >= 0.0 and (math.isnan(best) or profit > most):
            best, most = premium, profit
    return best, most


class Demand(Protocol):
    """How noise traders mind a premium, and what follows for one side of the market."""

    def share(self, premium: float) -> float:
        """Return the probability that a noise trader who would trade takes the premium."""

    def competitive(self, gap: float, informed: float, noise: float) -> float:
        """Return the smallest zero-profit premium, NaN where there is none."""

    @property
    def code(self) -> DemandCode:
        """Return the demand as compiled code takes it."""

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

    @property
    def code(self) -> DemandCode:
        """Return the demand as compiled code takes it."""
        return LINEAR, float(self.width)

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

    @property
    def code(self) -> DemandCode:
        """Return the demand as compiled code takes it."""
        return LOGISTIC, float(self.scale)

    def critical_alpha(self, gap: float, chance: float, eta: float) -> float:  # noqa: ARG002 - as linear demand
        """Return 1: somebody takes any premium, so the side never closes."""
        return 1.0
