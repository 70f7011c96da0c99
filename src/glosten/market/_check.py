"""What is wrong with rows of a tape: counted in one pass over pieces, and refused past a limit.

Source: STRATEGY R12. Equal times and locked books are legal; time never runs backwards; of crossed quotes, prints
without a size and repeated trades (all skipped when a tape is imported or loaded) at most 1 % are lived with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.market._batch import Kind
from glosten.market._tape import utc
from glosten.records import LARGEST_INTEGER

MOST_SKIPPED = 0.01
"""Share of crossed quotes, of prints without a size and of repeated trades above which a tape is refused."""

COUNTS = np.dtype(
    [
        (name, "i8")
        for name in (
            "rows",
            "first_ns",
            "last_ns",
            "backwards",
            "first_backwards",
            "largest_step_back_ns",
            "equal_times",
            "gaps",
            "longest_gap_ns",
            "longest_gap_start_ns",
            "bad_numbers",
            "first_bad",
            "zero_sizes",
            "buys",
            "sells",
            "unknown",
            "crossed",
            "first_crossed",
            "locked",
            "empty_sides",
            "marked_gaps",
        )
    ]
)
"""Counts of rows, and the first row (from 0, -1: none) of what is refused; `Report` says what each means."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was met in the rows of one kind.

    ``backwards`` rows are earlier than the latest before them, by ``largest_step_back_ns`` at most. ``gaps`` are silent
    stretches of ``gap_seconds`` or more. ``bad_numbers`` rows hold a price that is not more than 0 (trades), less than
    0 or no number (both), or a size that is less than 0 or no number. ``zero_sizes`` prints have no size;
    ``duplicate_ids`` repeat the number of an earlier trade, ``missing_ids`` are left out between the smallest and the
    largest number (None where trades have no whole numbers). ``crossed`` quotes have the bid above the ask, ``locked``
    equal; ``empty_sides`` display nothing on a side; ``marked_gaps`` have no price at all. ``buy_qty`` and ``sell_qty``
    are volumes.
    """

    kind: str
    rows: int
    first_ns: int
    last_ns: int
    backwards: int
    first_backwards: int
    largest_step_back_ns: int
    equal_times: int
    gap_seconds: float
    gaps: int
    longest_gap_ns: int
    longest_gap_start_ns: int
    bad_numbers: int
    first_bad: int
    zero_sizes: int
    buys: int
    sells: int
    unknown: int
    buy_qty: float
    sell_qty: float
    duplicate_ids: int | None
    missing_ids: int | None
    crossed: int
    first_crossed: int
    locked: int
    empty_sides: int
    marked_gaps: int

    def counts(self) -> dict[str, Any]:
        """Return what belongs to the kind, in JSON types."""
        other = _QUOTES_ONLY if self.kind == Kind.TRADES else _TRADES_ONLY
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name not in other}

    def refusals(self, source: str) -> list[str]:
        """Return a sentence for everything that is past its limit."""
        said, rows = [], max(self.rows, 1)
        if self.backwards:
            said.append(
                f"{source}, row {self.first_backwards + 1} of the {self.kind}: time runs backwards in "
                f"{self.backwards:,} rows (by {self.largest_step_back_ns / 1e9:g} s at most); give files in the order "
                "of time, or sort them with --sort (equal times are legal)."
            )
        if self.bad_numbers:
            said.append(
                f"{source}, row {self.first_bad + 1} of the {self.kind}: {self.bad_numbers:,} rows have a price or a "
                "size that cannot be; correct or drop them."
            )
        for count, what in (
            (self.zero_sizes, "of the prints have no size"),
            (self.duplicate_ids or 0, "of the trades repeat the number of an earlier one"),
            (self.crossed, f"of the quotes have the bid above the ask (first in row {self.first_crossed + 1})"),
        ):
            if count > MOST_SKIPPED * rows:
                said.append(f"{source}: {count / rows:.1%} {what}, more than {MOST_SKIPPED:.0%}.")
        return said

    def sentences(self) -> list[str]:
        """Return what was met, in words."""
        said = [f"{self.rows:,} {self.kind} from {utc(self.first_ns)} to {utc(self.last_ns)}."]
        for name, meaning in _MEANINGS:
            count = getattr(self, name)
            if count:
                said.append(f"{count:,} {meaning}.")
        if self.gaps:
            said.append(
                f"{self.gaps:,} silent stretches of {self.gap_seconds:g} s or more, the longest "
                f"{self.longest_gap_ns / 1e9:,.0f} s from {utc(self.longest_gap_start_ns)}."
            )
        return said


_TRADES_ONLY = {"zero_sizes", "buys", "sells", "unknown", "buy_qty", "sell_qty", "duplicate_ids", "missing_ids"}
_QUOTES_ONLY = {"crossed", "first_crossed", "locked", "empty_sides", "marked_gaps"}
_MEANINGS = (
    ("backwards", "rows run backwards in time"),
    ("bad_numbers", "rows have a price or a size that cannot be"),
    ("zero_sizes", "prints have no size"),
    ("duplicate_ids", "trades repeat the number of an earlier one"),
    ("missing_ids", "numbers of trades are missing between the smallest and the largest"),
    ("unknown", "prints do not say who was impatient"),
    ("crossed", "quotes have the bid above the ask"),
    ("locked", "quotes are locked (bid equal to ask), which is legal"),
    ("empty_sides", "quotes display nothing on a side"),
    ("marked_gaps", "quotes have no price at all: they mark gaps"),
    ("equal_times", "rows have the time of the row before them, which is legal"),
)


def check(kind: Kind, pieces: Iterable[pl.DataFrame], gap_seconds: float) -> Report:
    """Return what is met in the rows of one kind, given piece by piece in their order.

    ``pieces`` have the columns of `SCHEMA`; of what they hold only the numbers of trades stay in memory, 8 bytes each.
    """
    state = np.zeros(1, COUNTS)
    for name in ("first_backwards", "first_bad", "first_crossed"):
        state[name] = -1
    state["last_ns"] = -LARGEST_INTEGER
    volumes, ids = np.zeros(3), _Numbers()
    gap_ns = int(gap_seconds * 1e9)
    for piece in pieces:
        times = piece["ts_ns"].to_numpy()
        if kind is Kind.TRADES:
            price, qty = (_floats(piece[name]) for name in ("price", "qty"))
            _scan_trades(state, gap_ns, times, (price, qty, piece["side"].to_numpy().astype(np.int64)), volumes)
            ids.see(piece)
        else:
            bid, bid_qty, ask, ask_qty = (_floats(piece[name]) for name in ("bid", "bid_qty", "ask", "ask_qty"))
            _scan_quotes(state, gap_ns, times, (bid, bid_qty, ask, ask_qty))
    found = {name: int(state[0][name]) for name in COUNTS.names or ()}
    if not found["rows"]:
        found["last_ns"] = 0
    sold, _, bought = (float(volume) for volume in volumes)
    duplicates, missing = ids.count() if kind is Kind.TRADES else (None, None)
    return Report(
        kind=str(kind),
        gap_seconds=gap_seconds,
        buy_qty=bought,
        sell_qty=sold,
        duplicate_ids=duplicates,
        missing_ids=missing,
        **found,
    )


def _floats(series: pl.Series) -> NDArray[np.float64]:
    return series.cast(pl.Float64).fill_null(float("nan")).to_numpy()


class _Numbers:
    """The numbers of trades: whether they repeat, and how many are missing between the first and the last."""

    def __init__(self) -> None:
        self._kept: list[NDArray[np.int64]] = []
        self._texts: list[pl.Series] = []
        self._last, self._first = -LARGEST_INTEGER, LARGEST_INTEGER
        self._seen, self._increases = 0, True

    def see(self, piece: pl.DataFrame) -> None:
        if "trade_id" not in piece.columns:
            return
        numbers = piece["trade_id"].drop_nulls()
        if not numbers.dtype.is_integer():
            self._texts.append(numbers)
        elif len(numbers):
            whole = numbers.cast(pl.Int64).to_numpy()
            self._increases &= bool(whole[0] > self._last and (np.diff(whole) > 0).all())
            self._last, self._first = int(whole[-1]), min(self._first, int(whole[0]))
            self._seen += len(whole)
            self._kept.append(whole)

    def count(self) -> tuple[int | None, int | None]:
        """Return (repeated, missing); None where there are no numbers, or texts between which nothing is missing."""
        if self._texts:
            texts = pl.concat(self._texts)
            return len(texts) - texts.n_unique(), None
        if not self._seen:
            return None, None
        if self._increases:
            return 0, self._last - self._first + 1 - self._seen
        everything = np.sort(np.concatenate(self._kept))
        distinct = 1 + int(np.count_nonzero(np.diff(everything)))
        return len(everything) - distinct, int(everything[-1] - everything[0]) + 1 - distinct


@jit
def _step(state: np.void, gap_ns: int, ts_ns: int) -> None:
    """Count what the time of one more row says."""
    if state["rows"] == 0:
        state["first_ns"] = ts_ns
    elif ts_ns < state["last_ns"]:
        if state["backwards"] == 0:
            state["first_backwards"] = state["rows"]
        state["backwards"] += 1
        state["largest_step_back_ns"] = max(state["largest_step_back_ns"], state["last_ns"] - ts_ns)
    else:
        step = ts_ns - state["last_ns"]
        state["equal_times"] += step == 0
        state["gaps"] += step >= gap_ns
        if step > state["longest_gap_ns"]:
            state["longest_gap_ns"], state["longest_gap_start_ns"] = step, state["last_ns"]
    state["last_ns"] = max(state["last_ns"], ts_ns)
    state["rows"] += 1


@jit
def _note_bad(state: np.void) -> None:
    if state["bad_numbers"] == 0:
        state["first_bad"] = state["rows"]
    state["bad_numbers"] += 1


@jit
def _scan_trades(
    states: NDArray[np.void],
    gap_ns: int,
    times: NDArray[np.int64],
    columns: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]],
    volumes: NDArray[np.float64],
) -> None:
    state = states[0]
    price, qty, side = columns
    for row in range(len(times)):
        if not (0.0 < price[row] < np.inf and 0.0 <= qty[row] < np.inf):
            _note_bad(state)
        else:
            volumes[side[row] + 1] += qty[row]
        state["zero_sizes"] += qty[row] == 0.0
        state["buys"] += side[row] > 0
        state["sells"] += side[row] < 0
        state["unknown"] += side[row] == 0
        _step(state, gap_ns, times[row])


@jit
def _scan_quotes(
    states: NDArray[np.void],
    gap_ns: int,
    times: NDArray[np.int64],
    columns: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
) -> None:
    state = states[0]
    bid, bid_qty, ask, ask_qty = columns
    for row in range(len(times)):
        prices = 0.0 <= bid[row] < np.inf and 0.0 <= ask[row] < np.inf
        sizes = 0.0 <= bid_qty[row] < np.inf and 0.0 <= ask_qty[row] < np.inf
        bare = (bid[row] == 0.0 and bid_qty[row] > 0.0) or (ask[row] == 0.0 and ask_qty[row] > 0.0)
        if not (prices and sizes) or bare:
            _note_bad(state)
        elif bid[row] == 0.0 and ask[row] == 0.0:
            state["marked_gaps"] += 1
        elif not (bid_qty[row] > 0.0 and ask_qty[row] > 0.0):
            state["empty_sides"] += 1
        elif bid[row] > ask[row]:
            if state["crossed"] == 0:
                state["first_crossed"] = state["rows"]
            state["crossed"] += 1
        else:
            state["locked"] += bid[row] == ask[row]
        _step(state, gap_ns, times[row])
