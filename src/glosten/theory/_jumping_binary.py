"""The binary market in which the value may be redrawn: in every period with probability p_jump, and nobody is told.

The maker knows the law of the jumps, so after every trade the belief relaxes towards the long-run probability of V_H.
It never becomes certain: the spread does not vanish, and opens again when orders turn against it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from glosten._jit import jit
from glosten.statistics import stream
from glosten.theory import _jumping_lanes
from glosten.theory._binary import belief, log_odds, side_if_high, side_if_low
from glosten.theory._binary_model import ALPHA, GAMMA, PRIOR, V_HIGH, V_LOW, Binary, Gains, Quotes
from glosten.theory._domain import Interval, require, rising_problem
from glosten.theory._ensemble import Orders, Simulation, Sums, simulate_ensemble, simulation_problems
from glosten.theory._jumping_lanes import LANES, JumpingMarket
from glosten.theory._order_table import Floats

P_JUMP = Interval("p_jump", "the probability that the value is redrawn after a period")
P_NOW = Interval("p_high", "the probability of the high value now")
SMALLEST = 1e-40
"""Stands for a probability of 0 in quotes, so that no division has to be guarded: the side is never drawn."""
LEAST_DOUBT = 1e-15
"""Simulated beliefs stay this far from certainty, so that neither they nor the doubt left are ever rounded to 0."""
_WORDS = 2**64


@jit
def relaxed(log_odds_now: float, prior: float, p_jump: float) -> float:
    """Return the log-odds of V_H after the value may have been redrawn; unchanged where p_jump is 0.

    Source: (1 - p) mu + p pi, the prediction step of Hamilton's filter (1989), for V_H and for V_L.
    """
    if p_jump <= 0.0:
        return log_odds_now
    high = (1.0 - p_jump) * belief(log_odds_now) + p_jump * prior
    low = (1.0 - p_jump) * belief(-log_odds_now) + p_jump * (1.0 - prior)
    if low <= 0.0:
        return math.inf
    return math.log(high / low) if high > 0.0 else -math.inf


@dataclass(frozen=True, slots=True)
class JumpingOrders(Orders):
    """What happened on one path; ``values`` (periods + 1,) are the true ones in price units, ``value`` the last."""

    values: Floats


@dataclass(frozen=True, slots=True)
class JumpingBinary:
    """Glosten and Milgrom's binary market whose value is redrawn with probability ``p_jump`` after every period.

    ``v_low`` < ``v_high`` in price units; ``prior`` = P(V_H) when it is drawn; ``alpha`` and ``gamma`` as in `Binary`,
    with which it coincides where ``p_jump`` is 0. ``p_high`` = P(V_H) now, the prior unless said otherwise. A trader's
    gain is reckoned with the value at the time of the trade. Raises `DomainError` naming every parameter outside its
    domain.

    Source: Glosten & Milgrom (1985), section 2, with the value a two-state chain; Hamilton (1989) for the filter.
    """

    v_low: float
    v_high: float
    prior: float
    alpha: float
    gamma: float = 0.5
    p_jump: float = 0.0
    p_high: float | None = None
    log_odds: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        now = self.prior if self.p_high is None else self.p_high
        checks = [V_LOW.problem(self.v_low), V_HIGH.problem(self.v_high), PRIOR.problem(self.prior)]
        checks += [ALPHA.problem(self.alpha), GAMMA.problem(self.gamma), P_JUMP.problem(self.p_jump)]
        checks += [None if self.p_high is None else P_NOW.problem(self.p_high)]
        checks.append(rising_problem("v_low", self.v_low, "v_high", self.v_high))
        require(checks)
        for name in ("v_low", "v_high", "prior", "alpha", "gamma", "p_jump"):
            object.__setattr__(self, name, float(getattr(self, name)))
        object.__setattr__(self, "p_high", float(now))
        object.__setattr__(self, "log_odds", log_odds(float(now)))

    def now(self) -> Binary:
        """Return the market of the next period alone: a jump comes after its trade."""
        assert self.p_high is not None, "filled in with the prior"  # noqa: S101
        model = Binary(self.v_low, self.v_high, self.p_high, self.alpha, self.gamma)
        object.__setattr__(model, "log_odds", self.log_odds)
        return model

    @property
    def width(self) -> float:
        """Return v_high - v_low in price units."""
        return self.v_high - self.v_low

    @property
    def mean(self) -> float:
        """Return E[V] in price units, of the value in the next period."""
        return self.now().mean

    def side_probability(self, side: int) -> float:
        """Return P(the next trade is on this side): +1 a buy, -1 a sell, 0 either (then 1)."""
        return self.now().side_probability(side)

    def why_no_quote(self, side: int) -> str | None:
        """Return in words why nobody can buy (+1) or sell (-1), None where somebody can."""
        return self.now().why_no_quote(side)

    def quotes(self) -> Quotes:
        """Return both quotes before the next order, with the probabilities and posteriors of both sides.

        The posteriors are those of the value traded, before it may be redrawn.

        Source: as `Binary.quotes`.
        """
        return self.now().quotes()

    def update(self, side: int) -> JumpingBinary:
        """Return the model after a period: +1 a buy, -1 a sell, 0 unknown. Raises `DomainError` where it cannot happen.

        Source: `log_odds_step`, then `relaxed`.
        """
        after = relaxed(self.now().update(side).log_odds, self.prior, self.p_jump)
        model = replace(self, p_high=belief(after))
        object.__setattr__(model, "log_odds", after)
        return model

    def log_likelihood(self, sides: Iterable[int]) -> float:
        """Return ln P(a sequence of sides, each 1, -1 or 0); minus infinity where it cannot happen.

        The order matters: what was long ago counts for less.

        Source: Hamilton (1989), the product of one-step predictions.
        """
        model, total = self, 0.0
        for side in sides:
            chance = model.side_probability(side)
            if not chance > 0.0:
                return -math.inf
            total += math.log(chance)
            model = model.update(side)
        return total

    def informed_share(self, side: int) -> float | None:
        """Return P(the trader was informed | side), None where the side cannot trade."""
        return self.now().informed_share(side)

    def gains(self, side: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival: on one side, or on both together."""
        return self.now().gains(side)

    def ensemble(self, periods: int, seed: int = 0) -> JumpingEnsemble:
        """Return all paths of that many periods that the model draws with a seed."""
        require(simulation_problems(periods, 1, seed))
        return JumpingEnsemble(self, int(periods), int(seed))

    def simulate(self, periods: int, paths: int, seed: int = 0) -> Simulation:
        """Return means over simulated paths of that many periods, each with its standard error.

        ``error`` compares with the value of the period, and is told as the variance of the value given the orders,
        width^2 mu (1 - mu): the mean is that of (E_t[V] - V)^2, its standard error smaller. ``belief`` is the mean over
        paths that begin with V_H.
        """
        require(simulation_problems(periods, paths, seed))
        return simulate_ensemble(self.ensemble(periods, seed), paths)


def _below(probability: float) -> np.int64:
    """Return the word below which a random word lies with that probability; 1 but for one word in 2^64.

    Words are told with a sign, which not every vector unit can compare them without.
    """
    return np.int64(min(int(probability * _WORDS), _WORDS - 1) - _WORDS // 2)


@dataclass(frozen=True, slots=True)
class JumpingEnsemble:
    """All paths of a market whose value may be redrawn."""

    model: JumpingBinary
    periods: int
    seed: int

    @property
    def lanes(self) -> int:
        """Return how many paths a block holds."""
        return LANES

    def _market(self) -> JumpingMarket:
        model = self.model
        alpha, gamma, p_jump = model.alpha, model.gamma, model.p_jump
        buy_low = max(side_if_low(1, alpha, gamma), SMALLEST)
        to_high, to_low = max(p_jump * model.prior, LEAST_DOUBT), max(p_jump * (1.0 - model.prior), LEAST_DOUBT)
        return JumpingMarket(
            move=-alpha,
            buy=-buy_low,
            sell=alpha + max(side_if_high(-1, alpha, gamma), SMALLEST),
            keep=1.0 - to_high - to_low,
            to_high=to_high,
            one=1.0,
            zero=0.0,
            low_buys_below=_below(side_if_low(1, alpha, gamma)),
            high_buys_below=_below(side_if_high(1, alpha, gamma)),
            stays_below=_below(1.0 - p_jump * (1.0 - model.prior)),
            comes_below=_below(p_jump * model.prior),
        )

    def _started(self, first: int, paths: int) -> Floats:
        """Return which paths from the first on begin with V_H: 1 or 0."""
        key, p_high = stream(self.seed, "jumping binary/value"), belief(self.model.log_odds)
        return _jumping_lanes.starts_high(key, first, paths, p_high)

    def block(self, number: int, paths: int) -> Sums:
        """Return the sums over the first paths of the block with that number."""
        first, width = number * LANES, self.model.width
        started = self._started(first, paths)
        curves = np.zeros((3, 2, self.periods + 1))
        start = min(max(belief(self.model.log_odds), LEAST_DOUBT), 1.0 - LEAST_DOUBT)
        key, units = stream(self.seed, "jumping binary/trades"), (-self.model.alpha * width, width * width, 1.0)
        totals = _jumping_lanes.jumping_block(key, first, started, self._market(), (start, units), curves)
        totals *= np.array([[width, width * width]] * 3 + [[1.0, 1.0]] * 2)
        if (
            self.model.alpha == 1.0 and self.model.p_jump == 0.0
        ):  # the first trade tells all: then one side cannot trade
            curves[0, :, 1:] = 0.0
        return Sums(paths, int(started.sum()), curves, totals)

    def path(self, number: int) -> JumpingOrders:
        """Return what happened on the path with that number, the same that its block has added up."""
        values, orders = np.zeros(self.periods + 1), np.zeros(self.periods, np.int8)
        values[0] = self._started(number, 1)[0]
        key = stream(self.seed, "jumping binary/trades")
        informed = _jumping_lanes.jumping_path(key, number, self._market(), values, orders)
        prices = self.model.v_low + self.model.width * values
        return JumpingOrders(float(prices[-1]), orders, informed, prices)
