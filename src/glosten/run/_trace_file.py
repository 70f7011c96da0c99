"""The file of a trace: JSON lines, rotated by day and size, written by a thread that never makes trading wait.

What its queue cannot take is lost and said so: a `gap` record with how many there were and the state after them. A
host that plays the past has nothing to lose by waiting and writes at once.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import Full, Queue
from threading import Thread
from typing import Any, NamedTuple, TextIO

import numpy as np

VERSION = 1
LONGEST_TEXT = 512
LARGEST_FILE = 64 * 1024 * 1024
WAITING = 4096
"""Records that may wait for the disk."""
NS_PER_MS = 1_000_000
FREE_TEXT = frozenset({"start", "stop", "config", "error"})
"""Records that hold words from outside; all others are made of numbers and the program's own names."""
SECRET_NAMES = re.compile(r"(?i)(api_?key|secret|passw|passphrase|token|signature|authorization|credential)")
SECRET_TEXT = re.compile(
    r"(?i)\b(api[_-]?key|secret|password|passphrase|token|signature|authorization)\b(\s*[=:]\s*)(bearer\s+)?[^\s,;&]+"
)
ADDRESS = re.compile(r"(?i)\b[a-z][a-z0-9+.-]*://[^\s\"'<>]+")


@dataclass(frozen=True, slots=True)
class TraceName:
    """What every record of a run says of itself, and where its files lie under ``root``."""

    root: Path
    exchange: str
    pair: str
    run_id: str
    mode: str

    @property
    def folder(self) -> Path:
        """Return logs/gm/<exchange>/<BASE-QUOTE> under the root; what could lead elsewhere is written as a dash."""
        return self.root / "logs" / "gm" / _safe(self.exchange) / _safe(self.pair)


def _safe(name: str) -> str:
    cleaned = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")
    return cleaned or "unnamed"


def clean(value: Any) -> Any:
    """Return a value as it may stand in a trace.

    What is not finite is null, texts have at most 512 characters and neither credentials nor addresses.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        text = SECRET_TEXT.sub(r"\1\2[redacted]", ADDRESS.sub("[address]", value))
        return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 3] + "..."
    if isinstance(value, Mapping):
        return {
            str(name): "[redacted]" if SECRET_NAMES.search(str(name)) and member else clean(member)
            for name, member in value.items()
        }
    if isinstance(value, list | tuple):
        return [clean(member) for member in value]
    return clean(value.item()) if isinstance(value, np.generic) else clean(str(value))


def _utc(ts_ns: int) -> str:
    return f"{datetime.fromtimestamp(ts_ns // 1_000_000_000, UTC):%Y-%m-%dT%H:%M:%S}.{ts_ns % 1_000_000_000:09d}Z"


class _Entry(NamedTuple):
    """A record on its way to the disk: its time and what it opens a file with, None where none may begin with it."""

    record: Mapping[str, Any]
    ts_ns: int
    opening: Callable[[], Mapping[str, Any]] | None
    lost: int


class TraceFile:
    """A trace under way. `put` takes records from one thread; a second one writes them.

    ``may_wait`` is for hosts that play the past: there each record is written at once and none is lost. ``problem`` is
    a sentence once the disk has failed; from then on nothing is written and nobody is disturbed.
    """

    def __init__(
        self, name: TraceName, *, may_wait: bool = False, waiting: int = WAITING, largest: int = LARGEST_FILE
    ) -> None:
        self.name = name
        self.problem = ""
        self.files: list[Path] = []
        self._queue: Queue[_Entry | None] = Queue(waiting)
        self._may_wait, self._largest = may_wait, largest
        self._lost = 0
        self._stream: TextIO | None = None
        self._day, self._size, self._seq = "", 0, 0
        self._writer = Thread(target=self._write_all, name="trace", daemon=True)
        if not may_wait:
            self._writer.start()

    def put(
        self, record: Mapping[str, Any], ts_ns: int, opening: Callable[[], Mapping[str, Any]] | None = None
    ) -> None:
        """Hand a record over without waiting for the disk.

        ``opening`` makes the record that a new file would begin with; it is given with decisions only, since a file
        must be replayable from its first line. After a loss everything up to the next decision is lost as well.
        """
        if self._lost and opening is None:
            self._lost += 1
            return
        entry = _Entry(record, ts_ns, opening, self._lost)
        if self._may_wait:
            self._write(entry)
            return
        try:
            self._queue.put_nowait(entry)
            self._lost = 0
        except Full:
            self._lost += 1

    def close(self, seconds: float = 10.0) -> None:
        """Write what is waiting and end, after at most so many seconds."""
        if not self._may_wait:
            try:
                self._queue.put(None, timeout=seconds)
            except Full:
                self.problem = self.problem or "The trace was cut off: the disk did not keep up."
                return
            self._writer.join(seconds)
        elif self._stream is not None:
            self._stream.close()

    def _write_all(self) -> None:
        """Write entry after entry until the end is handed over."""
        while (entry := self._queue.get()) is not None:
            self._write(entry)
        if self._stream is not None:
            self._stream.close()

    def _write(self, entry: _Entry) -> None:
        """Write one entry; a failure ends the trace and nothing else."""
        if self.problem:
            return
        try:
            self._write_entry(entry)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            self.problem = f"The trace in {self.name.folder} ends early: {reason}."
        except (TypeError, ValueError) as error:
            self.problem = f"The trace in {self.name.folder} ends early: a record cannot be written ({error})."

    def _write_entry(self, entry: _Entry) -> None:
        day = _utc(entry.ts_ns)[:10].replace("-", "")
        if self._stream is None or (entry.opening and (day != self._day or self._size > self._largest)):
            begins = self._stream is not None and entry.opening
            self._open(day)
            if begins and entry.opening:
                self._line({**entry.opening(), "reason": "rotation"}, entry)
        if entry.lost and entry.opening:
            opening = entry.opening()
            told = {name: opening[name] for name in ("cycle", "cfg_rev", "strict", "state", "params")}
            self._line({"type": "gap", **told, "lost": entry.lost}, entry)
        self._line(entry.record, entry)
        if self._stream is not None and not self._may_wait and self._queue.empty():
            self._stream.flush()

    def _open(self, day: str) -> None:
        """Go on in a new file of this day: 20240808.jsonl, then 20240808.1.jsonl and so on."""
        if self._stream is not None:
            self._stream.close()
        self.name.folder.mkdir(parents=True, exist_ok=True)
        number, path = 0, self.name.folder / f"{day}.jsonl"
        while path.exists():
            number += 1
            path = self.name.folder / f"{day}.{number}.jsonl"
        self._stream = path.open("x", encoding="utf-8", newline="\n")
        self._day, self._size = day, 0
        self.files.append(path)

    def _line(self, record: Mapping[str, Any], entry: _Entry) -> None:
        name = self.name
        envelope = {
            "v": VERSION,
            "type": record["type"],
            "ts": _utc(entry.ts_ns),
            "t_ms": entry.ts_ns // NS_PER_MS,
            "run_id": name.run_id,
            "seq": self._seq,
            "exchange": name.exchange,
            "pair": name.pair,
            "mode": name.mode,
        }
        line = _json({**envelope, **record}, may_be_foreign=record["type"] in FREE_TEXT)
        if self._stream is not None:
            self._size += self._stream.write(line + "\n")
            self._seq += 1


def _json(record: Mapping[str, Any], *, may_be_foreign: bool) -> str:
    """Return a record as one line of JSON, cleaned where texts from outside or numbers that are not finite need it."""
    encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
    if may_be_foreign:
        return encode(clean(record))
    try:
        return encode(record)
    except (TypeError, ValueError):
        return encode(clean(record))
