"""The record of a decision: what it read, what it thought, and what it asked for (STRATEGY section 7, cycle)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from glosten.records import EXIT_SLOT, LARGEST_INTEGER, Instrument, Operation, OrderState, Reason, Side, Status
from glosten.run._panel import BREAKER_WORDS
from glosten.run._standing import BPS, rung_of, side_word, word

Group = Mapping[str, Any]
Record = dict[str, Any]

APPLIED = ("base_bid", "base_ask", "clamp", "cross_bid", "cross_ask")
ROOMS = ("max_exp", "pair", "portfolio", "alloc", "cash")


class Units:
    """What turns ticks, lots and quanta into quote units and coins: the nearest double of the exact decimal."""

    def __init__(self, instrument: Instrument) -> None:
        self.tick, self.lot, self.quantum = instrument.tick, instrument.lot, instrument.quantum
        self.step = instrument.quanta_per_tick_lot

    def price(self, ticks: int) -> float:
        """Return a price in ticks in quote units."""
        return float(ticks * self.tick)

    def mid(self, view: Group) -> float:
        """Return the middle of a book in ticks in quote units, as the maker reckons it."""
        return 0.5 * float(view["bid"] + view["ask"]) * float(self.tick)

    def coins(self, lots: int) -> float:
        """Return lots in coins."""
        return float(lots * self.lot)

    def cash(self, quanta: int) -> float:
        """Return quanta in quote units."""
        return float(quanta * self.quantum)

    def cost(self, ledger: Group) -> float:
        """Return the average cost of a held coin."""
        return self.cash(ledger["cost"]) / self.coins(ledger["held"]) if ledger["held"] > 0 else 0.0


def cycle_record(state: Group, units: Units, observed: list[Record], actions: Iterable[Any]) -> Record:
    """Return what a decision read, thought and asked for, from the unpacked state after it.

    ``observed`` are the customer orders behind it, ``actions`` the rows it asked for.
    """
    requests = list(actions)
    return {
        "in": _inputs(state, units, observed),
        "model": _model(state),
        "price": _prices(state),
        "capital": _capital(state, units),
        "size": _sizes(state),
        "state": _status(state, units),
        "targets": _targets(state, units),
        "actions": _actions(state, units, requests),
        "thr_bps": state["cycle"]["drift_threshold_bps"],
        "timings_ms": {"snapshot": None, "decide": None, "send": None},
    }


def _inputs(state: Group, units: Units, observed: list[Record]) -> Record:
    view, ledger = state["view"], state["ledger"]
    locked_cash, locked_lots = 0, 0
    for order in state["orders"]:
        if order["state"] != OrderState.NONE and order["side"] == Side.BUY:
            locked_cash += order["price"] * order["leaves"] * units.step
        elif order["state"] != OrderState.NONE:
            locked_lots += order["leaves"]
    return {
        "bb": units.price(view["bid"]),
        "ba": units.price(view["ask"]),
        "bb_sz": units.coins(view["bid_lots"]),
        "ba_sz": units.coins(view["ask_lots"]),
        "mid": units.mid(view),
        "data_age_ms": view["age_ns"] / 1e6,
        "cash_total": units.cash(ledger["cash"]),
        "cash_free": units.cash(ledger["cash"] - locked_cash),
        "coin_total": units.coins(ledger["coin"]),
        "coin_free": units.coins(ledger["coin"] - locked_lots),
        "range10_bps": state["cycle"]["range_bps"],
        "new_fills": state["cycle"]["fills"],
        "obs": observed,
    }


def _model(state: Group) -> Record:
    belief, quote = state["belief"], state["quote"]
    return {
        "anchor_before": belief["anchor_before"],
        "anchor": belief["anchor"],
        "ema_w": belief["anchor_weight"],
        "snapped": bool(belief["snapped"]),
        "dev_bps": belief["deviation_bps"],
        "pi_prior": belief["prior_before"],
        "pi": belief["prior"],
        "E": belief["value"],
        "V_L": belief["value_low"],
        "V_H": belief["value_high"],
        "gm_bid": quote["model_bid"],
        "gm_ask": quote["model_ask"],
        "base_bid": quote["base_bid"],
        "base_ask": quote["base_ask"],
    }


def _prices(state: Group) -> Record:
    quote, value = state["quote"], state["belief"]["value"]
    has = value > 0.0 and quote["bid"] > 0.0
    return {
        "qbid": quote["bid"],
        "qask": quote["ask"],
        "applied": [name if name != "clamp" else "be_clamp" for name in APPLIED if quote[f"{name}_applied"]],
        "be_m": quote["break_even_maker"],
        "be_t": quote["break_even_taker"],
        "half_spread_bid_bps": BPS * (1.0 - quote["bid"] / value) if has else None,
        "half_spread_ask_bps": BPS * (quote["ask"] / value - 1.0) if has else None,
    }


def _capital(state: Group, units: Units) -> Record:
    capital, risk, portfolio = state["capital"], state["risk"], state["portfolio"]
    rooms = {name: capital[f"room_{name}"] for name in ROOMS}
    return {
        "W": capital["wallet"],
        "A": capital["allocation"],
        "inv": capital["inventory"],
        "x": capital["exposure"],
        "q": units.coins(state["ledger"]["held"]),
        "c": units.cost(state["ledger"]),
        "EQ": risk["equity"],
        "peak": risk["peak"],
        "dd_pct": risk["drawdown_pct"],
        "headroom": {name: units.cash(room) if room < LARGEST_INTEGER else None for name, room in rooms.items()},
        "portfolio": {
            "r": portfolio["ratio"],
            "sumA": portfolio["sum_allocation"],
            "sumInv": portfolio["sum_inventory"],
            "budget": portfolio["budget"],
        },
    }


def _sizes(state: Group) -> Record:
    capital = state["capital"]
    return {
        "R": capital["skew_ratio"],
        "heavy_side": {Side.BUY: "bid", Side.SELL: "ask"}.get(capital["heavy_side"]),
        "S_bid_raw": capital["bid_size_raw"],
        "S_ask_raw": capital["ask_size_raw"],
        "S_bid": capital["bid_size"],
        "S_ask": capital["ask_size"],
        "bid_limiter": word(Reason(capital["bid_limiter"])),
    }


def reasons(code: int) -> list[str]:
    """Return a reason as a list: empty for none."""
    return [word(Reason(code))] if code else []


def _status(state: Group, units: Units) -> Record:
    cycle, risk = state["cycle"], state["risk"]
    return {
        "status": word(Status(cycle["status"])),
        "entries_on": bool(cycle["entries_on"]),
        "bids_off": reasons(cycle["bids_off"]),
        "asks_off": reasons(cycle["asks_off"]),
        "warmup_left": cycle["warmup_left"],
        "breakers": {name: bool(risk["breakers"] & breaker) for breaker, name in reversed(BREAKER_WORDS.items())},
        "consec_losses": risk["consecutive_losses"],
        "idle_cycles": risk["idle_cycles"],
        "daily_pnl": units.cash(risk["daily_realised"]),
        "daily_limit": risk["daily_limit"],
        "min_since_fill": risk["minutes_since_fill"],
    }


def quote_side(slot: int) -> str:
    """Return "bid" or "ask" for a slot of quotes, "buy" or "sell" for one of exits and rebalances."""
    return side_word(slot, Side.SELL if slot == EXIT_SLOT else Side.BUY)


def _targets(state: Group, units: Units) -> list[Record]:
    return [
        {
            "side": quote_side(slot),
            "rung": rung_of(slot),
            "price": units.price(target["price"]),
            "qty": units.coins(target["lots"]),
        }
        for slot, target in enumerate(state["targets"])
        if target["lots"] > 0
    ]


def _actions(state: Group, units: Units, requests: list[Any]) -> list[Record]:
    """Return every request of a decision, and a keep for each order that it left alone."""
    touched = {int(request["slot"]) for request in requests}
    kept = [
        _action("keep", slot, order, units) | {"reason": word(Reason(order["reason"]))}
        for slot, order in enumerate(state["orders"])
        if order["state"] in (OrderState.WORKING, OrderState.PLACING) and slot not in touched
    ]
    asked = []
    for request in requests:
        slot = int(request["slot"])
        order, is_cancel = state["orders"][slot], request["operation"] == Operation.CANCEL
        name = "cancel" if is_cancel else "exit" if slot == EXIT_SLOT else "place"
        shown = order if is_cancel else order | {"price": int(request["price"]), "leaves": int(request["lots"])}
        asked.append(
            _action(name, slot, shown, units)
            | {"id": int(request["order"]), "reason": word(Reason(int(request["reason"])))}
        )
    return [*asked, *kept]


def _action(name: str, slot: int, order: Group, units: Units) -> Record:
    return {
        "op": name,
        "id": order["number"],
        "side": quote_side(slot),
        "rung": rung_of(slot),
        "price": units.price(order["price"]),
        "qty": units.coins(order["leaves"]),
        "reason": "",
        "drift_bps": order["drift_bps"],
        "age": order["age"],
    }
