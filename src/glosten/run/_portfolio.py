"""Portfolio: several pairs in one process, each on its own tape, that share the exposure ledger (STRATEGY R6, 4.6)."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten.market import Tape
from glosten.run._backtest import CHUNK, EMPTY_PATH, About, Play, Progress, prepare, result
from glosten.run._result import Run
from glosten.settings import Settings

PORTFOLIO_FILE = "portfolio.json"
EXPOSURE_ROW = np.dtype([("ts_ns", "i8"), ("allocation", "f8"), ("inventory", "f8"), ("ratio", "f8")])
"""A ledger after a decision of one of its pairs: sums in its currency, and their ratio r."""


@dataclass(frozen=True)
class PortfolioPair:
    """One pair to trade: its name, its settings (overrides applied) and its tape."""

    name: str
    settings: Settings
    tape: Tape

    @property
    def quote_asset(self) -> str:
        """Return what pays for the coin."""
        return self.name.partition("/")[2] or self.name


@dataclass(frozen=True)
class Ledger:
    """The pairs that count together: their sums are in ``currency``; ``exposures`` as `EXPOSURE_ROW`, in time order."""

    currency: str
    pairs: tuple[str, ...]
    exposures: NDArray[np.void]

    def summary(self) -> dict[str, Any]:
        """Return the last sums and the largest ratio as plain values."""
        last = self.exposures[-1] if len(self.exposures) else np.zeros(1, EXPOSURE_ROW)[0]
        return {
            "currency": self.currency,
            "pairs": list(self.pairs),
            "allocation": float(last["allocation"]),
            "inventory": float(last["inventory"]),
            "ratio": float(last["ratio"]),
            "largest_ratio": float(self.exposures["ratio"].max(initial=0.0)),
        }


@dataclass(frozen=True)
class PortfolioRun:
    """A finished backtest of several pairs: the run of each, and their exposure ledgers."""

    runs: Mapping[str, Run]
    ledgers: tuple[Ledger, ...]

    def summary(self) -> dict[str, Any]:
        """Return every pair's figures and the ledgers' as plain JSON-able values."""
        return {
            "pairs": {name: run.summary() for name, run in self.runs.items()},
            "portfolio": [ledger.summary() for ledger in self.ledgers],
        }

    def save_ledgers(self, directory: Path) -> Path:
        """Write the ledgers' figures beside the folders of the runs and return the file."""
        file = directory / PORTFOLIO_FILE
        file.write_text(json.dumps(self.summary()["portfolio"], indent=1, allow_nan=False), encoding="utf-8")
        return file


def share_ledgers(pairs: Sequence[PortfolioPair]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the ledgers as (currency, numbers of its pairs), for the pairs that are included.

    A ledger sums one quote asset. A pair whose ``runtime.quote_unit`` says what its quote asset is worth counts in the
    currency of the keys, which is the quote asset of the first pair that leaves the unit at 1. Source: STRATEGY R6, R7.
    """
    included = [number for number, pair in enumerate(pairs) if pair.settings.effective.PORTFOLIO_INCLUDE]
    plain = [number for number in included if pairs[number].settings.runtime.quote_unit == 1.0]
    common = pairs[plain[0]].quote_asset if plain else "the currency of the keys"
    found: dict[str, list[int]] = {}
    for number in included:
        currency = pairs[number].quote_asset if number in plain else common
        found.setdefault(currency, []).append(number)
    return tuple((currency, tuple(numbers)) for currency, numbers in found.items())


class _Table:
    """What each pair entered into its ledger last, in the ledger's currency; a silent pair keeps its last entry."""

    def __init__(self, pairs: Sequence[PortfolioPair], plays: Sequence[Play]) -> None:
        self.plays = plays
        self.quanta = [float(pair.tape.instrument.quantum) * pair.settings.runtime.quote_unit for pair in pairs]
        self.ledgers = share_ledgers(pairs)
        self.mates = {number: numbers for _, numbers in self.ledgers for number in numbers}
        self.entered = np.zeros((len(pairs), 2))
        self.exposures: dict[int, list[tuple[int, float, float, float]]] = {number: [] for number in self.mates}

    def tell(self, number: int) -> None:
        """Write the sums of the other pairs where the loop tells them to the maker of this one."""
        cursor = self.plays[number].cursor
        others = [mate for mate in self.mates.get(number, ()) if mate != number]
        allocation, inventory = self.entered[others].sum(axis=0) / self.quanta[number]
        cursor["told_allocation"], cursor["told_inventory"] = round(allocation), round(inventory)
        cursor["pairs"] = len(others)

    def hear(self, number: int, now_ns: int) -> None:
        """Take the entry a pair made at its decision."""
        if number not in self.mates:
            return
        cursor, quantum = self.plays[number].cursor, self.quanta[number]
        self.entered[number] = cursor["own_allocation"] * quantum, cursor["own_inventory"] * quantum
        allocation, inventory = self.entered[list(self.mates[number])].sum(axis=0)
        ratio = inventory / allocation if allocation > 0.0 else 0.0
        self.exposures[self.mates[number][0]].append((now_ns, allocation, inventory, ratio))

    def result(self, names: Sequence[str]) -> tuple[Ledger, ...]:
        return tuple(
            Ledger(
                currency,
                tuple(names[number] for number in numbers),
                np.array(self.exposures[numbers[0]], EXPOSURE_ROW),
            )
            for currency, numbers in self.ledgers
        )


def backtest_portfolio(pairs: Sequence[PortfolioPair], *, progress: Progress | None = None) -> PortfolioRun:
    """Play several tapes to as many makers, decision by decision in the order of time, and return what happened.

    Before each decision the maker is told what the other pairs of its ledger entered at theirs; at one instant pairs
    decide in the order given. Each pair has its own wallet. Raises `RunError` as `backtest` does.
    """
    plays = [prepare(pair.settings, pair.tape) for pair in pairs]
    for play in plays:
        play.cursor["pauses"] = 1
        play.advance(0)  # compiled before the clock starts
    table = _Table(pairs, plays)
    total = sum(len(pair.tape.quotes) + len(pair.tape.trades) for pair in pairs)
    seconds, played = [0.0] * len(pairs), [0] * len(pairs)
    for number in range(len(pairs)):
        played[number] += _to_decision(plays[number])
    while waiting := [number for number in range(len(pairs)) if plays[number].cursor["is_waiting"]]:
        number = min(waiting, key=lambda one: int(plays[one].cursor["next_clock_ns"]))
        now_ns, before = int(plays[number].cursor["next_clock_ns"]), time.perf_counter()
        table.tell(number)
        played[number] += _to_decision(plays[number])
        table.hear(number, now_ns)
        seconds[number] += time.perf_counter() - before
        if progress is not None:
            progress(sum(played), total)
    runs = {
        pair.name: result(
            pair.settings,
            pair.tape,
            plays[number],
            About(f"Backtest of {pair.name} in a portfolio", None, EMPTY_PATH, seconds[number], played[number]),
        )
        for number, pair in enumerate(pairs)
    }
    return PortfolioRun(runs, table.result([pair.name for pair in pairs]))


def _to_decision(play: Play) -> int:
    """Play on until the next decision is due, or the tape ends, and return how many events were played."""
    played = play.advance(CHUNK)
    while not (play.cursor["is_waiting"] or play.cursor["is_done"]):
        played += play.advance(CHUNK)
    return played
