"""``glosten report``: the page of a run, written again; several runs on one page; figures for a paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glosten.errors import SettingsError, TapeError
from glosten.show._figure import check_figure
from glosten.show._output import emit_json
from glosten.show._run_folder import PAGE, findings_of, read_folder, read_measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glosten.run import Run

COMPARISON = Path("comparison.html")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(report)


def report(
    folders: Annotated[list[Path], typer.Argument(metavar="RUN_DIR...", help="What `glosten backtest --out` wrote.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help=f"The page; by default the run's own, or {COMPARISON} for several."),
    ] = None,
    figure: Annotated[
        Path | None, typer.Option("--figure", metavar="PATH", help="Draw a figure into a .svg, .pdf or .png file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write the page of a run again from its figures and series, or one page that compares several runs."""
    from glosten.show._summary import print_address  # noqa: PLC0415

    if figure is not None:
        check_figure(figure)
        if len(folders) > 1:
            raise SettingsError("--figure draws one run; give one folder.")
    if out is not None and out.is_dir():
        raise SettingsError(f"{out} is a folder; --out names the file of the page.")
    page, facts = _one(folders[0], out, figure) if len(folders) == 1 else _several(folders, out or COMPARISON)
    if as_json:
        emit_json({"report": page} | facts)
    else:
        print_address(page)


def _one(folder: Path, out: Path | None, figure: Path | None) -> tuple[Path, dict[str, Any]]:
    from glosten.show import _report  # noqa: PLC0415
    from glosten.show._report_lives import traced_lives  # noqa: PLC0415

    run, model = read_folder(folder)
    page = _report.report(
        run, out or folder / PAGE, findings_of(run), model, _measured(run, folder), traced_lives(folder)
    )
    facts: dict[str, Any] = {"title": run.title, "config_hash": run.config_hash}
    if figure is not None:
        from glosten.show._figure_run import draw_run  # noqa: PLC0415

        draw_run(run, figure)
        facts["figure"] = figure.resolve()
    return page, facts


def _several(folders: Sequence[Path], out: Path) -> tuple[Path, dict[str, Any]]:
    from glosten.show import _report_compare  # noqa: PLC0415

    compared = []
    for name, folder in zip(names_of(folders), folders, strict=True):
        run, _ = read_folder(folder)
        compared.append(_report_compare.Compared(name, run, _measured(run, folder)))
    page = _report_compare.compare(compared, out)
    return page, {"runs": {one.name: one.run.summary() for one in compared}}


def names_of(folders: Sequence[Path]) -> list[str]:
    """Return the shortest ends of the folders' paths that tell them apart; a folder given twice is numbered."""
    parts = [folder.resolve().parts for folder in folders]
    length = 1
    longest = max(len(part) for part in parts)
    while length < longest and len({part[-length:] for part in parts}) < len(set(parts)):
        length += 1
    names = ["/".join(part[-length:]) for part in parts]
    return [
        name if names.count(name) == 1 else f"{name} ({names[: number + 1].count(name)})"
        for number, name in enumerate(names)
    ]


def _measured(run: Run, folder: Path) -> dict[str, Any] | None:
    """Return what was measured of the run when it was made, or what its tape tells where that is still there."""
    kept = read_measured(folder)
    if kept is not None:
        return kept
    from glosten.run import tape_of  # noqa: PLC0415
    from glosten.show._report_alpha import measured_of  # noqa: PLC0415

    try:
        tape = tape_of(run)
    except TapeError:
        tape = None
    return measured_of(run, tape)
