from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glosten.errors import ParameterError, SettingsError
from glosten.settings import import_gunbot, load, pairs_in

Write = Callable[..., Path]
HIDDEN = "do-not-show-this"


def gunbot(override: dict[str, Any], **more: Any) -> str:
    """Return a Gunbot configuration of one pair, with the other things such a file holds."""
    return json.dumps(
        {
            "pairs": {"binance": {"USDT-BTC": {"strategy": "glosten", "enabled": True, "override": override}}},
            "strategies": {"glosten": {"GM_ALPHA": "0.1", "GM_TL": "1000"}},
            "exchanges": {"binance": {"key": HIDDEN, "secret": HIDDEN}},
            "bot": {"BOT_DEBUG": True},
            **more,
        },
        indent=2,
    )


def test_numbers_and_truth_values_may_be_strings(write: Write) -> None:
    path = write(gunbot({"GM_ALPHA": "0.25", "ALLOC_CONFIRMED": "true", "GM_LAYERS": "3"}), "config.json")
    settings = load(path, environment={})
    assert settings.instrument.symbol == "BTC/USDT"
    assert settings.strategy.ALLOC_CONFIRMED is True
    assert (settings.strategy.GM_LAYERS, settings.strategy.GM_ALPHA) == (3, 0.25)


def test_an_override_is_stronger_than_the_pairs_strategy(write: Write) -> None:
    settings = load(write(gunbot({"GM_ALPHA": 0.25}), "config.json"), environment={})
    assert (settings.strategy.GM_ALPHA, settings.strategy.GM_TL) == (0.25, 1000)


def test_an_unknown_key_is_refused_and_the_way_out_is_shown(write: Write) -> None:
    path = write(gunbot({"GM_ALPA": "0.25", "BUY_METHOD": "x"}), "config.json")
    with pytest.raises(ParameterError) as refused:
        load(path, environment={})
    first, _, hint = refused.value.problems
    assert first.startswith(f"{path}, line 8, [pairs.binance.")
    assert first.endswith("GM_ALPA is not a parameter. Did you mean GM_ALPHA?")
    assert "import-gunbot" in hint


def test_the_pairs_of_all_exchanges_are_found(write: Write) -> None:
    pairs = {
        "binance": {"USDT-BTC": {"override": {}}, "BTC-ETH": {"override": {}}},
        "kraken": {"USDT-BTC": {"strategy": "x"}},
    }
    path = write(json.dumps({"pairs": pairs}), "config.json")
    assert pairs_in(path) == ("BTC/USDT", "ETH/BTC", "kraken:BTC/USDT")


def test_an_import_reads_back_as_what_it_was(write: Write) -> None:
    path = write(
        gunbot({"GM_ALPHA": "0.25", "GM_PERIOD": "5", "NO_POST_ONLY": "false", "ALLOC_CONFIRMED": True}), "config.json"
    )
    text, warnings = import_gunbot(path)
    assert warnings == ()
    imported = load(write(text), environment={})
    assert imported.values() == load(path, environment={}).values()


def test_an_import_warns_of_what_it_leaves_out(write: Write) -> None:
    path = write(gunbot({"GM_ALPHA": "7", "BUY_METHOD": "glosten", "GAIN": "3"}), "config.js")
    text, warnings = import_gunbot(path)
    assert warnings == (
        "BTC/USDT: left out: GM_ALPHA must be a number from 0.02 to 0.4 (probability), but it is 7.",
        "BTC/USDT: left out 2 keys that are not parameters: BUY_METHOD, GAIN.",
    )
    assert tomllib.loads(text) == {"pairs": {"BTC/USDT": {"GM_TL": 1000}}}
    assert '# GM_ALPHA = "7"  # GM_ALPHA must be' in text


def test_a_flat_object_is_imported_as_one_strategy(write: Write) -> None:
    text, warnings = import_gunbot(write('{"GM_ALPHA": "0.2", "name": "x"}', "flat.json"))
    assert tomllib.loads(text) == {"strategy": {"GM_ALPHA": 0.2}}
    assert len(warnings) == 1


def test_what_is_no_gunbot_configuration_is_refused(write: Write) -> None:
    with pytest.raises(SettingsError, match="is no Gunbot configuration"):
        import_gunbot(write('{"pairs": {}, "bot": {}}', "config.json"))


def test_credentials_are_never_repeated(write: Write) -> None:
    path = write(gunbot({"GM_ALPHA": "7"}), "config.json")
    with pytest.raises(ParameterError) as refused:
        load(path, environment={})
    text, warnings = import_gunbot(path)
    assert HIDDEN not in f"{refused.value} {text} {warnings}"


def test_a_hostile_name_cannot_break_out_of_its_line(write: Write) -> None:
    pairs = {"binance": {'X-"]\nGM_ALPHA = 0.4\n[y': {"override": {"GM_TL": 'a"\n\nGM_TL = 200'}}}}
    text, _ = import_gunbot(write(json.dumps({"pairs": pairs}), "config.json"))
    (table,) = tomllib.loads(text)["pairs"].values()
    assert table == {}
