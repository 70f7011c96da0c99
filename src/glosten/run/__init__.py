"""Let time pass: simulate a model, run a market of agents, backtest the maker, let an agent play either part."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from glosten.run._agent_file import is_market_file, read_market
from glosten.run._agent_market import Account, MarketRun, market_steps, run_market
from glosten.run._alpha import Alpha, AlphaOptions, instrument_of, keeps_quotes, measure_alpha, tape_of
from glosten.run._backtest import backtest, start_target
from glosten.run._band import STRICTEST_FIRST, portfolio_with_band, with_band
from glosten.run._das_averages import DasSimulation, simulate_das
from glosten.run._dashboard import Dashboard, Fact, Outcome, Section, dashboard
from glosten.run._demo import Counterparty, Demonstration, demonstrate
from glosten.run._environment_policies import (
    BestResponseInsider,
    CompetitiveMaker,
    HonestInsider,
    InventoryMaker,
    MonopolistMaker,
    ZeroIntelligenceInsider,
    ZeroIntelligenceMaker,
)
from glosten.run._environment_tasks import MARKS, InsiderTask, MakerTask
from glosten.run._experiment import Experiment, Published, results_of, run_experiment
from glosten.run._experiment_file import read_experiment
from glosten.run._explain import amount, explain
from glosten.run._log_lines import decision_lines, last_line, normal_line, refusal_line
from glosten.run._many import backtest_many
from glosten.run._meters import meter_run
from glosten.run._model_file import ModelFile, read_model_file
from glosten.run._models import MODELS, ModelKind, make_model, model_kind, plain_values
from glosten.run._named_traders import NamedMarket, NamedTrader, NamedTraders, simulate_named_traders
from glosten.run._notices import Notices, Notification
from glosten.run._operator_log import OperatorLog
from glosten.run._panel import ChartLine, SidebarItem, chart_lines, open_breakers, sidebar
from glosten.run._play_rows import BREAKER_ROW, CYCLE_ROW, FILL_ROW
from glosten.run._portfolio import EXPOSURE_ROW, Ledger, PortfolioPair, PortfolioRun, backtest_portfolio, share_ledgers
from glosten.run._replay import Replay, replay
from glosten.run._result import BandRow, Run
from glosten.run._sample import Path
from glosten.run._simulate import simulate
from glosten.run._simulation import ENGINES, Execution, FirstPassage, Simulation
from glosten.run._standing import Standing, reason_word, unpack, word
from glosten.run._told_path import ToldPath
from glosten.run._trace import Tracer
from glosten.run._trace_file import TraceFile, TraceName
from glosten.run._tune import TuneOptions, Tuning, tune
from glosten.run._tune_plan import search_space
from glosten.run._twin import Taken, Twin
from glosten.run._watch import Watch, Watched, is_traced, watched_backtest

if TYPE_CHECKING:
    from glosten.run._environments import (
        InsiderEnvironment,
        InsiderVectorEnvironment,
        MakerEnvironment,
        MakerVectorEnvironment,
        evaluate,
        register_environments,
    )

__all__ = [
    "BREAKER_ROW",
    "CYCLE_ROW",
    "ENGINES",
    "EXPOSURE_ROW",
    "FILL_ROW",
    "MARKS",
    "MODELS",
    "STRICTEST_FIRST",
    "Account",
    "Alpha",
    "AlphaOptions",
    "BandRow",
    "BestResponseInsider",
    "ChartLine",
    "CompetitiveMaker",
    "Counterparty",
    "DasSimulation",
    "Dashboard",
    "Demonstration",
    "Execution",
    "Experiment",
    "Fact",
    "FirstPassage",
    "HonestInsider",
    "InsiderEnvironment",
    "InsiderTask",
    "InsiderVectorEnvironment",
    "InventoryMaker",
    "Ledger",
    "MakerEnvironment",
    "MakerTask",
    "MakerVectorEnvironment",
    "MarketRun",
    "ModelFile",
    "ModelKind",
    "MonopolistMaker",
    "NamedMarket",
    "NamedTrader",
    "NamedTraders",
    "Notices",
    "Notification",
    "OperatorLog",
    "Outcome",
    "Path",
    "PortfolioPair",
    "PortfolioRun",
    "Published",
    "Replay",
    "Run",
    "Section",
    "SidebarItem",
    "Simulation",
    "Standing",
    "Taken",
    "ToldPath",
    "TraceFile",
    "TraceName",
    "Tracer",
    "TuneOptions",
    "Tuning",
    "Twin",
    "Watch",
    "Watched",
    "ZeroIntelligenceInsider",
    "ZeroIntelligenceMaker",
    "amount",
    "backtest",
    "backtest_many",
    "backtest_portfolio",
    "chart_lines",
    "dashboard",
    "decision_lines",
    "demonstrate",
    "evaluate",
    "explain",
    "instrument_of",
    "is_market_file",
    "is_traced",
    "keeps_quotes",
    "last_line",
    "make_model",
    "market_steps",
    "measure_alpha",
    "meter_run",
    "model_kind",
    "normal_line",
    "open_breakers",
    "plain_values",
    "portfolio_with_band",
    "read_experiment",
    "read_market",
    "read_model_file",
    "reason_word",
    "refusal_line",
    "register_environments",
    "replay",
    "results_of",
    "run_experiment",
    "run_market",
    "search_space",
    "share_ledgers",
    "sidebar",
    "simulate",
    "simulate_das",
    "simulate_named_traders",
    "start_target",
    "tape_of",
    "tune",
    "unpack",
    "watched_backtest",
    "with_band",
    "word",
]

_NEED_GYMNASIUM = {
    "InsiderEnvironment",
    "InsiderVectorEnvironment",
    "MakerEnvironment",
    "MakerVectorEnvironment",
    "evaluate",
    "register_environments",
}


def __getattr__(name: str) -> Any:
    """Import what needs gymnasium when it is first asked for: gymnasium is an extra, and takes its time."""
    if name in _NEED_GYMNASIUM:
        return getattr(importlib.import_module("glosten.run._environments"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
