"""The informed trader: what crossing the spread costs, what a known signal earns, and no look ahead."""

from __future__ import annotations

import math

import numpy as np
import pytest

from glosten.alpha import Informed, Mids, Terms, informed_trader
from glosten.records import QUOTES

SECOND = 1_000_000_000
MID = 1_000_000


def market(moves: np.ndarray, half_spread: int) -> Mids:
    """Return mids a second apart that move by so many ticks, about a million of them."""
    quotes = np.zeros(len(moves) + 1, QUOTES)
    quotes["ts_ns"] = np.arange(len(quotes)) * SECOND
    mid = MID + np.concatenate([[0], np.cumsum(moves)])
    quotes["bid"], quotes["ask"] = mid - half_spread, mid + half_spread
    return Mids(quotes, 0.01)


def trade(signal: np.ndarray, moves: np.ndarray, half_spread: int, terms: Terms) -> Informed:
    return informed_trader("made", signal, np.arange(len(signal)) * SECOND, market(moves, half_spread), terms)


def test_a_signal_that_is_the_move_earns_it_less_both_touches_and_both_fees() -> None:
    rng = np.random.default_rng(1)
    moves = rng.choice([-200, 200], 2000)
    found = trade(moves.astype(float), moves, 10, Terms(hold_s=1.0, delay_s=0.0, fee_bps=0.1))
    assert math.isnan(found.net.mean)  # one size only: nothing lies beyond any quantile of it
    signal = moves * (1 + rng.random(2000))
    found = trade(signal, moves, 10, Terms(hold_s=1.0, delay_s=0.0, fee_bps=0.1))
    assert found.gross.mean == pytest.approx(2.0, rel=0.01)
    assert found.net.mean == pytest.approx(2.0 - 0.2 - 0.2, rel=0.01)
    assert found.total_bps == pytest.approx(found.net.mean * found.net.n)
    assert found.careful_total_bps == pytest.approx(found.total_bps)
    assert found.net.n > 600
    assert len(found.thresholds) == 4


def test_noise_loses_the_spread_and_a_careful_trader_stays_out() -> None:
    rng = np.random.default_rng(2)
    moves = rng.integers(-50, 51, 4000)
    found = trade(rng.standard_normal(4000), moves, 100, Terms(1.0, 0.0, 1.0))
    assert found.net.mean == pytest.approx(-2.0 - 2.0 + found.gross.mean, abs=0.01)
    assert abs(found.gross.mean) < 4 * found.gross.se
    assert found.careful_total_bps == 0.0
    assert found.total_bps < 0.0


def test_the_choice_in_hindsight_is_never_worse_and_the_future_changes_no_threshold() -> None:
    rng = np.random.default_rng(3)
    signal = rng.standard_normal(3000)
    moves = np.rint(30 * signal + 200 * rng.standard_normal(3000)).astype(np.int64)
    terms = Terms(1.0, 0.0, 0.0)
    whole = trade(signal, moves, 5, terms)
    changed = moves.copy()
    changed[2500:] = -changed[2500:]
    assert trade(signal, changed, 5, terms).thresholds == whole.thresholds
    earned = whole.in_sample.mean * whole.in_sample.n
    assert earned >= max(trade(signal[:600], moves[:600], 5, terms).total_bps, 0.0)


def test_delay_loses_a_move_that_is_over_and_trips_do_not_overlap() -> None:
    rng = np.random.default_rng(4)
    moves = rng.choice([-200, 200], 3000)
    signal = moves * (1 + rng.random(3000))
    late = trade(signal, moves, 0, Terms(1.0, 1.0, 0.0))
    assert abs(late.gross.mean) < 4 * late.gross.se
    long = trade(signal, moves, 0, Terms(10.0, 0.0, 0.0))
    assert long.net.n <= 240
    assert 0.5 < long.busy_share <= 1.0


def test_too_few_moments_make_no_trips() -> None:
    found = trade(np.zeros(0), np.zeros(5, np.int64), 1, Terms(1.0, 0.0, 0.0))
    assert (found.net.n, found.total_bps, found.busy_share) == (0, 0.0, 0.0)
