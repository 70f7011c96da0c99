"""Writing settings out as a configuration that reads back as the same settings."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import tomlkit

from glosten.params import spell
from glosten.settings._load import Settings
from glosten.settings._tables import DECLARED


def compose(settings: Settings, remarks: Iterable[str] = ()) -> str:
    """Return a TOML file of one pair with every key that is not at its default, after ``remarks`` as comments.

    The strategy is written as it was given, so STRICT_LITERATURE still acts on it; `load` makes the same settings.
    """
    values = settings.values() | settings.strategy.model_dump()
    lines = [f"# {' '.join(remark.split())}" for remark in remarks]
    for table, members in groupby(DECLARED, key=lambda parameter: parameter.table):
        given = [one for one in members if values[one.key] is not None and values[one.key] != one.default]
        lines += ["", f"[{table}]"] if given else []
        for parameter in given:
            value = values[parameter.key]
            text = tomlkit.item(value).as_string() if isinstance(value, str) else spell(value)
            lines.append(f"{parameter.name} = {text}")
    return "\n".join(lines).lstrip("\n") + "\n"
