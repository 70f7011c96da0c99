"""A mean that never travels without its standard error and the number of draws behind it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

ROUNDING = 1e-13
"""Share of a sum of squares that is rounding: a sum of millions of doubles is not known better."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its standard error, the standard deviation of one draw and the number of independent draws.

    An exact expectation has ``se`` 0 and ``n`` 0: nothing was drawn. One draw has no error to speak of: NaN.
    """

    mean: float
    se: float
    sd: float
    n: int

    @classmethod
    def exact(cls, mean: float, sd: float) -> Mean:
        """Return an expectation that was computed, not sampled."""
        return cls(mean=mean, se=0.0, sd=sd, n=0)

    @classmethod
    def of(cls, values: ArrayLike) -> Mean:
        """Return the mean of independent draws, shape (n,)."""
        draws = np.asarray(values, dtype=np.float64)
        return cls.of_sums(float(draws.sum()), float(np.square(draws).sum()), draws.size)

    @classmethod
    def of_sums(cls, total: float, total_squares: float, n: int) -> Mean:
        """Return the mean of n draws of which only the sum and the sum of squares were kept."""
        mean, se = means_of_sums(np.array([total]), np.array([total_squares]), n)
        return cls(mean=float(mean[0]), se=float(se[0]), sd=float(se[0]) * math.sqrt(n), n=n)

    def scaled(self, factor: float) -> Mean:
        """Return the mean of the draws times a number."""
        return Mean(self.mean * factor, self.se * abs(factor), self.sd * abs(factor), self.n)


def means_of_sums(
    totals: NDArray[np.float64], squares: NDArray[np.float64], n: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (means, standard errors) of quantities of which only sums and sums of squares over n draws were kept.

    Arrays of one shape. NaN where there are no draws; the error of a single draw is NaN too. Draws that differ by less
    than the rounding of their squares (`ROUNDING` of them) count as equal: their error is 0.
    """
    if n == 0:
        return np.full_like(totals, math.nan), np.full_like(totals, math.nan)
    means = totals / n
    if n == 1:
        return means, np.full_like(totals, math.nan)
    scatter = squares - totals * means
    variances = np.where(scatter > ROUNDING * squares, scatter, 0.0) / (n - 1)
    return means, np.sqrt(variances / n)
