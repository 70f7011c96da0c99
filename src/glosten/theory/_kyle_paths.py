"""Paths of Kyle's market at equally spaced times, until the value is revealed: prices exact in law, gains by steps.

The price is a martingale, so a path may be drawn first and the value after it, V = 1 with the chance of its last
price; when the value is revealed depends on neither. Orders of a step are those that move the price as far, paid at
the price after them; the insider's part of them, which comes evenly, at the average of both prices. What the maker
expects is 0 at any step; what the insider and noise do is exact as the step vanishes.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

from glosten._jit import jit
from glosten.statistics import FRACTIONS, advance, sequence
from glosten.theory._kyle_prices import impact_at
from glosten.theory._normal import normal_tail
from glosten.theory._order_table import Floats
from glosten.theory._path_kernel import Start, Trail, look, settle

Numbers: TypeAlias = tuple[float, float, float, float]
"""z of the opening price, volatility, revelation rate, and the step in units of time."""


@jit
def _walk(levels: Floats, growth: float, first: np.uint64, second: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Write z at every date from the first on, exact normal steps; return the state of the sequence.

    Source: dz = r z dt + sqrt(2 r) dW; normal draws as in Box & Muller (1958).
    """
    sd = math.sqrt(growth * growth - 1.0)
    for date in range(1, levels.size):
        draw, first, second = advance(first, second)
        angle, first, second = advance(first, second)
        far = math.sqrt(-2.0 * math.log((draw + 0.5) / FRACTIONS))
        levels[date] = growth * levels[date - 1] + sd * far * math.cos(2.0 * math.pi * angle / FRACTIONS)
    return first, second


@jit
def kyle_paths(numbers: Numbers, start: Start, curves: Floats, totals: Floats, trail: Trail) -> tuple[int, float]:
    """Draw paths of the market, as a `Kernel` does; a period is a step, its order the sign of the net orders in it.

    There is no spread at size 0, and no number of trades: both are 0. Once the value is revealed the price is it.

    Source: `_walk`; the insider's rate sigma^2 lambda(p) / p, as `kyle_insider_rate`.
    """
    opening, volatility, rate, step = numbers
    growth, periods, high_paths, is_high = math.exp(rate * step), curves.shape[2] - 1, 0, False
    average = math.expm1(rate * step) / (rate * step) if rate * step > 0.0 else 1.0
    levels, prices = np.empty(periods + 1), np.empty(periods + 1)
    for path in range(start[1], start[1] + start[2]):
        first, second = sequence(start[0], path)
        levels[0] = opening
        first, second = _walk(levels, growth, first, second)
        for date in range(periods + 1):
            prices[date] = normal_tail(-levels[date])
        draw, first, second = advance(first, second)
        is_high = draw / FRACTIONS < prices[periods]
        draw, first, second = advance(first, second)
        revealed = -math.log1p(-draw / FRACTIONS) / rate
        high_paths += is_high
        value, won, lost, inventory = (1.0 if is_high else 0.0), 0.0, 0.0, 0.0
        for date in range(periods + 1):
            left = revealed - date * step
            price = prices[date] if left > 0.0 else value
            look(curves, date, 0.0, (price - value) ** 2, price if is_high else 0.0)
            if date == periods or left <= 0.0:
                continue
            open_share = min(left / step, 1.0) if step > 0.0 else 1.0
            orders = (levels[date + 1] - growth * levels[date]) * volatility / (math.sqrt(2.0 * rate) * average)
            rush = volatility**2 * impact_at(levels[date], volatility, rate) * step
            insider = open_share * (rush / price if is_high else -rush / normal_tail(levels[date]))
            earned = insider * (value - 0.5 * (price + prices[date + 1]))
            won += earned
            lost += open_share * orders * (value - prices[date + 1]) - earned
            inventory -= open_share * orders
            if trail[0].size > 0:
                trail[0][date], trail[1][date] = (1 if orders > 0.0 else -1), True
        settle(totals, won, lost, 0.0, inventory)
    return high_paths, 1.0 if is_high else 0.0
