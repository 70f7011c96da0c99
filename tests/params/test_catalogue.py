from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from glosten.params import PARAMETERS, Parameter, Runtime, Strategy

STRATEGY = [parameter for parameter in PARAMETERS if parameter.table == "strategy"]
RUNTIME = [parameter for parameter in PARAMETERS if parameter.table == "runtime"]
ROW = re.compile(
    r"^(?P<key>[A-Z_]+) \|\n(?P<type>range|select|boolean|toggle|string)(?: \(range (?P<low>\S+)\.\.(?P<high>\S+)\))?"
    r" \| (?P<default>\S+) \|",
    re.MULTILINE,
)


@pytest.fixture(scope="module")
def page(shared: Any) -> dict[str, dict[str, str | None]]:
    text = shared("seed", "strategy.txt").read_text()
    return {row["key"]: row.groupdict() for row in ROW.finditer(text)}


def test_the_strategy_has_61_keys_and_the_runtime_18() -> None:
    assert len(STRATEGY) == 61
    assert len(RUNTIME) == 18
    assert [parameter.name for parameter in STRATEGY] == list(Strategy.model_fields)
    assert [parameter.name for parameter in RUNTIME] == list(Runtime.model_fields)


def test_no_key_is_declared_twice() -> None:
    assert max(Counter(parameter.key for parameter in PARAMETERS).values()) == 1


def test_the_keys_are_those_of_the_operators_page(page: dict[str, dict[str, str | None]]) -> None:
    assert [parameter.key for parameter in STRATEGY] == list(page)


def test_defaults_and_ranges_are_those_of_the_operators_page(page: dict[str, dict[str, str | None]]) -> None:
    for parameter in STRATEGY:
        row = page[parameter.key]
        assert str(parameter.default) == row["default"] or parameter.default == float(str(row["default"]))
        bounds = (parameter.minimum, parameter.maximum)
        assert bounds == ((None, None) if row["low"] is None else (float(row["low"]), float(str(row["high"]))))


def test_types_are_those_of_the_operators_page(page: dict[str, dict[str, str | None]]) -> None:
    ours = {"range": ("integer", "number"), "select": ("select",), "string": ("string",)}
    for parameter in STRATEGY:
        assert parameter.type in ours.get(str(page[parameter.key]["type"]), ("boolean",))


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda parameter: parameter.key)
def test_every_parameter_says_what_it_is_and_what_it_acts_on(parameter: Parameter) -> None:
    assert len(parameter.help) > 20
    assert parameter.help.endswith(".")
    assert parameter.acts_on
    assert parameter.source.startswith("STRATEGY ")
    assert parameter.unit or parameter.type in ("boolean", "select")
    assert (parameter.choices is not None) == (parameter.type == "select")
    assert (parameter.minimum is not None) == (parameter.type in ("integer", "number"))


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda parameter: parameter.key)
def test_every_parameter_has_a_formula_and_an_example_in_numbers_or_words(parameter: Parameter) -> None:
    assert parameter.formula
    assert not parameter.formula.endswith(".")
    assert parameter.example.endswith(".")
    assert "\n" not in parameter.formula + parameter.example
