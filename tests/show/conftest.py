"""A run made by hand, so that what shows runs can be looked at without playing a tape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from glosten.alpha import Markout, Split
from glosten.maker import STATE
from glosten.params import Runtime, Strategy
from glosten.records import QUOTES, Breaker, OrderState, Reason, Side, Status
from glosten.run import BREAKER_ROW, CYCLE_ROW, FILL_ROW, Run

START_NS = 1_723_075_200_000_000_000  # 2024-08-08 00:00 UTC
TICK, LOT, QUANTUM = 0.01, 0.00001, 1e-8
SPREAD_TICKS = 2


def _prices(count: int, rng: np.random.Generator) -> np.ndarray:
    steps = rng.standard_normal(count) * 0.0004
    return np.rint(61_000.0 * np.exp(np.cumsum(steps)) / TICK).astype(np.int64)


def _cycles(count: int, rng: np.random.Generator) -> np.ndarray:
    rows = np.zeros(count, CYCLE_ROW)
    rows["ts_ns"] = START_NS + 15_000_000_000 * np.arange(1, count + 1)
    rows["bid"] = _prices(count, rng)
    rows["ask"] = rows["bid"] + SPREAD_TICKS
    mid = 0.5 * TICK * (rows["bid"] + rows["ask"])
    rows["anchor"] = mid * (1 + 0.001 * np.sin(np.arange(count) / 90))
    rows["value_low"], rows["value_high"] = rows["anchor"] * 0.995, rows["anchor"] * 1.005
    rows["prior"] = np.clip(0.5 + np.cumsum(rng.standard_normal(count) * 0.02), 0.05, 0.95)
    rows["value"] = rows["value_low"] + rows["prior"] * (rows["value_high"] - rows["value_low"])
    rows["model_bid"], rows["model_ask"] = rows["value"] * 0.9992, rows["value"] * 1.0008
    rows["own_bid"] = np.minimum(np.floor(rows["model_bid"] / TICK), rows["ask"] - 1)
    rows["own_ask"] = np.maximum(np.ceil(rows["model_ask"] / TICK), rows["bid"] + 1)
    rows["outer_bid"], rows["outer_ask"] = rows["own_bid"] - 900, rows["own_ask"] + 900
    rows["allocation"] = 9090.0
    rows["held"] = np.rint((4545 + 700 * np.sin(np.arange(count) / 200)) / 61_000 / LOT)
    rows["cost"] = np.rint(rows["held"] * LOT * 61_000.0 / QUANTUM)
    rows["realised"] = np.rint(np.cumsum(rng.standard_normal(count) * 0.05 + 0.01) / QUANTUM)
    rows["equity"] = 9090.0 + rows["realised"] * QUANTUM + rows["held"] * LOT * mid - rows["cost"] * QUANTUM
    peak = np.maximum.accumulate(rows["equity"]) if count else rows["equity"]
    rows["drawdown_pct"] = 100 * (peak - rows["equity"]) / np.maximum(peak, 1)
    rows["break_even"] = 61_012.2
    rows["status"], rows["orders"] = Status.QUOTING, 8
    _interrupt(rows)
    return rows


def _interrupt(rows: np.ndarray) -> None:
    """Let the maker warm up, lose its data for a while, stand halted for a while, and be without bids for a while."""
    count = len(rows)
    for first, last, status in (
        (0.0, 5.0 / max(count, 6), Status.WARMUP),
        (0.40, 0.42, Status.DATA_STALE),
        (0.70, 0.75, Status.HALTED),
    ):
        part = slice(int(first * count), int(last * count))
        rows["status"][part] = status
        for name in ("own_bid", "own_ask", "outer_bid", "outer_ask", "orders"):
            rows[name][part] = 0
    part = slice(int(0.2 * count), int(0.3 * count))
    rows["bids_off"][part], rows["own_bid"][part], rows["outer_bid"][part] = Reason.MAX_EXP, 0, 0


def _fills(count: int, cycles: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    rows = np.zeros(count if len(cycles) else 0, FILL_ROW)
    if not len(rows):
        return rows
    at = np.sort(rng.integers(0, len(cycles), len(rows)))
    met = cycles[at]
    rows["ts_ns"] = met["ts_ns"] + 5_000_000_000
    rows["side"] = np.where(rng.random(len(rows)) < 0.5, Side.BUY, Side.SELL)
    rows["bid"], rows["ask"] = met["bid"], met["ask"]
    rows["price"] = np.where(rows["side"] == Side.BUY, rows["bid"] - 400, rows["ask"] + 400)
    rows["lots"] = rng.integers(50, 400, len(rows))
    rows["fee"] = np.rint(rows["price"] * rows["lots"] * TICK * LOT * 2e-4 / QUANTUM)
    rows["is_maker"], rows["value"], rows["prior"], rows["cycle"] = 1, met["value"], met["prior"], at
    return rows


def _breakers(cycles: np.ndarray) -> np.ndarray:
    rows = np.zeros(2 if len(cycles) > 10 else 0, BREAKER_ROW)
    if len(rows):
        rows["ts_ns"] = cycles["ts_ns"][[int(0.70 * len(cycles)), int(0.75 * len(cycles))]]
        rows["after"][0] = rows["before"][1] = Breaker.CONSECUTIVE_LOSSES
    return rows


def _figures(cycles: np.ndarray, fills: np.ndarray, pnl: Split) -> dict[str, Any]:
    return {
        "fills": len(fills),
        "maker_ratio": 1.0 if len(fills) else None,
        "orders": 4 * len(fills) + 8,
        "cancels": 3 * len(fills),
        "rejects": 0,
        "cycles": len(cycles),
        "quoting_share": 0.92,
        "decisions_seen": len(cycles),
        "bids_off": {"max_exp": len(cycles) // 10} if len(cycles) else {},
        "asks_off": {},
        "max_drawdown_pct": 1.234,
        "turnover": 61_000.0 * 0.002 * len(fills),
        "wins": len(fills) // 3,
        "losses": len(fills) // 9,
        "observations": len(fills),
        "anchor_snaps": 3,
        "base_capital": 9090.0,
        "external": 0.0,
        "held": 7_451,
        "held_at_start": 7_451,
        "final_value": 9090.0 + pnl.total,
        "hold_value": 9090.0 + 12.5,
        "ticks": 1_234_567,
        "seconds": 0.21,
        "ticks_per_second": 5_878_890.0,
    }


def _tape(cycles: np.ndarray) -> dict[str, Any]:
    last_ns = START_NS + 15_000_000_000 * max(len(cycles), 1)
    return {
        "files": ["somewhere/trades <of> BTC&USDT.parquet"],
        "first": str(np.datetime64(START_NS, "ns")),
        "last": str(np.datetime64(last_ns, "ns")),
        "quotes": 734_567,
        "trades": 500_000,
        "synthetic_quotes": True,
        "quote_lag_ms": 2.0,
        "crossed_quotes": 0,
        "touch_shares": [[0, 0.77], [1, 0.83], [2, 0.85]],
        "sentences": ["There are no quotes: bid and ask are the last prints.", "Quotes are lagged by 2 ms."],
    }


def _split(fills: int) -> Split:
    if not fills:
        return Split(
            total=12.5, realised=0.0, unrealised=12.5, brought=0.0, spread=0.0, adverse=0.0, inventory=12.5, fees=0.0
        )
    return Split(
        total=34.56,
        realised=20.0,
        unrealised=14.56,
        brought=0.0,
        spread=61.25,
        adverse=-40.5,
        inventory=19.81,
        fees=-6.0,
    )


def _state(rows: np.ndarray) -> np.ndarray:
    """Return the state after the last decision, as far as a dashboard shows it."""
    state = np.zeros(1, STATE)
    if not len(rows):
        return state
    last, held = rows[-1], state[0]
    held["view"]["bid"], held["view"]["ask"] = last["bid"], last["ask"]
    for name in ("value", "value_low", "value_high", "anchor", "prior"):
        held["belief"][name] = last[name]
    for name in ("held", "cost", "realised"):
        held["ledger"][name] = last[name]
    held["cycle"]["number"], held["cycle"]["status"] = len(rows), last["status"]
    held["capital"]["allocation"], held["capital"]["skew_ratio"] = last["allocation"], 1.0
    held["quote"]["break_even_maker"], held["risk"]["equity"] = last["break_even"], last["equity"]
    for slot, side, price in ((0, Side.BUY, last["own_bid"]), (10, Side.SELL, last["own_ask"])):
        order = held["orders"][slot]
        order["state"], order["side"], order["price"] = OrderState.WORKING, side, price
        order["lots"] = order["leaves"] = 300
    return state


def make_run(
    cycles: int = 5760, fills: int = 240, *, no_markouts: bool = False, quote_unit: float = 1.0, seed: int = 1
) -> Run:
    rng = np.random.default_rng(seed)
    rows = _cycles(cycles, rng)
    traded = _fills(fills, rows, rng)
    pnl = _split(len(traded))
    market = np.zeros(len(rows), QUOTES)
    for name in ("ts_ns", "bid", "ask"):
        market[name] = rows[name]
    path = np.zeros(0, [("ts_ns", "i8"), ("value", "f8")])
    runtime = Runtime(quote_unit=quote_unit)
    keys = Strategy(ALLOC_CONFIRMED=True, GM_ALPHA=0.2, STRICT_LITERATURE=False)
    nothing = float("nan")
    return Run(
        title="hand-made <b>run</b>",
        quote_asset="USDT",
        parameters={
            **keys.model_dump(mode="json"),
            **{f"runtime.{name}": value for name, value in runtime.model_dump(mode="json").items()},
        },
        changed=("BE_GUARD",),
        config_hash="0123456789abcdef",
        seed=7,
        instrument={"symbol": "BTC/USDT", "tick": "0.01", "lot": "0.00001", "min_qty": "0", "min_notional": "5"},
        tape=_tape(rows),
        pnl=pnl,
        markouts=tuple(
            Markout(horizon, nothing, nothing, 0, 0)
            if no_markouts
            else Markout(horizon, 2.5 / horizon - 0.4, 0.31, 230, 120)
            for horizon in (1.0, 10.0, 60.0)
        ),
        figures=_figures(rows, traded, pnl),
        warnings=("The quotes are synthetic: they were implied by the trades.",),
        cycles=rows,
        fills=traded,
        breakers=_breakers(rows),
        market=market,
        value_path=path,
        state=_state(rows),
    )


@pytest.fixture(scope="session")
def hand_made_run() -> Callable[..., Run]:
    """Return a function that makes a run of any length: (cycles, fills, no_markouts=, quote_unit=, seed=)."""
    return make_run
