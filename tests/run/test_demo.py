from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from glosten import crowd
from glosten.market import tape_from_arrays
from glosten.run import Run, backtest
from glosten.run._demo import MODEL, TRADES, simulate_both, who_paid
from glosten.settings import load


@pytest.fixture(scope="module")
def traded() -> tuple[Run, crowd.Day]:
    """Three hours of the demonstration's market, and the maker on them."""
    spec = crowd.Crowd(seconds=10_800.0)
    day = crowd.day(spec, 11)
    chosen = load(None, overrides=("ALLOC_CONFIRMED=true",), environment={})
    return backtest(chosen, tape_from_arrays(spec.instrument, day.quotes, day.trades)), day


def test_the_two_engines_of_the_demonstration_agree() -> None:
    exact, drawn = simulate_both(7)
    assert exact.model == drawn.model == MODEL
    assert len(exact.spread) == TRADES + 1
    for sure, mean in (
        (exact.mm_pnl, drawn.mm_pnl),
        (exact.informed_pnl, drawn.informed_pnl),
        (exact.noise_pnl, drawn.noise_pnl),
    ):
        assert abs(mean.mean - sure.mean) < 4 * mean.se
    assert np.all(np.abs(drawn.spread - exact.spread) <= 4.5 * drawn.spread_se + 1e-12)


def test_every_fill_is_paid_by_one_class_of_traders(traded: tuple[Run, crowd.Day]) -> None:
    run, day = traded
    informed, noise = who_paid(run, day)
    assert len(run.fills) > 50
    assert informed.fills + noise.fills == len(run.fills)
    at = np.searchsorted(day.trades["ts_ns"], run.fills["ts_ns"])
    assert np.array_equal(day.trades["ts_ns"][at], run.fills["ts_ns"])
    assert np.array_equal(day.trades["side"][at], -run.fills["side"])
    assert noise.per_order.n == len(np.unique(at[~day.informed[at]]))


def test_gains_are_measured_against_the_true_value(traded: tuple[Run, crowd.Day]) -> None:
    run, day = traded
    expected = {True: 0.0, False: 0.0}
    for fill in run.fills:
        (row,) = np.flatnonzero(day.trades["ts_ns"] == fill["ts_ns"])
        value = day.values["value"][day.values["ts_ns"] <= fill["ts_ns"]][-1]
        expected[bool(day.informed[row])] += -fill["side"] * (fill["price"] * 0.001 - value) * fill["lots"] * 0.001
    informed, noise = who_paid(run, day)
    assert informed.gain == pytest.approx(expected[True])
    assert noise.gain == pytest.approx(expected[False])
    assert noise.per_order.mean * noise.per_order.n == pytest.approx(noise.gain)


def test_the_informed_take_and_the_others_pay(traded: tuple[Run, crowd.Day]) -> None:
    informed, noise = who_paid(*traded)
    assert informed.gain < 0 < noise.gain
    assert informed.per_order.mean < -4 * informed.per_order.se
    assert noise.per_order.mean > 4 * noise.per_order.se


def test_a_day_without_fills_paid_nobody(traded: tuple[Run, crowd.Day]) -> None:
    run, day = traded
    nobody: Any = who_paid(replace(run, fills=run.fills[:0]), day)
    assert [(party.fills, party.gain, party.per_order.n) for party in nobody] == [(0, 0.0, 0), (0, 0.0, 0)]
