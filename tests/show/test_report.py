from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glosten.params import PARAMETERS
from glosten.run import Run, amount
from glosten.settings import Finding
from glosten.show import _report_frame, report

MakeRun = Callable[..., Run]
LARGEST_PAGE = 6_400_000
LOADING = {
    "src",
    "href",
    "srcset",
    "poster",
    "data",
    "action",
    "formaction",
    "background",
    "manifest",
    "ping",
    "codebase",
}
EMBEDDING = {
    "link",
    "iframe",
    "frame",
    "object",
    "embed",
    "base",
    "img",
    "video",
    "audio",
    "source",
    "portal",
    "applet",
}


class Reader(HTMLParser):
    """What a page is made of: its tags, the words people read, its style sheets and its scripts by id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.styles: list[str] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self._inside: tuple[str, dict[str, str | None]] = ("", {})
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = (tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  # the parser names its argument
        self._inside = ("", {})

    def handle_data(self, data: str) -> None:
        if self._inside[0] == "style":
            self.styles.append(data)
        elif self._inside[0] == "script":
            self.scripts.append((self._inside[1], data))
        else:
            self.words.append(data)

    @property
    def prose(self) -> str:
        return " ".join(" ".join(self.words).split())

    def data(self, name: str) -> Any:
        (text,) = (text for attributes, text in self.scripts if attributes.get("id") == name)
        return json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))

    def column(self, reference: Any) -> np.ndarray:
        spec = self.data("arrays")[reference["$"]]
        return np.frombuffer(base64.b64decode(spec["bdata"]), np.dtype(spec["dtype"]))

    def trace(self, slug: str, name: str) -> dict[str, Any]:
        (chart,) = (chart for chart in self.data("charts") if chart["slug"] == slug)
        (trace,) = (trace for trace in chart["data"] if trace.get("name") == name)
        return dict(trace)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Reader]:
    def write_and_read(run: Run, findings: tuple[Finding, ...] = ()) -> Reader:
        path = report(run, tmp_path / "page.html", findings)
        assert path == (tmp_path / "page.html").resolve()
        assert path.stat().st_size < LARGEST_PAGE
        return Reader(path.read_text(encoding="utf-8"))

    return write_and_read


def test_the_page_asks_the_network_for_nothing(hand_made_run: MakeRun, read: Callable[..., Reader]) -> None:
    page = read(hand_made_run())
    for tag, attributes in page.tags:
        assert tag not in EMBEDDING
        assert not LOADING & set(attributes), f"<{tag}> loads {attributes}"
    style = "".join(page.styles)
    assert "url(" not in style
    assert "@import" not in style
    own = [text for attributes, text in page.scripts if "plotly.js v" not in text and "type" not in attributes]
    assert len(own) == 1
    assert not [word for word in ("http", "fetch(", "XMLHttpRequest", "import(", "WebSocket") if word in own[0]]


def test_the_browser_itself_is_told_to_load_nothing(hand_made_run: MakeRun, read: Callable[..., Reader]) -> None:
    page = read(hand_made_run(cycles=50, fills=3))
    policies = [
        attributes for tag, attributes in page.tags if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    rules = dict(rule.strip().split(" ", 1) for rule in str(policies[0]["content"]).split(";"))
    assert rules == {
        "default-src": "'none'",
        "script-src": "'unsafe-inline'",
        "style-src": "'unsafe-inline'",
        "img-src": "data: blob:",
    }
    positions = [index for index, (tag, _) in enumerate(page.tags) if tag in ("script", "style")]
    assert [tag for tag, _ in page.tags].index("meta") < min(positions)


def test_the_plotting_library_is_there_once(hand_made_run: MakeRun, read: Callable[..., Reader]) -> None:
    page = read(hand_made_run(cycles=50, fills=3))
    assert sum("plotly.js v" in text for _, text in page.scripts) == 1


def test_the_page_says_the_figures_of_the_run(hand_made_run: MakeRun, read: Callable[..., Reader]) -> None:
    run = hand_made_run()
    prose = read(run).prose
    for value in (run.pnl.total, run.pnl.realised, run.pnl.spread, run.pnl.adverse, run.pnl.inventory, run.pnl.fees):
        assert amount(value) in prose
    for words in (
        "Made 34.56 USDT",
        "240 of 968 orders placed",
        "100.0 %",
        "1.23 % limit 5 %",
        run.config_hash,
        "Seed 7",
        "glosten 0.1.0",
        "2024-08-08 00:00:15 UTC",
        "BTC/USDT",
    ):
        assert words in prose


def test_every_key_figure_has_its_definition_to_hover_over(hand_made_run: MakeRun, read: Callable[..., Reader]) -> None:
    tiles = [attributes for _, attributes in read(hand_made_run()).tags if attributes.get("class") == "tile"]
    assert len(tiles) == 12
    assert all(len(str(tile["title"])) > 30 for tile in tiles)


def test_gains_from_before_the_start_are_shown_where_there_are_any(
    hand_made_run: MakeRun, read: Callable[..., Reader]
) -> None:
    run = hand_made_run(cycles=40, fills=5)
    assert "Brought along" not in read(run).prose
    rounded = replace(run, pnl=replace(run.pnl, brought=-5e-9))
    assert "Brought along" not in read(rounded).prose
    run = replace(run, pnl=replace(run.pnl, unrealised=run.pnl.unrealised + 100.0, brought=100.0))
    run = replace(run, parameters={**run.parameters, "runtime.initial_cost_basis": 90.0})
    assert "Brought along +100.00" in read(run).prose


def test_every_parameter_is_in_the_table_and_marked_if_it_is_not_the_default(
    hand_made_run: MakeRun, read: Callable[..., Reader]
) -> None:
    prose = read(hand_made_run()).prose
    for parameter in PARAMETERS:
        assert parameter.key in prose
    assert "GM_ALPHA * 0.2 0.15 probability" in prose
    assert "BE_GUARD ! true true" in prose
    assert "GM_TL 900 900 cash" in prose


def test_text_of_users_cannot_become_markup(hand_made_run: MakeRun, read: Callable[..., Reader]) -> None:
    evil = "</script><img src=x onerror=alert(1)>&lt;"
    run = hand_made_run(cycles=40, fills=5)
    run = replace(
        run,
        title=evil,
        quote_asset=evil,
        warnings=(evil,),
        instrument=run.instrument | {"symbol": f"{evil}/{evil}"},
        tape=run.tape | {"files": [f"a/{evil}"], "sentences": [evil], evil: evil},
    )
    page = read(run, (Finding("W01", "warning", evil),))
    assert "img" not in {tag for tag, _ in page.tags}
    assert page.prose.count(evil) >= 5
    hover = page.trace("price", "bought")["hovertemplate"]
    assert "<img" not in hover  # the chart library reads some markup in texts


def test_warnings_and_findings_stand_before_the_figures(hand_made_run: MakeRun, read: Callable[..., Reader]) -> None:
    findings = (Finding("W16", "info", "Info text."), Finding("W03", "warning", "Warning text."))
    prose = read(hand_made_run(), findings).prose
    order = ["Beware The quotes are synthetic", "Warning W03 Warning text.", "Note W16 Info text.", "Total +34.56"]
    places = [prose.index(words) for words in order]
    assert places == sorted(places)


def test_a_page_without_remarks_has_no_box_for_them(hand_made_run: MakeRun, read: Callable[..., Reader]) -> None:
    run = hand_made_run(cycles=40, fills=5)
    run = replace(run, warnings=(), tape=run.tape | {"synthetic_quotes": False})
    assert "remarks" not in {attributes.get("class") for _, attributes in read(run).tags}


def test_amounts_are_also_told_in_the_currency_of_the_keys(hand_made_run: MakeRun, read: Callable[..., Reader]) -> None:
    prose = read(hand_made_run(cycles=40, fills=5, quote_unit=190.0)).prose
    for value in (34.56, 61.25, -40.5, -6.0):
        assert f"{amount(190 * value)} in the keys' currency" in prose
    assert "1 USDT = 190 in the currency of the keys" in prose
    assert "keys' currency" not in read(hand_made_run(cycles=40, fills=5)).prose


def test_every_sampled_number_carries_its_error_and_its_n(hand_made_run: MakeRun, read: Callable[..., Reader]) -> None:
    run = hand_made_run()
    (bars,) = next(chart for chart in read(run).data("charts") if chart["slug"] == "markouts")["data"]
    assert bars["error_y"]["array"] == [row.se_bps for row in run.markouts]
    assert bars["y"] == [row.mean_bps for row in run.markouts]
    assert all("230 fills" in label and "120 orders" in label for label in bars["x"])


def test_the_charts_draw_what_the_run_holds(hand_made_run: MakeRun, read: Callable[..., Reader]) -> None:
    run = hand_made_run()
    page = read(run)
    bought = page.trace("price", "bought")
    ours = run.fills[run.fills["side"] == 1]
    assert np.array_equal(page.column(bought["x"]), ours["ts_ns"] / 1e6)
    assert np.array_equal(np.rint(page.column(bought["y"]).astype(np.float64) / 0.01), ours["price"])
    own = page.trace("price", "own bid")
    quoted, when = page.column(own["y"]), page.column(own["x"])
    first = np.concatenate([[True], np.diff(when) > 0])  # a quote before a gap is there twice: it stood until the gap
    ends = np.flatnonzero(~first)
    assert np.array_equal(quoted[ends - 1], quoted[ends - 2])
    kept = np.delete(quoted, ends - 1)
    assert np.array_equal(np.isnan(kept), run.cycles["own_bid"] == 0)  # a gap where there is no quote
    total = page.column(page.trace("profit", "total")["y"])
    equity = run.cycles["equity"]
    assert total[-1] == pytest.approx(equity[-1] - equity[0], rel=1e-5, abs=1e-3)


def test_every_chart_has_a_place_and_every_place_a_chart(hand_made_run: MakeRun, read: Callable[..., Reader]) -> None:
    page = read(hand_made_run())
    places = {str(attributes["id"]) for _, attributes in page.tags if str(attributes.get("id")).startswith("chart-")}
    assert places == {f"chart-{chart['slug']}" for chart in page.data("charts")}


def test_charts_over_time_share_one_span(hand_made_run: MakeRun, read: Callable[..., Reader]) -> None:
    page = read(hand_made_run())
    over_time = [chart["layout"] for chart in page.data("charts") if chart["layout"]["meta"]["overTime"]]
    assert len(over_time) == 7
    assert {tuple(layout["xaxis"]["range"]) for layout in over_time} == {tuple(page.data("span"))}
    assert {(layout["margin"]["l"], layout["margin"]["r"]) for layout in over_time} == {(66, 14)}


def test_the_true_value_is_drawn_where_the_market_was_simulated(
    hand_made_run: MakeRun, read: Callable[..., Reader]
) -> None:
    run = hand_made_run(cycles=40, fills=5)
    assert "true value" not in json.dumps(read(run).data("charts"))
    path = np.zeros(3, run.value_path.dtype)
    path["ts_ns"], path["value"] = run.cycles["ts_ns"][:3], (61_000.0, 61_010.0, 60_990.0)
    page = read(replace(run, value_path=path))
    assert page.column(page.trace("price", "true value")["y"]).tolist() == [61_000.0, 61_010.0, 60_990.0]


@pytest.mark.parametrize(("cycles", "fills"), [(0, 0), (1, 0), (1, 1), (2, 0), (40, 0)])
def test_a_run_in_which_little_happened_has_a_page(
    hand_made_run: MakeRun, read: Callable[..., Reader], cycles: int, fills: int
) -> None:
    page = read(hand_made_run(cycles=cycles, fills=fills, no_markouts=True))
    page.data("charts")
    assert f"with {fills} fill" in page.prose


def test_a_run_that_never_saw_a_price_has_a_page(hand_made_run: MakeRun, read: Callable[..., Reader]) -> None:
    run = hand_made_run(cycles=30, fills=0, no_markouts=True)
    cycles = np.zeros_like(run.cycles)
    cycles["ts_ns"] = run.cycles["ts_ns"]
    read(replace(run, cycles=cycles, market=run.market[:0])).data("charts")


def test_a_run_of_200_000_decisions_stays_small(hand_made_run: MakeRun, read: Callable[..., Reader]) -> None:
    run = hand_made_run(cycles=200_000, fills=30_000)
    page = read(run)
    longest = max(len(base64.b64decode(spec["bdata"])) // 8 for spec in page.data("arrays"))
    assert longest <= 20_000
    ask = page.column(page.trace("price", "market ask")["y"])
    assert round(float(ask.max()), 2) == round(run.market["ask"].max() * 0.01, 2)
    assert round(float(ask.min()), 2) == round(run.market["ask"].min() * 0.01, 2)
    assert "fills are drawn, evenly chosen" in page.prose


def test_a_page_that_fails_leaves_the_old_one_and_nothing_else(
    hand_made_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = hand_made_run(cycles=20, fills=2)
    page = report(run, tmp_path / "page.html")
    before = page.read_bytes()

    def fail(name: str) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_report_frame, "_beside", fail)
    with pytest.raises(OSError, match="No space"):
        report(run, page)
    assert page.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
