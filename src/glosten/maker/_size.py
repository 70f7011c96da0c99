"""Size: how much capital may work, and how much of it on each side (STRATEGY steps 4, 12, 14, 15)."""

from __future__ import annotations

from typing import Any

from glosten._jit import jit
from glosten.maker._ledger import whole_quanta
from glosten.maker._portfolio import portfolio_room
from glosten.maker._price import PERCENT, is_post_only
from glosten.records import LARGEST_INTEGER, Reason, Side


@jit
def allocation(wallet: float, percent: float, largest: float, reserve_percent: float) -> float:
    """Return what the strategy may use: a share of the wallet, capped, less the reserve.

    All amounts in quote units. Source: STRATEGY 4.2, ALLOC_PCT.
    """
    return max(0.0, min(wallet * percent * PERCENT, largest) - wallet * reserve_percent * PERCENT)


@jit
def skew_ratio(exposure: float, target: float, largest: float) -> float:
    """Return how many times larger the heavy side is quoted than the light side (1 at the target).

    ``exposure`` is inventory over allocation. Source: STRATEGY 4.6, SKEW_QTY_MAX.
    """
    distance = (exposure - target) / (1.0 - target) if exposure >= target else (target - exposure) / target
    return 1.0 + (largest - 1.0) * min(max(distance, 0.0), 1.0)


@jit
def measure(s: Any, p: Any, mid: float) -> None:
    """Write the wallet, the allocation, the inventory's value and the smallest order, all in quote units."""
    capital, ledger, keys, instrument = s["capital"], s["ledger"], p["strategy"], p["instrument"]
    lot_value = mid * instrument["lot"]
    wallet = ledger["cash"] * instrument["quantum"] + ledger["coin"] * lot_value
    capital["wallet"] = wallet
    capital["allocation"] = allocation(wallet, keys["ALLOC_PCT"], keys["GM_CAPITAL_ALLOC"], keys["ALLOC_RESERVE_PCT"])
    capital["smallest_order"] = max(
        keys["MIN_ORDER_QUOTE"], instrument["min_notional"], instrument["min_lots"] * lot_value
    )
    revalue(s, p, mid)


@jit
def revalue(s: Any, p: Any, mid: float) -> None:
    """Write the inventory's value and its share of the allocation; held without any allocation, it is all too much."""
    capital, held = s["capital"], s["ledger"]["held"]
    capital["inventory"] = held * p["instrument"]["lot"] * mid
    if capital["allocation"] > 0.0:
        capital["exposure"] = capital["inventory"] / capital["allocation"]
    else:
        capital["exposure"] = 1.0 if held > 0 else 0.0


@jit
def entry_fee(p: Any) -> float:
    """Return the fee in percent that a filled bid may cost at worst; a rebate is not counted on."""
    keys = p["strategy"]
    fee = keys["GM_MAKER_FEE"] if is_post_only(p) else max(keys["GM_MAKER_FEE"], keys["GM_FEE"])
    return max(fee, 0.0)


@jit
def measure_rooms(s: Any, p: Any, fee_percent: float) -> None:
    """Write what each limit leaves for all bids together, in quanta; negative where it is overdrawn."""
    capital, keys, quantum = s["capital"], p["strategy"], p["instrument"]["quantum"]
    allocation, inventory = capital["allocation"], capital["inventory"]
    capital["room_alloc"] = whole_quanta(allocation - inventory, quantum)
    capital["room_max_exp"] = whole_quanta(keys["GM_MAX_EXP"] * PERCENT * allocation - inventory, quantum)
    capital["room_pair"] = LARGEST_INTEGER
    if keys["PAIR_EXP_BUDGET"] > 0.0:
        capital["room_pair"] = whole_quanta(keys["PAIR_EXP_BUDGET"] * allocation - inventory, quantum)
    capital["room_portfolio"] = portfolio_room(s, p)
    capital["room_cash"] = int(s["ledger"]["cash"] / (1.0 + fee_percent * PERCENT))


@jit
def limit_bids(s: Any, p: Any, fee_percent: float) -> int:
    """Write the most that all resting bids together may cost, in quanta; return the name of the tightest limit.

    Source: STRATEGY step 15: exposure cap, pair and portfolio budgets, allocation (ruling R2), cash with its fee.
    """
    measure_rooms(s, p, fee_percent)
    capital = s["capital"]
    room, limiter = capital["room_alloc"], Reason.ALLOC_CAP
    if capital["room_max_exp"] < room:
        room, limiter = capital["room_max_exp"], Reason.MAX_EXP
    if capital["room_pair"] < room:
        room, limiter = capital["room_pair"], Reason.PAIR_BUDGET
    if capital["room_portfolio"] < room:
        room, limiter = capital["room_portfolio"], Reason.PORTFOLIO_BUDGET
    if capital["room_cash"] < room:
        room, limiter = capital["room_cash"], Reason.NO_CASH
    capital["bid_limit"] = max(0, room)
    return limiter


@jit
def size(s: Any, p: Any) -> None:
    """Write what each side may quote in total, in quote units, after skew and limits (the caller switches sides off).

    The light side shrinks and the heavy side stays at GM_TL, so no side ever quotes more than GM_TL.
    """
    capital, keys = s["capital"], p["strategy"]
    target = keys["SKEW_QTY_TARGET"]
    ratio = skew_ratio(capital["exposure"], target, keys["SKEW_QTY_MAX"])
    heavy_asks = capital["exposure"] >= target
    capital["skew_ratio"] = ratio
    capital["bid_size"] = keys["GM_TL"] / ratio if heavy_asks else keys["GM_TL"]
    capital["ask_size"] = keys["GM_TL"] if heavy_asks else keys["GM_TL"] / ratio
    capital["heavy_side"] = Side.SELL if heavy_asks else Side.BUY
    capital["bid_size_raw"], capital["ask_size_raw"] = capital["bid_size"], capital["ask_size"]
    limiter = limit_bids(s, p, entry_fee(p))
    room = capital["bid_limit"] * p["instrument"]["quantum"]
    capital["bid_limiter"] = limiter if capital["bid_size"] > room else Reason.NONE
    capital["bid_size"] = min(capital["bid_size"], room)
    capital["ask_size"] = min(capital["ask_size"], s["ledger"]["held"] * p["instrument"]["lot"] * s["quote"]["ask"])
