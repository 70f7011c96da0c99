"""Checks that a number lies in the domain of a model, before anything is computed from it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from glosten.errors import DomainError


class Interval(NamedTuple):
    """A quantity of a model with the range it must lie in; ``open_low`` and ``open_high`` leave the ends out."""

    name: str
    meaning: str
    low: float = 0.0
    high: float = 1.0
    open_low: bool = False
    open_high: bool = False

    def problem(self, value: float) -> str | None:
        """Return the sentence that says what is wrong with a value, or None."""
        number = number_of(value)
        if number is None:
            return f"{self.name} ({self.meaning}) must be a number; it was {value!r}."
        below = number <= self.low if self.open_low else number < self.low
        above = number >= self.high if self.open_high else number > self.high
        if math.isfinite(number) and not (below or above):
            return None
        return f"{self.name} ({self.meaning}) must lie {self._range()}; it was {number:g}."

    def _range(self) -> str:
        if self.low == -math.inf and self.high == math.inf:
            return "among the finite numbers"
        if self.high == math.inf:
            return f"above {self.low:g}" if self.open_low else f"at {self.low:g} or above"
        ends = {(True, True): ", both excluded", (True, False): f", {self.low:g} excluded"}
        ends[(False, True)] = f", {self.high:g} excluded"
        return f"between {self.low:g} and {self.high:g}{ends.get((self.open_low, self.open_high), '')}"


def number_of(value: Any) -> float | None:
    """Return a value as a float, None where it is no number: a text is none. Beyond all floats lies infinity."""
    if isinstance(value, str | bytes):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
    except (TypeError, ValueError):
        return None


def numbers_of(values: Any) -> tuple[float, ...] | None:
    """Return the numbers of a row as floats, None where it is no row or something in it is no number."""
    if isinstance(values, str | bytes) or not hasattr(values, "__iter__"):
        return None
    numbers = [number_of(value) for value in values]
    return None if None in numbers else tuple(number for number in numbers if number is not None)


def rising_problem(low_name: str, low: float, high_name: str, high: float) -> str | None:
    """Return what is wrong with two numbers of which the first must be less, or None; no numbers are told elsewhere."""
    least, most = number_of(low), number_of(high)
    if least is None or most is None or not (math.isfinite(least) and math.isfinite(most)):
        return None
    if least >= most:
        return f"{low_name} must lie below {high_name}; they were {least:g} and {most:g}."
    if math.isinf(most - least):
        return f"{high_name} must not lie further from {low_name} than numbers reach; they were {most:g} and {least:g}."
    return None


def whole_problem(name: str, number: float, least: int = 0) -> str | None:
    """Return what is wrong with a whole number, or None."""
    known = number_of(number)
    if known is None or not (isinstance(number, int) or known.is_integer()):
        return f"{name} must be a whole number; it was {number!r}."
    return None if known >= least else f"{name} must be {least} or more; it was {number}."


def part_problem(name: str, value: object, wanted: str, *, fits: bool) -> str | None:
    """Return what is wrong with a part of a model that is no number, or None; ``wanted`` says what it must be."""
    return None if fits else f"{name} must be {wanted}; it was {value!r}."


def require(checks: Iterable[str | None]) -> None:
    """Raise one `DomainError` with every problem among the results of checks; None is no problem."""
    problems = [problem for problem in checks if problem is not None]
    if problems:
        raise DomainError(problems)
