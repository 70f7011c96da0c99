from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from glosten import theory
from glosten.errors import InputError
from glosten.run import DasSimulation, simulate_das
from glosten.run._das_averages import AGES, CHUNK
from glosten.statistics import Mean
from glosten.theory import Das, DasPath, GaussianDas

pytestmark = pytest.mark.skipif(
    not hasattr(theory.das_quote, "py_func"), reason="random words wrap in compiled code only"
)

REFERENCE = {
    (50, 0.001, 0): ((0.340, 0.015), (-0.001, 0.004)),
    (50, 0.001, 1): ((2.341, 0.015), (0.879, 0.004)),
    (100, 0.005, 0): ((2.924, 0.086), (0.001, 0.016)),
    (100, 0.005, 1): ((4.932, 0.085), (0.864, 0.019)),
}
"""Average spread and profit per period of an independent simulation, each with its standard error, in cents."""


@pytest.mark.parametrize(("sigma", "p_jump", "shift"), list(REFERENCE))
def test_spreads_and_profits_are_those_of_the_reference(sigma: float, p_jump: float, shift: float) -> None:
    """Das (2005), table 2. Seed 0; every replication begins with a jump, one more than p_jump makes of it."""
    periods, replications = 10_000, 6
    found = simulate_das(Das(sigma, 5, p_jump, 0.7, shift=shift), periods, replications)
    (spread, spread_se), (profit, profit_se) = REFERENCE[sigma, p_jump, shift]
    first_jump = (spread - 2 * shift) / (p_jump * periods)
    assert abs(found.spread.mean - first_jump - spread) < 4 * math.hypot(found.spread.se, spread_se)
    assert abs(found.maker.mean - profit) < 4 * math.hypot(found.maker.se, profit_se)
    assert found.spread.n == replications


def test_two_regimes_wide_right_after_a_jump_and_narrow_thirty_trades_later() -> None:
    found = simulate_das(Das(50, 5, 0.005, 0.7), 20_000, 2)
    curve = found.spread_after_jump
    assert 40 < curve[0] < 80
    assert curve[0] == pytest.approx(Das(50, 5, 0.005, 0.7).quotes().spread, rel=1e-3)
    assert found.jumps[0] > 100
    assert 4 * found.spread_after_jump_se[30] < 1
    assert curve[30] < 3
    assert curve[2] > 8 * curve[30]


def test_the_maker_gains_nothing_and_what_it_gains_others_lose() -> None:
    found = simulate_das(Das(30, 5, 0.01, 0.7), 5_000, 20, seed=1)
    assert abs(found.maker.mean) < 4 * found.maker.se
    assert found.informed.mean > 4 * found.informed.se
    assert found.noise.mean < -4 * found.noise.se
    assert found.maker.mean + found.informed.mean + found.noise.mean == pytest.approx(0, abs=1e-12)


def test_first_period_figures_are_the_exact_ones_within_four_standard_errors() -> None:
    model = Das(50, 5, 0.001, 0.7, 0.4)
    found = simulate_das(model, 1, 4_000)
    quotes, gains = model.quotes(), model.gains()
    for drawn, exact in ((found.trades, quotes.p_buy + quotes.p_sell), (found.informed, gains.informed)):
        assert abs(drawn.mean - exact) < 4 * drawn.se
    assert abs(found.maker.mean) < 4 * found.maker.se
    assert found.spread.mean == pytest.approx(quotes.spread, rel=1e-9)
    assert found.spread.se == pytest.approx(0, abs=1e-9)
    assert abs(found.distance.mean - 50 * math.sqrt(2 / math.pi)) < 4 * found.distance.se


def test_replications_do_not_depend_on_threads_or_on_how_many_there_are() -> None:
    model = Das(20, 5, 0.02, 0.7)
    few, many = simulate_das(model, 300, 3, 5), simulate_das(model, 300, 9, 5, threads=3)
    assert few.by_replication.tobytes() == many.by_replication[:3].tobytes()
    assert simulate_das(model, 300, 9, 5).by_replication.tobytes() == many.by_replication.tobytes()
    assert not np.array_equal(many.by_replication[0], many.by_replication[1])
    assert simulate_das(model, 300, 3, 6).spread.mean != few.spread.mean


def test_not_being_told_of_jumps_costs() -> None:
    told, untold = (simulate_das(Das(20, 5, 0.01, 0.7, known_jumps=known), 3_000, 4) for known in (True, False))
    assert untold.distance.mean > told.distance.mean + 4 * math.hypot(told.distance.se, untold.distance.se)
    assert untold.spread.mean > told.spread.mean


def test_never_jumping_known_and_unknown_are_the_same_life() -> None:
    told, untold = (simulate_das(Das(20, 5, 0.0, 0.7, known_jumps=known, reach=12), 400, 2) for known in (True, False))
    assert told.by_replication == pytest.approx(untold.by_replication, rel=1e-9)
    assert told.trades == untold.trades


def test_a_maker_that_leans_against_its_inventory_holds_less() -> None:
    plain, leaning = (simulate_das(Das(50, 5, 0.001, 0.7, inventory_shift=lean), 5_000, 4) for lean in (0.0, 0.05))
    assert leaning.inventory.mean < 0.5 * plain.inventory.mean


def test_values_between_the_points_of_the_grid_are_followed_too() -> None:
    found = simulate_das(Das(50, 5, 0.005, 0.7), 5_000, 4, settings=(False, None))
    assert not found.whole_values
    assert abs(found.maker.mean) < 4 * found.maker.se
    assert found.distance.mean < 3


def test_prices_scale_with_the_step_of_the_grid() -> None:
    cents, units = (
        simulate_das(Das(50, 5, 0.01, 0.7), 500, 2),
        simulate_das(Das(0.5, 0.05, 0.01, 0.7, step=0.01), 500, 2),
    )
    for name in ("spread", "maker", "informed", "noise", "distance"):
        assert getattr(units, name).mean == pytest.approx(getattr(cents, name).mean / 100, rel=1e-6)
    assert units.trades == cents.trades
    assert units.spread_after_jump == pytest.approx(cents.spread_after_jump / 100, rel=1e-6, nan_ok=True)


def test_progress_counts_replications_and_a_single_one_has_no_error() -> None:
    told: list[tuple[int, int]] = []
    found = simulate_das(Das(20, 5, 0.01, 0.7), 50, 3, settings=(True, lambda done, of: told.append((done, of))))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert isinstance(found, DasSimulation)
    assert isinstance(found.spread, Mean)
    assert found.spread_after_jump.shape == (AGES,)
    assert math.isnan(simulate_das(Das(20, 5, 0.01, 0.7), 50, 1).spread.se)


@pytest.mark.parametrize("model", [Das(20, 5, 0.03, 0.6, 0.4, shift=0.5, step=0.5), GaussianDas(20, 5, 0.03, 0.6)])
def test_figures_are_averages_over_what_the_path_tells(model: Any) -> None:
    periods = CHUNK + 100
    found = simulate_das(model, periods, 1, seed=3)
    path = DasPath(model.market, 3, 0, whole=True, fresh=True)
    told = path.told(periods)
    inventory = -np.cumsum(told[:, path.ORDER]) + told[:, path.ORDER]
    knows, gain = told[:, path.KNOWS] > 0, told[:, path.GAIN]
    step = model.step if isinstance(model, Das) else 1.0
    expected = [
        step * told[:, path.SPREAD].mean(),
        -step * gain.mean(),
        step * np.where(knows, gain, 0).mean(),
        step * np.where(knows, 0, gain).mean(),
        step * np.abs(told[:, path.MEAN] - told[:, path.VALUE]).mean(),
        np.abs(told[:, path.ORDER]).mean(),
        np.abs(inventory).mean(),
    ]
    assert found.by_replication[0] == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert found.jumps[0] == told[:, path.JUMPED].sum()
    first = told[told[:, path.JUMPED] > 0, path.SPREAD]
    assert found.spread_after_jump[0] == pytest.approx(step * first.mean(), rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"periods": 0}, "periods must be a whole number from 1"),
        ({"periods": 2.5}, "periods must be a whole number"),
        ({"replications": 0}, "replications must be a whole number from 1"),
        ({"seed": -1}, "seed must be a whole number from 0"),
        ({"threads": 0}, "threads must be"),
    ],
)
def test_bad_arguments_are_refused_before_anything_runs(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        simulate_das(Das(50, 5, 0.001, 0.7), **{"periods": 10, **arguments})


def test_a_market_where_nobody_trades_is_not_simulated() -> None:
    with pytest.raises(InputError, match="nothing can be simulated where nobody trades"):
        simulate_das(Das(50, 5, 0.001, 0.0, 0.0), 10)
