"""Stepped by hand, looped in compiled code, and run uncompiled: one algebra, the same bytes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from decimal import Decimal
from typing import Any

import numpy as np

from glosten import maker, settings
from glosten.market import Tape, accept, cancel, fresh_fills, on_book, on_trade, tape_from_arrays
from glosten.params import pack
from glosten.records import (
    ACTION,
    ACTIONS,
    PRINTS,
    QUOTES,
    Acknowledgement,
    Beat,
    Book,
    Clock,
    EventKind,
    Instrument,
    Operation,
    OrderState,
    Reason,
    Side,
    Trade,
)
from glosten.run import _backtest

SECOND = 1_000_000_000
KEYS = ("ALLOC_CONFIRMED=true", "WARMUP_CYCLES=1", "GM_BASE_SPREAD=2", "GM_LAYER_SPAN_BPS=3", "SCRATCH_LIVENESS_MIN=1")


def small_tape(rows: int = 600) -> Tape:
    """A random walk of quotes with prints at and through them; drawn once, the same everywhere."""
    draw = np.random.default_rng(0)
    quotes, trades = np.zeros(rows, QUOTES), np.zeros(rows, PRINTS)
    mid = 10_000 + np.cumsum(draw.integers(-3, 4, rows))
    width = draw.integers(0, 3, rows)
    quotes["ts_ns"] = trades["ts_ns"] = 1_700_000_000 * SECOND + np.arange(rows) * SECOND
    quotes["bid"], quotes["ask"] = mid - width, mid + width + 1
    quotes["bid_lots"], quotes["ask_lots"] = draw.integers(1, 5000, (2, rows))
    trades["side"] = draw.choice([-1, 1], rows)
    trades["price"] = mid + trades["side"] * draw.integers(0, 12, rows)
    trades["lots"] = draw.integers(1, 20_000, rows)
    trades["aggressor"] = np.arange(rows)
    instrument = Instrument("BTC/USDT", Decimal("0.01"), Decimal("0.0001"))
    return tape_from_arrays(instrument, quotes, trades)


class Hand:
    """The loop of a backtest written out in Python, one public call an event."""

    def __init__(self, chosen: settings.Settings, tape: Tape) -> None:
        self.params = pack(chosen.strategy, chosen.runtime, tape.instrument)
        self.state = maker.fresh(self.params, *_backtest.starting_wallet(chosen, tape))
        self.actions = np.zeros(ACTIONS, ACTION)
        self.venue, self.rows = _backtest.venue_of(chosen, tape, self.params, self.state)[0], fresh_fills()
        self.waiting: list[np.void] = []
        self.fills = 0

    def send(self, event: np.ndarray[Any, Any]) -> None:
        count = maker.step(self.state, self.params, event, self.actions)
        self.waiting += [self.actions[index].copy() for index in range(count)]

    def send_fills(self, count: int) -> None:
        for index in range(count):
            self.send(self.rows[index : index + 1].copy())
            self.fills += 1

    def carry_out(self, now_ns: int) -> None:
        while self.waiting:
            action = self.waiting.pop(0)
            slot, number = int(action["slot"]), int(action["order"])
            if action["operation"] == Operation.CANCEL:
                if self.venue["resting"][slot]["order"] == number:
                    cancel(self.venue, slot)
                self.send(Acknowledgement(now_ns, EventKind.CANCELLED, slot, number).event())
                continue
            request = np.zeros(1, ACTION)
            request[0] = action
            reason, count = accept(self.venue, request[0], self.rows)
            kind = EventKind.PLACED if reason == Reason.NONE else EventKind.REJECTED
            self.send(Acknowledgement(now_ns, kind, slot, number, Reason(reason)).event())
            self.rows["ts_ns"][:count] = now_ns
            self.send_fills(count)
            order = self.state[0]["orders"][slot]
            if action["immediate"] and order["number"] == number and order["state"] != OrderState.NONE:
                self.send(Acknowledgement(now_ns, EventKind.CANCELLED, slot, number).event())

    def play(self, tape: Tape, cycle_ns: int) -> None:
        moments = [(int(row["ts_ns"]), 0, row) for row in tape.trades] + [
            (int(row["ts_ns"]), 1, row) for row in tape.quotes
        ]
        due = tape.span[0] + cycle_ns
        for now_ns, is_quote, row in sorted(moments, key=lambda moment: moment[:2]):
            while due < now_ns:
                self.send(Beat(due).event())
                self.send(Clock(due).event())
                self.carry_out(due)
                due += cycle_ns
            if is_quote:
                self.send_fills(on_book(self.venue, row, self.rows))
                fields = {name: int(row[name]) for name in ("bid", "bid_lots", "ask", "ask_lots")}
                self.send(Book(now_ns, **fields).event())
            else:
                self.send_fills(on_trade(self.venue, row, self.rows))
                side = Side(int(row["side"]))
                self.send(Trade(now_ns, int(row["price"]), int(row["lots"]), side, int(row["aggressor"])).event())
            self.carry_out(now_ns)


def looped_state() -> tuple[bytes, int]:
    chosen, tape = settings.load(None, overrides=KEYS, environment={}), small_tape()
    play = _backtest.prepare(chosen, tape)
    while not play.cursor["is_done"]:
        play.advance(10_000)
    return play.play["state"].tobytes(), int(play.cursor["fills"])


def test_stepping_by_hand_gives_the_bytes_of_the_compiled_loop() -> None:
    chosen, tape = settings.load(None, overrides=KEYS, environment={}), small_tape()
    hand = Hand(chosen, tape)
    hand.play(tape, 15 * SECOND)
    looped, fills = looped_state()
    assert hand.fills == fills > 20
    assert len(hand.state.tobytes()) == len(looped)
    names = maker.STATE.names or ()
    again = np.frombuffer(looped, maker.STATE)
    different = [name for name in names if hand.state[name].tobytes() != again[name].tobytes()]
    assert different == []


def test_the_uncompiled_source_gives_the_bytes_of_the_compiled_loop() -> None:
    looped, _ = looped_state()
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    printed = subprocess.run(
        [sys.executable, __file__], env=environment, capture_output=True, text=True, check=True, timeout=300
    ).stdout
    assert printed.strip() == hashlib.sha256(looped).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(hashlib.sha256(looped_state()[0]).hexdigest() + "\n")
