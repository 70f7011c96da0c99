from __future__ import annotations

import math
from typing import Any

import pytest

from glosten.errors import DomainError
from glosten.run import InsiderTask, MakerTask
from glosten.theory import Binary, Elastic, LinearDemand, LogisticDemand


def elastic(prior: float = 0.5, alpha: float = 0.3, eta: float = 0.5) -> Elastic:
    return Elastic(0.0, 1.0, prior, alpha, eta, LinearDemand(0.8))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"market": elastic(prior=0.0)}, "prior must lie between 0 and 1"),
        ({"market": elastic(alpha=1.0)}, "alpha must lie below 1; it was 1"),
        ({"market": elastic(eta=0.0)}, "eta must lie above 0"),
        ({"periods": 0}, "periods must lie between 1 and"),
        ({"periods": 2**24 + 1}, "periods must lie between 1 and"),
        ({"p_jump": 1.5}, "p_jump .* between 0 and 1; it was 1.5"),
        ({"p_jump": math.nan}, "p_jump"),
        ({"inventory_penalty": -1.0}, "inventory_penalty .* at 0 or above"),
        ({"mark": "price"}, "mark must be mean or value; it was 'price'"),
    ],
)
def test_a_maker_with_an_impossible_task_is_told_why(bad: dict[str, Any], words: str) -> None:
    with pytest.raises(DomainError, match=words):
        MakerTask(**bad)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(DomainError) as refused:
        MakerTask(elastic(alpha=1.0, eta=0.0), periods=0, p_jump=2.0, mark="")
    assert len(refused.value.problems) == 5


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"market": Binary(0, 1, 1.0, 0.3)}, "prior must lie between"),
        ({"market": Binary(0, 1, 0.5, 0.3, 0.0)}, "gamma must lie between"),
        ({"market": Binary(0, 1, 0.5, 1.0)}, "alpha must lie below 1"),
        ({"periods": 0}, "periods must lie between 1 and 400; it was 0"),
        ({"periods": 401}, "periods must lie between 1 and 400; it was 401"),
    ],
)
def test_an_insider_with_an_impossible_task_is_told_why(bad: dict[str, Any], words: str) -> None:
    with pytest.raises(DomainError, match=words):
        InsiderTask(**bad)


@pytest.mark.parametrize("demand", [LinearDemand(0.1), LinearDemand(9.0), LogisticDemand(0.1), LogisticDemand(4.0)])
def test_the_widest_quote_leaves_room_for_all_that_a_maker_wants(demand: LinearDemand | LogisticDemand) -> None:
    for prior in (0.01, 0.3, 0.5, 0.99):
        market = Elastic(98.0, 102.0, prior, 0.3, 0.5, demand)
        task = MakerTask(market)
        assert task.widest >= 4.0
        for side in (1, -1):
            best = market.monopolist(side)
            assert best is None or best.premium <= task.widest
