"""A path of any model told period by period, with the quotes that stood before each order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten.theory import TradeSize

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ToldPath:
    """One simulated path of T periods; prices and gains in price units, shapes (T,) and (T + 1,).

    ``value`` is the true one; ``orders`` (T,) as in the model's `update`, 0 for none; ``informed`` (T,) says whether an
    informed trader came; ``price`` (T,) is what the order traded at, NaN where nothing traded. ``mean``, ``bid`` and
    ``ask`` (T + 1,) stand before each period and after the last, NaN where a side has no quote. ``gains`` are what
    informed traders, noise traders and the maker made.
    """

    value: float
    orders: NDArray[np.int8]
    informed: NDArray[np.bool_]
    price: Floats
    mean: Floats
    bid: Floats
    ask: Floats
    gains: tuple[float, float, float]


def tell(model: Any, periods: int, seed: int, number: int) -> ToldPath:
    """Return the path with that number of the model's ensemble, quoted anew before every period."""
    drawn = model.ensemble(periods, seed).path(number)
    price = np.full(periods, math.nan)
    quoted = np.full((3, periods + 1), math.nan)
    now = model
    for date in range(periods + 1):
        quoted[:, date] = _stand(now)
        if date < periods:
            order = int(drawn.orders[date])
            if order != 0:
                price[date] = _price(now, order, quoted[:, date])
            now = now.update(order)
    sizes = np.abs(drawn.orders) if not isinstance(model, TradeSize) else _sizes(model, drawn.orders)
    gains = np.nan_to_num(np.sign(drawn.orders) * sizes * (drawn.value - price))
    knew, unaware = float(gains[drawn.informed].sum()), float(gains[~drawn.informed].sum())
    rows = quoted[0], quoted[1], quoted[2]
    return ToldPath(drawn.value, drawn.orders, drawn.informed, price, *rows, (knew, unaware, -(knew + unaware)))


def _stand(model: Any) -> tuple[float, float, float]:
    """Return (mean, bid, ask), those of the small size where there are two."""
    quotes = model.quotes()
    small = isinstance(model, TradeSize)
    bid, ask = (quotes.bid_small, quotes.ask_small) if small else (quotes.bid, quotes.ask)
    return quotes.mean, math.nan if bid is None else bid, math.nan if ask is None else ask


def _price(model: Any, order: int, stand: Floats) -> float:
    if isinstance(model, TradeSize):
        price = model.price(order)
        return math.nan if price is None else price
    return float(stand[2] if order > 0 else stand[1])


def _sizes(model: TradeSize, orders: NDArray[np.int8]) -> Floats:
    """Return how many units each order is for."""
    sizes: Floats = np.array([0.0, model.small, model.large])
    return sizes[np.abs(orders)]
