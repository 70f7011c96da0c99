"""Writing a one-shot switch back to false: the only thing the machine ever writes into a configuration (ruling R14)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from glosten.errors import SettingsError
from glosten.settings._document import JSON_SUFFIXES, Keys
from glosten.settings._load import Settings
from glosten.settings._writing import write_file

ONE_SHOTS = ("RESET_STATS_ONCE", "RESET_BREAKER_ONCE")
"""The keys that fire once, in the order in which they fire."""
MARK = "\ufeff"
SPACE = re.compile(r"\s*")


def clear_one_shots(pairs: Iterable[Settings]) -> tuple[str, ...]:
    """Write every one-shot switch that is true back to false where it stands; return a sentence for each that cannot.

    ``pairs`` are the settings of all pairs of the process whose switch has fired: one that stands in a common table
    is cleared once for all of them. Comments, order and everything else of the file stay as they are, byte for byte.
    What the environment or the command line gave cannot be written; it has fired all the same and does not again
    before it was false.
    """
    problems: dict[str, None] = {}
    files: dict[Path, dict[Keys, None]] = {}
    for settings in pairs:
        for key in ONE_SHOTS:
            if not getattr(settings.strategy, key):
                continue
            origin = settings.provenance[key]
            if settings.path is None or not origin.keys:
                problems[f"{key} comes from {origin.where}, which cannot be written back: make it false there."] = None
            else:
                files.setdefault(settings.path, {})[origin.keys] = None
    for path, places in files.items():
        try:
            _write_false(path, tuple(places))
        except SettingsError as error:
            problems.update(dict.fromkeys(error.problems))
    return tuple(problems)


def _write_false(path: Path, places: Sequence[Keys]) -> None:
    """Make the values at these places of a file false; all of them or, on a failure, none."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read again to write a switch back: {error}.") from None
    body = text.removeprefix(MARK)
    edit = _json_with if path.suffix.lower() in JSON_SUFFIXES else _toml_with
    fresh = edit(path, body, places)
    if fresh != body:
        write_file(path, text[: len(text) - len(body)] + fresh, replace=True)


def _gone(path: Path, keys: Keys) -> SettingsError:
    return SettingsError(f"{path} no longer has {'.'.join(keys)}, so it was not written back to false.")


def _toml_with(path: Path, text: str, places: Sequence[Keys]) -> str:
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise SettingsError(f"{path} is not valid TOML any more, so nothing was written back: {error}.") from None
    for keys in places:
        table: Any = document
        for key in keys[:-1]:
            table = table.get(key) if isinstance(table, dict) else None
        if not isinstance(table, dict) or keys[-1] not in table:
            raise _gone(path, keys)
        if table[keys[-1]] is not False:
            table[keys[-1]] = False
    return tomlkit.dumps(document)


def _json_with(path: Path, text: str, places: Sequence[Keys]) -> str:
    for keys in places:
        try:
            span = _span(text, keys)
        except (ValueError, IndexError):
            raise SettingsError(f"{path} is not valid JSON any more, so nothing was written back.") from None
        if span is None:
            raise _gone(path, keys)
        text = f"{text[: span[0]]}false{text[span[1] :]}"
    return text


def _span(text: str, keys: Keys, at: int = 0) -> tuple[int, int] | None:
    """Return where the value that the keys lead to begins and ends in a JSON text, None where there is none."""
    decode = json.JSONDecoder().raw_decode
    at = _after_space(text, at)
    if text[at] != "{":
        return None
    at = _after_space(text, at + 1)
    while text[at] != "}":
        name, at = decode(text, at)
        at = _after_space(text, _after_space(text, at) + 1)
        if name == keys[0] and len(keys) > 1:
            return _span(text, keys[1:], at)
        _, end = decode(text, at)
        if name == keys[0]:
            return at, end
        at = _after_space(text, end)
        at = _after_space(text, at + 1) if text[at] == "," else at
    return None


def _after_space(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at
