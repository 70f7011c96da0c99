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
from glosten.theory._normal_table import REACH, normal_law

Floats: TypeAlias = NDArray[np.float64]
Traders: TypeAlias = tuple[float, float, float]
Window: TypeAlias = tuple[int, int]

NEGLIGIBLE = 1e-20
"""Points at the ends of the window that are less probable than this are dropped."""
IMPOSSIBLE = 1e-300
"""What is less probable than this does not happen: its inverse has no digits."""
CLOSE = 1e-5
"""A Halley step this short, in units of sigma_w, is the last: errors are cubed, so it leaves about 1e-15."""
MOST_STEPS = 200
ROUNDING = 4e-16
ROOT_2 = math.sqrt(2.0)
MARGIN = 1.0
"""How far a price may move, in units of sigma_w, until the points whose informed may trade are looked up again."""


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
    below, height, held = room[0], room[1], density[first : first + count]
    for i in range(count):  # by itself, for vector units
        below[i], height[i] = normal_law(offset + i * inverse)
    noise, excess, slope, curve = (1.0 - alpha) * eta, 0.0, 0.0, 0.0
    for i in range(count):
        z, weight = offset + i * inverse, held[i]
        chance, bend = weight * (noise + alpha * below[i]), weight * height[i]
        excess += chance * z
        slope += chance + alpha * bend * z
        curve += bend * (2.0 - z * z)
    return excess * sigma_w, -slope, alpha * curve / sigma_w


@jit
def das_moments(density: Floats, first: int, last: int) -> tuple[float, float]:
    """Return P(first <= V <= last) and E[V - first; first <= V <= last], in steps of the grid."""
    held = density[first : last + 1]  # counted from 0: vector units do not like what may be negative
    a = b = c = d = e = f = g = h = a_1 = b_1 = c_1 = d_1 = e_1 = f_1 = g_1 = h_1 = 0.0
    whole = held.size & ~7
    for i in range(0, whole, 8):  # eight sums at once, so that none waits for the other
        s, t, u, v = held[i], held[i + 1], held[i + 2], held[i + 3]
        w, x, y, z = held[i + 4], held[i + 5], held[i + 6], held[i + 7]
        a, b, c, d, e, f, g, h = a + s, b + t, c + u, d + v, e + w, f + x, g + y, h + z
        place = float(i)
        a_1, b_1, c_1, d_1 = a_1 + s * place, b_1 + t * place, c_1 + u * place, d_1 + v * place
        e_1, f_1, g_1, h_1 = e_1 + w * place, f_1 + x * place, g_1 + y * place, h_1 + z * place
    mass, moment = ((a + e) + (b + f)) + ((c + g) + (d + h)), ((a_1 + e_1) + (b_1 + f_1)) + ((c_1 + g_1) + (d_1 + h_1))
    moment += (b + 2.0 * c + 3.0 * d) + (4.0 * e + 5.0 * f) + (6.0 * g + 7.0 * h)
    for i in range(whole, held.size):
        mass += held[i]
        moment += held[i] * i
    return mass, moment


@jit
def das_mean(density: Floats, window: Window) -> float:
    """Return E[V] in steps of the grid."""
    return window[0] + das_moments(density, window[0], window[1])[1]


@jit
def _sight(density: Floats, window: Window, price: float, side: int, sigma_w: float) -> tuple[int, int, float, float]:
    """Return the points whose informed may or may not trade at a price, and those beyond, whose informed surely do.

    As (first, last, probability, and E[V - first] over those beyond); the informed of all other points never trade.
    """
    reach = (REACH + MARGIN) * sigma_w
    first = max(window[0], math.ceil(max(price - reach, -1.0)))
    last = min(window[1], math.floor(min(price + reach, density.size)))
    first, last = min(first, window[1] + 1), max(last, window[0] - 1)
    if side > 0:
        mass, moment = das_moments(density, last + 1, window[1])
        return first, last, mass, moment + mass * (last + 1 - first)
    mass, moment = das_moments(density, window[0], first - 1)
    return first, last, mass, moment + mass * (window[0] - first)


@jit
def _excess_in_sight(
    density: Floats, sight: tuple[int, int, float, float], price: tuple[float, float], side: int, room: Floats
) -> tuple[float, float, float]:
    """Return the sums over points in sight that `das_excess` is made of: P, phi times z, and phi times 2 - z^2.

    The first is E[z; informed trade], the second P(informed trade) and what it owes to phi; ``price`` is (price,
    sigma_w).
    """
    inverse, held, below, height = side / price[1], density[sight[0] : sight[1] + 1], room[0], room[1]
    offset, count = (sight[0] - price[0]) * inverse, held.size
    for i in range(count):  # by itself, for vector units
        weight, law = held[i], normal_law(offset + i * inverse)
        below[i] = weight * law[0]
        height[i] = weight * law[1]
    excess = excess_1 = excess_2 = excess_3 = slope = slope_1 = slope_2 = slope_3 = 0.0
    curve = curve_1 = curve_2 = curve_3 = 0.0
    whole = count & ~3
    for i in range(0, whole, 4):
        z = offset + i * inverse
        z_1, z_2, z_3 = z + inverse, z + 2.0 * inverse, z + 3.0 * inverse
        excess, excess_1 = excess + below[i] * z, excess_1 + below[i + 1] * z_1
        excess_2, excess_3 = excess_2 + below[i + 2] * z_2, excess_3 + below[i + 3] * z_3
        slope, slope_1 = slope + (below[i] + height[i] * z), slope_1 + (below[i + 1] + height[i + 1] * z_1)
        slope_2 += below[i + 2] + height[i + 2] * z_2
        slope_3 += below[i + 3] + height[i + 3] * z_3
        curve, curve_1 = curve + height[i] * (2.0 - z * z), curve_1 + height[i + 1] * (2.0 - z_1 * z_1)
        curve_2, curve_3 = curve_2 + height[i + 2] * (2.0 - z_2 * z_2), curve_3 + height[i + 3] * (2.0 - z_3 * z_3)
    for i in range(whole, count):
        z = offset + i * inverse
        excess, slope = excess + below[i] * z, slope + (below[i] + height[i] * z)
        curve += height[i] * (2.0 - z * z)
    excess, slope = (excess + excess_1) + (excess_2 + excess_3), (slope + slope_1) + (slope_2 + slope_3)
    return excess, slope, (curve + curve_1) + (curve_2 + curve_3)


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
    (mean, price), outer, (alpha, eta, sigma_w) = start, float(window[1] if side > 0 else window[0]), traders
    if alpha == 0.0:
        return mean if eta > 0.0 else math.nan
    inner, noise, seen_from = mean, (1.0 - alpha) * eta, math.inf
    if not (price - inner) * (outer - price) >= 0.0:
        price = 0.5 * (inner + outer)
    sight = (0, -1, 0.0, 0.0)
    for _ in range(MOST_STEPS):
        if not abs(price - seen_from) < MARGIN * sigma_w:
            seen_from, sight = price, _sight(density, window, price, side, sigma_w)
        excess, slope, curve = _excess_in_sight(density, sight, (price, sigma_w), side, room)
        sure = side * (sight[3] - sight[2] * (price - sight[0]))
        excess = side * noise * (mean - price) + alpha * (sigma_w * excess + sure)
        slope, curve = -(noise + alpha * (slope + sight[2])), alpha * curve / sigma_w
        if excess > 0.0:
            inner = price
        else:
            outer = price
        bend, square = 0.5 * excess * curve, slope * slope
        bottom = square - bend if abs(bend) < 0.5 * square else square  # far from the root Halley's steps may be idle
        trial = price - side * excess * slope / bottom if slope < 0.0 else math.nan
        if not (trial - inner) * (outer - trial) >= 0.0:  # NaN too: where the excess rises no step can be trusted
            trial = 0.5 * (inner + outer)
        step, price = trial - price, trial
        if abs(step) <= CLOSE * sigma_w:
            break
    return price


@jit
def _scale(density: Floats, window: Window, factor: float, scaled: Floats) -> None:
    """Write the points of a window times a factor."""
    held, told = density[window[0] : window[1] + 1], scaled[window[0] : window[1] + 1]
    for i in range(held.size):
        told[i] = held[i] * factor


@jit
def _join(
    density: Floats, window: Window, order: int, quotes: tuple[float, float], traders: Traders, joint: Floats
) -> None:
    """Write P(V = point, order) for the points of a window, in loops that vector units can follow.

    Source: `das_order_if`.
    """
    first, (alpha, eta, sigma_w) = window[0], traders
    held, told, inverse = density[first : window[1] + 1], joint[first : window[1] + 1], 1.0 / sigma_w
    if order != 0:
        silent, price, step = (1.0 - alpha) * eta, quotes[1] if order > 0 else quotes[0], order * inverse
        offset = (first - price) * step
        for i in range(held.size):
            told[i] = held[i] * (silent + alpha * normal_law(offset + i * step)[0])
        return
    silent, middle = (1.0 - alpha) * (1.0 - 2.0 * eta), 0.5 * (quotes[0] + quotes[1])
    half = 0.5 * (quotes[1] - quotes[0]) * inverse
    for i in range(held.size):
        z = -abs(first - middle + i) * inverse  # the difference of the smaller tails keeps its digits
        between = normal_law(z + half)[0] - normal_law(z - half)[0]
        told[i] = held[i] * (silent + alpha * between)


@jit
def das_update(
    density: Floats, window: Window, order: int, quotes: tuple[float, float], traders: Traders, room: Floats
) -> tuple[float, int, int]:
    """Learn from an order at the posted (bid, ask) in place; return (P(order), first, last point of the new window).

    An order of probability 0 leaves the belief as it was. ``room`` is overwritten, shape (2, points).

    Source: Das (2005), section 3: Bayes on the grid.
    """
    first, last = window
    if traders[0] == 0.0:  # then every order tells nothing
        return das_order_if(0.0, order, 0.0, 0.0, traders), first, last
    joint, reach = room[0], REACH * traders[2]
    low, high = (quotes[1] if order > 0 else quotes[0]) - reach, (quotes[0] if order < 0 else quotes[1]) + reach
    left = min(max(math.ceil(max(low, -1.0)), first), last + 1)
    right = max(min(math.floor(min(high, density.size)), last), left - 1)
    if first < left:  # there every point's informed do the same
        _scale(density, (first, left - 1), das_order_if(low - 1.0, order, quotes[0], quotes[1], traders), joint)
    _join(density, (left, right), order, quotes, traders, joint)
    if right < last:
        _scale(density, (right + 1, last), das_order_if(high + 1.0, order, quotes[0], quotes[1], traders), joint)
    total = das_moments(joint, first, last)[0]
    if not total > IMPOSSIBLE:
        return 0.0, first, last
    _scale(joint, window, 1.0 / total, density)
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
def das_steps_off(mean: float, points: int) -> int:
    """Return by how many steps to move the grid: to the mean once that is a quarter of the way to an end, else 0.

    A maker who is not told of jumps must follow the value, or it would walk off the grid.
    """
    half = points // 2
    off = mean - half
    return math.floor(off + 0.5) if abs(off) > 0.25 * half else 0


@jit
def das_closed_quote(rho_squared: float, noise: float) -> float:
    """Return x = (ask - mean) / s of the first quote, s^2 = sigma^2 + sigma_w^2, where the belief is normal.

    ``rho_squared`` = sigma^2 / s^2 in [0, 1), ``noise`` = k = (1 - alpha) eta / alpha >= 0.

    Source: Das (2005), equation 2.11 for a normal belief: x (k + 1 - Phi(x)) = rho^2 phi(x). With k = 0, all traders
    noisy, Das & Magdon-Ismail (2008).
    """
    if rho_squared == 0.0:
        return 0.0
    low, high, x = 0.0, math.inf, 0.5
    for _ in range(MOST_STEPS):
        height, tail = _height(x), 0.5 * math.erfc(x / ROOT_2)
        excess = x * (noise + tail) - rho_squared * height
        slope = noise + tail - (1.0 - rho_squared) * x * height
        if excess < 0.0:
            low = x
        else:
            high = x
        trial = x - excess / slope if slope > 0.0 else low
        if not low < trial < high:  # Newton's steps are safe near the root only
            trial = 0.5 * (low + high) if high < math.inf else 2.0 * x
        step, x = trial - x, trial
        if abs(step) <= ROUNDING * x:
            break
    return x


@jit
def _height(z: float) -> float:
    return math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
