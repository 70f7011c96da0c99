"""What size the informed choose, and the premium that each size then asks.

On one side ``informed`` is the probability that a trader comes who knows the value of that side, ``noise_small`` and
``noise_large`` that a noise trader comes and trades that size there.
"""

from __future__ import annotations

import math

from glosten._jit import jit


@jit
def large_fraction(informed: float, noise_small: float, noise_large: float, size_ratio: float) -> float:
    """Return the fraction of the informed of a side who trade the large size in equilibrium; 1 is separating.

    ``size_ratio`` = large / small > 1. NaN where the side has no noise traders: nobody trades in equilibrium.

    Source: Easley & O'Hara (1987), derived here: with f on large, an informed trader earns size times (V_H - m) times
    the noise share of that size, noise_large / (noise_large + informed f) and noise_small / (noise_small + informed
    (1 - f)). Equal gains are linear in f; f = 1 where large still pays best when all trade it.
    """
    if not noise_small + noise_large > 0.0:
        return math.nan
    if informed <= 0.0 or noise_small <= 0.0:
        return 1.0
    pull = size_ratio * noise_large * informed + noise_small * noise_large * (size_ratio - 1.0)
    return min(pull / (informed * (noise_small + size_ratio * noise_large)), 1.0)


@jit
def size_premium(gap: float, informed: float, noise: float) -> float:
    """Return the distance of a size's zero-profit price from the noise traders' mean value; NaN where nobody comes.

    ``gap`` is the distance of the value the informed know, ``informed`` and ``noise`` who comes for this size.

    Source: E[V | order] - m = (V_H - m) informed / (informed + noise).
    """
    total = informed + noise
    return gap * informed / total if total > 0.0 and noise > 0.0 else math.nan
