"""The maker as a model of experiments: configurations on tapes and on simulated days, every figure with its error.

A point names a tape of the file's [tapes] and changes keys: any of the 61, any of runtime, and what only a study may
change, the belief at a snap of the anchor. A real tape is one draw, so errors come from blocks of its time; simulated
days are independent draws, the same days at every point.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten import crowd
from glosten.alpha import ADVERSE_HORIZON_S, Mids
from glosten.errors import InputError
from glosten.market import Tape, TapeOptions, load_tape, tape_from_arrays
from glosten.params import PARAMETERS, Parameter, spell
from glosten.records import Status
from glosten.run._backtest import EMPTY_PATH, About, play_out, prepare, result
from glosten.run._models import TYPES, ModelKind, ModelParameter
from glosten.run._result import Run
from glosten.run._toml import unknown
from glosten.settings import Settings, load
from glosten.statistics import Mean

Means = dict[str, Mean]
Floats = NDArray[np.float64]

TAPE, SNAP = "tape", "prior_at_snap"
SNAP_CHOICES = ("reset", "keep")
CAUSES = ("total", "spread", "adverse", "inventory", "fees")
FIGURES = (
    "total_bps",
    "spread_bps",
    "adverse_bps",
    "inventory_bps",
    "fees_bps",
    "markout_10_bps",
    "fills",
    "snaps",
    "quoting_pct",
    "against_holding_bps",
)
"""Profit and its causes in bps of the base capital, per tape or day; the markout in bps of the mid per fill; counts."""
BLOCKS = 24
"""Stretches of equal time that a real tape is cut into; their sums are taken as independent draws."""
TAPE_KEYS = ("config", "trades", "quotes", "crowd")
BPS = 1e4


@dataclass(frozen=True, slots=True)
class TapeSource:
    """Where the market of a point comes from: files with the configuration that suits them, or the simulated crowd."""

    name: str
    config: Path | None
    trades: Path | None
    quotes: Path | None

    @property
    def is_crowd(self) -> bool:
        """Return whether days are simulated."""
        return self.trades is None

    def spelled(self) -> list[str]:
        """Return what names the market of a point: the files without the folders they lie in, and their sizes."""
        files = [file for file in (self.config, self.trades, self.quotes) if file is not None]
        return [f"{file.name} {file.stat().st_size if file.is_file() else 0}" for file in files]

    def missing(self) -> tuple[str, ...]:
        """Return a sentence for each file that is not there: the points on this tape are skipped."""
        files = (self.config, self.trades, self.quotes)
        return tuple(
            f"The points on the tape {self.name} are skipped: {file} does not exist (tapes are not part of the "
            f"package)."
            for file in files
            if file is not None and not file.is_file()
        )


def read_tapes(path: Path, tables: Mapping[str, Any]) -> tuple[dict[str, TapeSource], list[str]]:
    """Return the tapes of an experiment file by name, their paths taken from its folder, and what is wrong in them."""
    found, problems = {}, []
    for name, table in tables.items():
        where = f"[tapes.{name}]"
        if not isinstance(table, Mapping):
            problems.append(f"{path}: {where} must be a table with config, trades and quotes, or crowd = true.")
            continue
        problems += [unknown(str(path), f"{key} in {where}", key, TAPE_KEYS) for key in table if key not in TAPE_KEYS]
        is_crowd = table.get("crowd", False) is True
        texts = {key: table[key] for key in TAPE_KEYS[:3] if key in table}
        if not all(isinstance(value, str) for value in texts.values()):
            problems.append(f"{path}: config, trades and quotes in {where} must be texts.")
        elif is_crowd == ("trades" in table) or (is_crowd and texts.keys() - {"config"}):
            problems.append(f"{path}: {where} needs either trades (and quotes, where there are any) or crowd = true.")
        else:
            files = {key: (path.parent / value).resolve() for key, value in texts.items()}
            found[name] = TapeSource(name, files.get("config"), files.get("trades"), files.get("quotes"))
    return found, problems


def point_problems(point: Mapping[str, Any], tapes: Mapping[str, TapeSource]) -> tuple[str, ...]:
    """Return what is wrong with a point: its tape, its keys, their values, each a sentence."""
    names = {TAPE, SNAP, *(parameter.key for parameter in PARAMETERS)}
    problems = [
        unknown("The point", f"the parameter {name}", name, sorted(names)) for name in point if name not in names
    ]
    tape = point.get(TAPE)
    if tape not in tapes:
        problems.append(unknown("The point", f'tape = "{tape}"', str(tape), tapes))
    if point.get(SNAP, SNAP_CHOICES[0]) not in SNAP_CHOICES:
        problems.append(f"{SNAP} must be one of {', '.join(SNAP_CHOICES)}; it was {spell(point[SNAP])}.")
    if not problems:
        try:
            _settings(point, None)
        except InputError as error:
            problems += error.problems
    return tuple(problems)


_KINDS = {"number": "float", "integer": "int", "boolean": "bool"}


def _declared(key: Parameter) -> ModelParameter:
    """Return a key as a parameter of the model; ranges are checked with the whole configuration."""
    is_text = key.type == "string" or (key.choices is not None and isinstance(key.choices[0], str))
    return ModelParameter(
        key.key, TYPES["str" if is_text else _KINDS.get(key.type, "int")], required=False, default=None
    )


def _no_object(values: Mapping[str, Any]) -> Any:
    """Raise `InputError`: the maker is measured on tapes, not simulated as a model."""
    raise InputError(f"The maker needs a tape to play on; {', '.join(values)} alone do not make one.")


MAKER = ModelKind(
    "maker",
    "The operator's maker on tapes and simulated days.",
    (
        ModelParameter(TAPE, TYPES["str"], required=True, default=None),
        ModelParameter(SNAP, TYPES["str"], required=False, default=SNAP_CHOICES[0]),
        *map(_declared, PARAMETERS),
    ),
    _no_object,
    None,
)
"""What an experiment file may say of the maker: a tape, the belief at a snap, and every key."""


def measure_maker(point: Mapping[str, Any], source: TapeSource, days: int) -> Means:
    """Return the figures of a point, `FIGURES`, each with its standard error and n.

    On a real tape n is the number of its blocks (of customer orders for the markout), on simulated days of days.
    """
    keeps_prior = point.get(SNAP, SNAP_CHOICES[0]) == "keep"
    settings = _settings(point, source.config)
    if not source.is_crowd:
        tape = _real_tape(source, settings)
        return _of_tape(_played(settings, tape, keeps_prior=keeps_prior), tape)
    rows = [_of_day(_played(settings, _day(seed), keeps_prior=keeps_prior)) for seed in range(days)]
    return {name: Mean.of([row[name] for row in rows if math.isfinite(row[name])]) for name in FIGURES}


def _settings(point: Mapping[str, Any], config: Path | None) -> Settings:
    given = [f"{name}={spell(value).strip(chr(34))}" for name, value in point.items() if name not in (TAPE, SNAP)]
    confirmed = "ALLOC_CONFIRMED=true"
    return load(config, overrides=(confirmed, *given), environment={})


@lru_cache(maxsize=4)
def _loaded(trades: Path, quotes: Path | None, options: TapeOptions) -> Tape:
    return load_tape(trades, quotes, options)


def _real_tape(source: TapeSource, settings: Settings) -> Tape:
    given = settings.instrument
    options = TapeOptions(given.symbol, given.tick, given.lot, given.min_qty, given.min_notional, given.quote_lag_ms)
    if source.trades is None:
        raise InputError(f"The tape {source.name} has no trades.")
    return _loaded(source.trades, source.quotes, options)


@lru_cache(maxsize=64)
def _day(seed: int) -> Tape:
    spec = crowd.Crowd()
    made = crowd.day(spec, seed)
    return tape_from_arrays(spec.instrument, made.quotes, made.trades)


def _played(settings: Settings, tape: Tape, *, keeps_prior: bool) -> Run:
    play = prepare(settings, tape)
    play.play["params"]["keeps_prior_at_snap"] = int(keeps_prior)
    played, seconds = play_out(play)
    return result(settings, tape, play, About("experiment", None, EMPTY_PATH, seconds, played))


def _of_day(run: Run) -> dict[str, float]:
    """Return the figures of one day."""
    figures, capital = run.figures, run.figures["base_capital"] or math.nan
    mark = next(row for row in run.markouts if row.horizon_s == ADVERSE_HORIZON_S)
    profit = {f"{name}_bps": BPS * getattr(run.pnl, name) / capital for name in CAUSES}
    held = figures["hold_value"] - figures["base_capital"]
    return profit | {
        "markout_10_bps": mark.mean_bps,
        "fills": float(figures["fills"]),
        "snaps": float(figures["anchor_snaps"]),
        "quoting_pct": 100.0 * figures["quoting_share"],
        "against_holding_bps": BPS * (run.pnl.total - held) / capital,
    }


def _of_tape(run: Run, tape: Tape) -> Means:
    """Return the figures of a real tape, their errors from the sums of its blocks."""
    whole, parts = _of_day(run), _blocks(run, tape)
    mark = next(row for row in run.markouts if row.horizon_s == ADVERSE_HORIZON_S)
    found = {name: _with_error(whole[name], parts[name]) for name in FIGURES if name in parts}
    orders = max(mark.orders, 0)
    found["markout_10_bps"] = Mean(mark.mean_bps, mark.se_bps, mark.se_bps * math.sqrt(max(orders, 1)), orders)
    return {name: found[name] for name in FIGURES}


def _with_error(total: float, parts: Floats) -> Mean:
    """Return a sum over blocks with the standard error that independent blocks would have."""
    error = math.sqrt(len(parts)) * float(np.std(parts, ddof=1)) if len(parts) > 1 else math.nan
    return Mean(total, error, error * math.sqrt(len(parts)), len(parts))


def _blocks(run: Run, tape: Tape) -> dict[str, Floats]:
    """Return what each block of time contributes to each figure."""
    first, last = tape.span
    edges = np.linspace(first, last + 1, BLOCKS + 1)
    cycles, fills = run.cycles, run.fills
    tick, lot, quantum = (float(getattr(tape.instrument, name)) for name in ("tick", "lot", "quantum"))
    capital = run.figures["base_capital"] or math.nan
    mids = Mids(tape.quotes, tick)
    ours, price, size = -fills["side"], fills["price"] * tick, fills["lots"] * lot
    met = 0.5 * tick * (fills["bid"] + fills["ask"])
    later = mids.at(fills["ts_ns"] + int(ADVERSE_HORIZON_S * 1e9)) if len(fills) else met
    block = np.clip(np.searchsorted(edges, fills["ts_ns"], side="right") - 1, 0, BLOCKS - 1)

    def per_fill(values: Floats) -> Floats:
        return np.bincount(block, weights=values, minlength=BLOCKS).astype(np.float64)

    spread = per_fill(ours * (price - met) * size)
    adverse = per_fill(ours * (met - later) * size)
    fees = -per_fill(fills["fee"] * quantum)
    priced = cycles[cycles["allocation"] > 0.0]
    total = np.diff(_held_at(priced, priced["equity"], edges))
    mid = 0.5 * tick * (priced["bid"] + priced["ask"])
    holding = np.diff(_held_at(priced, mid * run.figures["held_at_start"] * lot, edges))
    at = np.clip(np.searchsorted(edges, cycles["ts_ns"], side="right") - 1, 0, BLOCKS - 1)
    decided = np.bincount(at, minlength=BLOCKS).astype(np.float64)
    quoting = np.bincount(at, weights=cycles["status"] == Status.QUOTING, minlength=BLOCKS)
    share = np.divide(quoting, decided, out=np.zeros(BLOCKS), where=decided > 0)
    return {
        "total_bps": BPS * total / capital,
        "spread_bps": BPS * spread / capital,
        "adverse_bps": BPS * adverse / capital,
        "inventory_bps": BPS * (total - spread - adverse - fees) / capital,
        "fees_bps": BPS * fees / capital,
        "fills": per_fill(np.ones(len(fills))),
        "snaps": _snaps(run, edges),
        "quoting_pct": 100.0 * share / BLOCKS,
        "against_holding_bps": BPS * (total - holding) / capital,
    }


def _held_at(rows: NDArray[np.void], values: Floats, edges: Floats) -> Floats:
    """Return a series that stands until its next value, at the edges of the blocks."""
    if not len(rows):
        return np.zeros(len(edges))
    at = np.clip(np.searchsorted(rows["ts_ns"], edges, side="right") - 1, 0, len(rows) - 1)
    held: Floats = values[at].astype(np.float64)
    return held


def _snaps(run: Run, edges: Floats) -> Floats:
    """Return the snaps of each block: decisions whose anchor is exactly the mid, though it was not before."""
    cycles, tick = run.cycles, float(run.instrument["tick"])
    mid = 0.5 * (cycles["bid"] + cycles["ask"]) * tick
    is_snap = (cycles["anchor"] == mid) & (np.append(mid[:1], cycles["anchor"][:-1]) != mid)  # the first is a start
    at = np.clip(np.searchsorted(edges, cycles["ts_ns"], side="right") - 1, 0, BLOCKS - 1)
    return np.bincount(at, weights=is_snap, minlength=BLOCKS).astype(np.float64)
