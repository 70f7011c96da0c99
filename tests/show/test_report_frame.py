"""The pages in a real browser that can reach no network, at the width of a desk and of a phone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from glosten.run import Run
from glosten.show import report
from glosten.show._report_alpha import measured_of
from glosten.show._report_compare import Compared, compare

MakeRun = Callable[..., Run]
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
PHONE = 390
FRAME = """<!doctype html><body style="margin:0"><iframe src="{page}" width="{width}" height="900" style="border:0">
</iframe><script>
const frame = document.querySelector("iframe");
const look = () => {{
  const inside = frame.contentDocument;
  const root = inside && inside.documentElement;
  if (!root || !root.dataset.drawn) return setTimeout(look, 50);
  const charts = [...inside.querySelectorAll(".chart")];
  document.body.dataset.seen = JSON.stringify({{
    drawn: Number(root.dataset.drawn), wide: root.scrollWidth, dark: frame.contentWindow.getComputedStyle(root)
      .getPropertyValue("--page").trim(),
    empty: charts.filter((chart) => !chart.querySelector(".main-svg")).map((chart) => chart.id),
    sticking: charts.filter((chart) => chart.scrollWidth > chart.clientWidth + 1).map((chart) => chart.id),
    outside: [...inside.querySelectorAll("main *")].filter((one) => !one.closest(".scroll, .chart") &&
      one.getBoundingClientRect().right > {width} + 1).map((one) => one.className || one.tagName),
  }});
}};
look();
</script></body>
"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here to open the pages with")


def opened(page: Path, width: int, *options: str) -> dict[str, Any]:
    """Return what a browser without a network made of a page ``width`` pixels wide; it must complain of nothing."""
    around = page.with_name("around.html")
    around.write_text(FRAME.format(page=page.name, width=width), encoding="utf-8")
    shown = subprocess.run(
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-sync",
            "--disable-component-update",
            "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--allow-file-access-from-files",
            f"--user-data-dir={page.parent / 'browser'}",
            "--enable-logging=stderr",
            f"--window-size={max(width, 500)},1000",
            "--virtual-time-budget=60000",
            *options,
            "--dump-dom",
            around.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    complaints = [line for line in shown.stderr.splitlines() if "CONSOLE" in line]
    assert not complaints
    found = re.search(r'data-seen="([^"]*)"', shown.stdout)
    assert found, "the page was never drawn"
    seen: dict[str, Any] = json.loads(unescape(found[1]))
    return seen


@pytest.fixture(scope="module")
def page(hand_made_run: MakeRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a page with every chart there is."""
    run = hand_made_run(cycles=2000, fills=300)
    run = replace(run, tape=run.tape | {"quotes": len(run.market)})
    return report(run, tmp_path_factory.mktemp("page") / "page.html", measured=measured_of(run, None))


@pytest.mark.parametrize("width", [1280, PHONE])
def test_a_browser_without_a_network_draws_every_chart_within_the_page(page: Path, width: int) -> None:
    seen = opened(page, width)
    assert seen["drawn"] == page.read_text(encoding="utf-8").count('class="chart"') == 15
    assert seen["wide"] <= width
    assert (seen["empty"], seen["sticking"], seen["outside"]) == ([], [], [])


def test_the_page_is_dark_for_those_who_ask_for_dark(page: Path) -> None:
    assert opened(page, 1280)["dark"] == "#f6f7f9"
    assert opened(page, 1280, "--blink-settings=preferredColorScheme=0")["dark"] == "#14181d"


@pytest.mark.parametrize("width", [1280, PHONE])
def test_a_comparison_is_drawn_too(hand_made_run: MakeRun, tmp_path: Path, width: int) -> None:
    made = [hand_made_run(cycles=400, fills=30, seed=seed) for seed in (1, 2, 3)]
    title = "Backtest of BTC/USDT on trades_binance_spot_BTCUSDT_20240808_to_20241231.parquet"
    runs = [Compared(f"run-{number}", replace(run, title=title)) for number, run in enumerate(made)]
    seen = opened(compare(runs, tmp_path / "page.html"), width)
    assert seen["drawn"] == 3
    assert seen["wide"] <= width
    assert (seen["empty"], seen["sticking"], seen["outside"]) == ([], [], [])


def test_a_run_of_a_million_decisions_is_drawn(hand_made_run: MakeRun, tmp_path: Path) -> None:
    seen = opened(report(hand_made_run(cycles=1_000_000, fills=20_000), tmp_path / "page.html"), 1280)
    assert (seen["drawn"], seen["empty"]) == (11, [])
