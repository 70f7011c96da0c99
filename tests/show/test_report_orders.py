from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from glosten.records import Side
from glosten.run import CYCLE_ROW, FILL_ROW, Run
from glosten.show._report_orders import lives, order_charts, spread_chart

MakeRun = Callable[..., Run]
SECOND = 1_000_000_000


def _quoted(run: Run, bids: list[int], fills: list[tuple[float, int]]) -> Run:
    """Return the run with an innermost bid a second, no asks, and buys at (second, price)."""
    cycles = np.zeros(len(bids), CYCLE_ROW)
    cycles["ts_ns"], cycles["own_bid"] = SECOND * np.arange(len(bids)), bids
    rows = np.zeros(len(fills), FILL_ROW)
    for row, (second, price) in zip(rows, fills, strict=True):
        row["ts_ns"], row["side"], row["price"] = round(second * SECOND), Side.BUY, price
    return replace(run, cycles=cycles, fills=rows)


def test_a_quote_lives_until_its_first_fill_or_until_it_is_moved(hand_made_run: MakeRun) -> None:
    run = hand_made_run(cycles=20, fills=2)
    found = lives(_quoted(run, [0, 7, 7, 7, 8, 0, 9, 9], [(2.5, 7), (2.7, 7)]))
    assert found.filled.tolist() == [1.5]
    assert found.moved.tolist() == [1.0]
    assert found.open == 1


def test_a_fill_at_another_price_is_not_of_the_innermost_quote(hand_made_run: MakeRun) -> None:
    run = hand_made_run(cycles=20, fills=2)
    found = lives(_quoted(run, [7, 7, 0], [(1.5, 6)]))
    assert (found.filled.tolist(), found.moved.tolist(), found.open) == ([], [2.0], 0)


@pytest.mark.parametrize(("cycles", "fills"), [(0, 0), (1, 0), (300, 40)])
def test_every_ended_quote_is_drawn(hand_made_run: MakeRun, cycles: int, fills: int) -> None:
    run = hand_made_run(cycles=cycles, fills=fills)
    found, (hours, curve) = lives(run), order_charts(run)
    ended = len(found.filled) + len(found.moved)
    shares = [trace.y[-1] for trace in curve.figure.data if len(trace.y)]
    assert sum(shares) == (pytest.approx(100.0) if ended else 0)
    assert f"Of {ended:,} prices" in curve.note
    assert sum(int(trace.customdata.sum()) for trace in hours.figure.data) == len(run.fills)


def test_the_spread_is_in_bps_of_the_mid_and_a_gap_where_a_side_is_empty(hand_made_run: MakeRun) -> None:
    run = hand_made_run(cycles=300, fills=10)
    rows = run.cycles
    market, _, own = spread_chart(run).figure.data
    assert market.y == pytest.approx(2e4 * (rows["ask"] - rows["bid"]) / (rows["ask"] + rows["bid"]), rel=1e-6)
    both = (rows["own_bid"] > 0) & (rows["own_ask"] > 0)
    expected = 2e4 * (rows["own_ask"] - rows["own_bid"])[both] / (rows["ask"] + rows["bid"])[both]
    _, first = np.unique(own.x[np.isfinite(own.y)], return_index=True)
    assert np.isin(np.float32(expected), own.y[np.isfinite(own.y)]).all()
    assert len(first) >= both.sum()
