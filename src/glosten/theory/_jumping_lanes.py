"""Paths of the binary market whose value may be redrawn: 512 lanes side by side, one division a period.

Beliefs in V_H and V_L are kept both, so that neither loses its digits as 1 minus the other. One random word serves the
trader, and with its halves exchanged the redrawing. Every sum has its order written out, lane by lane of a row and then
in pairs: it does not depend on the width of a machine's vectors.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit, multiply_add, widen
from glosten.statistics import advance_word, exchange_halves, sequence, uniform
from glosten.theory._order_table import Floats

Words: TypeAlias = NDArray[np.uint64]

LANES = 512
WIDTH = 16
STRIDE = 2 * WIDTH
ROW = LANES + WIDTH
"""Rows of lanes lie this far apart: at a multiple of 4096 bytes a load would wait for the store of another row."""
HIGH, LOW, VALUE, STARTED, INFORMED, TRADERS, INVENTORY = (row * ROW for row in range(7))
ROWS = 7
SPREADS, ERRORS, BELIEFS = (curve * 2 * WIDTH for curve in range(3))
SUMS = 3 * 2 * WIDTH


class JumpingMarket(NamedTuple):
    """What a period needs to know: side probabilities, how beliefs relax, and the words below which things happen."""

    buy_high: float
    buy_low: float
    sell_high: float
    sell_low: float
    stays: float
    to_high: float
    to_low: float
    informed_below: np.uint64
    buys_below_high: np.uint64
    sells_below_low: np.uint64
    high_below: np.uint64
    jump_below: np.uint64


@jit
def _quoted(high: float, low: float, market: JumpingMarket) -> tuple[float, float, float]:
    """Return P(buy), P(sell) and the inverse of their product."""
    buy = multiply_add(high, market.buy_high, low * market.buy_low)
    sell = multiply_add(high, market.sell_high, low * market.sell_low)
    return buy, sell, 1.0 / (buy * sell)


@jit
def _add(sums: Floats, place: int, one: float, other: float) -> None:
    """Add two numbers to a sum, and their squares to the sum of squares a row further on."""
    sums[place] += one + other
    square = multiply_add(one, one, sums[place + WIDTH])
    sums[place + WIDTH] = multiply_add(other, other, square)


@jit
def _trade(lanes: Floats, lane: int, word: np.uint64, market: JumpingMarket) -> tuple[float, float, float]:
    """Let a period pass on a lane: quote, trade, learn, relax, and perhaps redraw the value.

    Return what it showed before: the spread per alpha, the squared error, and the belief where V began high.
    """
    high, low, value = lanes[HIGH + lane], lanes[LOW + lane], lanes[VALUE + lane]
    is_high = value > 0.5
    towards = word < (market.buys_below_high if is_high else market.sells_below_low)
    buys = towards == is_high
    buy, sell, product = _quoted(high, low, market)
    inverse = (sell if buys else buy) * product
    after_high = high * (market.buy_high if buys else market.sell_high) * inverse
    after_low = low * (market.buy_low if buys else market.sell_low) * inverse
    won = after_low if is_high else after_high
    gain = won if towards else -won
    informed = lanes[INFORMED + lane]
    lanes[INFORMED + lane] = informed + gain if word < market.informed_below else informed
    lanes[TRADERS + lane] += gain
    lanes[INVENTORY + lane] += -1.0 if buys else 1.0
    lanes[HIGH + lane] = multiply_add(market.stays, after_high, market.to_high)
    lanes[LOW + lane] = multiply_add(market.stays, after_low, market.to_low)
    chance = exchange_halves(word)
    redrawn = 1.0 if chance < market.high_below else 0.0
    lanes[VALUE + lane] = redrawn if chance < market.jump_below else value
    miss = low if is_high else high
    return high * low * product, miss * miss, high * lanes[STARTED + lane]


@jit
def _one_period(lanes: Floats, states: Words, groups: int, market: JumpingMarket, sums: Floats) -> None:
    """Let a period pass on every lane, and add up what was quoted and believed before it."""
    widen()
    for group in range(min(groups, LANES // STRIDE)):  # the compiler sees that no index is negative
        for place in range(WIDTH):
            a, b = group * STRIDE + place, group * STRIDE + place + WIDTH
            word_a, states[a], states[ROW + a] = advance_word(states[a], states[ROW + a])
            word_b, states[b], states[ROW + b] = advance_word(states[b], states[ROW + b])
            spread_a, error_a, belief_a = _trade(lanes, a, word_a, market)
            spread_b, error_b, belief_b = _trade(lanes, b, word_b, market)
            _add(sums, SPREADS + place, spread_a, spread_b)
            _add(sums, ERRORS + place, error_a, error_b)
            _add(sums, BELIEFS + place, belief_a, belief_b)


@jit
def _last_quotes(lanes: Floats, groups: int, market: JumpingMarket, sums: Floats) -> None:
    """Add up what is quoted and believed after the last period."""
    for lane in range(groups * STRIDE):
        high, low = lanes[HIGH + lane], lanes[LOW + lane]
        miss, place = low if lanes[VALUE + lane] > 0.5 else high, lane % WIDTH
        _add(sums, SPREADS + place, high * low * _quoted(high, low, market)[2], 0.0)
        _add(sums, ERRORS + place, miss * miss, 0.0)
        _add(sums, BELIEFS + place, high * lanes[STARTED + lane], 0.0)


@jit
def _gather(sums: Floats, date: int, curves: Floats) -> None:
    """Write a date of every curve, shape (3, 2, periods + 1), adding lanes in pairs; clear the sums."""
    for curve in range(3):
        for square in range(2):
            start = (2 * curve + square) * WIDTH
            row = sums[start : start + WIDTH]
            for half in (8, 4, 2, 1):
                for lane in range(half):
                    row[lane] += row[lane + half]
            curves[curve, square, date] = row[0]
    sums[:] = 0.0


@jit
def _totals(lanes: Floats, paths: int, periods: int, totals: Floats) -> None:
    """Write sums and sums of squares over paths: gains of informed, noise and maker, trades, the maker's inventory."""
    for lane in range(paths):
        informed, traders = lanes[INFORMED + lane], lanes[TRADERS + lane]
        row = (informed, traders - informed, -traders, float(periods), lanes[INVENTORY + lane])
        for column in range(5):
            totals[column, 0] += row[column]
            totals[column, 1] += row[column] * row[column]


@jit
def jumping_block(
    key: np.uint64, first: int, started: Floats, beliefs: tuple[float, float], market: JumpingMarket, curves: Floats
) -> Floats:
    """Write the curves of a block, shape (3, 2, periods + 1), and return its totals, shape (5, 2), per unit of width.

    ``first`` numbers the first path, ``started`` (paths,) says which begin with V_H (1 or 0), ``beliefs`` are P(V_H)
    and P(V_L) at the start. Lanes that hold no path believe in V_L = V, and add nothing.
    """
    widen()
    paths, periods = started.size, curves.shape[2] - 1
    lanes, states, sums = np.zeros(ROWS * ROW), np.zeros(2 * ROW, np.uint64), np.zeros(SUMS)
    for lane in range(LANES):
        states[lane], states[ROW + lane] = sequence(key, first + lane)
    groups = (paths + STRIDE - 1) // STRIDE
    lanes[HIGH : HIGH + paths], lanes[LOW : LOW + paths] = beliefs[0], beliefs[1]
    lanes[VALUE : VALUE + paths], lanes[STARTED : STARTED + paths] = started, started
    lanes[LOW + paths : LOW + groups * STRIDE] = 1.0
    for date in range(periods):
        _one_period(lanes, states, groups, market, sums)
        for lane in range(paths, groups * STRIDE):
            lanes[HIGH + lane], lanes[LOW + lane], lanes[VALUE + lane] = 0.0, 1.0, 0.0
        _gather(sums, date, curves)
    _last_quotes(lanes, groups, market, sums)
    _gather(sums, periods, curves)
    totals: Floats = np.zeros((5, 2))
    _totals(lanes, paths, periods, totals)
    return totals


@jit
def starts_high(key: np.uint64, first: int, paths: int, p_high: float) -> Floats:
    """Return 1 for every path from the first on that begins with V_H, else 0; shape (paths,)."""
    started = np.zeros(paths)
    for path in range(paths):
        started[path] = 1.0 if uniform(key, first + path) < p_high else 0.0
    return started


@jit
def jumping_path(
    key: np.uint64, number: int, market: JumpingMarket, values: Floats, orders: NDArray[np.int8]
) -> NDArray[np.bool_]:
    """Write the values of a path from the first on, shape (periods + 1,), and its orders; return who was informed."""
    first, second = sequence(key, number)
    informed = np.zeros(orders.size, np.bool_)
    for date in range(orders.size):
        word, first, second = advance_word(first, second)
        is_high = values[date] > 0.5
        towards = word < (market.buys_below_high if is_high else market.sells_below_low)
        orders[date] = 1 if towards == is_high else -1
        informed[date] = word < market.informed_below
        chance = exchange_halves(word)
        redrawn = 1.0 if chance < market.high_below else 0.0
        values[date + 1] = redrawn if chance < market.jump_below else values[date]
    return informed
