"""``glosten params``: what can be set, and what each setting does."""

from __future__ import annotations

from typing import Annotated

import typer

from glosten.show._output import emit_json


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("params")(params)


def params(
    key: Annotated[str | None, typer.Argument(help="Explain this parameter only.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List every parameter, or explain one."""
    from glosten.params import PARAMETERS  # noqa: PLC0415

    if as_json:
        emit_json([parameter for parameter in PARAMETERS if key in (None, parameter.key)])
