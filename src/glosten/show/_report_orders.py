"""Charts of the orders: the spread over time, fills by the hour, and how long a quote stood before it ended."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from glosten.records import Side
from glosten.run import Run
from glosten.show._report_charts import BLUE, GREEN, GREY, RED, Chart, blank, line
from glosten.show._report_lives import Lives, lives
from glosten.show._report_series import NS_PER_MS, Floats, Integers, hold_until_next, keep_extremes

NS_PER_HOUR = 3_600_000_000_000
MOST_LIVES = 2_000
"""Points of a curve of lives: one for every twentieth of a percent."""
SHORT_AXIS = 500.0
"""Ratio of the ends of an axis up to which ticks at 1, 2 and 5 have room."""
SHORTEST_S = 0.01
"""Where the axis of lives begins, since a logarithm has no 0."""


def spread_chart(run: Run) -> Chart:
    """Return the market's spread, the maker's own and the model's by time."""
    rows = run.cycles
    twice_mid = np.where((rows["bid"] > 0) & (rows["ask"] > 0), rows["bid"] + rows["ask"], 0)
    tick = float(run.instrument["tick"])
    market = _bps(rows["ask"] - rows["bid"], twice_mid, twice_mid > 0)
    own = _bps(rows["own_ask"] - rows["own_bid"], twice_mid, (rows["own_bid"] > 0) & (rows["own_ask"] > 0))
    model = _bps((rows["model_ask"] - rows["model_bid"]) / tick, twice_mid, rows["model_bid"] > 0)
    kept = keep_extremes([market, own, model])
    ms = rows["ts_ns"][kept] / NS_PER_MS
    figure = blank(232)
    for name, values, color in (("market", market, GREY), ("model", model, BLUE), ("own, innermost", own, GREEN)):
        at, held = hold_until_next(ms, values[kept])
        figure.add_trace(line(name, at, held.astype(np.float32), color, width=1.2))
        figure.data[-1].update(hovertemplate=f"{name} %{{y:.2f}} bps<extra></extra>")
    figure.update_yaxes(type="log", tickformat="~g", dtick=_log_step(market, own, model))
    return Chart(
        "spread",
        "Spread, bps",
        "Ask less bid in bps of the mid, at every decision: the market's, the zero-profit model's, and that between "
        "the maker's innermost orders (a gap where a side is empty). The scale is a logarithm.",
        figure,
    )


def _log_step(*columns: Floats) -> str | int:
    """Return how the ticks of a logarithmic axis step: by 1, 2, 5 where it is short, by decades where it is long."""
    known = np.concatenate([column[np.isfinite(column) & (column > 0)] for column in columns])
    return "D2" if not len(known) or known.max() < SHORT_AXIS * known.min() else 1


def _bps(difference: Any, twice_mid: Integers, known: Any) -> Floats:
    known = known & (twice_mid > 0) & (difference > 0)  # the scale has no place for a locked market
    return np.where(known, 2e4 * difference / np.where(known, twice_mid, 1), np.nan)


def order_charts(run: Run, traced: Lives | None = None) -> list[Chart]:
    """Return fills by the hour and the lives of quotes: those ``traced``, else those that the decisions saw."""
    return [_fills_by_hour(run), _lives_chart(run, traced or lives(run))]


def _fills_by_hour(run: Run) -> Chart:
    hours = run.fills["ts_ns"] // NS_PER_HOUR % 24
    figure = blank(290, over_time=False)
    figure.update_layout(margin={"l": 52, "r": 6, "b": 40}, barmode="relative", bargap=0.25, hovermode="x unified")
    for side, name, color, sign in ((Side.BUY, "bought", GREEN, 1), (Side.SELL, "sold", RED, -1)):
        count = np.bincount(hours[run.fills["side"] == side], minlength=24)
        figure.add_trace(
            go.Bar(
                x=[f"{hour:02d}" for hour in range(24)],
                y=sign * count,
                name=name,
                customdata=count,
                marker={"color": color},
                hovertemplate=f"{name} %{{customdata:,}}<extra></extra>",
            )
        )
    figure.add_hline(0, line={"color": GREY, "width": 1})
    figure.update_yaxes(nticks=6, tickformat=",d")
    _tighten(figure)
    figure.update_xaxes(
        type="category",
        tickangle=0,
        nticks=12,
        title={"text": "hour of the day, UTC", "standoff": 4, "font": {"size": 12}},
    )
    return Chart(
        "hours", "Fills by hour", "Fills of bids upwards, of asks downwards, over all days of the run.", figure,
        is_over_time=False,
    )  # fmt: skip


def _tighten(figure: Any) -> None:
    """Let the vertical scale follow the bars: each side has its own reach."""
    lengths = [np.abs(np.asarray(trace.y)).max(initial=0) for trace in figure.data]
    reach = max(1, *lengths)
    figure.update_yaxes(range=[-1.08 * max(lengths[1], 0.1 * reach), 1.08 * max(lengths[0], 0.1 * reach)])


def _lives_chart(run: Run, found: Lives) -> Chart:
    ended = len(found.filled) + len(found.moved)
    last = np.concatenate([found.filled, found.moved, [SHORTEST_S]]).max(keepdims=True)
    figure = blank(290, over_time=False)
    figure.update_layout(margin={"l": 52, "r": 12, "b": 44}, hovermode="closest")
    for name, seconds, color in (("filled", found.filled, GREEN), ("moved or cancelled", found.moved, GREY)):
        share = 100.0 * np.arange(1, len(seconds) + 1) / max(ended, 1)
        kept = np.unique(np.linspace(0, len(seconds) - 1, min(len(seconds), MOST_LIVES)).astype(np.int64))
        at = np.append(np.maximum(seconds[kept], SHORTEST_S), last[: len(kept)])
        figure.add_trace(line(name, at, np.append(share[kept], share[-1:]).astype(np.float32), color, width=2))
        figure.data[-1].update(hovertemplate=f"{name} within %{{x:.3~g}} s: %{{y:.1f}} %<extra></extra>")
    figure.update_xaxes(
        type="log", title={"text": "seconds since it was quoted", "standoff": 4, "font": {"size": 12}}, tickformat="~g"
    )
    figure.update_xaxes(dtick=_log_step(np.maximum(np.append(found.filled, found.moved), SHORTEST_S)))
    figure.update_yaxes(range=[0, 102], ticksuffix=" %")
    if not ended:
        figure.add_annotation(text="No quote has ended.", showarrow=False, font={"size": 13})
        figure.update_xaxes(visible=False)
        figure.update_yaxes(visible=False)
    return Chart("lives", "Life of a quote", _lives_note(run, found, ended), figure, is_over_time=False)


def _lives_note(run: Run, found: Lives, ended: int) -> str:
    medians = " and ".join(
        f"{name} after {np.median(seconds):,.3g} s"
        for name, seconds in (("filled", found.filled), ("moved", found.moved))
        if len(seconds)
    )
    what = (
        f"Of {ended:,} orders that ended, the share that had by each age, from when they were sent"
        if found.is_traced
        else f"Of {ended:,} prices at which an innermost quote stood, the share that had ended by each age, as "
        "decisions saw it (a run with GM_TRACE shows every order)"
    )
    figures = run.figures
    return (
        f"{what}{f'; at the median {medians}' if medians else ''}. In all {figures['orders']:,} orders were placed, "
        f"{figures['cancels']:,} cancelled, {figures['rejects']:,} rejected."
    )
