from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from glosten.params import PACKED, PARAMETERS, Runtime, Strategy, pack
from glosten.records import Instrument

BTCUSDT = Instrument("BTC/USDT", Decimal("0.01"), Decimal("0.0001"), Decimal("0.00025"), Decimal(5))

WORDS = ("runtime.mode", "runtime.latency_file")
"""What the host reads, and no compiled code."""


def test_the_row_has_a_field_for_every_parameter_but_the_mode_and_a_file() -> None:
    names = [f"runtime.{name}" for name in PACKED["runtime"].names or ()]
    assert [*(PACKED["strategy"].names or ()), *names] == [
        parameter.key for parameter in PARAMETERS if parameter.key not in WORDS
    ]


def test_the_row_has_no_padding_so_that_equal_fields_are_equal_bytes() -> None:
    assert PACKED.itemsize == 8 * (61 + 16 + 8 + 2)
    assert pack(Strategy(), Runtime(), BTCUSDT).tobytes() == pack(Strategy(), Runtime(), BTCUSDT).tobytes()


def test_no_configuration_reaches_the_switch_of_the_study() -> None:
    assert pack(Strategy(), Runtime(), BTCUSDT)["keeps_prior_at_snap"][0] == 0
    assert "keeps_prior_at_snap" not in {parameter.name for parameter in PARAMETERS}


def test_numbers_are_floats_and_all_else_is_whole() -> None:
    for parameter in PARAMETERS:
        if parameter.key not in WORDS:
            assert PACKED[parameter.table][parameter.name] == ("f8" if parameter.type == "number" else "i8")


def test_the_defaults_pack_to_these_numbers() -> None:
    row = pack(Strategy(), Runtime(), BTCUSDT, revision=7)
    assert row.shape == (1,)
    strategy, runtime, instrument = row["strategy"][0], row["runtime"][0], row["instrument"][0]
    golden = {
        "PERIOD": 5,
        "TRADING_LIMIT": 900.0,
        "GM_CAPITAL_ALLOC": 9090.0,
        "ALLOC_PCT": 25.0,
        "ALLOC_CONFIRMED": 0,
        "GM_BAYES_ENABLED": 1,
        "GM_BASE_SPREAD": 8.0,
        "GM_ALPHA": 0.15,
        "GM_VALUE_DELTA": 0.005,
        "GM_MAX_EXP": 60.0,
        "GM_MAKER_FEE": 0.02,
        "GM_PERIOD": 1,
        "LOG_LEVEL": 1,
        "MIN_ORDER_QUOTE": 5.0,
        "GM_LAYERS": 4,
    }
    assert {key: strategy[key].item() for key in golden} == golden
    assert runtime.item() == (15.0, 0, 3, 2.5, 30.0, 0.25, 0.0, 0, 1, 1.0, 2, 0, 0.0, 0.0, 0.0, 0)
    assert instrument.item() == (0.01, 0.0001, 3, 5.0, 1e-8, 100, 20_000, 100_000)
    assert row["revision"][0] == 7


def test_cash_keys_alone_are_turned_into_quote_units() -> None:
    dollars = pack(Strategy(), Runtime(), BTCUSDT)["strategy"][0]
    ether = pack(Strategy(), Runtime(quote_unit=190), BTCUSDT)["strategy"][0]
    changed = {name for name in PACKED["strategy"].names or () if dollars[name] != ether[name]}
    assert changed == {"TRADING_LIMIT", "GM_TL", "GM_CAPITAL_ALLOC", "MIN_ORDER_QUOTE"}
    for name in changed:
        assert ether[name] == dollars[name] / 190
    rules = pack(Strategy(), Runtime(quote_unit=190), BTCUSDT)["instrument"][0]
    assert rules["min_notional"] == 5.0


def test_an_empty_candle_period_takes_the_charts() -> None:
    assert pack(Strategy(GM_PERIOD="", PERIOD=15), Runtime(), BTCUSDT)["strategy"]["GM_PERIOD"][0] == 15
    assert pack(Strategy(GM_PERIOD="30"), Runtime(), BTCUSDT)["strategy"]["GM_PERIOD"][0] == 30


def test_strict_literature_is_packed_as_it_acts() -> None:
    row = pack(Strategy(STRICT_LITERATURE=True), Runtime(), BTCUSDT)["strategy"][0]
    assert (row["BE_GUARD"], row["SKEW_QTY_MAX"], row["GM_DISABLE_ASK_CLAMP"]) == (0, 1.0, 1)


@pytest.mark.parametrize(
    ("percent", "fraction_e8"), [(0.02, 20_000), (0.1, 100_000), (-0.05, -50_000), (0.0, 0), (0.0123456, 12_346)]
)
def test_a_fee_in_percent_becomes_a_whole_fraction(percent: float, fraction_e8: int) -> None:
    row = pack(Strategy(GM_MAKER_FEE=percent), Runtime(), BTCUSDT)
    assert row["instrument"]["maker_fee_e8"][0] == fraction_e8


def test_the_smallest_size_is_rounded_up_to_lots() -> None:
    rules = Instrument("X/Y", Decimal("0.01"), Decimal("0.3"), Decimal("0.9"))
    assert pack(Strategy(), Runtime(), rules)["instrument"]["min_lots"][0] == 3
    rules = Instrument("X/Y", Decimal("0.01"), Decimal("0.3"), Decimal("0.91"))
    assert pack(Strategy(), Runtime(), rules)["instrument"]["min_lots"][0] == 4


def test_the_observation_source_and_a_given_cost_basis_are_numbers() -> None:
    row = pack(Strategy(), Runtime(obs_source="tape", initial_cost_basis=99.5), BTCUSDT)["runtime"][0]
    assert (row["obs_source"], row["initial_cost_basis"]) == (1, 99.5)


def test_two_rows_differ_where_one_parameter_does() -> None:
    one, other = (pack(Strategy(GM_ALPHA=alpha), Runtime(), BTCUSDT) for alpha in (0.15, 0.2))
    words = np.frombuffer(one.tobytes(), "i8") != np.frombuffer(other.tobytes(), "i8")
    assert words.sum() == 1
