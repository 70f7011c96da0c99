"""What the maker has learned: one row of plain numbers, so that a loop, a session and a replay hold equal bytes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten.errors import DomainError
from glosten.records import LARGEST_INTEGER, SLOTS

PRIOR_AT_SNAP = 0.5
"""The belief of a new information episode: at the start, and whenever the anchor snaps to the mid."""


def _fields(kind: str, *names: str) -> list[tuple[str, str]]:
    return [(name, kind) for name in names]


VIEW = np.dtype(_fields("i8", "now_ns", "bid", "bid_lots", "ask", "ask_lots", "bad_cycles"))
"""The market as last seen, in ticks and lots; 0 where there is no quote."""

LEDGER = np.dtype(
    _fields("i8", "started", "cash", "coin", "held", "cost", "base_capital", "realised", "fees", "turnover")
)
"""Wallet and managed inventory. ``cash``, ``cost`` and the totals are quanta, ``coin`` and ``held`` lots; ``cost`` is
what the held lots cost, entry fees included. ``started``: the inventory was adopted (the gate has opened once)."""

BELIEF = np.dtype(
    [
        *_fields("f8", "prior", "queued", "anchor", "value", "value_low", "value_high"),
        *_fields("i8", "anchor_ns", "snaps", "observations", "last_aggressor"),
        *_fields("i8", "buy_group_ns", "buy_group_cycle", "sell_group_ns", "sell_group_cycle"),
    ]
)
"""``prior`` is the belief the last decision used, ``queued`` the same with the observations since then folded in."""

QUOTE = np.dtype(_fields("f8", "model_bid", "model_ask", "bid", "ask", "break_even_maker", "break_even_taker"))
"""Prices of the last decision before rounding, in quote units per coin; a break-even is 0 while nothing is held."""

CAPITAL = np.dtype(
    [
        *_fields("f8", "wallet", "allocation", "inventory", "exposure", "smallest_order"),
        *_fields("f8", "skew_ratio", "bid_size", "ask_size"),
        *_fields("i8", "bid_limit", "bid_limiter"),
    ]
)
"""Amounts of the last decision in quote units; ``exposure`` is inventory over allocation, ``bid_limit`` quanta."""

RISK = np.dtype(
    [
        *_fields("f8", "equity", "peak", "drawdown_pct", "largest_drawdown_pct", "daily_limit"),
        *_fields("i8", "breakers", "trips", "consecutive_losses", "wins", "losses", "jumps"),
        *_fields("i8", "day", "is_new_day", "daily_realised", "idle_cycles", "last_fill_ns"),
    ]
)
"""Breakers and what they watch; ``equity``, ``peak``, ``daily_limit`` in quote units, ``daily_realised`` in quanta."""

CYCLE = np.dtype(_fields("i8", "number", "status", "bids_off", "asks_off", "exit_reason"))
"""The decision cycle's number, its one-word status, and why each side is empty (0: it is not)."""

COUNT = np.dtype(_fields("i8", "placed", "cancelled", "rejected", "fills", "maker_fills"))

ORDER = np.dtype(
    _fields(
        "i8",
        "state",
        "number",
        "side",
        "price",
        "lots",
        "leaves",
        "realised",
        "post_only",
        "placed_cycle",
        "placed_ns",
        "revision",
    )
)
"""An order of ours; ``number`` counts orders and is never used again, ``realised`` sums the profit (quanta) of its
fills, so that partial fills are one outcome."""

TARGET = np.dtype(_fields("i8", "price", "lots", "pending", "immediate", "post_only", "reason"))
"""What a slot should hold. ``pending`` 1: still to be placed in this cycle; ``lots`` 0: nothing, for ``reason``."""

STATE = np.dtype(
    [
        ("view", VIEW),
        ("ledger", LEDGER),
        ("belief", BELIEF),
        ("quote", QUOTE),
        ("capital", CAPITAL),
        ("risk", RISK),
        ("cycle", CYCLE),
        ("count", COUNT),
        ("orders", ORDER, (SLOTS,)),
        ("targets", TARGET, (SLOTS,)),
    ]
)


def fresh(params: NDArray[np.void], cash: Decimal, coin: Decimal) -> NDArray[np.void]:
    """Return the one-row state of a maker that has seen nothing yet, with its wallet.

    ``params`` is the packed row, ``cash`` in quote units, ``coin`` in coins (rounded down to whole lots). Raises
    `DomainError` for a negative wallet or one too large for exact 64-bit ledgers.
    """
    instrument = params[0]["instrument"]
    quanta = int(cash / Decimal(repr(float(instrument["quantum"]))))
    lots = int(coin / Decimal(repr(float(instrument["lot"]))))
    for name, amount, units in (("cash", cash, quanta), ("coin", coin, lots)):
        if not 0 <= units < LARGEST_INTEGER:
            raise DomainError(f"The wallet's {name} is {amount}; it must be at least 0 and fit the ledger's 64 bits.")
    state = np.zeros(1, STATE)
    ledger, belief, risk = state[0]["ledger"], state[0]["belief"], state[0]["risk"]
    ledger["cash"], ledger["coin"] = quanta, lots
    belief["prior"] = belief["queued"] = PRIOR_AT_SNAP
    belief["last_aggressor"] = belief["buy_group_cycle"] = belief["sell_group_cycle"] = -1
    risk["day"] = -1
    return state


def snapshot(state: NDArray[np.void]) -> dict[str, Any]:
    """Return the whole state as plain nested Python numbers, for people and for JSON."""
    return {name: _plain(state[0][name]) for name in STATE.names or ()}


def _plain(value: Any) -> Any:
    if value.dtype.names is None:
        return value.item()
    if value.shape:
        return [_plain(row) for row in value]
    return {name: _plain(value[name]) for name in value.dtype.names}
