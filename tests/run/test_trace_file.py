from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glosten.run import TraceFile, TraceName
from glosten.run._trace_file import clean

DAY_NS = 86_400_000_000_000
START_NS = 20_000 * DAY_NS  # 2024-10-04
STAMP = {"cycle": 1, "cfg_rev": 0, "strict": False}


def name(root: Path, pair: str = "BTC/USDT") -> TraceName:
    return TraceName(root, "tape", pair, "run", "backtest")


def cycle(number: int) -> dict[str, Any]:
    return {"type": "cycle", **STAMP, "cycle": number, "text": "x" * 200}


def opening() -> Mapping[str, Any]:
    return {"type": "start", **STAMP, "state": {"a": 1}, "params": {"b": 2}}


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_records_have_the_envelope_and_lie_where_the_page_says(tmp_path: Path) -> None:
    file = TraceFile(name(tmp_path), may_wait=True)
    file.put({"type": "start", **STAMP}, START_NS)
    file.put(cycle(1), START_NS + 1_500_000_001, opening)
    file.close()
    (path,) = file.files
    assert path == tmp_path / "logs" / "gm" / "tape" / "BTC-USDT" / "20241004.jsonl"
    first, second = lines(path)
    keys = ("v", "type", "ts", "t_ms", "run_id", "seq", "exchange", "pair", "mode", "cycle", "cfg_rev", "strict")
    assert tuple(second)[:12] == keys
    assert (first["seq"], second["seq"]) == (0, 1)
    assert second["ts"] == "2024-10-04T00:00:01.500000001Z"
    assert second["t_ms"] == START_NS // 1_000_000 + 1500


@pytest.mark.parametrize("pair", ["../../etc/x", "a/../b", "", "C:\\x"])
def test_a_pairs_name_never_leads_out_of_the_folder(tmp_path: Path, pair: str) -> None:
    folder = name(tmp_path, pair).folder
    assert folder.resolve().parent == tmp_path / "logs" / "gm" / "tape"


def test_a_new_day_begins_a_new_file_that_can_be_replayed_from_its_first_line(tmp_path: Path) -> None:
    file = TraceFile(name(tmp_path), may_wait=True)
    file.put(cycle(1), START_NS, opening)
    file.put({"type": "order", **STAMP}, START_NS + DAY_NS + 1)
    file.put(cycle(2), START_NS + DAY_NS + 2, opening)
    file.close()
    first, second = file.files
    assert [record["type"] for record in lines(first)] == ["cycle", "order"]
    assert [record["type"] for record in lines(second)] == ["start", "cycle"]
    assert lines(second)[0]["reason"] == "rotation"
    assert [record["seq"] for record in (*lines(first), *lines(second))] == [0, 1, 2, 3]


def test_a_file_that_has_grown_too_large_is_followed_by_a_numbered_one(tmp_path: Path) -> None:
    file = TraceFile(name(tmp_path), may_wait=True, largest=1000)
    for number in range(12):
        file.put(cycle(number), START_NS + number, opening)
    file.close()
    assert [path.name for path in file.files][:3] == ["20241004.jsonl", "20241004.1.jsonl", "20241004.2.jsonl"]
    assert all(lines(path)[0]["type"] == "start" for path in file.files[1:])
    cycles = [record["cycle"] for path in file.files for record in lines(path) if record["type"] == "cycle"]
    assert cycles == list(range(12))


def test_what_a_slow_disk_cannot_take_is_lost_and_said_and_nobody_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    write = TraceFile._write_entry

    def slowly(self: TraceFile, entry: Any) -> None:
        gate.wait(10)
        write(self, entry)

    monkeypatch.setattr(TraceFile, "_write_entry", slowly)
    file = TraceFile(name(tmp_path), waiting=4)
    before = time.perf_counter()
    for number in range(50):
        file.put(cycle(number), START_NS + number, opening)
        file.put({"type": "order", **STAMP}, START_NS + number)
    assert time.perf_counter() - before < 1.0
    gate.set()
    while not file._queue.empty():
        time.sleep(0.01)
    file.put({"type": "order", **STAMP}, START_NS + 99)
    file.put(cycle(50), START_NS + 100, opening)
    file.close()
    records = lines(file.files[0])
    (gap,) = (record for record in records if record["type"] == "gap")
    assert gap["lost"] == 101 - (len(records) - 2)
    assert gap["state"] == {"a": 1}
    assert records[-1]["cycle"] == 50
    assert [record["seq"] for record in records] == list(range(len(records)))


def test_a_failing_disk_ends_the_trace_with_a_sentence_and_disturbs_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    for may_wait in (True, False):
        file = TraceFile(name(tmp_path), may_wait=may_wait)
        file.put(cycle(1), START_NS, opening)
        file.put(cycle(2), START_NS, opening)
        file.close()
        assert "ends early" in file.problem
        assert file.files == []


def test_nothing_secret_endless_or_too_long_comes_into_a_trace() -> None:
    dirty = {
        "message": "GET https://api.example.com/v3?signature=abc123 failed; api_key=SECRET, token: Bearer xyz",
        "apiKey": "abc",
        "long": "y" * 1000,
        "numbers": [math.nan, math.inf, 1.5, np.float64(2.5), np.int64(3), True, None],
        "nested": {"password": "p", "fine": "q"},
    }
    kept = clean(dirty)
    text = json.dumps(kept, allow_nan=False)
    for secret in ("abc123", "SECRET", "xyz", "example.com", '"abc"', '"p"'):
        assert secret not in text
    assert len(kept["long"]) == 512
    assert kept["numbers"] == [None, None, 1.5, 2.5, 3, True, None]
    assert kept["nested"]["fine"] == "q"
