"""Alpha of runs: exact on real tapes, and on a simulated day where the truth is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from glosten import alpha, crowd, market, run, settings
from glosten.errors import DomainError, InputError, TapeError

NAMES = ["btcusdt", "xrpeth", "aapl"]


@pytest.fixture(scope="module")
def measured(real: Any) -> Any:
    done: dict[str, Any] = {}

    def measure(name: str) -> Any:
        if name not in done:
            chosen, tape = real(name)
            played = run.backtest(chosen, tape, title=name)
            done[name] = (tape, played, run.measure_alpha(played, tape))
        return done[name]

    return measure


@pytest.fixture(scope="module")
def day() -> Any:
    """Return (run, tape, alpha) of the maker on six simulated hours whose true value is known."""
    spec = crowd.Crowd(seconds=21_600.0)
    made = crowd.day(spec, 1)
    chosen = settings.load(None, overrides=("ALLOC_CONFIRMED=true", "runtime.cycle_seconds=5"), environment={})
    tape = market.tape_from_arrays(spec.instrument, made.quotes, made.trades)
    played = run.backtest(chosen, tape, seed=1, value_path=made.values)
    return played, tape, run.measure_alpha(played, tape)


def points(found: run.Alpha, signal: str) -> dict[tuple[float, str], alpha.AlphaPoint]:
    (curve,) = (curve for curve in found.curves if curve.signal == signal)
    return {(point.horizon.length, point.horizon.clock): point for point in curve.points}


@pytest.mark.parametrize("name", NAMES)
def test_every_half_quantum_of_a_real_run_is_explained(measured: Any, name: str) -> None:
    _, played, found = measured(name)
    assert found.residual == 0
    assert found.split == played.pnl
    assert found.markouts == played.markouts
    parts = found.split.spread + found.split.adverse + found.split.inventory + found.split.fees
    assert parts == pytest.approx(found.split.total, abs=1e-12 * played.figures["turnover"])


@pytest.mark.parametrize("name", NAMES)
def test_signals_horizons_and_groups_are_all_there(measured: Any, name: str) -> None:
    tape, played, found = measured(name)
    signals = {"belief", "value gap", "trade flow"} | (set() if tape.synthetic_quotes else {"book flow"})
    assert {curve.signal for curve in found.curves} == {one.signal for one in found.informed} == signals
    for curve in found.curves:
        assert [point.horizon for point in curve.points] == list(alpha.HORIZONS)
        assert all(-1 <= point.ic <= 1 and point.ic_se >= 0 for point in curve.points if point.n > 100)
        assert {half_life.clock for half_life in curve.half_lives} == {"s", "trades"}
    assert {curve.grouping for curve in found.markout_curves} == {"side", "size", "rung", "belief", "hour"}
    for name_of_group in ("side", "size", "rung", "belief", "hour"):
        groups = [curve for curve in found.markout_curves if curve.grouping == name_of_group]
        assert sum(curve.markouts[0].n for curve in groups) == found.markouts[0].n
    assert found.performance.fill_ratio <= 1.0
    assert found.performance.value_added == pytest.approx(played.figures["final_value"] - played.figures["hold_value"])


def test_the_capacity_of_a_real_tape_states_its_error_and_its_distance(measured: Any) -> None:
    _, _, found = measured("btcusdt")
    assert found.capacity.why == ""
    assert found.capacity.impact.coefficient_bps > 4 * found.capacity.impact.se_bps > 0
    assert found.capacity.interval.low <= found.capacity.annual <= found.capacity.interval.high
    assert len(found.capacity.goals) == 2
    assert any("GBP 200 million a year" in sentence for sentence in found.sentences)
    assert any("USD 500 million a year" in sentence for sentence in found.sentences)


def test_who_knows_the_value_foretells_the_mid_and_who_sees_only_the_belief_does_not(day: Any) -> None:
    _, _, found = day
    truth, belief = points(found, "true value gap"), points(found, "belief")
    for horizon in ((20, "trades"), (100, "trades"), (10, "s"), (60, "s")):
        assert truth[horizon].ic > 10 * truth[horizon].ic_se
        assert abs(belief[horizon].ic) < 0.12
    rising = [truth[length, "trades"].ic for length in (1, 5, 20, 100)]
    assert rising == sorted(rising)
    (curve,) = (curve for curve in found.curves if curve.signal == "true value gap")
    (by_trades,) = (one for one in curve.half_lives if one.clock == "trades")
    assert 5 < by_trades.value < 100
    assert by_trades.value > 3 * by_trades.se


def test_the_informed_earn_before_costs_and_the_spread_takes_it_back(day: Any) -> None:
    played, _, found = day
    (knows,) = (one for one in found.informed if one.signal == "true value gap")
    assert knows.gross.mean > 3 * knows.gross.se
    assert knows.net.mean < knows.gross.mean - 2 * knows.fee_bps
    assert knows.fee_bps == pytest.approx(100 * played.parameters["GM_FEE"])


def test_impact_on_a_market_of_dealers_is_positive_and_there_is_no_rate_for_its_cash(day: Any) -> None:
    _, _, found = day
    assert found.capacity.impact.coefficient_bps > 10 * found.capacity.impact.se_bps
    assert found.capacity.goals == ()
    assert "no rate of the quote asset in dollars" in found.sentences[-1]


def test_without_its_tape_a_run_that_kept_a_sample_of_quotes_is_not_measured(day: Any) -> None:
    played = replace(day[0], market=day[0].market[::2])
    for measure in (run.measure_alpha, run.meter_run):
        with pytest.raises(InputError, match="too few to read later mids from, and the tape is not at hand"):
            measure(played)


def test_without_its_tape_a_run_is_measured_on_all_that_it_kept_and_says_so(day: Any) -> None:
    played, tape, whole = day
    assert len(played.market) == len(tape.quotes)
    found = run.measure_alpha(played)
    assert "The tape is not at hand" in found.remarks[0]
    assert found.split == played.pnl
    assert "unknown" in found.capacity.why
    assert points(found, "belief")[1, "trades"].n == 0
    assert points(found, "belief")[60, "s"].ic == pytest.approx(points(whole, "belief")[60, "s"].ic, abs=1e-9)
    with pytest.raises(TapeError, match="market was simulated"):
        run.tape_of(played)


def test_the_tape_of_a_run_is_loaded_as_it_was(measured: Any) -> None:
    tape, played, _ = measured("aapl")
    again = run.tape_of(played)
    assert again.quotes.tobytes() == tape.quotes.tobytes()
    assert again.trades.tobytes() == tape.trades.tobytes()
    gone = replace(played, tape=played.tape | {"files": ["nowhere.parquet"]})
    with pytest.raises(TapeError, match="nowhere"):
        run.tape_of(gone)


def test_a_run_without_fills_has_no_capacity_and_its_inventory_alone(real: Any) -> None:
    chosen, tape = real("aapl", "ALLOC_CONFIRMED=false")
    found = run.measure_alpha(run.backtest(chosen, tape), tape)
    assert found.residual == 0
    assert found.split.total == 0.0
    assert "nothing was traded" in found.capacity.why
    assert found.markout_curves == ()
    assert np.isnan(found.performance.fill_ratio)


@pytest.mark.parametrize(
    "given",
    [{"trials": 0}, {"delay_s": -1.0}, {"hold_s": 0.0}, {"flow_half_life_s": 0.0}, {"exponent": 3.0}],
)
def test_options_outside_their_domain_are_refused(given: Any) -> None:
    with pytest.raises(DomainError):
        run.AlphaOptions(**given)
