"""Correlations and slopes of series in time, each with the influence of every draw, from which its error comes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glosten.errors import DomainError
from glosten.statistics._newey_west import serial_error

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with its Newey-West error, the lag that was allowed for, and the number of draws."""

    value: float
    se: float
    lag: int
    n: int


def _check(x: Floats, y: Floats) -> None:
    if len(x) != len(y):
        raise DomainError(f"Two series to compare must have one length; these have {len(x)} and {len(y)}.")


def _standard(values: Floats) -> tuple[Floats, float]:
    """Return the values less their mean in standard deviations, and that deviation (0: they do not vary)."""
    centred = values - values.mean() if len(values) else values
    deviation = math.sqrt(float(np.mean(centred**2))) if len(values) else 0.0
    if deviation <= 1e-14 * float(np.abs(values).max(initial=0.0)):
        return centred, 0.0
    return centred / deviation, deviation


def pearson_influence(x: Floats, y: Floats) -> tuple[float, Floats]:
    """Return (correlation, influence of each draw), (NaN, zeros) where a series does not vary.

    Source: Devlin, Gnanadesikan & Kettenring (1975): x y - r (x^2 + y^2) / 2 for standardised x, y.
    """
    _check(x, y)
    (u, first), (v, second) = _standard(x), _standard(y)
    if first == 0.0 or second == 0.0:
        return math.nan, np.zeros(len(x))
    r = float(np.mean(u * v))
    return r, u * v - 0.5 * r * (u**2 + v**2)


def middle_ranks(values: Floats) -> Floats:
    """Return the share of draws below each, ties by half: the empirical distribution function at its own draws."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    below = np.cumsum(counts) - 0.5 * counts
    ranks: Floats = below[place] / max(len(values), 1)
    return ranks


def _of_the_ranks(values: Floats, weights: Floats) -> Floats:
    """Return mean over draws j of [value_i <= value_j, ties by half] weight_j: what moving all ranks above i does."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    sums = np.bincount(place, weights=weights, minlength=len(counts))
    above = sums.sum() - np.cumsum(sums) + 0.5 * sums
    influence: Floats = above[place] / len(values)
    return influence


def spearman_influence(x: Floats, y: Floats) -> tuple[float, Floats]:
    """Return (rank correlation, influence of each draw); ties share their middle rank; (NaN, zeros) without variation.

    A draw acts twice: with its own ranks, and by moving the ranks of all that lie above it.
    Source: Croux & Dehon (2010), section 2, extended to ties by middle ranks.
    """
    _check(x, y)
    ranks_x, ranks_y = middle_ranks(x), middle_ranks(y)
    (u, first), (v, second) = _standard(ranks_x), _standard(ranks_y)
    if first == 0.0 or second == 0.0:
        return math.nan, np.zeros(len(x))
    r = float(np.mean(u * v))
    own = u * v - 0.5 * r * (u**2 + v**2)
    return r, own + _of_the_ranks(x, v - r * u) / first + _of_the_ranks(y, u - r * v) / second


def slope_influence(x: Floats, y: Floats) -> tuple[float, Floats]:
    """Return (least-squares slope of y on x with a constant, influence of each draw), in units of y per x."""
    _check(x, y)
    u, deviation = _standard(x)
    if deviation == 0.0:
        return math.nan, np.zeros(len(x))
    centred = y - y.mean()
    slope = float(np.mean(u * centred))
    return slope / deviation, u * (centred - slope * u) / deviation


def pearson(x: Floats, y: Floats, overlap: int = 0, lag: int | None = None) -> Estimate:
    """Return the linear correlation of two series in time with its Newey-West error (`serial_error`)."""
    return _estimate(*pearson_influence(x, y), overlap, lag)


def spearman(x: Floats, y: Floats, overlap: int = 0, lag: int | None = None) -> Estimate:
    """Return the rank correlation of two series in time with its Newey-West error (`serial_error`)."""
    return _estimate(*spearman_influence(x, y), overlap, lag)


def slope(x: Floats, y: Floats, overlap: int = 0, lag: int | None = None) -> Estimate:
    """Return the least-squares slope of y on x with its Newey-West error (`serial_error`)."""
    return _estimate(*slope_influence(x, y), overlap, lag)


def _estimate(value: float, influence: Floats, overlap: int, lag: int | None) -> Estimate:
    se, chosen = serial_error(influence, overlap, lag)
    return Estimate(value, math.nan if math.isnan(value) else se, chosen, len(influence))
