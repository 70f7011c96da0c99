"""`glosten alpha`: the keys of the contract, runs and files, and one clear line for what cannot be measured."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

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


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a tape of half an hour, a configuration, and the run they make."""
    place = tmp_path_factory.mktemp("alpha")
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
    here = Path.cwd()
    os.chdir(place)
    try:
        files = ("--trades", "trades.csv", "--quotes", "quotes.csv")
        assert run(["backtest", "pair.toml", *files, "--out", "done", "--json"]) == 0
    finally:
        os.chdir(here)
    return place


@pytest.fixture(autouse=True)
def there(played: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("GLOSTEN_") and name != "GLOSTEN_CACHE_DIR":
            monkeypatch.delenv(name)
    monkeypatch.chdir(played)


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert run(["alpha", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(["alpha", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert all(line.startswith("Error: ") for line in captured.err.splitlines())
    return captured.err


def test_json_has_a_row_for_each_signal_and_horizon_and_the_capacity(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "done")
    assert len(found["horizons"]) == 4 * 7
    for row in found["horizons"]:
        assert set(row) >= {"signal", "horizon", "clock", "ic", "ic_se", "decay", "rank_ic", "rank_ic_se", "lag", "n"}
    assert found["residual_half_quanta"] == 0
    pnl = found["pnl"]
    parts = pnl["spread"] + pnl["adverse"] + pnl["inventory"] + pnl["fees"]
    assert parts == pytest.approx(pnl["total"], abs=1e-9)
    assert set(found["capacity"]) >= {"annual", "interval", "assumptions", "impact", "goals", "sentences"}
    assert found["capacity"]["assumptions"]["usd_per_quote"] == 1.0
    assert found["performance"]["deflated"]["trials"] == 1
    assert {row["grouping"] for row in found["markout_curves"]} == {"side", "size", "rung", "belief", "hour"}


def test_the_run_and_its_file_are_the_same_and_options_reach_the_measures(capsys: pytest.CaptureFixture[str]) -> None:
    given = ("--trials", "50", "--hold", "30", "--delay", "1", "--linear", "--days", "252", "--hours", "6.5")
    found = document(capsys, "done/run.json", *given, "--usd", "2", "--gbp", "1.5", "--participation", "0.02")
    assert found["performance"]["deflated"]["trials"] == 50
    assert found["options"]["hold_s"] == 30
    assert found["capacity"]["impact"]["exponent"] == 1.0
    assert found["capacity"]["assumptions"] == {
        "most_participation": 0.02,
        "trading_days": 252,
        "hours_per_day": 6.5,
        "usd_per_quote": 2,
        "usd_per_gbp": 1.5,
    }
    assert document(capsys, "done")["pnl"] == found["pnl"]


def test_files_are_played_to_a_maker_that_learns_from_every_order(capsys: pytest.CaptureFixture[str]) -> None:
    both = document(capsys, "trades.csv", "quotes.csv")
    assert both["source"] == "trades.csv quotes.csv"
    by_horizon = {(row["signal"], row["horizon"], row["clock"]): row for row in both["horizons"]}
    assert by_horizon["belief", 10, "s"]["n"] > 1500
    assert document(capsys, "trades.csv", "--quotes", "quotes.csv")["horizons"] == both["horizons"]
    alone = document(capsys, "trades.csv", "--config", "pair.toml")
    assert "book flow" not in {row["signal"] for row in alone["horizons"]}
    assert any("implied by the prints" in remark for remark in alone["remarks"])


def test_a_run_whose_tape_is_gone_is_measured_on_what_it_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, played: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    assert run(["alpha", str(played / "done"), "--json"]) == 0
    captured = capsys.readouterr()
    assert "trades.csv does not exist." in captured.err
    found = json.loads(captured.out)
    assert "The tape is not at hand" in found["remarks"][0]
    assert found["capacity"]["annual"] is None
    assert found["pnl"]["total"] is not None


@pytest.fixture
def fresh_console() -> Iterator[None]:
    """Let no other test see the console, whose width is that of its first use."""
    console.cache_clear()
    yield
    console.cache_clear()


@pytest.mark.usefixtures("fresh_console")
def test_the_terminal_shows_every_table(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["alpha", "done"]) == 0
    shown = capsys.readouterr().out
    for part in ("Profit and loss, USDT", "Markouts", "What the belief foretells", "An informed trader", "Performance"):
        assert part in shown
    assert "Capacity" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.csv",), "nowhere.csv does not exist."),
        (("done", "trades.csv"), "give nothing with it"),
        (("trades.csv", "quotes.csv", "pair.toml"), "at most one of quotes"),
        ((".",), "is not the folder of a run"),
        (("done", "--trials", "0"), "number of trials is 0"),
        (("done", "--participation", "2"), "largest participation"),
        (("done", "--usd", "-1"), "Rates must be above 0"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert said in complaint(capsys, *arguments)
