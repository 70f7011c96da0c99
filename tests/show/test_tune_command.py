"""`glosten tune`: a search from the command line, its folder, and one clear line for what cannot be searched."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glosten.settings import load
from glosten.show._app import run
from glosten.show._output import console

CONFIG = """
[strategy]
ALLOC_CONFIRMED = true
GM_BASE_SPREAD = 2
GM_ALPHA = 0.02
WARMUP_CYCLES = 0
[runtime]
cycle_seconds = 5
[instrument]
symbol = "COIN/USDT"
"""
START_NS = 1_700_000_000_000_000_000
GIVEN = ("tune", "pair.toml", "--trades", "trades.csv", "--quotes", "quotes.csv", "--keys", "GM_ALPHA,GM_BASE_SPREAD")
SHORT = ("--range", "GM_BASE_SPREAD=2:5", "--trials", "6", "--seed", "1", "--folds", "2", "--purge", "20")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a tape of half an hour and a configuration."""
    place = tmp_path_factory.mktemp("tune")
    (place / "pair.toml").write_text(CONFIG)
    rng = np.random.default_rng(3)
    count = 1800
    mid = 100 * np.exp(np.cumsum(rng.standard_normal(count)) * 1e-4)
    bid, ask = np.floor(mid * 100) / 100, np.floor(mid * 100) / 100 + 0.01
    side = np.where(rng.random(count) < 0.5, 1, -1)
    price = np.where(side == 1, ask, bid)
    ts_ns = START_NS + np.arange(count) * 1_000_000_000
    quotes = ["ts_ns,bid,bid_qty,ask,ask_qty"]
    quotes += [f"{t},{b:.2f},5.0,{a:.2f},5.0" for t, b, a in zip(ts_ns - 500_000_000, bid, ask, strict=True)]
    trades = ["ts_ns,price,qty,side"]
    trades += [f"{t},{p:.2f},{1.25 + k % 3},{s}" for k, (t, p, s) in enumerate(zip(ts_ns, price, side, strict=True))]
    (place / "trades.csv").write_text("\n".join(trades) + "\n")
    (place / "quotes.csv").write_text("\n".join(quotes) + "\n")
    return place


@pytest.fixture(autouse=True)
def there(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("GLOSTEN_") and name != "GLOSTEN_CACHE_DIR":
            monkeypatch.delenv(name)
    monkeypatch.chdir(place)


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Error: ")
    assert captured.err.count("\n") == 1
    return captured.err


def test_a_search_leaves_the_best_configuration_its_result_and_its_trials(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, *GIVEN, *SHORT, "--out", "done")
    assert (found["trials"], found["refused"], len(found["all_trials"])) == (6, 0, 6)
    assert [row["fold"] for row in found["folds"]] == [1, 2]
    for row in found["folds"]:
        for name in ("chosen_in_sample", "chosen_out_of_sample", "best_in_sample", "best_out_of_sample"):
            assert set(row[name]["total"]) == {"mean", "se", "sd", "n"}
    assert 0 <= found["overfitting"]["probability"] <= 1
    assert found["deflated"]["trials"] == 6
    best = load(Path("done/best.toml"), environment={})
    assert best.hash == found["best"]["config_hash"]
    assert best.values()["GM_ALPHA"] == found["best"]["values"]["GM_ALPHA"]
    assert run(["config", "check", "done/best.toml"]) == 0
    assert sorted(path.name for path in Path("done").iterdir()) == ["best.toml", "trials.db", "tune.json"]
    kept = json.loads(Path("done/tune.json").read_text())
    assert kept == {name: value for name, value in found.items() if name in kept}
    again = document(capsys, *GIVEN, *SHORT, "--out", "done")
    assert again == found
    with sqlite3.connect("done/trials.db") as stored:
        assert stored.execute("select count(*) from trials").fetchone() == (6,)
    stored.close()
    more = document(capsys, *GIVEN, *SHORT[:2], "--trials", "7", *SHORT[4:], "--out", "done")
    assert more["all_trials"][:6] == found["all_trials"]
    assert more["trials"] == 7


@pytest.mark.parametrize("columns", ["80", "120"])
def test_the_terminal_shows_the_folds_and_how_to_read_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    console.cache_clear()
    assert run([*GIVEN, *SHORT, "--out", "shown", "--storage", "elsewhere.db"]) == 0
    shown = capsys.readouterr().out
    console.cache_clear()
    assert "of 6 is the best" in shown
    assert "out of sample" in shown
    assert "…" not in shown
    assert "Probability of overfitting" in shown
    assert "deflated for 6 trials" in shown
    assert "The configuration as it was, trial 0" in shown
    assert Path("elsewhere.db").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((*GIVEN[:-1], "GM_ALPA"), "GM_ALPA is not a parameter. Did you mean GM_ALPHA?"),
        ((*GIVEN, "--range", "GM_ALPHA=0.2:0.1"), "LOW must be less than HIGH."),
        ((*GIVEN, "--range", "GM_TL=1:2"), "GM_TL is not among --keys."),
        ((*GIVEN, "--folds", "0"), "The number of folds is 0"),
        ((*GIVEN, "--purge", "1e6"), "The purge is"),
        ((*GIVEN, "--trials", "0"), "--trials"),
        ((*GIVEN, "--set", "ALLOC_CONFIRMED=false"), "ALLOC_CONFIRMED is false"),
        ((*GIVEN, "--out", "pair.toml"), "pair.toml is a file"),
        ((*GIVEN, "--storage", "pair.toml"), "pair.toml is not the storage of a search"),
        (("tune", "pair.toml", "--trades", "none.csv", "--keys", "GM_ALPHA"), "none.csv does not exist."),
    ],
)
def test_what_cannot_be_searched_is_one_line(
    arguments: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sentence in complaint(capsys, *arguments)


def test_another_search_in_the_storage_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    short = ("--trials", "1", "--folds", "1", "--storage", "one.db", "--out", "one")
    document(capsys, *GIVEN, *short)
    assert "search with another seed" in complaint(capsys, *GIVEN, *short, "--seed", "5")
    assert "search with another configuration" in complaint(capsys, *GIVEN, *short, "--set", "GM_TL=800")


def test_a_configuration_that_no_search_wrote_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine").mkdir()
    Path("mine/best.toml").write_text("# mine\n")
    assert "that no search wrote" in complaint(capsys, *GIVEN, "--out", "mine")
    assert Path("mine/best.toml").read_text() == "# mine\n"
