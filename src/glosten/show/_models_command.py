"""``glosten models``: which models can be quoted and simulated, and which parameters each takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from glosten.show._output import console, emit_json

if TYPE_CHECKING:
    from glosten.run import ModelKind


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("models")(models)


def models(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Explain this one, as in das.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the models that quote and simulate know by name, or explain one."""
    from glosten.run import MODELS, model_kind  # noqa: PLC0415

    kinds = list(MODELS.values()) if name is None else [model_kind(name)]
    if as_json:
        emit_json([_members(kind) for kind in kinds])
    elif name is None:
        _list(kinds)
    else:
        _explain(kinds[0])


def _members(kind: ModelKind) -> dict[str, Any]:
    parameters = [
        {"name": one.name, "type": one.must_be, "required": one.required, "default": one.default}
        for one in kind.parameters
    ]
    return {"name": kind.name, "question": kind.question, "parameters": parameters}


def _list(kinds: list[ModelKind]) -> None:
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="dim")
    for header in ("model", "question", "parameters it needs"):
        table.add_column(header, no_wrap=header == "model")
    for kind in kinds:
        needed = ", ".join(one.name for one in kind.parameters if one.required)
        table.add_row(kind.name, kind.question, needed)
    screen = console()
    screen.print(table)
    screen.print(
        "`glosten models NAME` shows the rest; `glosten simulate --model NAME --set PARAMETER=VALUE` runs one."
    )


def _explain(kind: ModelKind) -> None:
    from rich.table import Table  # noqa: PLC0415

    screen = console()
    screen.print(f"[bold]{kind.name}[/bold]  {kind.question}")
    table = Table(box=None, pad_edge=False, header_style="dim")
    for header in ("parameter", "must be", "default"):
        table.add_column(header, no_wrap=header == "parameter")
    for one in kind.parameters:
        table.add_row(one.name, one.must_be, "required" if one.required else _shown(one.default))
    screen.print(table)
    screen.print(" ".join((kind.made.__doc__ or "").split()), markup=False)


def _shown(default: Any) -> str:
    if default is None or default == {}:
        return "-"
    return str(default).lower() if isinstance(default, bool) else str(default)
