"""Series for charts: columns of a run in quote units and milliseconds, thinned so that no extreme is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten.alpha import fee_worth
from glosten.records import EXIT_SLOT, RUNGS, Instrument
from glosten.run import Run

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_POINTS = 6_000
"""Points a line on the page has at most: every decision of a day at the default 15 s."""
MOST_FILLS = 4_000
MOST_BANDS = 400
NS_PER_MS = 1e6


def keep_extremes(columns: Sequence[Floats], most: int = MOST_POINTS) -> Integers:
    """Return the rows to draw, in order: first and last of every stretch, and where each column is least and greatest.

    All columns have one length n; at most about ``most`` rows come back, all n where they fit. NaN is never an extreme.
    """
    n = len(columns[0])
    if n <= most:
        return np.arange(n)
    stretches = max(1, most // (2 * len(columns) + 2))
    edges = np.linspace(0, n, stretches + 1).astype(np.int64)
    kept = [edges[:-1], edges[1:] - 1]
    for column in columns:
        for filler, pick in ((np.inf, np.argmin), (-np.inf, np.argmax)):
            finite = np.where(np.isfinite(column), column, filler)
            kept.append(np.array([first + pick(finite[first:last]) for first, last in pairwise(edges)]))
    return np.unique(np.concatenate(kept))


def hold_until_next(ms: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Return a series in which a value that a gap follows is there once more where the gap begins.

    A stepped line would draw nothing of it otherwise, and a lone value between two gaps would be lost.
    """
    ends = np.flatnonzero(np.isfinite(values[:-1]) & ~np.isfinite(values[1:])) + 1
    return np.insert(ms, ends, ms[ends]), np.insert(values, ends, values[ends - 1])


def instrument_of(run: Run) -> Instrument:
    """Return the instrument a run was traded on."""
    words = run.instrument
    steps = {name: Decimal(words[name]) for name in ("tick", "lot", "min_qty", "min_notional")}
    return Instrument(words["symbol"], **steps)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What stood after (a sample of) the decisions, as columns of one length; NaN where there was nothing.

    ``ms`` since 1970 UTC; prices, amounts and profit in quote units; ``exposure`` as a fraction of the allocation.
    """

    ms: Floats
    bid: Floats
    ask: Floats
    own_bid: Floats
    own_ask: Floats
    outer_bid: Floats
    outer_ask: Floats
    value: Floats
    value_low: Floats
    value_high: Floats
    anchor: Floats
    break_even: Floats
    prior: Floats
    coins: Floats
    held_value: Floats
    exposure: Floats
    allocation: Floats
    profit: Floats
    realised: Floats
    hold: Floats
    drawdown_pct: Floats


def _where_positive(values: NDArray[Any], scale: float = 1.0) -> Floats:
    """Return the values times the scale as floats, NaN where they are not positive (a price that was not there)."""
    return np.where(values > 0, values * scale, np.nan)


def timeline(run: Run) -> Timeline:
    """Return the decisions of a run as columns fit for charts, at most about `MOST_POINTS` long."""
    instrument, rows = instrument_of(run), run.cycles
    tick, lot, quantum = float(instrument.tick), float(instrument.lot), float(instrument.quantum)
    mid = 0.5 * (_where_positive(rows["bid"], tick) + _where_positive(rows["ask"], tick))
    held_value = rows["held"] * lot * mid
    allocation = _where_positive(rows["allocation"])
    profit = rows["realised"] * quantum + held_value - rows["cost"] * quantum
    started = np.flatnonzero(np.isfinite(allocation) & np.isfinite(mid))
    hold = np.full(len(rows), np.nan)
    if len(started):
        profit -= profit[started[0]]  # what the inventory had gained before is not this run's
        hold[started[0] :] = run.figures["held_at_start"] * lot * (mid[started[0] :] - mid[started[0]])
    kept = keep_extremes([mid, profit, rows["prior"], held_value])
    return Timeline(
        ms=rows["ts_ns"][kept] / NS_PER_MS,
        bid=_where_positive(rows["bid"], tick)[kept],
        ask=_where_positive(rows["ask"], tick)[kept],
        own_bid=_where_positive(rows["own_bid"], tick)[kept],
        own_ask=_where_positive(rows["own_ask"], tick)[kept],
        outer_bid=_where_positive(rows["outer_bid"], tick)[kept],
        outer_ask=_where_positive(rows["outer_ask"], tick)[kept],
        value=_where_positive(rows["value"])[kept],
        value_low=_where_positive(rows["value_low"])[kept],
        value_high=_where_positive(rows["value_high"])[kept],
        anchor=_where_positive(rows["anchor"])[kept],
        break_even=_where_positive(rows["break_even"])[kept],
        prior=rows["prior"][kept],
        coins=rows["held"][kept] * lot,
        held_value=held_value[kept],
        exposure=(held_value / allocation)[kept],
        allocation=allocation[kept],
        profit=profit[kept],
        realised=rows["realised"][kept] * quantum,
        hold=hold[kept],
        drawdown_pct=rows["drawdown_pct"][kept],
    )


@dataclass(frozen=True, slots=True)
class Touch:
    """Best bid and ask of the market: ``ms`` since 1970 UTC, prices in quote units."""

    ms: Floats
    bid: Floats
    ask: Floats


def touch(run: Run) -> Touch:
    """Return the market's quotes, thinned; those seen by the decisions where the run kept no others."""
    rows = run.market if len(run.market) else run.cycles
    tick = float(instrument_of(run).tick)
    bid, ask = _where_positive(rows["bid"], tick), _where_positive(rows["ask"], tick)
    kept = keep_extremes([bid, ask])
    return Touch(rows["ts_ns"][kept] / NS_PER_MS, bid[kept], ask[kept])


@dataclass(frozen=True, slots=True)
class Marks:
    """Fills of one side: ``ms`` since 1970 UTC, price and fee in quote units, ``edge_bps`` against the mid they met.

    ``rung`` counts from the innermost, 1; 0 is an exit or a rebalance.
    """

    ms: Floats
    price: Floats
    quantity: Floats
    fee: Floats
    edge_bps: Floats
    prior: Floats
    rung: Integers


def marks(run: Run, side: int) -> Marks:
    """Return our fills on one side (+1 bought, -1 sold), evenly thinned to `MOST_FILLS`."""
    instrument, rows = instrument_of(run), run.fills[run.fills["side"] == side]
    rows = rows[:: max(1, -(-len(rows) // MOST_FILLS))]
    price = rows["price"] * float(instrument.tick)
    mid = 0.5 * float(instrument.tick) * (rows["bid"] + rows["ask"])
    return Marks(
        ms=rows["ts_ns"] / NS_PER_MS,
        price=price,
        quantity=rows["lots"] * float(instrument.lot),
        fee=fee_worth(rows, instrument),
        edge_bps=np.where(mid > 0, 1e4 * side * (mid - price) / np.where(mid > 0, mid, 1.0), np.nan),
        prior=rows["prior"],
        rung=np.where(rows["slot"] < EXIT_SLOT, rows["slot"] % RUNGS + 1, 0),
    )


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time in which one code held, in milliseconds since 1970 UTC."""

    start_ms: float
    end_ms: float
    code: int


def bands(ts_ns: Integers, codes: Integers, end_ns: int) -> list[Band]:
    """Return the stretches of equal code; the last one reaches to ``end_ns``. Code 0 is a stretch like any other."""
    if not len(ts_ns):
        return []
    starts = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]]))
    ends = np.concatenate([ts_ns[starts[1:]], [max(end_ns, int(ts_ns[-1]))]])
    return [
        Band(float(start) / NS_PER_MS, float(end) / NS_PER_MS, int(code))
        for start, end, code in zip(ts_ns[starts], ends, codes[starts], strict=True)
    ]


def merge_close(stretches: Sequence[Band], most: int = MOST_BANDS) -> list[Band]:
    """Return bands of which neighbours with one code are joined over the smallest gaps until at most ``most`` are left.

    The joined band covers its gap, so a chart of ten thousand flickers stays readable; a lone band is never dropped.
    """
    by_code: dict[int, list[Band]] = {}
    for band in stretches:
        by_code.setdefault(band.code, []).append(band)
    allowed = max(1, most // max(1, len(by_code)))
    return [band for members in by_code.values() for band in _joined(members, allowed)]


def _joined(members: list[Band], most: int) -> list[Band]:
    excess = len(members) - most
    if excess <= 0:
        return members
    gaps = np.array([later.start_ms - earlier.end_ms for earlier, later in pairwise(members)])
    is_bridged = np.zeros(len(gaps), dtype=bool)
    is_bridged[np.argsort(gaps, kind="stable")[:excess]] = True
    kept = [members[0]]
    for band, bridged in zip(members[1:], is_bridged, strict=True):
        if bridged:
            kept[-1] = Band(kept[-1].start_ms, band.end_ms, band.code)
        else:
            kept.append(band)
    return kept
