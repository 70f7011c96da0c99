"""Paths of a model with finitely many states, drawn and added up in compiled code.

One draw decides the state of a path, one draw a period decides who comes and what he does, each from the path's own
sequence. ``states`` is (values, beliefs), shape (2, states), values ascending; ``tables`` (informed, noise), shape (2,
states, 3), as in `_order_table`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.statistics import FRACTIONS, advance, sequence
from glosten.theory._order_table import (
    BELIEFS,
    INFORMED,
    NOISE,
    VALUES,
    Floats,
    beliefs_after,
    choose,
    price_of_order,
)

Orders = tuple[NDArray[np.int8], NDArray[np.bool_]]


@jit
def draw_state(beliefs: Floats, fraction: float) -> int:
    """Return the state that a uniform number falls on."""
    left = fraction
    for state in range(beliefs.size):
        left -= beliefs[state]
        if left < 0.0:
            return state
    return int(np.argmax(beliefs))


@jit
def draw_order(tables: Floats, state: int, fraction: float) -> tuple[int, int]:
    """Return (who comes, order) that a uniform number falls on in a state."""
    left = fraction
    who, order = NOISE, 0
    for trader in range(2):
        for column in range(3):
            chance = tables[trader, state, column]
            if chance > 0.0 and left >= 0.0:
                who, order = trader, column - 1
            left -= chance
    return who, order


@jit
def walk(states: Floats, tables: Floats, chooses: bool, key: np.uint64, path: int, found: Orders) -> int:
    """Write the orders of a path, and whether the informed sent them, into ``found``; return its state."""
    orders, informed = found
    first, second = sequence(key, path)
    now, offers = states.copy(), tables.copy()
    draw, first, second = advance(first, second)
    state = draw_state(states[BELIEFS], draw / FRACTIONS)
    for date in range(orders.size):
        if chooses:
            choose(now, offers)
        draw, first, second = advance(first, second)
        who, order = draw_order(offers, state, draw / FRACTIONS)
        orders[date], informed[date] = order, who == INFORMED
        now[BELIEFS] = beliefs_after(now[BELIEFS], offers[INFORMED] + offers[NOISE], order)
    return state


@jit
def sum_paths(
    states: Floats, tables: Floats, chooses: bool, key: np.uint64, size: tuple[int, int, int]
) -> tuple[int, Floats, Floats]:
    """Return (paths with the higher of two values, curves, totals) as `Sums` has them; ``size``: periods, first, paths.

    ``chooses``: the informed decide on the quotes (`choose`). A side without a quote counts as spread 0.
    """
    periods, start, paths = size
    values = states[VALUES]
    two, high = np.unique(values).size == 2, 0
    curves, totals = np.zeros((3, 2, periods + 1)), np.zeros((5, 2))
    orders, informed = np.zeros(periods, np.int8), np.zeros(periods, np.bool_)
    for path in range(start, start + paths):
        state = walk(states, tables, chooses, key, path, (orders, informed))
        now, offers, sums = states.copy(), tables.copy(), np.zeros(5)
        is_high = two and values[state] == values[-1]
        high += is_high
        for date in range(periods + 1):
            if chooses:
                choose(now, offers)
            both = offers[INFORMED] + offers[NOISE]
            bid = price_of_order(values, now[BELIEFS], both, -1)
            ask = price_of_order(values, now[BELIEFS], both, 1)
            spread = 0.0 if math.isnan(bid) or math.isnan(ask) else ask - bid
            belief = now[BELIEFS][values == values[-1]].sum() if is_high else 0.0
            error = ((now[BELIEFS] * (values - values[state])).sum()) ** 2
            for row, figure in enumerate((spread, error, belief)):
                curves[row, 0, date] += figure
                curves[row, 1, date] += figure * figure
            if date < periods:
                order = orders[date]
                won = 0.0
                if order != 0:
                    won = order * (values[state] - (ask if order > 0 else bid))
                sums[0 if informed[date] else 1] += won
                sums[2] -= won
                sums[3] += abs(order)
                sums[4] -= order
                now[BELIEFS] = beliefs_after(now[BELIEFS], both, order)
        totals[:, 0] += sums
        totals[:, 1] += sums * sums
    return high, curves, totals
