from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glosten.params import PARAMETERS, Strategy, overlay

STRICT = {
    "BE_GUARD": False,
    "GM_DISABLE_ASK_CLAMP": True,
    "GM_DISABLE_CROSS_PROT": True,
    "DRIFT_ATR_FRAC": 0.0,
    "SKEW_QTY_MAX": 1.0,
    "SCRATCH_LIVENESS_MIN": 0.0,
    "DISABLE_BREAKER_WINDDOWN": True,
}
FREE = [parameter for parameter in PARAMETERS if parameter.table == "strategy"]


def some_value(parameter: Any) -> st.SearchStrategy[Any]:
    if parameter.type == "boolean":
        return st.booleans()
    if parameter.choices is not None:
        return st.sampled_from(parameter.choices)
    if parameter.type == "integer":
        return st.integers(int(parameter.minimum), int(parameter.maximum))
    if parameter.type == "number":
        return st.floats(parameter.minimum, parameter.maximum)
    return st.sampled_from(["", "1", "5"])


strategies = st.builds(
    lambda values: Strategy(**values),
    st.fixed_dictionaries({}, optional={parameter.key: some_value(parameter) for parameter in FREE}),
)


def test_without_the_switch_nothing_is_overlaid() -> None:
    strategy = Strategy(SKEW_QTY_MAX=3)
    assert overlay(strategy) == (strategy, ())


@given(strategies)
def test_strict_literature_sets_its_seven_keys_and_no_other(strategy: Strategy) -> None:
    written = strategy.model_copy(update={"STRICT_LITERATURE": True})
    effective, changed = overlay(written)
    before, after = written.model_dump(), effective.model_dump()
    assert {key: after[key] for key in STRICT} == STRICT
    others = [key for key in after if key not in STRICT]
    assert len(others) == 54
    assert {key: after[key] for key in others} == {key: before[key] for key in others}
    assert set(changed) == {key for key in after if after[key] != before[key]}


def test_the_overlay_is_not_refused_for_keys_that_nothing_acts_on() -> None:
    effective, changed = overlay(Strategy(STRICT_LITERATURE=True))
    assert effective.DRIFT_ATR_FRAC == 0
    assert set(changed) == {
        "BE_GUARD",
        "GM_DISABLE_ASK_CLAMP",
        "GM_DISABLE_CROSS_PROT",
        "SKEW_QTY_MAX",
        "DISABLE_BREAKER_WINDDOWN",
    }


@pytest.mark.parametrize("parameter", FREE, ids=lambda parameter: parameter.key)
def test_a_group_and_the_whole_declare_a_key_alike(parameter: Any) -> None:
    assert Strategy.declared()[parameter.key].default == parameter.default
