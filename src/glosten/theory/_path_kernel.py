"""What models whose paths are drawn one after the other by a compiled function have in common.

Such a function, a `Kernel`, takes (numbers, (key, first, paths), curves, totals, trail): the numbers of its model, the
paths to draw from which stream, the sums to add to as `Sums` has them, and the orders to write down with whether an
informed trader sent them, arrays of no length where nobody asks. It returns how many of the paths have the higher of
two values, and the value of the last path.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.statistics import stream
from glosten.theory._domain import require
from glosten.theory._ensemble import (
    BELIEF,
    CURVES,
    ERROR,
    INFORMED,
    INVENTORY,
    MAKER,
    NOISE,
    SPREAD,
    TOTALS,
    TRADES,
    Orders,
    Sums,
    simulation_problems,
)
from glosten.theory._order_table import Floats

Start: TypeAlias = tuple[np.uint64, int, int]
Trail: TypeAlias = tuple[NDArray[np.int8], NDArray[np.bool_]]
Kernel: TypeAlias = Callable[[Any, Start, Floats, Floats, Trail], tuple[int, float]]

LANES = 512


@jit
def look(curves: Floats, date: int, spread: float, error: float, belief: float) -> None:
    """Add what one path shows before a period; ``belief`` is 0 on a path that does not count for that curve."""
    curves[SPREAD, 0, date] += spread
    curves[SPREAD, 1, date] += spread * spread
    curves[ERROR, 0, date] += error
    curves[ERROR, 1, date] += error * error
    curves[BELIEF, 0, date] += belief
    curves[BELIEF, 1, date] += belief * belief


@jit
def settle(totals: Floats, informed: float, noise: float, trades: float, inventory: float) -> None:
    """Add what one path brought the informed and the noise traders, its trades, and the maker's inventory at its end.

    What the maker earned is what the others lost.
    """
    for row, figure in (
        (INFORMED, informed),
        (NOISE, noise),
        (MAKER, -(informed + noise)),
        (TRADES, trades),
        (INVENTORY, inventory),
    ):
        totals[row, 0] += figure
        totals[row, 1] += figure * figure


@dataclass(frozen=True, slots=True, eq=False)
class KernelEnsemble:
    """All paths that a kernel draws with the numbers of a model; path 7 draws from sequence 7 of the stream ``key``."""

    kernel: Kernel
    numbers: Any
    periods: int
    key: np.uint64

    @property
    def lanes(self) -> int:
        """Return how many paths a block holds."""
        return LANES

    def block(self, number: int, paths: int) -> Sums:
        """Return the sums over the first paths of the block with that number."""
        curves, totals = np.zeros((CURVES, 2, self.periods + 1)), np.zeros((TOTALS, 2))
        nothing = np.zeros(0, np.int8), np.zeros(0, np.bool_)
        high, _ = self.kernel(self.numbers, (self.key, number * LANES, paths), curves, totals, nothing)
        return Sums(paths, high, curves, totals)

    def path(self, number: int) -> Orders:
        """Return what happened on the path with that number."""
        curves, totals = np.zeros((CURVES, 2, self.periods + 1)), np.zeros((TOTALS, 2))
        trail = np.zeros(self.periods, np.int8), np.zeros(self.periods, np.bool_)
        _, value = self.kernel(self.numbers, (self.key, number, 1), curves, totals, trail)
        return Orders(float(value), *trail)


def kernel_ensemble(name: str, kernel: Kernel, numbers: Any, periods: int, seed: int) -> KernelEnsemble:
    """Return the paths of a model of that name; raises `DomainError` naming what is wrong with periods or seed."""
    require(simulation_problems(periods, 1, seed))
    return KernelEnsemble(kernel, numbers, periods, stream(seed, name))
