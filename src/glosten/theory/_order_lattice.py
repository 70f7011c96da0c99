"""Exact laws by time of every model whose orders do not mind the quotes: a lattice of (buys, sells), no path drawn.

How likely an order is depends on the truth alone, and what the maker believes on how many buys, sells and periods
without a trade there were, in any order. A node of date t stands for all sequences with its counts. What traders
gained depends on the sequence, but its first two moments given the node do not need it: they are carried forward with
the probability, state by state, as `_lattice` does for the binary model, which is faster. Prices are those of the node
that an order leaves, so they may be anything a node knows: zero-profit, indifferent, on a grid.

A lattice of two orders keeps one index, the buys: a sell stays. One of three orders has two, and a period without a
trade stays. So an order goes up, across or stays. Cost: the square of the periods, with three orders the cube.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from glosten._jit import jit
from glosten.theory._domain import require, whole_problem
from glosten.theory._lattice import NEGLIGIBLE, Law
from glosten.theory._order_table import Floats

MOST_TRADES = 5000
"""Periods of a lattice of two orders: seconds."""
MOST_PERIODS = 400
"""Periods of a lattice of three orders: seconds, and 30 MB a state."""
UP, ACROSS, STAY = range(3)
TWO_ORDERS, THREE_ORDERS = (1, 0, -1), (1, -1, 0)
"""Which order goes up, across, and stays; in a lattice of two orders nothing goes across."""
INFORMED, NOISE, MAKER = 1, 3, 5
MOMENTS = 7
"""Of a node: its probability, then mean and square of the gains of informed, noise and maker times it."""
SPREAD, ERROR, BELIEF, DOUBT = range(7, 11)
COLUMNS = 11


class View(NamedTuple):
    """How a date looks from every node, shape (buys, sells), the second 1 long in a lattice of two orders.

    E[V], P(V_H) (NaN where the values are not two), the spread quoted, then the prices of what goes up, across and
    stays, shape (3, ...), NaN where none, and P(trader and order | state), shape (states, 2, 3, ...), informed first.
    """

    mean: Floats
    high: Floats
    spread: Floats
    prices: Floats
    chances: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """States with their values, shape (states,), their probabilities, which of them have V_H, and what orders do.

    ``high`` is empty where the values are not two; ``orders`` is `TWO_ORDERS` or `THREE_ORDERS`.
    """

    values: Floats
    weights: Floats
    high: tuple[int, ...]
    orders: tuple[int, int, int]

    def law(self, periods: int, view: Callable[[int], View]) -> Law:
        """Return the law over 0..periods periods; ``view`` shows a date to it. Raises `DomainError` beyond the limit.

        Source: the law of total probability, and moments of sums by conditioning on the last order.
        """
        two = self.orders == TWO_ORDERS
        most = MOST_TRADES if two else MOST_PERIODS
        far = f"periods must be {most} or fewer for the exact law; it was {periods}: draw paths (simulate)."
        require([whole_problem("periods", periods), far if periods > most else None])
        nodes = np.zeros((self.values.size, periods + 1, 1 if two else periods + 1, MOMENTS))
        nodes[:, 0, 0, 0] = 1.0
        law = np.zeros((self.values.size, periods + 1, COLUMNS))
        for date in range(periods + 1):
            seen = view(date)
            for state in range(self.values.size):
                truth, now = float(self.values[state]), nodes[state]
                describe(law[state, date], now, truth, date, (seen.mean, seen.high, seen.spread))
                if date < periods:
                    advance(now, truth, self.orders, (seen.chances[state], seen.prices), date)
        return self._mixed(law)

    def _mixed(self, law: Floats) -> Law:
        both: Floats = np.tensordot(self.weights, law, 1)
        belief = np.full(law.shape[1], np.nan)
        doubt = belief.copy()
        if self.high:
            total = self.weights[list(self.high)].sum()
            shares = [self.weights[one] / total if total > 0.0 else 1.0 / len(self.high) for one in self.high]
            belief = np.tensordot(np.array(shares), law[list(self.high), :, BELIEF], 1)
            doubt = both[:, DOUBT]

        def deviation(mean: int) -> Floats:
            variance: Floats = np.maximum(both[:, mean + 1] - both[:, mean] ** 2, 0.0)
            return np.sqrt(variance)

        return Law(
            spread=both[:, SPREAD],
            belief=belief,
            doubt=doubt,
            error=both[:, ERROR],
            informed_mean=both[:, INFORMED],
            informed_sd=deviation(INFORMED),
            noise_mean=both[:, NOISE],
            noise_sd=deviation(NOISE),
            maker_mean=both[:, MAKER],
            maker_sd=deviation(MAKER),
        )


@jit
def _bring(into: Floats, origin: Floats, knows: float, unaware: float, gain: float) -> None:
    """Add what one node sends to the next by an order that gains those who send it so much.

    Source: E[(W + g)^2] = E[W^2] + 2 g E[W] + g^2.
    """
    chance, both = origin[0], knows + unaware
    into[0] += both * chance
    for row, share, won in ((INFORMED, knows, gain), (NOISE, unaware, gain), (MAKER, both, -gain)):
        into[row] += both * origin[row] + share * won * chance
        into[row + 1] += both * origin[row + 1] + share * won * (2.0 * origin[row] + won * chance)


@jit
def advance(
    nodes: Floats, value: float, orders: tuple[int, int, int], offers: tuple[Floats, Floats], date: int
) -> None:
    """Carry the nodes of one state, shape (buys, sells, 7), over a period, in place: each needs itself and lower ones.

    ``offers`` are P(trader and order), shape (2, 3, buys, sells), and the prices, shape (3, buys, sells), by node.
    """
    chances, prices = offers
    wide = nodes.shape[1] > 1
    into = np.empty(MOMENTS)
    for up in range(date + 1, -1, -1):
        for across in range(date + 1 - up if wide else 0, -1, -1):
            into[:] = 0.0
            for move in range(3):
                a, b = up - (move == UP), across - (move == ACROSS)
                if a < 0 or b < 0 or a + b > date or nodes[a, b, 0] < NEGLIGIBLE:
                    continue
                price, gain = prices[move, a, b], 0.0
                if orders[move] != 0 and not np.isnan(price):
                    gain = orders[move] * (value - price)
                _bring(into, nodes[a, b], chances[0, move, a, b], chances[1, move, a, b], gain)
            nodes[up, across] = into


@jit
def describe(row: Floats, nodes: Floats, value: float, date: int, seen: tuple[Floats, Floats, Floats]) -> None:
    """Write the expectations over one date's nodes of a state into a row of the law."""
    mean, high, spread = seen
    wide = nodes.shape[1] > 1
    for up in range(date + 1):
        for across in range(date + 1 - up if wide else 1):
            chance = nodes[up, across, 0]
            if chance < NEGLIGIBLE:
                continue
            for moment in range(1, MOMENTS):
                row[moment] += nodes[up, across, moment]
            belief = high[up, across]
            row[SPREAD] += chance * spread[up, across]
            row[ERROR] += chance * (mean[up, across] - value) ** 2
            row[BELIEF] += chance * belief
            row[DOUBT] += chance * belief * (1.0 - belief)


@jit
def in_clock_time(passage: Floats, trades: float) -> Floats:
    """Return a law of the first time in periods from that in trades, shape (periods + 1,), P(a trade) a period.

    Source: the n-th trade comes in period t with probability q P(n - 1 trades in t - 1 periods), a binomial law.
    """
    clock: Floats = np.zeros(passage.size)
    clock[0] = passage[0]
    counts = np.zeros(passage.size)
    counts[0] = 1.0
    for date in range(1, passage.size):
        for number in range(date, 0, -1):
            clock[date] += passage[number] * trades * counts[number - 1]
        for number in range(date, 0, -1):
            counts[number] = trades * counts[number - 1] + (1.0 - trades) * counts[number]
        counts[0] *= 1.0 - trades
    return clock
