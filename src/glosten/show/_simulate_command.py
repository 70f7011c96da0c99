"""``glosten simulate``: what becomes of the model over many trades, exactly or drawn."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glosten.show._output import console, emit_json
from glosten.show._progress import Waiting
from glosten.show._quote_command import describe, spell

if TYPE_CHECKING:
    from glosten.run import Simulation
    from glosten.statistics import Mean

LANDMARKS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000)
"""Numbers of trades at which the table shows the curves, beside the last."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("simulate")(simulate)


def simulate(
    *,
    v_low: Annotated[float, typer.Option("--v-low", help="The low value, in price units.")] = 98.0,
    v_high: Annotated[float, typer.Option("--v-high", help="The high value, in price units.")] = 102.0,
    prior: Annotated[float, typer.Option(help="Probability of the high value.")] = 0.5,
    alpha: Annotated[float, typer.Option(help="Fraction of traders who know the value.")] = 0.3,
    gamma: Annotated[float, typer.Option(help="Probability that a noise trader buys.")] = 0.5,
    trades: Annotated[int, typer.Option(help="Trades of a path.")] = 100,
    paths: Annotated[int, typer.Option(help="Paths to draw (mc only).")] = 100_000,
    seed: Annotated[int, typer.Option(help="Seed; the same seed draws the same paths on any machine load.")] = 0,
    engine: Annotated[str, typer.Option(help="exact (the law itself) or mc (drawn paths).")] = "mc",
    threads: Annotated[int | None, typer.Option(help="Threads; all cores by default, results do not differ.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Simulate the binary Glosten-Milgrom model: spread and belief by trade, and who gained what."""
    from glosten import run  # noqa: PLC0415
    from glosten.theory import Binary  # noqa: PLC0415

    model = Binary(v_low, v_high, prior, alpha, gamma)
    with Waiting("Simulating") as waiting:
        execution = run.Execution(_cores() if threads is None else threads, sampled=0, progress=waiting.advance)
        result = run.simulate(model, trades, paths, seed, engine, execution)  # type: ignore[arg-type]
    if as_json:
        emit_json(_members(result))
    else:
        _print(result)


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _members(result: Simulation) -> dict[str, Any]:
    model = result.model
    return {
        "engine": result.engine,
        "model": {name: getattr(model, name) for name in ("v_low", "v_high", "prior", "alpha", "gamma")},
        "trades": result.trades,
        "n": result.n,
        "n_high": result.n_high,
        "seed": result.seed,
        "threads": result.threads,
        "seconds": result.seconds,
        "trades_per_second": result.trades_per_second,
        "mm_pnl": _pnl(result.mm_pnl),
        "informed_pnl": _pnl(result.informed_pnl),
        "noise_pnl": _pnl(result.noise_pnl),
        "spread": result.spread,
        "spread_se": result.spread_se,
        "belief": result.belief,
        "belief_se": result.belief_se,
    }


def _pnl(pnl: Mean) -> dict[str, float]:
    return {"mean": pnl.mean, "se": pnl.se, "sd": pnl.sd}


def _print(result: Simulation) -> None:
    from rich.table import Table  # noqa: PLC0415

    screen = console()
    exact = result.engine == "exact"
    how = "exact law, nothing drawn" if exact else f"{result.n:,} paths drawn, {result.n_high:,} of them with V high"
    screen.print(f"{describe(result.model)}.")
    screen.print(f"{result.trades:,} trades a path; {how}; {_pace(result)}.")
    gains = Table(title="Gain of a path, price units", title_justify="left", box=None, pad_edge=False)
    curves = Table(title="By number of trades", title_justify="left", box=None, pad_edge=False)
    for table, headers in ((gains, ("", "mean", "± se", "sd")), (curves, _curve_headers())):
        for header in headers:
            table.add_column(header, justify="right" if header else "left")
    for name, pnl in (("maker", result.mm_pnl), ("informed", result.informed_pnl), ("noise", result.noise_pnl)):
        gains.add_row(name, _short(pnl.mean), _error(pnl.se), _short(pnl.sd))
    for date in sorted({date for date in LANDMARKS if date < result.trades} | {result.trades}):
        cells = (result.spread[date], result.spread_se[date], result.belief[date], result.belief_se[date])
        curves.add_row(f"{date:,}", spell(cells[0]), _error(cells[1]), spell(cells[2]), _error(cells[3]))
    screen.print(gains)
    screen.print(curves)
    if not exact:
        screen.print(f"± is one standard error over n = {result.n:,} paths (beliefs: {result.n_high:,}).")


def _curve_headers() -> tuple[str, ...]:
    return "trades", "spread", "± se", "P(high) | V high", "± se"


def _pace(result: Simulation) -> str:
    if result.engine == "exact":
        return f"{1e3 * result.seconds:,.1f} ms"
    return f"{result.trades_per_second / 1e6:,.0f} million trades a second on {result.threads} thread(s)"


def _short(value: float) -> str:
    return f"{value:.6f}" if abs(value) > 1e-9 else "0"


def _error(value: float) -> str:
    if value == 0:
        return "0"
    return "unknown" if value != value else f"{value:.2g}"  # noqa: PLR0124  # NaN: a single path
