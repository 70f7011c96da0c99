"""The outside: tapes of real trades and quotes, what vendors ship, and the matcher."""

from __future__ import annotations

from glosten.market._batch import Batch, Format, ImportOptions, Kind
from glosten.market._candles import CandleModel
from glosten.market._check import Report
from glosten.market._depth import with_depth
from glosten.market._fetch import FetchRequest, fetch_tape
from glosten.market._formats import FORMATS
from glosten.market._latency import LATENCY_COLUMNS, constant_latency, delay, load_latency
from glosten.market._load import load_tape
from glosten.market._market_day import moment_ns
from glosten.market._matcher import accept, cancel, on_book, on_level, on_trade
from glosten.market._tape import GAPS, Tape, TapeNotes, TapeOptions, tape_between, tape_from_arrays
from glosten.market._tape_file import CheckedTape, ImportedTape, check_out, check_tape, describe_tape, import_tape
from glosten.market._venue import UNKNOWN_QUEUE, VENUE, FeeAsset, FillModel, fresh_fills, fresh_venue

__all__ = [
    "FORMATS",
    "GAPS",
    "LATENCY_COLUMNS",
    "UNKNOWN_QUEUE",
    "VENUE",
    "Batch",
    "CandleModel",
    "CheckedTape",
    "FeeAsset",
    "FetchRequest",
    "FillModel",
    "Format",
    "ImportOptions",
    "ImportedTape",
    "Kind",
    "Report",
    "Tape",
    "TapeNotes",
    "TapeOptions",
    "accept",
    "cancel",
    "check_out",
    "check_tape",
    "constant_latency",
    "delay",
    "describe_tape",
    "fetch_tape",
    "fresh_fills",
    "fresh_venue",
    "import_tape",
    "load_latency",
    "load_tape",
    "moment_ns",
    "on_book",
    "on_level",
    "on_trade",
    "tape_between",
    "tape_from_arrays",
    "with_depth",
]
