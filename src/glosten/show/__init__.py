"""Let people see: command line, tables, pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glosten.show._app import main
from glosten.show._output import console, emit_json, log

if TYPE_CHECKING:
    from glosten.show._report import report

__all__ = ["console", "emit_json", "log", "main", "report"]


def __getattr__(name: str) -> Any:
    """Import the page when it is first asked for: it needs the compiler and plotly, which help must not wait for."""
    if name == "report":
        from glosten.show._report import report  # noqa: PLC0415

        return report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
