"""The dashboard as data: everything an operator may want to see of a pair at one moment, section by section."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import glosten
from glosten.params import PARAMETERS, Parameter, spell
from glosten.records import Breaker, Reason, Side, Status
from glosten.run._panel import BREAKER_WORDS, SCRATCH_EDGE, age, day_result, open_breakers, session_result
from glosten.run._result import Run
from glosten.run._standing import BPS, NOTHING, Standing, plain, signed, word

MARKOUT_S = 10.0
GOOD, BAD, WARN, QUIET = "good", "bad", "warn", "quiet"
CLEARS = {
    Breaker.MAX_DRAWDOWN: "when the operator resets it (RESET_BREAKER_ONCE)",
    Breaker.DAILY_LOSS: "at 00:00 UTC, or when the operator resets it",
    Breaker.CONSECUTIVE_LOSSES: "after CONSEC_RESET_CYCLES idle decisions, or when the operator resets it",
}
REASON_WORDS = {
    Reason.WARMUP: "the warm-up is not over (WARMUP_CYCLES)",
    Reason.GATE_UNCONFIRMED: "ALLOC_CONFIRMED is false",
    Reason.ALLOC_ZERO: "the allocation A is 0 (ALLOC_PCT, ALLOC_RESERVE_PCT)",
    Reason.SPLIT_MISMATCH: "the start is outside ALLOC_SPLIT_TOL",
    Reason.REBALANCING: "the start is being rebalanced (ALLOC_AUTO_REBALANCE)",
    Reason.BREAKER_CONSEC: "the losing-streak breaker is open",
    Reason.BREAKER_DAILY: "the daily-loss breaker is open",
    Reason.BREAKER_MAX_DD: "the drawdown breaker is open (GM_MAX_DD)",
    Reason.PAUSED: "the operator paused entries",
    Reason.STOPPED: "the operator stopped the pair",
    Reason.DATA_STALE: "there is no usable market data",
    Reason.MAX_EXP: "GM_MAX_EXP is reached",
    Reason.PAIR_BUDGET: "PAIR_EXP_BUDGET is used up",
    Reason.PORTFOLIO_BUDGET: "PORTFOLIO_EXP_BUDGET is used up",
    Reason.ALLOC_CAP: "the allocation is fully invested",
    Reason.NO_CASH: "there is no free cash",
    Reason.NO_INVENTORY: "nothing is held",
    Reason.BELOW_MIN: "what is left is smaller than the smallest order (MIN_ORDER_QUOTE)",
    Reason.BE_BLOCK: "every ask would sell below break-even (BE_GUARD)",
    Reason.WOULD_CROSS: "every rung would cross the market",
    Reason.EXIT_PENDING: "an exit is under way",
    Reason.REJECT_BACKOFF: "the venue refused the same order again and again",
}
"""Why a side is empty, in words."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a section; ``tone`` is good, bad, warn, quiet or empty."""

    label: str
    value: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the dashboard: facts, or a table where ``head`` names its columns."""

    title: str
    facts: tuple[Fact, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the host knows beside the state: amounts in quote units, ratios of one, markouts in bps; None: unknown."""

    version: str
    value: float | None = None
    hold_value: float | None = None
    fills: int | None = None
    maker_ratio: float | None = None
    markout_bps: float | None = None
    markout_se_bps: float | None = None
    markout_orders: int | None = None

    @classmethod
    def of(cls, run: Run) -> Outcome:
        """Return what a finished run knows."""
        figures = run.figures
        mark = next((row for row in run.markouts if row.horizon_s == MARKOUT_S and row.n), None)
        known = mark is not None and math.isfinite(mark.se_bps)
        return cls(
            version=glosten.__version__,
            value=figures["final_value"],
            hold_value=figures["hold_value"],
            fills=figures["fills"],
            maker_ratio=figures["maker_ratio"],
            markout_bps=mark.mean_bps if mark else None,
            markout_se_bps=mark.se_bps if mark and known else None,
            markout_orders=mark.orders if mark else None,
        )


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The whole of it; ``banner`` is what must be read first, in red, and empty where there is nothing."""

    title: str
    banner: str
    sections: tuple[Section, ...]


def dashboard(standing: Standing, outcome: Outcome) -> Dashboard:
    """Return the dashboard of a pair.

    Source: STRATEGY 8, dashboard; the sections in its order.
    """
    mode = standing.runtime.mode
    banner = (
        "STRICT_LITERATURE: the guards that keep single trades from losing are off."
        if standing.keys.STRICT_LITERATURE
        else ""
    )
    return Dashboard(
        f"{standing.pair} · {word(standing.status).upper()} · cycle {standing.state['cycle']['number']:,} · {mode} · "
        f"glosten {outcome.version}",
        banner,
        (
            why_off(standing),
            _capital(standing),
            _model(standing),
            _quotes(standing),
            _orders(standing),
            _inventory(standing),
            _risk(standing),
            _breakers(standing),
            _portfolio(standing),
            _stats(standing, outcome),
            _lint(standing),
            keys_section(standing),
        ),
    )


def why_off(standing: Standing) -> Section:
    """Return why each side is off, or that it quotes."""
    cycle = standing.state["cycle"]
    facts = []
    for side in ("bids", "asks"):
        reason = Reason(cycle[f"{side}_off"])
        if reason == Reason.NONE:
            quoting = sum(order.side == side.removesuffix("s") for order in standing.orders())
            facts.append(Fact(side.capitalize(), f"{quoting} resting", GOOD if quoting else QUIET))
        else:
            facts.append(Fact(f"No {side}", REASON_WORDS.get(reason, word(reason)), WARN))
    if cycle["exit_asked"]:
        asked, refusal = Reason(cycle["exit_asked"]), Reason(cycle["exit_refusal"])
        outcome = f"held back: {word(refusal)}" if refusal != Reason.NONE else "under way"
        facts.append(Fact("Exit", f"{word(asked).removeprefix('exit_')}, {outcome}", WARN))
    if standing.status == Status.HALTED:
        facts.append(Fact("Halted", "entries stopped, exits active", BAD))
    return Section("Sides", tuple(facts))


def _capital(standing: Standing) -> Section:
    capital, ledger, keys = standing.state["capital"], standing.state["ledger"], standing.keys
    wallet = capital["wallet"]
    external = ledger["coin"] - ledger["held"]
    return Section(
        "Capital",
        (
            Fact("Wallet W", plain(wallet)),
            Fact("Allocation A", plain(capital["allocation"])),
            Fact("Reserve", f"{plain(wallet * keys.ALLOC_RESERVE_PCT / 100)} ({keys.ALLOC_RESERVE_PCT:g} % of W)"),
            Fact("Cash", plain(standing.quote(ledger["cash"]))),
            Fact("Coins", f"{standing.coins(ledger['coin']):f}"),
            Fact("of them external", f"{standing.coins(external):f}", QUIET),
        ),
    )


def _model(standing: Standing) -> Section:
    belief = standing.state["belief"]
    mid = standing.mid
    from_mid = f" ({BPS * (belief['value'] / mid - 1):+.1f} bps from mid)" if mid and belief["value"] > 0 else ""
    limit = standing.keys.GM_ANCHOR_MAX_DEV_BPS
    return Section(
        "Model",
        (
            Fact("Mid", standing.price(mid)),
            Fact("Anchor", f"{standing.price(belief['anchor'])} (dev {belief['deviation_bps']:.1f} of {limit:g} bps)"),
            Fact("Belief pi", f"{belief['prior']:.4f} (was {belief['prior_before']:.4f})"),
            Fact("E[V]", standing.price(belief["value"]) + from_mid),
            Fact("V_L / V_H", f"{standing.price(belief['value_low'])} / {standing.price(belief['value_high'])}"),
            Fact("Snaps", f"{belief['snaps']:,}", QUIET),
        ),
    )


STEPS = (
    ("model", "model_bid", "model_ask", ""),
    ("base spread", "base_bid", "base_ask", "base"),
    ("ask clamp", "base_bid", "clamped_ask", "clamp"),
    ("cross protection", "bid", "ask", "cross"),
)


def _quotes(standing: Standing) -> Section:
    """Return how each quote came about: the price after every step, its distance from E, and what moved it."""
    quote, value = standing.state["quote"], standing.state["belief"]["value"]

    def away(price: float) -> str:
        return f"{BPS * (price / value - 1):+.2f}" if value > 0 and price > 0 else NOTHING

    rows = []
    for name, bid, ask, flag in STEPS:
        moved = [side for side in ("bid", "ask") if quote.get(f"{flag}_{side}_applied")]
        moved += ["ask"] if flag == "clamp" and quote["clamp_applied"] else []
        prices = (standing.price(quote[bid]), away(quote[bid]), standing.price(quote[ask]), away(quote[ask]))
        rows.append((name, *prices, ", ".join(moved)))
    inner = {side: next((one.price for one in standing.orders() if one.side == side), 0.0) for side in ("bid", "ask")}
    at_venue = (standing.price(inner["bid"]), away(inner["bid"]), standing.price(inner["ask"]), away(inner["ask"]))
    rows.append(("at the venue", *at_venue, ""))
    return Section("Quotes", head=("after", "bid", "bps from E", "ask", "bps from E", "moved"), rows=tuple(rows))


def _orders(standing: Standing) -> Section:
    rows = [
        (
            f"{order.side} {order.rung + 1}",
            standing.price(order.price),
            f"{order.leaves:f}",
            f"{order.from_mid_bps:+.1f}" if order.from_mid_bps is not None else NOTHING,
            str(order.age),
            f"{order.drift_bps:.2f}",
            order.reason,
        )
        for order in standing.orders()
    ]
    threshold = standing.state["cycle"]["drift_threshold_bps"] or standing.keys.GM_STALE_DRIFT_BPS
    note = (
        f"Replaced after {standing.keys.GM_STALE_CYCLES} cycles or beyond a drift of {threshold:g} bps."
        if rows
        else "No order rests."
    )
    head = ("rung", "price", "left", "bps from mid", "age", "drift bps", "why")
    return Section("Orders", head=head, rows=tuple(rows), note=note)


def _inventory(standing: Standing) -> Section:
    quote, capital, keys = standing.state["quote"], standing.state["capital"], standing.keys
    held = standing.state["ledger"]["held"]
    heavy = {Side.BUY: "bids", Side.SELL: "asks"}.get(capital["heavy_side"], "")
    ratio = f"{capital['skew_ratio']:.3f}{f' ({heavy} heavy)' if heavy and capital['skew_ratio'] > 1 else ''}"
    facts = [
        Fact("Held q", f"{standing.coins(held):f} ({plain(capital['inventory'])})"),
        Fact("Cost c", standing.price(standing.cost)),
        Fact("Break-even maker", standing.price(quote["break_even_maker"])),
        Fact("Break-even taker", standing.price(quote["break_even_taker"])),
        Fact("x / target", f"{100 * capital['exposure']:.1f} % / {100 * keys.SKEW_QTY_TARGET:g} %"),
        Fact("Skew R", ratio),
    ]
    if keys.SCRATCH_LIVENESS_MIN > 0:
        trigger = quote["break_even_taker"] * SCRATCH_EDGE
        facts.append(Fact("Scratch", f"at {standing.price(trigger)} after {keys.SCRATCH_LIVENESS_MIN:g} min"))
    return Section("Inventory", tuple(facts))


def _risk(standing: Standing) -> Section:
    risk, runtime = standing.state["risk"], standing.runtime
    return Section(
        "Risk",
        (
            Fact("Equity EQ", plain(risk["equity"])),
            Fact("Peak", plain(risk["peak"])),
            Fact("Drawdown", f"{risk['drawdown_pct']:.2f} % of {standing.keys.GM_MAX_DD:g} %"),
            Fact("Day", f"{signed(day_result(standing))}{_day_limit(risk['daily_limit'])}"),
            Fact("Losses in a row", f"{risk['consecutive_losses']} of {runtime.consec_loss_limit}"),
            Fact("Idle cycles", f"{max(risk['idle_cycles'], 0)}"),
            Fact("Last fill", f"{age(risk['minutes_since_fill'])} ago"),
        ),
    )


def _day_limit(limit: float) -> str:
    return f" (limit -{plain(limit)})" if limit > 0.0 else ""


def _breakers(standing: Standing) -> Section:
    names = open_breakers(standing)
    facts = [
        Fact(name, f"OPEN: entries stopped, exits active; clears {CLEARS[breaker]}", BAD)
        if name in names
        else Fact(name, "closed", GOOD)
        for breaker, name in BREAKER_WORDS.items()
    ]
    return Section("Breakers", tuple(facts))


def _portfolio(standing: Standing) -> Section:
    portfolio, keys = standing.state["portfolio"], standing.keys
    if not keys.PORTFOLIO_INCLUDE:
        return Section("Portfolio", (Fact("This pair", "stands alone (PORTFOLIO_INCLUDE is false)", QUIET),))
    budget = f"{keys.PORTFOLIO_EXP_BUDGET:g}" if keys.PORTFOLIO_EXP_BUDGET else "off"
    capital = standing.state["capital"]
    facts = [
        Fact("r / budget", f"{portfolio['ratio']:.3f} / {budget}"),
        Fact("All pairs", f"{plain(portfolio['sum_inventory'])} of {plain(portfolio['sum_allocation'])}"),
        Fact(standing.pair, f"{plain(capital['inventory'])} of {plain(capital['allocation'])}"),
    ]
    if portfolio["pairs"]:
        held, allowed = (plain(standing.quote(portfolio[f"told_{name}"])) for name in ("inventory", "allocation"))
        facts.append(Fact(f"{portfolio['pairs']} others", f"{held} of {allowed}"))
    return Section("Portfolio", tuple(facts))


def _stats(standing: Standing, outcome: Outcome) -> Section:
    risk, ledger, count = standing.state["risk"], standing.state["ledger"], standing.state["count"]
    fills = count["fills"] if outcome.fills is None else outcome.fills
    maker = count["maker_fills"] / count["fills"] if count["fills"] else outcome.maker_ratio
    facts = [
        Fact("Wins / losses", f"{risk['wins']} / {risk['losses']}"),
        Fact("Session profit", signed(session_result(standing))),
        Fact("Lifetime profit", signed(standing.quote(ledger["realised"]))),
        Fact("Unrealised", signed(standing.unrealised)),
        Fact("Fees", signed(-standing.quote(ledger["fees"]))),
        Fact("Volume", plain(standing.quote(ledger["turnover"]))),
        Fact("Fills", f"{fills:,}{f', {100 * maker:.1f} % as maker' if maker is not None else ''}"),
    ]
    if outcome.value is not None and outcome.hold_value is not None:
        facts.append(Fact("Against holding", signed(outcome.value - outcome.hold_value)))
    if outcome.markout_bps is not None:
        error = f" ± {outcome.markout_se_bps:.2f}" if outcome.markout_se_bps is not None else ""
        draws = f", n = {outcome.markout_orders} orders" if outcome.markout_orders is not None else ""
        facts.append(Fact("Markout 10 s", f"{outcome.markout_bps:+.2f}{error} bps{draws}"))
    return Section("Statistics", tuple(facts))


def _lint(standing: Standing) -> Section:
    tones = {"error": BAD, "warning": WARN, "info": QUIET}
    facts = tuple(Fact(one.code, one.message, tones[one.level]) for one in standing.findings)
    return Section("Configuration remarks", facts, note="" if facts else "None.")


def marked(parameter: Parameter, value: Any, overlaid: Sequence[str]) -> str:
    """Return "!" where STRICT_LITERATURE set a value, "*" where it is not the default, else ""."""
    if parameter.key in overlaid:
        return "!"
    return "" if value == parameter.default else "*"


def keys_section(standing: Standing) -> Section:
    """Return all values in force, those that are not the default marked."""
    return Section(
        "Keys",
        head=("key", "value", "unit"),
        rows=tuple(_key_rows(standing)),
        note="* is not the default, ! is set by STRICT_LITERATURE.",
    )


def _key_rows(standing: Standing) -> Iterator[tuple[str, str, str]]:
    for parameter in PARAMETERS:
        model = standing.keys if parameter.table == "strategy" else standing.runtime
        value = getattr(model, parameter.name)
        mark = marked(parameter, value, standing.overlaid)
        yield parameter.key, f"{spell(value)}{f' {mark}' if mark else ''}", parameter.unit


def dashboard_lines(shown: Dashboard) -> tuple[str, ...]:
    """Return a dashboard as plain lines, for a log."""
    lines = [f"==== {shown.title} ===="]
    if shown.banner:
        lines.append(f"!!!! {shown.banner} !!!!")
    for section in shown.sections:
        lines.append(f"-- {section.title}")
        lines += [f"   {fact.label}: {fact.value}" for fact in section.facts]
        if section.rows:
            table = [section.head, *section.rows]
            widths = [max(len(row[column]) for row in table) for column in range(len(section.head))]
            lines += ["   " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in table]
        if section.note:
            lines.append(f"   {section.note}")
    return tuple(lines)
