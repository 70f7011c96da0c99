"""Rows: what a backtest under way consists of, and what it keeps, as plain rows that compiled code reads."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glosten.maker import STATE
from glosten.market import FEES, RESTING
from glosten.params import PACKED
from glosten.records import ACTION, ACTIONS, EVENT, QUOTES, SLOTS

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
            "pauses",
            "is_waiting",
            "pairs",
            "told_allocation",
            "told_inventory",
            "own_allocation",
            "own_inventory",
            "keeps_journal",
            "journaled",
        )
    ]
)
"""Where the loop stands: the next rows of the tape, the next decision, rows recorded, the request queue's ends, the
tape's last instant, the breakers as last recorded, whether the quotes are implied by prints, whose sizes say nothing of
a queue, and the next gap of the tape. With ``pauses`` the loop stops before every decision (``is_waiting``), so that it
can be told of the other ``pairs``; ``own_*`` is what this one entered into the portfolio at its last (quanta)."""

CYCLE_ROW = np.dtype(
    [
        *((name, "i8") for name in ("ts_ns", "bid", "ask", "own_bid", "own_ask", "held", "cost", "realised")),
        *((name, "f8") for name in ("value", "value_low", "value_high", "anchor", "prior", "equity", "drawdown_pct")),
        *((name, "f8") for name in ("allocation", "model_bid", "model_ask", "break_even")),
        *((name, "i8") for name in ("status", "bids_off", "asks_off", "exit_reason", "orders")),
    ]
)
"""What stood after a decision: prices named in ticks where integer, else in quote units; ``held`` in lots, ``cost`` and
``realised`` in quanta; ``own_bid`` and ``own_ask`` the innermost orders (0: none)."""

FILL_ROW = np.dtype(
    [
        *((name, "i8") for name in ("ts_ns", "slot", "side", "price", "lots", "fee", "is_maker", "bid", "ask")),
        *((name, "i8") for name in ("held_after", "realised_after", "cycle")),
        *((name, "f8") for name in ("value", "prior")),
    ]
)
"""A fill of ours with the book it met (ticks) and the belief that quoted it."""

JOURNAL = 8192
"""Events that are kept for whoever watches, until the loop comes back to Python."""
QUEUE = 1024
"""Requests that can wait for their turn at one instant."""

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
        ("resting", RESTING, (SLOTS,)),
        ("fees", FEES),
        ("fills", EVENT, (SLOTS,)),
        ("book", QUOTES),
        ("queue", ACTION, (QUEUE,)),
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


class Record(NamedTuple):
    """What is kept for the reader: decisions, fills and breaker changes."""

    cycles: Rows
    fills: Rows
    breakers: Rows
