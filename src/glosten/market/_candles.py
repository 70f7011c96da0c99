"""Candles made into prints: a stated path inside every candle, because a tape needs an order of events.

The model. A candle's price goes from the open to one extreme, to the other extreme, to the close, in straight lines;
a rising candle (close >= open) visits the low first, a falling one the high, or a seed tosses a coin for every candle.
The path is cut into equally long moves of price, so that each candle becomes a stated number of prints at equal times,
its open, extremes and close among them. The volume is split evenly, whole lots each, what is left over to the extremes
first, then close and open; prints without a lot are left out. A print up from the one before is a buy, down a sell;
the first print looks at the close before, and a print that does not move repeats the side of the one before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.errors import TapeError
from glosten.market._batch import PATH_NODES, PRINTS_PER_CANDLE
from glosten.records import QUOTES
from glosten.statistics import stream, uniform

FINEST_LOT = 1e-8


@dataclass(frozen=True, slots=True)
class CandleModel:
    """How candles became prints: their ``seconds``, the ``prints`` of each, the ``seed`` of the order of the extremes.

    ``seed`` None: rising candles visit the low first, falling ones the high.
    """

    seconds: float = 60.0
    prints: int = PRINTS_PER_CANDLE
    seed: int | None = None

    def sentence(self) -> str:
        """Return what the reader of a result must know."""
        order = (
            "rising candles visit the low first, falling ones the high"
            if self.seed is None
            else f"the order of the extremes is drawn with seed {self.seed}"
        )
        return (
            f"The tape is made of candles of {self.seconds:g} s: {self.prints} prints each on a straight path through "
            f"open, extremes and close ({order}), the volume split evenly, quotes one tick wide around each print; "
            "every figure rests on that path, not on what was traded and quoted inside the candles."
        )


def candle_seconds(ts_ns: NDArray[np.int64]) -> float:
    """Return how long candles are: the shortest time between two of them. Raises TapeError for fewer than two."""
    steps = np.diff(ts_ns)
    steps = steps[steps > 0]
    if len(steps) == 0:
        raise TapeError("One candle does not say how long it is; give at least two.")
    return float(steps.min()) / 1e9


@dataclass(frozen=True, slots=True)
class CandleSteps:
    """The steps that prints of candles lie on: ``tick`` of prices and ``lot`` of sizes, as floats."""

    tick: float
    lot: float


def prints_of_candles(
    candles: pl.DataFrame, model: CandleModel, steps: CandleSteps, first: int = 0, close: float = 0.0
) -> pl.DataFrame:
    """Return the prints that candles become (ts_ns, price, qty, side).

    ``candles`` in the order of time with ts_ns (start), open, high, low, close, volume; ``first`` is the number of the
    first of them in the whole tape and ``close`` the close before it (0: none), so that pieces make the same prints as
    the whole. Raises TapeError with the first candle whose high or low does not hold its open and close.
    """
    columns = [candles[name].to_numpy() for name in ("open", "high", "low", "close", "volume")]
    row = _first_impossible(*columns)
    if row >= 0:
        opened, high, low, closed, volume = (float(column[row]) for column in columns)
        raise TapeError(
            f"Candle {first + row + 1} cannot be: open {opened:g}, high {high:g}, low {low:g}, close {closed:g}, "
            f"volume {volume:g}; low <= open, close <= high, prices more than 0 and a volume of 0 or more are needed."
        )
    key = stream(model.seed or 0, "order of extremes")
    count = len(candles) * model.prints
    prices, lots, sides = np.empty(count, "i8"), np.empty(count, "i8"), np.empty(count, "i1")
    ticks = [np.rint(column / steps.tick).astype(np.int64) for column in columns[:4]]
    whole = np.rint(columns[4] / steps.lot).astype(np.int64)
    low_first = ticks[3] >= ticks[0]
    if model.seed is not None:
        low_first = np.array([uniform(key, first + row) < 0.5 for row in range(len(candles))])
    before = round(close / steps.tick) if close > 0 else 0
    _walk(np.column_stack([*ticks, whole]), low_first, before, (prices, lots, sides))
    step_ns = int(model.seconds * 1e9) // model.prints
    ts_ns = (candles["ts_ns"].to_numpy()[:, None] + step_ns * np.arange(model.prints)).ravel()
    kept = lots > 0
    return pl.DataFrame(
        {
            "ts_ns": ts_ns[kept],
            "price": _as_written(prices[kept], steps.tick),
            "qty": _as_written(lots[kept], steps.lot),
            "side": sides[kept],
        }
    )


def _as_written(whole: NDArray[np.int64], step: float) -> NDArray[np.float64]:
    """Return whole steps as the floats nearest to their decimals: 3 * 0.1 is 0.3."""
    per_unit = round(1 / step) if step < 1 else 0
    if per_unit and abs(per_unit * step - 1) < 1e-9:
        return np.asarray(whole / per_unit, np.float64)
    return np.asarray(whole * step, np.float64)


@jit
def _first_impossible(
    opened: NDArray[np.float64],
    high: NDArray[np.float64],
    low: NDArray[np.float64],
    closed: NDArray[np.float64],
    volume: NDArray[np.float64],
) -> int:
    for row in range(len(opened)):
        inside = 0.0 < low[row] <= min(opened[row], closed[row]) and max(opened[row], closed[row]) <= high[row] < np.inf
        if not (inside and 0.0 <= volume[row] < np.inf):
            return row
    return -1


@jit
def _walk(
    candles: NDArray[np.int64],
    low_first: NDArray[np.bool_],
    before: int,
    into: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int8]],
) -> None:
    """Write the prints of candles (open, high, low, close in ticks, volume in lots)."""
    prices, lots, sides = into
    count = len(prices) // len(candles) if len(candles) else 0
    nodes, at = np.empty(PATH_NODES, np.int64), np.empty(PATH_NODES, np.int64)
    last, side = before, 0
    for row in range(len(candles)):
        opened, high, low, closed, volume = candles[row]
        nodes[0], nodes[3] = opened, closed
        nodes[1], nodes[2] = (low, high) if low_first[row] else (high, low)
        _place_nodes(nodes, count, at)
        base = row * count
        for leg in range(PATH_NODES - 1):
            width = at[leg + 1] - at[leg]
            for step in range(width + 1):
                move = (nodes[leg + 1] - nodes[leg]) * step
                prices[base + at[leg] + step] = nodes[leg] + int(np.floor(move / width + 0.5))
        for number in range(count):
            lots[base + number] = volume // count
        left = volume % count
        _spread_rest(lots[base : base + count], at, left)
        for number in range(count):
            price = prices[base + number]
            if last > 0 and price != last:
                side = 1 if price > last else -1
            elif side == 0:
                side = 1 if closed >= opened else -1
            sides[base + number] = side
            last = price


@jit
def _place_nodes(nodes: NDArray[np.int64], count: int, at: NDArray[np.int64]) -> None:
    """Say which print each node is: the legs share the prints by their lengths, one at least each."""
    first, second = abs(nodes[1] - nodes[0]), abs(nodes[2] - nodes[1])
    total = first + second + abs(nodes[3] - nodes[2])
    at[0], at[3] = 0, count - 1
    if total == 0:
        at[1], at[2] = 1, 2
        return
    at[1] = min(max(int(np.floor(first / total * (count - 1) + 0.5)), 1), count - 3)
    at[2] = min(max(int(np.floor((first + second) / total * (count - 1) + 0.5)), at[1] + 1), count - 2)


@jit
def _spread_rest(lots: NDArray[np.int64], at: NDArray[np.int64], left: int) -> None:
    """Give the lots that could not be split evenly to the extremes, the close, the open, then the other prints."""
    for node in (1, 2, 3, 0):
        if left > 0:
            lots[at[node]] += 1
            left -= 1
    for number in range(len(lots)):
        is_node = number in (at[0], at[1], at[2], at[3])
        if left > 0 and not is_node:
            lots[number] += 1
            left -= 1


def quotes_of_candles(prints: NDArray[np.void]) -> NDArray[np.void]:
    """Return quotes one tick wide around prints of candles: a buy is at the ask, a sell at the bid.

    ``prints`` as `records.PRINTS`; the sizes are those of the prints.
    """
    rows = np.empty(len(prints), QUOTES)
    rows["ts_ns"] = prints["ts_ns"]
    rows["bid"] = np.maximum(prints["price"] - (prints["side"] > 0), 1)
    rows["ask"] = rows["bid"] + 1
    rows["bid_lots"] = rows["ask_lots"] = np.maximum(prints["lots"], 1)
    return rows
