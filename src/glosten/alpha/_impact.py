"""Impact: how far traded volume moves the mid, as a power of its share of the market's volume, measured on a tape."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.alpha._mids import Mids
from glosten.errors import DomainError
from glosten.statistics import Mean, mean_in_time, serial_error

Floats = NDArray[np.float64]
Rows = NDArray[np.void]

SQUARE_ROOT, LINEAR = 0.5, 1.0
FEWEST_BARS = 30


@dataclass(frozen=True, slots=True)
class Impact:
    """move in bps = coefficient sign(share) |share|^exponent, share = net volume over the mean volume of a bar.

    Fitted through the origin over ``n`` bars of ``bar_s`` seconds, with its Newey-West error and the share of the
    moves' squares that it explains. ``volume`` is the mean volume of a bar in lots.
    """

    exponent: float
    coefficient_bps: float
    se_bps: float
    r_squared: float
    bar_s: float
    n: int
    volume: Mean


@jit
def _sum_bars(trades: Rows, first_ns: int, bar_ns: int, net: Floats, volume: Floats) -> None:
    for row in range(len(trades)):
        bar = (trades[row]["ts_ns"] - first_ns) // bar_ns
        if 0 <= bar < len(net):
            net[bar] += trades[row]["side"] * trades[row]["lots"]
            volume[bar] += trades[row]["lots"]


def measure_impact(trades: Rows, mids: Mids, first_ns: int, bar_s: float, exponent: float = SQUARE_ROOT) -> Impact:
    """Return the impact of net volume on the mid over bars of ``bar_s`` seconds from ``first_ns`` to the last quote.

    ``trades`` are `records.PRINTS`; an exponent of 1/2 is the square-root law, 1 Kyle's linear one. NaN where there are
    fewer than `FEWEST_BARS`. Raises `DomainError` for a bar or an exponent that is not above 0.
    Source: Kyle (1985); Toth et al. (2011) and Almgren et al. (2005) for the concave law.
    """
    if not bar_s > 0 or not exponent > 0:
        raise DomainError(f"Impact needs bars and an exponent above 0; got {bar_s} s and {exponent}.")
    bar_ns = round(bar_s * 1e9)
    bars = max((mids.end_ns - first_ns) // bar_ns, 0)
    net, volume = np.zeros(bars), np.zeros(bars)
    _sum_bars(trades, first_ns, bar_ns, net, volume)
    if bars < FEWEST_BARS or not volume.any():
        return Impact(exponent, math.nan, math.nan, math.nan, bar_s, bars, mean_in_time(volume))
    edges = mids.twice_at(first_ns + bar_ns * np.arange(bars + 1) - 1)
    move = 1e4 * np.diff(edges) / edges[:-1]
    share = np.sign(net) * (np.abs(net) / volume.mean()) ** exponent
    squares = float(share @ share)
    if squares == 0.0:
        return Impact(exponent, math.nan, math.nan, math.nan, bar_s, bars, mean_in_time(volume))
    coefficient = float(share @ move) / squares
    rest = move - coefficient * share
    se, _ = serial_error(share * rest * bars / squares)
    whole = float(move @ move)
    explained = 1.0 - float(rest @ rest) / whole if whole > 0.0 else math.nan
    return Impact(exponent, coefficient, se, explained, bar_s, bars, mean_in_time(volume))
