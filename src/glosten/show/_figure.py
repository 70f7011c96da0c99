"""Figures of paper quality: vector or bitmap files, drawn without a screen, the same bytes for the same numbers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glosten.errors import InputError

if TYPE_CHECKING:
    from glosten.run import Simulation

KINDS = (".svg", ".pdf", ".png")
BLUE, ORANGE, GREY = "#1f5fa8", "#c8621b", "#555555"
BAND = 2.0
"""Standard errors on either side of a drawn mean."""
STYLE: Any = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "font.size": 9,
    "legend.frameon": False,
    "svg.hashsalt": "glosten",
    "svg.fonttype": "none",
}


def check_figure(path: Path) -> None:
    """Refuse a file that cannot become a figure, before anything is computed; raises `InputError`."""
    if path.suffix.lower() not in KINDS:
        raise InputError(f"--figure {path} must end in {', '.join(KINDS)}; it ended in {path.suffix or 'nothing'}.")
    if not path.parent.is_dir():
        raise InputError(f"--figure {path}: the folder {path.parent} does not exist.")
    try:
        import matplotlib  # noqa: F401, PLC0415
    except ModuleNotFoundError:
        raise InputError("--figure needs matplotlib: pip install 'glosten[figures]'.") from None


def _style() -> Any:
    """Return the context in which a figure is drawn and written."""
    from matplotlib import rc_context  # noqa: PLC0415

    return rc_context(STYLE)


def draw_simulation(result: Simulation, title: str, path: Path) -> None:
    """Draw the spread, the error and the belief of a simulation by period, and who gained what, into a file."""
    how = "exact" if result.engine == "exact" else f"n = {result.n:,} paths, seed {result.seed}, ± 2 standard errors"
    with _style():
        _write(_simulation(result, f"{title}\n{how}"), path)


def _simulation(result: Simulation, title: str) -> Any:
    import numpy as np  # noqa: PLC0415

    panels = [("spread", "Mean quoted spread"), ("error", "Mean squared error of E[V]")]
    if np.isfinite(result.belief[-1]):
        panels.append(("belief", "Mean belief where V is high"))
    figure, axes = _axes(len(panels) + 1, title)
    dates = np.arange(result.trades + 1)
    for axis, (name, label) in zip(axes, panels, strict=False):
        mean, error = getattr(result, name), getattr(result, f"{name}_se")
        axis.fill_between(dates, mean - BAND * error, mean + BAND * error, color=BLUE, alpha=0.25, linewidth=0)
        axis.plot(dates, mean, color=BLUE, linewidth=1.2)
        axis.set_title(label)
        axis.set_xlabel("periods")
        axis.set_ylim(bottom=0.0)
    means = {"maker": result.mm_pnl, "informed": result.informed_pnl, "noise": result.noise_pnl}
    axis = axes[-1]
    heights, errors = [one.mean for one in means.values()], [BAND * one.se for one in means.values()]
    axis.bar(list(means), heights, yerr=errors, color=[GREY, ORANGE, BLUE], width=0.6)
    axis.axhline(0.0, color="black", linewidth=0.6)
    axis.set_title(f"Gain of a path of {result.trades:,} periods")
    return figure


def draw_points(rows: Sequence[dict[str, Any]], varied: Sequence[str], shown: Sequence[str], path: Path) -> None:
    """Draw figures of an experiment against its first varied parameter, a line for each value of the others."""
    with _style():
        _write(_points(rows, varied, shown), path)


def _points(rows: Sequence[dict[str, Any]], varied: Sequence[str], shown: Sequence[str]) -> Any:
    import numpy as np  # noqa: PLC0415

    figure, axes = _axes(len(shown), "")
    by, others = varied[0], varied[1:]
    lines: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        lines.setdefault(", ".join(f"{name} = {_spelled(row[name])}" for name in others), []).append(row)
    for axis, name in zip(axes, shown, strict=True):
        for number, (label, points) in enumerate(lines.items()):
            ordered = sorted(points, key=lambda row: row[by])
            mean = np.array([_number(row[name]) for row in ordered])
            error = np.nan_to_num([_number(row.get(f"{name}_se")) for row in ordered])
            at = [row[by] for row in ordered]
            bars = BAND * error if error.any() else None
            axis.errorbar(at, mean, yerr=bars, color=f"C{number}", linewidth=1.2, label=label or None)
        axis.set_title(name)
        axis.set_xlabel(by)
    if len(lines) > 1:
        axes[0].legend(fontsize=8)
    return figure


def _spelled(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value).lower()


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _axes(count: int, title: str) -> tuple[Any, list[Any]]:
    """Return a figure with that many panels, at most three side by side."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    columns = 2 if count == 4 else min(count, 3)
    rows = -(-count // columns)
    figure = Figure(figsize=(3.4 * columns, 2.6 * rows + 0.5 * bool(title)), layout="constrained")
    if title:
        figure.suptitle(title, fontsize=9, x=0.01, ha="left")
    return figure, [figure.add_subplot(rows, columns, number + 1) for number in range(count)]


def _write(figure: Any, path: Path) -> None:
    """Write under another name and rename, so that a figure is whole or not there."""
    undated = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        figure.savefig(temporary, dpi=160, metadata=undated.get(path.suffix.lower(), {}))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
