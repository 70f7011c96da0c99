"""Many backtests over one loaded tape: processes that map the same memory, one configuration each."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten.market import Tape
from glosten.run._backtest import backtest
from glosten.run._result import Run
from glosten.settings import Settings

SHORT = 3_000_000
"""Events, of all runs together, up to which they are played here one after the other: a process takes seconds to start.
"""
_SHARED = ("quotes", "trades", "gaps", "levels")

_tapes: dict[str, Tape] = {}
"""The tape that a process of the pool has opened, by the folder it lies in."""


def backtest_many(
    settings: Sequence[Settings], tape: Tape, *, title: str = "backtest", workers: int | None = None
) -> list[Run]:
    """Return the run of each configuration on one tape, in their order; the same bytes for any number of workers.

    ``workers`` processes share the tape, which is mapped into each and held in memory once (None: as many as there are
    cores; 1, or a short tape: none, everything is played here). Raises `RunError` and `TapeError` as `backtest` does.
    """
    count = min(workers or _cores(), len(settings))
    events = (len(tape.quotes) + len(tape.trades)) * len(settings)
    if count <= 1 or (workers is None and events < SHORT):
        return [backtest(one, tape, title=title) for one in settings]
    with tempfile.TemporaryDirectory(prefix="glosten-tape-") as folder:
        for name in _SHARED:
            np.save(Path(folder, f"{name}.npy"), getattr(tape, name))
        bare = _with_rows(tape, {name: getattr(tape, name)[:0] for name in _SHARED})
        with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
            plain = [replace(one, provenance=dict(one.provenance)) for one in settings]  # a proxy does not travel
            waiting = [pool.submit(_play, one, bare, folder, title) for one in plain]
            return [run.result() for run in waiting]


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _play(settings: Settings, bare: Tape, folder: str, title: str) -> Run:
    if folder not in _tapes:
        _tapes.clear()
        _tapes[folder] = _with_rows(bare, {name: _mapped(Path(folder, f"{name}.npy")) for name in _SHARED})
    return backtest(settings, _tapes[folder], title=title)


def _with_rows(tape: Tape, rows: Mapping[str, Any]) -> Tape:
    return replace(tape, **rows)


def _mapped(path: Path) -> NDArray[np.void]:
    """Return an array whose pages are the file's, shared with every process; nobody writes to it.

    It is opened for copying on a write, because compiled code takes a read-only array for another type.
    """
    try:
        rows: NDArray[np.void] = np.load(path, mmap_mode="c").view(np.ndarray)
    except ValueError:  # an array without rows cannot be mapped
        rows = np.load(path)
    return rows
