"""What tests of importers share: the raw file of a vendor read into frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from glosten.market import ImportOptions, Kind, import_tape

Frames = dict[Kind, pl.DataFrame]


@pytest.fixture
def imported(tmp_path: Path) -> Callable[..., Frames]:
    """Return a function from files and options to the imported frames by kind."""

    def read(*paths: Path, **options: Any) -> Frames:
        done = import_tape(paths, tmp_path / "tape.parquet", ImportOptions(**options))
        return {kind: pl.read_parquet(path) for kind, path in done.files.items()}

    return read


@pytest.fixture
def raw(shared: Any) -> Callable[[str], Path]:
    """Return a function from a name to a raw file of a vendor; the test is skipped where it is absent."""
    return lambda name: shared("data", "raw", name)


@pytest.fixture
def reference(shared: Any) -> Callable[[str], pl.DataFrame]:
    """Return a function from a name to the table that was made of a raw file by other hands."""
    return lambda name: pl.read_parquet(shared("data", f"{name}.parquet"))
