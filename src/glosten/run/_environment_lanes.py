"""Episodes of a task side by side: their state between two calls of the compiled steps, and who draws from what."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from glosten.errors import InputError
from glosten.run._environment_steps import (
    INFORMED,
    INSIDER_COLUMNS,
    INSIDER_ROWS,
    MAKER_COLUMNS,
    MAKER_ROWS,
    MARKED,
    PROFIT,
    RESULT_ROWS,
    VALUE,
    Floats,
    Observations,
    Words,
    lane_keys,
    observe_insiders,
    observe_makers,
    start_insiders,
    start_makers,
    step_insiders,
    step_makers,
)
from glosten.run._environment_tasks import InsiderTask, MakerTask
from glosten.statistics import stream

MAKER_STREAM, INSIDER_STREAM = "maker environment", "insider environment"


class Buffers:
    """The arrays that every step writes to: state and results by row, observations by lane, generators and keys."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        lanes, rows, columns = shape
        self.state: Floats = np.zeros((rows, lanes))
        self.results: Floats = np.zeros((RESULT_ROWS, lanes))
        self.observations: Observations = np.zeros((lanes, columns), np.float32)
        self.words: Words = np.zeros((2, lanes), np.uint64)
        self.keys: Words = np.zeros(lanes, np.uint64)
        self.informed: NDArray[np.bool_] = np.zeros(lanes, np.bool_)
        self.episode = -1
        self.left = 0

    @property
    def rewards(self) -> Floats:
        """Return what the last step earned, in price units, shape (lanes,)."""
        rewards: Floats = self.results[PROFIT]
        return rewards

    @property
    def values(self) -> Floats:
        """Return the value in force at the last step, in price units, shape (lanes,)."""
        values: Floats = self.results[MARKED]
        return values

    def begin(self) -> None:
        """Count one episode more and forget the results of the one before."""
        self.episode += 1
        self.results[PROFIT] = 0.0
        self.informed[:] = False

    def pass_period(self) -> None:
        """Count one period less to go and say who came."""
        self.left -= 1
        np.greater(self.results[INFORMED], 0.0, out=self.informed)


class Lanes(Protocol):
    """What an environment needs of the episodes it holds."""

    @property
    def buffers(self) -> Buffers:
        """Return the arrays of all lanes, overwritten by every call."""

    def seed(self, seed: int) -> None:
        """Name the streams that the lanes draw from, episode by episode."""

    def start(self) -> None:
        """Begin the next episode on every lane."""

    def step(self, actions: NDArray[np.generic]) -> None:
        """Let one period pass on every lane."""


class MakerLanes:
    """Episodes of a `MakerTask`, on lanes numbered from ``first``."""

    def __init__(self, task: MakerTask, lanes: int, first: int) -> None:
        self._task, self._first = task, first
        self._numbers, self._demand = task.numbers, task.market.demand.code
        self.buffers = Buffers((lanes, MAKER_ROWS, MAKER_COLUMNS))

    def seed(self, seed: int) -> None:
        """Name the streams that the lanes draw from, episode by episode."""
        self.buffers.episode = -1
        lane_keys(stream(seed, MAKER_STREAM), self._first, self.buffers.keys)

    def start(self) -> None:
        """Begin the next episode on every lane."""
        held = self.buffers
        held.begin()
        held.left = self._task.periods
        start_makers(held.state, held.words, held.keys, held.episode, self._numbers)
        held.results[MARKED] = held.state[VALUE]
        observe_makers(held.state, 1.0, held.observations)

    def step(self, actions: NDArray[np.generic]) -> None:
        """Let one period pass on every lane; actions have shape (lanes, 2). Raises `InputError` if one is no number."""
        held = self.buffers
        offsets = np.asarray(actions, np.float32).reshape(-1, 2)
        unusable = step_makers(offsets, held.state, held.words, held.results, self._numbers, self._demand)
        if unusable > 0:
            raise InputError(f"actions must be numbers; {unusable} of {held.keys.size} were not (NaN).")
        held.pass_period()
        observe_makers(held.state, held.left / self._task.periods, held.observations)


class InsiderLanes:
    """Episodes of an `InsiderTask`, on lanes numbered from ``first``."""

    def __init__(self, task: InsiderTask, lanes: int, first: int) -> None:
        self._task, self._first, self._numbers = task, first, task.numbers
        self.buffers = Buffers((lanes, INSIDER_ROWS, INSIDER_COLUMNS))

    def seed(self, seed: int) -> None:
        """Name the streams that the lanes draw from, episode by episode."""
        self.buffers.episode = -1
        lane_keys(stream(seed, INSIDER_STREAM), self._first, self.buffers.keys)

    def start(self) -> None:
        """Begin the next episode on every lane."""
        held = self.buffers
        held.begin()
        held.left = self._task.periods
        start_insiders(held.state, held.words, held.keys, held.episode, self._numbers)
        held.results[MARKED] = self._task.market.v_low + self._task.market.width * held.state[VALUE]
        observe_insiders(held.state, 1.0, held.observations)

    def step(self, actions: NDArray[np.generic]) -> None:
        """Let one period pass on every lane; actions have shape (lanes,). Raises `InputError` unless all are 0..2."""
        held = self.buffers
        choices = np.asarray(actions, np.int64).reshape(-1)
        unusable = step_insiders(choices, held.state, held.words, held.results, self._numbers)
        if unusable > 0:
            raise InputError(f"actions must be 0 (sell), 1 (wait) or 2 (buy); {unusable} of {held.keys.size} were not.")
        held.pass_period()
        observe_insiders(held.state, held.left / self._task.periods, held.observations)
