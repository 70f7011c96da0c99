"""One value somebody gave one key, and where: what every layer of a configuration is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from glosten.params import nearest, spell, unknown
from glosten.settings._document import Document, Keys
from glosten.settings._tables import KEYS, TABLES

ENVIRONMENT_PREFIX = "GLOSTEN_"
NOT_PARAMETERS = frozenset({"GLOSTEN_CACHE_DIR"})
"""Environment variables of the program that set no parameter."""
IGNORED = frozenset({"$schema"})
PAIRS = "pairs"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from: ``layer`` is default, file, environment or --set; ``where`` says it in full.

    ``keys`` leads through the tables of the file to the value, and is empty for what no file gave.
    """

    layer: str
    where: str
    keys: Keys = ()


DEFAULT = Origin("default", "default")


@dataclass(frozen=True, slots=True)
class Entry:
    """One key with its value; ``problem`` is a sentence where the key cannot be one."""

    key: str
    value: Any
    origin: Origin
    problem: str = ""


def resolve(name: str, table: str = "strategy") -> tuple[str, str]:
    """Return the full key that a name in a table means, and a sentence if it means none (else "")."""
    full = name.removeprefix("strategy.") if table == "strategy" else f"{table}.{name}"
    if full in KEYS:
        return full, ""
    for parameter in KEYS.values():
        if parameter.name == name:
            place = "" if parameter.key == name else f": its full name is {parameter.key}"
            return full, f"{name} belongs in [{parameter.table}]{place}."
    return full, unknown(full, KEYS)


def _no_table(name: str) -> str:
    tables = (*TABLES, PAIRS)
    close = nearest(name, tables)
    advice = f"Did you mean [{close}]?" if close else f"There are {', '.join(f'[{table}]' for table in tables)}."
    return f"[{spell(name)[1:-1]}] is not a table of a configuration. {advice}"


def _places(document: Document, keys: Keys) -> Origin:
    line = document.line_of(keys)
    table = ".".join(key if key.replace("_", "").isalnum() else spell(key) for key in keys[:-1])
    parts = [str(document.path), f"line {line}" if line else "", f"[{table}]" if table else ""]
    return Origin("file", ", ".join(part for part in parts if part), keys)


def entries_of_table(document: Document, members: Mapping[str, Any], path: Keys, table: str) -> Iterator[Entry]:
    """Yield the entries of one table of a file, tables inside it included.

    ``path`` is where the table stands in the file, ``table`` the one of `TABLES` whose keys it holds.
    """
    for name, value in members.items():
        here = (*path, name)
        if name in IGNORED or (name == PAIRS and not path):
            continue
        head, _, rest = name.partition(".")
        if name in TABLES and isinstance(value, Mapping):
            yield from entries_of_table(document, value, here, name)
        elif name in TABLES:
            yield Entry(name, value, _places(document, here), f"{name} must be a table of keys, as in [{name}].")
        elif head in TABLES and rest:
            yield from entries_of_table(document, {rest: value}, path, head)
        elif isinstance(value, Mapping) and name not in KEYS:
            yield Entry(name, value, _places(document, here), _no_table(name))
        else:
            key, problem = resolve(name, table)
            yield Entry(key, value, _places(document, here), problem)


def entries_of_environment(environment: Mapping[str, str]) -> Iterator[Entry]:
    """Yield an entry for every variable GLOSTEN_<KEY>; the dot of ``runtime.cycle_seconds`` is an underscore there."""
    names = {ENVIRONMENT_PREFIX + key.replace(".", "_").upper(): key for key in KEYS}
    for variable, value in sorted(environment.items()):
        if variable.startswith(ENVIRONMENT_PREFIX) and variable not in NOT_PARAMETERS:
            problem = "" if variable in names else unknown(variable, names)
            yield Entry(names.get(variable, variable), value, Origin("environment", f"environment {variable}"), problem)


def entries_of_overrides(overrides: Sequence[str]) -> Iterator[Entry]:
    """Yield an entry for every KEY=VALUE of the command line, in their order."""
    for override in overrides:
        name, equals, value = (part.strip() for part in override.partition("="))
        origin = Origin("--set", f"--set {override}")
        key, problem = resolve(name)
        if not equals or not name:
            problem = "write KEY=VALUE, as in --set GM_ALPHA=0.2."
        yield Entry(key, value, origin, problem)
