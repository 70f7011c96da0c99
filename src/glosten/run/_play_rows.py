"""Rows: what a backtest under way consists of, and what it keeps, as plain rows that compiled code reads."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glosten.maker import STATE
from glosten.market import VENUE
from glosten.params import PACKED
from glosten.records import ACTION, ACTIONS, EVENT, SLOTS

Rows = NDArray[np.void]

CURSOR = np.dtype(
    [
        (name, "i8")
        for name in (
            "quote",
            "trade",
            "next_clock_ns",
            "cycle_ns",
            "cycles",
            "stride",
            "decisions",
            "fills",
            "breakers",
            "queue_head",
            "queue_tail",
            "last_ns",
            "open_breakers",
            "is_synthetic",
            "is_done",
            "is_full",
            "gap",
            "level",
            "pauses",
            "is_waiting",
            "pairs",
            "told_allocation",
            "told_inventory",
            "own_allocation",
            "own_inventory",
            "keeps_journal",
            "journaled",
            "is_delayed",
            "moment",
            "is_print_next",
            "decides",
            "heard_quote",
            "heard_trade",
            "last_heard_ns",
            "last_arrival_ns",
            "answer_head",
            "answer_tail",
            "last_answer_ns",
            "order_ns",
            "response_ns",
        )
    ]
)
"""Where the loop stands: the next rows of the tape, the next decision, rows recorded, the request queue's ends, the
tape's last instant, the breakers as last recorded, whether the quotes are implied by prints, whose sizes say nothing of
a queue, and the next gap of the tape. With ``pauses`` the loop stops before every decision (``is_waiting``), so that it
can be told of the other ``pairs``; ``own_*`` is what this one entered into the portfolio at its last (quanta).
``level`` is the next row of the depth; ``moment`` what happens next (`Moment`), ``is_print_next`` whether the tape's
next event is a print; ``decides`` asks for a decision where there is no cycle. Where there is latency (``is_delayed``),
``heard_*`` are the next rows that the maker hears of, ``answer_*`` the ends of the ring of answers under way;
``last_*_ns`` keep each connection in its order, ``order_ns`` and ``response_ns`` are the latencies of this instant."""


class Moment(IntEnum):
    """What can happen next, decisions apart."""

    TAPE = 0
    ARRIVAL = 1
    NEWS = 2
    ANSWER = 3


FEED_LATENCY, ORDER_LATENCY, RESPONSE_LATENCY = 1, 2, 3
"""Columns of the latency rows (`market.delay`)."""
TOO_MANY_FILLS, TOO_MANY_REQUESTS, TOO_MANY_ANSWERS = 1, 2, 3
"""Why a run stopped (``is_full``)."""

CYCLE_ROW = np.dtype(
    [
        *((name, "i8") for name in ("ts_ns", "bid", "ask", "own_bid", "own_ask", "outer_bid", "outer_ask")),
        *((name, "i8") for name in ("held", "cost", "realised")),
        *((name, "f8") for name in ("value", "value_low", "value_high", "anchor", "prior", "equity", "drawdown_pct")),
        *((name, "f8") for name in ("allocation", "model_bid", "model_ask", "break_even")),
        *((name, "i8") for name in ("status", "bids_off", "asks_off", "exit_reason", "orders")),
    ]
)
"""What stood after a decision: prices named in ticks where integer, else in quote units; ``held`` in lots, ``cost`` and
``realised`` in quanta; ``own_bid`` and ``own_ask`` the innermost orders, ``outer_bid`` and ``outer_ask`` the outermost
(0: none)."""

FILL_ROW = np.dtype(
    [
        *((name, "i8") for name in ("ts_ns", "slot", "order", "side", "price", "lots")),
        *((name, "i8") for name in ("fee", "fee_lots", "is_maker", "bid", "ask")),
        *((name, "i8") for name in ("held_after", "realised_after", "cycle")),
        *((name, "f8") for name in ("value", "prior")),
    ]
)
"""A fill of ours at the time and with the book of the venue (ticks), and with the belief when the maker heard of it."""

JOURNAL = 8192
"""Events that are kept for whoever watches, until the loop comes back to Python."""
QUEUE, ALL = 1024, 1 << 62
"""Requests that can wait for their turn at one instant; more than there will ever be."""

ANSWERS, SPARE_ANSWERS = 4096, 4 * SLOTS
"""Answers that can be under way at once, and those that one event can add."""
ANSWER = np.dtype([("event", EVENT), ("happened_ns", "i8"), ("bid", "i8"), ("ask", "i8")])
"""An answer under way: the event the maker will hear, when it happened at the venue, and the book that stood there."""

BREAKER_ROW = np.dtype([(name, "i8") for name in ("ts_ns", "before", "after")])
"""A change of the open breakers (bits of `records.Breaker`)."""

MARGIN = 4 * SLOTS
"""Fill rows that one request can need."""
SPARE = 1024
"""Fill rows kept free between two events; an instant that needs more stops the run instead of losing a fill."""


PLAY = np.dtype(
    [
        ("cursor", CURSOR),
        ("state", STATE),
        ("params", PACKED),
        ("event", EVENT),
        ("actions", ACTION, (ACTIONS,)),
        ("venue", VENUE),
        ("fills", EVENT, (SLOTS,)),
        ("queue", ACTION, (QUEUE,)),
        ("arrivals", "i8", (QUEUE,)),
        ("answers", ANSWER, (ANSWERS,)),
        ("journal", EVENT, (JOURNAL,)),
    ]
)
"""One backtest under way, as one row: the maker, the venue and the requests between them. A row is a bare pointer to
compiled code, where a bundle of arrays would be counted in and out at every call."""


class Ticks(NamedTuple):
    """The tape: its quotes, its prints and its gaps, each in time order."""

    quotes: Rows
    trades: Rows
    gaps: Rows


class Road(NamedTuple):
    """What few events need: the depth of the tape, in time order, and the latencies on the way to the venue.

    Apart from the tape, because every array costs at every call that it is handed to.
    """

    levels: Rows
    latency: NDArray[np.int64]


class Record(NamedTuple):
    """What is kept for the reader: decisions, fills and breaker changes."""

    cycles: Rows
    fills: Rows
    breakers: Rows
