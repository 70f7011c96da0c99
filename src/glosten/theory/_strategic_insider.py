"""A long-lived insider in the binary market whose maker believes that every informed trader is in a hurry.

The insider knows the value, arrives in each of T periods with probability alpha, and may buy, sell or wait; waiting
leaves the maker's belief where it is. Otherwise noise trades. The best response is found by dynamic programming over
(buys, sells, periods left), per unit of V_H - V_L and for V = V_H; the other value is its mirror image.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.statistics import Mean, stream, uniform
from glosten.theory._binary import belief, log_odds_step
from glosten.theory._binary_model import ALPHA, BUY, GAMMA, PRIOR, SELL, Binary, Quotes
from glosten.theory._domain import require, whole_problem

Floats = NDArray[np.float64]
Actions = NDArray[np.int8]

MOST_SIMULATED = 400
"""Periods of which a whole policy is kept in memory: its size grows with their cube."""
PATH_DRAWS = 2
"""Numbers of a stream per period: who arrives, and what the noise does."""


class Choices(NamedTuple):
    """What the insider expects from now on, in price units, having arrived, after each of the three actions."""

    buy: float
    wait: float
    sell: float


@jit
def gain_of_buying(log_odds_now: float, alpha: float, gamma: float) -> float:
    """Return 1 - ask, what one unit bought earns when V = V_H = 1, exact near certainty.

    Source: `posterior`: the ask is the belief after a buy.
    """
    return belief(-(log_odds_now + log_odds_step(1, alpha, gamma)))


@jit
def gain_of_selling(log_odds_now: float, alpha: float, gamma: float) -> float:
    """Return bid - 1, what one unit sold loses when V = V_H = 1.

    Source: `posterior`: the bid is the belief after a sell.
    """
    return -belief(-(log_odds_now + log_odds_step(-1, alpha, gamma)))


@jit
def _best(choices: tuple[float, float, float]) -> int:
    """Return the best of (buy, wait, sell) as an order; a tie goes to the buy, then to waiting."""
    buy, wait, sell = choices
    if buy >= wait and buy >= sell:
        return 1
    return 0 if wait >= sell else -1


@jit
def _choices(
    values: Floats, node: tuple[int, int], odds: float, alpha: float, gamma: float
) -> tuple[float, float, float]:
    """Return what follows (buy, wait, sell) at a node, from the values with one period less to go."""
    buys, sells = node
    buy = gain_of_buying(odds, alpha, gamma) + values[buys + 1, sells]
    sell = gain_of_selling(odds, alpha, gamma) + values[buys, sells + 1]
    return buy, values[buys, sells], sell


@jit
def insider_values(periods: int, odds: float, alpha: float, gamma: float, policy: Actions) -> Floats:
    """Return what the insider expects with ``periods`` to go by (buys, sells), for V = V_H = 1, V_L = 0.

    Shape (2, ...): the best response, then the honest one who buys at every arrival. Node (0, 0) is now; only nodes
    on or before a sum of 0 trades are final. The best actions are written to ``policy[left - 1, buys, sells]`` as far
    as it reaches.

    Source: Bellman: J_t(l) = alpha max{1 - ask + J(l + u), J(l), bid - 1 + J(l + d)} + (1 - alpha)[gamma J(l + u) +
    (1 - gamma) J(l + d)], in place, since every node needs only itself and nodes after it.
    """
    values: Floats = np.zeros((2, periods + 1, periods + 1))
    up, down = log_odds_step(1, alpha, gamma), log_odds_step(-1, alpha, gamma)
    for left in range(1, periods + 1):
        traded = periods - left
        for buys in range(traded + 1):
            for sells in range(traded + 1 - buys):
                now = odds + buys * up + sells * down
                best, honest = values[0], values[1]
                choices = _choices(best, (buys, sells), now, alpha, gamma)
                chosen = alpha * max(choices[0], choices[1], choices[2])
                dutiful = alpha * (gain_of_buying(now, alpha, gamma) + honest[buys + 1, sells])
                if left <= policy.shape[0]:
                    policy[left - 1, buys, sells] = _best(choices)
                for row, value in ((0, chosen), (1, dutiful)):
                    noise = gamma * values[row, buys + 1, sells] + (1.0 - gamma) * values[row, buys, sells + 1]
                    values[row, buys, sells] = value + (1.0 - alpha) * noise
    return values


@jit
def insider_choices(periods: int, odds: float, alpha: float, gamma: float) -> tuple[float, float, float]:
    """Return what an insider who has just arrived, with ``periods`` to go, expects after (buy, wait, sell).

    Source: as `insider_values`.
    """
    up, down = log_odds_step(1, alpha, gamma), log_odds_step(-1, alpha, gamma)
    nothing: Actions = np.zeros((0, 1, 1), np.int8)
    later = periods - 1
    buy = gain_of_buying(odds, alpha, gamma) + insider_values(later, odds + up, alpha, gamma, nothing)[0, 0, 0]
    wait = insider_values(later, odds, alpha, gamma, nothing)[0, 0, 0]
    sell = gain_of_selling(odds, alpha, gamma) + insider_values(later, odds + down, alpha, gamma, nothing)[0, 0, 0]
    return buy, wait, sell


@jit
def _play(policy: Actions, odds: float, alpha: float, gamma: float, keys: tuple[np.uint64, int]) -> float:
    """Return what one path earns the insider under a policy, per unit of V_H - V_L, V = V_H."""
    up, down = log_odds_step(1, alpha, gamma), log_odds_step(-1, alpha, gamma)
    key, path = keys
    periods = policy.shape[0]
    buys = sells = 0
    earned = 0.0
    for left in range(periods, 0, -1):
        draw = (path * periods + left - 1) * PATH_DRAWS
        now = odds + buys * up + sells * down
        if uniform(key, draw) < alpha:
            order = int(policy[left - 1, buys, sells])
            if order > 0:
                earned += gain_of_buying(now, alpha, gamma)
            elif order < 0:
                earned += gain_of_selling(now, alpha, gamma)
        else:
            order = 1 if uniform(key, draw + 1) < gamma else -1
        buys += order > 0
        sells += order < 0
    return earned


@jit
def _play_all(policy: Actions, model: tuple[float, float, float], key: np.uint64, earned: Floats) -> None:
    """Write what every path earns, shape (paths,)."""
    odds, alpha, gamma = model
    for path in range(earned.size):
        earned[path] = _play(policy, odds, alpha, gamma, (key, path))


@dataclass(frozen=True, slots=True)
class StrategicInsider:
    """One insider with time, in the binary market of a maker who prices as if every informed trader were in a hurry.

    ``market`` is what the maker believes, its alpha the probability per period that the insider arrives; ``periods``
    are left, 0 or more; ``value_is_high`` is what the insider knows. Raises `DomainError` unless prior and gamma lie
    inside (0, 1) and alpha below 1: beyond that one trade tells the maker all.

    Source: Glosten & Milgrom (1985) for the maker; the best response by Bellman's equation, `insider_values`.
    """

    market: Binary
    periods: int
    value_is_high: bool = True

    def __post_init__(self) -> None:
        market = self.market
        inside = [interval._replace(open_low=True, open_high=True) for interval in (PRIOR, GAMMA)]
        checks = [inside[0].problem(market.prior), inside[1].problem(market.gamma)]
        require([*checks, ALPHA._replace(open_high=True).problem(market.alpha), whole_problem("periods", self.periods)])

    @property
    def _odds(self) -> float:
        """Return the log-odds the maker gives to the truth."""
        return self.market.log_odds if self.value_is_high else -self.market.log_odds

    @property
    def _gamma(self) -> float:
        """Return P(a noise trader goes the insider's way)."""
        return self.market.gamma if self.value_is_high else 1.0 - self.market.gamma

    def _values(self) -> Floats:
        return insider_values(self.periods, self._odds, self.market.alpha, self._gamma, np.zeros((0, 1, 1), np.int8))

    @property
    def best_response(self) -> float:
        """Return what the insider expects of the best response, in price units; cost cubic in the periods.

        Source: `insider_values`.
        """
        return self.market.width * float(self._values()[0, 0, 0])

    @property
    def honest(self) -> float:
        """Return what the insider expects who trades the right way at every arrival, in price units.

        Source: `insider_values`.
        """
        return self.market.width * float(self._values()[1, 0, 0])

    def choices(self) -> Choices | None:
        """Return what the insider who has just arrived expects after each action, None with no period left.

        Source: `insider_choices`.
        """
        if self.periods == 0:
            return None
        right, wait, wrong = insider_choices(self.periods, self._odds, self.market.alpha, self._gamma)
        buy, sell = (right, wrong) if self.value_is_high else (wrong, right)
        width = self.market.width
        return Choices(width * buy, width * wait, width * sell)

    def first_action(self) -> int | None:
        """Return the best order now: 1 a buy, -1 a sell, 0 to wait, None with no period left; a tie goes to a trade.

        Source: `insider_choices`.
        """
        choices = self.choices()
        if choices is None:
            return None
        right = BUY if self.value_is_high else SELL
        mirrored = choices if self.value_is_high else Choices(choices.sell, choices.wait, choices.buy)
        return right * _best((mirrored.buy, mirrored.wait, mirrored.sell))

    def quotes(self) -> Quotes:
        """Return both quotes of the maker before the next order.

        Source: `quotes`.
        """
        return self.market.quotes()

    def update(self, order: int) -> StrategicInsider:
        """Return the model a period later: after a buy (+1), a sell (-1), or a period in which the insider waited (0).

        Raises `DomainError` where no period is left.

        Source: `log_odds_step`.
        """
        require([whole_problem("periods", self.periods, 1)])
        return replace(self, market=self.market.update(order), periods=self.periods - 1)

    def simulate(self, paths: int, seed: int = 0, honest: bool = False) -> Mean:
        """Return what the insider earned, in price units, over paths of the best response or the honest strategy.

        Raises `DomainError` beyond `MOST_SIMULATED` periods.
        """
        too_many = None
        if self.periods > MOST_SIMULATED:
            too_many = f"periods must be {MOST_SIMULATED} or fewer to be simulated; it was {self.periods}."
        require([whole_problem("paths", paths, 1), too_many])
        size = (self.periods, self.periods + 1, self.periods + 1)
        policy: Actions = np.ones(size, np.int8)
        if not honest:
            insider_values(self.periods, self._odds, self.market.alpha, self._gamma, policy)
        earned: Floats = np.zeros(paths)
        model = (self._odds, self.market.alpha, self._gamma)
        _play_all(policy, model, stream(seed, "strategic insider"), earned)
        return Mean.of(self.market.width * earned)
