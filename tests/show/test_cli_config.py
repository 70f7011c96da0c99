from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from glosten.settings import load
from glosten.show._app import run

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "config").glob("*.toml"))


@pytest.fixture(autouse=True)
def _empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("GLOSTEN_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def document(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert run(["config", *arguments, "--json"]) == code
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_configuration_has_no_error_and_no_warning(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["config", "check", str(example)]) == 0
    assert f"{example.name}: no errors, no warnings" in capsys.readouterr().out.replace("\n", "")
    settings = load(example, environment={})
    assert settings.strategy.ALLOC_CONFIRMED
    assert settings.instrument.tick is not None
    assert settings.instrument.lot is not None


def test_there_are_four_examples() -> None:
    assert [path.stem for path in EXAMPLES] == ["aapl", "btcusdt", "ibm", "xrpeth"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("GM_ALPA = 0.2", "GM_ALPA is not a parameter. Did you mean GM_ALPHA?"),
        ("GM_ALPHA = 0.9", "must be a number from 0.02 to 0.4 (probability), but it is 0.9."),
        ('GM_ALPHA = "high"', 'but it is "high".'),
        ("GM_ALPHA = nan", "but it is NaN."),
        ("GM_LAYERS = 2.5", "must be a whole number from 1 to 8"),
        ("ALLOC_CONFIRMED = 1", "must be true or false, but it is 1."),
        ("PERIOD = 7", "must be one of 1, 3, 5, 15, 30, 60 (minutes), but it is 7."),
        ("GM_ALPHA = 0.1\nGM_ALPHA = 0.2", "GM_ALPHA stands twice, on lines 1 and 2"),
        ("[strategy", "is not valid TOML"),
        ("", "is empty"),
        ("[runtime]\nmode = 'live'", "is not built yet"),
        ("[account]\ncash = -1", "account.cash must be a number from 0"),
    ],
)
def test_a_bad_configuration_is_one_line_exit_code_two_and_no_file(
    text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    for command in ("check", "show"):
        assert run(["config", command, "bad.toml"]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("Error: bad.toml")
        assert captured.err.count("\n") == 1
        assert words in captured.err
    assert list(tmp_path.iterdir()) == [path]


def test_a_check_tells_all_errors_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.toml").write_text("GM_ALPA = 1\nGM_TL = 1\nGM_LAYERS = 'x'\n")
    found = document(capsys, "check", "bad.toml", code=2)
    assert [error["code"] for error in found["errors"]] == ["E00", "E00", "E00"]
    assert found["warnings"] == []


def test_a_check_gives_the_codes_of_the_lint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "odd.toml").write_text("TRADING_LIMIT = 800\nALLOC_RESERVE_PCT = 25\n")
    found = document(capsys, "check", "odd.toml", code=2)
    assert [error["code"] for error in found["errors"]] == ["E01"]
    assert [(warning["code"], warning["level"]) for warning in found["warnings"]] == [
        ("W02", "warning"),
        ("W16", "info"),
        ("W18", "info"),
    ]
    assert run(["config", "check", "odd.toml"]) == 2
    assert capsys.readouterr().err.startswith("Error: E01: ALLOC_RESERVE_PCT = 25 takes all")


def test_a_check_goes_through_every_pair(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "two.toml").write_text(
        '[pairs."BTC/USDT"]\nALLOC_PCT = 60\nGM_ALPHA = 9\n[pairs."ETH/USDT"]\nALLOC_PCT = 60\nGM_TL = 9\n'
    )
    messages = [error["message"] for error in document(capsys, "check", "two.toml", code=2)["errors"]]
    assert ["GM_ALPHA" in messages[0], "GM_TL" in messages[1]] == [True, True]
    fixed = document(capsys, "check", "two.toml", "--set", "GM_ALPHA=0.2", "--set", "GM_TL=900")
    assert fixed["errors"] == []
    assert "W08" in {warning["code"] for warning in fixed["warnings"]}


def test_a_check_reminds_of_the_gate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.toml").write_text("GM_TL = 900\n")
    assert run(["config", "check", "a.toml"]) == 0
    assert "ALLOC_CONFIRMED is false, so nothing will be bought." in capsys.readouterr().out
    assert run(["config", "check", "a.toml", "--set", "ALLOC_CONFIRMED=true"]) == 0
    assert "nothing will be bought" not in capsys.readouterr().out


def test_show_tells_values_and_where_they_come_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.toml").write_text("[strategy]\nGM_ALPHA = 0.2\n")
    shown = document(capsys, "show", "a.toml", "--set", "GM_TL=1000")
    assert (shown["values"]["GM_ALPHA"], shown["origins"]["GM_ALPHA"]) == (0.2, "a.toml, line 2, [strategy]")
    assert (shown["values"]["GM_TL"], shown["origins"]["GM_TL"]) == (1000, "--set GM_TL=1000")
    assert (shown["values"]["runtime.mode"], shown["origins"]["runtime.mode"]) == ("backtest", "default")
    assert shown["errors"] == []
    assert "W02" in {warning["code"] for warning in shown["warnings"]}


def test_effective_values_are_those_of_strict_literature(capsys: pytest.CaptureFixture[str]) -> None:
    strict = ["--set", "STRICT_LITERATURE=true"]
    written, effective = document(capsys, "show", *strict), document(capsys, "show", "--effective", *strict)
    assert (written["values"]["BE_GUARD"], effective["values"]["BE_GUARD"]) == (True, False)
    assert written["hash"] == effective["hash"]
    assert set(effective["overlay"]) == {
        "BE_GUARD",
        "GM_DISABLE_ASK_CLAMP",
        "GM_DISABLE_CROSS_PROT",
        "SKEW_QTY_MAX",
        "DISABLE_BREAKER_WINDDOWN",
    }
    assert run(["config", "show", "--effective", *strict]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert sum(row.startswith("!  ") for row in rows) == 5
    assert sum(row.startswith("*  ") for row in rows) == 1


def test_a_template_is_checked_without_complaint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "template", "--out", "new.toml"]) == 0
    assert capsys.readouterr().out == ""
    assert document(capsys, "check", "new.toml")["errors"] == []
    assert run(["config", "template"]) == 0
    assert capsys.readouterr().out == (tmp_path / "new.toml").read_text()
    assert document(capsys, "template")["toml"] == (tmp_path / "new.toml").read_text()


def test_a_file_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.toml").write_text("GM_TL = 900\n")
    assert run(["config", "template", "--out", "mine.toml"]) == 2
    assert "exists already" in capsys.readouterr().err
    assert (tmp_path / "mine.toml").read_text() == "GM_TL = 900\n"


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert document(capsys, "schema")["$defs"]["strategy"]["properties"]["GM_ALPHA"]["maximum"] == 0.4


def test_a_gunbot_file_is_taken_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = {"binance": {"USDT-BTC": {"override": {"GM_ALPHA": "0.2", "ALLOC_CONFIRMED": "true", "BUY_METHOD": "x"}}}}
    (tmp_path / "config.js").write_text(json.dumps({"pairs": pairs}))
    assert run(["config", "import-gunbot", "config.js", "--out", "btc.toml"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Warning: BTC/USDT: left out 1 keys that are not parameters: BUY_METHOD." in captured.err
    settings = load(tmp_path / "btc.toml", environment={})
    assert (settings.instrument.symbol, settings.strategy.GM_ALPHA) == ("BTC/USDT", 0.2)
    taken = document(capsys, "import-gunbot", "config.js")
    assert taken["toml"] == (tmp_path / "btc.toml").read_text()
    assert [warning["code"] for warning in taken["warnings"]] == ["W00"]


def test_the_environment_of_the_process_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GLOSTEN_GM_ALPHA", "0.3")
    assert document(capsys, "show")["values"]["GM_ALPHA"] == 0.3
    monkeypatch.setenv("GLOSTEN_GM_ALPHA", "3")
    assert run(["config", "show"]) == 2
    assert capsys.readouterr().err.startswith("Error: environment GLOSTEN_GM_ALPHA: GM_ALPHA must be")


def test_a_hostile_file_can_neither_break_a_line_nor_steer_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = "GM\n\x1b[2Jx"
    (tmp_path / "evil.json").write_text(
        json.dumps({evil: {evil: 1}, "pairs": {evil: {evil: evil, "GM_TL": evil}, "b": 3}})
    )
    assert run(["config", "check", "evil.json"]) == 2
    error = capsys.readouterr().err
    assert "\x1b" not in error
    assert all(line.startswith("Error: ") for line in error.splitlines())
    assert len(error.splitlines()) == 4
