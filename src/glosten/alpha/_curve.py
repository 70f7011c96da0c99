"""Alpha curves: how well a signal tells the mid's next moves, how that fades, and how sure one can be of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from glosten.alpha._mids import Mids
from glosten.alpha._signals import Horizon, Moves, moves
from glosten.statistics import (
    automatic_lag,
    long_run_covariance,
    pearson,
    serial_error,
    slope_influence,
    spearman,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FEWEST_POINTS = 3
"""Horizons of one clock that a half-life needs: it is fitted together with a height."""
LEAST_CERTAIN = 2.0
"""The fitted response must be this many errors from 0: noise has no half-life."""
SEARCHED = 400


@dataclass(frozen=True, slots=True)
class AlphaPoint:
    """What a signal tells of the mid's move over one horizon.

    ``ic`` is the information coefficient, the correlation of signal and move, ``rank_ic`` that of their ranks;
    ``slope_bps`` the move in bps that one standard deviation of the signal foretells. Errors are Newey-West's with
    ``lag``; ``decay`` is the share of the whole foretold move that is still to come after the horizon (NaN where no
    half-life fits), ``overlap`` how many later moments share a part of the move.
    """

    horizon: Horizon
    ic: float
    ic_se: float
    rank_ic: float
    rank_ic_se: float
    slope_bps: float
    slope_se_bps: float
    decay: float
    lag: int
    overlap: int
    n: int


@dataclass(frozen=True, slots=True)
class HalfLife:
    """When half of what a signal foretells has happened: ``value`` with its error, in the clock's unit.

    ``response_bps`` is the whole move that one standard deviation foretells; ``why`` says why there is no value.
    """

    clock: str
    value: float
    se: float
    response_bps: float
    response_se_bps: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class AlphaCurve:
    """A signal's curve over the horizons, with a half-life for each clock."""

    signal: str
    points: tuple[AlphaPoint, ...]
    half_lives: tuple[HalfLife, ...]


def alpha_curve(
    name: str, signal: Floats, at_ns: Integers, mids: Mids, orders_ns: Integers, horizons: Sequence[Horizon]
) -> AlphaCurve:
    """Return how a signal, known at the moments ``at_ns`` (in time order), foretells the mid's moves.

    ``signal`` in any unit, shape (n,); ``orders_ns`` the times of the tape's market orders (empty: no horizons in
    trades are known).
    Source: Grinold & Kahn (2000), chapter 6, for the information coefficient; errors by Newey & West (1987).
    """
    points, half_lives = [], []
    for clock in dict.fromkeys(horizon.clock for horizon in horizons):
        chosen = [horizon for horizon in horizons if horizon.clock == clock]
        found = [moves(mids, at_ns, horizon, orders_ns) for horizon in chosen]
        here = [_point(horizon, signal, move) for horizon, move in zip(chosen, found, strict=True)]
        half_life = _half_life(clock, signal, here, found)
        half_lives.append(half_life)
        points += [replace(point, decay=2.0 ** (-point.horizon.length / half_life.value)) for point in here]
    return AlphaCurve(name, tuple(points), tuple(half_lives))


def _point(horizon: Horizon, signal: Floats, move: Moves) -> AlphaPoint:
    x, y = signal[move.known], move.bps[move.known]
    if len(x) == 0:
        nothing = math.nan
        return AlphaPoint(horizon, nothing, nothing, nothing, nothing, nothing, nothing, nothing, 0, 0, 0)
    linear, ranked = pearson(x, y, move.overlap), spearman(x, y, move.overlap)
    height, influence = _response(x, y)
    return AlphaPoint(
        horizon=horizon,
        ic=linear.value,
        ic_se=linear.se,
        rank_ic=ranked.value,
        rank_ic_se=ranked.se,
        slope_bps=height,
        slope_se_bps=serial_error(influence, move.overlap)[0] if not math.isnan(height) else math.nan,
        decay=math.nan,
        lag=linear.lag,
        overlap=move.overlap,
        n=len(x),
    )


def _response(x: Floats, y: Floats) -> tuple[float, Floats]:
    """Return (move that one standard deviation of the signal foretells, influence of each draw)."""
    deviation = float(x.std())
    return slope_influence(x / deviation, y) if deviation > 0.0 else (math.nan, np.zeros(len(x)))


def _covariance(signal: Floats, found: Sequence[Moves]) -> Floats:
    """Return the covariance matrix of the responses of several horizons, draws that one of them lacks counting as 0."""
    n = len(signal)
    influences = np.zeros((n, len(found)))
    for column, move in enumerate(found):
        _, influence = _response(signal[move.known], move.bps[move.known])
        influences[move.known, column] = (influence - influence.mean()) * n / len(influence)
    lag = automatic_lag(n, max(move.overlap for move in found))
    return long_run_covariance(influences, lag) / n


def _half_life(clock: str, signal: Floats, points: Sequence[AlphaPoint], found: Sequence[Moves]) -> HalfLife:
    """Return the half-life of the response, by weighted least squares over the horizons.

    A signal that pulls the mid and fades with rate k moves it by B (1 - exp(-k h)) within h; the fit finds B and
    ln 2 / k, and the errors take the horizons' common moves into account (sandwich).
    Source: Garleanu & Pedersen (2013), section 1: alpha decay of mean-reverting return predictors.
    """
    known = [index for index, point in enumerate(points) if point.n > 0 and point.slope_se_bps > 0]
    if len(known) < FEWEST_POINTS:
        return HalfLife(clock, math.nan, math.nan, math.nan, math.nan, f"fewer than {FEWEST_POINTS} horizons are known")
    lengths = np.array([points[index].horizon.length for index in known])
    heights = np.array([points[index].slope_bps for index in known])
    covariance = _covariance(signal, [found[index] for index in known])
    weights = 1.0 / np.diag(covariance)
    low, high = math.log(lengths.min() / 4.0), math.log(lengths.max() * 4.0)

    def fitted(half_life: float) -> tuple[float, float]:
        shape = 1.0 - 2.0 ** (-lengths / half_life)
        height = float((weights * shape * heights).sum() / (weights * shape**2).sum())
        return height, float((weights * (heights - height * shape) ** 2).sum())

    grid = np.linspace(low, high, SEARCHED)
    best = int(np.argmin([fitted(math.exp(place))[1] for place in grid]))
    ends = (grid[max(best - 1, 0)], grid[min(best + 1, SEARCHED - 1)])
    found_at = float(
        optimize.minimize_scalar(lambda place: fitted(math.exp(place))[1], bounds=ends, method="bounded").x
    )
    half_life = math.exp(found_at)
    height, _ = fitted(half_life)
    errors = _errors(lengths, weights, covariance, (height, half_life))
    why = ""
    if not abs(height) >= LEAST_CERTAIN * errors[0]:
        why = "the signal foretells nothing that its error does not cover"
    if best == 0:
        why = "what it foretells has happened within the shortest horizon"
    elif best == SEARCHED - 1:
        why = "the response still grows at the longest horizon"
    if why:
        return HalfLife(clock, math.nan, math.nan, height, errors[0], why)
    return HalfLife(clock, half_life, errors[1], height, errors[0])


def _errors(lengths: Floats, weights: Floats, covariance: Floats, fit: tuple[float, float]) -> tuple[float, float]:
    """Return the errors of (height, half-life): (J'WJ)^-1 J'W C W J (J'WJ)^-1."""
    height, half_life = fit
    rest = 2.0 ** (-lengths / half_life)
    slope = -height * rest * math.log(2.0) * lengths / half_life**2
    jacobian = np.column_stack([1.0 - rest, slope])
    weighted = jacobian * weights[:, None]
    bread = np.linalg.pinv(jacobian.T @ weighted)
    variances = np.diag(bread @ weighted.T @ covariance @ weighted @ bread)
    return math.sqrt(max(float(variances[0]), 0.0)), math.sqrt(max(float(variances[1]), 0.0))
