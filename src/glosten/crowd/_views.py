"""What an agent written in Python is shown when it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class History:
    """What everybody has seen so far: quotes by period, trades by trade.

    ``mids`` (periods so far,) in price units, the last one that of the book that stands; ``sides`` (trades,), +1 a buy
    and -1 a sell; ``lots`` (trades,) and ``prices`` (trades,) of the trades.
    """

    mids: NDArray[np.float64]
    sides: NDArray[np.int64]
    lots: NDArray[np.int64]
    prices: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TraderView:
    """What a trader sees on arrival; prices in price units, sizes in lots.

    ``period`` counts from 1 to ``periods``. ``bid`` and ``ask`` are the best of the book, None where nobody quotes.
    ``value`` is what the trader takes the value for, None unless it knows something by now. ``inventory`` in lots and
    ``cash`` in cash units are its own. ``history()`` returns what everybody has seen; ``uniform()`` draws a number in
    [0, 1) from the trader's own stream; ``memory`` is a dictionary that lasts for the path.
    """

    name: str
    period: int
    periods: int
    bid: float | None
    ask: float | None
    value: float | None
    inventory: int
    cash: float
    history: Callable[[], History]
    uniform: Callable[[], float]
    memory: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MakerView:
    """What a maker sees when it is asked for its quotes, before anybody arrives; the members as in `TraderView`.

    ``last_side`` is what happened in the period before: +1 a buy, -1 a sell, 0 no trade. The mids of ``history()`` end
    with the period before.
    """

    name: str
    period: int
    periods: int
    last_side: int
    inventory: int
    cash: float
    history: Callable[[], History]
    uniform: Callable[[], float]
    memory: dict[str, Any]
