"""Makers of a market: what each believes of the others, and by which rule it quotes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from glosten.crowd._traders import MOST_LOTS, members, unknown_kind
from glosten.crowd._traits import FROM_MARKET, Trait, name_problem, trait_problems, whole_problem
from glosten.crowd._views import MakerView
from glosten.errors import DomainError

MOST_MAKERS = 100
Quote = Callable[[MakerView], tuple[float | None, float | None]]

_SHIFT = Trait("shift", "by how much each quote is wider than the fair one", 0.0, "price", 0.0)
_PER_LOT = Trait("per_lot", "by how much a lot held lowers both quotes", 0.0, "price", 0.0)
_ALPHA = Trait("alpha", "the share of traders whom the maker believes informed", None, "probability", 0.0, 1.0)
_TWO_VALUES = (
    _ALPHA,
    Trait("v_low", "the lower of the two values believed in; else that of the market", FROM_MARKET, "price"),
    Trait("v_high", "the higher of the two values believed in; else that of the market", FROM_MARKET, "price"),
    Trait("prior", "the probability of the higher value at the start; else that of the market", FROM_MARKET, "", 0, 1),
    Trait("change", "the probability that the value is drawn anew in a period, unseen", 0.0, "probability", 0.0, 1.0),
)
_GAMMA = Trait("gamma", "the probability that a noise trader buys", 0.5, "probability", 0.0, 1.0)
_ETA = Trait("eta", "the probability that a noise trader would buy, and that it would sell", 0.5, "", 0.0, 0.5)
_WIDTH = Trait("width", "the premium at which no noise trader trades", None, "price", 0.0, open_low=True)

MAKER_KINDS: Mapping[str, tuple[Trait, ...]] = MappingProxyType(
    {
        "glosten_milgrom": (*_TWO_VALUES, _GAMMA, _SHIFT, _PER_LOT),
        "inventory": (*_TWO_VALUES, _GAMMA, _SHIFT, Trait("per_lot", _PER_LOT.meaning, None, "price", 0.0)),
        "risk_averse": (
            *_TWO_VALUES,
            _GAMMA,
            _SHIFT,
            Trait("risk_aversion", "constant absolute risk aversion", None, "per cash", 0.0),
        ),
        "elastic": (*_TWO_VALUES, _ETA, _WIDTH),
        "monopolist": (*_TWO_VALUES, _ETA, _WIDTH),
        "gaussian": (
            _ALPHA,
            _ETA,
            Trait(
                "mean", "what the value is expected to be at the start; else that of the market", FROM_MARKET, "price"
            ),
            Trait("sd", "its standard deviation at the start; else that of the market", FROM_MARKET, "price", 0.0),
            Trait("signal_sd", "the error that informed signals are believed to have", None, "price", 0, open_low=True),
            Trait("drift", "the standard deviation of what the value moves unseen in a period", 0.0, "price", 0.0),
            _SHIFT,
            _PER_LOT,
        ),
        "zero_intelligence": (
            Trait("start", "the price quoted around before the first trade; else E[V]", FROM_MARKET, "price"),
            Trait("least", "the least distance of a quote from the last price", None, "price", 0.0),
            Trait("most", "the greatest distance of a quote from the last price", None, "price", 0.0),
        ),
        "python": (),
    }
)
"""What each kind of maker takes beside name, count and lots."""


@dataclass(frozen=True)
class Maker:
    """One entry of the roster: ``count`` makers of one kind, each of whom learns from all public trades.

    ``lots`` is what each displays on a side in every period. ``parameters`` are those of the kind, prices in price
    units. ``quote`` makes a maker of kind "python": it takes a `MakerView` and returns (bid, ask) in price units, None
    for no quote. Raises `DomainError` naming everything that is wrong.
    """

    name: str
    kind: str = "python"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    count: int = 1
    lots: int = 1000
    quote: Quote | None = None

    def __post_init__(self) -> None:
        problems = [name_problem("a maker", self.name)]
        problems += [whole_problem("count", self.count, 1, MOST_MAKERS), whole_problem("lots", self.lots, 1, MOST_LOTS)]
        if not isinstance(self.kind, str) or self.kind not in MAKER_KINDS:
            problems.append(unknown_kind(self.kind, MAKER_KINDS))
        else:
            problems += trait_problems(MAKER_KINDS[self.kind], self.parameters, ("count", "lots", "quote"))
            if (self.kind == "python") != (self.quote is not None):
                problems.append('quote belongs to a maker of kind "python", and such a maker needs it.')
        found = [problem for problem in problems if problem is not None] or self._contradictions()
        if found:
            raise DomainError([f"Maker {self.name}: {problem}" for problem in found])

    def _contradictions(self) -> list[str]:
        """Return what is wrong with parameters that are each right by themselves."""
        given = self.parameters
        problems = []
        if ("v_low" in given) != ("v_high" in given):
            problems.append("v_low and v_high are given together or not at all.")
        elif given.get("v_low", -math.inf) >= given.get("v_high", math.inf):
            problems.append(f"v_low must lie below v_high; they were {given['v_low']:g} and {given['v_high']:g}.")
        if self.kind == "zero_intelligence" and given["least"] > given["most"]:
            problems.append(f"least must not exceed most; they were {given['least']:g} and {given['most']:g}.")
        return problems

    @property
    def names(self) -> tuple[str, ...]:
        """Return the name of each of the ``count`` makers."""
        return members(self.name, self.count)
