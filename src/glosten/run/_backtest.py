"""Backtest: the maker on a tape of real (or simulated) trades and quotes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten import maker
from glosten.alpha import Fills, Ledger, Mids, Units, attribute, fee_worth, markouts
from glosten.errors import RunError
from glosten.market import Tape, constant_latency, fresh_venue, load_latency
from glosten.params import Strategy, overlay, pack
from glosten.records import Reason, Status
from glosten.run._loop import advance
from glosten.run._play_rows import (
    ANSWERS,
    BREAKER_ROW,
    CYCLE_ROW,
    FILL_ROW,
    PLAY,
    SPARE,
    SPARE_ANSWERS,
    TOO_MANY_ANSWERS,
    TOO_MANY_FILLS,
    TOO_MANY_REQUESTS,
    Record,
    Road,
    Rows,
    Ticks,
)
from glosten.run._result import Run
from glosten.settings import Settings

CHUNK = 1_000_000
"""Events played between two looks at the progress bar."""
FIRST_FILLS = 16 * SPARE
MOST_CYCLES_KEPT = 200_000
MOST_QUOTES_KEPT = 20_000
WALLETS_PER_ALLOCATION = 4
"""Without an [account], the wallet is four times GM_CAPITAL_ALLOC (ruling R13): the default 25 % share is the cap."""
EMPTY_PATH = np.zeros(0, [("ts_ns", "i8"), ("value", "f8")])

Progress = Callable[[int, int], None]


_ENDLESS = (
    "One instant of the tape made more than a thousand orders or fills; with runtime.decide_on_fill or "
    "runtime.cycle_seconds = 0 the maker answers itself without end. Set decide_on_fill = false."
)
_STOPPED = {
    TOO_MANY_FILLS: _ENDLESS,
    TOO_MANY_REQUESTS: _ENDLESS,
    TOO_MANY_ANSWERS: f"More than {ANSWERS - SPARE_ANSWERS:,} answers of the venue were under way at once; "
    "lower runtime.response_latency_ms.",
}


@dataclass
class Play:
    """The arrays one backtest runs on; only the records grow."""

    play: Rows
    ticks: Ticks
    road: Road
    record: Record
    watcher: Callable[[Rows], None] | None = None

    @property
    def cursor(self) -> np.void:
        cursor: np.void = self.play[0]["cursor"]
        return cursor

    def advance(self, most: int) -> int:
        """Play up to ``most`` events and return how many were played; raises `RunError` where an instant has no end."""
        played: int = advance(self.play, self.ticks, self.road, self.record, most)
        if self.cursor["is_full"]:
            raise RunError(_STOPPED[int(self.cursor["is_full"])])
        self.make_room()
        if self.watcher is not None:
            self.watcher(self.play)
        return played

    def make_room(self) -> None:
        """Double the records that are nearly full; the loop stopped before one could overflow."""
        cursor, record = self.cursor, self.record
        grown = [record.cycles, record.fills, record.breakers]
        for index, used in ((1, cursor["fills"] + SPARE), (2, cursor["breakers"] + SPARE)):
            if used > len(grown[index]):
                grown[index] = np.concatenate([grown[index], np.zeros_like(grown[index])])
        self.record = Record(*grown)


def start_target(keys: Strategy) -> float:
    """Return the share of the allocation that a run should start with in coins: the target, or the cap below it.

    Source: STRATEGY C13: the start target respects the exposure caps.
    """
    return float(maker.start_target(keys.SKEW_QTY_TARGET, keys.GM_MAX_EXP, keys.PAIR_EXP_BUDGET))


def starting_wallet(settings: Settings, tape: Tape) -> tuple[Decimal, Decimal]:
    """Return (cash in quote units, coins) to start with: the [account], or four allocations split at the target.

    Source: STRATEGY ruling R13.
    """
    account, (keys, _) = settings.account, overlay(settings.strategy)
    if account.cash is not None or account.coin is not None:
        return account.cash or Decimal(0), account.coin or Decimal(0)
    largest = keys.GM_CAPITAL_ALLOC / settings.runtime.quote_unit
    wallet = WALLETS_PER_ALLOCATION * largest
    usable = maker.allocation(wallet, keys.ALLOC_PCT, largest, keys.ALLOC_RESERVE_PCT)
    lot = tape.instrument.lot
    mid = Decimal(int(tape.quotes[0]["bid"]) + int(tape.quotes[0]["ask"])) / 2 * tape.instrument.tick
    coin = (Decimal(repr(start_target(keys) * usable)) / mid / lot).to_integral_value() * lot
    return Decimal(repr(wallet)) - coin * mid, coin


def backtest(
    settings: Settings,
    tape: Tape,
    *,
    title: str = "backtest",
    seed: int | None = None,
    value_path: NDArray[np.void] = EMPTY_PATH,
    progress: Progress | None = None,
) -> Run:
    """Play a tape to the maker and return what happened.

    ``settings`` as loaded, ``tape`` as loaded; ``seed`` and ``value_path`` (ts_ns, value) only where the tape was
    simulated; ``progress`` is called with (events played, events in all). Raises `RunError` where one instant of the
    tape made more orders than a venue could take.
    """
    play = prepare(settings, tape)
    played, seconds = play_out(play, progress)
    return result(settings, tape, play, About(title, seed, value_path, seconds, played))


def play_out(play: Play, progress: Progress | None = None) -> tuple[int, float]:
    """Play a tape to its end and return how many events it had and how many seconds they took."""
    play.advance(0)  # compiled before the clock starts
    total = len(play.ticks.quotes) + len(play.ticks.trades)
    started, played = time.perf_counter(), 0
    while not play.cursor["is_done"]:
        played += play.advance(CHUNK)
        if progress is not None:
            progress(played, total)
    return played, time.perf_counter() - started


def prepare(settings: Settings, tape: Tape) -> Play:
    params = pack(settings.strategy, settings.runtime, tape.instrument)
    state = maker.fresh(params, *starting_wallet(settings, tape))
    row = np.zeros(1, PLAY)
    row["state"], row["params"], row["venue"] = state, params, venue_of(settings, tape, params, state)
    latency = latency_of(settings)
    first, last = tape.span
    cycle_ns = round(settings.runtime.cycle_seconds * 1e9)
    decisions = (last - first) // cycle_ns + 2 if cycle_ns else len(tape.quotes) + len(tape.trades)
    cursor = row["cursor"]
    cursor["cycle_ns"], cursor["next_clock_ns"] = cycle_ns, first + cycle_ns
    cursor["last_ns"] = last
    cursor["is_delayed"] = latency[:, 1:].any()
    cursor["stride"] = -(-decisions // MOST_CYCLES_KEPT)
    record = Record(
        np.zeros(min(decisions, MOST_CYCLES_KEPT) + 1, CYCLE_ROW),
        np.zeros(FIRST_FILLS, FILL_ROW),
        np.zeros(2 * SPARE, BREAKER_ROW),
    )
    return Play(row, Ticks(tape.quotes, tape.trades, tape.gaps), Road(tape.levels, latency), record)


def venue_of(settings: Settings, tape: Tape, params: Rows, state: Rows) -> Rows:
    """Return the venue that a run trades at: the wallet of its state, the fees of its parameters, its fill model."""
    ledger, rules, runtime = state[0]["ledger"], params["instrument"], params[0]["runtime"]
    venue = fresh_venue(int(ledger["cash"]), int(ledger["coin"]), settings.runtime.fill_seed)
    fees, model = venue["fees"], venue["model"]
    fees["maker_e8"], fees["taker_e8"] = rules["maker_fee_e8"], rules["taker_fee_e8"]
    fees["quanta_per_tick_lot"], fees["asset"] = rules["quanta_per_tick_lot"], runtime["fee_asset"]
    model["fill"], model["is_synthetic"] = runtime["fill_model"], tape.synthetic_quotes
    return venue


def latency_of(settings: Settings) -> NDArray[np.int64]:
    """Return the latency of a run as rows that `market.delay` reads; a relative file lies beside the configuration.

    Raises `TapeError` for a file that cannot be read.
    """
    runtime = settings.runtime
    constant = constant_latency(runtime.feed_latency_ms, runtime.order_latency_ms, runtime.response_latency_ms)
    if not runtime.latency_file:
        return constant
    beside = settings.path.parent if settings.path is not None else Path()
    return load_latency(beside / runtime.latency_file, constant)


@dataclass(frozen=True)
class About:
    title: str
    seed: int | None
    value_path: NDArray[np.void]
    seconds: float
    played: int

    def speed(self) -> dict[str, float]:
        """Return how much was played and how fast."""
        return {
            "ticks": self.played,
            "seconds": self.seconds,
            "ticks_per_second": self.played / max(self.seconds, 1e-9),
        }


def result(settings: Settings, tape: Tape, play: Play, about: About) -> Run:
    cursor, instrument = play.cursor, tape.instrument
    cycles = play.record.cycles[: cursor["cycles"]].copy()
    rows = play.record.fills[: cursor["fills"]].copy()
    tick, lot, quantum = float(instrument.tick), float(instrument.lot), float(instrument.quantum)
    mids = Mids(tape.quotes, tick)
    fills = Fills(
        ts_ns=rows["ts_ns"],
        sign=-rows["side"],
        price=rows["price"] * tick,
        quantity=rows["lots"] * lot,
        fee=fee_worth(rows, instrument),
        mid=0.5 * tick * (rows["bid"] + rows["ask"]),
    )
    final = maker.snapshot(play.play["state"])
    ledger = final["ledger"]
    last_mid = 0.5 * tick * float(tape.quotes["bid"][-1] + tape.quotes["ask"][-1])
    effective, changed = overlay(settings.strategy)
    start_mid = _start_mid(cycles, tape)
    books = Ledger(ledger["held"], ledger["cost"], ledger["realised"], start_mid)
    parts = attribute(rows, mids, books, Units(quantum, instrument.quanta_per_tick_lot))
    pnl, held = parts.split(), parts.held_at_start
    figures = _figures(final, cycles, quantum)
    figures |= {
        "held_at_start": held,
        "final_value": figures["base_capital"] + pnl.total,
        "hold_value": figures["base_capital"] + held * lot * (last_mid - 0.5 * tick * start_mid),
        **about.speed(),
    }
    return Run(
        title=about.title,
        quote_asset=instrument.symbol.partition("/")[2] or "quote units",
        parameters=effective.model_dump(mode="json")
        | {f"runtime.{name}": value for name, value in settings.runtime.model_dump(mode="json").items()},
        changed=changed,
        config_hash=settings.hash,
        seed=about.seed,
        instrument={name: str(getattr(instrument, name)) for name in type(instrument).__slots__},
        tape=tape.summary(),
        pnl=pnl,
        markouts=markouts(fills, mids),
        figures=figures,
        warnings=tape.warnings(),
        cycles=cycles,
        fills=rows,
        breakers=play.record.breakers[: cursor["breakers"]].copy(),
        market=tape.quotes[:: -(-len(tape.quotes) // MOST_QUOTES_KEPT)].copy(),
        value_path=about.value_path,
        state=play.play["state"].copy(),
    )


def _start_mid(cycles: NDArray[np.void], tape: Tape) -> int:
    """Return bid + ask (ticks) at the first decision that had an allocation: when the maker took over its coins."""
    priced = cycles[cycles["allocation"] > 0.0]
    first = priced[0] if len(priced) else tape.quotes[0]
    return int(first["bid"]) + int(first["ask"])


def _figures(final: dict[str, dict[str, int]], cycles: NDArray[np.void], quantum: float) -> dict[str, Any]:
    """Return the counts of the contract, and its amounts in quote units."""
    count, ledger, risk = final["count"], final["ledger"], final["risk"]
    ready = cycles[(cycles["status"] != Status.WARMUP) & (cycles["status"] != Status.WAITING)]
    quoting = cycles["status"] == Status.QUOTING
    return {
        "fills": count["fills"],
        "maker_ratio": count["maker_fills"] / count["fills"] if count["fills"] else None,
        "orders": count["placed"],
        "cancels": count["cancelled"],
        "rejects": count["rejected"],
        "cycles": final["cycle"]["number"],
        "quoting_share": float(quoting.mean()) if len(cycles) else 0.0,
        "decisions_seen": len(ready),
        "bids_off": _reasons(ready["bids_off"]),
        "asks_off": _reasons(ready["asks_off"]),
        "max_drawdown_pct": float(risk["largest_drawdown_pct"]),
        "turnover": ledger["turnover"] * quantum,
        "wins": risk["wins"],
        "losses": risk["losses"],
        "observations": final["belief"]["observations"],
        "anchor_snaps": final["belief"]["snaps"],
        "base_capital": ledger["base_capital"] * quantum,
        "external": ledger["flow_base"] * quantum,
        "held": ledger["held"],
    }


def _reasons(codes: NDArray[np.int64]) -> dict[str, int]:
    """Return how many decisions left a side empty, by reason, most frequent first."""
    seen, counts = np.unique(codes[codes != Reason.NONE], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return {Reason(int(seen[index])).name.lower(): int(counts[index]) for index in order}
