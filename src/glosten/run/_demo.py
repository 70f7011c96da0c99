"""The demonstration: the model simulated by two engines, and a day of the maker against a crowd of which some know."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from glosten import crowd
from glosten.market import Tape, tape_from_arrays
from glosten.records import PRINTS, QUOTES
from glosten.run._backtest import Progress, backtest
from glosten.run._band import with_band
from glosten.run._result import Run
from glosten.run._simulate import simulate
from glosten.run._simulation import Execution, Simulation
from glosten.settings import Settings, load
from glosten.statistics import Mean
from glosten.theory import Binary

MODEL = Binary(v_low=98.0, v_high=102.0, prior=0.5, alpha=0.3)
"""The first example of THEORY: it quotes 99.4 / 100.6."""
TRADES = 50
PATHS = 200_000
REPLAYED = (
    "The day is replayed: nobody sees the maker's quotes, so informed traders who would have hit them inside the "
    "dealers' spread stayed out, and what they take is understated. One day is one draw: another seed makes another "
    "result."
)


@dataclass(frozen=True, slots=True)
class Counterparty:
    """What the maker earned from one class of traders, in quote units: against the true value at the time, before fees.

    ``per_order`` is the mean over the orders of that class that met ours, ``gain`` their sum.
    """

    who: str
    fills: int
    gain: float
    per_order: Mean


@dataclass(frozen=True)
class Demonstration:
    """The model by two engines that must agree, the day's run, its settings, and who paid for its result."""

    exact: Simulation
    drawn: Simulation
    spec: crowd.Crowd
    settings: Settings
    run: Run
    counterparties: tuple[Counterparty, ...]


def demonstrate(
    seed: int, *, progress: Progress | None = None, say: Callable[[str], None] | None = None
) -> Demonstration:
    """Return the model of `MODEL` by both engines, and the default maker's day against the default crowd.

    The same seed gives the same figures on every machine; neither files nor the environment are read. ``progress`` is
    called with (events played, events in all), ``say`` with what is being done. On a first run compiling is nearly all
    of the work, so the day and the model are made in a second process while this one compiles the maker.
    """
    spec = crowd.Crowd()
    settings = load(None, overrides=("ALLOC_CONFIRMED=true",), environment={})
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        made, simulated = pool.submit(crowd.day, spec, seed), pool.submit(simulate_both, seed)
        backtest(settings, _opening(spec))
        day = made.result()
        tape = tape_from_arrays(spec.instrument, day.quotes, day.trades)
        run = backtest(
            settings,
            tape,
            title=f"A simulated day against an informed crowd, seed {seed}",
            seed=seed,
            value_path=day.values,
            progress=progress,
        )
        if say is not None:
            say("Playing the other fill models")
        run = with_band(run, settings, tape)
        if say is not None:
            say("Simulating the model")
        exact, drawn = simulated.result()
    run = replace(run, warnings=(*run.warnings, REPLAYED))
    return Demonstration(exact, drawn, spec, settings, run, who_paid(run, day))


def _opening(spec: crowd.Crowd) -> Tape:
    """Return the shortest tape of the crowd's instrument: nothing to trade on, but all there is to compile for."""
    quote, trade = np.zeros(1, QUOTES), np.zeros(1, PRINTS)
    start = round(spec.start_price / float(spec.tick))
    quote["ts_ns"] = trade["ts_ns"] = spec.start_ns
    quote["bid"], quote["ask"], trade["price"] = start - 1, start + 1, start + 1
    quote["bid_lots"] = quote["ask_lots"] = trade["lots"] = trade["side"] = 1
    return tape_from_arrays(spec.instrument, quote, trade)


def simulate_both(seed: int) -> tuple[Simulation, Simulation]:
    """Return `MODEL` over `TRADES` trades, exact and by `PATHS` paths."""
    nothing_kept = Execution(sampled=0)
    return (
        simulate(MODEL, TRADES, engine="exact", execution=nothing_kept),
        simulate(MODEL, TRADES, PATHS, seed, execution=nothing_kept),
    )


def who_paid(run: Run, day: crowd.Day) -> tuple[Counterparty, ...]:
    """Return what the maker's fills on a simulated day earned from informed and from noise traders.

    The gain of a fill is s (price - V) quantity, s = +1 for our sell.
    Source: Glosten & Milgrom (1985): what the maker loses to the informed it must earn from the others.
    """
    fills, tick, lot = run.fills, float(run.instrument["tick"]), float(run.instrument["lot"])
    trade = np.searchsorted(day.trades["ts_ns"], fills["ts_ns"])  # every fill is of the print at its very time
    before = np.searchsorted(day.values["ts_ns"], fills["ts_ns"], side="right") - 1
    value = day.values["value"][np.maximum(before, 0)]
    gain = -fills["side"] * (fills["price"] * tick - value) * fills["lots"] * lot
    knows = day.informed[np.minimum(trade, len(day.informed) - 1)]
    return (
        _counterparty("informed traders", gain[knows], trade[knows]),
        _counterparty("noise traders", gain[~knows], trade[~knows]),
    )


def _counterparty(who: str, gain: NDArray[np.float64], trade: NDArray[np.int64]) -> Counterparty:
    _, order = np.unique(trade, return_inverse=True)
    return Counterparty(who, len(gain), float(gain.sum()), Mean.of(np.bincount(order, weights=gain)))
