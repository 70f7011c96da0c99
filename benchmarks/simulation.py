"""The simulator's figures: trades a second of every kernel beside pure Python, numpy and a plain numba loop.

Run with `python -m benchmarks simulation`. The contenders of the first table do the same work: quotes before each
trade, a trader drawn, gains of informed and noise, the belief updated, spread and belief summed by date; the kernel's
squares and first passages come on top. One core; the rounds take turns, so that a slow moment of a shared machine meets
everybody; figures are medians over rounds and the best of them, ratios are taken within each round. Times are process
CPU seconds, but for the line that counts threads. Beside them: what one core of this machine can divide at the most.
"""

from __future__ import annotations

import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numba
import numpy as np

from glosten._jit import jit, widen
from glosten.run import Execution, NamedMarket, NamedTrader, simulate, simulate_named_traders
from glosten.theory import Binary, JumpingBinary

MODEL = Binary(98.0, 102.0, 0.5, 0.3)
TRADES = 1000
ROUNDS = 7
SIZES = ((10, 4_000_000), (100, 400_000), (1_000, 40_000), (10_000, 4_000), (100_000, 512), (1_000, 64))
TARGET = 0.99
KERNEL, THREADS = "glosten, f64, first passage", "the same, two threads (wall clock)"
ROSTER = tuple(NamedTrader(f"trader {number}", number / 165.0) for number in range(100))
NAMED, JUMPING = NamedMarket(98.0, 102.0, 0.5, ROSTER), JumpingBinary(98.0, 102.0, 0.5, 0.3, 0.5, 0.01)


def pure_python(paths: int) -> tuple[float, float]:
    """Return the gains of informed and noise, path by path, in plain Python."""
    alpha, gamma, width = MODEL.alpha, MODEL.gamma, MODEL.width
    buy_high, buy_low = alpha + (1 - alpha) * gamma, (1 - alpha) * gamma
    draw, informed, noise = random.Random(0).random, 0.0, 0.0  # noqa: S311
    spreads, beliefs = [0.0] * TRADES, [0.0] * TRADES
    for path in range(paths):
        high, belief = path % 2, MODEL.prior
        for date in range(TRADES):
            p_buy = belief * buy_high + (1 - belief) * buy_low
            ask, bid = belief * buy_high / p_buy, belief * (1 - buy_high) / (1 - p_buy)
            spreads[date] += ask - bid
            knows = draw() < alpha
            buys = bool(high) if knows else draw() < gamma
            gain = width * (high - ask if buys else bid - high)
            informed, noise = (informed + gain, noise) if knows else (informed, noise + gain)
            belief = ask if buys else bid
            beliefs[date] += belief
    return informed / paths, noise / paths


def numpy_paths(paths: int) -> tuple[float, float]:
    """Return the same with numpy, all paths at once, a trade at a time."""
    alpha, gamma, width = MODEL.alpha, MODEL.gamma, MODEL.width
    buy_high, buy_low = alpha + (1 - alpha) * gamma, (1 - alpha) * gamma
    draws = np.random.default_rng(0)
    high, belief = np.arange(paths) % 2 == 1, np.full(paths, MODEL.prior)
    informed, noise = np.zeros(paths), np.zeros(paths)
    spreads, beliefs = np.zeros(TRADES), np.zeros(TRADES)
    for date in range(TRADES):
        p_buy = belief * buy_high + (1 - belief) * buy_low
        ask, bid = belief * buy_high / p_buy, belief * (1 - buy_high) / (1 - p_buy)
        spreads[date] = (ask - bid).mean()
        knows = draws.random(paths) < alpha
        buys = np.where(knows, high, draws.random(paths) < gamma)
        gain = width * np.where(buys, high - ask, bid - high)
        informed += np.where(knows, gain, 0.0)
        noise += np.where(knows, 0.0, gain)
        belief = np.where(buys, ask, bid)
        beliefs[date] = belief.mean()
    return float(informed.mean()), float(noise.mean())


@numba.njit
def _plain_numba(paths: int, alpha: float, gamma: float, prior: float, width: float) -> tuple[float, float]:
    trades = TRADES
    buy_high, buy_low = alpha + (1 - alpha) * gamma, (1 - alpha) * gamma
    informed, noise = 0.0, 0.0
    spreads, beliefs = np.zeros(trades), np.zeros(trades)
    for path in range(paths):
        high, belief = path % 2, prior
        for date in range(trades):
            p_buy = belief * buy_high + (1 - belief) * buy_low
            ask, bid = belief * buy_high / p_buy, belief * (1 - buy_high) / (1 - p_buy)
            spreads[date] += ask - bid
            knows = np.random.random() < alpha  # noqa: NPY002
            buys = high == 1 if knows else np.random.random() < gamma  # noqa: NPY002
            gain = width * (high - ask if buys else bid - high)
            if knows:
                informed += gain
            else:
                noise += gain
            belief = ask if buys else bid
            beliefs[date] += belief
    return informed / paths, noise / paths


def plain_numba(paths: int) -> tuple[float, float]:
    """Return the same as a loop anybody would write and hand to numba."""
    return _plain_numba(paths, MODEL.alpha, MODEL.gamma, MODEL.prior, MODEL.width)


def run_kernel(paths: int, execution: Execution) -> tuple[float, float]:
    """Return the same from the simulator."""
    result = simulate(MODEL, TRADES, paths, 0, "mc", execution)
    return result.informed_pnl.mean, result.noise_pnl.mean


def kernel(paths: int) -> tuple[float, float]:
    """Return the same, with first passages."""
    return run_kernel(paths, Execution(sampled=0, target=TARGET))


def kernel_alone(paths: int) -> tuple[float, float]:
    """Return the same, without first passages."""
    return run_kernel(paths, Execution(sampled=0))


def single_precision(paths: int) -> tuple[float, float]:
    """Return the same in float32, with first passages."""
    return run_kernel(paths, Execution(sampled=0, target=TARGET, precision="f32"))


def two_threads(paths: int) -> tuple[float, float]:
    """Return the same from the simulator on two threads."""
    return run_kernel(paths, Execution(2, sampled=0, target=TARGET))


def jumping(paths: int) -> tuple[float, float]:
    """Return the gains of the market whose value is redrawn."""
    result = JUMPING.simulate(TRADES, paths)
    return result.informed.mean, result.noise.mean


def named_traders(paths: int) -> tuple[float, float]:
    """Return what the best informed and the least informed of a hundred named traders make."""
    gains = simulate_named_traders(NAMED, TRADES, paths).gains
    return gains[-1].mean, gains[0].mean


CONTENDERS: dict[str, tuple[Callable[[int], tuple[float, float]], int, str]] = {
    "pure Python": (pure_python, 60, ""),
    "numpy, all paths at once": (numpy_paths, 2_000, ""),
    "plain numba loop": (plain_numba, 4_000, ""),
    KERNEL: (kernel, 120_000, ">= 1,300"),
    "glosten, f64": (kernel_alone, 120_000, ""),
    "glosten, f32, first passage": (single_precision, 120_000, ">= 1,800"),
    THREADS: (two_threads, 120_000, ""),
    "glosten, value jumps": (jumping, 40_000, ">= 1,400"),
    "glosten, 100 named traders": (named_traders, 20_000, ">= 190"),
}


@jit
def _divide(numbers: np.ndarray, times: int) -> None:
    widen()
    for _ in range(times):
        for place in range(numbers.size):
            numbers[place] = 1.0 / numbers[place]


def divisions() -> float:
    """Return how many float64 divisions a second one core makes, its data at hand."""
    numbers, rates = np.linspace(1.0, 2.0, 512), []
    _divide(numbers, 1)
    for _ in range(ROUNDS):
        started = time.process_time()
        _divide(numbers, 100_000)
        rates.append(512 * 100_000 / (time.process_time() - started))
    return max(rates)


def speeds() -> dict[str, list[float]]:
    """Return trades a second of every contender, round by round."""
    found: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    for contender, _, _ in CONTENDERS.values():
        contender(20)  # compiled
    for _ in range(ROUNDS):
        for name, (contender, paths, _) in CONTENDERS.items():
            clock = time.perf_counter if name == THREADS else time.process_time
            started = clock()
            contender(paths)
            found[name].append(paths * TRADES / (clock() - started))
    return found


def exact_milliseconds(model: Binary) -> float:
    """Return the cost of the exact law of that many trades, compiled."""
    model.law(1)
    spent = []
    for _ in range(ROUNDS):
        started = time.process_time()
        model.law(TRADES)
        spent.append(1e3 * (time.process_time() - started))
    return statistics.median(spent)


def sizes() -> None:
    """Print the cost against the number of trades of a path and of paths, the trades in all being the same."""
    print(f"{'trades a path x paths':<36}{'million trades/s':>18}")
    simulate(MODEL, 2, 2, execution=Execution(sampled=0))
    for trades, paths in (
        (10, 4_000_000),
        (100, 400_000),
        (1_000, 40_000),
        (10_000, 4_000),
        (100_000, 512),
        (1_000, 64),
    ):
        rates = []
        for _ in range(ROUNDS):
            started = time.process_time()
            simulate(MODEL, trades, paths, execution=Execution(sampled=0))
            rates.append(trades * paths / (time.process_time() - started))
        print(f"{f'{trades:,} x {paths:,}':<36}{statistics.median(rates) / 1e6:>18,.0f}")


def memory() -> None:
    """Print the largest memory of a billion trades, in processes of their own."""
    for trades, paths in ((1_000, 1_000_000), (1_000_000, 1_000)):
        call = f"simulate(Binary(0, 1, 0.5, 0.3), {trades}, {paths}, execution=Execution(2))"
        code = f"from glosten.run import *; from glosten.theory import Binary; {call}"
        subprocess.run([sys.executable, "-c", code], check=True)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{f'{trades:,} x {paths:,}':<36}{peak:>15,.0f} MB at most so far")


def main() -> None:
    """Print every figure beside the one the issue asks for."""
    print(f"{TRADES:,} trades a path, alpha {MODEL.alpha}, every trade quoted, drawn, learned from and accounted for")
    found = speeds()
    print(f"{'million trades/s':<36}{'median':>12}{'best':>12}{'the kernel is':>22}")
    for name, rounds in found.items():
        ratio = statistics.median(ours / theirs for ours, theirs in zip(found[KERNEL], rounds, strict=True))
        figures = f"{statistics.median(rounds) / 1e6:>12,.2f}{max(rounds) / 1e6:>12,.2f}"
        print(f"{name:<36}{figures}{ratio:>16,.1f} times   {CONTENDERS[name][2]}")
    print(f"{'float64 divisions, millions/s':<36}{'':>12}{divisions() / 1e6:>12,.0f}")
    for model in (MODEL, Binary(98.0, 102.0, 0.4, 0.3, 0.6)):
        spent = exact_milliseconds(model)
        name = f"exact law, prior {model.prior}, gamma {model.gamma}"
        print(f"{name:<36}{spent:>15,.1f} ms{'':>22}   <= 50 ms")
    sizes()
    memory()


if __name__ == "__main__":
    main()
