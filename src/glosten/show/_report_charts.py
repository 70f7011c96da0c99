"""Charts over time: price, belief, inventory, profit, drawdown; they share one time axis on the page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go

from glosten.records import Side
from glosten.run import Run
from glosten.show._report_figures import base_asset, decimals_of
from glosten.show._report_series import Floats, Marks, Timeline, hold_until_next, keep_extremes, marks, timeline, touch

BLUE, GREEN, RED, AMBER, PURPLE, GREY = "#3b82c4", "#2a9d63", "#d1495b", "#d98e04", "#8e6bbf", "#8a94a0"
PALE_GREEN, PALE_RED = "rgba(42,157,99,0.4)", "rgba(209,73,91,0.4)"
ORANGE, WHITE = "#e2711d", "#ffffff"
LEFT_MARGIN = 66
"""Pixels left of every chart over time, so that equal times stand below each other."""

CROWDED = 500
"""Fills of a side that are drawn large; more are drawn smaller."""
TICKS_OF_SINGLE = 2**23
"""Prices below this many ticks are rounded by less than half a tick in single precision."""


@dataclass(frozen=True)
class Chart:
    """A figure on the page: ``slug`` names its element, ``note`` says in HTML how to read it, ``is_over_time`` that it
    is zoomed with the others."""

    slug: str
    title: str
    note: str
    figure: Any
    is_over_time: bool = True


def blank(height: int, *, over_time: bool = True) -> Any:
    """Return an empty figure in the page's style; colours of text and grid are filled in by the page itself."""
    figure = go.Figure()
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": LEFT_MARGIN, "r": 14, "t": 10, "b": 42},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "system-ui, sans-serif", "size": 12},
        hovermode="x unified" if over_time else "closest",
        showlegend=False,
        dragmode="zoom" if over_time else False,
    )
    figure.update_yaxes(zeroline=False, fixedrange=True, automargin=False)
    if over_time:
        figure.update_xaxes(type="date", hoverformat="%Y-%m-%d %H:%M:%S UTC", zeroline=False)
        figure.update_xaxes(ticks="outside", ticklen=5, tickcolor="rgba(0,0,0,0)")
    else:
        figure.update_xaxes(fixedrange=True, zeroline=False)
    return figure


def line(name: str, x: Floats, y: Floats, color: str, *, width: float = 1.5, dash: str = "solid") -> Any:
    """Return a stepped line: a value holds until the next one."""
    style = {"color": color, "width": width, "dash": dash, "shape": "hv"}
    return go.Scatter(x=x, y=y, name=name, mode="lines", line=style, hovertemplate=f"{name} %{{y}}<extra></extra>")


def _level(name: str, times: Timeline, value: float, color: str) -> Any:
    """Return a dashed line at one value from the first time to the last."""
    ends = times.ms[[0, -1]] if len(times.ms) else times.ms
    return line(name, ends, np.full(len(ends), value), color, width=1, dash="dash").update(
        hoverinfo="skip", hovertemplate=None
    )


def _slim(values: Floats) -> Any:
    """Return values in single precision: seven digits are enough for everything but prices."""
    return values.astype(np.float32)


def _price_column(values: Floats, tick: float) -> Any:
    """Return prices in single precision where that still tells every tick from the next, else as they are."""
    largest = float(np.nanmax(values, initial=0.0)) if np.isfinite(values).any() else 0.0
    return values.astype(np.float32) if largest < TICKS_OF_SINGLE * tick else values


def time_charts(run: Run) -> list[Chart]:
    """Return the charts of what happened between the first decision and the last."""
    times = timeline(run)
    return [_price(run, times), _belief(run, times), _inventory(run, times), _profit(run, times), _drawdown(run, times)]


def _price(run: Run, times: Timeline) -> Chart:
    figure, market, tick = blank(440), touch(run), float(run.instrument["tick"])
    format_ = f",.{decimals_of(run.instrument['tick'])}f"
    edge = "rgba(59,130,196,0.35)"
    for name, ms, prices, color, width, dash in (
        ("V_H", times.ms, times.value_high, edge, 0.5, "solid"),
        ("V_L", times.ms, times.value_low, edge, 0.5, "solid"),
        ("market ask", market.ms, market.ask, GREY, 1, "solid"),
        ("market bid", market.ms, market.bid, GREY, 1, "solid"),
        ("anchor", times.ms, times.anchor, PURPLE, 1, "dot"),
        ("break-even", times.ms, times.break_even, AMBER, 1, "dash"),
        ("outermost ask", times.ms, times.outer_ask, PALE_RED, 1, "solid"),
        ("outermost bid", times.ms, times.outer_bid, PALE_GREEN, 1, "solid"),
        ("own ask", times.ms, times.own_ask, RED, 1, "solid"),
        ("own bid", times.ms, times.own_bid, GREEN, 1, "solid"),
        ("E[V]", times.ms, times.value, BLUE, 1.6, "solid"),
    ):
        at, held = hold_until_next(ms, prices) if name.startswith("o") else (ms, prices)
        figure.add_trace(line(name, at, _price_column(held, tick), color, width=width, dash=dash))
    figure.data[0].update(legendgroup="range", meta="value range V_L to V_H")
    figure.data[1].update(legendgroup="range", fill="tonexty", fillcolor="rgba(59,130,196,0.09)")
    figure.data[2].update(legendgroup="market", meta="market bid and ask")
    figure.data[3].update(legendgroup="market")
    figure.data[6].update(legendgroup="outermost", meta="outermost rungs")
    figure.data[7].update(legendgroup="outermost")
    if len(run.value_path):
        kept = keep_extremes([run.value_path["value"]])
        ms, value = run.value_path["ts_ns"][kept] / 1e6, run.value_path["value"][kept]
        figure.add_trace(line("true value", ms, _price_column(value, tick), ORANGE, width=1.1))
    for side, name, color, symbol in (
        (Side.BUY, "bought", GREEN, "triangle-up"),
        (Side.SELL, "sold", RED, "triangle-down"),
    ):
        figure.add_trace(_fills(run, marks(run, side), (name, color, symbol)))
    figure.update_yaxes(tickformat=format_.replace("f", "~f"), hoverformat=format_)
    return Chart(
        "price",
        "Price and quotes",
        "Market bid and ask, the maker's innermost quotes and outermost rungs (a gap: none), its expected value E[V] "
        "inside the value range V_L to V_H around the anchor, and its fills. Grey, red and amber stretches: gated, "
        "halted, without data." + _thinned(run),
        figure,
    )


def _thinned(run: Run) -> str:
    shown = sum(len(marks(run, side).ms) for side in (Side.BUY, Side.SELL))
    return "" if shown == len(run.fills) else f" {shown:,} of {len(run.fills):,} fills are drawn, evenly chosen."


def _fills(run: Run, fills: Marks, style: tuple[str, str, str]) -> Any:
    name, color, symbol = style
    size = 9 if len(fills.ms) <= CROWDED else 6
    asset = escape(run.quote_asset)
    base = escape(base_asset(run))
    return go.Scatter(
        x=fills.ms,
        y=_price_column(fills.price, float(run.instrument["tick"])),
        name=name,
        mode="markers",
        marker={"color": color, "symbol": symbol, "size": size, "line": {"width": 0.1 * size, "color": WHITE}},
        customdata=np.column_stack([fills.quantity, fills.fee, fills.edge_bps, fills.prior, fills.rung]).astype(
            np.float32
        ),
        hovertemplate=f"{name} %{{customdata[0]:.6~g}} {base} at %{{y}}, rung %{{customdata[4]:.0f}}, "
        f"fee %{{customdata[1]:.4~g}} {asset}, "
        "edge %{customdata[2]:+.2f} bps to mid, belief %{customdata[3]:.3f}<extra></extra>",
    )


def _belief(run: Run, times: Timeline) -> Chart:
    figure = blank(182)
    clamp = float(run.parameters.get("GM_MIN_PRIOR", 0.0))
    figure.add_trace(line("belief", times.ms, _slim(times.prior), BLUE))
    figure.data[0].update(hovertemplate="belief %{y:.3f}<extra></extra>")
    figure.add_hline(0.5, line={"color": GREY, "width": 1})
    for level in (clamp, 1 - clamp):
        figure.add_hline(level, line={"color": GREY, "width": 1, "dash": "dot"})
    figure.update_yaxes(range=[0, 1], tickvals=[0, 0.5, 1])
    return Chart(
        "belief",
        "Belief",
        f"Probability that the value is V_H. It starts at one half and stays within {clamp:g} and {1 - clamp:g} "
        "(GM_MIN_PRIOR, dotted).",
        figure,
    )


def exposure_cap(run: Run) -> float:
    """Return the cap on inventory as a fraction of the allocation: the smaller of pair cap and pair budget."""
    cap = float(run.parameters.get("GM_MAX_EXP", 100.0)) / 100
    budget = float(run.parameters.get("PAIR_EXP_BUDGET", 0.0))
    return min(cap, budget) if budget > 0 else cap


def _inventory(run: Run, times: Timeline) -> Chart:
    figure = blank(232)
    target, cap = float(run.parameters.get("SKEW_QTY_TARGET", 0.5)), exposure_cap(run)
    base = escape(base_asset(run))
    figure.add_trace(line("inventory", times.ms, _slim(100 * times.exposure), BLUE))
    figure.data[0].update(
        fill="tozeroy",
        fillcolor="rgba(59,130,196,0.12)",
        customdata=np.column_stack([times.held_value, times.coins]).astype(np.float32),
        hovertemplate=f"%{{y:.2f}} % of A = %{{customdata[0]:,.6~g}} {escape(run.quote_asset)} = "
        f"%{{customdata[1]:,.6~g}} {base}<extra></extra>",
    )
    largest = float(np.nanmax(times.exposure, initial=0.0)) if np.isfinite(times.exposure).any() else 0.0
    top = 108 * max(cap, target, largest)
    figure.add_trace(_level(f"cap {100 * cap:g} %", times, 100 * cap, RED))
    figure.add_trace(_level(f"target {100 * target:g} %", times, 100 * target, GREY))
    figure.update_yaxes(range=[0, top], ticksuffix=" %")
    _value_axis(figure, times, top / 100)
    return Chart(
        "inventory",
        "Inventory",
        "Coins held at the mid, as a share of the allocation A (left) and in "
        f"{escape(run.quote_asset)} (right), against its target (SKEW_QTY_TARGET) and cap (GM_MAX_EXP, "
        "PAIR_EXP_BUDGET).",
        figure,
    )


def _value_axis(figure: Any, times: Timeline, top: float) -> None:
    """Add the same scale in quote units on the right, where one allocation held all the time."""
    known = times.allocation[np.isfinite(times.allocation)]
    if not len(known) or np.ptp(known) > 0.01 * known[-1]:
        return
    figure.add_trace(go.Scatter(x=times.ms[:1], y=[None], yaxis="y2", hoverinfo="skip", mode="lines"))
    figure.update_layout(
        yaxis2={
            "overlaying": "y",
            "side": "right",
            "range": [0, top * float(known[-1])],
            "showgrid": False,
            "fixedrange": True,
            "zeroline": False,
            "tickmode": "auto",
            "nticks": 5,
            "ticklabelposition": "inside",
            "tickformat": ",~g",
            "tickfont": {"color": GREY},
        },
    )


def _profit(run: Run, times: Timeline) -> Chart:
    figure = blank(242)
    figure.add_hline(0, line={"color": GREY, "width": 1})
    figure.add_trace(line("holding only", times.ms, _slim(times.hold), GREY, dash="dash", width=1.3))
    figure.add_trace(line("realised", times.ms, _slim(times.realised), AMBER, width=1.3))
    figure.add_trace(line("total", times.ms, _slim(times.profit), BLUE, width=2))
    figure.update_yaxes(hoverformat="+,.4~g", tickformat="~g")
    return Chart(
        "profit",
        "Profit and loss",
        f"In {escape(run.quote_asset)}. Total is equity less what was at work at the start; the dashed line is what "
        "the starting inventory alone would have made.",
        figure,
    )


def _drawdown(run: Run, times: Timeline) -> Chart:
    figure = blank(162)
    limit = float(run.parameters.get("GM_MAX_DD", 0.0))
    figure.add_trace(line("drawdown", times.ms, _slim(-times.drawdown_pct), RED))
    figure.data[0].update(
        fill="tozeroy", fillcolor="rgba(209,73,91,0.15)", hovertemplate="%{y:.3f} % below its peak<extra></extra>"
    )
    figure.add_trace(_level(f"limit {limit:g} % (GM_MAX_DD)", times, -limit, RED))
    deepest = max(float(np.max(times.drawdown_pct, initial=0.0)), limit)
    figure.update_yaxes(range=[-1.12 * deepest, 0.04 * deepest], ticksuffix=" %", nticks=4)
    return Chart("drawdown", "Drawdown", "Equity below its peak until then; at the dashed limit trading halts.", figure)
