"""Watching backtests: where traces, logs and notifications wait until the folder of their run is written."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

from glosten.show._output import log
from glosten.show._run_folder import LOG, NOTIFICATIONS

if TYPE_CHECKING:
    from glosten.market import Tape
    from glosten.run import Run, Watch, Watched
    from glosten.settings import Finding, Settings


class Watching:
    """Keeps what watching runs leaves in a folder of its own beside ``out``, and takes that away again at the end.

    A pair is watched where a trace is asked for (GM_TRACE, QUANTRODUCTION_TRACE, TRACE_ALL; the last of any pair
    counts for all of them), or where the log is (``asked``).
    """

    def __init__(self, out: Path, all_settings: Iterable[Settings], *, asked: bool) -> None:
        self._above = next(parent for parent in out.resolve().parents if parent.is_dir())
        self._asked = asked
        self._all = any(settings.effective.TRACE_ALL for settings in all_settings)
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._streams: dict[str, TextIO] = {}
        self._watches: dict[str, Watch] = {}
        self._watched: dict[str, Watched] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in self._streams.values():
            stream.close()
        if self._scratch is not None:
            self._scratch.cleanup()

    def watch(self, name: str, settings: Settings, tape: Tape) -> Watch | None:
        """Return what watches the run of a pair, None where nobody asked for it."""
        from glosten.run import Watch, is_traced  # noqa: PLC0415

        traced = self._all or is_traced(settings)
        if not traced and not self._asked:
            return None
        folder = self._folder(name)
        stream = (folder / LOG).open("w", encoding="utf-8")
        self._streams[name] = stream
        watch = Watch(
            settings,
            tape,
            folder if traced else None,
            say=lambda line: _write(stream, line),
            console=_to_console if settings.effective.TRACE_ALL else None,
        )
        self._watches[name] = watch
        return watch

    def _folder(self, name: str) -> Path:
        if self._scratch is None:
            self._scratch = tempfile.TemporaryDirectory(dir=self._above, prefix=".glosten-")
        folder = Path(self._scratch.name, name.replace("/", "-") or "run")
        folder.mkdir(exist_ok=True)
        return folder

    def keep(self, name: str, run: Run) -> Run:
        """End the watch of a pair and return its run, with a warning where the trace is not whole."""
        if name not in self._watches:
            return run
        watched = self._watches[name].close()
        self._watched[name] = watched
        self._streams.pop(name).close()
        notes = json.dumps([asdict(one) for one in watched.notifications], ensure_ascii=False)
        (self._folder(name) / NOTIFICATIONS).write_text(notes, encoding="utf-8")
        return replace(run, warnings=(*run.warnings, watched.problem)) if watched.problem else run

    def beside(self, name: str) -> Path | None:
        """Return the folder of what is to lie beside the run of a pair, None where it was not watched."""
        return self._folder(name) if name in self._watched else None

    def facts(self, name: str, out: Path) -> dict[str, Any]:
        """Return where trace and log of a pair lie in its run's folder, for the summary."""
        if name not in self._watched:
            return {}
        watched = self._watched[name]
        files = [out.resolve() / file.relative_to(self._folder(name)) for file in watched.files]
        return {"trace": files, "log": out.resolve() / LOG, "notifications": len(watched.notifications)}


def _write(stream: TextIO, line: str) -> None:
    stream.write(f"{line}\n")


def _to_console(line: str) -> None:
    log().print(line, markup=False, highlight=False, soft_wrap=True)


def print_findings(findings: Iterable[Finding]) -> None:
    """Say on stderr, before anything runs, what the lint has to remark."""
    styles = {"error": "red", "warning": "yellow", "info": "dim"}
    for finding in findings:
        log().print(f"[{styles[finding.level]}]{finding.code}[/] {_escaped(finding.message)}")


def _escaped(text: str) -> str:
    from rich.markup import escape  # noqa: PLC0415

    return escape(text)


def print_facts(facts: dict[str, Any]) -> None:
    """Say on stderr where trace and log lie."""
    for file in facts.get("trace", ()):
        log().print(f"Trace: {file}", markup=False, soft_wrap=True)
    if "log" in facts:
        log().print(f"Log: {facts['log']}", markup=False, soft_wrap=True)
