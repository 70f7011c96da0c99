"""Meters after a run: the same figures as the run's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from glosten import alpha, run


@pytest.mark.parametrize("name", ["aapl", "btcusdt"])
def test_streaming_through_a_real_run_gives_the_figures_of_the_whole(real: Any, name: str) -> None:
    chosen, tape = real(name)
    played = run.backtest(chosen, tape)
    reading = alpha.read_meters(run.meter_run(played, tape.quotes))
    amounts = reading.amounts(float(tape.instrument.quantum))
    for part in ("total", "spread", "adverse", "inventory", "fees"):
        assert amounts[part] == getattr(played.pnl, part)
    assert (reading.early, reading.lost) == (0, 0)
    for streamed, whole in zip(reading.markouts, played.markouts, strict=True):
        assert (streamed.n, streamed.orders) == (whole.n, whole.orders)
        assert streamed.mean_bps == pytest.approx(whole.mean_bps, abs=1e-9)
    measured = run.measure_alpha(played, tape)
    curves = {curve.signal: curve for curve in measured.curves}
    for told in reading.told:
        points = [point for point in curves[told.signal].points if point.horizon == alpha.Horizon(told.horizon_s, "s")]
        assert told.ic == pytest.approx(points[0].ic, abs=1e-9)
        assert told.weight == points[0].n
    assert reading.fill_ratio == pytest.approx(measured.performance.fill_ratio)
    assert reading.cancel_to_fill == pytest.approx(measured.performance.cancel_to_fill)


def test_without_the_tape_all_the_quotes_that_the_run_kept_move_the_meters(real: Any) -> None:
    chosen, tape = real("aapl")
    played = run.backtest(chosen, tape)
    reading = alpha.read_meters(run.meter_run(replace(played, market=tape.quotes)))
    assert reading.fills == played.figures["fills"]
    assert reading.spread * 0.5 * float(tape.instrument.quantum) == played.pnl.spread
