"""From checked parameters to the one row that compiled code reads."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from glosten.params._about import Parameter
from glosten.params._catalogue import PARAMETERS
from glosten.params._runtime import Runtime
from glosten.params._strategy import Strategy, overlay

CASH_KEYS = ("TRADING_LIMIT", "GM_TL", "GM_CAPITAL_ALLOC", "MIN_ORDER_QUOTE")
"""Keys in the operator's currency: `pack` divides them by ``runtime.quote_unit``."""
NOT_PACKED = ("runtime.mode", "runtime.latency_file")
E8_PER_PERCENT = 1_000_000
"""A fee of 1 % in units of 1e-8 of the notional."""


class TradingRules(Protocol):
    """What `pack` reads of an instrument (`glosten.records.Instrument` is one)."""

    @property
    def tick(self) -> Decimal:
        """Price step in quote units per coin."""

    @property
    def lot(self) -> Decimal:
        """Size step in coins."""

    @property
    def min_qty(self) -> Decimal:
        """Smallest order in coins."""

    @property
    def min_notional(self) -> Decimal:
        """Smallest order in quote units."""

    @property
    def quantum(self) -> Decimal:
        """Unit of cash in the ledger, in quote units."""

    @property
    def quanta_per_tick_lot(self) -> int:
        """Cash quanta that one tick times one lot is worth."""


def _format(parameter: Parameter) -> str:
    return "f8" if parameter.type == "number" else "i8"


def _fields(table: str) -> list[tuple[str, str]]:
    return [
        (parameter.name, _format(parameter))
        for parameter in PARAMETERS
        if parameter.table == table and parameter.key not in NOT_PACKED
    ]


INSTRUMENT = np.dtype(
    [
        ("tick", "f8"),
        ("lot", "f8"),
        ("min_lots", "i8"),
        ("min_notional", "f8"),
        ("quantum", "f8"),
        ("quanta_per_tick_lot", "i8"),
        ("maker_fee_e8", "i8"),
        ("taker_fee_e8", "i8"),
    ]
)

PACKED = np.dtype(
    [
        ("strategy", np.dtype(_fields("strategy"))),
        ("runtime", np.dtype(_fields("runtime"))),
        ("instrument", INSTRUMENT),
        ("revision", "i8"),
        ("keeps_prior_at_snap", "i8"),
    ]
)
"""One row of everything a decision depends on.

``strategy`` and ``runtime`` hold one field a parameter in its declared unit (bps stay bps, % stay %), except: the cash
keys are in quote units, GM_PERIOD is minutes (never empty), a choice among words is its index, true is 1,
``runtime.initial_cost_basis`` is 0 where none was given, ``runtime.mode`` and ``runtime.latency_file`` are left out.
``instrument``: ``tick`` and ``min_notional`` in quote units, ``lot`` in coins, ``quantum`` in quote units, fees in 1e-8
of the notional. ``keeps_prior_at_snap`` is no operator's: `pack` leaves it 0; only a study of what a snap does to the
belief sets it.
"""


def _number(parameter: Parameter, value: object) -> float | int:
    if parameter.type == "select" and isinstance(value, str):
        return (parameter.choices or ()).index(value)
    if value is None:
        return 0.0
    return value if isinstance(value, int | float) else int(str(value))


def pack(strategy: Strategy, runtime: Runtime, instrument: TradingRules, revision: int = 0) -> NDArray[np.void]:
    """Return the one-row array of dtype `PACKED` that `maker.step` and the compiled loops read.

    The strict overlay is applied, cash keys are divided by ``runtime.quote_unit``, fees become whole 1e-8 fractions,
    the smallest size is rounded up to lots. ``revision`` numbers live changes of the configuration.
    """
    effective, _ = overlay(strategy)
    values: dict[str, dict[str, object]] = {"strategy": effective.model_dump(), "runtime": runtime.model_dump()}
    values["strategy"]["GM_PERIOD"] = effective.GM_PERIOD or effective.PERIOD
    for key in CASH_KEYS:
        values["strategy"][key] = getattr(effective, key) / runtime.quote_unit
    row = np.zeros(1, PACKED)
    for parameter in PARAMETERS:
        if parameter.key not in NOT_PACKED:
            row[parameter.table][parameter.name] = _number(parameter, values[parameter.table][parameter.name])
    rules = row["instrument"]
    rules["tick"] = float(instrument.tick)
    rules["lot"] = float(instrument.lot)
    rules["min_lots"] = int((instrument.min_qty / instrument.lot).to_integral_value(ROUND_CEILING))
    rules["min_notional"] = float(instrument.min_notional)
    rules["quantum"] = float(instrument.quantum)
    rules["quanta_per_tick_lot"] = instrument.quanta_per_tick_lot
    rules["maker_fee_e8"] = round(effective.GM_MAKER_FEE * E8_PER_PERCENT)
    rules["taker_fee_e8"] = round(effective.GM_FEE * E8_PER_PERCENT)
    row["revision"] = revision
    return row
