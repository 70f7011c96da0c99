"""Where output goes: results to stdout, everything about the work to stderr."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

PIPE_WIDTH = 100
"""Columns of output that goes to a file or a pipe."""


@cache
def console() -> Console:
    """Return the console for tables and reports: stdout."""
    return _console(is_log=False)


@cache
def log() -> Console:
    """Return the console for progress, warnings and remarks: stderr."""
    return _console(is_log=True)


def _console(*, is_log: bool) -> Console:
    from rich.console import Console  # noqa: PLC0415  # most of what --help would cost

    stream = sys.stderr if is_log else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else PIPE_WIDTH
    return Console(stderr=is_log, width=width, highlight=False)


def plain(value: Any) -> Any:
    """Return a value as JSON has it: arrays are lists, decimals are numbers, what is not finite is null."""
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(member) for member in value]
    return str(value) if isinstance(value, PurePath) else plain(value.tolist())


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def emit_json(value: Any) -> None:
    """Write one JSON document to stdout, a line for each top member: floats in full, arrays as lists."""
    document = plain(value)
    if isinstance(document, dict) and document:
        members = ",\n".join(f"  {_compact(key)}: {_compact(member)}" for key, member in document.items())
        text = f"{{\n{members}\n}}"
    elif isinstance(document, list) and document:
        members = ",\n".join(f"  {_compact(member)}" for member in document)
        text = f"[\n{members}\n]"
    else:
        text = _compact(document)
    sys.stdout.write(text + "\n")
