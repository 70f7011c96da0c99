"""The section of a page that shows the simulated model: exact expectations beside a Monte Carlo of the same market."""

from __future__ import annotations

import math
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go

from glosten.run import amount
from glosten.show._report_charts import BLUE, ORANGE, Chart, blank
from glosten.show._report_tables import table

CLASSES = (("Market maker", "mm_pnl"), ("Informed traders", "informed_pnl"), ("Noise traders", "noise_pnl"))
MOST_POINTS = 60
"""Dates at which the Monte Carlo is drawn with its error bar."""


def model_charts(model: dict[str, Any]) -> list[Chart]:
    """Return the path of the expected spread and of the belief of a simulated model, exact and by Monte Carlo.

    ``model`` is what `glosten demo` keeps: ``exact`` and ``mc``, each a `run.Simulation` in plain values, ``crowd`` and
    ``counterparties``.
    """
    trades = len(model["exact"]["spread"]) - 1
    return [
        _path(model, "spread", "Expected spread", f"Mean of the quoted spread before each of {trades:,} trades."),
        _path(model, "belief", "Belief where V is V_H", "Mean belief if the value is high, learnt from trades alone."),
    ]


def _path(model: dict[str, Any], name: str, title: str, note: str) -> Chart:
    exact, sampled, error = (
        np.array(model[engine][column], dtype=np.float64)
        for engine, column in (("exact", name), ("mc", name), ("mc", f"{name}_se"))
    )
    dates = np.arange(len(exact))
    shown = dates[:: max(1, len(dates) // MOST_POINTS)]
    figure = blank(270, over_time=False)
    figure.update_layout(margin={"l": 52, "r": 8, "b": 36}, hovermode="x unified")
    figure.add_trace(go.Scatter(x=dates, y=exact, name="exact", mode="lines", line={"color": BLUE, "width": 2}))
    figure.data[0].update(hovertemplate="exact %{y:.5f}<extra></extra>")
    figure.add_trace(
        go.Scatter(
            x=shown,
            y=sampled[shown],
            name=f"Monte Carlo ± 2 standard errors, n = {model['mc']['n']:,}",
            mode="markers",
            marker={"color": ORANGE, "size": 4, "symbol": "circle"},
            error_y={"type": "data", "array": 2 * error[shown], "color": ORANGE, "thickness": 1, "width": 2},
            customdata=error[shown],
            hovertemplate="Monte Carlo %{y:.5f} ± %{customdata:.5f}<extra></extra>",
        )
    )
    figure.update_xaxes(title={"text": "trades", "font": {"size": 12}, "standoff": 4}, rangemode="tozero")
    figure.update_yaxes(rangemode="tozero" if name == "spread" else "normal")
    return Chart(f"model-{name}", title, note, figure, is_over_time=False)


def model_html(model: dict[str, Any]) -> str:
    """Return the table of who gains and loses per path, exact and by Monte Carlo."""
    market = model["exact"]["model"]
    rows = []
    for label, key in CLASSES:
        exact, sampled = model["exact"][key], model["mc"][key]
        rows.append((label, gain(exact["mean"]), f"{gain(sampled['mean'])} ± {sampled['se']:.3f}"))
    head = ("Gain per path", "exact", f"Monte Carlo ± standard error, n = {model['mc']['n']:,}")
    return (
        '<section class="card"><h2>The model behind the quotes</h2>'
        f'<p class="note">Glosten and Milgrom (1985): V is {market["v_low"]:g} or {market["v_high"]:g} with prior '
        f"{market['prior']:g}, a share alpha = {market['alpha']:g} of the traders knows it, noise buys with "
        f"probability {market['gamma']:g}. Quotes earn nothing on average: what informed traders gain, noise traders "
        f"lose.</p>{table(rows, head, kind='model')}</section>"
    )


def counterparties_html(model: dict[str, Any], quote_asset: str) -> str:
    """Return the table of what the maker earned from informed and from noise traders on a simulated day."""
    rows = [
        (
            party["who"].capitalize(),
            f"{party['fills']:,}",
            amount(party["gain"]),
            f"{party['per_order']['mean']:+.4f} ± {party['per_order']['se'] or math.nan:.4f}",
            f"{party['per_order']['n']:,}",
        )
        for party in model["counterparties"]
    ]
    head = ("Traded with", "fills", f"earned, {escape(quote_asset)}", "per order ± standard error", "n orders")
    crowd = model["crowd"]
    return (
        '<section class="card"><h2>Who paid</h2>'
        '<p class="note">Only a simulated market tells who knew. Earned is measured against the true value at the time '
        "of each trade, before fees: what the informed take, the others must pay. In this crowd "
        f"{100 * crowd['informed_share']:g} % of those who come know the value, which moves by jumps of "
        f"{crowd['news_bps']:g} bps, {crowd['news_per_hour']:g} times an hour.</p>"
        f"{table(rows, head, kind='model')}</section>"
    )


def gain(value: float) -> str:
    """Return a gain per path; what only rounding kept from 0 is 0."""
    return f"{value:+.3f}" if abs(value) > 1e-9 else "0"
