"""The edge: what was earned per amount traded, with an error that knows which fills belong together."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from glosten.statistics import Mean, overlapping_error

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def one_way_share(sold: Integers, bar: Integers, volume: float, exponent: float) -> float:
    """Return the share of a bar's volume that, always pushing one way, would cost as much impact as what was traded.

    ``sold`` signed lots of each fill and ``bar`` the number of its bar, from 0; ``volume`` lots of a mean bar. With net
    lots n_b and gross lots g_b of a bar it is (sum |n_b|^(1 + d) / (volume^d sum g_b))^(1/d), d the impact's exponent:
    a maker whose buys and sells balance within a bar pushes nobody.
    """
    gross = float(np.abs(sold).sum())
    if gross <= 0.0 or not volume > 0.0:
        return 0.0
    net = np.abs(np.bincount(bar, weights=sold))
    cost = float((net ** (1.0 + exponent)).sum()) / (volume**exponent * gross)
    return float(cost ** (1.0 / exponent))


def edge_per_traded(gains: Floats, traded: Floats, orders: Integers, ts_ns: Integers, width_ns: int) -> Mean:
    """Return sum of gains over sum traded, in bps, for fills of customer orders; ``n`` counts the orders.

    ``gains`` and ``traded`` in one unit, shape (n,); ``orders`` and ``width_ns`` as in `overlapping_error`.
    Source: Cochran (1977), chapter 6: the ratio estimator, its error from gain less ratio times amount.
    """
    total = float(traded.sum())
    if total <= 0.0:
        return Mean(math.nan, math.nan, math.nan, 0)
    ratio = float(gains.sum()) / total
    rest = 1e4 * (gains - ratio * traded) * len(gains) / total
    _, cluster = np.unique(orders, return_inverse=True)
    count = int(cluster.max()) + 1
    se = overlapping_error(rest, cluster, ts_ns, width_ns)
    return Mean(1e4 * ratio, se, se * math.sqrt(count), count)
