from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glosten.run import (
    STRICTEST_FIRST,
    PortfolioPair,
    Run,
    Watch,
    backtest,
    backtest_many,
    backtest_portfolio,
    portfolio_with_band,
    with_band,
)
from glosten.run._band import with_model


@pytest.fixture(scope="module")
def banded(real: Any) -> Run:
    chosen, tape = real("btcusdt")
    return with_band(backtest(chosen, tape), chosen, tape)


def test_a_band_holds_every_model_and_the_runs_own_figures(banded: Run) -> None:
    rows = {row.model: row for row in banded.band}
    assert tuple(rows) == STRICTEST_FIRST == ("trade_through", "queue_trades", "queue_cancels", "optimistic")
    own = rows["queue_trades"]
    assert (own.total, own.fills) == (banded.pnl.total, banded.figures["fills"])
    assert len({row.fills for row in banded.band}) > 1


def test_the_summary_has_the_member_of_the_contract(banded: Run) -> None:
    band = banded.summary()["band"]
    assert set(band) == set(STRICTEST_FIRST)
    assert set(band["optimistic"]) == {"pnl", "fills", "maker_ratio"}
    assert band["queue_trades"]["pnl"]["total"] == banded.pnl.total


def test_a_band_survives_the_disk(banded: Run, tmp_path: Path) -> None:
    banded.save(tmp_path / "run")
    assert Run.load(tmp_path / "run").band == banded.band


def test_many_runs_in_processes_give_the_bytes_of_runs_one_by_one(real: Any) -> None:
    chosen, tape = real("btcusdt")
    several = [with_model(chosen, model) for model in STRICTEST_FIRST[1:3]]
    here, there = backtest_many(several, tape, workers=1), backtest_many(several, tape, workers=2)
    for one, other in zip(here, there, strict=True):
        assert one.state.tobytes() == other.state.tobytes()
        assert np.array_equal(one.fills, other.fills)
        assert one.pnl == other.pnl


def test_the_rows_of_a_portfolio_play_every_pair_under_one_model(real: Any) -> None:
    (chosen, tape), (other, second) = real("btcusdt"), real("ibm")
    short = [dataclasses.replace(one, trades=one.trades[:2000]) for one in (tape, second)]
    pairs = [PortfolioPair("BTC/USDT", chosen, short[0]), PortfolioPair("IBM/USD", other, short[1])]
    played = portfolio_with_band(backtest_portfolio(pairs), pairs)
    for run in played.runs.values():
        assert tuple(row.model for row in run.band) == STRICTEST_FIRST
        assert next(row for row in run.band if row.model == "queue_trades").fills == run.figures["fills"]


def test_the_other_models_of_a_portfolio_write_nothing_into_the_trace_of_the_run(real: Any, tmp_path: Path) -> None:
    chosen, tape = real("btcusdt")
    short = dataclasses.replace(tape, trades=tape.trades[:2000])
    lines = []
    for has_band in (False, True):
        watch = Watch(chosen, short, tmp_path / str(has_band))
        pairs = [PortfolioPair("BTC/USDT", chosen, short, watch)]
        played = backtest_portfolio(pairs)
        if has_band:
            portfolio_with_band(played, pairs)
        lines.append([file.read_text().count("\n") for file in watch.close().files])
    assert sum(lines[0]) > 20
    assert lines[1] == lines[0]
