from __future__ import annotations

import numpy as np
import pytest

from glosten.errors import DomainError
from glosten.theory import Elastic, LinearDemand, LogisticDemand, MonopolistMarket

LINEAR = Elastic(0.0, 2.0, 0.5, 0.2, 0.5, LinearDemand(1.2))


def test_the_quotes_are_the_premiums_that_earn_most() -> None:
    market, quotes = LINEAR, MonopolistMarket(LINEAR).quotes()
    for side, quote in ((1, quotes.ask), (-1, quotes.bid)):
        best = market.monopolist(side)
        assert best is not None
        assert quote == best.quote
    assert quotes.spread == pytest.approx(2.0 * 0.5 * 1.2 * (1.0 + 0.1 / 0.4), rel=1e-14)
    assert MonopolistMarket(market).gains(1).maker == pytest.approx(market.monopolist(1).profit, rel=1e-13)  # type: ignore[union-attr]


@pytest.mark.parametrize("demand", [LinearDemand(1.2), LogisticDemand(0.3)])
def test_a_monopolist_earns_what_its_next_arrivals_promise_and_competition_nothing(demand: LinearDemand) -> None:
    market = Elastic(0.0, 2.0, 0.4, 0.15, 0.5, demand)
    alone, rivals = MonopolistMarket(market).simulate(1, 40_000, 0), market.simulate(8, 40_000, 0)
    expected = MonopolistMarket(market).gains()
    for name in ("informed", "noise", "maker"):
        found = getattr(alone, name)
        assert abs(found.mean - getattr(expected, name)) <= 4.0 * found.se
    assert expected.maker > 0.0
    assert abs(rivals.maker.mean) <= 4.0 * rivals.maker.se
    longer = MonopolistMarket(market).simulate(8, 40_000, 0)
    assert longer.maker.mean > 8.0 * longer.maker.se
    assert np.all(longer.spread[:4] >= rivals.spread[:4])


def test_a_monopolist_that_prices_the_informed_out_learns_nothing() -> None:
    wide = MonopolistMarket(Elastic(0.0, 2.0, 0.5, 0.2, 0.5, LinearDemand(4.0)))
    assert wide.informed_share(1) == 0.0
    assert wide.update(1).mean == wide.mean
    drawn = wide.simulate(5, 2_000)
    assert drawn.error == pytest.approx(1.0)
    assert drawn.informed.mean == 0.0


def test_where_a_monopolist_would_lose_too_the_side_is_closed_and_says_so() -> None:
    closed = MonopolistMarket(Elastic(0.0, 2.0, 0.5, 0.2, 0.5, LinearDemand(0.6)))
    quotes = closed.quotes()
    assert quotes[:3] == (None, None, None)
    assert quotes.why_no_ask is not None
    assert quotes.why_no_ask.endswith("A maker without rivals would lose as well.")
    with pytest.raises(DomainError, match="Nothing can be learned from it"):
        closed.update(1)
    assert closed.order_probability(0) == pytest.approx(1.0)
