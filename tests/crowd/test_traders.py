from __future__ import annotations

from typing import Any

import pytest

from glosten.crowd import MAKER_KINDS, TRADER_KINDS, Maker, Trader
from glosten.errors import DomainError

NEEDED: dict[str, dict[str, Any]] = {
    "noisy": {"accuracy": 0.8},
    "partial": {"sees": ["opening"]},
    "late": {"lag": 3},
    "patient": {"edge": 1.0},
    "elastic": {"width": 1.0},
    "splitting": {"pieces": 4},
    "momentum": {"window": 5},
}
MAKER_NEEDED: dict[str, dict[str, Any]] = {
    "glosten_milgrom": {"alpha": 0.3},
    "inventory": {"alpha": 0.3, "per_lot": 0.1},
    "risk_averse": {"alpha": 0.3, "risk_aversion": 0.1},
    "elastic": {"alpha": 0.3, "width": 2.0},
    "monopolist": {"alpha": 0.3, "width": 2.0},
    "gaussian": {"alpha": 0.3, "signal_sd": 0.1},
    "zero_intelligence": {"least": 0.1, "most": 0.3},
}


def refused(make: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(DomainError) as caught:
        make(*arguments, **named)
    return str(caught.value)


@pytest.mark.parametrize("kind", [kind for kind in TRADER_KINDS if kind != "python"])
def test_every_kind_of_trader_is_made_from_what_it_needs_alone(kind: str) -> None:
    trader = Trader("one", kind, NEEDED.get(kind, {}))
    assert trader.names == ("one",)
    if kind in NEEDED:
        assert refused(Trader, "one", kind)


@pytest.mark.parametrize("kind", [kind for kind in MAKER_KINDS if kind != "python"])
def test_every_kind_of_maker_is_made_from_what_it_needs_alone(kind: str) -> None:
    assert Maker("one", kind, MAKER_NEEDED[kind], count=2).names == ("one 1", "one 2")
    assert "is missing" in refused(Maker, "one", kind)


@pytest.mark.parametrize(
    ("kinds", "needed", "make"), [(TRADER_KINDS, NEEDED, Trader), (MAKER_KINDS, MAKER_NEEDED, Maker)]
)
def test_every_trait_refuses_a_value_out_of_its_range_by_name(kinds: Any, needed: Any, make: Any) -> None:
    for kind, traits in kinds.items():
        for trait in traits:
            bad = "x" if trait.form in ("switch", "names") or trait.low == float("-inf") else trait.low - 1
            message = refused(make, "one", kind, {**needed.get(kind, {}), trait.name: bad})
            assert f"{trait.name} ({trait.meaning}) must be" in message


def test_every_problem_is_told_at_once_with_the_nearest_name() -> None:
    message = refused(Trader, "bob", "noisy", {"acuracy": 0.5, "sd": -1.0}, count=0, weight=-1.0, lots=0)
    for words in ("Did you mean accuracy?", "sd (", "count must", "weight must", "lots must"):
        assert words in message
    assert message.count("Trader bob: ") == 5
    assert "Did you mean informed?" in refused(Trader, "bob", "informd")
    assert "Did you mean gaussian?" in refused(Maker, "bob", "gausian")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Trader("a", "elastic", {"width": 1.0, "scale": 1.0}), "either width"),
        (lambda: Trader("a", "elastic"), "either width"),
        (lambda: Trader("a", "partial", {"sees": ["opening"], "level": 1.0}), "either level or sees"),
        (lambda: Trader("a", "partial", {"sees": ["opening"], "above": 1.0}), "belong to a level"),
        (lambda: Trader("a", "noisy"), "accuracy below 1"),
        (lambda: Trader("a", "noise", decide=lambda _: 0), "decide belongs to"),
        (lambda: Trader("a"), "such a trader needs it"),
        (lambda: Trader(" a", "noise"), "name of a trader"),
        (lambda: Maker("a"), "such a maker needs it"),
        (lambda: Maker("a", "glosten_milgrom", {"alpha": 0.3, "v_low": 1.0}), "given together"),
        (lambda: Maker("a", "glosten_milgrom", {"alpha": 0.3, "v_low": 1.0, "v_high": 1.0}), "must lie below"),
        (lambda: Maker("a", "zero_intelligence", {"least": 2.0, "most": 1.0}), "must not exceed"),
    ],
)
def test_contradictions_within_an_agent_are_refused(make: Any, words: str) -> None:
    assert words in refused(make)
