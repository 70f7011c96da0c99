"""The exact law of every model that is one table of orders, P(order and trader | state), the same for ever."""

from __future__ import annotations

import math

import numpy as np

from glosten._jit import jit
from glosten.theory._lattice import Law
from glosten.theory._order_lattice import THREE_ORDERS, TWO_ORDERS, Lattice, View
from glosten.theory._order_table import (
    BELIEFS,
    BUY_COLUMN,
    NONE_COLUMN,
    SELL_COLUMN,
    VALUES,
    Floats,
    price_of_order,
    spread_of_orders,
)


@jit
def _beliefs_of_counts(beliefs: Floats, prior: Floats, table: Floats, counts: tuple[int, int, int]) -> None:
    """Write the beliefs after that many (sells, periods without a trade, buys), in any order; the prior if impossible.

    Source: Bayes in logs; the counts are sufficient.
    """
    largest = -math.inf
    for state in range(beliefs.size):
        total = math.log(prior[state]) if prior[state] > 0.0 else -math.inf
        for column in range(3):
            if counts[column] > 0:
                likely = table[state, column]
                total += counts[column] * math.log(likely) if likely > 0.0 else -math.inf
        beliefs[state] = total
        largest = max(largest, total)
    if largest == -math.inf:
        beliefs[:] = prior
        return
    whole = 0.0
    for state in range(beliefs.size):
        beliefs[state] = math.exp(beliefs[state] - largest)
        whole += beliefs[state]
    for state in range(beliefs.size):
        beliefs[state] /= whole


@jit
def _table_view(
    states: Floats, table: Floats, orders: tuple[int, int, int], date: int
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return E[V], P(highest value), the spread and the prices at every node of a date, as `View` has them.

    Source: `price_of_order`, `spread_of_orders`.
    """
    values, two = states[VALUES], orders[1] == 0
    shape = (date + 1, 1 if two else date + 1)
    mean, high, spread = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    prices = np.full((3, date + 1, shape[1]), math.nan)
    beliefs = np.empty(values.size)
    for buys in range(date + 1):
        for across in range(1 if two else date + 1 - buys):
            sells = date - buys if two else across
            counts = (sells, date - buys - sells, buys)
            _beliefs_of_counts(beliefs, states[BELIEFS], table, counts)
            for state in range(values.size):
                mean[buys, across] += beliefs[state] * (values[state] - values[0])
                high[buys, across] += beliefs[state] if values[state] == values[-1] else 0.0
            mean[buys, across] += values[0]
            spread[buys, across] = spread_of_orders(values, beliefs, table)
            for move in range(3):
                if orders[move] != 0:
                    prices[move, buys, across] = price_of_order(values, beliefs, table, orders[move])
    return mean, high, spread, prices


def table_law(states: Floats, tables: Floats, periods: int) -> Law:
    """Return the exact law by time over 0..periods periods of (values, beliefs) and (informed, noise) tables.

    Raises `DomainError` beyond `MOST_PERIODS`, beyond `MOST_TRADES` where every period brings an order.

    Source: `Lattice.law`.
    """
    both: Floats = tables.sum(axis=0)
    orders = TWO_ORDERS if not both[:, NONE_COLUMN].any() else THREE_ORDERS
    columns = [BUY_COLUMN, NONE_COLUMN, SELL_COLUMN] if orders == TWO_ORDERS else [BUY_COLUMN, SELL_COLUMN, NONE_COLUMN]
    chances = np.moveaxis(tables, 1, 0)[:, :, columns]
    values = np.ascontiguousarray(states[VALUES])
    high = tuple(np.flatnonzero(values == values[-1]).tolist()) if np.unique(values).size == 2 else ()

    def view(date: int) -> View:
        width = 1 if orders == TWO_ORDERS else date + 1
        everywhere = np.broadcast_to(chances[..., None, None], (*chances.shape, date + 1, width))
        return View(*_table_view(states, both, orders, date), everywhere)

    return Lattice(values, np.ascontiguousarray(states[BELIEFS]), high, orders).law(periods, view)
