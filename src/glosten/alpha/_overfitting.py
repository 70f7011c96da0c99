"""The probability of backtest overfitting: does what was best on one half of the time stay good on the other?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glosten.errors import DomainError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

GROUPS = 16
"""Groups of time by default: 12,870 ways to choose one half of them."""
FINEST = 2**36
"""Steps that the largest entry is rounded to, so that sums are exact and equal trials tie."""
CHUNK = 1024


@dataclass(frozen=True, slots=True)
class Overfitting:
    """What combinatorially symmetric cross-validation found over ``splits`` ways to halve ``groups`` stretches of time.

    ``probability`` that the trial which is best on one half is worse than the median trial on the other; ``loss`` that
    it loses there. ``slope`` is of the result of the chosen on the half that did not choose it against that on the half
    that did: below 0, the better it looked the worse it did. All NaN for fewer than two ``trials``.
    """

    probability: float
    loss: float
    slope: float
    trials: int
    groups: int
    splits: int


def overfitting(gains: ArrayLike, groups: int = GROUPS) -> Overfitting:
    """Return the probability that choosing the best of the trials overfits.

    ``gains`` of shape (trials, periods): what each trial earned in each period of time, in one unit; neighbouring
    periods are put into ``groups`` of nearly equal numbers. A trial that is exactly the median counts half, trials that
    are best together count alike. Raises `DomainError` where the groups are odd in number or more than periods.
    Source: Bailey, Borwein, Lopez de Prado & Zhu (2017), The probability of backtest overfitting, section 3 (CSCV),
    with the sum of gains as the measure of performance.
    """
    matrix = np.asarray(gains, dtype=np.float64)
    if matrix.ndim != 2 or not np.isfinite(matrix).all():
        raise DomainError("The gains of trials are a table of finite numbers, a row for each trial.")
    trials, periods = matrix.shape
    if groups < 2 or groups % 2 or groups > periods:
        raise DomainError(f"{groups} groups of {periods} periods cannot be halved; choose an even number up to it.")
    if trials < 2:
        return Overfitting(math.nan, math.nan, math.nan, trials, groups, 0)
    unit = max(float(np.abs(matrix).sum(axis=1).max()), 1e-300) / FINEST
    whole = np.rint(matrix / unit).astype(np.int64)
    blocks = np.stack([part.sum(axis=1) for part in np.array_split(whole, groups, axis=1)])
    halves = np.array(
        [[group in chosen for group in range(groups)] for chosen in combinations(range(groups), groups // 2)], np.int64
    )
    parts = [_judge(halves[first : first + CHUNK], blocks) for first in range(0, len(halves), CHUNK)]
    below, inside, outside = (np.concatenate([part[index] for part in parts]) for index in range(3))
    spread = inside - inside.mean()
    scatter = float(spread @ spread)
    return Overfitting(
        probability=float(below.mean()),
        loss=float(np.mean(outside < 0.0)),
        slope=float(spread @ outside) / scatter if scatter > 0.0 else math.nan,
        trials=trials,
        groups=groups,
        splits=len(halves),
    )


def _judge(halves: Integers, blocks: Integers) -> tuple[Floats, Floats, Floats]:
    """Return, for each half, whether its best trial falls below the median on the other half, and its two results.

    The rank r of the chosen among N gives the logit ln(r / (N + 1 - r)), which is below 0 where 2 r < N + 1.
    """
    seen, unseen = halves @ blocks, (1 - halves) @ blocks
    is_best = seen == seen.max(axis=1, keepdims=True)
    trials = seen.shape[1]
    below = np.zeros(len(halves))
    outside = np.zeros(len(halves))
    for row in range(len(halves)):
        chosen = unseen[row, is_best[row]]
        order = np.sort(unseen[row])
        ranks = 0.5 * (np.searchsorted(order, chosen, "left") + np.searchsorted(order, chosen, "right") + 1)
        below[row] = np.mean(np.where(2.0 * ranks < trials + 1, 1.0, np.where(2.0 * ranks > trials + 1, 0.0, 0.5)))
        outside[row] = chosen.mean()
    return below, seen.max(axis=1).astype(np.float64), outside
