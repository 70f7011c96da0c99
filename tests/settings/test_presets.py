from __future__ import annotations

from pathlib import Path

import pytest

from glosten.params import Runtime, Strategy
from glosten.settings import lint, load

PRESETS = Path(__file__).resolve().parents[2] / "config" / "presets"
NAMES = ["conservative", "default", "strict_literature", "thin_pair"]


def test_the_presets_are_those_of_the_documentation() -> None:
    assert sorted(path.stem for path in PRESETS.glob("*.toml")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_passes_the_check_without_a_warning_and_waits_for_the_operators_signature(name: str) -> None:
    settings = load(PRESETS / f"{name}.toml", environment={})
    assert {finding.level for finding in lint(settings)} <= {"info"}
    assert not settings.strategy.ALLOC_CONFIRMED
    assert (name == "strict_literature") == settings.strategy.STRICT_LITERATURE


def test_the_default_preset_is_the_default() -> None:
    settings = load(PRESETS / "default.toml", environment={})
    assert (settings.strategy, settings.runtime) == (Strategy(), Runtime())


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_says_why(name: str) -> None:
    lines = (PRESETS / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    keys = sum("=" in line and not line.startswith("#") for line in lines)
    comments = sum(line.startswith("#") for line in lines)
    assert lines[0].startswith("# ")
    assert comments >= keys / 4
