"""Standing: what an operator looks at, a maker's state with the parameters and the instrument that give it meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten.params import Runtime, Strategy, overlay
from glosten.records import EXIT_SLOT, LARGEST_INTEGER, RUNGS, Instrument, OrderState, Reason, Side, Status
from glosten.run._explain import amount
from glosten.settings import Finding, Settings

NOTHING = "-"
"""Shown where there is no value."""
BPS = 1e4
FIGURES = 5
"""Significant digits of amounts on the one line of a decision."""


def unpack(row: NDArray[np.void]) -> dict[str, Any]:
    """Return a one-row structured array as nested plain numbers: groups by name, arrays as lists of groups."""
    unpacked: dict[str, Any] = _reader(row.dtype)(row[0].item())
    return unpacked


def unpack_groups(row: NDArray[np.void], names: Sequence[str]) -> dict[str, Any]:
    """Return some groups of a one-row structured array as nested plain numbers."""
    groups = ((name, row.dtype[name], row[0][name]) for name in names)
    return {name: _reader(kind)(group if kind.subdtype else group.item()) for name, kind, group in groups}


@cache
def _reader(dtype: np.dtype[Any]) -> Callable[[Any], Any]:
    """Return what names the parts of a value of this type, made once a type: it runs at every recorded decision."""
    if dtype.subdtype is not None:
        inner = _reader(dtype.subdtype[0])
        return lambda rows: [inner(row) for row in rows.tolist()]
    if dtype.names is None or dtype.fields is None:
        return lambda value: value
    names = dtype.names
    kinds = [dtype.fields[name][0] for name in names]
    if all(kind.names is None and kind.subdtype is None for kind in kinds):
        return lambda parts: dict(zip(names, parts, strict=True))
    readers = [_reader(kind) for kind in kinds]
    return lambda parts: {name: read(part) for name, read, part in zip(names, readers, parts, strict=True)}


def refill(dtype: np.dtype[Any], values: Mapping[str, Any]) -> NDArray[np.void]:
    """Return the one-row array that `unpack` took apart; what JSON made null is NaN again."""
    row = np.zeros(1, dtype)
    _fill(row[0], values)
    return row


def _fill(row: Any, values: Mapping[str, Any]) -> None:
    for name in row.dtype.names:
        given = values[name]
        if isinstance(given, Mapping):
            _fill(row[name], given)
        elif isinstance(given, Sequence):
            for inner, value in zip(row[name], given, strict=True):
                _fill(inner, value)
        else:
            row[name] = np.nan if given is None else given


@dataclass(frozen=True, slots=True)
class Order:
    """An order of ours as people read it: prices in quote units, sizes in coins, age in decisions."""

    side: str
    rung: int
    price: float
    quantity: Decimal
    leaves: Decimal
    from_mid_bps: float | None
    age: int
    drift_bps: float
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands after a decision.

    ``state`` is an unpacked state row, ``keys`` the strategy in force with what STRICT_LITERATURE ``overlaid`` in it,
    ``findings`` the remarks of the lint.
    """

    state: Mapping[str, Any]
    keys: Strategy
    runtime: Runtime
    overlaid: tuple[str, ...]
    instrument: Instrument
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(
        cls, state: NDArray[np.void], settings: Settings, instrument: Instrument, findings: Sequence[Finding] = ()
    ) -> Standing:
        """Return the standing of a state row under its settings."""
        keys, overlaid = overlay(settings.strategy)
        return cls(unpack(state), keys, settings.runtime, overlaid, instrument, tuple(findings))

    @property
    def pair(self) -> str:
        """Return the name of the pair, base before quote."""
        return self.instrument.symbol

    @property
    def status(self) -> Status:
        """Return the one word for what the maker is doing."""
        return Status(self.state["cycle"]["status"])

    @property
    def mid(self) -> float | None:
        """Return the middle of the book as last seen, in quote units; None without a book."""
        view = self.state["view"]
        if view["bid"] <= 0 or view["ask"] <= 0:
            return None
        return 0.5 * float(view["bid"] + view["ask"]) * float(self.instrument.tick)

    @property
    def cost(self) -> float:
        """Return the average cost of a held coin, entry fees included, in quote units; 0 while nothing is held."""
        ledger = self.state["ledger"]
        held = ledger["held"] * float(self.instrument.lot)
        return self.quote(ledger["cost"]) / held if held else 0.0

    @property
    def unrealised(self) -> float:
        """Return what the held coins are worth at the mid above their cost, in quote units."""
        ledger, mid = self.state["ledger"], self.mid
        value = ledger["held"] * float(self.instrument.lot) * mid if mid is not None else 0.0
        return value - self.quote(ledger["cost"]) if mid is not None else 0.0

    def quote(self, quanta: int) -> float:
        """Return cash quanta in quote units."""
        return quanta * float(self.instrument.quantum)

    def coins(self, lots: int) -> Decimal:
        """Return lots in coins."""
        return lots * self.instrument.lot

    def price(self, value: float | None) -> str:
        """Return a price with at most GM_SP decimals and, within these, at least those of the tick."""
        if value is None or value <= 0.0 or value != value:  # noqa: PLR0124  # NaN
            return NOTHING
        exponent = self.instrument.tick.normalize().as_tuple().exponent
        least = min(max(0, -int(exponent)), self.keys.GM_SP)
        whole, _, decimals = f"{value:.{self.keys.GM_SP}f}".partition(".")
        kept = decimals.rstrip("0").ljust(least, "0")
        return f"{whole}.{kept}" if kept else whole

    def ticks(self, ticks: int) -> str:
        """Return a price in ticks as a price."""
        return self.price(ticks * float(self.instrument.tick) if ticks > 0 else None)

    def orders(self) -> tuple[Order, ...]:
        """Return the orders that stand or are on their way, bids first, the innermost first."""
        found = []
        for slot, order in enumerate(self.state["orders"]):
            if order["state"] in (OrderState.NONE, OrderState.CANCELLING):
                continue
            price = float(order["price"] * self.instrument.tick)
            found.append(
                Order(
                    side_word(slot, order["side"]),
                    rung_of(slot),
                    price,
                    self.coins(order["lots"]),
                    self.coins(order["leaves"]),
                    BPS * (price / self.mid - 1.0) if self.mid else None,
                    self.state["cycle"]["number"] - order["placed_cycle"],
                    order["drift_bps"],
                    word(Reason(order["reason"])),
                )
            )
        return tuple(found)

    def room(self, name: str) -> float | None:
        """Return what a limit leaves for bids, in quote units; None where the limit is off."""
        quanta = self.state["capital"][f"room_{name}"]
        return None if quanta >= LARGEST_INTEGER else self.quote(quanta)


def word(code: Any) -> str:
    """Return the name of a code as the traces write it."""
    name: str = code.name
    return name.lower()


def reason_word(code: int) -> str | None:
    """Return a reason's name, None for none."""
    return word(Reason(code)) if code else None


def side_word(slot: int, side: int) -> str:
    """Return "bid" or "ask" for a quote of ours, "buy" or "sell" for what is none."""
    if slot < EXIT_SLOT:
        return "bid" if slot < RUNGS else "ask"
    return "buy" if side == Side.BUY else "sell"


def rung_of(slot: int) -> int:
    """Return the rung of a slot, 0 the innermost; of what is no quote, 0."""
    return slot % RUNGS if slot < EXIT_SLOT else 0


def signed(value: float) -> str:
    """Return a signed amount, no more decimals than its size needs: +12.3, -0.0021, 0."""
    text = amount(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(value: float) -> str:
    """Return an amount in five digits, or in as many as it has before its point: 4545, 4544.9, 0.012345."""
    if value == 0.0 or value != value:  # noqa: PLR0124  # NaN
        return "0"
    decimals = max(0, FIGURES - 1 - int(f"{abs(value):e}".partition("e")[2]))
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
