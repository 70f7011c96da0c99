"""What is wrong with a value, said in one sentence: which key, what it must be, what it was."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from types import NoneType
from typing import Any

from pydantic import ValidationError

from glosten.params._about import Parameter, Value

LONGEST_SHOWN = 60


def spell(value: Value) -> str:
    """Return a value as a configuration file writes it: true, 0.15, "NORMAL"."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    for kinds, words in (((NoneType,), "nothing"), ((Mapping,), "a table"), ((list, tuple), "a list")):
        if isinstance(value, kinds):
            return words
    plain = f"{value:f}" if isinstance(value, Decimal) and abs(value.adjusted()) < LONGEST_SHOWN else str(value)
    shown = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else plain
    return shown if len(shown) <= LONGEST_SHOWN else f"{shown[: LONGEST_SHOWN - 3]}..."


def expected(parameter: Parameter) -> str:
    """Return what a value of this parameter must be, with range and unit: "a number from 0.02 to 0.4 (probability)"."""
    if parameter.type == "boolean":
        return "true or false"
    unit = f" ({parameter.unit})" if parameter.unit else ""
    if parameter.choices is not None:
        return f"one of {', '.join(str(choice) for choice in parameter.choices)}{unit}"
    if parameter.type == "string":
        return f"text{unit}" if not parameter.unit else f"a whole number of {parameter.unit} from 1 to 9999, or empty"
    noun = "a whole number" if parameter.type == "integer" else "a number"
    if parameter.minimum is None or parameter.maximum is None:
        return noun + unit
    return f"{noun} from {short(parameter.minimum)} to {short(parameter.maximum)}{unit}"


def short(bound: float) -> str:
    """Return a bound as people write it: 86400, 0.02, 1e9."""
    if bound == 0 or 1e-4 <= abs(bound) < 1e7:
        return spell(bound)
    digits, _, exponent = f"{bound:e}".partition("e")
    return f"{float(digits):g}e{int(exponent)}"


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the one of the names that a misspelt one most likely means, letter case aside, or None."""
    folded = {candidate.upper(): candidate for candidate in names}
    found = get_close_matches(name.upper(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def unknown(name: str, names: Iterable[str]) -> str:
    """Return the sentence for a key that does not exist, with the nearest that does."""
    close = nearest(name, names)
    advice = f"Did you mean {close}?" if close else "`glosten params` lists every key."
    return f"{spell(name)[1:-1]} is not a parameter. {advice}"


def _wrong(parameter: Parameter, error: Mapping[str, Any]) -> str:
    key, value = parameter.key, spell(error["input"])
    if error["type"] == "not_built":
        return f'{key} is {value}, which is not built yet: use "backtest".'
    must = error["msg"] if error["type"] == "out_of_range" else f"must be {expected(parameter)}"
    return f"{key} {must}, but it is {value}."


def sentence(error: Mapping[str, Any], parameters: Mapping[str, Parameter]) -> str:
    """Return the sentence for one error of pydantic, given the parameters of the model by name."""
    name = str(error["loc"][0]) if error["loc"] else ""
    if name not in parameters:
        return unknown(name, parameters) if name else str(error["msg"])
    return _wrong(parameters[name], error)


def describe_problems(error: ValidationError) -> tuple[tuple[str, str], ...]:
    """Return what a refused `Strategy` or `Runtime` got wrong: the name of each key and a sentence, all at once."""
    return tuple((".".join(str(part) for part in item["loc"]), item["msg"]) for item in error.errors())
