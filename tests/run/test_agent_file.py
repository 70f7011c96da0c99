"""A market of agents read from a file: the examples, everything that can be wrong, and functions beside the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from glosten.crowd import INFORMED_KINDS, MAKER_KINDS, TRADER_KINDS
from glosten.errors import SettingsError
from glosten.run import read_market, run_market

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "config" / "markets").glob("*.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_run(path: Path) -> None:
    market = read_market(path)
    assert market.name == path.stem
    run = run_market(replace(market, paths=64))
    assert sum(one.pnl.mean for one in run.entries) == pytest.approx(0, abs=1e-6)
    assert sum(one.trades.mean for one in run.entries if one.role == "trader") > 0.5 * market.periods


def test_the_example_of_everybody_shows_every_maker_of_a_two_valued_market_and_nearly_every_trader() -> None:
    market = read_market(ROOT / "config" / "markets" / "crowd.toml")
    assert set(TRADER_KINDS) - {trader.kind for trader in market.traders} == {"insider", "python"}
    assert {maker.kind for maker in market.makers} <= set(MAKER_KINDS)


def test_every_kind_and_trait_stands_in_the_docs() -> None:
    text = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")
    for kinds in (TRADER_KINDS, MAKER_KINDS):
        for kind, traits in kinds.items():
            assert f"`{kind}`" in text, kind
            for trait in traits:
                assert f"`{trait.name}`" in text, trait.name
    assert set(INFORMED_KINDS) < set(TRADER_KINDS)


GOOD = """
[market]
values = [98, 102]
periods = 10

[[makers]]
name = "maker"
kind = "glosten_milgrom"
alpha = 0.3

[[traders]]
name = "noise"
kind = "noise"
"""


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "here.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_is_read_with_its_agents_and_functions_beside_it(tmp_path: Path) -> None:
    (tmp_path / "my_agents_of_this_test.py").write_text(
        "def buys(view):\n    return 1\n\n\ndef around(view):\n    return 99, 101\n\n\nnumber = 1\n", encoding="utf-8"
    )
    text = (
        GOOD
        + """
[[traders]]
name = "me"
decide = "my_agents_of_this_test:buys"
weight = 9

[[makers]]
name = "wide"
quote = "my_agents_of_this_test:around"

[[news]]
name = "n"
every = 5
sd = 0.1
"""
    )
    market = read_market(write(tmp_path, text))
    assert (market.name, market.traders[1].kind, market.makers[1].kind) == ("here", "python", "python")
    run = run_market(replace(market, paths=5))
    assert next(one for one in run.entries if one.name == "me").inventory.mean > 5
    for wrong, words in (
        ("my_agents_of_this_test:sells", "does not have"),
        ("no_such_module_here:buys", "cannot be imported"),
        ("my_agents_of_this_test", "module:function"),
        ("my_agents_of_this_test:number", "is no function"),
    ):
        with pytest.raises(SettingsError, match=words):
            read_market(write(tmp_path, text.replace("my_agents_of_this_test:buys", wrong)))


def test_everything_wrong_in_a_file_is_told_at_once_with_the_path_and_the_nearest_name(tmp_path: Path) -> None:
    text = (
        GOOD.replace("periods", "perods").replace("alpha", "alfa")
        + """
[[traders]]
name = "late"
kind = "late"
weihgt = 2

[[traders]]
kind = "noise"

[[traders]]
name = "nobody"

[[news]]
name = "n"
evry = 3

[nws]
"""
    )
    with pytest.raises(SettingsError) as caught:
        read_market(write(tmp_path, text))
    problems = caught.value.problems
    assert all(problem.startswith(f"{tmp_path / 'here.toml'}: ") for problem in problems)
    together = "\n".join(problems)
    for words in (
        "Did you mean news?",
        "Did you mean periods?",
        "lacks periods",
        "Did you mean alpha?",
        "alpha (the share",
        "Did you mean weight?",
        "lag (how late",
        "number 3 lacks a name",
        "kind is missing",
        "Did you mean every?",
    ):
        assert words in together, words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = ", "not valid TOML"),
        ("", "[market] is missing"),
        ("market = 3", "market must be a table"),
        (GOOD.replace("[[makers]]", "[makers]"), "must be a list of tables"),
        (GOOD.replace("periods = 10", "periods = 0"), "periods must be a whole number"),
    ],
)
def test_a_file_that_is_no_market_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_market(write(tmp_path, text))
    assert words in str(caught.value)


EVERY_KEY = """
[market]
name = "m"
values = [98, 102]
chances = [0.5, 0.5]
sd = 0
tick = 0.01
lot = 1
periods = 10
paths = 5
seed = 1
quiet = 0

[[news]]
name = "n"
every = 3
jumps = [0.5, -0.5]
chances = [0.5, 0.5]
told = "time"

[[makers]]
name = "maker"
kind = "glosten_milgrom"
count = 1
lots = 5
alpha = 0.3

[[traders]]
name = "noise"
kind = "noise"
count = 1
weight = 1
lots = 1
buy = 0.5
"""


@pytest.mark.parametrize("line", [line for line in EVERY_KEY.splitlines() if "=" in line])
def test_a_value_of_the_wrong_type_is_refused_under_every_key(tmp_path: Path, line: str) -> None:
    read_market(write(tmp_path, EVERY_KEY))
    key = line.split(" = ", maxsplit=1)[0]
    for wrong in ("{ a = 1 }", "[[1]]", "true", "nan", "1979-05-27"):
        with pytest.raises(SettingsError, match=key if key != "chances" else "chances|market|values"):
            read_market(write(tmp_path, EVERY_KEY.replace(line, f"{key} = {wrong}", 1)))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    for file, words in (("none.toml", "does not exist"), (".", "is a directory"), ("bytes.toml", "not UTF-8")):
        with pytest.raises(SettingsError, match=words):
            read_market(tmp_path / file)


def test_every_example_says_what_it_is_for() -> None:
    assert [path.stem for path in EXAMPLES] == ["crowd", "splitting", "two_makers"]
    assert all(path.read_text(encoding="utf-8").startswith("# ") for path in EXAMPLES)
