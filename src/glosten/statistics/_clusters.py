"""Errors of means of draws that come in dependent clusters, and of clusters whose windows in time overlap."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def clustered_error(values: Floats, cluster: Integers) -> float:
    """Return the standard error of the mean of values that come in dependent clusters; NaN for a single cluster.

    ``cluster`` numbers the cluster of each value from 0 on.
    Source: Liang & Zeger (1986), with the small-sample factor G / (G - 1).
    """
    clusters = int(cluster.max()) + 1 if len(cluster) else 0
    if clusters < 2:
        return math.nan
    sums = np.bincount(cluster, weights=values - values.mean(), minlength=clusters)
    return float(np.sqrt((sums**2).sum() * clusters / (clusters - 1)) / len(values))


@jit
def _overlapping(sums: Floats, ts_ns: Integers, width_ns: int) -> float:
    """Return sum over pairs of (1 - distance / width) times their product: the integral of the squared window sum."""
    n, enter, leave = len(sums), 0, 0
    now, window, total = ts_ns[0], 0.0, 0.0
    while leave < n:
        enters = enter < n and ts_ns[enter] <= ts_ns[leave] + width_ns
        then = ts_ns[enter] if enters else ts_ns[leave] + width_ns
        total += window * window * (then - now)
        now = then
        if enters:
            window += sums[enter]
            enter += 1
        else:
            window -= sums[leave]
            leave += 1
    return total / width_ns


def overlapping_error(values: Floats, cluster: Integers, ts_ns: Integers, width_ns: int) -> float:
    """Return the standard error of the mean of clustered values whose windows in time overlap; NaN for one cluster.

    ``cluster`` numbers clusters from 0 in time order and ``ts_ns`` is the time of each value; two clusters that begin d
    apart count with weight 1 - d / width, so that ``width_ns`` 0 leaves the clusters alone. For windows of a horizon
    give twice the horizon: at their own length the weights would see half of the overlap. It is never below the error
    of independent clusters: negative dependence in so few windows is no reason for confidence.
    Source: Conley (1999) in time, Bartlett's kernel; Liang & Zeger (1986) within clusters.
    """
    independent = clustered_error(values, cluster)
    if width_ns <= 0 or math.isnan(independent):
        return independent
    clusters = int(cluster.max()) + 1
    sums: Floats = np.bincount(cluster, weights=values - values.mean(), minlength=clusters).astype(np.float64)
    begins = np.full(clusters, np.iinfo(np.int64).max)
    np.minimum.at(begins, cluster, ts_ns)
    order = np.argsort(begins, kind="stable")
    variance = _overlapping(sums[order], begins[order], width_ns) * clusters / (clusters - 1)
    return max(math.sqrt(max(variance, 0.0)) / len(values), independent)
