"""What the meters say: figures and sentences of the moment, for `status` and for whoever watches."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten.alpha._markouts import HORIZONS_S, Markout
from glosten.alpha._meters import METERS, SIGNALS, settle_until
from glosten.errors import DomainError


@dataclass(frozen=True, slots=True)
class Told:
    """The information coefficient of a signal over a horizon so far; ``weight`` is the number of moves, faded."""

    signal: str
    horizon_s: float
    ic: float
    weight: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The measures so far: amounts in half-quanta that add up, spread + adverse + inventory + fees = total.

    Ratios are NaN without orders or fills; ``early`` counts settlements of fills that could not wait for their horizon
    and ``lost`` those of decisions. The errors of the markouts count the fills of one customer order as one draw.
    """

    total: int
    spread: int
    adverse: int
    inventory: int
    fees: int
    flows: int
    traded: int
    fills: int
    fill_ratio: float
    maker_ratio: float
    cancel_to_fill: float
    markouts: tuple[Markout, ...]
    told: tuple[Told, ...]
    early: int
    lost: int

    def amounts(self, quantum: float) -> dict[str, float]:
        """Return the parts of the profit and what was traded in quote units."""
        names = ("total", "spread", "adverse", "inventory", "fees", "flows")
        return {name: 0.5 * quantum * getattr(self, name) for name in names} | {"traded": quantum * self.traded}


def read_meters(meters: NDArray[np.void]) -> Reading:
    """Return what the meters of a pair say now, leaving them as they are; raises `DomainError` for other rows."""
    if meters.dtype != METERS:
        raise DomainError("These rows are no meters; make them with fresh_meters.")
    copy = meters.copy()
    waiting = settle_until(copy, int(copy[0]["quote_ns"]))
    row = copy[0]
    spread, fees, revalued = int(row["spread"]), int(row["fees"]), int(row["revalued"])
    measured = int(row["markout"][row["adverse_at"]]["earned"]) + waiting
    adverse = measured - spread
    return Reading(
        total=spread + revalued + fees,
        spread=spread,
        adverse=adverse,
        inventory=revalued - adverse,
        fees=fees,
        flows=int(row["flows"]),
        traded=int(row["traded"]),
        fills=int(row["fills"]),
        fill_ratio=_ratio(row["filled"], row["placed"]),
        maker_ratio=_ratio(row["maker_fills"], row["fills"]),
        cancel_to_fill=_ratio(row["cancelled"], row["filled"]),
        markouts=tuple(_markout(horizon, known) for horizon, known in zip(HORIZONS_S, row["markout"], strict=True)),
        told=tuple(
            Told(signal, horizon, _correlation(row["moments"][place, column]), float(row["moments"][place, column][0]))
            for column, signal in enumerate(SIGNALS)
            for place, horizon in enumerate(HORIZONS_S)
        ),
        early=int(row["early"]),
        lost=int(row["lost"]),
    )


def _ratio(part: Any, whole: Any) -> float:
    return float(part) / float(whole) if whole > 0 else math.nan


def _markout(horizon_s: float, known: Any) -> Markout:
    n, orders = int(known["n"]), int(known["orders"])
    if n == 0:
        return Markout(horizon_s, math.nan, math.nan, 0, 0)
    mean = float(known["bps"]) / n
    squares, mixed, sizes = (float(known[name]) for name in ("bps_squares", "bps_by_n", "n_squares"))
    scatter = max(squares - 2.0 * mean * mixed + mean**2 * sizes, 0.0)
    squares, mixed, sizes = (float(known[name]) for name in ("pair_bps", "pair_mixed", "pair_n"))
    scatter += 2.0 * max(squares - mean * mixed + mean**2 * sizes, 0.0)  # never below the error of independent orders
    error = math.sqrt(scatter * orders / (orders - 1)) / n if orders > 1 else math.nan
    return Markout(horizon_s, mean, error, n, orders)


def _correlation(known: Any) -> float:
    product = float(known["xx"]) * float(known["yy"])
    return float(known["xy"]) / math.sqrt(product) if product > 0.0 else math.nan


def reading_sentences(reading: Reading, quantum: float, quote_asset: str) -> tuple[str, ...]:
    """Return the reading in words, one sentence a subject."""
    amounts = reading.amounts(quantum)
    if reading.fills == 0:
        return ("Nothing was traded so far, so there is nothing to measure.",)
    parts = [f"{name} {amounts[name]:+,.2f}" for name in ("spread", "adverse", "inventory", "fees")]
    sentences = [f"Earned {amounts['total']:+,.2f} {quote_asset}: {', '.join(parts)}."]
    known = [markout for markout in reading.markouts if markout.n > 0]
    if known:
        parts = [
            f"{row.mean_bps:+.2f} bps after {row.horizon_s:g} s (error {row.se_bps:.2f}, n {row.n})" for row in known
        ]
        sentences.append(f"Markouts: {', '.join(parts)}.")
    told = [row for row in reading.told if math.isfinite(row.ic)]
    if told:
        parts = [f"{row.signal} {row.ic:+.3f} at {row.horizon_s:g} s (n {row.weight:.0f})" for row in told]
        sentences.append(f"Information coefficients, whose errors `glosten alpha` tells: {', '.join(parts)}.")
    if math.isfinite(reading.fill_ratio):
        sentences.append(
            f"{reading.fill_ratio:.1%} of the orders traded, {reading.maker_ratio:.1%} of the fills as maker, "
            f"{reading.cancel_to_fill:.1f} cancels per order that traded."
        )
    return tuple(sentences)
