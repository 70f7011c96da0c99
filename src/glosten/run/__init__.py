"""Let time pass: simulate a model, backtest the maker."""

from glosten.run._backtest import backtest, start_target
from glosten.run._das_paths import DasSimulation, simulate_das
from glosten.run._demo import Counterparty, Demonstration, demonstrate
from glosten.run._experiment import Experiment, Published, read_experiment, results_of, run_experiment
from glosten.run._explain import amount, explain
from glosten.run._loop import BREAKER_ROW, CYCLE_ROW, FILL_ROW
from glosten.run._named_traders import NamedMarket, NamedTrader, NamedTraders, simulate_named_traders
from glosten.run._result import Run
from glosten.run._sample import Path
from glosten.run._simulate import ENGINES, Execution, FirstPassage, Simulation, simulate

__all__ = [
    "BREAKER_ROW",
    "CYCLE_ROW",
    "ENGINES",
    "FILL_ROW",
    "Counterparty",
    "DasSimulation",
    "Demonstration",
    "Execution",
    "Experiment",
    "FirstPassage",
    "NamedMarket",
    "NamedTrader",
    "NamedTraders",
    "Path",
    "Published",
    "Run",
    "Simulation",
    "amount",
    "backtest",
    "demonstrate",
    "explain",
    "read_experiment",
    "results_of",
    "run_experiment",
    "simulate",
    "simulate_das",
    "simulate_named_traders",
    "start_target",
]
