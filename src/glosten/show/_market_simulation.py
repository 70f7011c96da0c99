"""``glosten simulate`` on a market of agents: who traded, what each gained, and how far quotes stood from the value."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glosten.errors import InputError
from glosten.show._output import console, emit_json
from glosten.show._progress import Waiting

if TYPE_CHECKING:
    from glosten.run import MarketRun
    from glosten.statistics import Mean

SIGN_LAGS = 3
"""Lags at which the table tells the mean product of the signs of two trades."""


def refuse_for_market(file: Path, flags: list[str]) -> None:
    """Refuse the options of a model beside the file of a market; raises `InputError`."""
    if flags:
        raise InputError(f"{file} is a market of agents, which takes no {', '.join(flags)}: change the file instead.")


def simulate_market(file: Path, given: tuple[int | None, int | None, int], *, as_json: bool) -> None:
    """Run the market of a file and print it; ``given`` are paths and seed, None for those of the file, and threads."""
    from glosten.run import Execution, read_market, run_market  # noqa: PLC0415

    paths, seed, threads = given
    market = read_market(file)
    market = replace(market, paths=market.paths if paths is None else paths, seed=market.seed if seed is None else seed)
    with Waiting(f"Simulating {market.name}") as waiting:
        kinds = [one.kind for one in market.traders] + [one.kind for one in market.makers]
        found = run_market(market, Execution(threads, sampled=0, progress=waiting.advance), stepped="python" in kinds)
    if as_json:
        emit_json(found.members())
    else:
        _print(found)


def _print(found: MarketRun) -> None:
    from rich.table import Table  # noqa: PLC0415

    market, screen = found.market, console()
    screen.print(
        f"{market.name}: {market.periods:,} periods a path, n = {found.n:,} paths, seed {market.seed}; ± one se."
    )
    table = Table(box=None, pad_edge=False, header_style="dim")
    for header in ("", "kind", "agents", "gain ± se", "inventory ± se", "trades"):
        table.add_column(header, justify="left" if header in ("", "kind") else "right", no_wrap=True)
    for row in found.rows():
        cells = (row["name"], row["kind"], f"{row['count']}", _spelled(row["gain"]), _spelled(row["inventory"]))
        table.add_row(*cells, f"{row['trades'].mean:,.1f}")
    screen.print(table)
    screen.print("Gain: at the value of each trade's time, cash units a path; all agents of a row together.")
    ends = [(date, _point(found, "spread", date), _point(found, "error", date)) for date in (0, market.periods)]
    for date, spread, error in ends:
        screen.print(f"After {date:,} periods: spread {spread}, squared distance of the mid from the value {error}.")
    signs = [f"lag {lag + 1}: {_point(found, 'signs', lag)}" for lag in range(min(SIGN_LAGS, len(found.signs)))]
    screen.print(f"Product of the signs of two trades, {'; '.join(signs)}.")


def _spelled(mean: Mean) -> str:
    return f"{mean.mean:,.3f} ± {mean.se:.2g}"


def _point(found: Any, curve: str, at: int) -> str:
    return f"{getattr(found, curve)[at]:.4g} ± {getattr(found, f'{curve}_se')[at]:.2g}"
