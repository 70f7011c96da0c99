"""The venue as one row: the book it shows, our orders in its queue, our balances, its fees and how it is modelled."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from glosten.records import EVENT, LARGEST_INTEGER, QUOTES, SLOTS
from glosten.statistics import stream

UNKNOWN_QUEUE = LARGEST_INTEGER
"""The size ahead of an order whose level nobody displays: no print at its price can fill it."""
NOT_SEEN = -1
"""The displayed size of a level that has not been seen since our order stands there."""
DEPTH_ROWS = 2048
"""Levels a side that a tape with depth can keep: one a price, that price modulo this many ticks."""


class FillModel(IntEnum):
    """What is assumed of the queue ahead of us, in the order `runtime.fill_model` declares, loosest first."""

    OPTIMISTIC = 0
    QUEUE_CANCELS = 1
    QUEUE_TRADES = 2
    TRADE_THROUGH = 3


class FeeAsset(IntEnum):
    """In what fees are paid, in the order `runtime.fee_asset` declares."""

    QUOTE = 0
    BASE = 1
    OTHER = 2


RESTING = np.dtype(
    [
        (name, "i8")
        for name in (
            *("order", "side", "price", "lots", "leaves", "ahead", "shown"),
            *("reserve_e8", "reserved", "latest", "latest_ns"),
        )
    ]
)
"""One order of ours in the queue: ``order`` is its number, ``leaves`` is unfilled, ``ahead`` the lots of others before
it, ``reserve_e8`` the fee rate that is kept back for it, ``reserved`` all that is (`RESERVED`); side 0 is empty.
``latest`` is what its level displayed when last seen, at ``latest_ns``, less what traded there since (`NOT_SEEN`);
``shown`` the same without what joined at that instant, against which cancellations are told."""

FEES = np.dtype([(name, "i8") for name in ("maker_e8", "taker_e8", "quanta_per_tick_lot", "asset")])
"""Fee rates in 1e-8 of the notional (negative is a rebate), the cash quanta of one tick times one lot, and `FeeAsset`.
"""

WALLET = np.dtype([(name, "i8") for name in ("cash", "coin", "owed_e8", "other")])
"""Our balances: ``cash`` quanta, ``coin`` whole lots that can be sold. Fees in the coin take fractions of lots:
``owed_e8`` is what they have taken less the whole lots that went for it, in 1e-8 lots. ``other`` is what fees in a
third asset were worth, in quanta."""

MODEL = np.dtype([("fill", "i8"), ("is_synthetic", "i8"), ("key", "u8"), ("draws", "i8")])
"""`FillModel`, whether the quotes are implied by prints (whose sizes say nothing of a queue), and the stream that
decides whose order was cancelled."""

TAKEN = np.dtype([(name, "i8") for name in ("price", "lots")])
"""What our orders took from a displayed level, which no resting one takes again (read by the optimistic model only)."""

RESERVED = np.dtype([(name, "i8") for name in ("cash", "coin")])
"""What our resting orders keep back: cash quanta, fees included, for bids, lots for asks; only what is unfilled."""

REACH = np.dtype([(name, "i8") for name in ("bid", "ask", "is_behind")])
"""No bid of ours is above ``bid``, no ask below ``ask``. ``is_behind``: when the book was last looked at, both sides
displayed something and all our orders stood behind it, so a quote that leaves them there teaches nothing new."""

LEVEL = np.dtype([(name, "i8") for name in ("price", "lots")])

VENUE = np.dtype(
    [
        ("book", QUOTES),
        ("resting", RESTING, (SLOTS,)),
        ("fees", FEES),
        ("wallet", WALLET),
        ("reserved", RESERVED),
        ("reach", REACH),
        ("model", MODEL),
        ("taken_bid", TAKEN),
        ("taken_ask", TAKEN),
        ("has_depth", "i8"),
        ("orders", "i8"),
        ("bids", LEVEL, (DEPTH_ROWS,)),
        ("asks", LEVEL, (DEPTH_ROWS,)),
    ]
)
"""One venue with our ``orders``, as many, at it; the row's number in ``resting`` is the order's slot."""


def fresh_venue(cash: int = LARGEST_INTEGER // 2, coin: int = LARGEST_INTEGER // 2, seed: int = 0) -> NDArray[np.void]:
    """Return the one-row venue of a trader with ``cash`` quanta and ``coin`` lots, no order and no fees.

    ``seed`` names the stream of the fill model that draws; the model is queue by trades until it is written otherwise.
    """
    venue = np.zeros(1, VENUE)
    venue["wallet"]["cash"], venue["wallet"]["coin"] = cash, coin
    venue["model"]["fill"], venue["model"]["key"] = FillModel.QUEUE_TRADES, stream(seed, "queue")
    return venue


def fresh_fills() -> NDArray[np.void]:
    """Return SLOTS rows for the fills of one call: event rows of kind FILL, ready for the maker."""
    return np.zeros(SLOTS, EVENT)
