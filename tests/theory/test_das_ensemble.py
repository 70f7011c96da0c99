"""Markets of Das by date: blocks add up paths, means are what the model expects, the two regimes after a jump."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from glosten import theory
from glosten.errors import DomainError
from glosten.theory import Das, DasOrders, GaussianDas, simulate_ensemble
from glosten.theory._das_ensemble import BLOCK, CHUNK

pytestmark = pytest.mark.skipif(
    not hasattr(theory.das_quote, "py_func"), reason="random words wrap in compiled code only"
)

MODELS = {
    "known": Das(20, 5, 0.03, 0.6, 0.4),
    "unknown": Das(20, 5, 0.03, 0.6, 0.4, known_jumps=False, shift=0.5),
    "scaled and learned": Das(0.2, 0.05, 0.03, 0.7, inventory_shift=0.001, step=0.01, start=3.0).update(1).update(-1),
    "normal belief": GaussianDas(20, 5, 0.03, 0.6, 0.4, shift=0.5, mean=7.0).update(1),
}


def lived(model: Any, path: DasOrders) -> tuple[np.ndarray, np.ndarray]:
    """Live a path with the model's own verbs; return (spread, error) of each period and the totals."""
    curves, totals = np.zeros((2, path.orders.size)), np.array([0.0, 0.0, 0.0, 0.0, model.inventory])
    for date, order in enumerate(path.orders.tolist()):
        if path.jumped[date] and model.known_jumps:
            model = model.jump()
        quotes, value = model.quotes(), path.values[date]
        curves[:, date] = quotes.spread, (quotes.mean - value) ** 2
        gain = order * (value - (quotes.ask if order > 0 else quotes.bid))
        totals += [gain * path.informed[date], gain * (not path.informed[date]), -gain, abs(order), -order]
        model = model.update(order)
    return curves, totals


@pytest.mark.parametrize("name", list(MODELS))
def test_a_block_adds_up_the_lives_of_the_model_along_its_paths(name: str) -> None:
    model, periods, paths = MODELS[name], 40, 5
    ensemble = model.ensemble(periods, seed=4)
    told = [lived(model, ensemble.path(number)) for number in range(paths)]
    sums, unit = ensemble.block(0, paths), model.sigma
    for row in (0, 1):
        curves = np.array([curves[row] for curves, _ in told])
        scale = unit if row == 0 else unit**2
        assert sums.curves[row, 0, :-1] == pytest.approx(curves.sum(axis=0), rel=1e-9, abs=1e-9 * scale)
        assert sums.curves[row, 1, :-1] == pytest.approx((curves**2).sum(axis=0), rel=1e-9, abs=1e-9 * scale**2)
    totals = np.array([totals for _, totals in told])
    assert sums.totals[:, 0] == pytest.approx(totals.sum(axis=0), rel=1e-9, abs=1e-8 * unit)
    assert sums.totals[:, 1] == pytest.approx((totals**2).sum(axis=0), rel=1e-9, abs=1e-8 * unit)
    assert (sums.paths, sums.high) == (paths, 0)
    assert np.all(sums.curves[2] == 0)


@pytest.mark.parametrize("name", ["known", "normal belief"])
def test_threads_and_batches_do_not_change_a_bit(name: str) -> None:
    ensemble, paths = MODELS[name].ensemble(20, seed=1), 3 * BLOCK + 5
    one, two = (simulate_ensemble(ensemble, paths, threads) for threads in (1, 2))
    for curve in ("spread", "spread_se", "error", "error_se"):
        assert getattr(one, curve).tobytes() == getattr(two, curve).tobytes()
    for total in ("informed", "noise", "maker", "trades", "inventory"):
        assert getattr(one, total) == getattr(two, total)
    assert MODELS[name].simulate(20, paths, 1).spread.tobytes() == one.spread.tobytes()


def test_a_path_longer_than_a_chunk_goes_on_where_it_was() -> None:
    model, periods = MODELS["known"], CHUNK + 50
    ensemble = model.ensemble(periods)
    orders = ensemble.path(1).orders
    totals = ensemble.block(0, 2).totals - ensemble.block(0, 1).totals
    assert totals[3, 0] == np.abs(orders).sum(dtype=int)
    assert totals[4, 0] == -orders.sum(dtype=int)
    assert orders[:100].tobytes() == model.ensemble(100).path(1).orders.tobytes()


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize("name", ["known", "scaled and learned"])
def test_the_first_period_is_what_the_model_expects(name: str, seed: int) -> None:
    """V is drawn from the maker's own belief, so what it expects is exact."""
    model = MODELS[name]
    drawn, quotes, gains = model.simulate(1, 4_000, seed), model.quotes(), model.gains()
    assert drawn.spread[0] == pytest.approx(quotes.spread, rel=1e-9)
    assert abs(drawn.error[0] - model.variance) <= 4 * drawn.error_se[0]
    for found, expected in (
        (drawn.informed, gains.informed),
        (drawn.noise, gains.noise),
        (drawn.maker, gains.maker),
        (drawn.trades, quotes.p_buy + quotes.p_sell),
        (drawn.inventory, model.inventory + quotes.p_sell - quotes.p_buy),
    ):
        assert abs(found.mean - expected) <= 4 * found.se
    assert np.all(np.isnan(drawn.belief))
    assert drawn.n_high == 0


@pytest.mark.parametrize("seed", [0, 3])
def test_who_mixes_in_unseen_jumps_breaks_even_and_who_forgets_its_doubt_at_a_jump_loses(seed: int) -> None:
    """Told of a jump, the maker of Das believes N(E[V], sigma^2): less doubt than it has, if it still had some."""
    untold = Das(20, 5, 0.05, 0.6, known_jumps=False, reach=8).simulate(60, 1_000, seed)
    assert abs(untold.maker.mean) <= 4 * untold.maker.se
    assert untold.informed.mean > 4 * untold.informed.se
    told = Das(20, 5, 0.05, 0.6).simulate(60, 3_000, seed)
    assert told.maker.mean < -4 * told.maker.se
    once = Das(20, 5, 0.0, 0.6).simulate(60, 2_000, seed)
    assert abs(once.maker.mean) <= 4 * once.maker.se


def test_two_regimes_wide_right_after_a_jump_and_narrow_thirty_trades_later() -> None:
    """Das (2005): 40 to 80 cents right after a jump, about 2 within thirty trades."""
    known, unseen = (Das(50, 5, 0.0, 0.7, known_jumps=known, reach=12) for known in (True, False))
    drawn = known.simulate(31, 400)
    assert 40 < drawn.spread[0] < 80
    assert drawn.spread[30] + 4 * drawn.spread_se[30] < 2.5
    assert np.all(drawn.spread[1:11] < drawn.spread[:10])
    assert drawn.error[30] < 5
    assert math.sqrt(drawn.error[0]) == pytest.approx(50, rel=0.15)
    same, told = unseen.simulate(31, 50), known.simulate(31, 50)
    assert same.spread == pytest.approx(told.spread, rel=1e-9)
    normal = GaussianDas(50, 5, 0.0, 0.7).simulate(31, 400)
    assert 40 < normal.spread[0] < 80
    assert normal.spread[30] < 4


def test_a_jump_widens_the_spread_of_who_is_told_and_not_of_who_is_not() -> None:
    told, untold = (Das(50, 5, 0.02, 0.7, known_jumps=known).ensemble(400, seed=2) for known in (True, False))
    path = told.path(0)
    jumps = np.flatnonzero(path.jumped[40:]) + 40
    assert jumps.size > 0
    spread = told.block(0, 1).curves[0, 0]
    assert np.all(spread[jumps] == pytest.approx(68.1, abs=0.2))
    later = untold.block(0, 1).curves[0, 0]
    assert untold.path(0).values.tolist() == path.values.tolist()
    assert later[jumps].max() < 60


def test_bad_sizes_are_named_together() -> None:
    for model in MODELS.values():
        with pytest.raises(DomainError) as caught:
            model.simulate(-1, 0, -1)
        assert len(caught.value.problems) == 3
