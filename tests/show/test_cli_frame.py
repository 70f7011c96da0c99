from __future__ import annotations

import json
import math
import subprocess
import sys
from decimal import Decimal
from enum import IntEnum
from pathlib import Path

import numpy as np
import pytest
import typer

from glosten import __version__
from glosten.errors import GlostenError, ParameterError, RunError, TapeError
from glosten.show import emit_json
from glosten.show._app import app, run
from glosten.show._output import plain

HEAVY = ("numba", "polars", "plotly", "scipy")


def imported(*arguments: str) -> set[str]:
    """Return the modules that a fresh process has imported after one command."""
    code = f"import sys; from glosten.show._app import run; run({arguments!r}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.splitlines()[-1].split())


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"glosten {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["params", "--help"], ["config", "-h"]])
def test_help_is_no_failure(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 0
    assert "Usage: glosten" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["parms"], "No such command 'parms'. Did you mean 'params'? See `glosten --help`."),
        (["config"], "Missing command. See `glosten config --help`."),
        (["config", "chekc", "x"], "Did you mean 'check'?"),
        (["config", "check"], "Missing argument"),
        (["params", "--jsno"], "--json"),
        (["params", "GM_ALPHA", "GM_TL"], "See `glosten params --help`."),
    ],
)
def test_a_misuse_is_one_line_with_the_right_use(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("Error: ")
    assert printed.err.count("\n") == 1
    assert words in printed.err


@pytest.mark.parametrize(
    ("raised", "code", "lines"),
    [
        (ParameterError(["one.", "two."]), 2, ["Error: one.", "Error: two."]),
        (TapeError("the tape is empty."), 2, ["Error: the tape is empty."]),
        (RunError("it broke."), 1, ["Error: it broke."]),
        (GlostenError("it broke."), 1, ["Error: it broke."]),
        (PermissionError(13, "Permission denied", "a.parquet"), 1, ["Error: a.parquet: Permission denied."]),
        (MemoryError(), 1, ["Error: there is not enough memory for this."]),
        (KeyboardInterrupt(), 130, []),
        (typer.Exit(3), 3, []),
    ],
)
def test_what_a_command_raises_becomes_lines_and_an_exit_code(
    raised: BaseException,
    code: int,
    lines: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing() -> None:
        raise raised

    monkeypatch.setattr(app, "registered_commands", [])
    app.command("failing")(failing)
    assert run(["failing"]) == code
    assert [line for line in capsys.readouterr().err.splitlines() if line.startswith("Error")] == lines


def test_a_defect_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(app, "registered_commands", [])
    app.command("failing")(failing)
    with pytest.raises(ZeroDivisionError):
        run(["failing"])


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["params", "--help"], ["config", "check", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    assert imported(*arguments).isdisjoint({*HEAVY, "numpy", "glosten.params"})


@pytest.mark.parametrize("arguments", [["params"], ["params", "GM_ALPHA", "--json"], ["config", "template"]])
def test_params_and_config_never_import_the_compiler(arguments: list[str]) -> None:
    assert imported(*arguments).isdisjoint(HEAVY)


def test_the_program_runs_as_a_module(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "glosten", "config", "check", "none.toml"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "Error: none.toml does not exist. `glosten config template` prints one to start from.\n"


class Colour(IntEnum):
    RED = 4


def test_json_keeps_every_digit_and_turns_what_is_not_finite_into_null(capsys: pytest.CaptureFixture[str]) -> None:
    emit_json(
        {
            "third": 1 / 3,
            "missing": [math.nan, math.inf, None],
            "array": np.array([[0.1, np.nan]]),
            "number": np.float64(0.1),
            "whole": np.int64(2**53 + 1),
            "truth": np.array(1) > 0,
            "exact": Decimal("0.00000001"),
            "nothing": Decimal("NaN"),
            "colour": Colour.RED,
            "path": Path("a/b"),
            "words": "£ ‘x’",
        }
    )
    document = json.loads(capsys.readouterr().out)
    assert document == {
        "third": 1 / 3,
        "missing": [None, None, None],
        "array": [[0.1, None]],
        "number": 0.1,
        "whole": 2**53 + 1,
        "truth": True,
        "exact": 1e-8,
        "nothing": None,
        "colour": 4,
        "path": "a/b",
        "words": "£ ‘x’",
    }


@pytest.mark.parametrize("value", [{}, [], [1, "a"], {"a": {"b": []}}, 0.5, None, "x"])
def test_json_of_any_shape_reads_back(value: object, capsys: pytest.CaptureFixture[str]) -> None:
    emit_json(value)
    assert json.loads(capsys.readouterr().out) == value


def test_what_json_cannot_hold_is_a_defect() -> None:
    with pytest.raises(AttributeError):
        plain(object())
