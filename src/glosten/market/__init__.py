"""The outside: tapes of real trades and quotes, what vendors ship, and the matcher."""

from __future__ import annotations

from glosten.market._batch import Batch, Format, ImportOptions, Kind
from glosten.market._candles import CandleModel
from glosten.market._check import Report
from glosten.market._fetch import FetchRequest, fetch_tape
from glosten.market._formats import FORMATS
from glosten.market._load import load_tape
from glosten.market._market_day import moment_ns
from glosten.market._matcher import (
    FEES,
    RESTING,
    UNKNOWN_QUEUE,
    accept,
    cancel,
    fresh_fills,
    fresh_resting,
    on_book,
    on_trade,
)
from glosten.market._tape import GAPS, Tape, TapeNotes, TapeOptions, tape_between, tape_from_arrays
from glosten.market._tape_file import CheckedTape, ImportedTape, check_out, check_tape, describe_tape, import_tape

__all__ = [
    "FEES",
    "FORMATS",
    "GAPS",
    "RESTING",
    "UNKNOWN_QUEUE",
    "Batch",
    "CandleModel",
    "CheckedTape",
    "FetchRequest",
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
    "describe_tape",
    "fetch_tape",
    "fresh_fills",
    "fresh_resting",
    "import_tape",
    "load_tape",
    "moment_ns",
    "on_book",
    "on_trade",
    "tape_between",
    "tape_from_arrays",
]
