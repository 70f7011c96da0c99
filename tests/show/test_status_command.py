from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glosten.run import Run
from glosten.show._app import run
from glosten.show._output import console
from glosten.show._run_folder import NOTIFICATIONS, write_folder


@pytest.fixture
def folder(tmp_path: Path, hand_made_run: Callable[..., Run]) -> Path:
    out = tmp_path / "a"
    write_folder(hand_made_run(300, 40), out, ())
    return out


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(["status", *arguments]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


@pytest.mark.parametrize("columns", ["60", "80", "120", "200"])
def test_the_dashboard_fits_the_screen(
    folder: Path, columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    console.cache_clear()
    text = printed(capsys, str(folder))
    console.cache_clear()
    assert max(len(line) for line in text.splitlines()) <= int(columns)
    for title in ("Sides", "Capital", "Quotes", "Orders", "Breakers", "Keys"):
        assert f"─ {title} ─" in text
    assert "GM BTC/USDT #300" in text
    assert "GM_ALPHA" in text


def test_json_has_state_positions_orders_and_reasons_and_the_host_bots_shapes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / NOTIFICATIONS).write_text(json.dumps([{"text": "x", "variant": "info", "persist": False, "ts_ns": 1}]))
    found: dict[str, Any] = json.loads(printed(capsys, str(folder), "--json"))
    assert {"state", "positions", "orders", "reasons", "line", "dashboard"} <= set(found)
    assert found["state"] == "quoting"
    assert [order["side"] for order in found["orders"]] == ["bid", "ask"]
    assert set(found["sidebarExtras"][0]) == {"label", "value", "tooltip", "valueColor"}
    assert {"text", "price", "quantity", "lineStyle"} <= set(found["customChartTargets"][0])
    assert found["notifications"] == [{"text": "x", "variant": "info", "persist": False, "ts_ns": 1}]


def test_sidebar_and_lines_can_be_asked_for_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Probability that the value is the high one" in " ".join(printed(capsys, str(folder), "--sidebar").split())
    assert "GM break-even" in printed(capsys, str(folder), "--lines")


def test_a_run_without_a_decision_has_a_status(
    tmp_path: Path, hand_made_run: Callable[..., Run], capsys: pytest.CaptureFixture[str]
) -> None:
    write_folder(hand_made_run(0, 0), tmp_path / "b", ())
    assert "WAITING" in printed(capsys, str(tmp_path / "b"))


def test_the_page_of_a_run_holds_the_dashboard(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert 'id="dashboard"' in page
    assert "GM BTC/USDT #300" in page
    assert "<dt>Belief pi</dt>" in page


def test_what_is_no_run_has_no_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status", str(tmp_path)]) == 2
    assert "is not the folder of a run" in capsys.readouterr().err
