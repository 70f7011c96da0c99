"""Laws of the house that no single file owns: budgets, doors, floors, and parameters that are really read."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from glosten.params import PARAMETERS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "glosten"
SOURCES = sorted(PACKAGE.rglob("*.py"))
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
LONGEST_FILE, LONGEST_FUNCTION, MOST_ARGUMENTS = 400, 50, 6
HOMELESS = {"utils", "util", "helpers", "helper", "misc", "common", "manager"}


def functions(source: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_and_its_functions_stay_within_their_budgets(source: Path) -> None:
    assert len(source.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    assert source.stem.strip("_") not in HOMELESS
    for function in functions(source):
        lines = (function.end_lineno or 0) - function.lineno + 1
        assert lines <= LONGEST_FUNCTION, f"{function.name} has {lines} lines"
        given = function.args
        assert given.kwarg is None, f"{function.name} takes **{given.kwarg.arg if given.kwarg else ''}"
        count = len(given.posonlyargs) + len(given.args) + len(given.kwonlyargs)
        count -= given.args[:1] != [] and given.args[0].arg in ("self", "cls")
        is_command = source.parent.name == "show" and source.stem.endswith("_command")
        assert is_command or count <= MOST_ARGUMENTS, f"{function.name} takes {count} arguments"


@pytest.mark.parametrize("room", ROOMS)
def test_the_door_of_a_room_names_exactly_what_it_offers(room: str) -> None:
    module = importlib.import_module(f"glosten.{room}")
    offered = list(module.__all__)
    assert len(offered) == len(set(offered))
    assert all(getattr(module, name, None) is not None for name in offered)
    tree = ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module not in ("__future__", "typing")
        for alias in node.names
    }
    assert imported - {"TYPE_CHECKING"} <= set(offered)


def test_files_inside_a_room_are_private() -> None:
    inside = [path for room in ROOMS for path in (PACKAGE / room).glob("*.py")]
    assert [path.name for path in inside if not path.name.startswith("_")] == []


def test_the_floors_are_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("key", [parameter.key for parameter in PARAMETERS])
def test_a_parameter_is_read_by_something(key: str) -> None:
    name = key.removeprefix("runtime.")
    readers = [
        path
        for path in SOURCES
        if path.parent.name not in ("params", "settings")
        and (f'"{name}"' in (text := path.read_text(encoding="utf-8")) or f".{name}" in text)
    ]
    folded = {"GM_PERIOD", "PERIOD", "STRICT_LITERATURE", "runtime.quote_unit", "runtime.mode"}
    assert readers or key in folded, f"nothing outside params and settings reads {key}"
