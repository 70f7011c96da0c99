from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from glosten.show._figure import draw_surface, is_surface

ROWS = [{"alpha": a / 10, "prior": p / 10, "spread": a * p / 100} for a, p in product(range(1, 7), range(1, 6))]


def test_two_numbers_with_enough_values_are_a_surface() -> None:
    assert is_surface(ROWS, ("alpha", "prior"))
    assert not is_surface(ROWS, ("alpha", "prior"), fewest=6)
    assert not is_surface(ROWS, ("alpha",))
    assert not is_surface([row | {"prior": str(row["prior"])} for row in ROWS], ("alpha", "prior"))
    assert not is_surface([row | {"prior": row["prior"] > 0.2} for row in ROWS], ("alpha", "prior"), fewest=2)


@pytest.mark.parametrize("rows", [ROWS, ROWS[:7], ROWS[:1], [row | {"spread": None} for row in ROWS]])
def test_a_surface_is_drawn_of_whatever_is_finished(rows: list[dict[str, float]], tmp_path: Path) -> None:
    file = tmp_path / "surface.svg"
    draw_surface(rows, ("alpha", "prior"), ["spread"], file)
    first = file.read_bytes()
    draw_surface(rows[::-1], ("alpha", "prior"), ["spread"], file)
    assert file.read_bytes() == first
    for words in (">alpha<", ">prior<", ">spread<"):
        assert words in first.decode()
