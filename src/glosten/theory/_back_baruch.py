"""Back and Baruch's continuous-time game, solved: an insider who chooses when to trade, and may bluff.

The value is 0 or 1 and is revealed at rate r; noise buys and sells at rate beta each; an order is of size delta. In
units of delta and 1 / r only beta / r is left. The high type's value V(p) is held as ln V = baseline + w on a graded
grid of z = Phi^-1(p); the baseline is the Kyle limit with its tails corrected, so w is nearly constant at the ends.
Between grid points w is a cubic through four of them, never across z = 0, where the flow of beliefs parts.

Unknown are the w alone. Given V, the indifference V(p) = (1 - a) + V(a) fixes the ask, symmetry the bid, b(p) = 1 -
a(1 - p), and Bayes the intensities. What remains is r V = V' f + beta [V(a) + V(b) - 2 V]. Information runs from the
ends inwards, so backward Euler steps of growing length (pseudo-transient continuation) settle into Newton's method.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.errors import DomainError
from glosten.theory._normal import log_normal_tail, normal_density, normal_loss, normal_tail

Floats = NDArray[np.float64]
Stencil = tuple[float, float, float, float]

REACH, GRADING, HALF = 6.0, 1.5, 160
"""The grid: z from -6 to 6 in 321 points, closer together in the middle."""
NODES = 2 * HALF + 1
WIDTH = 4
LONGEST_STEP, BISECTIONS = 14.0, 52
LEAST_CURVATURE = 4.0
EAGERNESS = (0.3, 0.1, 0.03, 0.01)
"""Gain from one bluff, in orders, at which the insider bluffs at rate sqrt(beta r): falling, then `last_eagerness`."""
SETTLED = 1e-10
MOST_STEPS = 150
FIRST_STEP, LARGEST_STEP, LARGEST_MOVE = 0.3, 1e12, 0.5


@jit
def node_of(index: float) -> float:
    """Return z at a place of the grid, the first place being 0."""
    return REACH * math.sinh(GRADING * (index / HALF - 1.0)) / math.sinh(GRADING)


@jit
def _baseline(z: float, curvature: float) -> tuple[float, float]:
    """Return (ln of the Kyle limit's value times sqrt(1 + z^2 / curvature), its slope)."""
    loss = normal_loss(z)
    return math.log(loss) + 0.5 * math.log1p(z * z / curvature), z / (curvature + z * z) - normal_tail(z) / loss


@jit
def _cubic(x: float) -> tuple[Stencil, Stencil]:
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
def _stencil(z: float) -> tuple[int, Stencil, Stencil]:
    """Return (first grid point, weights of the value, weights of d/dz) at z; beyond the grid w is constant."""
    inside = min(max(z, -REACH), REACH)
    place = (math.asinh(inside * math.sinh(GRADING) / REACH) / GRADING + 1.0) * HALF
    first = math.floor(place) - 1
    first = max(first, HALF) if place >= HALF else min(first, HALF - WIDTH + 1)
    first = min(max(first, 0), NODES - WIDTH)
    value, slope = _cubic(place - first)
    metric = 0.0
    if abs(z) <= REACH:
        metric = HALF * math.sinh(GRADING) / (REACH * GRADING * math.cosh(GRADING * (place / HALF - 1.0)))
    return first, value, (slope[0] * metric, slope[1] * metric, slope[2] * metric, slope[3] * metric)


@jit
def _dot(w: Floats, first: int, weights: Stencil) -> float:
    """Return the weighted sum of four grid values."""
    total = 0.0
    for place in range(WIDTH):
        total += weights[place] * w[first + place]
    return total


@jit
def _add(row: Floats, first: int, weights: Stencil, factor: float) -> None:
    """Add a multiple of the weights to a row of a matrix."""
    for place in range(WIDTH):
        row[first + place] += factor * weights[place]


@jit
def _add_row(row: Floats, other: Floats, factor: float) -> None:
    """Add a multiple of another row."""
    for place in range(row.size):
        row[place] += factor * other[place]


@jit
def log_value(w: Floats, z: float, curvature: float) -> float:
    """Return ln V at z in orders, from the grid values."""
    first, value, _ = _stencil(z)
    return _baseline(z, curvature)[0] + _dot(w, first, value)


@jit
def step_to_ask(w: Floats, z: float, curvature: float) -> float:
    """Return how far the ask lies above z, in z: where buying one order leaves the high type as well off.

    Source: Back & Baruch (2004): V(p) = (1 - a) delta + V(a). What is lost by buying falls as the ask rises: bisection.
    """
    now = log_value(w, z, curvature)
    low, high = 0.0, LONGEST_STEP
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        ask = z + middle
        gain = math.exp(log_value(w, ask, curvature) - now) + math.exp(log_normal_tail(ask) - now) - 1.0
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
def _asks(w: Floats, curvature: float, steps: Floats, ratios: Floats, gradients: Floats) -> None:
    """Write step, odds ratio, V(a) / V and the gradients of step and V(a) / V at every node.

    ``ratios`` has shape (2, nodes), ``gradients`` (2, nodes, nodes), zero at first.
    """
    for node in range(NODES):
        z = node_of(node)
        now = _baseline(z, curvature)[0] + w[node]
        steps[node] = step_to_ask(w, z, curvature)
        ask = z + steps[node]
        first, value, slope = _stencil(ask)
        level, tilt = _baseline(ask, curvature)
        kept = math.exp(level + _dot(w, first, value) - now)
        steep = kept * (tilt + _dot(w, first, slope))
        profit = math.exp(log_normal_tail(ask) - now)
        total = steep - math.exp(-0.5 * ask * ask - 0.5 * math.log(2.0 * math.pi) - now)
        ratios[0, node], ratios[1, node] = odds_ratio(z, ask), kept
        _add(gradients[0, node], first, value, -kept / total)
        gradients[0, node, node] += (kept + profit) / total
        _add_row(gradients[1, node], gradients[0, node], steep)
        _add(gradients[1, node], first, value, kept)
        gradients[1, node, node] -= kept


@jit
def _bids(w: Floats, curvature: float, steps: Floats, sides: tuple[Floats, Floats], gradients: Floats) -> None:
    """Write V(b) / V with its gradient, and what a bluff forgoes over V with its: V - (b - 1) - V(b) >= 0 wanted.

    ``sides`` = (values of shape (2, nodes), gradient of the steps); ``gradients`` has shape (2, nodes, nodes), zero at
    first.
    """
    values, d_steps = sides
    for node in range(NODES):
        mirror = NODES - 1 - node
        z = node_of(node)
        now = _baseline(z, curvature)[0] + w[node]
        bid = z - steps[mirror]
        first, value, slope = _stencil(bid)
        level, tilt = _baseline(bid, curvature)
        kept = math.exp(level + _dot(w, first, value) - now)
        loss = math.exp(log_normal_tail(bid) - now)
        steep = kept * (tilt + _dot(w, first, slope))
        values[0, node], values[1, node] = kept, 1.0 + loss - kept
        _add_row(gradients[0, node], d_steps[mirror], -steep)
        _add(gradients[0, node], first, value, kept)
        gradients[0, node, node] -= kept
        thinner = math.exp(-0.5 * bid * bid - 0.5 * math.log(2.0 * math.pi) - now)
        _add_row(gradients[1, node], d_steps[mirror], thinner)
        _add_row(gradients[1, node], gradients[0, node], -1.0)
        gradients[1, node, node] -= loss


@jit
def _differences() -> Floats:
    """Return the matrix of d/dz at the nodes, leaning outwards, whence information comes; w is flat at the ends."""
    matrix: Floats = np.zeros((NODES, NODES))
    for node in range(1, NODES - 1):
        if node == HALF:
            continue
        right = node > HALF
        first = max(node - 1, HALF) if right else min(node - 2, HALF - WIDTH + 1)
        first = min(max(first, 0), NODES - WIDTH)
        metric = HALF * math.sinh(GRADING) / (REACH * GRADING * math.cosh(GRADING * (node / HALF - 1.0)))
        _add(matrix[node], first, _cubic(float(node - first))[1], metric)
    return matrix


@dataclass(frozen=True, slots=True)
class Game:
    """The game in its own units on the grid: beta / r, and how readily the insider bluffs (0: never)."""

    ratio: float
    bluff_rate: float

    @property
    def curvature(self) -> float:
        """Return where the baseline turns from the Kyle limit to its tails, in z^2."""
        return max(LEAST_CURVATURE, self.ratio)


@dataclass(frozen=True, slots=True)
class Solution:
    """Grid values of a solved game: w, the rate of bluffing by the high type, and what a bluff forgoes, in orders."""

    game: Game
    w: Floats
    bluff: Floats
    slack: Floats


def _residual(w: Floats, game: Game, differences: Floats) -> tuple[Floats, Floats, Solution]:
    """Return what is missing in Bellman's equation over V, its Jacobian, and what was found on the way.

    Source: Back & Baruch (2004): r V = V' f + beta [V(a) + V(b) - 2 V], f = p (1 - p) (theta_LB + theta_LS - theta_HB -
    theta_HS), with beta + theta_HB = R (beta + theta_LB) from Bayes, R the odds ratio of a buy.
    """
    beta, curvature = game.ratio, game.curvature
    steps, above, below = np.zeros(NODES), np.zeros((2, NODES)), np.zeros((2, NODES))
    d_above, d_below = np.zeros((2, NODES, NODES)), np.zeros((2, NODES, NODES))
    _asks(w, curvature, steps, above, d_above)
    _bids(w, curvature, steps, (below, d_above[0]), d_below)
    z, tilt, level, turn = _node_table(curvature)
    value = np.exp(level + w)
    gain = np.where((z > 0.0) & (below[1] < 0.0), -below[1] * value, 0.0)
    bluff = game.bluff_rate * gain
    d_bluff = np.where(gain > 0.0, game.bluff_rate * value, 0.0)[:, None] * -d_below[1]
    np.fill_diagonal(d_bluff, d_bluff.diagonal() + bluff)
    ratio, mirrored = above[0], bluff[::-1]
    densities = np.exp(-0.5 * (z + steps) ** 2) / math.sqrt(2.0 * math.pi)
    tails = np.array([normal_tail(x) * normal_tail(-x) for x in z + steps])
    d_ratio = (ratio * densities / np.maximum(tails, 1e-300))[:, None] * d_above[0]
    buys = ratio * (beta + mirrored) - beta
    d_buys = d_ratio * (beta + mirrored)[:, None] + ratio[:, None] * d_bluff[::-1]
    drift = mirrored + buys[::-1] - buys - bluff
    d_drift = d_bluff[::-1] + d_buys[::-1] - d_buys - d_bluff
    slope = differences @ w + tilt
    missing = slope * turn * drift + beta * (above[1] + below[0] - 2.0) - 1.0
    jacobian = (turn * drift)[:, None] * differences + (slope * turn)[:, None] * d_drift
    jacobian += beta * (d_above[1] + d_below[0])
    return missing, jacobian, Solution(game, w, bluff, below[1] * value)


@lru_cache(maxsize=8)
def _node_table(curvature: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Return by node: z, the slope and the level of the baseline, and p (1 - p) / phi(z)."""
    z = np.array([node_of(index) for index in range(NODES)])
    level, tilt = np.array([_baseline(x, curvature) for x in z]).T
    turn = np.array([normal_tail(x) * normal_tail(-x) / normal_density(x) for x in z])
    return z, tilt, level, turn


def _settle(w: Floats, game: Game, differences: Floats) -> Solution | None:
    """Return the solution near a guess, None where the steps do not settle."""
    missing, jacobian, found = _residual(w, game, differences)
    size, length = float(np.linalg.norm(missing)), FIRST_STEP
    for _ in range(MOST_STEPS):
        move = np.linalg.solve(np.eye(NODES) / length - jacobian, missing)
        if np.abs(move).max() > LARGEST_MOVE:
            length /= 3.0
            continue
        tried = _residual(w + move, game, differences)
        tried_size = float(np.linalg.norm(tried[0]))
        if not tried_size <= 2.0 * size:
            length /= 4.0
            continue
        w, (missing, jacobian, found) = w + move, tried
        length = min(length * 1.2 * max(min(size / tried_size, 5.0), 0.5), LARGEST_STEP)
        size = tried_size
        if size < SETTLED * math.sqrt(NODES) * max(1.0, game.ratio):
            return found
    return None


def last_eagerness(ratio: float) -> float:
    """Return the gain from one bluff, in orders, at which the insider of the answer bluffs at rate sqrt(beta r).

    A compromise: with less, bluffing breaks up into bursts one order apart that the grid cannot resolve. Longer orders
    (a lower ratio) make the bursts worse.
    """
    return 0.003 * min(1.0, math.sqrt(16.0 / ratio))


@lru_cache(maxsize=32)
def solve(ratio: float, bluffing: bool) -> Solution:
    """Return the solved game for beta / r; a bluffing insider's eagerness is raised step by step.

    Raises `DomainError` where the steps do not settle.
    """
    differences = _differences()
    found = _settle(np.full(NODES, 0.5 * math.log(ratio) - 0.5), Game(ratio, 0.0), differences)
    if found is not None and bluffing and found.slack.min() < 0.0:
        for eagerness in (*EAGERNESS, last_eagerness(ratio)):
            better = _settle(found.w, Game(ratio, math.sqrt(ratio) / eagerness), differences)
            if better is None:
                found = None
                break
            found = better
    if found is None:
        raise DomainError(f"the game could not be solved for noise_rate / revelation_rate = {ratio:g}.")
    for array in (found.w, found.bluff, found.slack):
        array.flags.writeable = False
    return found
