"""What several rooms need of statistics: means with their errors, merging prints into orders."""

from __future__ import annotations

from glosten.statistics._mean import Mean, means_of_sums
from glosten.statistics._prints import number_orders
from glosten.statistics._streams import (
    FRACTIONS,
    advance,
    advance_word,
    bits,
    exchange_halves,
    sequence,
    stream,
    uncompiled_advance,
    uncompiled_bits,
    uniform,
)

__all__ = [
    "FRACTIONS",
    "Mean",
    "advance",
    "advance_word",
    "bits",
    "exchange_halves",
    "means_of_sums",
    "number_orders",
    "sequence",
    "stream",
    "uncompiled_advance",
    "uncompiled_bits",
    "uniform",
]
