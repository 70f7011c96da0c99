"""Traits of the agents of a market: each parameter of each kind declared once, with its unit, range and default."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from glosten.params import nearest, spell

FROM_MARKET = math.nan
"""The default of a trait that is taken from the market, as the agent's docs say."""


@dataclass(frozen=True, slots=True)
class Trait:
    """A parameter of an agent; ``default`` None means that it must be given.

    ``unit`` "price" and "price per lot" are turned into ticks when the market is packed. Numbers lie from ``low`` to
    ``high``, ``low`` itself excluded where ``open_low``.
    """

    name: str
    meaning: str
    default: float | bool | tuple[str, ...] | None = None
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    form: Literal["number", "whole", "switch", "names"] = "number"
    open_low: bool = False

    def problem(self, value: Any) -> str | None:
        """Return what is wrong with a value, in words that follow the name; None where nothing is."""
        if self.form == "switch":
            return None if isinstance(value, bool) else "must be true or false"
        if self.form == "names":
            fits = isinstance(value, list | tuple) and all(isinstance(name, str) for name in value)
            return None if fits else "must be a list of texts"
        if isinstance(value, bool) or not isinstance(value, int if self.form == "whole" else int | float):
            return "must be a whole number" if self.form == "whole" else "must be a number"
        above = value > self.low if self.open_low else value >= self.low
        return None if math.isfinite(value) and above and value <= self.high else f"must be {self.range}"

    @property
    def range(self) -> str:
        """Return where its numbers lie, in words."""
        if self.low == -math.inf:
            return "a finite number" if self.high == math.inf else f"{self.high:g} or less"
        if self.high == math.inf:
            return f"more than {self.low:g}" if self.open_low else f"{self.low:g} or more"
        return f"from {self.low:g} to {self.high:g}{f', {self.low:g} excluded' if self.open_low else ''}"


def trait_problems(traits: Iterable[Trait], parameters: Mapping[str, Any], also: Iterable[str] = ()) -> list[str]:
    """Return every problem of the parameters given to a kind with those traits, each a sentence without its subject.

    ``also`` are further names that would have been known, to be offered to who misspelt them.
    """
    known = {trait.name: trait for trait in traits}
    problems = []
    for name, value in parameters.items():
        if name not in known:
            close = nearest(name, [*known, *also])
            advice = f"Did you mean {close}?" if close else f"Known: {', '.join([*known, *also]) or 'none'}."
            problems.append(f"{name} is not known. {advice}")
        elif (wrong := known[name].problem(value)) is not None:
            problems.append(f"{name} ({known[name].meaning}) {wrong}; it was {spell(value)}.")
    problems += [
        f"{name} ({trait.meaning}) is missing."
        for name, trait in known.items()
        if trait.default is None and name not in parameters
    ]
    return problems


def whole_problem(name: str, value: Any, low: int, high: int) -> str | None:
    """Return what is wrong with a whole number, or None."""
    fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    return None if fits else f"{name} must be a whole number from {low} to {high}; it was {spell(value)}."


def name_problem(what: str, name: Any) -> str | None:
    """Return what is wrong with the name of an agent or of news, or None."""
    fits = isinstance(name, str) and name.strip() == name != ""
    return None if fits else f"The name of {what} must be a text that is not empty; it was {spell(name)}."
