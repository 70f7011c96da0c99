"""The stationary bootstrap: samples redrawn in blocks of random length, so that what follows what is kept."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glosten._jit import jit
from glosten.errors import DomainError
from glosten.statistics._streams import FRACTIONS, advance, sequence, stream

Floats = NDArray[np.float64]

SIGNIFICANT = 2.0
"""An autocorrelation beyond this many times sqrt(log10(n) / n) counts as one."""


def mean_block(values: ArrayLike) -> float:
    """Return the mean block length, in draws and at least 1, at which redrawn means of ``values`` err least.

    Source: Politis & White (2004), with the correction of Patton, Politis & White (2009), for the stationary bootstrap.
    """
    draws = np.asarray(values, dtype=np.float64)
    n = len(draws)
    if n < 8 or float(np.ptp(draws)) == 0.0:
        return 1.0
    look = max(5, math.isqrt(math.ceil(math.log10(n))))
    largest = min(math.ceil(math.sqrt(n)) + look, n - 1)
    centred = draws - draws.mean()
    covariances = np.array([float(centred[lag:] @ centred[: n - lag]) / n for lag in range(largest + 1)])
    small = np.abs(covariances[1:]) < SIGNIFICANT * math.sqrt(math.log10(n) / n) * covariances[0]
    quiet = next((start for start in range(len(small) - look + 1) if small[start : start + look].all()), None)
    last = int(np.flatnonzero(~small).max(initial=-1)) + 1 if quiet is None else quiet
    width = min(2 * max(last, 1), largest)
    lags = np.arange(-width, width + 1)
    weights = np.minimum(1.0, 2.0 * (1.0 - np.abs(lags) / width))
    folded = covariances[np.abs(lags)]
    long_run, bend = float(weights @ folded), float(weights @ (np.abs(lags) * folded))
    if long_run <= 0.0:
        return 1.0
    block = math.cbrt(n * bend**2 / long_run**2)
    return max(min(block, math.ceil(min(3.0 * math.sqrt(n), n / 3.0))), 1.0)


@jit
def _redraw(values: Floats, block: float, key: np.uint64, means: Floats) -> None:
    """Fill each row of ``means`` with the column means of one redrawn sample; draw d has the sequence d of the key."""
    n, width = values.shape
    for draw in range(len(means)):
        first, second = sequence(key, draw)
        place = -1
        for _ in range(n):
            number, first, second = advance(first, second)
            if place < 0 or number < FRACTIONS / block:
                number, first, second = advance(first, second)
                place = int(number / FRACTIONS * n)
            else:
                place = place + 1 if place + 1 < n else 0
            for column in range(width):
                means[draw, column] += values[place, column] / n


def bootstrap_means(values: ArrayLike, draws: int, seed: int, block: float | None = None) -> Floats:
    """Return the column means of redrawn samples: ``values`` (n, k) in time order, result (draws, k).

    ``block`` is the mean block length in draws (None: the largest `mean_block` of a column); blocks run on past the
    end at the beginning. The same seed gives the same bytes. Raises `DomainError` for no values, no draws, or a block
    below 1.
    Source: Politis & Romano (1994).
    """
    rows = np.asarray(values, dtype=np.float64)
    rows = np.ascontiguousarray(rows[:, None] if rows.ndim == 1 else rows)
    length = max(mean_block(column) for column in rows.T) if block is None else block
    if len(rows) == 0 or draws < 1 or not length >= 1.0:
        raise DomainError(
            f"The bootstrap needs values, draws and blocks of 1 or more; got {len(rows)}, {draws} and {length}."
        )
    means = np.zeros((draws, rows.shape[1]))
    _redraw(rows, length, stream(seed, "stationary bootstrap"), means)
    return means
