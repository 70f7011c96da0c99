"""What passes between the rooms: enums, frozen records, and the flat rows that compiled code reads.

Units everywhere: times are int64 nanoseconds since 1970 UTC; prices are whole ticks; sizes are whole lots; cash is
whole quanta of the quote asset (`Instrument.quantum`). Floats appear only as signals (belief, anchor), never as
balances.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from enum import IntEnum
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

RUNGS = 10
"""Rungs a side can have (GM_GRID_LEVELS goes to 10)."""
EXIT_SLOT = 2 * RUNGS
"""The slot of every sale that is no quote; bids live in slots 0..9, asks in 10..19, each the number of its rung."""
REBALANCE_SLOT = EXIT_SLOT + 1
"""The slot of purchases that bring a first start to its split."""
SLOTS = REBALANCE_SLOT + 1
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
    BEAT = 8
    GAP = 9
    CANDLE = 10
    FLOW = 11
    COMMAND = 12
    PORTFOLIO = 13
    CONFIG = 14
    START = 15


class Command(IntEnum):
    """What the operator asks of a running maker."""

    PAUSE = 1
    RESUME = 2
    STOP = 3
    FLATTEN = 4
    FLATTEN_FORCE = 5
    ADOPT = 6
    RESET_BREAKER = 7
    RESET_STATS = 8


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
    BLOCKED_SPLIT = 6
    REBALANCING = 7
    PAUSED = 8
    STOPPED = 9
    FLATTENING = 10


class Split(IntEnum):
    """Where the check of a first start stands (STRATEGY steps 10 and 11)."""

    UNCHECKED = 0
    PASSED = 1
    WARNED = 2
    BLOCKED = 3
    REBALANCING = 4
    REBALANCED = 5


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
            "fee_lots",
            "is_maker",
            "reason",
            "high",
            "low",
            "cash",
            "external",
            "command",
            "allocation",
            "inventory",
            "pairs",
        )
    ]
)
"""One event; a field that the kind does not use means nothing. ``order`` numbers an order of ours (a slot is used
again, a number never), ``aggressor`` the market order a print belongs to; the other fields are those of the records
below, by their names."""

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

LEVELS = np.dtype([(name, _INTEGER) for name in ("ts_ns", "side", "price", "lots")])
"""What is displayed at one price from ``ts_ns`` on, bids (side 1) or asks (-1); 0 lots: the level is gone."""

ACTIONS = 2 * SLOTS
"""Rows an action array needs: at most one cancel and one placement a slot."""


class _Told:
    """What the maker can be told: a frozen record whose fields are named as those of the event row."""

    __slots__ = ()
    KIND: ClassVar[EventKind]

    def event(self) -> NDArray[np.void]:
        """Return the one-row event that `maker.step` reads."""
        row = np.zeros(1, EVENT)
        row["kind"] = self.KIND
        for field in fields(self):  # type: ignore[arg-type]
            row[field.name] = getattr(self, field.name)
        return row


@dataclass(frozen=True, slots=True)
class Instrument:
    """What a venue trades; ``tick`` is in quote units per coin, ``lot`` and ``min_qty`` in coins, the rest in cash."""

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
class Book(_Told):
    """Best bid and ask with their displayed sizes, in ticks and lots."""

    KIND: ClassVar[EventKind] = EventKind.BOOK
    ts_ns: int
    bid: int
    bid_lots: int
    ask: int
    ask_lots: int


@dataclass(frozen=True, slots=True)
class Trade(_Told):
    """A print on the tape: ``side`` is the aggressor's, ``aggressor`` the running number of its market order."""

    KIND: ClassVar[EventKind] = EventKind.TRADE
    ts_ns: int
    price: int
    lots: int
    side: Side
    aggressor: int


@dataclass(frozen=True, slots=True)
class Fill(_Told):
    """A (part of an) order of ours that traded: ``side`` is ours, ``fee`` what it cost in cash quanta, or in a third
    asset's worth of them (negative is a rebate), ``fee_lots`` the lots taken instead (runtime.fee_asset)."""

    KIND: ClassVar[EventKind] = EventKind.FILL
    ts_ns: int
    slot: int
    order: int
    side: Side
    price: int
    lots: int
    fee: int
    is_maker: bool = True
    fee_lots: int = 0


@dataclass(frozen=True, slots=True)
class Acknowledgement(_Told):
    """What the venue says of a request of ours: placed, cancelled (or gone), rejected with a reason."""

    KIND: ClassVar[EventKind] = EventKind.PLACED
    ts_ns: int
    kind: EventKind
    slot: int
    order: int
    reason: Reason = Reason.NONE


@dataclass(frozen=True, slots=True)
class Clock(_Told):
    """A decision is due."""

    KIND: ClassVar[EventKind] = EventKind.CLOCK
    ts_ns: int


@dataclass(frozen=True, slots=True)
class Beat(_Told):
    """The stream of market data is alive, though nothing changed."""

    KIND: ClassVar[EventKind] = EventKind.BEAT
    ts_ns: int


@dataclass(frozen=True, slots=True)
class Gap(_Told):
    """The stream of market data broke off at ``ts_ns``: its age counts from there until it speaks again."""

    KIND: ClassVar[EventKind] = EventKind.GAP
    ts_ns: int


@dataclass(frozen=True, slots=True)
class Candle(_Told):
    """A closed candle of GM_PERIOD from before the start, in ticks; ``ts_ns`` is its end, ``price`` its close."""

    KIND: ClassVar[EventKind] = EventKind.CANDLE
    ts_ns: int
    high: int
    low: int
    price: int


@dataclass(frozen=True, slots=True)
class Flow(_Told):
    """A balance changed without a fill of this pair: by ``cash`` quanta and ``lots`` coins, both signed.

    ``external``: nobody's fill explains it (a deposit or withdrawal); else another pair's fill does.
    """

    KIND: ClassVar[EventKind] = EventKind.FLOW
    ts_ns: int
    cash: int
    lots: int
    external: bool = True


@dataclass(frozen=True, slots=True)
class Instruction(_Told):
    """A command of the operator."""

    KIND: ClassVar[EventKind] = EventKind.COMMAND
    ts_ns: int
    command: Command


@dataclass(frozen=True, slots=True)
class Portfolio(_Told):
    """What the other included ``pairs`` hold: their allocations and inventories summed, in this pair's cash quanta."""

    KIND: ClassVar[EventKind] = EventKind.PORTFOLIO
    ts_ns: int
    allocation: int
    inventory: int
    pairs: int


@dataclass(frozen=True, slots=True)
class Configured(_Told):
    """The parameters that come with this event are new: everything after it is decided by them."""

    KIND: ClassVar[EventKind] = EventKind.CONFIG
    ts_ns: int


@dataclass(frozen=True, slots=True)
class Start(_Told):
    """A process begins with this state: its old orders are gone, its warm-up starts anew."""

    KIND: ClassVar[EventKind] = EventKind.START
    ts_ns: int
