from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from glosten.errors import TapeError
from glosten.market import constant_latency, delay, load_latency

MS = 1_000_000


def test_a_constant_latency_is_the_same_at_every_time() -> None:
    rows = constant_latency(1.5, 2.0, 0.0)
    assert [delay(rows, column, now) for column in (1, 2, 3) for now in (0, 10**18)] == [
        3 * MS // 2,
        3 * MS // 2,
        2 * MS,
        2 * MS,
        0,
        0,
    ]


def test_measured_rows_are_interpolated_and_hold_beyond_their_ends(tmp_path: Path) -> None:
    file = tmp_path / "latency.parquet"
    pl.DataFrame({"ts_ns": [1000, 2000, 4000], "order_ms": [1.0, 3.0, 2.0]}).write_parquet(file)
    rows = load_latency(file, constant_latency(feed_ms=7.0))
    assert [delay(rows, 2, now) for now in (0, 1000, 1500, 2000, 3000, 4000, 9000)] == [
        MS,
        MS,
        2 * MS,
        3 * MS,
        5 * MS // 2,
        2 * MS,
        2 * MS,
    ]
    assert {delay(rows, 1, now) for now in (0, 1500, 9000)} == {7 * MS}
    assert rows[:, 3].sum() == 0


def test_one_column_of_latencies_counts_for_orders_and_responses(tmp_path: Path) -> None:
    file = tmp_path / "latency.csv"
    file.write_text("ts_ns,latency_ms\n1000,4\n2000,6\n")
    rows = load_latency(file, constant_latency())
    assert np.array_equal(rows, [[1000, 0, 4 * MS, 4 * MS], [2000, 0, 6 * MS, 6 * MS]])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ts_ns,ping\n1,2\n", "has no column of latencies"),
        ("ts_ns,order_ms\n2,1\n1,1\n", "row 2: time runs backwards"),
        ("ts_ns,order_ms\n1,-1\n", "row 1: order_ms is -1"),
        ("ts_ns,order_ms\n1,late\n", "row 1: order_ms is nan"),
    ],
)
def test_a_bad_file_is_refused_with_its_row(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "latency.csv"
    file.write_text(text)
    with pytest.raises(TapeError, match=words):
        load_latency(file, constant_latency())
