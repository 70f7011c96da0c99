"""The outside: tapes of real trades and quotes, and the matcher."""

from __future__ import annotations

from glosten.market._depth import with_depth
from glosten.market._latency import LATENCY_COLUMNS, constant_latency, delay, load_latency
from glosten.market._load import load_tape
from glosten.market._matcher import accept, cancel, on_book, on_level, on_trade
from glosten.market._settle import reserved
from glosten.market._tape import GAPS, Tape, TapeNotes, TapeOptions, tape_from_arrays
from glosten.market._venue import UNKNOWN_QUEUE, VENUE, FeeAsset, FillModel, fresh_fills, fresh_venue

__all__ = [
    "GAPS",
    "LATENCY_COLUMNS",
    "UNKNOWN_QUEUE",
    "VENUE",
    "FeeAsset",
    "FillModel",
    "Tape",
    "TapeNotes",
    "TapeOptions",
    "accept",
    "cancel",
    "constant_latency",
    "delay",
    "fresh_fills",
    "fresh_venue",
    "load_latency",
    "load_tape",
    "on_book",
    "on_level",
    "on_trade",
    "reserved",
    "tape_from_arrays",
    "with_depth",
]
