"""Agents that need no training: what theory would do, and what chance would do, in the environments' own language.

A policy is called with observations, of one lane (columns,) or of many (lanes, columns), and returns as many actions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.errors import InputError
from glosten.run._environment_steps import INSIDER_COLUMNS, MAKER_COLUMNS, Observations, Words, lane_keys
from glosten.run._environment_tasks import InsiderTask, MakerNumbers, MakerTask
from glosten.statistics import stream, uniform
from glosten.theory import (
    DemandCode,
    Interval,
    competitive_premium,
    insider_values,
    inventory_shift,
    monopolist_premium,
    require,
)

MakerActions = NDArray[np.float32]
InsiderActions = NDArray[np.int64]
Policies = NDArray[np.int8]

PER_UNIT = Interval("per_unit", "how far a unit held moves both quotes, in price units", 0.0, np.inf)
COMPETITIVE, MONOPOLY = 0, 1
OUTWARDS = 2.0**-21
"""By this share of `widest` a monopolist quotes wider than the value the informed know: floats of 32 bits round."""


@jit
def _offset(high: float, side: int, kind: int, numbers: MakerNumbers, demand: DemandCode) -> float:
    """Return how far from E[V] a side is quoted, in price units: at `widest` where it had better be closed.

    Source: `competitive_premium`, `monopolist_premium`.
    """
    width, alpha, noise, widest = numbers[1], numbers[3], numbers[4], numbers[5]
    chance = high if side > 0 else 1.0 - high
    gap = width * (1.0 - chance)
    if kind == COMPETITIVE:
        premium = competitive_premium(gap, alpha * chance, noise, demand)
    else:
        premium = monopolist_premium(gap, alpha * chance, noise, demand)[0]
    if math.isnan(premium):
        return widest
    return premium + OUTWARDS * widest if kind == MONOPOLY and premium >= gap else premium


@jit
def _quote(
    observations: Observations,
    kind: int,
    per_unit: float,
    numbers: MakerNumbers,
    demand: DemandCode,
    actions: MakerActions,
) -> None:
    """Write the actions that quote as theory would, both quotes moved against the inventory."""
    widest = numbers[5]
    for lane in range(actions.shape[0]):
        high, inventory = np.float64(observations[lane, 0]), np.float64(observations[lane, 1])
        below, above = _offset(high, -1, kind, numbers, demand), _offset(high, 1, kind, numbers, demand)
        lower = below if below >= widest else -inventory_shift(-below, inventory, per_unit)
        upper = above if above >= widest else inventory_shift(above, inventory, per_unit)
        actions[lane, 0] = min(max(lower / widest, -1.0), 1.0)
        actions[lane, 1] = min(max(upper / widest, -1.0), 1.0)


def _rows(observations: Observations, columns: int) -> Observations:
    """Return observations as rows, one a lane; raise `InputError` if they are not those of the environment."""
    seen = np.asarray(observations, np.float32)
    if seen.ndim in (1, 2) and seen.shape[-1] == columns:
        return np.ascontiguousarray(seen.reshape(-1, columns))
    raise InputError(f"observations must have shape ({columns},) or (lanes, {columns}); they had {seen.shape}.")


def _quoted(observations: Observations, task: MakerTask, kind: int, per_unit: float) -> MakerActions:
    """Return the actions of a maker that quotes as theory would."""
    seen = _rows(observations, MAKER_COLUMNS)
    actions = np.empty((seen.shape[0], 2), np.float32)
    _quote(seen, kind, per_unit, task.numbers, task.market.demand.code, actions)
    return actions.reshape(*observations.shape[:-1], 2)


@dataclass(frozen=True, slots=True)
class CompetitiveMaker:
    """Glosten and Milgrom's maker: zero-profit quotes given the belief; a side that breaks down is closed.

    Source: `competitive_premium`.
    """

    task: MakerTask

    def __call__(self, observations: Observations) -> MakerActions:
        """Return the actions, shape (2,) or (lanes, 2)."""
        return _quoted(observations, self.task, COMPETITIVE, 0.0)


@dataclass(frozen=True, slots=True)
class MonopolistMaker:
    """A maker without rivals: on each side the premium that earns most on the next arrival, whatever it teaches.

    Source: `monopolist_premium`.
    """

    task: MakerTask

    def __call__(self, observations: Observations) -> MakerActions:
        """Return the actions, shape (2,) or (lanes, 2)."""
        return _quoted(observations, self.task, MONOPOLY, 0.0)


@dataclass(frozen=True, slots=True)
class InventoryMaker:
    """Das's maker with inventory control: the zero-profit quotes, both lowered by ``per_unit`` for each unit held.

    ``per_unit`` is in price units, 0 or more. Raises `DomainError` otherwise.

    Source: Das (2005), `inventory_shift`.
    """

    task: MakerTask
    per_unit: float

    def __post_init__(self) -> None:
        require([PER_UNIT.problem(self.per_unit)])

    def __call__(self, observations: Observations) -> MakerActions:
        """Return the actions, shape (2,) or (lanes, 2)."""
        return _quoted(observations, self.task, COMPETITIVE, self.per_unit)


@jit
def _random_quotes(keys: Words, call: int, actions: MakerActions) -> None:
    """Write actions drawn evenly from [-1, 1), two numbers of each lane's stream a call."""
    for lane in range(keys.size):
        for side in range(2):
            actions[lane, side] = 2.0 * uniform(keys[lane], 2 * call + side) - 1.0


@jit
def _random_orders(keys: Words, call: int, actions: InsiderActions) -> None:
    """Write actions drawn evenly from 0, 1 and 2, a number of each lane's stream a call."""
    for lane in range(keys.size):
        actions[lane] = int(3.0 * uniform(keys[lane], call))


def _keys(seed: int, name: str, lanes: int) -> Words:
    """Return the keys of a policy's lanes."""
    keys: Words = np.zeros(lanes, np.uint64)
    lane_keys(stream(seed, name), 0, keys)
    return keys


class ZeroIntelligenceMaker:
    """A maker without a thought: both quotes drawn evenly from all that an action can say.

    Lanes draw from streams of their own, so lane 3 quotes the same however many lanes there are; a new object with the
    same seed starts anew.

    Source: Gode & Sunder (1993), Allocative efficiency of markets with zero-intelligence traders, unconstrained.
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed, self._calls = seed, 0
        self._keys = _keys(seed, "zero-intelligence maker", 1)

    def __call__(self, observations: Observations) -> MakerActions:
        """Return the actions, shape (2,) or (lanes, 2)."""
        lanes = _rows(observations, MAKER_COLUMNS).shape[0]
        if self._keys.size != lanes:
            self._keys = _keys(self._seed, "zero-intelligence maker", lanes)
        actions = np.empty((lanes, 2), np.float32)
        _random_quotes(self._keys, self._calls, actions)
        self._calls += 1
        return actions.reshape(*observations.shape[:-1], 2)


class ZeroIntelligenceInsider:
    """An insider without a thought: sells, waits or buys, each as often, drawn as in `ZeroIntelligenceMaker`."""

    def __init__(self, seed: int = 0) -> None:
        self._seed, self._calls = seed, 0
        self._keys = _keys(seed, "zero-intelligence insider", 1)

    def __call__(self, observations: Observations) -> InsiderActions:
        """Return the actions, shape () or (lanes,)."""
        lanes = _rows(observations, INSIDER_COLUMNS).shape[0]
        if self._keys.size != lanes:
            self._keys = _keys(self._seed, "zero-intelligence insider", lanes)
        actions = np.empty(lanes, np.int64)
        _random_orders(self._keys, self._calls, actions)
        self._calls += 1
        return actions.reshape(observations.shape[:-1])


class HonestInsider:
    """An insider in a hurry, as the maker believes every one to be: the right way at every turn.

    Source: Glosten & Milgrom (1985), section 2.
    """

    def __call__(self, observations: Observations) -> InsiderActions:
        """Return the actions, shape () or (lanes,)."""
        seen = _rows(observations, INSIDER_COLUMNS)
        return np.where(seen[:, 0] > 0.0, 2, 0).astype(np.int64).reshape(observations.shape[:-1])


@jit
def _look_up(observations: Observations, policies: tuple[Policies, Policies], actions: InsiderActions) -> None:
    """Write the best actions; ``policies`` by (periods left - 1, trades the right way, trades the wrong way)."""
    periods = policies[0].shape[0]
    for lane in range(actions.size):
        is_high = observations[lane, 0] > 0.0
        left = min(max(round(observations[lane, 2] * periods), 1), periods)
        buys, sells = round(observations[lane, 3]), round(observations[lane, 4])
        right = policies[1][left - 1, buys, sells] if is_high else -policies[0][left - 1, sells, buys]
        actions[lane] = 1 + right


class BestResponseInsider:
    """An insider with time, who trades, waits or misleads so as to earn the most there is by the end of the episode.

    Keeps the whole policy: its memory grows with the cube of the task's periods.

    Source: Bellman's equation, `insider_values`; what it earns is `StrategicInsider.best_response`.
    """

    def __init__(self, task: InsiderTask) -> None:
        market, periods = task.market, task.periods
        policies = np.ones((2, periods, periods + 1, periods + 1), np.int8)
        for value, sign in ((0, -1.0), (1, 1.0)):
            gamma = market.gamma if value else 1.0 - market.gamma
            insider_values(periods, sign * market.log_odds, market.alpha, gamma, policies[value])
        self._policies: tuple[Policies, Policies] = (policies[0], policies[1])

    def __call__(self, observations: Observations) -> InsiderActions:
        """Return the actions, shape () or (lanes,)."""
        seen = _rows(observations, INSIDER_COLUMNS)
        actions = np.empty(seen.shape[0], np.int64)
        _look_up(seen, self._policies, actions)
        return actions.reshape(observations.shape[:-1])
