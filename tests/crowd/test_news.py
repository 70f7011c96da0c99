"""News that makes sense, and news that does not."""

from __future__ import annotations

from typing import Any

import pytest

from glosten.crowd import News
from glosten.errors import DomainError


def refused(make: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(DomainError) as caught:
        make(*arguments, **named)
    return str(caught.value)


@pytest.mark.parametrize(
    ("news", "words"),
    [
        ({"sd": 1.0}, "one of periods, every and chance"),
        ({"every": 3, "chance": 0.1, "sd": 1.0}, "one of periods, every and chance"),
        ({"every": 3}, "one of sd, jumps and redraw"),
        ({"every": 3, "sd": 1.0, "redraw": True}, "one of sd, jumps and redraw"),
        ({"every": -1, "sd": 1.0}, "every must be"),
        ({"periods": [0], "sd": 1.0}, "periods must be a list"),
        ({"chance": 2.0, "sd": 1.0}, "chance must be a probability"),
        ({"every": 3, "sd": -1.0}, "sd must be"),
        ({"every": 3, "redraw": 1}, "redraw must be true or false"),
        ({"every": 3, "jumps": ["x"]}, "jumps must be a list of numbers"),
        ({"every": 3, "jumps": [1.0], "chances": [-1.0]}, "chances must be a list of probabilities"),
        ({"every": 3, "jumps": [1.0, 2.0], "chances": [0.5, 0.4]}, "add up to 1"),
        ({"every": 3, "sd": 1.0, "told": "all"}, "told must be one of"),
        ({"every": 3, "redraw": True, "told": "size"}, "leaves nothing to know"),
    ],
)
def test_news_that_makes_no_sense_is_refused(news: dict[str, Any], words: str) -> None:
    assert words in refused(News, "n", **news)


def test_scheduled_news_knows_its_periods() -> None:
    assert News("n", every=10, sd=1.0).schedule(31) == [10, 20, 30]
    assert News("n", periods=[1, 5, 99], sd=1.0).schedule(20) == [0, 4]
    assert News("n", chance=0.1, sd=1.0).schedule(20) == []
    assert "opening" in refused(News, "opening", every=3, sd=1.0)
