"""The paths of every model that is a table of orders: P(order and trader | state), fixed or chosen on the quotes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glosten.statistics import FRACTIONS, stream
from glosten.theory import _order_paths
from glosten.theory._domain import require
from glosten.theory._ensemble import CURVES, ERROR, TRADES, Orders, Sums, simulation_problems
from glosten.theory._order_paths import GROUP, Market, Record, Whole
from glosten.theory._order_table import INFORMED, NOISE, VALUES, Floats

FEW_STATES = 8
SIDE_BY_SIDE, MANY_SIDE_BY_SIDE, LEAST_SIDE_BY_SIDE = 200, 104, 8
"""Paths that a loop takes at once: what it works on should fit into the nearest cache, so fewer with many states. Odd
multiples of 8: rows a power of 2 apart look like the same memory to a processor in a hurry."""
ROUNDS = 10
"""So often a block does that: enough that a thread is busy for a while, few enough that several threads find work."""


@dataclass(frozen=True, slots=True, eq=False)
class OrderEnsemble:
    """All paths of states with values and beliefs, shape (2, states), and tables, shape (2, states, 3), of orders.

    ``chooses``: the informed decide anew before every period, on the quotes; both tables must then be the same in every
    state but for what the informed do. ``key`` is that of the stream of the model and the seed; path 7 draws from its
    sequence 7.
    """

    states: Floats
    tables: Floats
    chooses: bool
    periods: int
    key: np.uint64

    @property
    def lanes(self) -> int:
        """Return how many paths a block holds."""
        return ROUNDS * self._side_by_side

    @property
    def _side_by_side(self) -> int:
        return SIDE_BY_SIDE if self.states.shape[1] <= FEW_STATES else MANY_SIDE_BY_SIDE

    @property
    def _width(self) -> float:
        """Return the range of the values, 1 where there is none."""
        return float(self.states[VALUES, -1] - self.states[VALUES, 0]) or 1.0

    @property
    def _market(self) -> Market:
        """Return what the compiled code asks for."""
        values, beliefs = self.states
        padding = -beliefs.size % GROUP
        shares = np.append((values - values[0]) / self._width, np.full(padding, (values[-1] - values[0]) / self._width))
        chances = np.vstack([self.tables.sum(axis=0), np.zeros((padding, 3))])
        if self.chooses:
            chances = np.append(self.tables[NOISE, 0], self.tables[INFORMED, 0].sum())[np.newaxis]
        joint = np.concatenate([self.tables[INFORMED], self.tables[NOISE]], axis=1)
        orders = np.array([_limits(row) for row in joint])
        return np.append(beliefs, np.zeros(padding)), shares, chances, _limits(beliefs), orders, self._two

    @property
    def _two(self) -> bool:
        """Return whether exactly two values are different."""
        return len(set(self.states[VALUES].tolist())) == 2

    def block(self, number: int, paths: int) -> Sums:
        """Return the sums over the first paths of the block with that number.

        Source: `sum_paths`.
        """
        size = number * self.lanes, paths, self._side_by_side
        curves = np.zeros((CURVES, 2, self.periods + 1))
        high, totals = _order_paths.sum_paths(self._market, self.key, size, curves, _record(0, 0))
        squared = self._width**2
        curves[:ERROR] *= np.array([[self._width], [squared]])
        curves[ERROR] *= np.array([[squared], [squared * squared]])
        totals[:TRADES] *= np.array([self._width, squared])
        return Sums(paths, high, curves, totals)

    def path(self, number: int) -> Orders:
        """Return what happened on the path with that number.

        Source: `sum_paths` of this path alone.
        """
        record = _record(self.periods, 1)
        curves = np.zeros((CURVES, 2, self.periods + 1))
        _order_paths.sum_paths(self._market, self.key, (number, 1, LEAST_SIDE_BY_SIDE), curves, record)
        orders, informed, state = record
        return Orders(float(self.states[VALUES, state[0]]), orders, informed)


def _record(periods: int, states: int) -> Record:
    return np.zeros(periods, np.int8), np.zeros(periods, np.bool_), np.zeros(states, np.int64)


def _limits(chances: Floats) -> Whole:
    """Return the draws that part what happens with these chances, shape (n - 1,): case k from limit k - 1 to limit k.

    What has no chance is never drawn, nor is what remains of a sum that misses 1 by rounding.
    """
    limits: Whole = np.rint(np.cumsum(chances) * FRACTIONS).astype(np.int64)
    limits[np.flatnonzero(chances)[-1] :] = FRACTIONS
    return limits[:-1].clip(max=FRACTIONS)


def order_ensemble(
    name: str, market: tuple[Floats, Floats], periods: int, seed: int, *, chooses: bool = False
) -> OrderEnsemble:
    """Return the paths of a model of that name with (states, tables); raises `DomainError` naming what is wrong."""
    require(simulation_problems(periods, 1, seed))
    return OrderEnsemble(*market, chooses, periods, stream(seed, name))
