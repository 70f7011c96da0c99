"""Laws of a continuous value: what the tails hold, and the first quotes in closed form.

A law knows its mean and, beyond any price x on either side, the probability, E|V - x| and E[(V - x)^2] there. ``n``
stands for (1 - alpha) times the probability that a noise trader takes the side. Where noise never takes a side, or the
formula has no meaning, a price is NaN.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from glosten._jit import jit
from glosten.errors import DomainError
from glosten.theory._domain import Interval, require, rising_problem
from glosten.theory._normal import normal_quantile

ROOT_TWO, ROOT_TWO_PI = math.sqrt(2.0), math.sqrt(2.0 * math.pi)
STEPS = 2000
FAR_OUT = 10.0
"""Standard deviations from the mean at which a law of scipy is looked at, whether it is one of numbers."""
RELATIVE = 1e-11
"""Relative error asked of integrals."""
LOW = Interval("low", "the lowest value, in price units", -math.inf, math.inf)
HIGH = Interval("high", "the highest value, in price units", -math.inf, math.inf)
MEAN = Interval("mean", "the expected value, in price units", -math.inf, math.inf)
SD = Interval("sd", "the standard deviation of the value, in price units", 0.0, math.inf, open_low=True)
SCALE = Interval(
    "scale", "the mean distance of the value from its lowest, in price units", 0.0, math.inf, open_low=True
)


class ValueLaw(Protocol):
    """A law of the value, with what the solver needs to know of it."""

    @property
    def mean(self) -> float:
        """Return E[V]."""

    def above(self, price: float) -> tuple[float, float]:
        """Return P(V > x) and E[(V - x)^+]."""

    def below(self, price: float) -> tuple[float, float]:
        """Return P(V < x) and E[(x - V)^+]."""

    def square(self, price: float, side: int) -> float:
        """Return E[(V - x)^2; V beyond x]: above for +1, below for -1."""

    def quantile(self, probability: float) -> float:
        """Return the price below which the value lies with that probability."""

    def first_quote(self, side: int, alpha: float, noise: float) -> float | None:
        """Return the first ask (+1) or bid (-1) in closed form, None where there is none."""


@jit
def uniform_ask(low: float, high: float, alpha: float, noise_buys: float) -> float:
    """Return the first ask of a uniform value, in price units; NaN where no noise trader buys.

    Source: the root of n (a - E V) = alpha (high - a)^2 / (2 (high - low)), in a form that loses no digits:
    low + (high - low) / (1 + sqrt(n / (n + alpha))); [0, 1], gamma = 1/2: (1 + alpha - sqrt(1 - alpha^2)) / (2 alpha).
    """
    noise = (1.0 - alpha) * noise_buys
    if not noise > 0.0:
        return math.nan
    return low + (high - low) / (1.0 + math.sqrt(noise / (noise + alpha)))


@jit
def normal_ask(mean: float, sd: float, alpha: float, noise_buys: float) -> float:
    """Return the first ask of a normal value, in price units; NaN where no noise trader buys.

    Source: mean + sd z with k z = phi(z) - z (1 - Phi(z)), k = n / alpha. The difference of the two sides is
    concave and rises, so Newton's steps from 0 climb to the root and never pass it; each is z -> g(z).
    """
    noise = (1.0 - alpha) * noise_buys
    if not noise > 0.0:
        return math.nan
    z = 0.0
    for _ in range(STEPS):
        beyond = 0.5 * math.erfc(z / ROOT_TWO)
        higher = alpha * math.exp(-0.5 * z * z) / ROOT_TWO_PI / (noise + alpha * beyond)
        if higher <= z:
            break
        z = higher
    return mean + sd * z


@jit
def lambert_w(x: float) -> float:
    """Return the principal W with W e^W = x for x >= -1/e; NaN below.

    Source: Corless et al. (1996), On the Lambert W function: Halley's steps.
    """
    branch = math.e * x + 1.0
    if branch < 0.0:
        return math.nan
    w = math.sqrt(2.0 * branch) - 1.0 if x < 1.0 else math.log(x)
    for _ in range(STEPS):
        grown = math.exp(w)
        missed = w * grown - x
        slope = grown * (w + 1.0)
        if missed == 0.0 or slope <= 0.0:
            break
        step = missed / (slope - 0.5 * (w + 2.0) * missed / (w + 1.0))
        w -= step
        if abs(step) <= 1e-16 * (1.0 + abs(w)):
            break
    return w


@jit
def exponential_ask(low: float, scale: float, alpha: float, noise_buys: float) -> float:
    """Return the first ask of an exponential value, in price units; NaN where no noise trader buys.

    Source: low + scale (1 + W(e^-1 alpha / n)), W Lambert's function.
    """
    noise = (1.0 - alpha) * noise_buys
    if not noise > 0.0:
        return math.nan
    return low + scale * (1.0 + lambert_w(alpha / (math.e * noise)))


@jit
def exponential_bid(low: float, scale: float, alpha: float, noise_sells: float) -> float:
    """Return the first bid of an exponential value, in price units; NaN where no noise trader sells.

    Source: n (1 - x) = alpha (x - 1 + e^-x): low + scale (1 + W(-e^-1 alpha / (alpha + n))).
    """
    noise = (1.0 - alpha) * noise_sells
    if not noise > 0.0:
        return math.nan
    return low + scale * (1.0 + lambert_w(-alpha / (math.e * (alpha + noise))))


def _uniform_reach(low: float, high: float, price: float) -> tuple[float, float, float]:
    """Return P(V > x), and how far beyond x the values above it end and start."""
    start = max(price, low)
    if price >= high:
        return 0.0, 0.0, 0.0
    return (high - start) / (high - low), high - price, start - price


@dataclass(frozen=True, slots=True)
class UniformValue:
    """A value anywhere between ``low`` and ``high``, in price units. Raises `DomainError` unless low < high."""

    low: float
    high: float

    def __post_init__(self) -> None:
        order = rising_problem("low", self.low, "high", self.high)
        require([LOW.problem(self.low), HIGH.problem(self.high), order])

    @property
    def mean(self) -> float:
        """Return E[V]."""
        return 0.5 * (self.low + self.high)

    def above(self, price: float) -> tuple[float, float]:
        """Return P(V > x) and E[(V - x)^+]."""
        left, far, near = _uniform_reach(self.low, self.high, price)
        return left, left * (far + near) / 2.0

    def below(self, price: float) -> tuple[float, float]:
        """Return P(V < x) and E[(x - V)^+]."""
        return UniformValue(-self.high, -self.low).above(-price)

    def square(self, price: float, side: int) -> float:
        """Return E[(V - x)^2; V beyond x]: above for +1, below for -1."""
        low, high = (self.low, self.high) if side > 0 else (-self.high, -self.low)
        left, far, near = _uniform_reach(low, high, price * side)
        return left * (far * far + far * near + near * near) / 3.0

    def quantile(self, probability: float) -> float:
        """Return the price below which the value lies with that probability."""
        return self.low + probability * (self.high - self.low)

    def first_quote(self, side: int, alpha: float, noise: float) -> float | None:
        """Return the first ask (+1) or bid (-1), NaN where noise never takes the side.

        Source: `uniform_ask`, mirrored for the bid.
        """
        if side > 0:
            return uniform_ask(self.low, self.high, alpha, noise)
        return -uniform_ask(-self.high, -self.low, alpha, noise)


@dataclass(frozen=True, slots=True)
class NormalValue:
    """A normal value of that mean and standard deviation, in price units. Raises `DomainError` unless sd > 0."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        require([MEAN.problem(self.mean), SD.problem(self.sd)])

    def above(self, price: float) -> tuple[float, float]:
        """Return P(V > x) and E[(V - x)^+]."""
        z = (price - self.mean) / self.sd
        beyond, density = 0.5 * math.erfc(z / ROOT_TWO), math.exp(-0.5 * z * z) / ROOT_TWO_PI
        return beyond, self.sd * max(density - z * beyond, 0.0)

    def below(self, price: float) -> tuple[float, float]:
        """Return P(V < x) and E[(x - V)^+]."""
        return self.above(2.0 * self.mean - price)

    def square(self, price: float, side: int) -> float:
        """Return E[(V - x)^2; V beyond x]: above for +1, below for -1."""
        z = side * (price - self.mean) / self.sd
        beyond, density = 0.5 * math.erfc(z / ROOT_TWO), math.exp(-0.5 * z * z) / ROOT_TWO_PI
        return self.sd**2 * max((1.0 + z * z) * beyond - z * density, 0.0)

    def quantile(self, probability: float) -> float:
        """Return the price below which the value lies with that probability."""
        return self.mean + self.sd * normal_quantile(probability)

    def first_quote(self, side: int, alpha: float, noise: float) -> float | None:
        """Return the first ask (+1) or bid (-1), NaN where noise never takes the side.

        Source: `normal_ask`, mirrored for the bid.
        """
        if side > 0:
            return normal_ask(self.mean, self.sd, alpha, noise)
        return -normal_ask(-self.mean, self.sd, alpha, noise)


@dataclass(frozen=True, slots=True)
class ExponentialValue:
    """A value above ``low`` by an exponential amount of mean ``scale``, in price units. Raises unless scale > 0."""

    scale: float
    low: float = 0.0

    def __post_init__(self) -> None:
        require([SCALE.problem(self.scale), LOW.problem(self.low)])

    @property
    def mean(self) -> float:
        """Return E[V]."""
        return self.low + self.scale

    def above(self, price: float) -> tuple[float, float]:
        """Return P(V > x) and E[(V - x)^+]."""
        x = (price - self.low) / self.scale
        if x <= 0.0:
            return 1.0, self.scale * (1.0 - x)
        left = math.exp(-x)
        return left, self.scale * left

    def below(self, price: float) -> tuple[float, float]:
        """Return P(V < x) and E[(x - V)^+]."""
        x = (price - self.low) / self.scale
        if x <= 0.0:
            return 0.0, 0.0
        left = -math.expm1(-x)
        return left, self.scale * (x - left)

    def square(self, price: float, side: int) -> float:
        """Return E[(V - x)^2; V beyond x]: above for +1, below for -1."""
        x = (price - self.low) / self.scale
        if side > 0:
            return self.scale**2 * (2.0 * math.exp(-x) if x > 0.0 else 1.0 + (1.0 - x) ** 2)
        return self.scale**2 * (x * x - 2.0 * (x + math.expm1(-x))) if x > 0.0 else 0.0

    def quantile(self, probability: float) -> float:
        """Return the price below which the value lies with that probability."""
        return self.low - self.scale * math.log1p(-probability) if probability < 1.0 else math.inf

    def first_quote(self, side: int, alpha: float, noise: float) -> float | None:
        """Return the first ask (+1) or bid (-1), NaN where noise never takes the side.

        Source: `exponential_ask`, `exponential_bid`.
        """
        if side > 0:
            return exponential_ask(self.low, self.scale, alpha, noise)
        return exponential_bid(self.low, self.scale, alpha, noise)


@dataclass(frozen=True, slots=True)
class AnyValue:
    """A value of any continuous law: a frozen scipy distribution with a mean and a variance, in price units.

    Moments are integrals of the chance of lying beyond a price, kept once computed. Raises `DomainError` for a discrete
    law (`ManyValues` has those) and for one without a finite mean and variance.
    """

    distribution: Any
    mean: float = field(init=False)
    sd: float = field(init=False)
    _kept: dict[tuple[float, int], float] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        if getattr(self.distribution, "pdf", None) is None or getattr(self.distribution, "sf", None) is None:
            raise DomainError(
                "distribution must be a frozen continuous distribution of scipy.stats; "
                f"it was {type(self.distribution).__name__} (ManyValues takes finitely many values)."
            )
        try:
            with np.errstate(all="ignore"):
                mean, sd = float(self.distribution.mean()), float(self.distribution.std())
        except (ArithmeticError, TypeError, ValueError) as error:
            raise DomainError(f"distribution must have a mean and a variance; scipy finds none ({error}).") from None
        if not (math.isfinite(mean) and math.isfinite(sd) and sd > 0.0):
            raise DomainError(f"distribution must have a finite mean and variance; they were {mean:g} and {sd**2:g}.")
        for price in (mean - FAR_OUT * sd, mean + FAR_OUT * sd):
            chance = float(self.distribution.cdf(price))
            if not 0.0 <= chance <= 1.0:
                raise DomainError(
                    f"distribution must have a cdf from 0 to 1; at {price:g} it was {chance:g}. "
                    "A law on a circle is none of prices."
                )
        object.__setattr__(self, "mean", mean)
        object.__setattr__(self, "sd", sd)

    def _beyond(self, price: float, side: int, power: int) -> float:
        """Return E|V - x|^power beyond x, the integral of power t^(power - 1) P(V lies further than t beyond x)."""
        from scipy.integrate import quad  # noqa: PLC0415 - a second of import that other laws do without

        low, high = self.distribution.support()
        reach = (high - price if side > 0 else price - low) / self.sd
        if reach <= 0.0:
            return 0.0
        chance = self.distribution.sf if side > 0 else self.distribution.cdf

        def weighted(t: float) -> float:
            return power * t ** (power - 1) * float(chance(price + side * t * self.sd))

        with np.errstate(all="ignore"):  # far out a law of scipy may well say inf or nan of what is 0 in the end
            integral = quad(weighted, 0.0, reach, epsabs=0.0, epsrel=RELATIVE, limit=400, full_output=1)[0]
        return self.sd**power * float(integral)

    def _distance(self, price: float, side: int) -> float:
        """Return E|V - x| beyond x, integrated on the side of the smaller tail."""
        smaller = 1 if price >= self.mean else -1
        if (price, smaller) not in self._kept:
            self._kept[price, smaller] = self._beyond(price, smaller, 1)
        distance = self._kept[price, smaller]
        return distance if side == smaller else distance + abs(price - self.mean)

    def above(self, price: float) -> tuple[float, float]:
        """Return P(V > x) and E[(V - x)^+]."""
        return float(self.distribution.sf(price)), self._distance(price, 1)

    def below(self, price: float) -> tuple[float, float]:
        """Return P(V < x) and E[(x - V)^+]."""
        return float(self.distribution.cdf(price)), self._distance(price, -1)

    def square(self, price: float, side: int) -> float:
        """Return E[(V - x)^2; V beyond x]: above for +1, below for -1."""
        return self._beyond(price, side, 2)

    def quantile(self, probability: float) -> float:
        """Return the price below which the value lies with that probability."""
        return float(self.distribution.ppf(probability))

    def first_quote(self, side: int, alpha: float, noise: float) -> float | None:  # noqa: ARG002 - as the other laws
        """Return None: no closed form is known for any law."""
        return None
