"""The compiled steps of the environments: many episodes side by side, one lane each, all in the same period.

What happens on a lane is a function of its key, its episode and its actions alone, whatever the number of lanes; every
period takes the same number of draws whatever the actions, so two policies meet the same traders. Beliefs are kept as
P(V_H) and P(V_L) both, so that the smaller loses no digits, and no less than `FAINTEST`: nothing is ever quite certain.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.run._environment_tasks import InsiderNumbers, MakerNumbers
from glosten.statistics import FRACTIONS, advance, bits, sequence
from glosten.theory import (
    DemandCode,
    demand_share,
    informed_order,
    posted_order_if,
    side_if_high,
    side_if_low,
)

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]
Observations = NDArray[np.float32]

HIGH, LOW, VALUE, INVENTORY, ORDER, BID, ASK, SELLERS, BUYERS = range(9)
MAKER_ROWS = 9
"""Rows of a maker's state: beliefs, value, inventory, last order, quotes, and who of the noise takes them."""
BUYS, SELLS, TURN, NOISE_ORDER = 3, 4, 5, 6
INSIDER_ROWS = 7
"""Rows of an insider's state: beliefs, whether V is V_H, buys and sells so far, whose turn it is, what noise sends."""
PROFIT, MARKED, INFORMED = range(3)
RESULT_ROWS = 3
"""Rows of the results of a step: the reward, the value in force, and whether an informed trader came (1) or not (0)."""
MAKER_COLUMNS, INSIDER_COLUMNS = 4, 6
FAINTEST = 1e-30


@jit
def lane_keys(key: np.uint64, first: int, keys: Words) -> None:
    """Write the key of every lane, numbered from ``first``, shape (lanes,)."""
    for lane in range(keys.size):
        keys[lane] = bits(key, first + lane)


@jit
def _draw(words: Words, lane: int) -> float:
    """Return the next uniform draw in [0, 1) of a lane."""
    draw, first, second = advance(words[0, lane], words[1, lane])
    words[0, lane], words[1, lane] = first, second
    fraction: float = draw * (1.0 / FRACTIONS)
    return fraction


@jit
def start_makers(state: Floats, words: Words, keys: Words, episode: int, numbers: MakerNumbers) -> None:
    """Begin an episode on every lane: draw its value, put the belief at the prior and the inventory at 0."""
    v_low, width, prior = numbers[0], numbers[1], numbers[2]
    for lane in range(keys.size):
        words[0, lane], words[1, lane] = sequence(keys[lane], episode)
        state[VALUE, lane] = v_low + width if _draw(words, lane) < prior else v_low
        state[HIGH, lane], state[LOW, lane] = prior, 1.0 - prior
        state[INVENTORY, lane] = state[ORDER, lane] = 0.0


@jit
def observe_makers(state: Floats, left: float, observations: Observations) -> None:
    """Write what every maker sees, shape (lanes, 4): P(V_H), inventory, share of the periods left, last order."""
    high, inventory, order = state[HIGH], state[INVENTORY], state[ORDER]
    for lane in range(high.size):
        observations[lane, 0] = high[lane]
        observations[lane, 1] = inventory[lane]
        observations[lane, 2] = left
        observations[lane, 3] = order[lane]


@jit
def _post(actions: Observations, state: Floats, numbers: MakerNumbers) -> int:
    """Write the quotes that actions of shape (lanes, 2) mean, and their premiums; return how many are no numbers.

    Beyond -1 and 1 an action counts as -1 and 1; a bid above the ask meets it in the middle.
    """
    v_low, width, widest = numbers[0], numbers[1], numbers[5]
    high, bid, ask, below, above = state[HIGH], state[BID], state[ASK], state[SELLERS], state[BUYERS]
    unusable = 0
    for lane in range(high.size):
        down, up = np.float64(actions[lane, 0]), np.float64(actions[lane, 1])
        unusable += 1 if math.isnan(down) or math.isnan(up) else 0
        lower, upper = widest * min(max(down, -1.0), 1.0), widest * min(max(up, -1.0), 1.0)
        crossed = 0.5 * min(lower + upper, 0.0)
        lower, upper = lower - crossed, upper - crossed
        mean = v_low + width * high[lane]
        bid[lane], ask[lane] = mean - lower, mean + upper
        below[lane], above[lane] = lower, upper
    return unusable


@jit
def _take(premiums: Floats, noise: float, demand: DemandCode) -> None:
    """Turn premiums into probabilities that a noise trader comes and takes them, shape (lanes,)."""
    for lane in range(premiums.size):
        premiums[lane] = noise * demand_share(premiums[lane], demand)


@jit
def _trade_with_makers(state: Floats, words: Words, results: Floats, numbers: MakerNumbers) -> None:
    """Let one trader come to every maker: trade at the posted quotes, account for it, learn from it.

    Source: Bayes, `posted_order_if`.
    """
    v_low, width, _, alpha, noise, _, _, penalty, weight = numbers
    high, low, inventory, orders = state[HIGH], state[LOW], state[INVENTORY], state[ORDER]
    bids, asks, sellers, buyers = state[BID], state[ASK], state[SELLERS], state[BUYERS]
    for lane in range(high.size):
        draw, value = _draw(words, lane), state[VALUE, lane]
        bid, ask, takers = bids[lane], asks[lane], (sellers[lane], buyers[lane])
        order = 1.0 if draw >= alpha and draw < alpha + takers[1] else 0.0
        order = -1.0 if draw >= alpha + noise and draw < alpha + noise + takers[0] else order
        order = informed_order(value, bid, ask) if draw < alpha else order
        if_high = posted_order_if(v_low + width, order, (bid, ask), alpha, takers)
        if_low = posted_order_if(v_low, order, (bid, ask), alpha, takers)
        with_high, with_low = max(high[lane] * if_high, FAINTEST), max(low[lane] * if_low, FAINTEST)
        inverse = 1.0 / (with_high + with_low)
        high[lane], low[lane] = max(with_high * inverse, FAINTEST), max(with_low * inverse, FAINTEST)
        worth = weight * value + (1.0 - weight) * (v_low + width * high[lane])
        price = ask if order > 0.0 else bid
        position = inventory[lane] - order
        inventory[lane], orders[lane] = position, order
        results[PROFIT, lane] = order * (price - worth) - penalty * position * position
        results[MARKED, lane] = value
        results[INFORMED, lane] = 1.0 if draw < alpha else 0.0


@jit
def _jump(state: Floats, words: Words, numbers: MakerNumbers) -> None:
    """Draw the value anew with probability p_jump on every lane; the maker is not told, but knows the probability.

    Source: the law of total probability, P(V_H) becomes (1 - p) P(V_H) + p prior.
    """
    v_low, width, prior, p_jump = numbers[0], numbers[1], numbers[2], numbers[6]
    high, low, values = state[HIGH], state[LOW], state[VALUE]
    for lane in range(high.size):
        draw = _draw(words, lane)
        drawn = v_low + width if draw < p_jump * prior else v_low
        values[lane] = drawn if draw < p_jump else values[lane]
        high[lane] = (1.0 - p_jump) * high[lane] + p_jump * prior
        low[lane] = (1.0 - p_jump) * low[lane] + p_jump * (1.0 - prior)


@jit
def step_makers(
    actions: Observations,
    state: Floats,
    words: Words,
    results: Floats,
    numbers: MakerNumbers,
    demand: DemandCode,
) -> int:
    """Let one period pass on every lane; return how many actions were no numbers (then nothing has happened)."""
    unusable = _post(actions, state, numbers)
    if unusable > 0:
        return unusable
    for row in (SELLERS, BUYERS):
        _take(state[row], numbers[4], demand)
    _trade_with_makers(state, words, results, numbers)
    if numbers[6] > 0.0:
        _jump(state, words, numbers)
    return 0


@jit
def _arrive(state: Floats, words: Words, numbers: InsiderNumbers) -> None:
    """Draw on every lane whether the insider's turn comes, and what a noise trader would send instead."""
    alpha, gamma = numbers[3], numbers[4]
    for lane in range(state.shape[1]):
        draw = _draw(words, lane)
        state[TURN, lane] = 1.0 if draw < alpha else 0.0
        state[NOISE_ORDER, lane] = 1.0 if draw < alpha + (1.0 - alpha) * gamma else -1.0


@jit
def start_insiders(state: Floats, words: Words, keys: Words, episode: int, numbers: InsiderNumbers) -> None:
    """Begin an episode on every lane: draw its value and who comes first, put the belief at the prior."""
    prior = numbers[2]
    for lane in range(keys.size):
        words[0, lane], words[1, lane] = sequence(keys[lane], episode)
        state[VALUE, lane] = 1.0 if _draw(words, lane) < prior else 0.0
        state[HIGH, lane], state[LOW, lane] = prior, 1.0 - prior
        state[BUYS, lane] = state[SELLS, lane] = 0.0
    _arrive(state, words, numbers)


@jit
def observe_insiders(state: Floats, left: float, observations: Observations) -> None:
    """Write what every insider sees, shape (lanes, 6).

    Whether V is V_H (1) or V_L (-1), P(V_H) of the maker, share of the periods left, buys and sells so far, and whether
    it is the insider's turn; it never is when nothing is left.
    """
    for lane in range(state.shape[1]):
        observations[lane, 0] = 2.0 * state[VALUE, lane] - 1.0
        observations[lane, 1] = state[HIGH, lane]
        observations[lane, 2] = left
        observations[lane, 3] = state[BUYS, lane]
        observations[lane, 4] = state[SELLS, lane]
        observations[lane, 5] = state[TURN, lane] if left > 0.0 else 0.0


@jit
def _trade_with_insiders(actions: NDArray[np.int64], state: Floats, results: Floats, numbers: InsiderNumbers) -> None:
    """Let one order come to the maker of every lane: the insider's action at its turn, else that of noise.

    The gain is worth of the doubt that is left: 1 - ask = P(V_L | buy) where V = 1, and its mirror image.

    Source: Bayes, `side_if_high`, `side_if_low`; `gain_of_buying`, `gain_of_selling`.
    """
    v_low, width, _, alpha, gamma = numbers
    buy = side_if_high(1, alpha, gamma), side_if_low(1, alpha, gamma)
    sell = side_if_high(-1, alpha, gamma), side_if_low(-1, alpha, gamma)
    high, low, turns, values = state[HIGH], state[LOW], state[TURN], state[VALUE]
    buys, sells, noise = state[BUYS], state[SELLS], state[NOISE_ORDER]
    for lane in range(high.size):
        mine = turns[lane] > 0.0
        order = np.float64(actions[lane] - 1) if mine else noise[lane]
        if_high = buy[0] if order > 0.0 else 1.0
        if_high = sell[0] if order < 0.0 else if_high
        if_low = buy[1] if order > 0.0 else 1.0
        if_low = sell[1] if order < 0.0 else if_low
        with_high, with_low = max(high[lane] * if_high, FAINTEST), max(low[lane] * if_low, FAINTEST)
        inverse = 1.0 / (with_high + with_low)
        high[lane], low[lane] = max(with_high * inverse, FAINTEST), max(with_low * inverse, FAINTEST)
        gain = low[lane] if values[lane] > 0.0 else -high[lane]
        buys[lane] += 1.0 if order > 0.0 else 0.0
        sells[lane] += 1.0 if order < 0.0 else 0.0
        results[PROFIT, lane] = width * order * gain if mine else 0.0
        results[MARKED, lane] = v_low + width * values[lane]
        results[INFORMED, lane] = turns[lane]


@jit
def step_insiders(
    actions: NDArray[np.int64], state: Floats, words: Words, results: Floats, numbers: InsiderNumbers
) -> int:
    """Let one period pass on every lane; return how many actions were not 0, 1 or 2 (then nothing has happened)."""
    unusable = 0
    for lane in range(actions.size):
        unusable += 1 if actions[lane] < 0 or actions[lane] > 2 else 0
    if unusable > 0:
        return unusable
    _trade_with_insiders(actions, state, results, numbers)
    _arrive(state, words, numbers)
    return 0
