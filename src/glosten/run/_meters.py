"""The meters of a pair: a finished run played through them, as a live session plays its events."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten import alpha
from glosten._jit import jit
from glosten.alpha import meter_decision, meter_fill, meter_quote
from glosten.run._alpha import instrument_of, require_quotes, start_mid_of
from glosten.run._result import Run

Rows = NDArray[np.void]
Integers = NDArray[np.int64]

FILL, QUOTE, DECISION = 0, 1, 2
"""Order within an instant: a fill meets the book before the quote that follows it, a decision comes last."""


@jit
def _play(meters: Any, fills: Any, quotes: Any, cycles: Any, kinds: Integers, places: Integers) -> None:
    for index in range(len(kinds)):
        place = places[index]
        if kinds[index] == QUOTE:
            meter_quote(meters, quotes[place]["ts_ns"], quotes[place]["bid"], quotes[place]["ask"])
        elif kinds[index] == FILL:
            meter_fill(meters, fills[place])
        else:
            meter_decision(meters, cycles[place]["ts_ns"], cycles[place]["prior"], cycles[place]["value"])


def meter_run(run: Run, quotes: Rows | None = None, half_life: float = math.inf) -> Rows:
    """Return the meters after a run: quotes, fills and decisions in the order in which they came.

    ``quotes`` are the tape's (None: those the run kept, if that was all of them); ``half_life`` as in
    `alpha.fresh_meters`. Raises `InputError` where the run kept a sample of its quotes only.
    """
    if quotes is None:
        require_quotes(run)
        quotes = run.market
    rules, fills, cycles = instrument_of(run), run.fills, run.cycles
    meters = alpha.fresh_meters(float(rules.tick), rules.quanta_per_tick_lot, half_life)
    start_mid = start_mid_of(run, quotes)
    alpha.meter_quote(meters, int(quotes["ts_ns"][0]), int(quotes["bid"][0]), int(quotes["ask"][0]))
    alpha.meter_start(meters, int(run.figures["held_at_start"]), start_mid)
    rows = (alpha.metered(fills), quotes, cycles)
    times = np.concatenate([part["ts_ns"] for part in rows])
    kinds = np.repeat([FILL, QUOTE, DECISION], [len(part) for part in rows])
    places = np.concatenate([np.arange(len(part)) for part in rows])
    order = np.lexsort((places, kinds, times))
    _play(meters, *rows, kinds[order], places[order])
    count = run.state[0]["count"]
    alpha.meter_orders(meters, int(count["placed"]), int(count["cancelled"]), int(count["rejected"]))
    return meters
