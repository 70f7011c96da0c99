"""Meters: the same measures while time passes, in one row of plain numbers that every event updates in O(1).

A fill waits in a ring until each horizon has passed, a decision likewise; what is due is settled with the mid that
stood then, before the next event moves it. Equal events leave equal bytes, and the same figures as the whole record.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.alpha._markouts import HORIZONS_S, ORDER_NS
from glosten.alpha._split import ADVERSE_HORIZON_S
from glosten.errors import DomainError
from glosten.records import SLOTS

WAITING = 4096
"""Fills, and decisions, that can wait for their horizons at once; of more, the oldest fill is settled too ``early``,
the oldest decision ``lost``."""
SIGNALS = ("belief", "value gap")
"""What a decision foretells with: P(V_H), and E[V] less the mid in bps of it."""


def _fields(kind: str, *names: str) -> list[tuple[str, str]]:
    return [(name, kind) for name in names]


FILL = np.dtype(_fields("i8", "ts_ns", "side", "sold", "price", "met", "order"))
"""A fill that waits: our ``side``, ``sold`` in signed lots (coins that went for the fee too), ``met`` bid + ask when it
was made, ``order`` its customer order."""
DECISION = np.dtype([*_fields("i8", "ts_ns", "twice"), ("prior", "f8"), ("value", "f8")])
"""A decision that waits: ``twice`` is bid + ask of its time, as far as that is over."""
MARKOUT = np.dtype(
    [
        *_fields("i8", "n", "earned", "orders", "open_order", "open_n", "open_ns", "near_ns"),
        *_fields("f8", "bps", "open_bps", "bps_squares", "bps_by_n", "n_squares"),
        *_fields("f8", "near_bps", "near_n", "pair_bps", "pair_mixed", "pair_n"),
    ]
)
"""Settled fills of one horizon: ``earned`` in half-quanta, ``bps`` their sum, and sums over closed customer orders of
the squares and products of an order's sum and its number of fills, from which the clustered error comes. ``near_*`` are
those sums fading with the time since (by 1 / e over a horizon), ``pair_*`` their products with the orders that came
after: the dependence of windows that overlap."""
MOMENTS = np.dtype(_fields("f8", "weight", "mean_x", "mean_y", "xx", "xy", "yy"))
"""Weighted means and sums of products about them."""

METER_FILL = np.dtype(
    _fields("i8", "ts_ns", "slot", "order", "side", "price", "lots", "fee", "fee_lots", "is_maker", "bid", "ask")
)
"""A fill as the meters read it: ours, with the book it met (ticks, lots, quanta)."""

METERS = np.dtype(
    [
        *_fields("i8", "worth", "now_ns", "twice", "quote_ns", "held", "adverse_at", "early", "lost"),
        *_fields("i8", "placed", "cancelled", "rejected", "filled", "fills", "maker_fills"),
        *_fields("i8", "spread", "revalued", "fees", "traded", "flows"),
        *_fields("i8", "orders", "order_side", "order_ns"),
        ("slot_order", "i8", (SLOTS,)),
        *_fields("i8", "fills_end", "decisions_end", "priced"),
        *_fields("f8", "keep", "half_tick"),
        ("horizon_ns", "i8", (len(HORIZONS_S),)),
        ("fills_next", "i8", (len(HORIZONS_S),)),
        ("decisions_next", "i8", (len(HORIZONS_S),)),
        ("markout", MARKOUT, (len(HORIZONS_S),)),
        ("moments", MOMENTS, (len(HORIZONS_S), len(SIGNALS))),
        ("waiting_fills", FILL, (WAITING,)),
        ("waiting_decisions", DECISION, (WAITING,)),
    ]
)
"""All meters of a pair. Amounts are half-quanta, ``traded`` quanta; ``twice`` is bid + ask; ``*_end`` counts what came,
``*_next`` what each horizon has settled, ``priced`` the decisions whose own instant is over, ``slot_order`` the last
order of each slot that traded."""


def fresh_meters(tick: float, quanta_per_tick_lot: int, half_life: float = math.inf) -> NDArray[np.void]:
    """Return the one-row meters of a pair that holds nothing and has traded nothing (`meter_start` says what it holds).

    ``tick`` in quote units; ``half_life`` is the number of decisions after which one counts half in the information
    coefficients (infinite: all count alike). Raises `DomainError` for a half-life that is not above 0.
    """
    if not half_life > 0:
        raise DomainError(f"The half-life of the meters is {half_life}; it must be above 0 decisions.")
    meters = np.zeros(1, METERS)
    row = meters[0]
    row["worth"], row["half_tick"] = quanta_per_tick_lot, 0.5 * tick
    row["keep"] = 2.0 ** (-1.0 / half_life)
    row["horizon_ns"] = [round(horizon * 1e9) for horizon in HORIZONS_S]
    row["adverse_at"] = HORIZONS_S.index(ADVERSE_HORIZON_S)
    row["orders"] = -1
    row["slot_order"] = -1
    row["markout"]["open_order"] = -1
    return meters


def metered(fills: NDArray[np.void]) -> NDArray[np.void]:
    """Return fill rows of any kind as `METER_FILL` rows: compiled code is made for that one kind."""
    rows = np.zeros(len(fills), METER_FILL)
    for name in METER_FILL.names or ():
        rows[name] = fills[name]
    return rows


@jit
def meter_start(meters: Any, held: int, start_mid: int) -> None:
    """Take over what a pair holds, revalued from ``start_mid`` = bid + ask on (ticks)."""
    m = meters[0]
    m["held"] += held
    m["revalued"] += held * (m["twice"] - start_mid) * m["worth"]


@jit
def meter_quote(meters: Any, ts_ns: int, bid: int, ask: int) -> None:
    """Take a new top of the book (ticks): what was due before it is settled, and what is held is revalued."""
    m = meters[0]
    pass_time(m, ts_ns)
    twice = bid + ask
    if m["twice"] > 0:
        m["revalued"] += m["held"] * (twice - m["twice"]) * m["worth"]
    m["twice"], m["quote_ns"] = twice, ts_ns


@jit
def meter_fill(meters: Any, fill: Any) -> None:
    """Take a fill of ours, a row of `METER_FILL`."""
    m = meters[0]
    pass_time(m, fill["ts_ns"])
    sold, met = fill["fee_lots"] - fill["side"] * fill["lots"], fill["bid"] + fill["ask"]
    m["spread"] += sold * (2 * fill["price"] - met) * m["worth"]
    m["revalued"] -= sold * (m["twice"] - met) * m["worth"]
    m["fees"] -= 2 * (fill["fee"] + fill["fee_lots"] * fill["price"] * m["worth"])
    m["traded"] += fill["price"] * fill["lots"] * m["worth"]
    m["held"] -= sold
    m["fills"] += 1
    m["maker_fills"] += fill["is_maker"]
    if m["slot_order"][fill["slot"]] != fill["order"]:
        m["filled"] += 1
        m["slot_order"][fill["slot"]] = fill["order"]
    if m["orders"] < 0 or fill["side"] != m["order_side"] or fill["ts_ns"] - m["order_ns"] > ORDER_NS:
        m["orders"] += 1
        m["order_side"], m["order_ns"] = fill["side"], fill["ts_ns"]
    for horizon in range(len(m["fills_next"])):
        if m["fills_end"] - m["fills_next"][horizon] == WAITING:
            _settle_fill(m, horizon, m["waiting_fills"][m["fills_next"][horizon] % WAITING])
            m["fills_next"][horizon] += 1
            m["early"] += 1
    row = m["waiting_fills"][m["fills_end"] % WAITING]
    row["ts_ns"], row["sold"], row["price"], row["met"] = fill["ts_ns"], sold, fill["price"], met
    row["side"], row["order"] = fill["side"], m["orders"]
    m["fills_end"] += 1


@jit
def meter_decision(meters: Any, ts_ns: int, prior: float, value: float) -> None:
    """Take what a decision believed: P(V_H), and E[V] in quote units; a decision without a value (0) is passed over."""
    m = meters[0]
    pass_time(m, ts_ns)
    if value <= 0.0 or m["twice"] <= 0:
        return
    for horizon in range(len(m["decisions_next"])):
        if m["decisions_end"] - m["decisions_next"][horizon] == WAITING:
            m["decisions_next"][horizon] += 1
            m["lost"] += 1
    m["priced"] = max(m["priced"], m["decisions_end"] + 1 - WAITING)
    row = m["waiting_decisions"][m["decisions_end"] % WAITING]
    row["ts_ns"], row["twice"], row["prior"], row["value"] = ts_ns, m["twice"], prior, value
    m["decisions_end"] += 1


@jit
def meter_orders(meters: Any, placed: int, cancelled: int, rejected: int) -> None:
    """Take the maker's own counts of its orders."""
    m = meters[0]
    m["placed"], m["cancelled"], m["rejected"] = placed, cancelled, rejected


@jit
def meter_flow(meters: Any, lots: int, cost: int) -> None:
    """Take coins that came or went without a fill: signed lots, and the quanta they add to the cost of what is held."""
    m = meters[0]
    m["held"] += lots
    m["flows"] += lots * m["twice"] * m["worth"] - 2 * cost


@jit
def pass_time(m: Any, ts_ns: int) -> None:
    """Settle everything that was due before ``ts_ns`` with the mid that still stands."""
    if ts_ns > m["now_ns"]:
        _settle(m, ts_ns)
        m["now_ns"] = ts_ns


@jit
def _settle(m: Any, before_ns: int) -> None:
    while m["priced"] < m["decisions_end"]:
        row = m["waiting_decisions"][m["priced"] % WAITING]
        if row["ts_ns"] >= before_ns:
            break
        row["twice"] = m["twice"]
        m["priced"] += 1
    for horizon in range(len(m["horizon_ns"])):
        while m["fills_next"][horizon] < m["fills_end"]:
            fill = m["waiting_fills"][m["fills_next"][horizon] % WAITING]
            if fill["ts_ns"] + m["horizon_ns"][horizon] >= before_ns:
                break
            _settle_fill(m, horizon, fill)
            m["fills_next"][horizon] += 1
        while m["decisions_next"][horizon] < m["decisions_end"]:
            decision = m["waiting_decisions"][m["decisions_next"][horizon] % WAITING]
            if decision["ts_ns"] + m["horizon_ns"][horizon] >= before_ns:
                break
            _settle_decision(m, horizon, decision)
            m["decisions_next"][horizon] += 1


@jit
def _settle_fill(m: Any, horizon: int, fill: Any) -> None:
    known = m["markout"][horizon]
    earned = 2 * fill["price"] - m["twice"]
    bps = -1e4 * fill["side"] * earned / fill["met"]
    if fill["order"] != known["open_order"]:
        _close_order(known, m["horizon_ns"][horizon])
        known["open_order"], known["open_ns"] = fill["order"], fill["ts_ns"]
        known["orders"] += 1
    known["n"] += 1
    known["earned"] += fill["sold"] * earned * m["worth"]
    known["bps"] += bps
    known["open_n"] += 1
    known["open_bps"] += bps


@jit
def _close_order(known: Any, horizon_ns: int) -> None:
    """Add the open customer order to the sums of the error, and to those of its dependence on orders shortly before.

    Two orders that begin d apart count with weight exp(-d / horizon), whose integral is that of Bartlett's weights over
    twice the horizon, which `markouts` takes; only this one can be kept without the orders themselves.
    Source: Conley (1999) in time, with an exponential kernel; Liang & Zeger (1986) within an order.
    """
    bps, n = known["open_bps"], float(known["open_n"])
    fade = math.exp(-(known["open_ns"] - known["near_ns"]) / horizon_ns)
    near_bps, near_n = known["near_bps"] * fade, known["near_n"] * fade
    known["bps_squares"] += bps * bps
    known["bps_by_n"] += bps * n
    known["n_squares"] += n * n
    known["pair_bps"] += bps * near_bps
    known["pair_mixed"] += bps * near_n + n * near_bps
    known["pair_n"] += n * near_n
    known["near_bps"], known["near_n"], known["near_ns"] = near_bps + bps, near_n + n, known["open_ns"]
    known["open_bps"], known["open_n"] = 0.0, 0


@jit
def _settle_decision(m: Any, horizon: int, decision: Any) -> None:
    move = 1e4 * (m["twice"] - decision["twice"]) / decision["twice"]
    gap = 1e4 * (decision["value"] / (m["half_tick"] * decision["twice"]) - 1.0)
    _add(m["moments"][horizon, 0], decision["prior"], move, m["keep"])
    _add(m["moments"][horizon, 1], gap, move, m["keep"])


@jit
def _add(known: Any, x: float, y: float, keep: float) -> None:
    """Add a pair of draws, older ones counting less. Source: West (1979), updating means and covariances."""
    known["weight"] = known["weight"] * keep + 1.0
    dx, dy = x - known["mean_x"], y - known["mean_y"]
    known["mean_x"] += dx / known["weight"]
    known["mean_y"] += dy / known["weight"]
    rest = 1.0 - 1.0 / known["weight"]
    known["xx"] = known["xx"] * keep + rest * dx * dx
    known["xy"] = known["xy"] * keep + rest * dx * dy
    known["yy"] = known["yy"] * keep + rest * dy * dy


@jit
def settle_until(meters: Any, end_ns: int) -> int:
    """Settle what is due at ``end_ns`` or before, and return what waiting fills lose at the mid that stands.

    For a reading, on a copy: at the tape's end the last mid stands in for the one that never came (half-quanta).
    """
    m = meters[0]
    _settle(m, end_ns + 1)
    for horizon in range(len(m["horizon_ns"])):
        _close_order(m["markout"][horizon], m["horizon_ns"][horizon])
    adverse, at = 0, m["adverse_at"]
    for place in range(m["fills_next"][at], m["fills_end"]):
        fill = m["waiting_fills"][place % WAITING]
        adverse += fill["sold"] * (2 * fill["price"] - m["twice"]) * m["worth"]
    return adverse
