"""Let time pass: simulate a model, run a market of agents, backtest the maker, let an agent play either part."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from glosten.run._agent_file import is_market_file, read_market
from glosten.run._agent_market import Account, MarketRun, market_steps, run_market
from glosten.run._backtest import backtest, start_target
from glosten.run._das_averages import DasSimulation, simulate_das
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
from glosten.run._loop import BREAKER_ROW, CYCLE_ROW, FILL_ROW
from glosten.run._model_file import ModelFile, read_model_file
from glosten.run._models import MODELS, ModelKind, make_model, model_kind, plain_values
from glosten.run._named_traders import NamedMarket, NamedTrader, NamedTraders, simulate_named_traders
from glosten.run._result import Run
from glosten.run._sample import Path
from glosten.run._simulate import simulate
from glosten.run._simulation import ENGINES, Execution, FirstPassage, Simulation
from glosten.run._told_path import ToldPath

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
    "FILL_ROW",
    "MARKS",
    "MODELS",
    "Account",
    "BestResponseInsider",
    "CompetitiveMaker",
    "Counterparty",
    "DasSimulation",
    "Demonstration",
    "Execution",
    "Experiment",
    "FirstPassage",
    "HonestInsider",
    "InsiderEnvironment",
    "InsiderTask",
    "InsiderVectorEnvironment",
    "InventoryMaker",
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
    "Path",
    "Published",
    "Run",
    "Simulation",
    "ToldPath",
    "ZeroIntelligenceInsider",
    "ZeroIntelligenceMaker",
    "amount",
    "backtest",
    "demonstrate",
    "evaluate",
    "explain",
    "is_market_file",
    "make_model",
    "market_steps",
    "model_kind",
    "plain_values",
    "read_experiment",
    "read_market",
    "read_model_file",
    "register_environments",
    "results_of",
    "run_experiment",
    "run_market",
    "simulate",
    "simulate_das",
    "simulate_named_traders",
    "start_target",
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
