from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from glosten.run import Run
from glosten.show._app import run
from glosten.show._report_command import names_of

MakeRun = Callable[..., Run]


@pytest.fixture
def folders(hand_made_run: MakeRun, tmp_path: Path) -> list[Path]:
    """Save two runs."""
    places = [tmp_path / name / "run" for name in ("first", "second")]
    for seed, place in enumerate(places):
        hand_made_run(cycles=200, fills=20, seed=seed).save(place)
    return places


def test_names_are_the_shortest_ends_that_tell_folders_apart(tmp_path: Path) -> None:
    assert names_of([tmp_path / "a" / "run", tmp_path / "b" / "run"]) == ["a/run", "b/run"]
    assert names_of([tmp_path / "a", tmp_path / "b"]) == ["a", "b"]
    assert names_of([tmp_path / "a", tmp_path / "a", tmp_path / "b"]) == ["a (1)", "a (2)", "b"]


def test_one_folder_gets_its_page_again(folders: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", str(folders[0])]) == 0
    assert capsys.readouterr().out.strip() == (folders[0] / "report.html").resolve().as_uri()
    assert (folders[0] / "report.html").is_file()


def test_several_folders_get_one_page(
    folders: list[Path], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["report", *map(str, folders), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["report"] == str((tmp_path / "comparison.html").resolve())
    assert list(found["runs"]) == ["first/run", "second/run"]
    assert run(["report", *map(str, folders), "--out", "other.html"]) == 0
    assert (tmp_path / "other.html").is_file()
    assert not (folders[0] / "report.html").exists()


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_a_figure_of_a_run_is_always_the_same(folders: list[Path], tmp_path: Path, kind: str) -> None:
    drawn = []
    for number in (1, 2):
        file = tmp_path / f"{number}.{kind}"
        assert run(["report", str(folders[0]), "--figure", str(file)]) == 0
        drawn.append(file.read_bytes())
    assert drawn[0] == drawn[1]
    if kind == "svg":
        for words in ("Profit and loss, USDT", "Belief", "Inventory", "Markouts, bps", "120 orders"):
            assert words in drawn[0].decode()


def test_what_cannot_be_written_is_refused_in_a_sentence(
    folders: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for given, sentence in (
        ((*map(str, folders), "--figure", str(tmp_path / "x.svg")), "--figure draws one run"),
        ((str(folders[0]), "--out", str(tmp_path)), "is a folder"),
        ((str(folders[0]), "--figure", "x.gif"), "must end in .svg"),
        ((str(tmp_path),), "is not the folder of a run"),
        ((str(folders[0]), str(tmp_path)), "is not the folder of a run"),
    ):
        assert run(["report", *given]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert sentence in printed.err
        assert printed.err.count("\n") == 1
    (folders[0] / "alpha.json").write_text("{", encoding="utf-8")
    assert run(["report", str(folders[0])]) == 2
    assert "alpha.json cannot be read" in capsys.readouterr().err
