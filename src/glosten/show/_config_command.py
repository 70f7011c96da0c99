"""``glosten config``: check, show and write configurations."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glosten.errors import InputError, ParameterError
from glosten.show._output import console, emit_json, log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glosten.settings import Finding, Settings

File = Annotated[Path, typer.Argument(metavar="FILE", help="A configuration, TOML or Gunbot-style JSON.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Pair = Annotated[str | None, typer.Option("--pair", help="The pair whose table holds, as in BTC/USDT.")]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a key, as in GM_ALPHA=0.2.")
]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write to this file instead of the terminal.")]

UNUSABLE = "E00"
"""The code of a file or a value that cannot be used at all, beside the codes of the lint."""
LEFT_OUT = "W00"
"""The code of what an import leaves out."""


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    config = typer.Typer(help="Check, show and write configurations.")
    for command in (check, show, template, schema):
        config.command()(command)
    config.command("import-gunbot")(import_gunbot)
    app.add_typer(config, name="config")


def check(file: File, pair: Pair = None, overrides: Overrides = None, as_json: Json = False) -> None:
    """Look for mistakes in a configuration, in every pair of it: exit code 2 if there is one."""
    errors, findings, loaded = _checked(file, pair, overrides or ())
    remarks = [finding for finding in findings if finding["level"] != "error"]
    errors += [finding for finding in findings if finding["level"] == "error"]
    if as_json:
        emit_json({"errors": errors, "warnings": remarks})
        if errors:
            raise typer.Exit(InputError.exit_code)
        return
    _print_remarks(file, remarks, failed=bool(errors))
    if errors:
        raise ParameterError(
            error["message"] if error["code"] == UNUSABLE else f"{error['code']}: {error['message']}"
            for error in errors
        )
    for settings in loaded:
        if not settings.strategy.ALLOC_CONFIRMED:
            name = f"{settings.instrument.symbol}: " if settings.instrument.symbol else ""
            console().print(f"{name}ALLOC_CONFIRMED is false, so nothing will be bought.", markup=False)


def _checked(
    file: Path, pair: str | None, overrides: Sequence[str]
) -> tuple[list[dict[str, str]], list[dict[str, str]], list[Settings]]:
    """Return the errors of a file, the findings of its lint, and the settings of each pair that has no error."""
    from glosten.settings import lint, lint_pairs, load, pairs_in  # noqa: PLC0415

    errors: list[dict[str, str]] = []
    findings: list[dict[str, str]] = []
    loaded: list[Settings] = []
    try:
        pairs: tuple[str | None, ...] = (pair,) if pair else pairs_in(file) or (None,)
    except InputError as error:
        return [{"code": UNUSABLE, "message": problem} for problem in error.problems], [], []
    for name in pairs:
        try:
            settings = load(file, pair=name, overrides=overrides)
        except InputError as error:
            known = {found["message"] for found in errors}
            errors += [{"code": UNUSABLE, "message": text} for text in error.problems if text not in known]
            continue
        loaded.append(settings)
        findings += [_named(finding, name if len(pairs) > 1 else None) for finding in lint(settings)]
    findings += [_named(finding, None) for finding in lint_pairs(loaded)]
    return errors, findings, loaded


def _named(finding: Finding, pair: str | None) -> dict[str, str]:
    message = f"{pair}: {finding.message}" if pair else finding.message
    return {"code": finding.code, "level": finding.level, "message": message}


def _print_remarks(file: Path, remarks: Sequence[dict[str, str]], *, failed: bool) -> None:
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    warnings = sum(remark["level"] == "warning" for remark in remarks)
    if not failed:
        counts = f"no errors, {_count(warnings, 'warning')}, {_count(len(remarks) - warnings, 'remark')}"
        console().print(f"{escape(str(file))}: {counts}")
    table = Table(box=None, show_header=False, pad_edge=False)
    for remark in sorted(remarks, key=lambda remark: remark["level"] != "warning"):
        style = "yellow" if remark["level"] == "warning" else "dim"
        table.add_row(f"  [{style}]{remark['code']}[/{style}]", escape(remark["message"]))
    if remarks:
        console().print(table)


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def show(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A configuration; without one, the defaults.")
    ] = None,
    effective: Annotated[bool, typer.Option("--effective", help="Show what holds under STRICT_LITERATURE.")] = False,
    pair: Pair = None,
    overrides: Overrides = None,
    as_json: Json = False,
) -> None:
    """Show the value of every key, and where it comes from."""
    from glosten.params import overlay  # noqa: PLC0415
    from glosten.settings import lint, load  # noqa: PLC0415

    settings = load(file, pair=pair, overrides=overrides or ())
    strict, overlaid = overlay(settings.strategy)
    values = settings.values() | (strict if effective else settings.strategy).model_dump()
    if as_json:
        emit_json(
            {
                "hash": settings.hash,
                "symbol": settings.instrument.symbol,
                "values": values,
                "origins": {key: origin.where for key, origin in settings.provenance.items()},
                "overlay": overlaid if effective else (),
                "errors": [finding for finding in lint(settings) if finding.level == "error"],
                "warnings": [finding for finding in lint(settings) if finding.level != "error"],
            }
        )
    else:
        _print_values(settings, values, overlaid if effective else ())


def _print_values(settings: Settings, values: dict[str, Any], overlaid: Sequence[str]) -> None:
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from glosten.params import spell  # noqa: PLC0415
    from glosten.settings import DECLARED  # noqa: PLC0415

    screen = console()
    for group, members in groupby(DECLARED, key=lambda parameter: parameter.group):
        table = Table(box=None, show_header=False, pad_edge=False)
        for width in (1, 29, 14):
            table.add_column(width=width, no_wrap=True)
        table.add_column(style="dim")
        for parameter in members:
            value, origin = values[parameter.key], settings.provenance[parameter.key]
            mark = "!" if parameter.key in overlaid else " " if value == parameter.default else "*"
            shown = "-" if value in (None, "") else spell(value)
            source = (
                "STRICT_LITERATURE" if parameter.key in overlaid else origin.where.removeprefix(f"{settings.path}, ")
            )
            table.add_row(mark, parameter.key, escape(shown), escape("" if source == "default" else source))
        screen.print(f"[bold]{group}[/bold]", table, "", sep="\n")
    screen.print("* not the default   ! set by STRICT_LITERATURE" if overlaid else "* not the default")
    screen.print(f"hash {settings.hash}")


def template(out: Out = None, as_json: Json = False) -> None:
    """Print a configuration with every key at its default, explained."""
    from glosten import settings  # noqa: PLC0415

    if as_json:
        emit_json({"toml": settings.template()})
    else:
        _deliver(settings.template(), out)


def schema(out: Out = None, as_json: Annotated[bool, typer.Option("--json", help="As without it.")] = False) -> None:
    """Print the JSON schema of a configuration, for editors."""
    import json  # noqa: PLC0415

    from glosten import settings  # noqa: PLC0415

    del as_json  # a schema is JSON
    _deliver(json.dumps(settings.schema(), indent=2, ensure_ascii=False) + "\n", out)


def import_gunbot(file: File, out: Out = None, as_json: Json = False) -> None:
    """Make a configuration from one of Gunbot; what is not known is left out with a warning."""
    from glosten import settings  # noqa: PLC0415

    text, warnings = settings.import_gunbot(file)
    if as_json:
        found = [{"code": LEFT_OUT, "level": "warning", "message": warning} for warning in warnings]
        emit_json({"toml": text, "errors": [], "warnings": found})
        return
    for warning in warnings:
        log().print(f"Warning: {warning}", markup=False, soft_wrap=True)
    _deliver(text, out)


def _deliver(text: str, out: Path | None) -> None:
    from glosten.settings import write_file  # noqa: PLC0415

    if out is None:
        sys.stdout.write(text)
    else:
        write_file(out, text)
        log().print(f"Wrote {out}", markup=False, soft_wrap=True)
