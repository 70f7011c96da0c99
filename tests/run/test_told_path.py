from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from glosten import theory
from glosten.run import Execution, ToldPath, simulate
from glosten.theory import CompetingMakers, Elastic, EventUncertainty, LinearDemand, ManyValues, RiskAverse, TradeSize

pytestmark = pytest.mark.skipif(
    not hasattr(theory.posterior, "py_func"), reason="random words wrap in compiled code only"
)

BINARY = theory.Binary(0, 1, 0.5, 0.3)
MODELS = [
    EventUncertainty(0, 1, 0.4, 0.3, 0.2, 0.6),
    ManyValues.uniform((0, 1, 2, 3), 0.4),
    Elastic(0, 2, 0.5, 0.1, 0.5, LinearDemand(0.8)),
    RiskAverse(BINARY, 0.5),
    CompetingMakers(BINARY, 3, 0.1),
    TradeSize(0, 1, 0.5, 0.5, 0.3, 0.3, 1, 4),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_told_paths_add_up_to_what_was_simulated(model: Any) -> None:
    paths = 30
    result = simulate(model, 6, paths, 2, execution=Execution(sampled=paths))
    told = result.sampled
    assert all(isinstance(path, ToldPath) for path in told)
    means = (result.informed_pnl.mean, result.noise_pnl.mean, result.mm_pnl.mean)
    assert np.mean([path.gains for path in told], axis=0) == pytest.approx(means, abs=1e-10)
    errors = [(path.mean - path.value) ** 2 for path in told]
    assert np.mean(errors, axis=0) == pytest.approx(result.error, abs=1e-10)
    traded = [np.isfinite(path.price).sum() for path in told]
    assert result.orders is not None
    assert np.mean(traded) == pytest.approx(result.orders.mean)


def test_chosen_paths_are_those_with_the_numbers_asked_for() -> None:
    model = MODELS[0]
    whole = simulate(model, 5, 20, execution=Execution(sampled=20)).sampled
    chosen = simulate(model, 5, 20, execution=Execution(sampled=(7, 3))).sampled
    assert [path.orders.tolist() for path in chosen] == [whole[7].orders.tolist(), whole[3].orders.tolist()]
