"""Exact laws by time of the binary model: no path is drawn, every pair (buys, sells) carries its probability.

The order of trades is irrelevant, so t trades leave t + 1 nodes, numbered by their buys. Profit and loss depends on
the path, but its first two moments given the node do not need the path: they are carried forward with the
probability, given V_L and given V_H. Cost: quadratic in the number of trades, memory linear.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.theory._binary import log_odds_step, side_if_high, side_if_low, spread

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LOW, HIGH, PRODUCT, SPREADS, ODDS = range(5)
VIEWS = 5
CERTAIN = 1e9
"""Stands for an infinite step of the log-odds, so that no sum of steps is infinity minus infinity."""
REACHED = 1e-9
"""A belief this close below a target, in log-odds, counts as there: lattice points are sums of rounded steps."""
NEGLIGIBLE = 1e-100
"""Nodes at the edge less probable than this are dropped: beyond lie denormal numbers, a hundred times slower."""
SETTLED = 115.0
"""Log-odds beyond which the doubt (1e-50) counts as 0: its share of any expectation is below 1e-25."""
SPREAD, BELIEF, DOUBT, INFORMED, INFORMED_SQUARE, NOISE, NOISE_SQUARE, MAKER, MAKER_SQUARE = range(9)
COLUMNS = 9
MOMENTS = 7


@jit
def _finite_step(side: int, alpha: float, gamma: float) -> float:
    """Return a step of the log-odds with infinity cut to a number that outweighs every path; 0 for an idle side."""
    step = log_odds_step(side, alpha, gamma)
    if math.isnan(step):
        return 0.0
    return min(max(step, -CERTAIN), CERTAIN)


@jit
def _rates(alpha: float, gamma: float) -> Floats:
    """Return by value (V_L, V_H): P(buy), P(sell), then for informed, noise and maker what a buy and a sell weigh.

    A weight is the probability that this class stands on that side, times the sign of its gain when it buys.
    """
    noise_buys, noise_sells = side_if_low(1, alpha, gamma), side_if_high(-1, alpha, gamma)
    rates = np.zeros((2, 8))
    for value, sign in ((LOW, -1.0), (HIGH, 1.0)):
        buy = side_if_high(1, alpha, gamma) if value == HIGH else noise_buys
        sell = noise_sells if value == HIGH else side_if_low(-1, alpha, gamma)
        rates[value, 0], rates[value, 1] = buy, sell
        rates[value, 2], rates[value, 3] = sign * (buy - noise_buys), sign * (sell - noise_sells)
        rates[value, 4], rates[value, 5] = sign * noise_buys, sign * noise_sells
        rates[value, 6], rates[value, 7] = -sign * buy, -sign * sell
    return rates


@jit
def _carry(new: Floats, old: Floats, buy: float, sell: float) -> None:
    """Carry a weighted sum over one trade: node n is reached by a buy from n - 1 and by a sell from n."""
    for node in range(1, new.size):
        new[node] = buy * old[node - 1] + sell * old[node]


@jit
def _earn(new: Floats, old: Floats, stakes: Floats, bought: float, sold: float) -> None:
    """Add the gain of a class of traders: the stake of the node, won on a buy, lost on a sell."""
    for node in range(1, new.size):
        new[node] += stakes[node] * (bought * old[node - 1] - sold * old[node])


@jit
def _earn_square(new: Floats, old: Floats, stakes: Floats, bought: float, sold: float) -> None:
    """Add the square of what a class gains or loses."""
    for node in range(1, new.size):
        new[node] += stakes[node] * stakes[node] * (bought * old[node - 1] + sold * old[node])


@jit
def _advance(new: Floats, old: Floats, stakes: Floats, rates: Floats, window: Integers) -> None:
    """Carry probability and moments of the gains over one trade, given the value.

    A trade prints at the belief it leads to, so what is at stake is a matter of the node: 1 - belief for V_H, belief
    for V_L. Rows, each weighted with the probability: 1, then the gain so far and its square of the informed, the
    noise traders and the maker. Square: E[(W + g)^2] = E[W^2] + 2 g E[W] + g^2.
    """
    start, stop = window[0] - 1, window[1] + 1
    stake = stakes[start:stop]
    for row in range(MOMENTS):
        _carry(new[row][start:stop], old[row][start:stop], rates[0], rates[1])
    for trader in range(1, 4):
        mean, bought, sold = 2 * trader - 1, rates[2 * trader], rates[2 * trader + 1]
        square, weight, before = new[mean + 1][start:stop], old[0][start:stop], old[mean][start:stop]
        _earn(new[mean][start:stop], weight, stake, bought, sold)
        _earn(square, before, stake, 2.0 * bought, 2.0 * sold)
        _earn_square(square, weight, stake, abs(bought), abs(sold))


@jit
def _trim(nodes: Floats, window: Integers) -> None:
    """Drop negligible nodes from both ends of the window, and leave zeros just outside it."""
    first, last = window[0], window[1]
    while first < last and nodes[0, first] < NEGLIGIBLE:
        first += 1
    while last > first and nodes[0, last] < NEGLIGIBLE:
        last -= 1
    for row in range(MOMENTS):
        nodes[row, first - 1] = nodes[row, last + 1] = 0.0
    window[0], window[1] = first, last


@jit
def _settled_spread(is_high: bool, alpha: float, gamma: float) -> float:
    """Return the spread per unit of V_H - V_L that a settled belief leaves: 0, but where noise stands on one side only.

    Where noise only buys, a sell is the work of somebody who knows V_L, however unlikely that has become.
    """
    return 1.0 if 0.0 < alpha < 1.0 and gamma == (1.0 if is_high else 0.0) else 0.0


@jit
def _look(views: Floats, start: float, model: tuple[float, float], date: int, nodes: tuple[int, int]) -> None:
    """Write P(V_L), P(V_H), their product and the spread at nodes from one to another; the smaller belief exactly."""
    alpha, gamma = model
    up, down = _finite_step(1, alpha, gamma), _finite_step(-1, alpha, gamma)
    lows, highs, products, spreads, odds = views[LOW], views[HIGH], views[PRODUCT], views[SPREADS], views[ODDS]
    for node in range(nodes[0], nodes[1] + 1):
        now = start + ((node - 1) * up + (date + 1 - node) * down)
        odds[node] = now
        products[node] = math.exp(-abs(now)) if abs(now) < SETTLED else 0.0
    for node in range(nodes[0], nodes[1] + 1):
        larger = 1.0 / (1.0 + products[node])
        smaller = products[node] * larger
        high = larger if odds[node] >= 0.0 else smaller
        low = smaller if odds[node] >= 0.0 else larger
        lows[node], highs[node], products[node] = low, high, high * low
        spreads[node] = spread(1.0, high, low, alpha, gamma)
        if products[node] == 0.0 and abs(odds[node]) < 0.5 * CERTAIN:
            spreads[node] = _settled_spread(odds[node] > 0.0, alpha, gamma)


@jit
def _describe(row: Floats, nodes: Floats, views: Floats, window: Integers) -> None:
    """Write the expectations over one date's nodes into a row of the law, all at once: sums wait for themselves."""
    start, stop = window[0], window[1] + 1
    quoted = believed = doubted = 0.0
    informed = informed_square = noise = noise_square = maker = maker_square = 0.0
    for node in range(start, stop):
        chance = nodes[0, node]
        quoted += chance * views[SPREADS, node]
        believed += chance * views[HIGH, node]
        doubted += chance * views[PRODUCT, node]
        informed += nodes[1, node]
        informed_square += nodes[2, node]
        noise += nodes[3, node]
        noise_square += nodes[4, node]
        maker += nodes[5, node]
        maker_square += nodes[6, node]
    row[SPREAD], row[BELIEF], row[DOUBT] = quoted, believed, doubted
    row[INFORMED], row[INFORMED_SQUARE] = informed, informed_square
    row[NOISE], row[NOISE_SQUARE] = noise, noise_square
    row[MAKER], row[MAKER_SQUARE] = maker, maker_square


@jit
def law_by_value(trades: int, log_odds_start: float, alpha: float, gamma: float) -> Floats:
    """Return expectations given V_L and given V_H after 0..trades trades, per unit of V_H - V_L.

    Shape (2, trades + 1, 9); columns: spread then quoted, belief, belief times doubt, then the gain so far and its
    square of the informed, the noise traders and the maker.

    Source: binomial law of the counts; moments of the sums by conditioning on the last trade.
    """
    law: Floats = np.zeros((2, trades + 1, COLUMNS))
    rates = _rates(alpha, gamma)
    views = np.zeros((VIEWS, trades + 3))
    old, new = np.zeros((2, MOMENTS, trades + 3)), np.zeros((2, MOMENTS, trades + 3))
    windows = np.zeros((2, 2), np.int64)
    for value in (LOW, HIGH):
        old[value, 0, 1] = 1.0
        windows[value, 0] = windows[value, 1] = 1
    for date in range(trades + 1):
        span = min(windows[LOW, 0], windows[HIGH, 0]), max(windows[LOW, 1], windows[HIGH, 1])
        _look(views, log_odds_start, (alpha, gamma), date, span)
        for value in (LOW, HIGH):
            if date > 0:
                _advance(new[value], old[value], views[1 - value], rates[value], windows[value])
                _trim(new[value], windows[value])
            now = new[value] if date > 0 else old[value]
            _describe(law[value, date], now, views, windows[value])
            windows[value, 1] += 1
        if date > 0:
            old, new = new, old
    return law


@jit
def first_passage(trades: int, log_odds_start: float, log_odds_target: float, alpha: float, gamma: float) -> Floats:
    """Return P(the belief first reaches the target at trade t | V_H) for t = 0..trades, shape (trades + 1,).

    What is missing to 1 is the probability of not having reached it by then.

    Source: the binomial recursion with absorption.
    """
    law: Floats = np.zeros(trades + 1)
    up, down = _finite_step(1, alpha, gamma), _finite_step(-1, alpha, gamma)
    buy, sell = side_if_high(1, alpha, gamma), side_if_high(-1, alpha, gamma)
    nodes = np.zeros(trades + 2)
    nodes[0] = 1.0
    for date in range(trades + 1):
        for node in range(date, -1, -1):
            if date > 0:
                nodes[node] = sell * nodes[node] + (buy * nodes[node - 1] if node > 0 else 0.0)
            if log_odds_start + node * up + (date - node) * down >= log_odds_target - REACHED:
                law[date] += nodes[node]
                nodes[node] = 0.0
    return law


@dataclass(frozen=True, slots=True)
class Law:
    """Exact expectations after 0..T trades, each an array of shape (T + 1,); prices and gains in price units.

    ``spread[t]`` is the mean quoted spread before period t + 1 (0 where a side has no quote), ``belief[t]`` =
    E[mu_t | V_H] and ``doubt[t]`` = E[mu_t (1 - mu_t)], NaN where the values are not two, ``error[t]`` =
    E[(E_t[V] - V)^2]; gains are sums over the first t periods: mean and standard deviation over paths.
    """

    spread: Floats
    belief: Floats
    doubt: Floats
    error: Floats
    informed_mean: Floats
    informed_sd: Floats
    noise_mean: Floats
    noise_sd: Floats
    maker_mean: Floats
    maker_sd: Floats


def mix(by_value: Floats, prior: float, width: float) -> Law:
    """Return the law over both values from the laws given each (`law_by_value`)."""
    both = prior * by_value[HIGH] + (1.0 - prior) * by_value[LOW]

    def deviation(square: int, mean: int) -> Floats:
        variance: Floats = np.maximum(both[:, square] - both[:, mean] ** 2, 0.0)
        return width * np.sqrt(variance)

    return Law(
        spread=width * both[:, SPREAD],
        belief=by_value[HIGH, :, BELIEF].copy(),
        doubt=both[:, DOUBT].copy(),
        error=width**2 * both[:, DOUBT],
        informed_mean=width * both[:, INFORMED],
        informed_sd=deviation(INFORMED_SQUARE, INFORMED),
        noise_mean=width * both[:, NOISE],
        noise_sd=deviation(NOISE_SQUARE, NOISE),
        maker_mean=width * both[:, MAKER],
        maker_sd=deviation(MAKER_SQUARE, MAKER),
    )
