"""``glosten simulate``: what becomes of a model over many periods, exactly or drawn."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glosten.show._figure import check_figure, draw_simulation
from glosten.show._market_simulation import refuse_for_market, simulate_market
from glosten.show._model_options import (
    Alpha,
    Chosen,
    File,
    Gamma,
    High,
    Low,
    Name,
    Prior,
    Sets,
    choose_model,
    refuse_model_names,
)
from glosten.show._output import console, emit_json
from glosten.show._progress import Waiting
from glosten.show._quote_command import describe, spell

if TYPE_CHECKING:
    from glosten.run import FirstPassage, Simulation
    from glosten.statistics import Mean

LANDMARKS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000)
"""Numbers of periods at which the table shows the curves, beside the last."""
DEFAULTS: dict[str, Any] = {
    "trades": 100,
    "paths": 100_000,
    "seed": 0,
    "engine": "mc",
    "target": None,
    "precision": "f64",
}
CURVES = {"spread": "spread", "error": "(E[V] - V)²", "belief": "P(high) | V high"}
GAINS = {"mm_pnl": "maker", "informed_pnl": "informed", "noise_pnl": "noise"}


Trades = Annotated[int | None, typer.Option(help="Periods of a path, a trader in each (100).", show_default=False)]
Paths = Annotated[int | None, typer.Option(help="Paths to draw, mc only (100000).", show_default=False)]
Seed = Annotated[
    int | None, typer.Option(help="The same seed draws the same paths on any load (0).", show_default=False)
]
Engine = Annotated[
    str | None, typer.Option(help="exact (the law itself) or mc (drawn paths, the default).", show_default=False)
]
Threads = Annotated[int | None, typer.Option(help="Threads; all cores by default, results do not differ.")]
Target = Annotated[
    float | None, typer.Option(help="A belief: when do paths with V high first reach it? (binary model)")
]
Precision = Annotated[
    str | None, typer.Option(help="f64 or f32, of the binary model's kernel (f64).", show_default=False)
]
Sampled = Annotated[int, typer.Option(help="So many of the first paths in full, in the JSON.")]
Figure = Annotated[
    Path | None, typer.Option("--figure", metavar="PATH", help="Draw the curves into a .svg, .pdf or .png file.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("simulate")(simulate)


def simulate(
    file: File = None,
    *,
    model: Name = None,
    parameters: Sets = None,
    v_low: Low = None,
    v_high: High = None,
    prior: Prior = None,
    alpha: Alpha = None,
    gamma: Gamma = None,
    trades: Trades = None,
    paths: Paths = None,
    seed: Seed = None,
    engine: Engine = None,
    threads: Threads = None,
    target: Target = None,
    precision: Precision = None,
    sampled: Sampled = 0,
    figure: Figure = None,
    as_json: Json = False,
) -> None:
    """Simulate a model or a market of agents: spread and error by period, and who gained what."""
    from glosten import run  # noqa: PLC0415

    market = {"v_low": v_low, "v_high": v_high, "prior": prior, "alpha": alpha, "gamma": gamma}
    how = {"trades": trades, "paths": paths, "seed": seed, "engine": engine, "target": target, "precision": precision}
    cores = _cores() if threads is None else threads
    refuse_model_names(file)
    if file is not None and run.is_market_file(file):
        foreign = market | how | {"model": model, "set": parameters, "sampled": sampled or None, "figure": figure}
        given = [name for name, value in foreign.items() if value is not None and name not in ("paths", "seed")]
        refuse_for_market(file, [f"--{name.replace('_', '-')}" for name in given])
        simulate_market(file, (paths, seed, cores), as_json=as_json)
        return
    chosen = choose_model(file, model, parameters, market)
    if figure is not None:
        check_figure(figure)
    result = _simulated(chosen, how, (cores, sampled))
    if figure is not None:
        draw_simulation(result, describe(chosen), figure)
    if as_json:
        emit_json(_members(chosen, result))
    else:
        _print(chosen, result)


def _simulated(chosen: Chosen, given: dict[str, Any], execution: tuple[int, int]) -> Simulation:
    """Return the simulation of a model: what was given on the command line wins over its file and the defaults."""
    from glosten import run  # noqa: PLC0415

    how = DEFAULTS | dict(chosen.simulation) | {name: value for name, value in given.items() if value is not None}
    with Waiting("Simulating") as waiting:
        asked = run.Execution(
            threads=execution[0],
            sampled=execution[1],
            progress=waiting.advance,
            precision=how["precision"],
            target=how["target"],
        )
        return run.simulate(chosen.model, how["trades"], how["paths"], how["seed"], how["engine"], asked)


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _members(chosen: Chosen, result: Simulation) -> dict[str, Any]:
    counts = {"orders": result.orders, "inventory": result.inventory}
    curves = {name: getattr(result, name) for curve in CURVES for name in (curve, f"{curve}_se")}
    return {
        "engine": result.engine,
        "model": {"kind": chosen.kind.name} | chosen.parameters,
        "trades": result.trades,
        "n": result.n,
        "n_high": result.n_high,
        "seed": result.seed,
        "threads": result.threads,
        "seconds": result.seconds,
        "trades_per_second": result.trades_per_second,
        **{name: _mean(getattr(result, name)) for name in GAINS},
        **{name: None if mean is None else _mean(mean) for name, mean in counts.items()},
        **curves,
        "first_passage": None if result.first_passage is None else _passage(result.first_passage),
        "sampled": [_path(path) for path in result.sampled],
    }


def _passage(passage: FirstPassage) -> dict[str, Any]:
    return {
        "target": passage.target,
        "n": passage.n,
        "time": _mean(passage.time) | {"n": passage.time.n},
        "reached": passage.reached,
        "reached_se": passage.reached_se,
    }


def _path(path: Any) -> dict[str, Any]:
    """Return a path in full: its orders, the quotes before each, and what everybody gained."""
    names = ("value_is_high", "value", "sides", "orders", "informed", "belief", "mean", "price", "bid", "ask", "gains")
    return {name: getattr(path, name) for name in names if name in dir(path)}


def _mean(mean: Mean) -> dict[str, float]:
    return {"mean": mean.mean, "se": mean.se, "sd": mean.sd}


def _print(chosen: Chosen, result: Simulation) -> None:
    from rich.table import Table  # noqa: PLC0415

    screen = console()
    exact = result.engine == "exact"
    high = f", {result.n_high:,} of them with V high" if result.n_high else ""
    how = "exact law, nothing drawn" if exact else f"{result.n:,} paths drawn{high}"
    screen.print(f"{describe(chosen)}.", markup=False)
    screen.print(f"{result.trades:,} periods a path; {how}; {_pace(result)}.")
    gains = Table(title="Gain of a path, price units", title_justify="left", box=None, pad_edge=False)
    for header in ("", "mean", "± se", "sd"):
        gains.add_column(header, justify="right" if header else "left")
    means = {label: getattr(result, name) for name, label in GAINS.items()}
    means |= {"orders traded": result.orders, "maker's inventory": result.inventory}
    for label, mean in means.items():
        if mean is not None:
            gains.add_row(label, _short(mean.mean), _error(mean.se), _short(mean.sd))
    screen.print(gains)
    screen.print(_curves(result))
    if result.first_passage is not None:
        screen.print(_told_passage(result.first_passage, result.trades))
    if not exact:
        beliefs = f" (beliefs: {result.n_high:,})" if result.n_high else ""
        screen.print(f"± is one standard error over n = {result.n:,} paths{beliefs}.")


def _told_passage(passage: FirstPassage, trades: int) -> str:
    reached, error, taken = passage.reached[-1], passage.reached_se[-1], passage.time
    share = f"{100 * reached:.4g}" + (f" ± {100 * error:.2g}" if error > 0 else "")
    after = f"{taken.mean:.5g}" + (f" ± {taken.se:.2g}" if taken.se > 0 else "")
    return (
        f"Where V is high, the belief reaches {passage.target:g} within {trades:,} trades on {share} % of the paths, "
        f"those after {after} trades on average."
    )


def _curves(result: Simulation) -> Any:
    """Return the table of the curves at landmarks; a curve the model does not have is left out."""
    from rich.table import Table  # noqa: PLC0415

    table = Table(title="By number of periods", title_justify="left", box=None, pad_edge=False)
    shown = [name for name in CURVES if getattr(result, name)[-1] == getattr(result, name)[-1]]
    for header in ("periods", *(one for name in shown for one in (CURVES[name], "± se"))):
        table.add_column(header, justify="right")
    for date in sorted({date for date in LANDMARKS if date < result.trades} | {result.trades}):
        cells = [(getattr(result, name)[date], getattr(result, f"{name}_se")[date]) for name in shown]
        table.add_row(f"{date:,}", *(text for value, error in cells for text in (spell(value), _error(error))))
    return table


def _pace(result: Simulation) -> str:
    if result.engine == "exact":
        return f"{1e3 * result.seconds:,.1f} ms"
    rate = result.trades_per_second
    spelled = f"{rate / 1e6:,.1f} million" if rate < 1e8 else f"{rate / 1e6:,.0f} million"
    return f"{spelled} periods a second on {result.threads} thread(s)"


def _short(value: float) -> str:
    return f"{value:.6f}" if abs(value) > 1e-9 else "0"


def _error(value: float) -> str:
    if value == 0:
        return "0"
    return "unknown" if value != value else f"{value:.2g}"  # noqa: PLR0124  # NaN: a single path
