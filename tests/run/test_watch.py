"""Watched backtests: the same bytes as unwatched ones, traces that replay, and what hostile traces come to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from glosten import crowd, run, settings
from glosten.alpha import Mids
from glosten.errors import InputError
from glosten.market import Tape, tape_from_arrays
from glosten.params import pack
from glosten.records import Clock, Configured, Reason
from glosten.run import TraceFile, TraceName, Tracer, Twin, Watch, is_traced, replay, unpack, watched_backtest
from glosten.run._trace_cycle import Units, cycle_record
from glosten.run._twin import WORDS, changed_words, set_words

HOUR = crowd.Crowd(seconds=3600.0, arrivals_per_second=1.0)
CYCLE = {"in", "model", "price", "capital", "size", "state", "targets", "actions", "thr_bps", "timings_ms", "replay"}
INPUTS = {
    *("bb", "ba", "bb_sz", "ba_sz", "mid", "data_age_ms", "cash_total", "cash_free", "coin_total", "coin_free"),
    *("range10_bps", "new_fills", "obs"),
}
STATE = {
    *("status", "entries_on", "bids_off", "asks_off", "warmup_left", "breakers", "consec_losses", "idle_cycles"),
    *("daily_pnl", "daily_limit", "min_since_fill"),
}


@pytest.fixture(scope="module")
def hour() -> Tape:
    made = crowd.day(HOUR, 1)
    return tape_from_arrays(HOUR.instrument, made.quotes, made.trades)


def chosen(*overrides: str) -> settings.Settings:
    return settings.load(None, overrides=("ALLOC_CONFIRMED=true", *overrides), environment={})


def watched(tape: Tape, root: Path, *overrides: str) -> tuple[run.Run, run.Watched]:
    given = chosen(*overrides)
    watch = Watch(given, tape, root)
    return watched_backtest(given, tape, watch), watch.close()


def records(root: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for file in sorted(root.rglob("*.jsonl")) for line in file.read_text().splitlines()]


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("runtime.obs_source=tape",),
        ("runtime.decide_on_fill=true", "GM_BASE_SPREAD=4"),
        ("DRIFT_ATR_FRAC=0.1", "GM_ASYM_WIN=60000", "SCRATCH_LIVENESS_MIN=5"),
        ("STRICT_LITERATURE=true", "GM_BASE_SPREAD=2"),
        ("account.cash=36360", "account.coin=0"),
        (
            *("runtime.feed_latency_ms=50", "runtime.order_latency_ms=300", "runtime.response_latency_ms=900"),
            *("runtime.fee_asset=base", "runtime.fill_model=queue_cancels"),
        ),
        ("RESET_STATS_ONCE=true", "RESET_BREAKER_ONCE=true", "runtime.consec_loss_limit=1"),
    ],
)
def test_a_watched_run_is_the_unwatched_one_and_its_trace_replays_bit_by_bit(
    hour: Tape, tmp_path: Path, overrides: tuple[str, ...]
) -> None:
    plain = run.backtest(chosen(*overrides), hour)
    looked_at, left = watched(hour, tmp_path, *overrides)
    assert left.problem == ""
    for name in ("cycles", "fills", "breakers", "state"):
        assert getattr(looked_at, name).tobytes() == getattr(plain, name).tobytes()
    found = replay(tmp_path)
    assert found.cycles == plain.figures["cycles"] > 200
    assert (found.mismatches, found.gaps, found.problems) == (0, 0, [])


def test_the_records_are_those_of_the_page(hour: Tape, tmp_path: Path) -> None:
    result, _ = watched(hour, tmp_path)
    found = records(tmp_path)
    assert [record["seq"] for record in found] == list(range(len(found)))
    start, stop = found[0], found[-1]
    assert (start["type"], stop["type"]) == ("start", "stop")
    assert len(start["config"]) == 61
    assert start["lint"][0].startswith("W16")
    cycles = [record for record in found if record["type"] == "cycle"]
    assert [record["cycle"] for record in cycles] == list(range(1, len(cycles) + 1))
    assert all(set(record) >= CYCLE for record in cycles)
    assert all(set(record["in"]) == INPUTS and set(record["state"]) == STATE for record in cycles)
    fills = [record for record in found if record["type"] == "fill"]
    assert len(fills) == result.figures["fills"] > 50
    assert sum(record["realised"] or 0.0 for record in fills) == pytest.approx(
        float(result.state[0]["ledger"]["realised"]) * 1e-8, abs=1e-6
    )
    submitted = sum(record["type"] == "order" and record["op"] == "submit" for record in found)
    assert submitted == result.figures["orders"]
    names = {reason.name.lower() for reason in Reason}
    assert {action["reason"] for record in cycles for action in record["actions"]} <= names
    observed = sum(len(record["in"]["obs"]) for record in cycles)
    assert result.figures["observations"] - 2 <= observed <= result.figures["observations"]


def test_the_markouts_of_a_trace_are_counted_from_the_time_of_the_fill_at_the_venue(hour: Tape, tmp_path: Path) -> None:
    result, _ = watched(hour, tmp_path, "runtime.response_latency_ms=5000")
    said = [record["markout_1_bps"] for record in records(tmp_path) if record["type"] == "fill"]
    mids, second = Mids(hour.quotes, float(hour.instrument.tick)), 1_000_000_000
    met, later = (mids.at(result.fills["ts_ns"] + after) for after in (0, second))
    meant = -1e4 * result.fills["side"] * (result.fills["price"] * float(hour.instrument.tick) - later) / met
    assert len(said) > 20
    assert said == pytest.approx(meant.tolist(), abs=1e-6)


def test_the_golden_numbers_of_a_decision_stand_in_its_record(golden_desk: Any) -> None:
    desk = golden_desk()
    desk.book()
    desk.decide()
    record = cycle_record(unpack(desk.state), Units(desk.instrument), [], [])
    assert record["capital"]["W"] == 36_360.0
    assert record["capital"]["headroom"]["max_exp"] == 909.0
    assert record["price"]["qask"] == pytest.approx(100.15506)
    assert record["price"]["applied"] == ["base_bid", "base_ask"]
    assert record["price"]["half_spread_ask_bps"] == pytest.approx(8.0)
    assert [(one["price"], one["qty"]) for one in record["targets"] if one["side"] == "ask"] == [
        (100.16, 2.2464),
        (100.19, 2.2457),
        (100.23, 2.2448),
        (100.26, 2.2441),
    ]
    assert record["in"]["cash_free"] == pytest.approx(31_815 - 899.9, abs=1.0)
    assert {action["op"] for action in record["actions"]} == {"keep"}


@pytest.mark.parametrize("key", ["GM_TRACE", "QUANTRODUCTION_TRACE", "TRACE_ALL"])
def test_each_of_the_three_switches_asks_for_a_trace(key: str) -> None:
    assert is_traced(chosen(f"{key}=true"))
    assert not is_traced(chosen())


def test_any_word_that_was_changed_in_a_trace_is_found(hour: Tape, tmp_path: Path) -> None:
    watched(hour, tmp_path)
    (path,) = tmp_path.rglob("*.jsonl")
    whole = path.read_text().splitlines()
    at = next(number for number, line in enumerate(whole) if '"type":"cycle"' in line and '"cycle":50,' in line)
    record = json.loads(whole[at])

    def mismatches(changed: dict[str, Any]) -> int:
        path.write_text("\n".join([*whole[:at], json.dumps(changed), *whole[at + 1 :]]) + "\n")
        return replay(path).mismatches

    assert mismatches(record) == 0
    assert mismatches(record | {"thr_bps": 7.0}) == 1
    assert mismatches(record | {"targets": record["targets"][1:]}) == 1
    events = record["replay"]["events"]
    moved = [*events[:-1], events[-1] | {"changed": {"view.bid": 1}}]
    assert mismatches(record | {"replay": record["replay"] | {"events": moved}}) >= 1
    cheated = [*events[:-1], events[-1] | {"changed": {"belief.prior": 0.9}}]
    assert mismatches(record | {"replay": record["replay"] | {"events": cheated}}) >= 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no start record"),
        ("hello\n", "is no JSON"),
        ("[1]\n", "is no record of a trace"),
        ('{"type":"cycle","cycle":1}\n', "before the start record"),
        ('{"type":"start","state":{},"params":{}}\n', "no record of this version"),
    ],
)
def test_what_is_no_trace_is_refused_in_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        replay(path)


def test_a_place_without_traces_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        replay(tmp_path / "nowhere")
    with pytest.raises(InputError, match="GM_TRACE = true"):
        replay(tmp_path)


def test_a_trace_that_was_cut_off_replays_as_far_as_it_goes(hour: Tape, tmp_path: Path) -> None:
    watched(hour, tmp_path)
    (path,) = tmp_path.rglob("*.jsonl")
    text = path.read_text()
    path.write_text(text[: len(text) // 2])
    found = replay(path)
    assert found.mismatches == 0
    assert 50 < found.cycles < 240


def test_words_of_a_state_are_named_and_written_back(golden_desk: Any) -> None:
    desk = golden_desk()
    before = desk.state.copy()
    desk.book()
    changed = changed_words(before, desk.state)
    assert changed["view.bid"] == 9_999
    again = before.copy()
    set_words(again, changed)
    assert again.tobytes() == desk.state.tobytes()
    assert len(WORDS) * 8 == desk.state.dtype.itemsize


def test_a_live_change_of_the_parameters_is_traced_and_replayed(golden_desk: Any, tmp_path: Path) -> None:
    desk = golden_desk(cycle=5)
    desk.book()
    file = TraceFile(TraceName(tmp_path, "paper", "BTC/USDT", "r", "paper"), may_wait=True)
    tracer = Tracer(file.put, desk.settings, desk.instrument)
    twin = Twin(desk.state, desk.params)
    tracer.start(desk.state, desk.params, desk.now_ns)
    for second in range(1, 4):
        if second == 3:
            fresh = settings.load(None, overrides=("ALLOC_CONFIRMED=true", "GM_BASE_SPREAD=12"), environment={})
            row = pack(fresh.strategy, fresh.runtime, desk.instrument, revision=1)
            tracer.configure(row)
            twin.params[:] = row
            for taken in twin.take(Configured(desk.now_ns).event()):
                tracer.take(taken)
        for taken in twin.take(Clock(desk.now_ns + second * 15_000_000_000).event()):
            tracer.take(taken)
    file.close()
    found = replay(tmp_path)
    assert (found.cycles, found.mismatches) == (3, 0)
    (config,) = (record for record in records(tmp_path) if record["type"] == "config")
    assert config["changed"] == {"GM_BASE_SPREAD": [8.0, 12.0]}
    assert config["cfg_rev"] == 1
