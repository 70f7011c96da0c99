"""How fast tapes load and are imported: 20 million ticks from parquet, and a vendor's csv.

Run with `python -m benchmarks tapes`. Wall and process CPU seconds; the best of several runs, because machines are
shared and noisy. The load is to take 2 s or less of wall time where two cores are free.
"""

from __future__ import annotations

import resource
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from glosten.market import check_tape, import_tape, load_tape

TICKS = 20_000_000
RUNS = 3
START_NS, DAY_NS = 1_723_161_254_000_000_000, 86_400_000_000_000
CSV_ROWS = 2_000_000


def write_long_tape(folder: Path, ticks: int) -> tuple[Path, Path]:
    """Write a day of quotes and prints like those of a liquid pair: four quotes a print, a random walk in ticks."""
    draw = np.random.default_rng(0)
    prints, quotes = ticks // 5, ticks - ticks // 5
    quoted = START_NS + np.arange(quotes) * (DAY_NS // quotes)
    traded = START_NS + np.arange(prints) * (DAY_NS // prints) + 1
    mid = 6_183_763 + np.cumsum(draw.integers(-60, 61, quotes))
    pl.DataFrame(
        {
            "ts_ns": quoted,
            "bid": mid / 100,
            "bid_qty": draw.integers(1, 500_000, quotes) / 100_000,
            "ask": (mid + 1) / 100,
            "ask_qty": draw.integers(1, 500_000, quotes) / 100_000,
        }
    ).write_parquet(folder / "quotes.parquet")
    side = 2 * draw.integers(0, 2, prints) - 1
    at = np.minimum(np.searchsorted(quoted, traded) - 1, quotes - 1)
    pl.DataFrame(
        {
            "ts_ns": traded,
            "price": (mid[at] + (side > 0)) / 100,
            "qty": draw.integers(1, 20_000, prints) / 100_000,
            "side": side.astype(np.int8),
        }
    ).write_parquet(folder / "trades.parquet")
    return folder / "trades.parquet", folder / "quotes.parquet"


def write_dump(folder: Path, rows: int) -> Path:
    """Write trades as Binance's daily dump of spot has them: a zip of csv without header."""
    draw = np.random.default_rng(1)
    price = (6_183_763 + np.cumsum(draw.integers(-60, 61, rows))) / 100
    frame = pl.DataFrame(
        {
            "id": np.arange(rows),
            "price": price,
            "qty": draw.integers(1, 20_000, rows) / 100_000,
            "quote": price,
            "time": START_NS // 1_000_000 + np.arange(rows) * 40,
            "maker": draw.integers(0, 2, rows) == 0,
            "best": np.ones(rows, bool),
        }
    )
    path = folder / "BTCUSDT-trades-2024-08-08.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("BTCUSDT-trades-2024-08-08.csv", frame.write_csv(include_header=False))
    return path


def best(work: Callable[[], object], runs: int = RUNS) -> tuple[float, float]:
    """Return the least (wall, CPU) seconds of several runs, after one that compiles."""
    work()
    spent = []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        spent.append((time.perf_counter() - wall, time.process_time() - cpu))
    return min(wall for wall, _ in spent), min(cpu for _, cpu in spent)


def peak_gigabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dump = write_dump(folder, CSV_ROWS)
        before = peak_gigabytes()
        wall, cpu = best(lambda: import_tape([dump], folder / "dump.parquet"))
        print(
            f"import of a dump of {CSV_ROWS:,} trades: {wall:.2f} s wall, {cpu:.2f} s CPU = {CSV_ROWS / wall:,.0f} "
            f"trades/s; peak memory {before:.2f} to {peak_gigabytes():.2f} GB"
        )
        files = write_long_tape(folder, TICKS)
        size = sum(file.stat().st_size for file in files) / 2**20
        wall, cpu = best(lambda: load_tape(*files))
        print(
            f"load of {TICKS:,} ticks ({size:.0f} MB of parquet): {wall:.2f} s wall, {cpu:.2f} s CPU; "
            f"the tape is {TICKS * 40 / 2**30:.2f} GB, peak memory {peak_gigabytes():.2f} GB"
        )
        wall, cpu = best(lambda: check_tape([files[1]]), runs=1)
        print(f"check of {TICKS - TICKS // 5:,} quotes: {wall:.2f} s wall, {cpu:.2f} s CPU")


if __name__ == "__main__":
    main()
