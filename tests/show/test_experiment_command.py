from __future__ import annotations

import json
from pathlib import Path

import pytest

from glosten import theory
from glosten.show._app import run

pytestmark = pytest.mark.skipif(
    not hasattr(theory.das_quote, "py_func"), reason="random words wrap in compiled code only"
)

FILE = """
[experiment]
name = "tiny"
title = "A tiny table"
model = "das"
periods = 40
replications = 2
[parameters]
alpha = 0.7
sigma = 20
sigma_w = 5
p_jump = 0.01
[grid]
shift = [0, 1]
[[published]]
at = { shift = 1 }
spread = 9.5
source = "a book"
[[published]]
at = { shift = 0 }
profit = -0.25
replicates = false
source = "a book"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_run_prints_what_was_found_beside_what_was_published(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["experiment", "run", str(file), "--out", str(file.parent / "out")]) == 0
    printed = capsys.readouterr()
    assert "A tiny table" in printed.out
    assert "2 of 2 points finished" in printed.out
    assert "9.5" in printed.out
    assert "-0.25 *" in printed.out
    assert "* does not replicate" in printed.out
    assert "Published: a book" in printed.out
    assert printed.err == ""


def test_json_has_rows_with_errors_and_the_distance_to_what_was_published(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = file.parent / "out"
    assert run(["experiment", "show", str(file), "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["finished"] == 0
    assert not out.exists()
    assert run(["experiment", "run", str(file), "--out", str(out), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["points"], found["finished"]) == (2, 2)
    row = found["rows"][1]
    assert {"spread", "spread_se", "spread_n", "profit", "seed", "shift"} <= set(row)
    (published,) = row["published"]
    assert published["value"] == 9.5
    assert published["standard_errors_away"] == pytest.approx((row["spread"] - 9.5) / row["spread_se"])
    assert found["rows"][0]["published"][0]["replicates"] is False
    assert run(["experiment", "show", str(file), "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == found


def test_without_out_results_go_to_a_folder_of_that_name(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    assert run(["experiment", "run", str(file)]) == 0
    assert (file.parent / "experiment-tiny" / "points.parquet").is_file()


def test_a_bad_file_is_one_line_and_exit_code_two(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(FILE.replace("sigma_w", "sigma_v"), encoding="utf-8")
    assert run(["experiment", "run", str(file)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Did you mean sigma_w?" in printed.err
    assert run(["experiment", "run", "none.toml"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


SURFACE = """
[experiment]
name = "flat"
model = "binary"
measure = "quotes"
[parameters]
v_low = 0
v_high = 1
[grid]
alpha = [0.1, 0.2, 0.3]
prior = [0.4, 0.5, 0.6]
"""


def test_a_surface_is_drawn_where_it_is_asked_for_and_refused_where_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "flat.toml", str(tmp_path / "out")
    file.write_text(SURFACE, encoding="utf-8")
    lines, surface = tmp_path / "lines.svg", tmp_path / "surface.svg"
    assert run(["experiment", "run", str(file), "--out", out, "--figure", str(lines)]) == 0
    assert run(["experiment", "show", str(file), "--out", out, "--figure", str(surface), "--surface"]) == 0
    assert "<image" in surface.read_text(encoding="utf-8")
    assert "<image" not in lines.read_text(encoding="utf-8")
    capsys.readouterr()
    assert run(["experiment", "show", str(file), "--out", out, "--surface"]) == 2
    assert "name its file with --figure" in capsys.readouterr().err
    file.write_text(SURFACE.replace("alpha = [0.1, 0.2, 0.3]", "alpha = [0.1]"), encoding="utf-8")
    assert run(["experiment", "run", str(file), "--out", out, "--figure", str(surface), "--surface"]) == 2
    assert "needs two varied parameters" in capsys.readouterr().err
