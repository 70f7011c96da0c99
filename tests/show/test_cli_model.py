"""``glosten quote`` and ``glosten simulate``: what they print, as tables and as JSON, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from glosten import show
from glosten.show._app import run

CURVES = ("spread", "spread_se", "belief", "belief_se")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run([*arguments, "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    return captured.err.splitlines()


def test_quote_prints_the_golden_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    model = ("--v-low", "100", "--v-high", "200", "--prior", "0.4", "--alpha", "0.3", "--gamma", "0.6")
    document = printed(capsys, "quote", *model)
    assert document["ask"] == pytest.approx(460 / 3, rel=1e-12)
    assert document["bid"] == pytest.approx(2860 / 23, rel=1e-12)
    assert document["spread"] == pytest.approx(100 * 20 / 69, rel=1e-12)
    assert document["mean"] == pytest.approx(140)
    assert (document["p_buy"], document["p_sell"]) == pytest.approx((27 / 50, 23 / 50), rel=1e-12)
    assert document["posterior_buy"] == pytest.approx(8 / 15, rel=1e-12)
    assert document["posterior_sell"] == pytest.approx(28 / 115, rel=1e-12)


def test_a_side_without_a_quote_is_null_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    document = printed(capsys, "quote", "--prior", "1", "--alpha", "1")
    assert document["bid"] is None
    assert document["spread"] is None
    assert document["posterior_sell"] is None
    assert document["ask"] == 102
    assert "probability 0" in document["why_no_bid"]
    assert run(["quote", "--prior", "1", "--alpha", "1"]) == 0
    assert "A sell has probability 0" in capsys.readouterr().out


def test_simulating_prints_curves_gains_and_their_errors(capsys: pytest.CaptureFixture[str]) -> None:
    how = ("simulate", "--trades", "20", "--paths", "2000", "--seed", "0", "--threads", "1")
    drawn = printed(capsys, *how)
    exact = printed(capsys, *how, "--engine", "exact")
    assert (drawn["engine"], drawn["n"], exact["engine"], exact["n"]) == ("mc", 2000, "exact", 0)
    assert all(len(document[name]) == 21 for document in (drawn, exact) for name in CURVES)
    assert exact["spread"][0] == pytest.approx(1.2)
    assert all(exact[pnl]["se"] == 0 for pnl in ("mm_pnl", "informed_pnl", "noise_pnl"))
    for pnl in ("mm_pnl", "informed_pnl", "noise_pnl"):
        assert abs(drawn[pnl]["mean"] - exact[pnl]["mean"]) <= 4 * drawn[pnl]["se"] + 1e-12
    for name in ("spread", "belief"):
        for one, other, error in zip(drawn[name], exact[name], drawn[f"{name}_se"], strict=True):
            assert abs(one - other) <= 4 * error + 1e-12
    assert drawn["trades_per_second"] > 0
    again = printed(capsys, *how[:-1], "2")
    assert all(again[name] == drawn[name] for name in (*CURVES, "mm_pnl", "informed_pnl", "noise_pnl"))


def test_the_table_shows_every_number_with_its_error_and_n(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["simulate", "--trades", "20", "--paths", "2000"]) == 0
    text = capsys.readouterr().out
    assert "± se" in text
    assert "n = 2,000" in text
    for word in ("maker", "informed", "noise", "spread"):
        assert word in text
    assert run(["simulate", "--trades", "20", "--engine", "exact"]) == 0
    assert "exact law" in capsys.readouterr().out


def test_one_path_alone_has_no_error_in_json_or_table(capsys: pytest.CaptureFixture[str]) -> None:
    document = printed(capsys, "simulate", "--trades", "3", "--paths", "1")
    assert document["mm_pnl"]["se"] is None
    assert run(["simulate", "--trades", "3", "--paths", "1"]) == 0
    assert "unknown" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("simulate", "--alpha", "1.3"), ("alpha", "between 0 and 1", "1.3")),
        (("quote", "--prior", "-1"), ("prior", "between 0 and 1", "-1")),
        (("quote", "--gamma", "nan"), ("gamma", "nan")),
        (("quote", "--v-low", "3", "--v-high", "2"), ("v_low", "below v_high")),
        (("simulate", "--trades", "0"), ("trades", "from 1", "0")),
        (("simulate", "--paths", "0"), ("paths", "from 1")),
        (("simulate", "--seed", "-1"), ("seed", "from 0")),
        (("simulate", "--threads", "0"), ("threads", "from 1")),
        (("simulate", "--engine", "mcc"), ("engine", "exact or mc", "mcc")),
        (("simulate", "--trades", "ten"), ("trades",)),
        (("simulate", "--trade", "10"), ("--trade",)),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_two(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    lines = refused(capsys, *arguments)
    assert len(lines) == 1
    assert all(word in lines[0] for word in words)


def test_the_commands_stand_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    assert "quote" in text
    assert "simulate" in text
    assert callable(show.main)


def test_any_model_is_quoted_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--model", "many_values", "--set", "values=[0, 50, 100]", "--set", "beliefs=[0.3, 0.4, 0.3]")
    document = printed(capsys, "quote", *arguments, "--alpha", "0.4")
    assert (document["ask"], document["bid"]) == pytest.approx((450 / 7, 250 / 7))
    assert run(["quote", *arguments, "--alpha", "0.4"]) == 0
    text = capsys.readouterr().out
    assert "64.2857143" in text
    assert "many_values: values = [0, 50, 100]" in text


def test_a_closed_side_of_any_model_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    sets = ("--set", "eta=.5", "--set", "width=.6", "--v-low", "0", "--v-high", "2", "--alpha", ".2", "--prior", ".5")
    assert run(["quote", "--model", "elastic", *sets]) == 0
    assert "No quote on that side." in capsys.readouterr().out


def test_a_file_is_simulated_and_a_flag_wins_over_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_text(
        '[model]\nkind = "noisy_signal"\nv_low = 0\nv_high = 1\nprior = 0.5\nalpha = 0.5\naccuracy = 0.8\n'
        "[simulation]\ntrades = 4\npaths = 600\nseed = 3\n",
        encoding="utf-8",
    )
    document = printed(capsys, "simulate", str(file), "--trades", "6", "--alpha", "0.4")
    assert (document["trades"], document["n"], document["seed"]) == (6, 600, 3)
    assert document["model"] == {
        "kind": "noisy_signal",
        "v_low": 0,
        "v_high": 1,
        "prior": 0.5,
        "alpha": 0.4,
        "accuracy": 0.8,
    }
    assert len(document["error"]) == len(document["belief_se"]) == 7
    assert document["orders"]["mean"] == 6
    assert document["inventory"]["se"] > 0


def test_models_lists_every_model_and_explains_one(capsys: pytest.CaptureFixture[str]) -> None:
    rows = printed(capsys, "models")
    assert {"binary", "das", "elastic"} <= {row["name"] for row in rows}
    (das,) = printed(capsys, "models", "das")
    assert next(one for one in das["parameters"] if one["name"] == "eta")["default"] == 0.5
    assert run(["models"]) == 0
    assert "glosten models NAME" in capsys.readouterr().out
    assert run(["models", "risk_averse"]) == 0
    assert "risk_aversion" in capsys.readouterr().out
    assert "Did you mean das" in refused(capsys, "models", "dsa")[0]


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_a_figure_is_drawn_whole_and_always_the_same(tmp_path: Path, kind: str) -> None:
    drawn = []
    for name in ("a", "b"):
        file = tmp_path / f"{name}.{kind}"
        assert run(["simulate", "--trades", "5", "--paths", "600", "--figure", str(file)]) == 0
        drawn.append(file.read_bytes())
    assert drawn[0] == drawn[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a.{kind}", f"b.{kind}"]
    if kind == "svg":
        assert b"Mean quoted spread" in drawn[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--figure", "curve.gif"), "must end in .svg, .pdf, .png"),
        (("--figure", "nowhere/curve.svg"), "the folder nowhere does not exist"),
        (("--set", "alpha"), "--set takes NAME=VALUE"),
        (("--model", "dsa"), "Did you mean das"),
        (("none.toml",), "none.toml does not exist"),
        (("--set", "alhpa=0.3"), "Did you mean alpha"),
    ],
)
def test_a_wrong_model_or_figure_is_refused_in_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    (line,) = refused(capsys, "simulate", *arguments)
    assert words in line


MARKET = """
[market]
values = [98, 102]
periods = 20
paths = 300
tick = 0.01
[[makers]]
name = "maker"
kind = "glosten_milgrom"
alpha = 0.3
[[traders]]
name = "knows"
kind = "informed"
weight = 3
[[traders]]
name = "noise"
kind = "noise"
weight = 7
"""


def test_a_file_and_a_name_are_not_both_taken(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_text('[model]\nkind = "das"\n', encoding="utf-8")
    assert "not both" in refused(capsys, "simulate", str(file), "--model", "das")[0]


def test_a_market_of_agents_is_simulated_from_its_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_text(MARKET, encoding="utf-8")
    document = printed(capsys, "simulate", str(file), "--paths", "500", "--seed", "4")
    assert (document["n"], document["seed"], document["periods"]) == (500, 4, 20)
    gains = [one["gain"]["mean"] for one in (*document["traders"], *document["makers"])]
    assert sum(gains) == pytest.approx(0, abs=1e-9)
    assert all(one["gain"]["se"] > 0 for one in document["traders"])
    assert run(["simulate", str(file)]) == 0
    text = capsys.readouterr().out
    assert "n = 300 paths" in text
    assert "knows" in text
    (line,) = refused(capsys, "simulate", str(file), "--alpha", "0.2")
    assert "takes no --alpha" in line


@pytest.mark.parametrize(("typed", "meant"), [("binary", "binary"), ("binry", "binary"), ("kyle-limit", "kyle_limit")])
@pytest.mark.parametrize("command", ["simulate", "quote"])
def test_the_name_of_a_model_where_a_file_belongs_is_told_as_such(
    capsys: pytest.CaptureFixture[str], command: str, typed: str, meant: str
) -> None:
    told = refused(capsys, command, typed)
    assert told == [f"Error: {typed} does not exist as a file. A model by its name is --model {meant}."]
