from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from glosten.run import Run
from glosten.show._report_lives import Lives, lives
from glosten.show._report_orders import order_charts, spread_chart

MakeRun = Callable[..., Run]


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


def test_orders_that_were_traced_are_drawn_instead(hand_made_run: MakeRun) -> None:
    run = hand_made_run(cycles=50, fills=5)
    _, curve = order_charts(run, Lives(np.array([1.0, 2.0]), np.array([3.0]), 4, is_traced=True))
    assert "Of 3 orders that ended" in curve.note
    assert [trace.y[-1] for trace in curve.figure.data] == pytest.approx([200 / 3, 100 / 3], rel=1e-6)
