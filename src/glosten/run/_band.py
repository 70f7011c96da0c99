"""The band: what one backtest comes to under every fill model, from the strictest to the loosest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from glosten.market import FillModel, Tape
from glosten.run._many import backtest_many
from glosten.run._portfolio import PortfolioPair, PortfolioRun, backtest_portfolio
from glosten.run._result import BandRow, Run
from glosten.settings import Settings

STRICTEST_FIRST = tuple(model.name.lower() for model in sorted(FillModel, reverse=True))
"""The fill models by their names in `runtime.fill_model`."""


def with_model(settings: Settings, model: str) -> Settings:
    """Return the settings with another fill model."""
    return replace(settings, runtime=settings.runtime.model_copy(update={"fill_model": model}))


def with_band(run: Run, settings: Settings, tape: Tape) -> Run:
    """Return a run with its band: the same settings on the same tape under the other fill models too."""
    others = [model for model in STRICTEST_FIRST if model != settings.runtime.fill_model]
    played = backtest_many([with_model(settings, model) for model in others], tape)
    return replace(run, band=_in_order([run, *played]))


def portfolio_with_band(played: PortfolioRun, pairs: Sequence[PortfolioPair]) -> PortfolioRun:
    """Return a portfolio's runs with their bands: in each row every pair is played under the same model.

    Pairs of several models are played again for every model. Nobody watches what is played again.
    """
    runs: dict[str, list[Run]] = {name: [] for name in played.runs}
    models = {pair.settings.runtime.fill_model for pair in pairs}
    for model in STRICTEST_FIRST:
        again: Mapping[str, Run] = played.runs
        if models != {model}:
            again = backtest_portfolio(
                [replace(pair, settings=with_model(pair.settings, model), watch=None) for pair in pairs]
            ).runs
        for name, run in again.items():
            runs[name].append(run)
    banded = {name: replace(run, band=_in_order(runs[name])) for name, run in played.runs.items()}
    return replace(played, runs=banded)


def _in_order(runs: Sequence[Run]) -> tuple[BandRow, ...]:
    rows = {row.model: row for row in map(BandRow.of, runs)}
    return tuple(rows[model] for model in STRICTEST_FIRST)
