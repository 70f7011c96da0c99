from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from glosten.errors import DomainError
from glosten.theory import (
    Binary,
    CompetingMakers,
    Elastic,
    LinearDemand,
    LogisticDemand,
    MonopolistMarket,
    RiskAverse,
    RiskAverseElastic,
    simulate_ensemble,
)

MARKET = Binary(98.0, 102.0, 0.4, 0.3, 0.6)
LINEAR = Elastic(98.0, 102.0, 0.4, 0.2, 0.45, LinearDemand(3.0))
MODELS = [
    LINEAR,
    Elastic(98.0, 102.0, 0.4, 0.2, 0.45, LogisticDemand(0.6)),
    MonopolistMarket(LINEAR),
    RiskAverseElastic(LINEAR, 0.5, 1.0),
    RiskAverse(MARKET, 0.2, -1.0),
    CompetingMakers(MARKET, 3, 0.05),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_a_simulation_is_the_same_bytes_on_any_number_of_threads(model: Any) -> None:
    ensemble = model.ensemble(5, 3)
    one, three = (simulate_ensemble(ensemble, 1_100, threads) for threads in (1, 3))
    for name in ("spread", "spread_se", "error", "error_se", "belief", "belief_se"):
        assert getattr(one, name).tobytes() == getattr(three, name).tobytes(), name
    assert (one.informed, one.noise, one.maker, one.trades) == (three.informed, three.noise, three.maker, three.trades)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_paths_replayed_order_by_order_are_what_their_block_adds_up(model: Any) -> None:
    """The compiled kernel against the model object: prices, beliefs and gains re-reckoned with quotes and update."""
    paths, periods = 12, 6
    ensemble = model.ensemble(periods, 0)
    sums = ensemble.block(0, paths)
    spread, error, totals = np.zeros(periods + 1), np.zeros(periods + 1), np.zeros(5)
    for number in range(paths):
        path, now = ensemble.path(number), model
        for date in range(periods + 1):
            quotes = now.quotes()
            spread[date] += quotes.spread or 0.0
            error[date] += (now.mean - path.value) ** 2
            if date == periods:
                continue
            order = int(path.orders[date])
            price = quotes.ask if order > 0 else quotes.bid
            if order != 0 and price is not None:
                won = order * (path.value - price)
                totals[0 if path.informed[date] else 1] += won
                totals[2:] += -won, 1, -order
            now = now.update(order)
    assert sums.curves[0, 0] == pytest.approx(spread, rel=1e-9)
    assert sums.curves[1, 0] == pytest.approx(error, rel=1e-9)
    totals[4] += paths * getattr(model, "inventory", 0.0)
    assert sums.totals[:, 0] == pytest.approx(totals, rel=1e-9, abs=1e-9)


def test_bad_sizes_are_refused_before_anything_is_drawn() -> None:
    with pytest.raises(DomainError, match="periods must be 0 or more"):
        LINEAR.ensemble(-1)
    with pytest.raises(DomainError, match=r"paths must be 1 or more; it was 0\.\nseed"):
        LINEAR.simulate(3, 0, -1)
