"""Each of the 61 keys changes what its row of STRATEGY says, and nothing else.

A scenario is played twice, with the key at its default and at another value; what differs afterwards in the whole state
of the maker must be exactly the fields named here. Orders, targets and their counts stand as ``orders``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from glosten import maker
from glosten.params import PARAMETERS
from glosten.records import Breaker, Candle, Portfolio, Side

Play = Callable[[Any], None]
COLLAPSED = {"orders": "orders", "targets": "orders", "count": "orders", "ranges": "candles", "buckets": "customers"}


def golden_cycle(desk: Any) -> None:
    desk.decide(0.0)


def later(desk: Any) -> None:
    """Ten minutes on, 10 bps higher: the anchor has something to follow."""
    desk.book("100.09", "100.11")
    desk.decide(600.0)


def far_away(desk: Any) -> None:
    desk.book("100.19", "100.21")
    desk.decide(0.0)


def rich(desk: Any) -> None:
    """Hold four fifths of the allocation."""
    desk.own("72.72", "99.90")
    desk.decide(0.0)


def sure(desk: Any) -> None:
    desk["belief"]["queued"] = 0.95
    desk.decide(0.0)


def a_buyer(desk: Any) -> None:
    desk.fill(Side.SELL, "100.16", "0.01")
    desk.decide(0.0)


def ten_buyers(desk: Any) -> None:
    for _ in range(10):
        desk.now_ns += 2_000_000_000
        desk.fill(Side.SELL, "100.16", "0.01")
    desk.decide(0.0)


def customers(desk: Any) -> None:
    """A seller nine minutes ago, a buyer just now."""
    desk.fill(Side.BUY, "99.99", "1")
    desk.now_ns += 540_000_000_000
    desk.fill(Side.SELL, "100.16", "1")
    desk.decide(0.0)


def seven_cycles(desk: Any) -> None:
    for _ in range(7):
        desk.decide()


def drifting(desk: Any) -> None:
    """A range of 100 bps over ten candles, then a move of 9 bps."""
    minute_ns = 60_000_000_000
    for minute in range(-9, 1):
        desk.send(Candle((desk.now_ns // minute_ns + minute) * minute_ns, 10050, 9950, 10000))
    desk.decide(0.0)
    desk.book("100.08", "100.10")
    desk.decide()


def in_the_red(desk: Any) -> None:
    """Equity 3 % below its peak."""
    desk.decide(0.0)
    desk["risk"]["peak"] = desk["risk"]["equity"] / 0.97
    desk.decide()


def crash(desk: Any) -> None:
    desk.decide(0.0)
    desk.book("87.99", "88.01")
    desk.decide()


def idle(desk: Any) -> None:
    """Two quiet minutes while the bid pays."""
    desk.decide(0.0)
    desk.book("100.14", "100.16")
    desk.decide(120.0)


def streak(desk: Any) -> None:
    """Halted by a streak, then 61 quiet cycles."""
    desk.decide(0.0)
    desk["risk"]["breakers"], desk["risk"]["consecutive_losses"] = Breaker.CONSECUTIVE_LOSSES, 3
    for _ in range(61):
        desk.decide()


def halted_while_the_bid_pays(desk: Any) -> None:
    desk.decide(0.0)
    desk["risk"]["breakers"], desk["risk"]["consecutive_losses"] = Breaker.CONSECUTIVE_LOSSES, 3
    desk.book("100.14", "100.16")
    desk.decide()


def latched(desk: Any) -> None:
    """A session with a history, and an open drawdown breaker."""
    risk = desk["risk"]
    risk["breakers"], risk["peak"], risk["consecutive_losses"] = Breaker.MAX_DRAWDOWN, 9670.0, 2
    risk["day"], risk["daily_limit"] = desk.now_ns // 86_400_000_000_000, 200.0
    risk["wins"], risk["losses"], risk["session_realised"], risk["daily_realised"] = 5, 2, 7 * 10**8, -(10**8)
    desk.decide()


def first_start(desk: Any) -> None:
    """Nothing adopted yet, 33 % of the allocation in coins."""
    ledger = desk["ledger"]
    ledger["started"] = ledger["alloc_started"] = ledger["held"] = ledger["cost"] = ledger["base_capital"] = 0
    ledger["coin"], ledger["cash"] = 300_000, 33_360 * 10**8
    desk.decide(0.0)


def in_company(desk: Any) -> None:
    """Another pair holds four fifths of its allocation of 5000."""
    desk.send(Portfolio(desk.now_ns, 5000 * 10**8, 4000 * 10**8, 1))
    desk.decide(0.0)


def little_left(desk: Any) -> None:
    desk.own("0.18", "99.90")
    desk.decide(0.0)


def a_glitch(desk: Any) -> None:
    desk.decide(0.0)
    desk.own("45.45", "1", cycle=6)
    desk.fill(Side.SELL, "100.16", "20")
    desk.decide(0.0)


TABLE: list[tuple[str, Any, Play, dict[str, Any], str]] = [
    ("PERIOD", 15, later, {}, ""),
    (
        "PERIOD",
        15,
        later,
        {"GM_PERIOD": ""},
        """
        belief.anchor belief.anchor_weight belief.deviation_bps belief.value belief.value_high belief.value_low
        candles.end_ns candles.period_ns quote.ask quote.base_ask quote.base_bid quote.bid quote.clamped_ask
        quote.model_ask quote.model_bid
        """,
    ),
    ("TRADING_LIMIT", 200, golden_cycle, {}, "orders"),
    (
        "GM_TL",
        450,
        golden_cycle,
        {},
        """
        capital.ask_size capital.ask_size_raw capital.bid_size capital.bid_size_raw orders
        """,
    ),
    (
        "GM_CAPITAL_ALLOC",
        9000,
        golden_cycle,
        {},
        """
        capital.allocation capital.bid_limit capital.bid_limiter capital.bid_size capital.bid_size_raw
        capital.exposure capital.room_alloc capital.room_max_exp capital.skew_ratio orders
        portfolio.own_allocation portfolio.ratio portfolio.sum_allocation risk.daily_limit
        """,
    ),
    (
        "ALLOC_PCT",
        24,
        golden_cycle,
        {},
        """
        capital.allocation capital.bid_limit capital.bid_limiter capital.bid_size capital.bid_size_raw
        capital.exposure capital.room_alloc capital.room_max_exp capital.skew_ratio orders
        portfolio.own_allocation portfolio.ratio portfolio.sum_allocation risk.daily_limit
        """,
    ),
    (
        "ALLOC_CONFIRMED",
        False,
        golden_cycle,
        {},
        """
        cycle.bids_off cycle.entries_on cycle.status ledger.alloc_started orders
        """,
    ),
    (
        "ALLOC_SPLIT_TOL",
        20,
        first_start,
        {},
        """
        capital.room_cash cycle.asks_off cycle.bids_off cycle.entries_on cycle.exit_asked cycle.exit_reason
        cycle.split cycle.status ledger.alloc_started orders
        """,
    ),
    (
        "ALLOC_ENFORCE_SPLIT",
        False,
        first_start,
        {},
        """
        capital.room_cash cycle.asks_off cycle.bids_off cycle.entries_on cycle.exit_asked cycle.exit_reason
        cycle.split cycle.status ledger.alloc_started orders
        """,
    ),
    (
        "ALLOC_AUTO_REBALANCE",
        False,
        first_start,
        {},
        """
        capital.room_cash cycle.asks_off cycle.bids_off cycle.exit_asked cycle.exit_reason cycle.split
        cycle.status orders
        """,
    ),
    ("ALLOC_AUTO_REBALANCE", False, first_start, {"ALLOC_SPLIT_TOL": 20}, ""),
    (
        "ALLOC_RESERVE_PCT",
        1,
        golden_cycle,
        {},
        """
        capital.allocation capital.bid_limit capital.bid_limiter capital.bid_size capital.bid_size_raw
        capital.exposure capital.room_alloc capital.room_max_exp capital.skew_ratio orders
        portfolio.own_allocation portfolio.ratio portfolio.sum_allocation risk.daily_limit
        """,
    ),
    ("GM_GRID", True, golden_cycle, {}, "orders"),
    ("GM_GRID_LEVELS", 2, golden_cycle, {"GM_GRID": True}, "orders"),
    ("GM_GRID_LEVELS", 2, golden_cycle, {}, ""),
    ("GM_GRID_SPAN_PCT", 1, golden_cycle, {"GM_GRID": True}, "orders"),
    ("GM_GRID_SPAN_PCT", 1, golden_cycle, {}, ""),
    (
        "GM_BAYES_ENABLED",
        False,
        golden_cycle,
        {},
        """
        orders quote.ask quote.base_ask quote.base_bid quote.bid quote.clamped_ask
        """,
    ),
    (
        "GM_BASE_SPREAD",
        20,
        golden_cycle,
        {},
        """
        orders quote.ask quote.base_ask quote.base_bid quote.bid quote.clamped_ask
        """,
    ),
    (
        "GM_ALPHA",
        0.3,
        golden_cycle,
        {},
        """
        orders quote.ask quote.base_ask quote.base_ask_applied quote.base_bid quote.base_bid_applied quote.bid
        quote.clamped_ask quote.model_ask quote.model_bid
        """,
    ),
    (
        "GM_ALPHA",
        0.3,
        a_buyer,
        {},
        """
        belief.prior belief.queued belief.value orders quote.ask quote.base_ask quote.base_ask_applied
        quote.base_bid quote.base_bid_applied quote.clamped_ask quote.model_ask
        """,
    ),
    (
        "GM_VALUE_DELTA",
        0.01,
        golden_cycle,
        {},
        """
        belief.value belief.value_high belief.value_low orders quote.ask quote.base_ask quote.base_ask_applied
        quote.base_bid quote.base_bid_applied quote.bid quote.clamped_ask quote.cross_bid_applied
        quote.model_ask quote.model_bid
        """,
    ),
    (
        "GM_ANCHOR_EMA",
        100,
        later,
        {},
        """
        belief.anchor belief.anchor_weight belief.deviation_bps belief.value belief.value_high belief.value_low
        orders quote.ask quote.base_ask quote.base_bid quote.bid quote.clamped_ask quote.model_ask
        quote.model_bid
        """,
    ),
    (
        "GM_MIN_PRIOR",
        0.2,
        ten_buyers,
        {},
        """
        belief.prior belief.queued belief.value orders quote.ask quote.base_ask quote.base_bid quote.clamped_ask
        quote.model_ask quote.model_bid
        """,
    ),
    (
        "GM_ASYM_WIN",
        60000,
        customers,
        {},
        """
        customers customers.bucket customers.bucket_ns customers.sells customers.shown customers.skew
        """,
    ),
    ("GM_MAX_SKEW", 0.2, ten_buyers, {}, "customers.shown"),
    ("GM_STALE_CYCLES", 2, seven_cycles, {}, "orders"),
    (
        "GM_MAX_EXP",
        50,
        golden_cycle,
        {},
        """
        capital.bid_limit capital.bid_limiter capital.bid_size capital.room_max_exp cycle.bids_off
        cycle.entries_on orders
        """,
    ),
    (
        "GM_MAX_DD",
        2,
        in_the_red,
        {"DISABLE_BREAKER_WINDDOWN": True},
        """
        cycle.asks_off cycle.bids_off cycle.entries_on cycle.status orders risk.breakers risk.trips
        """,
    ),
    ("GM_FEE", 0.2, golden_cycle, {}, "quote.break_even_taker"),
    (
        "GM_FEE",
        0.05,
        halted_while_the_bid_pays,
        {"cost": "100.06"},
        """
        cycle.asks_off cycle.exit_reason cycle.exit_refusal orders quote.break_even_taker
        """,
    ),
    (
        "GM_MAKER_FEE",
        0.1,
        golden_cycle,
        {"cost": "100.20"},
        """
        capital.room_cash orders quote.ask quote.break_even_maker quote.clamped_ask
        """,
    ),
    ("GM_SP", 2, seven_cycles, {}, ""),
    ("LOG_LEVEL", "SILENT", seven_cycles, {}, ""),
    (
        "WARMUP_CYCLES",
        6,
        golden_cycle,
        {},
        """
        cycle.asks_off cycle.bids_off cycle.entries_on cycle.status orders risk.idle_cycles
        """,
    ),
    ("MIN_ORDER_QUOTE", 25, little_left, {}, "capital.smallest_order cycle.asks_off orders"),
    ("BE_GUARD", False, golden_cycle, {"cost": "100.20"}, "orders quote.ask quote.clamp_applied quote.clamped_ask"),
    ("NO_POST_ONLY", True, golden_cycle, {}, "capital.room_cash orders"),
    ("GM_TRACE", True, seven_cycles, {}, ""),
    ("VERBOSE_LOGS", True, seven_cycles, {}, ""),
    ("VERBOSE_INTERVAL_MIN", 5, seven_cycles, {}, ""),
    ("BE_GUARD_BLOCK_MARKET_SELLS", False, crash, {}, "cycle.asks_off cycle.exit_reason cycle.exit_refusal orders"),
    ("SCRATCH_LIVENESS_MIN", 1, idle, {}, "cycle.asks_off cycle.exit_asked cycle.exit_reason orders"),
    (
        "CONSEC_RESET_CYCLES",
        60,
        streak,
        {"DISABLE_BREAKER_WINDDOWN": True},
        """
        cycle.asks_off cycle.bids_off cycle.entries_on cycle.status orders risk.breakers risk.consecutive_losses
        risk.idle_cycles
        """,
    ),
    ("DRIFT_ATR_FRAC", 0.5, drifting, {"GM_BAYES_ENABLED": False}, "cycle.drift_threshold_bps orders risk.idle_cycles"),
    ("DRIFT_ATR_FRAC", 0.5, later, {}, ""),
    (
        "SKEW_QTY_MAX",
        5,
        rich,
        {"GM_MAX_EXP": 95},
        """
        capital.bid_size capital.bid_size_raw capital.skew_ratio orders
        """,
    ),
    (
        "SKEW_QTY_TARGET",
        0.6,
        golden_cycle,
        {},
        """
        capital.ask_size capital.ask_size_raw capital.heavy_side capital.skew_ratio orders
        """,
    ),
    (
        "SKEW_QTY_TARGET",
        0.4,
        first_start,
        {"ALLOC_SPLIT_TOL": 0},
        """
        capital.ask_size capital.ask_size_raw capital.skew_ratio cycle.split_deviation orders
        """,
    ),
    (
        "PORTFOLIO_INCLUDE",
        False,
        in_company,
        {"PORTFOLIO_EXP_BUDGET": 0.6},
        """
        capital.bid_limit capital.bid_limiter capital.bid_size capital.room_portfolio cycle.bids_off
        cycle.entries_on orders portfolio.budget portfolio.own_allocation portfolio.own_inventory
        portfolio.ratio portfolio.sum_allocation portfolio.sum_inventory
        """,
    ),
    (
        "PORTFOLIO_EXP_BUDGET",
        0.6,
        in_company,
        {},
        """
        capital.bid_limit capital.bid_limiter capital.bid_size capital.room_portfolio cycle.bids_off
        cycle.entries_on orders portfolio.budget
        """,
    ),
    (
        "PAIR_EXP_BUDGET",
        0.55,
        golden_cycle,
        {},
        """
        capital.bid_limit capital.bid_limiter capital.bid_size capital.room_pair orders
        """,
    ),
    (
        "DISABLE_BREAKER_WINDDOWN",
        True,
        halted_while_the_bid_pays,
        {},
        "cycle.asks_off cycle.exit_asked cycle.exit_reason orders",
    ),
    ("TRACE_ALL", True, seven_cycles, {}, ""),
    (
        "GM_ANCHOR_MAX_DEV_BPS",
        10,
        far_away,
        {},
        """
        belief.anchor belief.prior belief.queued belief.snapped belief.snaps belief.value belief.value_high
        belief.value_low orders quote.ask quote.base_ask quote.base_bid quote.bid quote.clamped_ask
        quote.cross_ask_applied quote.model_ask quote.model_bid
        """,
    ),
    ("GM_ASK_CLAMP_BUFFER_BPS", 20, golden_cycle, {"cost": "100.20"}, "orders quote.ask quote.clamped_ask"),
    ("GM_CROSS_PROT_BPS", 5, sure, {}, "orders quote.bid"),
    (
        "GM_DISABLE_ASK_CLAMP",
        True,
        golden_cycle,
        {"cost": "100.30"},
        """
        cycle.asks_off orders quote.ask quote.clamp_applied quote.clamped_ask
        """,
    ),
    ("GM_DISABLE_CROSS_PROT", True, sure, {}, "cycle.bids_off orders quote.bid quote.cross_bid_applied"),
    (
        "GM_PERIOD",
        "5",
        later,
        {},
        """
        belief.anchor belief.anchor_weight belief.deviation_bps belief.value belief.value_high belief.value_low
        candles.end_ns candles.period_ns quote.ask quote.base_ask quote.base_bid quote.bid quote.clamped_ask
        quote.model_ask quote.model_bid
        """,
    ),
    (
        "GM_STALE_DRIFT_BPS",
        50,
        drifting,
        {"GM_BAYES_ENABLED": False},
        "cycle.drift_threshold_bps orders risk.idle_cycles",
    ),
    ("STRICT_LITERATURE", True, golden_cycle, {}, ""),
    (
        "STRICT_LITERATURE",
        True,
        rich,
        {"cost": "100.20", "GM_MAX_EXP": 95},
        """
        capital.bid_size capital.bid_size_raw capital.skew_ratio orders
        """,
    ),
    ("NO_CLOSE_MARKET", True, halted_while_the_bid_pays, {}, "orders"),
    ("QUANTRODUCTION_TRACE", True, seven_cycles, {}, ""),
    (
        "RESET_BREAKER_ONCE",
        True,
        latched,
        {"DISABLE_BREAKER_WINDDOWN": True},
        """
        cycle.asks_off cycle.bids_off cycle.entries_on cycle.status orders risk.breaker_reset risk.breakers
        risk.consecutive_losses risk.daily_baseline risk.drawdown_pct risk.idle_cycles risk.peak risk.resets
        """,
    ),
    (
        "RESET_STATS_ONCE",
        True,
        latched,
        {"DISABLE_BREAKER_WINDDOWN": True},
        """
        risk.daily_limit risk.daily_realised risk.drawdown_pct risk.largest_drawdown_pct risk.losses risk.peak
        risk.resets risk.session_realised risk.stats_reset risk.wins
        """,
    ),
    ("GM_LAYERS", 2, golden_cycle, {}, "orders"),
    ("GM_LAYER_SPAN_BPS", 20, golden_cycle, {}, "orders"),
    (
        "SPREAD_PNL_JUMP_GUARD",
        0.1,
        a_glitch,
        {"BE_GUARD": False},
        """
        risk.daily_realised risk.jumps risk.last_jump risk.session_realised risk.wins
        """,
    ),
]
"""Key, another value of it, the scenario, what else is set (``cost`` is of the held coins), the fields that change."""


def played(golden: Any, play: Play, cost: str, keys: dict[str, Any]) -> dict[str, bytes]:
    desk = golden(cost, **keys)
    play(desk)
    state = desk.state[0]
    found: dict[str, bytes] = {}
    for group in maker.STATE.names or ():
        if group in COLLAPSED:
            found[COLLAPSED[group]] = found.get(COLLAPSED[group], b"") + state[group].tobytes()
        else:
            found |= {f"{group}.{name}": state[group][name].tobytes() for name in state[group].dtype.names}
    return found


def differences(golden: Any, case: tuple[str, Any, Play, dict[str, Any], str]) -> set[str]:
    key, value, play, keys, _ = case
    shared = dict(keys)
    cost = shared.pop("cost", "99.90")
    one, other = played(golden, play, cost, shared), played(golden, play, cost, shared | {key: value})
    return {name for name in one if one[name] != other[name]}


def test_every_key_of_the_page_is_in_the_table() -> None:
    assert {key for key, *_ in TABLE} == {parameter.key for parameter in PARAMETERS if parameter.table == "strategy"}
    assert len({key for key, *_ in TABLE}) == 61


@pytest.mark.parametrize("case", TABLE, ids=lambda case: f"{case[0]}-{case[2].__name__}")
def test_a_key_changes_what_its_row_says_and_nothing_else(golden: Any, case: Any) -> None:
    assert differences(golden, case) == set(case[-1].split())
