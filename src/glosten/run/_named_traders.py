"""The binary market with named traders: who of them gains, and at whose expense.

Every trade is one trader's, each as likely to come as any other; the maker sees orders, not names, and quotes for the
average of the roster. Paths of one value run side by side as in `_lanes`, told as if the value were V_H; what each
trader of a path makes is booked trader by trader.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit, widen
from glosten.errors import InputError
from glosten.run._lane_market import Market, market, scaled_odds
from glosten.run._lanes import sides_after, step
from glosten.run._monte_carlo import Progress, count_high
from glosten.run._simulation import LARGEST_SEED, whole_problem
from glosten.statistics import Mean, advance_word, sequence, stream
from glosten.theory import Binary, Interval, require

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Words = NDArray[np.uint64]

LANES = 32
"""Paths side by side: the books of so many paths and a hundred traders stay in the fast memory of a core."""
TASK = 16 * LANES
"""Paths that are added up one after the other by one thread."""
BOUGHT_ONCE = 2.0**26
"""A book counts purchases in units of this, and all trades in units of 1."""
MOST_TRADERS = 1000
INFORMED = Interval("informed", "how often the trader has a signal")
ACCURACY = Interval("accuracy", "the probability that his signal is right", 0.5)
BUYS = Interval("buys", "how often he buys when he has none")
MADE, HELD = LANES, 2 * LANES
GAINED, BOUGHT, TRADED = range(3)
"""Rows of a book: gains and net purchases, each a sum then a sum of squares over paths, and trades likewise."""
_32 = np.uint64(32)
_LOWER = np.uint64(2**32 - 1)


class NamedTrader(NamedTuple):
    """A trader by name: how often he comes informed, how often he is right then, and how often he buys when not."""

    name: str
    informed: float
    accuracy: float = 1.0
    buys: float = 0.5

    def buy_probabilities(self) -> tuple[float, float]:
        """Return P(he buys | V_L) and P(he buys | V_H)."""
        unaware = (1.0 - self.informed) * self.buys
        return unaware + self.informed * (1.0 - self.accuracy), unaware + self.informed * self.accuracy


@dataclass(frozen=True, slots=True)
class NamedMarket:
    """The binary market and its roster; ``v_low`` < ``v_high`` in price units, ``prior`` = P(V_H).

    Raises `DomainError` naming every parameter outside its domain, and `InputError` where the roster is empty, too long
    or names a trader twice.
    """

    v_low: float
    v_high: float
    prior: float
    traders: tuple[NamedTrader, ...]

    def __post_init__(self) -> None:
        names = [trader.name for trader in self.traders]
        twice = sorted({name for name in names if names.count(name) > 1})
        problems = []
        if not 1 <= len(names) <= MOST_TRADERS:
            problems.append(f"a roster has from 1 to {MOST_TRADERS} traders; there were {len(names)}.")
        if twice:
            problems.append(f"a name belongs to one trader; {', '.join(twice)} came twice.")
        if problems:
            raise InputError(problems)
        checks: list[str | None] = []
        for trader in self.traders:
            found = (
                INFORMED.problem(trader.informed),
                ACCURACY.problem(trader.accuracy),
                BUYS.problem(trader.buys),
            )
            checks += [None if problem is None else f"{trader.name}: {problem}" for problem in found]
        require(checks)
        _ = self.model

    @property
    def model(self) -> Binary:
        """Return the market as the maker sees it: that of the average trader, his signal made certain.

        Source: `NoisySignal.as_certain`, of the averages of P(buy | V).
        """
        chances = np.array([trader.buy_probabilities() for trader in self.traders])
        low, high = (float(chance) for chance in chances.mean(axis=0))
        alpha = min(max(high - low, 0.0), 1.0)
        gamma = min(low / (1.0 - alpha), 1.0) if alpha < 1.0 else 0.5
        return Binary(self.v_low, self.v_high, self.prior, alpha, gamma)


@dataclass(frozen=True, slots=True)
class NamedTraders:
    """What became of every trader over a path of ``trades`` trades, in the order of the roster; price units.

    ``gains``, ``inventory`` (what he bought less what he sold) and ``arrivals`` (his trades) are means over ``n`` paths
    with their standard errors; ``maker`` is what the maker gained, ``maker_inventory`` what he is left with.
    """

    market: NamedMarket
    trades: int
    gains: tuple[Mean, ...]
    inventory: tuple[Mean, ...]
    arrivals: tuple[Mean, ...]
    maker: Mean
    maker_inventory: Mean
    n: int
    n_high: int
    seed: int


@jit
def _quote_and_draw(
    lanes: Floats, states: Words, numbers: Market, towards: Floats, drawn: tuple[Integers, Floats]
) -> None:
    """Let one trade pass on every lane: write who came, and his gain, losses positive.

    ``towards`` (traders,) is, in words of 32 bits, how often each trades towards the value. One word draws both: its
    upper half who comes, its lower half what he does.
    """
    widen()
    who, gains = drawn
    count = np.uint64(towards.size)
    for lane in range(LANES):
        word, states[lane], states[LANES + lane] = advance_word(states[lane], states[LANES + lane])
        trader = np.int64(((word >> _32) * count) >> _32)
        x = lanes[lane]
        buys = float(np.int64(word & _LOWER)) < towards[trader]
        product, other = sides_after(x, buys, numbers)
        who[lane] = trader
        gain = other / product
        gains[lane] = gain
        lanes[lane] = step(x, buys, numbers)
        lanes[MADE + lane] += gain
        lanes[HELD + lane] -= 1.0 if buys else -1.0


@jit
def _book(drawn: tuple[Integers, Floats], books: tuple[Floats, Floats], traders: int) -> None:
    """Book one trade on every lane: what the trader made, and that he came or even bought."""
    who, gains = drawn
    gained, counted = books
    for lane in range(LANES):
        place = lane * traders + who[lane]
        gain = gains[lane]
        gained[place] -= gain
        counted[place] += 1.0 + BOUGHT_ONCE if gain < 0.0 else 1.0


@jit
def _add(numbers: Floats, sums: Floats) -> None:
    """Add numbers to the sums of their kind, and their squares to the sums of squares, shape (2, traders)."""
    for trader in range(numbers.size):
        sums[0, trader] += numbers[trader]
        sums[1, trader] += numbers[trader] * numbers[trader]


@jit
def _close(lane: int, books: tuple[Floats, Floats], sign: float, sums: Floats) -> None:
    """Add the books of one path to the sums, shape (3, 2, traders)."""
    traders = sums.shape[2]
    gained = books[0][lane * traders : (lane + 1) * traders]
    counted = books[1][lane * traders : (lane + 1) * traders]
    bought = np.empty(traders)
    for trader in range(traders):
        purchases = math.floor(counted[trader] * (1.0 / BOUGHT_ONCE))
        counted[trader] -= BOUGHT_ONCE * purchases
        bought[trader] = sign * (2.0 * purchases - counted[trader])
    _add(gained, sums[GAINED])
    _add(bought, sums[BOUGHT])
    _add(counted, sums[TRADED])


@jit
def _run_paths(
    key: np.uint64,
    task: tuple[int, int, int],
    start: tuple[float, float],
    numbers: Market,
    towards: Floats,
    sums: Floats,
) -> Floats:
    """Add paths to the sums and return what the maker made and is left with, each a sum and a sum of squares.

    ``task`` is (first path, paths, trades), ``start`` (x at the start, 1 where the value is V_H or -1).
    """
    first, paths, trades = task
    lanes, states = np.zeros(3 * LANES), np.zeros(2 * LANES, np.uint64)
    drawn = np.zeros(LANES, np.int64), np.zeros(LANES)
    books = np.zeros(LANES * towards.size), np.zeros(LANES * towards.size)
    maker: Floats = np.zeros((2, 2))
    for begin in range(0, paths, LANES):
        lanes[:MADE], lanes[MADE:] = start[0], 0.0
        books[0][:], books[1][:] = 0.0, 0.0
        for lane in range(LANES):
            states[lane], states[LANES + lane] = sequence(key, first + begin + lane)
        for _ in range(trades):
            _quote_and_draw(lanes, states, numbers, towards, drawn)
            _book(drawn, books, towards.size)
        for lane in range(min(LANES, paths - begin)):
            _close(lane, books, start[1], sums)
            made, held = lanes[MADE + lane], start[1] * lanes[HELD + lane]
            maker[0, 0] += made
            maker[0, 1] += made * made
            maker[1, 0] += held
            maker[1, 1] += held * held
    return maker


class _Task(NamedTuple):
    value_is_high: bool
    first: int
    paths: int


def _tasks(paths: tuple[int, int]) -> Iterator[_Task]:
    """Yield the tasks of (paths of V_L, paths of V_H), in the order they are added up."""
    for high in (True, False):
        for first in range(0, paths[high], TASK):
            yield _Task(high, first, min(paths[high] - first, TASK))


class _Books:
    """What the tasks of a run need, and what they add up to."""

    def __init__(self, named: NamedMarket, trades: int, seed: int) -> None:
        model = named.model
        buys = np.array([trader.buy_probabilities() for trader in named.traders])
        self._trades = trades
        self._towards = tuple(np.ascontiguousarray(part) * 2.0**32 for part in (1.0 - buys[:, 0], buys[:, 1]))
        self._numbers = tuple(market(model, np.float64, value_is_high=high) for high in (False, True))
        self._odds = tuple(scaled_odds(model, model.log_odds, np.float64, value_is_high=high) for high in (False, True))
        self._keys = tuple(stream(seed, "named traders/trades", int(high)) for high in (False, True))
        self.sums, self.maker = np.zeros((3, 2, len(named.traders))), np.zeros((2, 2))

    def perform(self, task: _Task) -> tuple[Floats, Floats]:
        """Return the sums of a task."""
        high, sums = task.value_is_high, np.zeros_like(self.sums)
        size, start = (task.first, task.paths, self._trades), (self._odds[high], 1.0 if high else -1.0)
        maker = _run_paths(self._keys[high], size, start, self._numbers[high], self._towards[high], sums)
        return sums, maker

    def run(self, paths: tuple[int, int], threads: int, progress: Progress | None) -> None:
        """Add up all tasks, in their order."""
        tasks, done = _tasks(paths), 0
        with ThreadPoolExecutor(threads) as pool:
            while wave := list(islice(tasks, threads)):
                for task, (sums, maker) in zip(wave, pool.map(self.perform, wave), strict=True):
                    self.sums += sums
                    self.maker += maker
                    done += task.paths
                if progress is not None:
                    progress(done, sum(paths))


def simulate_named_traders(
    named: NamedMarket,
    trades: int,
    paths: int = 10_000,
    seed: int = 0,
    threads: int = 1,
    progress: Progress | None = None,
) -> NamedTraders:
    """Return what every trader of a roster makes over a number of trades, drawn from that many paths.

    The same seed gives the same bytes on any number of threads. Raises `InputError` naming every argument out of range.
    """
    found = [
        whole_problem("trades", trades, 1, 2**26 - 1),
        whole_problem("paths", paths, 1, 10**12),
        whole_problem("seed", seed, 0, LARGEST_SEED),
        whole_problem("threads", threads, 1, 1024),
    ]
    problems = [problem for problem in found if problem is not None]
    if problems:
        raise InputError(problems)
    books = _Books(named, trades, seed)
    n_high = count_high(stream(seed, "named traders/value"), 0, paths, named.prior)
    books.run((paths - n_high, n_high), threads, progress)
    width = named.v_high - named.v_low

    def means(row: int, unit: float) -> tuple[Mean, ...]:
        totals, squares = books.sums[row]
        return tuple(Mean.of_sums(float(a), float(b), paths).scaled(unit) for a, b in zip(totals, squares, strict=True))

    maker, held = (Mean.of_sums(float(total), float(square), paths) for total, square in books.maker)
    return NamedTraders(
        market=named,
        trades=trades,
        gains=means(GAINED, width),
        inventory=means(BOUGHT, 1.0),
        arrivals=means(TRADED, 1.0),
        maker=maker.scaled(width),
        maker_inventory=held,
        n=paths,
        n_high=n_high,
        seed=seed,
    )
