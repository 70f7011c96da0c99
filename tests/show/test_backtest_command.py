from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glosten.run import Run
from glosten.settings import load
from glosten.show import _report
from glosten.show._app import run

CONFIG = """
[strategy]
ALLOC_CONFIRMED = true
GM_BASE_SPREAD = 2
GM_ALPHA = 0.02
WARMUP_CYCLES = 0
[runtime]
cycle_seconds = 5
[instrument]
symbol = "COIN/CASH"
"""
KEYS = {
    "pnl",
    "external",
    "fills",
    "maker_ratio",
    "max_drawdown_pct",
    "orders",
    "cycles",
    "hold_value",
    "markouts_bps",
    "ticks_per_second",
    "breaker_events",
}
START_NS = 1_700_000_000_000_000_000


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder that holds a configuration, a tape of half an hour, and nothing else."""
    for name in list(os.environ):
        if name.startswith("GLOSTEN_") and name != "GLOSTEN_CACHE_DIR":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pair.toml").write_text(CONFIG)
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
    (tmp_path / "trades.csv").write_text("\n".join(trades) + "\n")
    (tmp_path / "quotes.csv").write_text("\n".join(quotes) + "\n")
    return tmp_path


GIVEN = ("backtest", "pair.toml", "--trades", "trades.csv", "--quotes", "quotes.csv")


def everything(place: Path) -> set[str]:
    return {str(path.relative_to(place)) for path in place.rglob("*")}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert run([*arguments, "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert all(line.startswith("Error: ") for line in captured.err.splitlines())
    return captured.err


def test_json_has_the_keys_of_the_contract_and_the_split_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    result = document(capsys, *GIVEN, "--out", "a")
    assert set(result) >= KEYS
    pnl = result["pnl"]
    assert set(pnl) >= {"total", "realised", "unrealised", "spread", "adverse", "inventory", "fees"}
    assert result["fills"] > 0
    tolerance = 1e-9 * result["turnover"]
    assert pnl["spread"] + pnl["adverse"] + pnl["inventory"] + pnl["fees"] == pytest.approx(pnl["total"], abs=tolerance)
    assert pnl["realised"] + pnl["unrealised"] - pnl["brought"] == pytest.approx(pnl["total"], abs=tolerance)
    assert {finding["code"] for finding in result["findings"]} >= {"W16"}


def test_a_run_leaves_its_folder_with_figures_series_and_page(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = document(capsys, *GIVEN, "--out", "deep/er/a")
    folder = place / "deep" / "er" / "a"
    assert names(folder) == ["arrays.npz", "report.html", "run.json"]
    assert result["report"] == str(folder / "report.html")
    assert result["run"] == str(folder)
    assert names(folder.parent) == ["a"]
    kept = Run.load(folder)
    assert kept.figures["fills"] == result["fills"]
    assert kept.config_hash == result["config_hash"]


def test_a_folder_is_named_after_the_tape_and_the_configuration(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = document(capsys, *GIVEN)
    hash_ = load(place / "pair.toml", environment={}).hash
    assert Path(result["run"]) == place / "runs" / f"trades-{hash_}"
    other = document(capsys, *GIVEN, "--set", "GM_ALPHA=0.3")
    assert other["run"] != result["run"]
    assert other["config_hash"] != result["config_hash"]


def test_running_again_replaces_the_run(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document(capsys, *GIVEN, "--out", "a")
    result = document(capsys, *GIVEN, "--out", "a", "--set", "GM_BASE_SPREAD=30")
    assert Run.load(place / "a").parameters["GM_BASE_SPREAD"] == 30
    assert result["config_hash"] in (place / "a" / "report.html").read_text()
    assert names(place / "a") == ["arrays.npz", "report.html", "run.json"]


def test_people_are_told_the_verdict_the_instrument_the_reasons_and_the_address(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run([*GIVEN, "--out", "a"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Backtest of COIN/CASH on trades.csv"
    assert lines[1].startswith(("Made ", "Lost "))
    text = " ".join(" ".join(lines).split())
    for words in ("tick 0.01, lot 0.01", "Profit and loss, CASH", "Adverse selection", "customer orders", "Note W16:"):
        assert words in text
    assert lines[-1] == (place / "a" / "report.html").as_uri()
    assert max(len(line) for line in lines[:-1]) <= 80


def test_a_tape_without_quotes_is_played_and_flagged(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["backtest", "pair.toml", "--trades", "trades.csv", "--out", "a"]) == 0
    assert "Beware: The quotes are synthetic" in " ".join(capsys.readouterr().out.split())
    assert "The quotes are synthetic" in (place / "a" / "report.html").read_text()


def test_the_page_is_written_again_as_it_was(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document(capsys, *GIVEN, "--out", "a")
    page = place / "a" / "report.html"
    before = page.read_bytes()
    page.unlink()
    assert document(capsys, "report", "a")["report"] == str(page)
    assert page.read_bytes() == before
    assert run(["report", "a"]) == 0
    assert capsys.readouterr().out == f"{page.as_uri()}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--trades", "nowhere.csv"), "nowhere.csv does not exist"),
        (("--trades", "trades.csv", "--quotes", "nowhere.csv"), "nowhere.csv does not exist"),
        (("--trades", "pair.toml"), "pair.toml"),
        (("--trades", "quotes.csv"), "quotes.csv"),
        (("--trades", "trades.csv", "--set", "GM_ALPA=0.2"), "Did you mean GM_ALPHA?"),
        (("--trades", "trades.csv", "--set", "GM_ALPHA=7"), "0.02 to 0.4"),
        (("--trades", "trades.csv", "--set", "ALLOC_RESERVE_PCT=50", "--set", "ALLOC_PCT=10"), "E01"),
        (("--trades", "trades.csv", "--out", "pair.toml"), "pair.toml is a file"),
        (("--trades", "trades.csv", "--out", "pair.toml/a"), "pair.toml is a file"),
        (("--trades", "trades.csv", "--out", "."), "is not the folder of a run"),
        ((), "--trades"),
    ],
)
def test_bad_input_is_refused_in_a_sentence_and_nothing_is_written(
    place: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    before = everything(place)
    assert words in complaint(capsys, "backtest", "pair.toml", *arguments)
    assert everything(place) == before


def test_every_problem_of_a_configuration_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    told = complaint(capsys, *GIVEN, "--set", "GM_ALPA=0.2", "--set", "GM_TL=1")
    assert told.count("Error: ") == 2


def test_a_configuration_that_is_not_there_is_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "nowhere.toml" in complaint(capsys, "backtest", "nowhere.toml", "--trades", "trades.csv")
    assert "runs" not in names(place)


@pytest.mark.parametrize("folder", ["nowhere", "pair.toml", "empty"])
def test_what_is_no_run_has_no_report(place: Path, capsys: pytest.CaptureFixture[str], folder: str) -> None:
    (place / "empty").mkdir()
    assert "is not the folder of a run" in complaint(capsys, "report", folder)
    assert names(place / "empty") == []


def test_a_run_whose_page_cannot_be_written_leaves_nothing(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(name: str) -> str:
        raise OSError(28, "No space left on device", "report.html")

    monkeypatch.setattr(_report, "_beside", fail)
    before = everything(place)
    assert run([*GIVEN, "--out", "deep/er/a"]) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert everything(place) == before


def test_a_start_off_its_target_is_cured_or_said(capsys: pytest.CaptureFixture[str]) -> None:
    wallet = ("--set", "account.cash=36360", "--set", "account.coin=0")
    cured = document(capsys, *GIVEN, "--out", "a", *wallet)
    assert cured["warnings"] == []
    assert cured["orders"] >= 6
    blocked = ("--set", "ALLOC_AUTO_REBALANCE=false")
    (warning,) = document(capsys, *GIVEN, "--out", "b", *wallet, *blocked)["warnings"]
    assert "50.0 points from its target of 50 % of the allocation in coins (ALLOC_SPLIT_TOL 15)" in warning
    assert "entries stayed blocked. Buy coins for 4,545.00 CASH." in warning
    (warning,) = document(capsys, *GIVEN, "--out", "c", *wallet, "--set", "ALLOC_ENFORCE_SPLIT=false")["warnings"]
    assert "traded from there" in warning


PAIRS = ("backtest", "pair.toml", "--trades", "COIN/CASH=trades.csv", "--trades", "OTHER/CASH=trades.csv")


def test_several_pairs_are_played_side_by_side(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = (*PAIRS, "--quotes", "COIN/CASH=quotes.csv", "--out", "a")
    result = document(capsys, *given)
    assert set(result["pairs"]) == {"COIN/CASH", "OTHER/CASH"}
    assert set(result["pairs"]["COIN/CASH"]) >= KEYS
    assert result["pairs"]["OTHER/CASH"]["tape"]["synthetic_quotes"] is True
    (ledger,) = result["portfolio"]
    assert ledger["pairs"] == ["COIN/CASH", "OTHER/CASH"]
    assert names(place / "a") == ["COIN-CASH", "OTHER-CASH", "portfolio.json"]
    assert names(place / "a" / "COIN-CASH") == ["arrays.npz", "report.html", "run.json"]
    assert run(given) == 0
    assert "Portfolio" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--trades", "A/B=trades.csv", "--trades", "trades.csv"), "Several tapes need the names of their pairs"),
        (("--trades", "A/B=trades.csv", "--trades", "A/B=quotes.csv"), "names the pair A/B twice"),
        (("--trades", "A/B=trades.csv", "--quotes", "C/B=quotes.csv"), "--quotes are given for C/B, but no --trades"),
        (("--trades", "A/B=trades.csv", "--quotes", "quotes.csv"), "a pair without a name"),
        (("--trades", "A/B=trades.csv", "--pair", "A/B"), "--pair A/B is for a tape without a name"),
        (("--trades", "A/B=nowhere.csv"), "nowhere.csv does not exist"),
    ],
)
def test_names_and_files_that_do_not_go_together_are_refused(
    place: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    before = everything(place)
    assert words in complaint(capsys, "backtest", "pair.toml", *arguments)
    assert everything(place) == before


def test_a_closed_gate_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    result = document(capsys, *GIVEN, "--out", "a", "--set", "ALLOC_CONFIRMED=false")
    assert result["warnings"] == ["ALLOC_CONFIRMED is false: nothing was bought."]
    assert result["fills"] == 0
