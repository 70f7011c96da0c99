from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from glosten.crowd import Crowd
from glosten.errors import DomainError


@pytest.mark.parametrize(
    ("name", "bad", "domain"),
    [
        ("start_price", 0.0, "more than 0"),
        ("start_price", float("inf"), "more than 0"),
        ("tick", Decimal(0), "more than 0"),
        ("lot", Decimal(-1), "more than 0"),
        ("start_ns", -1, "0 or more"),
        ("seconds", 864_001.0, "more than 0 and at most 864000"),
        ("arrivals_per_second", 0.0, "more than 0 and at most 1000"),
        ("informed_share", 1.0, "at least 0 and less than 1"),
        ("informed_share", float("nan"), "at least 0 and less than 1"),
        ("news_per_hour", -1.0, "from 0 to 36000"),
        ("news_bps", 1001.0, "from 0 to 1000"),
        ("diffusion_bps", -0.1, "from 0 to 1000"),
        ("value_delta_bps", 0.0, "more than 0 and at most 5000"),
        ("anchor_seconds", 0.0, "more than 0"),
        ("smallest_prior", 0.5, "more than 0 and less than 0.5"),
        ("order_cost_bps", float("nan"), "from 0 to 1000"),
        ("mean_size", 0.0, "more than 0"),
        ("mean_depth", 0.0, "more than 0"),
    ],
)
def test_a_number_outside_its_domain_is_refused_by_name(name: str, bad: Any, domain: str) -> None:
    with pytest.raises(DomainError) as caught:
        Crowd(**{name: bad})
    assert caught.value.problems == (f"crowd.{name} is {bad}; it must be {domain}.",)


def test_all_numbers_outside_their_domains_are_told_at_once() -> None:
    with pytest.raises(DomainError) as caught:
        Crowd(start_price=-1.0, mean_size=-1.0, informed_share=2.0)
    assert len(caught.value.problems) == 3


def test_the_instrument_is_the_crowds() -> None:
    instrument = Crowd(tick=Decimal("0.5"), lot=Decimal("0.1")).instrument
    assert (instrument.tick, instrument.lot) == (Decimal("0.5"), Decimal("0.1"))
