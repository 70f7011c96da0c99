from __future__ import annotations

import bz2
import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glosten.errors import TapeError
from glosten.market import _vendor_file as files
from glosten.market._vendor_file import VendorFile, json_items, open_vendor_files

TEXT = "".join(f"line {number}\n" for number in range(1_000)) + "the last one has no end"


def packed(path: Path, container: str, text: bytes) -> Path:
    if container == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("folder/inside.csv", text)
    else:
        pack = {"gzip": gzip.compress, "bzip2": bz2.compress, "plain": bytes}[container]
        path.write_bytes(pack(text))
    return path


@pytest.mark.parametrize("container", ["plain", "gzip", "bzip2", "zip"])
@pytest.mark.parametrize("size", [7, 64, 1 << 20])
def test_pieces_end_with_lines_and_are_the_file_whatever_it_is_packed_in(
    tmp_path: Path, container: str, size: int
) -> None:
    (file,) = open_vendor_files(packed(tmp_path / "any.name", container, TEXT.encode()))
    pieces = list(file.chunks(size))
    assert b"".join(pieces).decode() == TEXT
    assert all(piece.endswith(b"\n") for piece in pieces[:-1])
    assert [line.decode() for line in file.lines()] == TEXT.split("\n")
    assert file.container == container
    assert file.first_lines(2) == ["line 0", "line 1"]
    assert "".join(file.text()) == TEXT


@pytest.mark.parametrize("container", ["gzip", "bzip2", "zip"])
def test_a_file_that_was_cut_is_refused(tmp_path: Path, container: str) -> None:
    path = packed(tmp_path / "x", container, json.dumps(list(range(9_000))).encode())
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(TapeError, match="cannot be read; is it damaged"):
        list(open_vendor_files(path)[0].chunks())


def test_every_member_of_a_zip_is_a_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.mkdir("a")
        archive.writestr("a/1.csv", "one")
        archive.writestr("a/2.csv.gz", "two")
        archive.writestr("a/nothing", "")
    assert [file.name for file in open_vendor_files(tmp_path / "two.zip")] == ["1.csv", "2.csv"]


def test_a_line_without_an_end_is_not_gathered_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 1_000)
    (file,) = open_vendor_files(packed(tmp_path / "x", "gzip", b"0" * 5_000))
    with pytest.raises(TapeError, match="is it a text file"):
        list(file.chunks(100))


def test_what_is_read_is_told(tmp_path: Path) -> None:
    path = packed(tmp_path / "x", "plain", TEXT.encode())
    (file,) = open_vendor_files(path)
    told: list[int] = []
    watched = VendorFile(file.path, file.container, file.member, file.head, told.append)
    list(watched.chunks(1_000))
    assert told == sorted(told)
    assert told[-1] == path.stat().st_size


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.text(max_size=6)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=6,
)


@given(st.lists(values, max_size=8), st.integers(1, 9), st.sampled_from([None, 1]))
def test_a_json_list_read_in_pieces_is_the_list(members: list[Any], size: int, indent: int | None) -> None:
    text = json.dumps(members, indent=indent, ensure_ascii=False)

    class Pieces:
        place = files.Place()

        def text(self) -> Any:
            return (text[at : at + size] for at in range(0, len(text), size))

    file: Any = Pieces()
    assert list(json_items(file)) == members


@pytest.mark.parametrize("text", ['{"a": 1}', "[1, 2", "[1, {]", ""])
def test_what_is_no_json_list_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x"
    path.write_text(text + " ")
    (file,) = open_vendor_files(path)
    with pytest.raises(ValueError, match="does not"):
        list(json_items(file))
