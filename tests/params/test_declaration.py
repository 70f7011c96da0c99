from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from glosten.params import PARAMETERS, Parameter, Runtime, Strategy, describe_problems, spell


def problems(model: type[Strategy] | type[Runtime], **values: Any) -> dict[str, str]:
    """Return what is refused, a sentence a key; nothing where all is accepted."""
    try:
        model(**values)
    except ValidationError as error:
        return dict(describe_problems(error))
    return {}


def model_of(parameter: Parameter) -> type[Strategy] | type[Runtime]:
    return Strategy if parameter.table == "strategy" else Runtime


def bad_values(parameter: Parameter) -> Iterator[Any]:
    """Generate, from its declaration alone, values that a parameter has to refuse."""
    yield from ([], {}, object())
    if parameter.minimum is not None and parameter.maximum is not None:
        yield from (parameter.minimum - 1, parameter.maximum + 1, str(parameter.maximum * 2 + 1))
        yield from (math.nextafter(parameter.minimum, -math.inf), math.nextafter(parameter.maximum, math.inf))
        yield from (True, "much", math.nan, math.inf, "-inf", Decimal("NaN"), 10**400, "9" * 400)
    if parameter.type == "integer":
        yield int(parameter.minimum or 0) + 0.5
    if parameter.type == "boolean":
        yield from ("maybe", 2, 0.0, "")
    if parameter.choices is not None:
        yield from (True, f"{parameter.choices[0]}x", "")
    if parameter.type == "string":
        yield from ("five", "0", "-1", 1.5, True)
    if parameter.default is not None:
        yield None


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda parameter: parameter.key)
def test_a_parameter_refuses_every_bad_value_in_a_sentence_that_names_it(parameter: Parameter) -> None:
    refused = 0
    for value in bad_values(parameter):
        found = problems(model_of(parameter), **{parameter.name: value})
        assert list(found) == [parameter.name], f"{parameter.key} = {value!r} was accepted"
        sentence = found[parameter.name]
        assert sentence.startswith(f"{parameter.key} ")
        assert sentence.endswith(".")
        refused += 1
    assert refused >= 4


@pytest.mark.parametrize(
    "parameter",
    [parameter for parameter in PARAMETERS if parameter.acted_on and parameter.minimum is not None],
    ids=lambda parameter: parameter.key,
)
def test_the_ends_of_a_range_are_inside_it(parameter: Parameter) -> None:
    for bound in (parameter.minimum, parameter.maximum):
        model = model_of(parameter)(**{parameter.name: bound})
        assert getattr(model, parameter.name) == bound


@pytest.mark.parametrize(
    "parameter", [parameter for parameter in PARAMETERS if not parameter.acted_on], ids=lambda parameter: parameter.key
)
def test_a_key_the_maker_does_not_act_on_takes_its_default_alone(parameter: Parameter) -> None:
    assert problems(model_of(parameter), **{parameter.name: parameter.default}) == {}
    other: Any = {"boolean": not parameter.default, "select": "DEBUG"}.get(parameter.type, parameter.maximum)
    sentence = problems(model_of(parameter), **{parameter.name: other})[parameter.name]
    assert "does not act on" in sentence
    assert spell(parameter.default) in sentence


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda parameter: parameter.key)
def test_a_default_would_pass_if_it_were_given(parameter: Parameter) -> None:
    model = model_of(parameter)(**{parameter.name: parameter.default})
    assert model == model_of(parameter)()
    assert type(getattr(model, parameter.name)) is type(parameter.default)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("GM_ALPHA", "0.15", 0.15),
        ("GM_ALPHA", " 2e-1 ", 0.2),
        ("GM_ALPHA", Decimal("0.2"), 0.2),
        ("GM_TL", 900, 900.0),
        ("GM_LAYERS", 3.0, 3),
        ("GM_LAYERS", "3", 3),
        ("GM_LAYERS", "3.0", 3),
        ("PERIOD", "15", 15),
        ("GM_PERIOD", 15, "15"),
        ("GM_PERIOD", "", ""),
        ("ALLOC_CONFIRMED", "true", True),
        ("ALLOC_CONFIRMED", " On ", True),
        ("BE_GUARD", "FALSE", False),
        ("BE_GUARD", "0", False),
    ],
)
def test_a_string_is_read_as_what_it_spells(key: str, text: object, value: object) -> None:
    found = getattr(Strategy(**{key: text}), key)  # type: ignore[arg-type]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("GM_ALPHA", True),
        ("GM_LAYERS", 4.5),
        ("GM_LAYERS", False),
        ("GM_LAYERS", "4.5"),
        ("BE_GUARD", 1),
        ("BE_GUARD", "2"),
        ("PERIOD", 4),
        ("PERIOD", 5.5),
        ("GM_ALPHA", "nan"),
        ("GM_ALPHA", "0,15"),
    ],
)
def test_what_only_resembles_a_value_is_refused(key: str, value: object) -> None:
    assert list(problems(Strategy, **{key: value})) == [key]


@given(st.floats(0.02, 0.4))
def test_a_number_survives_its_way_through_text(alpha: float) -> None:
    assert alpha == Strategy(GM_ALPHA=repr(alpha)).GM_ALPHA  # type: ignore[arg-type]


def test_all_problems_are_told_at_once() -> None:
    found = problems(Strategy, GM_ALPHA=9, GM_LAYERS="x", LOG_LEVEL="LOUD", GM_ALPA=0.1)
    assert set(found) == {"GM_ALPHA", "GM_LAYERS", "LOG_LEVEL", "GM_ALPA"}
    assert found["GM_ALPHA"] == "GM_ALPHA must be a number from 0.02 to 0.4 (probability), but it is 9."
    assert found["GM_LAYERS"] == 'GM_LAYERS must be a whole number from 1 to 8 (rungs), but it is "x".'
    assert found["GM_ALPA"] == "GM_ALPA is not a parameter. Did you mean GM_ALPHA?"


def test_a_strategy_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Strategy().GM_ALPHA = 0.2  # type: ignore[misc]


def test_a_runtime_value_is_named_with_its_table() -> None:
    found = problems(Runtime, cycle_second=1, consec_loss_limit=0)
    assert found["cycle_second"] == "cycle_second is not a parameter. Did you mean cycle_seconds?"
    assert found["consec_loss_limit"].startswith("runtime.consec_loss_limit must be a whole number from 1 to 1000")


@pytest.mark.parametrize("seconds", [0, 0.1, "15", 86_400])
def test_decisions_come_after_every_event_or_at_least_a_tenth_of_a_second_apart(seconds: object) -> None:
    assert Runtime(cycle_seconds=seconds).cycle_seconds == float(str(seconds))  # type: ignore[arg-type]


def test_decisions_closer_than_a_tenth_of_a_second_are_refused() -> None:
    assert "at least 0.1 s" in problems(Runtime, cycle_seconds=0.05)["cycle_seconds"]


@pytest.mark.parametrize("mode", ["paper", "live"])
def test_a_mode_that_is_not_built_is_refused_in_a_sentence(mode: str) -> None:
    assert problems(Runtime, mode=mode)["mode"] == f'runtime.mode is "{mode}", which is not built yet: use "backtest".'


@pytest.mark.parametrize("nothing", [None, "", "none", "NULL"])
def test_a_cost_basis_may_be_left_empty(nothing: str | None) -> None:
    assert Runtime(initial_cost_basis=nothing).initial_cost_basis is None  # type: ignore[arg-type]
    assert Runtime(initial_cost_basis="12.5").initial_cost_basis == 12.5  # type: ignore[arg-type]
