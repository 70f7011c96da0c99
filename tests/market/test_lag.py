from __future__ import annotations

import numpy as np
import pytest

from glosten.market._lag import best_lag_ms, touch_shares
from glosten.records import PRINTS, QUOTES

MS = 1_000_000


def market(lag_ms: int) -> tuple[np.ndarray, np.ndarray]:
    """Return quotes that move every millisecond and orders at the touch 0.5 ms after the late quote holds."""
    rng = np.random.default_rng(lag_ms)
    quotes = np.zeros(20_000, QUOTES)
    quotes["ts_ns"] = np.arange(20_000) * MS
    quotes["bid"] = 10_000 + np.cumsum(rng.choice([-3, 3], 20_000))
    quotes["ask"] = quotes["bid"] + 1
    at = np.arange(10, 19_990, 7)
    prints = np.zeros(len(at), PRINTS)
    prints["ts_ns"] = quotes["ts_ns"][at] + lag_ms * MS + MS // 2
    prints["side"] = rng.choice([-1, 1], len(at))
    prints["price"] = np.where(prints["side"] > 0, quotes["ask"][at], quotes["bid"][at])
    prints["aggressor"] = np.arange(len(at))
    return quotes, prints


@pytest.mark.parametrize("lag_ms", [0, 2, 5, 20])
def test_the_lag_that_made_a_tape_is_found(lag_ms: int) -> None:
    quotes, prints = market(lag_ms)
    shares = touch_shares(quotes, prints)
    assert dict(shares)[lag_ms] == 1.0
    assert best_lag_ms(shares, len(prints)) == lag_ms


def test_a_tie_within_noise_goes_to_the_smallest_lag() -> None:
    assert best_lag_ms(((0, 0.50), (1, 0.600), (2, 0.605)), 1_000) == 1
    assert best_lag_ms(((0, 0.50), (1, 0.600), (2, 0.605)), 1_000_000) == 2


def test_only_the_first_print_of_an_order_counts() -> None:
    quotes, prints = market(0)
    walks = np.repeat(prints, 3)
    walks["price"][1::3] += walks["side"][1::3]
    walks["price"][2::3] += 2 * walks["side"][2::3]
    assert dict(touch_shares(quotes, walks))[0] == 1.0


def test_too_few_orders_measure_nothing() -> None:
    quotes, prints = market(2)
    assert touch_shares(quotes, prints[:99]) == ()
    assert best_lag_ms((), 99) == 0
