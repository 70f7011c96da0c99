"""Periods a second of the kernels with states: tables of orders, a grid of values, the density of Das.

Run with `python -m benchmarks grids`. Each kernel stands beside pure Python, numpy and a plain numba loop that do the
same work in the same run: quotes before each order, a trader drawn, gains booked, the belief updated, spread and error
summed by date. One core, process CPU seconds; the rounds take turns, so that a slow moment of a shared machine meets
everybody; figures are medians over rounds, ratios are taken within each round. Then what a period costs against the
size of the grid, the length of a path and the number of paths.
"""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from scipy.special import ndtr

from glosten.run import simulate_das
from glosten.theory import Das, EventUncertainty, GaussianDas, ManyValues

ROUNDS = 5
PERIODS = 200
ALPHA, NOISE = 0.5, 0.25
"""Informed traders of the value grid, and what part of all arrivals is noise that buys, and that sells."""
EVENT = EventUncertainty(10.0, 12.0, 0.4, 0.3, 0.2, 0.6)
KERNEL = "glosten"
Contender = tuple[Callable[[int], object], int]


def grid(states: int) -> ManyValues:
    return ManyValues.uniform(np.linspace(50.0, 51.0, states), ALPHA)


def das(known: bool, points: int = 401) -> Das:
    return Das((points - 1) / 8, 5.0, 0.001, 0.7, known_jumps=known)


def plain_values(paths: int, values: Any, beliefs: Any, spreads: Any, errors: Any) -> tuple[float, float]:
    """Return the gains of informed and noise on a grid of values; lists in pure Python, arrays where compiled."""
    states, informed, noise = len(values), 0.0, 0.0
    for _ in range(paths):
        now, state = beliefs.copy(), int(random.random() * states)  # noqa: S311
        for date in range(len(spreads)):
            mean = 0.0
            for i in range(states):
                mean += now[i] * values[i]
            mass, total, buyers = NOISE, NOISE * mean, states
            while buyers > 0 and values[buyers - 1] > total / mass + 1e-12:
                buyers -= 1
                mass += ALPHA * now[buyers]
                total += ALPHA * now[buyers] * values[buyers]
            ask, mass, total, sellers = total / mass, NOISE, NOISE * mean, -1
            while sellers < states - 1 and values[sellers + 1] < total / mass - 1e-12:
                sellers += 1
                mass += ALPHA * now[sellers]
                total += ALPHA * now[sellers] * values[sellers]
            bid = total / mass
            spreads[date] += ask - bid
            errors[date] += (mean - values[state]) ** 2
            draw = random.random()  # noqa: S311
            knows = draw < ALPHA
            order = 1 if draw > ALPHA + NOISE else -1
            if knows:
                order = 1 if state >= buyers else -1 if state <= sellers else 0
            gain = values[state] - ask if order > 0 else bid - values[state] if order < 0 else 0.0
            informed, noise = (informed + gain, noise) if knows else (informed, noise + gain)
            chance = 0.0
            for i in range(states):
                does = 1 if i >= buyers else -1 if i <= sellers else 0
                now[i] *= (NOISE if order != 0 else 0.0) + (ALPHA if does == order else 0.0)
                chance += now[i]
            for i in range(states):
                now[i] /= chance
    return informed / paths, noise / paths


def numpy_values(paths: int, states: int = 41) -> tuple[float, float]:
    """Return the same with numpy, all paths at once: the ask is the highest mean of noise and the values above."""
    values, draws = np.linspace(50.0, 51.0, states), np.random.default_rng(0)
    now, state = np.full((paths, states), 1 / states), draws.integers(0, states, paths)
    true, informed, noise = values[state], np.zeros(paths), np.zeros(paths)
    spreads, errors = np.zeros(PERIODS), np.zeros(PERIODS)
    for date in range(PERIODS):
        mean = now @ values
        mass, total = ALPHA * now, ALPHA * now * values
        above = (NOISE * mean[:, None] + np.cumsum(total[:, ::-1], 1)) / (NOISE + np.cumsum(mass[:, ::-1], 1))
        below = (NOISE * mean[:, None] + np.cumsum(total, 1)) / (NOISE + np.cumsum(mass, 1))
        ask, bid = above.max(1), below.min(1)
        buyers, sellers = values > ask[:, None] + 1e-12, values < bid[:, None] - 1e-12
        spreads[date], errors[date] = (ask - bid).mean(), ((mean - true) ** 2).mean()
        draw = draws.random(paths)
        knows = draw < ALPHA
        does = buyers.astype(int) - sellers
        order = np.where(knows, does[np.arange(paths), state], np.where(draw > ALPHA + NOISE, 1, -1))
        gain = np.where(order > 0, true - ask, np.where(order < 0, bid - true, 0.0))
        informed += np.where(knows, gain, 0.0)
        noise += np.where(knows, 0.0, gain)
        now *= np.where(order != 0, NOISE, 0.0)[:, None] + ALPHA * (does == order[:, None])
        now /= now.sum(1)[:, None]
    return float(informed.mean()), float(noise.mean())


def plain_table(paths: int, market: Any, spreads: Any, errors: Any) -> tuple[float, float]:
    """Return the gains of informed and noise where P(order and trader | state) is a fixed table."""
    values, beliefs, knows_table, noise_table = market
    states, informed, noise = len(values), 0.0, 0.0
    for _ in range(paths):
        now, draw, state = beliefs.copy(), random.random(), 0  # noqa: S311
        while state < states - 1 and draw >= now[state]:
            draw -= now[state]
            state += 1
        for date in range(len(spreads)):
            mean = buys = buys_value = sells = sells_value = 0.0
            for i in range(states):
                buy, sell = knows_table[i][2] + noise_table[i][2], knows_table[i][0] + noise_table[i][0]
                mean += now[i] * values[i]
                buys, buys_value = buys + now[i] * buy, buys_value + now[i] * buy * values[i]
                sells, sells_value = sells + now[i] * sell, sells_value + now[i] * sell * values[i]
            ask, bid = buys_value / buys, sells_value / sells
            spreads[date] += ask - bid
            errors[date] += (mean - values[state]) ** 2
            draw, knows, order = random.random(), False, -2  # noqa: S311
            for k in range(6):
                part = knows_table[state][k] if k < 3 else noise_table[state][k - 3]
                if order == -2 and draw < part:
                    knows, order = k < 3, k % 3 - 1
                draw -= part
            order = 1 if order == -2 else order
            gain = values[state] - ask if order > 0 else bid - values[state] if order < 0 else 0.0
            informed, noise = (informed + gain, noise) if knows else (informed, noise + gain)
            chance = 0.0
            for i in range(states):
                now[i] *= knows_table[i][order + 1] + noise_table[i][order + 1]
                chance += now[i]
            for i in range(states):
                now[i] /= chance
    return informed / paths, noise / paths


def numpy_table(paths: int) -> tuple[float, float]:
    """Return the same with numpy, all paths at once."""
    (values, beliefs), (knows_table, noise_table) = EVENT.ensemble(0).states, EVENT.ensemble(0).tables
    draws, both = np.random.default_rng(0), knows_table + noise_table
    now, state = np.tile(beliefs, (paths, 1)), draws.choice(len(values), paths, p=beliefs)
    limits = np.cumsum(np.concatenate([knows_table, noise_table], axis=1), axis=1)[:, :5]
    true, informed, noise = values[state], np.zeros(paths), np.zeros(paths)
    spreads, errors = np.zeros(PERIODS), np.zeros(PERIODS)
    for date in range(PERIODS):
        chance = now @ both
        price = (now * values) @ both / chance
        spreads[date] = (price[:, 2] - price[:, 0]).mean()
        errors[date] = ((now @ values - true) ** 2).mean()
        what = (draws.random(paths)[:, None] >= limits[state]).sum(1)
        order = what % 3 - 1
        gain = np.where(order > 0, true - price[:, 2], np.where(order < 0, price[:, 0] - true, 0.0))
        informed += np.where(what < 3, gain, 0.0)
        noise += np.where(what < 3, 0.0, gain)
        now *= both[:, order + 1].T
        now /= now.sum(1)[:, None]
    return float(informed.mean()), float(noise.mean())


def plain_das(periods: int, known: bool, density: Any, law: Any) -> float:
    """Return the average spread of Das's maker, quotes by bisection to a millionth of a cent; lists or arrays."""
    points, root, spread, value = len(density), 5.0 * math.sqrt(2.0), 0.0, 37.0 + len(density) // 2
    now, kept = density.copy(), density.copy()
    for _ in range(periods):
        mean, quotes = 0.0, [0.0, 0.0]
        for i in range(points):
            mean += now[i] * i
        for side in (-1, 1):
            inner, outer = mean, mean + side * (points / 4)
            while abs(outer - inner) > 1e-6:
                price, excess = 0.5 * (inner + outer), 0.0
                for i in range(points):
                    buys = 0.15 + 0.35 * math.erfc(side * (price - i) / root)
                    excess += side * now[i] * buys * (i - price)
                inner, outer = (price, outer) if excess > 0.0 else (inner, price)
            quotes[(side + 1) // 2] = inner
        spread += quotes[1] - quotes[0]
        signal = value + 5.0 * random.gauss(0.0, 1.0)
        knows = random.random() < 0.7  # noqa: S311
        order = (1 if signal > quotes[1] else -1 if signal < quotes[0] else 0) if knows else 0
        if not knows:
            order = 1 if random.random() < 0.5 else -1  # noqa: S311
        chance = 0.0
        for i in range(points):
            buys, sells = math.erfc((quotes[1] - i) / root), math.erfc((i - quotes[0]) / root)
            told = 0.15 + 0.35 * (buys if order > 0 else sells)
            now[i] *= told if order != 0 else 0.7 - 0.35 * (buys + sells)
            chance += now[i]
        for i in range(points):
            now[i] /= chance
        if not known:
            for i in range(points):
                mixed = 0.0
                for j in range(points):
                    mixed += now[j] * law[i - j + points - 1]
                kept[i] = 0.999 * now[i] + 0.001 * mixed
            now, kept = kept, now
    return spread / periods


def numpy_das(periods: int, known: bool) -> float:
    """Return the same with numpy, the whole grid at once."""
    model, draws = das(known), np.random.default_rng(0)
    now, law, points = model.density.copy(), jump_law(model), np.arange(401.0)
    value, spread = 237.0, 0.0
    for _ in range(periods):
        mean, quotes = float(now @ points), [0.0, 0.0]
        for side in (-1, 1):
            inner, outer = mean, mean + side * 100.0
            while abs(outer - inner) > 1e-6:
                price = 0.5 * (inner + outer)
                gain = side * (now * (0.15 + 0.7 * ndtr(side * (points - price) / 5.0))) @ (points - price)
                inner, outer = (price, outer) if gain > 0.0 else (inner, price)
            quotes[(side + 1) // 2] = inner
        spread += quotes[1] - quotes[0]
        signal, knows = value + 5.0 * draws.standard_normal(), draws.random() < 0.7
        noise = 1 if draws.random() < 0.5 else -1
        order = int(signal > quotes[1]) - int(signal < quotes[0]) if knows else noise
        buys, sells = 0.15 + 0.7 * ndtr((points - quotes[1]) / 5.0), 0.15 + 0.7 * ndtr((quotes[0] - points) / 5.0)
        now *= buys if order > 0 else sells if order < 0 else 1.0 - buys - sells
        now /= now.sum()
        if not known:
            now = 0.999 * now + 0.001 * np.convolve(now, law)[400:801]
            now /= now.sum()
    return spread / periods


def jump_law(model: Das) -> np.ndarray:
    steps = np.arange(-model.points + 1.0, model.points)
    return np.asarray(ndtr((steps + 0.5) / model.sigma) - ndtr((steps - 0.5) / model.sigma))


def table_contenders() -> dict[str, Contender]:
    ensemble, compiled = EVENT.ensemble(PERIODS), numba.njit(plain_table)
    arrays = (ensemble.states[0], ensemble.states[1], ensemble.tables[0], ensemble.tables[1])
    lists = tuple(array.tolist() for array in arrays)
    return {
        "pure Python": (lambda paths: plain_table(paths, lists, [0.0] * PERIODS, [0.0] * PERIODS), 20),
        "numpy, all paths at once": (numpy_table, 2_000),
        "plain numba loop": (lambda paths: compiled(paths, arrays, np.zeros(PERIODS), np.zeros(PERIODS)), 2_000),
        KERNEL: (lambda paths: EVENT.simulate(PERIODS, paths), 65_536),
    }


def value_contenders() -> dict[str, Contender]:
    model, compiled = grid(41), numba.njit(plain_values)
    values, beliefs = np.array(model.values), np.array(model.beliefs)
    lists = list(model.values), list(model.beliefs)
    return {
        "pure Python": (lambda paths: plain_values(paths, *lists, [0.0] * PERIODS, [0.0] * PERIODS), 4),
        "numpy, all paths at once": (numpy_values, 500),
        "plain numba loop": (
            lambda paths: compiled(paths, values, beliefs, np.zeros(PERIODS), np.zeros(PERIODS)),
            500,
        ),
        KERNEL: (lambda paths: model.simulate(PERIODS, paths), 8_192),
    }


def das_contenders(known: bool) -> dict[str, Contender]:
    model, compiled = das(known), numba.njit(plain_das)
    law = jump_law(model)
    return {
        "pure Python": (lambda periods: plain_das(periods, known, model.density.tolist(), law.tolist()), 2),
        "numpy, the grid at once": (lambda periods: numpy_das(periods, known), 60),
        "plain numba loop": (lambda periods: compiled(periods, known, model.density.copy(), law), 100),
        KERNEL: (lambda periods: simulate_das(model, periods, 1), 100_000 if known else 10_000),
    }


def compare(title: str, contenders: dict[str, Contender], periods: int, wanted: str) -> None:
    """Print millions of periods a second of each, beside how many times the kernel is faster."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for contender, _ in contenders.values():
        contender(1)  # compiled
    for _ in range(ROUNDS):
        for name, (contender, size) in contenders.items():
            started = time.process_time()
            contender(size)
            found[name].append(size * periods / (time.process_time() - started))
    print(f"{title:<40}{'million periods/s':>18}{'the kernel is':>22}")
    for name, rounds in found.items():
        ratio = statistics.median(ours / theirs for ours, theirs in zip(found[KERNEL], rounds, strict=True))
        asked = f"   {wanted}" if name == KERNEL else ""
        print(f"{'  ' + name:<40}{statistics.median(rounds) / 1e6:>18,.5f}{ratio:>15,.1f} times{asked}")


def speed(simulate: Callable[[], object], periods: int) -> float:
    """Return millions of periods a second: the median of three runs after one that compiles."""
    simulate()
    spent = []
    for _ in range(3):
        started = time.process_time()
        simulate()
        spent.append(time.process_time() - started)
    return periods / statistics.median(spent) / 1e6


def print_costs() -> None:
    """Print the speed against the size of the grid, the length of a path and the number of paths."""
    print("\nmillion periods/s against the size of the grid")
    for states in (3, 11, 41, 101, 401):
        paths = 400_000 // PERIODS * max(1, 41 // states)
        model = grid(states)
        made = speed(lambda model=model, paths=paths: model.simulate(PERIODS, paths), PERIODS * paths)  # type: ignore[misc]
        print(f"  values, {states:>4} states{'':<18}{made:>18,.2f}")
    for known in (True, False):
        for points in (101, 201, 401, 801):
            market, periods = das(known, points), 50_000 if known else 5_000
            made = speed(lambda market=market, periods=periods: simulate_das(market, periods, 1), periods)  # type: ignore[misc]
            print(f"  Das, jumps {'known' if known else 'unseen'}, {points:>4} points{'':<8}{made:>18,.3f}")
    normal = GaussianDas(50.0, 5.0, 0.001, 0.7)
    print(f"  Das, normal belief{'':<20}{speed(lambda: simulate_das(normal, 100_000, 1), 100_000):>18,.3f}")
    print("\nmillion periods/s against the length of a path and the number of paths")
    for name, many in (("table, 3 states", EVENT), ("values, 41 states", grid(41))):
        for periods, paths in ((10, 40_000), (100, 4_000), (1_000, 400), (100, 100), (100, 40_000)):
            made = speed(lambda m=many, t=periods, n=paths: m.simulate(t, n), periods * paths)  # type: ignore[misc]
            print(f"  {name:<18} T = {periods:>5}, N = {paths:>6}{made:>20,.2f}")


def main() -> None:
    """Print every figure beside the one the issue asks for."""
    compare("orders from a table, 3 states", table_contenders(), PERIODS, ">= 100")
    compare("a grid of 41 values, quotes solved anew", value_contenders(), PERIODS, ">= 6.5")
    compare("Das, 401 points, jumps known", das_contenders(known=True), 1, ">= 0.8")
    compare("Das, 401 points, jumps unseen", das_contenders(known=False), 1, ">= 0.1")
    print_costs()


if __name__ == "__main__":
    main()
