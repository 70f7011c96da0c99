"""Watch: a backtest that is looked at step by step, for its trace, its log and its notifications.

The tape is played by the compiled loop as ever; what it told the maker is told again to a twin, which shows every
state in between. Both must hold the same bytes, and that is checked each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from glosten.alpha import Mids
from glosten.errors import RunError
from glosten.market import Tape
from glosten.records import Instrument, Side
from glosten.run._backtest import EMPTY_PATH, About, Play, Progress, play_out, prepare, result
from glosten.run._notices import Notices, Notification
from glosten.run._operator_log import OperatorLog, Say
from glosten.run._result import Run
from glosten.run._trace import Tracer
from glosten.run._trace_cycle import Record
from glosten.run._trace_file import TraceFile, TraceName
from glosten.run._twin import Row, Twin
from glosten.settings import Settings

EXCHANGE = "tape"
"""What a backtest's traces call their venue."""
HORIZONS_S = (1, 10, 60)


def is_traced(settings: Settings) -> bool:
    """Return whether any of the three switches asks for a trace.

    Source: STRATEGY C16.
    """
    keys = settings.effective
    return keys.GM_TRACE or keys.QUANTRODUCTION_TRACE or keys.TRACE_ALL


@dataclass(frozen=True, slots=True)
class Watched:
    """What watching a run left: the files of its trace, what the operator was notified of, and what went wrong."""

    files: tuple[Path, ...]
    notifications: tuple[Notification, ...]
    problem: str


class Watch:
    """Watches one backtest: writes a trace under ``root`` where one is asked for, and says the log line by line.

    ``say`` takes the lines of the log (None: no log), ``console`` those of TRACE_ALL.
    """

    def __init__(
        self, settings: Settings, tape: Tape, root: Path | None, *, say: Say | None = None, console: Say | None = None
    ) -> None:
        instrument = tape.instrument
        self._notices = Notices(instrument)
        self._markouts = _Markouts(tape)
        self._file = None
        if root is not None:
            name = TraceName(root, EXCHANGE, instrument.symbol, settings.hash, settings.runtime.mode)
            self._file = TraceFile(name, may_wait=True)
        log = OperatorLog(settings, instrument, say or _nothing, console)
        listeners = (self._notices, log) if say is not None or console is not None else (self._notices,)
        self._tracer = Tracer(
            self._file.put if self._file is not None else _drop,
            settings,
            instrument,
            listeners=listeners,
            markouts=self._markouts,
        )
        self._twin: Twin | None = None
        self._last_ns, self._first_ns = tape.span[1], tape.span[0]

    def attach(self, play: Play) -> None:
        """Begin to watch a play that has not been advanced yet."""
        self._twin = Twin(play.play["state"], play.play["params"])
        self._tracer.start(play.play["state"], play.play["params"], self._first_ns)
        play.cursor["keeps_journal"] = 1
        play.watcher = self._drain
        self._markouts.follow(play)

    def _drain(self, play: Row) -> None:
        """Take in what the loop has told the maker since the last time."""
        if self._twin is None:
            return
        cursor = play[0]["cursor"]
        events = play[0]["journal"][: cursor["journaled"]]
        for taken in self._twin.take(events):
            self._tracer.take(taken)
        cursor["journaled"] = 0
        if self._twin.state.tobytes() != play["state"].tobytes():
            raise RunError("The maker and its twin came to different states: this is a defect of the program.")

    def close(self) -> Watched:
        """End the trace and return what watching left."""
        self._tracer.stop("end of the tape", self._last_ns)
        if self._file is None:
            return Watched((), tuple(self._notices.sent), "")
        self._file.close()
        return Watched(tuple(self._file.files), tuple(self._notices.sent), self._file.problem)


def _nothing(line: str) -> None:
    """Say nothing."""


def _drop(record: Mapping[str, Any], ts_ns: int, opening: Callable[[], Mapping[str, Any]] | None = None) -> None:
    """Keep no trace."""


class _Markouts:
    """What a fill is worth against the mid of the tape some seconds later, in bps of the mid at the fill.

    The fill's time is the venue's, as the loop records it: the maker hears of it later where there is latency.
    """

    def __init__(self, tape: Tape) -> None:
        self._instrument: Instrument = tape.instrument
        self._mids = Mids(tape.quotes, float(tape.instrument.tick))
        self._play: Play | None = None
        self._told = 0

    def follow(self, play: Play) -> None:
        """Read the times of the fills, which come in their order, from the record of a play."""
        self._play = play

    def __call__(self, event: Any) -> Record:
        fill = event if self._play is None else self._play.record.fills[self._told]
        self._told += 1
        now_ns = int(fill["ts_ns"])
        later = np.array([now_ns, *(now_ns + horizon * 1_000_000_000 for horizon in HORIZONS_S)], np.int64)
        mids: Sequence[float] = self._mids.at(later).tolist()
        ours = 1 if event["side"] == Side.SELL else -1
        price = float(int(event["price"]) * self._instrument.tick)
        return {
            f"markout_{horizon}_bps": 1e4 * ours * (price - mid) / mids[0] if when <= self._mids.end_ns else None
            for horizon, when, mid in zip(HORIZONS_S, later[1:].tolist(), mids[1:], strict=True)
        }


def watched_backtest(
    settings: Settings, tape: Tape, watch: Watch, *, title: str = "backtest", progress: Progress | None = None
) -> Run:
    """Play a tape as `backtest` does, watched, and return the same run; the caller closes the watch."""
    play = prepare(settings, tape)
    watch.attach(play)
    played, seconds = play_out(play, progress)
    return result(settings, tape, play, About(title, None, EMPTY_PATH, seconds, played))
