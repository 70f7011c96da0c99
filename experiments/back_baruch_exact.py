"""Back and Baruch's game with its complementarity met exactly, where that can be done: a study beside the package.

    python experiments/back_baruch_exact.py 16

Orders and 1 / r are the units, as in `glosten.theory`; only beta / r, the argument, is left. Unknown are ln V on 481
points of z = Phi^-1(p), in straight lines over the Kyle limit, and between two neighbours the share of the price's
drift that is due to bluffs that do not come: 0 where nobody bluffs, 1 where the price jumps. It follows from what a
bluff costs by a logistic curve, 1 / (1 + exp(cost / width)), which is made ever narrower as long as Newton's steps
settle: in the end nobody bluffs where that costs anything, and where somebody does it costs nothing.
docs/theory/back_baruch.md says what was found, and why this is not how the package solves the game.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_ndtr, ndtr

from glosten.theory import BackBaruch

Floats = NDArray[np.float64]

HALF, REACH, GRADING = 240, 6.0, 1.5
Z: Floats = REACH * np.sinh(GRADING * (np.arange(2 * HALF + 1) / HALF - 1.0)) / np.sinh(GRADING)
NODES = Z.size
OUTWARDS: NDArray[np.int64] = np.arange(NODES) + np.sign(np.arange(NODES) - HALF)
"""The neighbour of each point that lies further out, whence information comes; the middle and the ends have none."""
OUTWARDS[[0, NODES - 1]] = 0, NODES - 1
LONGEST_STEP, BISECTIONS = 14.0, 52
LEAST_SPEED = 0.05
"""Part of the noise rate below which the drift without bluffs no longer measures a bluff's."""
LAST_WIDTH, LEAST_FACTOR = 1e-9, 1.05
SETTLED, MOST_STEPS, LARGEST_MOVE = 1e-9, 60, 0.5


class Row(NamedTuple):
    """Numbers at every point and how they change with ln V over its baseline at every point, one row each."""

    value: Floats
    slope: Floats


class State(NamedTuple):
    """What Bellman's equation lacks, its slope, and what was found on the way: what bluffs cost, and their shares."""

    missing: Row
    cost: Floats
    share: Floats


def density(z: Floats) -> Floats:
    """Return the normal density."""
    return np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)


def baseline(z: Floats, curvature: float) -> Row:
    """Return ln of the Kyle limit's value, its tails corrected, and the slope in z."""
    loss = density(z) - z * ndtr(-z)
    return Row(np.log(loss) + 0.5 * np.log1p(z * z / curvature), z / (curvature + z * z) - ndtr(-z) / loss)


def weights_at(z: Floats) -> tuple[Floats, Floats]:
    """Return matrices that give w and its slope at any z: straight lines, constant beyond the grid."""
    cell = np.clip(np.searchsorted(Z, z, side="right") - 1, 0, NODES - 2)
    gap = Z[cell + 1] - Z[cell]
    part = np.clip((z - Z[cell]) / gap, 0.0, 1.0)
    rise = np.where(np.abs(z) <= REACH, 1.0 / gap, 0.0)
    values, slopes, row = np.zeros((NODES, NODES)), np.zeros((NODES, NODES)), np.arange(NODES)
    values[row, cell], values[row, cell + 1] = 1.0 - part, part
    slopes[row, cell], slopes[row, cell + 1] = -rise, rise
    return values, slopes


def steps_to_asks(w: Floats, curvature: float) -> Floats:
    """Return how far in z the ask lies above each point: V(p) = (1 - a) + V(a), by bisection."""
    now = baseline(Z, curvature).value + w
    low, high = np.zeros(NODES), np.full(NODES, LONGEST_STEP)
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        ask = Z + middle
        gain = np.exp(baseline(ask, curvature).value + np.interp(ask, Z, w) - now) + np.exp(log_ndtr(-ask) - now)
        low, high = np.where(gain > 1.0, middle, low), np.where(gain > 1.0, high, middle)
    return 0.5 * (low + high)


def after(w: Floats, places: Row, curvature: float) -> Row:
    """Return V at places that depend on w, over V at the points."""
    now = baseline(Z, curvature).value + w
    values, slopes = weights_at(places.value)
    level, tilt = baseline(places.value, curvature)
    kept = np.exp(level + values @ w - now)
    steep = kept * (tilt + slopes @ w)
    return Row(kept, steep[:, None] * places.slope + kept[:, None] * (values - np.eye(NODES)))


def asks(w: Floats, curvature: float) -> Row:
    """Return the asks in z with their slopes, from the equality that fixes them."""
    ask = Z + steps_to_asks(w, curvature)
    now = baseline(Z, curvature).value + w
    there = after(w, Row(ask, np.zeros((NODES, NODES))), curvature)
    values, slopes = weights_at(ask)
    level, tilt = baseline(ask, curvature)
    falls = np.exp(level + values @ w - now) * (tilt + slopes @ w) - density(ask) * np.exp(-now)
    profit = np.exp(log_ndtr(-ask) - now)
    return Row(ask, (np.diag(profit) - there.slope) / falls[:, None])


def odds_ratios(ask: Row) -> Row:
    """Return the odds of the high value after a buy over those before."""
    ratio = np.exp(log_ndtr(ask.value) - log_ndtr(-ask.value) - log_ndtr(Z) + log_ndtr(-Z))
    steep = ratio * density(ask.value) * np.exp(-log_ndtr(ask.value) - log_ndtr(-ask.value))
    return Row(ratio, steep[:, None] * ask.slope)


def boxed(row: Row) -> Row:
    """Return the means over each point and its neighbour further out."""
    return Row(0.5 * (row.value + row.value[OUTWARDS]), 0.5 * (row.slope + row.slope[OUTWARDS]))


def shares_of(cost: Row, width: float | None) -> Row:
    """Return the shares of the drift that are due to bluffs, the same on both sides of p = 1/2; None: nobody bluffs."""
    share = Row(np.zeros(NODES), np.zeros((NODES, NODES)))
    if width is not None:
        right = np.arange(HALF + 1, NODES - 1)
        curve = expit(-cost.value[right] / width)
        slope = -(curve * (1.0 - curve) / width)[:, None] * cost.slope[right]
        for side in (right, NODES - 1 - right):
            share.value[side], share.slope[side] = curve, slope
    return share


def bellman(w: Floats, ratio: float, width: float | None) -> State:
    """Return what is missing in (V'/V) f + beta [V(a) + V(b) - 2 V] / V - r = 0 times one less the share of bluffs."""
    curvature = max(4.0, ratio)
    ask = asks(w, curvature)
    bid = Row(-ask.value[::-1], -ask.slope[::-1])
    above, below = after(w, ask, curvature), after(w, bid, curvature)
    value = np.exp(baseline(Z, curvature).value + w)
    cost = Row(
        value * (1.0 - below.value) + ndtr(-bid.value),
        np.diag(value * (1.0 - below.value)) - value[:, None] * below.slope - density(bid.value)[:, None] * bid.slope,
    )
    share = shares_of(cost, width)
    odds, turn = odds_ratios(ask), ratio * ndtr(Z) * ndtr(-Z) / density(Z)
    quiet = boxed(Row(turn * (odds.value[::-1] - odds.value), turn[:, None] * (odds.slope[::-1] - odds.slope)))
    size = np.sqrt(quiet.value**2 + (LEAST_SPEED * turn) ** 2)
    bluffs = Row(np.sign(Z) * size, (np.sign(Z) * quiet.value / size)[:, None] * quiet.slope)
    speed = (1.0 - share.value) * quiet.value + share.value * bluffs.value
    d_speed = (1.0 - share.value)[:, None] * quiet.slope + share.value[:, None] * bluffs.slope
    d_speed += (bluffs.value - quiet.value)[:, None] * share.slope
    jumps = boxed(Row(ratio * (above.value + below.value - 2.0) - 1.0, ratio * (above.slope + below.slope)))
    run, d_run = runs(w, curvature)
    missing = run * speed + (1.0 - share.value) * jumps.value
    slope = speed[:, None] * d_run + run[:, None] * d_speed
    slope += (1.0 - share.value)[:, None] * jumps.slope - jumps.value[:, None] * share.slope
    return State(Row(missing, slope), cost.value, share.value)


def runs(w: Floats, curvature: float) -> Row:
    """Return the slope of ln V in z towards each neighbour further out; at the ends w is flat."""
    level, tilt = baseline(Z, curvature)
    matrix, row = np.zeros((NODES, NODES)), np.arange(NODES)
    inner = row != OUTWARDS
    gap = np.where(inner, Z[OUTWARDS] - Z, 1.0)
    matrix[row[inner], OUTWARDS[inner]] += 1.0 / gap[inner]
    matrix[row[inner], row[inner]] -= 1.0 / gap[inner]
    return Row(matrix @ w + np.where(inner, (level[OUTWARDS] - level) / gap, tilt), matrix)


def settle(w: Floats, ratio: float, width: float | None) -> tuple[Floats, State] | None:
    """Return the solution near a guess by growing steps in a fictitious time, None where they do not settle."""
    state, length = bellman(w, ratio, width), 0.3
    size = float(np.linalg.norm(state.missing.value))
    for _ in range(MOST_STEPS):
        move = np.linalg.solve(np.eye(NODES) / length - state.missing.slope, state.missing.value)
        if np.abs(move).max() > LARGEST_MOVE:
            length /= 3.0
            continue
        tried = bellman(w + move, ratio, width)
        tried_size = float(np.linalg.norm(tried.missing.value))
        if not tried_size <= 2.0 * size:
            length /= 4.0
            continue
        w, state = w + move, tried
        length = min(length * 1.2 * max(min(size / tried_size, 5.0), 0.5), 1e12)
        size = tried_size
        if size < SETTLED * np.sqrt(NODES) * max(1.0, ratio):
            return w, state
    return None


def solve(ratio: float) -> tuple[Floats, State]:
    """Return the game's ln V over its baseline, and its last state, the curve as narrow as the steps allow."""
    found = settle(np.full(NODES, 0.5 * np.log(ratio) - 0.5), ratio, None)
    if found is None:
        raise SystemExit(f"The game without bluffs could not be solved for beta / r = {ratio:g}.")
    width, factor = max(-float(found[1].cost.min()), 0.0), 3.0
    while width > LAST_WIDTH:
        better = settle(found[0], ratio, max(width / factor, 0.99 * LAST_WIDTH))
        if better is None:
            factor = float(np.sqrt(factor))
            if factor < LEAST_FACTOR:
                break
            continue
        found, width, factor = better, max(width / factor, 0.99 * LAST_WIDTH), min(factor * 1.2, 3.0)
    return found


class Study(NamedTuple):
    """The most that either condition is missed by, in orders, V(1/2), and the z that the price jumps between."""

    missed: float
    middle: float
    jumps: list[tuple[float, float]]


def study(ratio: float) -> Study:
    """Return what was found for beta / r."""
    w, state = solve(ratio)
    right = slice(HALF + 1, NODES - 1)
    share, cost, z = state.share[right], state.cost[right], Z[right]
    missed = max(float(np.minimum(share, cost).max()), float(-cost.min()))
    jumps = []
    for first in np.flatnonzero((share > 0.5) & ~np.append(False, share[:-1] > 0.5)):
        last = first + int(np.argmin(share[first:] > 0.05))
        jumps.append((float(z[first]), float(z[last] - (1.0 - share[last - 1]) * (z[last] - z[last - 1]))))
    return Study(missed, float(np.exp(baseline(Z, max(4.0, ratio)).value[HALF] + w[HALF])), jumps)


def main(ratio: float) -> None:
    """Print what was found, V(1/2) beside the package's."""
    found = study(ratio)
    print(f"beta / r = {ratio:g}: either condition is missed by {found.missed:.1e} of an order at the most")
    print(f"V(1/2) = {found.middle:.5f}; the package's {BackBaruch(0.5, ratio).value_high:.5f}")
    for start, end in found.jumps:
        print(f"the price jumps over z = {start:.2f} to {end:.2f}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 16.0)
