"""Markouts: what fills were worth a while later, for all of them and by what distinguishes them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from glosten.alpha._mids import Mids
from glosten.errors import DomainError
from glosten.records import EXIT_SLOT, REBALANCE_SLOT, RUNGS
from glosten.statistics import overlapping_error

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ORDER_NS = 1_000_000_000
"""Fills of one side within a second of the first are one customer order."""
HORIZONS_S = (1.0, 10.0, 60.0)
BELIEF_EDGES = (0.2, 0.4, 0.6, 0.8)
NS_PER_HOUR = 3_600_000_000_000


@dataclass(frozen=True, slots=True)
class Fills:
    """Fills as columns of equal length.

    ``ts_ns`` in nanoseconds, ``sign`` +1 our sell, -1 our buy; ``price`` and ``mid`` in quote units per coin,
    ``quantity`` in coins, ``fee`` in quote units (negative is a rebate). Raises `DomainError` for unequal lengths.
    """

    ts_ns: Integers
    sign: Integers
    price: Floats
    quantity: Floats
    fee: Floats
    mid: Floats

    def __post_init__(self) -> None:
        lengths = {len(getattr(self, name)) for name in self.__slots__}
        if len(lengths) > 1:
            raise DomainError(f"The columns of the fills have different lengths: {sorted(lengths)}.")


@dataclass(frozen=True, slots=True)
class Markout:
    """Mean earned against the mid ``horizon_s`` after a fill, in bps of the mid at the fill; > 0 is good for us.

    ``n`` fills of ``orders`` customer orders: the error counts the fills of one order as one draw, and orders whose
    windows overlap as dependent.
    """

    horizon_s: float
    mean_bps: float
    se_bps: float
    n: int
    orders: int


@dataclass(frozen=True, slots=True)
class Grouping:
    """Fills told apart: ``of`` is each fill's place in ``labels``."""

    name: str
    labels: tuple[str, ...]
    of: Integers


@dataclass(frozen=True, slots=True)
class MarkoutCurve:
    """The markouts of one group of fills."""

    grouping: str
    label: str
    markouts: tuple[Markout, ...]


def markouts(fills: Fills, mids: Mids, horizons_s: tuple[float, ...] = HORIZONS_S) -> tuple[Markout, ...]:
    """Return the mean markout at each horizon with its standard error; fills too near the tape's end are left out.

    Source: signed difference of fill price and later mid, as in the realised half-spread of Huang & Stoll (1996).
    """
    return _markouts(fills, mids, np.ones(len(fills.ts_ns), np.bool_), horizons_s)


def markout_curves(
    fills: Fills, mids: Mids, grouping: Grouping, horizons_s: tuple[float, ...] = HORIZONS_S
) -> tuple[MarkoutCurve, ...]:
    """Return the markouts of every group that has a fill, in the order of its labels."""
    return tuple(
        MarkoutCurve(grouping.name, label, _markouts(fills, mids, grouping.of == index, horizons_s))
        for index, label in enumerate(grouping.labels)
        if (grouping.of == index).any()
    )


def _markouts(
    fills: Fills, mids: Mids, chosen: NDArray[np.bool_], horizons_s: tuple[float, ...]
) -> tuple[Markout, ...]:
    orders = customer_orders(fills.ts_ns, fills.sign)
    outcome = []
    for horizon_s in horizons_s:
        horizon_ns = round(horizon_s * 1e9)
        known = chosen & (fills.ts_ns + horizon_ns <= mids.end_ns)
        n = int(known.sum())
        if n == 0:
            outcome.append(Markout(horizon_s, float("nan"), float("nan"), 0, 0))
            continue
        ts_ns = fills.ts_ns[known]
        earned = 1e4 * fills.sign[known] * (fills.price[known] - mids.at(ts_ns + horizon_ns)) / fills.mid[known]
        met, cluster = np.unique(orders[known], return_inverse=True)
        error = overlapping_error(earned, cluster, ts_ns, 2 * horizon_ns)
        outcome.append(Markout(horizon_s, float(earned.mean()), error, n, len(met)))
    return tuple(outcome)


def customer_orders(ts_ns: Integers, sign: Integers) -> Integers:
    """Return the running number of the customer order each fill belongs to: same side, within a second of its first.

    Source: STRATEGY ruling R11.
    """
    numbers = np.zeros(len(ts_ns), np.int64)
    number, first = -1, 0
    for index in range(len(ts_ns)):
        is_new = number < 0 or sign[index] != sign[index - 1] or ts_ns[index] - ts_ns[first] > ORDER_NS
        if is_new:
            number, first = number + 1, index
        numbers[index] = number
    return numbers


def by_side(fills: Fills) -> Grouping:
    """Return our buys and our sells."""
    return Grouping("side", ("buy", "sell"), (fills.sign > 0).astype(np.int64))


def by_size(fills: Fills, parts: int = 3) -> Grouping:
    """Return fills by size: parts of about equal number; equal sizes are never parted."""
    edges = np.unique(np.quantile(fills.quantity, np.arange(1, parts) / parts)) if len(fills.quantity) else np.zeros(0)
    edges = edges[edges < fills.quantity.max(initial=0.0)]
    ends = [f"{edge:g}" for edge in edges]
    labels = [f"up to {end}" for end in ends] + [f"above {ends[-1]}" if ends else "all"]
    return Grouping("size", tuple(labels), np.searchsorted(edges, fills.quantity, side="left"))


def by_rung(slot: Integers) -> Grouping:
    """Return fills by the rung of their order, the innermost first; sales that are no quotes and rebalances apart."""
    labels = (*(f"rung {rung + 1}" for rung in range(RUNGS)), "exit", "rebalance")
    place = np.where(slot == EXIT_SLOT, RUNGS, np.where(slot == REBALANCE_SLOT, RUNGS + 1, slot % RUNGS))
    return Grouping("rung", labels, place)


def by_belief(prior: Floats) -> Grouping:
    """Return fills by the belief P(V_H) that quoted them."""
    ends = (0.0, *BELIEF_EDGES, 1.0)
    labels = tuple(f"{low:g} to {high:g}" for low, high in pairwise(ends))
    return Grouping("belief", labels, np.searchsorted(BELIEF_EDGES, prior, side="right"))


def by_hour(fills: Fills) -> Grouping:
    """Return fills by the hour of the day, UTC."""
    return Grouping("hour", tuple(f"{hour:02d}" for hour in range(24)), fills.ts_ns // NS_PER_HOUR % 24)
