"""``glosten quote`` and ``glosten simulate``: what they print, as tables and as JSON, and what they refuse."""

from __future__ import annotations

import json
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
