"""``glosten experiment``: run a grid of a model from a file, and set what was found beside what was published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glosten.errors import SettingsError
from glosten.show._figure import check_figure, draw_points, draw_surface, is_surface
from glosten.show._output import console, emit_json
from glosten.show._progress import Waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from glosten.run import Experiment, Published

File = Annotated[Path, typer.Argument(metavar="FILE", help="An experiment, a TOML file as in experiments/.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Folder of results; by default experiment-NAME.")
]
Figure = Annotated[
    Path | None, typer.Option("--figure", metavar="PATH", help="Draw the figures into a .svg, .pdf or .png file.")
]
Surface = Annotated[
    bool,
    typer.Option(
        "--surface", help="Draw heatmaps over the two varied parameters; by itself where each has 5 values or more."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


WIDEST_VALUE, WIDEST_FIGURE = 9, 24
"""Columns that a varied value and a figure with its error need at most."""
DRAWN = {
    "mc": "± is one standard error over the replications.",
    "backtest": (
        "± is one standard error: on a tape over 24 blocks of its time (the markout's over customer orders), on "
        "simulated days over the days. Profit in bps of the base capital."
    ),
}
"""Measures whose figures have an error, and what it is."""


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    experiment = typer.Typer(help="Run a grid of a model from a file, and compare it with what was published.")
    experiment.command("run")(run)
    experiment.command("show")(show)
    app.add_typer(experiment, name="experiment")


def run(file: File, out: Out = None, figure: Figure = None, surface: Surface = False, as_json: Json = False) -> None:
    """Run the points of an experiment that are not finished yet, and show all of them."""
    _check_figure(figure, surface=surface)
    with Waiting("Compiling (the first time only)") as waiting:
        from glosten.run import read_experiment, run_experiment  # noqa: PLC0415

        experiment = read_experiment(file)
        _check_surface(experiment, surface=surface)
        waiting.say(f"Running {experiment.name}")
        rows = run_experiment(experiment, _folder(experiment, out), waiting.advance).to_dicts()
    _draw(experiment, rows, figure, surface=surface)
    _deliver(experiment, rows, _folder(experiment, out), as_json=as_json)


def show(file: File, out: Out = None, figure: Figure = None, surface: Surface = False, as_json: Json = False) -> None:
    """Show the finished points of an experiment without running any."""
    _check_figure(figure, surface=surface)
    from glosten.run import read_experiment, results_of  # noqa: PLC0415

    experiment = read_experiment(file)
    _check_surface(experiment, surface=surface)
    folder = _folder(experiment, out)
    rows = results_of(experiment, folder).to_dicts()
    _draw(experiment, rows, figure, surface=surface)
    _deliver(experiment, rows, folder, as_json=as_json)


def _folder(experiment: Experiment, out: Path | None) -> Path:
    return Path(f"experiment-{experiment.name}") if out is None else out


def _deliver(experiment: Experiment, rows: list[dict[str, Any]], folder: Path, *, as_json: bool) -> None:
    if as_json:
        emit_json(
            {
                "name": experiment.name,
                "title": experiment.title,
                "model": experiment.model,
                "periods": experiment.periods,
                "replications": experiment.replications,
                "seed": experiment.seed,
                "points": len(experiment.points),
                "finished": len(rows),
                "skipped": list(experiment.missing),
                "rows": [row | {"published": [_judged(one, row) for one in _of(experiment, row)]} for row in rows],
                "out": folder.resolve(),
            }
        )
    else:
        _print(experiment, rows, folder)


def _check_figure(figure: Path | None, *, surface: bool) -> None:
    if figure is not None:
        check_figure(figure)
    elif surface:
        raise SettingsError("--surface is about a figure; name its file with --figure.")


def _check_surface(experiment: Experiment, *, surface: bool) -> None:
    """Refuse heatmaps, before anything is run, of points that span no surface; raises `SettingsError`."""
    if surface and not is_surface(experiment.points, experiment.varied, fewest=2):
        raise SettingsError(
            f"--surface needs two varied parameters with numbers; {experiment.name} varies "
            f"{', '.join(experiment.varied) or 'nothing'}."
        )


def _draw(experiment: Experiment, rows: list[dict[str, Any]], figure: Path | None, *, surface: bool) -> None:
    """Draw the figures that the terminal shows, where a file was asked for and there is something to draw."""
    if figure is None or not rows:
        return
    if surface or is_surface(rows, experiment.varied):
        draw_surface(rows, experiment.varied, _shown(experiment, rows), figure)
    elif experiment.varied:
        draw_points(rows, experiment.varied, _shown(experiment, rows), figure)


def _shown(experiment: Experiment, rows: list[dict[str, Any]]) -> list[str]:
    """Return the figures to show: those the file names, else those something was published of, else all."""
    figures = [name.removesuffix("_se") for name in (rows[0] if rows else {}) if name.endswith("_se")]
    told = {one.figure for one in experiment.published}
    return list(experiment.shown) or [figure for figure in figures if figure in told] or figures


def _of(experiment: Experiment, row: dict[str, Any]) -> list[Published]:
    """Return what was published of a point."""
    return [one for one in experiment.published if all(row[name] == value for name, value in one.at.items())]


def _judged(one: Published, row: dict[str, Any]) -> dict[str, Any]:
    """Return a published value with how many standard errors of ours it lies away."""
    error = row[f"{one.figure}_se"]
    away = (row[one.figure] - one.value) / error if error and error > 0 else None
    return {
        "figure": one.figure,
        "value": one.value,
        "standard_errors_away": away,
        "replicates": one.replicates,
        "source": one.source,
    }


def _print(experiment: Experiment, rows: list[dict[str, Any]], folder: Path) -> None:
    from rich.markup import escape  # noqa: PLC0415

    screen = console()
    drawn = f"{experiment.replications:,} replications of {experiment.periods:,} periods a point"
    sizes = {
        "mc": f"{drawn}, seed {experiment.seed}",
        "exact": f"the exact law of {experiment.periods:,} periods at every point",
        "quotes": "the quotes before the first order at every point",
        "backtest": f"{len(experiment.tapes)} markets, {experiment.replications:,} simulated days",
    }[experiment.measure]
    screen.print(f"[bold]{escape(experiment.title)}[/bold]")
    screen.print(escape(f"Model {experiment.model}; {sizes}; {len(rows)} of {len(experiment.points)} points finished."))
    shown = _shown(experiment, rows)
    room = max(1, (screen.width - sum(max(len(name), WIDEST_VALUE) + 1 for name in experiment.varied)) // WIDEST_FIGURE)
    for first in range(0, len(shown) if rows else 0, room):
        screen.print(_table(experiment, rows, shown[first : first + room]))
    if rows and experiment.measure in DRAWN:
        screen.print(DRAWN[experiment.measure], highlight=False)
    for sentence in experiment.missing:
        screen.print(sentence, style="yellow", markup=False)
    for source in dict.fromkeys(one.source for one in experiment.published):
        screen.print(f"Published: {source}", markup=False)
    if any(not one.replicates for one in experiment.published):
        screen.print("* does not replicate: shown for the record, not expected to agree.")
    screen.print(f"Results: {folder.resolve()}", markup=False, soft_wrap=True)


def _table(experiment: Experiment, rows: list[dict[str, Any]], shown: Sequence[str]) -> Table:
    """Return a table of the points with as many figures as there is room for."""
    from rich.table import Table  # noqa: PLC0415

    told = {one.figure for one in experiment.published}
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in experiment.varied:
        table.add_column(name, justify="right", no_wrap=True)
    for figure in shown:
        drawn = " ± se" if experiment.measure in DRAWN else ""
        table.add_column(f"{figure}{drawn}", justify="right", no_wrap=True)
        if figure in told:
            table.add_column("published", justify="right", no_wrap=True)
    for row in rows:
        cells = [_short(row[name]) for name in experiment.varied]
        for figure in shown:
            cells.append(_cell(row[figure], row[f"{figure}_se"], experiment.measure))
            if figure in told:
                cells.append(", ".join(_spelled(one) for one in _of(experiment, row) if one.figure == figure) or "-")
        table.add_row(*cells)
    return table


def _spelled(one: Published) -> str:
    return f"{one.value:g}{'' if one.replicates else ' *'}"


def _cell(mean: float, error: float, measure: str) -> str:
    if mean != mean:  # noqa: PLR0124  # NaN: no quote on that side
        return "-"
    if measure == "backtest":
        return f"{mean:.2f} ± {_error(error, 2)}"
    return f"{mean:.4f} ± {_error(error)}" if measure == "mc" else f"{mean:.6g}"


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value).lower()


def _error(value: float | None, decimals: int = 4) -> str:
    return "unknown" if value is None or value != value else f"{value:.{decimals}f}"  # noqa: PLR0124  # NaN: one replication
