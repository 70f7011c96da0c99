from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from glosten.errors import TapeError
from glosten.market import tape_from_arrays, with_depth
from glosten.records import PRINTS, QUOTES, Instrument


def tape() -> object:
    quotes, trades = np.zeros(1, QUOTES), np.zeros(1, PRINTS)
    quotes[0], trades[0] = (1, 100, 10, 102, 10), (2, 100, 1, -1, 0)
    return tape_from_arrays(Instrument("A/B", Decimal("0.5"), Decimal("0.1")), quotes, trades)


def test_levels_are_read_in_ticks_and_lots(tmp_path: Path) -> None:
    file = tmp_path / "depth.csv"
    file.write_text("ts_ns,side,price,qty\n5,buy,49.3,1.2\n6,sell,51.2,0\n")
    levels = with_depth(tape(), file).levels
    assert [tuple(int(value) for value in row) for row in levels] == [(5, 1, 98, 12), (6, -1, 103, 0)]


def test_a_bad_file_is_refused_with_every_problem(tmp_path: Path) -> None:
    file = tmp_path / "depth.csv"
    file.write_text("ts_ns,side,price,qty\n5,unknown,49,1\n4,sell,0,-1\n")
    with pytest.raises(TapeError) as problem:
        with_depth(tape(), file)
    assert len(problem.value.problems) == 4
