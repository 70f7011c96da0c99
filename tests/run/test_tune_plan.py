"""The plan of a search: its space is the declared one, and its windows never meet."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glosten.errors import DomainError, ParameterError
from glosten.params import PARAMETERS
from glosten.run._tune_plan import NS, fold_of, search_space, walk_forward


@given(
    first=st.integers(0, 2 * 10**18),
    length=st.integers(10**9, 10**15),
    folds=st.integers(1, 30),
    share=st.floats(0.0, 0.49),
)
def test_windows_never_meet_and_lie_a_purge_apart(first: int, length: int, folds: int, share: float) -> None:
    purge_s = share * length / NS / (folds + 1)
    windows = walk_forward((first, first + length), folds, purge_s)
    assert len(windows) == folds + 1
    assert windows[0].start_ns == first
    assert windows[-1].end_ns == first + length + 1
    for window, later in itertools.pairwise(windows):
        assert window.start_ns < window.end_ns
        assert later.start_ns - window.end_ns >= purge_s * NS - 1
    assert windows[-1].start_ns < windows[-1].end_ns


def test_the_folds_take_turns() -> None:
    assert [fold_of(trial, 3) for trial in range(7)] == [1, 2, 3, 1, 2, 3, 1]


def test_folds_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DomainError) as caught:
        walk_forward((0, 100 * NS), 0, 60.0)
    assert len(caught.value.problems) == 2
    with pytest.raises(DomainError, match="from 0 to 10 s"):
        walk_forward((0, 100 * NS - 1), 4, 11.0)
    with pytest.raises(DomainError, match="The purge is"):
        walk_forward((0, 100 * NS), 4, -1.0)


def test_the_space_is_what_is_declared() -> None:
    for parameter in PARAMETERS:
        if parameter.key == "runtime.mode" or parameter.type == "string":
            continue
        (found,) = search_space([parameter.key])
        if parameter.choices is not None or parameter.type == "boolean":
            assert found.choices == (parameter.choices or (False, True))
        else:
            assert (found.kind, found.low, found.high) == (parameter.type, parameter.minimum, parameter.maximum)
            assert found.is_log == (found.low > 0 and found.high / found.low >= 100)


def test_a_range_narrows_a_key_and_two_decades_are_searched_in_logarithms() -> None:
    spread, cycle = search_space(
        ["GM_BASE_SPREAD", "runtime.cycle_seconds"], ["GM_BASE_SPREAD=3:5", "runtime.cycle_seconds=1:100"]
    )
    assert (spread.low, spread.high, spread.is_log) == (3.0, 5.0, False)
    assert cycle.is_log
    assert spread.contains(5.0)
    assert not spread.contains(2.5)


@pytest.mark.parametrize(
    ("keys", "ranges", "sentence"),
    [
        ([], [], "There is no key to tune"),
        (["GM_ALPA"], [], "GM_ALPA is not a parameter. Did you mean GM_ALPHA?"),
        (["GM_ALPHA", "GM_ALPHA"], [], "--keys names GM_ALPHA twice."),
        (["runtime.mode"], [], "runtime.mode cannot be tuned"),
        (["GM_ALPHA"], ["GM_BASE_SPREAD=1:2"], "GM_BASE_SPREAD is not among --keys."),
        (["GM_ALPHA"], ["GM_ALPHA=0.3:0.1"], "LOW must be less than HIGH."),
        (["GM_ALPHA"], ["GM_ALPHA=0.1"], "write KEY=LOW:HIGH"),
        (["GM_ALPHA"], ["GM_ALPHA=nan:0.1"], "LOW must be less than HIGH."),
        (["GM_ALPHA"], ["GM_ALPHA=0.1:7"], "GM_ALPHA must be a number from"),
        (["GM_ALPHA"], ["GM_ALPHA=0.1:0.2", "GM_ALPHA=0.1:0.3"], "GM_ALPHA has a range already."),
        (["GM_LAYERS"], ["GM_LAYERS=1.5:2"], "GM_LAYERS must be a whole number from"),
        (["BE_GUARD"], ["BE_GUARD=0:1"], "BE_GUARD must be true or false, so it has no range."),
    ],
)
def test_what_cannot_be_searched_is_refused_in_one_sentence(keys: list[str], ranges: list[str], sentence: str) -> None:
    with pytest.raises(ParameterError) as caught:
        search_space(keys, ranges)
    assert len(caught.value.problems) == 1
    assert sentence in caught.value.problems[0]
