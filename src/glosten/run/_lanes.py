"""The binary market on 512 lanes: two trades a pass, one division for both, in float64 or float32.

A block holds paths of one value only, told as if that value were V_H: V_L is the same market in a mirror, with gamma
and the prior odds inverted and buys and sells exchanged. With o = P(V_H) / P(V_L), x = o b_H / b_L and
c = s_H b_L / (s_L b_H), both sides are 1 + x and 1 + c x, the doubt P(V_L) after a buy is 1 / (1 + x), after a sell
1 / (1 + c x), and the spread is alpha / (b_H s_L) times x / ((1 + x)(1 + c x)). The odds need no division to move, so
one division serves two trades, 1 / (A B) giving 1 / A and 1 / B. The side of a sell is kept negative, and so is what
the traders gain: one number then says what was won and, without its sign, how much doubt is left.

Tests hold all of it to `theory` at 1e-12. Every sum has its order written out, in rows that vector units follow:
results do not depend on the width of a machine's vectors.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from glosten._jit import inline, jit, multiply_add, widen
from glosten.run._lane_market import Market
from glosten.statistics import advance_word, exchange_halves, sequence

Floats: TypeAlias = NDArray[np.float64]
Lanes: TypeAlias = NDArray[Any]
"""float64 or float32."""
Words: TypeAlias = NDArray[np.uint64]
Drawn: TypeAlias = tuple[NDArray[np.int32], Words]
"""Room for what a group of lanes has drawn in float32, told as halves with a sign and, the same memory, as words."""
Block: TypeAlias = tuple[Lanes, Words, Lanes, int]
"""Lanes, states of their sequences, sums of the spread and then of the doubt, and how many lanes are in use."""

LANES = 512
WIDTH = 16
"""Lanes whose sums are kept apart; two such rows are worked on side by side, so that one division hides the other."""
STRIDE = 2 * WIDTH
ROW = LANES + WIDTH
"""Rows of lanes lie this far apart: at a multiple of 4096 bytes a load would wait for the store of another row."""
INFORMED, TRADERS, PASSED = ROW, 2 * ROW, 3 * ROW
ROWS = 4
CURVES = 4
"""Columns of a curve: sum and sum of squares over paths of the spread, then of the doubt P(V_L)."""
GAINS = 6
"""Sum and sum of squares over paths of what the informed, the noise traders and the maker gained."""
SUMS = 4 * WIDTH
"""Sum and sum of squares of the first trade of a pass, then of the second, lane by lane of a row."""
_SIGN, _SIGNS = np.uint64(1 << 63), np.uint64((1 << 63) + (1 << 31))
_UPPER, _LOWER, _EVEN = np.uint64(0xFFFFFFFF << 32), np.uint64(0xFFFFFFFF), np.uint64(0xFFFFFFFEFFFFFFFE)
_32 = np.uint64(32)


@jit
def sides_after(x: float, buys: bool | np.bool_, numbers: Market) -> tuple[float, float]:
    """Return -(1 + x)(1 + c x) and the factor of the side that does not trade, the buyers' one negative."""
    sells, buyers = multiply_add(numbers.ratio, x, numbers.one), -numbers.one - x
    return sells * buyers, sells if buys else buyers


@jit
def _inverses(drawn: Drawn | None, one: float, other: float, unit: float) -> tuple[float, float]:
    """Return the inverses of two numbers: by one division in float64, by two in float32, where they are cheap.

    There the product of both would not be finite.
    """
    if drawn is not None:
        return unit / one, unit / other
    both = unit / (one * other)
    return both * other, both * one


@jit
def moved(x: float, buys: bool | np.bool_, numbers: Market) -> float:
    """Return x after a trade, unbounded."""
    return x * (numbers.up if buys else numbers.down)


@jit
def step(x: float, buys: bool | np.bool_, numbers: Market) -> float:
    """Return x after a trade."""
    after: float = min(moved(x, buys, numbers), numbers.largest)
    return after


@jit
def _record(lanes: Lanes, lane: int, first: tuple[np.bool_, float], second: tuple[np.bool_, float]) -> None:
    """Book (informed?, gain) of two trades of a lane, losses counted positive."""
    gained = lanes[INFORMED + lane]
    gained = gained + first[1] if first[0] else gained
    lanes[INFORMED + lane] = gained + second[1] if second[0] else gained
    lanes[TRADERS + lane] += first[1] + second[1]


@jit
def _pass_by(lanes: Lanes, lane: int, xs: tuple[float, float], dates: tuple[float, float, float, float]) -> None:
    """Note when the belief of a lane first reached the target: ``dates`` are target, both trades, and never."""
    target, first, second, never = dates
    later = second if xs[1] >= target else never
    lanes[PASSED + lane] = min(lanes[PASSED + lane], first if xs[0] >= target else later)


@jit
def _add(sums: Lanes, place: int, one: float, other: float) -> None:
    """Add two numbers to a sum, and their squares to the sum of squares a row further on."""
    sums[place] += one + other
    square = multiply_add(one, one, sums[place + WIDTH])
    sums[place + WIDTH] = multiply_add(other, other, square)


@jit
def _draw_halves(states: Words, first: int, drawn: Drawn | None) -> None:
    """Draw for two trades of a group of lanes the halves of a word each, two lanes told as one number.

    The lowest bit of a half is dropped: no draw is the largest, below which a probability of 1 then lies for certain.
    """
    inline()
    if drawn is None:
        return
    pairs = drawn[1]
    for place in range(WIDTH):
        lane, next_lane = first + place, first + WIDTH + place
        word, states[lane], states[ROW + lane] = advance_word(states[lane], states[ROW + lane])
        other, states[next_lane], states[ROW + next_lane] = advance_word(states[next_lane], states[ROW + next_lane])
        pairs[place] = (((word >> _32) | (other & _UPPER)) & _EVEN) ^ _SIGNS
        pairs[WIDTH + place] = (((word & _LOWER) | (other << _32)) & _EVEN) ^ _SIGNS


@jit
def _draw_word(states: Words, lane: int) -> tuple[np.int64, np.int64]:
    """Draw for two trades of a lane a word, and the same with its halves exchanged, told with a sign."""
    word, states[lane], states[ROW + lane] = advance_word(states[lane], states[ROW + lane])
    return np.int64(word ^ _SIGN), np.int64(exchange_halves(word) ^ _SIGN)


@jit
def _seat(lanes: Lanes, lane: int) -> int:
    """Return where the state of a lane is kept: as draws of float32 are paired, even lanes before odd ones."""
    place = lane % STRIDE
    return lane if lanes.itemsize == 8 else lane - place + place % 2 * WIDTH + place // 2


@jit
def _two_trades(
    block: Block, numbers: Market, drawn: Drawn | None, doubts: bool | None, target: float | None, date: float
) -> None:
    """Let two trades pass on every lane, and add up what was quoted and what was left of the doubt.

    ``doubts`` and ``target`` are None where nobody asks: the compiler then leaves them out, as it leaves out float32
    where ``drawn`` is None. ``date`` numbers the first of the two trades.
    """
    widen()
    lanes, states, sums, used = block
    knows, buying = numbers.informed_below, numbers.buys_below
    for group in range(min(used // STRIDE, LANES // STRIDE)):  # the compiler sees that no index is negative
        _draw_halves(states, group * STRIDE, drawn)
        for place in range(WIDTH):
            a, b = group * STRIDE + place, group * STRIDE + place + WIDTH
            if drawn is None:
                (draw_a, next_a), (draw_b, next_b) = _draw_word(states, a), _draw_word(states, b)
            else:
                draw_a, next_a = drawn[0][place], drawn[0][STRIDE + place]
                draw_b, next_b = drawn[0][WIDTH + place], drawn[0][STRIDE + WIDTH + place]
            x, y = lanes[a], lanes[b]
            after_x, after_y = moved(x, draw_a < buying, numbers), moved(y, draw_b < buying, numbers)
            last_x, last_y = step(after_x, next_a < buying, numbers), step(after_y, next_b < buying, numbers)
            lanes[a], lanes[b] = last_x, last_y
            product_x, other_x = sides_after(x, draw_a < buying, numbers)
            product_y, other_y = sides_after(y, draw_b < buying, numbers)
            after_product_x, after_other_x = sides_after(after_x, next_a < buying, numbers)
            after_product_y, after_other_y = sides_after(after_y, next_b < buying, numbers)
            inverse_x, after_inverse_x = _inverses(drawn, product_x, after_product_x, numbers.one)
            inverse_y, after_inverse_y = _inverses(drawn, product_y, after_product_y, numbers.one)
            if target is not None:
                when = target, date, date + numbers.one, numbers.never
                _pass_by(lanes, a, (after_x, last_x), when)
                _pass_by(lanes, b, (after_y, last_y), when)
            won_x, later_x = other_x * inverse_x, after_other_x * after_inverse_x
            won_y, later_y = other_y * inverse_y, after_other_y * after_inverse_y
            _record(lanes, a, (draw_a < knows, won_x), (next_a < knows, later_x))
            _record(lanes, b, (draw_b < knows, won_y), (next_b < knows, later_y))
            _add(sums, place, x * inverse_x, y * inverse_y)
            _add(sums, place + STRIDE, after_x * after_inverse_x, after_y * after_inverse_y)
            if doubts is not None:
                _add(sums, SUMS + place, abs(won_x), abs(won_y))
                _add(sums, SUMS + STRIDE + place, abs(later_x), abs(later_y))


@jit
def _gather(sums: Lanes, place: int, curve: Floats) -> None:
    """Write a sum and its sum of squares, adding the lanes of their rows in pairs."""
    for column in range(2):
        row = sums[place + column * WIDTH : place + (column + 1) * WIDTH]
        for half in (8, 4, 2, 1):
            for lane in range(half):
                row[lane] += row[lane + half]
        curve[column] = row[0]


@jit
def _quoted(x: float, numbers: Market) -> float:
    """Return the spread, signs and units aside."""
    return x / (multiply_add(numbers.ratio, x, numbers.one) * (-numbers.one - x))


@jit
def _last_quotes(block: Block, numbers: Market) -> None:
    """Add up what is quoted after the last trade."""
    lanes, _, sums, used = block
    for group in range(min(used // STRIDE, LANES // STRIDE)):
        for place in range(WIDTH):
            x, y = lanes[group * STRIDE + place], lanes[group * STRIDE + place + WIDTH]
            _add(sums, place, _quoted(x, numbers), _quoted(y, numbers))


@jit
def _last_trade(
    block: Block, numbers: Market, drawn: Drawn | None, doubts: bool | None, target: float | None, date: float
) -> None:
    """Let the trade pass that is left over where their number is odd, its quotes added up by `_last_quotes`."""
    lanes, states, sums, used = block
    for lane in range(used):
        if drawn is None:
            draw = _draw_word(states, lane)[0]
        else:
            if lane % STRIDE == 0:
                _draw_halves(states, lane, drawn)
            draw = drawn[0][lane % STRIDE]
        x = lanes[lane]
        product, other = sides_after(x, draw < numbers.buys_below, numbers)
        won = other / product
        lanes[lane] = step(x, draw < numbers.buys_below, numbers)
        lanes[TRADERS + lane] += won
        if draw < numbers.informed_below:
            lanes[INFORMED + lane] += won
        if doubts is not None:
            _add(sums, SUMS + lane % WIDTH, abs(won), won - won)
        if target is not None and lanes[lane] >= target:
            lanes[PASSED + lane] = min(lanes[PASSED + lane], date)


@jit
def _somebody_waits(block: Block, numbers: Market) -> bool:
    """Return whether a lane has not reached the target yet: once all have, nobody has to look any more."""
    lanes, _, _, used = block
    waiting = 0
    for lane in range(used):
        waiting += lanes[PASSED + lane] == numbers.never
    return waiting > 0


@jit
def _run_block(
    block: Block, numbers: Market, drawn: Drawn | None, doubts: bool | None, target: float | None, curves: Floats
) -> None:
    """Run one block from the odds its lanes hold; write its curves, shape (trades + 1, 4), signs and units aside.

    The curve of the doubt starts after the first trade: before it, the doubt is that of the prior.
    """
    widen()
    sums, trades = block[2], curves.shape[0] - 1
    date = numbers.one
    waiting = True
    for first in range(0, trades - 1, 2):
        sums[:] = 0.0
        if target is not None and first % 64 == 0:
            waiting = _somebody_waits(block, numbers)
        if waiting:
            _two_trades(block, numbers, drawn, doubts, target, date)
        else:
            _two_trades(block, numbers, drawn, doubts, None, date)
        for trade in range(2):
            _gather(sums, trade * STRIDE, curves[first + trade, :2])
            if doubts is not None:
                _gather(sums, SUMS + trade * STRIDE, curves[first + trade + 1, 2:])
        date += numbers.one + numbers.one
    if trades % 2 == 1:
        sums[:] = 0.0
        _last_quotes(block, numbers)
        _gather(sums, 0, curves[trades - 1, :2])
        _last_trade(block, numbers, drawn, doubts, target, date)
        if doubts is not None:
            _gather(sums, SUMS, curves[trades, 2:])
    sums[:] = 0.0
    _last_quotes(block, numbers)
    _gather(sums, 0, curves[trades, :2])


@jit
def _add_gains(lanes: Lanes, paths: int, gains: Floats) -> None:
    """Write sums and sums of squares over the first paths of a block."""
    for lane in range(paths):
        informed, maker = -float(lanes[INFORMED + lane]), float(lanes[TRADERS + lane])
        noise = -maker - informed
        gains[0] += informed
        gains[1] += informed * informed
        gains[2] += noise
        gains[3] += noise * noise
        gains[4] += maker
        gains[5] += maker * maker


@jit
def _aligned(like: Lanes, size: int) -> Lanes:
    """Return zeros that start at a line of memory, 64 bytes: a vector that straddles two of them is loaded twice."""
    room = np.zeros(size + 64 // like.itemsize, like.dtype)
    begin = (-room.ctypes.data % 64) // like.itemsize
    return room[begin : begin + size]


@jit
def run_blocks(
    first: int,
    paths: int,
    start: tuple[np.uint64, float],
    numbers: Market,
    results: tuple[Floats, Floats, NDArray[np.int64]],
    like: tuple[Lanes, Drawn | None, bool | None, float | None],
) -> None:
    """Run consecutive blocks of one value, the last of them perhaps not full.

    ``first`` numbers the first block, ``paths`` is how many they hold together, ``start`` the key of their stream and x
    at the start; ``results`` are the curves, shape (blocks, trades + 1, 4), the gains, shape (blocks, 6), and how many
    paths first reached the target at each date, shape (trades + 1,). ``like`` is an array of the precision wanted,
    room for draws in float32, True where doubts are wanted, and x at the target; None leaves either out.
    """
    key, x = start
    curves, gains, passed = results
    kind, drawn, doubts, target = like
    lanes, sums = _aligned(kind, ROWS * ROW), _aligned(kind, 2 * SUMS)
    states: Words = _aligned(np.empty(0, np.uint64), 2 * ROW)
    for block in range(curves.shape[0]):
        live = min(LANES, paths - block * LANES)
        lanes[:INFORMED], lanes[INFORMED:PASSED], lanes[PASSED:] = x, 0.0, math.inf
        lanes[live:LANES], lanes[PASSED + live :] = numbers.largest, numbers.one
        for lane in range(LANES):
            seat = _seat(lanes, lane)
            states[seat], states[ROW + seat] = sequence(key, (first + block) * LANES + lane)
        used = (live + STRIDE - 1) // STRIDE * STRIDE
        _run_block((lanes, states, sums, used), numbers, drawn, doubts, target, curves[block])
        _add_gains(lanes, live, gains[block])
        for lane in range(live):
            if lanes[PASSED + lane] < passed.size:
                passed[int(lanes[PASSED + lane])] += 1
