"""Charts of the outcome: profit by cause, markouts; and the timeline of what stood in the maker's way."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go

from glosten.alpha import Markout
from glosten.records import Breaker, Reason, Status
from glosten.run import Run, amount
from glosten.show._report_charts import AMBER, BLUE, GREEN, GREY, ORANGE, PURPLE, RED, Chart, blank
from glosten.show._report_figures import span_ns, utc
from glosten.show._report_series import Band, bands, merge_close

STATUS_COLORS = {
    Status.WAITING: GREY,
    Status.WARMUP: PURPLE,
    Status.QUOTING: GREEN,
    Status.GATED: GREY,
    Status.HALTED: RED,
    Status.DATA_STALE: AMBER,
    Status.BLOCKED_SPLIT: AMBER,
    Status.REBALANCING: PURPLE,
    Status.PAUSED: GREY,
    Status.STOPPED: RED,
    Status.FLATTENING: AMBER,
}
SHADED = {
    Status.GATED: GREY,
    Status.HALTED: RED,
    Status.DATA_STALE: AMBER,
    Status.BLOCKED_SPLIT: AMBER,
    Status.PAUSED: GREY,
    Status.STOPPED: RED,
}
MOST_SHADES = 120
BREAKER_NAMES = {
    Breaker.MAX_DRAWDOWN: "drawdown breaker",
    Breaker.DAILY_LOSS: "daily-loss breaker",
    Breaker.CONSECUTIVE_LOSSES: "losing-streak breaker",
}
TOLD_BY_STATUS = (
    Reason.NONE,
    Reason.WARMUP,
    Reason.GATE_UNCONFIRMED,
    Reason.BREAKER_CONSEC,
    Reason.BREAKER_DAILY,
    Reason.BREAKER_MAX_DD,
    Reason.DATA_STALE,
)
"""Reasons for an empty side that another row of the timeline shows already."""
REASON_COLORS = (AMBER, ORANGE, BLUE)
ROWS = ("Breakers", "No asks", "No bids", "Status")


def outcome_charts(run: Run) -> list[Chart]:
    """Return profit by cause and markouts."""
    return [_waterfall(run), _markouts(run)]


def _waterfall(run: Run) -> Chart:
    pnl = run.pnl
    labels = ["Spread", "Adverse<br>selection", "Inventory", "Fees", "Total"]
    values = [pnl.spread, pnl.adverse, pnl.inventory, pnl.fees, pnl.total]
    figure = blank(310, over_time=False)
    figure.add_trace(
        go.Waterfall(
            x=labels,
            y=values,
            measure=["relative"] * 4 + ["total"],
            text=[amount(value) for value in values],
            textposition="outside",
            cliponaxis=False,
            increasing={"marker": {"color": GREEN}},
            decreasing={"marker": {"color": RED}},
            totals={"marker": {"color": BLUE}},
            connector={"line": {"color": GREY, "width": 1, "dash": "dot"}},
            hoverinfo="skip",
        )
    )
    steps = np.cumsum([0.0, *values[:4]])
    low, high = min(float(steps.min()), 0.0), max(float(steps.max()), 0.0)
    margin = 0.14 * (high - low) or 1.0
    figure.add_hline(0, line={"color": GREY, "width": 1})
    figure.update_yaxes(range=[low - margin, high + margin], tickformat="~g")
    figure.update_xaxes(tickangle=0, tickfont={"size": 11})
    figure.update_layout(margin={"l": 52, "r": 6})
    return Chart(
        "split",
        "Where the profit came from",
        f"Spread earned, what the mid's move in the 10 s after each fill took back (adverse selection), the rest of "
        f"the inventory's revaluation, and fees add up to the total, in {escape(run.quote_asset)}.",
        figure,
        is_over_time=False,
    )


def _markouts(run: Run) -> Chart:
    figure = blank(310, over_time=False)
    figure.update_layout(margin={"l": 58, "r": 6, "b": 58})
    figure.update_xaxes(tickangle=0)
    known = [row for row in run.markouts if row.n > 0 and math.isfinite(row.mean_bps)]
    errors = [row.se_bps if math.isfinite(row.se_bps) else 0.0 for row in known]
    figure.add_trace(
        go.Bar(
            x=[f"{row.horizon_s:g} s<br>{row.n:,} fills<br>{row.orders:,} orders" for row in known],
            y=[row.mean_bps for row in known],
            error_y={"type": "data", "array": errors, "thickness": 1.5, "width": 8, "color": GREY},
            marker={"color": [GREEN if row.mean_bps > 0 else RED for row in known]},
            width=0.5,
            hovertext=[_mean_and_error(row) for row in known],
            hoverinfo="text",
        )
    )
    figure.add_hline(0, line={"color": GREY, "width": 1})
    figure.update_yaxes(ticksuffix=" bps", tickformat="~g")
    if not known:
        figure.add_annotation(text="No fill has a later mid to be compared with.", showarrow=False, font={"size": 13})
        figure.update_xaxes(visible=False)
        figure.update_yaxes(visible=False)
    return Chart(
        "markouts",
        "Markouts",
        "What a fill was worth against the mid some seconds later: mean and one standard error either way, in bps of "
        "the mid at the fill; above zero is good for the maker. In the error, the fills of one customer order count as "
        "one draw.",
        figure,
        is_over_time=False,
    )


def _mean_and_error(row: Markout) -> str:
    if not math.isfinite(row.se_bps):
        return f"{row.mean_bps:+.3f} bps; a single order has no standard error"
    return f"{row.mean_bps:+.3f} ± {row.se_bps:.3f} bps (mean ± standard error)"


def _words(code: int, row: str) -> tuple[str, str]:
    """Return what a code of a row of the timeline is called, and its colour."""
    if row == "Status":
        return Status(code).name.lower().replace("_", " "), STATUS_COLORS[Status(code)]
    if row == "Breakers":
        names = [name for breaker, name in BREAKER_NAMES.items() if code & breaker]
        return " and ".join(names), RED
    return Reason(code).name.lower().replace("_", " "), REASON_COLORS[code % len(REASON_COLORS)]


def _bands_of(run: Run) -> Iterator[tuple[str, list[Band]]]:
    rows, (first_ns, last_ns) = run.cycles, span_ns(run)
    yield "Status", bands(rows["ts_ns"], rows["status"], last_ns)
    for name, column in (("No bids", "bids_off"), ("No asks", "asks_off")):
        yield name, [band for band in bands(rows["ts_ns"], rows[column], last_ns) if band.code not in TOLD_BY_STATUS]
    changes = run.breakers
    codes = np.concatenate([[0], changes["after"]])
    since = np.concatenate([[first_ns], changes["ts_ns"]])
    yield "Breakers", [band for band in bands(since, codes, last_ns) if band.code != 0]


def status_chart(run: Run) -> Chart:
    """Return the timeline: the maker's status, which side was off and why, and which breakers were open."""
    figure = blank(190)
    figure.update_layout(hovermode="closest")
    for row, stretches in _bands_of(run):
        by_code: dict[int, list[Band]] = {}
        for band in merge_close(stretches):
            by_code.setdefault(band.code, []).append(band)
        for code, members in by_code.items():
            figure.add_trace(_bars(row, _words(code, row), members))
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=list(ROWS), range=[-0.5, 3.5])
    figure.update_layout(barmode="overlay", bargap=0.35)
    return Chart(
        "timeline",
        "What stood in the way",
        "The maker's status, when and why a side was empty, and open breakers.",
        figure,
    )


def _bars(row: str, words: tuple[str, str], members: list[Band]) -> Any:
    name, color = words
    return go.Bar(
        orientation="h",
        base=[band.start_ms for band in members],
        x=[max(band.end_ms - band.start_ms, 1.0) for band in members],
        y=[row] * len(members),
        name=name if row in ("Status", "Breakers") else f"{row.lower()}: {name}",
        marker={"color": color, "line": {"width": 0}},
        customdata=[f"{utc(int(band.start_ms * 1e6))}<br>to {utc(int(band.end_ms * 1e6))}" for band in members],
        hovertemplate=f"{row}: {name}<br>from %{{customdata}}<extra></extra>",
    )


def shades(run: Run) -> list[dict[str, Any]]:
    """Return the stretches in which the maker stood gated, halted or without data, as shapes behind the price."""
    _, last_ns = span_ns(run)
    idle = [band for band in bands(run.cycles["ts_ns"], run.cycles["status"], last_ns) if band.code in SHADED]
    return [
        {
            "type": "rect",
            "xref": "x",
            "yref": "paper",
            "x0": band.start_ms,
            "x1": band.end_ms,
            "y0": 0,
            "y1": 1,
            "fillcolor": SHADED[Status(band.code)],
            "opacity": 0.16,
            "line": {"width": 0},
            "layer": "below",
        }
        for band in merge_close(idle, MOST_SHADES)
    ]
