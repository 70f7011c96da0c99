from __future__ import annotations

import math
import os
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

from glosten.crowd import Crowd, Day, day

CROWD = Crowd()
SEEDS = (0, 1, 2)


@pytest.fixture(scope="module", params=SEEDS)
def played(request: pytest.FixtureRequest) -> Day:
    return day(CROWD, request.param)


def gains_bps(market: Day, crowd: Crowd = CROWD) -> np.ndarray:
    """Return what the trader of each print gained against the true value, in bps of it."""
    price = market.trades["price"] * float(crowd.tick)
    value = market.values["value"][1:]
    return np.asarray(market.trades["side"] * (value - price) / value * 1e4)


def mean_and_error(values: np.ndarray) -> tuple[float, float]:
    return float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values)))


def digest(market: Day) -> str:
    return sha256(b"".join(np.ascontiguousarray(column).tobytes() for column in market)).hexdigest()


def test_quotes_are_never_crossed_or_locked_and_always_display_something(played: Day) -> None:
    assert (played.quotes["bid"] < played.quotes["ask"]).all()
    assert (played.quotes["bid"] > 0).all()
    assert (played.quotes["bid_lots"] > 0).all()
    assert (played.quotes["ask_lots"] > 0).all()


def test_every_trade_is_at_the_quotes_that_stood_before_it(played: Day) -> None:
    before, trades = played.quotes[:-1], played.trades
    assert (trades["price"] == np.where(trades["side"] > 0, before["ask"], before["bid"])).all()
    assert (played.quotes["ts_ns"][1:] == trades["ts_ns"]).all()
    assert (played.values["ts_ns"] == played.quotes["ts_ns"]).all()
    assert (np.diff(played.quotes["ts_ns"]) >= 0).all()
    assert (trades["aggressor"] == np.arange(len(trades))).all()


def test_informed_traders_gain_and_the_others_lose_on_average(played: Day) -> None:
    gains = gains_bps(played)
    informed, informed_error = mean_and_error(gains[played.informed])
    noise, noise_error = mean_and_error(gains[~played.informed])
    assert (gains[played.informed] > 0).all()
    assert informed > 4 * informed_error
    assert noise < -4 * noise_error


def test_what_noise_loses_is_what_the_dealers_quote_for_a_side(played: Day) -> None:
    half_spreads = (played.quotes["ask"] - played.quotes["bid"]) / (played.quotes["ask"] + played.quotes["bid"]) * 1e4
    mean, error = mean_and_error(-gains_bps(played)[~played.informed])
    assert abs(mean - half_spreads[:-1][~played.informed].mean()) < 4 * error
    assert 9.0 < half_spreads.mean() < 15.0


def test_prices_move_against_the_dealers_after_informed_trades_and_less_after_noise(played: Day) -> None:
    middle = 0.5 * (played.quotes["bid"] + played.quotes["ask"])
    later = np.searchsorted(played.quotes["ts_ns"], played.trades["ts_ns"] + 60_000_000_000, side="right") - 1
    moves = played.trades["side"] * (middle[later] / middle[:-1] - 1.0) * 1e4
    informed, informed_error = mean_and_error(moves[played.informed])
    noise, noise_error = mean_and_error(moves[~played.informed])
    assert informed - noise > 4 * math.hypot(informed_error, noise_error)
    assert informed > 5.0


def test_the_market_follows_the_value(played: Day) -> None:
    middle = 0.5 * (played.quotes["bid"] + played.quotes["ask"]) * float(CROWD.tick)
    errors = (middle / played.values["value"] - 1.0) * 1e4
    assert errors.std() < 30.0
    assert np.abs(errors).max() < 300.0


def test_a_trade_moves_the_price_by_what_it_tells_of_the_value(played: Day) -> None:
    middle = 0.5 * (played.quotes["bid"] + played.quotes["ask"]) * float(CROWD.tick)
    moved = played.trades["side"] * (middle[1:] / middle[:-1] - 1.0) * 1e4
    told = played.trades["side"] * (played.values["value"][1:] / middle[:-1] - 1.0) * 1e4
    assert 1.0 < moved.mean() < 5.0
    assert abs(moved.mean() - told.mean()) < 0.75


def test_where_the_value_moves_far_every_trader_who_knows_it_trades() -> None:
    crowd = Crowd(news_bps=1000.0, news_per_hour=60.0, order_cost_bps=0.0, seconds=20_000.0)
    market = day(crowd, 0)
    share = market.informed.mean()
    assert abs(share - crowd.informed_share) < 4 * math.sqrt(0.25 * 0.75 / len(market.informed)) + 0.01


def test_without_news_and_diffusion_nobody_informed_moves_the_market() -> None:
    market = day(Crowd(news_per_hour=0.0, diffusion_bps=0.0, informed_share=0.0, seconds=10_000.0), 0)
    assert not market.informed.any()
    assert (market.values["value"] == 100.0).all()
    assert np.unique(market.quotes["ask"]).tolist() == [100_090]
    assert np.unique(market.quotes["bid"]).tolist() == [99_910]


def test_arrivals_are_as_many_as_asked_for() -> None:
    trades = len(day(replace(CROWD, informed_share=0.0), 0).trades)
    assert abs(trades - 43_200) < 4 * math.sqrt(43_200)


def test_sizes_have_the_mean_that_was_asked_for(played: Day) -> None:
    mean, error = mean_and_error(played.trades["lots"] * float(CROWD.lot))
    assert abs(mean - CROWD.mean_size) < 4 * error


def test_a_seed_makes_the_same_day_and_another_seed_another_one() -> None:
    short = replace(CROWD, seconds=2_000.0)
    digests = [digest(day(short, seed)) for seed in (0, 0, 1)]
    assert digests[0] == digests[1] != digests[2]


def test_the_uncompiled_source_makes_the_same_day_to_the_last_bit() -> None:
    program = (
        "from hashlib import sha256; import numpy as np; from glosten.crowd import Crowd, day; "
        "print(sha256(b''.join(np.ascontiguousarray(c).tobytes() for c in day(Crowd(seconds=500.0), 3))).hexdigest())"
    )
    uncompiled = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert uncompiled.stdout.strip() == digest(day(Crowd(seconds=500.0), 3))
