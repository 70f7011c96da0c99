"""Das's market: a value that jumps, informed traders with a noisy signal, a belief on a grid of cents.

Everything is in steps of the grid, counted from its first point: the value of point i is i. ``density`` holds the
belief, shape (points,), sum 1; ``window`` = (first, last) are its ends, both included, zero outside. ``traders`` =
(alpha, eta, sigma_w). ``order`` is +1 for a buy, -1 for a sell, 0 for no trade.

Informed traders are naive: they compare their signal W = V + N(0, sigma_w^2) itself, not E[V | W], with the quotes.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.theory._normal_table import normal_law

Floats: TypeAlias = NDArray[np.float64]
Traders: TypeAlias = tuple[float, float, float]
Window: TypeAlias = tuple[int, int]

NEGLIGIBLE = 1e-20
"""Points at the ends of the window that are less probable than this are dropped."""
CLOSE = 1e-5
"""A Halley step this short, in units of sigma_w, is the last: errors are cubed, so it leaves about 1e-15."""
MOST_STEPS = 200


@jit
def das_order_if(value: float, order: int, bid: float, ask: float, traders: Traders) -> float:
    """Return P(order | V = value) at posted quotes bid <= ask, a probability.

    Source: Das (2005), section 3: P(B|v) = (1-alpha) eta + alpha Phi((v-ask)/sigma_w), P(S|v) in the mirror.
    """
    alpha, eta, sigma_w = traders
    if order > 0:
        return (1.0 - alpha) * eta + alpha * normal_law((value - ask) / sigma_w)[0]
    if order < 0:
        return (1.0 - alpha) * eta + alpha * normal_law((bid - value) / sigma_w)[0]
    sign = 1.0 if 2.0 * value < bid + ask else -1.0  # the difference of the smaller tails keeps its digits
    near, far = (bid, ask) if sign > 0.0 else (ask, bid)
    between = normal_law(sign * (value - near) / sigma_w)[0] - normal_law(sign * (value - far) / sigma_w)[0]
    return (1.0 - alpha) * (1.0 - 2.0 * eta) + alpha * between


@jit
def das_excess(
    density: Floats, window: Window, price: float, side: int, traders: Traders, room: Floats
) -> tuple[float, float, float]:
    """Return what traders of a side expect to gain per arrival at a price, and two derivatives of it.

    In steps of the grid; derivatives are those in the distance ``side * price``. Zero where the price is E[V | side at
    this price]; not negative at the mean, not positive at the end of the grid. ``room`` is overwritten, shape (2,
    points).

    Source: Das (2005), equations 2.10 and 2.11, as sum_v p(v) (v - x) P(side | v; x).
    """
    alpha, eta, sigma_w = traders
    first, count = window[0], window[1] + 1 - window[0]
    offset, inverse = side * (first - price) / sigma_w, side / sigma_w
    below, height = room[0], room[1]
    for i in range(count):  # by itself, for vector units
        below[i], height[i] = normal_law(offset + i * inverse)
    noise, excess, slope, curve = (1.0 - alpha) * eta, 0.0, 0.0, 0.0
    for i in range(count):
        z, weight = offset + i * inverse, density[first + i]
        chance, bend = weight * (noise + alpha * below[i]), weight * height[i]
        excess += chance * z
        slope += chance + alpha * bend * z
        curve += bend * (2.0 - z * z)
    return excess * sigma_w, -slope, alpha * curve / sigma_w


@jit
def das_mean(density: Floats, window: Window) -> float:
    """Return E[V] in steps of the grid."""
    total = 0.0
    for point in range(window[0], window[1] + 1):
        total += density[point] * (point - window[0])
    return window[0] + total


@jit
def das_quote(
    density: Floats, window: Window, start: tuple[float, float], side: int, traders: Traders, room: Floats
) -> float:
    """Return the zero-profit ask (side +1) or bid (-1): the x with E[V | side at x] = x; NaN where nobody ever trades.

    ``start`` is (mean, where to begin). Bisection between the mean and the end of the window, hastened by Halley's
    steps as long as they stay inside: with naive signals the fixed point is not the maximum of E[V | side at x].
    ``room`` is overwritten, shape (2, points).

    Source: Das (2005), equations 2.10 and 2.11.
    """
    (inner, price), outer = start, float(window[1] if side > 0 else window[0])
    if traders[0] == 0.0:
        return inner if traders[1] > 0.0 else math.nan
    if not (price - inner) * (outer - price) >= 0.0:
        price = 0.5 * (inner + outer)
    for _ in range(MOST_STEPS):
        excess, slope, curve = das_excess(density, window, price, side, traders, room)
        if excess > 0.0:
            inner = price
        else:
            outer = price
        bend, square = 0.5 * excess * curve, slope * slope
        bottom = square - bend if abs(bend) < 0.5 * square else square  # far from the root Halley's steps may be idle
        trial = price - side * excess * slope / bottom if slope < 0.0 else outer
        if not (trial - inner) * (outer - trial) >= 0.0:
            trial = 0.5 * (inner + outer)
        step, price = trial - price, trial
        if abs(step) <= CLOSE * traders[2]:
            break
    return price


@jit
def das_update(
    density: Floats, window: Window, order: int, quotes: tuple[float, float], traders: Traders, room: Floats
) -> tuple[float, int, int]:
    """Learn from an order at the posted (bid, ask) in place; return (P(order), first, last point of the new window).

    An order of probability 0 leaves the belief as it was. ``room`` is overwritten, shape (2, points).

    Source: Das (2005), section 3: Bayes on the grid.
    """
    first, last = window
    joint, total = room[0], 0.0
    for point in range(first, last + 1):  # by itself, for vector units
        joint[point] = density[point] * das_order_if(float(point), order, quotes[0], quotes[1], traders)
    for point in range(first, last + 1):
        total += joint[point]
    if not total > 0.0:
        return 0.0, first, last
    for point in range(first, last + 1):
        density[point] = joint[point] / total
    while first < last and density[first] < NEGLIGIBLE:
        density[first] = 0.0
        first += 1
    while last > first and density[last] < NEGLIGIBLE:
        density[last] = 0.0
        last -= 1
    return total, first, last


@jit
def das_recentre(density: Floats, mean: float, sigma: float) -> Window:
    """Fill the grid with N(mean, sigma^2), cut off at its ends: the belief once a jump is known; return its window.

    Source: Das (2005), section 4.1: on a jump the density is centred at E[V] anew.
    """
    total = 0.0
    for point in range(density.size):
        z = (point - mean) / sigma
        density[point] = math.exp(-0.5 * z * z)
        total += density[point]
    density /= total
    return 0, density.size - 1


@jit
def das_jump_law(points: int, sigma: float) -> Floats:
    """Return P(a jump of N(0, sigma^2), rounded to whole steps, is k) at index k + points - 1, shape (2 points - 1,).

    Source: Phi((k + 1/2) / sigma) - Phi((k - 1/2) / sigma).
    """
    law: Floats = np.empty(2 * points - 1)
    for index in range(law.size):
        distance = abs(index - points + 1)
        law[index] = normal_law((0.5 - distance) / sigma)[0] - normal_law((-0.5 - distance) / sigma)[0]
    return law


@jit
def das_mix(density: Floats, window: Window, jump_law: Floats, p_jump: float) -> Window:
    """Let the value jump unseen with probability ``p_jump``, in place; return the window, which is the whole grid.

    What would jump off the grid is shared among the points that are left.

    Source: P(v) becomes (1 - p) P(v) + p sum_u P(u) P(jump = v - u): the law of total probability.
    """
    points = density.size
    if p_jump == 0.0:
        return window
    after = density * (1.0 - p_jump)
    for source in range(window[0], window[1] + 1):
        weight = p_jump * density[source]
        law = jump_law[points - 1 - source : 2 * points - 1 - source]
        for point in range(points):
            after[point] += weight * law[point]
    density[:] = after / after.sum()
    return 0, points - 1


@jit
def das_move(density: Floats, window: Window, steps: int) -> Window:
    """Move the grid up by whole steps under the belief, in place; what falls off is shared among the rest."""
    points = density.size
    first, last = max(window[0] - steps, 0), min(window[1] - steps, points - 1)
    moved: Floats = np.zeros(points)
    for point in range(first, last + 1):
        moved[point] = density[point + steps]
    density[:] = moved / moved.sum()
    return first, last


@jit
def das_steps_off(density: Floats, window: Window) -> int:
    """Return by how many steps to move the grid: to the mean once that is a quarter of the way to an end, else 0.

    A maker who is not told of jumps must follow the value, or it would walk off the grid.
    """
    half = density.size // 2
    off = das_mean(density, window) - half
    return math.floor(off + 0.5) if abs(off) > 0.25 * half else 0


@jit
def das_closed_quote(rho_squared: float, noise: float) -> float:
    """Return x = (ask - mean) / s of the first quote, s^2 = sigma^2 + sigma_w^2, where the belief is normal.

    ``rho_squared`` = sigma^2 / s^2 in [0, 1), ``noise`` = k = (1 - alpha) eta / alpha >= 0.

    Source: Das (2005), equation 2.11 for a normal belief: x (k + 1 - Phi(x)) = rho^2 phi(x). With k = 0, all traders
    noisy, Das & Magdon-Ismail (2008).
    """
    low, high = 0.0, 1.0
    root = math.sqrt(2.0)
    while high * (noise + 0.5 * math.erfc(high / root)) < rho_squared * _height(high):
        low, high = high, 2.0 * high
    for _ in range(MOST_STEPS):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        if middle * (noise + 0.5 * math.erfc(middle / root)) < rho_squared * _height(middle):
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@jit
def _height(z: float) -> float:
    return math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
