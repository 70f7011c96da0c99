"""Paths and the exact law of the market with an insider who has time, told as if the truth were the higher of 0 and 1.

Orders are +1 for a trade towards the truth and -1 for one away from it; ``flip`` turns them into buys and sells. The
maker prices as if every informed trader were in a hurry; the insider plays what a policy says, noise what it likes.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.statistics import FRACTIONS, advance, sequence
from glosten.theory._binary import belief, log_odds_step
from glosten.theory._insider_choice import Actions, gain_of_buying, gain_of_selling
from glosten.theory._lattice import Law
from glosten.theory._order_lattice import ACROSS, STAY, THREE_ORDERS, UP, Lattice, View
from glosten.theory._order_table import Floats
from glosten.theory._path_kernel import Start, Trail, look, settle

Market: TypeAlias = tuple[float, float, float]
"""Log-odds the maker gives to the truth, P(the insider arrives), P(noise goes towards the truth)."""
Numbers: TypeAlias = tuple[Market, Actions, tuple[float, float, bool]]
"""The market, the policy by (periods left - 1, right trades, wrong ones), and v_low, width and whether V = V_H."""


@jit
def insider_paths(numbers: Numbers, start: Start, curves: Floats, totals: Floats, trail: Trail) -> tuple[int, float]:
    """Draw paths of the market, as a `Kernel` does; all of them have the value that the insider knows.

    Source: `gain_of_buying`, `gain_of_selling` at the node the path has come to.
    """
    (opening, alpha, gamma), policy, (v_low, width, is_high) = numbers
    up, down = log_odds_step(1, alpha, gamma), log_odds_step(-1, alpha, gamma)
    periods, all_periods, flip = curves.shape[2] - 1, policy.shape[0], 1 if is_high else -1
    for path in range(start[1], start[1] + start[2]):
        first, second = sequence(start[0], path)
        rights = wrongs = 0
        won, lost = 0.0, 0.0
        for date in range(periods + 1):
            odds = opening + rights * up + wrongs * down
            right, wrong = gain_of_buying(odds, alpha, gamma), gain_of_selling(odds, alpha, gamma)
            missed = width * belief(-odds)
            look(curves, date, -width * (right + wrong), missed * missed, belief(odds) if is_high else 0.0)
            if date == periods:
                break
            draw, first, second = advance(first, second)
            fraction = draw / FRACTIONS
            informed = fraction < alpha
            if informed:
                order = int(policy[all_periods - date - 1, rights, wrongs])
            else:
                order = 1 if fraction - alpha < (1.0 - alpha) * gamma else -1
            gain = width * (right if order > 0 else wrong if order < 0 else 0.0)
            won, lost = (won + gain, lost) if informed else (won, lost + gain)
            rights, wrongs = rights + (order > 0), wrongs + (order < 0)
            if trail[0].size > 0:
                trail[0][date], trail[1][date] = flip * order, informed
        settle(totals, won, lost, float(rights + wrongs), float(flip * (wrongs - rights)))
    return (start[2] if is_high else 0), v_low + width if is_high else v_low


@jit
def _insider_view(
    market: Market, actions: Actions, width: float, date: int
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Return a date at every node, as `View` has it, prices counted from the wrong value; one state: the truth.

    Source: `gain_of_buying`, `gain_of_selling`; the insider trades as ``actions`` of the date say.
    """
    opening, alpha, gamma = market
    up, down = log_odds_step(1, alpha, gamma), log_odds_step(-1, alpha, gamma)
    shape = (date + 1, date + 1)
    mean, high, spread = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    prices, chances = np.full((3, date + 1, date + 1), math.nan), np.zeros((1, 2, 3, date + 1, date + 1))
    for rights in range(date + 1):
        for wrongs in range(date + 1 - rights):
            odds = opening + rights * up + wrongs * down
            right, wrong = gain_of_buying(odds, alpha, gamma), gain_of_selling(odds, alpha, gamma)
            high[rights, wrongs] = belief(odds)
            mean[rights, wrongs], spread[rights, wrongs] = width * belief(odds), -width * (right + wrong)
            prices[UP, rights, wrongs], prices[ACROSS, rights, wrongs] = width - width * right, width + width * wrong
            action = actions[rights, wrongs]
            chances[0, 0, UP if action > 0 else ACROSS if action < 0 else STAY, rights, wrongs] = alpha
            chances[0, 1, UP, rights, wrongs] = (1.0 - alpha) * gamma
            chances[0, 1, ACROSS, rights, wrongs] = (1.0 - alpha) * (1.0 - gamma)
    return mean, high, spread, prices, chances


def insider_law(numbers: Numbers, periods: int) -> Law:
    """Return the exact law over 0..periods periods, given the value. Raises `DomainError` beyond `MOST_PERIODS`.

    Source: `Lattice.law`; the belief is that of V_H where V = V_H, NaN otherwise.
    """
    market, policy, (_, width, is_high) = numbers
    silent: NDArray[np.int8] = np.zeros((periods + 1, periods + 1), np.int8)

    def view(date: int) -> View:
        actions = policy[policy.shape[0] - date - 1] if date < policy.shape[0] else silent
        return View(*_insider_view(market, actions, width, date))

    return Lattice(np.array([width]), np.ones(1), (0,) if is_high else (), THREE_ORDERS).law(periods, view)
