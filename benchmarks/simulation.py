"""The simulator's figures: trades a second beside pure Python, numpy and a plain numba loop; the exact law.

Run with `python -m benchmarks simulation`. Every contender does the same work: quotes before each trade, a trader
drawn, gains of informed and noise, the belief updated, spread and belief summed by date. One core; the rounds take
turns, so that a slow moment of a shared machine meets everybody; figures are medians over rounds, ratios are taken
within each round. Times are process CPU seconds, but for the line that counts threads.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

import numba
import numpy as np

from glosten.run import Execution, simulate
from glosten.theory import Binary

MODEL = Binary(98.0, 102.0, 0.5, 0.3)
TRADES = 1000
ROUNDS = 7
KERNEL, THREADS = "glosten, one thread", "glosten, two threads (wall clock)"


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


def kernel(paths: int, threads: int = 1) -> tuple[float, float]:
    """Return the same from the simulator."""
    result = simulate(MODEL, TRADES, paths, 0, "mc", Execution(threads, sampled=0))
    return result.informed_pnl.mean, result.noise_pnl.mean


def two_threads(paths: int) -> tuple[float, float]:
    """Return the same from the simulator on two threads."""
    return kernel(paths, 2)


CONTENDERS: dict[str, tuple[Callable[[int], tuple[float, float]], int]] = {
    "pure Python": (pure_python, 60),
    "numpy, all paths at once": (numpy_paths, 2_000),
    "plain numba loop": (plain_numba, 4_000),
    KERNEL: (kernel, 60_000),
    THREADS: (two_threads, 60_000),
}


def speeds() -> dict[str, list[float]]:
    """Return trades a second of every contender, round by round."""
    found: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    for contender, _ in CONTENDERS.values():
        contender(20)  # compiled
    for _ in range(ROUNDS):
        for name, (contender, paths) in CONTENDERS.items():
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


def main() -> None:
    """Print every figure beside the one the issue asks for."""
    print(f"{TRADES:,} trades a path, alpha {MODEL.alpha}, every trade quoted, drawn, learned from and accounted for")
    found = speeds()
    print(f"{'':<36}{'million trades/s':>18}{'the kernel is':>22}")
    for name, rounds in found.items():
        ratio = statistics.median(ours / theirs for ours, theirs in zip(found[KERNEL], rounds, strict=True))
        wanted = "   >= 150" if name == KERNEL else ""
        print(f"{name:<36}{statistics.median(rounds) / 1e6:>18,.2f}{ratio:>15,.1f} times{wanted}")
    for model in (MODEL, Binary(98.0, 102.0, 0.4, 0.3, 0.6)):
        spent = exact_milliseconds(model)
        name = f"exact law, prior {model.prior}, gamma {model.gamma}"
        print(f"{name:<36}{spent:>15,.1f} ms{'':>22}   <= 50 ms")


if __name__ == "__main__":
    main()
