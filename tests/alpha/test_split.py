"""The split of profit: by hand, and as an identity of whole numbers on markets of every kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from glosten.alpha import FLOWS, Ledger, Mids, Units, attribute, exact_sum
from glosten.errors import DomainError

SECOND = 1_000_000_000
UNITS = Units(quantum=1e-8, quanta_per_tick_lot=7)


def bought(columns: np.dtype, price: int, lots: int, fee: int) -> np.ndarray:
    """Return a purchase after one second, where the book was 199 / 201."""
    row = np.zeros(1, columns)
    row["ts_ns"], row["side"], row["price"], row["lots"], row["fee"] = SECOND, 1, price, lots, fee
    row["bid"], row["ask"] = 199, 201
    return row


def test_each_cause_of_profit_is_reckoned_as_the_contract_says(market: Any, quotes: Any) -> None:
    path = Mids(quotes((0, 199, 201), (5, 195, 197), (20, 205, 207)), 0.5)
    fill = bought(market(0).fills.dtype, 199, 2, 3)
    found = attribute(fill, path, Ledger(2, 199 * 2 * 7 + 3, 0, 400), UNITS)
    assert found.spread.tolist() == [2 * 1 * 2 * 7]  # half-quanta: twice (mid - price), 2 lots, 7 quanta a tick and lot
    assert found.adverse.tolist() == [-2 * 4 * 2 * 7]
    assert found.later.tolist() == [2 * 10 * 2 * 7]
    assert found.fees.tolist() == [-6]
    assert (found.carried, found.flows, found.residual, found.held_at_start, found.brought) == (0, 0, 0, 0, 0)
    split = found.split()
    assert split.spread + split.adverse + split.inventory + split.fees == pytest.approx(split.total, abs=1e-18)
    assert split.total == pytest.approx(split.unrealised, abs=1e-18)


def test_the_last_mid_stands_in_where_the_tape_ends_before_the_horizon(market: Any, quotes: Any) -> None:
    path = Mids(quotes((0, 199, 201), (5, 195, 197)), 0.5)
    fill = bought(market(0).fills.dtype, 199, 1, 0)
    found = attribute(fill, path, Ledger(1, 199 * 7, 0, 400), UNITS)
    assert found.adverse.tolist() == [-2 * 4 * 7]
    assert found.later.tolist() == [0]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("horizon_s", [0.0, 1.0, 10.0, 1e6])
def test_the_parts_add_up_to_the_ledger_in_whole_numbers_at_every_horizon(
    market: Any, seed: int, horizon_s: float
) -> None:
    made = market(seed)
    found = attribute(made.fills, made.mids, made.ledger, UNITS, horizon_s=horizon_s)
    assert found.residual == 0
    assert found.held_at_start == 5_000
    assert found.brought == 5_000 * made.ledger.start_mid * 7 - 2 * (5_000 * 9_990 * 7 + 3)
    parts = exact_sum(found.spread) + exact_sum(found.adverse) + found.inventory + exact_sum(found.fees)
    assert parts == found.total == found.realised + found.unrealised - found.brought
    whole = attribute(made.fills, made.mids, made.ledger, UNITS)
    assert (found.total, exact_sum(found.spread)) == (whole.total, exact_sum(whole.spread))


@pytest.mark.parametrize("lots", [40, -40])
def test_coins_that_come_or_go_are_no_trading_profit(market: Any, lots: int) -> None:
    made = market(3)
    flow = np.zeros(1, FLOWS)
    flow["ts_ns"], flow["lots"], flow["cost"] = made.quotes["ts_ns"][-1], lots, lots * 9_000 * 7
    flow["bid"], flow["ask"] = made.quotes["bid"][-1], made.quotes["ask"][-1]
    after = replace(made.ledger, held=made.ledger.held + lots, cost=made.ledger.cost + lots * 9_000 * 7)
    found = attribute(made.fills, made.mids, after, UNITS, flows=flow)
    without = attribute(made.fills, made.mids, made.ledger, UNITS)
    assert found.residual == 0
    assert found.total == without.total
    assert found.flows == lots * 7 * (int(flow["bid"][0] + flow["ask"][0]) - 18_000)
    assert found.realised + found.unrealised - found.brought - found.flows == found.total


def test_a_fill_that_is_missing_shows_as_a_residual(market: Any) -> None:
    made = market(1)
    assert attribute(made.fills[:-3], made.mids, made.ledger, UNITS).residual != 0


def test_sums_do_not_wrap_and_amounts_beyond_64_bits_are_refused(market: Any) -> None:
    assert exact_sum(np.full(5, 2**62, np.int64)) == 5 * 2**62
    made = market(2)
    made.fills["lots"][0] = 2**50
    with pytest.raises(DomainError, match="does not fit 64 bits"):
        attribute(made.fills, made.mids, made.ledger, UNITS)


def test_a_maker_that_traded_nothing_earns_what_its_inventory_does(market: Any) -> None:
    made = market(4, fills=0)
    found = attribute(made.fills, made.mids, made.ledger, UNITS)
    assert found.total == found.inventory == 5_000 * 7 * (made.mids.last - made.ledger.start_mid)
