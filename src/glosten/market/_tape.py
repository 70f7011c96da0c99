"""A tape: what happened in a market, in whole ticks and lots, ready for the compiled backtest."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.errors import TapeError
from glosten.market._candles import CandleModel
from glosten.market._lag import NS_PER_MS, first_from
from glosten.market._synthetic import synthetic_quotes
from glosten.records import LEVELS, PRINTS, QUOTES, Instrument

GAPS = np.dtype([("start_ns", "i8"), ("end_ns", "i8")])
"""Silence of the stream: nothing is known of the book from ``start_ns`` on, until ``end_ns`` (excluded)."""


@dataclass(frozen=True, slots=True)
class TapeOptions:
    """What the operator knows better than the files do; None is inferred or measured.

    ``tick`` in quote units, ``lot`` and ``min_qty`` in coins, ``min_notional`` in quote units, ``quote_lag_ms`` in
    milliseconds; an empty ``symbol`` is the name of the trades file.
    """

    symbol: str = ""
    tick: Decimal | None = None
    lot: Decimal | None = None
    min_qty: Decimal | None = None
    min_notional: Decimal | None = None
    quote_lag_ms: float | None = None


@dataclass(frozen=True, slots=True)
class TapeNotes:
    """What was met while a tape was loaded: all are counts of rows, unless they say otherwise.

    ``orders`` aggressor orders; ``crossed_quotes`` skipped; ``empty_sides`` quotes with a side that displays nothing,
    of which those without a price (``priceless_quotes``) are skipped; ``off_grid_*`` rounded prices; ``below_lot``
    prints smaller than a lot, which keep their side but fill nobody; ``equal_times`` rows with the time of the row
    before; ``unquoted`` prints before the first or after the last quote; ``gaps`` stretches that the quotes mark as
    such; ``skipped_prints`` of vendor files have no size or repeat a trade; ``touch_shares`` (lag in ms, share of the
    market orders that begin exactly at the touch).
    """

    orders: int = 0
    unknown_sides: int = 0
    off_grid_prints: int = 0
    below_lot: int = 0
    locked_quotes: int = 0
    crossed_quotes: int = 0
    empty_sides: int = 0
    priceless_quotes: int = 0
    off_grid_quotes: int = 0
    equal_times: int = 0
    unquoted: int = 0
    gaps: int = 0
    skipped_prints: int = 0
    touch_shares: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, eq=False)
class Tape:
    """Quotes (`records.QUOTES`, lagged already) and prints (`records.PRINTS`) of one instrument, each in time order.

    At equal times prints come before quotes: a quote is the book after the print. ``synthetic_quotes`` are implied by
    the prints, and what a backtest earns on them is a guess. ``gaps`` (`GAPS`, in time order) are where the stream was
    silent: there the age of the data counts, everywhere else it is 0. ``candles`` says how the prints were made where
    they were not recorded, and ``sides`` how it was told who was impatient where the prints did not say. ``levels``
    (`records.LEVELS`, in time order) are the depth behind the touch, where the tape has any.
    """

    instrument: Instrument
    quotes: NDArray[np.void]
    trades: NDArray[np.void]
    synthetic_quotes: bool = False
    quote_lag_ns: int = 0
    files: tuple[str, ...] = ()
    notes: TapeNotes = field(default_factory=TapeNotes)
    gaps: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, GAPS))
    candles: CandleModel | None = None
    sides: str = ""
    levels: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, LEVELS))

    @property
    def span(self) -> tuple[int, int]:
        """Return the times of the first and the last row, in ns since 1970 UTC."""
        ends = [rows["ts_ns"][[0, -1]] for rows in (self.quotes, self.trades) if len(rows)]
        return int(min(first for first, _ in ends)), int(max(last for _, last in ends))

    def summary(self) -> dict[str, Any]:
        """Return what a report says of the tape, in JSON types."""
        first, last = self.span
        return {
            "files": list(self.files),
            "first": utc(first),
            "last": utc(last),
            "quotes": len(self.quotes),
            "trades": len(self.trades),
            "levels": len(self.levels),
            "synthetic_quotes": self.synthetic_quotes,
            "candle_made": self.candles is not None,
            "candles": None if self.candles is None else asdict(self.candles),
            "sides": self.sides,
            "quote_lag_ms": self.quote_lag_ns / NS_PER_MS,
            **asdict(self.notes),
            "sentences": list(self.sentences()),
        }

    def warnings(self) -> tuple[str, ...]:
        """Return what must stand beside every figure that rests on the tape."""
        said = [] if self.candles is None else [self.candles.sentence()]
        if self.sides:
            said.append(f"Sides of the prints are {self.sides}.")
        return tuple(said)

    def sentences(self) -> tuple[str, ...]:
        """Return what the reader of a result should know about the tape, most important first."""
        first, last = self.span
        counts, notes = self.notes, list(self.warnings())
        if self.synthetic_quotes and self.candles is None:
            notes.append(
                "There are no quotes: bid and ask are the last sell and buy prints, so spreads, queues and "
                "every figure that rests on them are guesses."
            )
        notes.append(
            f"{len(self.trades):,} prints of {counts.orders:,} market orders and {len(self.quotes):,} quotes, "
            f"from {utc(first)} to {utc(last)}, tick {self.instrument.tick:f}, lot {self.instrument.lot:f}."
        )
        if len(self.levels):
            notes.append(f"{len(self.levels):,} changes of the depth tell orders behind the touch their queue.")
        if self.quote_lag_ns or counts.touch_shares:
            notes.append(_lag_sentence(self.quote_lag_ns / NS_PER_MS, counts.touch_shares))
        notes.extend(f"{getattr(counts, name):,} {meaning}." for name, meaning in _MEANINGS if getattr(counts, name))
        return tuple(notes)


_MEANINGS = (
    ("crossed_quotes", "quotes had the bid above the ask and were skipped"),
    ("priceless_quotes", "quotes had a side without price and size and were skipped"),
    ("empty_sides", "quotes displayed nothing on a side; orders there cannot be crossed or joined"),
    ("locked_quotes", "quotes were locked (bid equal to ask), which is legal"),
    ("off_grid_prints", "prints lay between two ticks and were rounded against our fills"),
    ("off_grid_quotes", "quoted prices lay between two ticks; bids were rounded down, asks up"),
    ("below_lot", "prints were smaller than a lot; they count as trades but fill nobody"),
    ("unknown_sides", "prints do not say who was impatient; they fill only orders they went through"),
    ("equal_times", "rows have the time of the row before them and kept their order"),
    ("gaps", "stretches of the quotes are marked as gaps: the age of the data counts there"),
    ("skipped_prints", "prints had no size or repeated a trade and were left out"),
    ("unquoted", "prints lie before the first or after the last quote"),
)


def _lag_sentence(lag_ms: float, shares: tuple[tuple[int, float], ...]) -> str:
    measured = dict(shares)
    if lag_ms == 0:
        rivals = ", ".join(f"{share:.1%} at {lag} ms" for lag, share in shares if lag)
        return f"Quotes are not lagged: {measured[0]:.1%} of the market orders begin at the touch ({rivals})."
    sentence = f"Quotes are lagged by {lag_ms:g} ms"
    if lag_ms in measured:
        sentence += f": {measured[int(lag_ms)]:.1%} of the market orders begin at the touch, {measured[0]:.1%} unlagged"
    return sentence + "."


def utc(ts_ns: int) -> str:
    """Return a time as people write it, to the millisecond."""
    return f"{np.datetime_as_string(np.datetime64(int(ts_ns), 'ns'), unit='ms')}Z"


def tape_from_arrays(instrument: Instrument, quotes: NDArray[np.void] | None, trades: NDArray[np.void]) -> Tape:
    """Return the tape of arrays that are in ticks and lots already, without copying them; no quotes: they are implied.

    ``quotes`` as `records.QUOTES` and not lagged any more, ``trades`` as `records.PRINTS` with their aggressors
    numbered from 0. Raises TapeError where an array has other columns, is empty or runs backwards in time.
    """
    synthetic = quotes is None
    quotes = synthetic_quotes(trades) if quotes is None else quotes
    for name, rows, columns in (("quotes", quotes, QUOTES), ("trades", trades, PRINTS)):
        if rows.dtype != columns:
            raise TapeError(f"The {name} of a tape are rows of {columns.names}; these are of {rows.dtype}.")
        if len(rows) == 0:
            raise TapeError(f"A tape needs at least one row of {name}.")
        row = first_backwards(rows["ts_ns"])
        if row >= 0:
            raise TapeError(f"The {name} of a tape are in time order; these run backwards in row {row + 1}.")
    orders = int(trades["aggressor"].max()) + 1
    return Tape(instrument, quotes, trades, synthetic, notes=TapeNotes(orders=orders))


def tape_between(tape: Tape, start_ns: int, end_ns: int) -> Tape:
    """Return the part of a tape from a time on, until another (excluded), without copying its rows.

    Its notes count its market orders alone. Raises TapeError where the part has no quotes or no prints.
    """
    quotes, trades = (
        rows[first_from(rows, start_ns) : first_from(rows, end_ns)] for rows in (tape.quotes, tape.trades)
    )
    for name, rows in (("quotes", quotes), ("prints", trades)):
        if len(rows) == 0:
            raise TapeError(f"The tape has no {name} from {utc(start_ns)} to {utc(end_ns)}.")
    gaps = tape.gaps[(tape.gaps["end_ns"] > start_ns) & (tape.gaps["start_ns"] < end_ns)].copy()
    gaps["start_ns"], gaps["end_ns"] = np.maximum(gaps["start_ns"], start_ns), np.minimum(gaps["end_ns"], end_ns)
    orders = int(trades["aggressor"][-1]) - int(trades["aggressor"][0]) + 1
    levels = _levels_between(tape.levels, start_ns, end_ns)
    return replace(tape, quotes=quotes, trades=trades, gaps=gaps, levels=levels, notes=TapeNotes(orders=orders))


def _levels_between(levels: NDArray[np.void], start_ns: int, end_ns: int) -> NDArray[np.void]:
    """Return the depth of a part of the tape: what stood when it begins, then the changes within it."""
    first = first_from(levels, start_ns)
    before = levels[:first][::-1]
    _, newest = np.unique(before[["side", "price"]], return_index=True)
    standing = before[np.sort(newest)[::-1]]
    standing["ts_ns"] = start_ns
    return np.concatenate([standing, levels[first : first_from(levels, end_ns)]])


@jit
def first_backwards(ts_ns: NDArray[np.int64]) -> int:
    """Return the first row that is earlier than the row before it, -1: none."""
    for row in range(1, len(ts_ns)):
        if ts_ns[row] < ts_ns[row - 1]:
            return row
    return -1
