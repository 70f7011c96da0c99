"""Laws of the docs: links lead somewhere, pictures stand above the commands that draw them, examples are readable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from glosten.run import read_experiment, read_market

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
THEORY = sorted((ROOT / "docs" / "theory").glob("*.md"))
FIGURES = ROOT / "docs" / "theory" / "figures"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", THEORY, ids=lambda path: path.stem)
def test_every_picture_stands_above_the_command_that_draws_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"!\[[^\]]*\]\(figures/([^)]+)\)", text):
        command = re.search(rf"\n    (glosten .*--figure docs/theory/figures/{re.escape(name)})\n", text)
        assert command, f"no command draws {name}"
        files = re.findall(r"(?:config|experiments)/\S+\.toml", command[1])
        assert all((ROOT / file).exists() for file in files)


def test_no_picture_is_left_over_and_every_page_is_listed() -> None:
    told = {name for page in THEORY for name in re.findall(r"\(figures/([^)]+)\)", page.read_text(encoding="utf-8"))}
    assert {path.name for path in FIGURES.iterdir()} == told
    index = (ROOT / "docs" / "theory.md").read_text(encoding="utf-8")
    assert [page.name for page in THEORY if f"theory/{page.name}" not in index] == []


@pytest.mark.parametrize("path", sorted((ROOT / "experiments").glob("*.toml")), ids=lambda path: path.stem)
def test_every_experiment_can_be_read(path: Path) -> None:
    experiment = read_experiment(path)
    assert experiment.name == path.stem
    assert f"experiments/{path.name}" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted((ROOT / "config" / "markets").glob("*.toml")), ids=lambda path: path.stem)
def test_every_market_can_be_read(path: Path) -> None:
    assert read_market(path).name == path.stem
