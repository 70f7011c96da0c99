"""Split: whether a first start holds its share in coins, and the bounded orders that bring it there (steps 10, 11)."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker._ladder import is_large_enough, whole_lots
from glosten.maker._price import PERCENT, THROUGH_TOUCH, guard_applies, guard_yields
from glosten.maker._size import limit_bids
from glosten.records import EXIT_SLOT, REBALANCE_SLOT, Reason, Split
from glosten.theory import ask_ticks

ROUNDING = 1e-9
"""A deviation of exactly the tolerance passes, whatever its last binary digit."""


@jit
def start_target(target: float, largest_percent: float, budget: float) -> float:
    """Return the share of the allocation that a start should hold in coins: the target, or the cap below it.

    Source: STRATEGY C13: min(SKEW_QTY_TARGET, GM_MAX_EXP / 100, PAIR_EXP_BUDGET if > 0).
    """
    share = min(target, largest_percent * PERCENT)
    return min(share, budget) if budget > 0.0 else share


@jit
def split_deviation(inventory: float, allocation: float, target: float) -> float:
    """Return how far the coins' share of the allocation is from its target, in percentage points.

    Source: STRATEGY 4.2, ALLOC_SPLIT_TOL: 100 |min(inv, A) / A - target|.
    """
    return 100.0 * abs(min(inventory, allocation) / allocation - target) if allocation > 0.0 else 0.0


@jit
def missing_coins(s: Any, p: Any) -> float:
    """Return what has to be bought (negative: sold) to reach the start's target, in quote units at the mid."""
    keys, capital = p["strategy"], s["capital"]
    target = start_target(keys["SKEW_QTY_TARGET"], keys["GM_MAX_EXP"], keys["PAIR_EXP_BUDGET"])
    return target * capital["allocation"] - capital["inventory"]


@jit
def settle(s: Any, outcome: int) -> None:
    """Let the check of this first start be over."""
    s["ledger"]["alloc_started"] = 1
    s["cycle"]["split"] = outcome


@jit
def check_split(s: Any, p: Any) -> None:
    """Write where the check of a first start stands; a start that was settled once is not checked again.

    A gate that closes and opens again is a first start.
    Source: STRATEGY 4.2, ALLOC_SPLIT_TOL, ALLOC_ENFORCE_SPLIT, ALLOC_AUTO_REBALANCE.
    """
    ledger, cycle, capital, keys = s["ledger"], s["cycle"], s["capital"], p["strategy"]
    if keys["ALLOC_CONFIRMED"] == 0:
        ledger["alloc_started"], cycle["split"] = 0, Split.UNCHECKED
    if ledger["started"] == 0 or keys["ALLOC_CONFIRMED"] == 0 or ledger["alloc_started"]:
        return
    target = start_target(keys["SKEW_QTY_TARGET"], keys["GM_MAX_EXP"], keys["PAIR_EXP_BUDGET"])
    cycle["split_deviation"] = split_deviation(capital["inventory"], capital["allocation"], target)
    if cycle["split"] == Split.REBALANCING and keys["ALLOC_ENFORCE_SPLIT"] and keys["ALLOC_AUTO_REBALANCE"]:
        if abs(missing_coins(s, p)) < capital["smallest_order"]:
            settle(s, Split.REBALANCED)
    elif cycle["split_deviation"] <= keys["ALLOC_SPLIT_TOL"] + ROUNDING:
        settle(s, Split.PASSED)
    elif keys["ALLOC_ENFORCE_SPLIT"] == 0:
        settle(s, Split.WARNED)
    else:
        cycle["split"] = Split.REBALANCING if keys["ALLOC_AUTO_REBALANCE"] else Split.BLOCKED


@jit
def want(s: Any, slot: int, price: int, lots: int) -> None:
    """Want an immediate slice in a slot."""
    target = s["targets"][slot]
    target["price"], target["lots"], target["pending"] = price, lots, 1
    target["immediate"], target["post_only"], target["reason"] = 1, 0, Reason.REBALANCE


@jit
def buy_slice(s: Any, p: Any, amount: float) -> int:
    """Want one purchase towards the target, at the ask; return why there can be none, or `Reason.NONE`.

    TRADING_LIMIT caps what the order may cost at worst, so its price is the ask itself (ruling R10 allows 1 % more).
    """
    capital, ask = s["capital"], s["view"]["ask"]
    limiter = limit_bids(s, p, max(p["strategy"]["GM_FEE"], 0.0))
    room = capital["bid_limit"] * p["instrument"]["quantum"]
    lots = whole_lots(min(amount, p["strategy"]["TRADING_LIMIT"], room), ask, p)
    if not is_large_enough(lots, ask, p):
        return limiter if room < amount else Reason.BELOW_MIN.value
    want(s, REBALANCE_SLOT, ask, lots)
    return Reason.NONE.value


@jit
def sell_slice(s: Any, p: Any, amount: float) -> int:
    """Want one sale towards the target, at most 1 % through the bid; return why there can be none, or `Reason.NONE`."""
    keys, bid, tick = p["strategy"], s["view"]["bid"], p["instrument"]["tick"]
    if keys["NO_CLOSE_MARKET"]:
        return Reason.NO_CLOSE_MARKET.value
    floor = bid * tick * THROUGH_TOUCH
    if guard_applies(s, p) and not guard_yields(s, p, Reason.REBALANCE):
        floor = max(floor, s["quote"]["break_even_taker"])
    price = ask_ticks(floor, tick)
    if bid < price or bid * tick < floor:
        return Reason.BE_BLOCK.value
    lots = min(whole_lots(min(amount, keys["TRADING_LIMIT"]), bid, p), s["ledger"]["held"])
    if not is_large_enough(lots, bid, p):
        return Reason.BELOW_MIN.value
    want(s, EXIT_SLOT, price, lots)
    return Reason.NONE.value


@jit
def rebalance(s: Any, p: Any) -> int:
    """Want one slice towards the target; return why there can be none, or `Reason.NONE`."""
    amount = missing_coins(s, p)
    return buy_slice(s, p, amount) if amount > 0.0 else sell_slice(s, p, -amount)
