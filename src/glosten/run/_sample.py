"""A few paths in full: members of the simulated ensemble, kept as two bits a trade, told with `theory`'s quotes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.run._lane_market import thresholds
from glosten.run._monte_carlo import count_high, trades_key
from glosten.statistics import advance_word, exchange_halves, sequence, uniform
from glosten.theory import Binary, belief, log_odds_after, log_odds_step

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Path:
    """One simulated path of T ``trades``, the one with that ``number``.

    Kept are two bits a trade, ``buys`` and ``knows``, packed by eight; everything else is computed from them when asked
    for: ``sides`` (T,): +1 a buy, -1 a sell; ``informed`` (T,): whether the trader knew; ``belief`` (T + 1,) = P(V_H)
    after 0..T trades; ``bid`` and ``ask`` (T + 1,) in price units, quoted before the trade of that number, NaN where
    that side cannot trade; ``gains``: what informed traders, noise traders and the maker made, in price units.
    """

    model: Binary
    number: int
    trades: int
    value_is_high: bool
    buys: Bytes
    knows: Bytes

    @property
    def sides(self) -> NDArray[np.int8]:
        """Return the side of every trade, +1 a buy, -1 a sell."""
        return np.where(np.unpackbits(self.buys, count=self.trades) == 1, 1, -1).astype(np.int8)

    @property
    def informed(self) -> NDArray[np.bool_]:
        """Return of every trade whether the trader knew."""
        return np.unpackbits(self.knows, count=self.trades).astype(np.bool_)

    def _quoted(self) -> Floats:
        """Return the belief, and what a sell and a buy would lead to, before every trade and after the last."""
        quoted = np.empty((3, self.trades + 1))
        _quote_path((self.model.log_odds, self.model.alpha, self.model.gamma), self.sides, quoted)
        return quoted

    @property
    def belief(self) -> Floats:
        """Return P(V_H) after 0..T trades."""
        believed: Floats = self._quoted()[0]
        return believed

    @property
    def bid(self) -> Floats:
        """Return the bid before every trade and after the last, in price units."""
        bids: Floats = self.model.v_low + self.model.width * self._quoted()[1]
        return bids

    @property
    def ask(self) -> Floats:
        """Return the ask before every trade and after the last, in price units."""
        asks: Floats = self.model.v_low + self.model.width * self._quoted()[2]
        return asks

    @property
    def gains(self) -> tuple[float, float, float]:
        """Return what informed traders, noise traders and the maker made, in price units."""
        quoted, sides, informed = self._quoted(), self.sides, self.informed
        paid = np.where(sides > 0, quoted[2, :-1], quoted[1, :-1])
        won = self.model.width * sides * (float(self.value_is_high) - paid)
        knew, unaware = float(won[informed].sum()), float(won[~informed].sum())
        return knew, unaware, -(knew + unaware)


@jit
def _draw(
    key: np.uint64,
    number: int,
    below: tuple[np.uint64, np.uint64],
    towards: NDArray[np.bool_],
    knows: NDArray[np.bool_],
) -> None:
    """Write whether each trader of a path trades towards the value, and whether he knows it."""
    first, second = sequence(key, number)
    draw = np.uint64(0)
    for trade in range(towards.size):
        if trade % 2 == 0:
            draw, first, second = advance_word(first, second)
        else:
            draw = exchange_halves(draw)
        knows[trade] = draw < below[0]
        towards[trade] = draw < below[1]


@jit
def _quote_path(model: tuple[float, float, float], sides: NDArray[np.int8], quoted: Floats) -> None:
    """Write belief, and the beliefs a sell and a buy would lead to, before every trade and after the last."""
    start, alpha, gamma = model
    up, down = log_odds_step(1, alpha, gamma), log_odds_step(-1, alpha, gamma)
    buys = 0
    for date in range(sides.size + 1):
        now = start + log_odds_after(buys, date - buys, 0.5, alpha, gamma)
        quoted[0, date], quoted[1, date], quoted[2, date] = belief(now), belief(now + down), belief(now + up)
        if date < sides.size and sides[date] > 0:
            buys += 1


def sample(model: Binary, trades: int, seed: int, numbers: tuple[int, ...], value_key: np.uint64) -> tuple[Path, ...]:
    """Return the paths of the ensemble with those numbers, in that order."""
    found: dict[int, Path] = {}
    counted = highs = 0
    for number in sorted(set(numbers)):
        highs += count_high(value_key, counted, number, model.prior)
        counted = number
        high = bool(uniform(value_key, number) < model.prior)
        towards, knows = np.zeros(trades, np.bool_), np.zeros(trades, np.bool_)
        below = thresholds(model, value_is_high=high)
        _draw(trades_key(seed, value_is_high=high), highs if high else number - highs, below, towards, knows)
        buys = np.packbits(towards if high else ~towards)
        found[number] = Path(model, number, trades, high, buys, np.packbits(knows))
    return tuple(found[number] for number in numbers)
