"""The maker on real tapes: every figure is recomputed here from the fills and the tape, by other means."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glosten import run
from glosten.errors import SettingsError
from glosten.market import GAPS
from glosten.records import Side, Status
from glosten.run import _backtest

NAMES = ["btcusdt", "xrpeth", "ibm", "aapl"]


@pytest.fixture(scope="session")
def played(real: Any) -> Any:
    done: dict[str, Any] = {}

    def play(name: str) -> Any:
        if name not in done:
            chosen, tape = real(name)
            done[name] = (chosen, tape, run.backtest(chosen, tape, title=name))
        return done[name]

    return play


@pytest.mark.parametrize("name", NAMES)
def test_a_real_tape_runs_to_the_end_and_trades(played: Any, name: str) -> None:
    _, tape, result = played(name)
    assert result.figures["ticks"] == len(tape.quotes) + len(tape.trades)
    assert result.figures["fills"] == len(result.fills) > 0
    assert result.figures["maker_ratio"] == 1.0
    assert result.figures["rejects"] == 0
    assert result.figures["quoting_share"] > 0.85
    assert 0.0 <= result.figures["max_drawdown_pct"] < 5.0
    assert abs(result.pnl.total) < 0.03 * result.figures["base_capital"]


@pytest.mark.parametrize("name", NAMES)
def test_profit_is_the_money_that_moved_plus_what_the_inventory_gained(played: Any, name: str) -> None:
    _, tape, result = played(name)
    instrument, fills = tape.instrument, result.fills
    quantum = instrument.quantum
    unit = instrument.quanta_per_tick_lot
    moved = sum(-int(row["side"]) * int(row["price"]) * int(row["lots"]) * unit - int(row["fee"]) for row in fills)
    held_before = result.figures["held_at_start"]
    held_after = held_before + sum(int(row["side"]) * int(row["lots"]) for row in fills)
    assert held_after == result.figures["held"]
    priced = result.cycles[result.cycles["allocation"] > 0]
    first_mid = Decimal(int(priced["bid"][0] + priced["ask"][0])) / 2 * instrument.tick
    last_mid = Decimal(int(tape.quotes["bid"][-1] + tape.quotes["ask"][-1])) / 2 * instrument.tick
    expected = moved * quantum + instrument.lot * (held_after * last_mid - held_before * first_mid)
    turnover = result.figures["turnover"]
    assert result.pnl.total == pytest.approx(float(expected), abs=1e-9 * turnover + 2 * float(quantum))
    pnl = result.pnl
    assert abs(pnl.brought) <= float(quantum)  # the cost is booked in whole quanta, a mid lies between two
    assert pnl.spread + pnl.adverse + pnl.inventory + pnl.fees == pytest.approx(pnl.total, abs=1e-9 * turnover)
    assert pnl.realised + pnl.unrealised == pytest.approx(pnl.total, abs=1e-9 * turnover)
    assert result.figures["final_value"] - result.figures["base_capital"] == pytest.approx(pnl.total, abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_every_fill_has_a_print_of_the_other_side_at_or_through_its_price_and_large_enough(
    played: Any, name: str
) -> None:
    _, tape, result = played(name)
    prints = tape.trades
    for moment in np.unique(result.fills["ts_ns"]):
        for side in (Side.BUY, Side.SELL):
            ours = result.fills[(result.fills["ts_ns"] == moment) & (result.fills["side"] == side)]
            if len(ours) == 0:
                continue
            theirs = prints[(prints["ts_ns"] == moment) & (prints["side"] == -side)]
            nearest = ours["price"].max() if side == Side.BUY else ours["price"].min()
            reached = theirs[side * (theirs["price"] - nearest) <= 0]
            assert ours["lots"].sum() <= reached["lots"].sum()


@pytest.mark.parametrize("name", NAMES)
def test_sells_clear_break_even_and_exposure_stays_under_the_cap_at_every_decision(played: Any, name: str) -> None:
    chosen, tape, result = played(name)
    cycles, tick = result.cycles, float(tape.instrument.tick)
    asked = cycles[cycles["own_ask"] > 0]
    assert (asked["own_ask"] * tick >= asked["break_even"] * (1 - 1e-12)).all()
    both = cycles[(cycles["own_bid"] > 0) & (cycles["own_ask"] > 0)]
    assert (both["own_bid"] < both["own_ask"]).all()
    assert (cycles["outer_bid"] <= cycles["own_bid"]).all()
    assert (cycles["outer_ask"] >= cycles["own_ask"]).all()
    assert (cycles["outer_ask"] > cycles["own_ask"]).any()
    bought = cycles[cycles["own_bid"] > 0]
    value = bought["held"] * float(tape.instrument.lot) * tick * 0.5 * (bought["bid"] + bought["ask"])
    assert (value <= chosen.effective.GM_MAX_EXP / 100 * bought["allocation"] + 1e-6).all()
    quoting = cycles[cycles["status"] == Status.QUOTING]
    assert (quoting["value_low"] <= quoting["value"]).all()
    assert (quoting["value"] <= quoting["value_high"]).all()
    assert ((quoting["prior"] >= 0.05) & (quoting["prior"] <= 0.95)).all()


def test_results_do_not_depend_on_how_the_tape_is_cut_into_chunks(real: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen, tape = real("aapl")
    whole = run.backtest(chosen, tape)
    monkeypatch.setattr(_backtest, "CHUNK", 97)
    pieces = run.backtest(chosen, tape)
    assert pieces.cycles.tobytes() == whole.cycles.tobytes()
    assert pieces.fills.tobytes() == whole.fills.tobytes()


def test_records_grow_instead_of_losing_fills(real: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen, tape = real("xrpeth")
    whole = run.backtest(chosen, tape)
    monkeypatch.setattr(_backtest, "FIRST_FILLS", 1100)
    monkeypatch.setattr(_backtest, "CHUNK", 500)
    grown = run.backtest(chosen, tape)
    assert len(whole.fills) > 1100
    assert grown.fills.tobytes() == whole.fills.tobytes()


def test_progress_ends_at_the_whole_tape(real: Any) -> None:
    chosen, tape = real("aapl")
    seen: list[tuple[int, int]] = []
    run.backtest(chosen, tape, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(tape.quotes) + len(tape.trades),) * 2


def test_dollar_keys_on_an_ether_quoted_tape_are_scaled_by_the_quote_unit(played: Any) -> None:
    _, _, result = played("xrpeth")
    assert result.figures["base_capital"] == pytest.approx(9090 / 190, rel=1e-3)
    assert result.tape["synthetic_quotes"] is True


def test_a_given_wallet_is_used_and_coins_beyond_the_allocation_stay_out(real: Any) -> None:
    chosen, tape = real("btcusdt", "account.cash=1000", "account.coin=10")
    result = run.backtest(chosen, tape)
    assert result.figures["held_at_start"] < 10 / float(tape.instrument.lot)
    assert result.figures["held_at_start"] * float(tape.instrument.lot) * 61833 == pytest.approx(9090, rel=1e-3)


def test_deciding_after_every_event_and_on_fills_is_possible(real: Any) -> None:
    chosen, tape = real("aapl", "runtime.cycle_seconds=0", "runtime.decide_on_fill=true")
    result = run.backtest(chosen, tape)
    assert result.figures["cycles"] == len(tape.quotes) + len(tape.trades)
    assert result.figures["fills"] > 0


def test_belief_can_be_moved_by_the_tape(real: Any) -> None:
    chosen, tape = real("aapl", "runtime.obs_source=tape")
    result = run.backtest(chosen, tape)
    signed = tape.trades[tape.trades["side"] != 0]
    assert 0 < result.figures["observations"] <= len(np.unique(signed["aggressor"]))
    assert np.ptp(result.cycles["prior"]) > 0.3


def test_an_unconfirmed_allocation_trades_nothing(real: Any) -> None:
    chosen, tape = real("btcusdt", "ALLOC_CONFIRMED=false")
    result = run.backtest(chosen, tape)
    assert (result.figures["orders"], result.figures["fills"], result.pnl.total) == (0, 0, 0.0)
    assert any("did not trade" in sentence for sentence in run.explain(result))


def test_a_run_comes_back_from_disk_as_it_was(played: Any, tmp_path: Path) -> None:
    _, _, result = played("ibm")
    result.save(tmp_path / "deep" / "run")
    again = run.Run.load(tmp_path / "deep" / "run")
    assert json.dumps(again.summary()) == json.dumps(result.summary())
    for name in ("cycles", "fills", "breakers", "market"):
        assert getattr(again, name).tobytes() == getattr(result, name).tobytes()
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["run"]


def test_a_run_without_a_known_markout_is_strict_json_and_comes_back(real: Any, tmp_path: Path) -> None:
    chosen, tape = real("btcusdt", "ALLOC_CONFIRMED=false")
    run.backtest(chosen, tape).save(tmp_path / "run")
    text = (tmp_path / "run" / "run.json").read_text()
    json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert np.isnan(run.Run.load(tmp_path / "run").markouts[0].mean_bps)


def test_a_folder_without_a_run_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"is not the folder of a run: it has no run\.json"):
        run.Run.load(tmp_path)
    (tmp_path / "run.json").write_text("{")
    (tmp_path / "arrays.npz").write_bytes(b"")
    with pytest.raises(SettingsError, match="cannot be read"):
        run.Run.load(tmp_path)


def test_the_folder_of_a_run_of_another_version_is_refused_in_a_sentence(tmp_path: Path, real: Any) -> None:
    chosen, tape = real("btcusdt")
    result = run.backtest(chosen, tape)
    names = [name for name in result.fills.dtype.names or () if name != "fee_lots"]
    replace(result, fills=result.fills[names].copy()).save(tmp_path / "run")
    with pytest.raises(SettingsError, match="its fills are those of another version"):
        run.Run.load(tmp_path / "run")


def test_the_configuration_hash_changes_with_a_key_and_only_then(real: Any) -> None:
    first, _ = real("btcusdt")
    again, _ = real("btcusdt")
    other, _ = real("btcusdt", "GM_ALPHA=0.2")
    assert first.hash == again.hash != other.hash


def test_explanations_carry_errors_and_counts(played: Any) -> None:
    _, _, result = played("aapl")
    text = " ".join(run.explain(result))
    assert f"{result.figures['fills']} fills" in text
    assert "± " in text
    assert "customer orders" in text
    quiet = dataclasses.replace(result, markouts=())
    assert "±" not in " ".join(run.explain(quiet))


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (-18.631, "-18.63"), (0.00334, "+0.003340"), (1234567.891, "+1,234,567.89")]
)
def test_amounts_show_as_many_decimals_as_they_need(value: float, text: str) -> None:
    assert run.amount(value) == text


def test_a_gap_marked_on_a_tape_pulls_every_order_once_the_data_is_too_old(real: Any) -> None:
    chosen, tape = real("btcusdt", "WARMUP_CYCLES=0")
    first, last = tape.span
    began = first + (last - first) // 3
    gaps = np.array([(began, began + 120 * 1_000_000_000)], GAPS)
    result = run.backtest(chosen, dataclasses.replace(tape, gaps=gaps))
    stale = result.cycles[result.cycles["status"] == Status.DATA_STALE]
    assert len(stale) > 3
    assert (stale["ts_ns"] > began + 30 * 1_000_000_000).all()
    assert (stale["ts_ns"] < gaps["end_ns"][0]).all()
    assert (stale["orders"] == 0).all()
    assert result.cycles["orders"][-1] > 0
