from __future__ import annotations

import pytest

from glosten.errors import TapeError
from glosten.market import moment_ns
from glosten.market._market_day import midnight_ns


def test_midnight_follows_the_clock_of_the_market_through_the_year() -> None:
    assert midnight_ns("2013-10-07", "America/New_York") == 1_381_118_400_000_000_000
    assert midnight_ns("20130107", "America/New_York") == 1_357_534_800_000_000_000
    with pytest.raises(TapeError, match="'today' is no day"):
        midnight_ns("today", "UTC")


def test_moments_are_utc_unless_they_say_otherwise() -> None:
    assert moment_ns("2024-08-08") == 1_723_075_200_000_000_000
    assert moment_ns("2024-08-08T00:00:00.25Z") == 1_723_075_200_250_000_000
    assert moment_ns("2024-08-08T02:00:00+02:00") == 1_723_075_200_000_000_000
    with pytest.raises(TapeError, match="is no moment"):
        moment_ns("noon")
