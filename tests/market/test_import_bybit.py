from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from glosten.market import Kind


def test_the_book_is_what_a_plain_replay_of_the_messages_gives(imported: Any, raw: Any) -> None:
    path = raw("bybit_xrpusdt-ob500.data.zip")
    with zipfile.ZipFile(path) as archive:
        messages = [json.loads(line) for line in archive.read(archive.namelist()[0]).splitlines()]
    sides: tuple[dict[float, float], dict[float, float]] = ({}, {})
    expected: list[tuple[float, ...]] = []
    for message in messages:
        for side, name in zip(sides, "ba", strict=True):
            for price, size in message["data"][name]:
                side[float(price)] = float(size)
        bids = sorted((level for level in sides[0].items() if level[1] > 0), reverse=True)
        asks = sorted(level for level in sides[1].items() if level[1] > 0)
        top = tuple(one for bid, ask in zip(bids[:2], asks[:2], strict=True) for one in (*bid, *ask))
        if not expected or expected[-1][1:] != top:
            expected.append((message["cts"] * 10**6, *top))
    quotes = imported(path, depth=2)[Kind.QUOTES]
    assert quotes.columns[5:] == ["bid2", "bid2_qty", "ask2", "ask2_qty"]
    assert quotes.rows() == expected
    assert (quotes["ask"] > quotes["bid"]).all()


def test_a_missing_number_marks_a_gap_until_the_next_snapshot(imported: Any, tmp_path: Path) -> None:
    def message(kind: str, number: int, clock: int, bids: list[list[str]]) -> str:
        data = {"s": "AB", "b": bids, "a": [["11", "1"]], "u": number}
        return json.dumps({"topic": "orderbook.500.AB", "type": kind, "ts": clock, "data": data})

    lines = [
        message("snapshot", 5, 10**12, [["9", "1"]]),
        message("delta", 6, 10**12 + 1, [["10", "1"]]),
        message("delta", 8, 10**12 + 2, [["10", "3"]]),
        message("delta", 9, 10**12 + 3, [["10", "4"]]),
        message("snapshot", 20, 10**12 + 4, [["9", "2"]]),
    ]
    (tmp_path / "b.data").write_text("\n".join(lines) + "\n")
    quotes = imported(tmp_path / "b.data")[Kind.QUOTES]
    assert quotes["bid"].to_list() == [9.0, 10.0, 0.0, 9.0]
    assert quotes["bid_qty"].to_list() == [1.0, 1.0, 0.0, 2.0]
