"""Real tapes with the example configurations that belong to them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glosten import maker, market, settings
from glosten.params import pack
from glosten.records import ACTION, ACTIONS, Acknowledgement, Book, Clock, EventKind, Instrument, Operation
from glosten.run import Standing

CONFIG = Path(__file__).resolve().parents[2] / "config"
TAPES = {
    "btcusdt": ("trades_binance_spot_BTCUSDT_20240808", "quotes_binance_spot_BTCUSDT_20240808"),
    "xrpeth": ("trades_binance_spot_XRPETH_20191011", None),
    "ibm": ("trades_us_IBM_20131008", "quotes_us_IBM_20131008"),
    "aapl": ("trades_lobster_AAPL_20120621_0930_1000", "quotes_lobster_AAPL_20120621_0930_1000"),
}


@pytest.fixture(scope="session")
def real(shared: Any) -> Any:
    """Return a function from a configuration's name to (settings, tape), each tape loaded once."""
    loaded: dict[str, Any] = {}

    def load(name: str, *overrides: str) -> tuple[settings.Settings, market.Tape]:
        chosen = settings.load(CONFIG / f"{name}.toml", overrides=overrides, environment={})
        if name not in loaded:
            trades, quotes = TAPES[name]
            rules = chosen.instrument.model_dump()
            loaded[name] = market.load_tape(
                shared("data", f"{trades}.parquet"),
                shared("data", f"{quotes}.parquet") if quotes else None,
                market.TapeOptions(**{**rules, "symbol": rules["symbol"] or ""}),
            )
        return chosen, loaded[name]

    return load


INSTRUMENT = Instrument("BTC/USDT", Decimal("0.01"), Decimal("0.0001"))
START_NS = 1_700_000_000_000_000_000


class GoldenDesk:
    """The maker of STRATEGY 6: its wallet, its inventory at a cost, an anchor, a belief, and the book that it meets."""

    def __init__(self, overrides: tuple[str, ...] = (), cost: str = "99.90", cycle: int = 122) -> None:
        given = ("ALLOC_CONFIRMED=true", "instrument.symbol=BTC/USDT", *overrides)
        self.settings = settings.load(None, overrides=given, environment={})
        self.instrument = INSTRUMENT
        self.params = pack(self.settings.strategy, self.settings.runtime, INSTRUMENT)
        self.state = maker.fresh(self.params, Decimal(31815), Decimal("45.45"))
        self.actions = np.zeros(ACTIONS, ACTION)
        self.now_ns = START_NS
        ledger, belief, row = self.state[0]["ledger"], self.state[0]["belief"], self.state[0]
        ledger["held"], ledger["started"], ledger["alloc_started"] = 454_500, 1, 1
        ledger["cost"] = int(Decimal("45.45") * Decimal(cost) / INSTRUMENT.quantum)
        ledger["base_capital"] = int(Decimal(9090) / INSTRUMENT.quantum)
        row["cycle"]["number"] = cycle
        belief["anchor"], belief["anchor_ns"], belief["queued"] = 100.0, START_NS, 0.575

    def tell(self, record: Any) -> list[Any]:
        count = maker.step(self.state, self.params, record.event(), self.actions)
        return [self.actions[index].copy() for index in range(count)]

    def book(self, bid: int = 9_999, ask: int = 10_001) -> None:
        self.tell(Book(self.now_ns, bid, 10**7, ask, 10**7))

    def decide(self, seconds: float = 0.0) -> None:
        """Let time pass, run a decision, and answer what it asks for."""
        self.now_ns += round(seconds * 1e9)
        waiting = self.tell(Clock(self.now_ns))
        while waiting:
            action = waiting.pop(0)
            kind = EventKind.PLACED if action["operation"] == Operation.PLACE else EventKind.CANCELLED
            waiting += self.tell(Acknowledgement(self.now_ns, kind, int(action["slot"]), int(action["order"])))

    def standing(self) -> Standing:
        return Standing.of(self.state, self.settings, self.instrument, settings.lint(self.settings))


@pytest.fixture
def golden_desk() -> Any:
    """Return a function that opens the desk of STRATEGY 6 with keys changed: (*overrides, cost=, cycle=)."""

    def opened(*overrides: str, cost: str = "99.90", cycle: int = 122) -> GoldenDesk:
        return GoldenDesk(overrides, cost, cycle)

    return opened
