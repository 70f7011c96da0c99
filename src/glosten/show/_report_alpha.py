"""Charts of what was measured of a run: markouts by group with bands, and what its signals foretold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from glosten.run import AlphaOptions, Run, keeps_quotes, measure_alpha
from glosten.show._alpha_command import document
from glosten.show._output import plain
from glosten.show._report_charts import AMBER, BLUE, GREEN, GREY, ORANGE, PURPLE, RED, Chart, blank
from glosten.show._report_tables import table

if TYPE_CHECKING:
    from glosten.market import Tape

Row = dict[str, Any]
BAND = 2.0
"""Standard errors on either side that a band or a bar shows."""
SHOWN_S = 10.0
"""The horizon at which groups are set side by side: that of the adverse selection in the split."""
GROUPS = (("side", BLUE), ("size", PURPLE), ("rung", AMBER), ("belief", GREEN))
SIGNALS = (
    ("belief", BLUE),
    ("value gap", GREEN),
    ("trade flow", AMBER),
    ("book flow", PURPLE),
    ("true value gap", RED),
)


def measured_of(run: Run, tape: Tape | None) -> dict[str, Any] | None:
    """Return what `glosten alpha` measures of a run as plain values; None where its later mids are not known.

    Without the tape the quotes that the run kept must be all there were: markouts against a sample would be wrong.
    """
    if not (tape is not None or keeps_quotes(run)) or not len(run.fills):
        return None
    options = AlphaOptions()
    found: dict[str, Any] = plain(document(measure_alpha(run, tape, options), run.title, options))
    return found


def alpha_html(measured: dict[str, Any] | None) -> str:
    """Return the card of ratios with their errors, or why there is none."""
    if measured is None:
        return (
            '<section class="card"><h2>Markouts by group</h2><p class="note">Not shown: without its tape a run keeps '
            "only a sample of the quotes, and markouts against a sample would be wrong. Where the files of the tape "
            "are still there, <code>glosten report</code> measures them.</p></section>"
        )
    figures = measured["performance"]
    ratio = figures["sharpe"]
    rows = [
        ("Orders that traded", _share(figures["fill_ratio"])),
        ("Cancels per order that traded", _number(figures["cancel_to_fill"])),
        ("Time with orders, with coins", f"{_share(figures['time_quoting'])}, {_share(figures['time_holding'])}"),
        (
            "Turnover, of the capital",
            f"{_number(figures['turnover'])}, {_number(figures['turnover_per_day'])} a day",
        ),
        (
            f"Sharpe ratio per {_number(ratio['period_s'])} s ± standard error",
            f"{with_error(ratio['value'], ratio['se'], 4)}, n = {ratio['n']:,}",
        ),
        ("Chance that it is above 0", _share(figures["deflated"]["probability"])),
    ]
    return (
        '<section class="card"><h2>Performance</h2><p class="note">The errors allow for returns that depend on each '
        f"other (docs/alpha.md).</p>{table(rows, kind='facts')}</section>"
    )


def alpha_charts(run: Run, measured: dict[str, Any]) -> list[Chart]:
    """Return markouts by horizon and side, by group, by hour, and the information coefficients of the signals."""
    groups = measured["markout_curves"]
    return [_by_horizon(run, groups), _by_group(groups), _by_hour(groups), _coefficients(measured["horizons"])]


def _known(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["n"] and row["mean_bps"] is not None]


def _by_horizon(run: Run, groups: Sequence[Row]) -> Chart:
    figure = blank(300, over_time=False)
    figure.update_layout(margin={"l": 58, "r": 10, "b": 44})
    everything = [
        {"horizon_s": row.horizon_s, "mean_bps": row.mean_bps, "se_bps": row.se_bps, "n": row.n} for row in run.markouts
    ]
    curves = [("all", plain(everything), BLUE)]
    names = {"buy": ("bought", GREEN), "sell": ("sold", RED)}
    curves += [(*names[one["label"]][:1], one["markouts"], names[one["label"]][1]) for one in _of(groups, "side")]
    for name, rows, color in curves:
        figure.add_traces(_curve_with_band(name, _known(rows), color))
    figure.add_hline(0, line={"color": GREY, "width": 1})
    figure.update_yaxes(ticksuffix=" bps", tickformat="~g")
    figure.update_xaxes(
        type="log",
        title={"text": "seconds after the fill", "standoff": 4, "font": {"size": 12}},
        tickformat="~g",
        tickvals=[row.horizon_s for row in run.markouts],
    )
    return Chart(
        "markout-curves", "Markouts by side", "Mean against the mid later, with bands of two standard errors; above "
        "zero is good for the maker.", figure, is_over_time=False,
    )  # fmt: skip


def _of(groups: Sequence[Row], name: str) -> list[Row]:
    return [one for one in groups if one["grouping"] == name]


def _curve_with_band(name: str, rows: Sequence[Row], color: str) -> list[Any]:
    """Return a line through the means and, behind it, two standard errors on either side where they are known."""
    at, mean = [row["horizon_s"] for row in rows], np.array([row["mean_bps"] for row in rows])
    error = BAND * np.array([row["se_bps"] or 0.0 for row in rows])
    words = [_words(name, row) for row in rows]
    return [
        go.Scatter(
            x=at, y=mean, name=name, legendgroup=name, mode="lines+markers", line={"color": color, "width": 2},
            marker={"color": color, "size": 6}, hovertext=words, hoverinfo="text",
        ),
        go.Scatter(
            x=[*at, *at[::-1]], y=[*(mean + error), *(mean - error)[::-1]], legendgroup=name, mode="lines",
            fill="toself", fillcolor=_faint(color), line={"width": 0, "color": color}, hoverinfo="skip",
        ),
    ]  # fmt: skip


def _faint(color: str) -> str:
    red, green, blue = (int(color[first : first + 2], 16) for first in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.14)"


def _words(name: str, row: Row) -> str:
    error = "no standard error" if row["se_bps"] is None else f"± {row['se_bps']:.3f}"
    return f"{escape(name)}, {row['horizon_s']:g} s: {row['mean_bps']:+.3f} {error} bps, {row['n']:,} fills"


def _at_shown(groups: Sequence[Row], name: str) -> list[tuple[str, Row]]:
    """Return (label, markout at the horizon shown) of the groups of a grouping that know it."""
    return [
        (one["label"], row)
        for one in _of(groups, name)
        for row in _known(one["markouts"])
        if row["horizon_s"] == SHOWN_S
    ]


def _by_group(groups: Sequence[Row]) -> Chart:
    figure = blank(300, over_time=False)
    total = 0
    for name, color in GROUPS:
        members = _at_shown(groups, name)
        total += len(members)
        figure.add_trace(
            go.Scatter(
                x=[row["mean_bps"] for _, row in members],
                y=[_label(name, label) for label, _ in members],
                name=name,
                mode="markers",
                marker={"color": color, "size": 8, "symbol": "circle"},
                error_x={"type": "data", "array": _bars(members), "color": color, "thickness": 1.5, "width": 4},
                hovertext=[_words(label, row) for label, row in members],
                hoverinfo="text",
            )
        )
    figure.add_vline(0, line={"color": GREY, "width": 1})
    figure.update_layout(height=max(300, 70 + 22 * total), margin={"l": 128, "r": 10, "b": 36})
    figure.update_yaxes(type="category", autorange="reversed", tickfont={"size": 11}, dtick=1)
    figure.update_xaxes(ticksuffix=" bps", tickformat="~g", nticks=6, tickangle=0)
    return Chart(
        "markout-groups",
        f"Markouts after {SHOWN_S:g} s by group",
        "By our side, the fill's size in coins, the rung of the order (1 is the innermost) and the belief P(V_H) that "
        "quoted it: mean and two standard errors either way.",
        figure,
        is_over_time=False,
    )


def _label(grouping: str, label: str) -> str:
    """Return what a group is called beside its row; sizes are given to three digits."""
    if grouping == "rung":
        return label
    *words, end = label.split(" ")
    short = f"{float(end):.3g}" if grouping == "size" and words else end
    return " ".join([grouping, *words, short])


def _bars(members: Sequence[tuple[str, Row]]) -> list[float]:
    return [BAND * (row["se_bps"] or 0.0) for _, row in members]


def _by_hour(groups: Sequence[Row]) -> Chart:
    members = _at_shown(groups, "hour")
    figure = blank(300, over_time=False)
    figure.update_layout(margin={"l": 58, "r": 6, "b": 44}, bargap=0.25)
    figure.add_trace(
        go.Bar(
            x=[label for label, _ in members],
            y=[row["mean_bps"] for _, row in members],
            marker={"color": [GREEN if row["mean_bps"] > 0 else RED for _, row in members]},
            error_y={"type": "data", "array": _bars(members), "color": GREY, "thickness": 1.2, "width": 3},
            hovertext=[_words(f"hour {label}", row) for label, row in members],
            hoverinfo="text",
        )
    )
    figure.add_hline(0, line={"color": GREY, "width": 1})
    figure.update_yaxes(ticksuffix=" bps", tickformat="~g")
    every = [f"{hour:02d}" for hour in range(24)]
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=every, tickangle=0, nticks=12)
    figure.update_xaxes(title={"text": "hour of the day, UTC", "standoff": 4, "font": {"size": 12}}, range=[-0.6, 23.6])
    return Chart(
        "markout-hours", f"Markouts after {SHOWN_S:g} s by hour", "Mean and two standard errors either way; hours "
        "without a bar had no fill.", figure, is_over_time=False,
    )  # fmt: skip


def _coefficients(rows: Sequence[Row]) -> Chart:
    figure = blank(300, over_time=False)
    known = [row for row in rows if row["ic"] is not None]
    clocks = {"trades": "orders", "s": "s"}
    order = {f"{row['horizon']:g}<br>{clocks.get(row['clock'], row['clock'])}": None for row in known}
    for name, color in (*SIGNALS, *((one, ORANGE) for one in {row["signal"] for row in known} - dict(SIGNALS).keys())):
        points = [row for row in known if row["signal"] == name]
        if not points:
            continue
        figure.add_trace(
            go.Scatter(
                x=[f"{row['horizon']:g}<br>{clocks.get(row['clock'], row['clock'])}" for row in points],
                y=[row["ic"] for row in points],
                name=name,
                mode="markers",
                marker={"color": color, "size": 8, "symbol": "circle"},
                error_y={"type": "data", "array": [BAND * (row["ic_se"] or 0.0) for row in points], "color": color,
                         "thickness": 1.5, "width": 4},
                hovertext=[f"{name}: {with_error(row['ic'], row['ic_se'], 4)}, n = {row['n']:,}" for row in points],
                hoverinfo="text",
            )
        )  # fmt: skip
    figure.add_hline(0, line={"color": GREY, "width": 1})
    figure.update_layout(margin={"l": 52, "r": 6, "b": 44}, scattermode="group", scattergap=0.35)
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=list(order), tickangle=0)
    return Chart(
        "coefficients",
        "What the signals foretold",
        "Information coefficient: correlation of a signal with the mid's move over the next orders or seconds, and two "
        "standard errors either way.",
        figure,
        is_over_time=False,
    )


def with_error(value: float | None, error: float | None, digits: int) -> str:
    """Return a number with its standard error; n/a where it is not known."""
    if value is None:
        return "n/a"
    return f"{value:+.{digits}f}" + ("" if error is None else f" ± {error:.{digits}f}")


def _share(value: float | None) -> str:
    return "n/a" if value is None else f"{100 * value:.1f} %"


def _number(value: float | None) -> str:
    return "n/a" if value is None else f"{value:,.3g}"
