"""Meters: what streams in equals what the whole record says, to the last half-quantum."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from glosten.alpha import (
    HORIZONS_S,
    Fills,
    Units,
    attribute,
    customer_orders,
    exact_sum,
    fresh_meters,
    markouts,
    meter_decision,
    meter_fill,
    meter_flow,
    meter_orders,
    meter_quote,
    meter_start,
    metered,
    read_meters,
    value_gap,
)
from glosten.alpha._meters import WAITING
from glosten.statistics import clustered_error, pearson


def stream(made: Any, decisions: np.ndarray, half_life: float = math.inf) -> np.ndarray:
    """Return the meters after a market's events, in the order of a host: fills, then quotes, then decisions."""
    meters = fresh_meters(made.tick, made.worth, half_life)
    meter_start(meters, 5_000, made.ledger.start_mid)
    meters["twice"] = made.ledger.start_mid
    meters["revalued"] = 0
    events = [(int(row["ts_ns"]), 0, row) for row in metered(made.fills)]
    events += [(int(row["ts_ns"]), 1, row) for row in made.quotes]
    events += [(int(row["ts_ns"]), 2, row) for row in decisions]
    for ts_ns, kind, row in sorted(events, key=lambda event: event[:2]):
        if kind == 0:
            meter_fill(meters, row)
        elif kind == 1:
            meter_quote(meters, ts_ns, int(row["bid"]), int(row["ask"]))
        else:
            meter_decision(meters, ts_ns, float(row["prior"]), float(row["value"]))
    return meters


def decisions_of(made: Any, seed: int, count: int = 150) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = np.zeros(count, [("ts_ns", "i8"), ("prior", "f8"), ("value", "f8")])
    first, last = made.quotes["ts_ns"][[0, -1]]
    rows["ts_ns"] = np.sort(rng.integers(first + 1, last, count))
    rows["prior"], rows["value"] = rng.random(count), 100 * (1 + 1e-3 * rng.standard_normal(count))
    return rows


@pytest.fixture(scope="module", params=range(4))
def played(request: pytest.FixtureRequest, market: Any) -> Any:
    made = market(request.param, quotes=600, fills=120)
    decisions = decisions_of(made, request.param)
    return made, decisions, stream(made, decisions)


def test_amounts_are_those_of_the_split_exactly(played: Any) -> None:
    made, _, meters = played
    found = attribute(made.fills, made.mids, made.ledger, Units(1e-8, made.worth))
    reading = read_meters(meters)
    assert reading.spread == exact_sum(found.spread)
    assert reading.adverse == exact_sum(found.adverse)
    assert reading.fees == exact_sum(found.fees)
    assert reading.inventory == found.inventory
    assert reading.total == found.total
    assert (reading.early, reading.lost) == (0, 0)


def faded_error(values: np.ndarray, cluster: np.ndarray, ts_ns: np.ndarray, horizon_ns: int) -> float:
    """The error that the meters keep in sums, from all pairs of customer orders."""
    sums = np.bincount(cluster, weights=values - values.mean())
    begins = np.array([ts_ns[cluster == number].min() for number in range(len(sums))])
    weights = np.exp(-np.abs(begins[:, None] - begins[None, :]) / horizon_ns)
    independent = float(sums @ sums)
    scatter = independent + max(float(sums @ weights @ sums) - independent, 0.0)
    return math.sqrt(scatter * len(sums) / (len(sums) - 1)) / len(values)


def test_markouts_and_their_errors_are_those_of_the_whole_record(played: Any) -> None:
    made, _, meters = played
    rows = made.fills
    fills = Fills(
        rows["ts_ns"],
        -rows["side"],
        rows["price"] * made.tick,
        rows["lots"] * 1.0,
        rows["fee"] * 1.0,
        0.5 * made.tick * (rows["bid"] + rows["ask"]),
    )
    orders = customer_orders(fills.ts_ns, fills.sign)
    for whole, streamed in zip(markouts(fills, made.mids), read_meters(meters).markouts, strict=True):
        assert (streamed.n, streamed.orders) == (whole.n, whole.orders)
        assert streamed.mean_bps == pytest.approx(whole.mean_bps, rel=1e-9, abs=1e-9)
        when = fills.ts_ns + round(whole.horizon_s * 1e9)
        known = when <= made.mids.end_ns
        earned = 1e4 * fills.sign[known] * (fills.price[known] - made.mids.at(when[known])) / fills.mid[known]
        _, cluster = np.unique(orders[known], return_inverse=True)
        faded = faded_error(earned, cluster, fills.ts_ns[known], round(whole.horizon_s * 1e9))
        assert streamed.se_bps == pytest.approx(faded, rel=1e-7)
        assert streamed.se_bps >= clustered_error(earned, cluster) * (1.0 - 1e-9)
        assert streamed.se_bps == pytest.approx(whole.se_bps, rel=0.35)  # Bartlett's weights instead


def pairs(made: Any, decisions: np.ndarray, horizon_s: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (belief, value gap, move) of the decisions whose horizon is over."""
    ends = decisions["ts_ns"] + round(horizon_s * 1e9)
    known = ends <= made.mids.end_ns
    at_ns = decisions["ts_ns"][known]
    before = made.mids.twice_at(at_ns)
    move = 1e4 * (made.mids.twice_at(ends[known]) - before) / before
    return decisions["prior"][known], value_gap(decisions["value"][known], made.mids, at_ns), move


def test_information_coefficients_are_those_of_the_whole_record(played: Any) -> None:
    made, decisions, meters = played
    told = {(row.signal, row.horizon_s): row for row in read_meters(meters).told}
    for horizon_s in HORIZONS_S:
        prior, gap, move = pairs(made, decisions, horizon_s)
        assert told["belief", horizon_s].ic == pytest.approx(pearson(prior, move).value, abs=1e-9)
        assert told["value gap", horizon_s].ic == pytest.approx(pearson(gap, move).value, abs=1e-9)
        assert told["belief", horizon_s].weight == len(prior)


def test_a_half_life_weighs_the_latest_decisions_more(market: Any) -> None:
    made = market(5, quotes=600)
    decisions = decisions_of(made, 5)
    told = {(row.signal, row.horizon_s): row.ic for row in read_meters(stream(made, decisions, 20.0)).told}
    prior, _, move = pairs(made, decisions, 10.0)
    weights = 2.0 ** (-np.arange(len(prior))[::-1] / 20.0)
    covariance = np.cov(prior, move, aweights=weights)
    expected = covariance[0, 1] / math.sqrt(covariance[0, 0] * covariance[1, 1])
    assert told["belief", 10.0] == pytest.approx(expected, abs=1e-9)


def test_orders_that_traded_are_counted_once_however_their_fills_interleave(market: Any) -> None:
    made = market(6)
    meters = stream(made, decisions_of(made, 6))
    meter_orders(meters, 400, 300, 2)
    reading = read_meters(meters)
    distinct = len(np.unique(made.fills["order"]))
    assert reading.fill_ratio == pytest.approx(distinct / 400)
    assert reading.cancel_to_fill == pytest.approx(300 / distinct)
    assert reading.maker_ratio == pytest.approx(made.fills["is_maker"].mean())


def test_flows_change_what_is_held_but_no_profit(market: Any) -> None:
    made = market(1, fills=0)
    meters = fresh_meters(made.tick, 7)
    meter_quote(meters, 1, 99, 101)
    meter_flow(meters, 10, 10 * 90 * 7)
    meter_quote(meters, 2, 101, 103)
    reading = read_meters(meters)
    assert reading.flows == 2 * 10 * 10 * 7
    assert reading.total == reading.inventory == 2 * 2 * 10 * 7


def test_more_than_can_wait_is_counted_and_not_hidden(market: Any) -> None:
    made = market(2)
    meters = fresh_meters(made.tick, 7)
    meter_quote(meters, 1, 99, 101)
    fill = metered(made.fills[:1])
    fill["bid"], fill["ask"], fill["price"], fill["ts_ns"] = 99, 101, 99, 5
    for _ in range(WAITING + 3):
        meter_fill(meters, fill[0])
        meter_decision(meters, 5, 0.5, 1.0)
    meter_quote(meters, 6, 97, 99)
    meter_quote(meters, 10**12, 97, 99)
    reading = read_meters(meters)
    assert (reading.early, reading.lost) == (3 * len(HORIZONS_S), 3 * len(HORIZONS_S))
    assert reading.fills == reading.markouts[0].n == WAITING + 3
    sold = -int(fill["side"][0] * fill["lots"][0])
    assert reading.adverse == WAITING * sold * 4 * 7  # the early ones saw no move yet
    assert {row.weight for row in reading.told} == {WAITING}
