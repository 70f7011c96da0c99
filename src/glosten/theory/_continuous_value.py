"""A continuous value: fixed-point quotes of any law, and what trades leave of it.

The informed know the value, buy where V > ask and sell where V < bid; between the quotes they stay out. Every order
multiplies the density by one number beyond a quote and another before it, so the posterior is the prior times a step
function: exact for ever, no grid. ``order`` is +1 for a buy, -1 for a sell, 0 for no trade.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from glosten.theory._binary_model import ALPHA, Gains
from glosten.theory._domain import part_problem, require, whole_problem
from glosten.theory._ensemble import Simulation, simulate_ensemble, simulation_problems
from glosten.theory._many_values import ManyValues, noise_problems
from glosten.theory._order_ensemble import OrderEnsemble
from glosten.theory._order_flow import TwoSidedQuotes, impossible, order_problem
from glosten.theory._sequence import sequence_log_likelihood
from glosten.theory._value_laws import ValueLaw

CLIMBS = 500
DIGITS_LEFT = 1e-6
"""Share of a tail's second moment below which a difference of two has lost the digits it needs."""
CELLS = 401
"""Cells of equal probability that stand for the law where paths are drawn."""


class _End(NamedTuple):
    """An end of a piece with the moments of the prior above and below it."""

    point: float
    above: tuple[float, float]
    below: tuple[float, float]


@dataclass(frozen=True, slots=True)
class ContinuousValue:
    """Glosten and Milgrom's market with a continuous value that a fraction alpha of the traders knows.

    ``law`` is `UniformValue`, `NormalValue`, `ExponentialValue` or `AnyValue`; ``alpha``, ``noise_buys`` and
    ``noise_sells`` lie in [0, 1], the last two summing to 1 at most: the rest of the noise stays out. The posterior
    density is that of the law times ``weights[j]`` between ``knots[j - 1]`` and ``knots[j]``; `update` fills these in.
    Raises `DomainError` naming every parameter outside its domain.

    Source: Glosten & Milgrom (1985), section 2; the tie rule is V > ask strictly.
    """

    law: ValueLaw
    alpha: float
    noise_buys: float = 0.5
    noise_sells: float = 0.5
    knots: tuple[float, ...] = ()
    weights: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        wanted = "a law of values, as in NormalValue(100, 0.6); a distribution of scipy goes into AnyValue"
        checks = [part_problem("law", self.law, wanted, fits=hasattr(self.law, "first_quote"))]
        checks += [ALPHA.problem(self.alpha), *noise_problems(self.noise_buys, self.noise_sells)]
        if len(self.weights) != len(self.knots) + 1:
            checks.append(f"weights must be one more than knots ({len(self.knots)}); they were {len(self.weights)}.")
        require(checks)

    def _noise(self, order: int) -> float:
        """Return P(order and noise trader)."""
        quiet = max(1.0 - self.noise_buys - self.noise_sells, 0.0)
        return (1.0 - self.alpha) * {1: self.noise_buys, -1: self.noise_sells, 0: quiet}[order]

    def _end(self, point: float) -> _End:
        nothing, everything = (0.0, 0.0), (1.0, math.nan)
        if math.isinf(point):
            return _End(point, nothing, everything) if point > 0.0 else _End(point, everything, nothing)
        return _End(point, self.law.above(point), self.law.below(point))

    def _pieces(self, ends: list[_End]) -> Iterator[tuple[float, _End, _End]]:
        yield from zip(self.weights, ends[:-1], ends[1:], strict=True)

    def _ends(self) -> list[_End]:
        return [self._end(point) for point in (-math.inf, *self.knots, math.inf)]

    def _moments(self, start: _End, stop: _End, about: float) -> tuple[float, float]:
        """Return the prior's probability and first moment about a point between two ends, from the nearer tail."""
        if start.point >= self.law.mean:
            return start.above[0] - stop.above[0], self._after(start, about) - self._after(stop, about)
        return stop.below[0] - start.below[0], self._before(stop, about) - self._before(start, about)

    def _after(self, end: _End, about: float) -> float:
        """Return the prior's first moment about a point above an end."""
        return 0.0 if end.point == math.inf else (end.point - about) * end.above[0] + end.above[1]

    def _before(self, end: _End, about: float) -> float:
        """Return the prior's first moment about a point below an end."""
        if math.isinf(end.point):
            return 0.0 if end.point < 0.0 else self.law.mean - about
        return (end.point - about) * end.below[0] - end.below[1]

    def _tail(self, ends: list[_End], price: float, side: int) -> tuple[float, float]:
        """Return P(V beyond x) and E|V - x| there under the posterior; beyond is above for +1, below for -1."""
        chance = distance = 0.0
        cut = self._end(price)
        for weight, start, stop in self._pieces(ends):
            if side > 0:
                first, last = (cut if start.point < price else start), stop
            else:
                first, last = start, (cut if stop.point > price else stop)
            if first.point < last.point:
                probability, moment = self._moments(first, last, price)
                chance += weight * probability
                distance += weight * side * moment
        return chance, distance

    def _solve(self, side: int) -> float | None:
        """Return the zero-profit quote: climb x -> g(x) from E[V], which rises to max g and never passes it.

        Source: g'(x) = alpha f(x) (g(x) - x) / P(B; x), so g(x) lies between x and max g for every x before it.
        """
        noise = self._noise(side)
        if not noise > 0.0:
            return None
        known = self.law.first_quote(side, self.alpha, self.noise_buys if side > 0 else self.noise_sells)
        if known is not None and not self.knots:
            return known
        ends, mean = self._ends(), self.mean
        price = mean
        for _ in range(CLIMBS):
            chance, distance = self._tail(ends, price, side)
            gap = noise * side * (mean - price) + self.alpha * distance
            further = price + side * gap / (noise + self.alpha * chance)
            if (further - price) * side <= 4e-16 * max(abs(price), abs(distance)):
                break
            price = further
        return price

    @property
    def mean(self) -> float:
        """Return E[V] in price units."""
        return self.law.mean + self._first_moment(self.law.mean)

    def _first_moment(self, about: float) -> float:
        pieces = self._pieces(self._ends())
        return math.fsum(weight * self._moments(start, stop, about)[1] for weight, start, stop in pieces)

    @property
    def variance(self) -> float:
        """Return Var(V) in squared price units.

        At the first quotes of a normal value a buy or a sell leaves it as it was: only quiet periods teach precision.
        """
        mean, total = self.mean, []
        for weight, start, stop in self._pieces(self._ends()):
            side = 1 if start.point >= mean else -1
            near, far = (start, stop) if side > 0 else (stop, start)
            whole = self._square(near, mean, side)
            square = whole - self._square(far, mean, side)
            if square < DIGITS_LEFT * whole and weight > 0.0:
                square = self._narrow_square(start.point, stop.point, mean)
            total.append(weight * square)
        return math.fsum(total)

    def _narrow_square(self, start: float, stop: float, about: float) -> float:
        """Return the prior's second moment about a point between two prices so close that tails differ in no digit.

        Source: integration by parts, E[(V - c)^2; a < V < b] = (a - c)^2 P(a, b) + 2 int_a^b (x - c) P(x, b) dx.
        """
        side = 1 if start >= self.law.mean else -1
        near, far = (start, stop) if side > 0 else (stop, start)

        def between(price: float) -> float:
            tail = self.law.above if side > 0 else self.law.below
            return tail(price)[0] - tail(far)[0]

        half, middle = 0.5 * (stop - start), 0.5 * (start + stop)
        points = [
            (weight, middle + half * node) for node, weight in zip(*np.polynomial.legendre.leggauss(8), strict=True)
        ]
        slope = math.fsum(float(weight) * (point - about) * between(point) for weight, point in points)
        return (near - about) ** 2 * between(near) + 2.0 * side * half * slope

    def _square(self, end: _End, about: float, side: int) -> float:
        """Return the prior's second moment about a point beyond an end, on a side."""
        if math.isinf(end.point):
            whole = self.law.square(about, 1) + self.law.square(about, -1)
            return whole if end.point * side < 0.0 else 0.0
        chance, distance = end.above if side > 0 else end.below
        gap = side * (end.point - about)
        return self.law.square(end.point, side) + 2.0 * gap * distance + gap * gap * chance

    def probability(self, low: float, high: float) -> float:
        """Return P(low < V <= high) under the beliefs of now; infinite ends are allowed."""
        ends = self._ends()
        return max(self._tail(ends, low, 1)[0] - self._tail(ends, high, 1)[0], 0.0)

    def order_probability(self, order: int) -> float:
        """Return P(the next period brings this order): +1 a buy, -1 a sell, 0 no trade."""
        require([order_problem(order)])
        return self._noise(order) + self.alpha * self._informed(order, {1: self._solve(1), -1: self._solve(-1)})

    def _informed(self, order: int, at: dict[int, float | None]) -> float:
        """Return P(an informed trader sends this order)."""
        ends, chances = self._ends(), {}
        for side in (1, -1):
            price = at[side]
            chances[side] = 0.0 if price is None else self._tail(ends, price, side)[0]
        return chances[order] if order else max(1.0 - chances[1] - chances[-1], 0.0)

    def why_no_quote(self, side: int) -> str | None:
        """Return in words why a side has no quote, None where it has one."""
        require([None if side in (1, -1) else f"side must be 1 (a buy) or -1 (a sell); it was {side}."])
        if self._noise(side) > 0.0:
            return None
        buys = side > 0
        noise = f"no noise trader {'buys (noise_buys' if buys else 'sells (noise_sells'} = 0)"
        if self.alpha == 1.0:
            noise = "there are no noise traders (alpha = 1)"
        word, name = ("buy", "ask") if buys else ("sell", "bid")
        return f"A {word} has probability 0: {noise}, and at every {name} the informed {word} only what it loses on."

    def quotes(self) -> TwoSidedQuotes:
        """Return both quotes before the next order, with the probability of each order.

        Source: closed forms for the first quotes, then ask = max_x g(x) and bid = min_x h(x).
        """
        at = {side: self._solve(side) for side in (1, -1)}
        buy, sell, none = (self._noise(order) + self.alpha * self._informed(order, at) for order in (1, -1, 0))
        bid, ask = at[-1], at[1]
        spread = None if bid is None or ask is None else ask - bid
        return TwoSidedQuotes(bid, ask, spread, self.mean, buy, sell, none, self.why_no_quote(-1), self.why_no_quote(1))

    def update(self, order: int) -> ContinuousValue:
        """Return the model after a buy (1), a sell (-1) or no trade (0) at its quotes.

        Raises `DomainError` where it cannot happen.

        Source: Bayes: the density is multiplied by P(order | V) / P(order), a step function of V.
        """
        require([order_problem(order)])
        at = {side: self._solve(side) for side in (1, -1)}
        total = self._noise(order) + self.alpha * self._informed(order, at)
        if not total > 0.0:
            raise impossible(order, self.why_no_quote(order) if order else None)
        knots = sorted({*self.knots, *(price for price in at.values() if price is not None)})
        weights = []
        for place in range(len(knots) + 1):
            # A piece without its upper end: its weight is that of the old piece it lies in, its order a matter of it.
            edge = knots[place] if place < len(knots) else math.inf
            ask, bid = at[1], at[-1]
            sends = 1 if ask is not None and edge > ask else -1 if bid is not None and edge <= bid else 0
            likely = self._noise(order) + (self.alpha if sends == order else 0.0)
            old = self.weights[bisect.bisect_left(self.knots, edge)]
            weights.append(old * likely / total)
        return replace(self, knots=tuple(knots), weights=tuple(weights))

    def log_likelihood(self, orders: Iterable[int]) -> float:
        """Return ln P(a sequence of orders, each at the quotes of its time); minus infinity where it cannot happen."""
        return sequence_log_likelihood(self, orders)

    def informed_share(self, order: int) -> float | None:
        """Return P(the trader was informed | order), None where it cannot happen."""
        total = self.order_probability(order)
        return 1.0 - self._noise(order) / total if total > 0.0 else None

    def gains(self, side: int | None = None) -> Gains:
        """Return who expects to gain and lose on the next arrival: on one side, or on both together.

        Source: alpha E[(V - a)^+] = n (a - E V) at the zero-profit ask, and its mirror at the bid.
        """
        informed = noise = 0.0
        for one in (1, -1) if side is None else (side,):
            price = self._solve(one)
            if price is not None:
                informed += self.alpha * self._tail(self._ends(), price, one)[1]
                noise += self._noise(one) * one * (self.mean - price)
        return Gains(informed, noise, -(informed + noise))

    def _edges(self, cells: int) -> list[float]:
        """Return the prices between cells of equal probability under the beliefs of now."""
        starts = [0.0, *(self.law.below(knot)[0] for knot in self.knots)]
        stops = [*starts[1:], 1.0]
        edges, piece, before = [], 0, 0.0
        for cell in range(1, cells):
            wanted = cell / cells
            while piece < len(self.knots):
                held = self.weights[piece] * (stops[piece] - starts[piece])
                if before + held >= wanted and held > 0.0:
                    break
                before, piece = before + held, piece + 1
            weight = self.weights[piece]
            place = starts[piece] + (wanted - before) / weight if weight > 0.0 else stops[piece]
            edges.append(self.law.quantile(min(max(place, starts[piece]), stops[piece])))
        return edges

    def in_cells(self, cells: int = CELLS) -> ManyValues:
        """Return the market whose value is one of so many: cells of equal probability, each told by its mean.

        E[V] stays what it is, Var(V) loses what lies within the cells, and the quotes are off by a fraction of a cell's
        width. Cells whose means are too close for numbers to tell apart are one. Raises `DomainError` for fewer than 2.

        Source: the best approximation of a law by equally likely points; the mean of each is Bayes within its cell.
        """
        require([whole_problem("cells", cells, 2)])
        edges, mean = self._edges(cells), self.mean
        chances, moments = [0.0] * cells, [0.0] * cells
        points = [self._end(point) for point in (-math.inf, *sorted({*edges, *self.knots}), math.inf)]
        for start, stop in itertools.pairwise(points):
            cell = bisect.bisect_left(edges, stop.point)
            weight = self.weights[bisect.bisect_left(self.knots, stop.point)]
            chance, moment = self._moments(start, stop, mean)
            chances[cell] += weight * chance
            moments[cell] += weight * moment
        values, beliefs = _told_apart(mean, chances, moments)
        return ManyValues(values, beliefs, self.alpha, self.noise_buys, self.noise_sells)

    def ensemble(self, periods: int, seed: int = 0, cells: int = CELLS) -> OrderEnsemble:
        """Return all paths of that many periods that the seed draws, of the market `in_cells`."""
        require([*simulation_problems(periods, 1, seed), whole_problem("cells", cells, 2)])
        return self.in_cells(cells).ensemble(periods, seed)

    def simulate(self, periods: int, paths: int, seed: int = 0, cells: int = CELLS) -> Simulation:
        """Return means over simulated paths of that many periods, each with its standard error, `in_cells`."""
        require([*simulation_problems(periods, paths, seed), whole_problem("cells", cells, 2)])
        return simulate_ensemble(self.ensemble(periods, seed, cells), paths)


def _told_apart(
    mean: float, chances: Sequence[float], moments: Sequence[float]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the means of equally likely cells and their probabilities, those too close to the one before joined."""
    kept: list[tuple[float, float, int]] = []
    for chance, moment in zip(chances, moments, strict=True):
        cell = chance, moment, 1
        while kept and not (
            cell[0] > 0.0 and kept[-1][0] > 0.0 and mean + cell[1] / cell[0] > mean + kept[-1][1] / kept[-1][0]
        ):
            before = kept.pop()
            cell = before[0] + cell[0], before[1] + cell[1], before[2] + cell[2]
        kept.append(cell)
    share = 1.0 / len(chances)
    return tuple(mean + moment / chance for chance, moment, _ in kept), tuple(share * count for _, _, count in kept)
