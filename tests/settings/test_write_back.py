from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from glosten.settings import clear_one_shots, load

TOML = """\
#:schema glosten.json
# My pair.   Do not touch.

[strategy]   # the strategy
GM_ALPHA=0.2# tight
RESET_BREAKER_ONCE  =  true   # once, after the flash crash
GM_TL   = 1_000

[pairs."BTC/USDT"]
RESET_STATS_ONCE = "on"  # ünïcode
GM_LAYERS = 2

[runtime]
cycle_seconds = 5 # fast
"""


def test_only_the_value_changes_and_every_comment_stays(write: Any) -> None:
    path = write(TOML)
    assert clear_one_shots([load(path, pair="BTC/USDT", environment={})]) == ()
    expected = TOML.replace("=  true ", "=  false ").replace('"on"', "false")
    assert path.read_text() == expected
    again = load(path, pair="BTC/USDT", environment={})
    assert not again.strategy.RESET_BREAKER_ONCE
    assert not again.strategy.RESET_STATS_ONCE
    assert again.strategy.GM_ALPHA == 0.2


def test_line_ends_byte_order_mark_and_permissions_stay(write: Any) -> None:
    path: Path = write(b"\xef\xbb\xbf[strategy]\r\nRESET_STATS_ONCE = true # x\r\nGM_ALPHA = 0.2\r\n")
    path.chmod(0o640)
    assert clear_one_shots([load(path, environment={})]) == ()
    assert path.read_bytes() == b"\xef\xbb\xbf[strategy]\r\nRESET_STATS_ONCE = false # x\r\nGM_ALPHA = 0.2\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_still_leads_to_the_file_that_was_written(write: Any, tmp_path: Path) -> None:
    path = write("[strategy]\nRESET_STATS_ONCE = true\n")
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    assert clear_one_shots([load(link, environment={})]) == ()
    assert link.is_symlink()
    assert path.read_text() == "[strategy]\nRESET_STATS_ONCE = false\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RESET_STATS_ONCE = true\n", "RESET_STATS_ONCE = false\n"),
        ("strategy = {RESET_STATS_ONCE=true, GM_TL=800}\n", "strategy = {RESET_STATS_ONCE=false, GM_TL=800}\n"),
        ("strategy.RESET_STATS_ONCE = true\n", "strategy.RESET_STATS_ONCE = false\n"),
    ],
)
def test_every_place_a_toml_key_can_stand_is_found(write: Any, before: str, after: str) -> None:
    path = write(before)
    assert clear_one_shots([load(path, environment={})]) == ()
    assert path.read_text() == after


def test_a_gunbot_file_keeps_its_layout_and_other_pairs(write: Any) -> None:
    text = """{ "pairs": {"binance": {
      "USDT-BTC": {"strategy": "gm", "override": {"GM_ALPHA": 0.20, "RESET_BREAKER_ONCE" : true}},
      "USDT-ETH": {"strategy": "gm", "override": {"RESET_BREAKER_ONCE": true}}}},
  "strategies": {"gm": {"RESET_STATS_ONCE": "true"}}}
"""
    path = write(text, "config.json")
    assert clear_one_shots([load(path, pair="BTC/USDT", environment={})]) == ()
    expected = text.replace('"RESET_BREAKER_ONCE" : true', '"RESET_BREAKER_ONCE" : false').replace('"true"', "false")
    assert path.read_text() == expected
    assert load(path, pair="ETH/USDT", environment={}).strategy.RESET_BREAKER_ONCE
    json.loads(path.read_text())


def test_a_switch_in_a_common_table_is_cleared_once_for_all_pairs_that_fired(write: Any) -> None:
    path = write('RESET_STATS_ONCE = true\n[pairs."A/B"]\n[pairs."C/B"]\n')
    fired = [load(path, pair=pair, environment={}) for pair in ("A/B", "C/B")]
    assert all(settings.strategy.RESET_STATS_ONCE for settings in fired)
    assert clear_one_shots(fired) == ()
    assert not any(load(path, pair=pair, environment={}).strategy.RESET_STATS_ONCE for pair in ("A/B", "C/B"))


def test_nothing_is_written_where_nothing_fired(write: Any) -> None:
    path = write("[strategy]\nRESET_STATS_ONCE = false\n")
    before = path.stat()
    assert clear_one_shots([load(path, environment={})]) == ()
    assert path.stat() == before


def test_what_environment_or_flags_gave_is_told_and_nothing_is_written(write: Any) -> None:
    path = write("[strategy]\nRESET_STATS_ONCE = true\n")
    settings = load(path, overrides=["RESET_STATS_ONCE=true"], environment={"GLOSTEN_RESET_BREAKER_ONCE": "true"})
    problems = clear_one_shots([settings])
    assert [problem.split(",")[0] for problem in problems] == [
        "RESET_STATS_ONCE comes from --set RESET_STATS_ONCE=true",
        "RESET_BREAKER_ONCE comes from environment GLOSTEN_RESET_BREAKER_ONCE",
    ]
    assert path.read_text() == "[strategy]\nRESET_STATS_ONCE = true\n"


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        ("[strategy\n", "not valid TOML any more"),
        ("[strategy]\nGM_ALPHA = 0.2\n", "no longer has strategy.RESET_STATS_ONCE"),
    ],
)
def test_a_file_that_changed_meanwhile_is_left_alone_and_told(write: Any, spoilt: str, words: str) -> None:
    path = write("[strategy]\nRESET_STATS_ONCE = true\n")
    settings = load(path, environment={})
    path.write_text(spoilt)
    (problem,) = clear_one_shots([settings])
    assert words in problem
    assert path.read_text() == spoilt


def test_a_folder_that_cannot_be_written_is_told_and_the_file_stays(
    write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("RESET_STATS_ONCE = true\n")
    settings = load(path, environment={})

    def refuse(source: Path, target: Path) -> None:
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    (problem,) = clear_one_shots([settings])
    assert "cannot be written: permission denied" in problem
    assert path.read_text() == "RESET_STATS_ONCE = true\n"
    assert [file.name for file in path.parent.iterdir()] == ["pair.toml"]
