"""The standard normal law in compiled code: density, tail, quantile and the loss above a level."""

from __future__ import annotations

import math

from glosten._jit import jit

ROOT_TWO = math.sqrt(2.0)
LOG_ROOT_TWO_PI = 0.5 * math.log(2.0 * math.pi)
FAR = 35.0
"""Beyond this the tail is taken from its asymptotic series, since it has left the range of a float."""
BISECTIONS = 64
FARTHEST = 38.6
"""No probability that a float can hold lies further out."""


@jit
def normal_density(x: float) -> float:
    """Return phi(x)."""
    return math.exp(-0.5 * x * x - LOG_ROOT_TWO_PI)


@jit
def normal_tail(x: float) -> float:
    """Return 1 - Phi(x), exact to the last digits in the upper tail; Phi(x) is ``normal_tail(-x)``."""
    return 0.5 * math.erfc(x / ROOT_TWO)


@jit
def log_normal_tail(x: float) -> float:
    """Return ln(1 - Phi(x)), finite for every finite x.

    Source: Abramowitz & Stegun 26.2.12 beyond where the tail itself is a float.
    """
    if x < -1.0:
        return math.log1p(-normal_tail(-x))
    if x < FAR:
        return math.log(normal_tail(x))
    square = 1.0 / (x * x)
    series = 1.0 - square * (1.0 - 3.0 * square * (1.0 - 5.0 * square))
    return -0.5 * x * x - LOG_ROOT_TWO_PI - math.log(x) + math.log(series)


@jit
def normal_loss(x: float) -> float:
    """Return phi(x) - x (1 - Phi(x)) = E[(X - x)+], the unit normal loss above a level."""
    return normal_density(x) - x * normal_tail(x)


@jit
def normal_quantile(probability: float) -> float:
    """Return z with Phi(z) = probability: infinite at 0 and 1.

    The smaller tail is bisected, so both tails are exact to rounding.
    """
    if probability <= 0.0:
        return -math.inf
    if probability >= 1.0:
        return math.inf
    tail = min(probability, 1.0 - probability)
    low, high = 0.0, FARTHEST
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        if normal_tail(middle) > tail:
            low = middle
        else:
            high = middle
    z = 0.5 * (low + high)
    return -z if probability < 0.5 else z
