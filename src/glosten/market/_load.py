"""From files to a tape: read, refuse what cannot be traded on, count what can be lived with, round against us."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.errors import TapeError
from glosten.market._files import Table, open_table, read_integers, read_numbers, read_sides
from glosten.market._grid import first_below, first_not_positive, infer_step, prints_to_ticks, to_steps
from glosten.market._lag import NS_PER_MS, best_lag_ms, touch_shares
from glosten.market._synthetic import synthetic_quotes
from glosten.market._tape import GAPS, Tape, TapeNotes, TapeOptions, first_backwards, utc
from glosten.records import LARGEST_INTEGER, PRINTS, QUOTES, Instrument
from glosten.statistics import number_orders

MOST_CROSSED = 0.01
"""Share of crossed quotes above which a file is refused."""
EXACT_STEPS = 2.0**53
"""Steps above which a float64 no longer tells whole numbers apart."""
RAW_QUOTES = np.dtype([("ts_ns", "i8"), *((name, "f8") for name in ("bid", "bid_lots", "ask", "ask_lots"))])
RAW_PRINTS = np.dtype([("ts_ns", "i8"), ("price", "f8"), ("lots", "f8"), ("side", "i8"), ("aggressor", "i8")])
"""The tape's own memory while its numbers are still floats; they are converted in place, so it is held only once."""

Rows = NDArray[np.void]


def load_tape(trades: Path, quotes: Path | None = None, options: TapeOptions | None = None) -> Tape:
    """Load a tape of trades, with quotes or with quotes implied by the trades.

    Files are parquet or csv with the columns ``ts_ns, price, qty, side`` and ``ts_ns, bid, bid_qty, ask, ask_qty``
    (``exch_ts_ns``, where trades have it, merges prints into orders). A row of quotes without any price marks a gap,
    up to the next quote. Raises TapeError, all problems at once.
    """
    options = options or TapeOptions()
    problems: list[str] = []
    prints, books = None, None
    try:
        prints = _read_prints(trades)
    except TapeError as error:
        problems.extend(error.problems)
    if quotes is not None:
        try:
            books = _read_quotes(quotes)
        except TapeError as error:
            problems.extend(error.problems)
    if problems or prints is None:
        raise TapeError(problems)
    instrument = _instrument(trades, prints, books, options)
    counts = _convert_prints(trades, prints, instrument)
    rows = prints.view(PRINTS)
    if quotes is None or books is None:
        return _without_quotes(trades, rows, instrument, counts)
    counts |= _convert_quotes(quotes, books, instrument)
    kept, gaps = books.view(QUOTES)[: counts.pop("kept")], counts.pop("silences")
    lag_ns = _lag(kept, rows, options, counts)
    for name in ("start_ns", "end_ns"):
        gaps[name] += lag_ns
    _check_overlap((trades, rows), (quotes, kept))
    counts["unquoted"] = int(np.count_nonzero(rows["ts_ns"] < kept["ts_ns"][0]))
    counts["unquoted"] += int(np.count_nonzero(rows["ts_ns"] > kept["ts_ns"][-1]))
    counts["equal_times"] += _equal_times(kept["ts_ns"])
    files = (str(trades), str(quotes))
    return Tape(instrument, kept, rows, quote_lag_ns=lag_ns, files=files, notes=TapeNotes(**counts), gaps=gaps)


def _without_quotes(trades: Path, rows: Rows, instrument: Instrument, counts: dict[str, Any]) -> Tape:
    kept = synthetic_quotes(rows)
    if len(kept) == 0:
        raise TapeError(f"{trades} lacks a buy or a sell, so without a quotes file nobody knows bid and ask; give one.")
    return Tape(instrument, kept, rows, synthetic_quotes=True, files=(str(trades),), notes=TapeNotes(**counts))


def _read_prints(path: Path) -> Rows:
    table = open_table(path, ("ts_ns", "price", "qty", "side"))
    rows = np.empty(table.rows, RAW_PRINTS)
    problems: list[str] = []
    _collect(problems, read_integers, table, "ts_ns", rows["ts_ns"])
    _collect(problems, read_numbers, table, "price", rows["price"])
    _collect(problems, read_numbers, table, "qty", rows["lots"])
    _collect(problems, read_sides, table, "side", rows["side"])
    exchange = "exch_ts_ns" if "exch_ts_ns" in table.types else "ts_ns"
    _collect(problems, read_integers, table, exchange, rows["aggressor"])
    if not problems:
        problems = [*_times(table, rows["ts_ns"]), *_positive(table, "price", rows["price"], zero_is_fine=False)]
        problems += _positive(table, "qty", rows["lots"], zero_is_fine=False)
    if problems:
        raise TapeError(dict.fromkeys(problems))
    return rows


def _read_quotes(path: Path) -> Rows:
    table = open_table(path, ("ts_ns", "bid", "bid_qty", "ask", "ask_qty"))
    rows = np.empty(table.rows, RAW_QUOTES)
    problems: list[str] = []
    _collect(problems, read_integers, table, "ts_ns", rows["ts_ns"])
    for name, lots in (("bid", "bid_lots"), ("ask", "ask_lots")):
        _collect(problems, read_numbers, table, name, rows[name])
        _collect(problems, read_numbers, table, f"{name}_qty", rows[lots])
    if not problems:
        problems = _times(table, rows["ts_ns"])
        for name, lots in (("bid", "bid_lots"), ("ask", "ask_lots")):
            problems += _positive(table, f"{name}_qty", rows[lots], zero_is_fine=True)
            problems += _positive(table, name, rows[name], zero_is_fine=True)
            problems += _unpriced(table, name, rows[name], rows[lots])
    if problems:
        raise TapeError(problems)
    return rows


def _collect(problems: list[str], read: Any, table: Table, name: str, into: NDArray[Any]) -> None:
    try:
        read(table, name, into)
    except TapeError as error:
        problems.extend(error.problems)


def _times(table: Table, ts_ns: NDArray[np.int64]) -> list[str]:
    first = int(ts_ns[0])
    for unit, low, high in (("seconds", 1e8, 1e10), ("milliseconds", 1e11, 1e13), ("microseconds", 1e14, 1e16)):
        if low <= first < high:
            factor = int(1e18 / (low * 1e1))
            return [
                f"{table.path}: ts_ns starts at {first}, which looks like {unit}; multiply it by {factor:,} for ns."
            ]
    if first < 0:
        return [f"{table.path}, row 1: ts_ns is {first}; times are nanoseconds since 1970 UTC, not before it."]
    row = first_backwards(ts_ns)
    if row < 0:
        return []
    sentence = f"time runs backwards from {ts_ns[row - 1]} to {ts_ns[row]}; sort the file (equal times are legal)."
    return [f"{table.path}, row {row + 1}: {sentence}"]


def _positive(table: Table, name: str, values: NDArray[np.float64], *, zero_is_fine: bool) -> list[str]:
    row = first_not_positive(values, zero_is_fine)
    if row < 0:
        return []
    kind = "0 or more" if zero_is_fine else "more than 0"
    sentence = f"{name} is {table.written(name, row)}; it must be a number that is {kind}: correct the row or drop it."
    return [f"{table.path}, row {row + 1}: {sentence}"]


def _unpriced(table: Table, name: str, prices: NDArray[np.float64], sizes: NDArray[np.float64]) -> list[str]:
    bare = (prices == 0.0) & (sizes > 0.0)
    if not bare.any():
        return []
    row = int(np.argmax(bare))
    sentence = f"{name} is 0 with a size of {sizes[row]:g}; where nothing is displayed, {name}_qty must be 0 too."
    return [f"{table.path}, row {row + 1}: {sentence}"]


def _instrument(path: Path, prints: Rows, books: Rows | None, options: TapeOptions) -> Instrument:
    """Return the instrument as given, the steps that are not given inferred from the tape."""
    prices = [prints["price"]] if books is None else [books["bid"], books["ask"]]
    sizes = [prints["lots"], *([books["bid_lots"], books["ask_lots"]] if books is not None else [])]
    problems, steps = [], {}
    for name, given, groups in (("tick", options.tick, prices), ("lot", options.lot, sizes)):
        step = given if given is not None else infer_step(groups)
        if step is None:
            what = "prices" if name == "tick" else "sizes"
            problems.append(f"The {what} of {path} lie on no common step; give [instrument] {name}.")
        elif step <= 0:
            problems.append(f"[instrument] {name} is {step}; it must be more than 0.")
        else:
            steps[name] = step
    if problems:
        raise TapeError(problems)
    symbol = options.symbol or path.name.split(".")[0].removeprefix("trades_")
    least = (options.min_qty or Decimal(0), options.min_notional or Decimal(0))
    return Instrument(symbol, steps["tick"], steps["lot"], *least)


def _convert_prints(path: Path, raw: Rows, instrument: Instrument) -> dict[str, Any]:
    """Turn prices into ticks and sizes into lots (down: no more is traded than was), in place; return the counts."""
    tick, lot = float(instrument.tick), float(instrument.lot)
    _check_tick(path, raw["price"], instrument)
    _check_size(path, (raw["price"], raw["lots"]), instrument)
    rows = raw.view(PRINTS)
    to_steps(raw["lots"], lot, -1, rows["lots"])
    below = int(np.count_nonzero(rows["lots"] == 0))
    off_grid = prints_to_ticks(raw["price"], rows, tick)
    return {
        "orders": number_orders(rows["aggressor"], rows["side"], rows["aggressor"]),
        "unknown_sides": int(np.count_nonzero(rows["side"] == 0)),
        "off_grid_prints": off_grid,
        "below_lot": below,
        "equal_times": _equal_times(rows["ts_ns"]),
    }


def _convert_quotes(path: Path, raw: Rows, instrument: Instrument) -> dict[str, Any]:
    """Turn bids (down), asks (up) and sizes (up: no less is ahead than is displayed) into whole steps, in place."""
    tick, lot = float(instrument.tick), float(instrument.lot)
    for name in ("bid", "ask"):
        _check_tick(path, raw[name], instrument)
        _check_size(path, (raw[name], raw[f"{name}_lots"]), instrument)
    rows = raw.view(QUOTES)
    off_grid = to_steps(raw["bid"], tick, -1, rows["bid"]) + to_steps(raw["ask"], tick, 1, rows["ask"])
    to_steps(raw["bid_lots"], lot, 1, rows["bid_lots"])
    to_steps(raw["ask_lots"], lot, 1, rows["ask_lots"])
    silences = _silences(rows)
    kept, locked, crossed, empty, priceless, first_crossed, bid, ask = _keep_usable(rows)
    if crossed > MOST_CROSSED * len(rows):
        raise TapeError(
            f"{path}: {crossed / len(rows):.1%} of the quotes have the bid above the ask (first in row "
            f"{first_crossed + 1}: {bid * instrument.tick:f} over {ask * instrument.tick:f}), more than 1 %; "
            "are the columns bid and ask swapped, or several books mixed?"
        )
    if kept == 0:
        raise TapeError(f"{path} has no row with a price on both sides; a tape needs at least one.")
    return {
        "kept": kept,
        "silences": silences,
        "gaps": len(silences),
        "locked_quotes": locked,
        "crossed_quotes": crossed,
        "empty_sides": empty,
        "priceless_quotes": priceless,
        "off_grid_quotes": off_grid,
    }


def _silences(quotes: Rows) -> Rows:
    """Return the gaps that rows without any price mark: from the first of them to the next row that has one."""
    is_silent = (quotes["bid"] == 0) & (quotes["ask"] == 0)
    edges = np.flatnonzero(np.diff(is_silent, prepend=False, append=False))
    gaps = np.zeros(len(edges) // 2, GAPS)
    gaps["start_ns"] = quotes["ts_ns"][edges[::2]]
    ends = edges[1::2]
    gaps["end_ns"] = np.where(ends < len(quotes), quotes["ts_ns"][np.minimum(ends, len(quotes) - 1)], LARGEST_INTEGER)
    return gaps


def _check_size(path: Path, values: tuple[NDArray[np.float64], NDArray[np.float64]], instrument: Instrument) -> None:
    """Refuse numbers whose ticks, lots or cash do not fit in the integers of the ledger."""
    price, size = (float(column.max()) for column in values)
    ticks, lots = price / float(instrument.tick), size / float(instrument.lot)
    cash = ticks * lots * instrument.quanta_per_tick_lot
    if max(ticks, lots) >= EXACT_STEPS or cash >= LARGEST_INTEGER or not math.isfinite(cash):
        raise TapeError(
            f"{path}: {size:g} coins at {price:g} are too many steps of {instrument.tick:f} and {instrument.lot:f} "
            "for exact 64-bit integers; give a coarser [instrument] tick or lot."
        )


def _check_tick(path: Path, prices: NDArray[np.float64], instrument: Instrument) -> None:
    row = first_below(prices, float(instrument.tick))
    if row >= 0:
        raise TapeError(
            f"{path}, row {row + 1}: the price {prices[row]:g} is less than one tick of {instrument.tick:f}; "
            "give a finer [instrument] tick."
        )


def _lag(quotes: Rows, prints: Rows, options: TapeOptions, counts: dict[str, Any]) -> int:
    """Lag the quotes, in place, by what was given or measured; return the lag in ns."""
    counts["touch_shares"] = touch_shares(quotes, prints)
    if options.quote_lag_ms is not None:
        if not options.quote_lag_ms >= 0.0:
            raise TapeError(f"quote_lag_ms is {options.quote_lag_ms}; quotes cannot hold before their own time.")
        lag_ns = round(options.quote_lag_ms * NS_PER_MS)
    else:
        signed = counts["orders"] - counts["unknown_sides"]
        lag_ns = best_lag_ms(counts["touch_shares"], signed) * NS_PER_MS
    quotes["ts_ns"] += lag_ns
    return lag_ns


def _check_overlap(trades: tuple[Path, Rows], quotes: tuple[Path, Rows]) -> None:
    (first_trade, last_trade), (first_quote, last_quote) = (rows["ts_ns"][[0, -1]] for _, rows in (trades, quotes))
    if first_quote > last_trade or last_quote < first_trade:
        raise TapeError(
            f"The quotes of {quotes[0]} ({utc(first_quote)} to {utc(last_quote)}) do not overlap the trades of "
            f"{trades[0]} ({utc(first_trade)} to {utc(last_trade)}); give files of the same hours."
        )


@jit
def _equal_times(ts_ns: NDArray[np.int64]) -> int:
    count = 0
    for row in range(1, len(ts_ns)):
        count += ts_ns[row] == ts_ns[row - 1]
    return count


@jit
def _keep_usable(quotes: NDArray[np.void]) -> tuple[int, int, int, int, int, int, int, int]:
    """Move the usable quotes to the front; return how many, what was met, and the first crossed row with its prices."""
    kept, locked, crossed, empty, priceless = 0, 0, 0, 0, 0
    first_crossed, first_bid, first_ask = -1, 0, 0
    for row in range(len(quotes)):
        bid, ask = quotes[row]["bid"], quotes[row]["ask"]
        both = quotes[row]["bid_lots"] > 0 and quotes[row]["ask_lots"] > 0
        empty += not both
        if bid == 0 or ask == 0:
            priceless += 1
            continue
        if both and bid > ask:
            crossed += 1
            if first_crossed < 0:
                first_crossed, first_bid, first_ask = row, bid, ask
            continue
        locked += both and bid == ask
        if kept != row:
            quotes[kept] = quotes[row]
        kept += 1
    return kept, locked, crossed, empty, priceless, first_crossed, first_bid, first_ask
