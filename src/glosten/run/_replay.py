"""Replay: every decision of a trace, made again offline by the maker's own `step`, and compared bit by bit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from glosten import __version__
from glosten.errors import InputError, SettingsError
from glosten.maker import STATE, step
from glosten.params import PACKED
from glosten.records import ACTION, ACTIONS, EVENT, EventKind, Instrument
from glosten.run._standing import refill, unpack
from glosten.run._trace import action_words, digest
from glosten.run._trace_cycle import Units, cycle_record
from glosten.run._trace_file import clean
from glosten.run._twin import set_words

MOST_TOLD = 20
"""Mismatches that are described; the rest is counted."""
SHOWN = ("in", "model", "price", "capital", "size", "state", "targets", "actions", "thr_bps")
"""Members of a decision's record that are made again and compared."""
NEWS = ("view.", "candles.", "ranges.")
"""Words of the state that news of the market may change between two recorded events."""


@dataclass
class Replay:
    """What a replay found: decisions made again, those that came out otherwise, and what was said of the first ones."""

    cycles: int = 0
    mismatches: int = 0
    gaps: int = 0
    events: int = 0
    files: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def differ(self, place: str, what: str) -> None:
        """Count a mismatch, and describe it while there is room."""
        self.mismatches += 1
        if len(self.problems) < MOST_TOLD:
            self.problems.append(f"{place}: {what}.")


def replay(trace: Path) -> Replay:
    """Return what comes out when every decision of a trace is made again.

    ``trace`` is one file, or a folder with the files of one or several runs, each taken from its first line on.
    Raises `InputError` for what is no trace.
    """
    found = Replay()
    for path in _files(trace):
        found.files.append(str(path))
        _Machine(path, found).run()
    return found


def _files(trace: Path) -> list[Path]:
    if trace.is_file():
        return [trace]
    if not trace.is_dir():
        raise SettingsError(f"{trace} does not exist. A trace is a .jsonl file under logs/gm, or a folder of them.")
    files = sorted(trace.rglob("*.jsonl"))
    if not files:
        raise SettingsError(f"{trace} has no .jsonl file: nothing was traced there. GM_TRACE = true writes a trace.")
    return files


class _Machine:
    """The maker made again from one file of a trace."""

    def __init__(self, path: Path, found: Replay) -> None:
        self._path, self._found = path, found
        self._state: Any = None
        self._params: Any = None
        self._units: Any = None
        self._actions = np.zeros(ACTIONS, ACTION)

    def run(self) -> None:
        """Make every decision of the file again."""
        for number, record in self._records():
            place = f"{self._path.name}, line {number}"
            try:
                kind = record["type"]
                if kind in ("start", "gap"):
                    self._found.gaps += kind == "gap"
                    self._state, self._params = refill(STATE, record["state"]), refill(PACKED, record["params"])
                    self._units = _units(record["instrument"]) if kind == "start" else self._units
                elif kind == "cycle":
                    self._cycle(place, record)
            except (KeyError, TypeError, ValueError, IndexError) as error:
                message = f"{place}: is no record of this version of the program ({__version__}): {error}."
                raise InputError(message) from None
        if self._state is None:
            raise InputError(f"{self._path} is no trace: it has no start record.")

    def _records(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        with self._path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, start=1):
                try:
                    record = json.loads(line)
                except ValueError:
                    if not line.endswith("\n"):
                        return  # the last line of a trace that was cut off
                    raise InputError(f"{self._path}, line {number}: is no JSON.") from None
                if not isinstance(record, dict) or "type" not in record:
                    raise InputError(f"{self._path}, line {number}: is no record of a trace.")
                yield number, record

    def _cycle(self, place: str, record: Mapping[str, Any]) -> None:
        """Feed one decision its inputs and compare what comes out: actions, the record's words, the state's bytes."""
        if self._state is None:
            raise InputError(f"{place}: a decision stands before the start record.")
        self._found.cycles += 1
        differing: list[str] = []
        actions: list[list[int]] = []
        for entry in record["replay"]["events"]:
            if entry["kind"] == "params":
                self._params = refill(PACKED, entry["params"])
            else:
                actions = self._event(entry, differing)
        rows = np.array([tuple(action) for action in actions], ACTION)
        made = clean(cycle_record(unpack(self._state), self._units, record["in"]["obs"], rows))
        wrong = [name for name in SHOWN if made[name] != record[name]]
        if wrong:
            differing.append(f"{', '.join(wrong)} of the record differ from what comes out")
        if digest(self._state) != record["replay"]["state"]:
            differing.append("the state after the decision has other bytes")
        if differing:
            self._found.differ(f"{place} (cycle {record['cycle']})", "; ".join(differing))

    def _event(self, entry: Mapping[str, Any], differing: list[str]) -> list[list[int]]:
        """Take one event in, note what comes out otherwise, and return the actions."""
        changed = entry.get("changed", {})
        strange = [name for name in changed if not name.startswith(NEWS)]
        if strange:
            differing.append(f"{', '.join(strange[:3])} changed without an event")
        set_words(self._state, changed)
        row = np.zeros(1, EVENT)
        row["kind"] = EventKind[str(entry["kind"]).upper()]
        for name in entry.keys() & set(EVENT.names or ()) - {"kind"}:
            row[name] = entry[name]
        count = step(self._state, self._params, row, self._actions)
        self._found.events += 1
        came = action_words(self._actions[:count])
        if came != entry.get("actions", []):
            differing.append(f"{len(came)} actions came out of {entry['kind']}, not those of the trace")
        return came


def _units(rules: Mapping[str, str]) -> Units:
    """Return the units of the instrument that a start record names."""
    steps = {name: Decimal(value) for name, value in rules.items() if name != "symbol"}
    return Units(Instrument(rules["symbol"], **steps))
