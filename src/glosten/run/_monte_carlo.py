"""The compiled Monte Carlo of the binary model: 512 paths side by side, time outside, lanes inside.

A block holds paths of one value only, told as if that value were V_H: V_L is the same market in a mirror, with
gamma and the prior odds inverted and buys and sells exchanged. Which numbers a path draws depends on its own number
and on nothing else, and blocks are added up in their order, so results are the same bytes for any number of threads
and any batch. The quotes are re-typed here in odds, o = P(V_H) / P(V_L), with one division a trade; tests hold them
to `theory` at 1e-12.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.statistics import FRACTIONS, STEP, mix, position
from glosten.theory import Binary, side_if_high, side_if_low

Floats = NDArray[np.float64]
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
_STEP = np.uint64(STEP)


def market(model: Binary, *, value_is_high: bool) -> Market:
    """Return the numbers a block needs, as seen from the value it is told from."""
    gamma = model.gamma if value_is_high else 1.0 - model.gamma
    buy, sell = side_if_high(1, model.alpha, gamma), side_if_high(-1, model.alpha, gamma)
    buy_low, sell_low = side_if_low(1, model.alpha, gamma), side_if_low(-1, model.alpha, gamma)
    chances = [max(chance, TINY) for chance in (buy, buy_low, sell, sell_low)]
    return (model.alpha, *chances, round(model.alpha * FRACTIONS), round(buy * FRACTIONS))  # type: ignore[return-value]


@jit
def _trade(lanes: Floats, place: np.uint64, numbers: Market) -> None:
    """Let one trade pass on every lane: quote, draw the trader, trade at the quote, learn."""
    alpha, buy_high, buy_low, sell_high, sell_low, informed_below, buy_below = numbers
    up, down = min(buy_high / buy_low, LARGEST_ODDS), sell_high / sell_low
    odds, informed, noise, spreads, beliefs = lanes[0], lanes[1], lanes[2], lanes[3], lanes[4]
    for lane in range(LANES):
        draw = mix(place + np.uint64(lane) * _STEP)
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
        lanes[SPREADS, lane] = alpha * now / ((now * buy_high + buy_low) * (now * sell_high + sell_low))


@jit
def _eighth(source: Floats, target: Floats) -> None:
    """Add up eight parts of a row, lane by lane: an order of additions that is fixed and that vector units follow."""
    n = target.size
    for i in range(n):
        lower = (source[i] + source[i + n]) + (source[i + 2 * n] + source[i + 3 * n])
        upper = (source[i + 4 * n] + source[i + 5 * n]) + (source[i + 6 * n] + source[i + 7 * n])
        target[i] = lower + upper


@jit
def _eighth_of_squares(source: Floats, target: Floats) -> None:
    """Do the same with the squares of a row."""
    n = target.size
    for i in range(n):
        a, b, c, d = source[i], source[i + n], source[i + 2 * n], source[i + 3 * n]
        e, f, g, h = source[i + 4 * n], source[i + 5 * n], source[i + 6 * n], source[i + 7 * n]
        target[i] = ((a * a + b * b) + (c * c + d * d)) + ((e * e + f * f) + (g * g + h * h))


@jit
def _sums(row: Floats, sums: Floats) -> None:
    """Write the sum and the sum of squares of a row of lanes."""
    parts, rest = np.empty(LANES // 8), np.empty(LANES // 64)
    _eighth(row, parts)
    _eighth(parts, rest)
    _eighth(rest, sums[:1])
    _eighth_of_squares(row, parts)
    _eighth(parts, rest)
    _eighth(rest, sums[1:2])


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
def _block(lanes: Floats, place: np.uint64, numbers: Market, paths: int, curves: Floats) -> None:
    """Run one block from the odds its lanes hold; write its curves, shape (trades + 1, 4).

    The curve of the belief starts after the first trade: before it, the belief is the prior.
    """
    trades = curves.shape[0] - 1
    for date in range(trades):
        _trade(lanes, place + np.uint64(date * LANES) * _STEP, numbers)
        for row in (SPREADS, BELIEFS):
            lanes[row, paths:] = 0.0
        _sums(lanes[SPREADS], curves[date, :2])
        _sums(lanes[BELIEFS], curves[date + 1, 2:])
    _quote(lanes, numbers)
    lanes[SPREADS, paths:] = 0.0
    _sums(lanes[SPREADS], curves[trades, :2])


@jit
def run_blocks(first: int, paths: int, key: np.uint64, numbers: Market, results: tuple[Floats, Floats]) -> None:
    """Run consecutive blocks of a stream, the last of them perhaps not full.

    ``first`` numbers the first block, ``paths`` is how many they hold together; ``results`` are the curves, shape
    (blocks, trades + 1, 4), whose rows [:, 0, 2] give the odds to start from, and the gains, shape (blocks, 6).
    """
    curves, gains = results
    blocks, trades = curves.shape[0], curves.shape[1] - 1
    lanes = np.zeros((ROWS, LANES))
    for block in range(blocks):
        lanes[:] = 0.0
        lanes[ODDS] = curves[block, 0, 2]
        live = min(LANES, paths - block * LANES)
        _block(lanes, position(key, (first + block) * trades * LANES), numbers, live, curves[block])
        _gains(lanes, live, gains[block])
