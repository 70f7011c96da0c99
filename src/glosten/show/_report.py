"""The page of a run: one file that shows everything and asks the network for nothing."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from glosten import __version__
from glosten.run import Outcome, Run, dashboard, explain, last_line, sidebar
from glosten.settings import Finding
from glosten.show._output import plain
from glosten.show._report_band import band_html
from glosten.show._report_charts import Chart, time_charts
from glosten.show._report_dashboard import dashboard_html
from glosten.show._report_figures import span_ns, span_words, verdict
from glosten.show._report_model import counterparties_html, model_charts, model_html
from glosten.show._report_outcome import outcome_charts, shades, status_chart
from glosten.show._report_tables import figures_html, origin_html, parameters_html, remarks_html, tape_html
from glosten.show._run_folder import standing_of

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
"""What the browser may load: nothing. It stops by itself whatever would ask the network for something."""

FITTED = ("price", "profit")
"""Charts whose vertical scale follows what is zoomed into."""


def report(run: Run, path: Path, findings: Sequence[Finding] = (), model: dict[str, Any] | None = None) -> Path:
    """Write the page of a run to ``path`` and return its absolute path: all of it or, on a failure, nothing.

    ``findings`` are the remarks of `settings.lint`; ``model`` is what `glosten demo` keeps of a simulated model, shown
    with the run.
    """
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.writelines(_page(run, findings, model))
        Path(scratch).chmod(0o644)
        Path(scratch).replace(target)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
    return target


def _page(run: Run, findings: Sequence[Finding], model: dict[str, Any] | None) -> Iterable[str]:
    from plotly.offline import get_plotlyjs  # noqa: PLC0415  # 5 MB of script, read when a page is written

    over_time = [*time_charts(run), status_chart(run)]
    outcome = outcome_charts(run)
    about_model = [] if model is None else model_charts(model)
    first, last = span_ns(run)
    over_time[0].figure.update_layout(shapes=shades(run))
    yield (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(run.title)}</title><style>{_beside('_report.css')}</style></head><body><main>"
    )
    yield _head(run)
    yield remarks_html(run, findings)
    yield figures_html(run)
    if model is not None:
        yield counterparties_html(model, run.quote_asset)
    yield '<noscript><p class="loud">The charts need JavaScript; figures and tables do not.</p></noscript>'
    yield _zoom_bar()
    yield from map(_card, over_time)
    yield f'<div class="pair">{"".join(map(_card, outcome))}</div>'
    yield band_html(run)
    if model is not None:
        yield f'{model_html(model)}<div class="pair">{"".join(map(_card, about_model))}</div>'
    yield _dashboard(run)
    yield f'<div class="pair">{tape_html(run)}{origin_html(run)}</div>'
    yield parameters_html(run)
    yield f"<footer>Written by glosten {__version__}. Times are UTC. This page loads nothing from anywhere.</footer>"
    yield "</main>"
    yield from _data([*about_model, *over_time, *outcome], [first / 1e6, last / 1e6])
    yield f"<script>{get_plotlyjs()}</script><script>{_beside('_report.js')}</script></body></html>\n"


def _beside(name: str) -> str:
    return files("glosten.show").joinpath(name).read_text(encoding="utf-8")


def _head(run: Run) -> str:
    sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in explain(run))
    return (
        f"<header><h1>{escape(run.title)}</h1>"
        f'<p class="sub">{escape(run.instrument["symbol"])} · {span_words(run)} · configuration '
        f"{escape(run.config_hash)}</p>"
        f'<p class="verdict">{escape(verdict(run))}</p><ul class="why">{sentences}</ul></header>'
    )


def _dashboard(run: Run) -> str:
    standing = standing_of(run)
    return dashboard_html(dashboard(standing, Outcome.of(run)), last_line(standing), sidebar(standing))


def _zoom_bar() -> str:
    buttons = (
        ("all", "All", "Show the whole run"),
        ("in", "Zoom in", "Show half of the time"),
        ("out", "Zoom out", "Show twice the time"),
        ("back", "◀", "Show what was before"),
        ("on", "▶", "Show what came after"),
    )
    row = "".join(
        f'<button type="button" data-zoom="{action}" title="{title}">{word}</button>' for action, word, title in buttons
    )
    hint = "<span>or drag across a chart; double-click shows all of it</span>"
    return f'<nav class="zoom" aria-label="Time shown">{row}{hint}</nav>'


def _card(chart: Chart) -> str:
    height = chart.figure.layout.height
    return (
        f'<section class="card"><h2>{escape(chart.title)}</h2><p class="note">{chart.note}</p>'
        f'<div class="chips"></div><div class="chart" id="chart-{chart.slug}" role="img" '
        f'aria-label="{escape(chart.title)}" style="min-height:{height}px"></div></section>'
    )


def _data(charts: Sequence[Chart], span: Sequence[float]) -> Iterable[str]:
    """Yield the charts as JSON in which equal arrays are kept once and referred to by number."""
    pool: dict[str, int] = {}
    arrays: list[Any] = []

    def shared(value: Any) -> Any:
        if isinstance(value, dict):
            if "bdata" not in value:
                return {key: shared(member) for key, member in value.items()}
            name = value["dtype"] + value["bdata"] + str(value.get("shape"))
            if name not in pool:
                pool[name] = len(arrays)
                arrays.append(value)
            return {"$": pool[name]}
        return [shared(member) for member in value] if isinstance(value, list | tuple) else value

    plain = []
    for chart in charts:
        layout: dict[str, Any] = {"meta": {"overTime": chart.is_over_time, "fits": chart.slug in FITTED}}
        if chart.is_over_time:
            layout["xaxis"] = {"range": list(span), "autorange": False}
        chart.figure.update_layout(layout)
        words = chart.figure.to_plotly_json()
        plain.append({"slug": chart.slug, "data": shared(words["data"]), "layout": shared(words["layout"])})
    for name, value in (("arrays", arrays), ("charts", plain), ("span", list(span))):
        yield f'<script type="application/json" id="{name}">{_json(value)}</script>'


def _json(value: Any) -> str:
    """Return JSON that no text in it can break out of the script element with."""
    return json.dumps(plain(value), separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
