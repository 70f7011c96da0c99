"""What an insider who has time gains by each action, by dynamic programming, for V = V_H = 1 and V_L = 0."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.theory._binary import belief, log_odds_step
from glosten.theory._order_table import Floats

Actions = NDArray[np.int8]


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
def best_action(choices: tuple[float, float, float]) -> int:
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
                    policy[left - 1, buys, sells] = best_action(choices)
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
