"""Paths of table models: each is the model's own life, and a block is the sum of its paths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from glosten import theory
from glosten.errors import DomainError
from glosten.statistics import FRACTIONS
from glosten.theory import (
    Binary,
    BinaryNoTrade,
    EventUncertainty,
    ManyValues,
    NoisySignal,
    Orders,
    Sums,
    simulate_ensemble,
)
from glosten.theory._order_ensemble import OrderEnsemble, _limits

pytestmark = pytest.mark.skipif(
    not hasattr(theory.das_quote, "py_func"), reason="random words wrap in compiled code only"
)

GRID = np.linspace(50.0, 51.0, 41)
MODELS = {
    "binary": Binary(98.0, 102.0, 0.4, 0.3, 0.6),
    "noisy": NoisySignal(-1.0, 3.0, 0.3, 0.5, 0.8, 0.6),
    "no trade": BinaryNoTrade(10.0, 12.0, 0.4, 0.3, 0.3),
    "event": EventUncertainty(10.0, 12.0, 0.4, 0.3, 0.2, 0.6),
    "event without a middle": EventUncertainty(10.0, 12.0, 0.4, 0.3, 0.2, 0.6, 0.5, 12.0),
    "three values": ManyValues((0.0, 50.0, 100.0), (0.3, 0.4, 0.3), 0.4, 0.4, 0.3),
    "two values": ManyValues((0.0, 1.0), (0.5, 0.5), 0.3, 0.2, 0.7),
    "grid": ManyValues.uniform(GRID, 0.5),
    "lopsided": ManyValues((0.0, 1.0, 5.0, 5.5, 9.0), (0.1, 0.4, 0.2, 0.3, 0.0), 0.6, 0.1, 0.6),
    "nobody buys": ManyValues((0.0, 1.0, 2.0), (0.2, 0.3, 0.5), 0.5, 0.0, 0.5),
    "nobody trades": ManyValues((0.0, 1.0, 2.0), (0.2, 0.3, 0.5), 1.0),
    "one value": ManyValues((7.0,), (1.0,), 0.3),
    "everybody knows": Binary(0.0, 1.0, 0.5, 1.0),
    "nobody knows": Binary(0.0, 1.0, 0.5, 0.0),
    "certain": Binary(0.0, 1.0, 1.0, 0.3),
}
TWO_VALUES = {"binary", "noisy", "no trade", "event without a middle", "two values"}
TWO_VALUES |= {"everybody knows", "nobody knows", "certain"}


def values_of(model: Any) -> tuple[float, float]:
    return (model.values[0], model.values[-1]) if hasattr(model, "values") else (model.v_low, model.v_high)


def belief_in(model: Any) -> float:
    if hasattr(model, "prior"):
        return float(model.prior)
    if isinstance(model, EventUncertainty):
        return float(model.beliefs[0] + model.beliefs[1])
    return float(model.beliefs[-1])


def lived(model: Any, path: Orders, *, two: bool) -> tuple[np.ndarray, np.ndarray]:
    """Live a path with the model's own verbs; return its curves (3, periods + 1) and totals (5,)."""
    curves, totals = np.zeros((3, path.orders.size + 1)), np.zeros(5)
    high = two and path.value == values_of(model)[1]
    for date in range(path.orders.size + 1):
        quotes = model.quotes()
        curves[:, date] = quotes.spread or 0.0, (quotes.mean - path.value) ** 2, high * belief_in(model)
        if date < path.orders.size:
            order = int(path.orders[date])
            price = {1: quotes.ask, -1: quotes.bid, 0: 0.0}[order]
            assert price is not None, "an order found a quote"
            gain = order * (path.value - price)
            totals += [gain * path.informed[date], gain * (not path.informed[date]), -gain, abs(order), -order]
            model = model.update(order)
    return curves, totals


def as_bytes(sums: Sums) -> tuple[int, int, bytes, bytes]:
    return sums.paths, sums.high, sums.curves.tobytes(), sums.totals.tobytes()


@pytest.mark.parametrize("name", list(MODELS))
def test_a_block_adds_up_the_lives_of_the_model_along_its_paths(name: str) -> None:
    model, periods, paths = MODELS[name], 12, 30
    ensemble, two = model.ensemble(periods, seed=3), name in TWO_VALUES
    low, high = values_of(model)
    width = high - low or 1.0
    walks = [ensemble.path(number) for number in range(paths)]
    told = [lived(model, path, two=two) for path in walks]
    sums = ensemble.block(0, paths)
    assert sums.paths == paths
    assert sums.high == (sum(path.value == high for path in walks) if two else 0)
    for row, unit in enumerate((width, width**2, 1.0)):
        curves = np.array([curves[row] for curves, _ in told])
        assert sums.curves[row, 0] == pytest.approx(curves.sum(axis=0), abs=1e-12 * paths * unit)
        assert sums.curves[row, 1] == pytest.approx((curves**2).sum(axis=0), abs=1e-12 * paths * unit**2)
    totals, units = np.array([totals for _, totals in told]), np.array([width, width, width, 1.0, 1.0])
    assert sums.totals[:, 0] / units == pytest.approx(totals.sum(axis=0) / units, abs=1e-12 * paths * periods)
    assert sums.totals[:, 1] / units**2 == pytest.approx(
        (totals**2).sum(axis=0) / units**2, abs=1e-12 * paths * periods**2
    )


@pytest.mark.parametrize("name", ["grid", "event"])
def test_long_after_the_value_is_known_a_path_is_still_the_life_of_the_model(name: str) -> None:
    """Beliefs below 1e-140 are forgotten, and what is nearly known keeps its digits."""
    model, periods = MODELS[name], 900
    ensemble = model.ensemble(periods, seed=1)
    path = ensemble.path(0)
    curves, totals = lived(model, path, two=False)
    sums = ensemble.block(0, 1)
    assert sums.curves[0, 0] == pytest.approx(curves[0], abs=1e-12)
    assert sums.curves[1, 0] == pytest.approx(curves[1], abs=1e-12)
    assert sums.totals[:, 0] == pytest.approx(totals, abs=1e-11)
    assert sums.curves[1, 0, -1] < 1e-30


@pytest.mark.parametrize("name", ["binary", "event", "grid"])
def test_threads_and_batches_do_not_change_a_bit(name: str) -> None:
    ensemble = MODELS[name].ensemble(7, seed=11)
    paths = 2 * ensemble.lanes + 137
    one, two = (simulate_ensemble(ensemble, paths, threads) for threads in (1, 2))
    for curve in ("spread", "spread_se", "error", "error_se", "belief", "belief_se"):
        assert getattr(one, curve).tobytes() == getattr(two, curve).tobytes()
    for total in ("informed", "noise", "maker", "trades", "inventory"):
        assert getattr(one, total) == getattr(two, total)
    again = MODELS[name].simulate(7, paths, 11)
    assert again.spread.tobytes() == one.spread.tobytes()
    assert as_bytes(ensemble.block(2, 137)) == as_bytes(ensemble.block(2, 137))


def test_blocks_hold_the_paths_of_their_numbers() -> None:
    ensemble = MODELS["three values"].ensemble(5, seed=2)
    first, second = ensemble.block(1, 1), ensemble.block(0, ensemble.lanes)
    path = ensemble.path(ensemble.lanes)
    assert first.totals[3, 0] == np.abs(path.orders).sum()
    assert first.totals[4, 0] == -path.orders.sum(dtype=int)
    numbers = [ensemble.path(number) for number in range(200)]
    assert ensemble.block(0, 200).totals[4, 0] == -sum(int(path.orders.sum(dtype=int)) for path in numbers)
    assert second.paths == ensemble.lanes


@pytest.mark.parametrize("seed", [0, 9])
@pytest.mark.parametrize(
    "model", [Binary(98.0, 102.0, 0.5, 0.3), Binary(0.0, 1.0, 0.2, 0.1, 0.7), Binary(-3.0, 5.0, 0.9, 0.6, 0.4)]
)
def test_the_binary_model_is_drawn_as_its_exact_law_says(model: Binary, seed: int) -> None:
    trades = 12
    law, drawn = model.law(trades), model.simulate(trades, 40_000, seed)
    assert np.all(np.abs(drawn.spread - law.spread) <= 4 * drawn.spread_se + 1e-12)
    assert np.all(np.abs(drawn.belief - law.belief) <= 4 * drawn.belief_se + 1e-12)
    assert np.all(np.abs(drawn.error - law.doubt * model.width**2) <= 4 * drawn.error_se + 1e-12)
    for name in ("informed", "noise", "maker"):
        found, mean = getattr(drawn, name), getattr(law, f"{name}_mean")[-1]
        assert abs(found.mean - mean) <= 4 * found.se
    assert drawn.trades.mean == trades
    assert drawn.trades.se == 0
    assert drawn.n == 40_000
    assert abs(drawn.n_high - 40_000 * model.prior) <= 4 * (40_000 * model.prior * (1 - model.prior)) ** 0.5


def test_only_two_values_have_a_belief_in_the_higher_one() -> None:
    assert np.all(np.isnan(MODELS["event"].simulate(3, 100).belief))
    assert MODELS["event"].simulate(3, 100).n_high == 0
    sure = MODELS["certain"].simulate(3, 100)
    assert sure.n_high == 100
    assert sure.belief.tolist() == [1.0] * 4


def test_what_has_no_chance_is_never_drawn() -> None:
    limits = _limits(np.array([0.0, 0.3, 0.0, 0.7, 0.0]))
    assert limits.tolist() == [0, round(0.3 * FRACTIONS), round(0.3 * FRACTIONS), FRACTIONS]
    assert _limits(np.array([1.0])).size == 0
    third = _limits(np.array([1 / 3, 1 / 3, 1 / 3, 0.0]))
    assert third[-1] == FRACTIONS


def test_bad_sizes_and_seeds_are_named_together() -> None:
    with pytest.raises(DomainError) as caught:
        MODELS["event"].simulate(-1, 0, -1)
    assert len(caught.value.problems) == 3
    with pytest.raises(DomainError, match="seed must be"):
        MODELS["binary"].ensemble(3, 2**64)
    assert isinstance(MODELS["binary"].ensemble(3, 2**64 - 1), OrderEnsemble)
    assert MODELS["binary"].simulate(0, 10).spread.shape == (1,)
