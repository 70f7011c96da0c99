"""A maker who dislikes risk: quotes that leave expected utility where it was, and the inventory-only benchmarks.

With constant absolute risk aversion rho and an inventory of I units, a trade at the indifference price leaves
E[-exp(-rho wealth)] as it was *given that trade*. For a value of V_L or V_H the inventory then acts as a shift of the
log-odds by -rho I (V_H - V_L), and what is left is the cumulant of one Bernoulli variable.
"""

from __future__ import annotations

import math

from glosten._jit import jit
from glosten.theory._binary import belief
from glosten.theory._domain import Interval

RISK_AVERSION = Interval("risk_aversion", "of the maker, per price unit", 0.0, math.inf)
INVENTORY = Interval("inventory", "of the maker, in units", -math.inf, math.inf)
SMALL = 1.0
"""Exponents up to this size take the form that is exact near 0, larger ones the form that cannot overflow."""


def averse_problems(risk_aversion: float, inventory: float, width: float) -> list[str | None]:
    """Return what is wrong with a maker's aversion and inventory in a market of that width between its values."""
    problems = [RISK_AVERSION.problem(risk_aversion), INVENTORY.problem(inventory)]
    if problems == [None, None]:
        exponent = float(risk_aversion) * float(width) * (abs(float(inventory)) + 1.0)
        if math.isinf(exponent):
            problems.append(
                "risk_aversion times (v_high - v_low) times (1 + |inventory|) must be a finite number; they were "
                f"{risk_aversion:g}, {width:g} and {inventory:g}."
            )
    return problems


@jit
def log_one_plus_exp(x: float) -> float:
    """Return ln(1 + e^x) without overflow."""
    return x + math.log1p(math.exp(-x)) if x > 0.0 else math.log1p(math.exp(x))


@jit
def bernoulli_cumulant(log_odds: float, exponent: float) -> float:
    """Return ln E[e^(t X)] of X in {0, 1} whose log-odds are given, t the exponent: a log-sum-exp of two terms.

    Exact to the last digits for small exponents, and finite for large ones.
    """
    if math.isinf(log_odds):
        return exponent if log_odds > 0.0 else 0.0
    if abs(exponent) <= SMALL:
        return math.log1p(belief(log_odds) * math.expm1(exponent))
    return log_one_plus_exp(log_odds + exponent) - log_one_plus_exp(log_odds)


@jit
def indifference_price(side: int, log_odds_after: float, risk_aversion: float, inventory: float) -> float:
    """Return the price, with V_L = 0 and V_H = 1, at which a maker is indifferent to sell (side +1) or buy (-1) a unit.

    ``log_odds_after`` are those of V_H given the trade; ``risk_aversion`` is per unit of V_H - V_L. At 0 the price is
    the expectation, as in `posterior`.

    Source: constant absolute risk aversion (Pratt 1964), indifferent as in Stoll (1978):
    ask = (1 / rho) ln{E[e^(-rho (I - 1) V) | B] / E[e^(-rho I V) | B]},
    bid = -(1 / rho) ln{E[e^(-rho (I + 1) V) | S] / E[e^(-rho I V) | S]}.
    """
    shifted = log_odds_after - risk_aversion * inventory
    if risk_aversion <= 0.0:
        return belief(shifted)
    return side * bernoulli_cumulant(shifted, side * risk_aversion) / risk_aversion


@jit
def gaussian_price(side: int, mean: float, variance: float, risk_aversion: float, inventory: float) -> float:
    """Return the indifference price of a normal value, in price units; mean and variance are those given the trade.

    Source: the same definition as `indifference_price`: ask = E[V | B] + rho Var (1/2 - I), bid = E[V | S] - rho Var
    (1/2 + I).
    """
    return mean + risk_aversion * variance * (0.5 * side - inventory)


@jit
def mean_variance_price(side: int, mean: float, variance: float, risk_aversion: float, inventory: float) -> float:
    """Return the competitive price of a normal value that tells nothing: the marginal one after the trade.

    Spread 2 rho s^2, midquote mu - rho s^2 I.

    Source: Foucault, Pagano & Roell, Market Liquidity, 3.43-3.60.
    """
    return mean + risk_aversion * variance * (side - inventory)


@jit
def mean_sd_price(side: int, mean: float, sd: float, risk_aversion: float, inventory: float) -> float:
    """Return the indifference price where risk costs rho times the standard deviation of wealth, s |I|.

    Flat, the spread is 2 rho s; with a unit or more on one side a trade moves |I| by the same amount both ways, so
    both prices are mu - rho s sign(I).

    Source: Foucault, Pagano & Roell, Market Liquidity, 3.43-3.60, at I = 0; indifference for any other inventory.
    """
    return mean + side * risk_aversion * sd * (abs(inventory - side) - abs(inventory))


@jit
def inventory_shift(price: float, inventory: float, per_unit: float) -> float:
    """Return a quote moved against the inventory, both quotes alike: price - gamma I.

    Source: Das (2005), A learning market-maker in the Glosten-Milgrom model.
    """
    return price - per_unit * inventory
