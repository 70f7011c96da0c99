"""The operator's panel as data: items of a sidebar and lines of a chart, in the shapes of the host bot.

An item is what Gunbot calls an entry of `sidebarExtras`, a line one of `customChartTargets`; field names are theirs, so
that `asdict` of either is what that bot draws.
"""

from __future__ import annotations

from dataclasses import dataclass

from glosten.params import spell
from glosten.records import Breaker, Reason, Side, Status
from glosten.run._standing import BPS, NOTHING, Standing, plain, signed, word

GREEN, RED, AMBER, GREY, BLUE, VIOLET = "#2e9e6b", "#d1495b", "#d99a2b", "#8a94a0", "#3b82c4", "#7b61c4"
SOLID, DOTTED, DASHED = 0, 1, 2
HIGH_BELIEF, LOW_BELIEF = 0.55, 0.45
SCRATCH_EDGE = 1.0001
"""A scratch asks for one basis point above the taker break-even."""

STATUS_COLORS = {
    Status.QUOTING: GREEN,
    Status.HALTED: RED,
    Status.DATA_STALE: RED,
    Status.STOPPED: RED,
    Status.WAITING: GREY,
    Status.GATED: GREY,
}
BREAKER_WORDS = {
    Breaker.MAX_DRAWDOWN: "max_dd",
    Breaker.DAILY_LOSS: "daily",
    Breaker.CONSECUTIVE_LOSSES: "consec",
}


@dataclass(frozen=True, slots=True)
class SidebarItem:
    """One line of the sidebar; ``valueColor`` is a CSS colour, or empty for the host's own."""

    label: str
    value: str
    tooltip: str
    valueColor: str = ""  # noqa: N815  # the host bot's name


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One line across the price chart: ``text`` is unique on the chart, ``quantity`` empty where there is none.

    ``lineStyle`` 0 is solid, 1 dotted, 2 dashed; ``lineLength`` runs from 0 (a stub on the right) to 100.
    """

    text: str
    price: float
    quantity: str
    lineStyle: int  # noqa: N815
    lineColor: str  # noqa: N815
    lineLength: int = 30  # noqa: N815
    lineWidth: int = 1  # noqa: N815


def sidebar(standing: Standing) -> tuple[SidebarItem, ...]:
    """Return the items of the sidebar, in reading order.

    Source: STRATEGY 8, sidebar items.
    """
    return (*_model_items(standing), *_inventory_items(standing), *_risk_items(standing), *_other_items(standing))


def _sign_color(value: float) -> str:
    return GREEN if value > 0 else RED if value < 0 else ""


def _model_items(standing: Standing) -> tuple[SidebarItem, ...]:
    belief, quote = standing.state["belief"], standing.state["quote"]
    prior, anchor = belief["prior"], belief["anchor"]
    half = 0.5 * BPS * (quote["model_ask"] - quote["model_bid"]) / belief["value"] if belief["value"] > 0 else None
    inner = {side: next((order.price for order in standing.orders() if order.side == side), None) for side in SIDES}
    away = f" ({BPS * (anchor / standing.mid - 1):+.1f} bps)" if standing.mid and anchor > 0 else ""
    return (
        SidebarItem(
            "Status",
            word(standing.status).upper(),
            "What the maker is doing.",
            STATUS_COLORS.get(standing.status, AMBER),
        ),
        SidebarItem(
            "Belief pi",
            f"{prior:.3f}",
            "Probability that the value is the high one. Above 0.55 customers buy, below 0.45 they sell.",
            GREEN if prior > HIGH_BELIEF else RED if prior < LOW_BELIEF else "",
        ),
        SidebarItem("E[V]", standing.price(belief["value"]), "Expected value: V_L + pi (V_H - V_L)."),
        SidebarItem(
            "Anchor",
            standing.price(anchor) + away,
            f"Middle of the value range, and how far it stands from the mid; at "
            f"{spell(standing.keys.GM_ANCHOR_MAX_DEV_BPS)} "
            "bps it jumps there.",
        ),
        SidebarItem(
            "GM half-spread",
            NOTHING if half is None else f"{half:.2f} bps",
            "Half of what the model alone would quote, before the base spread and the safeguards.",
        ),
        SidebarItem(
            "Quote bid / ask",
            f"{standing.price(inner['bid'])} / {standing.price(inner['ask'])}",
            "The innermost order of each side; - where there is none.",
        ),
    )


SIDES = ("bid", "ask")


def _inventory_items(standing: Standing) -> tuple[SidebarItem, ...]:
    capital, quote, keys = standing.state["capital"], standing.state["quote"], standing.keys
    heavy = {Side.BUY: " (bids heavy)", Side.SELL: " (asks heavy)"}.get(capital["heavy_side"], "")
    return (
        SidebarItem(
            "Inventory x / target",
            f"{100 * capital['exposure']:.1f} % / {100 * keys.SKEW_QTY_TARGET:g} %",
            "Share of the allocation A that is held in coins, and where it should be.",
        ),
        SidebarItem(
            "Skew R",
            f"{capital['skew_ratio']:.2f}{heavy if capital['skew_ratio'] > 1 else ''}",
            "How many times larger the heavy side is quoted than the light one.",
        ),
        SidebarItem(
            "Break-even",
            standing.price(quote["break_even_maker"]),
            "What a resting sell must bring to get back what the coins cost, fees included.",
        ),
        SidebarItem(
            "Unrealised",
            signed(standing.unrealised),
            "What the coins are worth at the mid above their cost.",
            _sign_color(standing.unrealised),
        ),
        SidebarItem(
            "Realised day / total",
            f"{signed(day_result(standing))} / {signed(session_result(standing))}",
            "Profit of closed sells: of the UTC day, and since the last RESET_STATS_ONCE.",
            _sign_color(day_result(standing)),
        ),
    )


def day_result(standing: Standing) -> float:
    """Return the realised profit of the UTC day in quote units."""
    return standing.quote(standing.state["risk"]["daily_realised"])


def session_result(standing: Standing) -> float:
    """Return the realised profit since the counters were last set to zero, in quote units."""
    return standing.quote(standing.state["risk"]["session_realised"])


def open_breakers(standing: Standing) -> tuple[str, ...]:
    """Return the names of the open breakers, the strongest first."""
    code = standing.state["risk"]["breakers"]
    return tuple(name for breaker, name in BREAKER_WORDS.items() if code & breaker)


def _risk_items(standing: Standing) -> tuple[SidebarItem, ...]:
    risk, capital, keys = standing.state["risk"], standing.state["capital"], standing.keys
    names = open_breakers(standing)
    limiter = Reason(capital["bid_limiter"])
    cap = min(keys.GM_MAX_EXP / 100, keys.PAIR_EXP_BUDGET or 1.0)
    return (
        SidebarItem(
            "Drawdown / limit",
            f"{risk['drawdown_pct']:.2f} % / {keys.GM_MAX_DD:g} %",
            "Fall of the equity from its peak; at the limit the breaker trips and stays until it is reset.",
            RED
            if risk["drawdown_pct"] >= keys.GM_MAX_DD
            else AMBER
            if 2 * risk["drawdown_pct"] >= keys.GM_MAX_DD
            else "",
        ),
        SidebarItem(
            "Breaker",
            ", ".join(names) if names else "none",
            "Open breakers: entries stopped, exits active.",
            RED if names else GREEN,
        ),
        SidebarItem(
            "Exposure cap used",
            f"{100 * capital['exposure'] / cap:.0f} %" if cap else NOTHING,
            f"Inventory against the lower of GM_MAX_EXP and PAIR_EXP_BUDGET, {100 * cap:g} % of A."
            + (f" Bids are held down by {word(limiter)}." if limiter != Reason.NONE else ""),
            AMBER if cap and capital["exposure"] >= cap else "",
        ),
    )


def _other_items(standing: Standing) -> tuple[SidebarItem, ...]:
    portfolio, customers = standing.state["portfolio"], standing.state["customers"]
    cycle, risk, keys = standing.state["cycle"], standing.state["risk"], standing.keys
    budget = f" / {keys.PORTFOLIO_EXP_BUDGET:g}" if keys.PORTFOLIO_EXP_BUDGET else ""
    window = plain(keys.GM_ASYM_WIN / 60_000)
    return (
        SidebarItem(
            "Portfolio r",
            f"{portfolio['ratio']:.3f}{budget}" if keys.PORTFOLIO_INCLUDE else "not included",
            f"Inventory of this and {portfolio['pairs']} other pairs over their allocations, and its budget."
            if keys.PORTFOLIO_INCLUDE
            else "PORTFOLIO_INCLUDE is off: this pair stands alone.",
        ),
        SidebarItem(
            "Customer skew",
            f"{customers['shown']:+.2f}" if customers["is_known"] else "n/a",
            f"(bought - sold) / both, by our customers in the last {window} minutes, shown within "
            f"{keys.GM_MAX_SKEW:g}. For information only: it moves no order.",
        ),
        SidebarItem("Last fill age", age(risk["minutes_since_fill"]), "Time since our last fill, or since the start."),
        SidebarItem("Warm-up left", f"{cycle['warmup_left']} cycles", "Decisions until the first order may go out."),
    )


def age(minutes: float) -> str:
    """Return a length of time in the unit that suits it."""
    if minutes < 2:
        return f"{60 * minutes:.0f} s"
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def chart_lines(standing: Standing) -> tuple[ChartLine, ...]:
    """Return the lines of the price chart: each resting rung, E[V], anchor, V_H, V_L, break-even, scratch trigger.

    Source: STRATEGY 8, chart lines. The texts avoid the names that the host bot keeps for itself.
    """
    belief, quote, keys = standing.state["belief"], standing.state["quote"], standing.keys
    lines = [
        ChartLine(
            f"GM {order.side} {order.rung + 1}" if order.side in SIDES else f"GM {order.side} {order.reason}",
            order.price,
            f"{order.leaves:f}",
            SOLID,
            GREEN if order.side in ("bid", "buy") else RED,
        )
        for order in standing.orders()
    ]
    lines += [
        ChartLine("E[V]", belief["value"], "", DASHED, BLUE),
        ChartLine("GM anchor", belief["anchor"], "", DOTTED, GREY),
        ChartLine("V_H", belief["value_high"], "", DOTTED, VIOLET),
        ChartLine("V_L", belief["value_low"], "", DOTTED, VIOLET),
        ChartLine("GM break-even", quote["break_even_maker"], "", DASHED, AMBER),
    ]
    if keys.SCRATCH_LIVENESS_MIN > 0:
        lines.append(ChartLine("GM scratch", quote["break_even_taker"] * SCRATCH_EDGE, "", DOTTED, AMBER))
    return tuple(line for line in lines if line.price > 0.0)
