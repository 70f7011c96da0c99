from __future__ import annotations

from decimal import Decimal

import pytest

from glosten.params import PARAMETERS, expected, nearest, short, spell, unknown

KEYS = [parameter.key for parameter in PARAMETERS]
BY_KEY = {parameter.key: parameter for parameter in PARAMETERS}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("GM_ALPA", "GM_ALPHA"),
        ("gm_alpha", "GM_ALPHA"),
        ("ALPHA", "GM_ALPHA"),
        ("GM_LAYER", "GM_LAYERS"),
        ("ALLOC_CONFIRM", "ALLOC_CONFIRMED"),
        ("runtime.cycle_secs", "runtime.cycle_seconds"),
        ("cycle_seconds", "runtime.cycle_seconds"),
    ],
)
def test_a_misspelt_key_finds_the_one_that_was_meant(typed: str, meant: str) -> None:
    assert nearest(typed, KEYS) == meant
    assert unknown(typed, KEYS) == f"{typed} is not a parameter. Did you mean {meant}?"


def test_a_key_like_no_other_gets_no_guess() -> None:
    assert nearest("QWERTZ", KEYS) is None
    assert unknown("QWERTZ", KEYS) == "QWERTZ is not a parameter. `glosten params` lists every key."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (900.0, "900"),
        (0.15, "0.15"),
        (Decimal("1e-8"), "0.00000001"),
        (0.1 + 0.2, "0.30000000000000004"),
        (7, "7"),
        ("NORMAL", '"NORMAL"'),
        (None, "nothing"),
        ([1], "a list"),
        ({}, "a table"),
    ],
)
def test_a_value_is_shown_as_a_file_writes_it(value: object, text: str) -> None:
    assert spell(value) == text


def test_a_long_value_is_cut() -> None:
    assert len(spell("x" * 1000)) == 60


def test_a_value_cannot_break_out_of_its_line() -> None:
    assert "\n" not in spell("a\nb\x1b[31m")
    assert "\x1b" not in spell("a\nb\x1b[31m")
    assert "\n" not in unknown("a\nb", KEYS)


@pytest.mark.parametrize(
    ("bound", "text"), [(0, "0"), (0.001, "0.001"), (1.8e6, "1800000"), (1e-9, "1e-9"), (1e12, "1e12")]
)
def test_a_bound_is_shown_as_people_write_it(bound: float, text: str) -> None:
    assert short(bound) == text


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("GM_ALPHA", "a number from 0.02 to 0.4 (probability)"),
        ("GM_LAYERS", "a whole number from 1 to 8 (rungs)"),
        ("BE_GUARD", "true or false"),
        ("LOG_LEVEL", "one of SILENT, NORMAL, DEBUG"),
        ("PERIOD", "one of 1, 3, 5, 15, 30, 60 (minutes)"),
        ("GM_PERIOD", "a whole number of minutes from 1 to 9999, or empty"),
    ],
)
def test_what_a_parameter_takes_is_said_with_range_and_unit(key: str, text: str) -> None:
    assert expected(BY_KEY[key]) == text
