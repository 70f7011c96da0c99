"""A few paths in full, for figures: members of the simulated ensemble, told trade by trade with `theory`'s quotes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.run._monte_carlo import Market, market, trades_key
from glosten.statistics import advance, sequence, uniform
from glosten.theory import Binary, belief, log_odds_after, log_odds_step

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Path:
    """One simulated path of T trades.

    ``sides`` (T,): +1 a buy, -1 a sell; ``informed`` (T,): whether the trader knew; ``belief`` (T + 1,) = P(V_H) after
    0..T trades; ``bid`` and ``ask`` (T + 1,) in price units, quoted before the trade of that number, NaN where that
    side cannot trade. ``gains`` are what informed traders, noise traders and the maker made, in price units.
    """

    value_is_high: bool
    sides: NDArray[np.int8]
    informed: NDArray[np.bool_]
    belief: Floats
    bid: Floats
    ask: Floats
    gains: tuple[float, float, float]


@jit
def _draw(key: np.uint64, number: int, numbers: Market, sides: NDArray[np.int8], informed: NDArray[np.bool_]) -> None:
    """Write on which side of the value each trader of a path stands (+1: towards it), and whether he knows it."""
    first, second = sequence(key, number)
    for trade in range(sides.size):
        draw, first, second = advance(first, second)
        sides[trade] = 1 if draw < numbers[6] else -1
        informed[trade] = draw < numbers[5]


def sample(model: Binary, trades: int, seed: int, count: int, value_key: np.uint64) -> tuple[Path, ...]:
    """Return the first paths of the ensemble in full."""
    paths, seen = [], [0, 0]
    for number in range(count):
        high = bool(uniform(value_key, number) < model.prior)
        sides, informed = np.zeros(trades, np.int8), np.zeros(trades, np.bool_)
        numbers = market(model, value_is_high=high)
        _draw(trades_key(seed, value_is_high=high), seen[high], numbers, sides, informed)
        seen[high] += 1
        paths.append(_tell(model, sides if high else -sides, informed, value_is_high=high))
    return tuple(paths)


@jit
def _quote_path(model: tuple[float, float, float], sides: NDArray[np.int8], quoted: Floats) -> None:
    """Write belief, and the beliefs a sell and a buy would lead to, before every trade and after the last."""
    prior, alpha, gamma = model
    up, down = log_odds_step(1, alpha, gamma), log_odds_step(-1, alpha, gamma)
    buys = 0
    for date in range(sides.size + 1):
        now = log_odds_after(buys, date - buys, prior, alpha, gamma)
        quoted[0, date], quoted[1, date], quoted[2, date] = belief(now), belief(now + down), belief(now + up)
        if date < sides.size and sides[date] > 0:
            buys += 1


def _tell(model: Binary, sides: NDArray[np.int8], informed: NDArray[np.bool_], *, value_is_high: bool) -> Path:
    """Return the path of these traders: quotes before each of them, beliefs after, and what everybody made."""
    quoted = np.empty((3, sides.size + 1))
    _quote_path((model.prior, model.alpha, model.gamma), sides, quoted)
    bid, ask = model.v_low + model.width * quoted[1], model.v_low + model.width * quoted[2]
    value = model.v_high if value_is_high else model.v_low
    gains = sides * (value - np.where(sides > 0, ask[:-1], bid[:-1]))
    knew, unaware = float(gains[informed].sum()), float(gains[~informed].sum())
    return Path(value_is_high, sides, informed, quoted[0], bid, ask, (knew, unaware, -(knew + unaware)))
