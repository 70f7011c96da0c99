"""The exact law of makers who quote beside the zero-profit quotes, in the binary market."""

from __future__ import annotations

import math

import numpy as np

from glosten._jit import jit
from glosten.theory._binary import belief
from glosten.theory._lattice import Law
from glosten.theory._maker_paths import Numbers, finite_step, maker_price
from glosten.theory._order_lattice import STAY, TWO_ORDERS, UP, Lattice, View
from glosten.theory._order_table import Floats


@jit
def _maker_view(numbers: Numbers, date: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Return E[V], P(V_H), the spread and the prices at every node of a date, as `View` has them.

    Source: `maker_price` of the belief and inventory that so many buys and sells leave. An order that found no quote
    moved no inventory; the indifference prices, which alone mind it, lack a side only where no order comes there.
    """
    market, opening, rule, holding = numbers
    v_low, width, alpha, gamma = market
    up, down = finite_step(1, alpha, gamma), finite_step(-1, alpha, gamma)
    shape = (date + 1, 1)
    mean, high, spread, prices = np.empty(shape), np.empty(shape), np.zeros(shape), np.full((3, date + 1, 1), math.nan)
    for buys in range(date + 1):
        sells = date - buys
        odds, inventory = opening + buys * up + sells * down, holding - buys + sells
        ask = maker_price(1, market, odds, rule, inventory)
        bid = maker_price(-1, market, odds, rule, inventory)
        high[buys, 0], mean[buys, 0] = belief(odds), v_low + width * belief(odds)
        prices[UP, buys, 0], prices[STAY, buys, 0] = ask, bid
        if not (math.isnan(ask) or math.isnan(bid)):
            spread[buys, 0] = ask - bid
    return mean, high, spread, prices


def maker_law(numbers: Numbers, periods: int) -> Law:
    """Return the exact law by time over 0..periods orders. Raises `DomainError` beyond `MOST_TRADES` of them.

    Source: `Lattice.law`.
    """
    (v_low, width, alpha, gamma), opening, _, _ = numbers
    chances = np.zeros((2, 2, 3))
    chances[0, 0, STAY], chances[1, 0, UP] = alpha, alpha
    chances[:, 1, UP], chances[:, 1, STAY] = (1.0 - alpha) * gamma, (1.0 - alpha) * (1.0 - gamma)

    def view(date: int) -> View:
        everywhere = np.broadcast_to(chances[..., None, None], (2, 2, 3, date + 1, 1))
        return View(*_maker_view(numbers, date), everywhere)

    weights = np.array([belief(-opening), belief(opening)])
    return Lattice(np.array([v_low, v_low + width]), weights, (1,), TWO_ORDERS).law(periods, view)
