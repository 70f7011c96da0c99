from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from glosten.run import Run, amount
from glosten.show._report_alpha import measured_of
from glosten.show._report_compare import Compared, compare

MakeRun = Callable[..., Run]


@pytest.fixture
def pair(hand_made_run: MakeRun) -> tuple[Run, Run]:
    """Make two runs over one span that differ in a key and in their outcome."""
    first, second = (hand_made_run(cycles=300, fills=40, seed=seed) for seed in (1, 2))
    changed = second.parameters | {"GM_ALPHA": 0.35}
    return first, replace(second, parameters=changed, pnl=replace(second.pnl, total=-98.76))


def _words(path: Path) -> str:
    text = re.sub(r"<script.*?</script>|<style.*?</style>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_key_figures_stand_side_by_side_with_their_errors(pair: tuple[Run, Run], tmp_path: Path) -> None:
    first, second = pair
    whole = replace(first, tape=first.tape | {"quotes": len(first.market)})
    measured = measured_of(whole, None)
    page = _words(compare([Compared("one", whole, measured), Compared("two", second)], tmp_path / "page.html"))
    assert f"Total {amount(first.pnl.total)} -98.76" in page
    for row in first.markouts:
        assert f"{row.mean_bps:+.3f} ± {row.se_bps:.3f} bps n = 230 fills, 120 orders" in page
    assert re.search(r"Sharpe ratio per \S+ s [+-]\S+ ± \S+ n = \S+ n/a", page)


def test_how_much_a_run_leads_the_first_is_told_with_its_error(pair: tuple[Run, Run], tmp_path: Path) -> None:
    page = _words(compare([Compared("one", pair[0]), Compared("two", pair[1])], tmp_path / "page.html"))
    assert re.search(r"Gained more than one n/a [+-]\S+ ± \S+ n = \d+ periods of \d+ s", page)
    same = _words(compare([Compared("one", pair[0]), Compared("two", pair[0])], tmp_path / "page.html"))
    assert "Gained more than one n/a +0.00 ± 0.00" in same


def test_only_the_keys_that_differ_are_listed(pair: tuple[Run, Run], tmp_path: Path) -> None:
    page = _words(compare([Compared("one", pair[0]), Compared("two", pair[1])], tmp_path / "page.html"))
    assert page.split("Keys that differ")[1].startswith(" Key one two Unit GM_ALPHA 0.2 0.35 probability Written by")
    same = _words(compare([Compared("one", pair[0]), Compared("two", pair[0])], tmp_path / "page.html"))
    assert "None: all keys have one value." in same


def test_runs_of_different_times_are_drawn_by_the_hours_since_they_began(pair: tuple[Run, Run], tmp_path: Path) -> None:
    first, second = pair
    later = {}
    for name in ("cycles", "market"):
        rows = getattr(second, name).copy()
        rows["ts_ns"] += 400 * 86_400 * 10**9
        later[name] = rows
    together = compare([Compared("one", first), Compared("two", second)], tmp_path / "page.html").read_text("utf-8")
    assert 'aria-label="Time shown"' in together
    apart = compare([Compared("one", first), Compared("two", replace(second, **later))], tmp_path / "page.html")
    assert 'aria-label="Time shown"' not in apart.read_text("utf-8")
    assert "The runs do not overlap in time" in apart.read_text("utf-8")


def test_names_and_assets_cannot_become_markup_and_mixed_assets_are_said(pair: tuple[Run, Run], tmp_path: Path) -> None:
    evil = "<img src=x>"
    second = replace(pair[1], quote_asset=evil, title=evil)
    page = compare([Compared(evil, pair[0]), Compared("two", second)], tmp_path / "page.html").read_text("utf-8")
    assert "<img" not in page.split("plotly.js v")[0]
    assert "different quote assets" in page
