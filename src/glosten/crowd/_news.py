"""News: when the value moves, by how much, and who is told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from glosten.crowd._traits import name_problem
from glosten.errors import DomainError
from glosten.params import spell

TOLD = ("nothing", "time", "size")
OPENING = "opening"
"""The name of the part of the value that is there from the start, beside the parts that news makes."""
SUM_TOLERANCE = 1e-9


@dataclass(frozen=True)
class News:
    """A source of news, and the part of the value that it makes.

    It comes either in the ``periods`` listed (from 1), or ``every`` so many periods (in period every + 1, 2 every + 1,
    ...), or with a ``chance`` in each period. It either jumps by a normal amount of standard deviation ``sd``, rounded
    to ticks, or by one of ``jumps`` with ``chances`` (equal unless given), or it has the opening value drawn anew
    (``redraw``). ``told`` says what everybody hears at once: "nothing", its "time", or its "size" too. A redraw whose
    time is told pays the old value out: what is held is settled at it, and trading goes on in a new asset. Prices in
    price units. Raises `DomainError` naming everything that is wrong.
    """

    name: str
    periods: Sequence[int] = ()
    every: int = 0
    chance: float = 0.0
    sd: float = 0.0
    jumps: Sequence[float] = ()
    chances: Sequence[float] = ()
    redraw: bool = False
    told: str = "nothing"

    def __post_init__(self) -> None:
        problems = [name_problem("news", self.name)]
        if self.name == OPENING:
            problems.append(f'"{OPENING}" is the name of the value drawn at the start; news needs another.')
        problems += [*self._when(), *self._how_much()]
        if self.told not in TOLD:
            problems.append(f"told must be one of {', '.join(TOLD)}; it was {spell(self.told)}.")
        if self.redraw and self.told == "size":
            problems.append('a value drawn anew and told leaves nothing to know; told may be "nothing" or "time".')
        found = [problem for problem in problems if problem is not None]
        if found:
            raise DomainError([f"News {self.name}: {problem}" for problem in found])

    def _when(self) -> list[str | None]:
        problems: list[str | None] = []
        listed = isinstance(self.periods, list | tuple) and all(_is_whole(period, 1) for period in self.periods)
        if not listed:
            problems.append(f"periods must be a list of whole numbers from 1; it was {self.periods!r}.")
        if not _is_whole(self.every, 0):
            problems.append(f"every must be a whole number, 1 or more; it was {spell(self.every)}.")
        if not (_is_number(self.chance) and 0 <= self.chance <= 1):
            problems.append(f"chance must be a probability; it was {spell(self.chance)}.")
        if not problems and bool(self.periods) + bool(self.every) + bool(self.chance) != 1:
            problems.append("it needs one of periods, every and chance: when it comes.")
        return problems

    def _how_much(self) -> list[str | None]:
        problems: list[str | None] = []
        if not (_is_number(self.sd) and self.sd >= 0):
            problems.append(f"sd must be a number, 0 or more; it was {spell(self.sd)}.")
        if not _is_switch(self.redraw):
            problems.append(f"redraw must be true or false; it was {spell(self.redraw)}.")
        problems += law_problems(("jumps", self.jumps), self.chances)
        if not problems and bool(self.sd) + bool(self.jumps) + self.redraw != 1:
            problems.append("it needs one of sd, jumps and redraw: what it does to the value.")
        return problems

    @property
    def is_scheduled(self) -> bool:
        """Return whether its time is known in advance."""
        return not self.chance

    def schedule(self, periods: int) -> list[int]:
        """Return the periods, counted from 0, in which it is due; none where it comes by chance."""
        if self.every:
            return list(range(self.every, periods, self.every))
        return [period - 1 for period in self.periods if period <= periods]


def law_problems(values: tuple[str, Any], chances: Any) -> list[str | None]:
    """Return what is wrong with a law of finitely many values: (name, values), and their probabilities or nothing."""
    name, numbers = values
    if not (isinstance(numbers, list | tuple) and all(_is_number(number) for number in numbers)):
        return [f"{name} must be a list of numbers; it was {numbers!r}."]
    if not (isinstance(chances, list | tuple) and all(_is_number(chance) and chance >= 0 for chance in chances)):
        return [f"chances must be a list of probabilities; it was {chances!r}."]
    if chances and (len(chances) != len(numbers) or abs(math.fsum(chances) - 1.0) > SUM_TOLERANCE):
        return [f"chances must be as many as {name} and add up to 1; they were {list(chances)}."]
    return []


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
