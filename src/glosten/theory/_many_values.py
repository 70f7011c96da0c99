"""A value among finitely many: quotes that decide who trades, and trades that decide the quotes.

The informed know the value and trade only where it pays strictly: they buy where V > ask, sell where V < bid, and stay
out otherwise, a tie included. A period without a trade therefore speaks for the values between the quotes. ``order`` is
+1 for a buy, -1 for a sell, 0 for no trade.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from glosten._jit import jit
from glosten.theory._binary_model import ALPHA, Gains
from glosten.theory._domain import Interval, numbers_of, part_problem, require
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._order_ensemble import OrderEnsemble
from glosten.theory._order_flow import OrderTable, TwoSidedQuotes, impossible
from glosten.theory._order_table import BUY_COLUMN, NONE_COLUMN, SELL_COLUMN, Floats, choose, choose_ask, choose_bid
from glosten.theory._sequence import sequence_log_likelihood

NOISE_BUYS = Interval("noise_buys", "the probability that a noise trader buys")
NOISE_SELLS = Interval("noise_sells", "the probability that a noise trader sells")
UNIT_TOLERANCE = 1e-9


def noise_problems(buys: float, sells: float) -> list[str | None]:
    """Return what is wrong with the probabilities that a noise trader buys and sells."""
    problems = [NOISE_BUYS.problem(buys), NOISE_SELLS.problem(sells)]
    if problems == [None, None] and buys + sells > 1.0 + UNIT_TOLERANCE:
        problems.append(f"noise_buys and noise_sells must sum to 1 at most; they summed to {buys + sells:g}.")
    return problems


"""By how much probabilities may miss a sum of 1; they are divided by their sum."""


@jit
def _noise_table(states: int, alpha: float, noise_buys: float, noise_sells: float) -> Floats:
    """Return P(order and noise trader | state), shape (states, 3)."""
    table: Floats = np.empty((states, 3))
    table[:, SELL_COLUMN] = (1.0 - alpha) * noise_sells
    table[:, NONE_COLUMN] = (1.0 - alpha) * max(1.0 - noise_buys - noise_sells, 0.0)
    table[:, BUY_COLUMN] = (1.0 - alpha) * noise_buys
    return table


@jit
def ask_of_values(values: Floats, beliefs: Floats, alpha: float, noise_buys: float) -> tuple[float, int]:
    """Return (ask, index of the lowest value at which the informed buy), values ascending; (NaN, size) without noise.

    Source: Glosten & Milgrom (1985), Proposition 1; ask = max_x g(x), g(x) = [(1-alpha) eta E V + alpha E(V; V > x)] /
    [(1-alpha) eta + alpha P(V > x)], found exactly over the finite set of sets of buyers, `choose_ask`.
    """
    noise = _noise_table(values.size, alpha, noise_buys, 0.0)
    return choose_ask(values, beliefs, np.full(values.size, alpha), noise)


@jit
def bid_of_values(values: Floats, beliefs: Floats, alpha: float, noise_sells: float) -> tuple[float, int]:
    """Return (bid, index of the highest value at which the informed sell), values ascending; (NaN, -1) without noise.

    Source: as `ask_of_values`, mirrored: bid = min_x h(x).
    """
    noise = _noise_table(values.size, alpha, 0.0, noise_sells)
    return choose_bid(values, beliefs, np.full(values.size, alpha), noise)


@dataclass(frozen=True, slots=True)
class ManyValues:
    """Glosten and Milgrom's market with finitely many values; a fraction alpha of the traders knows the true one.

    ``values`` ascending in price units, at least one; ``beliefs`` their probabilities, summing to 1; ``alpha``,
    ``noise_buys`` and ``noise_sells`` in [0, 1], the last two summing to 1 at most: the rest of the noise stays out.
    Raises `DomainError` naming every parameter outside its domain.

    Source: Glosten & Milgrom (1985), section 2; the tie rule is V > ask strictly.
    """

    values: tuple[float, ...]
    beliefs: tuple[float, ...]
    alpha: float
    noise_buys: float = 0.5
    noise_sells: float = 0.5

    def __post_init__(self) -> None:
        wanted = "numbers in a row, as in (0, 50, 100)"
        given = {"values": numbers_of(self.values), "beliefs": numbers_of(self.beliefs)}
        require(part_problem(name, getattr(self, name), wanted, fits=row is not None) for name, row in given.items())
        values, beliefs = given["values"] or (), given["beliefs"] or ()
        checks = [ALPHA.problem(self.alpha), *noise_problems(self.noise_buys, self.noise_sells)]
        require([*checks, *_values_problems(values, beliefs)])
        total = math.fsum(beliefs)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "beliefs", tuple(belief / total for belief in beliefs))
        for name in ("alpha", "noise_buys", "noise_sells"):
            object.__setattr__(self, name, float(getattr(self, name)))

    @classmethod
    def uniform(cls, values: Iterable[float], alpha: float) -> ManyValues:
        """Return the market where every value is as likely as any other, and noise buys or sells equally often."""
        kept = tuple(values)
        return cls(kept, (1.0 / max(len(kept), 1),) * len(kept), alpha)

    @property
    def _table(self) -> OrderTable:
        states = np.array([self.values, self.beliefs])
        informed = np.zeros((len(self.values), 3))
        informed[:, NONE_COLUMN] = self.alpha
        noise = _noise_table(len(self.values), self.alpha, self.noise_buys, self.noise_sells)
        tables = np.stack([informed, noise])
        choose(states, tables)
        return OrderTable(states, tables)

    @property
    def mean(self) -> float:
        """Return E[V] in price units."""
        return self._table.mean

    def order_probability(self, order: int) -> float:
        """Return P(the next period brings this order): +1 a buy, -1 a sell, 0 no trade."""
        return self._table.probability(order)

    def informed_values(self, side: int) -> tuple[float, ...]:
        """Return the values at which the informed buy (+1) or sell (-1) at the quotes, or stay out (0).

        Source: `ask_of_values`, `bid_of_values`.
        """
        table = self._table
        table.probability(side)
        trading = table.tables[0, :, side + 1] > 0.0
        return tuple(value for value, trades in zip(self.values, trading, strict=True) if trades)

    def why_no_quote(self, side: int) -> str | None:
        """Return in words why a side has no quote, None where it has one."""
        if self._table.probability(side) > 0.0:
            return None
        buys = side > 0
        noise = f"no noise trader {'buys (noise_buys' if buys else 'sells (noise_sells'} = 0)"
        if self.alpha == 1.0:
            noise = "there are no noise traders (alpha = 1)"
        word, name = ("buy", "ask") if buys else ("sell", "bid")
        return f"A {word} has probability 0: {noise}, and at every {name} the informed {word} only what it loses on."

    def quotes(self) -> TwoSidedQuotes:
        """Return both quotes before the next order, with the probability of each order.

        Source: `ask_of_values`, `bid_of_values`.
        """
        return self._table.quotes(self.why_no_quote)

    def update(self, order: int) -> ManyValues:
        """Return the model after a buy (1), a sell (-1) or no trade (0) at its quotes.

        Raises `DomainError` where it cannot happen.

        Source: Bayes with the informed who trade at these quotes.
        """
        after = self._table.after(order)
        if after is None:
            raise impossible(order, self.why_no_quote(order) if order else None)
        return replace(self, beliefs=after)

    def log_likelihood(self, orders: Iterable[int]) -> float:
        """Return ln P(a sequence of orders, each at the quotes of its time); minus infinity where it cannot happen.

        The order matters here, since who trades depends on the quotes.

        Source: the product of the orders' probabilities, each given those before.
        """
        return sequence_log_likelihood(self, orders)

    def informed_share(self, order: int) -> float | None:
        """Return P(the trader was informed | order), None where it cannot happen."""
        return self._table.informed_share(order)

    def gains(self, order: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival: by one order, or by all together."""
        return self._table.gains(order)

    def ensemble(self, periods: int, seed: int = 0) -> OrderEnsemble:
        """Return all paths of that many periods that the seed draws, the quotes solved anew in every period."""
        return self._table.ensemble("many values", periods, seed, chooses=True)

    def simulate(self, periods: int, paths: int, seed: int = 0) -> Simulation:
        """Return means over simulated paths of that many periods, each with its standard error."""
        require(simulation_problems(periods, paths, seed))
        return simulate_ensemble(self.ensemble(periods, seed), paths)


def _values_problems(values: tuple[float, ...], beliefs: tuple[float, ...]) -> list[str]:
    """Return the problems of the values and their probabilities."""
    if not values:
        return ["values must hold at least one value; there was none."]
    problems = []
    if not all(math.isfinite(value) for value in values):
        problems.append("values must be finite numbers; one was not.")
    elif any(one >= other for one, other in itertools.pairwise(values)):
        problems.append("values must ascend, each above the one before; they did not.")
    if len(beliefs) != len(values):
        problems.append(f"beliefs must be as many as values ({len(values)}); they were {len(beliefs)}.")
    elif not all(math.isfinite(belief) and belief >= 0.0 for belief in beliefs):
        problems.append("beliefs must be finite and 0 or more; one was not.")
    elif not math.isclose(math.fsum(beliefs), 1.0, abs_tol=UNIT_TOLERANCE):
        problems.append(f"beliefs must sum to 1; they summed to {math.fsum(beliefs):g}.")
    return problems
