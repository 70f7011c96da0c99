"""The matcher beside hftbacktest's, and many configurations over one loaded tape.

Run with `python -m benchmarks matcher`. Both matchers keep one post-only bid and ask at the touch of the same tape,
looked at every 100 ms; times are process CPU seconds of the loop alone, after compiling and after each has its data in
its own form. hftbacktest runs in the environment that `make oracle` makes; without it only ours is measured.
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import numpy as np
from benchmarks.maker import KEYS, long_tape, resident_megabytes
from oracle.__main__ import ask_hftbacktest
from oracle.ours import run_quoting

from glosten import settings
from glosten.market import Tape, fresh_fills, fresh_venue
from glosten.records import ACTION
from glosten.run import STRICTEST_FIRST, backtest, backtest_many

TICKS, PARALLEL_TICKS = 2_000_000, 20_000_000
EVERY_NS, LOTS = 100_000_000, 1
ORACLE = Path(__file__).resolve().parents[1] / ".venv-oracle" / "bin" / "python"


def our_quoting(tape: Tape) -> tuple[float, int]:
    """Return the CPU seconds of the rule on our matcher, and how many orders it placed."""
    rows = (fresh_fills(), np.zeros(1, ACTION)[0], np.zeros(1, np.int64))
    started = time.process_time()
    placed = run_quoting(fresh_venue()[0], (tape.quotes, tape.trades), EVERY_NS, LOTS, rows)
    return time.process_time() - started, placed


def with_latency(tape: Tape, *overrides: str) -> float:
    """Return the CPU seconds of the whole maker on a tape."""
    chosen = settings.load(None, overrides=(*KEYS, *overrides), environment={})
    started = time.process_time()
    backtest(chosen, tape)
    return time.process_time() - started


def side_by_side(tape: Tape) -> None:
    """Print the ticks a CPU second of both matchers under the same rule."""
    our_quoting(long_tape(1000))
    spent, placed = our_quoting(tape)
    ours = TICKS / spent / 1e6
    print(f"{'our matcher, a bid and an ask every 100 ms':<58}{ours:>8.1f} M ticks/s   {placed:,} orders")
    if not ORACLE.exists():
        print("hftbacktest is not here to compare with: `make oracle` makes its environment.")
        return
    said = ask_hftbacktest(ORACLE, tape, every_ns=EVERY_NS, lots=LOTS)
    theirs = TICKS / float(said["cpu_s"]) / 1e6
    print(f"{'hftbacktest, the same rule':<58}{theirs:>8.1f} M ticks/s   {int(said['placed']):,} orders")
    print(f"{'ours to hftbacktest':<58}{ours / theirs:>8.1f} times      wanted >= 1")


def models(tape: Tape) -> None:
    """Print the ticks a CPU second of the whole maker under every fill model, and with latency."""
    backtest(settings.load(None, overrides=KEYS, environment={}), long_tape(1000))
    for model in STRICTEST_FIRST:
        spent = with_latency(tape, f"runtime.fill_model={model}")
        print(f"{f'the 61-key maker, {model}':<58}{TICKS / spent / 1e6:>8.1f} M ticks/s")
    late = [f"runtime.{name}_latency_ms=20" for name in ("feed", "order", "response")]
    spent = with_latency(tape, *late)
    print(f"{'the 61-key maker, 20 ms each way':<58}{TICKS / spent / 1e6:>8.1f} M ticks/s")


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of those it has waited for."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def many() -> None:
    """Print what eight configurations on one tape take one by one and in two processes."""
    tape = long_tape(PARALLEL_TICKS)
    alphas = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4)
    several = [settings.load(None, overrides=(*KEYS, f"GM_ALPHA={alpha}"), environment={}) for alpha in alphas]
    spent = {}
    for workers in (1, 2):
        started, before = time.perf_counter(), cpu_seconds()
        backtest_many(several, tape, workers=workers)
        spent[workers] = (time.perf_counter() - started, cpu_seconds() - before)
    size = (tape.quotes.nbytes + tape.trades.nbytes) / 1e6
    for workers, words in ((1, "one by one"), (2, f"2 processes, {size:.0f} MB held once")):
        name = f"8 configurations, {PARALLEL_TICKS:,} ticks, {words}"
        wall, cpu = spent[workers]
        print(f"{name:<58}{wall:>8.1f} s   {cpu:.1f} s CPU")
    print(f"{'resident here after all':<58}{resident_megabytes('VmRSS'):>8.0f} MB in {tempfile.gettempdir()}")


def main() -> None:
    """Print every figure."""
    tape = long_tape(TICKS)
    side_by_side(tape)
    models(tape)
    many()


if __name__ == "__main__":
    main()
