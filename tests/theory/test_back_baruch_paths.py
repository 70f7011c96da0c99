from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import trapezoid

from glosten.errors import DomainError
from glosten.theory import BackBaruch, simulate_ensemble
from glosten.theory._ensemble import INVENTORY, TRADES

PATHS = 3_000
CASES = [BackBaruch(0.3), BackBaruch(0.7, 8.0, 0.25, 0.5), BackBaruch(0.6, 16.0, 2.0, 1.0, bluffing=False)]
ORDERS = [(0.05, 1), (0.07, -1), (0.1, 1), (0.13, 1), (0.13, -1)]


@pytest.mark.parametrize("model", CASES)
def test_prices_are_a_martingale_and_every_gain_is_someones_loss(model: BackBaruch) -> None:
    """A martingale's mean squared error is p (1 - E[price | V = 1]) at every time."""
    drawn = model.simulate(12, PATHS, seed=0)
    assert drawn.n == PATHS
    assert drawn.error[0] == pytest.approx(
        drawn.n_high / PATHS * (1.0 - model.prior) ** 2 + (1.0 - drawn.n_high / PATHS) * model.prior**2
    )
    assert drawn.belief[0] == pytest.approx(model.prior)
    apart = drawn.error - model.prior * (1.0 - drawn.belief)
    assert (np.abs(apart) <= 4.0 * np.hypot(drawn.error_se, model.prior * drawn.belief_se) + 1e-12).all()
    assert abs(drawn.maker.mean) < 4.0 * drawn.maker.se
    assert drawn.informed.mean + drawn.noise.mean + drawn.maker.mean == pytest.approx(0.0, abs=1e-12)
    assert drawn.informed.mean > 0.0 > drawn.noise.mean
    quotes = model.quotes()
    assert quotes.spread is not None
    assert drawn.spread[0] == pytest.approx(quotes.spread, rel=1e-3)


@pytest.mark.parametrize("model", CASES[:2])
def test_by_a_late_horizon_the_insider_has_its_value_and_everything_is_known(model: BackBaruch) -> None:
    late = 12.0 / model.revelation_rate
    drawn = model.simulate(3, PATHS, seed=1, horizon=late)
    expected = model.prior * model.value_high + (1.0 - model.prior) * model.value_low
    assert abs(drawn.informed.mean - expected) < 4.0 * drawn.informed.se + model.foregone
    assert drawn.error[-1] < 1e-3
    assert drawn.spread[-1] < 1e-3
    assert drawn.belief[-1] == pytest.approx(1.0, abs=1e-3)


def test_noise_trades_come_at_their_rate_while_the_value_is_hidden() -> None:
    """Without the insider 2 beta a unit of time, over a hidden time of (1 - e^-rT) / r on average; it adds to them."""
    model = BackBaruch(0.5, 16.0)
    drawn = model.simulate(4, PATHS, seed=0, horizon=2.0)
    noise = 2.0 * model.noise_rate * (1.0 - math.exp(-2.0))
    assert noise - 4.0 * drawn.trades.se < drawn.trades.mean < 2.0 * noise
    assert abs(drawn.inventory.mean) < 4.0 * drawn.inventory.se


def test_paths_do_not_depend_on_threads_blocks_or_how_many_are_drawn() -> None:
    model = BackBaruch(0.4, 16.0)
    ensemble = model.ensemble(5, seed=0)
    one, two = (simulate_ensemble(ensemble, 1_200, threads=threads) for threads in (1, 2))
    for curve in ("spread", "error", "belief", "spread_se", "error_se", "belief_se"):
        assert getattr(one, curve).tobytes() == getattr(two, curve).tobytes()
    assert (one.informed, one.maker, one.trades) == (two.informed, two.maker, two.trades)
    again = model.simulate(5, 1_200)
    assert again.spread.tobytes() == one.spread.tobytes()
    assert model.simulate(5, 1_200, seed=1).spread.tobytes() != one.spread.tobytes()


def test_one_path_is_the_one_its_block_has_added_up() -> None:
    ensemble = BackBaruch(0.4).ensemble(6, seed=3)
    sums = ensemble.block(0, 8)
    paths = [ensemble.path(number) for number in range(8)]
    assert sums.high == sum(path.value == 1.0 for path in paths)
    assert sums.totals[INVENTORY, 0] == -sum(int(path.orders.sum()) for path in paths)
    assert {path.orders.shape for path in paths} == {(6,)}


@pytest.mark.parametrize("model", CASES)
def test_the_likelihood_of_orders_is_a_mixture_and_its_ratio_is_what_the_price_learns(model: BackBaruch) -> None:
    """Two ways to the last price: Bayes with the likelihoods of both types, and the game played order by order."""
    high, low, both = (model.log_likelihood(ORDERS, 0.2, value) for value in (1, 0, None))
    mixed = math.log(model.prior * math.exp(high) + (1.0 - model.prior) * math.exp(low))
    assert both == pytest.approx(mixed, abs=3e-4)
    last, now = model, 0.0
    for time, side in ORDERS:
        last, now = last.wait(time - now).update(side), time
    last = last.wait(0.2 - now)
    learned = 1.0 / (1.0 + (1.0 - model.prior) / model.prior * math.exp(low - high))
    assert last.prior == pytest.approx(learned, abs=3e-4)


def test_silence_is_as_likely_as_simulated() -> None:
    """No order until the horizon T or the end: the integral of r e^(-rt) S(t), and e^(-rT) S(T), S from the law.

    A block's first path alone tells whether it traded.
    """
    model, span, draws = BackBaruch(0.3), 0.3, 2_000
    times = np.linspace(0.0, span, 31)
    survival = np.exp([model.log_likelihood([], float(time)) - time for time in times])
    expected = float(trapezoid(survival, times)) + float(survival[-1])
    ensemble = model.ensemble(1, 0, horizon=span)
    silent = np.mean([ensemble.block(number, 1).totals[TRADES, 0] == 0.0 for number in range(draws)])
    assert abs(silent - expected) < 4.0 * math.sqrt(expected * (1.0 - expected) / draws)


def test_orders_times_and_values_of_a_likelihood_are_checked() -> None:
    model = BackBaruch(0.5)
    with pytest.raises(DomainError, match="side must be 1"):
        model.log_likelihood([(0.1, 0)], 0.2)
    with pytest.raises(DomainError, match="times must not fall"):
        model.log_likelihood([(0.3, 1)], 0.2)
    with pytest.raises(DomainError) as caught:
        model.log_likelihood([(0.3, 2), (0.1, 1)], math.nan, value=3)
    assert len(caught.value.problems) == 4
    with pytest.raises(DomainError, match="horizon"):
        model.ensemble(3, 0, horizon=-1.0)
    with pytest.raises(DomainError, match="periods"):
        model.simulate(-1, 5)
