"""The differential test: one schedule of post-only orders through our matcher and hftbacktest, on real tapes.

`make oracle` runs it; `python -m oracle --python PATH_OF_ITS_PYTHON --data FOLDER`. It fails where the fill sets of the
two differ by more than 4 %, and says of every order that only one of them filled why that is.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glosten.market import FillModel, Tape, fresh_fills, fresh_venue, load_tape
from glosten.records import ACTION
from oracle.ours import run_schedule, schedule

TAPES = ("binance_spot_BTCUSDT_20240808", "binance_usdm_BTCUSDT_20240808")
OFFSETS = (0, 1, 5)
HOLD_NS, EVERY_NS, LOTS = 2_000_000_000, 250_000_000, 1
MOST_DIFFERENT = 0.04
Matrix = NDArray[np.int64]


def matrix(rows: NDArray[np.void]) -> Matrix:
    """Return rows of whole numbers as a plain matrix, which any numpy reads."""
    return np.stack([rows[name] for name in rows.dtype.names or ()], 1)


def write_input(path: Path, tape: Tape, **more: object) -> None:
    """Write what hftbacktest's side reads."""
    steps = {"tick": float(tape.instrument.tick), "lot": float(tape.instrument.lot)}
    arrays: dict[str, object] = {"quotes": matrix(tape.quotes), "trades": matrix(tape.trades), **steps, **more}
    np.savez(path, **arrays)  # type: ignore[arg-type]


def ask_hftbacktest(python: Path, tape: Tape, **more: object) -> dict[str, NDArray[np.generic]]:
    """Return what hftbacktest makes of a tape, run by the interpreter of its own environment."""
    with tempfile.TemporaryDirectory() as scratch:
        given, said = Path(scratch, "in.npz"), Path(scratch, "out.npz")
        write_input(given, tape, **more)
        side = Path(__file__).with_name("hftbacktest_side.py")
        subprocess.run([python, side, given, said], check=True, stdout=subprocess.DEVNULL)
        with np.load(said) as arrays:
            return dict(arrays)


def ask_ours(tape: Tape, moments: Matrix, orders: Matrix, model: FillModel) -> Matrix:
    """Return the lots filled of each order by our matcher, -1 where the order was refused."""
    venue, filled = fresh_venue(), np.zeros(len(orders), np.int64)
    venue["model"]["fill"] = model
    rows = (fresh_fills(), np.zeros(1, ACTION)[0], filled)
    run_schedule(venue[0], (tape.quotes, tape.trades), moments, orders, rows)
    return filled


def why(tape: Tape, moments: Matrix, orders: Matrix, number: int) -> str:
    """Return what happened to the price of an order while it stood."""
    start, end = (int(moments[moments[:, 1] == number][row, 0]) for row in (0, 1))
    side, price, _ = orders[number]
    first, last = np.searchsorted(tape.quotes["ts_ns"], [start, end])
    book, before = tape.quotes[first:last], tape.quotes[first - 1]
    prints = tape.trades[slice(*np.searchsorted(tape.trades["ts_ns"], [start, end]))]
    prints = prints[prints["side"] == -side]
    opposite = book["ask"] if side > 0 else book["bid"]
    own = "bid" if side > 0 else "ask"
    touch = int(before[own])
    through = prints[side * (price - prints["price"]) > 0]
    if len(through) and through["lots"].max() == 0:
        return "a print smaller than a lot went through its price: it fills nobody here"
    if len(through):
        is_small = through["lots"].sum() <= 2 * HOLD_NS // EVERY_NS
        shared = ", too small for all orders there, who share it here" if is_small else ""
        return f"a print went through its price{shared}"
    if (side * (price - opposite) >= 0).any():
        return "the other side was quoted at its price, without a print: a quote fills nobody here"
    if (side * (book[own] - price) > 0).any() or touch != price:
        return "its level stood behind a better one: its queue stays here, and is empty there"
    return "printed at its price after a queue that the two count differently"


def compare(tape: Tape, offset: int, python: Path) -> bool:
    """Print how the fill sets of one schedule agree, and return whether they do."""
    moments, orders = schedule(tape.quotes, offset, HOLD_NS, EVERY_NS, LOTS)
    ours = {model: ask_ours(tape, moments, orders, model) for model in FillModel}
    queued, asked = (
        ours[FillModel.QUEUE_TRADES],
        ask_hftbacktest(python, tape, moments=moments, orders=orders)["outcome"],
    )
    mine, theirs, refused = queued > 0, asked == 1, (queued < 0) | (asked < 0)
    both, larger = int((mine & theirs).sum()), max(int(mine.sum()), int(theirs.sum()), 1)
    different = 1.0 - both / larger
    agrees = different <= MOST_DIFFERENT
    print(
        f"{offset} ticks from the touch: {len(orders):,} orders, {mine.sum():,} filled by ours, {theirs.sum():,} by "
        f"hftbacktest, {both:,} by both; {different:.1%} different{'' if agrees else ', MORE THAN 4 %'}"
    )
    band = ", ".join(f"{model.name.lower()} {int((filled > 0).sum()):,}" for model, filled in ours.items())
    print(f"    our models: {band}")
    for name, only in (("ours", mine & ~theirs), ("hftbacktest", theirs & ~mine)):
        reasons = Counter(
            "the other refused it as crossing" if refused[number] else why(tape, moments, orders, int(number))
            for number in np.flatnonzero(only)
        )
        for reason, count in reasons.most_common():
            print(f"    only {name}: {count:>4}  {reason}")
    return agrees


def main() -> None:
    """Compare every tape at every offset; exit 1 where the two differ too much."""
    parser = argparse.ArgumentParser(prog="oracle", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--python", type=Path, default=Path(".venv-oracle/bin/python"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    given = parser.parse_args()
    if not given.python.exists():
        sys.exit(f"{given.python} does not exist: hftbacktest needs an environment of its own; `make oracle` makes it.")
    if not given.data.is_dir():
        sys.exit(f"{given.data} is no folder; --data names the one with the tapes {', '.join(TAPES)}.")
    agree = []
    for name in TAPES:
        tape = load_tape(given.data / f"trades_{name}.parquet", given.data / f"quotes_{name}.parquet")
        print(f"{name}: {len(tape.quotes):,} quotes, {len(tape.trades):,} prints")
        agree += [compare(tape, offset, given.python) for offset in OFFSETS]
    sys.exit(0 if all(agree) else 1)


if __name__ == "__main__":
    main()
