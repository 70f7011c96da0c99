"""Whatever happens, in any order: limits hold, nothing is sold below break-even, nothing is quoted crossed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from glosten import maker, params
from glosten.records import (
    ACTION,
    ACTIONS,
    SLOTS,
    Acknowledgement,
    Beat,
    Book,
    Candle,
    Clock,
    Command,
    Configured,
    EventKind,
    Fill,
    Flow,
    Gap,
    Instruction,
    Instrument,
    Operation,
    OrderState,
    Portfolio,
    Reason,
    Side,
    Start,
    Status,
)

INSTRUMENT = Instrument("BTC/USDT", Decimal("0.01"), Decimal("0.0001"))
UNIT, TICK, LOT, QUANTUM = INSTRUMENT.quanta_per_tick_lot, 0.01, 0.0001, 1e-8
SECOND = 1_000_000_000
CASH, COIN = 31_815 * 10**8, 454_500
LIMIT_SLACK = 1e-6
"""Quote units of float noise in sums of quanta."""

keys = st.fixed_dictionaries(
    {
        "ALLOC_CONFIRMED": st.sampled_from([True, True, True, False]),
        "WARMUP_CYCLES": st.sampled_from([0, 0, 0, 2]),
    },
    optional={
        "TRADING_LIMIT": st.floats(100, 5000),
        "GM_TL": st.floats(100, 5000),
        "ALLOC_PCT": st.floats(1, 100),
        "ALLOC_RESERVE_PCT": st.floats(0, 10),
        "ALLOC_SPLIT_TOL": st.floats(0, 30),
        "ALLOC_ENFORCE_SPLIT": st.booleans(),
        "ALLOC_AUTO_REBALANCE": st.booleans(),
        "GM_ALPHA": st.floats(0.02, 0.4),
        "GM_BASE_SPREAD": st.floats(2, 30),
        "GM_LAYERS": st.integers(1, 8),
        "GM_LAYER_SPAN_BPS": st.floats(0, 50),
        "GM_GRID": st.booleans(),
        "GM_STALE_DRIFT_BPS": st.floats(1, 50),
        "DRIFT_ATR_FRAC": st.floats(0, 0.5),
        "GM_MAX_EXP": st.floats(30, 95),
        "GM_MAX_DD": st.floats(2, 30),
        "GM_FEE": st.floats(0, 0.2),
        "GM_MAKER_FEE": st.floats(-0.05, 0.1),
        "GM_ASK_CLAMP_BUFFER_BPS": st.floats(0, 50),
        "GM_DISABLE_CROSS_PROT": st.booleans(),
        "GM_DISABLE_ASK_CLAMP": st.booleans(),
        "BE_GUARD": st.booleans(),
        "BE_GUARD_BLOCK_MARKET_SELLS": st.booleans(),
        "NO_CLOSE_MARKET": st.booleans(),
        "NO_POST_ONLY": st.booleans(),
        "DISABLE_BREAKER_WINDDOWN": st.booleans(),
        "SCRATCH_LIVENESS_MIN": st.integers(0, 1),
        "SKEW_QTY_MAX": st.floats(1, 5),
        "SKEW_QTY_TARGET": st.floats(0.1, 0.9),
        "PAIR_EXP_BUDGET": st.sampled_from([0.0, 0.2, 0.8]),
        "PORTFOLIO_EXP_BUDGET": st.sampled_from([0.0, 0.3, 0.9]),
        "PORTFOLIO_INCLUDE": st.booleans(),
        "RESET_BREAKER_ONCE": st.booleans(),
        "RESET_STATS_ONCE": st.booleans(),
        "STRICT_LITERATURE": st.booleans(),
    },
)


class Market(RuleBasedStateMachine):
    """A venue that does its worst, and an operator who does anything, against one maker."""

    @initialize(
        changed=keys, cash=st.sampled_from([CASH, CASH // 9]), coin=st.sampled_from([COIN, COIN, COIN, 0, 30 * COIN])
    )
    def open(self, changed: dict[str, Any], cash: int, coin: int) -> None:
        self.cash, self.coin, self.revision = cash, coin, 0
        self.actions = np.zeros(ACTIONS, ACTION)
        self.now_ns, self.mid = 1_700_000_000 * SECOND, 10_000
        self.requests: list[Any] = []
        self.live: dict[int, dict[str, int]] = {}
        self.configure(changed)
        self.state = maker.fresh(self.params, cash * INSTRUMENT.quantum, coin * INSTRUMENT.lot)
        self.book(0, 2)

    def configure(self, changed: dict[str, Any]) -> None:
        self.strategy = params.Strategy(**changed)
        self.params = params.pack(self.strategy, params.Runtime(), INSTRUMENT, self.revision)
        self.effective = params.overlay(self.strategy)[0]

    def send(self, record: Any) -> None:
        count = maker.step(self.state, self.params, record.event(), self.actions)
        asked = [self.actions[index].copy() for index in range(count)]
        for action in asked:
            if action["operation"] == Operation.PLACE:
                number, slot = int(action["order"]), int(action["slot"])
                assert all(order["slot"] != slot for order in self.live.values())
                names = ("slot", "side", "price", "lots", "post_only", "immediate", "reason")
                self.live[number] = {name: int(action[name]) for name in names}
        for action in asked:
            if action["operation"] == Operation.PLACE:
                self.check_placement(action)
        self.requests += asked
        self.check_totals([action for action in asked if action["operation"] == Operation.PLACE])

    def group(self, name: str) -> Any:
        return self.state[0][name]

    def break_even(self, *, post_only: bool) -> float:
        ledger = self.group("ledger")
        cost = int(ledger["cost"]) * QUANTUM / (int(ledger["held"]) * LOT) if ledger["held"] > 0 else 0.0
        return cost / (1 - (self.effective.GM_MAKER_FEE if post_only else self.effective.GM_FEE) / 100)

    def is_guarded(self, reason: int) -> bool:
        ledger, middle = self.group("ledger"), self.middle()
        worth_guarding = int(ledger["held"]) * LOT * middle >= max(self.effective.MIN_ORDER_QUOTE, 0.0)
        if not (self.effective.BE_GUARD and worth_guarding):
            return False
        if reason == Reason.EXIT_FLATTEN and self.group("cycle")["flatten"] == 2:
            return False
        if reason == Reason.REBALANCE and not ledger["cost_known"]:
            return False
        may_take = reason in (Reason.EXIT_FLATTEN, Reason.EXIT_MAX_DD, Reason.REBALANCE)
        return self.effective.BE_GUARD_BLOCK_MARKET_SELLS or not may_take

    def middle(self) -> float:
        view = self.group("view")
        return 0.5 * TICK * int(view["bid"] + view["ask"])

    def check_placement(self, action: Any) -> None:
        view, cycle, price, side = self.group("view"), self.group("cycle"), int(action["price"]), int(action["side"])
        post_only, reason = bool(action["post_only"]), int(action["reason"])
        assert action["lots"] > 0
        if post_only:
            assert side * (price - int(view["ask"] if side == Side.BUY else view["bid"])) < 0
        if action["immediate"]:
            assert price >= 0.99 * view["bid"] - 1e-6 if side == Side.SELL else price <= 1.01 * view["ask"]
        if side == Side.SELL and self.is_guarded(reason):
            assert price * TICK >= self.break_even(post_only=post_only) * (1 - 1e-12)
        if side == Side.BUY:
            assert price * int(action["lots"]) * UNIT * QUANTUM <= self.effective.TRADING_LIMIT * (1 + 1e-9)
            assert self.strategy.ALLOC_CONFIRMED
            assert (cycle["paused"], cycle["stopped"], cycle["flatten"], self.group("risk")["breakers"]) == (0, 0, 0, 0)
        if cycle["number"] - cycle["first"] <= self.effective.WARMUP_CYCLES or cycle["stopped"]:
            assert reason == Reason.EXIT_FLATTEN
        if view["now_ns"] - view["heard_ns"] > 30 * SECOND:
            assert (reason, int(cycle["flatten"])) == (Reason.EXIT_FLATTEN, 2)
        for number, other in self.live.items():
            if other["side"] == -side and number != action["order"]:
                assert side * (price - other["price"]) < 0

    def check_totals(self, placed: list[Any]) -> None:
        bids = sum(order["price"] * order["lots"] * UNIT for order in self.live.values() if order["side"] == Side.BUY)
        asks = sum(order["lots"] for order in self.live.values() if order["side"] == Side.SELL)
        held, middle = int(self.group("ledger")["held"]), self.middle()
        if any(action["side"] == Side.BUY for action in placed):
            wallet = self.cash * QUANTUM + self.coin * LOT * middle
            used = min(wallet * self.effective.ALLOC_PCT / 100, self.effective.GM_CAPITAL_ALLOC)
            allocation = max(0.0, used - wallet * self.effective.ALLOC_RESERVE_PCT / 100)
            assert held * LOT * middle + bids * QUANTUM <= allocation * (1 + 1e-12) + LIMIT_SLACK
            assert bids <= self.cash
        if any(action["side"] == Side.SELL for action in placed):
            assert asks <= held

    @rule(move=st.integers(-150, 150), width=st.integers(0, 30))
    def book(self, move: int, width: int) -> None:
        self.mid = max(1000, self.mid + move)
        self.send(Book(self.now_ns, self.mid - width // 2, 10**6, self.mid + (width + 1) // 2, 10**6))

    @rule(percent=st.integers(-25, 25))
    def jump(self, percent: int) -> None:
        self.book(self.mid * percent // 100, 2)

    @rule(gone=st.booleans())
    def lose_the_book(self, gone: bool) -> None:
        bid, ask = (0, 0) if gone else (self.mid + 1, self.mid - 1)
        self.send(Book(self.now_ns, bid, 10**6, ask, 10**6))

    @rule(seconds=st.integers(1, 40), beats=st.sampled_from([True, True, True, False]))
    def clock(self, seconds: int, beats: bool) -> None:
        self.now_ns += seconds * SECOND
        if beats:
            self.send(Beat(self.now_ns))
        self.send(Clock(self.now_ns))

    @rule()
    def lose_the_stream(self) -> None:
        self.send(Gap(self.now_ns))

    @precondition(lambda self: self.live)
    @rule(position=st.integers(0, 40), percent=st.integers(1, 100), taker=st.booleans())
    def fill(self, position: int, percent: int, taker: bool) -> None:
        number = sorted(self.live)[position % len(self.live)]
        order = self.live[number]
        lots, price, side = max(1, order["lots"] * percent // 100), order["price"], Side(order["side"])
        rate = self.effective.GM_FEE if taker else self.effective.GM_MAKER_FEE
        fee = int(price * lots * UNIT * rate / 100)
        order["lots"] -= lots
        self.cash -= side * price * lots * UNIT + fee
        self.coin += side * lots
        if order["lots"] == 0:
            del self.live[number]
        self.send(Fill(self.now_ns, order["slot"], number, side, price, lots, fee, is_maker=not taker))
        if side == Side.BUY:
            self.check_resting_asks()

    def check_resting_asks(self) -> None:
        """A purchase left no ask resting below break-even that is not being cancelled at this moment."""
        view = self.group("view")
        if view["bid"] <= 0 or view["ask"] < view["bid"]:
            return
        for slot in range(SLOTS):
            order = self.group("orders")[slot]
            rests = order["state"] == OrderState.WORKING and order["side"] == Side.SELL
            if rests and self.is_guarded(int(order["reason"])):
                least = self.break_even(post_only=bool(order["post_only"]))
                assert int(order["price"]) * TICK >= least * (1 - 1e-12)

    @precondition(lambda self: self.requests)
    @rule(position=st.integers(0, 40), accepted=st.sampled_from([True, True, False]), structural=st.booleans())
    def answer(self, position: int, accepted: bool, structural: bool) -> None:
        action = self.requests.pop(position % len(self.requests))
        slot, number = int(action["slot"]), int(action["order"])
        if action["operation"] == Operation.CANCEL:
            self.live.pop(number, None)
            self.send(Acknowledgement(self.now_ns, EventKind.CANCELLED, slot, number))
        elif accepted or number not in self.live or self.live[number]["lots"] < action["lots"]:
            self.send(Acknowledgement(self.now_ns, EventKind.PLACED, slot, number))
            if action["immediate"] and number in self.live:
                del self.live[number]
                self.send(Acknowledgement(self.now_ns, EventKind.CANCELLED, slot, number))
        else:
            del self.live[number]
            reason = Reason.UNKNOWN if structural else Reason.POST_ONLY_REJECT
            self.send(Acknowledgement(self.now_ns, EventKind.REJECTED, slot, number, reason))

    @rule()
    def answer_all(self) -> None:
        while self.requests:
            self.answer(0, accepted=True, structural=False)

    @rule(seconds=st.integers(1, 20), position=st.integers(0, 40), percent=st.integers(1, 100), taker=st.booleans())
    def trade_on(self, seconds: int, position: int, percent: int, taker: bool) -> None:
        """A quiet stretch, in which the maker gets to rest orders and one of them trades."""
        self.book(0, 2)
        self.clock(seconds, beats=True)
        self.answer_all()
        if self.live:
            self.fill(position, percent, taker)

    @rule(cash=st.integers(0, 10**13), lots=st.integers(0, 200_000), external=st.booleans())
    def deposit(self, cash: int, lots: int, external: bool) -> None:
        self.cash, self.coin = self.cash + cash, self.coin + lots
        self.send(Flow(self.now_ns, cash, lots, external))

    @rule(percent=st.integers(0, 100), coins=st.booleans())
    def withdraw(self, percent: int, coins: bool) -> None:
        """Withdraw a part of what is not locked in orders: a venue gives no more."""
        orders = self.live.values()
        locked_cash = sum(order["price"] * order["lots"] * UNIT for order in orders if order["side"] == Side.BUY)
        locked_coin = sum(order["lots"] for order in orders if order["side"] == Side.SELL)
        cash = 0 if coins else max(self.cash - locked_cash, 0) * percent // 100
        lots = max(self.coin - locked_coin, 0) * percent // 100 if coins else 0
        self.cash, self.coin = self.cash - cash, self.coin - lots
        self.send(Flow(self.now_ns, -cash, -lots))

    @rule(changed=keys)
    def reconfigure(self, changed: dict[str, Any]) -> None:
        self.revision += 1
        self.configure(changed)
        self.send(Configured(self.now_ns))

    @rule(command=st.sampled_from([Command.RESUME, Command.RESUME, *Command]))
    def order(self, command: Command) -> None:
        self.send(Instruction(self.now_ns, command))

    @rule(allocation=st.integers(0, 10**13), percent=st.integers(0, 120))
    def hear(self, allocation: int, percent: int) -> None:
        self.send(Portfolio(self.now_ns, allocation, allocation * percent // 100, 1))
        self.send(Candle(self.now_ns, self.mid + percent, self.mid - percent, self.mid))

    @rule(process=st.booleans())
    def restart(self, process: bool) -> None:
        """Go on from the state's bytes: in the same process, or in a new one, whose host pulled every order first."""
        self.state = np.frombuffer(self.state.tobytes(), maker.STATE).copy()
        if process:
            self.live.clear()
            self.requests.clear()
            self.send(Start(self.now_ns))

    @invariant()
    def the_ledger_is_the_money(self) -> None:
        if not hasattr(self, "state"):
            return
        ledger, risk, cycle = self.group("ledger"), self.group("risk"), self.group("cycle")
        assert (ledger["cash"], ledger["coin"]) == (self.cash, self.coin)
        assert 0 <= ledger["held"] <= max(self.coin, 0)
        assert ledger["cost"] >= 0
        assert risk["largest_drawdown_pct"] >= 0
        assert cycle["status"] in set(Status)
        assert 0.0 < self.group("belief")["queued"] < 1.0


Market.TestCase.settings = settings(max_examples=60, stateful_step_count=60)
test_no_event_in_any_order_breaks_a_law = Market.TestCase
