"""All paths of a market of agents: drawn in blocks and added up, told in full, or stepped."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glosten.crowd._life import CURVES, FIGURES, LAGS, add_path, live_block, live_path
from glosten.crowd._market import Market
from glosten.crowd._roster import ASK, BID, LOTS, NO_ASK, NO_BID, PRICE, VALUE, WHO, fresh_path, pack
from glosten.crowd._stepping import Moment, Stepper

Floats = NDArray[np.float64]
PERIODS_IN_A_BLOCK = 100_000
MOST_LANES = 256


@dataclass(frozen=True, slots=True)
class MarketSums:
    """What paths add up to, in ticks and lots: each a sum, then a sum of squares, over the paths.

    ``curves`` (2, 3, periods + 1): spread quoted (0 where a side has none), mid, squared distance of the mid from the
    value, before each period and after the last. ``figures`` (agents + entries, 5, 2): gain at the final value, gain at
    the values of the time, final holdings, trades, lots traded; traders first, then makers, then each entry of the
    roster as a whole. ``signs`` (lags, 3): mean product of the signs of trades so far apart, its square, and how many
    paths had that many trades.
    """

    paths: int
    curves: Floats
    figures: Floats
    signs: Floats

    def __add__(self, more: MarketSums) -> MarketSums:
        return MarketSums(
            self.paths + more.paths, self.curves + more.curves, self.figures + more.figures, self.signs + more.signs
        )


@dataclass(frozen=True, slots=True)
class MarketPath:
    """One path in full; prices in price units, sizes in lots.

    ``value``, ``bid`` and ``ask`` (periods + 1,) before each period and after the last, NaN where nobody quotes;
    ``trader`` (periods,) is the place of who came among the traders, -1 for nobody; ``lots`` (periods,) were bought,
    negative: sold, at ``price`` (periods,), NaN for no trade; ``fills`` (periods, makers) are what the makers bought.
    """

    value: Floats
    bid: Floats
    ask: Floats
    trader: NDArray[np.int64]
    lots: NDArray[np.int64]
    price: Floats
    fills: NDArray[np.int64]


class Company:
    """All paths that a market draws. ``stepped`` lives them one period at a time, as agents written in Python need.

    What a path draws depends on the market, its seed and the path's number alone; a block may be asked of many threads.
    """

    def __init__(self, market: Market, *, stepped: bool = False) -> None:
        self.market = market
        asked = [trader.decide for trader in market.traders] + [maker.quote for maker in market.makers]
        self.stepped = stepped or any(one is not None for one in asked)
        self._roster = pack(market)

    @property
    def lanes(self) -> int:
        """Return how many paths a block holds."""
        return max(1, min(MOST_LANES, PERIODS_IN_A_BLOCK // self.market.periods))

    def block(self, number: int, paths: int) -> MarketSums:
        """Return the sums over the first ``paths`` of the block with that number."""
        roster, path = self._roster, fresh_path(self._roster)
        curves = np.zeros((2, CURVES, self.market.periods + 1))
        accounts = len(roster.entries) + len(self.market.traders) + len(self.market.makers)
        figures, signs = np.zeros((accounts, FIGURES, 2)), np.zeros((LAGS, 3))
        first = number * self.lanes
        if not self.stepped:
            live_block(roster, path, (first, first + paths), curves, figures, signs)
            return MarketSums(paths, curves, figures, signs)
        stepper = Stepper(self.market, roster, path)
        for one in range(first, first + paths):
            for _ in stepper.steps(one):
                pass
            add_path(roster, path, curves, figures, signs)
        return MarketSums(paths, curves, figures, signs)

    def path(self, number: int) -> MarketPath:
        """Return the path with that number in full, the same that its block has added up."""
        roster, path, periods = self._roster, fresh_path(self._roster), self.market.periods
        fills = np.zeros((periods, len(path.makers)), np.int64)
        if self.stepped:
            stepper = Stepper(self.market, roster, path)
            for period in stepper.steps(number):
                fills[period] = path.makers["filled"]
        else:
            live_path(roster, path, number, fills)
        tape, tick = path.tape, float(self.market.tick)
        lots = tape[:periods, LOTS].copy()
        return MarketPath(
            value=np.multiply(tape[:, VALUE], tick, dtype=np.float64),
            bid=np.where(tape[:, BID] == NO_BID, math.nan, tick * tape[:, BID]),
            ask=np.where(tape[:, ASK] == NO_ASK, math.nan, tick * tape[:, ASK]),
            trader=tape[:periods, WHO].copy(),
            lots=lots,
            price=np.where(lots == 0, math.nan, tick * tape[:periods, PRICE]),
            fills=fills,
        )

    def steps(self, number: int) -> Iterator[Moment]:
        """Yield every period of the path with that number as soon as it is over."""
        stepper = Stepper(self.market, self._roster, fresh_path(self._roster))
        for period in stepper.steps(number):
            yield stepper.moment(period)
