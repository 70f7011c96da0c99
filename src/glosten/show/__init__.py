"""Let people see: command line, tables, pages."""

from glosten.show._app import main
from glosten.show._output import console, emit_json, log

__all__ = ["console", "emit_json", "log", "main"]
