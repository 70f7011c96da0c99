from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from glosten.show._report_series import (
    MOST_POINTS,
    Band,
    bands,
    hold_until_next,
    keep_extremes,
    merge_close,
    timeline,
    touch,
)

values = st.floats(-1e9, 1e9) | st.just(float("nan"))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 3000).flatmap(lambda n: st.tuples(*(arrays(np.float64, n, elements=values),) * 2)),
    st.integers(60, 400),
)
def test_thinning_keeps_the_ends_the_extremes_and_the_order(columns: tuple[Any, Any], most: int) -> None:
    kept = keep_extremes(columns, most)
    n = len(columns[0])
    assert kept[0] == 0
    assert kept[-1] == n - 1
    assert np.all(np.diff(kept) > 0)
    assert len(kept) <= max(most, 6)
    for column in columns:
        if np.isfinite(column).any():
            assert np.nanmax(column[kept]) == np.nanmax(column)
            assert np.nanmin(column[kept]) == np.nanmin(column)


def test_of_a_million_points_every_stretch_keeps_its_own_extremes() -> None:
    rng = np.random.default_rng(3)
    columns = [np.cumsum(rng.standard_normal(1_000_000)), rng.standard_normal(1_000_000) ** 9]
    kept = keep_extremes(columns)
    assert len(kept) <= MOST_POINTS
    edges = np.linspace(0, 1_000_000, MOST_POINTS // 6 + 1).astype(int)
    for column in columns:
        drawn = np.split(column[kept], np.searchsorted(kept, edges[1:-1]))
        for there, whole in zip(drawn, np.split(column, edges[1:-1]), strict=True):
            assert (there.min(), there.max()) == (whole.min(), whole.max())
            assert (there[0], there[-1]) == (whole[0], whole[-1])


def test_a_value_before_a_gap_holds_until_the_gap() -> None:
    nan = float("nan")
    ms, values = hold_until_next(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([nan, 7.0, nan, nan, 8.0]))
    assert ms.tolist() == [1.0, 2.0, 3.0, 3.0, 4.0, 5.0]
    assert np.array_equal(values, [nan, 7.0, 7.0, nan, nan, 8.0], equal_nan=True)
    for still in ([1.0, 2.0], [], [nan]):
        assert np.array_equal(hold_until_next(np.zeros(len(still)), np.array(still))[1], still, equal_nan=True)


def test_what_fits_is_not_thinned() -> None:
    assert keep_extremes([np.arange(10.0)], 10).tolist() == list(range(10))
    assert len(keep_extremes([np.empty(0)], 10)) == 0


def test_bands_are_the_stretches_of_one_code() -> None:
    ts_ns = np.array([1, 2, 3, 4]) * 1_000_000
    assert bands(ts_ns, np.array([0, 7, 7, 0]), 9_000_000) == [Band(1, 2, 0), Band(2, 4, 7), Band(4, 9, 0)]
    assert bands(ts_ns[:0], ts_ns[:0], 9_000_000) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=300), st.integers(4, 40))
def test_merging_drops_no_code_and_covers_what_was_covered(codes: list[int], most: int) -> None:
    ts_ns = np.cumsum(np.arange(1, len(codes) + 1)) * 1_000_000
    before = bands(ts_ns, np.array(codes, np.int64), int(ts_ns[-1]) + 1 if codes else 0)
    after = merge_close(before, most)
    assert len(after) <= max(most, len({band.code for band in before}))
    assert {band.code for band in after} == {band.code for band in before}
    for band in before:
        assert any(
            other.code == band.code and other.start_ms <= band.start_ms and band.end_ms <= other.end_ms
            for other in after
        )


def test_columns_are_in_quote_units_and_absent_prices_are_gaps(hand_made_run: Any) -> None:
    run = hand_made_run(cycles=300, fills=10)
    times = timeline(run)
    assert np.array_equal(times.bid, run.cycles["bid"] * 0.01)
    assert np.array_equal(np.isnan(times.own_bid), run.cycles["own_bid"] == 0)
    quoted = np.isfinite(times.own_bid)
    assert np.array_equal(np.isfinite(times.outer_bid), quoted)
    assert (times.outer_bid[quoted] <= times.own_bid[quoted]).all()
    equity = run.cycles["equity"]
    assert times.profit == pytest.approx(equity - equity[0], abs=1e-6)
    assert times.exposure == pytest.approx(times.held_value / 9090.0)
    held = run.figures["held_at_start"] * 1e-5
    mid = 0.5 * (times.bid + times.ask)
    assert times.hold == pytest.approx(held * (mid - mid[0]), abs=1e-9)


def test_the_market_is_what_decisions_saw_where_no_other_quotes_were_kept(hand_made_run: Any) -> None:
    run = hand_made_run(cycles=50, fills=0)
    seen = touch(replace(run, market=run.market[:0]))
    assert np.array_equal(seen.ask, run.cycles["ask"] * 0.01)
