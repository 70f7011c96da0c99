"""The likelihood of a sequence of orders, once for every model that knows its next order and learns from it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Protocol


class Sequential(Protocol):
    """A model that says how likely each next order is, and becomes another model after it."""

    def order_probability(self, order: int, /) -> float:
        """Return P(the next period brings this order)."""

    def update(self, order: int, /) -> Sequential:
        """Return the model after the order."""


def sequence_log_likelihood(model: Sequential, orders: Iterable[int]) -> float:
    """Return ln P(a sequence of orders, each at the quotes of its time); minus infinity where it cannot happen.

    Source: the chain rule: the product of the orders' probabilities, each given those before.
    """
    now, total = model, 0.0
    for order in orders:
        probability = now.order_probability(order)
        if not probability > 0.0:
            return -math.inf
        total += math.log(probability)
        now = now.update(order)
    return total
