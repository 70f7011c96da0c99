"""hftbacktest's side of the oracle: runs in an environment of its own, where nothing of this package is installed.

`python oracle/hftbacktest_side.py INPUT.npz OUTPUT.npz`: the input is what `oracle.tapes.write_input` wrote.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from hftbacktest import (
    BUY_EVENT,
    DEPTH_EVENT,
    EXCH_EVENT,
    EXPIRED,
    FILLED,
    GTX,
    LIMIT,
    LOCAL_EVENT,
    SELL_EVENT,
    TRADE_EVENT,
    BacktestAsset,
    ROIVectorMarketDepthBacktest,
)
from hftbacktest.types import event_dtype
from numba import njit

BOTH = EXCH_EVENT | LOCAL_EVENT


@njit
def write_events(quotes, trades, steps, events):
    """Write the tape as events and return how many: a moved touch shows its new level, then removes the old one.

    What moves away from the other side goes first, so that no event crosses the book. A removal of the only level would
    make hftbacktest search its whole book for the next.
    """
    tick, lot = steps
    count, quote, trade = 0, 0, 0
    bid, ask, bid_lots, ask_lots = 0, 0, 0, 0
    while quote < len(quotes) or trade < len(trades):
        if quote >= len(quotes) or (trade < len(trades) and trades[trade, 0] <= quotes[quote, 0]):
            side = BUY_EVENT if trades[trade, 3] > 0 else SELL_EVENT
            event = events[count]
            event["ev"] = TRADE_EVENT | BOTH | side
            event["exch_ts"] = event["local_ts"] = trades[trade, 0]
            event["px"], event["qty"] = trades[trade, 1] * tick, trades[trade, 2] * lot
            count, trade = count + 1, trade + 1
            continue
        now, new_bid, new_bid_lots, new_ask, new_ask_lots = quotes[quote]
        for turn in range(2):
            is_bid = (turn == 0) == (new_bid < bid)
            old, new = (bid, new_bid) if is_bid else (ask, new_ask)
            old_lots, new_lots = (bid_lots, new_bid_lots) if is_bid else (ask_lots, new_ask_lots)
            side = BUY_EVENT if is_bid else SELL_EVENT
            is_moved = old != new
            showing, removal = (new, new_lots, is_moved or old_lots != new_lots), (old, 0, is_moved and old > 0)
            for price, lots, is_wanted in (showing, removal):
                if is_wanted:
                    event = events[count]
                    event["ev"] = DEPTH_EVENT | BOTH | side
                    event["exch_ts"] = event["local_ts"] = now
                    event["px"], event["qty"] = price * tick, lots * lot
                    count += 1
        bid, bid_lots, ask, ask_lots = new_bid, new_bid_lots, new_ask, new_ask_lots
        quote += 1
    return count


@njit
def run_schedule(hbt, moments, orders, steps, outcome):
    """Place and cancel as scheduled; note of each order whether it was filled (1) or refused (-1)."""
    tick, lot = steps
    hbt.elapse(1)  # before its first step its clock is the largest number there is
    for index in range(len(moments)):
        at, number, is_place = moments[index]
        wait = at - hbt.current_timestamp
        if wait > 0 and hbt.elapse(wait) != 0:
            return
        side, price, lots = orders[number]
        if is_place:
            if side > 0:
                hbt.submit_buy_order(0, number + 1, price * tick, lots * lot, GTX, LIMIT, False)
            else:
                hbt.submit_sell_order(0, number + 1, price * tick, lots * lot, GTX, LIMIT, False)
            continue
        order = hbt.orders(0).get(number + 1)
        if order is None:
            continue
        if order.status == FILLED:
            outcome[number] = 1
        elif order.status == EXPIRED:
            outcome[number] = -1
        elif order.cancellable:
            hbt.cancel(0, number + 1, False)


@njit
def run_quoting(hbt, start_ns, every_ns, lots, steps):
    """Keep one post-only bid and ask at the touch, looked at every ``every_ns``; return how many were placed."""
    tick, lot = steps
    placed, number = 0, 1
    hbt.elapse(1)  # before its first step its clock is the largest number there is, and then far in the past
    hbt.elapse(start_ns + 7 - hbt.current_timestamp)  # between two instants of the tape
    standing, prices = np.zeros(2, np.uint64), np.zeros(2, np.int64)
    while hbt.elapse(every_ns) == 0:
        hbt.clear_inactive_orders(0)
        depth = hbt.depth(0)
        orders = hbt.orders(0)
        for side in range(2):
            wanted = depth.best_bid_tick if side == 0 else depth.best_ask_tick
            order = orders.get(standing[side])
            if order is not None:
                if prices[side] == wanted or not order.cancellable:
                    continue
                hbt.cancel(0, standing[side], False)
            if side == 0:
                hbt.submit_buy_order(0, number, wanted * tick, lots * lot, GTX, LIMIT, False)
            else:
                hbt.submit_sell_order(0, number, wanted * tick, lots * lot, GTX, LIMIT, False)
            standing[side], prices[side] = number, wanted
            number, placed = number + 1, placed + 1
    return placed


def opened(events: np.ndarray, tick: float, lot: float) -> object:
    prices = events["px"]
    asset = (
        BacktestAsset()
        .data(events)
        .linear_asset(1.0)
        .constant_order_latency(0, 0)
        .risk_adverse_queue_model()
        .no_partial_fill_exchange()
        .trading_value_fee_model(0.0, 0.0)
        .tick_size(tick)
        .lot_size(lot)
        .last_trades_capacity(0)
        .roi_lb(float(prices.min()) - 100 * tick)
        .roi_ub(float(prices.max()) + 100 * tick)
    )
    return ROIVectorMarketDepthBacktest([asset])  # the faster of its two books


def main() -> None:
    given = np.load(sys.argv[1])
    steps = (float(given["tick"]), float(given["lot"]))
    events = np.zeros(4 * len(given["quotes"]) + len(given["trades"]), event_dtype)
    events = events[: write_events(given["quotes"], given["trades"], steps, events)].copy()
    said = {"events": len(events)}
    if "moments" in given:
        outcome = np.zeros(len(given["orders"]), np.int64)
        hbt = opened(events, *steps)
        run_schedule(hbt, given["moments"], given["orders"], steps, outcome)
        hbt.close()
        said["outcome"] = outcome
    else:
        warm = opened(events[:1000].copy(), *steps)
        start_ns, every_ns, lots = int(events["exch_ts"][0]), int(given["every_ns"]), int(given["lots"])
        run_quoting(warm, start_ns, every_ns, lots, steps)
        warm.close()
        hbt = opened(events, *steps)
        started = time.process_time()
        said["placed"] = run_quoting(hbt, start_ns, every_ns, lots, steps)
        said["cpu_s"] = time.process_time() - started
        said["trades"] = hbt.state_values(0).num_trades
        hbt.close()
    np.savez(sys.argv[2], **said)


if __name__ == "__main__":
    main()
