from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from glosten import theory
from glosten.errors import DomainError, InputError
from glosten.run import NamedMarket, NamedTrader, simulate, simulate_named_traders
from glosten.statistics import advance_word, sequence, stream, uniform
from glosten.theory import NoisySignal

pytestmark = pytest.mark.skipif(
    not hasattr(theory.posterior, "py_func"), reason="random words wrap in compiled code only"
)

ROSTER = (
    NamedTrader("insider", 0.9),
    NamedTrader("analyst", 0.5, 0.8),
    NamedTrader("saver", 0.0, buys=0.8),
    NamedTrader("spender", 0.0, buys=0.2),
    NamedTrader("household", 0.1),
)
MARKET = NamedMarket(98, 102, 0.4, ROSTER)


def test_the_maker_sees_the_average_of_the_roster() -> None:
    model = MARKET.model
    chances = np.mean([trader.buy_probabilities() for trader in ROSTER], axis=0)
    assert theory.side_if_low(1, model.alpha, model.gamma) == pytest.approx(chances[0], rel=1e-12)
    assert theory.side_if_high(1, model.alpha, model.gamma) == pytest.approx(chances[1], rel=1e-12)
    alike = NamedMarket(0, 1, 0.5, tuple(NamedTrader(f"trader {n}", 0.4, 0.7, 0.6) for n in range(9))).model
    seen = NoisySignal(0, 1, 0.5, 0.4, 0.7, 0.6).as_certain()
    assert (alike.alpha, alike.gamma) == pytest.approx((seen.alpha, seen.gamma), rel=1e-12)


def test_what_the_traders_gain_the_maker_loses_and_so_with_the_asset() -> None:
    result = simulate_named_traders(MARKET, 60, 5_000, 1)
    assert sum(gain.mean for gain in result.gains) + result.maker.mean == pytest.approx(0, abs=1e-12)
    held = sum(position.mean for position in result.inventory) + result.maker_inventory.mean
    assert held == pytest.approx(0, abs=1e-12)
    assert sum(arrivals.mean for arrivals in result.arrivals) == pytest.approx(60, abs=1e-9)
    assert abs(result.maker.mean) < 4 * result.maker.se


def test_who_knows_more_gains_more_and_the_ignorant_pay() -> None:
    result = simulate_named_traders(MARKET, 60, 20_000, 2)
    insider, analyst, saver, spender, household = (gain.mean for gain in result.gains)
    assert insider > analyst > household
    assert saver < 0
    assert spender < 0
    for arrivals in result.arrivals:
        assert abs(arrivals.mean - 12) < 4 * arrivals.se
        assert arrivals.sd == pytest.approx(np.sqrt(60 * 0.2 * 0.8), rel=0.05)


def test_the_average_trader_is_the_binary_market_in_pieces() -> None:
    """Certain signals: what the roster makes together is what informed and noise traders of the average make."""
    roster = (NamedTrader("knows", 1.0), NamedTrader("guesses", 0.0, buys=0.7), NamedTrader("mixes", 0.25, buys=0.4))
    market = NamedMarket(98, 102, 0.4, roster)
    named, exact = simulate_named_traders(market, 30, 40_000, 3), simulate(market.model, 30, engine="exact")
    assert named.maker.sd == pytest.approx(exact.mm_pnl.sd, rel=0.02)
    informed = named.gains[0]
    expected = exact.informed_pnl.mean / market.model.alpha / 3  # an informed arrival is an informed arrival
    assert abs(informed.mean - expected) < 4 * informed.se
    guesses = named.gains[1]
    model = market.model
    spoken = sum(
        (0.7 if side > 0 else 0.3) * side * (model.mean - (model.quotes().ask if side > 0 else model.quotes().bid))
        for side in (1, -1)
    )
    first = simulate_named_traders(market, 1, 200_000, 3).gains[1]
    assert abs(first.mean - spoken / 3) < 4 * first.se
    assert guesses.mean < 0


def test_the_kernel_trades_at_theorys_quotes() -> None:
    """Tell every path again with the model, trade by trade."""
    paths, trades, seed = 150, 12, 5
    result = simulate_named_traders(MARKET, trades, paths, seed)
    told, seen = np.zeros((paths, len(ROSTER))), [0, 0]
    model = MARKET.model
    buys = [trader.buy_probabilities() for trader in ROSTER]
    for number in range(paths):
        high = bool(uniform(stream(seed, "named traders/value"), number) < MARKET.prior)
        key = stream(seed, "named traders/trades", int(high))
        first, second = (np.uint64(word) for word in sequence(key, seen[high]))
        seen[high] += 1
        now = model
        for _ in range(trades):
            word, first, second = (np.uint64(part) for part in advance_word(first, second))
            who = (int(word) >> 32) * len(ROSTER) >> 32
            towards = buys[who][1] if high else 1 - buys[who][0]
            side = 1 if ((int(word) & (2**32 - 1)) < towards * 2**32) == high else -1
            quotes = now.quotes()
            price = quotes.ask if side > 0 else quotes.bid
            told[number, who] += side * ((MARKET.v_high if high else MARKET.v_low) - price)
            now = now.update(side)
    assert [gain.mean for gain in result.gains] == pytest.approx(told.mean(axis=0), abs=1e-11)
    assert [gain.sd for gain in result.gains] == pytest.approx(told.std(axis=0, ddof=1), rel=1e-9)


def test_threads_do_not_change_a_bit() -> None:
    for paths in (1, 31, 32, 1_600):
        one, two = (simulate_named_traders(MARKET, 21, paths, 7, threads) for threads in (1, 2))
        assert repr((one.gains, one.inventory, one.arrivals, one.maker)) == repr(
            (two.gains, two.inventory, two.arrivals, two.maker)
        )


def test_seeds_give_other_paths_and_zero_is_one_of_them() -> None:
    assert len({simulate_named_traders(MARKET, 5, 500, seed).maker.mean for seed in (0, 1, 2**64 - 1)}) == 3


@pytest.mark.parametrize(
    ("traders", "error", "words"),
    [
        ((), InputError, "a roster has from 1 to 1000 traders; there were 0"),
        ((NamedTrader("a", 0.1), NamedTrader("a", 0.2)), InputError, "a came twice"),
        ((NamedTrader("a", 1.1, 0.4, -0.1),), DomainError, "a: informed .* it was 1.1"),
    ],
)
def test_a_roster_that_makes_no_sense_is_refused(traders: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        NamedMarket(0, 1, 0.5, traders)


def test_every_problem_of_a_trader_is_named_at_once() -> None:
    with pytest.raises(DomainError) as caught:
        NamedMarket(0, 1, 0.5, (NamedTrader("a", 1.1, 0.4, -0.1),))
    assert len(caught.value.problems) == 3
    with pytest.raises(InputError) as refused:
        simulate_named_traders(MARKET, 0, 0, -1, 0)
    assert len(refused.value.problems) == 4
