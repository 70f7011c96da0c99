"""Paths of the binary market whose value may be redrawn: 512 lanes side by side, in groups of 32, two periods a pass.

Hamilton's filter is linear in weights: with h and l the weights of V_H and V_L, a trade multiplies h by up = b_H / b_L
or down = s_H / s_L and divides both by the probability of its side, and a jump adds p / (1 - p) times pi and 1 - pi.
Before every trade h and l have the sum 1 + p / (1 - p). h is kept negative, and with it the side of a sell: the inverse
of a side then carries its sign, and one number tells what a trader won.

The spread has a division of its own, because the next period waits for the other one. Of a group, one period after the
other is told for all its lanes, so that vector units find work while divisions are under way.

The error is told as mu (1 - mu), what is to be expected of (V - mu)^2 given the orders: the mean is the same, its
standard error smaller, and the value of the moment is not asked for.

One step of a sequence gives two words: the halves of one decide who trades in both periods, those of the other whether
the value is redrawn. Paths that begin with V_H come first in a block, and only they are asked for their belief. Every
sum has its order written out, lane by lane of a row and then in pairs: it does not depend on the width of a machine's
vectors.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from glosten._jit import inline, jit, multiply_add, widen
from glosten.statistics import advance_words, exchange_halves, sequence, uniform
from glosten.theory._order_table import Floats

Words: TypeAlias = NDArray[np.uint64]
Counts: TypeAlias = NDArray[np.int64]
Block: TypeAlias = tuple[Floats, Words, Counts, Counts]
"""Weights and gains; states of the sequences; the value, -1 where it is V_H, and the buys; words drawn by a group."""
Shown: TypeAlias = tuple[float, float, float]
"""Spread, mu (1 - mu), and the belief in V_H, signs and units aside."""

LANES = 512
WIDTH = 16
STRIDE = 2 * WIDTH
ROW = LANES + 48
"""Rows lie this far apart: a load would wait for the store of another row that is less than a group away modulo 4096
bytes."""
HIGH, LOW, STARTED, INFORMED, TRADERS = (row * ROW for row in range(5))
FIRST, SECOND = 0, ROW
VALUE, BUYS = 0, ROW
ROWS, WORD_ROWS, COUNT_ROWS = 5, 2, 2
TRADE, JUMP, LATER, DRAWN = 0, STRIDE, 2 * STRIDE, 4 * STRIDE
"""Words of a group's lanes: those of the first period, and so much further on those of the second."""
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
def _draw(block: Block, lane: int, place: int) -> None:
    """Draw for two periods of a lane: words of the traders and of the jumps, the halves exchanged for the second."""
    _, words, _, drawn = block
    trades, jumps, words[FIRST + lane], words[SECOND + lane] = advance_words(words[FIRST + lane], words[SECOND + lane])
    drawn[TRADE + place], drawn[JUMP + place] = np.int64(trades), np.int64(jumps)
    drawn[LATER + TRADE + place] = np.int64(exchange_halves(trades))
    drawn[LATER + JUMP + place] = np.int64(exchange_halves(jumps))


@jit
def _period(block: Block, lane: int, draws: tuple[np.int64, np.int64], market: JumpingMarket) -> Shown:
    """Let a period pass on a lane: quote, trade, learn, relax, and perhaps redraw the value; return what it showed."""
    inline()
    lanes, _, counts, _ = block
    word, is_high = draws[0], counts[VALUE + lane] < 0
    buys = _buys(word, is_high, market)
    counts[VALUE + lane] = -np.int64(_value_after(draws[1], is_high, market))
    counts[BUYS + lane] += np.int64(buys)
    high, low = lanes[HIGH + lane], lanes[LOW + lane]
    buy, sell = _sides(high, low, market)
    unit = market.one / (buy if buys else sell)
    after, size = high * (market.up if buys else market.down), abs(unit)
    lanes[HIGH + lane] = multiply_add(after, size, -market.to_high)
    lanes[LOW + lane] = multiply_add(low, size, market.to_low)
    won = (low if is_high else after) * unit
    lanes[INFORMED + lane] += won if word < market.informed_below else 0.0
    lanes[TRADERS + lane] += won
    pair = high * low
    return pair / (buy * sell), pair, high


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
    lanes, _, _, drawn = block
    for group in range(min(groups, LANES // STRIDE)):  # the compiler sees that no index is negative
        for place in range(STRIDE):
            _draw(block, group * STRIDE + place, place)
        for date in range(2):
            for place in range(WIDTH):
                a, b = group * STRIDE + place, group * STRIDE + place + WIDTH
                at, to = date * LATER + place, date * SUMS + place
                one = _period(block, a, (drawn[at + TRADE], drawn[at + JUMP]), market)
                other = _period(block, b, (drawn[at + TRADE + WIDTH], drawn[at + JUMP + WIDTH]), market)
                _add(sums, to + SPREADS, one[0], other[0])
                _add(sums, to + ERRORS, one[1], other[1])
                if asked is not None:
                    _add(sums, to + BELIEFS, one[2] * lanes[STARTED + a], other[2] * lanes[STARTED + b])


@jit
def _pass_rest(block: Block, paths: int, market: JumpingMarket, sums: Floats) -> None:
    """Let two periods pass on the lanes that fill no group; they are those of the last block."""
    lanes, _, _, drawn = block
    for lane in range(paths - paths % STRIDE, paths):
        _draw(block, lane, 0)
        for date in range(2):
            at, to = date * LATER, date * SUMS + lane % WIDTH
            spread, error, belief = _period(block, lane, (drawn[at + TRADE], drawn[at + JUMP]), market)
            _add(sums, to + SPREADS, spread, 0.0)
            _add(sums, to + ERRORS, error, 0.0)
            _add(sums, to + BELIEFS, belief * lanes[STARTED + lane], 0.0)


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
    drawn = block[3]
    for lane in range(paths):
        _draw(block, lane, 0)
        _period(block, lane, (drawn[TRADE], drawn[JUMP]), market)


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
    lanes, _, counts, _ = block
    for lane in range(paths):
        informed, traders = lanes[INFORMED + lane], lanes[TRADERS + lane]
        inventory = float(periods - 2 * counts[BUYS + lane])
        row = (informed, traders - informed, -traders, float(periods), inventory)
        for column in range(5):
            totals[column, 0] += row[column]
            totals[column, 1] += row[column] * row[column]


@jit
def _seats() -> tuple[Floats, Words, Counts, Counts, Floats]:
    """Return zeros for a block and its sums, one piece from a line of memory on, 64 bytes: rows then keep apart.

    A vector that straddles two lines is loaded twice.
    """
    room = np.zeros(8 + (ROWS + WORD_ROWS + COUNT_ROWS) * ROW + DRAWN + 2 * SUMS)
    room = room[(-room.ctypes.data % 64) // 8 :]
    lanes, room = room[: ROWS * ROW], room[ROWS * ROW :]
    words, room = room[: WORD_ROWS * ROW], room[WORD_ROWS * ROW :]
    counts, room = room[: COUNT_ROWS * ROW], room[COUNT_ROWS * ROW :]
    return lanes, words.view(np.uint64), counts.view(np.int64), room[:DRAWN].view(np.int64), room[DRAWN:][: 2 * SUMS]


@jit
def _take_places(key: np.uint64, first: int, started: Floats, block: Block) -> int:
    """Seat paths, those that begin with V_H first; return how many these are."""
    lanes, words, counts, _ = block
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
    lanes, words, counts, drawn, sums = _seats()
    block = lanes, words, counts, drawn
    begun = _take_places(key, first, started, block)
    lanes[HIGH : HIGH + paths], lanes[LOW : LOW + paths] = -market.total * beliefs[0], market.total * beliefs[1]
    groups = paths // STRIDE
    believing = min((begun + STRIDE - 1) // STRIDE, groups)
    rest = believing * STRIDE
    doubting = lanes[rest:], words[rest:], counts[rest:], drawn
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
