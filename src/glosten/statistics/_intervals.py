"""Intervals: where a number lies with a stated probability, from its error or from redrawn samples."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from glosten.errors import DomainError


@dataclass(frozen=True, slots=True)
class Interval:
    """The two ends of an interval and the probability with which it should cover."""

    low: float
    high: float
    level: float


def _check(level: float) -> None:
    if not 0.0 < level < 1.0:
        raise DomainError(f"The level of an interval is {level}; it must lie between 0 and 1.")


def normal_interval(value: float, se: float, level: float = 0.95) -> Interval:
    """Return value -+ z se, for an estimate from many draws."""
    _check(level)
    z = float(special.ndtri(0.5 + 0.5 * level))
    return Interval(value - z * se, value + z * se, level)


def student_interval(value: float, se: float, degrees: int, level: float = 0.95) -> Interval:
    """Return value -+ t se with ``degrees`` of freedom, as for few clusters (degrees = clusters - 1).

    Source: Cameron & Miller (2015), section VI: t with G - 1 degrees of freedom for G clusters.
    """
    _check(level)
    if degrees < 1:
        return Interval(math.nan, math.nan, level)
    t = float(special.stdtrit(degrees, 0.5 + 0.5 * level))
    return Interval(value - t * se, value + t * se, level)


def percentile_interval(draws: ArrayLike, level: float = 0.95) -> Interval:
    """Return the central share of redrawn values, shape (n,); NaN ends where there are none.

    Source: Efron & Tibshirani (1993), chapter 13.
    """
    _check(level)
    values = np.asarray(draws, dtype=np.float64)
    if len(values) == 0:
        return Interval(math.nan, math.nan, level)
    low, high = np.quantile(values, [0.5 - 0.5 * level, 0.5 + 0.5 * level])
    return Interval(float(low), float(high), level)
