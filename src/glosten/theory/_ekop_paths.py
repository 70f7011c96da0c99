"""Days of Poisson arrivals, one after the other, looked at on an equally spaced grid of times."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

from glosten._jit import jit
from glosten.statistics import FRACTIONS, advance, sequence
from glosten.theory._ekop_quotes import ekop_ask, ekop_bid
from glosten.theory._order_table import Floats
from glosten.theory._path_kernel import Start, Trail, look, settle

Rates: TypeAlias = tuple[float, float, float]
"""mu, eps_b, eps_s: arrivals per day."""
Numbers: TypeAlias = tuple[Floats, Floats, Rates]
"""Values and beliefs by state (no news, good, bad), and the rates."""

NO_EVENT, GOOD, BAD = 0, 1, 2
LARGEST_COUNT = 127
"""What is written down of the net arrivals of one interval at the most."""


@jit
def _wait(beliefs: Floats, mu: float, days: float) -> None:
    """Rewrite the beliefs by what silence says: it speaks against news.

    Source: no arrival has probability e^(-mu t) times that without news.
    """
    if not beliefs[NO_EVENT] > 0.0:
        return
    beliefs[GOOD] *= math.exp(-mu * days)
    beliefs[BAD] *= math.exp(-mu * days)
    beliefs /= beliefs.sum()


@jit
def _arrive(beliefs: Floats, side: int, rates: Rates) -> None:
    """Rewrite the beliefs by what the arrival of a buyer (+1) or a seller (-1) says.

    Source: Bayes with the rates of each kind of day.
    """
    mu, eps_b, eps_s = rates
    noise = eps_b if side > 0 else eps_s
    for state in range(3):
        beliefs[state] *= noise + (mu if state == (GOOD if side > 0 else BAD) else 0.0)
    beliefs /= beliefs.sum()


@jit
def _quotes(values: Floats, beliefs: Floats, rates: Rates) -> tuple[float, float, float]:
    """Return E[V], the bid and the ask of an instant.

    Source: `ekop_bid`, `ekop_ask`.
    """
    mu, eps_b, eps_s = rates
    mean = values[BAD] + beliefs[NO_EVENT] * (values[NO_EVENT] - values[BAD])
    mean += beliefs[GOOD] * (values[GOOD] - values[BAD])
    bid = ekop_bid(mean, values[BAD], beliefs[BAD], mu, eps_s)
    return mean, bid, ekop_ask(mean, values[GOOD], beliefs[GOOD], mu, eps_b)


@jit
def _who(state: int, fraction: float, rates: Rates) -> tuple[int, bool]:
    """Return (side, whether informed) of an arrival that a uniform number falls on."""
    mu, eps_b, eps_s = rates
    left = fraction * (eps_b + eps_s + (mu if state != NO_EVENT else 0.0))
    if left < eps_b:
        return 1, False
    if left < eps_b + eps_s:
        return -1, False
    return (1 if state == GOOD else -1), True


@jit
def ekop_paths(numbers: Numbers, start: Start, curves: Floats, totals: Floats, trail: Trail) -> tuple[int, float]:
    """Draw days, as a `Kernel` does; a period is an equal part of the day, and its order the net arrivals in it.

    Source: exponential waits; `_quotes` at each arrival, `_wait` between them.
    """
    values, opening, rates = numbers
    periods, state, beliefs = curves.shape[2] - 1, NO_EVENT, opening.copy()
    for path in range(start[1], start[1] + start[2]):
        first, second = sequence(start[0], path)
        draw, first, second = advance(first, second)
        news = draw / FRACTIONS - opening[NO_EVENT]
        state = NO_EVENT if news < 0.0 else (GOOD if news < opening[GOOD] else BAD)
        rate = rates[1] + rates[2] + (rates[0] if state != NO_EVENT else 0.0)
        beliefs[:] = opening
        gains, trades, inventory, clock = np.zeros(2), 0.0, 0.0, 0.0
        draw, first, second = advance(first, second)
        arrival = -math.log1p(-draw / FRACTIONS) / rate if rate > 0.0 else math.inf
        for date in range(periods + 1):
            time = date / periods if periods > 0 else 0.0
            while arrival < time:
                _wait(beliefs, rates[0], arrival - clock)
                clock = arrival
                draw, first, second = advance(first, second)
                side, informed = _who(state, draw / FRACTIONS, rates)
                _, bid, ask = _quotes(values, beliefs, rates)
                gains[0 if informed else 1] += side * (values[state] - (ask if side > 0 else bid))
                trades, inventory = trades + 1.0, inventory - side
                _arrive(beliefs, side, rates)
                if trail[0].size > 0:
                    net = trail[0][date - 1] + side
                    trail[0][date - 1] = min(max(net, -LARGEST_COUNT), LARGEST_COUNT)
                    trail[1][date - 1] |= informed
                draw, first, second = advance(first, second)
                arrival += -math.log1p(-draw / FRACTIONS) / rate
            _wait(beliefs, rates[0], time - clock)
            clock = time
            mean, bid, ask = _quotes(values, beliefs, rates)
            spread = 0.0 if math.isnan(bid) or math.isnan(ask) else ask - bid
            look(curves, date, spread, (mean - values[state]) ** 2, 0.0)
        settle(totals, gains[0], gains[1], trades, inventory)
    return 0, values[state]
