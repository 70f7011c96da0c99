from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from glosten.params import Runtime
from glosten.settings import Settings, lint, lint_pairs, lint_shared, load
from glosten.settings._lint import RULES


def settings(**values: Any) -> Settings:
    """Return settings with these keys, even such as nothing acts on yet."""
    base = load(None, environment={})
    return Settings(
        base.strategy.model_copy(update=values),
        base.runtime,
        base.account,
        base.instrument,
        base.hash,
        base.provenance,
        base.path,
    )


def codes(given: Settings) -> set[str]:
    return {finding.code for finding in lint(given)}


def test_the_defaults_have_two_remarks_and_no_warning() -> None:
    findings = lint(settings())
    assert [(finding.code, finding.level) for finding in findings] == [("W16", "info"), ("W18", "info")]


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("E01", {"ALLOC_RESERVE_PCT": 25.0}),
        ("E02", {"GM_CAPITAL_ALLOC": 899.0}),
        ("W01", {"GM_ANCHOR_MAX_DEV_BPS": 50.1}),
        ("W02", {"TRADING_LIMIT": 901.0}),
        ("W03", {"GM_MAKER_FEE": 0.081}),
        ("W04", {"GM_TL": 100.0, "GM_LAYERS": 8, "MIN_ORDER_QUOTE": 13.0}),
        ("W04", {"GM_TL": 100.0, "GM_GRID": True, "GM_GRID_LEVELS": 10, "MIN_ORDER_QUOTE": 11.0}),
        ("W05", {"PAIR_EXP_BUDGET": 0.49}),
        ("W06", {"GM_DISABLE_ASK_CLAMP": True}),
        ("W07", {"GM_GRID": True}),
        ("W10", {"NO_POST_ONLY": True, "GM_DISABLE_CROSS_PROT": True}),
        ("W10", {"NO_POST_ONLY": True, "STRICT_LITERATURE": True}),
        ("W11", {"GM_MAX_EXP": 49.0}),
        ("W12", {"BE_GUARD_BLOCK_MARKET_SELLS": False, "BE_GUARD": False}),
        ("W13", {"SCRATCH_LIVENESS_MIN": 30.0, "NO_CLOSE_MARKET": True}),
        ("W14", {"VERBOSE_INTERVAL_MIN": 60.0}),
        ("W15", {"GM_FEE": 0.01}),
        ("W16", {"GM_STALE_DRIFT_BPS": 8.0}),
        ("W17", {"PORTFOLIO_EXP_BUDGET": 0.6, "PORTFOLIO_INCLUDE": False}),
        ("W18", {"GM_MAX_EXP": 95.0}),
    ],
)
def test_a_rule_speaks_where_it_should(code: str, values: dict[str, Any]) -> None:
    assert code in codes(settings(**values))


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("E01", {"ALLOC_RESERVE_PCT": 24.9}),
        ("E02", {"GM_CAPITAL_ALLOC": 900.0}),
        ("W01", {"GM_ANCHOR_MAX_DEV_BPS": 50.0}),
        ("W03", {"GM_MAKER_FEE": 0.08}),
        ("W04", {"GM_TL": 100.0, "GM_LAYERS": 8, "MIN_ORDER_QUOTE": 12.5}),
        ("W05", {"PAIR_EXP_BUDGET": 0.5}),
        ("W05", {"PAIR_EXP_BUDGET": 0.0}),
        ("W06", {"STRICT_LITERATURE": True}),
        ("W10", {"NO_POST_ONLY": True}),
        ("W11", {"GM_MAX_EXP": 50.0}),
        ("W12", {"BE_GUARD_BLOCK_MARKET_SELLS": False}),
        ("W14", {"VERBOSE_INTERVAL_MIN": 60.0, "VERBOSE_LOGS": True}),
        ("W15", {"GM_FEE": 0.02}),
        ("W16", {"GM_STALE_DRIFT_BPS": 7.9}),
        ("W17", {"PORTFOLIO_EXP_BUDGET": 0.6}),
        ("W18", {"SKEW_QTY_MAX": 1.0}),
        ("W18", {"STRICT_LITERATURE": True}),
    ],
)
def test_a_rule_is_silent_where_it_should(code: str, values: dict[str, Any]) -> None:
    assert code not in codes(settings(**values))


def test_strict_literature_in_live_mode_is_warned_of() -> None:
    base = settings(STRICT_LITERATURE=True)
    assert "W09" not in codes(base)
    live = Runtime.model_construct(**{**Runtime().model_dump(), "mode": "live"})
    assert "W09" in codes(
        Settings(base.strategy, live, base.account, base.instrument, base.hash, base.provenance, base.path)
    )


def test_the_venues_minimum_counts_in_the_keys_currency() -> None:
    def given(minimum: str) -> Settings:
        return load(None, overrides=["runtime.quote_unit=190", f"instrument.min_notional={minimum}"], environment={})

    assert "W04" not in codes(given("1.18"))
    assert "W04" in codes(given("1.19"))


def test_the_bound_of_the_skew_is_computed() -> None:
    (finding,) = (finding for finding in lint(settings()) if finding.code == "W18")
    assert "holds the ratio at 1.3." in finding.message


def test_pairs_that_claim_more_than_one_wallet_are_warned_of() -> None:
    def pair(symbol: str, share: float) -> Settings:
        return load(None, overrides=[f"instrument.symbol={symbol}", f"ALLOC_PCT={share}"], environment={})

    assert lint_pairs([pair("BTC/USDT", 50), pair("ETH/USDT", 50), pair("ETH/BTC", 60)]) == ()
    (finding,) = lint_pairs([pair("BTC/USDT", 50), pair("ETH/USDT", 51)])
    assert finding.code == "W08"
    assert "BTC/USDT, ETH/USDT share USDT and claim 101 %" in finding.message


def test_every_message_is_one_sentence_that_names_a_key() -> None:
    for finding in lint(settings(GM_GRID=True, ALLOC_RESERVE_PCT=25.0, TRADING_LIMIT=100.0)):
        assert finding.message.endswith(".")
        assert "\n" not in finding.message
        assert any(key in finding.message for key in load(None, environment={}).values())


def test_every_code_of_the_specification_is_there() -> None:
    expected = {"E01", "E02", *(f"W{number:02d}" for number in range(1, 19))}
    assert {code for code, _, _ in RULES} | {"W08"} == expected


def test_every_code_is_explained_to_the_operator() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
    assert [code for code, _, _ in RULES if f"| {code} |" not in page] == []
    assert "| W08 |" in page


def test_a_pair_is_told_of_the_wallet_it_shares_with_others_of_its_file(write: Any) -> None:
    path = write('ALLOC_PCT = 60\n[pairs."BTC/USDT"]\n[pairs."ETH/USDT"]\n[pairs."ETH/BTC"]\n')
    codes_of = {pair: {one.code for one in lint_shared(load(path, pair=pair, environment={}))} for pair in PAIRS}
    assert "W08" in codes_of["BTC/USDT"]
    assert "W08" not in codes_of["ETH/BTC"]
    assert lint_shared(settings()) == lint(settings())


PAIRS = ("BTC/USDT", "ETH/USDT", "ETH/BTC")
