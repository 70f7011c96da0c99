from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from glosten.errors import InputError
from glosten.settings import Change, LiveSettings, Reload, load

FIRST = "[strategy]\nGM_ALPHA = 0.2\n[runtime]\ncycle_seconds = 5\n"


def rewrite(path: Path, text: str) -> None:
    """Write a file so that its time differs even where the clock of the disk is coarse."""
    later = path.stat().st_mtime_ns + 1_000_000 if path.exists() else None
    path.write_text(text)
    if later is not None:
        os.utime(path, ns=(later, later))


def live(path: Path, *overrides: str, pair: str | None = None) -> LiveSettings:
    return LiveSettings(path, pair=pair, overrides=overrides, environment={})


def test_an_unchanged_file_changes_nothing(write: Any) -> None:
    following = live(write(FIRST))
    assert following.refresh() == Reload()
    assert following.revision == 0
    assert following.settings == load(following.path, environment={})


def test_a_changed_key_holds_from_the_next_decision_on_with_a_new_revision(write: Any) -> None:
    following = live(write(FIRST))
    before = following.settings.hash
    rewrite(following.path, FIRST.replace("0.2", "0.3"))
    assert following.refresh() == Reload((Change("GM_ALPHA", 0.2, 0.3),))
    assert following.settings.strategy.GM_ALPHA == 0.3
    assert following.revision == 1
    assert following.settings.hash != before
    assert following.settings.hash == load(following.path, environment={}).hash
    assert following.refresh() == Reload()


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("[strategy\n", "not valid TOML"),
        ("", "is empty"),
        ("[strategy]\nGM_ALPHA = 7\n", "GM_ALPHA must be a number from 0.02 to 0.4"),
        ("[strategy]\nGM_ALPA = 0.2\nGM_TL = 1\nGM_FEE = 9\n", "2 more: `glosten config check"),
    ],
)
def test_a_bad_file_leaves_the_last_good_values_and_is_told_once(write: Any, bad: str, words: str) -> None:
    following = live(write(FIRST))
    good = following.settings
    rewrite(following.path, bad)
    told = following.refresh()
    assert told.changes == ()
    assert words in told.problem
    assert told.problem.endswith("The last good configuration stays in force.")
    assert "\n" not in told.problem
    assert following.settings is good
    assert following.revision == 0
    assert following.refresh() == Reload()


def test_a_file_that_vanished_and_came_back_is_followed_again(write: Any) -> None:
    following = live(write(FIRST))
    following.path.unlink()
    assert "does not exist" in following.refresh().problem
    assert following.refresh() == Reload()
    rewrite(following.path, FIRST.replace("0.2", "0.25"))
    assert following.refresh().changes == (Change("GM_ALPHA", 0.2, 0.25),)


def test_keys_of_the_next_start_keep_their_values_and_are_told(write: Any) -> None:
    following = live(write(FIRST))
    rewrite(following.path, FIRST.replace("0.2", "0.3") + 'obs_source = "tape"\n[instrument]\ntick = 0.5\n')
    told = following.refresh()
    assert told.changes == (Change("GM_ALPHA", 0.2, 0.3),)
    assert 'runtime.obs_source = "tape" (now "own_fills")' in told.waiting
    assert "instrument.tick = 0.5 (now nothing)" in told.waiting
    assert told.waiting.endswith("takes effect at the next start, the old value stays until then.")
    assert following.settings.runtime.obs_source == "own_fills"
    assert following.settings.instrument.tick is None
    assert following.settings.provenance["runtime.obs_source"].layer == "default"


def test_comments_and_order_are_no_change(write: Any) -> None:
    following = live(write(FIRST))
    rewrite(following.path, "# said\n[runtime]\ncycle_seconds = 5.0\n[strategy]\nGM_ALPHA = '0.2'\n")
    assert following.refresh() == Reload()
    assert following.revision == 0


def test_flags_still_beat_a_changed_file(write: Any) -> None:
    following = live(write(FIRST), "GM_ALPHA=0.1")
    rewrite(following.path, FIRST.replace("0.2", "0.3"))
    assert following.refresh() == Reload()
    assert following.settings.strategy.GM_ALPHA == 0.1


def test_a_pair_follows_its_own_table(write: Any) -> None:
    text = 'GM_ALPHA = 0.2\n[pairs."A/B"]\nGM_TL = 800\n[pairs."C/B"]\nGM_TL = 700\n'
    following = live(write(text), pair="A/B")
    rewrite(following.path, text.replace("700", "600"))
    assert following.refresh() == Reload()
    rewrite(following.path, text.replace("800", "850"))
    assert following.refresh().changes == (Change("GM_TL", 800.0, 850.0),)


def test_strict_literature_changes_the_keys_it_lays_over(write: Any) -> None:
    following = live(write(FIRST))
    rewrite(following.path, FIRST.replace("GM_ALPHA = 0.2", "GM_ALPHA = 0.2\nSTRICT_LITERATURE = true"))
    changed = {change.key for change in following.refresh().changes}
    assert {"STRICT_LITERATURE", "BE_GUARD", "SKEW_QTY_MAX"} <= changed


def test_a_bad_file_at_the_start_is_refused(write: Any) -> None:
    with pytest.raises(InputError):
        live(write("[strategy]\nGM_ALPHA = 7\n"))
