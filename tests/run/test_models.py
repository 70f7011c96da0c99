from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from glosten import theory
from glosten.errors import InputError, SettingsError
from glosten.run import MODELS, Execution, make_model, model_kind, read_model_file, simulate

ROOT = Path(__file__).resolve().parents[2]
PRESETS = sorted((ROOT / "config" / "models").glob("*.toml"))


def written(folder: Path, text: str) -> Path:
    path = folder / "model.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_model_has_a_preset_and_every_preset_a_model() -> None:
    assert {path.stem for path in PRESETS} == set(MODELS)


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_preset_makes_its_model(path: Path) -> None:
    told = read_model_file(path)
    assert told.kind.name == path.stem
    model = make_model(told.kind, told.parameters, str(path))
    assert isinstance(model, told.kind.made)
    quotes = model.quotes()
    assert quotes.mean is not None


@pytest.mark.skipif(not hasattr(theory.posterior, "py_func"), reason="random words wrap in compiled code only")
@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_every_model_is_simulated_through_the_one_call(path: Path) -> None:
    told = read_model_file(path)
    parameters = dict(told.parameters) | ({"periods": 6} if "periods" in told.parameters else {})
    model = make_model(told.kind, parameters, str(path))
    once, again = (simulate(model, 6, 700, 0, execution=Execution(threads, sampled=0)) for threads in (1, 2))
    assert (once.engine, once.n, len(once.spread)) == ("mc", 700, 7)
    assert once.spread.tobytes() == again.spread.tobytes()
    assert once.mm_pnl == again.mm_pnl
    total = once.mm_pnl.mean + once.informed_pnl.mean + once.noise_pnl.mean
    assert total == pytest.approx(0, abs=1e-9 * max(1.0, once.informed_pnl.sd))


def test_the_parameters_are_the_fields_of_the_model_and_of_its_market() -> None:
    assert MODELS["binary"].names == ("v_low", "v_high", "prior", "alpha", "gamma")
    assert MODELS["risk_averse"].names[-2:] == ("risk_aversion", "inventory")
    assert set(MODELS["binary"].names) < set(MODELS["risk_averse"].names)
    assert "density" not in MODELS["das"].names


def test_a_word_chooses_the_demand_and_the_law() -> None:
    market = {"v_low": 0, "v_high": 2, "prior": 0.5, "alpha": 0.2, "eta": 0.5}
    linear = make_model(MODELS["elastic"], {**market, "width": 0.8}, "here")
    assert linear.demand == theory.LinearDemand(0.8)
    logistic = make_model(MODELS["elastic"], {**market, "demand": "logistic", "scale": 1}, "here")
    assert logistic.demand == theory.LogisticDemand(1.0)
    kind = MODELS["continuous_value"]
    assert make_model(kind, {"alpha": 0.2, "law": "uniform", "low": 0, "high": 1}, "here").law.high == 1
    gamma = make_model(kind, {"alpha": 0.2, "law": "gamma", "law_parameters": {"a": 2.0}}, "here")
    assert gamma.law.mean == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("binary", {"v_low": 0, "v_high": 1, "prior": 0.5, "alhpa": 0.3}, "alhpa.*Did you mean alpha"),
        ("binary", {"v_low": 0, "v_high": 1, "prior": 0.5}, "here lacks alpha, which binary needs"),
        ("binary", {"v_low": 0, "v_high": 1, "prior": "x", "alpha": 0.3}, "prior must be a number; it was 'x'"),
        ("binary", {"v_low": 0, "v_high": 1, "prior": True, "alpha": 0.3}, "prior must be a number; it was True"),
        ("binary", {"v_low": 0, "v_high": 1, "prior": 1.5, "alpha": 0.3}, "here: prior .* between 0 and 1; it was 1.5"),
        ("many_values", {"values": [1, "b"], "beliefs": [1], "alpha": 0.3}, "values must be a list of numbers"),
        ("das", {"sigma": 1, "sigma_w": 1, "p_jump": 0, "alpha": 0.5, "known_jumps": 1}, "true or false; it was 1"),
        (
            "elastic",
            {"v_low": 0, "v_high": 1, "prior": 0.5, "alpha": 0.2, "eta": 0.5, "scale": 1},
            'demand = "linear" needs width',
        ),
        (
            "elastic",
            {"v_low": 0, "v_high": 1, "prior": 0.5, "alpha": 0.2, "eta": 0.5, "demand": "linaer", "width": 1},
            "Did you mean linear",
        ),
        ("continuous_value", {"alpha": 0.2, "law": "gama"}, "Did you mean gamma"),
        ("continuous_value", {"alpha": 0.2, "law": "gamma", "law_parameters": {"b": 1.0}}, "does not take these"),
        ("continuous_value", {"alpha": 0.2, "law": "normal", "mean": 1, "sd": 1, "low": 0}, "takes no low"),
    ],
)
def test_bad_parameters_are_refused_in_a_sentence(name: str, values: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        make_model(MODELS[name], values, "here")


def test_an_unknown_model_is_answered_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r'no model "dsa".*Did you mean das'):
        model_kind("dsa")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[model]\nv_low = 1", "needs a table"),
        ('[model]\nkind = "binry"', "Did you mean binary"),
        ('[model]\nkind = "binary"\nalpah = 1', "Did you mean alpha"),
        ('[model]\nkind = "binary"\n[simulation]\ntrade = 5', "Did you mean trades"),
        ('[model]\nkind = "binary"\n[simulation]\ntrades = "5"', "trades .* must be a whole number; it was '5'"),
        ('[model]\nkind = "binary"\n[modle]\n', "the table \\[modle\\]"),
        ("[model", "is not valid TOML"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_model_file(written(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml does not exist"):
        read_model_file(tmp_path / "none.toml")
