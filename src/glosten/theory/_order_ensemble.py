"""The paths of every model that is a table of orders: P(order and trader | state), fixed or chosen on the quotes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glosten.statistics import stream
from glosten.theory import _order_paths
from glosten.theory._domain import require
from glosten.theory._ensemble import Orders, Sums, simulation_problems
from glosten.theory._order_table import VALUES, Floats


@dataclass(frozen=True, slots=True, eq=False)
class OrderEnsemble:
    """All paths of states with values and beliefs, shape (2, states), and tables, shape (2, states, 3), of orders.

    ``chooses``: the informed decide anew before every period, on the quotes. ``key`` is that of the stream of the model
    and the seed; path 7 draws from sequence 7 of it.
    """

    states: Floats
    tables: Floats
    chooses: bool
    periods: int
    key: np.uint64

    @property
    def lanes(self) -> int:
        """Return how many paths a block holds."""
        return 512

    def block(self, number: int, paths: int) -> Sums:
        """Return the sums over the first paths of the block with that number.

        Source: `sum_paths`.
        """
        size = self.periods, number * self.lanes, paths
        high, curves, totals = _order_paths.sum_paths(self.states, self.tables, self.chooses, self.key, size)
        return Sums(paths, high, curves, totals)

    def path(self, number: int) -> Orders:
        """Return what happened on the path with that number.

        Source: `walk`.
        """
        orders, informed = np.zeros(self.periods, np.int8), np.zeros(self.periods, np.bool_)
        found = orders, informed
        state = _order_paths.walk(self.states, self.tables, self.chooses, self.key, number, found)
        return Orders(float(self.states[VALUES, state]), orders, informed)


def order_ensemble(
    name: str, market: tuple[Floats, Floats], periods: int, seed: int, *, chooses: bool = False
) -> OrderEnsemble:
    """Return the paths of a model of that name with (states, tables); raises `DomainError` naming what is wrong."""
    require(simulation_problems(periods, 1, seed))
    return OrderEnsemble(*market, chooses, periods, stream(seed, name))
