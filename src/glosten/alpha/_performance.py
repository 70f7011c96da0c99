"""Performance: what a run did with its capital, its orders and its time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glosten.alpha._mids import last_rows
from glosten.alpha._sharpe import Deflated, Sharpe, deflated, sharpe
from glosten.statistics import mean_in_time

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PERIODS_S = (86_400.0, 3_600.0, 60.0, 10.0)
ENOUGH_PERIODS = 30
"""Returns are taken over the longest period of which there are so many."""
YEAR_S = 365 * 86_400.0


@dataclass(frozen=True, slots=True)
class Drawdown:
    """The deepest fall of equity below its highest so far: in quote units, in per cent of it, and how long it took.

    ``to_bottom_s`` from the peak to the bottom, ``under_water_s`` from the peak until the equity was back (or to the
    end, where ``recovered`` is False).
    """

    depth: float
    depth_pct: float
    to_bottom_s: float
    under_water_s: float
    recovered: bool


@dataclass(frozen=True, slots=True)
class Performance:
    """Figures of a run; a ratio whose denominator is 0 is NaN.

    ``fill_ratio`` is the share of the orders placed that traded at all, ``maker_ratio`` the share of fills that were
    makers, ``cancel_to_fill`` cancels per order that traded. ``time_quoting`` and ``time_holding`` are shares of the
    time with orders in the market and with coins held. ``turnover`` is what was traded over the capital,
    ``turnover_per_day`` the same a day. ``value_added`` is the final value less what holding the start's coins and cash
    would have made.
    """

    fill_ratio: float
    maker_ratio: float
    cancel_to_fill: float
    time_quoting: float
    time_holding: float
    turnover: float
    turnover_per_day: float
    value_added: float
    drawdown: Drawdown
    sharpe: Sharpe
    deflated: Deflated


@dataclass(frozen=True, slots=True)
class Orders:
    """Counts of a run: orders placed, orders that traded, cancels, fills, and fills that were makers."""

    placed: int
    filled: int
    cancelled: int
    fills: int
    maker_fills: int


@dataclass(frozen=True)
class Course:
    """What stood after each decision: times, equity in quote units, the number of orders, and lots held."""

    ts_ns: Integers
    equity: Floats
    orders: Integers
    held: Integers


@dataclass(frozen=True, slots=True)
class Lead:
    """What one run gained more than another, in quote units, with its error, from ``n`` periods of ``period_s``."""

    total: float
    se: float
    n: int
    period_s: float


@dataclass(frozen=True, slots=True)
class Capital:
    """Amounts in quote units: the capital, what was traded, the final value, and the value of having held."""

    base: float
    traded: float
    final_value: float
    hold_value: float


def performance(
    course: Course, orders: Orders, capital: Capital, trials: int = 1, year_s: float = YEAR_S
) -> Performance:
    """Return the figures of a run that was the best of ``trials``; ``year_s`` are the seconds of trading in a year."""
    span_s = float(course.ts_ns[-1] - course.ts_ns[0]) * 1e-9 if len(course.ts_ns) else 0.0
    turnover = _ratio(capital.traded, capital.base)
    returns, period_s = period_returns(course, capital.base)
    ratio = sharpe(returns, period_s, year_s)
    return Performance(
        fill_ratio=_ratio(orders.filled, orders.placed),
        maker_ratio=_ratio(orders.maker_fills, orders.fills),
        cancel_to_fill=_ratio(orders.cancelled, orders.filled),
        time_quoting=_share_of_time(course, course.orders > 0),
        time_holding=_share_of_time(course, course.held > 0),
        turnover=turnover,
        turnover_per_day=_ratio(turnover, span_s / 86_400.0),
        value_added=capital.final_value - capital.hold_value,
        drawdown=drawdown(course.ts_ns, course.equity),
        sharpe=ratio,
        deflated=deflated(ratio, trials),
    )


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else math.nan


def _share_of_time(course: Course, holds: NDArray[np.bool_]) -> float:
    """Return the share of the time for which something held: each decision stands until the next."""
    lasts = np.diff(course.ts_ns)
    return _ratio(float(lasts[holds[:-1]].sum()), float(lasts.sum())) if len(lasts) else math.nan


def period_returns(course: Course, base: float) -> tuple[Floats, float]:
    """Return (gains over equal periods as shares of the capital, seconds of a period).

    Gains and not growth rates: the allocation is a fixed amount that is not reinvested. The period is the longest of
    `PERIODS_S` of which there are `ENOUGH_PERIODS`, else the shortest.
    """
    if len(course.ts_ns) < 2 or base <= 0.0:
        return np.zeros(0), PERIODS_S[-1]
    edges, period_s = _periods(int(course.ts_ns[0]), int(course.ts_ns[-1]))
    return _gains(course, edges) / base, period_s


def lead(course: Course, other: Course) -> Lead:
    """Return by how much one equity path gained more than another while both ran, from their gains period by period.

    Both met the same market, so what it did to both is no part of the error. Periods are chosen as in `period_returns`;
    where the two do not overlap there is none.
    Source: the paired difference of two means, its error after Newey & West (1987).
    """
    if min(len(course.ts_ns), len(other.ts_ns)) < 2:
        return Lead(math.nan, math.nan, 0, PERIODS_S[-1])
    first, last = max(course.ts_ns[0], other.ts_ns[0]), min(course.ts_ns[-1], other.ts_ns[-1])
    edges, period_s = _periods(int(first), int(last))
    mean = mean_in_time(_gains(course, edges) - _gains(other, edges))
    return Lead(mean.mean * mean.n, mean.se * mean.n, mean.n, period_s)


def _periods(first_ns: int, last_ns: int) -> tuple[Integers, float]:
    """Return (edges of equal periods, seconds of one): the longest period of which there are enough."""
    span_s = float(last_ns - first_ns) * 1e-9
    period_s = next((period for period in PERIODS_S if span_s / period >= ENOUGH_PERIODS), PERIODS_S[-1])
    return first_ns + np.arange(max(math.floor(span_s / period_s), 0) + 1) * round(period_s * 1e9), period_s


def _gains(course: Course, edges: Integers) -> Floats:
    """Return what was gained from edge to edge, in quote units."""
    return np.diff(course.equity[last_rows(course.ts_ns, edges)])


def drawdown(ts_ns: Integers, equity: Floats) -> Drawdown:
    """Return the deepest fall of an equity path; one that never falls has depth 0."""
    if len(equity) == 0:
        return Drawdown(math.nan, math.nan, math.nan, math.nan, recovered=True)
    peaks = np.maximum.accumulate(equity)
    bottom = int(np.argmax(peaks - equity))
    depth = float(peaks[bottom] - equity[bottom])
    if depth <= 0.0:
        return Drawdown(0.0, 0.0, 0.0, 0.0, recovered=True)
    top = int(np.argmax(equity[: bottom + 1] >= peaks[bottom]))
    back = np.flatnonzero(equity[bottom:] >= peaks[bottom])
    end = bottom + int(back[0]) if len(back) else len(equity) - 1
    return Drawdown(
        depth=depth,
        depth_pct=100.0 * _ratio(depth, float(peaks[bottom])),
        to_bottom_s=float(ts_ns[bottom] - ts_ns[top]) * 1e-9,
        under_water_s=float(ts_ns[end] - ts_ns[top]) * 1e-9,
        recovered=len(back) > 0,
    )
