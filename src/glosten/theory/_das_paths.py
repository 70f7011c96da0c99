"""Paths of the market of Das, period by period: what stood before each order, what came, and who gained by it.

One compiled loop a maker, with a density or with a normal belief; whoever wants paths or averages reads what it wrote
down. The signal is not drawn but integrated out: one uniform number decides who comes and what he does, with the
probabilities given V at the posted quotes. A path draws its value and its traders from two sequences of its own.
"""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.statistics import FRACTIONS, advance, sequence, stream
from glosten.theory._das import (
    Floats,
    Traders,
    das_mean,
    das_move,
    das_order_if,
    das_quote,
    das_recentre,
    das_steps_off,
    das_update,
)
from glosten.theory._das_jumps import Modes, jump_modes, mix_modes
from glosten.theory._gaussian_update import gaussian_half_spread, gaussian_update

Words: TypeAlias = NDArray[np.uint64]
Market: TypeAlias = tuple[float, float, bool]
"""Standard deviation of a jump in steps, probability of one a period, whether values are whole steps."""
Maker: TypeAlias = tuple[float, float, bool]
"""Shift and shift per unit of inventory in steps, whether jumps are known."""

COLUMNS = 7
VALUE, MEAN, SPREAD, ORDER, KNOWS, GAIN, JUMPED = range(COLUMNS)
HELD = 6
NOW, BELOW, ABOVE, CENTRE, VARIANCE, HOLDING = range(HELD)
"""What a path carries on: the value; how far the quotes were from the mean; mean and variance of a normal belief; the
maker's inventory. Then the window and the origin of the grid, and whether the value has just been set."""
FIRST, LAST, ORIGIN, FRESH = range(4)


@jit
def next_uniform(words: Words) -> float:
    """Return a uniform draw in [0, 1) and move the sequence on, in place."""
    draw, words[0], words[1] = advance(words[0], words[1])
    fraction: float = draw / FRACTIONS
    return fraction


@jit
def das_jumped(value: float, words: Words, market: Market) -> float:
    """Return the value after a jump, in steps of the grid.

    Source: Box & Muller (1958); two uniforms.
    """
    sigma, _, whole = market
    radius = math.sqrt(-2.0 * math.log(1.0 - next_uniform(words)))
    size = sigma * radius * math.cos(2.0 * math.pi * next_uniform(words))
    return value + (math.floor(size + 0.5) if whole else size)


@jit
def das_order(value: float, quotes: tuple[float, float], traders: Traders, draw: float) -> tuple[int, bool]:
    """Return (order, whether an informed trader sent it) that a uniform number falls on, given V."""
    noise = (1.0 - traders[0]) * traders[1]
    if draw < das_order_if(value, 1, quotes[0], quotes[1], traders):
        return 1, draw >= noise
    if 1.0 - draw <= das_order_if(value, -1, quotes[0], quotes[1], traders):
        return -1, 1.0 - draw > noise
    return 0, False


@jit
def _write(row: Floats, value: float, mean: float, quotes: tuple[float, float], traders: Traders, draw: float) -> int:
    """Write down a period, but for whether the value jumped, and return its order."""
    spread = quotes[1] - quotes[0]
    order, knows = das_order(value, quotes, traders, draw)
    gain = order * (value - (quotes[1] if order > 0 else quotes[0])) if order != 0 else 0.0
    row[VALUE], row[MEAN], row[SPREAD] = value, mean, spread if spread == spread else 0.0  # noqa: PLR0124
    row[ORDER], row[KNOWS], row[GAIN] = order, knows, gain
    return order


@jit
def live_on_grid(
    state: tuple[Floats, Floats, NDArray[np.int64]],
    words: Words,
    traders: Traders,
    rules: tuple[Market, Maker],
    modes: Modes,
    told: Floats,
) -> None:
    """Let a maker with a density live on for as many periods as ``told`` has rows, shape (periods, `COLUMNS`).

    ``state`` is (density, `HELD` numbers, 4 whole ones) and is moved on. Rows: value, mean, spread posted, order,
    whether the informed sent it, what who sent it gained, whether the value jumped; in steps of the grid.

    Source: Das (2005), sections 3 and 4; `das_quote`, `das_update`, `das_recentre`, `mix_modes`.
    """
    (density, held, place), (market, (shift, inventory_shift, known)) = state, rules
    points, window, nobody = density.size, (place[FIRST], place[LAST]), traders[0] == 0.0 and traders[1] == 0.0
    room, half_room, mean = np.zeros((2, points)), np.zeros((5, points // 2 + 1)), das_mean(density, window)
    for period in range(told.shape[0]):
        jumped = place[FRESH] == 1
        if not jumped and next_uniform(words[0]) < market[1]:
            held[NOW], jumped = das_jumped(held[NOW], words[0], market), True
            if known:
                steps = math.floor(mean + 0.5) - points // 2
                place[ORIGIN] += steps
                window = das_recentre(density, mean - steps, market[0])
                mean = das_mean(density, window)
        bid = das_quote(density, window, (mean, mean - held[BELOW]), -1, traders, room)
        ask = das_quote(density, window, (mean, mean + held[ABOVE]), 1, traders, room)
        if not nobody:
            held[BELOW], held[ABOVE] = mean - bid, ask - mean
        lower, origin = inventory_shift * held[HOLDING], place[ORIGIN]
        quotes = bid - shift - lower, ask + shift - lower
        order = _write(told[period], held[NOW] - origin, mean, quotes, traders, next_uniform(words[1]))
        told[period, VALUE], told[period, MEAN], told[period, JUMPED] = held[NOW], origin + mean, jumped
        held[HOLDING] -= order
        place[FRESH] = 0
        _, first, last = das_update(density, window, order, quotes, traders, room)
        window = first, last
        if not known:
            window = mix_modes(density, window, modes, market[1], half_room)
        mean = das_mean(density, window)
        if not known:
            steps = das_steps_off(mean, points)
            if steps != 0:
                window = das_move(density, window, steps)
                place[ORIGIN] += steps
                mean = das_mean(density, window)
    place[FIRST], place[LAST] = window


@jit
def live_in_moments(
    state: tuple[Floats, NDArray[np.int64]],
    words: Words,
    traders: Traders,
    rules: tuple[Market, Maker],
    told: Floats,
) -> None:
    """Let a maker with a normal belief live on; ``state`` and ``told`` as in `live_on_grid`, without the density.

    Source: Das & Magdon-Ismail (2008); `gaussian_half_spread`, `gaussian_update`.
    """
    (held, place), (market, (shift, inventory_shift, known)) = state, rules
    fresh = market[0] * market[0]
    for period in range(told.shape[0]):
        jumped = place[FRESH] == 1
        if not jumped and next_uniform(words[0]) < market[1]:
            held[NOW], jumped = das_jumped(held[NOW], words[0], market), True
            if known:
                held[VARIANCE] = fresh
        place[FRESH] = 0
        half = gaussian_half_spread(held[VARIANCE], traders) + shift
        middle = held[CENTRE] - inventory_shift * held[HOLDING]
        quotes = middle - half, middle + half
        order = _write(told[period], held[NOW], held[CENTRE], quotes, traders, next_uniform(words[1]))
        told[period, JUMPED] = jumped
        held[HOLDING] -= order
        _, held[CENTRE], held[VARIANCE] = gaussian_update((held[CENTRE], held[VARIANCE]), order, quotes, traders)
        if not known:
            held[VARIANCE] += market[1] * fresh


class DasMarket(NamedTuple):
    """What a path of a market of Das is made of, counted in ``step`` of price units: sigma, shifts, mean, variance.

    ``density`` is that of a maker with a grid from ``origin`` on, None for one with a normal belief; ``inventory`` is
    what the maker holds.
    """

    step: float
    sigma: float
    p_jump: float
    known_jumps: bool
    traders: Traders
    shift: float
    inventory_shift: float
    inventory: int
    density: Floats | None = None
    origin: int = 0
    mean: float = 0.0
    variance: float = 0.0


class DasPath:
    """One path of a market of Das, drawn on as far as it is asked to.

    ``whole``: values are whole steps of the grid, as a density has them. ``fresh``: the value has just jumped, from 0,
    and the maker starts anew; else the maker starts from what the model has learned, and the value is drawn from that
    belief. ``seed`` and ``number`` name the sequences it draws from.
    """

    VALUE, MEAN, SPREAD, ORDER, KNOWS, GAIN, JUMPED = VALUE, MEAN, SPREAD, ORDER, KNOWS, GAIN, JUMPED
    """Columns of what `told` returns."""

    def __init__(self, market: DasMarket, seed: int, number: int, *, whole: bool, fresh: bool) -> None:
        names = "das/value", "das/traders"
        self._words = np.array([sequence(stream(seed, name), number) for name in names], dtype=np.uint64)
        self._market, self._traders, sigma = market, market.traders, market.sigma
        rules = (sigma, market.p_jump, whole), (market.shift, market.inventory_shift, market.known_jumps)
        self._rules: tuple[Market, Maker] = rules
        self._held, self._place = np.zeros(HELD), np.zeros(4, np.int64)
        self._held[[BELOW, ABOVE, CENTRE, VARIANCE]] = sigma, sigma, 0.0, sigma**2
        self._place[FRESH] = 1
        self._density, self._modes = np.zeros(1), jump_modes(1, sigma)
        if market.density is not None:
            self._take_density(market.density, fresh)
        chance = next_uniform(self._words[0])
        if fresh:
            self._held[NOW] = das_jumped(0.0, self._words[0], rules[0])
            return
        self._held[HOLDING] = market.inventory
        if market.density is not None:
            places = np.searchsorted(np.cumsum(self._density), chance, side="right")
            self._held[NOW] = self._place[ORIGIN] + min(int(places), int(self._place[LAST]))
        else:
            self._held[CENTRE], self._held[VARIANCE] = market.mean, market.variance
            believed = math.sqrt(market.variance), market.p_jump, whole
            self._held[NOW] = das_jumped(market.mean, self._words[0], believed)

    def _take_density(self, density: Floats, fresh: bool) -> None:
        """Start from a density, or from that of a jump that was just told."""
        points, sigma = density.size, self._market.sigma
        if not self._market.known_jumps:
            self._modes = jump_modes(points, sigma)
        self._density, self._place[ORIGIN] = density.copy(), self._market.origin
        if fresh:
            self._place[ORIGIN] = -(points // 2)
            das_recentre(self._density, float(points // 2), sigma)
        held = np.flatnonzero(self._density)
        self._place[FIRST], self._place[LAST] = held[0], held[-1]

    def told(self, periods: int) -> Floats:
        """Return the next periods, shape (periods, 7), in steps of the grid: columns `VALUE` to `JUMPED`."""
        rows: Floats = np.empty((periods, COLUMNS))
        if self._market.density is None:
            live_in_moments((self._held, self._place), self._words, self._traders, self._rules, rows)
        else:
            state = self._density, self._held, self._place
            live_on_grid(state, self._words, self._traders, self._rules, self._modes, rows)
        return rows
