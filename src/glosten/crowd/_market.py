"""A market of agents: the law of the value, the news, the makers and the traders, checked as a whole."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from glosten.crowd._makers import Maker
from glosten.crowd._news import OPENING, News, law_problems
from glosten.crowd._traders import Trader
from glosten.crowd._traits import whole_problem
from glosten.errors import DomainError
from glosten.params import nearest, spell

MOST_PERIODS = 10**7
MOST_AGENTS = 20_000
MOST_NEWS = 30
MOST_INSIDER_PERIODS = 400
"""An insider's plan is a table that grows with the cube of this."""
LARGEST_SEED = 2**64 - 1
LARGEST_TOTAL = 2**60
"""No account may ever exceed it, so that sums of several stay within 64 bits."""
ON_GRID = 1e-6
"""Ticks by which a value may miss its grid point: floating point, not economics."""


@dataclass(frozen=True)
class Market:
    """A market in periods: news, then quotes, then at most one trader, who may send one order.

    The value starts as one of ``values`` with ``chances`` (equal unless given) plus a normal number of standard
    deviation ``sd`` rounded to ticks, and moves with the ``news``. In each period nobody comes with probability
    ``quiet``; else one of the ``traders``, in proportion to their weights. Prices are whole ticks, sizes whole lots,
    ``tick`` in price units and ``lot`` in units of the asset. ``paths`` of ``periods`` each are drawn with ``seed``.
    Raises `DomainError` naming everything that is wrong.
    """

    values: Sequence[float]
    periods: int
    makers: Sequence[Maker]
    traders: Sequence[Trader]
    chances: Sequence[float] = ()
    sd: float = 0.0
    tick: float = 0.01
    lot: float = 1.0
    quiet: float = 0.0
    paths: int = 1000
    seed: int = 0
    news: Sequence[News] = ()
    name: str = field(default="market")

    def __post_init__(self) -> None:
        for name in ("values", "chances", "makers", "traders", "news"):
            if isinstance(getattr(self, name), list):
                object.__setattr__(self, name, tuple(getattr(self, name)))
        found = [problem for problem in self._own_problems() if problem is not None]
        found = found or list(self._joint_problems())
        if found:
            raise DomainError(found)

    def _own_problems(self) -> Iterator[str | None]:
        """Yield what is wrong with each number by itself, None for what is right."""
        wrong = law_problems(("values", self.values), self.chances)
        yield from wrong
        if not wrong and not self.values:
            yield "values must name at least one value in price units."
        yield None if isinstance(self.name, str) else f"name must be a text; it was {spell(self.name)}."
        yield whole_problem("periods", self.periods, 1, MOST_PERIODS)
        yield whole_problem("paths", self.paths, 1, 10**12)
        yield whole_problem("seed", self.seed, 0, LARGEST_SEED)
        for name, most in (("tick", math.inf), ("lot", math.inf)):
            yield _range_problem(name, getattr(self, name), (0.0, most), "more than 0", above=True)
        yield _range_problem("sd", self.sd, (0.0, math.inf), "0 or more")
        if _range_problem("quiet", self.quiet, (0.0, 1.0), "") or self.quiet >= 1.0:
            yield f"quiet must be at least 0 and less than 1; it was {spell(self.quiet)}."

    def _joint_problems(self) -> Iterator[str]:
        """Yield what is wrong with the market as a whole."""
        if not self.makers:
            yield "A market needs at least one maker: [[makers]]."
        if not self.traders or not sum(trader.weight * trader.count for trader in self.traders) > 0:
            yield "A market needs at least one trader with a weight above 0: [[traders]]."
        if sum(entry.count for entry in self.roster) > MOST_AGENTS:
            yield f"A market has at most {MOST_AGENTS} agents."
        if len(self.news) > MOST_NEWS:
            yield f"A market has at most {MOST_NEWS} sources of news; there were {len(self.news)}."
        for what, names in (
            ("agents", [name for entry in self.roster for name in entry.names]),
            ("news", [news.name for news in self.news]),
        ):
            yield from (
                f'Two {what} are called "{name}"; give each a name of its own.'
                for name in dict.fromkeys(name for name in names if names.count(name) > 1)
            )
        for what, prices in (("values", self.values), *((f"jumps of news {one.name}", one.jumps) for one in self.news)):
            for price in prices:
                if abs(price / self.tick - round(price / self.tick)) > ON_GRID:
                    yield f"{what} must be multiples of the tick {self.tick:g}; {price:g} is not."
        if self.farthest < 16 * (1 + self.reach):
            yield (
                "periods times the largest order times the value in ticks must stay below 2**60: "
                "take a larger tick, fewer periods or smaller orders."
            )
        for trader in self.traders:
            yield from (f"Trader {trader.name}: {problem}" for problem in self._trader_problems(trader))
        for maker in self.makers:
            yield from (f"Maker {maker.name}: {problem}" for problem in self._maker_problems(maker))

    def _trader_problems(self, trader: Trader) -> Iterator[str]:
        given = trader.parameters
        parts = (OPENING, *(news.name for news in self.news))
        for name in given.get("sees", ()):
            if name not in parts:
                close = nearest(name, parts)
                yield f"sees {spell(name)}, which is no part of the value. Known: {', '.join(parts)}." + (
                    f" Did you mean {close}?" if close else ""
                )
        if given.get("ahead", 0) and not any(news.is_scheduled and not news.redraw for news in self.news):
            yield "ahead needs scheduled news with jumps; there is none."
        if trader.kind == "insider" and not (self.is_binary and not self.news and self.periods <= MOST_INSIDER_PERIODS):
            yield f"insider needs two values, no sd, no news, and at most {MOST_INSIDER_PERIODS} periods."
        if trader.kind == "insider" and not 0 < self.law[1] < 1:
            yield "insider needs a value that is not certain."
        if trader.kind == "insider" and not 0 < given.get("gamma", 0.5) < 1:
            yield f"gamma must lie between 0 and 1, both excluded; it was {given['gamma']:g}."
        if trader.kind == "insider" and not self.assumed_alpha(trader) < 1:
            yield "alpha must lie below 1: beyond that one trade tells the makers all."
        if trader.kind == "partial" and "level" in given:
            level = given["level"]
            possible = [value for value, chance in zip(self.values, self.law, strict=True) if chance > 0]
            for name, there in (("above", max(possible) > level), ("below", min(possible) <= level)):
                if name not in given and not there:
                    yield f"{name} is needed: no opening value lies {name} the level {level:g}."

    def _maker_problems(self, maker: Maker) -> Iterator[str]:
        given = maker.parameters
        if maker.kind in ("python", "gaussian", "zero_intelligence"):
            return
        if "v_low" not in given and not self.is_binary:
            yield "v_low and v_high are needed, as the market's value is not one of two."
        elif "v_low" in given and "prior" not in given:
            yield "prior is needed with v_low and v_high."

    @property
    def roster(self) -> tuple[Trader | Maker, ...]:
        """Return all entries: the traders, then the makers."""
        return (*self.traders, *self.makers)

    @property
    def law(self) -> tuple[float, ...]:
        """Return the probabilities of the opening values."""
        return tuple(self.chances) or (1.0 / len(self.values),) * len(self.values)

    @property
    def is_binary(self) -> bool:
        """Return whether the opening value is one of two."""
        return len(self.values) == 2 and self.sd == 0.0 and self.values[0] != self.values[1]

    @property
    def mean(self) -> float:
        """Return the expectation of the opening value in price units."""
        return math.fsum(value * chance for value, chance in zip(self.values, self.law, strict=True))

    @property
    def variance(self) -> float:
        """Return the variance of the opening value in squared price units."""
        squares = ((value - self.mean) ** 2 * chance for value, chance in zip(self.values, self.law, strict=True))
        return math.fsum(squares) + self.sd**2

    @property
    def reach(self) -> float:
        """Return how far from 0 the value may come, in ticks."""
        largest = max(abs(value) for value in self.values) + 6.0 * self.sd
        for news in self.news:
            jump = max((abs(one) for one in news.jumps), default=6.0 * news.sd)
            largest += jump * (len(news.schedule(self.periods)) if news.is_scheduled else self.periods)
        return largest / self.tick

    @property
    def farthest(self) -> int:
        """Return the price in ticks beyond which nobody may quote, so that no account leaves 64 bits."""
        return LARGEST_TOTAL // (self.periods * max((trader.lots for trader in self.traders), default=1))

    def assumed_alpha(self, trader: Trader) -> float:
        """Return what an insider thinks the makers believe of the informed: as given, else its own share."""
        whole = sum(one.weight * one.count for one in self.traders)
        return float(trader.parameters.get("alpha", trader.weight * trader.count / whole))


def _range_problem(name: str, value: Any, ends: tuple[float, float], words: str, *, above: bool = False) -> str | None:
    """Return what is wrong with a number that must lie between two ends, or None."""
    fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if fits and ends[0] <= value <= ends[1] and not (above and value == ends[0]):
        return None
    return f"{name} must be {words}; it was {spell(value)}."
