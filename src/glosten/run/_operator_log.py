"""The operator's log: lines at the level of LOG_LEVEL, dashboards when they are due, [TRACE] blocks on the console."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import glosten
from glosten.records import Instrument
from glosten.run._dashboard import Outcome, dashboard, dashboard_lines
from glosten.run._log_lines import decision_lines, record_line, trace_block
from glosten.run._standing import Standing
from glosten.run._twin import Row
from glosten.settings import Settings, lint

MINUTE_NS = 60_000_000_000
Say = Callable[[str], None]


class OperatorLog:
    """Listens to the records of a pair and says them: ``say`` takes a line of the log, ``console`` one of TRACE_ALL.

    A dashboard comes with the first decision, and where VERBOSE_LOGS is on every VERBOSE_INTERVAL_MIN after it.
    """

    def __init__(self, settings: Settings, instrument: Instrument, say: Say, console: Say | None = None) -> None:
        self._settings, self._instrument = settings, instrument
        self._say, self._console = say, console
        self._findings = lint(settings)
        self._next_dashboard_ns: int | None = None

    def configure(self, settings: Settings) -> None:
        """Go on under changed settings."""
        self._settings, self._findings = settings, lint(settings)

    def record(self, record: Mapping[str, Any], ts_ns: int) -> None:
        """Say a record other than a decision's."""
        del ts_ns
        line = record_line(record, self._settings.effective.LOG_LEVEL)
        if line:
            self._say(line)

    def decided(self, state: Row, ts_ns: int) -> None:
        """Say a decision, and the dashboard where it is due."""
        keys = self._settings.effective
        needs_console = keys.TRACE_ALL and self._console is not None
        is_due = self._is_due(ts_ns)
        if keys.LOG_LEVEL == "SILENT" and not needs_console and not is_due:
            return
        standing = Standing.of(state, self._settings, self._instrument, self._findings)
        for line in decision_lines(standing):
            self._say(line)
        if is_due:
            for line in dashboard_lines(dashboard(standing, Outcome(glosten.__version__))):
                self._say(line)
        if keys.TRACE_ALL and self._console is not None:
            for line in trace_block(standing):
                self._console(line)

    def _is_due(self, ts_ns: int) -> bool:
        """Return whether a dashboard is due, and set the time of the next: never where VERBOSE_LOGS is off."""
        keys = self._settings.effective
        if self._next_dashboard_ns is None:
            self._next_dashboard_ns = ts_ns + round(keys.VERBOSE_INTERVAL_MIN * MINUTE_NS)
            return True
        if not keys.VERBOSE_LOGS or ts_ns < self._next_dashboard_ns:
            return False
        self._next_dashboard_ns += round(keys.VERBOSE_INTERVAL_MIN * MINUTE_NS)
        return True
