"""What the operator's log says: one line a decision, and lines for what happens in between.

Three levels (LOG_LEVEL): SILENT says errors, breakers and gate changes; NORMAL one line a decision and orders as well;
DEBUG the model's state and every reason as well. They do not depend on the traces.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glosten.records import RUNGS, SLOTS, OrderState, Reason, Side
from glosten.run._panel import day_result, open_breakers
from glosten.run._standing import Standing, plain, rung_of, side_word, signed, word

LEVELS = ("SILENT", "NORMAL", "DEBUG")
REFUSAL = "ALLOCATION NOT CONFIGURED - refusing to trade"
SAID_AT = {
    "error": "SILENT",
    "breaker": "SILENT",
    "gate": "SILENT",
    "gap": "SILENT",
    "start": "NORMAL",
    "stop": "NORMAL",
    "order": "NORMAL",
    "fill": "NORMAL",
    "flow": "NORMAL",
    "config": "NORMAL",
    "reset": "NORMAL",
    "guard": "DEBUG",
}
"""From which level on a record of a trace is told in the log."""
ENVELOPE = ("v", "type", "ts", "t_ms", "run_id", "seq", "exchange", "pair", "mode", "cycle", "cfg_rev", "strict")
NOT_TOLD = frozenset((*ENVELOPE, "state", "params", "config", "lint", "client_id", "err_code"))
"""Members of a record that its line leaves out: they are the same on every line, or too long for one."""


def _is_said(level: str, asked: str) -> bool:
    return LEVELS.index(level) >= LEVELS.index(asked)


def _opening(standing: Standing) -> str:
    return f"GM {standing.pair} #{standing.state['cycle']['number']}"


def gate_is_open(standing: Standing) -> bool:
    """Return whether the operator has confirmed the allocation and it is not zero."""
    return standing.keys.ALLOC_CONFIRMED and standing.state["capital"]["allocation"] > 0.0


def refusal_line(standing: Standing) -> str:
    """Return the line that stands in for the normal one while the allocation gate is closed (ruling R8)."""
    why = "ALLOC_CONFIRMED is false" if not standing.keys.ALLOC_CONFIRMED else "the allocation A is 0"
    return f"{_opening(standing)} {REFUSAL}: {why}."


def normal_line(standing: Standing) -> str:
    """Return the one line of a decision.

    ``pnl`` is what was made in all, unrealised included; ``day`` what was realised in the UTC day; ``open`` the orders
    of either side. Source: STRATEGY 8, NORMAL line.
    """
    belief, capital, risk = (standing.state[name] for name in ("belief", "capital", "risk"))
    orders = standing.orders()
    bids, asks = ([order for order in orders if order.side == side] for side in ("bid", "ask"))
    made = risk["equity"] - standing.quote(standing.state["ledger"]["base_capital"])
    parts = (
        f"{_opening(standing)} {word(standing.status).upper()} mid={standing.price(standing.mid)}",
        f"pi={belief['prior']:.3f} E={standing.price(belief['value'])}",
        f"bid={standing.price(bids[0].price if bids else None)} ask={standing.price(asks[0].price if asks else None)}",
        f"x={100 * capital['exposure']:.1f}% R={capital['skew_ratio']:.2f}",
        f"inv={plain(capital['inventory'])} A={plain(capital['allocation'])}",
        f"pnl={signed(made)} day={signed(day_result(standing))} dd={risk['drawdown_pct']:.1f}%",
        f"open={len(bids)}/{len(asks)}",
    )
    return " ".join(parts)


def last_line(standing: Standing) -> str:
    """Return the line of a decision: the normal one, or the refusal while the gate is closed."""
    return normal_line(standing) if gate_is_open(standing) else refusal_line(standing)


def decision_lines(standing: Standing) -> tuple[str, ...]:
    """Return what the log says of a decision at the level of LOG_LEVEL."""
    level = standing.keys.LOG_LEVEL
    if level == "SILENT":
        return ()
    first = last_line(standing)
    return (first, *_debug_lines(standing)) if level == "DEBUG" else (first,)


def _debug_lines(standing: Standing) -> tuple[str, ...]:
    """Return the model's state and every reason: of each withheld rung, each resting order, each empty side."""
    state, opening, price = standing.state, f"  {_opening(standing)}", standing.price
    belief, capital, cycle = (state[name] for name in ("belief", "capital", "cycle"))
    limit = word(Reason(capital["bid_limiter"]))
    lines = [
        (
            f"{opening} model: anchor={price(belief['anchor'])} ({belief['deviation_bps']:.2f} bps)"
            f" V_L={price(belief['value_low'])} V_H={price(belief['value_high'])}"
            f" pi {belief['prior_before']:.4f} -> {belief['prior']:.4f}"
        ),
        f"{opening} bid: {_steps(standing, 'model_bid', 'base_bid', 'bid')}",
        f"{opening} ask: {_steps(standing, 'model_ask', 'base_ask', 'clamped_ask', 'ask')}",
        (
            f"{opening} size: bid {plain(capital['bid_size'])} of {plain(capital['bid_size_raw'])} (limit {limit}),"
            f" ask {plain(capital['ask_size'])} of {plain(capital['ask_size_raw'])}"
        ),
    ]
    for side in ("bids", "asks"):
        reason = Reason(cycle[f"{side}_off"])
        if reason != Reason.NONE:
            lines.append(f"{opening} no {side}: {word(reason)}")
    if cycle["exit_asked"]:
        outcome = cycle["exit_refusal"] or cycle["exit_reason"]
        lines.append(f"{opening} exit {word(Reason(cycle['exit_asked']))}: {word(Reason(outcome))}")
    return (*lines, *(f"{opening} {line}" for line in _slot_lines(standing)))


def _steps(standing: Standing, *names: str) -> str:
    """Return the prices that a quote goes through, in the order they arise."""
    return " -> ".join(f"{name} {standing.price(standing.state['quote'][name])}" for name in names)


def _slot_lines(standing: Standing) -> list[str]:
    """Return a line for every slot in which an order is wanted, withheld or resting."""
    lines = []
    for slot in range(SLOTS):
        target, order = standing.state["targets"][slot], standing.state["orders"][slot]
        name = f"{side_word(slot, Side.BUY if slot < RUNGS else Side.SELL)}#{rung_of(slot)}"
        reason = Reason(target["reason"])
        if order["state"] != OrderState.NONE:
            lines.append(
                f"{name} {word(OrderState(order['state']))} {standing.ticks(order['price'])} x "
                f"{standing.coins(order['leaves']):f} age {order['age']} drift {order['drift_bps']:.2f} bps"
            )
        if target["lots"] > 0:
            lines.append(f"{name} wanted {standing.ticks(target['price'])} x {standing.coins(target['lots']):f}")
        elif target["price"] > 0 and reason not in (Reason.NONE, Reason.SIDE_OFF):
            lines.append(f"{name} withheld at {standing.ticks(target['price'])}: {word(reason)}")
    return lines


def trace_block(standing: Standing) -> tuple[str, ...]:
    """Return the block that TRACE_ALL puts on the console at every decision."""
    keys, state = standing.keys, standing.state
    off = [f"{side} off: {word(Reason(state['cycle'][f'{side}_off']))}" for side in ("bids", "asks")]
    off = [text for text in off if not text.endswith("none")]
    breakers = ", ".join(open_breakers(standing)) or "none"
    return (
        f"[TRACE] {normal_line(standing)}",
        f"[TRACE]   breakers {breakers}; portfolio r {state['portfolio']['ratio']:.3f} of "
        f"{keys.PORTFOLIO_EXP_BUDGET:g}; limit of bids {word(Reason(state['capital']['bid_limiter']))}"
        + "".join(f"; {text}" for text in off),
    )


def record_line(record: Mapping[str, Any], level: str) -> str:
    """Return the line of a trace record other than a decision's, "" where this level does not tell it."""
    kind = str(record["type"])
    if kind not in SAID_AT or not _is_said(level, SAID_AT[kind]):
        return ""
    told = " ".join(
        f"{name}={_shown(value)}" for name, value in record.items() if name not in NOT_TOLD and value not in (None, "")
    )
    return f"GM {record['pair']} #{record['cycle']} {kind} {told}".rstrip()


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.8g}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_shown(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_shown, value)) + "]"
    return str(value)
