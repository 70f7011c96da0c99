from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from glosten.errors import DomainError, InputError
from glosten.run import (
    BestResponseInsider,
    CompetitiveMaker,
    HonestInsider,
    InsiderTask,
    InsiderVectorEnvironment,
    InventoryMaker,
    MakerTask,
    MakerVectorEnvironment,
    MonopolistMaker,
    ZeroIntelligenceInsider,
    ZeroIntelligenceMaker,
    evaluate,
)
from glosten.statistics import Mean
from glosten.theory import Binary, Elastic, LinearDemand, LogisticDemand, StrategicInsider

LANES = 4096
QUICK, SLOW = 20, 1  # waves of lanes: a logistic premium is a bisection
MARKETS = [
    Elastic(0.0, 1.0, 0.5, 0.3, 0.5, LinearDemand(0.8)),
    Elastic(98.0, 102.0, 0.3, 0.2, 0.4, LogisticDemand(1.0)),
    Elastic(0.0, 1.0, 0.5, 0.3, 0.5, LinearDemand(1e6)),
]


def earned(task: MakerTask, policy: Any, times: int = 1) -> Mean:
    waves = QUICK if isinstance(task.market.demand, LinearDemand) else SLOW
    return evaluate(MakerVectorEnvironment(LANES, task), policy, times * waves * LANES, seed=0)


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("p_jump", [0.0, 0.05])
def test_glosten_and_milgroms_maker_earns_nothing(market: Elastic, p_jump: float) -> None:
    task = MakerTask(market, 30, p_jump, "value")
    found = earned(task, CompetitiveMaker(task))
    assert abs(found.mean) < 4.0 * found.se
    marked = MakerTask(market, 30, p_jump)
    assert abs(earned(marked, CompetitiveMaker(marked)).mean) < 1e-4 * (market.v_high - market.v_low)


@pytest.mark.parametrize("market", MARKETS[:2])
def test_a_monopolist_earns_what_theory_says_of_one_arrival(market: Elastic) -> None:
    sides = [market.monopolist(side) for side in (1, -1)]
    exact = sum(side.profit for side in sides if side is not None)
    task = MakerTask(market, 1, mark="value")
    found = earned(task, MonopolistMaker(task), 5)
    assert exact > 0.0
    assert abs(found.mean - exact) < 4.0 * found.se


@pytest.mark.parametrize("market", MARKETS[:2])
def test_a_monopolist_earns_more_than_rivals_and_chance_loses(market: Elastic) -> None:
    task = MakerTask(market, 40, mark="value")
    alone, rivals, chance = (
        earned(task, policy) for policy in (MonopolistMaker(task), CompetitiveMaker(task), ZeroIntelligenceMaker())
    )
    assert alone.mean - 4.0 * alone.se > rivals.mean + 4.0 * rivals.se
    assert chance.mean + 4.0 * chance.se < rivals.mean - 4.0 * rivals.se


def final_inventories(task: MakerTask, policy: Any) -> Any:
    environment = MakerVectorEnvironment(LANES, task)
    observations = environment.reset(seed=2)[0]
    for _ in range(task.periods):
        observations = environment.step(policy(observations))[0]
    return observations[:, 1]


def test_a_maker_who_minds_inventory_holds_less_of_it() -> None:
    task = MakerTask(MARKETS[0], 100, p_jump=0.05)
    plain, minded, anxious = (final_inventories(task, InventoryMaker(task, unit)).var() for unit in (0.0, 0.005, 0.03))
    assert minded < 0.9 * plain
    assert anxious < 0.9 * minded
    assert np.array_equal(
        final_inventories(task, CompetitiveMaker(task)), final_inventories(task, InventoryMaker(task, 0.0))
    )


@pytest.mark.parametrize(("alpha", "periods"), [(0.3, 5), (0.3, 20), (0.6, 5)])
def test_insiders_earn_the_numbers_of_fixture_h1(alpha: float, periods: int, theory_vectors: Any) -> None:
    rows = {(row[0], row[1]): row[2:] for row in theory_vectors["strategic_best_response"]["rows"]}
    best, honest = rows[alpha, periods]
    task = InsiderTask(Binary(0.0, 1.0, 0.5, alpha), periods)
    environment = InsiderVectorEnvironment(LANES, task)
    patient = evaluate(environment, BestResponseInsider(task), 100 * LANES, seed=0)
    hasty = evaluate(environment, HonestInsider(), 100 * LANES, seed=0)
    assert abs(patient.mean - best) < 4.0 * patient.se
    assert abs(hasty.mean - honest) < 4.0 * hasty.se
    # Both meet the same traders, so the difference is known much better than either; a bound will do here.
    if best - honest > 8.0 * patient.se:
        assert hasty.mean + 4.0 * hasty.se < patient.mean


def test_the_best_response_of_a_lopsided_market_earns_what_dynamic_programming_says() -> None:
    market = Binary(98.0, 102.0, 0.35, 0.5, 0.6)
    task = InsiderTask(market, 12)
    exact = 0.35 * StrategicInsider(market, 12, value_is_high=True).best_response
    exact += 0.65 * StrategicInsider(market, 12, value_is_high=False).best_response
    environment = InsiderVectorEnvironment(LANES, task)
    found = evaluate(environment, BestResponseInsider(task), 50 * LANES, seed=1)
    assert abs(found.mean - exact) < 4.0 * found.se
    chance = evaluate(environment, ZeroIntelligenceInsider(), 10 * LANES, seed=1)
    assert chance.mean + 8.0 * chance.se < found.mean


def test_a_policy_says_the_same_of_one_lane_and_of_many() -> None:
    maker, insider = MakerTask(periods=20), InsiderTask(periods=9)
    seen = MakerVectorEnvironment(5, maker).reset(seed=0)[0]
    seen[:, 0], seen[:, 1] = np.linspace(0.0, 1.0, 5), np.arange(5) - 2
    for policy in (CompetitiveMaker(maker), MonopolistMaker(maker), InventoryMaker(maker, 0.01)):
        many = policy(seen)
        assert many.dtype == np.float32
        assert np.abs(many).max() <= 1.0
        assert all(np.array_equal(many[lane], policy(seen[lane])) for lane in range(5))
    known = InsiderVectorEnvironment(5, insider).reset(seed=0)[0]
    for choose in (HonestInsider(), BestResponseInsider(insider)):
        assert [int(choose(row)) for row in known] == choose(known).tolist()
    assert np.array_equal(ZeroIntelligenceMaker(3)(seen)[0], ZeroIntelligenceMaker(3)(seen[0]))
    assert ZeroIntelligenceInsider(3)(known)[0] == ZeroIntelligenceInsider(3)(known[0])
    assert not np.array_equal(ZeroIntelligenceMaker(3)(seen), ZeroIntelligenceMaker(4)(seen))


def test_chance_covers_all_that_an_action_can_say() -> None:
    seen, known = np.zeros((100_000, 4), np.float32), np.zeros((100_000, 6), np.float32)
    quotes, orders = ZeroIntelligenceMaker()(seen), ZeroIntelligenceInsider()(known)
    assert quotes.min() < -0.999
    assert quotes.max() > 0.999
    assert abs(quotes.mean()) < 0.01
    assert np.bincount(orders) == pytest.approx(100_000 / 3, rel=0.03)


def test_what_a_policy_cannot_use_is_refused() -> None:
    task = MakerTask()
    with pytest.raises(DomainError, match=r"per_unit .* at 0 or above"):
        InventoryMaker(task, -0.1)
    with pytest.raises(InputError, match=r"observations must have shape \(4,\) or \(lanes, 4\)"):
        CompetitiveMaker(task)(np.zeros((3, 6), np.float32))
    with pytest.raises(InputError, match=r"shape \(6,\)"):
        HonestInsider()(np.zeros(4, np.float32))
