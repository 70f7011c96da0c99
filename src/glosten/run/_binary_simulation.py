"""The binary model's simulation: what its own kernel adds up, told as means with errors, and what needs no drawing."""

from __future__ import annotations

import math
import time

import numpy as np

from glosten.run._monte_carlo import MonteCarlo, Sums, count_high, reach
from glosten.run._sample import sample
from glosten.run._simulation import Execution, FirstPassage, Floats, Simulation
from glosten.statistics import Mean, means_of_sums, stream
from glosten.theory import Binary, side_if_high, side_if_low


def value_key(seed: int) -> np.uint64:
    """Return the stream that draws the value of every path."""
    return stream(seed, "simulate/value")


def draw_binary(model: Binary, trades: int, paths: int, seed: int, execution: Execution) -> Simulation:
    """Return the means over paths of the binary model, drawn by the kernel of its own."""
    kernel = MonteCarlo(model, trades, seed, execution.precision, execution.target)
    kernel.compile()
    count_high(value_key(seed), 0, 0, model.prior)
    started = time.perf_counter()
    n_high = count_high(value_key(seed), 0, paths, model.prior)
    blocks = execution.blocks or kernel.blocks_per_task()
    low, high = kernel.run((paths - n_high, n_high), execution.threads, blocks, execution.progress)
    seconds = time.perf_counter() - started
    spread, spread_se, belief, belief_se = _curves(model, low, high)
    informed, noise, maker = _gains(model, low, high)
    orders, inventory = binary_flow(model, trades)
    return Simulation(
        engine="mc",
        model=model,
        trades=trades,
        spread=spread,
        spread_se=spread_se,
        error=model.width**2 * model.prior * (1.0 - belief),  # E[mu (1 - mu)] = prior (1 - E[mu | V_H]), a martingale
        error_se=model.width**2 * model.prior * belief_se,
        belief=belief,
        belief_se=belief_se,
        mm_pnl=maker,
        informed_pnl=informed,
        noise_pnl=noise,
        orders=orders,
        inventory=inventory,
        n=paths,
        n_high=n_high,
        seed=seed,
        threads=execution.threads,
        seconds=seconds,
        trades_per_second=trades * paths / seconds,
        sampled=sample(model, trades, seed, execution.numbers(paths), value_key(seed)),
        first_passage=None if execution.target is None else _counted_passage(high, execution.target),
    )


def _curves(model: Binary, low: Sums, high: Sums) -> tuple[Floats, Floats, Floats, Floats]:
    """Return spread and belief by date, each with its standard errors.

    The error counts one more path, as far off as that many trades can lead: what the paths agree on late in time, when
    doubt is left on one path in a million, is known to 1 / paths of that span and no better.
    """
    dates, paths = high.curves.shape[0], low.paths + high.paths
    if model.prior in {0.0, 1.0} or model.alpha == 0.0:  # a certain maker does not learn, nor is there anything to
        flat = np.zeros(dates)
        return flat, flat.copy(), np.full(dates, model.prior), flat.copy()
    spans = reach(dates - 1, model.log_odds, model.alpha, model.gamma)
    sums = low.curves + high.curves
    spread, spread_se = means_of_sums(sums[:, 0], sums[:, 1], paths)
    doubt, belief_se = means_of_sums(high.curves[:, 2], high.curves[:, 3], high.paths)
    belief = 1.0 - doubt
    spread[0], belief[0] = (model.quotes().spread or 0.0) / model.width, model.prior
    if model.alpha == 1.0:  # the first trade tells all: from then on one side cannot trade
        spread[1:], spread_se[1:], spans[0] = 0.0, 0.0, 0.0
    spread_se, belief_se = np.hypot(spread_se, spans[0] / paths), np.hypot(belief_se, spans[1] / max(high.paths, 1))
    spread_se[0] = belief_se[0] = 0.0
    return model.width * spread, model.width * spread_se, belief, belief_se


def exact_passage(model: Binary, trades: int, target: float) -> FirstPassage:
    """Return the law of the first passage within that many trades."""
    first = model.first_passage(target, trades)
    reached = np.minimum(np.cumsum(first), 1.0)
    mean = float(first @ np.arange(trades + 1)) / reached[-1] if reached[-1] > 0.0 else math.nan
    square = float(first @ np.arange(trades + 1) ** 2.0) / reached[-1] if reached[-1] > 0.0 else math.nan
    time_taken = Mean.exact(mean, math.sqrt(max(square - mean * mean, 0.0)))
    return FirstPassage(target, reached, np.zeros(trades + 1), time_taken, 0)


def _counted_passage(high: Sums, target: float) -> FirstPassage:
    """Return when the paths with V = V_H first reached the target; one path more counts towards the errors."""
    by_then = np.cumsum(high.passed).astype(np.float64)
    reached, _ = means_of_sums(by_then, by_then, high.paths)
    share = (by_then + 0.5) / (high.paths + 1)
    dates = np.arange(high.passed.size, dtype=np.float64)
    taken = Mean.of_sums(float(high.passed @ dates), float(high.passed @ dates**2), int(by_then[-1]))
    return FirstPassage(target, reached, np.sqrt(share * (1.0 - share) / (high.paths + 1)), taken, high.paths)


def _gains(model: Binary, low: Sums, high: Sums) -> tuple[Mean, Mean, Mean]:
    """Return what a path brought the informed, the noise traders and the maker."""
    sums, n = low.gains + high.gains, low.paths + high.paths
    rows = (Mean.of_sums(float(sums[2 * i]), float(sums[2 * i + 1]), n).scaled(model.width) for i in range(3))
    informed, noise, maker = rows
    return informed, noise, maker


def binary_flow(model: Binary, trades: int) -> tuple[Mean, Mean]:
    """Return how many of the trades trade (all) and what they leave the maker with, both known without drawing.

    Source: the binomial law of the buys given V; the variance over both values.
    """
    bought = [side_if_low(1, model.alpha, model.gamma), side_if_high(1, model.alpha, model.gamma)]
    means = [trades * (1.0 - 2.0 * chance) for chance in bought]
    variances = [4.0 * trades * chance * (1.0 - chance) for chance in bought]
    chances = 1.0 - model.prior, model.prior
    mean = sum(chance * one for chance, one in zip(chances, means, strict=True))
    variance = sum(
        chance * (within + (one - mean) ** 2) for chance, within, one in zip(chances, variances, means, strict=True)
    )
    return Mean.exact(float(trades), 0.0), Mean.exact(mean, math.sqrt(variance))
