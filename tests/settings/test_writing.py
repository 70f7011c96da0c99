from __future__ import annotations

from pathlib import Path

import pytest

from glosten.errors import SettingsError
from glosten.settings import write_file


def test_a_file_is_written_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_file(tmp_path / "a.toml", "GM_ALPHA = 0.2\n")
    assert (tmp_path / "a.toml").read_text() == "GM_ALPHA = 0.2\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.toml"]


def test_a_file_that_stands_already_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("mine")
    with pytest.raises(SettingsError, match="exists already"):
        write_file(tmp_path / "a.toml", "theirs")
    assert (tmp_path / "a.toml").read_text() == "mine"


def test_a_file_is_replaced_where_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("old")
    write_file(tmp_path / "a.toml", "new", replace=True)
    assert (tmp_path / "a.toml").read_text() == "new"


def test_a_place_that_does_not_exist_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot be written: no such file or directory\.$"):
        write_file(tmp_path / "none" / "a.toml", "x")


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(SettingsError, match="no space left on device"):
        write_file(tmp_path / "a.toml", "x")
    assert list(tmp_path.iterdir()) == []
