"""Paths of the binary market whose value may be redrawn: 512 lanes side by side, two periods a pass, one division.

Hamilton's filter is linear in weights that nobody normalises: with h and l the weights of V_H and V_L, a trade
multiplies h by up = b_H / b_L or down = s_H / s_L, and a jump adds p / (1 - p) times pi and 1 - pi of their sum W. So
the weights need no division to move: one serves both periods, 1 / (P Q) giving 1 / P and 1 / Q, where
P = (l + up h)(l + down h) is the product of both sides' probabilities. h is kept negative, and with it the side of a
sell: the inverse of W then carries the side's sign, and one number tells what a trader won. Before a pass h and l have
the sum 1 + p / (1 - p), after a trade and a jump that many times W.

The error is told as mu (1 - mu), what is to be expected of (V - mu)^2 given the orders: the mean is the same, its
standard error smaller, and the value of the moment is not asked for.

One step of a sequence gives two words: the halves of one decide who trades in both periods, those of the other whether
the value is redrawn. Paths that begin with V_H come first in a block, and only they are asked for their belief. Every
sum has its order written out, lane by lane of a row and then in pairs: it does not depend on the width of a machine's
vectors.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from glosten._jit import inline, jit, multiply_add, widen
from glosten.statistics import advance_words, exchange_halves, sequence, uniform
from glosten.theory._order_table import Floats

Words: TypeAlias = NDArray[np.uint64]
Counts: TypeAlias = NDArray[np.int64]
Block: TypeAlias = tuple[Floats, Words, Counts]
"""Weights and gains, states of the sequences, and whole numbers: the value (-1 where it is V_H) and the buys."""
Shown: TypeAlias = tuple[float, float, float]
"""Spread, mu (1 - mu), and the belief in V_H, signs and units aside."""

LANES = 512
WIDTH = 16
STRIDE = 2 * WIDTH
ROW = LANES + WIDTH
"""Rows of lanes lie this far apart: at a multiple of 4096 bytes a load would wait for the store of another row."""
HIGH, LOW, STARTED, INFORMED, TRADERS = (row * ROW for row in range(5))
FIRST, SECOND = 0, ROW
VALUE, BUYS = 0, ROW
ROWS, WORD_ROWS, COUNT_ROWS = 5, 2, 2
CURVES = 3
SPREADS, ERRORS, BELIEFS = (curve * 2 * WIDTH for curve in range(CURVES))
SUMS = CURVES * 2 * WIDTH
"""Sums and sums of squares of the curves at the first date of a pass; those of the second lie this much further on."""


class JumpingMarket(NamedTuple):
    """What a pass needs to know: how weights move, and the words below which things happen.

    ``up`` = b_H / b_L, ``down`` = s_H / s_L; ``to_high`` and ``to_low`` are p / (1 - p) times pi and 1 - pi, ``total``
    is one more than their sum.
    """

    up: float
    down: float
    to_high: float
    to_low: float
    total: float
    one: float
    informed_below: np.int64
    noise_below: np.int64
    stays_below: np.int64
    comes_below: np.int64


@jit
def _buys(word: np.int64, is_high: bool | np.bool_, market: JumpingMarket) -> np.bool_:
    """Return whether the trader whom a word sends buys: the informed come first, then noise traders who buy."""
    informed_sells = (word < market.informed_below) & (not is_high)
    return (word < market.noise_below) & (not informed_sells)


@jit
def _value_after(word: np.int64, is_high: bool | np.bool_, market: JumpingMarket) -> np.bool_:
    """Return whether the value is V_H after a period."""
    return word < (market.stays_below if is_high else market.comes_below)


@jit
def _sides(high: float, low: float, market: JumpingMarket) -> tuple[float, float]:
    """Return the sums of weights that a buy and a sell leave, that of the sell negative."""
    return multiply_add(-market.up, high, low), multiply_add(market.down, high, -low)


@jit
def _period(
    weights: tuple[float, float], is_high: bool | np.bool_, word: np.int64, market: JumpingMarket
) -> tuple[tuple[float, float], np.bool_, float, Shown]:
    """Let a period pass: return the weights after it, whether the trader bought, what he won, and what was shown."""
    inline()
    high, low = weights
    buys = _buys(word, is_high, market)
    buy, sell = _sides(high, low, market)
    inverse = market.one / (buy * sell)
    unit = (sell if buys else buy) * inverse
    after = high * (market.up if buys else market.down)
    won = (low if is_high else after) * unit
    size = abs(unit)
    moved = multiply_add(after, size, -market.to_high), multiply_add(low, size, market.to_low)
    pair = high * low
    return moved, buys, won, (pair * inverse, pair, high)


@jit
def _two_periods(block: Block, lane: int, market: JumpingMarket) -> tuple[Shown, Shown]:
    """Let two periods pass on a lane: quote, trade, learn, relax, and perhaps redraw the value, twice.

    Return what it showed before either.
    """
    inline()
    lanes, words, counts = block
    trades, jumps, words[FIRST + lane], words[SECOND + lane] = advance_words(words[FIRST + lane], words[SECOND + lane])
    word, later_word = np.int64(trades), np.int64(exchange_halves(trades))
    is_high = counts[VALUE + lane] < 0
    weights, buys, won, shown = _period((lanes[HIGH + lane], lanes[LOW + lane]), is_high, word, market)
    is_later_high = _value_after(np.int64(jumps), is_high, market)
    weights, later_buys, later_won, later_shown = _period(weights, is_later_high, later_word, market)
    lanes[HIGH + lane], lanes[LOW + lane] = weights
    is_last_high = _value_after(np.int64(exchange_halves(jumps)), is_later_high, market)
    counts[VALUE + lane] = -np.int64(is_last_high)
    informed = lanes[INFORMED + lane]
    informed = informed + won if word < market.informed_below else informed
    lanes[INFORMED + lane] = informed + later_won if later_word < market.informed_below else informed
    lanes[TRADERS + lane] += won + later_won
    counts[BUYS + lane] += np.int64(buys) + np.int64(later_buys)
    return shown, later_shown


@jit
def _add(sums: Floats, place: int, one: float, other: float) -> None:
    """Add two numbers to a sum, and their squares to the sum of squares a row further on."""
    sums[place] += one + other
    square = multiply_add(one, one, sums[place + WIDTH])
    sums[place + WIDTH] = multiply_add(other, other, square)


@jit
def _pass_groups(block: Block, groups: int, market: JumpingMarket, sums: Floats, asked: bool | None) -> None:
    """Let two periods pass on the first groups of lanes; add up what they showed.

    ``asked`` is None where nobody asks for beliefs: the compiler then leaves them out.
    """
    widen()
    for group in range(min(groups, LANES // STRIDE)):  # the compiler sees that no index is negative
        for place in range(WIDTH):
            a, b = group * STRIDE + place, group * STRIDE + place + WIDTH
            now_a, later_a = _two_periods(block, a, market)
            now_b, later_b = _two_periods(block, b, market)
            _add(sums, SPREADS + place, now_a[0], now_b[0])
            _add(sums, SUMS + SPREADS + place, later_a[0], later_b[0])
            _add(sums, ERRORS + place, now_a[1], now_b[1])
            _add(sums, SUMS + ERRORS + place, later_a[1], later_b[1])
            if asked is not None:
                begun_a, begun_b = block[0][STARTED + a], block[0][STARTED + b]
                _add(sums, BELIEFS + place, now_a[2] * begun_a, now_b[2] * begun_b)
                _add(sums, SUMS + BELIEFS + place, later_a[2] * begun_a, later_b[2] * begun_b)


@jit
def _pass_rest(block: Block, paths: int, market: JumpingMarket, sums: Floats) -> None:
    """Let two periods pass on the lanes that fill no group; they are those of the last block."""
    for lane in range(paths - paths % STRIDE, paths):
        shown = _two_periods(block, lane, market)
        place, begun = lane % WIDTH, block[0][STARTED + lane]
        for later in range(2):
            spread, error, belief = shown[later]
            _add(sums, later * SUMS + SPREADS + place, spread, 0.0)
            _add(sums, later * SUMS + ERRORS + place, error, 0.0)
            _add(sums, later * SUMS + BELIEFS + place, belief * begun, 0.0)


@jit
def _show(lanes: Floats, paths: int, market: JumpingMarket, sums: Floats) -> None:
    """Add up what is quoted and believed now."""
    for lane in range(paths):
        high, low, place = lanes[HIGH + lane], lanes[LOW + lane], lane % WIDTH
        buy, sell = _sides(high, low, market)
        _add(sums, SPREADS + place, high * low / (buy * sell), 0.0)
        _add(sums, ERRORS + place, high * low, 0.0)
        _add(sums, BELIEFS + place, high * lanes[STARTED + lane], 0.0)


@jit
def _pass_one(block: Block, paths: int, market: JumpingMarket) -> None:
    """Let the period pass that is left over where their number is odd; nobody looks at values after it."""
    lanes, words, counts = block
    for lane in range(paths):
        word = np.int64(advance_words(words[FIRST + lane], words[SECOND + lane])[0])
        weights = lanes[HIGH + lane], lanes[LOW + lane]
        weights, buys, won, _ = _period(weights, counts[VALUE + lane] < 0, word, market)
        lanes[HIGH + lane], lanes[LOW + lane] = weights
        lanes[TRADERS + lane] += won
        if word < market.informed_below:
            lanes[INFORMED + lane] += won
        counts[BUYS + lane] += np.int64(buys)


@jit
def _gather(sums: Floats, first: int, dates: int, units: tuple[float, float, float], curves: Floats) -> None:
    """Write one or two dates of the curves, shape (3, 2, periods + 1), adding lanes in pairs; clear the sums."""
    for date in range(dates):
        for row in range(2 * CURVES):
            lanes = sums[date * SUMS + row * WIDTH : date * SUMS + (row + 1) * WIDTH]
            for lane in range(8):
                lanes[lane] += lanes[lane + 8]
            for lane in range(4):
                lanes[lane] += lanes[lane + 4]
            unit = units[row // 2]
            scale = unit if row % 2 == 0 else unit * unit
            curves[row // 2, row % 2, first + date] = ((lanes[0] + lanes[2]) + (lanes[1] + lanes[3])) * scale
    sums[:] = 0.0


@jit
def _totals(block: Block, paths: int, periods: int, totals: Floats) -> None:
    """Write sums and sums of squares over paths: gains of informed, noise and maker, trades, the maker's inventory."""
    lanes, _, counts = block
    for lane in range(paths):
        informed, traders = lanes[INFORMED + lane], lanes[TRADERS + lane]
        inventory = float(periods - 2 * counts[BUYS + lane])
        row = (informed, traders - informed, -traders, float(periods), inventory)
        for column in range(5):
            totals[column, 0] += row[column]
            totals[column, 1] += row[column] * row[column]


@jit
def _aligned(like: NDArray[Any], size: int) -> NDArray[Any]:
    """Return zeros that start at a line of memory, 64 bytes: a vector that straddles two of them is loaded twice."""
    room = np.zeros(size + 8, like.dtype)
    begin = (-room.ctypes.data % 64) // 8
    return room[begin : begin + size]


@jit
def _take_places(key: np.uint64, first: int, started: Floats, block: Block) -> int:
    """Seat paths, those that begin with V_H first; return how many these are."""
    lanes, words, counts = block
    seat, high = 0, 0
    for begins in (1.0, 0.0):
        for path in range(started.size):
            if started[path] == begins:
                words[FIRST + seat], words[SECOND + seat] = sequence(key, first + path)
                lanes[STARTED + seat], counts[VALUE + seat] = begins, -np.int64(begins)
                seat += 1
        high = seat if begins == 1.0 else high
    return high


@jit
def jumping_block(
    key: np.uint64,
    first: int,
    started: Floats,
    market: JumpingMarket,
    start: tuple[tuple[float, float], tuple[float, float, float]],
    curves: Floats,
) -> Floats:
    """Write the curves of a block, shape (3, 2, periods + 1), and return its totals, shape (5, 2), per unit of width.

    ``first`` numbers the first path, ``started`` (paths,) says which begin with V_H (1 or 0); ``start`` holds P(V_H)
    and P(V_L) at the start, and the units of the curves.
    """
    widen()
    paths, periods = started.size, curves.shape[2] - 1
    beliefs, units = start
    lanes, sums = _aligned(np.empty(0), ROWS * ROW), _aligned(np.empty(0), 2 * SUMS)
    words: Words = _aligned(np.empty(0, np.uint64), WORD_ROWS * ROW)
    counts: Counts = _aligned(np.empty(0, np.int64), COUNT_ROWS * ROW)
    block = lanes, words, counts
    begun = _take_places(key, first, started, block)
    lanes[HIGH : HIGH + paths], lanes[LOW : LOW + paths] = -market.total * beliefs[0], market.total * beliefs[1]
    groups = paths // STRIDE
    believing = min((begun + STRIDE - 1) // STRIDE, groups)
    rest = believing * STRIDE
    doubting = lanes[rest:], words[rest:], counts[rest:]
    for date in range(0, periods - 1, 2):
        _pass_groups(block, believing, market, sums, asked=True)
        _pass_groups(doubting, groups - believing, market, sums, asked=None)
        _pass_rest(block, paths, market, sums)
        _gather(sums, date, 2, units, curves)
    if periods % 2 == 1:
        _show(lanes, paths, market, sums)
        _gather(sums, periods - 1, 1, units, curves)
        _pass_one(block, paths, market)
    _show(lanes, paths, market, sums)
    _gather(sums, periods, 1, units, curves)
    totals: Floats = np.zeros((5, 2))
    _totals(block, paths, periods, totals)
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
    draw, chance = first, second
    for date in range(orders.size):
        if date % 2 == 0:
            draw, chance, first, second = advance_words(first, second)
        else:
            draw, chance = exchange_halves(draw), exchange_halves(chance)
        word, is_high = np.int64(draw), values[date] > 0.5
        orders[date] = 1 if _buys(word, is_high, market) else -1
        informed[date] = word < market.informed_below
        values[date + 1] = 1.0 if _value_after(np.int64(chance), is_high, market) else 0.0
    return informed
