"""``glosten params``: what can be set, and what each setting does."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from glosten.errors import ParameterError
from glosten.show._output import console, emit_json

if TYPE_CHECKING:
    from rich.table import Table

    from glosten.params import Parameter

WIDE = 130
"""Columns from which the list has room for what each parameter does."""
NOT_YET = "not acted on yet, only the default is accepted"


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("params")(params)


def params(
    key: Annotated[str | None, typer.Argument(metavar="KEY", help="Explain this one, as in GM_ALPHA.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print the page docs/parameters.md.")] = False,
) -> None:
    """List every parameter with its default, range and unit, or explain one."""
    from glosten.params import PARAMETERS  # noqa: PLC0415

    chosen = PARAMETERS if key is None else (_find(key),)
    if as_json:
        emit_json([_members(parameter) for parameter in chosen])
    elif as_markdown:
        sys.stdout.write(_markdown(chosen))
    elif key is None:
        _list(chosen)
    else:
        _explain(chosen[0])


def _find(key: str) -> Parameter:
    """Return the parameter of this key, letter case and the name of its table aside."""
    from glosten.params import unknown  # noqa: PLC0415
    from glosten.settings import DECLARED  # noqa: PLC0415

    for parameter in DECLARED:
        if key.casefold() in (parameter.key.casefold(), parameter.name.casefold()):
            return parameter
    raise ParameterError(unknown(key, (parameter.key for parameter in DECLARED)))


def _members(parameter: Parameter) -> dict[str, Any]:
    return {
        "key": parameter.key,
        "group": parameter.group,
        "type": parameter.type,
        "default": parameter.default,
        "min": parameter.minimum,
        "max": parameter.maximum,
        "choices": parameter.choices,
        "unit": parameter.unit,
        "live": parameter.live,
        "help": parameter.help,
        "acts_on": parameter.acts_on,
        "acted_on": parameter.acted_on,
        "source": parameter.source,
        "formula": parameter.formula,
        "example": parameter.example,
    }


def _range(parameter: Parameter) -> str:
    """Return what is allowed, in a few characters: "0.02 .. 0.4", "SILENT NORMAL DEBUG"."""
    from glosten.params import short  # noqa: PLC0415

    if parameter.choices is not None:
        return " ".join(str(choice) for choice in parameter.choices)
    if parameter.type == "boolean":
        return "true false"
    if parameter.minimum is None or parameter.maximum is None:
        return "text"
    return f"{short(parameter.minimum)} .. {short(parameter.maximum)}"


def _default(parameter: Parameter) -> str:
    from glosten.params import spell  # noqa: PLC0415

    return "-" if parameter.default is None else spell(parameter.default).strip('"')


def _first_sentence(text: str) -> str:
    return text.split(". ", maxsplit=1)[0].split(": ", maxsplit=1)[0].rstrip(".") + "."


def _list(parameters: Sequence[Parameter]) -> None:
    from rich.table import Table  # noqa: PLC0415

    screen = console()
    wide = screen.width >= WIDE
    screen.print(_titled(Table(show_header=True), "key", "default", "range", "unit", "what it is" if wide else ""))
    for group, members in groupby(parameters, key=lambda parameter: parameter.group):
        screen.print(f"\n[bold]{group}[/bold]")
        table = _titled(Table(show_header=False), "", "", "", "", "")
        for parameter in members:
            name = parameter.key if parameter.acted_on else f"{parameter.key} ·"
            help_text = _first_sentence(parameter.help) if wide else ""
            table.add_row(name, _default(parameter), _range(parameter), parameter.unit, help_text)
        screen.print(table)
    screen.print(f"\n· {NOT_YET}. `glosten params KEY` explains one key.")


def _titled(table: Table, *titles: str) -> Table:
    """Return the table with the columns of the list; the last is as wide as the screen lets it."""
    table.box, table.pad_edge = None, False
    widths: tuple[tuple[int | None, Literal["left", "right"]], ...] = (
        (29, "left"),
        (8, "right"),
        (16, "left"),
        (20, "left"),
        (None, "left"),
    )
    for title, (width, justify) in zip(titles, widths, strict=True):
        table.add_column(title, width=width, justify=justify, no_wrap=width == 29)
    return table


def _facts(parameter: Parameter) -> Iterator[tuple[str, str]]:
    """Yield what there is to say of a parameter beside its help, as label and text."""
    from glosten.params import expected  # noqa: PLC0415

    value = _default(parameter) if parameter.default is not None else "VALUE"
    quoted = f'"{value}"' if isinstance(parameter.default, str) else value
    variable = "GLOSTEN_" + parameter.key.replace(".", "_").upper()
    yield "must be", expected(parameter)
    yield "default", _default(parameter) if parameter.default is not None else "none"
    if parameter.formula:
        yield "formula", parameter.formula
        yield "for example", parameter.example
    yield "acts on", parameter.acts_on
    yield "live", "may change while the maker runs" if parameter.live else "takes effect at the next start"
    if not parameter.acted_on:
        yield "status", NOT_YET
    yield "in a file", f"[{parameter.table}]\n{parameter.name} = {quoted}"
    yield "elsewhere", f"--set {parameter.key}={value}\n{variable}={value}"
    yield "specified in", parameter.source


def _explain(parameter: Parameter) -> None:
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    screen = console()
    screen.print(f"[bold]{parameter.key}[/bold]  {parameter.group}\n\n{escape(parameter.help)}\n")
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for label, text in _facts(parameter):
        table.add_row(label, escape(text))
    screen.print(table)


def _markdown(parameters: Sequence[Parameter]) -> str:
    """Return the page of all parameters: two tables a group, of values and of formulas."""
    lines = [
        "# Parameters",
        "",
        "Generated by `glosten params --markdown`; change the declarations in `src/glosten/params`, not this page.",
        "",
        "Every key of the strategy and of `runtime`, with its default, the range it must lie in (bounds included), its",
        f"unit and what it acts on. A key marked · is {NOT_YET}.",
        "Steps are those of one decision: 4 capital, 5 gate, 6 fills and belief, 7 and 8 anchor, 9 breakers, 10 and 11",
        "first start, 12 size, 13 price, 14 skew, 15 limits, 16 ladder, 17 rounding, 18 resting orders, 19 sells,",
        "20 exits, 21 sending, 22 records.",
        "",
        "Letters in formulas: W wallet, A allocation, inv inventory at the mid, x = inv / A, c average cost of a coin",
        "with entry fees, BE_m and BE_t break-evens of maker and taker exits, EQ equity, pi belief, E expected value.",
    ]
    for group, kin in groupby(parameters, key=lambda parameter: parameter.group):
        members = list(kin)
        lines += ["", f"## {group}", ""]
        lines += _markdown_table("key | default | range | unit | what it does | acts on", map(_value_cells, members))
        lines += ["", *_markdown_table("key | formula | for example", map(_formula_cells, members))]
    return "\n".join(lines) + "\n"


def _markdown_table(head: str, rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {head} |"
    yield "|---" * (head.count("|") + 1) + "|"
    for cells in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _value_cells(parameter: Parameter) -> tuple[str, ...]:
    mark = "" if parameter.acted_on else " ·"
    shown = (_default(parameter), _range(parameter), parameter.unit, parameter.help, parameter.acts_on)
    return (f"`{parameter.key}`{mark}", *shown)


def _formula_cells(parameter: Parameter) -> tuple[str, ...]:
    return f"`{parameter.key}`", parameter.formula, parameter.example
