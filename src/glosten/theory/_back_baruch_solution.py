"""Back and Baruch's game solved: Bellman's equation on the grid, and how bluffing is brought in step by step.

What remains to be solved is r V = V' f + beta [V(a) + V(b) - 2 V] for the w alone. Information runs from the ends
inwards, so backward Euler steps of growing length (pseudo-transient continuation) settle into Newton's method. Where
the insider bluffs, the differences are those of a box of two neighbouring points: a value with kinks, and nearly with
steps, would make higher orders swing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from glosten._jit import jit
from glosten.errors import DomainError
from glosten.theory._back_baruch import (
    HALF,
    NODES,
    WIDTH,
    Floats,
    Game,
    add_weights,
    asks,
    baseline,
    bids,
    bluff_rate,
    cubic,
    line,
    metric,
    node_intensities,
    node_of,
    slack_at,
    step_to_ask,
)
from glosten.theory._normal import normal_density, normal_tail

LEAST_CURVATURE = 4.0
TREMBLE = 0.004
"""What bluffing may cost, in orders per unit of time, over sqrt(beta / r), for the insider's value grows as that."""
DEAREST = 0.01
"""The dearest bluff, in orders, at p = 1/2; what a bluff costs falls with 1 - p, and so does this."""
FIRST_LEEWAY, LAST_LEEWAY = 0.3, 2e-7
"""Leeway of the bluffer at first and, over sqrt(beta / r), at last."""
LEAST_FACTOR, LARGEST_FACTOR = 1.3, 3.0
SETTLED = 1e-10
MOST_STEPS = 60
FIRST_STEP, LARGEST_STEP, LARGEST_MOVE = 0.3, 1e12, 0.5
LOOKS = 8
"""How often what a bluff costs is looked at between two grid points."""


@dataclass(frozen=True, slots=True)
class Solution:
    """Grid values of a solved game: w, the rate of bluffing by the high type, and what a bluff costs, in orders."""

    game: Game
    w: Floats
    bluff: Floats
    slack: Floats


@dataclass(frozen=True, slots=True)
class _Scheme:
    """Matrices of a grid: differences outwards, means over what they span, and what the baseline adds to slopes."""

    differences: Floats
    means: Floats
    tilt: Floats


@jit
def _cubic_differences() -> Floats:
    """Return the matrix of d/dz at the nodes, leaning outwards, whence information comes; w is flat at the ends."""
    matrix: Floats = np.zeros((NODES, NODES))
    for node in range(1, NODES - 1):
        if node == HALF:
            continue
        right = node > HALF
        first = max(node - 1, HALF) if right else min(node - 2, HALF - WIDTH + 1)
        first = min(max(first, 0), NODES - WIDTH)
        add_weights(matrix[node], first, cubic(float(node - first))[1], metric(float(node)))
    return matrix


@lru_cache(maxsize=8)
def _node_table(curvature: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Return by node: z, the slope and the level of the baseline, and p (1 - p) / phi(z)."""
    z = np.array([node_of(index) for index in range(NODES)])
    level, tilt = np.array([baseline(x, curvature) for x in z]).T
    turn = np.array([normal_tail(x) * normal_tail(-x) / normal_density(x) for x in z])
    return z, tilt, level, turn


@lru_cache(maxsize=8)
def _scheme(curvature: float, smooth: bool) -> _Scheme:
    """Return the matrices of cubics, or of boxes of two points."""
    z, tilt, level, _ = _node_table(curvature)
    if smooth:
        return _Scheme(_cubic_differences(), np.eye(NODES), tilt)
    differences, means, tilt = np.zeros((NODES, NODES)), np.eye(NODES), tilt.copy()
    for node in range(1, NODES - 1):
        if node == HALF:
            continue
        further = node + 1 if node > HALF else node - 1
        width = z[further] - z[node]
        differences[node, further], differences[node, node] = 1.0 / width, -1.0 / width
        means[node, further] = means[node, node] = 0.5
        tilt[node] = (level[further] - level[node]) / width
    return _Scheme(differences, means, tilt)


def _bluffs(slack: Floats, d_slack: Floats, game: Game) -> tuple[Floats, Floats]:
    """Return the rate of bluffing at every node and its Jacobian."""
    z = _node_table(game.curvature)[0]
    rate, steepness = np.array([bluff_rate(float(s), float(x), game) for s, x in zip(slack, z, strict=True)]).T
    return rate, steepness[:, None] * d_slack


def _residual(w: Floats, game: Game) -> tuple[Floats, Floats, Solution]:
    """Return what is missing in Bellman's equation over V, its Jacobian, and what was found on the way.

    Source: Back & Baruch (2004): r V = V' f + beta [V(a) + V(b) - 2 V], f = p (1 - p) (theta_LB + theta_LS - theta_HB -
    theta_HS), with beta + theta_HB = R (beta + theta_LB) from Bayes, R the odds ratio of a buy.
    """
    beta, scheme = game.ratio, _scheme(game.curvature, game.smooth)
    steps, above, below = np.zeros(NODES), np.zeros((2, NODES)), np.zeros((2, NODES))
    d_above, d_below = np.zeros((2, NODES, NODES)), np.zeros((2, NODES, NODES))
    asks(w, game, steps, above, d_above)
    bids(w, game, steps, (below, d_above[0]), d_below)
    z, _, level, turn = _node_table(game.curvature)
    value = np.exp(level + w)
    slack, d_slack = below[1] * value, value[:, None] * d_below[1]
    np.fill_diagonal(d_slack, d_slack.diagonal() + slack)
    bluff, d_bluff = _bluffs(slack, d_slack, game)
    ratio, mirrored = above[0], bluff[::-1]
    densities = np.exp(-0.5 * (z + steps) ** 2) / math.sqrt(2.0 * math.pi)
    tails = np.array([normal_tail(x) * normal_tail(-x) for x in z + steps])
    d_ratio = (ratio * densities / np.maximum(tails, 1e-300))[:, None] * d_above[0]
    buys = ratio * (beta + mirrored) - beta
    d_buys = d_ratio * (beta + mirrored)[:, None] + ratio[:, None] * d_bluff[::-1]
    drift = scheme.means @ (turn * (mirrored + buys[::-1] - buys - bluff))
    d_drift = scheme.means @ (turn[:, None] * (d_bluff[::-1] + d_buys[::-1] - d_buys - d_bluff))
    slope = scheme.differences @ w + scheme.tilt
    missing = slope * drift + scheme.means @ (beta * (above[1] + below[0] - 2.0) - 1.0)
    jacobian = drift[:, None] * scheme.differences + slope[:, None] * d_drift
    jacobian += scheme.means @ (beta * (d_above[1] + d_below[0]))
    return missing, jacobian, Solution(game, w, bluff, slack)


def _settle(w: Floats, game: Game) -> Solution | None:
    """Return the solution near a guess, None where the steps do not settle."""
    missing, jacobian, found = _residual(w, game)
    size, length = float(np.linalg.norm(missing)), FIRST_STEP
    for _ in range(MOST_STEPS):
        move = np.linalg.solve(np.eye(NODES) / length - jacobian, missing)
        if np.abs(move).max() > LARGEST_MOVE:
            length /= 3.0
            continue
        tried = _residual(w + move, game)
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


def approach(found: Solution, tremble: float, last_leeway: float) -> Solution:
    """Return the game with bluffing, from the one without: the leeway lowered as far as the steps settle."""
    leeway, factor = FIRST_LEEWAY * LARGEST_FACTOR, LARGEST_FACTOR
    while leeway > last_leeway and factor > LEAST_FACTOR:
        tried = max(leeway / factor, last_leeway)
        better = _settle(found.w, found.game._replace(tremble=tremble, leeway=tried, smooth=False))
        if better is None:
            factor = math.sqrt(factor)
            continue
        found, leeway = better, tried
    return found


@lru_cache(maxsize=32)
def solve(ratio: float, bluffing: bool) -> Solution:
    """Return the solved game for beta / r; a bluffing insider is brought in step by step.

    Raises `DomainError` where the steps do not settle.
    """
    game = Game(ratio, max(LEAST_CURVATURE, ratio), tremble=0.0, dearest=DEAREST, leeway=0.0, smooth=True)
    found = _settle(np.full(NODES, 0.5 * math.log(ratio) - 0.5), game)
    if found is not None and bluffing and found.slack.min() < 0.0:
        better = approach(found, TREMBLE * math.sqrt(ratio), LAST_LEEWAY / math.sqrt(ratio))
        found = None if better.game.smooth else better
    if found is None:
        raise DomainError(f"the game could not be solved for noise_rate / revelation_rate = {ratio:g}.")
    for array in (found.w, found.bluff, found.slack):
        array.flags.writeable = False
    return found


@lru_cache(maxsize=32)
def worst_slack(ratio: float, bluffing: bool) -> float:
    """Return the least that a bluff costs at any price, in orders, at and between the points of the grid."""
    found = solve(ratio, bluffing)
    places = np.linspace(0.0, NODES - 1.0, LOOKS * (NODES - 1) + 1)
    return min(slack_at(found.w, node_of(float(place)), found.game) for place in places)


@jit
def _jumps(w: Floats, bluff: Floats, game: Game) -> tuple[Floats, Floats, Floats]:
    """Return, for the high type's path: the matrix of what trades do to a function at the nodes, drift, cost of bluffs.

    The cost, slack times rate, is the mean over the box of a node and the next one outwards.
    """
    matrix, drift, cost = np.zeros((NODES, NODES)), np.empty(NODES), np.zeros(NODES)
    for node in range(NODES):
        z = node_of(float(node))
        high_buys, high_sells, low_buys, low_sells = node_intensities(w, bluff, node, game)
        drift[node] = normal_tail(z) * normal_tail(-z) / normal_density(z)
        drift[node] *= low_buys + low_sells - high_buys - high_sells
        for rate, after in (
            (game.ratio + high_buys, z + step_to_ask(w, z, game)),
            (game.ratio + high_sells, z - step_to_ask(w, -z, game)),
        ):
            first, value, _ = line(after)
            add_weights(matrix[node], first, value, rate)
            matrix[node, node] -= rate
        if HALF < node < NODES - 1:
            for look in range(LOOKS):
                slack = slack_at(w, node_of(node + (look + 0.5) / LOOKS), game)
                cost[node] += 0.5 * (bluff[node] + bluff[node + 1]) * slack / LOOKS
    return matrix, drift, cost


@lru_cache(maxsize=32)
def cost_of_bluffs(ratio: float) -> Floats:
    """Return by node what the high type loses until the end, in orders, by bluffs that do not pay: below its value.

    Source: r L = L' f + theta_HS slack + what trades do to L; as boxes, like Bellman's equation.
    """
    found = solve(ratio, True)  # noqa: FBT003
    if found.game.smooth:
        return np.zeros(NODES)
    scheme = _scheme(found.game.curvature, smooth=False)
    matrix, drift, cost = _jumps(found.w, found.bluff, found.game)
    system = scheme.means @ (np.eye(NODES) - matrix) - (scheme.means @ drift)[:, None] * scheme.differences
    losses: Floats = np.asarray(np.linalg.solve(system, cost), dtype=np.float64)
    losses.flags.writeable = False
    return losses
