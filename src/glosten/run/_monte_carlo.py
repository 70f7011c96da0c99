"""The compiled Monte Carlo of the binary model: 512 paths side by side, time outside, lanes inside.

A block holds paths of one value only, told as if that value were V_H: V_L is the same market in a mirror, with
gamma and the prior odds inverted and buys and sells exchanged. Every path draws its own sequence, named by seed and
number, and blocks are added up in their order, so results are the same bytes for any number of threads and any
batch. The quotes are re-typed here in odds, o = P(V_H) / P(V_L), with one division a trade; tests hold them to
`theory` at 1e-12.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.statistics import FRACTIONS, advance, sequence, stream, uniform
from glosten.theory import Binary, belief, log_odds_step, side_if_high, side_if_low, spread

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]
Progress = Callable[[int, int], None]
Market = tuple[float, float, float, float, float, int, int]
"""alpha, P(buy | V_H), P(buy | V_L), P(sell | V_H), P(sell | V_L), and the draws below which a trader is informed,
and buys."""

LANES = 512
ODDS, INFORMED, NOISE, SPREADS, BELIEFS = range(5)
ROWS = 5
CURVES = 4
"""Columns of a curve: sum and sum of squares over paths of the spread, then of the belief."""
GAINS = 6
"""Sum and sum of squares over paths of what the informed, the noise traders and the maker gained."""
LARGEST_ODDS = 1e150
"""Odds are held here, so that a product of two stays finite; doubt of 1e-150 is no doubt."""
SETTLED = 1e-140
"""What a mean below this is: 0, but for the bound on the odds."""
TINY = 1e-290
"""Stands for a probability of 0, so that no division has to be guarded: the side it belongs to is never drawn."""
TASK_TRADES = 2**22
"""Trades a thread simulates before it reports back: some hundredths of a second."""
TASK_BYTES = 2**26
"""Largest memory of one task's curves, unless a single block needs more."""


def market(model: Binary, *, value_is_high: bool) -> Market:
    """Return the numbers a block needs, as seen from the value it is told from."""
    gamma = model.gamma if value_is_high else 1.0 - model.gamma
    buy, buy_low = side_if_high(1, model.alpha, gamma), side_if_low(1, model.alpha, gamma)
    sell, sell_low = side_if_high(-1, model.alpha, gamma), side_if_low(-1, model.alpha, gamma)
    thresholds = round(model.alpha * FRACTIONS), round(buy * FRACTIONS)
    return model.alpha, max(buy, TINY), max(buy_low, TINY), max(sell, TINY), max(sell_low, TINY), *thresholds


def trades_key(seed: int, *, value_is_high: bool) -> np.uint64:
    """Return the stream from which the paths of one value draw."""
    return stream(seed, "simulate/trades", int(value_is_high))


@jit
def _trade(lanes: Floats, states: Words, numbers: Market) -> None:
    """Let one trade pass on every lane: quote, draw the trader, trade at the quote, learn."""
    alpha, buy_high, buy_low, sell_high, sell_low, informed_below, buy_below = numbers
    up, down = min(buy_high / buy_low, LARGEST_ODDS), sell_high / sell_low
    odds, informed, noise, spreads, beliefs = lanes[0], lanes[1], lanes[2], lanes[3], lanes[4]
    first, second = states[0], states[1]
    for lane in range(LANES):
        draw, first[lane], second[lane] = advance(first[lane], second[lane])
        now = odds[lane]
        buy, sell = now * buy_high + buy_low, now * sell_high + sell_low
        inverse = 1.0 / (buy * sell)
        spreads[lane] = alpha * now * inverse
        buys, knows = draw < buy_below, draw < informed_below
        doubt = (buy_low * sell if buys else sell_low * buy) * inverse
        gain = doubt if buys else -doubt
        informed[lane] += gain if knows else 0.0
        noise[lane] += 0.0 if knows else gain
        beliefs[lane] = 1.0 - doubt
        now *= up if buys else down
        now = LARGEST_ODDS if now > LARGEST_ODDS else now
        odds[lane] = now if now > 1.0 / LARGEST_ODDS else 1.0 / LARGEST_ODDS


@jit
def _quote(lanes: Floats, numbers: Market) -> None:
    """Quote on every lane without trading."""
    alpha, buy_high, buy_low, sell_high, sell_low, _, _ = numbers
    for lane in range(LANES):
        now = lanes[ODDS, lane]
        lanes[SPREADS, lane] = alpha * now * (1.0 / ((now * buy_high + buy_low) * (now * sell_high + sell_low)))


@jit
def _add_up(row: Floats, sums: Floats) -> None:
    """Write the sum and the sum of squares of a row of lanes, in an order of additions that vector units follow."""
    parts, squares = np.empty(64), np.empty(64)
    for i in range(64):
        a, b, c, d = row[i], row[i + 64], row[i + 128], row[i + 192]
        e, f, g, h = row[i + 256], row[i + 320], row[i + 384], row[i + 448]
        parts[i] = ((a + b) + (c + d)) + ((e + f) + (g + h))
        squares[i] = ((a * a + b * b) + (c * c + d * d)) + ((e * e + f * f) + (g * g + h * h))
    for half in (32, 16, 8, 4, 2, 1):
        for i in range(half):
            parts[i] += parts[i + half]
            squares[i] += squares[i + half]
    sums[0], sums[1] = parts[0], squares[0]


@jit
def _gains(lanes: Floats, paths: int, gains: Floats) -> None:
    """Write sums and sums of squares over the first paths of a block."""
    for lane in range(paths):
        informed, noise = lanes[INFORMED, lane], lanes[NOISE, lane]
        maker = -(informed + noise)
        gains[0] += informed
        gains[1] += informed * informed
        gains[2] += noise
        gains[3] += noise * noise
        gains[4] += maker
        gains[5] += maker * maker


@jit
def _block(lanes: Floats, states: Words, numbers: Market, paths: int, curves: Floats) -> None:
    """Run one block from the odds its lanes hold; write its curves, shape (trades + 1, 4).

    The curve of the belief starts after the first trade: before it, the belief is the prior.
    """
    trades = curves.shape[0] - 1
    for date in range(trades):
        _trade(lanes, states, numbers)
        for row in (SPREADS, BELIEFS):
            lanes[row, paths:] = 0.0
        _add_up(lanes[SPREADS], curves[date, :2])
        _add_up(lanes[BELIEFS], curves[date + 1, 2:])
    _quote(lanes, numbers)
    lanes[SPREADS, paths:] = 0.0
    _add_up(lanes[SPREADS], curves[trades, :2])


@jit
def _run_blocks(
    first: int, paths: int, start: tuple[np.uint64, float], numbers: Market, results: tuple[Floats, Floats]
) -> None:
    """Run consecutive blocks of one value, the last of them perhaps not full.

    ``first`` numbers the first block, ``paths`` is how many they hold together, ``start`` the key of their stream and
    the prior odds; ``results`` are the curves, shape (blocks, trades + 1, 4), and the gains, shape (blocks, 6).
    """
    key, odds = start
    curves, gains = results
    lanes, states = np.zeros((ROWS, LANES)), np.zeros((2, LANES), np.uint64)
    for block in range(curves.shape[0]):
        lanes[:] = 0.0
        lanes[ODDS] = odds
        for lane in range(LANES):
            states[0, lane], states[1, lane] = sequence(key, (first + block) * LANES + lane)
        live = min(LANES, paths - block * LANES)
        _block(lanes, states, numbers, live, curves[block])
        _gains(lanes, live, gains[block])


@jit
def _add_blocks(totals: Floats, blocks: Floats) -> None:
    """Add blocks one after the other: sums of floats depend on their order, and this one is always the same."""
    for block in range(blocks.shape[0]):
        for i in range(totals.size):
            totals[i] += blocks[block, i]


@jit
def count_high(key: np.uint64, paths: int, prior: float) -> int:
    """Return how many of the first paths have the high value."""
    count = 0
    for path in range(paths):
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
    """What the paths of one value add up to, per unit of v_high - v_low: curves (trades + 1, 4) and gains (6,)."""

    paths: int
    curves: Floats
    gains: Floats


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

    def __init__(self, model: Binary, trades: int, seed: int) -> None:
        odds = np.exp(np.clip(model.log_odds, -np.log(LARGEST_ODDS), np.log(LARGEST_ODDS)))
        self._trades = trades
        self._numbers = tuple(market(model, value_is_high=high) for high in (False, True))
        self._starts = tuple(
            (trades_key(seed, value_is_high=high), float(odds if high else 1.0 / odds)) for high in (False, True)
        )
        curves, gains = np.zeros((2, trades + 1, CURVES)), np.zeros((2, GAINS))
        self._curves, self._gains = curves, gains

    def compile(self) -> None:
        """Compile the kernel, so that the clock of a run measures trades only."""
        _run_blocks(0, 1, self._starts[0], self._numbers[0], (np.zeros((1, 1, CURVES)), np.zeros((1, GAINS))))
        _add_blocks(np.zeros(1), np.zeros((1, 1)))

    def blocks_per_task(self) -> int:
        """Return how many blocks are worth a thread's while."""
        by_trades = TASK_TRADES // (LANES * self._trades)
        by_memory = TASK_BYTES // (8 * CURVES * (self._trades + 1))
        return max(1, min(by_trades, by_memory))

    def _perform(self, task: _Task) -> tuple[Floats, Floats]:
        results = np.zeros((task.blocks, self._trades + 1, CURVES)), np.zeros((task.blocks, GAINS))
        high = task.value_is_high
        _run_blocks(task.first, task.paths, self._starts[high], self._numbers[high], results)
        return results

    def _add(self, task: _Task, results: tuple[Floats, Floats]) -> None:
        for totals, sums in zip((self._curves, self._gains), results, strict=True):
            _add_blocks(totals[int(task.value_is_high)].reshape(-1), sums.reshape(task.blocks, -1))

    def run(self, paths: tuple[int, int], threads: int, blocks: int, progress: Progress | None) -> tuple[Sums, Sums]:
        """Return the sums over (paths of V_L, paths of V_H), simulated by that many threads in tasks of blocks."""
        tasks = _tasks(paths, blocks)
        done = 0
        with ThreadPoolExecutor(threads) as pool:
            while wave := list(islice(tasks, threads)):
                for task, results in zip(wave, pool.map(self._perform, wave), strict=True):
                    self._add(task, results)
                    done += task.paths
                if progress is not None:
                    progress(done, sum(paths))
        curves, gains = self._curves, self._gains
        for sums in (curves, gains):
            sums[np.abs(sums) < SETTLED] = 0.0
        low, high = (Sums(paths[value], curves[value], gains[value]) for value in (0, 1))
        return low, high
