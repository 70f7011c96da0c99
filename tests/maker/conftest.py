"""A desk: a maker, a book and a venue that answers at once, for tests that speak in prices and coins."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from glosten import maker, params
from glosten.records import (
    ACTION,
    ACTIONS,
    Acknowledgement,
    Beat,
    Book,
    Clock,
    EventKind,
    Fill,
    Instrument,
    Operation,
    Reason,
    Side,
    Trade,
)

SECOND = 1_000_000_000
START_NS = 1_700_000_000 * SECOND


@dataclass
class Placed:
    slot: int
    side: Side
    price: float
    qty: float
    post_only: bool
    immediate: bool
    reason: Reason


class Desk:
    def __init__(self, strategy: dict[str, Any], runtime: dict[str, Any], cash: str, coin: str) -> None:
        self.instrument = Instrument("BTC/USDT", Decimal("0.01"), Decimal("0.0001"))
        self.params = params.pack(params.Strategy(**strategy), params.Runtime(**runtime), self.instrument)
        self.state = maker.fresh(self.params, Decimal(cash), Decimal(coin))
        self.actions = np.zeros(ACTIONS, ACTION)
        self.now_ns = START_NS
        self.log: list[tuple[Operation, int, Reason]] = []
        self.placed: list[Placed] = []

    def __getitem__(self, group: str) -> Any:
        return self.state[0][group]

    def own(self, coins: str, cost: str, *, cycle: int = 5) -> None:
        """Hold managed coins at a cost, past the warm-up, with the base capital of the default allocation."""
        ledger = self["ledger"]
        ledger["held"] = int(Decimal(coins) / self.instrument.lot)
        ledger["cost"] = int(Decimal(coins) * Decimal(cost) / self.instrument.quantum)
        ledger["started"] = ledger["alloc_started"] = 1
        ledger["base_capital"] = int(Decimal(9090) / self.instrument.quantum)
        self["cycle"]["number"] = cycle

    def send(self, record: Any) -> list[Any]:
        count = maker.step(self.state, self.params, record.event(), self.actions)
        return [self.actions[index].copy() for index in range(count)]

    def book(self, bid: str, ask: str, size: int = 10**7) -> None:
        tick = self.instrument.tick
        self.send(Book(self.now_ns, int(Decimal(bid) / tick), size, int(Decimal(ask) / tick), size))

    def trade(self, side: Side, aggressor: int) -> None:
        self.send(Trade(self.now_ns, 10000, 1, side, aggressor))

    def fill(self, side: Side, price: str, coins: str, fee_pct: str = "0.02", slot: int | None = None) -> list[Any]:
        ticks, lots = int(Decimal(price) / self.instrument.tick), int(Decimal(coins) / self.instrument.lot)
        fee = int(Decimal(price) * Decimal(coins) * Decimal(fee_pct) / 100 / self.instrument.quantum)
        if slot is None:
            slot = 0 if side == Side.BUY else 10
            order = self["orders"][slot]
            order["side"], order["lots"], order["leaves"], order["state"] = side, lots, lots, 2
        number = int(self["orders"][slot]["number"])
        return self.send(Fill(self.now_ns, slot, number, side, ticks, lots, fee))

    def decide(self, seconds: float = 15.0, *, beat: bool = True) -> list[Placed]:
        """Let time pass, run the decision, answer every request at once, and return what was placed."""
        self.now_ns += int(seconds * SECOND)
        self.placed = []
        if beat:
            self.send(Beat(self.now_ns))
        waiting = self.send(Clock(self.now_ns))
        while waiting:
            action = waiting.pop(0)
            slot, reason = int(action["slot"]), Reason(int(action["reason"]))
            self.log.append((Operation(int(action["operation"])), slot, reason))
            if action["operation"] == Operation.PLACE:
                self.placed.append(self._placed(action))
                waiting += self.send(Acknowledgement(self.now_ns, EventKind.PLACED, slot, int(action["order"])))
            else:
                waiting += self.send(Acknowledgement(self.now_ns, EventKind.CANCELLED, slot, int(action["order"])))
        return self.placed

    def _placed(self, action: Any) -> Placed:
        return Placed(
            slot=int(action["slot"]),
            side=Side(int(action["side"])),
            price=float(int(action["price"]) * self.instrument.tick),
            qty=float(int(action["lots"]) * self.instrument.lot),
            post_only=bool(action["post_only"]),
            immediate=bool(action["immediate"]),
            reason=Reason(int(action["reason"])),
        )

    def bids(self) -> list[Placed]:
        return [order for order in self.placed if order.side == Side.BUY]

    def asks(self) -> list[Placed]:
        return [order for order in self.placed if order.side == Side.SELL]

    def cancels(self) -> list[tuple[int, Reason]]:
        return [(slot, reason) for operation, slot, reason in self.log if operation == Operation.CANCEL]


@pytest.fixture
def desk() -> Any:
    """Return a function that opens a confirmed desk with the golden wallet, with keys and runtime settings changed."""

    def opened(cash: str = "31815", coin: str = "45.45", runtime: Any = None, **keys: Any) -> Desk:
        return Desk({"ALLOC_CONFIRMED": True, **keys}, runtime or {}, cash, coin)

    return opened


@pytest.fixture
def golden(desk: Any) -> Any:
    """Return a function that sets up the golden cycle of STRATEGY section 6, with keys and cost changed."""

    def opened(cost: str = "99.90", **keys: Any) -> Desk:
        opened_desk: Desk = desk(**keys)
        opened_desk.own("45.45", cost)
        opened_desk["belief"]["anchor"], opened_desk["belief"]["anchor_ns"] = 100.0, START_NS
        opened_desk["belief"]["queued"] = 0.575
        opened_desk.book("99.99", "100.01")
        return opened_desk

    return opened
