"""Paths of the binary market whose noise traders mind the premium, for three kinds of maker.

`COMPETITIVE` makers ask the smallest premium that loses nothing, a `MONOPOLIST` the one that earns most, and a
`RISK_AVERSE` maker the smallest at which a trade leaves its expected utility where it was. A premium is counted from
E[V] outwards, NaN where a side is closed: then its noise traders find no quote and its informed stay out.
"""

from __future__ import annotations

import math
from typing import TypeAlias

from glosten._jit import jit
from glosten.statistics import FRACTIONS, advance, sequence
from glosten.theory._demand import DemandCode, competitive_premium, demand_share, monopolist_premium
from glosten.theory._order_table import Floats
from glosten.theory._path_kernel import Start, Trail, look, settle
from glosten.theory._risk_averse import indifference_price

Maker: TypeAlias = tuple[int, float, float]
"""The rule of the maker, its risk aversion per price unit, and its inventory: the last two matter to one rule only."""
Beliefs: TypeAlias = tuple[float, float]
"""P(V_L) and P(V_H), both kept: 1 - p loses what is left of a doubt."""
Side: TypeAlias = tuple[float, float, float]
"""The premium of a side, and P(its informed come) and P(a noise trader takes it), as `side_premium` has them."""
Numbers: TypeAlias = tuple[tuple[float, float], Beliefs, tuple[float, float], DemandCode, Maker]
"""(v_low, width), beliefs, (alpha, eta), the demand, and the maker."""

RULES = COMPETITIVE_RULE, MONOPOLIST_RULE, RISK_AVERSE_RULE = range(3)
COMPETITIVE: Maker = (COMPETITIVE_RULE, 0.0, 0.0)
MONOPOLIST: Maker = (MONOPOLIST_RULE, 0.0, 0.0)
STEPS = 500
"""Steps towards a premium; where demand is almost tangent to it the last of them is below a millionth of the range."""
CLOSE = 1e-14
"""Share of the range of values by which the last step may still move a premium."""


@jit
def averse_premium(
    side: int, market: tuple[float, float, float], beliefs: Beliefs, demand: DemandCode, maker: Maker
) -> float:
    """Return the smallest premium at which a maker with constant absolute risk aversion is indifferent, or NaN.

    ``market`` is (width, alpha, eta). A premium may be negative: a maker who is long sells below E[V].

    Source: `indifference_price` of the belief after the order, whose noise is the thinner the larger the premium; the
    price rises with the premium, so steps from the price among all noise traders climb to the smallest fixed point.
    """
    width, alpha, eta = market
    noise = (1.0 - alpha) * eta
    chance, doubt = (beliefs[1], beliefs[0]) if side > 0 else (beliefs[0], beliefs[1])
    if not noise > 0.0:
        return math.nan
    if chance <= 0.0 or doubt <= 0.0:
        return 0.0
    now = math.log(chance) - math.log(doubt)
    premium = -math.inf
    for _ in range(STEPS):
        share = demand_share(premium, demand) if premium > -math.inf else 1.0
        if not share > 0.0:
            return math.nan
        after = now + math.log1p(alpha / (noise * share))
        price = indifference_price(1, after, maker[1] * width, side * maker[2])
        higher = width * (price - chance)
        if higher - premium <= CLOSE * width:
            break
        premium = higher
    return premium


@jit
def side_premium(
    side: int, market: tuple[float, float, float], beliefs: Beliefs, demand: DemandCode, maker: Maker
) -> Side:
    """Return (premium, P(its informed come), P(a noise trader takes it)) of a side, given the value they trade on.

    ``market`` is (width, alpha, eta); the premium is NaN, and both probabilities 0, where the side is closed.

    Source: `competitive_premium`, `monopolist_premium`, `averse_premium`.
    """
    width, alpha, eta = market
    chance, doubt = (beliefs[1], beliefs[0]) if side > 0 else (beliefs[0], beliefs[1])
    gap, noise = width * doubt, (1.0 - alpha) * eta
    if maker[0] == COMPETITIVE_RULE:
        premium = competitive_premium(gap, alpha * chance, noise, demand)
    elif maker[0] == MONOPOLIST_RULE:
        premium = monopolist_premium(gap, alpha * chance, noise, demand)[0]
    else:
        premium = averse_premium(side, market, beliefs, demand, maker)
    if math.isnan(premium):
        return premium, 0.0, 0.0
    comes = 0.0 if maker[0] == MONOPOLIST_RULE and premium >= gap else alpha
    return premium, comes, noise * demand_share(premium, demand)


@jit
def _next_beliefs(
    beliefs: Beliefs, order: int, ask: tuple[float, float, float], bid: tuple[float, float, float]
) -> Beliefs:
    """Return the beliefs after an order at sides as `side_premium` has them.

    Source: Bayes; a quiet period speaks for the informed of a side that is closed or too dear for them.
    """
    if order > 0:
        if_low, if_high = ask[2], ask[1] + ask[2]
    elif order < 0:
        if_low, if_high = bid[1] + bid[2], bid[2]
    else:
        if_low = max(1.0 - bid[1] - bid[2] - ask[2], 0.0)
        if_high = max(1.0 - ask[1] - ask[2] - bid[2], 0.0)
    low, high = beliefs[0] * if_low, beliefs[1] * if_high
    total = low + high
    return (low / total, high / total) if total > 0.0 else beliefs


@jit
def _order(fraction: float, is_high: bool, alpha: float, noise: tuple[float, float], comes: bool) -> tuple[int, bool]:
    """Return (order, whether an informed trader came) of a uniform number; ``noise`` is P(sell), P(buy)."""
    if fraction < alpha:
        return ((1 if is_high else -1) if comes else 0), True
    left = fraction - alpha
    if left < noise[1]:
        return 1, False
    return (-1 if left < noise[0] + noise[1] else 0), False


@jit
def premium_paths(numbers: Numbers, start: Start, curves: Floats, totals: Floats, trail: Trail) -> tuple[int, float]:
    """Draw paths of the market, as a `Kernel` does.

    Source: `side_premium`, Bayes.
    """
    (v_low, width), prior, (alpha, eta), demand, (rule, aversion, holding) = numbers
    key, begin, paths = start
    periods, high_paths, is_high = curves.shape[2] - 1, 0, False
    for path in range(begin, begin + paths):
        first, second = sequence(key, path)
        draw, first, second = advance(first, second)
        is_high = draw / FRACTIONS < prior[1]
        high_paths += is_high
        beliefs, inventory = prior, holding
        won, lost, trades = 0.0, 0.0, 0
        for date in range(periods + 1):
            maker = (rule, aversion, inventory)
            ask = side_premium(1, (width, alpha, eta), beliefs, demand, maker)
            bid = side_premium(-1, (width, alpha, eta), beliefs, demand, maker)
            closed = math.isnan(ask[0]) or math.isnan(bid[0])
            missed = width * (beliefs[0] if is_high else -beliefs[1])
            look(curves, date, 0.0 if closed else ask[0] + bid[0], missed * missed, beliefs[1] if is_high else 0.0)
            if date == periods:
                break
            draw, first, second = advance(first, second)
            comes = (ask[1] if is_high else bid[1]) > 0.0
            order, informed = _order(draw / FRACTIONS, is_high, alpha, (bid[2], ask[2]), comes)
            if order != 0:
                gain = order * missed - (ask[0] if order > 0 else bid[0])
                won, lost = (won + gain, lost) if informed else (won, lost + gain)
                trades, inventory = trades + 1, inventory - order
            if trail[0].size > 0:
                trail[0][date], trail[1][date] = order, informed
            beliefs = _next_beliefs(beliefs, order, ask, bid)
        settle(totals, won, lost, float(trades), inventory)
    return high_paths, v_low + width if is_high else v_low
