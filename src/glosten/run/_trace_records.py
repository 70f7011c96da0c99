"""The records of a trace beside decisions: orders, fills, breakers, guards and flows (STRATEGY section 7)."""

from __future__ import annotations

from typing import Any

import numpy as np

from glosten.records import EXIT_SLOT, SLOTS, Breaker, EventKind, OrderState, Reason, Side
from glosten.run._panel import BREAKER_WORDS
from glosten.run._standing import BPS, rung_of, side_word, word
from glosten.run._trace_cycle import Group, Record, Units, quote_side

GUARDS = frozenset({Reason.BE_BLOCK, Reason.NO_CLOSE_MARKET, Reason.WOULD_CROSS, Reason.BELOW_MIN, Reason.PNL_JUMP})
BUDGETS = frozenset({Reason.PORTFOLIO_BUDGET, Reason.PAIR_BUDGET})


def kind_word(reason: Reason) -> str:
    """Return what an order is for: quote, rebalance, exit:max_dd and so on."""
    name = word(reason)
    return f"exit:{name.removeprefix('exit_')}" if name.startswith("exit_") else name


def submit_record(request: Any, units: Units) -> Record:
    """Return the record of an order sent."""
    slot, reason = int(request["slot"]), Reason(int(request["reason"]))
    return {
        "type": "order",
        "id": int(request["order"]),
        "client_id": None,
        "op": "submit",
        "kind": kind_word(reason),
        "side": quote_side(slot),
        "rung": rung_of(slot),
        "price": units.price(int(request["price"])),
        "qty": units.coins(int(request["lots"])),
        "post_only": bool(request["post_only"]),
        "reason": word(reason),
        "err_code": None,
    }


ANSWERS = {EventKind.PLACED: "ack", EventKind.REJECTED: "reject", EventKind.CANCELLED: "cancel"}


def answer_record(event: Any, order: Group, units: Units) -> Record:
    """Return the record of what the venue said of an order, from the slot's order as it stood before."""
    slot = int(event["slot"])
    is_known = order["number"] == event["order"]
    answer = ANSWERS[EventKind(int(event["kind"]))]
    if answer == "cancel" and is_known and order["state"] != OrderState.CANCELLING:
        answer = "expire"  # nobody asked for it: the rest of an immediate order, or the venue's own doing
    refused = Reason(int(event["reason"]))
    return {
        "type": "order",
        "id": int(event["order"]),
        "client_id": None,
        "op": answer,
        "kind": kind_word(Reason(order["reason"])) if is_known else None,
        "side": quote_side(slot),
        "rung": rung_of(slot),
        "price": units.price(order["price"]) if is_known else None,
        "qty": units.coins(order["leaves"]) if is_known else None,
        "post_only": bool(order["post_only"]) if is_known else None,
        "reason": word(refused if answer == "reject" else Reason(order["reason"])),
        "err_code": word(refused) if answer == "reject" else None,
    }


def fill_record(event: Any, before: Group, after: Group, units: Units, fee_asset: str, markouts: Record) -> Record:
    """Return the record of a fill, from the states before and after it; ``markouts`` are added as they are.

    ``fee_asset`` is in what the fee was paid, ``fee`` what that was worth.
    """
    price, lots = units.price(int(event["price"])), int(event["lots"])
    value, view, slot = before["belief"]["value"], before["view"], int(event["slot"])
    ours = 1 if event["side"] == Side.SELL else -1
    sold = event["side"] == Side.SELL
    return {
        "type": "fill",
        "order_id": int(event["order"]),
        "side": side_word(slot, int(event["side"])),
        "rung": rung_of(slot),
        "price": price,
        "qty": units.coins(lots),
        "fee": units.cash(int(event["fee"]) + int(event["fee_lots"]) * int(event["price"]) * units.step),
        "fee_asset": fee_asset,
        "maker": bool(event["is_maker"]),
        "notional": units.cash(int(event["price"]) * lots * units.step),
        "q_after": units.coins(after["ledger"]["held"]),
        "c_after": units.cost(after["ledger"]),
        "realised": units.cash(after["ledger"]["realised"] - before["ledger"]["realised"]) if sold else None,
        "edge_vs_E_bps": BPS * ours * (price / value - 1.0) if value > 0.0 else None,
        "mid_at_fill": units.mid(view),
        **markouts,
    }


def breaker_records(before: Group, after: Group, params: Any) -> list[Record]:
    """Return a record for every breaker that an event opened or closed."""
    was, now = before["risk"]["breakers"], after["risk"]["breakers"]
    reset = after["risk"]["resets"] != before["risk"]["resets"]
    return [
        {
            "type": "breaker",
            "name": name,
            "action": "trip" if now & breaker else "reset" if reset else "clear",
            "value": value,
            "limit": limit,
            "cause": cause,
        }
        for breaker, name in BREAKER_WORDS.items()
        if (was ^ now) & breaker
        for value, limit, cause in [_watched(breaker, after["risk"], params)]
    ]


def _watched(breaker: Breaker, risk: Group, params: Any) -> tuple[float, float, str]:
    """Return what a breaker watches, its limit, and what they are."""
    if breaker == Breaker.MAX_DRAWDOWN:
        return risk["drawdown_pct"], float(params["strategy"]["GM_MAX_DD"]), "drawdown of the equity, %"
    if breaker == Breaker.DAILY_LOSS:
        lost = (risk["daily_baseline"] - risk["daily_realised"]) * float(params["instrument"]["quantum"])
        return lost, risk["daily_limit"], "realised loss of the UTC day"
    limit = float(params["runtime"]["consec_loss_limit"])
    return float(risk["consecutive_losses"]), limit, "closed sells with a loss in a row"


def guard_records(state: Group, units: Units) -> list[Record]:
    """Return what the guards of a decision withheld: a record a side and reason, and one for a refused exit."""
    quote, cycle = state["quote"], state["cycle"]
    found: dict[tuple[str, Reason], Record] = {}
    for slot in range(SLOTS):
        target = state["targets"][slot]
        reason = Reason(target["reason"])
        if reason not in GUARDS or target["lots"] > 0 or slot >= EXIT_SLOT:
            continue
        one = found.setdefault((quote_side(slot), reason), _guard(reason, quote_side(slot), "quote", quote))
        one["price"] = one["price"] or units.price(target["price"]) or None
        one["rungs"] = one.get("rungs", 0) + 1
    records = list(found.values())
    if Reason(cycle["bids_off"]) in BUDGETS:
        records.append(_guard(Reason.BUDGET_BLOCK, "bid", word(Reason(cycle["bids_off"])), quote))
    if cycle["exit_asked"] and Reason(cycle["exit_refusal"]) in GUARDS:
        one = _guard(Reason(cycle["exit_refusal"]), "sell", kind_word(Reason(cycle["exit_asked"])), quote)
        records.append(one | {"be": quote["break_even_taker"], "price": units.price(state["view"]["bid"])})
    return records


def _guard(reason: Reason, side: str, request: str, quote: Group) -> Record:
    return {
        "type": "guard",
        "guard": word(reason),
        "side": side,
        "price": None,
        "be": quote["break_even_maker"] if side in ("ask", "sell") else None,
        "request": request,
    }


def flow_records(before: Group, after: Group, units: Units) -> list[Record]:
    """Return a record for each asset that was deposited or withdrawn."""
    was, now = before["ledger"], after["ledger"]
    base = units.cash(now["base_capital"])
    amounts = (
        ("quote", units.cash(now["flow_cash"] - was["flow_cash"])),
        ("base", units.coins(now["flow_lots"] - was["flow_lots"])),
    )
    return [
        {"type": "flow", "asset": asset, "amount": amount, "base_capital_after": base}
        for asset, amount in amounts
        if amount
    ]


def differences(old: np.void, new: np.void) -> dict[str, list[Any]]:
    """Return the parameters that differ between two packed rows, old and new value."""
    found = {}
    for table in ("strategy", "runtime"):
        for name in old[table].dtype.names or ():
            was, now = old[table][name].item(), new[table][name].item()
            if was != now:
                found[name if table == "strategy" else f"runtime.{name}"] = [was, now]
    return found
