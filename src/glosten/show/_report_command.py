"""``glosten report``: the page of a run, written again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glosten.show._output import emit_json
from glosten.show._run_folder import PAGE, findings_of, read_folder


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(report)


def report(
    folder: Annotated[Path, typer.Argument(metavar="RUN_DIR", help="What `glosten backtest --out` wrote.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write the page of a run again from its figures and series."""
    from glosten.show import _report  # noqa: PLC0415
    from glosten.show._summary import print_address  # noqa: PLC0415

    run, model = read_folder(folder)
    page = _report.report(run, folder / PAGE, findings_of(run), model)
    if as_json:
        emit_json({"report": page, "title": run.title, "config_hash": run.config_hash})
    else:
        print_address(page)
