"""The figure of a run for a paper: profit, belief, inventory and markouts, each with what it is held against."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from glosten.show._figure import BAND, BLUE, GREY, ORANGE, axes_of, style, write

if TYPE_CHECKING:
    from glosten.run import Run

NS_PER_HOUR = 3.6e12


def draw_run(run: Run, path: Path) -> None:
    """Draw profit with its drawdown, the belief, the inventory and the markouts of a run into a file."""
    with style():
        write(_figure(run), path)


def _figure(run: Run) -> Any:
    import numpy as np  # noqa: PLC0415

    from glosten.show._report_charts import exposure_cap  # noqa: PLC0415
    from glosten.show._report_figures import span_ns, span_words  # noqa: PLC0415
    from glosten.show._report_series import timeline  # noqa: PLC0415

    times, first_ns = timeline(run), span_ns(run)[0]
    hours = (times.ms * 1e6 - first_ns) / NS_PER_HOUR
    figure, axes = axes_of(4, _plain(f"{run.title}\n{run.instrument['symbol']}, {span_words(run)}"))
    profit, belief, inventory, markouts = axes
    peak = np.maximum.accumulate(np.where(np.isfinite(times.profit), times.profit, -np.inf))
    profit.fill_between(hours, times.profit, peak, color=ORANGE, alpha=0.25, linewidth=0, label="drawdown", step="post")
    profit.step(hours, times.hold, color=GREY, linewidth=0.8, linestyle="--", where="post", label="holding only")
    profit.step(hours, times.profit, color=BLUE, linewidth=1.0, where="post", label="total")
    profit.axhline(0.0, color="black", linewidth=0.6)
    profit.set_title(_plain(f"Profit and loss, {run.quote_asset}"))
    profit.legend(fontsize=7, loc="best")
    belief.step(hours, times.prior, color=BLUE, linewidth=0.6, where="post")
    belief.axhline(0.5, color=GREY, linewidth=0.6)
    belief.set_ylim(0.0, 1.0)
    belief.set_title("Belief that the value is $V_H$")
    inventory.step(hours, 100 * times.exposure, color=BLUE, linewidth=0.8, where="post")
    target, cap = 100 * float(run.parameters.get("SKEW_QTY_TARGET", 0.5)), 100 * exposure_cap(run)
    inventory.axhline(target, color=GREY, linewidth=0.8, linestyle="--", label="target")
    inventory.axhline(cap, color=ORANGE, linewidth=0.8, linestyle="--", label="cap")
    inventory.set_ylim(bottom=0.0)
    inventory.legend(fontsize=7, loc="lower left")
    inventory.set_title("Inventory, % of the allocation")
    for axis in (profit, belief, inventory):
        axis.set_xlabel("hours since the start")
    _markouts(run, markouts)
    return figure


def _markouts(run: Run, axis: Any) -> None:
    known = [row for row in run.markouts if row.n]
    places = list(range(len(known)))
    errors = [BAND * row.se_bps if row.se_bps == row.se_bps else 0.0 for row in known]  # NaN: one order
    axis.errorbar(places, [row.mean_bps for row in known], yerr=errors, color=BLUE, fmt="o", markersize=4, capsize=3)
    axis.axhline(0.0, color="black", linewidth=0.6)
    axis.set_xlim(-0.5, max(len(known), 1) - 0.5)
    axis.set_xticks(places, [f"{row.horizon_s:g} s\n{row.orders:,} orders" for row in known])
    axis.set_title("Markouts, bps, ± 2 standard errors")


def _plain(text: str) -> str:
    """Return text of a user as the figure must show it: a dollar sign would begin a formula."""
    return text.replace("$", r"\$")
