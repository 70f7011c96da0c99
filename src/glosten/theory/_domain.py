"""Checks that a number lies in the domain of a model, before anything is computed from it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

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
        below = value <= self.low if self.open_low else value < self.low
        above = value >= self.high if self.open_high else value > self.high
        if math.isfinite(value) and not (below or above):
            return None
        return f"{self.name} ({self.meaning}) must lie {self._range()}; it was {value:g}."

    def _range(self) -> str:
        if self.low == -math.inf and self.high == math.inf:
            return "among the finite numbers"
        if self.high == math.inf:
            return f"above {self.low:g}" if self.open_low else f"at {self.low:g} or above"
        ends = {(True, True): ", both excluded", (True, False): f", {self.low:g} excluded"}
        ends[(False, True)] = f", {self.high:g} excluded"
        return f"between {self.low:g} and {self.high:g}{ends.get((self.open_low, self.open_high), '')}"


def whole_problem(name: str, number: int, least: int = 0) -> str | None:
    """Return what is wrong with a whole number, or None."""
    return None if number >= least else f"{name} must be {least} or more; it was {number}."


def require(checks: Iterable[str | None]) -> None:
    """Raise one `DomainError` with every problem among the results of checks; None is no problem."""
    problems = [problem for problem in checks if problem is not None]
    if problems:
        raise DomainError(problems)
