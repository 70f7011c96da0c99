"""The page of a run: one file that shows everything and asks the network for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from glosten.run import Outcome, Run, dashboard, explain, last_line, sidebar
from glosten.settings import Finding
from glosten.show._report_alpha import alpha_charts, alpha_html
from glosten.show._report_band import band_html
from glosten.show._report_charts import Chart, time_charts
from glosten.show._report_dashboard import dashboard_html
from glosten.show._report_figures import span_ns, span_words, verdict
from glosten.show._report_frame import NO_SCRIPT, card, closing, opening, write_whole, zoom_bar
from glosten.show._report_lives import Lives
from glosten.show._report_model import counterparties_html, model_charts, model_html
from glosten.show._report_orders import order_charts, spread_chart
from glosten.show._report_outcome import outcome_charts, shades, status_chart
from glosten.show._report_tables import figures_html, origin_html, parameters_html, remarks_html, tape_html
from glosten.show._run_folder import standing_of


def report(
    run: Run,
    path: Path,
    findings: Sequence[Finding] = (),
    model: dict[str, Any] | None = None,
    measured: dict[str, Any] | None = None,
    traced: Lives | None = None,
) -> Path:
    """Write the page of a run to ``path`` and return its absolute path: all of it or, on a failure, nothing.

    ``findings`` are the remarks of `settings.lint`; ``model`` is what `glosten demo` keeps of a simulated model, shown
    with the run; ``measured`` what `glosten alpha` measured of it, in plain values; ``traced`` the lives of its orders
    where they were traced.
    """
    return write_whole(path, _page(run, findings, model, measured, traced))


def _page(
    run: Run,
    findings: Sequence[Finding],
    model: dict[str, Any] | None,
    measured: dict[str, Any] | None,
    traced: Lives | None,
) -> Iterable[str]:
    over_time = [*time_charts(run), spread_chart(run), status_chart(run)]
    outcome = [*outcome_charts(run), *order_charts(run, traced)]
    about_alpha = [] if measured is None else alpha_charts(run, measured)
    about_model = [] if model is None else model_charts(model)
    first, last = span_ns(run)
    over_time[0].figure.update_layout(shapes=shades(run))
    yield opening(run.title)
    yield _head(run)
    yield remarks_html(run, findings)
    yield figures_html(run)
    if model is not None:
        yield counterparties_html(model, run.quote_asset)
    yield NO_SCRIPT
    yield zoom_bar()
    yield from map(card, over_time)
    yield _pairs(outcome)
    yield band_html(run)
    yield alpha_html(measured)
    yield _pairs(about_alpha)
    if model is not None:
        yield f"{model_html(model)}{_pairs(about_model)}"
    yield _dashboard(run, findings)
    yield f'<div class="pair">{tape_html(run)}{origin_html(run)}</div>'
    yield parameters_html(run)
    yield from closing([*about_model, *over_time, *outcome, *about_alpha], [first / 1e6, last / 1e6])


def _pairs(charts: Sequence[Chart]) -> str:
    return f'<div class="pair">{"".join(map(card, charts))}</div>' if charts else ""


def _head(run: Run) -> str:
    sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in explain(run))
    return (
        f"<header><h1>{escape(run.title)}</h1>"
        f'<p class="sub">{escape(run.instrument["symbol"])} · {span_words(run)} · configuration '
        f"{escape(run.config_hash)}</p>"
        f'<p class="verdict">{escape(verdict(run))}</p><ul class="why">{sentences}</ul></header>'
    )


def _dashboard(run: Run, findings: Sequence[Finding]) -> str:
    standing = standing_of(run, findings)
    return dashboard_html(dashboard(standing, Outcome.of(run)), last_line(standing), sidebar(standing))
