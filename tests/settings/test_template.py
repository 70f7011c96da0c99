from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

from glosten.settings import DECLARED, load, schema, template

Write = Callable[..., Path]


def test_the_template_reads_back_as_the_defaults(write: Write) -> None:
    written, defaults = load(write(template()), environment={}), load(None, environment={})
    assert written.hash == defaults.hash
    assert written.values() == defaults.values()


def test_the_template_sets_every_key_that_has_a_default() -> None:
    tables = tomllib.loads(template())
    keys = {name if table == "strategy" else f"{table}.{name}" for table, members in tables.items() for name in members}
    assert keys == {parameter.key for parameter in DECLARED if parameter.default is not None}


def test_the_template_explains_every_key() -> None:
    words = " ".join(line.removeprefix("#").strip() for line in template().splitlines())
    for parameter in DECLARED:
        assert parameter.help in words
        assert parameter.unit in words
    assert all(len(line) <= 110 for line in template().splitlines())


def test_the_schema_knows_every_key_with_its_range_and_default() -> None:
    document = schema()
    for parameter in DECLARED:
        found = document["$defs"][parameter.table]["properties"][parameter.name]
        assert found["description"].startswith(parameter.help)
        assert found.get("minimum") == parameter.minimum
        assert found.get("maximum") == parameter.maximum
        assert found.get("default") == parameter.default
        assert "const" not in found


def test_the_schema_refuses_what_is_not_a_key() -> None:
    document = schema()
    assert document["additionalProperties"] is False
    assert all(table["additionalProperties"] is False for table in document["$defs"].values())


def test_the_schema_has_the_tables_that_load_reads() -> None:
    assert {"strategy", "runtime", "account", "instrument", "pairs"} <= set(schema()["properties"])
