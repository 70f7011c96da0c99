"""The outside: tapes of real trades and quotes, and the matcher."""

from __future__ import annotations

from glosten.market._load import load_tape
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
from glosten.market._tape import GAPS, Tape, TapeNotes, TapeOptions, tape_from_arrays

__all__ = [
    "FEES",
    "GAPS",
    "RESTING",
    "UNKNOWN_QUEUE",
    "Tape",
    "TapeNotes",
    "TapeOptions",
    "accept",
    "cancel",
    "fresh_fills",
    "fresh_resting",
    "load_tape",
    "on_book",
    "on_trade",
    "tape_from_arrays",
]
