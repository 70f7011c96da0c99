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
ASKED, FORCED = 1, 2
"""How a flatten was asked for."""


def _fields(kind: str, *names: str) -> list[tuple[str, str]]:
    return [(name, kind) for name in names]


VIEW = np.dtype(
    _fields("i8", "now_ns", "bid", "bid_lots", "ask", "ask_lots", "bad_cycles", "heard_ns", "age_ns", "gap")
)
"""The market as last seen, in ticks and lots; 0 where there is no quote. ``heard_ns`` is the last message or heartbeat,
``age_ns`` the data's age at the last decision, ``gap`` 1 while the stream is known to be broken."""

LEDGER = np.dtype(
    _fields(
        "i8",
        "started",
        "alloc_started",
        "cost_known",
        "cash",
        "coin",
        "held",
        "cost",
        "base_capital",
        "realised",
        "fees",
        "turnover",
        "flow_cash",
        "flow_lots",
        "flow_base",
        "waiting_base",
        "waiting_cost",
        "waiting_lots",
    )
)
"""Wallet and managed inventory. ``cash``, ``cost`` and the totals are quanta, ``coin`` and ``held`` lots; ``cost`` is
what the held lots cost, entry fees included. ``started``: the inventory was adopted (the gate has opened once);
``alloc_started``: the split of the first start was settled; ``cost_known``: the cost of what was adopted was given.
``flow_*`` sum deposits less withdrawals and what they did to the base capital (quanta); ``waiting_*`` is what they are
still to do to it at the next decision, with the managed lots that left and what those had cost."""

BELIEF = np.dtype(
    [
        *_fields("f8", "prior_before", "prior", "queued", "anchor_before", "anchor", "anchor_weight", "deviation_bps"),
        *_fields("f8", "value", "value_low", "value_high"),
        *_fields("i8", "anchor_ns", "snapped", "snaps", "seeds", "observations", "observed_buys", "observed_sells"),
        *_fields("i8", "last_aggressor", "buy_group_ns", "buy_group_cycle", "sell_group_ns", "sell_group_cycle"),
        *_fields("i8", "queued_buys", "queued_sells"),
    ]
)
"""``prior`` is the belief the last decision used, ``prior_before`` the one before its observations, ``queued`` the same
with the observations since then folded in. ``anchor_before`` and ``anchor_weight`` are what the last decision's average
started from and gave the mid; ``deviation_bps`` what was then compared with GM_ANCHOR_MAX_DEV_BPS, ``snapped`` 1 where
it was too far. ``observed_*`` are the customer orders behind the last decision, ``queued_*`` those since then."""

QUOTE = np.dtype(
    [
        *_fields("f8", "model_bid", "model_ask", "base_bid", "base_ask", "clamped_ask", "bid", "ask"),
        *_fields("f8", "break_even_maker", "break_even_taker"),
        *_fields(
            "i8", "base_bid_applied", "base_ask_applied", "clamp_applied", "cross_bid_applied", "cross_ask_applied"
        ),
    ]
)
"""Prices of the last decision before rounding, in quote units per coin, in the order they arise: of the model, after
the base spread, after the ask clamp, after cross protection; a break-even is 0 while nothing is held. ``*_applied``
is 1 where that step moved the price."""

CAPITAL = np.dtype(
    [
        *_fields("f8", "wallet", "allocation", "inventory", "exposure", "smallest_order"),
        *_fields("f8", "skew_ratio", "bid_size_raw", "ask_size_raw", "bid_size", "ask_size"),
        *_fields("i8", "heavy_side", "room_alloc", "room_max_exp", "room_pair", "room_portfolio", "room_cash"),
        *_fields("i8", "bid_limit", "bid_limiter"),
    ]
)
"""Amounts of the last decision in quote units; ``exposure`` is inventory over allocation, ``*_raw`` are sizes after the
skew and before the limits. ``room_*`` is what each limit leaves for all bids together, in quanta (`LARGEST_INTEGER`
where the limit is off, negative where it is overdrawn), ``bid_limit`` the smallest of them, at least 0."""

PORTFOLIO = np.dtype(
    [
        *_fields("i8", "told_allocation", "told_inventory", "pairs", "own_allocation", "own_inventory"),
        *_fields("f8", "sum_allocation", "sum_inventory", "ratio", "budget"),
    ]
)
"""The exposure ledger: what the other pairs were said to hold (quanta), what this pair enters into it (quanta, 0 while
PORTFOLIO_INCLUDE is off), and at the last decision the sums in quote units, their ratio r and the budget on it."""

RISK = np.dtype(
    [
        *_fields("f8", "equity", "peak", "drawdown_pct", "largest_drawdown_pct", "daily_limit", "minutes_since_fill"),
        *_fields("i8", "breakers", "trips", "consecutive_losses", "wins", "losses", "jumps", "last_jump"),
        *_fields("i8", "day", "is_new_day", "daily_realised", "daily_baseline", "session_realised"),
        *_fields("i8", "idle_cycles", "last_fill_ns", "stats_reset", "breaker_reset", "resets"),
    ]
)
"""Breakers and what they watch; ``equity``, ``peak``, ``daily_limit`` in quote units, ``*_realised``,
``daily_baseline`` and ``last_jump`` in quanta. ``stats_reset`` and ``breaker_reset`` are 1 + the revision whose
RESET_*_ONCE was carried out and has not been seen false since (0: it is armed); ``resets`` counts them."""

CYCLE = np.dtype(
    [
        *_fields("i8", "number", "first", "revision", "warmup_left", "status", "split", "fills", "queued_fills"),
        *_fields("i8", "entries_on", "bids_off", "asks_off", "exit_asked", "exit_refusal", "exit_reason"),
        *_fields("i8", "paused", "stopped", "flatten", "adopt", "reset_stats", "reset_breaker"),
        *_fields("f8", "drift_threshold_bps", "range_bps", "split_deviation"),
    ]
)
"""The decision cycle's number, the last number before this process (``first``), its one-word status, and why each side
is empty (0: it is not); ``exit_asked`` is the exit a rule wanted, ``exit_refusal`` why it could not go, ``exit_reason``
the exit that went. ``flatten`` 1: asked for, 2: by force; ``adopt`` and ``reset_*`` 1: asked for by a command.
``fills`` are those of the last decision, ``queued_fills`` those since. ``split_deviation`` is in points of A."""

CANDLES = np.dtype([*_fields("i8", "period_ns", "end_ns", "high", "low", "close", "count", "next")])
"""The candle of GM_PERIOD under way, in ticks (``high`` 0: nothing traded yet), how many closed ones are kept, and the
row of `RANGE` that the next one takes."""

RANGE_CANDLES = 10
RANGE = np.dtype(_fields("i8", "high", "low"))
"""High and low of a closed candle, in ticks."""

CUSTOMERS = np.dtype(
    [
        *_fields("i8", "bucket_ns", "bucket", "buys", "sells", "is_known"),
        *_fields("f8", "skew", "shown"),
    ]
)
"""What customers bought and sold from us within GM_ASYM_WIN, in quanta: sums over the rows of `BUCKET`; ``skew`` is
their relative difference, ``shown`` the same within GM_MAX_SKEW. No decision reads any of it."""

WINDOW_BUCKETS = 60
BUCKET = np.dtype(_fields("i8", "buys", "sells"))

COUNT = np.dtype(_fields("i8", "placed", "cancelled", "rejected", "fills", "maker_fills"))

ORDER = np.dtype(
    [
        *_fields("i8", "state", "number", "side", "price", "lots", "leaves", "realised", "post_only"),
        *_fields("i8", "placed_cycle", "placed_ns", "revision", "reason", "age"),
        *_fields("f8", "drift_bps"),
        *_fields("i8", "rejects", "reject_reason", "backoff_until_ns"),
    ]
)
"""An order of ours; ``number`` counts orders and is never used again, ``realised`` sums the profit (quanta) of its
fills, so that partial fills are one outcome. ``age`` (cycles) and ``drift_bps`` are those of the last decision.
``rejects`` counts equal refusals in a row of what was sent into this slot."""

TARGET = np.dtype(_fields("i8", "price", "lots", "pending", "immediate", "post_only", "reason"))
"""What a slot should hold. ``pending`` 1: still to be placed in this cycle; ``lots`` 0: nothing, for ``reason``."""

STATE = np.dtype(
    [
        ("view", VIEW),
        ("ledger", LEDGER),
        ("belief", BELIEF),
        ("quote", QUOTE),
        ("capital", CAPITAL),
        ("portfolio", PORTFOLIO),
        ("risk", RISK),
        ("cycle", CYCLE),
        ("candles", CANDLES),
        ("ranges", RANGE, (RANGE_CANDLES,)),
        ("customers", CUSTOMERS),
        ("buckets", BUCKET, (WINDOW_BUCKETS,)),
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
    ledger["cost_known"] = 1
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
