"""Reading a configuration file: its text, its tables, and on which line a key stands."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from glosten.errors import SettingsError

JSON_SUFFIXES = (".json", ".js")
Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A file as nested tables; ``line_of`` finds the line of a key from the tables that lead to it, 0 if unknown."""

    path: Path
    tables: Mapping[str, Any]
    line_of: Callable[[Keys], int]
    is_json: bool


def read_document(path: Path) -> Document:
    """Read a TOML or JSON file.

    Raises `SettingsError` for a file that is missing, a directory, empty, not UTF-8 text or not well-formed.
    """
    text = _text(path)
    try:
        if path.suffix.lower() in JSON_SUFFIXES:
            return Document(path, _json(path, text), _json_lines(text), is_json=True)
        return Document(path, tomllib.loads(text, parse_float=Decimal), _toml_lines(text), is_json=False)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {_twice(text) or _reason(str(error))}.") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise SettingsError(f"{path} is not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}, {place}.") from None
    except SettingsError:
        raise
    except (ArithmeticError, RecursionError, ValueError):
        raise SettingsError(f"{path} is no configuration: tables nested too deep, or a number too long.") from None


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist. `glosten config template` prints one to start from.") from None
    except IsADirectoryError:
        raise SettingsError(f"{path} is a directory, not a configuration file.") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 text: byte {error.start} cannot be read.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror or error}.") from None
    if not text.strip():
        raise SettingsError(f"{path} is empty. `glosten config template` prints one to start from.")
    return text


def _reason(message: str) -> str:
    """Return tomllib's message in the middle of a sentence, its place in words."""
    message = re.sub(r" \(at (.*)\)$", r", \1", message)
    return message[:1].lower() + message[1:]


def _json(path: Path, text: str) -> Mapping[str, Any]:
    def once(members: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(members)
        if len(table) < len(members):
            names = [name for name, _ in members]
            twice = next(name for name in names if names.count(name) > 1)
            raise SettingsError(f"{path} is ambiguous: {twice} stands twice in one object.")
        return table

    tables = json.loads(text, parse_float=Decimal, object_pairs_hook=once)
    if not isinstance(tables, dict):
        raise SettingsError(f"{path} is no configuration: its JSON must be an object, {{ }}.")
    return tables


def _json_lines(text: str) -> Callable[[Keys], int]:
    def line_of(keys: Keys) -> int:
        found = list(re.finditer(rf'"{re.escape(keys[-1])}"\s*:', text))
        return text.count("\n", 0, found[0].start()) + 1 if len(found) == 1 else 0

    return line_of


def _path(text: str) -> Keys:
    """Return the names that one TOML header or key leads through, () where it is neither."""
    try:
        table: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return ()
    keys: list[str] = []
    while isinstance(table, dict) and table:
        keys.append(next(iter(table)))
        table = table[keys[-1]]
    return tuple(keys)


def _toml_keys(text: str) -> Iterator[tuple[Keys, int, bool]]:
    """Yield every key and header of a TOML text with the tables that lead to it, its line, and whether it is a header.

    Lines inside a text of several lines may be taken for keys: good enough to say where something stands.
    """
    header: Keys = ()
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            header = _path(stripped)
            yield header, number, True
        elif "=" in stripped and not stripped.startswith("#"):
            key = _path(stripped.split("=", 1)[0] + "= 0")
            if key:
                yield header + key, number, False


def _twice(text: str) -> str:
    """Return which key or table stands twice in a TOML text and where, "" if none does."""
    seen: dict[Keys, int] = {}
    for keys, line, is_header in _toml_keys(text):
        if keys in seen and keys:
            name = f"the table [{'.'.join(keys)}]" if is_header else keys[-1]
            return f"{name} stands twice, on lines {seen[keys]} and {line}"
        seen[keys] = line
    return ""


def _toml_lines(text: str) -> Callable[[Keys], int]:
    lines: dict[Keys, int] = {}
    for keys, line, _ in _toml_keys(text):
        lines.setdefault(keys, line)
    return lambda keys: lines.get(keys, 0)
