"""Run: what a backtest leaves behind, in memory and on disk."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, dataclass, fields
from math import isnan, nan
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten.alpha import Markout, Split
from glosten.errors import SettingsError
from glosten.run._play_rows import BREAKER_ROW, CYCLE_ROW, FILL_ROW

RUN_FILE = "run.json"
ARRAYS_FILE = "arrays.npz"


@dataclass(frozen=True, slots=True)
class BandRow:
    """A backtest's outcome under one fill model: the total in quote units, fills, and the makers' share of them."""

    model: str
    total: float
    fills: int
    maker_ratio: float | None

    @classmethod
    def of(cls, run: Run) -> BandRow:
        """Return the row of a run."""
        figures = run.figures
        return cls(run.parameters["runtime.fill_model"], run.pnl.total, figures["fills"], figures["maker_ratio"])

    def summary(self) -> dict[str, Any]:
        """Return the row as the command-line contract has it."""
        return {"pnl": {"total": self.total}, "fills": self.fills, "maker_ratio": self.maker_ratio}


@dataclass(frozen=True)
class Run:
    """One finished backtest: its figures, its series, and everything needed to say how it came about.

    ``cycles``, ``fills`` and ``breakers`` are arrays of `CYCLE_ROW`, `FILL_ROW` and `BREAKER_ROW`; ``market`` is a
    sample of the tape's quotes (`records.QUOTES`) and ``value_path`` the true value where the market was simulated
    (columns ts_ns and value, else empty); ``state`` is the maker's last row (`maker.STATE`). Amounts are quote units.
    ``band`` is the outcome under every fill model, the strictest first; empty where the others were not played.
    """

    title: str
    quote_asset: str
    parameters: dict[str, Any]
    changed: tuple[str, ...]
    config_hash: str
    seed: int | None
    instrument: dict[str, str]
    tape: dict[str, Any]
    pnl: Split
    markouts: tuple[Markout, ...]
    figures: dict[str, Any]
    warnings: tuple[str, ...]
    cycles: NDArray[np.void]
    fills: NDArray[np.void]
    breakers: NDArray[np.void]
    market: NDArray[np.void]
    value_path: NDArray[np.void]
    state: NDArray[np.void]
    band: tuple[BandRow, ...] = ()

    def summary(self) -> dict[str, Any]:
        """Return the figures of the command-line contract as plain JSON-able values."""
        return {
            "title": self.title,
            "pnl": asdict(self.pnl),
            "markouts_bps": {f"{row.horizon_s:g}": row.mean_bps for row in self.markouts},
            "markouts_se_bps": {f"{row.horizon_s:g}": row.se_bps for row in self.markouts},
            "markouts_n": {f"{row.horizon_s:g}": row.n for row in self.markouts},
            "markouts_orders": {f"{row.horizon_s:g}": row.orders for row in self.markouts},
            **self.figures,
            "band": {row.model: row.summary() for row in self.band},
            "breaker_events": [{name: int(row[name]) for name in row.dtype.names} for row in self.breakers],
            "warnings": list(self.warnings),
            "instrument": self.instrument,
            "tape": self.tape,
            "config_hash": self.config_hash,
            "seed": self.seed,
        }

    def save(self, directory: Path) -> None:
        """Write the run into ``directory``: all of it or, on a failure, nothing."""
        directory.parent.mkdir(parents=True, exist_ok=True)
        arrays = {row.name: getattr(self, row.name) for row in fields(self) if row.name in _ARRAYS}
        words = {row.name: getattr(self, row.name) for row in fields(self) if row.name not in _ARRAYS}
        words["pnl"] = asdict(self.pnl)
        words["band"] = [asdict(row) for row in self.band]
        words["markouts"] = [
            {name: None if isnan(value) else value for name, value in asdict(row).items()} for row in self.markouts
        ]  # JSON has no NaN
        with tempfile.TemporaryDirectory(dir=directory.parent, prefix=f".{directory.name}-") as scratch:
            np.savez_compressed(Path(scratch, ARRAYS_FILE), **arrays)
            Path(scratch, RUN_FILE).write_text(json.dumps(words, indent=1, allow_nan=False), encoding="utf-8")
            directory.mkdir(exist_ok=True)
            for name in (ARRAYS_FILE, RUN_FILE):
                Path(scratch, name).replace(directory / name)

    @classmethod
    def load(cls, directory: Path) -> Run:
        """Read a run that `save` wrote; raises `SettingsError` where there is none or it cannot be read."""
        for name in (RUN_FILE, ARRAYS_FILE):
            if not (directory / name).is_file():
                raise SettingsError(
                    f"{directory} is not the folder of a run: it has no {name}. Give the folder that "
                    f"`glosten backtest --out` wrote."
                )
        try:
            words = json.loads((directory / RUN_FILE).read_text(encoding="utf-8"))
            with np.load(directory / ARRAYS_FILE) as arrays:
                words.update({name: arrays[name] for name in _ARRAYS})
            _refuse_other_layouts(words)
            words["pnl"] = Split(**words["pnl"])
            words["markouts"] = tuple(Markout(**_with_nan(row)) for row in words["markouts"])
            words["changed"], words["warnings"] = tuple(words["changed"]), tuple(words["warnings"])
            words["band"] = tuple(BandRow(**row) for row in words.get("band", ()))
            return cls(**words)
        except (ValueError, KeyError, TypeError, OSError) as problem:
            raise SettingsError(
                f"{directory} holds a run that cannot be read ({problem}). Make it again with `glosten backtest`."
            ) from problem


_LAYOUTS = {"cycles": CYCLE_ROW, "fills": FILL_ROW, "breakers": BREAKER_ROW}
_ARRAYS = ("cycles", "fills", "breakers", "market", "value_path", "state")


def _refuse_other_layouts(words: dict[str, Any]) -> None:
    for name, layout in _LAYOUTS.items():
        if words[name].dtype != layout:
            raise ValueError(f"its {name} are those of another version")


def _with_nan(row: dict[str, Any]) -> dict[str, Any]:
    return {name: nan if value is None else value for name, value in row.items()}
