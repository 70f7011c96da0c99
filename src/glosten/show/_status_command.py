"""``glosten status``: what a pair is doing, as its operator sees it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glosten.show._output import console, emit_json
from glosten.show._run_folder import notifications_of, read_folder, standing_of

if TYPE_CHECKING:
    from glosten.run import Run, Standing


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(status)


def status(
    folder: Annotated[Path, typer.Argument(metavar="RUN_DIR", help="The folder of a run.")],
    *,
    sidebar: Annotated[bool, typer.Option("--sidebar", help="Only the items of the sidebar, explained.")] = False,
    lines: Annotated[bool, typer.Option("--lines", help="Only the lines of the price chart.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the dashboard of a run: what stands, why, and under which parameters."""
    from glosten import run as running  # noqa: PLC0415

    run, _ = read_folder(folder)
    standing = standing_of(run)
    if as_json:
        emit_json(_document(run, standing, folder))
        return
    from glosten.show import _dashboard_view as view  # noqa: PLC0415

    screen = console()
    if sidebar:
        view.print_sidebar(screen, running.sidebar(standing))
    elif lines:
        view.print_lines(screen, running.chart_lines(standing))
    else:
        outcome = running.Outcome.of(run)
        view.print_dashboard(screen, running.dashboard(standing, outcome), running.last_line(standing))
        view.print_notifications(screen, notifications_of(folder))


def _document(run: Run, standing: Standing, folder: Path) -> dict[str, Any]:
    """Return everything the dashboard shows, and the state behind it."""
    from glosten import run as running  # noqa: PLC0415

    cycle = standing.state["cycle"]
    return {
        "pair": standing.pair,
        "mode": standing.runtime.mode,
        "state": running.word(standing.status),
        "cycle": cycle["number"],
        "line": running.last_line(standing),
        "reasons": {
            "bids_off": running.reason_word(cycle["bids_off"]),
            "asks_off": running.reason_word(cycle["asks_off"]),
            "exit": running.reason_word(cycle["exit_asked"]),
        },
        "positions": [
            {
                "asset": standing.pair.partition("/")[0],
                "quantity": float(standing.coins(standing.state["ledger"]["held"])),
                "cost": standing.cost or None,
                "value": standing.state["capital"]["inventory"],
                "unrealised": standing.unrealised,
            }
        ],
        "orders": [asdict(order) for order in standing.orders()],
        "breakers": list(running.open_breakers(standing)),
        "sidebarExtras": [asdict(item) for item in running.sidebar(standing)],
        "customChartTargets": [asdict(line) for line in running.chart_lines(standing)],
        "notifications": [asdict(one) for one in notifications_of(folder)],
        "dashboard": running.dashboard(standing, running.Outcome.of(run)),
        "run": folder.resolve(),
    }
