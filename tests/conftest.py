"""Where the tests find golden numbers and real market data."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The first example pays for the compilation, so no example has a deadline; CI tries the same examples every time.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared_file(*parts: str) -> Path:
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the shared folder beside the project has no {'/'.join(parts)}")
    return path


@pytest.fixture(scope="session")
def shared() -> Any:
    """Return a function from parts of a path to a file in the shared folder; the test is skipped where it is absent."""
    return shared_file


@pytest.fixture(scope="session")
def theory_vectors() -> Any:
    return json.loads(shared_file("fixtures", "theory_vectors.json").read_text())


@pytest.fixture(scope="session")
def strategy_vectors() -> Any:
    return json.loads(shared_file("fixtures", "strategy_vectors.json").read_text())
