"""Traders of a market: who they are, what they know, and by which rule they trade."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from glosten.crowd._traits import FROM_MARKET, Trait, name_problem, trait_problems, whole_problem
from glosten.crowd._views import TraderView
from glosten.errors import DomainError
from glosten.params import nearest, spell

MOST_LOTS = 10**6
MOST_MEMBERS = 10_000
Decide = Callable[[TraderView], int]

KNOWLEDGE = (
    Trait("lag", "how late the value is seen", 0, "periods", 0, 10**9, "whole"),
    Trait("ahead", "how early scheduled news is known", 0, "periods", 0, 10**9, "whole"),
    Trait("accuracy", "the probability that the value is seen and not its mirror image", 1.0, "probability", 0.0, 1.0),
    Trait("sd", "the standard deviation of what is seen about the value", 0.0, "price", 0.0),
    Trait("bias", "by how much the value is seen too high", 0.0, "price"),
    Trait("keep", "whether the error of the first look stays for the whole path", default=False, form="switch"),
    Trait("sees", "the parts of the value that are seen; left out, all", ("all",), form="names"),
)
"""What an agent may know; every kind that looks at the value takes these."""
_BUY = Trait("buy", "the probability that an order is a buy", 0.5, "probability", 0.0, 1.0)
_STAY_OUT = Trait("stay_out", "the probability of doing nothing on arrival", 0.0, "probability", 0.0, 1.0)
_LEVEL = (
    Trait("level", "all that is seen is whether the value lies above it", FROM_MARKET, "price"),
    Trait("above", "what the value is taken for above the level; else what the opening law says", FROM_MARKET, "price"),
    Trait("below", "what the value is taken for below the level; else what the opening law says", FROM_MARKET, "price"),
)


def _required(name: str) -> tuple[Trait, ...]:
    """Return the traits of knowledge with one of them without a default."""
    return tuple(
        Trait(trait.name, trait.meaning, None, trait.unit, trait.low, trait.high, trait.form)
        if trait.name == name
        else trait
        for trait in KNOWLEDGE
    )


TRADER_KINDS: Mapping[str, tuple[Trait, ...]] = MappingProxyType(
    {
        "informed": KNOWLEDGE,
        "noisy": KNOWLEDGE,
        "partial": (*KNOWLEDGE, *_LEVEL),
        "wrong": KNOWLEDGE,
        "late": _required("lag"),
        "patient": (
            *KNOWLEDGE,
            Trait(
                "edge", "the gain per unit waited for in the first period; it falls to 0 by the last", None, "price", 0
            ),
        ),
        "insider": (
            Trait(
                "alpha", "what the makers think is the informed share; else the insider's own", FROM_MARKET, "", 0, 1
            ),
            Trait("gamma", "the probability that a noise trader buys", 0.5, "probability", 0.0, 1.0),
        ),
        "noise": (_BUY, _STAY_OUT),
        "elastic": (
            _BUY,
            _STAY_OUT,
            Trait("width", "the premium at which nobody trades: linear demand", FROM_MARKET, "price", 0, open_low=True),
            Trait("scale", "the premium per unit of log-odds: logistic demand", FROM_MARKET, "price", 0, open_low=True),
        ),
        "splitting": (
            _BUY,
            Trait("pieces", "the least number of child orders of a parent order", None, "orders", 1, 10**9, "whole"),
            Trait(
                "tail", "the Pareto exponent of the number of child orders; 0: always the least", 0.0, "", 0.0, 100.0
            ),
        ),
        "momentum": (
            Trait("window", "over how many periods the mid is compared", None, "periods", 1, 10**9, "whole"),
            Trait("threshold", "the move of the mid that is let pass", 0.0, "price", 0.0),
            Trait("contrarian", "whether moves are traded against", default=False, form="switch"),
        ),
        "herding": (
            *KNOWLEDGE,
            Trait("window", "how many of the last trades are looked at", 10, "trades", 1, 10**9, "whole"),
            Trait("trust", "what one trade of others weighs against one's own signal", 1.0, "", 0.0),
        ),
        "python": (*KNOWLEDGE, Trait("knows", "whether the value is seen at all", default=False, form="switch")),
    }
)
"""What each kind of trader takes beside name, count, weight and lots."""
INFORMED_KINDS = ("informed", "noisy", "partial", "wrong", "late", "patient", "herding", "insider")


@dataclass(frozen=True)
class Trader:
    """One entry of the roster: ``count`` traders of one kind, each with an account and random numbers of its own.

    ``weight`` is the relative frequency with which each arrives, ``lots`` the size of an order (of a Python agent: the
    largest). ``parameters`` are those of the kind, prices in price units. ``decide`` makes a trader of kind "python":
    it takes a `TraderView` and returns the lots to buy (negative: to sell, 0: to stay out). Raises `DomainError` naming
    everything that is wrong.
    """

    name: str
    kind: str = "python"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    count: int = 1
    weight: float = 1.0
    lots: int = 1
    decide: Decide | None = None

    def __post_init__(self) -> None:
        problems = [name_problem("a trader", self.name)]
        problems += [
            whole_problem("count", self.count, 1, MOST_MEMBERS),
            whole_problem("lots", self.lots, 1, MOST_LOTS),
        ]
        if isinstance(self.weight, bool) or not (isinstance(self.weight, int | float) and 0 <= self.weight < math.inf):
            problems.append(f"weight must be a number, 0 or more; it was {self.weight!r}.")
        if not isinstance(self.kind, str) or self.kind not in TRADER_KINDS:
            problems.append(unknown_kind(self.kind, TRADER_KINDS))
        else:
            problems += trait_problems(TRADER_KINDS[self.kind], self.parameters, ("count", "weight", "lots", "decide"))
            if (self.kind == "python") != (self.decide is not None):
                problems.append('decide belongs to a trader of kind "python", and such a trader needs it.')
        found = [problem for problem in problems if problem is not None] or self._contradictions()
        if found:
            raise DomainError([f"Trader {self.name}: {problem}" for problem in found])

    def _contradictions(self) -> list[str]:
        """Return what is wrong with parameters that are each right by themselves."""
        given = self.parameters
        problems = []
        if self.kind == "elastic" and ("width" in given) == ("scale" in given):
            problems.append("elastic takes either width (linear demand) or scale (logistic demand).")
        if self.kind == "partial" and ("level" in given) == ("sees" in given):
            problems.append("partial takes either level or sees: what part of the value is known.")
        if self.kind == "partial" and "level" not in given and {"above", "below"} & set(given):
            problems.append("above and below belong to a level.")
        if self.kind == "noisy" and given.get("accuracy", 1.0) == 1.0 and given.get("sd", 0.0) == 0.0:
            problems.append("noisy needs an accuracy below 1 or an sd above 0.")
        return problems

    @property
    def names(self) -> tuple[str, ...]:
        """Return the name of each of the ``count`` traders."""
        return members(self.name, self.count)


def members(name: str, count: int) -> tuple[str, ...]:
    """Return the names of the members of an entry: the entry's own where there is one, else numbered from 1."""
    return (name,) if count == 1 else tuple(f"{name} {number}" for number in range(1, count + 1))


def unknown_kind(kind: Any, kinds: Mapping[str, Any]) -> str:
    """Return the sentence for a kind that does not exist, with the nearest that does."""
    close = nearest(str(kind), kinds)
    advice = f"Did you mean {close}?" if close else f"Known: {', '.join(kinds)}."
    return f"kind {spell(kind)} is not known. {advice}"
