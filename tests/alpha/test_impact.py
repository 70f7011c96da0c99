"""Impact: found again in tapes that were made with it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from glosten.alpha import LINEAR, SQUARE_ROOT, Impact, Mids, measure_impact
from glosten.errors import DomainError
from glosten.records import PRINTS, QUOTES

SECOND = 1_000_000_000


def tape(exponent: float, coefficient: float, bars: int, seed: int) -> tuple[np.ndarray, Mids]:
    """Return (prints, mids) whose moves over 10 s are coefficient bps times a power of the net volume's share."""
    rng = np.random.default_rng(seed)
    trades = np.zeros(20 * bars, PRINTS)
    trades["ts_ns"] = np.sort(rng.integers(0, bars * 10 * SECOND, len(trades)))
    trades["side"], trades["lots"] = rng.choice([-1, 1], len(trades)), rng.integers(1, 50, len(trades))
    bar = trades["ts_ns"] // (10 * SECOND)
    net = np.bincount(bar, trades["side"] * trades["lots"], bars)
    share = net / np.bincount(bar, trades["lots"], bars).mean()
    quotes = np.zeros(bars + 1, QUOTES)
    quotes["ts_ns"] = np.arange(bars + 1) * 10 * SECOND
    quotes["ts_ns"][1:] -= 5
    moved = coefficient * np.sign(share) * np.abs(share) ** exponent + 2 * rng.standard_normal(bars)
    mid = 1e9 * np.exp(1e-4 * np.concatenate([[0], np.cumsum(moved)]))
    quotes["bid"] = np.rint(mid) - 1
    quotes["ask"] = np.rint(mid) + 1
    quotes["ts_ns"][-1] = bars * 10 * SECOND
    return trades, Mids(quotes, 0.01)


@pytest.mark.parametrize("exponent", [SQUARE_ROOT, LINEAR])
def test_the_coefficient_is_found_within_its_error(exponent: float) -> None:
    found = measure_impact(*tape(exponent, 5.0, 3000, 1), 0, 10.0, exponent)
    assert found.n == 3000
    assert abs(found.coefficient_bps - 5.0) < 4 * found.se_bps
    assert found.se_bps < 0.3
    wrong = measure_impact(*tape(exponent, 5.0, 3000, 1), 0, 10.0, LINEAR + SQUARE_ROOT - exponent)
    assert wrong.r_squared < found.r_squared


def test_errors_are_those_that_many_tapes_show() -> None:
    found = [measure_impact(*tape(0.5, 5.0, 200, seed), 0, 10.0) for seed in range(150)]
    shown = np.std([one.coefficient_bps for one in found])
    assert np.mean([one.se_bps for one in found]) == pytest.approx(shown, rel=0.2)


def test_a_short_or_silent_tape_has_no_impact_and_bad_bars_are_refused() -> None:
    trades, mids = tape(0.5, 5.0, 20, 1)
    assert math.isnan(measure_impact(trades, mids, 0, 10.0).coefficient_bps)
    nothing: Impact = measure_impact(trades[:0], mids, 0, 1.0)
    assert math.isnan(nothing.coefficient_bps)
    for bar_s, exponent in ((0.0, 0.5), (1.0, 0.0)):
        with pytest.raises(DomainError, match="above 0"):
            measure_impact(trades, mids, 0, bar_s, exponent)
