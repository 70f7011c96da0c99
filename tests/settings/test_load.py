from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glosten.errors import InputError, ParameterError
from glosten.params import PARAMETERS
from glosten.settings import Settings, load, pairs_in

Write = Callable[..., Path]


def loaded(path: Path | None, *overrides: str, pair: str | None = None, **environment: str) -> Settings:
    return load(path, pair=pair, overrides=overrides, environment=environment)


def problems(path: Path | None, *overrides: str, pair: str | None = None, **environment: str) -> tuple[str, ...]:
    with pytest.raises(InputError) as refused:
        loaded(path, *overrides, pair=pair, **environment)
    return refused.value.problems


def test_without_a_file_every_value_is_its_default() -> None:
    settings = loaded(None)
    assert {
        key: value for key, value in settings.values().items() if not key.startswith(("account", "instrument"))
    } == {parameter.key: parameter.default for parameter in PARAMETERS}
    assert {origin.layer for origin in settings.provenance.values()} == {"default"}


def test_the_later_wins(write: Write) -> None:
    path = write("[strategy]\nGM_ALPHA = 0.1\nGM_TL = 1000\nGM_LAYERS = 2\nGM_MAX_EXP = 50\n"
                 '[pairs."BTC/USDT"]\nGM_TL = 2000\nGM_LAYERS = 3\nGM_MAX_EXP = 55\n')  # fmt: skip
    settings = loaded(path, "GM_MAX_EXP=70", "GM_MAX_EXP=75", GLOSTEN_GM_LAYERS="5", GLOSTEN_GM_MAX_EXP="65")
    strategy = settings.strategy
    assert (strategy.GM_ALPHA, strategy.GM_TL, strategy.GM_LAYERS, strategy.GM_MAX_EXP) == (0.1, 2000, 5, 75)
    layers = {key: settings.provenance[key].layer for key in ("GM_BASE_SPREAD", "GM_ALPHA", "GM_LAYERS", "GM_MAX_EXP")}
    assert layers == {
        "GM_BASE_SPREAD": "default",
        "GM_ALPHA": "file",
        "GM_LAYERS": "environment",
        "GM_MAX_EXP": "--set",
    }
    assert settings.provenance["GM_TL"].where == f'{path}, line 7, [pairs."BTC/USDT"]'


@pytest.mark.parametrize(
    "text",
    [
        "[strategy]\nGM_ALPHA = 0.2\n[runtime]\ncycle_seconds = 1\n",
        "GM_ALPHA = 0.2\nruntime.cycle_seconds = 1\n",
        "strategy.GM_ALPHA = 0.2\nruntime = { cycle_seconds = 1 }\n",
        '[strategy]\nGM_ALPHA = "0.2"\nruntime.cycle_seconds = "1.0"\n',
        '[pairs."BTC/USDT"]\nGM_ALPHA = 0.2\nruntime.cycle_seconds = 1\n',
        '[pairs."BTC/USDT".strategy]\nGM_ALPHA = 0.2\n[pairs."BTC/USDT".runtime]\ncycle_seconds = 1\n',
    ],
)
def test_a_key_is_found_wherever_it_may_stand(write: Write, text: str) -> None:
    settings = loaded(write(text))
    assert settings.strategy.GM_ALPHA == 0.2
    assert settings.runtime.cycle_seconds == 1


def test_every_key_can_be_set_from_the_environment_and_from_flags() -> None:
    for parameter in PARAMETERS:
        if parameter.maximum is not None:
            variable = "GLOSTEN_" + parameter.key.replace(".", "_").upper()
            by_environment = loaded(None, **{variable: str(parameter.maximum)})
            by_flag = loaded(None, f"{parameter.key}={parameter.maximum}")
            assert by_environment.values()[parameter.key] == parameter.maximum
            assert by_flag.values() == by_environment.values()


def test_flags_reach_the_wallet_and_the_instrument() -> None:
    settings = loaded(None, "account.cash=1000.50", "instrument.tick = 0.01", "strategy.GM_TL=800", "account.coin=0")
    assert settings.account.cash == Decimal("1000.50")
    assert settings.account.coin == 0
    assert settings.instrument.tick == Decimal("0.01")
    assert settings.strategy.GM_TL == 800


def test_decimals_of_a_file_are_exact(write: Write) -> None:
    settings = loaded(write("[instrument]\ntick = 0.00000001\nlot = 1e-5\n[account]\ncash = 0.1\n"))
    assert settings.instrument.tick == Decimal("0.00000001")
    assert settings.instrument.lot == Decimal("0.00001")
    assert settings.account.cash == Decimal("0.1")


@pytest.mark.parametrize(
    "setting", ["tick = 0", "tick = -0.01", 'tick = "small"', "tick = nan", "tick = true", "lot = inf"]
)
def test_an_instrument_has_steps_above_zero(write: Write, setting: str) -> None:
    (problem,) = problems(write(f"[instrument]\n{setting}\n"))
    assert "instrument." in problem
    assert "must be a number from 1e-12 to 1e12" in problem


def test_a_wallet_is_not_negative() -> None:
    (problem,) = problems(None, "account.cash=-1")
    assert problem.startswith("--set account.cash=-1: account.cash must be a number from 0")


def test_all_problems_of_all_layers_are_told_at_once_with_their_places(write: Write) -> None:
    path = write("GM_ALPA = 0.2\n[strategy]\nGM_TL = 1\n[runtime]\nGM_LAYERS = 3\n[acount]\ncash = 1\n")
    found = problems(path, "cycle_seconds=1", "nonsense", GLOSTEN_GM_ALPHA="high", GLOSTEN_GM_LAYER="2")
    assert set(found) == {
        f"{path}, line 1: GM_ALPA is not a parameter. Did you mean GM_ALPHA?",
        f"{path}, line 3, [strategy]: GM_TL must be a number from 100 to 5000 (cash), but it is 1.",
        f"{path}, line 5, [runtime]: GM_LAYERS belongs in [strategy].",
        f"{path}, line 6: [acount] is not a table of a configuration. Did you mean [account]?",
        "--set cycle_seconds=1: cycle_seconds belongs in [runtime]: its full name is runtime.cycle_seconds.",
        "--set nonsense: write KEY=VALUE, as in --set GM_ALPHA=0.2.",
        'environment GLOSTEN_GM_ALPHA: GM_ALPHA must be a number from 0.02 to 0.4 (probability), but it is "high".',
        "environment GLOSTEN_GM_LAYER: GLOSTEN_GM_LAYER is not a parameter. Did you mean GLOSTEN_GM_LAYERS?",
    }


def test_other_variables_of_the_environment_are_left_alone() -> None:
    assert loaded(None, HOME="/", GM_ALPHA="9", GLOSTEN_CACHE_DIR="/var/cache").hash == loaded(None).hash


def test_a_bad_value_that_a_later_one_replaces_does_no_harm(write: Write) -> None:
    assert loaded(write("GM_ALPHA = 9\n"), "GM_ALPHA=0.2").strategy.GM_ALPHA == 0.2


def test_a_table_given_as_a_value_is_refused(write: Write) -> None:
    (problem,) = problems(write("strategy = 3\n"))
    assert problem.endswith("strategy must be a table of keys, as in [strategy].")


PAIRS = '[pairs."BTC/USDT"]\nGM_TL = 1000\n[pairs."ETH/USDT"]\nGM_TL = 2000\n'


def test_the_only_pair_of_a_file_is_meant(write: Write) -> None:
    settings = loaded(write('[pairs."BTC/USDT"]\nGM_TL = 1000\n'))
    assert (settings.strategy.GM_TL, settings.instrument.symbol) == (1000, "BTC/USDT")


@pytest.mark.parametrize("chosen", [{"pair": "ETH/USDT"}, {"GLOSTEN_INSTRUMENT_SYMBOL": "ETH/USDT"}])
def test_one_of_several_pairs_is_chosen(write: Write, chosen: dict[str, str]) -> None:
    settings = loaded(write(PAIRS), **chosen)
    assert (settings.strategy.GM_TL, settings.instrument.symbol) == (2000, "ETH/USDT")


def test_several_pairs_without_a_choice_are_refused(write: Write) -> None:
    (problem,) = problems(write(PAIRS))
    assert "has tables for 2 pairs (BTC/USDT, ETH/USDT): say which one holds" in problem


def test_a_pair_the_file_does_not_have_is_refused(write: Write) -> None:
    (problem,) = problems(write(PAIRS), pair="ETH/USD")
    assert problem.endswith("has no table for the pair ETH/USD. Did you mean ETH/USDT?")


def test_a_typo_in_another_pairs_table_is_told_too(write: Write) -> None:
    assert "GM_LT is not a parameter" in problems(write(f"{PAIRS}GM_LT = 5\n"), pair="BTC/USDT")[0]


def test_the_pairs_of_a_file_are_listed_in_its_order(write: Write) -> None:
    assert pairs_in(write(PAIRS)) == ("BTC/USDT", "ETH/USDT")
    assert pairs_in(write("GM_TL = 900\n")) == ()


def test_the_hash_names_the_values_and_not_how_they_were_written(write: Write) -> None:
    settings = loaded(write("[strategy]\nGM_TL = 1000\nGM_ALPHA = 0.15\n[instrument]\ntick = 0.010\n"))
    assert settings.hash == loaded(None, "instrument.tick=0.01", GLOSTEN_GM_TL="1e3").hash
    assert len(settings.hash) >= 12
    assert int(settings.hash, 16) >= 0


@given(st.sampled_from([parameter for parameter in PARAMETERS if parameter.maximum is not None]))
def test_the_hash_changes_with_every_parameter(parameter: Any) -> None:
    other = parameter.minimum if parameter.default != parameter.minimum else parameter.maximum
    assert loaded(None, f"{parameter.key}={other}").hash != loaded(None).hash


def test_the_hash_is_of_what_is_in_force() -> None:
    strict = loaded(None, "STRICT_LITERATURE=true")
    assert strict.hash == loaded(None, "STRICT_LITERATURE=true", "BE_GUARD=false", "SKEW_QTY_MAX=1").hash
    assert strict.hash != loaded(None).hash
    assert strict.strategy.BE_GUARD
    assert not strict.effective.BE_GUARD


def test_settings_cannot_be_changed() -> None:
    settings = loaded(None)
    with pytest.raises(AttributeError):
        settings.hash = ""  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.provenance["GM_ALPHA"] = settings.provenance["GM_TL"]  # type: ignore[index]


@pytest.mark.parametrize("layout", ["sections", "flat", "dotted"])
def test_json_of_our_own_layout_is_read_like_toml(write: Write, layout: str) -> None:
    tables: dict[str, Any] = {
        "sections": {"strategy": {"GM_ALPHA": "0.2"}, "runtime": {"cycle_seconds": "1"}, "$schema": "x"},
        "flat": {"GM_ALPHA": 0.2, "runtime": {"cycle_seconds": 1.0}},
        "dotted": {"GM_ALPHA": 0.2, "runtime.cycle_seconds": 1},
    }[layout]
    settings = loaded(write(json.dumps(tables, indent=1), "pair.json"))
    assert (settings.strategy.GM_ALPHA, settings.runtime.cycle_seconds) == (0.2, 1)


def test_an_error_carries_its_problems_apart(write: Write) -> None:
    with pytest.raises(ParameterError) as refused:
        loaded(write("GM_ALPHA = 9\nGM_TL = 9\n"))
    assert len(refused.value.problems) == 2
    assert refused.value.exit_code == 2
