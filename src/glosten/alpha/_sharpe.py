"""The Sharpe ratio with its error, and what is left of it once all that was tried is counted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from glosten.errors import DomainError
from glosten.statistics import serial_error

EULER = 0.5772156649015329
FEWEST_RETURNS = 10


@dataclass(frozen=True, slots=True)
class Sharpe:
    """A Sharpe ratio per period, of ``n`` returns of ``period_s`` seconds, without a risk-free rate.

    ``se_independent`` is right for normal independent returns, ``se_moments`` also for skewed and heavy-tailed ones,
    ``se`` also for returns that depend on each other (Newey-West, ``lag``). ``annual`` multiplies by the square root of
    the periods in a year, ``annual_se`` likewise: right only where returns are uncorrelated.
    """

    value: float
    se_independent: float
    se_moments: float
    se: float
    lag: int
    n: int
    skewness: float
    kurtosis: float
    period_s: float
    annual: float
    annual_se: float


@dataclass(frozen=True, slots=True)
class Deflated:
    """What a Sharpe ratio is worth as the best of ``trials``.

    ``expected_best`` is the ratio per period that the best of so many worthless trials would show, ``probability`` that
    the true ratio is above 0 in spite of the choice; ``spread_known`` says whether the trials' own spread was given.
    """

    trials: int
    expected_best: float
    probability: float
    spread_known: bool


def sharpe(returns: ArrayLike, period_s: float, year_s: float = 365 * 86_400.0) -> Sharpe:
    """Return the Sharpe ratio of returns in time order, shape (n,), each over ``period_s`` seconds.

    ``year_s`` are the seconds of trading in a year. All NaN where there are fewer than `FEWEST_RETURNS`, or they do
    not vary.
    Source: Lo (2002), equations (9) and, by the method of moments with Newey-West weights, (16); Mertens (2002).
    """
    draws = np.asarray(returns, dtype=np.float64)
    n = len(draws)
    deviation = float(draws.std()) if n else 0.0
    if n < FEWEST_RETURNS or deviation <= 0.0:
        nothing = math.nan
        return Sharpe(nothing, nothing, nothing, nothing, 0, n, nothing, nothing, period_s, nothing, nothing)
    scores = (draws - draws.mean()) / deviation
    value = float(draws.mean()) / deviation
    skewness, kurtosis = float(np.mean(scores**3)), float(np.mean(scores**4))
    se, lag = serial_error(scores - 0.5 * value * (scores**2 - 1.0))
    scale = math.sqrt(year_s / period_s)
    return Sharpe(
        value=value,
        se_independent=math.sqrt((1.0 + 0.5 * value**2) / n),
        se_moments=math.sqrt(max(_variance(value, skewness, kurtosis), 0.0) / n),
        se=se,
        lag=lag,
        n=n,
        skewness=skewness,
        kurtosis=kurtosis,
        period_s=period_s,
        annual=value * scale,
        annual_se=se * scale,
    )


def _variance(value: float, skewness: float, kurtosis: float) -> float:
    """Return n times the variance of a Sharpe ratio of independent returns. Source: Mertens (2002)."""
    return 1.0 - skewness * value + 0.25 * (kurtosis - 1.0) * value**2


def expected_best(trials: int, spread: float) -> float:
    """Return the largest Sharpe ratio to expect of independent trials whose ratios are 0 but for ``spread`` (their sd).

    Raises `DomainError` for fewer than one trial. Source: Bailey & Lopez de Prado (2014), equation (1).
    """
    if trials < 1:
        raise DomainError(f"The number of trials is {trials}; count at least the one that is shown.")
    if trials == 1:
        return 0.0
    first, second = special.ndtri(1.0 - 1.0 / trials), special.ndtri(1.0 - 1.0 / (trials * math.e))
    return spread * float((1.0 - EULER) * first + EULER * second)


def deflated(ratio: Sharpe, trials: int, spread: float | None = None) -> Deflated:
    """Return the ratio deflated for the number of trials it is the best of.

    ``spread`` is the standard deviation of the trials' ratios, per period; None: their error of estimation is taken for
    it, as if all trials were worthless and no two alike.
    Source: Bailey & Lopez de Prado (2014), equation (2); with one trial it is their probabilistic ratio (2012).
    """
    best = expected_best(trials, ratio.se_moments if spread is None else spread)
    if not ratio.n > 1 or math.isnan(ratio.value):
        return Deflated(trials, best, math.nan, spread is not None)
    variance = _variance(ratio.value, ratio.skewness, ratio.kurtosis)
    score = (ratio.value - best) * math.sqrt((ratio.n - 1) / max(variance, 1e-300))
    return Deflated(trials, best, float(special.ndtr(score)), spread is not None)
