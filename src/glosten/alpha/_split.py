"""Where profit came from, fill by fill and in whole numbers: spread, adverse selection, inventory, fees, flows.

All amounts are half-quanta of cash: a mid lies between two ticks, so twice a mid is a whole number and nothing is
rounded. The parts are computed each on their own and their sum is compared with the ledger's total: nothing is a rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glosten.alpha._mids import Mids
from glosten.errors import DomainError
from glosten.records import LARGEST_INTEGER, Instrument

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Rows = NDArray[np.void]

ADVERSE_HORIZON_S = 10.0
"""Seconds after a fill over which the mid's move against us counts as adverse selection."""

FLOWS = np.dtype([(name, "i8") for name in ("ts_ns", "lots", "cost", "bid", "ask")])
"""A change of the managed inventory that no fill made: signed ``lots`` (a deposit is positive) and what they add to the
cost of what is held (quanta), with the book of that time in ticks."""
NO_FLOWS = np.zeros(0, FLOWS)


@dataclass(frozen=True, slots=True)
class Split:
    """Profit in quote units: spread + adverse + inventory + fees = total; realised + unrealised - brought = it + flows.

    ``brought`` is what the starting inventory had gained before the start (0 unless it was given a cost of its own),
    ``spread`` is what fills earned against the mid they met, ``adverse`` what the mid's move within the horizon took
    back, ``inventory`` what the mid's moves did to the start's inventory, and to each fill's after its horizon,
    ``fees`` what fills cost (negative), ``flows`` what coins that came or went were worth above the cost they were
    booked at: it is in the ledger's profit, and no trade earned it.
    """

    total: float
    realised: float
    unrealised: float
    brought: float
    spread: float
    adverse: float
    inventory: float
    fees: float
    flows: float = 0.0


@dataclass(frozen=True, slots=True)
class Ledger:
    """The books at the end of what is explained: ``held`` in lots, ``cost`` and ``realised`` in quanta.

    ``start_mid`` is bid + ask (ticks) when the maker took over what it held then.
    """

    held: int
    cost: int
    realised: int
    start_mid: int


@dataclass(frozen=True, slots=True)
class Units:
    """What whole numbers are worth: ``quantum`` in quote units, and the quanta of one tick times one lot."""

    quantum: float
    quanta_per_tick_lot: int


@dataclass(frozen=True)
class Attribution:
    """The parts of the profit in half-quanta: columns of whole numbers, one entry a fill, and totals.

    ``spread``, ``adverse`` (within ``horizon_s``), ``later`` (after it, up to the end) and ``fees``: see `Split`.
    ``carried`` is the revaluation of the inventory of the start and of flows, ``flows`` as in `Split`. ``residual`` is
    what the ledger has and the parts do not explain: 0 where every fill and every flow is known.
    """

    horizon_s: float
    units: Units
    spread: Integers
    adverse: Integers
    later: Integers
    fees: Integers
    carried: int
    flows: int
    realised: int
    unrealised: int
    brought: int
    held_at_start: int

    @property
    def total(self) -> int:
        """Return what trading and holding earned: the ledger's profit less what flows brought."""
        return self.realised + self.unrealised - self.brought - self.flows

    @property
    def inventory(self) -> int:
        """Return the revaluation of what is held, apart from the moves that count as adverse selection."""
        return self.carried + exact_sum(self.later)

    @property
    def residual(self) -> int:
        """Return what no fill and no flow explains."""
        parts = exact_sum(self.spread) + exact_sum(self.adverse) + exact_sum(self.fees)
        return self.total - parts - self.inventory

    def split(self) -> Split:
        """Return the parts in quote units; a residual, where data are missing, is inventory nobody accounts for."""
        unit = 0.5 * self.units.quantum
        return Split(
            total=self.total * unit,
            realised=self.realised * unit,
            unrealised=self.unrealised * unit,
            brought=self.brought * unit,
            spread=exact_sum(self.spread) * unit,
            adverse=exact_sum(self.adverse) * unit,
            inventory=(self.inventory + self.residual) * unit,
            fees=exact_sum(self.fees) * unit,
            flows=self.flows * unit,
        )


def exact_sum(values: Integers) -> int:
    """Return the sum of whole numbers, however large: in blocks that cannot wrap."""
    largest = int(np.abs(values).max(initial=0))
    block = max(LARGEST_INTEGER // max(largest, 1), 1)
    if block >= len(values):
        return int(values.sum())
    return sum(int(values[first : first + block].sum()) for first in range(0, len(values), block))


def fee_worth(fills: Rows, instrument: Instrument) -> Floats:
    """Return what the fee of each fill was worth in quote units; one in coins counts at the fill's own price."""
    quanta = _fee_quanta(fills, instrument.quanta_per_tick_lot)
    return quanta.astype(np.float64) * float(instrument.quantum)


def _fee_quanta(fills: Rows, worth: int) -> Integers:
    quanta: Integers = fills["fee"] + fills["fee_lots"] * fills["price"] * worth
    return quanta


def attribute(
    fills: Rows,
    mids: Mids,
    ledger: Ledger,
    units: Units,
    *,
    flows: Rows = NO_FLOWS,
    horizon_s: float = ADVERSE_HORIZON_S,
) -> Attribution:
    """Return the profit by cause, exactly; near the tape's end the last mid stands in for the one that never came.

    ``fills`` are rows with ``ts_ns, side, price, lots, fee, fee_lots, bid, ask, realised_after`` as the loop records
    them, all there were since the start; coins that went for a fee were sold at the fill's price, by those parts. What
    was held at the start, and what that had cost, follows from the end (``ledger``) and the fills. Raises `DomainError`
    where an amount does not fit 64 bits.
    Source: ARCHITECTURE, CLI contract: spread = sum s (p - mid_t) q, adverse = sum s (mid_t - mid_{t+h}) q, s = +1 for
    our sell; after Huang & Stoll (1996) and Hendershott, Jones & Menkveld (2011), realised spread and price impact.
    """
    worth, end = units.quanta_per_tick_lot, mids.last
    sold = fills["fee_lots"] - fills["side"] * fills["lots"]
    _refuse_overflow(fills, worth)
    met = fills["bid"] + fills["ask"]
    after = mids.twice_at(fills["ts_ns"] + round(horizon_s * 1e9)) if len(fills) else met
    held, cost = _start(fills, flows, ledger, worth)
    flowed = flows["bid"] + flows["ask"]
    return Attribution(
        horizon_s=horizon_s,
        units=units,
        spread=sold * (2 * fills["price"] - met) * worth,
        adverse=sold * (met - after) * worth,
        later=sold * (after - end) * worth,
        fees=-2 * _fee_quanta(fills, worth),
        carried=held * (end - ledger.start_mid) * worth + exact_sum(flows["lots"] * (end - flowed) * worth),
        flows=exact_sum(flows["lots"] * flowed * worth - 2 * flows["cost"]),
        realised=2 * ledger.realised,
        unrealised=ledger.held * end * worth - 2 * ledger.cost,
        brought=held * ledger.start_mid * worth - 2 * cost,
        held_at_start=held,
    )


def _refuse_overflow(fills: Rows, worth: int) -> None:
    if not len(fills):
        return
    largest = max(int(fills[name].max()) for name in ("price", "bid", "ask"))
    if 2 * largest * int(fills["lots"].max()) * worth >= LARGEST_INTEGER:
        raise DomainError(
            f"A fill of {int(fills['lots'].max())} lots at up to {largest} ticks does not fit 64 bits of half-quanta; "
            "give a coarser lot or tick."
        )


def _start(fills: Rows, flows: Rows, ledger: Ledger, worth: int) -> tuple[int, int]:
    """Return (held, cost) before the first fill, from the end backwards: every fill undone as the ledger booked it."""
    notional = fills["price"] * fills["lots"] * worth
    gained = np.diff(fills["realised_after"], prepend=0)
    added = np.where(fills["side"] > 0, notional + fills["fee"], fills["fee"] + gained - notional)
    held = ledger.held - exact_sum(fills["side"] * fills["lots"] - fills["fee_lots"]) - exact_sum(flows["lots"])
    return held, ledger.cost - exact_sum(added) - exact_sum(flows["cost"])
