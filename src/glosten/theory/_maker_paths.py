"""Paths of the binary market where orders do not mind the price, for makers who quote beside the zero-profit quotes.

A `RISK_AVERSE` maker asks indifference prices, and `COMPETING` ones those of a price grid. Who comes and what is
learned is as in the binary model whatever the quotes are, so prices are functions of belief and inventory. An order
that finds no quote does not trade, and all still learn from it.
"""

from __future__ import annotations

import math
from typing import TypeAlias

from glosten._jit import jit
from glosten.statistics import FRACTIONS, advance, sequence
from glosten.theory._binary import belief, log_odds_step, side_if_high, side_if_low
from glosten.theory._order_cost import TICK_TOLERANCE, ask_ticks
from glosten.theory._order_table import Floats
from glosten.theory._path_kernel import Start, Trail, look, settle
from glosten.theory._risk_averse import indifference_price

Market: TypeAlias = tuple[float, float, float, float]
"""v_low, width, alpha, gamma."""
Rule: TypeAlias = tuple[int, float]
"""`RISK_AVERSE` with the risk aversion per price unit, or `COMPETING` with the tick."""
Numbers: TypeAlias = tuple[Market, float, Rule, float]
"""The market, the log-odds of V_H, the rule of the maker, and its inventory."""

RISK_AVERSE, COMPETING = 0, 1
CERTAIN = 1e9
"""Stands for an infinite step of the log-odds, so that no sum of steps is infinity minus infinity."""


@jit
def finite_step(side: int, alpha: float, gamma: float) -> float:
    """Return a step of the log-odds with infinity cut to a number that outweighs every path; 0 for an idle side."""
    step = log_odds_step(side, alpha, gamma)
    if math.isnan(step):
        return 0.0
    return min(max(step, -CERTAIN), CERTAIN)


@jit
def fair_price(log_odds: float, v_low: float, width: float) -> float:
    """Return E[V] in price units from the nearer of the two values."""
    if log_odds < 0.0:
        return v_low + width * belief(log_odds)
    return v_low + width - width * belief(-log_odds)


@jit
def competing_price(side: int, fair: float, certain: float, tick: float) -> float:
    """Return the most competitive ask (+1) or bid (-1) of a grid from the zero-profit price; NaN where there is none.

    ``certain`` is the value that the informed of that side know: at it they would not trade.

    Source: `ask_ticks`: every equilibrium lies at the zero-profit price or beyond it, the first is its rounding.
    """
    ticks = ask_ticks(side * fair / tick, 1.0)
    return tick * (side * ticks) if ticks < side * certain / tick - TICK_TOLERANCE else math.nan


@jit
def maker_price(side: int, market: Market, log_odds: float, rule: Rule, inventory: float) -> float:
    """Return the ask (+1) or bid (-1) in price units; NaN where there is none.

    Source: `indifference_price`, `competing_price`.
    """
    v_low, width, alpha, gamma = market
    chance = belief(log_odds) * side_if_high(side, alpha, gamma) + belief(-log_odds) * side_if_low(side, alpha, gamma)
    if not chance > 0.0:
        return math.nan
    after = log_odds + finite_step(side, alpha, gamma)
    if rule[0] == RISK_AVERSE:
        return v_low + width * indifference_price(side, after, rule[1] * width, inventory)
    return competing_price(side, fair_price(after, v_low, width), v_low + width if side > 0 else v_low, rule[1])


@jit
def maker_paths(numbers: Numbers, start: Start, curves: Floats, totals: Floats, trail: Trail) -> tuple[int, float]:
    """Draw paths of the market, as a `Kernel` does.

    Source: `maker_price`; the log-odds walk.
    """
    market, opening, rule, holding = numbers
    v_low, width, alpha, gamma = market
    key, begin, paths = start
    up, down, buys_below = finite_step(1, alpha, gamma), finite_step(-1, alpha, gamma), alpha + (1.0 - alpha) * gamma
    periods, high_paths, is_high = curves.shape[2] - 1, 0, False
    for path in range(begin, begin + paths):
        first, second = sequence(key, path)
        draw, first, second = advance(first, second)
        is_high = draw / FRACTIONS < belief(opening)
        high_paths += is_high
        odds, inventory = opening, holding
        won, lost, trades = 0.0, 0.0, 0
        for date in range(periods + 1):
            ask = maker_price(1, market, odds, rule, inventory)
            bid = maker_price(-1, market, odds, rule, inventory)
            closed = math.isnan(ask) or math.isnan(bid)
            missed = width * belief(-odds if is_high else odds)
            look(curves, date, 0.0 if closed else ask - bid, missed * missed, belief(odds) if is_high else 0.0)
            if date == periods:
                break
            draw, first, second = advance(first, second)
            fraction = draw / FRACTIONS
            informed = fraction < alpha
            buys = is_high if informed else fraction < buys_below
            side, price = (1, ask) if buys else (-1, bid)
            if not math.isnan(price):
                gain = side * ((v_low + width if is_high else v_low) - price)
                won, lost = (won + gain, lost) if informed else (won, lost + gain)
                trades, inventory = trades + 1, inventory - side
            if trail[0].size > 0:
                trail[0][date], trail[1][date] = side, informed
            odds += up if buys else down
        settle(totals, won, lost, float(trades), inventory)
    return high_paths, v_low + width if is_high else v_low
