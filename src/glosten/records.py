"""What passes between the rooms: enums, frozen records, and the flat rows that compiled code reads.

Units everywhere: times are int64 nanoseconds since 1970 UTC; prices are whole ticks; sizes are whole lots; cash is
whole quanta of the quote asset (`Instrument.quantum`). Floats appear only as signals (belief, anchor), never as
balances.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

RUNGS = 10
"""Rungs a side can have (GM_GRID_LEVELS goes to 10)."""
EXIT_SLOT = 2 * RUNGS
"""The slot of exits and rebalance slices; bids live in slots 0..9, asks in 10..19, each the number of its rung."""
SLOTS = EXIT_SLOT + 1
"""Orders a pair can have at the venue at once: a slot is free again only when its cancel is acknowledged."""
LARGEST_INTEGER = 2**62
"""Balances and totals stay below this, so that int64 sums cannot wrap."""


class Side(IntEnum):
    """Who was impatient (a trade), or what our order does (an order, a fill)."""

    BUY = 1
    SELL = -1
    UNKNOWN = 0


class EventKind(IntEnum):
    """What one event row says."""

    BOOK = 1
    TRADE = 2
    FILL = 3
    PLACED = 4
    CANCELLED = 5
    REJECTED = 6
    CLOCK = 7


class OrderState(IntEnum):
    """Where an order of ours stands, as far as we know."""

    NONE = 0
    PLACING = 1
    WORKING = 2
    CANCELLING = 3


class Operation(IntEnum):
    """What the maker asks the venue to do."""

    PLACE = 1
    CANCEL = 2


class Status(IntEnum):
    """One word for what the maker is doing."""

    WAITING = 0
    WARMUP = 1
    QUOTING = 2
    GATED = 3
    HALTED = 4
    DATA_STALE = 5


class Breaker(IntEnum):
    """Circuit breakers, as bits, strongest first."""

    MAX_DRAWDOWN = 1
    DAILY_LOSS = 2
    CONSECUTIVE_LOSSES = 4


class Reason(IntEnum):
    """Why an order is there, why it goes, or why a side is empty: the closed vocabulary of traces and reports."""

    NONE = 0
    WARMUP = 1
    GATE_UNCONFIRMED = 2
    ALLOC_ZERO = 3
    SPLIT_MISMATCH = 4
    REBALANCING = 5
    BREAKER_CONSEC = 6
    BREAKER_DAILY = 7
    BREAKER_MAX_DD = 8
    PAUSED = 9
    STOPPED = 10
    DATA_STALE = 11
    MAX_EXP = 12
    PAIR_BUDGET = 13
    PORTFOLIO_BUDGET = 14
    ALLOC_CAP = 15
    NO_CASH = 16
    NO_INVENTORY = 17
    NO_CLOSE_MARKET = 18
    PNL_JUMP = 19
    BUDGET_BLOCK = 20
    IN_FLIGHT = 21
    UNKNOWN = 22
    MERGED_RUNG = 23
    QUOTE = 24
    REBALANCE = 25
    EXIT_FLATTEN = 26
    EXIT_MAX_DD = 27
    EXIT_WINDDOWN = 28
    EXIT_SCRATCH = 29
    BELOW_MIN = 30
    BE_BLOCK = 31
    WOULD_CROSS = 32
    POST_ONLY_REJECT = 33
    REJECT_BACKOFF = 34
    STALE_AGE = 35
    STALE_DRIFT = 36
    QTY_CHANGED = 37
    CONFIG_CHANGED = 38
    SIDE_OFF = 39
    EXIT_PENDING = 40


_INTEGER = "i8"

EVENT = np.dtype(
    [
        (name, _INTEGER)
        for name in (
            "kind",
            "ts_ns",
            "slot",
            "order",
            "side",
            "price",
            "lots",
            "bid",
            "bid_lots",
            "ask",
            "ask_lots",
            "aggressor",
            "fee",
            "is_maker",
            "reason",
        )
    ]
)
"""One event; a field that the kind does not use is 0. ``order`` numbers an order of ours (a slot is used again, a
number never), ``aggressor`` the market order a print belongs to."""

ACTION = np.dtype(
    [
        (name, _INTEGER)
        for name in ("operation", "slot", "order", "side", "price", "lots", "post_only", "immediate", "reason")
    ]
)
"""One request to the venue; ``immediate`` is an IOC limit, whose price is the worst that is accepted."""

QUOTES = np.dtype([(name, _INTEGER) for name in ("ts_ns", "bid", "bid_lots", "ask", "ask_lots")])
"""The top of the book as it stood from ``ts_ns`` on; a side with 0 lots displays nothing."""

PRINTS = np.dtype([(name, _INTEGER) for name in ("ts_ns", "price", "lots", "side", "aggressor")])
"""One print of the tape; ``side`` is the aggressor's, ``aggressor`` numbers the market order it belongs to."""

ACTIONS = 2 * SLOTS
"""Rows an action array needs: at most one cancel and one placement a slot."""


def _event(kind: EventKind, record: object) -> NDArray[np.void]:
    """Return the one-row event of a record whose fields are named as the row's are."""
    row = np.zeros(1, EVENT)
    row["kind"] = kind
    for field in fields(record):  # type: ignore[arg-type]
        row[field.name] = getattr(record, field.name)
    return row


@dataclass(frozen=True, slots=True)
class Instrument:
    """What a venue trades: price step, size step and smallest order.

    ``tick`` is in quote units per coin, ``lot`` and ``min_qty`` in coins, ``min_notional`` in quote units.
    """

    symbol: str
    tick: Decimal
    lot: Decimal
    min_qty: Decimal = Decimal(0)
    min_notional: Decimal = Decimal(0)

    @property
    def quantum(self) -> Decimal:
        """Return the unit of cash in the ledger: 1e-8 of the quote asset; tick times lot where that is no multiple."""
        step = self.tick * self.lot
        satoshi = Decimal("1e-8")
        return satoshi if step % satoshi == 0 else step

    @property
    def quanta_per_tick_lot(self) -> int:
        """Return the cash quanta that one tick times one lot is worth: a whole number by construction."""
        return int(self.tick * self.lot / self.quantum)


@dataclass(frozen=True, slots=True)
class Book:
    """Best bid and ask with their displayed sizes, in ticks and lots."""

    ts_ns: int
    bid: int
    bid_lots: int
    ask: int
    ask_lots: int

    def event(self) -> NDArray[np.void]:
        """Return the one-row event that `maker.step` reads."""
        return _event(EventKind.BOOK, self)


@dataclass(frozen=True, slots=True)
class Trade:
    """A print on the tape: ``side`` is the aggressor's, ``aggressor`` the running number of its market order."""

    ts_ns: int
    price: int
    lots: int
    side: Side
    aggressor: int

    def event(self) -> NDArray[np.void]:
        """Return the one-row event that `maker.step` reads."""
        return _event(EventKind.TRADE, self)


@dataclass(frozen=True, slots=True)
class Fill:
    """A (part of an) order of ours that traded: ``side`` is ours, ``fee`` in cash quanta (negative is a rebate)."""

    ts_ns: int
    slot: int
    order: int
    side: Side
    price: int
    lots: int
    fee: int
    is_maker: bool = True

    def event(self) -> NDArray[np.void]:
        """Return the one-row event that `maker.step` reads."""
        return _event(EventKind.FILL, self)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What the venue says of a request of ours: placed, cancelled (or gone), rejected with a reason."""

    ts_ns: int
    kind: EventKind
    slot: int
    order: int
    reason: Reason = Reason.NONE

    def event(self) -> NDArray[np.void]:
        """Return the one-row event that `maker.step` reads."""
        return _event(self.kind, self)


@dataclass(frozen=True, slots=True)
class Clock:
    """A decision is due."""

    ts_ns: int

    def event(self) -> NDArray[np.void]:
        """Return the one-row event that `maker.step` reads."""
        return _event(EventKind.CLOCK, self)
