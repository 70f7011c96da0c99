"""Whole ticks and lots: the steps that a tape lies on, and rounding to them that is never in our favour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit

SHARE_ON_GRID = 0.999
"""Share of the values that must lie on a step for it to be the instrument's."""
MOST_DECIMALS = 12
MOST_STEPS = 1e13
"""Values of more steps than this are not told apart from the steps' own float noise."""
SAMPLE = 100_000
DISTINCT = 20
"""A step coarser than the decimals shown is believed from this many different values on: 2**-20 is luck."""
NOISE = 1e-5
"""Distance from a whole step, in steps, that is float noise."""
NOISE_PER_STEP = 4.5e-16
"""Float noise per step: two units in the last place."""


def infer_step(groups: Sequence[NDArray[np.float64]]) -> Decimal | None:
    """Return the coarsest decimal step on which at least 99.9 % of the values of every group lie; None: there is none.

    A step is a power of ten times a product of 2s and 5s (0.01, 0.05, 0.25, 25). Large groups are sampled evenly.
    """
    samples = [group[:: max(1, len(group) // SAMPLE)] for group in groups if len(group)]
    if not samples:
        return None
    for decimals in range(MOST_DECIMALS + 1):
        steps = [np.rint(sample * 10.0**decimals) for sample in samples]
        on_grid = [
            step[np.abs(sample * 10.0**decimals - step) <= NOISE + NOISE_PER_STEP * step]
            for sample, step in zip(samples, steps, strict=True)
        ]
        if max(float(step.max(initial=0.0)) for step in steps) > MOST_STEPS:
            return None
        if all(len(lying) >= SHARE_ON_GRID * len(all_) for lying, all_ in zip(on_grid, steps, strict=True)):
            return Decimal(_coarsened(on_grid)).scaleb(-decimals) + 0
    return None


def _coarsened(groups: Sequence[NDArray[np.float64]]) -> int:
    """Return the largest product of 2s and 5s that divides 99.9 % of the whole numbers of every group."""
    whole = [group.astype(np.int64) for group in groups]
    everything = np.concatenate(whole)
    if len(np.unique(everything[:: max(1, len(everything) // 1_000)])) < DISTINCT > len(np.unique(everything)):
        return 1
    factor = 1
    for prime in (2, 5):
        while all(np.count_nonzero(group % (factor * prime) == 0) >= SHARE_ON_GRID * len(group) for group in whole):
            factor *= prime
    return factor


@jit
def whole_steps(value: float, step: float, direction: int) -> int:
    """Return a value in whole steps: on the grid exactly, else up (direction 1), down (-1) or to the nearest (0)."""
    ratio = value / step
    nearest = math.floor(ratio + 0.5)
    if abs(ratio - nearest) <= NOISE + NOISE_PER_STEP * abs(ratio) or direction == 0:
        return int(nearest)
    return math.ceil(ratio) if direction > 0 else math.floor(ratio)


@jit
def is_off_grid(value: float, step: float) -> bool:
    """Return whether a value lies between two steps, by more than float noise."""
    ratio = value / step
    return abs(ratio - math.floor(ratio + 0.5)) > NOISE + NOISE_PER_STEP * abs(ratio)


@jit
def to_steps(values: NDArray[np.float64], step: float, direction: int, into: NDArray[np.int64]) -> int:
    """Write values in whole steps, rounding as `whole_steps`; return how many lay off the grid."""
    off_grid = 0
    for row in range(len(values)):
        off_grid += is_off_grid(values[row], step)
        into[row] = whole_steps(values[row], step, direction)
    return off_grid
