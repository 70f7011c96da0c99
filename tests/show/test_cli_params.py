from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from glosten.params import PARAMETERS, Parameter
from glosten.show._app import run
from glosten.show._output import console

DOCS = Path(__file__).resolve().parents[2] / "docs" / "parameters.md"


@pytest.fixture(params=["80", "100", "150"])
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setenv("COLUMNS", request.param)
    console.cache_clear()
    yield int(request.param)
    console.cache_clear()


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["params", *arguments]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def test_the_json_list_has_every_parameter_with_the_members_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(printed(capsys, "--json"))
    assert [item["key"] for item in listed] == [parameter.key for parameter in PARAMETERS]
    contract = {"key", "group", "type", "default", "min", "max", "choices", "unit", "live", "help"}
    assert all(contract <= set(item) for item in listed)
    alpha = next(item for item in listed if item["key"] == "GM_ALPHA")
    assert (alpha["default"], alpha["min"], alpha["max"], alpha["type"]) == (0.15, 0.02, 0.4, "number")


def test_the_list_fits_the_screen_and_names_every_key(columns: int, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys)
    assert max(len(line) for line in text.splitlines()) <= columns
    lines = text.splitlines()
    for parameter in PARAMETERS:
        (line,) = (line for line in lines if line.split(" ")[0] == parameter.key)
        assert (f"{parameter.key} ·" in line) == (not parameter.acted_on)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda parameter: parameter.key)
def test_a_parameter_is_explained(parameter: Parameter, capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(printed(capsys, parameter.key).split())
    assert parameter.help in text
    assert parameter.acts_on in text
    assert parameter.unit in text
    assert f"formula {parameter.formula}" in text
    assert f"for example {parameter.example}" in text
    assert ("not acted on yet" in text) == (not parameter.acted_on)
    assert f"[{parameter.table}]" in text


def test_an_explanation_has_an_example_for_file_flag_and_environment(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line.strip() for line in printed(capsys, "runtime.cycle_seconds").splitlines()]
    assert "cycle_seconds = 15" in lines
    assert "elsewhere     --set runtime.cycle_seconds=15" in lines
    assert "GLOSTEN_RUNTIME_CYCLE_SECONDS=15" in lines


@pytest.mark.parametrize("key", ["gm_alpha", "GM_ALPHA", "Gm_Alpha"])
def test_letter_case_does_not_matter_to_a_reader(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, key).startswith("GM_ALPHA")


def test_the_wallet_and_the_instrument_are_explained_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert "account.cash" in printed(capsys, "account.cash")
    assert "[instrument]" in printed(capsys, "tick")


def test_a_typo_names_the_nearest_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["params", "GM_ALPA"]) == 2
    assert capsys.readouterr().err == "Error: GM_ALPA is not a parameter. Did you mean GM_ALPHA?\n"


def test_the_page_of_parameters_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert DOCS.read_text(encoding="utf-8") == printed(capsys, "--markdown"), "run `make docs`"
