"""A path stepped period by period, so that agents written in Python can be asked.

The steps are those of the compiled loop, so a roster without such agents lives the same life to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from glosten.crowd._life import start_path, step_arrival, step_decision, step_look, step_quotes, step_trade
from glosten.crowd._makers import Maker
from glosten.crowd._market import Market
from glosten.crowd._roster import ASK, BID, LOTS, MID, NO_ASK, NO_BID, PRICE, VALUE, WHO, Path, Roster
from glosten.crowd._traders import Trader
from glosten.crowd._views import History, MakerView, TraderView
from glosten.errors import RunError
from glosten.statistics import uniform


class Moment(NamedTuple):
    """A period that is over, in whole ticks and lots; ``bid`` and ``ask`` are None where nobody quoted.

    ``period`` counts from 1; ``trader`` is the name of who came, None for nobody; ``lots`` were bought (negative: sold)
    at ``price``, 0 for no trade. ``cash`` and ``holdings`` are those of all agents, traders first, in the order of the
    roster.
    """

    period: int
    value: int
    bid: int | None
    ask: int | None
    trader: str | None
    lots: int
    price: int
    cash: tuple[int, ...]
    holdings: tuple[int, ...]


class Stepper:
    """A path of a market, stepped: `steps` lives the path with a number; its state is in ``path``."""

    def __init__(self, market: Market, roster: Roster, path: Path) -> None:
        self._market = market
        self._roster = roster
        self.path = path
        self.traders = [(one, name) for one in market.traders for name in one.names]
        self.makers = [(one, name) for one in market.makers for name in one.names]
        self._memories: list[dict[str, Any]] = []

    def steps(self, number: int) -> Iterator[int]:
        """Yield each period of the path with that number, counted from 0, once it is over; then set the last quotes."""
        roster, path, periods = self._roster, self.path, self._market.periods
        self._memories = [{} for _ in range(len(self.traders) + len(self.makers))]
        start_path(roster, path, number)
        for period in range(periods):
            self._quote(period)
            trader = step_arrival(roster, path, period)
            lots = 0
            if trader >= 0:
                entry, name = self.traders[trader]
                if entry.decide is None:
                    lots = step_decision(roster, path, period, trader)
                else:
                    lots = self._decide(entry, name, period, trader)
            step_trade(roster, path, (period, trader, lots))
            yield period
        self._quote(periods)
        step_arrival(roster, path, periods)

    def moment(self, period: int) -> Moment:
        """Return what has become of a period, counted from 0, right after it."""
        row = self.path.tape[period]
        minds = [*self.path.traders, *self.path.makers]
        trader = int(row[WHO])
        return Moment(
            period=period + 1,
            value=int(row[VALUE]),
            bid=None if row[BID] == NO_BID else int(row[BID]),
            ask=None if row[ASK] == NO_ASK else int(row[ASK]),
            trader=self.traders[trader][1] if trader >= 0 else None,
            lots=int(row[LOTS]),
            price=int(row[PRICE]),
            cash=tuple(int(mind["cash"]) for mind in minds),
            holdings=tuple(int(mind["holdings"]) for mind in minds),
        )

    def _quote(self, period: int) -> None:
        """Let all makers wish for their quotes, those written in Python too."""
        step_quotes(self._roster, self.path, period)
        for place, (entry, name) in enumerate(self.makers):
            if entry.quote is not None:
                bid, ask = self._asked(entry, name, period, place)
                self.path.makers[place]["bid"], self.path.makers[place]["ask"] = bid, ask

    def _decide(self, entry: Trader, name: str, period: int, trader: int) -> int:
        """Return what a trader written in Python orders."""
        assert entry.decide is not None  # noqa: S101  # asked only where it is there
        tick, row, mind = self._market.tick, self.path.tape[period], self.path.traders[trader]
        value = math.nan
        if self._roster.traders[trader]["knows"]:
            value = step_look(self._roster, self.path, period, trader) * tick
        view = TraderView(
            name=name,
            period=period + 1,
            periods=self._market.periods,
            bid=None if row[BID] == NO_BID else float(row[BID] * tick),
            ask=None if row[ASK] == NO_ASK else float(row[ASK] * tick),
            value=None if math.isnan(value) else value,
            inventory=int(mind["holdings"]),
            cash=float(mind["cash"] * tick * self._market.lot),
            history=lambda: self._history(period, period + 1),
            uniform=_drawing(mind),
            memory=self._memories[trader],
        )
        lots = entry.decide(view)
        if isinstance(lots, bool) or not isinstance(lots, int | np.integer) or abs(lots) > entry.lots:
            raise RunError(
                f"Trader {name} decided {lots!r} in period {period + 1}; "
                f"it must return a whole number from {-entry.lots} to {entry.lots}: the lots to buy."
            )
        return int(lots)

    def _asked(self, entry: Maker, name: str, period: int, place: int) -> tuple[float, float]:
        """Return the (bid, ask) that a maker written in Python wishes for, in ticks, NaN for none."""
        assert entry.quote is not None  # noqa: S101  # asked only where it is there
        tick, mind = self._market.tick, self.path.makers[place]
        view = MakerView(
            name=name,
            period=period + 1,
            periods=self._market.periods,
            last_side=int(np.sign(self.path.tape[period - 1, LOTS])) if period > 0 else 0,
            inventory=int(mind["holdings"]),
            cash=float(mind["cash"] * tick * self._market.lot),
            history=lambda: self._history(period, period),
            uniform=_drawing(mind),
            memory=self._memories[len(self.traders) + place],
        )
        wished = entry.quote(view)
        pair = wished if isinstance(wished, tuple) and len(wished) == 2 else (math.inf, math.inf)
        if not all(price is None or _is_finite(price) for price in pair):
            raise RunError(
                f"Maker {name} quoted {wished!r} in period {period + 1}; "
                "it must return (bid, ask) in price units, None for no quote."
            )
        bid, ask = (math.nan if price is None else float(price) / tick for price in pair)
        return bid, ask

    def _history(self, periods: int, books: int) -> History:
        """Return what everybody has seen over so many periods and books."""
        past = self.path.tape[:periods]
        traded = past[past[:, LOTS] != 0]
        return History(
            mids=np.multiply(self.path.tape[:books, MID], 0.5 * self._market.tick, dtype=np.float64),
            sides=np.sign(traded[:, LOTS]),
            lots=np.abs(traded[:, LOTS]),
            prices=np.multiply(traded[:, PRICE], self._market.tick, dtype=np.float64),
        )


def _drawing(mind: np.void) -> Callable[[], float]:
    """Return a function that draws from the stream of an agent."""

    def draw() -> float:
        mind["draws"] += 1
        return uniform(mind["key"], int(mind["draws"]) - 1)

    return draw


def _is_finite(price: Any) -> bool:
    return isinstance(price, int | float | np.number) and not isinstance(price, bool) and math.isfinite(price)
