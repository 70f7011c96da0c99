from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from glosten.errors import InputError
from glosten.run import read_experiment, run_experiment
from glosten.run._maker_experiment import FIGURES

HEAD = """
[experiment]
name = "e"
model = "maker"
measure = "backtest"
replications = 2
"""
FILES = """
[tapes.real]
trades = "trades.parquet"
quotes = "quotes.parquet"
"""
START_NS = 1_700_000_000_000_000_000


@pytest.fixture
def write(tmp_path: Path) -> Any:
    draw = np.random.default_rng(0)
    mid = 10_000 + np.cumsum(draw.integers(-2, 3, 3000))
    ts = START_NS + np.arange(3000) * 1_000_000_000
    side = draw.choice([-1, 1], 3000)
    quotes = {"ts_ns": ts, "bid": (mid - 2) / 100, "bid_qty": 5.0, "ask": (mid + 2) / 100, "ask_qty": 5.0}
    trades = {"ts_ns": ts, "price": (mid + 12 * side) / 100, "qty": 3.0, "side": side}
    pl.DataFrame(quotes).write_parquet(tmp_path / "quotes.parquet")
    pl.DataFrame(trades).write_parquet(tmp_path / "trades.parquet")

    def written(text: str) -> Path:
        path = tmp_path / "e.toml"
        path.write_text(HEAD + text)
        return path

    return written


def test_a_point_on_a_tape_has_every_figure_with_its_error_and_n(write: Any, tmp_path: Path) -> None:
    path = write(f'[grid]\ntape = ["real"]\nprior_at_snap = ["reset", "keep"]\n"runtime.cycle_seconds" = [5]\n{FILES}')
    rows = run_experiment(read_experiment(path), tmp_path / "out").to_dicts()
    assert len(rows) == 2
    for row in rows:
        assert all(math.isfinite(row[name]) and row[f"{name}_n"] > 1 for name in FIGURES)
        assert row["total_bps_n"] == 24
        assert row["fills"] > 20
        parts = row["spread_bps"] + row["adverse_bps"] + row["inventory_bps"] + row["fees_bps"]
        assert parts == pytest.approx(row["total_bps"], abs=1e-6)
    reset, keep = rows
    assert reset["snaps"] == keep["snaps"] > 0
    assert reset["total_bps"] != keep["total_bps"]


def test_simulated_days_are_the_same_at_every_point(write: Any, tmp_path: Path) -> None:
    path = write('[grid]\ntape = ["days"]\nGM_SP = [2, 8]\n[tapes.days]\ncrowd = true\n')
    first, second = run_experiment(read_experiment(path), tmp_path / "out").to_dicts()
    assert first["fills_n"] == 2
    assert {name: first[name] for name in FIGURES} == {name: second[name] for name in FIGURES}


def test_points_whose_tape_is_missing_are_skipped_with_a_sentence(write: Any, tmp_path: Path) -> None:
    path = write(f'[grid]\ntape = ["real", "gone"]\n{FILES}[tapes.gone]\ntrades = "nowhere.parquet"\n')
    experiment = read_experiment(path)
    (sentence,) = experiment.missing
    assert "The points on the tape gone are skipped" in sentence
    assert "nowhere.parquet does not exist" in sentence
    assert [row["tape"] for row in run_experiment(experiment, tmp_path / "out").to_dicts()] == ["real"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "lacks the parameter tape"),
        ('[parameters]\ntape = "real"\n', "lacks [tapes]"),
        (f'[parameters]\ntape = "rael"\n{FILES}', "Did you mean real?"),
        (f'[parameters]\ntape = "real"\nGM_ALPA = 0.2\n{FILES}', "Did you mean GM_ALPHA?"),
        (f'[parameters]\ntape = "real"\nGM_ALPHA = 3.0\n{FILES}', "GM_ALPHA must be a number from 0.02 to 0.4"),
        (f'[parameters]\ntape = "real"\nprior_at_snap = "double"\n{FILES}', "prior_at_snap must be one of reset, keep"),
        ('[parameters]\ntape = "a"\n[tapes.a]\ntrades = "x"\ncrowd = true\n', "needs either trades"),
        ('[parameters]\ntape = "a"\n[tapes.a]\n', "needs either trades"),
        ('[parameters]\ntape = "a"\n[tapes.a]\ntrade = "x"\n', "Did you mean trades?"),
        ('[parameters]\ntape = "a"\n[tapes]\na = 3\n', "must be a table"),
    ],
)
def test_bad_experiments_are_refused_before_anything_runs(write: Any, text: str, words: str) -> None:
    with pytest.raises(InputError, match=r"e\.toml") as refused:
        read_experiment(write(text))
    assert words in "\n".join(refused.value.problems)


def test_the_maker_and_its_measure_belong_together(tmp_path: Path) -> None:
    path = tmp_path / "e.toml"
    path.write_text(HEAD.replace('measure = "backtest"\n', "periods = 3\n") + '[parameters]\ntape = "a"\n')
    with pytest.raises(InputError, match='goes with measure = "backtest"'):
        read_experiment(path)


@pytest.mark.parametrize("name", ["strict_vs_default", "anchor_and_belief"])
def test_the_studies_of_the_documentation_can_be_read(name: str) -> None:
    experiment = read_experiment(Path(__file__).resolve().parents[2] / "experiments" / f"{name}.toml")
    assert len(experiment.points) == {"strict_vs_default": 8, "anchor_and_belief": 60}[name]
