from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glosten.market import Kind
from glosten.market._check import check

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND

times = st.lists(st.integers(0, 40), min_size=1, max_size=60)
numbers = st.lists(st.integers(1, 30), min_size=1, max_size=60)
price = st.sampled_from([0.0, -1.0, float("nan"), float("inf"), 1.0, 2.0, 3.0])
size = st.sampled_from([0.0, -1.0, float("nan"), 1.0, 2.0])


def trades(rows: list[tuple[int, float, float, int]], ids: list[Any] | None = None) -> pl.DataFrame:
    schema = {"ts_ns": pl.Int64, "price": pl.Float64, "qty": pl.Float64, "side": pl.Int8}
    frame = pl.DataFrame([(START + row[0] * SECOND, *row[1:]) for row in rows], schema, orient="row")
    return frame if ids is None else frame.with_columns(trade_id=pl.Series(ids))


def cut(frame: pl.DataFrame, where: int) -> list[pl.DataFrame]:
    return [frame[:where], frame[where:]]


@given(times, st.integers(0, 60))
def test_time_is_counted_as_a_plain_loop_counts_it(seconds: list[int], where: int) -> None:
    frame = trades([(second, 1.0, 1.0, 1) for second in seconds])
    report = check(Kind.TRADES, cut(frame, where), 5.0)
    latest, backwards, equal, gaps, longest, deepest = seconds[0], 0, 0, 0, 0, 0
    for second in seconds[1:]:
        if second < latest:
            backwards, deepest = backwards + 1, max(deepest, latest - second)
        else:
            equal, gaps = equal + (second == latest), gaps + (second - latest >= 5)
            longest, latest = max(longest, second - latest), second
    assert (report.backwards, report.equal_times, report.gaps) == (backwards, equal, gaps)
    assert (report.longest_gap_ns, report.largest_step_back_ns) == (longest * SECOND, deepest * SECOND)
    assert (report.first_backwards >= 0) == (backwards > 0)
    assert any("time runs backwards" in said for said in report.refusals("x")) == (backwards > 0)
    assert (report.first_ns, report.last_ns) == (START + seconds[0] * SECOND, START + max(seconds) * SECOND)


@given(numbers, st.integers(0, 60), st.booleans())
def test_repeated_and_missing_numbers_are_counted_as_sets_count_them(
    ids: list[int], where: int, are_texts: bool
) -> None:
    given_ids: list[Any] = [f"t{number}" for number in ids] if are_texts else ids
    frame = trades([(0, 1.0, 1.0, 1)] * len(ids), given_ids)
    report = check(Kind.TRADES, cut(frame, where), 60.0)
    assert report.duplicate_ids == len(ids) - len(set(ids))
    assert report.missing_ids == (None if are_texts else max(ids) - min(ids) + 1 - len(set(ids)))


@given(st.lists(st.tuples(price, size, st.sampled_from([-1, 0, 1])), min_size=1, max_size=40))
def test_numbers_that_cannot_be_and_sizes_of_nothing_are_counted(rows: list[tuple[float, float, int]]) -> None:
    report = check(Kind.TRADES, [trades([(0, *row) for row in rows])], 60.0)
    bad = [not (0 < one < float("inf") and 0 <= two < float("inf")) for one, two, _ in rows]
    assert report.bad_numbers == sum(bad)
    assert report.first_bad == (bad.index(True) if any(bad) else -1)
    assert report.zero_sizes == sum(two == 0 for _, two, _ in rows)
    assert report.buys + report.sells + report.unknown == report.rows == len(rows)
    kept = [row for row, is_bad in zip(rows, bad, strict=True) if not is_bad]
    assert report.buy_qty == sum(two for _, two, side in kept if side > 0)
    assert report.sell_qty == sum(two for _, two, side in kept if side < 0)


@given(st.lists(st.tuples(price, size, price, size), min_size=1, max_size=40), st.integers(0, 40))
def test_every_quote_is_counted_under_one_heading(rows: list[tuple[float, ...]], where: int) -> None:
    names = ("bid", "bid_qty", "ask", "ask_qty")
    frame = pl.DataFrame(rows, dict.fromkeys(names, pl.Float64), orient="row").with_columns(ts_ns=pl.lit(START))
    report = check(Kind.QUOTES, cut(frame, where), 60.0)
    counts = dict.fromkeys(("bad", "gap", "empty", "crossed", "locked", "fine"), 0)
    for bid, bid_qty, ask, ask_qty in rows:
        possible = all(0 <= one < float("inf") for one in (bid, bid_qty, ask, ask_qty))
        if not possible or (bid == 0 < bid_qty) or (ask == 0 < ask_qty):
            counts["bad"] += 1
        elif bid == ask == 0:
            counts["gap"] += 1
        elif not (bid_qty > 0 and ask_qty > 0):
            counts["empty"] += 1
        else:
            counts["crossed" if bid > ask else "locked" if bid == ask else "fine"] += 1
    assert (report.bad_numbers, report.marked_gaps, report.empty_sides) == (
        counts["bad"],
        counts["gap"],
        counts["empty"],
    )
    assert (report.crossed, report.locked) == (counts["crossed"], counts["locked"])
    said = report.refusals("x")
    assert any("bid above the ask" in one for one in said) == (counts["crossed"] > 0.01 * len(rows))
    assert any("cannot be" in one for one in said) == (counts["bad"] > 0)


@pytest.mark.parametrize(("skipped", "is_refused"), [(1, False), (2, True)])
def test_up_to_one_percent_of_repeated_and_empty_prints_is_lived_with(skipped: int, is_refused: bool) -> None:
    ids = [1] * skipped + list(range(1, 101 - skipped))
    frame = trades([(row, 1.0, 0.0 if row < skipped else 1.0, 1) for row in range(100)], ids)
    said = check(Kind.TRADES, [frame], 60.0).refusals("file")
    assert len(said) == (2 if is_refused else 0)
    assert all(sentence.startswith("file: 2.0% of the ") for sentence in said)


def test_the_counts_of_a_kind_are_those_that_belong_to_it() -> None:
    told = check(Kind.TRADES, [trades([(0, 1.0, 1.0, 1)])], 60.0).counts()
    assert "buys" in told
    assert "crossed" not in told
