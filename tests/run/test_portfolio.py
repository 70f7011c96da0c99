"""Several pairs in one process: their own tapes and settings, one exposure ledger a currency."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glosten import settings
from glosten.market import Tape, tape_from_arrays
from glosten.records import PRINTS, QUOTES, Instrument
from glosten.run import PortfolioPair, backtest, backtest_portfolio, share_ledgers

SECOND = 1_000_000_000
START_NS = 1_700_000_000 * SECOND
CONFIG = """
[strategy]
ALLOC_CONFIRMED = true
WARMUP_CYCLES = 0
GM_MAX_EXP = 95
GM_BASE_SPREAD = 2
[pairs."BTC/USDT"]
GM_ALPHA = 0.1
[pairs."ETH/USDT"]
GM_ALPHA = 0.3
SKEW_QTY_TARGET = 0.7
[pairs."XRP/ETH"]
"runtime.quote_unit" = 2000
[pairs."LTC/ETH"]
GM_ALPHA = 0.2
"""


def random_tape(symbol: str, seed: int, seconds: int = 1200, start: int = 0) -> Tape:
    draw = np.random.default_rng(seed)
    quotes, trades = np.zeros(seconds, QUOTES), np.zeros(seconds, PRINTS)
    mid = 10_000 + np.cumsum(draw.integers(-3, 4, seconds))
    quotes["ts_ns"] = trades["ts_ns"] = START_NS + (start + np.arange(seconds)) * SECOND
    quotes["bid"], quotes["ask"] = mid - 1, mid + 1
    quotes["bid_lots"], quotes["ask_lots"] = draw.integers(1, 5000, (2, seconds))
    trades["side"] = draw.choice([-1, 1], seconds)
    trades["price"] = mid + trades["side"] * draw.integers(0, 12, seconds)
    trades["lots"] = draw.integers(1, 20_000, seconds)
    trades["aggressor"] = np.arange(seconds)
    return tape_from_arrays(Instrument(symbol, Decimal("0.01"), Decimal("0.0001")), quotes, trades)


@pytest.fixture
def pair(tmp_path: Path) -> Any:
    """Return a function that makes a pair of the common file, with keys set over it."""
    file = tmp_path / "pairs.toml"
    file.write_text(CONFIG)

    def made(name: str, tape: Tape, *overrides: str) -> PortfolioPair:
        return PortfolioPair(name, settings.load(file, pair=name, overrides=overrides, environment={}), tape)

    return made


def both(pair: Any, *overrides: str) -> list[PortfolioPair]:
    tapes = (random_tape("BTC/USDT", 1), random_tape("ETH/USDT", 2, 900, 5))
    return [pair(tape.instrument.symbol, tape, *overrides) for tape in tapes]


def test_without_a_budget_every_pair_trades_as_it_would_alone(pair: Any) -> None:
    pairs = both(pair)
    together = backtest_portfolio(pairs)
    for one in pairs:
        alone, beside = backtest(one.settings, one.tape), together.runs[one.name]
        assert beside.fills.tobytes() == alone.fills.tobytes()
        assert beside.cycles.tobytes() == alone.cycles.tobytes()
        assert len(alone.fills) > 20
    assert together.runs["ETH/USDT"].parameters["GM_ALPHA"] == 0.3


def test_a_budget_binds_every_pair_on_the_sums_of_all(pair: Any) -> None:
    free, bound = backtest_portfolio(both(pair)), backtest_portfolio(both(pair, "PORTFOLIO_EXP_BUDGET=0.6"))
    (ledger,) = free.ledgers
    assert (ledger.currency, ledger.pairs) == ("USDT", ("BTC/USDT", "ETH/USDT"))
    assert ledger.exposures["ratio"].max() > 0.601
    reasons = bound.runs["BTC/USDT"].figures["bids_off"] | bound.runs["ETH/USDT"].figures["bids_off"]
    assert "portfolio_budget" in reasons
    for run in bound.runs.values():
        assert run.figures["fills"] > 0
    alone = backtest(both(pair)[0].settings, both(pair)[0].tape)
    assert bound.runs["BTC/USDT"].fills.tobytes() != alone.fills.tobytes()


def test_a_pair_whose_tape_ended_counts_with_its_last_value(pair: Any) -> None:
    pairs = [
        pair("BTC/USDT", random_tape("BTC/USDT", 1)),
        pair("ETH/USDT", random_tape("ETH/USDT", 2, 100)),
    ]
    (ledger,) = backtest_portfolio(pairs).ledgers
    late = ledger.exposures[ledger.exposures["ts_ns"] > START_NS + 200 * SECOND]
    assert (late["allocation"] > 1.9 * 9090 * 0.99).all()
    assert (np.diff(ledger.exposures["ts_ns"]) >= 0).all()


def test_a_pair_that_is_not_included_changes_nothing_for_the_others(pair: Any) -> None:
    pairs = both(pair, "PORTFOLIO_EXP_BUDGET=0.6")
    apart = pair("ETH/USDT", pairs[1].tape, "PORTFOLIO_EXP_BUDGET=0.6", "PORTFOLIO_INCLUDE=false")
    run = backtest_portfolio([pairs[0], apart])
    alone = backtest(pairs[0].settings, pairs[0].tape)
    assert run.runs["BTC/USDT"].fills.tobytes() == alone.fills.tobytes()
    assert [ledger.pairs for ledger in run.ledgers] == [("BTC/USDT",)]


def test_pairs_of_other_quote_assets_keep_their_own_ledger_unless_their_unit_is_declared(pair: Any) -> None:
    tape = random_tape("XRP/ETH", 3, 60)
    pairs = [pair("BTC/USDT", tape), pair("XRP/ETH", tape), pair("LTC/ETH", tape)]
    assert share_ledgers(pairs) == (("USDT", (0, 1)), ("ETH", (2,)))


def test_deciding_after_every_event_interleaves_too(pair: Any) -> None:
    tapes = (random_tape("BTC/USDT", 1, 60), random_tape("ETH/USDT", 2, 60))
    pairs = [pair(tape.instrument.symbol, tape, "runtime.cycle_seconds=0") for tape in tapes]
    run = backtest_portfolio(pairs)
    assert {one.figures["cycles"] for one in run.runs.values()} == {120}


def test_the_summary_is_plain_json(pair: Any, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    run = backtest_portfolio(both(pair), progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (2 * 1200 + 2 * 900,) * 2
    figures = json.loads(json.dumps(run.summary()))
    assert list(figures["pairs"]) == ["BTC/USDT", "ETH/USDT"]
    (ledger,) = json.loads(run.save_ledgers(tmp_path).read_text())
    assert 0 < ledger["ratio"] <= ledger["largest_ratio"] < 1.2
