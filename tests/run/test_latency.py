"""What a backtest with latency comes to: the same as without where it is zero, later where it is not."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glosten import settings
from glosten.errors import RunError
from glosten.market import Tape, accept, fresh_fills, on_book, on_level, tape_from_arrays
from glosten.records import ACTION, LEVELS, PRINTS, QUOTES, Instrument, Reason, Side
from glosten.run import _backtest, backtest

SECOND = 1_000_000_000
MS = 1_000_000
KEYS = ("ALLOC_CONFIRMED=true", "WARMUP_CYCLES=1", "GM_BASE_SPREAD=2", "GM_LAYER_SPAN_BPS=3", "SCRATCH_LIVENESS_MIN=1")
LATE = ("runtime.feed_latency_ms=40", "runtime.order_latency_ms=700", "runtime.response_latency_ms=900")


def small_tape(rows: int = 1500) -> Tape:
    """A random walk of quotes with prints at and through them, several at one instant."""
    draw = np.random.default_rng(3)
    quotes, trades = np.zeros(rows, QUOTES), np.zeros(rows, PRINTS)
    mid = 10_000 + np.cumsum(draw.integers(-3, 4, rows))
    width = draw.integers(0, 3, rows)
    quotes["ts_ns"] = 1_700_000_000 * SECOND + np.arange(rows) // 2 * SECOND
    trades["ts_ns"] = 1_700_000_000 * SECOND + np.arange(rows) // 3 * SECOND + draw.integers(0, 2, rows).cumsum()
    trades["ts_ns"].sort()
    quotes["bid"], quotes["ask"] = mid - width, mid + width + 1
    quotes["bid_lots"], quotes["ask_lots"] = draw.integers(1, 5000, (2, rows))
    trades["side"] = draw.choice([-1, 1], rows)
    trades["price"] = mid + trades["side"] * draw.integers(0, 12, rows)
    trades["lots"] = draw.integers(1, 20_000, rows)
    trades["aggressor"] = np.arange(rows)
    return tape_from_arrays(Instrument("BTC/USDT", Decimal("0.01"), Decimal("0.0001")), quotes, trades)


def played(*overrides: str, delayed: bool = False, chunk: int = 10_000) -> Any:
    chosen = settings.load(None, overrides=(*KEYS, *overrides), environment={})
    play = _backtest.prepare(chosen, small_tape())
    if delayed:
        play.cursor["is_delayed"] = 1
    while not play.cursor["is_done"]:
        play.advance(chunk)
    return play


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("runtime.decide_on_fill=true", "runtime.cycle_seconds=1"),
        ("runtime.cycle_seconds=0",),
        ("NO_POST_ONLY=true", "runtime.fee_asset=base", "runtime.fill_model=queue_cancels"),
        ("runtime.fill_model=optimistic",),
    ],
)
def test_a_latency_of_zero_plays_what_no_latency_plays(overrides: tuple[str, ...]) -> None:
    at_once, on_the_way = played(*overrides), played(*overrides, delayed=True)
    assert at_once.play["state"].tobytes() == on_the_way.play["state"].tobytes()
    assert at_once.cursor["fills"] == on_the_way.cursor["fills"] > 20
    for name in ("fills", "breakers"):
        assert getattr(at_once.record, name).tobytes() == getattr(on_the_way.record, name).tobytes()
    for name in ("ts_ns", "bid", "ask", "prior", "value", "model_bid", "model_ask"):  # orders are still on their way
        assert np.array_equal(at_once.record.cycles[name], on_the_way.record.cycles[name])


def test_the_size_of_the_chunks_does_not_matter() -> None:
    whole, pieces = played(*LATE), played(*LATE, chunk=7)
    assert whole.play["state"].tobytes() == pieces.play["state"].tobytes()
    assert whole.record.fills.tobytes() == pieces.record.fills.tobytes()


def test_with_latency_another_run_comes_out_and_every_fill_is_heard() -> None:
    early, late = played(), played(*LATE)
    fills = late.record.fills[: late.cursor["fills"]]
    assert late.cursor["answer_head"] == late.cursor["answer_tail"]
    assert fills.tobytes() != early.record.fills[: early.cursor["fills"]].tobytes()
    assert (np.diff(fills["ts_ns"]) >= 0).all()
    prints = set(small_tape().trades["ts_ns"].tolist())
    assert {int(row["ts_ns"]) for row in fills if row["is_maker"]} <= prints


@pytest.mark.parametrize("asset", ["quote", "base", "other"])
@pytest.mark.parametrize("late", [(), LATE])
@pytest.mark.parametrize("model", ["optimistic", "queue_cancels", "queue_trades", "trade_through"])
def test_the_venue_and_the_maker_hold_the_same_cash_and_coins_at_the_end(
    asset: str, late: tuple[str, ...], model: str
) -> None:
    play = played(f"runtime.fee_asset={asset}", f"runtime.fill_model={model}", "GM_MAKER_FEE=0.05", *late)
    wallet, ledger = play.play[0]["venue"]["wallet"], play.play[0]["state"]["ledger"]
    assert (wallet["cash"], wallet["coin"]) == (ledger["cash"], ledger["coin"])
    assert wallet["cash"] >= 0
    assert ledger["held"] <= ledger["coin"]
    assert play.cursor["fills"] > 5


@pytest.mark.parametrize("asset", ["quote", "base", "other"])
@pytest.mark.parametrize("late", [(), LATE])
@pytest.mark.parametrize("fee", ["0.05", "-0.01"])
def test_the_profit_by_cause_is_what_the_venue_s_balances_gained(asset: str, late: tuple[str, ...], fee: str) -> None:
    overrides = (*KEYS, f"runtime.fee_asset={asset}", f"GM_MAKER_FEE={fee}", *late)
    tape, chosen = small_tape(), settings.load(None, overrides=overrides, environment={})
    play = _backtest.prepare(chosen, tape)
    before = {name: int(play.play[0]["venue"]["wallet"][name]) for name in ("cash", "coin", "other")}
    _backtest.play_out(play)
    run = _backtest.result(chosen, tape, play, _backtest.About("", None, _backtest.EMPTY_PATH, 1.0, 1))
    after = {name: int(play.play[0]["venue"]["wallet"][name]) for name in before}
    first, last = run.cycles[run.cycles["allocation"] > 0.0][0], tape.quotes[-1]
    external = before["coin"] - run.figures["held_at_start"]
    start, end = (int(row["bid"]) + int(row["ask"]) for row in (first, last))
    worth = tape.instrument.quanta_per_tick_lot
    gained = 2 * (after["cash"] - before["cash"] - after["other"])
    gained += worth * ((after["coin"] - external) * end - (before["coin"] - external) * start)
    quantum = float(tape.instrument.quantum)
    assert run.pnl.total == pytest.approx(0.5 * quantum * gained, abs=1e-9)
    parts = run.pnl.spread + run.pnl.adverse + run.pnl.inventory + run.pnl.fees
    assert parts == pytest.approx(run.pnl.total, abs=1e-6)
    assert run.pnl.fees * float(fee) < 0
    assert len(run.fills) > 20


def test_no_print_fills_more_than_its_size() -> None:
    tape = small_tape()
    for model in ("optimistic", "queue_cancels", "queue_trades", "trade_through"):
        play = played(f"runtime.fill_model={model}", *LATE)
        fills = play.record.fills[: play.cursor["fills"]]
        made = fills[fills["is_maker"] == 1]
        for moment in np.unique(made["ts_ns"]):
            printed = int(tape.trades["lots"][tape.trades["ts_ns"] == moment].sum())
            shown = tape.quotes[tape.quotes["ts_ns"] == moment]
            if model == "optimistic":
                printed += int(shown["bid_lots"].sum() + shown["ask_lots"].sum())
            assert int(made["lots"][made["ts_ns"] == moment].sum()) <= printed


def test_the_maker_hears_of_a_quote_no_sooner_than_the_feed_brings_it() -> None:
    play = played("runtime.feed_latency_ms=2500")
    rows, tape = play.record.cycles[: play.cursor["cycles"]], small_tape()
    for row in rows[rows["bid"] > 0][:200]:
        known = tape.quotes[tape.quotes["ts_ns"] + 2500 * MS <= row["ts_ns"]]
        assert (row["bid"], row["ask"]) == (known["bid"][-1], known["ask"][-1])


def test_a_file_beside_the_configuration_replaces_the_constants(tmp_path: Path) -> None:
    (tmp_path / "slow.csv").write_text(f"ts_ns,order_ms,response_ms\n{1_700_000_000 * SECOND},700,900\n")
    config = tmp_path / "maker.toml"
    config.write_text('[runtime]\nlatency_file = "slow.csv"\nfeed_latency_ms = 40\n')
    chosen = settings.load(config, overrides=KEYS, environment={})
    constant = settings.load(None, overrides=(*KEYS, *LATE), environment={})
    tape = small_tape()
    measured, given = backtest(chosen, tape), backtest(constant, tape)
    assert np.array_equal(measured.fills, given.fills)
    assert measured.pnl == given.pnl


def test_more_answers_than_can_be_under_way_stop_the_run_with_a_sentence() -> None:
    tape = small_tape()
    many = np.repeat(tape.trades, 40)
    many["lots"], many["aggressor"] = 1, np.arange(len(many))
    crowded = dataclasses.replace(tape, trades=many)
    chosen = settings.load(
        None,
        overrides=(*KEYS, "runtime.response_latency_ms=3600000", "runtime.fill_model=optimistic"),
        environment={},
    )
    with pytest.raises(RunError, match="response_latency_ms"):
        backtest(chosen, crowded)


def test_depth_of_a_tape_reaches_the_venue() -> None:
    tape = small_tape()
    levels = np.zeros(400, LEVELS)
    levels["ts_ns"], levels["side"], levels["lots"] = tape.quotes["ts_ns"][0], np.repeat([1, -1], 200), 1
    levels["price"] = np.concatenate([np.arange(9_800, 10_000), np.arange(10_001, 10_201)])
    chosen = settings.load(None, overrides=KEYS, environment={})
    bare, deep = backtest(chosen, tape), backtest(chosen, dataclasses.replace(tape, levels=levels))
    assert deep.tape["levels"] == 400
    assert deep.figures["fills"] != bare.figures["fills"]


def test_depth_at_the_time_of_a_print_is_the_book_after_it() -> None:
    levels = np.zeros(2, LEVELS)
    tape = small_tape(3)
    start_ns = int(tape.quotes["ts_ns"][0])
    tape.quotes["ts_ns"], tape.trades["ts_ns"] = start_ns + np.arange(3) * SECOND, start_ns + SECOND
    tape.quotes["bid"], tape.quotes["ask"] = 100, 102
    tape.trades["price"], tape.trades["lots"], tape.trades["side"] = (99, 101, 101), (4, 1, 1), (-1, 1, 1)
    levels["ts_ns"], levels["side"], levels["price"] = (start_ns, start_ns + SECOND), 1, 99
    levels["lots"] = (10, 6)
    chosen = settings.load(None, overrides=("ALLOC_CONFIRMED=false",), environment={})
    play = _backtest.prepare(chosen, dataclasses.replace(tape, levels=levels))
    venue, order = play.play[0]["venue"], np.zeros(1, ACTION)[0]
    on_book(venue, tape.quotes[0], fresh_fills())
    on_level(venue, levels[0])
    order["side"], order["price"], order["lots"], order["post_only"] = Side.BUY, 99, 5, 1
    assert accept(venue, order, fresh_fills()) == (Reason.NONE, 0)
    while not play.cursor["is_done"]:
        play.advance(100)
    ahead, shown = (int(venue["resting"][0][name]) for name in ("ahead", "shown"))
    assert (ahead, shown) == (6, 6)
