"""Errors of averages whose draws lean on their neighbours in time: Newey and West's, with the lag always stated."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glosten._jit import jit
from glosten.errors import DomainError
from glosten.statistics._mean import Mean

Floats = NDArray[np.float64]

FEWEST_WINDOWS = 4
"""Windows that do not overlap below which an error of overlapping moves would be a guess: it is NaN."""


def automatic_lag(n: int, overlap: int = 0) -> int:
    """Return the lag to which n draws are taken to lean on each other: floor(4 (n / 100)^(2/9)), or twice the overlap.

    ``overlap`` is how many later draws share a part of a draw's own window (horizon less one for moves over a horizon).
    Bartlett's weights fall to 0 at the lag, so that the lag of the overlap itself would see only half of it.
    Source: Newey & West (1994), the rule of thumb for Bartlett's kernel; Hansen & Hodrick (1980) on overlapping moves.
    """
    rule = math.floor(4.0 * (n / 100.0) ** (2.0 / 9.0)) if n > 0 else 0
    return min(max(rule, 2 * overlap), max(n - 1, 0))


@jit
def _sum_windows(values: Floats, lag: int) -> Floats:
    """Return the sum of (window sum)(window sum)' over all windows of lag + 1 neighbours, those at both ends too."""
    n, width = values.shape
    total, window = np.zeros((width, width)), np.zeros(width)
    for place in range(n + lag):
        for column in range(width):
            if place < n:
                window[column] += values[place, column]
            if place > lag:
                window[column] -= values[place - lag - 1, column]
        for row in range(width):
            for column in range(row + 1):
                total[row, column] += window[row] * window[column]
    return total


def long_run_covariance(values: ArrayLike, lag: int) -> Floats:
    """Return the covariance matrix of sqrt(n) times the means of ``values``, shape (n, k): (k, k).

    ``values`` are taken as they are: centre them first. Bartlett's weights 1 - j / (lag + 1) make it positive
    semidefinite; written as squared window sums it costs the same for every lag. Raises `DomainError` for a lag below
    0 or no values.
    Source: Newey & West (1987).
    """
    draws = np.asarray(values, dtype=np.float64)
    draws = draws[:, None] if draws.ndim == 1 else draws
    if lag < 0 or len(draws) == 0:
        raise DomainError(f"A long-run covariance needs values and a lag of 0 or more; got {len(draws)} and {lag}.")
    lower = _sum_windows(np.ascontiguousarray(draws), min(lag, len(draws) - 1))
    whole: Floats = (lower + np.tril(lower, -1).T) / ((min(lag, len(draws) - 1) + 1) * len(draws))
    return whole


def serial_error(influence: Floats, overlap: int = 0, lag: int | None = None) -> tuple[float, int]:
    """Return (standard error, lag) of an estimate from the influence of each draw on it, shape (n,), centred here.

    NaN where there are fewer than `FEWEST_WINDOWS` windows that do not overlap. ``lag`` None: `automatic_lag`.
    Source: Newey & West (1987), by the delta method.
    """
    n = len(influence)
    chosen = automatic_lag(n, overlap) if lag is None else lag
    if n < FEWEST_WINDOWS * (overlap + 1):
        return math.nan, chosen
    centred = influence - influence.mean()
    return math.sqrt(float(long_run_covariance(centred, chosen)[0, 0]) / n), chosen


def mean_in_time(values: ArrayLike, overlap: int = 0, lag: int | None = None) -> Mean:
    """Return the mean of draws in time order with its Newey-West error; ``sd`` is that of one draw."""
    draws = np.asarray(values, dtype=np.float64)
    if len(draws) == 0:
        return Mean(math.nan, math.nan, math.nan, 0)
    se, _ = serial_error(draws, overlap, lag)
    return Mean(float(draws.mean()), se, float(draws.std(ddof=1)) if len(draws) > 1 else math.nan, len(draws))
