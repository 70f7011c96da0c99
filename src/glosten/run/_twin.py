"""Twin: a second maker that takes the same events as the first, so that every step of it can be looked at.

Stepping is deterministic, so the twin holds the first one's bytes (a law of the house, checked by whoever records).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.maker import STATE, step, step_row
from glosten.records import ACTION, ACTIONS, EventKind

Row = NDArray[np.void]
TAPE = 1
"""The choice of runtime.obs_source by which prints move the belief."""


class Taken(NamedTuple):
    """One event that was more than news of the market: what had ``changed`` in the state since the one before (names
    of state words and their values), the state ``before`` and ``after`` it, and the ``actions`` it asked for."""

    event: Row
    changed: Mapping[str, float | int]
    before: Row
    after: Row
    actions: Row


@jit
def follow_market(state: Row, params: Row, events: Row, first: int, actions: Row) -> int:
    """Take in events that only update the view, and return the number of the first that may do more."""
    index = first
    observes = params[0]["runtime"]["obs_source"] == TAPE
    while index < len(events):
        kind = events[index]["kind"]
        is_news = kind in (EventKind.BOOK, EventKind.BEAT) or (kind == EventKind.TRADE and not observes)
        if not is_news:
            break
        step_row(state[0], params[0], events[index], actions)
        index += 1
    return index


def _paths(dtype: np.dtype[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name and the kind (i or f) of every 8-byte word of a row, in their order."""
    for name in dtype.names or ():
        kind, here = dtype[name], f"{prefix}{name}"
        if kind.subdtype is not None:
            for index in range(kind.shape[0]):
                yield from _paths(kind.subdtype[0], f"{here}.{index}.")
        elif kind.names is not None:
            yield from _paths(kind, f"{here}.")
        else:
            yield here, kind.kind


WORDS = tuple(_paths(STATE))
"""Every word of a state row: its name, as in "orders.3.price", and whether it is an integer (i) or a float (f)."""
NUMBERS = {name: number for number, (name, _) in enumerate(WORDS)}


def changed_words(old: Row, new: Row) -> dict[str, float | int]:
    """Return the words of a state row that differ bitwise, with their new values."""
    words = new.view(np.int64)
    floats = new.view(np.float64)
    found: dict[str, float | int] = {}
    for number in np.flatnonzero(old.view(np.int64) != words).tolist():
        name, kind = WORDS[number]
        found[name] = float(floats[number]) if kind == "f" else int(words[number])
    return found


def set_words(state: Row, values: Mapping[str, float | int | None]) -> None:
    """Write words of a state row by their names; null, which is what JSON has for it, is NaN.

    Raises `KeyError` for a name that no word has.
    """
    integers, floats = state.view(np.int64), state.view(np.float64)
    for name, value in values.items():
        number = NUMBERS[name]
        if WORDS[number][1] == "f":
            floats[number] = np.nan if value is None else value
        elif value is not None:
            integers[number] = int(value)


class Twin:
    """A maker of its own, started from another's state and parameters."""

    def __init__(self, state: Row, params: Row) -> None:
        self.state, self.params = state.copy(), params.copy()
        self._known = state.copy()
        self._actions = np.zeros(ACTIONS, ACTION)

    def take(self, events: Row) -> Iterator[Taken]:
        """Take rows of `records.EVENT` in, and yield those that are more than news of the market.

        ``after`` is the twin's own state row: whoever keeps it must copy it. New parameters (``params``) are written
        before the event of kind CONFIG that tells of them.
        """
        index = 0
        while True:
            index = follow_market(self.state, self.params, events, index, self._actions)
            if index >= len(events):
                return
            event = events[index : index + 1]
            index += 1
            before = self.state.copy()
            count = step(self.state, self.params, event, self._actions)
            seen = before[0]["belief"]["observations"] == self.state[0]["belief"]["observations"]
            if event[0]["kind"] == EventKind.TRADE and seen:
                continue  # a further print of an order that is known, or one without a side
            changed = changed_words(self._known, before)
            yield Taken(event, changed, before, self.state, self._actions[:count].copy())
            self._known[:] = self.state
