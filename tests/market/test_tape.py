from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import pytest

from glosten.errors import TapeError
from glosten.market import GAPS, Tape, TapeNotes, tape_between, tape_from_arrays
from glosten.records import PRINTS, QUOTES, Instrument

INSTRUMENT = Instrument("A/B", Decimal("0.01"), Decimal(1))
QUOTE_ROWS = np.array([(5, 100, 1, 101, 1), (9, 100, 2, 102, 1)], QUOTES)
PRINT_ROWS = np.array([(3, 100, 1, -1, 0), (7, 101, 1, 1, 1), (7, 102, 1, 1, 1)], PRINTS)


def test_a_tape_of_arrays_shares_their_memory_and_spans_both() -> None:
    tape = tape_from_arrays(INSTRUMENT, QUOTE_ROWS, PRINT_ROWS)
    assert np.shares_memory(tape.quotes, QUOTE_ROWS)
    assert (tape.span, tape.notes.orders, tape.synthetic_quotes) == ((3, 9), 2, False)


def test_a_tape_of_prints_alone_is_synthetic() -> None:
    tape = tape_from_arrays(INSTRUMENT, None, PRINT_ROWS)
    assert tape.synthetic_quotes
    assert tape.quotes["ask"].tolist() == [101, 102]


@pytest.mark.parametrize(
    ("quotes", "trades", "part"),
    [
        (QUOTE_ROWS[::-1].copy(), PRINT_ROWS, "quotes of a tape are in time order; these run backwards in row 2"),
        (QUOTE_ROWS, PRINT_ROWS[:0], "at least one row of trades"),
        (PRINT_ROWS, PRINT_ROWS, "The quotes of a tape are rows of"),
    ],
)
def test_arrays_that_are_no_tape_are_refused(quotes: np.ndarray, trades: np.ndarray, part: str) -> None:
    with pytest.raises(TapeError, match=part):
        tape_from_arrays(INSTRUMENT, quotes, trades)


def test_the_summary_is_json_and_its_sentences_tell_what_was_met() -> None:
    notes = TapeNotes(orders=2, crossed_quotes=1, below_lot=1_234, touch_shares=((0, 0.54), (2, 0.97)))
    tape = Tape(INSTRUMENT, QUOTE_ROWS, PRINT_ROWS, quote_lag_ns=2_000_000, files=("t", "q"), notes=notes)
    summary = json.loads(json.dumps(tape.summary()))
    assert (summary["quote_lag_ms"], summary["crossed_quotes"], summary["files"]) == (2.0, 1, ["t", "q"])
    start = "1970-01-01T00:00:00.000Z"
    assert summary["sentences"] == [
        f"3 prints of 2 market orders and 2 quotes, from {start} to {start}, tick 0.01, lot 1.",
        "Quotes are lagged by 2 ms: 97.0% of the market orders begin at the touch, 54.0% unlagged.",
        "1 quotes had the bid above the ask and were skipped.",
        "1,234 prints were smaller than a lot; they count as trades but fill nobody.",
    ]


def test_a_lag_that_was_given_is_told_without_a_measurement() -> None:
    tape = Tape(INSTRUMENT, QUOTE_ROWS, PRINT_ROWS, quote_lag_ns=3_500_000)
    assert tape.sentences()[1] == "Quotes are lagged by 3.5 ms."


def test_a_part_of_a_tape_shares_its_memory_and_has_what_happened_in_it_alone() -> None:
    gaps = np.array([(1, 2), (4, 6), (7, 8), (9, 12)], GAPS)
    tape = Tape(INSTRUMENT, QUOTE_ROWS, PRINT_ROWS, notes=TapeNotes(orders=2, crossed_quotes=3), gaps=gaps)
    part = tape_between(tape, 5, 9)
    assert np.shares_memory(part.quotes, QUOTE_ROWS)
    assert (part.quotes["ts_ns"].tolist(), part.trades["ts_ns"].tolist()) == ([5], [7, 7])
    assert part.gaps.tolist() == [(5, 6), (7, 8)]
    assert part.notes == TapeNotes(orders=1)
    assert tape.gaps.tolist() == [(1, 2), (4, 6), (7, 8), (9, 12)]
    whole = tape_between(tape, 3, 10)
    assert (len(whole.quotes), len(whole.trades)) == (2, 3)


def test_a_part_without_quotes_or_prints_is_refused() -> None:
    tape = tape_from_arrays(INSTRUMENT, QUOTE_ROWS, PRINT_ROWS)
    with pytest.raises(TapeError, match="has no quotes from"):
        tape_between(tape, 6, 9)
    with pytest.raises(TapeError, match="has no prints from"):
        tape_between(tape, 8, 10)
