"""The frame of every page: what it may load, its head, its charts as data, its scripts; written whole or not at all."""

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
from glosten.show._output import plain
from glosten.show._report_charts import Chart

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
"""What the browser may load: nothing. It stops by itself whatever would ask the network for something."""

FITTED = ("price", "profit")
"""Charts whose vertical scale follows what is zoomed into."""


def write_whole(path: Path, pieces: Iterable[str]) -> Path:
    """Write a page to ``path`` and return its absolute path: all of it or, on a failure, nothing."""
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.writelines(pieces)
        Path(scratch).chmod(0o644)
        Path(scratch).replace(target)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
    return target


def opening(title: str) -> str:
    """Return a page up to where its body begins."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_beside('_report.css')}</style></head><body><main>"
    )


def closing(charts: Sequence[Chart], span: Sequence[float]) -> Iterable[str]:
    """Yield the rest of a page: its footer, its charts (those over time show ``span``, in ms) and what draws them."""
    from plotly.offline import get_plotlyjs  # noqa: PLC0415  # 5 MB of script, read when a page is written

    yield f"<footer>Written by glosten {__version__}. Times are UTC. This page loads nothing from anywhere.</footer>"
    yield "</main>"
    yield from _data(charts, span)
    yield f"<script>{get_plotlyjs()}</script><script>{_beside('_report.js')}</script></body></html>\n"


NO_SCRIPT = '<noscript><p class="loud">The charts need JavaScript; figures and tables do not.</p></noscript>'


def _beside(name: str) -> str:
    return files("glosten.show").joinpath(name).read_text(encoding="utf-8")


def zoom_bar() -> str:
    """Return the buttons that choose the time shown."""
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


def card(chart: Chart) -> str:
    """Return the place of a chart."""
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
