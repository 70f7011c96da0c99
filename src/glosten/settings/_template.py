"""What a configuration may hold, as a commented file to start from and as a JSON schema for editors."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from glosten.params import Parameter, expected, spell
from glosten.settings._tables import DECLARED, TABLES

WIDTH = 100
HEADER = """\
# A configuration of glosten with every key at its default; a key may be left out.
#   glosten config check FILE      looks for mistakes before anything runs
#   glosten params KEY             explains a key
# The later wins: default, this file, its table of the pair, environment, --set. In the environment a key is
# GLOSTEN_GM_ALPHA or GLOSTEN_RUNTIME_CYCLE_SECONDS, on the command line --set GM_ALPHA=0.2 or
# --set runtime.cycle_seconds=1.
"""
FOOTER = """
# What holds for one pair only stands in a table of its name; instrument.symbol chooses among several.
# [pairs."BTC/USDT"]
# GM_ALPHA = 0.2
# instrument.tick = 0.01
"""


def _comment(text: str) -> Iterator[str]:
    for line in textwrap.wrap(text, WIDTH - 2):
        yield f"# {line}"


def _lines(parameter: Parameter) -> Iterator[str]:
    """Yield the lines of one key: help, what it may be, and the key at its default."""
    yield ""
    yield from _comment(parameter.help)
    default = "empty" if parameter.default in (None, "") else spell(parameter.default)
    yield from _comment(f"{expected(parameter)}; default {default}".removeprefix("a "))
    blank = parameter.default is None
    yield f"# {parameter.name} =" if blank else f"{parameter.name} = {spell(parameter.default)}"


def template() -> str:
    """Return a TOML file with every key at its default, its help, its range and its unit; `load` reads it back."""
    lines = [HEADER]
    for table in TABLES:
        lines.append(f"\n[{table}]")
        members = [parameter for parameter in DECLARED if parameter.table == table]
        for group, parameters in groupby(members, key=lambda parameter: parameter.group):
            if table == "strategy":
                lines += ["", f"# ---- {group} ".ljust(WIDTH, "-")]
            for parameter in parameters:
                lines += _lines(parameter)
    return "\n".join(lines) + "\n" + FOOTER


def _property(parameter: Parameter) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": f"{parameter.help} Unit: {parameter.unit}." if parameter.unit else parameter.help
    }
    if parameter.choices is not None:
        described["enum"] = list(parameter.choices)
    else:
        described["type"] = parameter.type
    bounds = {"minimum": parameter.minimum, "maximum": parameter.maximum}
    described |= {word: bound for word, bound in bounds.items() if bound is not None}
    if parameter.default is not None:
        described["default"] = parameter.default
    return described


def schema() -> dict[str, Any]:
    """Return the JSON schema of a configuration, which editors use to complete and check TOML and JSON files."""
    tables: dict[str, Any] = {
        table: {
            "type": "object",
            "additionalProperties": False,
            "properties": {parameter.name: _property(parameter) for parameter in DECLARED if parameter.table == table},
        }
        for table in TABLES
    }
    everywhere = {**tables["strategy"]["properties"], **{table: {"$ref": f"#/$defs/{table}"} for table in TABLES}}
    pair = {"type": "object", "additionalProperties": False, "properties": everywhere}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A configuration of glosten",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "$schema": {"type": "string"},
            **everywhere,
            "pairs": {"type": "object", "additionalProperties": {"$ref": "#/$defs/pair"}},
        },
        "$defs": {**tables, "pair": pair},
    }
