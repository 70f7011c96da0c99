"""The page that sets runs side by side: their key figures with errors, their equity, and the keys they differ in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from glosten.alpha import Course, lead
from glosten.params import PARAMETERS, spell
from glosten.run import Run, amount
from glosten.show._report_alpha import with_error
from glosten.show._report_charts import AMBER, BLUE, GREEN, GREY, ORANGE, PURPLE, RED, Chart, blank, line
from glosten.show._report_figures import key_figures, percent, span_ns, span_words, verdict
from glosten.show._report_frame import NO_SCRIPT, card, closing, opening, write_whole, zoom_bar
from glosten.show._report_series import Timeline, timeline
from glosten.show._report_tables import table

COLORS = (BLUE, ORANGE, GREEN, PURPLE, RED, AMBER, GREY)
DASHES = ("solid", "dash", "dot")
MS_PER_HOUR = 3_600_000.0
UNKNOWN = "n/a"


@dataclass(frozen=True)
class Compared:
    """A run to be set beside others: ``name`` tells it from them, ``measured`` is what `glosten alpha` found of it."""

    name: str
    run: Run
    measured: dict[str, Any] | None = None


def compare(compared: Sequence[Compared], path: Path) -> Path:
    """Write the page that sets two or more runs side by side and return its absolute path: all of it or nothing."""
    return write_whole(path, _page(compared))


def _page(compared: Sequence[Compared]) -> Iterable[str]:
    title = f"{len(compared)} runs compared"
    spans = [span_ns(one.run) for one in compared]
    is_together = max(first for first, _ in spans) < min(last for _, last in spans)
    charts = _charts(compared, is_together=is_together)
    yield opening(title)
    yield f"<header><h1>{title}</h1>{_legend(compared)}</header>"
    yield NO_SCRIPT
    yield _figures(compared)
    if is_together:
        yield zoom_bar()
    yield from map(card, charts)
    yield _parameters(compared)
    yield from closing(charts, [min(first for first, _ in spans) / 1e6, max(last for _, last in spans) / 1e6])


def _legend(compared: Sequence[Compared]) -> str:
    items = "".join(
        f"<li><b>{escape(one.name)}</b>: {escape(one.run.title)}, {escape(one.run.instrument['symbol'])}, "
        f"{escape(span_words(one.run))}, configuration {escape(one.run.config_hash)}. {escape(verdict(one.run))}</li>"
        for one in compared
    )
    units = {one.run.quote_asset for one in compared}
    mixed = ' <p class="loud">The runs count in different quote assets: amounts do not compare.</p>'
    return f'<ul class="why">{items}</ul>{mixed if len(units) > 1 else ""}'


def _figures(compared: Sequence[Compared]) -> str:
    columns = [_column(one) | _lead(one, compared[0]) for one in compared]
    names = list(dict.fromkeys(name for column in columns for name in column))
    rows = [
        (escape(name), *(escape(column.get(name, UNKNOWN)).replace("\n", "<br>") for column in columns))
        for name in names
    ]
    head = ("", *(escape(one.name) for one in compared))
    return (
        '<section class="card"><h2>Key figures</h2><p class="note">± is one standard error. Amounts of one run are '
        "what happened in it and have none. Runs over one market share its luck, so how much one leads another is "
        f"told period by period, while both ran.</p>{table(rows, head, kind='model compared')}</section>"
    )


def _column(one: Compared) -> dict[str, str]:
    """Return the figures of a run by name, in reading order."""
    run = one.run
    shown = {figure.label: figure.text for figure in key_figures(run)}
    capital = run.figures["base_capital"]
    shown["Total, of what was at work"] = f"{100 * run.pnl.total / capital:+.3f} %" if capital > 0 else UNKNOWN
    shown["Turnover"] = amount(run.figures["turnover"]).removeprefix("+")
    for row in run.markouts:
        error = row.se_bps if np.isfinite(row.se_bps) else None
        mean = with_error(row.mean_bps, error, 3) + " bps" if row.n else UNKNOWN
        shown[f"Markout after {row.horizon_s:g} s"] = f"{mean}\nn = {row.n:,} fills, {row.orders:,} orders"
    if one.measured is not None:
        performance = one.measured["performance"]
        ratio = performance["sharpe"]
        named = f"Sharpe ratio per {ratio['period_s'] or 0:g} s"
        shown[named] = f"{with_error(ratio['value'], ratio['se'], 4)}\nn = {ratio['n']:,}"
        filled = performance["fill_ratio"]
        shown["Orders that traded"] = UNKNOWN if filled is None else percent(100 * filled, 1)
    return shown


def _lead(one: Compared, first: Compared) -> dict[str, str]:
    """Return by how much a run gained more than the first one, which has no such figure."""
    if one is first or one.run.quote_asset != first.run.quote_asset:
        return {}
    course, other = (
        Course(rows["ts_ns"], rows["equity"], rows["orders"], rows["held"])
        for rows in (one.run.cycles, first.run.cycles)
    )
    found = lead(course, other)
    error = found.se if np.isfinite(found.se) else None
    text = with_error(found.total, error, 2) + f"\nn = {found.n:,} periods of {found.period_s:g} s"
    return {f"Gained more than {first.name}": text if found.n else UNKNOWN}


def _charts(compared: Sequence[Compared], *, is_together: bool) -> list[Chart]:
    over = "" if is_together else " The runs do not overlap in time: each is drawn by the hours since it began."
    lines = [timeline(one.run) for one in compared]
    units = " and ".join(dict.fromkeys(one.run.quote_asset for one in compared))
    return [
        _one_chart(
            Chart("equity", "Profit and loss", f"Equity less what was at work at the start, in {escape(units)}.{over}",
                  blank(340, over_time=is_together), is_together),
            compared, [(times, times.profit, "+,.4~g", "") for times in lines],
        ),
        _one_chart(
            Chart("falls", "Drawdown", "Equity below its peak until then.", blank(200, over_time=is_together),
                  is_together),
            compared, [(times, -times.drawdown_pct, ".3f", " %") for times in lines],
        ),
        _one_chart(
            Chart("held", "Inventory", "Coins held at the mid, as a share of the allocation.",
                  blank(220, over_time=is_together), is_together),
            compared, [(times, 100 * times.exposure, ".2f", " %") for times in lines],
        ),
    ]  # fmt: skip


def _one_chart(chart: Chart, compared: Sequence[Compared], lines: Sequence[tuple[Timeline, Any, str, str]]) -> Chart:
    """Return the chart with a line for every run."""
    figure = chart.figure
    figure.add_hline(0, line={"color": GREY, "width": 1})
    for number, (one, (times, values, format_, unit)) in enumerate(zip(compared, lines, strict=True)):
        at = times.ms if chart.is_over_time else (times.ms - times.ms[:1]) / MS_PER_HOUR
        dash = DASHES[number // len(COLORS) % len(DASHES)]
        drawn = line(escape(one.name), at, values.astype(np.float32), COLORS[number % len(COLORS)], dash=dash)
        figure.add_trace(drawn.update(hovertemplate=f"{escape(one.name)} %{{y:{format_}}}{unit}<extra></extra>"))
    figure.update_yaxes(ticksuffix=lines[0][3], tickformat="~g", nticks=6)
    if not chart.is_over_time:
        figure.update_xaxes(title={"text": "hours since the start", "standoff": 4, "font": {"size": 12}})
    return chart


def _parameters(compared: Sequence[Compared]) -> str:
    """Return the table of the keys that do not have one value in all runs."""
    rows = []
    for parameter in PARAMETERS:
        values = [one.run.parameters.get(parameter.key) for one in compared]
        if any(value != values[0] for value in values):
            cells = (f"<code>{escape(spell(value)) if value is not None else UNKNOWN}</code>" for value in values)
            rows.append((f"<code>{escape(parameter.key)}</code>", *cells, escape(parameter.unit)))
    head = ("Key", *(escape(one.name) for one in compared), "Unit")
    body = table(rows, head, kind="model compared") if rows else '<p class="note">None: all keys have one value.</p>'
    return f'<section class="card"><h2>Keys that differ</h2>{body}</section>'
