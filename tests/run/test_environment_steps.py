from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from glosten.run import (
    CompetitiveMaker,
    HonestInsider,
    InsiderTask,
    InsiderVectorEnvironment,
    InventoryMaker,
    MakerTask,
    MakerVectorEnvironment,
    MonopolistMaker,
    ZeroIntelligenceMaker,
    evaluate,
)
from glosten.theory import Binary, Elastic, LinearDemand, LogisticDemand

LANES = 4096
LINEAR = Elastic(98.0, 102.0, 0.4, 0.3, 0.4, LinearDemand(3.0))
LOGISTIC = Elastic(98.0, 102.0, 0.6, 0.2, 0.5, LogisticDemand(0.8))


def fixed(observations: Any) -> Any:
    """Quote the same offsets always, the bid of the two so good that sellers of the low value are not all informed."""
    return np.broadcast_to(np.array([-0.2, 0.45], np.float32), (*observations.shape[:-1], 2))


def expected(task: MakerTask, policy: Callable[[Any], Any], node: tuple[int, float, float, float]) -> float:
    """What a policy earns from a node (left, P(V_H), inventory, last order) on, written down plainly."""
    left, high, inventory, last = node
    if left == 0:
        return 0.0
    market, width = task.market, task.market.v_high - task.market.v_low
    seen = np.array([high, inventory, left / task.periods, last], np.float32)
    lower, upper = task.widest * policy(seen).astype(np.float64)
    middle = market.v_low + width * high
    bid, ask = middle - lower, middle + upper
    noise = (1.0 - market.alpha) * market.eta
    buys, sells = noise * min(market.demand.share(upper), 1.0), noise * min(market.demand.share(lower), 1.0)
    total = 0.0
    for order in (1, -1, 0):
        chances = []
        for value in (market.v_high, market.v_low):
            buy, sell = buys + market.alpha * (value > ask), sells + market.alpha * (value < bid)
            chances.append({1: buy, -1: sell, 0: 1.0 - buy - sell}[order])
        chance = high * chances[0] + (1.0 - high) * chances[1]
        if chance <= 1e-14:
            continue
        after = high * chances[0] / chance
        price = ask if order > 0 else bid
        held = inventory - order
        earned = order * (price - market.v_low - width * after) - task.inventory_penalty * held * held
        mixed = (1.0 - task.p_jump) * after + task.p_jump * market.prior
        total += chance * (earned + expected(task, policy, (left - 1, mixed, held, order)))
    return total


@pytest.mark.parametrize("mark", ["mean", "value"])
@pytest.mark.parametrize("market", [LINEAR, LOGISTIC])
@pytest.mark.parametrize(
    ("policy", "p_jump", "penalty"),
    [(fixed, 0.0, 0.0), (fixed, 0.3, 0.01), (MonopolistMaker, 0.1, 0.0), (InventoryMaker, 0.0, 0.02)],
)
def test_what_a_policy_earns_on_average_is_what_the_tree_of_orders_says(
    mark: str, market: Elastic, policy: Any, p_jump: float, penalty: float
) -> None:
    task = MakerTask(market, 4, p_jump, mark, penalty)
    player = policy if policy is fixed else policy(task) if policy is MonopolistMaker else policy(task, 0.1)
    exact = expected(task, player, (task.periods, market.prior, 0.0, 0.0))
    waves = 50 if market is LINEAR else 5  # a logistic premium is a bisection
    found = evaluate(MakerVectorEnvironment(LANES, task), player, waves * LANES, seed=0)
    assert found.n == waves * LANES
    assert abs(found.mean - exact) < 4.0 * found.se
    assert found.se < 0.05


def paths(task: MakerTask, policy: Callable[[Any], Any], seed: int) -> tuple[Any, Any, Any]:
    """Observations (periods + 1, lanes, 4), rewards and values (periods, lanes) of one episode of many lanes."""
    environment = MakerVectorEnvironment(20 * LANES, task)
    seen, rewards, values = [environment.reset(seed=seed)[0]], [], []
    for _ in range(task.periods):
        observations, reward, _, _, infos = environment.step(policy(seen[-1]))
        seen.append(observations)
        rewards.append(reward)
        values.append(infos["value"])
    return np.array(seen), np.array(rewards), np.array(values)


@pytest.mark.parametrize("p_jump", [0.0, 0.2])
def test_the_belief_is_calibrated_whatever_is_quoted(p_jump: float) -> None:
    task = MakerTask(LINEAR, 6, p_jump)
    seen, _, values = paths(task, ZeroIntelligenceMaker(), 3)
    for period in range(1, 6):
        belief, is_high = seen[period, :, 0].astype(np.float64), values[period] == LINEAR.v_high
        for low in np.linspace(0.0, 0.9, 10):
            inside = (belief >= low) & (belief < low + 0.1 + (low > 0.85))
            wrong = is_high[inside] - belief[inside]
            if wrong.size > 500:
                assert abs(wrong.mean()) <= 4.0 * max(wrong.std(), 1e-3) / math.sqrt(wrong.size)


def test_marking_at_the_mean_is_unbiased_and_quieter_than_marking_at_the_value() -> None:
    by_mark = [paths(MakerTask(LOGISTIC, 5, 0.1, mark), ZeroIntelligenceMaker(), 5)[1] for mark in ("mean", "value")]
    difference = (by_mark[0] - by_mark[1]).sum(axis=0)
    assert abs(difference.mean()) < 4.0 * difference.std() / math.sqrt(difference.size)
    assert by_mark[0].std() < by_mark[1].std()


def test_the_traders_who_come_do_not_depend_on_what_is_quoted() -> None:
    came = []
    for policy in (CompetitiveMaker(MakerTask()), fixed):
        environment = MakerVectorEnvironment(64, MakerTask(periods=30, p_jump=0.1))
        observations, infos = environment.reset(seed=9)
        for _ in range(30):
            came.append((infos["value"], infos["informed"]))
            observations, _, _, _, infos = environment.step(policy(observations))
    for one, other in zip(came[:30], came[30:], strict=True):
        assert np.array_equal(one[0], other[0])
        assert np.array_equal(one[1], other[1])


def test_no_trade_informs_a_maker_who_priced_the_informed_out_of_nothing() -> None:
    market = Elastic(0.0, 1.0, 0.5, 0.5, 0.5, LinearDemand(0.3))
    environment = MakerVectorEnvironment(512, MakerTask(market, 2))
    environment.reset(seed=1)
    closed_ask = np.tile(np.array([0.2, 1.0], np.float32), (512, 1))
    seen = environment.step(closed_ask)[0]
    quiet = seen[:, 3] == 0.0
    # A buy at 1.5 is for nobody; the informed of V_L sell at 0.3, and so does a third of the noise.
    noise = 0.25 * (1.0 - 0.2 / 0.3)
    assert quiet.any()
    assert seen[quiet, 0] == pytest.approx((1.0 - noise) / (1.0 - noise + 0.5 - noise), rel=1e-6)
    assert seen[seen[:, 3] == -1.0, 0] == pytest.approx(noise / (2.0 * noise + 0.5), rel=1e-6)
    assert not (seen[:, 3] == 1.0).any()


def test_the_insiders_market_is_the_binary_market() -> None:
    market = Binary(98.0, 102.0, 0.4, 0.3, 0.6)
    environment = InsiderVectorEnvironment(64, InsiderTask(market, 12))
    seen, infos = environment.reset(seed=4)
    models = [market] * 64
    assert np.array_equal(seen[:, 0] > 0.0, infos["value"] == 102.0)
    for period in range(12):
        actions = (np.arange(64) + period) % 3
        after, rewards, ended, _, infos = environment.step(actions)
        for lane in range(64):
            trades = after[lane, 3:5] - seen[lane, 3:5]
            order, turn = int(trades[0] - trades[1]), seen[lane, 5] == 1.0
            assert infos["informed"][lane] == turn
            if turn:
                assert order == actions[lane] - 1
            quotes = models[lane].quotes()
            price = {1: quotes.ask, -1: quotes.bid, 0: 0.0}[order]
            assert price is not None
            gain = order * (infos["value"][lane] - price) if turn else 0.0
            assert rewards[lane] == pytest.approx(gain, abs=1e-12)
            models[lane] = models[lane].update(order)
            assert after[lane, 1] == pytest.approx(models[lane].prior, rel=1e-6)
        assert ended.all() == (period == 11)
        seen = after


def test_turns_and_noise_come_as_often_as_they_should() -> None:
    task = InsiderTask(Binary(0.0, 1.0, 0.5, 0.3, 0.7), 1)
    environment = InsiderVectorEnvironment(100_000, task)
    seen = environment.reset(seed=0)[0]
    after = environment.step(HonestInsider()(seen))[0]
    turn = seen[:, 5] == 1.0
    for share, chance in ((turn, 0.3), (after[~turn, 3], 0.7), (seen[:, 0] > 0.0, 0.5)):
        assert abs(share.mean() - chance) < 4.0 * math.sqrt(chance * (1.0 - chance) / share.size)
