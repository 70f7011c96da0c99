"""A progress bar for whoever waits longer than two seconds, on stderr, and only where somebody is watching."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

from glosten.show._output import log

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_S = 2.0


class Waiting:
    """A bar that appears after `PATIENCE_S`; ``say`` names the work, ``advance`` tells how far it is."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._done, self._total = 0, 0
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(PATIENCE_S, self._appear)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        if log().is_terminal:
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            if self._bar is not None:
                self._bar.stop()

    def say(self, what: str) -> None:
        """Name what is being done now; how far it is starts again."""
        self._what, self._done, self._total = what, 0, 0
        self._refresh()

    def advance(self, done: int, total: int) -> None:
        """Tell that ``done`` of ``total`` is done."""
        self._done, self._total = done, total
        self._refresh()

    def _appear(self) -> None:
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

        with self._lock:
            columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=log(), transient=True)
            self._task = self._bar.add_task(self._what, total=None)
            self._bar.start()
        self._refresh()

    def _refresh(self) -> None:
        with self._lock:
            if self._bar is not None and self._task is not None:
                self._bar.update(self._task, description=self._what, completed=self._done, total=self._total or None)
