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
FEWEST_ACROSS = 5
"""Values of each of two parameters from which a surface says more than lines; fewer are a line each."""
CONTOURS = 5
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


def style() -> Any:
    """Return the context in which a figure is drawn and written."""
    from matplotlib import rc_context  # noqa: PLC0415

    return rc_context(STYLE)


def draw_simulation(result: Simulation, title: str, path: Path) -> None:
    """Draw the spread, the error and the belief of a simulation by period, and who gained what, into a file."""
    how = "exact" if result.engine == "exact" else f"n = {result.n:,} paths, seed {result.seed}, ± 2 standard errors"
    with style():
        write(_simulation(result, f"{title}\n{how}"), path)


def _simulation(result: Simulation, title: str) -> Any:
    import numpy as np  # noqa: PLC0415

    panels = [("spread", "Mean quoted spread"), ("error", "Mean squared error of E[V]")]
    if np.isfinite(result.belief[-1]):
        panels.append(("belief", "Mean belief where V is high"))
    figure, axes = axes_of(len(panels) + 1, title)
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
    with style():
        write(_points(rows, varied, shown), path)


def _points(rows: Sequence[dict[str, Any]], varied: Sequence[str], shown: Sequence[str]) -> Any:
    import numpy as np  # noqa: PLC0415

    figure, axes = axes_of(len(shown), "")
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


def is_surface(rows: Sequence[dict[str, Any]], varied: Sequence[str], fewest: int = FEWEST_ACROSS) -> bool:
    """Return whether an experiment spans a surface: two parameters vary, both in numbers, each with so many values."""
    values = [[row[name] for row in rows] for name in varied]
    return len(varied) == 2 and all(
        len(set(found)) >= fewest and all(isinstance(one, int | float) and not isinstance(one, bool) for one in found)
        for found in values
    )


def draw_surface(rows: Sequence[dict[str, Any]], varied: Sequence[str], shown: Sequence[str], path: Path) -> None:
    """Draw figures of an experiment over its two varied parameters, a panel each; points not run stay white."""
    with style():
        write(_surface(rows, varied, shown), path)


def _surface(rows: Sequence[dict[str, Any]], varied: Sequence[str], shown: Sequence[str]) -> Any:
    import numpy as np  # noqa: PLC0415
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    figure, axes = axes_of(len(shown), "")
    across, up = (sorted({row[name] for row in rows}) for name in varied)
    for axis, name in zip(axes, shown, strict=True):
        heights = np.full((len(up), len(across)), np.nan)
        for row in rows:
            heights[up.index(row[varied[1]]), across.index(row[varied[0]])] = _number(row[name])
        drawn = axis.pcolormesh(
            _edges(across), _edges(up), heights, cmap="viridis", rasterized=True
        )  # cells have no seams
        known = heights[np.isfinite(heights)]
        limits = (float(known.min(initial=np.inf)), float(known.max(initial=-np.inf)))
        if min(heights.shape) > 1 and limits[0] < limits[1]:
            levels = [one for one in MaxNLocator(CONTOURS).tick_values(*limits) if limits[0] < one < limits[1]]
            lines = axis.contour(across, up, heights, levels=levels, colors="white", linewidths=0.7)
            axis.clabel(lines, fontsize=7, fmt="%g")
        figure.colorbar(drawn, ax=axis)
        axis.set_title(name)
        axis.set_xlabel(varied[0])
        axis.set_ylabel(varied[1])
    return figure


def _edges(values: Sequence[float]) -> Any:
    """Return the borders of cells around values: halfway between neighbours, as far out at the ends."""
    import numpy as np  # noqa: PLC0415

    centres = np.array(values, dtype=np.float64)
    if len(centres) == 1:
        return np.array([centres[0] - 0.5, centres[0] + 0.5])
    between = 0.5 * (centres[1:] + centres[:-1])
    return np.concatenate([[2 * centres[0] - between[0]], between, [2 * centres[-1] - between[-1]]])


def _spelled(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value).lower()


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def axes_of(count: int, title: str) -> tuple[Any, list[Any]]:
    """Return a figure with that many panels, at most three side by side."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    columns = 2 if count == 4 else min(count, 3)
    rows = -(-count // columns)
    figure = Figure(figsize=(3.4 * columns, 2.6 * rows + 0.5 * bool(title)), layout="constrained")
    if title:
        figure.suptitle(title, fontsize=9, x=0.01, ha="left")
    return figure, [figure.add_subplot(rows, columns, number + 1) for number in range(count)]


def write(figure: Any, path: Path) -> None:
    """Write under another name and rename, so that a figure is whole or not there."""
    undated = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        figure.savefig(temporary, dpi=160, metadata=undated.get(path.suffix.lower(), {}))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
