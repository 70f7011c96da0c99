"""The maker's figures: one step from Python, decisions in a loop, a month, 20 million ticks, memory, start-up.

Run with `python -m benchmarks maker`. Times are process CPU seconds: of short pieces the median of several runs, of the
long tape one run. Machines are shared and noisy, so the figures move.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import numpy as np

from glosten import maker, params, settings
from glosten.market import Tape, tape_from_arrays
from glosten.records import ACTION, ACTIONS, PRINTS, QUOTES, Book, Clock, Instrument
from glosten.run import backtest

TICKS = 20_000_000
KEYS = ("ALLOC_CONFIRMED=true",)
INSTRUMENT = Instrument("BTC/USDT", Decimal("0.01"), Decimal("0.00001"))


def step_microseconds(calls: int = 100_000, runs: int = 7) -> dict[str, float]:
    """Return the cost of one call of `maker.step` from Python, for a quote and for a whole decision."""
    row = params.pack(params.Strategy(ALLOC_CONFIRMED=True), params.Runtime(), INSTRUMENT)
    state = maker.fresh(row, Decimal(31_815), Decimal("0.0735"))
    actions = np.zeros(ACTIONS, ACTION)
    now_ns = 1_723_161_254_000_000_000
    book = Book(now_ns, 6_183_763, 300_000, 6_183_764, 150_000).event()
    clock = Clock(now_ns).event()
    figures = {}
    for name, event in (("a quote", book), ("a decision", clock)):
        maker.step(state, row, event, actions)
        spent = []
        for _ in range(runs):
            started = time.process_time()
            for _ in range(calls):
                maker.step(state, row, event, actions)
            spent.append((time.process_time() - started) / calls * 1e6)
        figures[name] = statistics.median(spent)
    return figures


def long_tape(ticks: int) -> Tape:
    """Return a day of quotes and prints like those of a liquid pair: four quotes a print, a random walk in ticks."""
    draw = np.random.default_rng(0)
    prints, quotes = np.zeros(ticks // 5, PRINTS), np.zeros(ticks - ticks // 5, QUOTES)
    start, day = 1_723_161_254_000_000_000, 86_400_000_000_000
    quotes["ts_ns"] = start + np.arange(len(quotes), dtype=np.int64) * (day // len(quotes))
    prints["ts_ns"] = start + np.arange(len(prints), dtype=np.int64) * (day // len(prints)) + 1
    mid = np.cumsum(draw.integers(-60, 61, len(quotes), dtype=np.int16), dtype=np.int64)
    mid += 6_183_763
    quotes["bid"], quotes["ask"] = mid, mid + 1
    quotes["bid_lots"] = draw.integers(1, 500_000, len(quotes), dtype=np.int32)
    quotes["ask_lots"] = draw.integers(1, 500_000, len(quotes), dtype=np.int32)
    at = np.minimum(np.searchsorted(quotes["ts_ns"], prints["ts_ns"]) - 1, len(quotes) - 1)
    prints["side"] = 2 * draw.integers(0, 2, len(prints), dtype=np.int8).astype(np.int64) - 1
    prints["price"] = mid[at] + (prints["side"] > 0)
    prints["lots"] = draw.integers(1, 20_000, len(prints), dtype=np.int32)
    prints["aggressor"] = np.arange(len(prints))
    return tape_from_arrays(INSTRUMENT, quotes, prints)


def cycles_per_second(cycles: int = 1_000_000) -> float:
    """Return how many decisions a CPU second takes in the compiled loop, on a book that stands still."""
    quotes, prints = np.zeros(2, QUOTES), np.zeros(1, PRINTS)
    start = 1_723_161_254_000_000_000
    quotes["ts_ns"] = start, start + cycles * 1_000_000_000
    quotes["bid"], quotes["ask"], quotes["bid_lots"], quotes["ask_lots"] = 6_183_763, 6_183_764, 300_000, 150_000
    prints["ts_ns"], prints["price"] = start + 1, 6_183_763
    chosen = settings.load(None, overrides=(*KEYS, "runtime.cycle_seconds=1"), environment={})
    tape = tape_from_arrays(INSTRUMENT, quotes, prints)
    backtest(chosen, long_tape(1000))
    started = time.process_time()
    result = backtest(chosen, tape)
    return float(result.figures["cycles"] / (time.process_time() - started))


def month_seconds(ticks: int = 1_000_000) -> dict[str, float]:
    """Return the CPU seconds of thirty days at a decision every 15 s, after loading, and how many there were."""
    tape = long_tape(ticks)
    for rows in (tape.quotes, tape.trades):
        rows["ts_ns"] = tape.quotes["ts_ns"][0] + (rows["ts_ns"] - tape.quotes["ts_ns"][0]) * 30
    chosen = settings.load(None, overrides=KEYS, environment={})
    backtest(chosen, long_tape(1000))
    started = time.process_time()
    result = backtest(chosen, tape_from_arrays(INSTRUMENT, tape.quotes, tape.trades))
    return {"seconds": time.process_time() - started, "cycles": result.figures["cycles"]}


def resident_megabytes(kind: str) -> float:
    """Return the resident memory of this process now (VmRSS) or its peak since it was reset (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(kind))


def forget_peak() -> None:
    """Let the peak of resident memory start again from what is resident now (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")


def long_backtest(ticks: int = TICKS) -> dict[str, float]:
    """Play a tape of ``ticks`` events; return its speed and the memory it took on top of what was loaded."""
    chosen = settings.load(None, overrides=KEYS, environment={})
    backtest(chosen, long_tape(1000))  # compiled, and every library loaded: the idle process
    tape = long_tape(ticks)
    size = (tape.quotes.nbytes + tape.trades.nbytes) / 1e6
    loaded = resident_megabytes("VmRSS")
    forget_peak()
    started = time.process_time()
    result = backtest(chosen, tape)
    seconds = time.process_time() - started
    return {
        "ticks": ticks,
        "cpu_s": seconds,
        "million_ticks_per_cpu_s": ticks / seconds / 1e6,
        "fills": result.figures["fills"],
        "orders": result.figures["orders"],
        "tape_mb": size,
        "mb_above_loaded_tape": resident_megabytes("VmHWM") - loaded,
    }


def child(code: str) -> dict[str, float]:
    """Run a piece of Python in a process of its own, so that its memory is its own, and return what it prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def command_cpu_seconds(arguments: list[str], runs: int = 5) -> float:
    """Return the median CPU seconds of one command line."""
    spent = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(spent)


def show(name: str, value: str, wanted: str) -> None:
    print(f"{name:<52}{value:>16}   {wanted}")


def main() -> None:
    """Print every figure beside the one the issue asks for."""
    os.environ.setdefault("COLUMNS", "100")
    for name, value in step_microseconds().items():
        show(f"one step from Python: {name}", f"{value:.2f} us", "<= 3 us" if name == "a quote" else "<= 10 us")
    show("decisions in the compiled loop", f"{cycles_per_second() / 1e6:.2f} M/s", ">= 1 M/s")
    month = month_seconds()
    show(f"thirty days, {month['cycles']:,} decisions, 1 M ticks", f"{month['seconds']:.2f} s CPU", "<= 2 s")
    load = "import json; from benchmarks.maker import long_backtest; print(json.dumps(long_backtest()))"
    figures = child(load)
    show("compiled backtest, 20 M ticks, one core", f"{figures['million_ticks_per_cpu_s']:.1f} M/s", ">= 5 M/s")
    show("  of which fills / orders", f"{figures['fills']:,} / {figures['orders']:,}", "")
    show("  memory above the loaded tape", f"{figures['mb_above_loaded_tape']:.0f} MB", "<= 200 MB")
    show("  the tape itself", f"{figures['tape_mb']:.0f} MB", "")
    bare = command_cpu_seconds([sys.executable, "-c", "pass"])
    helped = command_cpu_seconds([sys.executable, "-m", "glosten", "--help"])
    show("glosten --help", f"{helped:.2f} s CPU", f"<= 0.5 s ({helped / bare:.0f} times a bare Python)")


if __name__ == "__main__":
    main()
