"""Taking over a Gunbot configuration: what is known goes into a TOML file, what is not is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from glosten.errors import SettingsError
from glosten.params import Strategy, describe_problems, spell
from glosten.settings._document import read_document
from glosten.settings._pairs import gunbot_members, is_gunbot
from glosten.settings._tables import KEYS

HEADER = """\
# Taken over from {source} by `glosten config import-gunbot`.
# Check it with `glosten config check` before anything trades on it.
"""


def import_gunbot(path: Path) -> tuple[str, tuple[str, ...]]:
    """Return a TOML configuration made of a Gunbot one, and a warning for every key left out.

    ``path`` is a Gunbot config (pairs, their strategies and overrides; of the rest nothing is read) or one flat JSON
    object of strategy keys. A value that would be refused is left as a comment beside its reason. Raises
    `SettingsError` for a file that cannot be read or holds neither.
    """
    document = read_document(path)
    if is_gunbot(document.tables):
        pairs = {
            pair: _merged(members for _, members in sources)
            for pair, sources in gunbot_members(document.tables).items()
        }
    elif KEYS.keys() & document.tables.keys():
        pairs = {"": dict(document.tables)}
    else:
        raise SettingsError(f"{path} is no Gunbot configuration: it has neither pairs with overrides nor known keys.")
    lines, warnings = [HEADER.format(source=path.name)], []
    for pair, members in pairs.items():
        lines.append(f"[pairs.{json.dumps(pair, ensure_ascii=False)}]" if pair else "[strategy]")
        kept, left_out = _lines(members)
        lines += [*kept, ""]
        warnings += [f"{pair or path.name}: {sentence}" for sentence in left_out]
    return "\n".join(lines), tuple(warnings)


def _merged(tables: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for table in tables:
        merged |= table
    return merged


def _lines(members: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the TOML lines of the keys that are known, and a sentence for what was left out."""
    known = {name: members[name] for name in Strategy.model_fields if name in members}
    foreign = sorted(name for name in members if name not in known)
    refused: dict[str, str] = {}
    try:
        Strategy.model_validate(known)
    except ValidationError as error:
        refused = dict(describe_problems(error))
    accepted = Strategy.model_validate({name: value for name, value in known.items() if name not in refused})
    lines = [
        f"# {name} = {spell(known[name])}  # {refused[name]}" if name in refused else _line(accepted, name)
        for name in known
    ]
    warnings = [f"left out: {sentence}" for sentence in refused.values()]
    if foreign:
        warnings.append(f"left out {len(foreign)} keys that are not parameters: {', '.join(foreign)}.")
    return lines, warnings


def _line(strategy: Strategy, name: str) -> str:
    return f"{name} = {spell(getattr(strategy, name))}"
