"""Capacity: how much more the same trading could earn before it moves the market against itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from glosten._jit import jit
from glosten.alpha._impact import LINEAR, Impact
from glosten.errors import DomainError
from glosten.statistics import FRACTIONS, Interval, Mean, percentile_interval, stream, uniform

Floats = NDArray[np.float64]

DRAWS = 4_000
CURVE_POINTS = 41
GOALS = (("GBP 200 million a year", 200e6, "GBP"), ("USD 500 million a year", 500e6, "USD"))
"""What the simulator's brief asks for: "£200 million/year alpha" and "$500M+/year"."""
USD_ASSETS = ("USD", "USDT", "USDC", "BUSD", "FDUSD", "TUSD", "DAI")
"""Assets that are taken for dollars where nobody gives a rate."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is assumed and not measured.

    ``most_participation`` caps our share of the traded volume, ``trading_days`` and ``hours_per_day`` make a year of
    the tape's rate, ``usd_per_quote`` (NaN: unknown) and ``usd_per_gbp`` turn quote units into the goals' money.
    """

    most_participation: float = 0.1
    trading_days: float = 365.0
    hours_per_day: float = 24.0
    usd_per_quote: float = math.nan
    usd_per_gbp: float = 1.25

    def __post_init__(self) -> None:
        problems = []
        if not 0.0 < self.most_participation <= 1.0:
            problems.append(f"The largest participation is {self.most_participation}; it must be above 0, at most 1.")
        if not 0.0 < self.trading_days <= 366.0 or not 0.0 < self.hours_per_day <= 24.0:
            problems.append(
                f"A year of {self.trading_days:g} days of {self.hours_per_day:g} hours is none; give up to 366 and 24."
            )
        if self.usd_per_quote <= 0.0 or not self.usd_per_gbp > 0.0:
            problems.append(f"Rates must be above 0; got {self.usd_per_quote} and {self.usd_per_gbp}.")
        if problems:
            raise DomainError(problems)

    @property
    def year_s(self) -> float:
        """Return the seconds of trading in a year."""
        return self.trading_days * self.hours_per_day * 3_600.0


@dataclass(frozen=True, slots=True)
class Edge:
    """What trading earned per amount traded: in bps of it, after fees, with its error; amounts in quote units.

    ``net_share`` is the share of a bar's volume by which our own trading pushed one way (`one_way_share`);
    ``is_replayed`` says that the market did not see us, so that what was earned does not know of that push yet.
    """

    per_traded_bps: Mean
    traded: float
    market_traded: float
    span_s: float
    net_share: float
    is_replayed: bool = True

    @property
    def participation(self) -> float:
        """Return our share of the traded volume."""
        return self.traded / self.market_traded if self.market_traded > 0 else math.nan


@dataclass(frozen=True, slots=True)
class Goal:
    """How far the annual figure is from a goal: the ``share`` of it, and how many such markets would reach it."""

    name: str
    share: float
    markets: float


@dataclass(frozen=True)
class Capacity:
    """The annual figure at the best size, in quote units, with its interval and everything it rests on.

    ``today`` is the annual figure at the size that was run; ``participation`` the share of the volume at which most is
    earned, ``size`` that over the share of the run; ``curve`` (participation, annual figure) for drawing. ``capped``
    says that the participation cap and not impact ends the growth; ``why`` says why there is no figure.
    """

    annual: float
    interval: Interval
    today: float
    today_interval: Interval
    participation: float
    size: float
    capped: bool
    edge: Edge
    impact: Impact
    assumptions: Assumptions
    curve: tuple[tuple[float, float], ...]
    goals: tuple[Goal, ...]
    why: str = ""


def capacity(edge: Edge, impact: Impact, assumptions: Assumptions, seed: int = 0) -> Capacity:
    """Return how what trading earned scales with its size, and the most it could earn a year.

    At s times the size, an amount traded earns e(s) = h - c (n s)^d: n is the share of a bar's volume by which we push
    one way, c and d the impact of net volume, h what was earned before own impact (e_1, and c n^d more where it was
    live). A year earns e(s) s f_1 V with f_1 our share of the volume V. It is largest at
    s = (h / (c (1 + d)))^(1/d) / n, or at the participation cap. The interval redraws e_1, c and V from their normal
    errors (`DRAWS` times), choosing the size anew each time; a year that could not earn anything earns 0.
    Source: Toth et al. (2011) for c n^d; Almgren & Chriss (2000) for trading against one's own impact.
    """
    why = _why_not(edge, impact)
    if why:
        none = Interval(math.nan, math.nan, 0.95)
        nan = math.nan
        return Capacity(
            nan, none, nan, none, nan, nan, capped=False, edge=edge, impact=impact, assumptions=assumptions,
            curve=(), goals=(), why=why,
        )  # fmt: skip
    terms = _Terms(edge, impact.exponent, assumptions.most_participation)
    volume = edge.market_traded * assumptions.year_s / edge.span_s
    now = _Numbers(np.array([edge.per_traded_bps.mean]), np.array([impact.coefficient_bps]), np.array([volume]))
    drawn = _redraw(edge, impact, volume, seed)
    size = terms.best(now)
    best = float(size[0])
    largest = assumptions.most_participation / edge.participation
    sizes = np.linspace(0.0, largest, CURVE_POINTS)
    return Capacity(
        annual=float(terms.earned(now, size)[0]),
        interval=percentile_interval(terms.earned(drawn, terms.best(drawn))),
        today=float(terms.earned(now, np.ones(1))[0]),
        today_interval=percentile_interval(terms.earned(drawn, np.ones(DRAWS))),
        participation=best * edge.participation,
        size=best,
        capped=best >= largest,
        edge=edge,
        impact=impact,
        assumptions=assumptions,
        curve=tuple((float(at) * edge.participation, float(terms.earned(now, np.array([at]))[0])) for at in sizes),
        goals=_goals(float(terms.earned(now, size)[0]), assumptions),
    )


class _Numbers(NamedTuple):
    """What is measured with an error: bps per amount traded, bps of impact, quote units traded by all in a year."""

    edge: Floats
    cost: Floats
    volume: Floats


@dataclass(frozen=True, slots=True)
class _Terms:
    """What is taken as given: how the run traded, the power of impact and the participation cap."""

    run: Edge
    exponent: float
    cap: float

    def height(self, numbers: _Numbers) -> Floats:
        """Return what an amount traded earns before own impact, in bps."""
        included = 0.0 if self.run.is_replayed else self.run.net_share**self.exponent
        height: Floats = numbers.edge + np.maximum(numbers.cost, 0.0) * included
        return height

    def earned(self, numbers: _Numbers, size: Floats) -> Floats:
        """Return the annual figure at a size, in quote units."""
        push = np.maximum(numbers.cost, 0.0) * (self.run.net_share * size) ** self.exponent
        figure: Floats = 1e-4 * (self.height(numbers) - push) * size * self.run.participation * numbers.volume
        return figure

    def best(self, numbers: _Numbers) -> Floats:
        """Return the size at which most is earned, 0 where nothing can be."""
        height, cost = self.height(numbers), np.maximum(numbers.cost, 0.0) * self.run.net_share**self.exponent
        with np.errstate(divide="ignore", invalid="ignore"):
            free = np.where(cost > 0.0, (height / (cost * (1.0 + self.exponent))) ** (1.0 / self.exponent), np.inf)
        size: Floats = np.where(height > 0.0, np.minimum(free, self.cap / self.run.participation), 0.0)
        return size


def _why_not(edge: Edge, impact: Impact) -> str:
    if not edge.participation > 0:
        return "nothing was traded, or the market's volume is unknown"
    if not math.isfinite(edge.per_traded_bps.se):
        return "the error of what was earned per amount traded is unknown: too few orders traded"
    if not math.isfinite(impact.coefficient_bps):
        return "the tape is too short to measure impact"
    return ""


@jit
def _draw(key: np.uint64, fractions: Floats) -> None:
    """Fill an array with uniform draws that are never 0."""
    width = fractions.shape[1]
    for row in range(len(fractions)):
        for column in range(width):
            fractions[row, column] = uniform(key, row * width + column) + 0.5 / FRACTIONS


def _redraw(edge: Edge, impact: Impact, volume: float, seed: int) -> _Numbers:
    """Return draws of the edge, the impact and the year's volume; numbers that cannot be negative are cut at 0."""
    fractions = np.empty((DRAWS, 3))
    _draw(stream(seed, "capacity"), fractions)
    scores = special.ndtri(fractions)
    relative = impact.volume.se / impact.volume.mean if impact.volume.mean > 0 else 0.0
    return _Numbers(
        edge.per_traded_bps.mean + edge.per_traded_bps.se * scores[:, 0],
        np.maximum(impact.coefficient_bps + impact.se_bps * scores[:, 1], 0.0),
        volume * np.maximum(1.0 + (relative if math.isfinite(relative) else 0.0) * scores[:, 2], 0.0),
    )


def _goals(annual: float, assumptions: Assumptions) -> tuple[Goal, ...]:
    rates = {"USD": assumptions.usd_per_quote, "GBP": assumptions.usd_per_quote / assumptions.usd_per_gbp}
    outcome = []
    for name, amount, money in GOALS:
        share = annual * rates[money] / amount
        if math.isfinite(share):
            outcome.append(Goal(name, share, 1.0 / share if share > 0 else math.inf))
    return tuple(outcome)


def usd_rate(quote_asset: str) -> float:
    """Return the dollars of one quote unit where its name says them (`USD_ASSETS` count as 1), else NaN."""
    return 1.0 if quote_asset.upper() in USD_ASSETS else math.nan


def capacity_sentences(found: Capacity, quote_asset: str) -> tuple[str, ...]:
    """Return the figure, its interval and its assumptions in words; no figure goes without them."""
    if found.why:
        return (f"There is no capacity figure: {found.why}.",)
    edge, impact, given = found.edge, found.impact, found.assumptions
    law = "itself" if impact.exponent == LINEAR else f"the power {impact.exponent:g}"
    sentences = []
    if found.participation <= 0.0:
        sentences.append(
            f"At no size does this earn anything: {edge.per_traded_bps.mean:+.3f} bps of what is traded is not above "
            f"the cost of its own impact (95 % interval of the best a year: {_money(found.interval.low)} to "
            f"{_money(found.interval.high)} {quote_asset})."
        )
    else:
        end = "the participation cap" if found.capped else "its own impact"
        sentences.append(
            f"At most {_money(found.annual)} {quote_asset} a year from this market (95 % interval "
            f"{_money(found.interval.low)} to {_money(found.interval.high)}), at {found.participation:.2%} of the "
            f"volume or {found.size:.3g} times the size that was run, where {end} ends the growth."
        )
    sentences.append(
        f"At the size that was run it is {_money(found.today)} {quote_asset} a year (95 % interval "
        f"{_money(found.today_interval.low)} to {_money(found.today_interval.high)}): "
        f"{edge.per_traded_bps.mean:+.3f} bps of the {_money(edge.traded)} {quote_asset} traded, standard error "
        f"{edge.per_traded_bps.se:.3f}, {edge.participation:.3%} of the market's volume."
    )
    seen = "is taken off, since the tape did not see us" if edge.is_replayed else "is in what was earned"
    sentences.append(
        f"Assumed: the tape's {_span(edge.span_s)} are like every hour of {given.trading_days:g} days of "
        f"{given.hours_per_day:g} hours; at most {given.most_participation:.0%} of the volume; our net trading, "
        f"{100 * edge.net_share:.2g}% of a {impact.bar_s:g} s bar's volume at the size that was run and growing with "
        f"it, moves the mid against us by {impact.coefficient_bps:.3g} bps (standard error {impact.se_bps:.2g}) times "
        f"that share to {law}, which {seen}; nobody reacts to us otherwise; the mid's later moves, which revalue the "
        "inventory, are 0 on average."
    )
    sentences.extend(_distances(found))
    return tuple(sentences)


def _distances(found: Capacity) -> list[str]:
    given = found.assumptions
    if not found.goals:
        return ["How far that is from the goals cannot be said: no rate of the quote asset in dollars was given."]
    rates = f"at {given.usd_per_quote:g} USD a quote unit and {given.usd_per_gbp:g} USD a pound, both assumed"
    return [
        f"That is {goal.share:.2g} of {goal.name}: it takes {goal.markets:,.0f} such markets, each as good and all "
        f"independent ({rates})."
        if goal.share > 0
        else f"That is no part of {goal.name}: no number of such markets reaches it."
        for goal in found.goals
    ]


def _money(amount: float) -> str:
    return f"{amount:,.0f}" if abs(amount) >= 1000 else f"{round(amount, 2) + 0.0:,.2f}"


def _span(seconds: float) -> str:
    return f"{seconds / 3600:.3g} hours" if seconds >= 5400 else f"{seconds / 60:.3g} minutes"
