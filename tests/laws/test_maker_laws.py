"""What holds for the maker under any sequence of events: limits, break-even, no crossing, exact money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten import maker, params
from glosten.records import (
    ACTION,
    ACTIONS,
    EXIT_SLOT,
    SLOTS,
    Acknowledgement,
    Book,
    Clock,
    EventKind,
    Fill,
    Instrument,
    Operation,
    OrderState,
    Reason,
    Side,
)

INSTRUMENT = Instrument("BTC/USDT", Decimal("0.01"), Decimal("0.0001"))
SECOND = 1_000_000_000

moves = st.one_of(
    st.tuples(st.just("book"), st.integers(-150, 150), st.integers(0, 30)),
    st.tuples(st.just("clock"), st.integers(1, 40), st.just(0)),
    st.tuples(st.just("fill"), st.integers(0, SLOTS - 1), st.integers(1, 100)),
    st.tuples(st.just("answer"), st.integers(0, 5), st.booleans()),
)
changed_keys = st.fixed_dictionaries(
    {},
    optional={
        "GM_ALPHA": st.floats(0.02, 0.4),
        "GM_BASE_SPREAD": st.floats(2, 30),
        "GM_LAYERS": st.integers(1, 8),
        "GM_LAYER_SPAN_BPS": st.floats(0, 50),
        "GM_STALE_DRIFT_BPS": st.floats(1, 50),
        "GM_MAX_EXP": st.floats(30, 95),
        "GM_GRID": st.booleans(),
        "ALLOC_RESERVE_PCT": st.floats(0, 10),
        "GM_FEE": st.floats(0, 0.2),
        "GM_MAKER_FEE": st.floats(-0.05, 0.1),
        "GM_DISABLE_CROSS_PROT": st.booleans(),
        "GM_DISABLE_ASK_CLAMP": st.booleans(),
        "SCRATCH_LIVENESS_MIN": st.integers(0, 1),
        "NO_CLOSE_MARKET": st.booleans(),
        "SKEW_QTY_MAX": st.floats(1, 5),
    },
)


class Venue:
    """A hostile venue: answers late, rejects, fills in pieces, and lets the book jump."""

    def __init__(self, keys: dict[str, Any]) -> None:
        strategy = params.Strategy(ALLOC_CONFIRMED=True, WARMUP_CYCLES=0, **keys)
        self.params = params.pack(strategy, params.Runtime(), INSTRUMENT)
        self.state = maker.fresh(self.params, Decimal(31815), Decimal("45.45"))
        self.actions = np.zeros(ACTIONS, ACTION)
        self.now_ns, self.mid = 1_700_000_000 * SECOND, 10_000
        self.waiting: list[Any] = []
        self.events: list[Any] = []
        self.fills: list[Fill] = []
        self.book(0, 2)

    def send(self, record: Any) -> None:
        self.events.append(record)
        count = maker.step(self.state, self.params, record.event(), self.actions)
        asked = [self.actions[index].copy() for index in range(count)]
        self.waiting += asked
        if asked:
            self.check(asked)

    def check(self, asked: list[Any]) -> None:
        s = self.state[0]
        resting = 0
        asks = 0
        for slot in range(SLOTS):
            order = s["orders"][slot]
            if order["state"] != OrderState.NONE:
                if order["side"] == Side.BUY:
                    resting += order["price"] * order["leaves"] * INSTRUMENT.quanta_per_tick_lot
                else:
                    asks += order["leaves"]
        placed = [action for action in asked if action["operation"] == Operation.PLACE]
        bids = [action for action in placed if action["side"] == Side.BUY]
        if bids:
            inventory = s["capital"]["inventory"]
            assert inventory + resting * 1e-8 <= s["capital"]["allocation"] + 1e-6
            assert resting <= s["ledger"]["cash"]
        if len(placed) > len(bids):
            assert asks <= s["ledger"]["held"]
        for action in placed:
            self.check_price(s, action)

    def check_price(self, s: Any, action: Any) -> None:
        tick = float(INSTRUMENT.tick)
        if action["post_only"]:
            if action["side"] == Side.BUY:
                assert action["price"] < s["view"]["ask"]
            else:
                assert action["price"] > s["view"]["bid"]
        guarded = s["ledger"]["held"] > 0 and s["capital"]["inventory"] >= s["capital"]["smallest_order"]
        untold = action["reason"] == Reason.REBALANCE and not s["ledger"]["cost_known"]
        if action["side"] == Side.SELL and guarded and not untold:
            needed = s["quote"]["break_even_maker"] if action["post_only"] else s["quote"]["break_even_taker"]
            assert action["price"] * tick >= needed * (1 - 1e-12)
        for slot in range(SLOTS):
            order = s["orders"][slot]
            if order["state"] != OrderState.NONE and order["side"] == -action["side"] and not action["immediate"]:
                assert action["side"] * (action["price"] - order["price"]) < 0

    def book(self, move: int, width: int) -> None:
        self.mid = max(1000, self.mid + move)
        self.send(Book(self.now_ns, self.mid - width // 2, 10**6, self.mid + (width + 1) // 2, 10**6))

    def clock(self, seconds: int, _: int) -> None:
        self.now_ns += seconds * SECOND
        self.send(Clock(self.now_ns))

    def fill(self, slot: int, percent: int) -> None:
        order = self.state[0]["orders"][slot]
        if order["state"] not in (OrderState.WORKING, OrderState.CANCELLING):
            return
        lots = max(1, int(order["leaves"]) * percent // 100)
        price, side = int(order["price"]), Side(int(order["side"]))
        fee = price * lots * INSTRUMENT.quanta_per_tick_lot * 2 // 10_000
        fill = Fill(self.now_ns, slot, int(order["number"]), side, price, lots, fee, is_maker=slot != EXIT_SLOT)
        self.fills.append(fill)
        self.send(fill)

    def answer(self, position: int, is_kind: bool) -> None:
        if not self.waiting:
            return
        action = self.waiting.pop(position % len(self.waiting))
        slot, number = int(action["slot"]), int(action["order"])
        if action["operation"] == Operation.CANCEL:
            self.send(Acknowledgement(self.now_ns, EventKind.CANCELLED, slot, number))
        elif is_kind:
            self.send(Acknowledgement(self.now_ns, EventKind.PLACED, slot, number))
        else:
            self.send(Acknowledgement(self.now_ns, EventKind.REJECTED, slot, number, Reason.POST_ONLY_REJECT))


@settings(max_examples=150)
@given(changed_keys, st.lists(moves, min_size=5, max_size=60))
def test_no_sequence_of_events_breaks_a_limit_the_guard_or_the_book(keys: dict[str, Any], sequence: list[Any]) -> None:
    venue = Venue(keys)
    for name, first, second in sequence:
        getattr(venue, name)(first, second)
    ledger = venue.state[0]["ledger"]
    unit = INSTRUMENT.quanta_per_tick_lot
    cash = 31815 * 10**8 - sum(fill.side * fill.price * fill.lots * unit + fill.fee for fill in venue.fills)
    coin = 454_500 + sum(fill.side * fill.lots for fill in venue.fills)
    assert (ledger["cash"], ledger["coin"]) == (cash, coin)
    assert ledger["fees"] == sum(fill.fee for fill in venue.fills)
    assert 0 <= ledger["held"] <= coin
    assert ledger["cost"] >= 0


@settings(max_examples=40)
@given(changed_keys, st.lists(moves, min_size=5, max_size=40))
def test_replaying_the_events_gives_the_same_bytes(keys: dict[str, Any], sequence: list[Any]) -> None:
    venue = Venue(keys)
    for name, first, second in sequence:
        getattr(venue, name)(first, second)
    again = Venue(keys)
    again.state = maker.fresh(again.params, Decimal(31815), Decimal("45.45"))
    for record in venue.events:
        maker.step(again.state, again.params, record.event(), again.actions)
    assert again.state.tobytes() == venue.state.tobytes()
