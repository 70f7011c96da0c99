"""From files to a tape: read, refuse what cannot be traded on, count what can be lived with, round against us."""

from __future__ import annotations

import math
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten.errors import TapeError
from glosten.market._candles import quotes_of_candles
from glosten.market._convert import EXACT_STEPS, Converted, convert_prints, convert_quotes
from glosten.market._depth import book_changes
from glosten.market._files import Table
from glosten.market._grid import infer_step
from glosten.market._lag import NS_PER_MS, best_lag_ms, first_from, share_looked_at, touch_shares
from glosten.market._sources import Sources, open_sources
from glosten.market._synthetic import synthetic_quotes
from glosten.market._tape import Tape, TapeNotes, TapeOptions, utc
from glosten.records import LARGEST_INTEGER, LEVELS, Instrument
from glosten.statistics import number_orders

MOST_CROSSED = 0.01
"""Share of crossed quotes above which a file is refused."""

Rows = NDArray[np.void]


def load_tape(trades: Path, quotes: Path | None = None, options: TapeOptions | None = None) -> Tape:
    """Load a tape of trades, with quotes or with quotes implied by the trades.

    Files are parquet or csv with the columns ``ts_ns, price, qty, side`` and ``ts_ns, bid, bid_qty, ask, ask_qty``
    (``exch_ts_ns``, where trades have it, merges prints into orders), or vendor files as `import_tape` reads them; a
    vendor file of trades may bring its own quotes. A row of quotes without any price marks a gap, up to the next
    quote. Quotes of several levels (``bid2, bid2_qty, ask2, ...``) bring the depth. Candles become prints, and the tape
    says so. Raises TapeError, all problems at once.
    """
    options = options or TapeOptions()
    with ExitStack() as stack:
        sources = open_sources(trades, quotes, stack)
        instrument = _instrument(sources, options)
        steps = (float(instrument.tick), float(instrument.lot))
        prints = convert_prints(sources.trades, steps)
        books = None if sources.quotes is None else convert_quotes(sources.quotes, steps)
        _refuse(sources, prints, books)
        levels = np.zeros(0, LEVELS) if sources.quotes is None else book_changes(sources.quotes, steps)
    for table, converted in ((sources.trades, prints), (sources.quotes, books)):
        if table is not None and converted is not None:
            _check_steps(table, converted, instrument)
    rows = prints.rows
    counts = _print_counts(rows, prints.seen) | {"skipped_prints": sources.skipped}
    if sources.quotes is None or books is None:
        return _without_quotes(sources, rows, instrument, counts)
    _check_crossed(sources.quotes, books, instrument)
    _add_quote_counts(counts, books)
    kept, gaps = books.rows, books.gaps
    lag_ns = _lag(kept, rows, (options.quote_lag_ms, sources.lag_ms), counts)
    for name in ("start_ns", "end_ns"):
        gaps[name] += lag_ns
    levels["ts_ns"] += lag_ns
    _check_overlap((sources.trades.path, rows), (sources.quotes.path, kept))
    counts["unquoted"] = first_from(rows, kept[0]["ts_ns"]) + len(rows) - first_from(rows, kept[-1]["ts_ns"] + 1)
    return Tape(
        instrument,
        kept,
        rows,
        quote_lag_ns=lag_ns,
        files=sources.files,
        notes=TapeNotes(**counts),
        gaps=gaps,
        levels=levels,
        candles=sources.candles,
        sides=sources.sides,
    )


def _without_quotes(sources: Sources, rows: Rows, instrument: Instrument, counts: dict[str, Any]) -> Tape:
    kept = synthetic_quotes(rows) if sources.candles is None else quotes_of_candles(rows)
    if len(kept) == 0:
        raise TapeError(
            f"{sources.trades.path} lacks a buy or a sell, so without a quotes file nobody knows bid and ask; give one."
        )
    return Tape(
        instrument,
        kept,
        rows,
        synthetic_quotes=True,
        files=sources.files,
        notes=TapeNotes(**counts),
        candles=sources.candles,
        sides=sources.sides,
    )


def _instrument(sources: Sources, options: TapeOptions) -> Instrument:
    """Return the instrument as given, the steps that are not given inferred from the tape."""
    trades, quotes = sources.trades, sources.quotes
    problems, steps = [], {}
    for name, given in (("tick", options.tick), ("lot", options.lot)):
        step = given if given is not None else _infer(name, trades, quotes)
        if step is None:
            what = "prices" if name == "tick" else "sizes"
            problems.append(f"The {what} of {trades.path} lie on no common step; give [instrument] {name}.")
        elif step <= 0:
            problems.append(f"[instrument] {name} is {step}; it must be more than 0.")
        else:
            steps[name] = step
    if problems:
        ones = (1.0, 1.0)  # what is wrong with the numbers themselves comes first
        _refuse(sources, convert_prints(trades, ones), None if quotes is None else convert_quotes(quotes, ones))
        raise TapeError(problems)
    symbol = options.symbol or sources.symbol
    least = (options.min_qty or Decimal(0), options.min_notional or Decimal(0))
    return Instrument(symbol, steps["tick"], steps["lot"], *least)


def _infer(name: str, trades: Table, quotes: Table | None) -> Decimal | None:
    """Return the step of the quotes' prices (the prints' where there are none), or of all sizes."""
    if name == "tick":
        groups = trades.sample(("price",)) if quotes is None else quotes.sample(("bid", "ask"))
    else:
        groups = trades.sample(("qty",)) | (quotes.sample(("bid_qty", "ask_qty")) if quotes is not None else {})
    return infer_step(list(groups.values()))


def _refuse(sources: Sources, prints: Converted, books: Converted | None) -> None:
    """Raise TapeError with everything in the files that cannot be."""
    problems = [*prints.problems, *([] if books is None else books.problems)]
    if not prints.problems:
        problems += [*_times(sources.trades, prints), *_impossible(sources.trades, prints, ("price", "qty"), 0)]
    if books is not None and sources.quotes is not None and not books.problems:
        problems += _times(sources.quotes, books)
        problems += _impossible(sources.quotes, books, ("bid", "bid_qty"), 0)
        problems += _impossible(sources.quotes, books, ("ask", "ask_qty"), 1)
    if problems:
        raise TapeError(dict.fromkeys(problems))


def _times(table: Table, converted: Converted) -> list[str]:
    first, seen = converted.first_ns, converted.seen
    for unit, low, high in (("seconds", 1e8, 1e10), ("milliseconds", 1e11, 1e13), ("microseconds", 1e14, 1e16)):
        if low <= first < high:
            factor = int(1e18 / (low * 1e1))
            return [
                f"{table.path}: ts_ns starts at {first}, which looks like {unit}; multiply it by {factor:,} for ns."
            ]
    if first < 0:
        return [f"{table.path}, row 1: ts_ns is {first}; times are nanoseconds since 1970 UTC, not before it."]
    if seen["backwards"] < 0:
        return []
    sentence = f"time runs backwards from {seen['from_ns']} to {seen['to_ns']}; sort the file (equal times are legal)."
    return [f"{table.path}, row {seen['backwards'] + 1}: {sentence}"]


def _impossible(table: Table, converted: Converted, names: tuple[str, str], side: int) -> list[str]:
    """Return sentences for the first price and the first size of a side that cannot be."""
    price, size = names
    seen, kind = converted.seen, "more than 0" if price == "price" else "0 or more"
    problems = []
    for name, row in ((size, int(seen["bad_size"][side])), (price, int(seen["bad_price"][side]))):
        if row >= 0:
            problems.append(
                f"{table.path}, row {row + 1}: {name} is {table.written(name, row)}; it must be a number that is "
                f"{kind}: correct the row or drop it."
            )
    row = int(seen["bare"][side])
    if row >= 0:
        problems.append(
            f"{table.path}, row {row + 1}: {price} is 0 with a size of {float(table.written(size, row)):g}; where "
            f"nothing is displayed, {size} must be 0 too."
        )
    return problems


def _check_steps(table: Table, converted: Converted, instrument: Instrument) -> None:
    """Refuse prices below one tick, and numbers whose ticks, lots or cash do not fit in the integers of the ledger."""
    seen = converted.seen
    for side in range(2):
        row = int(seen["below_tick"][side])
        if row >= 0:
            raise TapeError(
                f"{table.path}, row {row + 1}: the price {float(seen['below_price'][side]):g} is less than one tick of "
                f"{instrument.tick:f}; give a finer [instrument] tick."
            )
        price, size = float(seen["price"][side]), float(seen["size"][side])
        ticks, lots = price / float(instrument.tick), size / float(instrument.lot)
        cash = ticks * lots * instrument.quanta_per_tick_lot
        if max(ticks, lots) >= EXACT_STEPS or cash >= LARGEST_INTEGER or not math.isfinite(cash):
            raise TapeError(
                f"{table.path}: {size:g} coins at {price:g} are too many steps of {instrument.tick:f} and "
                f"{instrument.lot:f} for exact 64-bit integers; give a coarser [instrument] tick or lot."
            )


def _print_counts(rows: Rows, seen: np.void) -> dict[str, Any]:
    """Number the market orders of the prints, in place, and return what was met in them."""
    return {
        "orders": number_orders(rows["aggressor"], rows["side"], rows["aggressor"]),
        "unknown_sides": int(seen["unknown_sides"]),
        "off_grid_prints": int(seen["off_grid"]),
        "below_lot": int(seen["below_lot"]),
        "equal_times": int(seen["equal_times"]),
    }


def _check_crossed(table: Table, books: Converted, instrument: Instrument) -> None:
    seen = books.seen
    crossed, rows = int(seen["crossed"]), int(seen["rows"])
    if crossed > MOST_CROSSED * rows:
        bid, ask = (int(seen[name]) * instrument.tick for name in ("crossed_bid", "crossed_ask"))
        raise TapeError(
            f"{table.path}: {crossed / rows:.1%} of the quotes have the bid above the ask (first in row "
            f"{seen['first_crossed'] + 1}: {bid:f} over {ask:f}), more than 1 %; "
            "are the columns bid and ask swapped, or several books mixed?"
        )
    if len(books.rows) == 0:
        raise TapeError(f"{table.path} has no row with a price on both sides; a tape needs at least one.")


def _add_quote_counts(counts: dict[str, Any], books: Converted) -> None:
    seen = books.seen
    counts["gaps"] = len(books.gaps)
    counts["equal_times"] += int(seen["equal_times"])
    for name, met in (
        ("locked_quotes", "locked"),
        ("crossed_quotes", "crossed"),
        ("empty_sides", "empty"),
        ("priceless_quotes", "priceless"),
        ("off_grid_quotes", "off_grid"),
    ):
        counts[name] = int(seen[met])


def _lag(quotes: Rows, prints: Rows, given: tuple[float | None, float | None], counts: dict[str, Any]) -> int:
    """Lag the quotes, in place, by what was given (with the run, then with the tape) or measured; return the lag."""
    counts["touch_shares"] = touch_shares(quotes, prints)
    lag_ms = next((one for one in given if one is not None), None)
    if lag_ms is not None:
        if not lag_ms >= 0.0:
            raise TapeError(f"quote_lag_ms is {lag_ms}; quotes cannot hold before their own time.")
        lag_ns = round(lag_ms * NS_PER_MS)
    else:
        signed = counts["orders"] - counts["unknown_sides"]
        lag_ns = best_lag_ms(counts["touch_shares"], int(signed * share_looked_at(len(prints)))) * NS_PER_MS
    if lag_ns:
        quotes["ts_ns"] += lag_ns
    return lag_ns


def _check_overlap(trades: tuple[Path, Rows], quotes: tuple[Path, Rows]) -> None:
    (first_trade, last_trade), (first_quote, last_quote) = (rows["ts_ns"][[0, -1]] for _, rows in (trades, quotes))
    if first_quote > last_trade or last_quote < first_trade:
        raise TapeError(
            f"The quotes of {quotes[0]} ({utc(first_quote)} to {utc(last_quote)}) do not overlap the trades of "
            f"{trades[0]} ({utc(first_trade)} to {utc(last_trade)}); give files of the same hours."
        )
