"""Paths of Back and Baruch's game in continuous time: when orders come, what they earn, and how likely they are.

All is in the game's own units, 1 / r and one order. Between orders the price drifts; the chance of an order is summed
up along the way until it has used up an exponential draw (a Poisson clock run at the rate of the moment), by the
midpoint rule in steps of at most `DRIFT_STEP` in z.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from glosten._jit import jit
from glosten.statistics import FRACTIONS, advance, sequence
from glosten.theory._back_baruch import NODES, Floats, Game, insider_intensities, node_of, place_of, step_to_ask
from glosten.theory._back_baruch_solution import solve
from glosten.theory._normal import normal_density, normal_tail
from glosten.theory._path_kernel import Start, Trail, look, settle

Rates: TypeAlias = tuple[float, float, float, float]
Numbers: TypeAlias = tuple[Floats, float, float, float, float]
"""Tables, beta / r, z at the start, the length of a period in units of 1 / r, and the size of an order."""
State: TypeAlias = tuple[float, np.uint64, np.uint64]
"""z, and where the sequence of draws stands."""

FINENESS = 4
ENTRIES = FINENESS * (NODES - 1) + 1
"""Rows of the tables are this long: the points of the grid and some between, since intensities have corners."""
STEP, HIGH_BUYS, HIGH_SELLS, LOW_BUYS, LOW_SELLS, DRIFT = range(6)
DRIFT_STEP = 0.005
"""Longest step, in z, of a path without trades."""
SOON = 1e-14
FAR = 6.5
"""Where a price is as good as 0 or 1, in z: no further drift is followed."""
EARNED, LOST, TRADES, INVENTORY = range(4)
LARGEST_COUNT = 127
"""What is written down of the net orders of one period at the most."""


@jit
def drift_of(rates: Rates, z: float) -> float:
    """Return dz/dt between trades in units of r, f / phi(z).

    Source: Back & Baruch (2004): f = p (1 - p) (theta_LB + theta_LS - theta_HB - theta_HS).
    """
    turn = normal_tail(z) * normal_tail(-z) / normal_density(z)
    return turn * (rates[2] + rates[3] - rates[0] - rates[1])


@jit
def _fill(w: Floats, bluff: Floats, game: Game) -> Floats:
    """Return by entry: step to the ask, the four intensities and the drift of z, shape (6, entries)."""
    tables: Floats = np.empty((6, ENTRIES))
    for entry in range(ENTRIES):
        z = node_of(entry / FINENESS)
        rates = insider_intensities(w, bluff, z, game)
        tables[STEP, entry] = step_to_ask(w, z, game)
        for kind in range(4):
            tables[HIGH_BUYS + kind, entry] = rates[kind]
        tables[DRIFT, entry] = drift_of(rates, z)
    return tables


@lru_cache(maxsize=32)
def tables_of(ratio: float, bluffing: bool) -> Floats:
    """Return the tables of a solved game, read-only."""
    solution = solve(ratio, bluffing)
    tables = _fill(solution.w, solution.bluff, solution.game)
    tables.flags.writeable = False
    return tables


@jit
def _read(tables: Floats, row: int, z: float) -> float:
    """Return a row of the tables at z, linear between its entries, constant beyond them."""
    place = place_of(z) * FINENESS
    first = min(math.floor(place), ENTRIES - 2)
    share = place - first
    return float((1.0 - share) * tables[row, first] + share * tables[row, first + 1])


@jit
def _order_rates(tables: Floats, z: float, value: float) -> tuple[float, float, float]:
    """Return (rate of the insider's buys, of its sells, drift) at z for the type that knows the value."""
    row = HIGH_BUYS if value > 0.5 else LOW_BUYS
    return _read(tables, row, z), _read(tables, row + 1, z), _read(tables, DRIFT, z)


@jit
def _trade(tables: Floats, state: State, value: float, ratio: float, tally: Floats) -> tuple[State, int, bool]:
    """Return (state, side, whether the insider's) after an order that comes now; add up what it earns, in orders."""
    z, first, second = state
    buys, sells, _ = _order_rates(tables, z, value)
    draw, first, second = advance(first, second)
    left = draw / FRACTIONS * (2.0 * ratio + buys + sells)
    side = 1 if left < ratio + buys else -1
    informed = left >= ratio if side > 0 else left >= 2.0 * ratio + buys
    z += side * _read(tables, STEP, side * z)
    tally[EARNED if informed else LOST] += side * (value - normal_tail(-z))
    tally[TRADES] += 1.0
    tally[INVENTORY] -= side
    return (z, first, second), side, informed


@jit
def _until(tables: Floats, state: State, span: float, game: tuple[float, float], tally: Floats, trail: Trail) -> State:
    """Return the state after a span of time with all its orders; ``game`` = (value, beta / r).

    The orders are added to the last entries of the trail, where it has any.
    """
    value, ratio = game
    z, first, second = state
    draw, first, second = advance(first, second)
    clock = -math.log1p(-draw / FRACTIONS)
    while span > SOON:
        buys, sells, speed = _order_rates(tables, z, value)
        until_order = clock / (2.0 * ratio + buys + sells)
        step = min(span, until_order, DRIFT_STEP / max(abs(speed), DRIFT_STEP))
        middle = _order_rates(tables, z + 0.5 * step * speed, value)
        z += step * middle[2]
        clock -= step * (2.0 * ratio + middle[0] + middle[1])
        span -= step
        if step < until_order:
            continue
        (z, first, second), side, informed = _trade(tables, (z, first, second), value, ratio, tally)
        if trail[0].size > 0:
            trail[0][-1] = min(max(trail[0][-1] + side, -LARGEST_COUNT), LARGEST_COUNT)
            trail[1][-1] |= informed
        draw, first, second = advance(first, second)
        clock = -math.log1p(-draw / FRACTIONS)
    return z, first, second


@jit
def _opening(key: np.uint64, path: int, z: float, known: int) -> tuple[State, float, float]:
    """Return (state, value, time of revelation) of a path; a value of -1 is drawn from the price."""
    first, second = sequence(key, path)
    draw, first, second = advance(first, second)
    is_high = draw / FRACTIONS < normal_tail(-z) if known < 0 else known == 1
    draw, first, second = advance(first, second)
    return (z, first, second), (1.0 if is_high else 0.0), -math.log1p(-draw / FRACTIONS)


@jit
def back_baruch_paths(
    numbers: Numbers, start: Start, curves: Floats, totals: Floats, trail: Trail
) -> tuple[int, float]:
    """Draw paths of the game, as a `Kernel` does; a period is a span of time, its order the net orders in it.

    Once the value is revealed the price is it, and nobody trades.

    Source: `insider_intensities`, `drift_of`.
    """
    tables, ratio, opening, step, size = numbers
    periods, high, value = curves.shape[2] - 1, 0, 0.0
    tally = np.zeros(4)
    for path in range(start[1], start[1] + start[2]):
        state, value, revealed = _opening(start[0], path, opening, -1)
        high += value > 0.5
        tally[:] = 0.0
        for date in range(periods + 1):
            left = revealed - date * step
            if left <= 0.0:
                look(curves, date, 0.0, 0.0, value)
                continue
            z = state[0]
            bid, price = normal_tail(_read(tables, STEP, -z) - z), normal_tail(-z)
            ask = normal_tail(-z - _read(tables, STEP, z))
            look(curves, date, ask - bid, (price - value) ** 2, price * value)
            if date < periods:
                written = trail[0][: date + 1], trail[1][: date + 1]
                state = _until(tables, state, min(step, left), (value, ratio), tally, written)
        settle(totals, size * tally[EARNED], size * tally[LOST], tally[TRADES], size * tally[INVENTORY])
    return high, value


@jit
def play_all(tables: Floats, start: tuple[float, int], ratio: float, key: np.uint64, gains: Floats) -> None:
    """Write what insider and noise gain until the end of every path, shape (2, paths); a value of -1 is drawn."""
    tally = np.zeros(4)
    nothing = np.zeros(0, np.int8), np.zeros(0, np.bool_)
    for path in range(gains.shape[1]):
        state, value, revealed = _opening(key, path, start[0], start[1])
        tally[:] = 0.0
        _until(tables, state, revealed, (value, ratio), tally, nothing)
        gains[0, path], gains[1, path] = tally[EARNED], tally[LOST]


@jit
def order_rates(rates: Rates, z: float, ratio: float, value: int) -> tuple[float, float]:
    """Return (rate of buys, rate of sells) that somebody expects who knows the value, or does not where it is -1.

    Source: noise, and the insider's by type, weighed by P(V = 1) at z.
    """
    high = float(value) if value >= 0 else normal_tail(-z)
    low = 1.0 - high if value >= 0 else normal_tail(z)
    return ratio + high * rates[0] + low * rates[2], ratio + high * rates[1] + low * rates[3]


@jit
def quiet(grid: tuple[Floats, Floats], z: float, game: Game, span: float, value: int) -> tuple[float, float]:
    """Return (z, -ln P(no order)) after a span without orders, the midpoint rule; ``value`` as in `order_rates`.

    ``grid`` holds w and the rates of bluffing.

    Source: Back & Baruch (2004): dp/dt = f(p); a Poisson clock's survival.
    """
    hazard, (w, bluff) = 0.0, grid
    while span > 0.0:
        speed = drift_of(insider_intensities(w, bluff, z, game), z)
        step = min(span, DRIFT_STEP / max(abs(speed), DRIFT_STEP))
        middle = z + 0.5 * step * speed
        rates = insider_intensities(w, bluff, middle, game)
        buys, sells = order_rates(rates, middle, game.ratio, value)
        z += step * drift_of(rates, middle)
        hazard += step * (buys + sells)
        span -= step
        if abs(z) > FAR:
            return z, hazard + span * (buys + sells)
    return z, hazard
