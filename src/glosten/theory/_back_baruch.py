"""Back and Baruch's continuous-time game on a grid: values, quotes, what a bluff costs and how often it is tried.

The value is 0 or 1 and is revealed at rate r; noise buys and sells at rate beta each; an order is of size delta. In
units of delta and 1 / r only beta / r is left. The high type's value V(p) is held as ln V = baseline + w on a graded
grid of z = Phi^-1(p); the baseline is the Kyle limit with its tails corrected, so w is nearly constant at the ends.
Between grid points w is a cubic through four of them, never across z = 0, where the flow of beliefs parts; where the
insider bluffs, whose values have kinks, it is a straight line through two.

Unknown are the w alone. Given V, the indifference V(p) = (1 - a) + V(a) fixes the ask, symmetry the bid, b(p) = 1 -
a(1 - p), and Bayes the intensities, up to bluffing, which follows from what a bluff costs.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.theory._normal import log_normal_tail, normal_loss, normal_tail

Floats = NDArray[np.float64]
Stencil = tuple[float, float, float, float]

REACH, GRADING, HALF = 6.0, 1.5, 160
"""The grid: z from -6 to 6 in 321 points, closer together in the middle."""
NODES = 2 * HALF + 1
WIDTH = 4
LONGEST_STEP, BISECTIONS = 14.0, 52


class Game(NamedTuple):
    """The game in its own units: beta / r, where the baseline bends (in z^2), and how the high type bluffs.

    ``tremble`` bounds what bluffing costs it in orders per unit of time, 0 where it never bluffs; a bluff that costs
    more than ``dearest`` orders is never tried, and ``leeway`` is the gain from a bluff, in orders, that is left at a
    rate of one a unit of time. ``smooth`` says that values are cubics between grid points.
    """

    ratio: float
    curvature: float
    tremble: float
    dearest: float
    leeway: float
    smooth: bool


@jit
def node_of(index: float) -> float:
    """Return z at a place of the grid, the first place being 0."""
    return REACH * math.sinh(GRADING * (index / HALF - 1.0)) / math.sinh(GRADING)


@jit
def metric(place: float) -> float:
    """Return how many places of the grid there are to a unit of z, at a place."""
    return HALF * math.sinh(GRADING) / (REACH * GRADING * math.cosh(GRADING * (place / HALF - 1.0)))


@jit
def baseline(z: float, curvature: float) -> tuple[float, float]:
    """Return (ln of the Kyle limit's value times sqrt(1 + z^2 / curvature), its slope)."""
    loss = normal_loss(z)
    return math.log(loss) + 0.5 * math.log1p(z * z / curvature), z / (curvature + z * z) - normal_tail(z) / loss


@jit
def cubic(x: float) -> tuple[Stencil, Stencil]:
    """Return the weights of the values at 0, 1, 2, 3 in the cubic through them at x, and in its slope."""
    a, b, c, d = x, x - 1.0, x - 2.0, x - 3.0
    value = (-b * c * d / 6.0, a * c * d / 2.0, -a * b * d / 2.0, a * b * c / 6.0)
    slope = (
        -(c * d + b * d + b * c) / 6.0,
        (c * d + a * d + a * c) / 2.0,
        -(b * d + a * d + a * b) / 2.0,
        (b * c + a * c + a * b) / 6.0,
    )
    return value, slope


@jit
def place_of(z: float) -> float:
    """Return the place of the grid at which z lies, its ends where z is further out: the inverse of `node_of`."""
    inside = min(max(z, -REACH), REACH)
    return (math.asinh(inside * math.sinh(GRADING) / REACH) / GRADING + 1.0) * HALF


@jit
def line(z: float) -> tuple[int, Stencil, Stencil]:
    """Return what `_stencil` returns, for the straight line through the two grid points around z."""
    place = place_of(z)
    cell = min(math.floor(place), NODES - 2)
    first = min(cell, NODES - WIDTH)
    left = node_of(float(cell))
    width = node_of(cell + 1.0) - left
    share = min(max((z - left) / width, 0.0), 1.0)
    rise = 1.0 / width if abs(z) <= REACH else 0.0
    if cell == first:
        return first, (1.0 - share, share, 0.0, 0.0), (-rise, rise, 0.0, 0.0)
    if cell == first + 1:
        return first, (0.0, 1.0 - share, share, 0.0), (0.0, -rise, rise, 0.0)
    return first, (0.0, 0.0, 1.0 - share, share), (0.0, 0.0, -rise, rise)


@jit
def _stencil(z: float, smooth: bool) -> tuple[int, Stencil, Stencil]:
    """Return (first grid point, weights of the value, weights of d/dz) at z; beyond the grid w is constant."""
    if not smooth:
        return line(z)
    place = place_of(z)
    first = math.floor(place) - 1
    first = max(first, HALF) if place >= HALF else min(first, HALF - WIDTH + 1)
    first = min(max(first, 0), NODES - WIDTH)
    value, slope = cubic(place - first)
    rise = metric(place) if abs(z) <= REACH else 0.0
    return first, value, (slope[0] * rise, slope[1] * rise, slope[2] * rise, slope[3] * rise)


@jit
def _dot(w: Floats, first: int, weights: Stencil) -> float:
    """Return the weighted sum of four grid values."""
    total = 0.0
    for place in range(WIDTH):
        total += weights[place] * w[first + place]
    return total


@jit
def add_weights(row: Floats, first: int, weights: Stencil, factor: float) -> None:
    """Add a multiple of the weights to a row of a matrix."""
    for place in range(WIDTH):
        row[first + place] += factor * weights[place]


@jit
def _add_row(row: Floats, other: Floats, factor: float) -> None:
    """Add a multiple of another row."""
    for place in range(row.size):
        row[place] += factor * other[place]


@jit
def log_value(w: Floats, z: float, game: Game) -> float:
    """Return ln V at z in orders, from the grid values."""
    first, value, _ = _stencil(z, game.smooth)
    return baseline(z, game.curvature)[0] + _dot(w, first, value)


@jit
def step_to_ask(w: Floats, z: float, game: Game) -> float:
    """Return how far the ask lies above z, in z: where buying one order leaves the high type as well off.

    Source: Back & Baruch (2004): V(p) = (1 - a) delta + V(a). What is lost by buying falls as the ask rises: bisection.
    """
    now = log_value(w, z, game)
    low, high = 0.0, LONGEST_STEP
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        ask = z + middle
        gain = math.exp(log_value(w, ask, game) - now) + math.exp(log_normal_tail(ask) - now) - 1.0
        if gain > 0.0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@jit
def odds_ratio(z: float, ask: float) -> float:
    """Return the odds of V = 1 after a buy over those before, from z before and after, exact in both tails."""
    after = log_normal_tail(-ask) - log_normal_tail(ask)
    return math.exp(after - log_normal_tail(-z) + log_normal_tail(z))


@jit
def asks(w: Floats, game: Game, steps: Floats, ratios: Floats, gradients: Floats) -> None:
    """Write step, odds ratio, V(a) / V and the gradients of step and V(a) / V at every node.

    ``ratios`` has shape (2, nodes), ``gradients`` (2, nodes, nodes), zero at first.
    """
    for node in range(NODES):
        z = node_of(node)
        now = baseline(z, game.curvature)[0] + w[node]
        steps[node] = step_to_ask(w, z, game)
        ask = z + steps[node]
        first, value, slope = _stencil(ask, game.smooth)
        level, tilt = baseline(ask, game.curvature)
        kept = math.exp(level + _dot(w, first, value) - now)
        steep = kept * (tilt + _dot(w, first, slope))
        profit = math.exp(log_normal_tail(ask) - now)
        total = steep - math.exp(-0.5 * ask * ask - 0.5 * math.log(2.0 * math.pi) - now)
        ratios[0, node], ratios[1, node] = odds_ratio(z, ask), kept
        add_weights(gradients[0, node], first, value, -kept / total)
        gradients[0, node, node] += (kept + profit) / total
        _add_row(gradients[1, node], gradients[0, node], steep)
        add_weights(gradients[1, node], first, value, kept)
        gradients[1, node, node] -= kept


@jit
def bids(w: Floats, game: Game, steps: Floats, sides: tuple[Floats, Floats], gradients: Floats) -> None:
    """Write V(b) / V with its gradient, and what a bluff forgoes over V with its: V - (b - 1) - V(b) >= 0 wanted.

    ``sides`` = (values of shape (2, nodes), gradient of the steps); ``gradients`` has shape (2, nodes, nodes), zero at
    first.
    """
    values, d_steps = sides
    for node in range(NODES):
        mirror = NODES - 1 - node
        z = node_of(node)
        now = baseline(z, game.curvature)[0] + w[node]
        bid = z - steps[mirror]
        first, value, slope = _stencil(bid, game.smooth)
        level, tilt = baseline(bid, game.curvature)
        kept = math.exp(level + _dot(w, first, value) - now)
        loss = math.exp(log_normal_tail(bid) - now)
        steep = kept * (tilt + _dot(w, first, slope))
        values[0, node], values[1, node] = kept, 1.0 + loss - kept
        _add_row(gradients[0, node], d_steps[mirror], -steep)
        add_weights(gradients[0, node], first, value, kept)
        gradients[0, node, node] -= kept
        thinner = math.exp(-0.5 * bid * bid - 0.5 * math.log(2.0 * math.pi) - now)
        _add_row(gradients[1, node], d_steps[mirror], thinner)
        _add_row(gradients[1, node], gradients[0, node], -1.0)
        gradients[1, node, node] -= loss


@jit
def slack_at(w: Floats, z: float, game: Game) -> float:
    """Return what one sale costs the high type at z, in orders: V - (b - 1) - V(b).

    Source: Back & Baruch (2004): at least 0 in equilibrium, and 0 where theta_HS > 0.
    """
    bid = z - step_to_ask(w, -z, game)
    return math.exp(log_value(w, z, game)) + normal_tail(bid) - math.exp(log_value(w, bid, game))


@jit
def bluff_rate(slack: float, z: float, game: Game) -> tuple[float, float]:
    """Return (theta_HS in units of r, its derivative in the slack) where a bluff costs ``slack``; 0 up to p = 1/2.

    Source: the complementarity slack >= 0, theta_HS >= 0, slack theta_HS = 0, relaxed to (slack + leeway theta) (theta
    / allowed + 1 / limit) = 1, allowed = 2 tremble (1 - p) (2 p - 1), limit = 2 dearest (1 - p): its root if positive.
    So slack theta is below allowed, and theta is 0 where the slack reaches the limit.
    """
    if z <= 0.0 or game.tremble <= 0.0:
        return 0.0, 0.0
    limit = 2.0 * game.dearest * normal_tail(z)
    if slack >= limit:
        return 0.0, 0.0
    allowed = 2.0 * game.tremble * normal_tail(z) * (normal_tail(-z) - normal_tail(z))
    middle = slack + game.leeway * allowed / limit
    missing = allowed * (1.0 - slack / limit)
    root = math.sqrt(middle * middle + 4.0 * game.leeway * missing)
    rate = 2.0 * missing / (middle + root) if middle > 0.0 else (root - middle) / (2.0 * game.leeway)
    return rate, -(rate + allowed / limit) / root


@jit
def _bluff_at(bluff: Floats, z: float) -> float:
    """Return the high type's rate of bluffing at z: between two grid points their mean, as Bellman's boxes have it."""
    first = min(math.floor(place_of(z)), NODES - 2)
    return float(0.5 * (bluff[first] + bluff[first + 1]))


@jit
def _intensities(w: Floats, z: float, bluffs: tuple[float, float], game: Game) -> tuple[float, float, float, float]:
    high_sells, low_buys = bluffs
    buy = odds_ratio(z, z + step_to_ask(w, z, game))
    sell = odds_ratio(-z, -z + step_to_ask(w, -z, game))
    ratio = game.ratio
    return buy * (ratio + low_buys) - ratio, high_sells, low_buys, sell * (ratio + high_sells) - ratio


@jit
def insider_intensities(w: Floats, bluff: Floats, z: float, game: Game) -> tuple[float, float, float, float]:
    """Return the rates (theta_HB, theta_HS, theta_LB, theta_LS) in units of r at z = Phi^-1(p).

    Source: Bayes: beta + theta_HB = R(p) (beta + theta_LB), beta + theta_LS = R(1 - p) (beta + theta_HS), R the odds
    ratio of a buy; without bluffing theta_HB = beta (a - p) / (p (1 - a)).
    """
    return _intensities(w, z, (_bluff_at(bluff, z), _bluff_at(bluff, -z)), game)


@jit
def node_intensities(w: Floats, bluff: Floats, node: int, game: Game) -> tuple[float, float, float, float]:
    """Return the same rates at a point of the grid."""
    return _intensities(w, node_of(float(node)), (bluff[node], bluff[NODES - 1 - node]), game)
