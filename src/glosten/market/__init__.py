"""The outside: tapes of real trades and quotes, and the matcher."""

from __future__ import annotations

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

__all__ = [
    "FEES",
    "RESTING",
    "UNKNOWN_QUEUE",
    "accept",
    "cancel",
    "fresh_fills",
    "fresh_resting",
    "on_book",
    "on_trade",
]
