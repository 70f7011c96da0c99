"""Random variables made of additions, multiplications and comparisons alone: the same bits on every machine.

A logarithm or a cosine may differ in its last digit between two mathematical libraries, and one different trade makes
another day. ``draw`` counts the uniform numbers that a stream has given; every function returns the next count.
"""

from __future__ import annotations

import numpy as np

from glosten._jit import jit
from glosten.statistics import uniform

SUMMANDS = 12
FACTORS = 8


@jit
def exponential(key: np.uint64, draw: int) -> tuple[float, int]:
    """Return (an exponential number of mean 1, the next draw).

    Source: von Neumann (1951), Various techniques used in connection with random digits: the length of a falling run
    that starts at x is odd with probability exp(-x).
    """
    whole = 0.0
    while True:
        first = uniform(key, draw)
        last, length = first, 1
        draw += 1
        while True:
            following = uniform(key, draw)
            draw += 1
            if following >= last:
                break
            last, length = following, length + 1
        if length % 2 == 1:
            return whole + first, draw
        whole += 1.0


@jit
def normal(key: np.uint64, draw: int) -> tuple[float, int]:
    """Return (a nearly normal number of mean 0 and variance 1, the next draw): twelve uniforms less six.

    Its tails end at 6 standard deviations and are thinner before that (kurtosis 2.9).
    """
    total = -0.5 * SUMMANDS
    for summand in range(SUMMANDS):
        total += uniform(key, draw + summand)
    return total, draw + SUMMANDS


@jit
def dispersed(key: np.uint64, draw: int) -> tuple[float, int]:
    """Return (a positive number of mean 1, skewed as a lognormal one, the next draw): a product of uniforms on 0.5-1.5.

    The standard deviation of its logarithm is 0.88.
    """
    product = 1.0
    for factor in range(FACTORS):
        product *= 0.5 + uniform(key, draw + factor)
    return product, draw + FACTORS
