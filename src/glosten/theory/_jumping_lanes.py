"""Paths of the binary market whose value may be redrawn: 512 lanes side by side, two periods a pass.

With mu = P(V_H), buy = P(a buy) and sell = 1 - buy, the quarrel of both sides is q = mu (1 - mu) / (buy sell): the
spread is alpha q, the ask lies alpha q sell above mu and the bid alpha q buy below it. So one division tells what is
quoted and what is learned. buy is kept negative, and q with it: the price after either trade is then mu less alpha q
times the side that did not trade. A jump draws the price towards pi, and no belief comes closer to certainty than that
or `LEAST_DOUBT`: mu and 1 - mu need no care of their own.

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

from glosten._jit import choose, inline, jit, multiply_add, widen
from glosten.statistics import advance_words, exchange_halves, sequence, uniform
from glosten.theory._order_table import Floats

Words: TypeAlias = NDArray[np.uint64]
Block: TypeAlias = tuple[Floats, Words]
"""Rows of beliefs, histories, gains and starts; states of the sequences."""
Account: TypeAlias = tuple[float, float, float]
"""What the informed and all traders won, and one more than the number of buys."""
Shown: TypeAlias = tuple[float, float, float]
"""Spread, mu (1 - mu), and the belief in V_H, signs and units aside."""

LANES = 512
WIDTH = 16
STRIDE = 2 * WIDTH
ROW = LANES + 48
"""Rows lie this far apart: a load would wait for the store of another row that is less than a group away modulo 4096
bytes."""
BELIEF, HISTORY, INFORMED, TRADERS, STARTED = (row * ROW for row in range(5))
"""A history is one more than the number of buys, negative where the value is V_H now."""
FIRST, SECOND = 0, ROW
ROWS, WORD_ROWS = 5, 2
CURVES = 3
SPREADS, ERRORS, BELIEFS = (curve * 2 * WIDTH for curve in range(CURVES))
SUMS = CURVES * 2 * WIDTH
"""Sums and sums of squares of the curves at the first date of a pass; those of the second lie this much further on."""


class JumpingMarket(NamedTuple):
    """What a pass needs to know: how beliefs move, and the words below which things happen.

    ``move`` = -alpha, ``buy`` = -b_L and ``sell`` = s_L: the sides are move mu + buy, negative, and move mu + sell.
    ``keep`` and ``to_high`` are 1 - p and p pi.
    """

    move: float
    buy: float
    sell: float
    keep: float
    to_high: float
    one: float
    zero: float
    low_buys_below: np.int64
    high_buys_below: np.int64
    stays_below: np.int64
    comes_below: np.int64


@jit
def _buys(word: np.int64, is_high: bool | np.bool_, market: JumpingMarket) -> np.bool_:
    """Return whether the trader whom a word sends buys: noise traders who buy come first, then the informed."""
    buys: np.bool_ = word < choose(is_high, market.high_buys_below, market.low_buys_below)
    return buys


@jit
def _if_informed(word: np.int64, then: Any, otherwise: Any, market: JumpingMarket) -> Any:
    """Return one thing where a word sends an informed trader, who buys V_H and sells V_L, and another where not."""
    return choose((word < market.high_buys_below) & (word >= market.low_buys_below), then, otherwise)


@jit
def _value_after(word: np.int64, is_high: bool | np.bool_, market: JumpingMarket) -> np.bool_:
    """Return whether the value is V_H after a period."""
    high: np.bool_ = word < choose(is_high, market.stays_below, market.comes_below)
    return high


@jit
def _sides(belief: float, market: JumpingMarket) -> tuple[float, float]:
    """Return the probabilities of a buy, negative, and of a sell."""
    return multiply_add(market.move, belief, market.buy), multiply_add(market.move, belief, market.sell)


@jit
def _shown(belief: float, market: JumpingMarket) -> Shown:
    """Return what is quoted and believed."""
    buy, sell = _sides(belief, market)
    doubt = multiply_add(-belief, belief, belief)
    return doubt / (buy * sell), doubt, belief


@jit
def _period(
    words: tuple[np.int64, np.int64], belief: float, is_high: np.bool_, account: Account, market: JumpingMarket
) -> tuple[float, np.bool_, Account, Shown]:
    """Let a period pass: quote, trade, learn, book, and perhaps redraw the value.

    Returns the belief and whether the value is V_H after it, the account, and what was shown before the trade.
    """
    inline()
    informed, traders, count = account
    buys = _buys(words[0], is_high, market)
    buy, sell = _sides(belief, market)
    shown = _shown(belief, market)
    price = multiply_add(market.move, shown[0] * choose(buys, sell, buy), belief)
    missed = choose(is_high, market.one, market.zero) - price
    won = choose(buys, missed, -missed)
    informed = _if_informed(words[0], informed + won, informed, market)
    account = informed, traders + won, choose(buys, count + market.one, count)
    after = multiply_add(market.keep, price, market.to_high)
    return after, _value_after(words[1], is_high, market), account, shown


@jit
def _two_periods(block: Block, lane: int, market: JumpingMarket) -> tuple[Shown, Shown]:
    """Let two periods pass on a lane; return what was shown before either trade."""
    inline()
    lanes, words = block
    trades, jumps, words[FIRST + lane], words[SECOND + lane] = advance_words(words[FIRST + lane], words[SECOND + lane])
    first = np.int64(trades), np.int64(jumps)
    second = np.int64(exchange_halves(trades)), np.int64(exchange_halves(jumps))
    history = lanes[HISTORY + lane]
    account = lanes[INFORMED + lane], lanes[TRADERS + lane], abs(history)
    is_high = history < market.zero
    belief, is_high, account, shown = _period(first, lanes[BELIEF + lane], is_high, account, market)
    belief, is_high, account, shown_next = _period(second, belief, is_high, account, market)
    lanes[BELIEF + lane], lanes[INFORMED + lane], lanes[TRADERS + lane] = belief, account[0], account[1]
    lanes[HISTORY + lane] = choose(is_high, -account[2], account[2])
    return shown, shown_next


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
    started = block[0]
    for group in range(min(groups, LANES // STRIDE)):  # the compiler sees that no index is negative
        for place in range(WIDTH):
            a, b = group * STRIDE + place, group * STRIDE + place + WIDTH
            one, one_next = _two_periods(block, a, market)
            other, other_next = _two_periods(block, b, market)
            _add(sums, SPREADS + place, one[0], other[0])
            _add(sums, ERRORS + place, one[1], other[1])
            _add(sums, SUMS + SPREADS + place, one_next[0], other_next[0])
            _add(sums, SUMS + ERRORS + place, one_next[1], other_next[1])
            if asked is not None:
                starts, starts_too = started[STARTED + a], started[STARTED + b]
                _add(sums, BELIEFS + place, one[2] * starts, other[2] * starts_too)
                _add(sums, SUMS + BELIEFS + place, one_next[2] * starts, other_next[2] * starts_too)


@jit
def _show(lanes: Floats, lane: int, shown: Shown, sums: Floats, place: int) -> None:
    """Add up what one lane shows, at a place of the sums."""
    _add(sums, SPREADS + place, shown[0], 0.0)
    _add(sums, ERRORS + place, shown[1], 0.0)
    _add(sums, BELIEFS + place, shown[2] * lanes[STARTED + lane], 0.0)


@jit
def _pass_rest(block: Block, paths: int, market: JumpingMarket, sums: Floats) -> None:
    """Let two periods pass on the lanes that fill no group; they are those of the last block."""
    for lane in range(paths - paths % STRIDE, paths):
        shown, shown_next = _two_periods(block, lane, market)
        _show(block[0], lane, shown, sums, lane % WIDTH)
        _show(block[0], lane, shown_next, sums, SUMS + lane % WIDTH)


@jit
def _show_all(lanes: Floats, paths: int, market: JumpingMarket, sums: Floats) -> None:
    """Add up what is quoted and believed now."""
    for lane in range(paths):
        _show(lanes, lane, _shown(lanes[BELIEF + lane], market), sums, lane % WIDTH)


@jit
def _pass_one(block: Block, paths: int, market: JumpingMarket) -> None:
    """Let the period pass that is left over where their number is odd; nobody looks at values after it."""
    lanes, words = block
    for lane in range(paths):
        trades, jumps, _, _ = advance_words(words[FIRST + lane], words[SECOND + lane])
        drawn, history = (np.int64(trades), np.int64(jumps)), lanes[HISTORY + lane]
        account = lanes[INFORMED + lane], lanes[TRADERS + lane], abs(history)
        lanes[BELIEF + lane], _, account, _ = _period(drawn, lanes[BELIEF + lane], history < 0.0, account, market)
        lanes[INFORMED + lane], lanes[TRADERS + lane], lanes[HISTORY + lane] = account


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
def _totals(lanes: Floats, paths: int, periods: int, totals: Floats) -> None:
    """Write sums and sums of squares over paths: gains of informed, noise and maker, trades, the maker's inventory."""
    for lane in range(paths):
        informed, traders = lanes[INFORMED + lane], lanes[TRADERS + lane]
        inventory = periods - 2.0 * (abs(lanes[HISTORY + lane]) - 1.0)
        row = (informed, traders - informed, -traders, float(periods), inventory)
        for column in range(5):
            totals[column, 0] += row[column]
            totals[column, 1] += row[column] * row[column]


@jit
def _seats() -> tuple[Floats, Words, Floats]:
    """Return zeros for a block and its sums, one piece from a line of memory on, 64 bytes: rows then keep apart.

    A vector that straddles two lines is loaded twice.
    """
    room = np.zeros(8 + (ROWS + WORD_ROWS) * ROW + 2 * SUMS)
    room = room[(-room.ctypes.data % 64) // 8 :]
    lanes, room = room[: ROWS * ROW], room[ROWS * ROW :]
    words, sums = room[: WORD_ROWS * ROW], room[WORD_ROWS * ROW :][: 2 * SUMS]
    return lanes, words.view(np.uint64), sums


@jit
def _take_places(key: np.uint64, first: int, started: Floats, block: Block) -> int:
    """Seat paths, those that begin with V_H first; return how many these are."""
    lanes, words = block
    seat, high = 0, 0
    for begins in (1.0, 0.0):
        for path in range(started.size):
            if started[path] == begins:
                words[FIRST + seat], words[SECOND + seat] = sequence(key, first + path)
                lanes[STARTED + seat], lanes[HISTORY + seat] = begins, 1.0 - 2.0 * begins
                seat += 1
        high = seat if begins == 1.0 else high
    return high


@jit
def jumping_block(
    key: np.uint64,
    first: int,
    started: Floats,
    market: JumpingMarket,
    start: tuple[float, tuple[float, float, float]],
    curves: Floats,
) -> Floats:
    """Write the curves of a block, shape (3, 2, periods + 1), and return its totals, shape (5, 2), per unit of width.

    ``first`` numbers the first path, ``started`` (paths,) says which begin with V_H (1 or 0); ``start`` holds P(V_H)
    at the start, and the units of the curves.
    """
    widen()
    paths, periods = started.size, curves.shape[2] - 1
    belief, units = start
    lanes, words, sums = _seats()
    block = lanes, words
    begun = _take_places(key, first, started, block)
    lanes[BELIEF : BELIEF + paths] = belief
    groups = paths // STRIDE
    believing = min((begun + STRIDE - 1) // STRIDE, groups)
    doubting = lanes[believing * STRIDE :], words[believing * STRIDE :]
    for date in range(0, periods - 1, 2):
        _pass_groups(block, believing, market, sums, asked=True)
        _pass_groups(doubting, groups - believing, market, sums, asked=None)
        _pass_rest(block, paths, market, sums)
        _gather(sums, date, 2, units, curves)
    if periods % 2 == 1:
        _show_all(lanes, paths, market, sums)
        _gather(sums, periods - 1, 1, units, curves)
        _pass_one(block, paths, market)
    _show_all(lanes, paths, market, sums)
    _gather(sums, periods, 1, units, curves)
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
    draw, chance = first, second
    for date in range(orders.size):
        if date % 2 == 0:
            draw, chance, first, second = advance_words(first, second)
        else:
            draw, chance = exchange_halves(draw), exchange_halves(chance)
        word, is_high = np.int64(draw), values[date] > 0.5
        orders[date] = 1 if _buys(word, is_high, market) else -1
        informed[date] = _if_informed(word, then=True, otherwise=False, market=market)
        values[date + 1] = 1.0 if _value_after(np.int64(chance), is_high, market) else 0.0
    return informed
