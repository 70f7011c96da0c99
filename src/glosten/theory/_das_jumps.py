"""Unseen jumps in a few strokes: the law of a jump is so smooth that some dozens of shapes make all of it.

Mixing a belief with the law of a jump (`das_mix`) costs points times points. That law seen as a matrix, P(v) from P(u),
is even about the middle of the grid and smooth at the scale of sigma, so that what it makes of a belief is a sum of few
modes: about 12 even and 12 odd ones for a grid of 8 sigma, whatever the number of points.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from glosten._jit import jit
from glosten.theory._das import Floats, Window, das_moments
from glosten.theory._normal_table import normal_law

Modes: TypeAlias = tuple[Floats, Floats, Floats, Floats]
"""Even and odd modes E and O, shape (modes, points // 2 + 1), then both transposed, for the order in which memory is
read: the law is E'E on the even part of a belief and O'O on the odd one."""

NODES, NODES_PER_SIGMA = 40, 7
"""The law is taken at so many Chebyshev nodes of half the grid, plus so many for each sigma of it: enough for 1e-15."""
SILENT = 1e-14
"""A mode that makes less than this of a belief is left out."""
GROUP = 4


@lru_cache(maxsize=64)
def jump_modes(points: int, sigma: float) -> Modes:
    """Return the modes of the law of a jump N(0, sigma^2), rounded to whole steps, on a grid of an odd size; read-only.

    Source: P(jump = k) = Phi((k + 1/2) / sigma) - Phi((k - 1/2) / sigma), for k between whole numbers too; Chebyshev
    interpolation on half the grid, then the spectral theorem.
    """
    half = points // 2
    steps = np.arange(half + 1.0)
    nodes, basis, count = steps, np.eye(half + 1), math.ceil(NODES + NODES_PER_SIGMA * half / sigma)
    if half + 1 > count:
        angles: Floats = np.pi * (np.arange(float(count)) + 0.5) / count
        nodes = 0.5 * half * (1.0 - np.cos(angles))
        basis = _interpolation(steps / half, nodes / half, np.sin(angles) * np.resize([1.0, -1.0], count))
    orthogonal, triangle = np.linalg.qr(basis)
    near, far = (_jump_law(nodes[:, np.newaxis] + sign * nodes, sigma) for sign in (-1.0, 1.0))
    even, odd = (_spectrum(orthogonal, triangle, 0.5 * law) for law in (near + far, near - far))
    modes = even, odd, np.ascontiguousarray(even.T), np.ascontiguousarray(odd.T)
    for part in modes:
        part.flags.writeable = False
    return modes


def _interpolation(places: Floats, nodes: Floats, weights: Floats) -> Floats:
    """Return the matrix that takes values at nodes to values at places: barycentric Lagrange interpolation."""
    apart = places[:, np.newaxis] - nodes
    met = apart == 0.0
    terms: Floats = weights / np.where(met, 1.0, apart)
    terms[met.any(axis=1)] = 0.0
    terms[met] = 1.0
    terms /= terms.sum(axis=1, keepdims=True)
    return terms


def _jump_law(steps: Floats, sigma: float) -> Floats:
    """Return P(jump = steps), as if steps need not be whole."""
    law: Floats = np.empty(steps.size)
    for index, step in enumerate(np.abs(steps).ravel()):
        law[index] = normal_law((0.5 - step) / sigma)[0] - normal_law((-0.5 - step) / sigma)[0]
    return law.reshape(steps.shape)


def _spectrum(orthogonal: Floats, triangle: Floats, law: Floats) -> Floats:
    """Return the modes of a symmetric law given at nodes, each times the root of what it weighs, in whole groups."""
    weights, vectors = np.linalg.eigh(triangle @ law @ triangle.T)
    kept = weights > SILENT
    modes: Floats = ((orthogonal @ vectors[:, kept]) * np.sqrt(weights[kept])).T
    return np.vstack([modes, np.zeros((-len(modes) % GROUP, modes.shape[1]))])


@jit
def _weigh(modes: Floats, part: Floats, weights: Floats) -> None:
    """Write how much of each mode is in one part of a belief; ``modes`` of shape (points // 2 + 1, modes)."""
    weights[:] = 0.0
    whole = part.size & ~3
    for i in range(0, whole, GROUP):
        one, two, three, four = modes[i], modes[i + 1], modes[i + 2], modes[i + 3]
        w, x, y, z = part[i], part[i + 1], part[i + 2], part[i + 3]
        for mode in range(weights.size):
            weights[mode] += (one[mode] * w + two[mode] * x) + (three[mode] * y + four[mode] * z)
    for i in range(whole, part.size):
        one, w = modes[i], part[i]
        for mode in range(weights.size):
            weights[mode] += one[mode] * w


@jit
def _make(modes: Floats, weights: Floats, made: Floats) -> None:
    """Write the sum of modes with their weights; ``modes`` of shape (modes, points // 2 + 1)."""
    made[:] = 0.0
    for mode in range(0, weights.size, GROUP):
        one, two, three, four = modes[mode], modes[mode + 1], modes[mode + 2], modes[mode + 3]
        w, x, y, z = weights[mode], weights[mode + 1], weights[mode + 2], weights[mode + 3]
        for i in range(made.size):
            made[i] += (w * one[i] + x * two[i]) + (y * three[i] + z * four[i])


@jit
def mix_modes(density: Floats, window: Window, modes: Modes, p_jump: float, room: Floats) -> Window:
    """Let the value jump unseen, in place, as `das_mix` does; return the window. ``room``: shape (5, points // 2 + 1).

    Each point is wrong by 1e-15 p_jump at most, the law of a jump being largest at 1 / (sigma sqrt(2 pi)).

    Source: `das_mix`, by even and odd parts about the middle of the grid.
    """
    if p_jump == 0.0:
        return window
    half = density.size // 2
    left, right, middle, kept = density[:half], density[half + 1 :], density[half], 1.0 - p_jump
    even, odd, even_made, odd_made, mirror = room[0], room[1], room[2], room[3], room[4]
    even_weights, odd_weights = np.empty(modes[0].shape[0]), np.empty(modes[1].shape[0])
    for i in range(half):  # by itself, so that vector units can do the rest
        mirror[half - i] = left[i]
    even[0], odd[0] = middle, 0.0
    for i in range(half):
        x, y = right[i], mirror[i + 1]
        even[i + 1] = x + y
        odd[i + 1] = x - y
    _weigh(modes[2], even, even_weights)
    _weigh(modes[3], odd, odd_weights)
    _make(modes[0], even_weights, even_made)
    _make(modes[1], odd_weights, odd_made)
    density[half] = middle * kept + p_jump * max(even_made[0], 0.0)
    for i in range(half):
        x, y = even_made[i + 1], odd_made[i + 1]
        above, below = x + y, x - y
        above, below = above if above > 0.0 else 0.0, below if below > 0.0 else 0.0
        right[i] = right[i] * kept + p_jump * above
        mirror[i + 1] = mirror[i + 1] * kept + p_jump * below
    for i in range(half):
        left[i] = mirror[half - i]
    scale = 1.0 / das_moments(density, 0, density.size - 1)[0]
    for i in range(density.size):
        density[i] *= scale
    return 0, density.size - 1
