"""Any csv or parquet with a header: columns by their usual names, or as the user maps them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import polars as pl

from glosten.errors import TapeError
from glosten.market._batch import SCHEMA, UNITS, Batch, Format, ImportOptions, Kind, seller_if_maker_buys, unit_of
from glosten.market._vendor_file import VendorFile, csv_frames, read_metadata

SLICE_ROWS = 1_000_000
USUAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ts_ns": ("ts_ns", "timestamp", "time", "ts", "datetime", "date", "open_time", "opentime"),
        "price": ("price", "rate", "px"),
        "qty": ("qty", "quantity", "amount", "size"),
        "side": ("side", "taker_side", "aggressor", "direction"),
        "buyer_is_maker": ("buyer_is_maker", "is_buyer_maker", "isbuyermaker"),
        "trade_id": ("trade_id", "tradeid", "id", "agg_trade_id"),
        "exch_ts_ns": ("exch_ts_ns",),
        "bid": ("bid", "bid_price", "best_bid", "best_bid_price", "bidprice"),
        "bid_qty": ("bid_qty", "bid_size", "bid_amount", "best_bid_qty", "bidsize"),
        "ask": ("ask", "ask_price", "best_ask", "best_ask_price", "askprice"),
        "ask_qty": ("ask_qty", "ask_size", "ask_amount", "best_ask_qty", "asksize"),
        "open": ("open",),
        "high": ("high",),
        "low": ("low",),
        "close": ("close",),
        "volume": ("volume", "vol"),
        "instrument": ("instrument", "symbol", "market", "pair", "runner_id"),
    }
)
"""Our columns and what others call them; capitals do not matter."""

ALIASES = {"time": "ts_ns", "amount": "qty", "size": "qty", "id": "trade_id", "symbol": "instrument"}
"""Names of our columns that users may write in a map."""
SIDE_WORDS = {"buy": 1, "b": 1, "buyer": 1, "1": 1, "+1": 1, "1.0": 1} | {
    "sell": -1,
    "s": -1,
    "seller": -1,
    "-1": -1,
    "-1.0": -1,
    **dict.fromkeys(("unknown", "0", "0.0", "", "none", "u"), 0),
}
_NEEDED = {
    Kind.TRADES: ("ts_ns", "price", "qty"),
    Kind.QUOTES: ("ts_ns", "bid", "bid_qty", "ask", "ask_qty"),
    Kind.CANDLES: ("ts_ns", "open", "high", "low", "close", "volume"),
}
_OPTIONAL = {Kind.TRADES: ("side", "buyer_is_maker", "trade_id", "exch_ts_ns")}
_LEVEL = re.compile(r"^(bid|ask)\d+(_qty)?$")


def header(file: VendorFile) -> list[str]:
    """Return the names of the columns of a csv or parquet file; nothing where it has none."""
    if file.is_parquet:
        try:
            return list(pl.read_parquet_schema(file.path)) if file.container == "plain" else []
        except pl.exceptions.PolarsError as error:
            reason = str(error).splitlines()[0]
            raise TapeError(f"{file.path} cannot be read; is it damaged or still being written? ({reason})") from error
    lines = file.first_lines(1)
    if not lines:
        return []
    names = [name.strip().strip('"') for name in lines[0].split(_separator(lines[0]))]
    is_header = len(names) > 1 and not any(re.match(r"^-?\d", name) for name in names)
    return names if is_header else []


def _separator(line: str) -> str:
    return max(",;\t|", key=line.count)


def matched(names: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """Return our columns and the file's for them. Raises TapeError where a map names what is not there."""
    found: dict[str, str] = {}
    lowered = {name.lower(): name for name in reversed(names)}
    for ours, theirs in given.items():
        name = ALIASES.get(ours, ours)
        if name not in USUAL:
            raise TapeError(f"--map {ours}={theirs}: {ours} is none of our columns: {', '.join(USUAL)}.")
        if theirs not in names:
            raise TapeError(f"--map {ours}={theirs}: the file has no column {theirs}; it has {', '.join(names)}.")
        found[name] = theirs
    for name, usual in USUAL.items():
        there = next((lowered[other] for other in usual if other in lowered), None)
        if name not in found and there is not None and there not in found.values():
            found[name] = there
    return found


def kind_of(columns: Mapping[str, str], given: Mapping[str, str]) -> Kind | None:
    """Return what a table with these columns holds; where it could be several, what the map speaks of."""
    kinds = [kind for kind, needed in _NEEDED.items() if set(needed) <= set(columns)]
    wanted = [kind for kind in kinds if {ALIASES.get(name, name) for name in given} & (set(_NEEDED[kind]) - {"ts_ns"})]
    return next(iter(wanted or kinds), None)


def _recognises(file: VendorFile) -> bool:
    names = header(file)
    return bool(names) and kind_of(matched(names, {}), {}) is not None


def _read(files: Sequence[VendorFile], options: ImportOptions) -> Iterator[Batch]:
    for file in files:
        names = header(file)
        columns = matched(names, options.columns)
        kind = kind_of(columns, options.columns)
        if kind is None:
            raise TapeError(
                f"{file.path} has the columns {', '.join(names) or 'of no header'}; say which are ours with --map, "
                "as in --map time=Date,price=Last,qty=Lots: trades need time, price, qty; quotes time, bid, bid_qty, "
                "ask, ask_qty; candles time, open, high, low, close, volume."
            )
        yield from _batches(file, kind, columns, options)


def _batches(file: VendorFile, kind: Kind, columns: dict[str, str], options: ImportOptions) -> Iterator[Batch]:
    known = str(read_metadata(file.path).get("instrument", "")) if file.is_parquet else ""
    given = "" if "ts_ns" not in {ALIASES.get(name, name) for name in options.columns} else options.unit
    unit = "ns" if columns["ts_ns"] == "ts_ns" and not given else options.unit
    row = 0
    for frame in _frames(file, kind, columns):
        if not unit:
            unit = _unit(frame[columns["ts_ns"]])
        rows = _ours(file, kind, columns, frame, (unit, row))
        row += len(frame)
        if "instrument" not in columns:
            yield Batch(kind, known, rows)
            continue
        owner = frame[columns["instrument"]].cast(pl.String).fill_null("")
        for name in owner.unique(maintain_order=True):
            yield Batch(kind, str(name), rows.filter(owner == name))


def _frames(file: VendorFile, kind: Kind, columns: dict[str, str]) -> Iterator[pl.DataFrame]:
    names = header(file)
    kept = {*_NEEDED[kind], *_OPTIONAL.get(kind, ()), "instrument"}
    wanted = [theirs for ours, theirs in columns.items() if ours in kept]
    wanted += [name for name in names if kind is Kind.QUOTES and _LEVEL.match(name)]
    if not file.is_parquet:
        separator = _separator(file.first_lines(1)[0])
        schema = {name or f"column{at}": pl.String for at, name in enumerate(names)}
        if len(schema) < len(names):
            raise TapeError(f"{file.path} has two columns of one name; rename one of them.")
        for frame in csv_frames(file, schema, skip_header=True, separator=separator):
            yield frame.select(wanted)
        return
    scan = pl.scan_parquet(file.path).select(wanted)
    count = int(scan.select(pl.len()).collect().item())
    size = file.path.stat().st_size
    for first in range(0, count, SLICE_ROWS):
        yield scan.slice(first, SLICE_ROWS).collect()
        file.watch(size * min(first + SLICE_ROWS, count) // count)


def _unit(times: pl.Series) -> str:
    """Return the unit of whole or decimal times by the size of the first; ns where they are no numbers."""
    first = times.drop_nulls().head(1)
    if len(first) == 0 or times.dtype.is_temporal():
        return "ns"
    try:
        return unit_of(float(first[0]))
    except ValueError:
        return "ns"


def _ours(
    file: VendorFile, kind: Kind, columns: dict[str, str], frame: pl.DataFrame, at: tuple[str, int]
) -> pl.DataFrame:
    """Return the frame in our columns. Raises TapeError with the first row that holds something else."""
    unit, first_row = at
    made: dict[str, pl.Series] = {"ts_ns": _times(frame[columns["ts_ns"]], unit)}
    for name in SCHEMA[kind]:
        if name in columns and name not in ("ts_ns", "side"):
            made[name] = _numbers(frame[columns[name]])
    for name in (name for name in frame.columns if kind is Kind.QUOTES and _LEVEL.match(name)):
        made[name] = _numbers(frame[name])
    if kind is Kind.TRADES:
        made |= _sides(columns, frame)
    for name, series in made.items():
        theirs = frame[columns.get(name, columns.get("buyer_is_maker", name) if name == "side" else name)]
        is_bad = series.is_null() if name in _WHAT else series.is_null() & theirs.is_not_null()
        if is_bad.any():
            row = int(is_bad.arg_max() or 0)
            raise TapeError(
                f"{file.path}, row {first_row + row + 1}: {theirs.name} is {theirs[row]!r}, "
                f"which is no {_WHAT.get(name, 'number')}."
            )
    rows = pl.DataFrame(made)
    if kind is Kind.TRADES and "side" not in made:
        rows = rows.with_columns(side=pl.lit(0, pl.Int8))
    extras = {name: _whole(frame[columns[name]]) for name in ("exch_ts_ns", "trade_id") if name in columns}
    return rows.with_columns(pl.Series(name, series) for name, series in extras.items() if kind is Kind.TRADES)


_WHAT = {"ts_ns": "time", "side": "side (buy, sell, 1, -1, 0 or unknown)"}


def _numbers(series: pl.Series) -> pl.Series:
    # The shortest text of a float32 is what was meant: 181.85, not 181.85000610351562.
    exact = series.cast(pl.String) if series.dtype == pl.Float32 else series
    return exact.cast(pl.Float64, strict=False)


def _whole(series: pl.Series) -> pl.Series:
    """Return numbers of trades as whole numbers where all of them are, else as texts."""
    whole = series.cast(pl.Int64, strict=False)
    return whole if whole.null_count() == series.null_count() else series.cast(pl.String)


def _times(series: pl.Series, unit: str) -> pl.Series:
    """Return times in ns since 1970 UTC: whole or decimal numbers of a unit, dates, or ISO 8601 texts."""
    scale = UNITS[unit or "ns"]
    if series.dtype.is_integer():
        return series.cast(pl.Int64) * scale
    if series.dtype.is_temporal():
        return series.cast(pl.Datetime("ns")).dt.epoch("ns")
    if series.dtype.is_numeric():
        return (series.cast(pl.Float64) * scale).round().cast(pl.Int64, strict=False)
    digits = len(str(scale)) - 1
    frame = series.cast(pl.String).str.strip_chars().to_frame("t")
    parts = pl.col("t").str.extract_groups(r"^(-?\d+)(?:\.(\d*))?$")
    fraction = parts.struct[1].fill_null("").str.slice(0, digits).str.pad_end(digits, "0")
    extra = pl.when(fraction == "").then(pl.lit("0")).otherwise(fraction).cast(pl.Int64, strict=False)
    number = parts.struct[0].cast(pl.Int64, strict=False) * scale + extra
    iso = pl.col("t").str.to_datetime(time_unit="ns", time_zone="UTC", strict=False).dt.epoch("ns")
    times = frame.select(number).to_series()
    return times if times.null_count() == 0 else frame.select(pl.coalesce(number, iso)).to_series()


def _sides(columns: dict[str, str], frame: pl.DataFrame) -> dict[str, pl.Series]:
    if "side" in columns:
        words = frame[columns["side"]].cast(pl.String).str.strip_chars().str.to_lowercase().fill_null("unknown")
        return {"side": words.replace_strict(SIDE_WORDS, default=None, return_dtype=pl.Int8)}
    if "buyer_is_maker" in columns:
        return {"side": frame.select(seller_if_maker_buys(columns["buyer_is_maker"])).to_series()}
    return {}


COLUMNS = Format(
    "columns",
    "any csv or parquet with a header: trades, quotes or candles, by usual names or --map",
    _recognises,
    _read,
)
