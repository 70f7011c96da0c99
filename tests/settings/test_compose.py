"""Settings that are written out read back as the same settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from glosten.settings import compose, load

OVERRIDES = (
    "GM_ALPHA=0.123456789",
    "GM_BASE_SPREAD=12",
    "BE_GUARD=false",
    "STRICT_LITERATURE=true",
    "runtime.obs_source=tape",
    "runtime.cycle_seconds=2.5",
    "account.cash=1000.05",
    "instrument.tick=0.000000001",
    'instrument.symbol=A "long" name that goes on to the very end of 60 letters/US',
)


@pytest.mark.parametrize("overrides", [(), OVERRIDES])
def test_what_is_written_reads_back(tmp_path: Path, overrides: tuple[str, ...]) -> None:
    settings = load(None, overrides=overrides, environment={})
    path = tmp_path / "written.toml"
    path.write_text(compose(settings, ("Found by a search,\nnot by hand.",)))
    assert path.read_text().startswith("# Found by a search, not by hand.\n")
    found = load(path, environment={})
    assert found.hash == settings.hash
    assert found.strategy == settings.strategy
    assert found.values() == settings.values()
