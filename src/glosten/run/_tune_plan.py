"""The plan of a search: which keys over which ranges, and on which stretches of the tape."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from glosten.errors import DomainError, ParameterError
from glosten.params import PARAMETERS, Parameter, expected, short, unknown

LOG_FROM = 100.0
"""Ratio of the ends of a range from which it is searched on the logarithmic scale: two decades."""
LARGEST_SHARE = 0.5
"""Share of a stretch that the purge may take at most."""
NS = 1_000_000_000
FIXED = ("runtime.mode",)
"""What a backtest cannot vary."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One key of a search: from ``low`` to ``high`` (evenly in the logarithm where ``is_log``), or one of ``choices``.

    ``kind`` is number, integer or choice.
    """

    key: str
    kind: str
    low: float = 0.0
    high: float = 0.0
    is_log: bool = False
    choices: tuple[Any, ...] = ()

    def contains(self, value: Any) -> bool:
        """Return whether the search could propose a value."""
        if self.kind == "choice":
            return value in self.choices
        return value is not None and self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time: from ``start_ns`` on, until ``end_ns`` (excluded)."""

    start_ns: int
    end_ns: int

    @property
    def seconds(self) -> float:
        """Return how long it is."""
        return (self.end_ns - self.start_ns) / NS


def search_space(keys: Sequence[str], ranges: Sequence[str] = ()) -> tuple[Dimension, ...]:
    """Return the search space of keys: what their declaration allows, narrowed by KEY=LOW:HIGH.

    Raises `ParameterError` with every key or range that cannot be searched.
    """
    known = {parameter.key: parameter for parameter in PARAMETERS}
    problems: list[str] = [] if keys else ["There is no key to tune; name some, as in --keys GM_ALPHA,GM_BASE_SPREAD."]
    problems += [f"--keys names {key} twice." for key in dict.fromkeys(keys) if keys.count(key) > 1]
    problems += [unknown(key, known) for key in dict.fromkeys(keys) if key not in known]
    bounds: dict[str, tuple[float, float]] = {}
    for text in ranges:
        key, _, ends = text.partition("=")
        key = key.strip()
        if key not in keys:
            problems.append(f"--range {text}: {key or 'it'} is not among --keys.")
        elif key in bounds:
            problems.append(f"--range {text}: {key} has a range already.")
        elif key in known:
            found = _bounds(known[key], ends)
            if isinstance(found, str):
                problems.append(f"--range {text}: {found}")
            else:
                bounds[key] = found
    space = []
    for key in dict.fromkeys(keys):
        if key in known:
            made = _dimension(known[key], bounds.get(key))
            if isinstance(made, str):
                problems.append(made)
            else:
                space.append(made)
    if problems:
        raise ParameterError(problems)
    return tuple(space)


def _bounds(parameter: Parameter, text: str) -> tuple[float, float] | str:
    """Return the ends that a text spells, or a sentence that says what is wrong with them."""
    if parameter.type not in ("number", "integer"):
        return f"{parameter.key} must be {expected(parameter)}, so it has no range."
    try:
        low, high = (float(part) for part in text.split(":"))
    except ValueError:
        return f"write KEY=LOW:HIGH, as in {parameter.key}=1:2."
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return "LOW must be less than HIGH."
    if parameter.type == "integer" and not (low.is_integer() and high.is_integer()):
        return f"{parameter.key} must be {expected(parameter)}, and so must the ends of its range."
    least = -math.inf if parameter.minimum is None else parameter.minimum
    most = math.inf if parameter.maximum is None else parameter.maximum
    if not (least <= low and high <= most):
        return f"{parameter.key} must be {expected(parameter)}, and so must the ends of its range."
    return low, high


def _dimension(parameter: Parameter, bounds: tuple[float, float] | None) -> Dimension | str:
    """Return a key as a dimension of the search, or a sentence that says why it is none."""
    key = parameter.key
    if key in FIXED:
        return f"{key} cannot be tuned: a search plays backtests."
    if parameter.choices is not None:
        return Dimension(key, "choice", choices=tuple(parameter.choices))
    if parameter.type == "boolean":
        return Dimension(key, "choice", choices=(False, True))
    if parameter.type == "string":
        return f"{key} cannot be tuned: it is text."
    if bounds is None and (parameter.minimum is None or parameter.maximum is None):
        return f"{key} has no range of its own; give one, as in --range {key}=1:2."
    low, high = bounds or (float(parameter.minimum or 0.0), float(parameter.maximum or 0.0))
    return Dimension(key, parameter.type, low, high, is_log=low > 0.0 and high >= LOG_FROM * low)


def walk_forward(span: tuple[int, int], folds: int, purge_s: float) -> tuple[Window, ...]:
    """Return ``folds`` + 1 stretches of a tape: fold k (from 1) trains on the first k of them and tests on the next.

    ``span`` are the times of the first and the last row. The stretches are equally long, but each after the first
    starts ``purge_s`` seconds late, so that nothing of what was trained on is still going on where it is tested. Raises
    `DomainError` for fewer than one fold, or a purge that takes more than half of a stretch.
    """
    first, last = span
    problems = []
    if folds < 1:
        problems.append(f"The number of folds is {folds}; a walk forward takes at least one.")
    length_s = (last + 1 - first) / NS / (max(folds, 1) + 1)
    if not 0.0 <= purge_s <= LARGEST_SHARE * length_s:
        problems.append(
            f"The purge is {short(purge_s)} s; with {folds} folds it must be from 0 to {LARGEST_SHARE * length_s:.6g} "
            "s, half of a stretch of the tape."
        )
    if problems:
        raise DomainError(problems)
    edges = [first + (last + 1 - first) * index // (folds + 1) for index in range(folds + 2)]
    late = [0, *[math.ceil(purge_s * NS)] * folds]
    return tuple(Window(edges[index] + late[index], edges[index + 1]) for index in range(folds + 1))


def fold_of(trial: int, folds: int) -> int:
    """Return the fold, from 1, whose training stretches alone a trial is proposed from: the folds take turns."""
    return 1 + trial % folds


def spelled(space: Sequence[Dimension]) -> list[str]:
    """Return a search space in words that differ where it does, a line for each key in the order of their names."""
    return [
        f"{one.key} {one.choices if one.kind == 'choice' else f'{one.low!r}:{one.high!r}'}"
        for one in sorted(space, key=lambda one: one.key)
    ]


def is_inside(space: Sequence[Dimension], values: Mapping[str, Any]) -> bool:
    """Return whether the search could propose the values of a configuration."""
    return all(one.contains(values[one.key]) for one in space)
