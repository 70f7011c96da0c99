"""The Monte Carlo of the binary model: blocks of 512 paths shared out among threads, added up in their order.

Every path draws its own sequence, named by seed and number, and blocks are added up one after the other, so results are
the same bytes for any number of threads and any batch. What happens inside a block is in `_lanes`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.run._lane_market import Kind, market, scaled_odds, sides, target_odds
from glosten.run._lanes import CURVES, GAINS, LANES, STRIDE, run_blocks
from glosten.statistics import stream, uniform
from glosten.theory import Binary, belief, log_odds_step, side_if_high, side_if_low, spread

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
Precision = Literal["f64", "f32"]
PRECISIONS: tuple[str, ...] = get_args(Precision)
"""In ``f32`` the paths are those of ``f64``, told less exactly.

Per unit of v_high - v_low, curves lie within 2^-22 (trades + 8) of its, and gains over a path within trades times that.
"""
KINDS: dict[Precision, Kind] = {"f64": np.float64, "f32": np.float32}
MOST_TRADES_F32 = 2**24
"""Dates beyond which float32 cannot count."""

SETTLED = 1e-30
"""What a mean below this is: 0, but for the bound on the odds."""
TASK_TRADES = 2**23
"""Trades a thread simulates before it reports back: some thousandths of a second."""
TASK_BYTES = 2**26
"""Largest memory of one task's curves, unless a single block needs more."""


def trades_key(seed: int, *, value_is_high: bool) -> np.uint64:
    """Return the stream from which the paths of one value draw."""
    return stream(seed, "simulate/trades", int(value_is_high))


@jit
def _add_blocks(totals: Floats, blocks: Floats) -> None:
    """Add blocks one after the other: sums of floats depend on their order, and this one is always the same."""
    for block in range(blocks.shape[0]):
        for i in range(totals.size):
            totals[i] += blocks[block, i]


@jit
def count_high(key: np.uint64, first: int, stop: int, prior: float) -> int:
    """Return how many paths from the first up to, but not including, the last have the high value."""
    count = 0
    for path in range(first, stop):
        count += uniform(key, path) < prior
    return count


@jit
def reach(trades: int, log_odds: float, alpha: float, gamma: float) -> Floats:
    """Return how far apart spreads (row 0, per unit of width) and beliefs (row 1) can be after 0..trades trades.

    The spread has one peak, where the odds are sqrt(b_L s_L / (b_H s_H)).
    """
    spans: Floats = np.zeros((2, trades + 1))
    up, down = log_odds_step(1, alpha, gamma), log_odds_step(-1, alpha, gamma)
    buys = side_if_high(1, alpha, gamma), side_if_low(1, alpha, gamma)
    sells = side_if_high(-1, alpha, gamma), side_if_low(-1, alpha, gamma)
    peak = -1.0
    if buys[0] * sells[0] > 0.0 and buys[1] * sells[1] > 0.0:
        peak = math.sqrt(buys[1] * sells[1] / (buys[0] * sells[0]))
    for date in range(1, trades + 1):
        lowest, highest = log_odds + date * down, log_odds + date * up
        one = spread(1.0, belief(lowest), belief(-lowest), alpha, gamma)
        other = spread(1.0, belief(highest), belief(-highest), alpha, gamma)
        largest = max(one, other)
        if peak > 0.0 and lowest < math.log(peak) < highest:
            largest = spread(1.0, peak / (1.0 + peak), 1.0 / (1.0 + peak), alpha, gamma)
        spans[0, date] = largest - min(one, other)
        spans[1, date] = belief(highest) - belief(lowest)
    return spans


@dataclass(frozen=True, slots=True)
class Sums:
    """What the paths of one value add up to, per unit of v_high - v_low: curves (trades + 1, 4) and gains (6,).

    Curves are those of the spread and of the doubt 1 - P(V_H), the latter 0 where V = V_L. ``passed`` (trades + 1,)
    counts the paths that first reached a target at each date, from 0 on; empty where there is no target.
    """

    paths: int
    curves: Floats
    gains: Floats
    passed: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Task:
    """Consecutive blocks of one value, for one thread."""

    value_is_high: bool
    first: int
    blocks: int
    paths: int


def _tasks(paths: tuple[int, int], blocks: int) -> Iterator[_Task]:
    """Yield the tasks of (paths of V_L, paths of V_H), the high value first, in the order they are added up."""
    for value_is_high in (True, False):
        left = paths[value_is_high]
        for first in range(0, -(-left // LANES), blocks):
            held = min(left - first * LANES, blocks * LANES)
            yield _Task(value_is_high, first, -(-held // LANES), held)


class MonteCarlo:
    """One run of the kernel: where the threads get their tasks and leave their sums."""

    def __init__(
        self, model: Binary, trades: int, seed: int, precision: Precision = "f64", target: float | None = None
    ) -> None:
        kind = KINDS[precision]
        self._trades, self._kind = trades, kind
        self._numbers = tuple(market(model, kind, value_is_high=high) for high in (False, True))
        self._keys = tuple(trades_key(seed, value_is_high=high) for high in (False, True))
        self._odds = tuple(kind(scaled_odds(model, model.log_odds, kind, value_is_high=high)) for high in (False, True))
        self._target = None if target is None else kind(target_odds(model, target, kind))
        self._there_already = self._target is not None and self._odds[True] >= self._target
        self._spread = self._spread_of_unit(model, kind)
        self._curves, self._gains = np.zeros((2, trades + 1, CURVES)), np.zeros((2, GAINS))
        self._passed = self._nobody()

    @staticmethod
    def _spread_of_unit(model: Binary, kind: Kind) -> tuple[float, float]:
        """Return for either value what the kernel's spreads, all negative, are multiples of: -alpha / (b_H s_L)."""
        units = []
        for high in (False, True):
            buy, _, _, sell_low = sides(model, kind, value_is_high=high)
            units.append(-model.alpha / (buy * sell_low))
        return units[0], units[1]

    def _nobody(self) -> NDArray[np.int64]:
        return np.zeros(0 if self._target is None else self._trades + 1, np.int64)

    def _run(self, task: _Task, curves: Floats) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """Run a task; the curves of its blocks are written into an array that may have served before."""
        high = task.value_is_high
        curves[:] = 0.0
        results = curves, np.zeros((task.blocks, GAINS)), self._nobody() if high else np.zeros(0, np.int64)
        words = np.zeros(STRIDE, np.uint64)
        like = np.empty(0, self._kind), None if self._kind is np.float64 else (words.view(np.int32), words)
        wanted = (*like, True, self._target) if high else (*like, None, None)
        start = self._keys[high], self._odds[high]
        run_blocks(task.first, task.paths, start, self._numbers[high], results, wanted)
        return results

    def compile(self) -> None:
        """Compile the kernel, so that the clock of a run measures trades only."""
        for high in (False, True):
            self._run(_Task(high, 0, 1, 1), np.zeros((1, 1, CURVES)))
        _add_blocks(np.zeros(1), np.zeros((1, 1)))

    def blocks_per_task(self) -> int:
        """Return how many blocks are worth a thread's while."""
        by_trades = TASK_TRADES // (LANES * self._trades)
        by_memory = TASK_BYTES // (8 * CURVES * (self._trades + 1))
        return max(1, min(by_trades, by_memory))

    def _add(self, task: _Task, results: tuple[Floats, Floats, NDArray[np.int64]]) -> None:
        for totals, sums in zip((self._curves, self._gains), results[:2], strict=True):
            _add_blocks(totals[int(task.value_is_high)].reshape(-1), sums.reshape(task.blocks, -1))
        if task.value_is_high:
            self._passed += results[2]

    def run(self, paths: tuple[int, int], threads: int, blocks: int, progress: Progress | None) -> tuple[Sums, Sums]:
        """Return the sums over (paths of V_L, paths of V_H), simulated by that many threads in tasks of blocks."""
        tasks = _tasks(paths, blocks)
        done = 0
        size = min(blocks, -(-max(paths) // LANES))
        rooms = [np.empty((size, self._trades + 1, CURVES)) for _ in range(threads)]  # new memory is dear: used again

        def perform(task: _Task, room: Floats) -> tuple[Floats, Floats, NDArray[np.int64]]:
            return self._run(task, room[: task.blocks])

        with ThreadPoolExecutor(threads) as pool:
            while wave := list(islice(tasks, threads)):
                for task, results in zip(wave, pool.map(perform, wave, rooms), strict=True):
                    self._add(task, results)
                    done += task.paths
                if progress is not None:
                    progress(done, sum(paths))
        for value, unit in enumerate(self._spread):
            self._curves[value, :, 0] *= unit
            self._curves[value, :, 1] *= unit * unit
        for sums in (self._curves, self._gains):
            sums[np.abs(sums) < SETTLED] = 0.0
        if self._there_already:
            self._passed[:] = 0
            self._passed[0] = paths[True]
        nobody = np.zeros(0, np.int64)
        low = Sums(paths[False], self._curves[0], self._gains[0], nobody)
        return low, Sums(paths[True], self._curves[1], self._gains[1], self._passed)
