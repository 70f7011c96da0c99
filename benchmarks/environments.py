"""The environments' figures: steps a second, single and vectorised, with given actions and with every baseline.

Run with `python -m benchmarks environments`. A plain numpy environment of the same maker's task, batched over lanes,
runs in the same rounds: posted quotes, elastic noise, informed who look at the quotes, Bayes, the reward, the
observation, the start of the next episode. One core; the rounds take turns, so that a slow moment of a shared machine
meets everybody; figures are medians over rounds, ratios are taken within each round. Times are process CPU seconds;
steps that only begin the next episode are not counted.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from glosten.run import (
    BestResponseInsider,
    CompetitiveMaker,
    HonestInsider,
    InsiderEnvironment,
    InsiderTask,
    InsiderVectorEnvironment,
    InventoryMaker,
    MakerEnvironment,
    MakerTask,
    MakerVectorEnvironment,
    MonopolistMaker,
    ZeroIntelligenceInsider,
    ZeroIntelligenceMaker,
)

MAKER, INSIDER = MakerTask(), InsiderTask(periods=100)
LANES, MORE_LANES = 4096, 65536
SINGLE_EPISODES = 200
ROUNDS = 7
NUMPY, MAIN = "maker, plain numpy, 4,096 lanes", "maker, 4,096 lanes, given actions"
WANTED, PUBLIC = 10.0, 6.8


class NumpyMakers:
    """The maker's task as one would write it with numpy, the value marked at the mean."""

    def __init__(self, task: MakerTask, lanes: int) -> None:
        self.task, self.num_envs, self.draws = task, lanes, np.random.default_rng(0)

    def reset(self) -> np.ndarray:
        lanes = self.num_envs
        self.is_high = self.draws.random(lanes) < self.task.market.prior
        self.belief = np.full(lanes, self.task.market.prior)
        self.inventory, self.order, self.left = np.zeros(lanes), np.zeros(lanes), self.task.periods
        return self.observe()

    def observe(self) -> np.ndarray:
        left = np.full(self.num_envs, self.left / self.task.periods)
        return np.stack([self.belief, self.inventory, left, self.order], axis=1).astype(np.float32)

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        market, task = self.task.market, self.task
        low, high, noise = market.v_low, market.v_high, (1 - market.alpha) * market.eta
        width = market.demand.code[1]
        offsets = task.widest * np.clip(actions.astype(np.float64), -1, 1)
        offsets -= 0.5 * np.minimum(offsets.sum(axis=1, keepdims=True), 0)
        mean = low + (high - low) * self.belief
        bid, ask = mean - offsets[:, 0], mean + offsets[:, 1]
        sellers, buyers = (noise * np.clip(1 - offsets[:, side] / width, 0, 1) for side in (0, 1))
        value, draw = np.where(self.is_high, high, low), self.draws.random(self.num_envs)
        knows, seller = draw < market.alpha, draw >= market.alpha + noise
        buys = np.where(knows, value > ask, draw < market.alpha + buyers)
        sells = np.where(knows, value < bid, seller & (draw < market.alpha + noise + sellers)) & ~buys
        likelihoods = []
        for true in (high, low):
            buy, sell = buyers + market.alpha * (true > ask), sellers + market.alpha * (true < bid)
            likelihoods.append(np.where(buys, buy, np.where(sells, sell, 1 - buy - sell)))
        with_high, with_low = self.belief * likelihoods[0], (1 - self.belief) * likelihoods[1]
        self.belief = with_high / (with_high + with_low)
        self.order = buys.astype(np.float64) - sells
        price = np.where(buys, ask, bid)
        self.inventory -= self.order
        reward = self.order * (price - low - (high - low) * self.belief) - task.inventory_penalty * self.inventory**2
        self.left -= 1
        ended = np.full(self.num_envs, self.left == 0)
        infos = {"value": value, "informed": knows}
        return self.observe(), reward, ended, np.zeros(self.num_envs, np.bool_), infos


def vector_speed(environment: Any, policy: Callable[[Any], Any], episodes: int) -> float:
    """Return millions of steps a second of a vector environment; the next episode is begun by hand."""
    seen, periods = environment.reset(), environment.task.periods
    seen = seen[0] if isinstance(seen, tuple) else seen
    started = time.process_time()
    for _ in range(episodes):
        for _ in range(periods):
            seen = environment.step(policy(seen))[0]
        begun = environment.reset()
        seen = begun[0] if isinstance(begun, tuple) else begun
    return episodes * periods * environment.num_envs / (time.process_time() - started) / 1e6


def single_speed(environment: Any, policy: Callable[[Any], Any]) -> float:
    """Return millions of steps a second of a single environment."""
    started, seen = time.process_time(), environment.reset(seed=0)[0]
    for _ in range(SINGLE_EPISODES):
        ended = False
        while not ended:
            seen, _, ended, _, _ = environment.step(policy(seen))
        seen = environment.reset()[0]
    return SINGLE_EPISODES * environment.task.periods / (time.process_time() - started) / 1e6


def given(action: Any, lanes: int) -> Callable[[Any], Any]:
    """Return a policy that costs nothing."""
    actions = np.repeat(np.asarray([action]), lanes, axis=0)
    return lambda _: actions


def contenders() -> dict[str, Callable[[], float]]:
    """Return what is measured, by name."""
    few, many = MakerVectorEnvironment(LANES, MAKER), MakerVectorEnvironment(MORE_LANES, MAKER)
    bare = MakerVectorEnvironment(LANES, MAKER, copy=False)
    insiders = InsiderVectorEnvironment(LANES, INSIDER)
    quotes = np.array([0.2, 0.2], np.float32)
    named: dict[str, Callable[[], float]] = {
        MAIN: lambda: vector_speed(few, given(quotes, LANES), 60),
        "maker, 4,096 lanes, no copies": lambda: vector_speed(bare, given(quotes, LANES), 60),
        "maker, 65,536 lanes, given actions": lambda: vector_speed(many, given(quotes, MORE_LANES), 4),
        NUMPY: lambda: vector_speed(NumpyMakers(MAKER, LANES), given(quotes, LANES), 2),
    }
    makers = {
        "Glosten-Milgrom": CompetitiveMaker(MAKER),
        "monopolist": MonopolistMaker(MAKER),
        "inventory": InventoryMaker(MAKER, 0.005),
        "zero-intelligence": ZeroIntelligenceMaker(),
    }
    for name, policy in makers.items():
        named[f"maker, 4,096 lanes, {name}"] = lambda policy=policy: vector_speed(few, policy, 5)
    named["insider, 4,096 lanes, given actions"] = lambda: vector_speed(insiders, given(2, LANES), 60)
    choosers = {"honest": HonestInsider(), "best response": BestResponseInsider(INSIDER)}
    for name, policy in (choosers | {"zero-intelligence": ZeroIntelligenceInsider()}).items():
        named[f"insider, 4,096 lanes, {name}"] = lambda policy=policy: vector_speed(insiders, policy, 5)
    maker, insider = MakerEnvironment(MAKER), InsiderEnvironment(INSIDER)
    named["maker, single"] = lambda: single_speed(maker, lambda _: quotes)
    named["insider, single"] = lambda: single_speed(insider, lambda _: 2)
    return named


def main() -> None:
    """Print every figure beside the one the issue asks for."""
    print(f"{MAKER.periods} periods an episode, one core; an episode's start counts as time, not as a step")
    named = contenders()
    found: dict[str, list[float]] = {name: [] for name in named}
    for turn in range(ROUNDS + 1):
        for name, measure in named.items():
            speed = measure()
            if turn > 0:  # the first round compiles
                found[name].append(speed)
    print(f"{'':<42}{'million steps/s':>16}{'times numpy':>14}")
    for name, rounds in found.items():
        ratio = statistics.median(ours / theirs for ours, theirs in zip(rounds, found[NUMPY], strict=True))
        wanted = f"   >= {WANTED:g} (public: {PUBLIC:g} without anyone informed)" if name == MAIN else ""
        print(f"{name:<42}{statistics.median(rounds):>16,.2f}{ratio:>14,.2f}{wanted}")


if __name__ == "__main__":
    main()
