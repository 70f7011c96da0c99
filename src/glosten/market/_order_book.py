"""A book of price levels, rebuilt from a snapshot and the changes after it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable


class OrderBook:
    """Levels of both sides: `load` a snapshot, `apply` changes (size 0 removes a level), read the `top`.

    ``depth`` is how many levels a side the venue maintains; what falls behind it is dropped, as venues ask; 0: all.
    """

    def __init__(self, depth: int = 0) -> None:
        self._depth = depth
        self._sizes: tuple[dict[float, float], dict[float, float]] = ({}, {})
        self._prices: tuple[list[float], list[float]] = ([], [])

    def load(self, bids: Iterable[tuple[float, float]], asks: Iterable[tuple[float, float]]) -> None:
        """Begin anew with a snapshot."""
        self._sizes, self._prices = ({}, {}), ([], [])
        self.apply(bids, asks)

    def apply(self, bids: Iterable[tuple[float, float]], asks: Iterable[tuple[float, float]]) -> None:
        """Change levels: (price, new size) each."""
        for side, changes in enumerate((bids, asks)):
            sizes, prices = self._sizes[side], self._prices[side]
            for price, size in changes:
                if size > 0:
                    if price not in sizes:
                        insort(prices, price)
                    sizes[price] = size
                elif sizes.pop(price, None) is not None:
                    del prices[bisect_left(prices, price)]
            self._drop_far(side)

    def _drop_far(self, side: int) -> None:
        prices = self._prices[side]
        extra = len(prices) - self._depth if self._depth else 0
        if extra > 0:
            far = slice(0, extra) if side == 0 else slice(-extra, None)
            for price in prices[far]:
                del self._sizes[side][price]
            del prices[far]

    def top(self, levels: int) -> tuple[float, ...]:
        """Return bid, its size, ask, its size of the best levels, best first; a level that is not there is 0, 0."""
        (bid_prices, ask_prices), (bid_sizes, ask_sizes) = self._prices, self._sizes
        row: list[float] = []
        for level in range(levels):
            for prices, sizes, at in ((bid_prices, bid_sizes, -1 - level), (ask_prices, ask_sizes, level)):
                if level < len(prices):
                    row += (prices[at], sizes[prices[at]])
                else:
                    row += (0.0, 0.0)
        return tuple(row)


class TopOfBook:
    """What a feed of a book says to a tape: a row where the top changed, and an empty one where it was lost."""

    def __init__(self, depth: int, kept: int = 0) -> None:
        self.book = OrderBook(kept)
        self._depth = depth
        self._last: tuple[float, ...] = ()
        self.is_known = False

    def changed(self, ts_ns: int) -> tuple[float, ...] | None:
        """Return the row of quotes if the top is not what it was."""
        top = self.book.top(self._depth)
        if top == self._last:
            return None
        self._last = top
        return (ts_ns, *top)

    def lost(self, ts_ns: int) -> tuple[float, ...] | None:
        """Return the row without prices that marks a gap, once, until the book is known again."""
        if not self.is_known:
            return None
        self.is_known = False
        self._last = (0.0,) * (4 * self._depth)
        return (ts_ns, *self._last)
