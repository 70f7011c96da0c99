"""A search: what it proposes depends on the past alone, and what it says follows from what was played."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glosten.errors import DomainError, ParameterError, RunError, SettingsError
from glosten.market import Tape, tape_between, tape_from_arrays
from glosten.records import LEVELS, PRINTS, QUOTES, Instrument
from glosten.run import TuneOptions, Tuning, _tune, backtest, search_space, tune
from glosten.run._tune_store import Store, Trial, load_optuna, open_store
from glosten.settings import Settings, load

BASE = ("ALLOC_CONFIRMED=true", "GM_BASE_SPREAD=2", "GM_ALPHA=0.02", "WARMUP_CYCLES=0", "runtime.cycle_seconds=5")
START_NS = 1_700_000_000_000_000_000
SPACE = search_space(["GM_ALPHA", "GM_BASE_SPREAD", "GM_LAYERS", "BE_GUARD"], ["GM_BASE_SPREAD=2:6"])
OPTIONS = TuneOptions(trials=6, seed=3, folds=2, purge_s=30.0)


def remake(overrides: Sequence[str]) -> Settings:
    return load(None, overrides=(*BASE, *overrides), environment={})


@pytest.fixture(scope="module")
def tape() -> Tape:
    """Return half an hour with a trade a second."""
    rng = np.random.default_rng(3)
    count = 1800
    mid = np.floor(10_000 * np.exp(np.cumsum(rng.standard_normal(count)) * 1e-4))
    quotes, trades = np.zeros(count, QUOTES), np.zeros(count, PRINTS)
    trades["ts_ns"] = START_NS + np.arange(count) * 1_000_000_000
    quotes["ts_ns"] = trades["ts_ns"] - 500_000_000
    quotes["bid"], quotes["ask"] = mid, mid + 1
    quotes["bid_lots"] = quotes["ask_lots"] = 500
    trades["side"] = np.where(rng.random(count) < 0.5, 1, -1)
    trades["price"] = np.where(trades["side"] == 1, mid + 1, mid)
    trades["lots"] = 125 + 100 * (np.arange(count) % 3)
    trades["aggressor"] = np.arange(count)
    return tape_from_arrays(Instrument("COIN/USDT", *[Decimal("0.01")] * 2), quotes, trades)


@pytest.fixture(scope="module")
def found(tape: Tape, tmp_path_factory: pytest.TempPathFactory) -> Tuning:
    return tune(remake, tape, SPACE, OPTIONS, tmp_path_factory.mktemp("tune") / "trials.db")


def test_a_trial_gains_what_a_backtest_of_each_stretch_gains(found: Tuning, tape: Tape) -> None:
    trial, window = found.best, found.windows[-1]
    run = backtest(found.settings, tape_between(tape, window.start_ns, window.end_ns))
    assert run.figures["fills"] > 0
    gained = 1e4 * run.pnl.total / run.figures["base_capital"]
    assert sum(trial.gains[-1]) == pytest.approx(gained, abs=1e-9)
    assert found.folds[-1].best_out_of_sample.total.mean == pytest.approx(gained, abs=1e-9)
    assert found.folds[-1].best_out_of_sample.total.n == _tune.PARTS


def test_the_first_trial_is_the_configuration_and_the_best_is_no_worse_in_sample(found: Tuning) -> None:
    assert len(found.trials) == 6
    assert found.given is found.trials[0]
    assert found.given.values == {"GM_ALPHA": 0.02, "GM_BASE_SPREAD": 2.0, "GM_LAYERS": 4, "BE_GUARD": True}
    assert found.best.total(2) == max(one.total(2) for one in found.trials)
    assert len({tuple(one.values.values()) for one in found.trials}) > 3


def test_each_fold_is_chosen_on_its_own_past_and_tested_after_it(found: Tuning) -> None:
    first, last = found.folds
    candidates = [one for one in found.trials if one.number % 2 == 0]  # the folds take turns
    chosen = max(candidates, key=lambda one: sum(one.gains[0]))
    assert first.chosen_in_sample.trial == first.chosen_out_of_sample.trial == chosen.number
    assert first.chosen_in_sample.total.mean == pytest.approx(sum(chosen.gains[0]))
    assert first.chosen_out_of_sample.total.mean == pytest.approx(sum(chosen.gains[1]))
    assert last.chosen_in_sample == last.best_in_sample
    assert last.chosen_in_sample.total.mean == pytest.approx(sum(map(sum, found.best.gains[:2])))
    assert (first.unseen, last.unseen) == (False, True)
    parts = np.array(found.best.gains[2])
    assert last.best_out_of_sample.total.se == pytest.approx(math.sqrt(len(parts)) * parts.std(ddof=1))
    assert found.deflated.trials == 6
    assert 0.0 <= found.overfitting.probability <= 1.0


def test_a_search_that_was_killed_goes_on_as_if_it_had_not_been(
    found: Tuning, tape: Tape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[int] = []
    play = _tune._played

    def stop_at_the_fourth(number: int, *rest: Any) -> Trial:
        played.append(number)
        if len(played) == 4:
            raise KeyboardInterrupt
        return play(number, *rest)

    monkeypatch.setattr(_tune, "_played", stop_at_the_fourth)
    storage = tmp_path / "trials.db"
    with pytest.raises(KeyboardInterrupt):
        tune(remake, tape, SPACE, OPTIONS, storage)
    resumed = tune(remake, tape, SPACE, OPTIONS, storage)
    assert played == [0, 1, 2, 3, 3, 4, 5]
    assert resumed.trials == found.trials
    assert resumed.summary() == found.summary()
    tune(remake, tape, SPACE, OPTIONS, storage)
    assert len(played) == 7


def test_another_search_is_refused_by_its_storage(tape: Tape, tmp_path: Path) -> None:
    storage = tmp_path / "trials.db"
    options = replace(OPTIONS, trials=1)
    tune(remake, tape, SPACE, options, storage)
    with pytest.raises(SettingsError, match=r"search with another seed; name a new file with --storage\.$"):
        tune(remake, tape, SPACE, replace(options, seed=4), storage)
    with pytest.raises(SettingsError, match="another configuration"):
        tune(lambda values: remake(("GM_TL=800", *values)), tape, SPACE, options, storage)
    with pytest.raises(SettingsError, match="another set of keys and ranges"):
        tune(remake, tape, SPACE[:2], options, storage)
    changed = tape.trades.copy()
    changed["lots"][7] += 1
    with pytest.raises(SettingsError, match="another tape"):
        tune(remake, tape_from_arrays(tape.instrument, tape.quotes, changed), SPACE, options, storage)
    deep = replace(tape, levels=np.zeros(1, LEVELS))
    with pytest.raises(SettingsError, match="another tape"):
        tune(remake, deep, SPACE, options, storage)
    storage.write_bytes(b"something else altogether")
    with pytest.raises(SettingsError, match="is not the storage of a search"):
        tune(remake, tape, SPACE, options, storage)


def test_a_search_with_other_measured_latencies_is_another_search(tape: Tape, tmp_path: Path) -> None:
    file, storage = tmp_path / "slow.csv", tmp_path / "trials.db"
    options = replace(OPTIONS, trials=1)
    for delay, refusal in ((100, None), (200, "another latency")):
        file.write_text(f"ts_ns,latency_ms\n{START_NS},{delay}\n")
        search = lambda values: remake((f"runtime.latency_file={file}", *values))  # noqa: E731
        if refusal is None:
            tune(search, tape, SPACE, options, storage)
        else:
            with pytest.raises(SettingsError, match=refusal):
                tune(search, tape, SPACE, options, storage)


def test_two_searches_do_not_mix_their_trials_in_one_storage(tmp_path: Path) -> None:
    values = {"GM_ALPHA": 0.1, "GM_BASE_SPREAD": 3.0, "GM_LAYERS": 2, "BE_GUARD": True}
    one, other = Trial(0, values, ((1.0,),)), Trial(0, values, ((2.0,),))
    with open_store(tmp_path / "t.db", SPACE, {}) as first, open_store(tmp_path / "t.db", SPACE, {}) as second:
        first.add(one, 1)
        with pytest.raises(SettingsError, match="holds 1 trials where this search knows 0: another search is adding"):
            second.add(other, 1)
        assert second.trials() == [one]


def test_nothing_later_than_a_fold_trains_on_has_a_say_in_what_is_proposed_for_it(tmp_path: Path) -> None:
    def search(name: str, gains_later: float) -> list[Trial]:
        trials: list[Trial] = []
        with open_store(tmp_path / name, SPACE, {}) as store:
            for number in range(40):
                values = store.propose(trials, 1, 2)
                later = gains_later * float(values["GM_ALPHA"])
                trials.append(Trial(number, values, ((float(values["GM_BASE_SPREAD"]),), (later,), (later,))))
                store.add(trials[-1], 2)
        return trials

    calm, wild = search("calm.db", 0.0), search("wild.db", 1e4)
    assert [one.values for one in calm[::2]] == [one.values for one in wild[::2]]  # the first fold's
    assert [one.values for one in calm[1::2]] != [one.values for one in wild[1::2]]  # the second may learn of it


def test_what_cannot_be_played_is_counted_and_told(tape: Tape, tmp_path: Path) -> None:
    space = search_space(["ALLOC_RESERVE_PCT"], ["ALLOC_RESERVE_PCT=40:50"])
    with pytest.raises(RunError, match="None of the 2 trials could be played"):
        tune(remake, tape, space, TuneOptions(2, 0, 1, 0.0), tmp_path / "none.db")


def test_nothing_to_buy_nothing_to_search_and_no_trials_are_refused(tape: Tape, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="ALLOC_CONFIRMED is false"):
        tune(lambda values: load(None, overrides=values, environment={}), tape, SPACE, OPTIONS, tmp_path / "a.db")
    space = search_space(["BE_GUARD", "GM_ALPHA", "DRIFT_ATR_FRAC"])
    strict = lambda values: remake(("STRICT_LITERATURE=true", *values))  # noqa: E731
    with pytest.raises(ParameterError, match="STRICT_LITERATURE is true and sets BE_GUARD, DRIFT_ATR_FRAC itself"):
        tune(strict, tape, space, OPTIONS, tmp_path / "a.db")
    with pytest.raises(DomainError, match="number of trials is 0"):
        TuneOptions(trials=0)
    assert list(tmp_path.iterdir()) == []


def test_without_optuna_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(RunError, match=r"pip install 'glosten\[tune\]'"):
        load_optuna()


def test_a_store_gives_back_what_was_kept(tmp_path: Path) -> None:
    kept = Trial(0, {"GM_ALPHA": 0.1, "GM_BASE_SPREAD": 3.0, "GM_LAYERS": 2, "BE_GUARD": True}, ((0.1, 1 / 3), (2.0,)))
    refused = replace(kept, number=1, gains=(), refusal="It cannot be.")
    with open_store(tmp_path / "deep" / "trials.db", SPACE, {"tape": "a"}) as store:
        assert isinstance(store, Store)
        store.add(kept, 1)
        store.add(refused, 1)
    with open_store(tmp_path / "deep" / "trials.db", SPACE, {"tape": "a"}) as store:
        assert store.trials() == [kept, refused]
