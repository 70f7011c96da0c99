"""The paths of a market of Das, added up by date: as every ensemble, but for a value that jumps on the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.theory._das import Floats
from glosten.theory._das_paths import GAIN, JUMPED, KNOWS, MEAN, ORDER, SPREAD, VALUE, DasMarket, DasPath
from glosten.theory._ensemble import CURVES, ERROR, INFORMED, INVENTORY, MAKER, NOISE, TOTALS, TRADES, Orders, Sums
from glosten.theory._ensemble import SPREAD as SPREADS

BLOCK = 8
"""Paths of a block: a path is long and fills a core by itself."""
CHUNK = 4096
"""Periods drawn at once: what they leave behind stays in the cache."""


@dataclass(frozen=True, slots=True)
class DasOrders(Orders):
    """What happened on a path whose value jumps: ``value`` is the last one.

    ``values``, shape (periods,), is the value at each order, in price units; ``jumped`` says where it has just jumped.
    """

    values: Floats
    jumped: NDArray[np.bool_]


@jit
def _add_periods(told: Floats, live: int, curves: Floats, totals: Floats) -> None:
    """Add what stood before each period to its curves and what the first ``live`` orders brought to the totals.

    ``curves`` has shape (3, 2, periods), ``totals`` (5,) is of one path; in steps of the grid.
    """
    for date in range(told.shape[0]):
        spread, error = told[date, SPREAD], (told[date, MEAN] - told[date, VALUE]) ** 2
        curves[SPREADS, 0, date] += spread
        curves[SPREADS, 1, date] += spread * spread
        curves[ERROR, 0, date] += error
        curves[ERROR, 1, date] += error * error
        if date < live:
            gain, order = told[date, GAIN], told[date, ORDER]
            totals[INFORMED if told[date, KNOWS] > 0.0 else NOISE] += gain
            totals[MAKER] -= gain
            totals[TRADES] += abs(order)
            totals[INVENTORY] -= order


@dataclass(frozen=True, slots=True, eq=False)
class DasEnsemble:
    """All paths of a market of Das that a seed draws over a number of periods.

    A path starts from what the maker believes and holds: with a density V is one of its points and jumps by whole
    steps, with a normal belief V is any number. The last spread and error are those before one period more.
    """

    market: DasMarket
    periods: int
    seed: int

    @property
    def lanes(self) -> int:
        """Return how many paths a block holds."""
        return BLOCK

    def _path(self, number: int) -> DasPath:
        return DasPath(self.market, self.seed, number, whole=self.market.density is not None, fresh=False)

    def block(self, number: int, paths: int) -> Sums:
        """Return the sums over the first paths of the block with that number.

        Source: `live_on_grid`, `live_in_moments`.
        """
        step = self.market.step
        curves, totals = np.zeros((CURVES, 2, self.periods + 1)), np.zeros((paths, TOTALS))
        totals[:, INVENTORY] = self.market.inventory
        for lane in range(paths):
            path = self._path(number * BLOCK + lane)
            for first in range(0, self.periods + 1, CHUNK):
                told = path.told(min(CHUNK, self.periods + 1 - first))
                _add_periods(told, self.periods - first, curves[:, :, first : first + len(told)], totals[lane])
        totals[:, :TRADES] *= step
        curves[SPREADS] *= np.array([[step], [step**2]])
        curves[ERROR] *= np.array([[step**2], [step**4]])
        sums = np.zeros((TOTALS, 2))
        for lane in range(paths):  # one after the other: sums of floats depend on their order
            sums += np.stack([totals[lane], totals[lane] ** 2], axis=1)
        return Sums(paths, 0, curves, sums)

    def path(self, number: int) -> DasOrders:
        """Return what happened on the path with that number."""
        told = self._path(number).told(self.periods + 1)
        values, told = told[:, VALUE] * self.market.step, told[: self.periods]
        return DasOrders(
            value=float(values[max(self.periods - 1, 0)]),
            orders=told[:, ORDER].astype(np.int8),
            informed=told[:, KNOWS] > 0.0,
            values=values[: self.periods],
            jumped=(told[:, JUMPED] > 0.0) & (np.arange(self.periods) > 0),
        )
