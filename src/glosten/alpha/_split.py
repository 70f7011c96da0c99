"""Where profit came from: the spread earned, what informed traders took back, the inventory's moves, and fees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.errors import DomainError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ORDER_NS = 1_000_000_000
"""Fills of one side within a second of the first are one customer order."""
ADVERSE_HORIZON_S = 10.0
"""Seconds after a fill over which the mid's move against us counts as adverse selection."""


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
class Split:
    """Profit in quote units: spread + adverse + inventory + fees = total = realised + unrealised - brought.

    ``brought`` is what the starting inventory had gained before the start (0 unless it was given a cost of its own),
    ``spread`` is what fills earned against the mid they met, ``adverse`` what the mid's move within the horizon took
    back, ``inventory`` the rest of the position's revaluation, ``fees`` what fills cost (negative).
    """

    total: float
    realised: float
    unrealised: float
    brought: float
    spread: float
    adverse: float
    inventory: float
    fees: float


@dataclass(frozen=True, slots=True)
class Markout:
    """Mean earned against the mid ``horizon_s`` after a fill, in bps of the mid at the fill; > 0 is good for us.

    ``n`` fills of ``orders`` customer orders: the error counts the fills of one order as one draw.
    """

    horizon_s: float
    mean_bps: float
    se_bps: float
    n: int
    orders: int


@jit
def _last_rows(ts_ns: Integers, times: Integers) -> Integers:
    """Return the last row at or before each time (the first row where there is none).

    ``numpy.searchsorted`` would copy the column of a structured array whole; a tape can have a hundred million rows.
    """
    rows = np.zeros(len(times), np.int64)
    for index in range(len(times)):
        low, high = 0, len(ts_ns)
        while low < high:
            middle = (low + high) // 2
            if ts_ns[middle] <= times[index]:
                low = middle + 1
            else:
                high = middle
        rows[index] = max(low - 1, 0)
    return rows


class Mids:
    """The mid as a step function of time: what the last of the quotes (`records.QUOTES`) said, in quote units."""

    def __init__(self, quotes: NDArray[np.void], tick: float) -> None:
        self._quotes = quotes
        self._tick = tick

    @property
    def end_ns(self) -> int:
        """Return the time of the last quote."""
        return int(self._quotes["ts_ns"][-1])

    def at(self, ts_ns: Integers) -> Floats:
        """Return the mid that stands at each time, a quote of that very time included."""
        rows = self._quotes[_last_rows(self._quotes["ts_ns"], ts_ns)]
        mid: Floats = 0.5 * self._tick * (rows["bid"] + rows["ask"])
        return mid


def split(fills: Fills, mids: Mids, booked: tuple[float, float, float]) -> Split:
    """Return the profit by cause; near the tape's end the last mid stands in for the one that never came.

    ``booked`` is (realised, unrealised, brought), in quote units.

    Source: ARCHITECTURE, CLI contract: spread = sum s (p - mid_t) q, adverse = sum s (mid_t - mid_{t+h}) q, h = 10 s;
    after Hendershott, Jones & Menkveld (2011), realised spread and price impact.
    """
    realised, unrealised, brought = booked
    total = realised + unrealised - brought
    fees = -float(fills.fee.sum())
    later = mids.at(fills.ts_ns + int(ADVERSE_HORIZON_S * 1e9)) if len(fills.ts_ns) else fills.mid
    spread = float((fills.sign * (fills.price - fills.mid) * fills.quantity).sum())
    adverse = float((fills.sign * (fills.mid - later) * fills.quantity).sum())
    return Split(total, realised, unrealised, brought, spread, adverse, total - spread - adverse - fees, fees)


def markouts(fills: Fills, mids: Mids, horizons_s: tuple[float, ...] = (1.0, 10.0, 60.0)) -> tuple[Markout, ...]:
    """Return the mean markout at each horizon with its standard error; fills too near the tape's end are left out.

    Source: signed difference of fill price and later mid, as in the realised half-spread of Huang & Stoll (1996).
    """
    outcome = []
    for horizon_s in horizons_s:
        when = fills.ts_ns + int(horizon_s * 1e9)
        known = when <= mids.end_ns
        n = int(known.sum())
        if n == 0:
            outcome.append(Markout(horizon_s, float("nan"), float("nan"), 0, 0))
            continue
        later = mids.at(when[known])
        earned = 1e4 * fills.sign[known] * (fills.price[known] - later) / fills.mid[known]
        order = customer_orders(fills.ts_ns[known], fills.sign[known])
        outcome.append(Markout(horizon_s, float(earned.mean()), clustered_error(earned, order), n, int(order[-1]) + 1))
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


def clustered_error(values: Floats, cluster: Integers) -> float:
    """Return the standard error of the mean of values that come in dependent clusters; NaN for a single cluster.

    Source: Liang & Zeger (1986), with the small-sample factor G / (G - 1).
    """
    clusters = int(cluster[-1]) + 1
    if clusters < 2:
        return float("nan")
    sums = np.bincount(cluster, weights=values - values.mean(), minlength=clusters)
    return float(np.sqrt((sums**2).sum() * clusters / (clusters - 1)) / len(values))
