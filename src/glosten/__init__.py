"""glosten: the Glosten-Milgrom (1985) model of market making, from theory to live quotes, with one algebra.

The rooms are the public names; each is imported when it is first touched, so that ``import glosten`` is instant.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glosten import alpha, crowd, errors, maker, market, params, records, run, settings, show, statistics, theory

__version__ = "0.1.0"

__all__ = [
    "alpha",
    "crowd",
    "errors",
    "maker",
    "market",
    "params",
    "records",
    "run",
    "settings",
    "show",
    "statistics",
    "theory",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
