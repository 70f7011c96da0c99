"""Paths of a model with finitely many states: many side by side, time outside, lanes inside, in compiled code.

One draw decides the state of a path, one draw a period who comes and what he does, each from the path's own sequence.
Values are told in shares of their range and from the true one of the path, so that what is nearly known keeps its
digits. Beliefs are kept as they come out of Bayes' product and divided by their sum one period later. Loops run over
lanes without a branch, each over few arrays, for vector units; a lane does the same sums whichever lanes lie beside it.
Tests hold all of it to `_order_table` at 1e-12.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.statistics import advance, sequence
from glosten.theory._order_table import TIE, Floats

Words: TypeAlias = NDArray[np.uint64]
Whole: TypeAlias = NDArray[np.int64]
Record: TypeAlias = tuple[NDArray[np.int8], NDArray[np.bool_], Whole]
"""Orders and who sent them, shape (periods,), and the state, shape (1,), of the first lane; empty: not asked for."""
Market: TypeAlias = tuple[Floats, Floats, Floats, Whole, Whole, bool]
"""Beliefs (states,), values in shares of their range (states,), P(order | state) (states, 3) or, where the informed
choose, (noise sells, stays out, buys; any informed) (1, 4), draws that part the states (states - 1,), draws that part
the orders (states, 5), and whether exactly two values are different. States come in groups of `GROUP`: see `padded`."""
Lanes: TypeAlias = tuple[Floats, Floats, Floats, Words, Whole]
"""Beliefs (states, lanes), rows of lanes, gains (4, lanes), words (2, lanes), draws of orders (5, lanes)."""

GROUP = 3
"""States that one loop over the lanes takes together, padded with states of belief 0 and the highest value."""
SUM, OFF, BUYS, BUYS_OFF, SELLS, SELLS_OFF, SPREAD, ERROR, BELIEF, ASK, BID, ORDER, INVERSE, TRUE = range(14)
STATE, KNOWS, BUYERS, SELLERS, LOWEST, HIGHEST, WITHIN, OUTSIDE = range(14, 22)
ROWS = 22
"""What a lane holds: sums over its states, what it shows, its last order, and who the informed are that would act."""
FORGOTTEN = 1e-140
"""A belief below this is 0: such a state comes back on one path of 1e140, and smaller numbers are slow."""
SETTLED = 1e-70
"""A mean nearer to the value than this, in shares of the range, has met it."""


@jit
def _learn(beliefs: Floats, market: Market, rows: Floats, first: bool) -> None:
    """Learn from the last orders, fixed given the state, then add up what quotes are made of.

    Source: Bayes; P(order) and E[V - true; order] for buys and sells.
    """
    total, off, buys, buys_off = rows[SUM], rows[OFF], rows[BUYS], rows[BUYS_OFF]
    sells, sells_off, orders, inverse, true = rows[SELLS], rows[SELLS_OFF], rows[ORDER], rows[INVERSE], rows[TRUE]
    values, chances, least = market[1], market[2], 0.0 if first else FORGOTTEN
    rows[: SELLS_OFF + 1] = 0.0
    for state in range(0, values.size, GROUP):
        one, two, three = beliefs[state], beliefs[state + 1], beliefs[state + 2]
        (u, v, w), here = values[state : state + GROUP], chances[state : state + GROUP]
        (s, n, b), (s2, n2, b2), (s3, n3, b3) = here[0], here[1], here[2]
        if first:
            n = n2 = n3 = 1.0
        for lane in range(true.size):
            x, y, z = one[lane], two[lane], three[lane]
            order, scale, origin = orders[lane], inverse[lane], true[lane]
            mass, moment, buy, buy_off = total[lane], off[lane], buys[lane], buys_off[lane]
            sell, sell_off, bought, sold = sells[lane], sells_off[lane], order > 0.0, order < 0.0
            c, c2, c3 = b if bought else n, b2 if bought else n2, b3 if bought else n3
            x *= scale * (s if sold else c)
            y *= scale * (s2 if sold else c2)
            z *= scale * (s3 if sold else c3)
            x, y, z = x if x > least else 0.0, y if y > least else 0.0, z if z > least else 0.0
            one[lane] = x
            two[lane] = y
            three[lane] = z
            x_off, y_off, z_off = x * (u - origin), y * (v - origin), z * (w - origin)
            total[lane] = mass + ((x + y) + z)
            off[lane] = moment + ((x_off + y_off) + z_off)
            buys[lane] = buy + ((x * b + y * b2) + z * b3)
            buys_off[lane] = buy_off + ((x_off * b + y_off * b2) + z_off * b3)
            sells[lane] = sell + ((x * s + y * s2) + z * s3)
            sells_off[lane] = sell_off + ((x_off * s + y_off * s2) + z_off * s3)


@jit
def _learn_chosen(beliefs: Floats, market: Market, rows: Floats, first: bool) -> None:
    """Learn from the last orders where the informed of states ``LOWEST`` to ``HIGHEST`` would have sent them.

    Source: Bayes.
    """
    total, off, true = rows[SUM], rows[OFF], rows[TRUE]
    lowest, highest, within, outside = rows[LOWEST], rows[HIGHEST], rows[WITHIN], rows[OUTSIDE]
    values, least = market[1], 0.0 if first else FORGOTTEN
    rows[: OFF + 1] = 0.0
    for state in range(0, values.size, GROUP):
        one, two, three = beliefs[state], beliefs[state + 1], beliefs[state + 2]
        u, v, w = values[state : state + GROUP]
        here, next_here, last_here = float(state), float(state + 1), float(state + 2)
        for lane in range(true.size):
            x, y, z = one[lane], two[lane], three[lane]
            low, high, inside, beyond, origin = lowest[lane], highest[lane], within[lane], outside[lane], true[lane]
            mass, moment = total[lane], off[lane]
            x *= inside if (low <= here) & (here <= high) else beyond
            y *= inside if (low <= next_here) & (next_here <= high) else beyond
            z *= inside if (low <= last_here) & (last_here <= high) else beyond
            x, y, z = x if x > least else 0.0, y if y > least else 0.0, z if z > least else 0.0
            one[lane] = x
            two[lane] = y
            three[lane] = z
            total[lane] = mass + ((x + y) + z)
            off[lane] = moment + ((x * (u - origin) + y * (v - origin)) + z * (w - origin))


@jit
def _choose(beliefs: Floats, market: Market, rows: Floats, side: int) -> None:
    """Let the informed of each state decide whether they buy (side 1) at the ask or sell (-1) at the bid.

    From noise alone, the outermost values join as long as the price made of those who are in leaves them a gain.

    Source: `choose_ask`, `choose_bid`, with mass times price in place of the price.
    """
    masses, moments = (rows[BUYS], rows[BUYS_OFF]) if side > 0 else (rows[SELLS], rows[SELLS_OFF])
    last, true, total, off = rows[BUYERS] if side > 0 else rows[SELLERS], rows[TRUE], rows[SUM], rows[OFF]
    values, chances = market[1], market[2]
    noise, share, sign, states = chances[0, side + 1], chances[0, 3], float(side), values.size
    nobody = float(states) if side > 0 else -1.0
    for lane in range(true.size):
        masses[lane] = noise * total[lane]
        moments[lane] = noise * off[lane] * sign
        last[lane] = nobody
    for step in range(0, states, GROUP):
        state = states - 1 - step if side > 0 else step
        one, two, three = beliefs[state], beliefs[state - side], beliefs[state - 2 * side]
        here, next_here, last_here = float(state), float(state - side), float(state - 2 * side)
        u, v, w = sign * values[state], sign * values[state - side], sign * values[state - 2 * side]
        joined = 0
        for lane in range(true.size):
            x, y, z = share * one[lane], share * two[lane], share * three[lane]
            origin, mass, moment, outermost = sign * true[lane], masses[lane], moments[lane], last[lane]
            joins = (u - TIE - origin) * mass > moment
            outermost, x = here if joins else outermost, x if joins else 0.0
            mass, moment = mass + x, moment + x * (u - origin)
            joins = (v - TIE - origin) * mass > moment
            outermost, y = next_here if joins else outermost, y if joins else 0.0
            mass, moment = mass + y, moment + y * (v - origin)
            joins = (w - TIE - origin) * mass > moment
            outermost, z = last_here if joins else outermost, z if joins else 0.0
            masses[lane] = mass + z
            moments[lane] = moment + z * (w - origin)
            last[lane] = outermost
            joined += joins
        if joined == 0:
            break
    for lane in range(true.size):
        moments[lane] *= sign


@jit
def _quote(rows: Floats) -> None:
    """Make quotes, spread and squared error of the mean of what was added up; a side that cannot trade leaves 0."""
    total, off, buys, buys_off = rows[SUM], rows[OFF], rows[BUYS], rows[BUYS_OFF]
    sells, sells_off, inverse, spread = rows[SELLS], rows[SELLS_OFF], rows[INVERSE], rows[SPREAD]
    error, asks, bids = rows[ERROR], rows[ASK], rows[BID]
    for lane in range(total.size):
        scale, buy, sell = 1.0 / total[lane], buys[lane], sells[lane]
        miss = off[lane] * scale
        miss = miss if abs(miss) > SETTLED else 0.0
        ask = buys_off[lane] / buy
        bid = sells_off[lane] / sell
        ask, bid = ask if buy > 0.0 else 0.0, bid if sell > 0.0 else 0.0
        wide = ask - bid if buy > 0.0 else 0.0
        inverse[lane], error[lane], asks[lane], bids[lane] = scale, miss * miss, ask, bid
        spread[lane] = wide if sell > 0.0 else 0.0


@jit
def _believe_high(beliefs: Floats, market: Market, rows: Floats) -> None:
    """Write P(V_H) on the lanes where it is the value, 0 elsewhere."""
    believed, true, inverse, values = rows[BELIEF], rows[TRUE], rows[INVERSE], market[1]
    believed[:] = 0.0
    for state in range(values.size):
        if values[state] == 1.0:
            here = beliefs[state]
            for lane in range(true.size):
                believed[lane] += here[lane]
    for lane in range(true.size):
        scale = inverse[lane]
        believed[lane] *= scale if true[lane] == 1.0 else 0.0


@jit
def _draw(words: Words, draws: Whole) -> None:
    first, second = words[0], words[1]
    for lane in range(draws.size):
        draws[lane], first[lane], second[lane] = advance(first[lane], second[lane])


@jit
def _order(draws: Whole, limits: Whole, rows: Floats) -> None:
    """Let each draw decide who comes and what he does, in the order informed sell, stay out, buy; noise the same."""
    sold, stayed, knew = limits[0], limits[1], limits[2]
    noise_sold, noise_stayed, orders, knows = limits[3], limits[4], rows[ORDER], rows[KNOWS]
    for lane in range(draws.size):
        draw, last = draws[lane], knew[lane]
        informed = draw < last
        sells = (draw < sold[lane]) | ((draw >= last) & (draw < noise_sold[lane]))
        buys = ((draw >= stayed[lane]) & informed) | (draw >= noise_stayed[lane])
        orders[lane] = (1.0 if buys else 0.0) - (1.0 if sells else 0.0)
        knows[lane] = 1.0 if informed else 0.0


@jit
def _order_chosen(market: Market, rows: Floats) -> None:
    """Let the informed do as they chose, and say which states' informed would have sent each order.

    ``ORDER`` holds what noise does; noise traders came where ``KNOWS`` is 0.
    """
    orders, knows, states, inverse, buyers = rows[ORDER], rows[KNOWS], rows[STATE], rows[INVERSE], rows[BUYERS]
    sellers, lowest, highest, within, outside = rows[SELLERS], rows[LOWEST], rows[HIGHEST], rows[WITHIN], rows[OUTSIDE]
    sell, none, buy, share = market[2][0]
    top = float(market[1].size)
    for lane in range(orders.size):
        state, from_here, up_to_here, scale = states[lane], buyers[lane], sellers[lane], inverse[lane]
        order, known = orders[lane], knows[lane] > 0.0
        side = (1.0 if state >= from_here else 0.0) - (1.0 if state <= up_to_here else 0.0)
        order = side if known else order
        bought, sold, after, before = order > 0.0, order < 0.0, up_to_here + 1.0, from_here - 1.0
        noise, low, high = buy if bought else none, from_here if bought else after, top if bought else before
        noise, low, high = sell if sold else noise, 0.0 if sold else low, up_to_here if sold else high
        orders[lane] = order
        lowest[lane] = low
        highest[lane] = high
        within[lane] = (noise + share) * scale
        outside[lane] = noise * scale


@jit
def _settle(rows: Floats, gains: Floats) -> None:
    """Book who gained what by the orders, in shares of the range of values; each trades one unit at its quote."""
    orders, knows, asks, bids = rows[ORDER], rows[KNOWS], rows[ASK], rows[BID]
    informed, noise, trades, inventory = gains[0], gains[1], gains[2], gains[3]
    for lane in range(orders.size):
        order, ask, bid, knew = orders[lane], asks[lane], bids[lane], knows[lane]
        gain = -ask if order > 0.0 else 0.0
        gain = bid if order < 0.0 else gain
        known = gain * knew
        informed[lane] += known
        noise[lane] += gain - known
        trades[lane] += abs(order)
        inventory[lane] -= order


@jit
def _add_up(row: Floats, live: int, sums: Floats) -> None:
    """Add the sum and the sum of squares of the first lanes of a row, by eights: vector units can follow."""
    row[live:] = 0.0
    a = b = c = d = e = f = g = h = 0.0
    a2 = b2 = c2 = d2 = e2 = f2 = g2 = h2 = 0.0
    for i in range(0, row.size, 8):
        s, t, u, v = row[i], row[i + 1], row[i + 2], row[i + 3]
        w, x, y, z = row[i + 4], row[i + 5], row[i + 6], row[i + 7]
        a, b, c, d, e, f, g, h = a + s, b + t, c + u, d + v, e + w, f + x, g + y, h + z
        a2, b2, c2, d2 = a2 + s * s, b2 + t * t, c2 + u * u, d2 + v * v
        e2, f2, g2, h2 = e2 + w * w, f2 + x * x, g2 + y * y, h2 + z * z
    sums[0] += ((a + b) + (c + d)) + ((e + f) + (g + h))
    sums[1] += ((a2 + b2) + (c2 + d2)) + ((e2 + f2) + (g2 + h2))


@jit
def _start(market: Market, lanes: Lanes, key: np.uint64, path: int) -> None:
    """Draw the state of each lane, numbered from a path on, and give it the beliefs before any order."""
    beliefs, rows, gains, words, limits = lanes
    rows[:], gains[:] = 0.0, 0.0
    rows[INVERSE], rows[WITHIN], rows[OUTSIDE] = 1.0, 1.0, 1.0
    for lane in range(words.shape[1]):
        draw, words[0, lane], words[1, lane] = advance(*sequence(key, path + lane))
        state = 0
        for limit in market[3]:
            state += draw >= limit
        rows[STATE, lane], rows[TRUE, lane] = state, market[1][state]
        for state_too in range(market[0].size):
            beliefs[state_too, lane] = market[0][state_too]
        for limit in range(5):
            limits[limit, lane] = market[4][state, limit]


@jit
def _run(market: Market, lanes: Lanes, live: int, curves: Floats, record: Record) -> None:
    """Let time pass on all lanes and add the curves of the first ones, shape (3, 2, periods + 1)."""
    beliefs, rows, gains, words, limits = lanes
    chooses, two, periods = market[2].shape[1] == 4, market[5], curves.shape[2] - 1
    draws = np.empty(rows.shape[1], np.int64)
    for date in range(periods + 1):
        if chooses:
            _learn_chosen(beliefs, market, rows, date == 0)
            _choose(beliefs, market, rows, 1)
            _choose(beliefs, market, rows, -1)
        else:
            _learn(beliefs, market, rows, date == 0)
        _quote(rows)
        if two:
            _believe_high(beliefs, market, rows)
            _add_up(rows[BELIEF], live, curves[2, :, date])
        _add_up(rows[SPREAD], live, curves[0, :, date])
        _add_up(rows[ERROR], live, curves[1, :, date])
        if date < periods:
            _draw(words, draws)
            _order(draws, limits, rows)
            if chooses:
                _order_chosen(market, rows)
            _settle(rows, gains)
            if record[0].size > 0:
                record[0][date], record[1][date] = np.int8(rows[ORDER, 0]), rows[KNOWS, 0] > 0.0


@jit
def sum_paths(
    market: Market, key: np.uint64, size: tuple[int, int, int], curves: Floats, record: Record
) -> tuple[int, Floats]:
    """Add the curves of paths, shape (3, 2, periods + 1); return (paths with V_H, totals (5, 2)), see `Sums`.

    In shares of the range of values. ``size`` is (number of the first path, paths, lanes side by side, a power of 2).
    """
    path, paths, side_by_side = size
    states, two, high = market[0].size, market[5], 0
    lanes = (
        np.empty((states, side_by_side)),
        np.empty((ROWS, side_by_side)),
        np.empty((4, side_by_side)),
        np.empty((2, side_by_side), np.uint64),
        np.empty((5, side_by_side), np.int64),
    )
    rows, gains, totals = lanes[1], lanes[2], np.zeros((5, 2))
    for first in range(0, paths, side_by_side):
        live = min(side_by_side, paths - first)
        _start(market, lanes, key, path + first)
        _run(market, lanes, live, curves, record)
        for lane in range(live):
            high += two and rows[TRUE, lane] == 1.0
            informed, noise, trades, inventory = gains[0, lane], gains[1, lane], gains[2, lane], gains[3, lane]
            for row, total in enumerate((informed, noise, -(informed + noise), trades, inventory)):
                totals[row, 0] += total
                totals[row, 1] += total * total
    if record[2].size > 0:
        record[2][0] = int(rows[STATE, 0])
    return high, totals
