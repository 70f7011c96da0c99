from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from glosten.run import Run
from glosten.show._report_alpha import alpha_charts, alpha_html, measured_of, with_error

MakeRun = Callable[..., Run]


@pytest.fixture(scope="module")
def whole(hand_made_run: MakeRun) -> Run:
    """Make a run that kept every quote of its tape."""
    run = hand_made_run(cycles=3000, fills=400)
    return replace(run, tape=run.tape | {"quotes": len(run.market)})


@pytest.fixture(scope="module")
def measured(whole: Run) -> dict[str, Any]:
    found = measured_of(whole, None)
    assert found is not None
    return found


def test_markouts_by_group_are_not_measured_against_a_sample_of_the_quotes(hand_made_run: MakeRun) -> None:
    run = hand_made_run(cycles=300, fills=40)
    assert run.tape["quotes"] > len(run.market)
    assert measured_of(run, None) is None
    assert "would be wrong" in alpha_html(None)


def test_what_was_measured_is_plain_json(measured: dict[str, Any]) -> None:
    assert json.loads(json.dumps(measured, allow_nan=False)) == measured


def test_every_group_is_drawn_with_two_standard_errors(whole: Run, measured: dict[str, Any]) -> None:
    charts = {chart.slug: chart.figure for chart in alpha_charts(whole, measured)}
    drawn = {
        (trace.name, mean, error)
        for trace in charts["markout-groups"].data
        for mean, error in zip(trace.x, trace.error_x.array, strict=True)
    }
    expected = {
        (one["grouping"], row["mean_bps"], 2.0 * row["se_bps"])
        for one in measured["markout_curves"]
        for row in one["markouts"]
        if row["horizon_s"] == 10.0 and one["grouping"] != "hour" and row["se_bps"] is not None
    }
    assert len(expected) >= 8
    assert expected <= drawn
    hours = charts["markout-hours"].data[0]
    assert len(hours.x) == len([one for one in measured["markout_curves"] if one["grouping"] == "hour"])


def test_the_curves_have_bands_of_two_standard_errors(whole: Run, measured: dict[str, Any]) -> None:
    (chart,) = (chart for chart in alpha_charts(whole, measured) if chart.slug == "markout-curves")
    names = [trace.name for trace in chart.figure.data if trace.name]
    assert names == ["all", "bought", "sold"]
    band = chart.figure.data[1]
    means, errors = [row.mean_bps for row in whole.markouts], [2 * row.se_bps for row in whole.markouts]
    upper = [mean + error for mean, error in zip(means, errors, strict=True)]
    lower = [mean - error for mean, error in zip(means, errors, strict=True)]
    assert list(band.y) == pytest.approx(upper + lower[::-1])


def test_the_ratio_has_its_error_and_its_n(measured: dict[str, Any]) -> None:
    ratio = measured["performance"]["sharpe"]
    assert f"{with_error(ratio['value'], ratio['se'], 4)}, n = {ratio['n']:,}" in alpha_html(measured)


def test_a_number_that_is_not_known_is_said_to_be_so() -> None:
    assert with_error(None, None, 2) == "n/a"
    assert with_error(1.0, None, 2) == "+1.00"
    assert with_error(-1.0, 0.5, 1) == "-1.0 ± 0.5"
