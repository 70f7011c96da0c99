from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from glosten.records import Side
from glosten.run import CYCLE_ROW, FILL_ROW, Run
from glosten.show._report_lives import lives, traced_lives

MakeRun = Callable[..., Run]
SECOND = 1_000_000_000


def _quoted(run: Run, bids: list[int], fills: list[tuple[float, int]]) -> Run:
    """Return the run with an innermost bid a second, no asks, and buys at (second, price)."""
    cycles = np.zeros(len(bids), CYCLE_ROW)
    cycles["ts_ns"], cycles["own_bid"] = SECOND * np.arange(len(bids)), bids
    rows = np.zeros(len(fills), FILL_ROW)
    for row, (second, price) in zip(rows, fills, strict=True):
        row["ts_ns"], row["side"], row["price"] = round(second * SECOND), Side.BUY, price
    return replace(run, cycles=cycles, fills=rows)


def test_a_quote_lives_until_its_first_fill_or_until_it_is_moved(hand_made_run: MakeRun) -> None:
    run = hand_made_run(cycles=20, fills=2)
    found = lives(_quoted(run, [0, 7, 7, 7, 8, 0, 9, 9], [(2.5, 7), (2.7, 7)]))
    assert found.filled.tolist() == [1.5]
    assert found.moved.tolist() == [1.0]
    assert found.open == 1


def test_a_fill_at_another_price_is_not_of_the_innermost_quote(hand_made_run: MakeRun) -> None:
    run = hand_made_run(cycles=20, fills=2)
    found = lives(_quoted(run, [7, 7, 0], [(1.5, 6)]))
    assert (found.filled.tolist(), found.moved.tolist(), found.open) == ([], [2.0], 0)


def _order(number: int, t_ms: int, op: str, kind: str = "quote") -> dict[str, Any]:
    return {"type": "order", "run_id": "r", "t_ms": t_ms, "id": number, "op": op, "kind": kind}


def _fill(number: int, t_ms: int) -> dict[str, Any]:
    return {"type": "fill", "run_id": "r", "t_ms": t_ms, "order_id": number}


def test_traced_orders_live_from_when_they_are_sent_to_their_first_fill_or_their_cancel(tmp_path: Path) -> None:
    records = [
        *(_order(number, 1000, "submit") for number in range(1, 6)),
        _order(9, 1000, "submit", "rebalance"),
        {"type": "cycle", "run_id": "r", "t_ms": 1000},
        _order(2, 1100, "reject"),
        _fill(1, 1250),
        _fill(9, 1250),
        _fill(1, 1900),
        _order(1, 2000, "cancel"),
        _order(3, 4000, "cancel"),
        _order(4, 2500, "expire"),
    ]
    folder = tmp_path / "logs" / "gm" / "tape" / "COIN-CASH"
    folder.mkdir(parents=True)
    lines = [json.dumps(record, separators=(",", ":")) + "\n" for record in records]
    (folder / "20240808.jsonl").write_text("".join(lines[:8]), encoding="utf-8")
    (folder / "20240808.1.jsonl").write_text("".join(lines[8:]) + '{"type":"order","id', encoding="utf-8")
    found = traced_lives(tmp_path)
    assert found is not None
    assert (found.filled.tolist(), found.moved.tolist(), found.open) == ([0.25], [1.5, 3.0], 1)
    assert traced_lives(tmp_path / "nowhere") is None
