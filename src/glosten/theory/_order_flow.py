"""What models with buys, sells and periods without a trade have in common: their quotes, orders and paths."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from glosten.errors import DomainError
from glosten.theory import _order_table
from glosten.theory._binary_model import Gains
from glosten.theory._domain import require
from glosten.theory._order_ensemble import OrderEnsemble, order_ensemble
from glosten.theory._order_table import Floats

ORDERS = {1: "buy", -1: "sell", 0: "period without a trade"}


class TwoSidedQuotes(NamedTuple):
    """Both quotes before the next order, in price units, and how likely each order is.

    A side without a quote is None (there is no spread then), and ``why_no_bid`` or ``why_no_ask`` says why in words.
    """

    bid: float | None
    ask: float | None
    spread: float | None
    mean: float
    p_buy: float
    p_sell: float
    p_none: float
    why_no_bid: str | None
    why_no_ask: str | None


@dataclass(frozen=True, slots=True)
class OrderTable:
    """States with their values and beliefs, shape (2, states), and who sends which order, shape (2, states, 3)."""

    states: Floats
    tables: Floats

    @property
    def both(self) -> Floats:
        """Return P(order | state), shape (states, 3)."""
        total: Floats = self.tables[0] + self.tables[1]
        return total

    @property
    def values(self) -> Floats:
        """Return the values of the states."""
        values: Floats = self.states[0]
        return values

    @property
    def beliefs(self) -> Floats:
        """Return the beliefs in the states."""
        beliefs: Floats = self.states[1]
        return beliefs

    @property
    def mean(self) -> float:
        """Return E[V]."""
        lowest = self.values[0]
        return float(lowest + self.beliefs @ (self.values - lowest))

    def probability(self, order: int) -> float:
        """Return P(order); raises `DomainError` unless the order is 1, -1 or 0."""
        require([order_problem(order)])
        return float(_order_table.order_probability(self.beliefs, self.both, order))

    def price(self, order: int) -> float | None:
        """Return E[V | order], None where it cannot happen."""
        price = float(_order_table.price_of_order(self.values, self.beliefs, self.both, order))
        return None if math.isnan(price) else price

    def log_ratio(self, order: int) -> float:
        """Return ln of how much likelier an order is under the last state than under the first."""
        low, high = self.both[[0, -1], order + 1]
        if not (low > 0.0 and high > 0.0):
            return math.inf if high > 0.0 else -math.inf
        return math.log(high / low)

    def after(self, order: int) -> tuple[float, ...] | None:
        """Return the beliefs after an order, None where it cannot happen."""
        require([order_problem(order)])
        beliefs = _order_table.beliefs_after(self.beliefs, self.both, order)
        return None if np.isnan(beliefs).any() else tuple(beliefs.tolist())

    def quotes(self, why_no_quote: Callable[[int], str | None]) -> TwoSidedQuotes:
        """Return both quotes; the function says why a side has none."""
        bid, ask = self.price(-1), self.price(1)
        spread = (
            None
            if bid is None or ask is None
            else float(_order_table.spread_of_orders(self.values, self.beliefs, self.both))
        )
        return TwoSidedQuotes(
            bid=bid,
            ask=ask,
            spread=spread,
            mean=self.mean,
            p_buy=self.probability(1),
            p_sell=self.probability(-1),
            p_none=self.probability(0),
            why_no_bid=why_no_quote(-1) if bid is None else None,
            why_no_ask=why_no_quote(1) if ask is None else None,
        )

    def informed_share(self, order: int) -> float | None:
        """Return P(the trader was informed | order), None where it cannot happen."""
        total = self.probability(order)
        informed = float(_order_table.order_probability(self.beliefs, self.tables[0], order))
        return informed / total if total > 0.0 else None

    def gains(self, order: int | None) -> Gains:
        """Return who expects to gain and lose on the next arrival: by one order, or by all together."""
        require([None if order is None else order_problem(order)])
        orders = (1, -1) if order is None else (order,)
        rows = [_order_table.gains_of_order(self.values, self.beliefs, self.tables, one) for one in orders]
        return Gains(*(sum(column) for column in zip(*rows, strict=True)))

    def ensemble(self, name: str, periods: int, seed: int, *, chooses: bool = False) -> OrderEnsemble:
        """Return the paths of the model of that name; ``chooses``: the informed decide on the quotes of each period."""
        return order_ensemble(name, (self.states, self.tables), periods, seed, chooses=chooses)


def order_problem(order: int) -> str | None:
    """Return what is wrong with an order, or None."""
    return None if order in ORDERS else f"order must be 1 (a buy), -1 (a sell) or 0 (no trade); it was {order}."


def impossible(order: int, reason: str | None) -> DomainError:
    """Return the error of an update by an order that cannot happen."""
    return DomainError(f"{reason or f'A {ORDERS[order]} has probability 0.'} Nothing can be learned from it.")


def log_sum(terms: Iterable[float]) -> float:
    """Return ln(sum exp(term)) without overflow; minus infinity where every term is."""
    kept = list(terms)
    largest = max(kept)
    if largest == -math.inf:
        return largest
    return largest + math.log(math.fsum(math.exp(term - largest) for term in kept))


def log_power(count: int, probability: float) -> float:
    """Return count * ln(probability) with 0 ln 0 = 0."""
    if count == 0:
        return 0.0
    return count * math.log(probability) if probability > 0.0 else -math.inf
