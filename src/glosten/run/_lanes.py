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
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit, multiply_add, widen
from glosten.statistics import advance_word, exchange_halves, sequence
from glosten.theory import Binary, log_odds, side_if_high, side_if_low

Floats: TypeAlias = NDArray[np.float64]
Lanes: TypeAlias = NDArray[Any]
"""float64 or float32."""
Kind: TypeAlias = type[Any]
"""np.float64 or np.float32."""
Words: TypeAlias = NDArray[np.uint64]

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
LARGEST: dict[Kind, float] = {np.float64: 1e60, np.float32: 1e18}
"""x is held here, so that products stay finite: paths return from there with the inverse probability."""
REACHED: dict[Kind, float] = {np.float64: 1e-9, np.float32: 1e-4}
"""A belief this close below a target, in log-odds, counts as there: lattice points are sums of rounded steps."""
SMALLEST: dict[Kind, float] = {np.float64: 1e-20, np.float32: 1e-9}
"""Stands for P(buy | V_L) = 0, so that no division has to be guarded: the side is never drawn there."""
WORDS = 2**64


class Market(NamedTuple):
    """What a block needs to know, all numbers of one precision, but for the words below which a trader acts."""

    up: float
    down: float
    ratio: float
    one: float
    largest: float
    never: float
    informed_below: np.uint64
    buys_below: np.uint64


def below(probability: float) -> np.uint64:
    """Return the word below which a random word lies with that probability; 1 but for one word in 2^64."""
    return np.uint64(min(int(probability * WORDS), WORDS - 1))


def sides(model: Binary, kind: Kind, *, value_is_high: bool) -> tuple[float, float, float, float]:
    """Return (b_H, b_L, s_H, s_L) as seen from the value a block is told from, all but s_H at least `SMALLEST`."""
    gamma = model.gamma if value_is_high else 1.0 - model.gamma
    buys = side_if_high(1, model.alpha, gamma), side_if_low(1, model.alpha, gamma)
    sells = side_if_high(-1, model.alpha, gamma), side_if_low(-1, model.alpha, gamma)
    least = SMALLEST[kind]
    return max(buys[0], least), max(buys[1], least), sells[0], max(sells[1], least)


def thresholds(model: Binary, *, value_is_high: bool) -> tuple[np.uint64, np.uint64]:
    """Return the words below which a trader is informed, and below which he trades towards the value."""
    gamma = model.gamma if value_is_high else 1.0 - model.gamma
    return below(model.alpha), below(side_if_high(1, model.alpha, gamma))


def market(model: Binary, kind: Kind, *, value_is_high: bool) -> Market:
    """Return what a block needs to know, as seen from the value it is told from."""
    buy, buy_low, sell, sell_low = sides(model, kind, value_is_high=value_is_high)
    informed_below, buys_below = thresholds(model, value_is_high=value_is_high)
    return Market(
        up=kind(buy / buy_low),
        down=kind(sell / sell_low),
        ratio=kind(sell * buy_low / (sell_low * buy)),
        one=kind(1.0),
        largest=kind(LARGEST[kind]),
        never=kind(math.inf),
        informed_below=informed_below,
        buys_below=buys_below,
    )


def scaled_odds(model: Binary, at: float, kind: Kind, *, value_is_high: bool) -> float:
    """Return x where the log-odds of V_H are ``at``, as seen from the value a block is told from."""
    buy, buy_low, _, _ = sides(model, kind, value_is_high=value_is_high)
    exponent = (at if value_is_high else -at) + math.log(buy / buy_low)
    return float(kind(math.exp(min(exponent, math.log(LARGEST[kind])))))


def target_odds(model: Binary, target: float, kind: Kind) -> float:
    """Return x from which on a belief counts as having reached the target."""
    return scaled_odds(model, log_odds(target) - REACHED[kind], kind, value_is_high=True)


@jit
def sides_after(x: float, buys: bool | np.bool_, numbers: Market) -> tuple[float, float]:
    """Return -(1 + x)(1 + c x) and the factor of the side that does not trade, the buyers' one negative."""
    sells, buyers = multiply_add(numbers.ratio, x, numbers.one), -numbers.one - x
    return sells * buyers, sells if buys else buyers


@jit
def _inverses(lanes: Lanes, one: float, other: float, unit: float) -> tuple[float, float]:
    """Return the inverses of two numbers: by one division in float64, by two in float32, where they are cheap.

    There the product of both would not be finite.
    """
    if lanes.itemsize == 4:
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
def _two_trades(
    block: tuple[Lanes, Words, int],
    numbers: Market,
    sums: Lanes,
    doubts: bool | None,
    target: float | None,
    date: float,
) -> None:
    """Let two trades pass on every lane, and add up what was quoted and what was left of the doubt.

    ``block`` is (lanes, states, lanes in use); ``sums`` are those of the spread, then those of the doubt.
    ``doubts`` and ``target`` are None where nobody asks: the compiler then leaves them out. ``date`` numbers the
    first of the two trades.
    """
    widen()
    lanes, states, used = block
    knows, buying = numbers.informed_below, numbers.buys_below
    for group in range(min(used // STRIDE, LANES // STRIDE)):  # the compiler sees that no index is negative
        for place in range(WIDTH):
            a, b = group * STRIDE + place, group * STRIDE + place + WIDTH
            draw_a, states[a], states[ROW + a] = advance_word(states[a], states[ROW + a])
            draw_b, states[b], states[ROW + b] = advance_word(states[b], states[ROW + b])
            next_a, next_b = exchange_halves(draw_a), exchange_halves(draw_b)
            x, y = lanes[a], lanes[b]
            after_x, after_y = moved(x, draw_a < buying, numbers), moved(y, draw_b < buying, numbers)
            last_x, last_y = step(after_x, next_a < buying, numbers), step(after_y, next_b < buying, numbers)
            lanes[a], lanes[b] = last_x, last_y
            product_x, other_x = sides_after(x, draw_a < buying, numbers)
            product_y, other_y = sides_after(y, draw_b < buying, numbers)
            after_product_x, after_other_x = sides_after(after_x, next_a < buying, numbers)
            after_product_y, after_other_y = sides_after(after_y, next_b < buying, numbers)
            inverse_x, after_inverse_x = _inverses(lanes, product_x, after_product_x, numbers.one)
            inverse_y, after_inverse_y = _inverses(lanes, product_y, after_product_y, numbers.one)
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
def _last_quotes(block: tuple[Lanes, Words, int], numbers: Market, sums: Lanes) -> None:
    """Add up what is quoted after the last trade."""
    lanes, _, used = block
    for group in range(min(used // STRIDE, LANES // STRIDE)):
        for place in range(WIDTH):
            x, y = lanes[group * STRIDE + place], lanes[group * STRIDE + place + WIDTH]
            _add(sums, place, _quoted(x, numbers), _quoted(y, numbers))


@jit
def _last_trade(
    block: tuple[Lanes, Words, int],
    numbers: Market,
    sums: Lanes,
    doubts: bool | None,
    target: float | None,
    date: float,
) -> None:
    """Let the trade pass that is left over where their number is odd, its quotes added up by `_last_quotes`."""
    lanes, states, used = block
    for lane in range(used):
        draw = advance_word(states[lane], states[ROW + lane])[0]
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
def _somebody_waits(block: tuple[Lanes, Words, int], numbers: Market) -> bool:
    """Return whether a lane has not reached the target yet: once all have, nobody has to look any more."""
    lanes, _, used = block
    waiting = 0
    for lane in range(used):
        waiting += lanes[PASSED + lane] == numbers.never
    return waiting > 0


@jit
def _run_block(
    block: tuple[Lanes, Words, int],
    numbers: Market,
    sums: Lanes,
    doubts: bool | None,
    target: float | None,
    curves: Floats,
) -> None:
    """Run one block from the odds its lanes hold; write its curves, shape (trades + 1, 4), signs and units aside.

    The curve of the doubt starts after the first trade: before it, the doubt is that of the prior.
    """
    widen()
    trades = curves.shape[0] - 1
    date = numbers.one
    waiting = True
    for first in range(0, trades - 1, 2):
        sums[:] = 0.0
        if target is not None and first % 64 == 0:
            waiting = _somebody_waits(block, numbers)
        if waiting:
            _two_trades(block, numbers, sums, doubts, target, date)
        else:
            _two_trades(block, numbers, sums, doubts, None, date)
        for trade in range(2):
            _gather(sums, trade * STRIDE, curves[first + trade, :2])
            if doubts is not None:
                _gather(sums, SUMS + trade * STRIDE, curves[first + trade + 1, 2:])
        date += numbers.one + numbers.one
    if trades % 2 == 1:
        sums[:] = 0.0
        _last_quotes(block, numbers, sums)
        _gather(sums, 0, curves[trades - 1, :2])
        _last_trade(block, numbers, sums, doubts, target, date)
        if doubts is not None:
            _gather(sums, SUMS, curves[trades, 2:])
    sums[:] = 0.0
    _last_quotes(block, numbers, sums)
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
    like: tuple[Lanes, bool | None, float | None],
) -> None:
    """Run consecutive blocks of one value, the last of them perhaps not full.

    ``first`` numbers the first block, ``paths`` is how many they hold together, ``start`` the key of their stream and x
    at the start; ``results`` are the curves, shape (blocks, trades + 1, 4), the gains, shape (blocks, 6), and how many
    paths first reached the target at each date, shape (trades + 1,). ``like`` is an array of the precision wanted,
    True where doubts are wanted, and x at the target; None leaves either out.
    """
    key, x = start
    curves, gains, passed = results
    kind, doubts, target = like
    lanes, sums = _aligned(kind, ROWS * ROW), _aligned(kind, 2 * SUMS)
    states: Words = _aligned(np.empty(0, np.uint64), 2 * ROW)
    for block in range(curves.shape[0]):
        live = min(LANES, paths - block * LANES)
        lanes[:INFORMED], lanes[INFORMED:PASSED], lanes[PASSED:] = x, 0.0, math.inf
        lanes[live:LANES], lanes[PASSED + live :] = numbers.largest, numbers.one
        for lane in range(LANES):
            states[lane], states[ROW + lane] = sequence(key, (first + block) * LANES + lane)
        used = (live + STRIDE - 1) // STRIDE * STRIDE
        _run_block((lanes, states, used), numbers, sums, doubts, target, curves[block])
        _add_gains(lanes, live, gains[block])
        for lane in range(live):
            if lanes[PASSED + lane] < passed.size:
                passed[int(lanes[PASSED + lane])] += 1
