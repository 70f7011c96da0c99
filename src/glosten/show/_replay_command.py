"""``glosten replay``: the decisions of a trace made again, and compared with what the trace says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glosten.show._output import console, emit_json
from glosten.show._progress import Waiting


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(replay)


def replay(
    trace: Annotated[Path, typer.Argument(metavar="TRACE", help="A .jsonl file of a trace, or a folder of them.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make every decision of a trace again, offline: exit code 1 if one comes out otherwise."""
    with Waiting("Replaying"):
        from glosten.run import replay as run_replay  # noqa: PLC0415

        found = run_replay(trace)
    if as_json:
        emit_json(
            {
                "cycles": found.cycles,
                "mismatches": found.mismatches,
                "events": found.events,
                "gaps": found.gaps,
                "files": found.files,
                "problems": found.problems,
            }
        )
    else:
        files = "1 file" if len(found.files) == 1 else f"{len(found.files)} files"
        gaps = f", {found.gaps} gaps in the trace" if found.gaps else ""
        verdict = "every one came out the same, bit by bit" if not found.mismatches else f"{found.mismatches:,} differ"
        console().print(
            f"{found.cycles:,} decisions of {files} made again from {found.events:,} events{gaps}: {verdict}."
        )
        for problem in found.problems:
            console().print(f"  {problem}", markup=False)
    if found.mismatches:
        raise typer.Exit(1)
