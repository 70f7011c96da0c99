"""Records: what the rows say, and the units of the ledger."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

from glosten.errors import InputError, ParameterError
from glosten.records import EVENT, Acknowledgement, Book, Clock, EventKind, Fill, Instrument, Reason, Side, Trade


@pytest.mark.parametrize(
    ("tick", "lot", "quantum", "worth"),
    [
        ("0.01", "0.00001", "1e-8", 10),
        ("0.00000001", "1", "1e-8", 1),
        ("0.01", "1", "1e-8", 1_000_000),
        ("0.00000001", "0.1", "1e-9", 1),
        ("0.05", "0.001", "1e-8", 5_000),
    ],
)
def test_a_tick_of_a_lot_is_a_whole_number_of_quanta(tick: str, lot: str, quantum: str, worth: int) -> None:
    instrument = Instrument("A/B", Decimal(tick), Decimal(lot))
    assert instrument.quantum == Decimal(quantum)
    assert instrument.quanta_per_tick_lot == worth
    assert instrument.quanta_per_tick_lot * instrument.quantum == instrument.tick * instrument.lot


def test_a_record_becomes_one_event_row_with_its_kind_and_fields() -> None:
    fill = Fill(5, 3, 9, Side.SELL, 100, 7, -2, is_maker=True).event()
    assert fill.shape == (1,)
    assert {
        name: int(fill[0][name]) for name in ("kind", "ts_ns", "slot", "order", "side", "price", "lots", "fee")
    } == {
        "kind": EventKind.FILL,
        "ts_ns": 5,
        "slot": 3,
        "order": 9,
        "side": -1,
        "price": 100,
        "lots": 7,
        "fee": -2,
    }
    kinds = [
        Book(1, 2, 3, 4, 5).event(),
        Trade(1, 2, 3, Side.BUY, 4).event(),
        Clock(1).event(),
        Acknowledgement(1, EventKind.REJECTED, 2, 9, Reason.WOULD_CROSS).event(),
    ]
    assert [int(row[0]["kind"]) for row in kinds] == [1, 2, 7, 6]
    assert kinds[3][0]["reason"] == Reason.WOULD_CROSS


def test_rows_hold_no_padding_so_that_equal_fields_are_equal_bytes() -> None:
    assert EVENT.itemsize == 8 * len(EVENT.names or ())


def test_records_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Clock(1).ts_ns = 2  # type: ignore[misc]


def test_an_input_error_carries_every_problem_and_the_exit_code() -> None:
    error = ParameterError(["First.", "Second."])
    assert isinstance(error, InputError)
    assert isinstance(error, ValueError)
    assert (error.problems, error.exit_code, str(error)) == (("First.", "Second."), 2, "First.\nSecond.")
    assert ParameterError("Only.").problems == ("Only.",)
