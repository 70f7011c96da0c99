"""The informed side: what a trader with the signal would have earned by crossing the spread, after fees."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.alpha._mids import Mids
from glosten.statistics import Mean, mean_in_time

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FOLDS = 5
"""Parts of the time: the threshold of each but the first is chosen on all that came before it."""
QUANTILES = (0.5, 0.75, 0.9, 0.95, 0.99)
"""Candidates for the threshold, as quantiles of the signal's size in the past."""
FEWEST_TRIPS = 10
"""Trips of the past without which a threshold is not chosen."""


@dataclass(frozen=True, slots=True)
class Informed:
    """Round trips of one unit, long and short: in at the touch ``delay_s`` after the signal, out after ``hold_s``.

    ``net`` is the mean of a trip in bps of the mid at entry, after both touches and both fees, out of sample;
    ``gross`` the same from mid to mid; ``in_sample`` what the best threshold would have made of the whole, chosen after
    the fact. ``thresholds`` are those chosen for each part after the first (NaN: too few trips before it, so it stayed
    out); ``total_bps`` is the sum of the net trips, ``careful_total_bps`` that of a trader who stays out of every part
    whose threshold had earned nothing before, ``busy_share`` the share of the time in a position.
    """

    signal: str
    hold_s: float
    delay_s: float
    fee_bps: float
    net: Mean
    gross: Mean
    in_sample: Mean
    thresholds: tuple[float, ...]
    total_bps: float
    careful_total_bps: float
    busy_share: float


@jit
def _trips(signal: Floats, in_ns: Integers, hold_ns: int, threshold: float, taken: Integers) -> int:
    """Write which moments start a trip: the first beyond the threshold when no trip is under way; return how many."""
    count, free_ns = 0, in_ns[0]
    for index in range(len(signal)):
        if in_ns[index] >= free_ns and abs(signal[index]) > threshold:
            taken[count] = index
            count += 1
            free_ns = in_ns[index] + hold_ns
    return count


@dataclass(frozen=True, slots=True)
class Terms:
    """How the trader trades: seconds held, seconds from signal to order, fee of an order that takes in bps."""

    hold_s: float
    delay_s: float
    fee_bps: float


@dataclass(frozen=True)
class _Trader:
    """Everything a trip could earn, by the moment it would start, in bps."""

    signal: Floats
    in_ns: Integers
    hold_ns: int
    gross: Floats
    net: Floats

    def trips(self, part: slice, threshold: float) -> Integers:
        signal = self.signal[part]
        taken = np.zeros(len(signal), np.int64)
        if len(signal) == 0:
            return taken
        count = _trips(signal, self.in_ns[part], self.hold_ns, threshold, taken)
        return taken[:count] + (part.start or 0)

    def choose(self, past: slice) -> tuple[float, float]:
        """Return (the candidate that earned most, or lost least, in the past, what it earned); NaN: too few trips."""
        best, most = math.nan, -math.inf
        sizes = np.abs(self.signal[past])
        for threshold in np.unique(np.quantile(sizes, QUANTILES)) if len(sizes) else ():
            trips = self.trips(past, float(threshold))
            earned = float(self.net[trips].sum())
            if len(trips) >= FEWEST_TRIPS and earned > most:
                best, most = float(threshold), earned
        return best, most


def informed_trader(name: str, signal: Floats, at_ns: Integers, mids: Mids, terms: Terms) -> Informed:
    """Return what a trader earns who buys where the signal is above a threshold and sells where it is below minus it.

    ``signal`` in any unit, positive for a rise, shape (n,), known at ``at_ns`` (in time order). Time is cut into
    `FOLDS` parts of equally many moments; trips of the past that would end inside a part are left out of its choice.
    Source: Pesaran & Timmermann (1995) for the recursive choice; Lopez de Prado (2018), chapter 7, for the purge.
    """
    hold_ns, delay_ns = round(terms.hold_s * 1e9), round(terms.delay_s * 1e9)
    known = at_ns + delay_ns + hold_ns <= mids.end_ns
    in_ns = at_ns[known] + delay_ns
    trader = _trader(signal[known], in_ns, hold_ns, mids, terms.fee_bps)
    edges = np.linspace(0, len(in_ns), FOLDS + 1).astype(np.int64)
    thresholds, taken, careful = [], [], 0.0
    for first, end in pairwise(edges[1:]):
        past = int(np.searchsorted(in_ns, in_ns[first] - hold_ns, side="right")) if first < len(in_ns) else 0
        threshold, earned = trader.choose(slice(0, min(past, int(first))))
        thresholds.append(threshold)
        if not math.isnan(threshold):
            taken.append(trader.trips(slice(int(first), int(end)), threshold))
            careful += float(trader.net[taken[-1]].sum()) if earned > 0.0 else 0.0
    trips = np.concatenate(taken) if taken else np.zeros(0, np.int64)
    afterwards, _ = trader.choose(slice(0, len(in_ns)))
    best = trader.trips(slice(0, len(in_ns)), afterwards) if not math.isnan(afterwards) else trips[:0]
    seen_ns = int(in_ns[-1] - in_ns[edges[1]]) + hold_ns if len(in_ns) > edges[1] else 0
    return Informed(
        signal=name,
        hold_s=terms.hold_s,
        delay_s=terms.delay_s,
        fee_bps=terms.fee_bps,
        net=mean_in_time(trader.net[trips]),
        gross=mean_in_time(trader.gross[trips]),
        in_sample=mean_in_time(trader.net[best]),
        thresholds=tuple(thresholds),
        total_bps=float(trader.net[trips].sum()),
        careful_total_bps=careful,
        busy_share=min(len(trips) * hold_ns / seen_ns, 1.0) if seen_ns else 0.0,
    )


def _trader(signal: Floats, in_ns: Integers, hold_ns: int, mids: Mids, fee_bps: float) -> _Trader:
    bid, ask = mids.touch_at(in_ns)
    later_bid, later_ask = mids.touch_at(in_ns + hold_ns)
    mid, later = 0.5 * (bid + ask), 0.5 * (later_bid + later_ask)
    fee, long = fee_bps * 1e-4, signal > 0.0
    entry, leave = np.where(long, ask, bid), np.where(long, later_bid, later_ask)
    side = np.where(long, 1.0, -1.0)
    return _Trader(
        signal=signal,
        in_ns=in_ns,
        hold_ns=hold_ns,
        gross=1e4 * side * (later - mid) / mid,
        net=1e4 * (side * (leave - entry) - fee * (entry + leave)) / mid,
    )
