from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from glosten.errors import SettingsError
from glosten.settings import load

Write = Callable[..., Path]


def problem(path: Path) -> str:
    with pytest.raises(SettingsError) as refused:
        load(path, environment={})
    (sentence,) = refused.value.problems
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert str(path) in sentence
    return sentence


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "does not exist" in problem(tmp_path / "none.toml")


def test_a_directory_is_no_configuration(tmp_path: Path) -> None:
    assert "is a directory" in problem(tmp_path)


@pytest.mark.parametrize("text", ["", "  \n\n", "\ufeff"])
def test_an_empty_file_is_refused(write: Write, text: str) -> None:
    assert "is empty" in problem(write(text))


def test_bytes_that_are_no_text_are_refused(write: Write) -> None:
    assert "is not UTF-8 text: byte 11 cannot be read" in problem(write(b"GM_ALPHA = \xff\xfe"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("GM_ALPHA = 0.1\nGM_ALPHA = 0.2\n", "GM_ALPHA stands twice, on lines 1 and 2"),
        ("[strategy]\nGM_TL = 900\n[strategy]\n", "the table [strategy] stands twice, on lines 1 and 3"),
        ("GM_TL = 900\n\n\n[strategy]\nGM_TL = 900\nGM_TL = 800", "GM_TL stands twice, on lines 5 and 6"),
        ("GM_ALPHA = 1e9999999999999999999999\n", "a number too long"),
        ("GM_ALPHA == 1\n", "line 1"),
        ("GM_ALPHA = “0.1”\n", "line 1"),
        ("[strategy\n", "line 1"),
        ("GM_ALPHA =\n", "line 1"),
        ("a = " + "[" * 100_000, "nested too deep"),
    ],
)
def test_toml_that_is_not_well_formed_is_refused_with_its_line(write: Write, text: str, reason: str) -> None:
    assert reason in problem(write(text))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"GM_ALPHA": 0.1,\n}', "line 2"),
        ('{"GM_ALPHA": 0.1, "GM_ALPHA": 0.2}', "GM_ALPHA stands twice in one object"),
        ("[1, 2]", "must be an object"),
        ("3", "must be an object"),
        ('{"a":' * 100_000, "nested too deep"),
    ],
)
def test_json_that_is_not_an_object_is_refused(write: Write, text: str, reason: str) -> None:
    assert reason in problem(write(text, "pair.json"))


def test_a_byte_order_mark_is_no_part_of_the_text(write: Write) -> None:
    assert load(write(b"\xef\xbb\xbfGM_ALPHA = 0.2\n"), environment={}).strategy.GM_ALPHA == 0.2


def test_the_line_of_a_key_is_found_through_headers_quotes_and_dots(write: Write) -> None:
    path = write('# GM_ALPHA = 1\n[ pairs . "BTC/USDT" ]  # a pair\n"GM_TL" = 900\nruntime . quote_unit = 2\n')
    provenance = load(path, environment={}).provenance
    assert provenance["GM_TL"].where == f'{path}, line 3, [pairs."BTC/USDT"]'
    assert provenance["runtime.quote_unit"].where == f'{path}, line 4, [pairs."BTC/USDT".runtime]'


def test_the_line_of_a_key_in_json_is_found_where_it_stands_once(write: Write) -> None:
    path = write('{"strategy": {\n  "GM_ALPHA": 0.2}}', "pair.json")
    assert load(path, environment={}).provenance["GM_ALPHA"].where == f"{path}, line 2, [strategy]"
