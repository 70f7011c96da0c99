from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from glosten.run import Run
from glosten.show._app import run


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Run ``glosten demo`` once as its user does; return its folder and the lines it printed."""
    place = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [sys.executable, "-m", "glosten", "demo"],
        capture_output=True,
        text=True,
        check=True,
        cwd=place,
        timeout=400,
    )
    assert done.stderr == ""
    return place / "glosten-demo", done.stdout.splitlines()


def test_the_demo_ends_with_the_address_of_its_page(demonstration: tuple[Path, list[str]]) -> None:
    folder, lines = demonstration
    assert lines[-1] == (folder / "report.html").resolve().as_uri()
    kept = ["alpha.json", "arrays.npz", "model.json", "report.html", "run.json"]
    assert sorted(path.name for path in folder.iterdir()) == kept
    assert max(len(line) for line in lines[:-1]) <= 100


def test_the_demo_says_what_was_earned_and_why(demonstration: tuple[Path, list[str]]) -> None:
    text = " ".join(" ".join(demonstration[1]).split())
    for words in (
        "1. The model: exact, and by Monte Carlo",
        "0 1.2000 1.2000 ± 0.0000 0.5000 0.5000 ± 0.0000",
        "market maker 0.0000",
        "2. The maker, for a day",
        "Adverse selection -",
        "informed traders",
        "noise traders",
        "seed 7",
        "Against holding",
        "Markouts (mean ± standard error",
        "The day is replayed",
    ):
        assert words in text


def test_the_day_of_the_demo_is_an_ordinary_run(
    demonstration: tuple[Path, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = demonstration
    kept = Run.load(folder)
    assert kept.seed == 7
    assert kept.parameters["ALLOC_CONFIRMED"] is True
    assert kept.figures["fills"] > 1000
    assert kept.pnl.spread > 0 > kept.pnl.adverse
    assert len(kept.value_path) > 1000
    parts = kept.pnl.spread + kept.pnl.adverse + kept.pnl.inventory + kept.pnl.fees
    assert parts == pytest.approx(kept.pnl.total, abs=1e-9 * kept.figures["turnover"])
    page = folder / "report.html"
    before = page.read_bytes()
    assert len(before) < 6_400_000
    assert run(["report", str(folder)]) == 0
    assert capsys.readouterr().out == f"{page.as_uri()}\n"
    assert page.read_bytes() == before


def test_the_page_of_the_demo_shows_the_model_beside_the_run(demonstration: tuple[Path, list[str]]) -> None:
    folder, _ = demonstration
    page = (folder / "report.html").read_text(encoding="utf-8")
    model: Any = json.loads((folder / "model.json").read_text())
    for words in ("The model behind the quotes", "Who paid", "chart-model-spread", "chart-model-belief", "true value"):
        assert words in page
    assert f"n = {model['mc']['n']:,}" in page
    assert {party["who"] for party in model["counterparties"]} == {"informed traders", "noise traders"}


def test_a_folder_of_something_else_is_refused_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("Dear")
    assert run(["demo", "--out", str(tmp_path)]) == 2
    assert "is not the folder of a run" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_seed_must_be_a_natural_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--seed", "-1"]) == 2
    assert "--seed" in capsys.readouterr().err


def test_a_model_that_cannot_be_read_is_named(
    tmp_path: Path, hand_made_run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_made_run(cycles=20, fills=2).save(tmp_path / "a")
    (tmp_path / "a" / "model.json").write_text("{")
    assert run(["report", str(tmp_path / "a")]) == 2
    assert "model.json cannot be read" in capsys.readouterr().err
