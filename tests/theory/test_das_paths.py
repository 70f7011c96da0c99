"""The compiled life of a market of Das is that of the model's own verbs, for any length and from any start."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from glosten import theory
from glosten.statistics import sequence, stream
from glosten.theory import Das, DasPath, GaussianDas
from glosten.theory._das_paths import das_jumped, das_order, next_uniform

pytestmark = pytest.mark.skipif(
    not hasattr(theory.das_quote, "py_func"), reason="random words wrap in compiled code only"
)

MODELS = {
    "known": Das(20, 5, 0.03, 0.6, 0.4),
    "shifted and leaning": Das(20, 5, 0.05, 0.7, shift=0.5, inventory_shift=0.1),
    "unknown": Das(20, 5, 0.03, 0.6, known_jumps=False),
    "unknown on a wide grid": Das(30, 4, 0.02, 0.5, 0.3, known_jumps=False, reach=6),
    "unknown on a fine grid": Das(1.0, 0.4, 0.05, 0.5, known_jumps=False, step=0.01),
    "few points": Das(1.5, 1.0, 0.05, 0.5, known_jumps=False),
    "sharp eyes": Das(20, 0.1, 0.05, 0.5, 0.4),
    "all informed": Das(20, 8, 0.02, 1.0),
    "no noise": Das(20, 8, 0.02, 0.9, 0.0),
    "nobody informed": Das(20, 5, 0.05, 0.0, 0.4),
    "normal belief": GaussianDas(20, 5, 0.03, 0.6, 0.4, inventory_shift=0.1),
    "normal belief, unknown": GaussianDas(20, 5, 0.03, 0.6, shift=0.5, known_jumps=False),
}


def told_by_the_model(model: Any, periods: int, seed: int) -> np.ndarray:
    """Tell path 0 again with the model's own verbs, in price units."""
    words = np.array([sequence(stream(seed, name), 0) for name in ("das/value", "das/traders")], dtype=np.uint64)
    step = model.step if isinstance(model, Das) else 1.0
    jumps = model.sigma / step, model.p_jump, True
    next_uniform(words[0])
    value, rows = das_jumped(0.0, words[0], jumps), np.empty((periods, 7))
    for period in range(periods):
        jumped = period == 0
        if period > 0 and next_uniform(words[0]) < model.p_jump:
            value, jumped = das_jumped(value, words[0], jumps), True
            model = model.jump() if model.known_jumps else model
        quotes = model.quotes()
        posted = quotes.bid / step, quotes.ask / step
        draw = next_uniform(words[1])
        order, knows = das_order(value, posted, model.traders, draw)
        silent = (1 - model.alpha) * model.eta
        assert knows == (order != 0 and silent <= draw < 1 - silent)
        gain = order * (value * step - (quotes.ask if order > 0 else quotes.bid)) if order else 0.0
        rows[period] = value * step, quotes.mean, quotes.spread, order, knows, gain, jumped
        model = model.update(order)
    return rows


@pytest.mark.parametrize("name", list(MODELS))
def test_a_path_is_the_life_of_the_model(name: str) -> None:
    """Unseen jumps are mixed in by modes on the path, point by point in the model: they differ by 1e-15 a point."""
    model, periods = MODELS[name], 150
    path = DasPath(model.market, 3, 0, whole=True, fresh=True)
    found = path.told(periods)
    found[:, [path.VALUE, path.MEAN, path.SPREAD, path.GAIN]] *= model.market.step
    assert found == pytest.approx(told_by_the_model(model, periods, 3), rel=1e-9, abs=1e-9 * model.sigma)


@pytest.mark.parametrize("name", ["shifted and leaning", "unknown", "normal belief, unknown"])
def test_a_path_told_in_pieces_is_the_same_path(name: str) -> None:
    market = MODELS[name].market
    whole, pieces = (DasPath(market, 5, 2, whole=True, fresh=False) for _ in range(2))
    told = whole.told(300)
    assert np.concatenate([pieces.told(periods) for periods in (1, 99, 0, 200)]).tobytes() == told.tobytes()
    assert DasPath(market, 5, 3, whole=True, fresh=False).told(300).tobytes() != told.tobytes()


@pytest.mark.parametrize("name", ["known", "normal belief"])
def test_a_path_can_start_from_what_the_maker_has_learned(name: str) -> None:
    model = MODELS[name].update(1).update(1).update(0)
    starts = np.array(
        [DasPath(model.market, 0, number, whole=False, fresh=False).told(1)[0, :3] for number in range(4_000)]
    )
    deviation = math.sqrt(model.variance)
    assert abs(starts[:, 0].mean() - model.mean) < 4 * deviation / math.sqrt(4_000)
    assert starts[:, 0].std() == pytest.approx(deviation, rel=0.05)
    assert np.all(starts[:, 1] == pytest.approx(model.mean))
    assert np.all(starts[:, 2] == pytest.approx(model.quotes().spread))


def test_where_nobody_trades_the_spread_is_told_as_none() -> None:
    for model in (Das(20, 5, 0.1, 0.0, 0.0), GaussianDas(20, 5, 0.1, 0.0, 0.0)):
        told = DasPath(model.market, 0, 0, whole=True, fresh=True).told(50)
        assert np.all(told[:, [DasPath.SPREAD, DasPath.ORDER, DasPath.KNOWS, DasPath.GAIN]] == 0)
        assert told[:, DasPath.JUMPED].sum() > 1
