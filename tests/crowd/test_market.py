"""A market checked as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from glosten.crowd import Maker, Market, Trader
from glosten.errors import DomainError

MAKER = Maker("maker", "glosten_milgrom", {"alpha": 0.3})
NOISE = Trader("noise", "noise")
GOOD: dict[str, Any] = {"values": (98, 102), "periods": 10, "makers": (MAKER,), "traders": (NOISE,)}


def refused(make: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(DomainError) as caught:
        make(*arguments, **named)
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"values": ()}, "at least one value"),
        ({"values": (98, "x")}, "values must be a list of numbers"),
        ({"chances": (0.5, 0.6)}, "add up to 1"),
        ({"periods": 0}, "periods must be a whole number"),
        ({"paths": 0}, "paths must be"),
        ({"seed": -1}, "seed must be"),
        ({"tick": 0.0}, "tick must be more than 0"),
        ({"lot": -1.0}, "lot must be more than 0"),
        ({"sd": -1.0}, "sd must be 0 or more"),
        ({"quiet": 1.0}, "quiet must be"),
        ({"makers": ()}, "at least one maker"),
        ({"traders": (Trader("noise", "noise", weight=0),)}, "weight above 0"),
        ({"traders": (NOISE, NOISE)}, 'Two agents are called "noise"'),
        ({"values": (98.001, 102)}, "multiples of the tick"),
        ({"tick": 1e-17}, "take a larger tick"),
        ({"values": (98, 100, 102)}, "v_low and v_high are needed"),
        (
            {
                "values": (98, 100),
                "makers": (Maker("m", "elastic", {"alpha": 0.3, "width": 1, "v_low": 9, "v_high": 10}),),
            },
            "prior is needed",
        ),
        ({"traders": (Trader("p", "partial", {"sees": ["earnings"]}),)}, "is no part of the value"),
        ({"traders": (Trader("p", "partial", {"level": 200}),)}, "above is needed"),
        ({"traders": (Trader("i", "informed", {"ahead": 3}),)}, "ahead needs scheduled news"),
        ({"traders": (Trader("i", "insider"),)}, "alpha must lie below 1"),
        ({"traders": (Trader("i", "insider"), NOISE), "periods": 401}, "at most 400 periods"),
        ({"traders": (Trader("i", "insider", {"gamma": 1.0}), NOISE)}, "both excluded"),
        ({"traders": (Trader("i", "insider"), NOISE), "chances": (0, 1)}, "not certain"),
    ],
)
def test_a_market_that_makes_no_sense_is_refused(change: dict[str, Any], words: str) -> None:
    Market(**GOOD)
    assert words in refused(Market, **{**GOOD, **change})
