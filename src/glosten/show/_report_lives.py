"""How long orders stood before a fill or a cancel ended them: from a trace where there is one, else from decisions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from glosten.records import Side
from glosten.run import Run
from glosten.show._report_series import Floats, Integers
from glosten.show._run_folder import LOGS

WANTED = ('"type":"order"', '"type":"fill"')
"""What the lines of a trace that tell of orders have in them; the others are passed over unread."""
ENDED = ("cancel", "expire")


@dataclass(frozen=True, slots=True)
class Lives:
    """How long quotes stood, in seconds, by how they ended; ``open`` is how many stood to the end.

    ``is_traced`` says whether they are orders, from the moment they were sent, or only the prices at which an innermost
    quote stood as the decisions saw it.
    """

    filled: Floats
    moved: Floats
    open: int
    is_traced: bool = False


def traced_lives(folder: Path) -> Lives | None:
    """Return the lives of the quotes in the traces of a run's folder, to the millisecond; None where there are none.

    An order lives from when it is sent to its first fill, or to the answer that it is cancelled; refused ones never do.
    """
    sent: dict[tuple[str, int], int] = {}
    filled: dict[tuple[str, int], int] = {}
    ended: dict[tuple[str, int], int] = {}
    refused = set()
    for record in _records(folder):
        name = (record["run_id"], record["id"] if record["type"] == "order" else record["order_id"])
        now = record["t_ms"]
        if record["type"] == "fill":
            filled[name] = min(now, filled.get(name, now))
        elif record["op"] == "submit" and record["kind"] == "quote":
            sent[name] = now
        elif record["op"] in ENDED:
            ended[name] = now
        elif record["op"] == "reject":
            refused.add(name)
    if not sent:
        return None
    met = [filled[name] - since for name, since in sent.items() if name in filled]
    unmet = [name for name in sent if name not in filled and name not in refused]
    gone = [ended[name] - sent[name] for name in unmet if name in ended]
    still = sum(name not in ended for name in unmet)
    return Lives(np.sort(np.array(met, float)) / 1e3, np.sort(np.array(gone, float)) / 1e3, still, is_traced=True)


def _records(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of orders and fills in the traces of a folder; a last line that was cut off is passed over."""
    for file in sorted((folder / LOGS).rglob("*.jsonl")):
        with file.open(encoding="utf-8") as stream:
            for line in stream:
                if any(word in line for word in WANTED) and line.endswith("\n"):
                    yield json.loads(line)


def lives(run: Run) -> Lives:
    """Return how long the innermost quote of either side stood at its price before a fill or a move ended it.

    A quote lives from the decision that first shows it to its first fill, or to the decision that no longer does.
    """
    filled, moved, still = [], [], 0
    ts_ns = run.cycles["ts_ns"]
    for side, column in ((Side.BUY, "own_bid"), (Side.SELL, "own_ask")):
        price = run.cycles[column]
        starts = np.flatnonzero(np.concatenate([[True], price[1:] != price[:-1]])) if len(price) else np.zeros(0, int)
        ends_ns = np.concatenate([ts_ns[starts[1:]], [np.iinfo(np.int64).max]]) if len(starts) else ts_ns[:0]
        first = _first_fills(run, side, price, starts)
        is_quote, is_filled = price[starts] > 0, first < ends_ns
        begun = ts_ns[starts]
        filled.append((first - begun)[is_quote & is_filled])
        is_open = ends_ns == np.iinfo(np.int64).max
        moved.append((ends_ns - begun)[is_quote & ~is_filled & ~is_open])
        still += int((is_quote & ~is_filled & is_open).sum())
    return Lives(np.sort(np.concatenate(filled)) / 1e9, np.sort(np.concatenate(moved)) / 1e9, still)


def _first_fills(run: Run, side: int, price: Integers, starts: Integers) -> Integers:
    """Return when each stretch of equal price first traded at that price; the largest integer where it did not."""
    first = np.full(len(starts), np.iinfo(np.int64).max)
    if not len(starts):
        return first
    fills = run.fills[run.fills["side"] == side]
    stretch = np.searchsorted(run.cycles["ts_ns"][starts], fills["ts_ns"], side="left") - 1
    met = (stretch >= 0) & (fills["price"] == price[starts[np.maximum(stretch, 0)]])
    np.minimum.at(first, stretch[met], fills["ts_ns"][met])
    return first
