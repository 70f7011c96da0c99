"""``glosten demo``: the model, and a day of the maker against a crowd of which some know, in one command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glosten.show._output import console, emit_json, plain
from glosten.show._progress import Waiting
from glosten.show._run_folder import findings_of, refuse_other_folders, write_folder

if TYPE_CHECKING:
    from rich.table import Table

    from glosten.market import Tape
    from glosten.run import Demonstration

LARGEST_SEED = 2**63 - 1
DATES = (0, 1, 2, 5, 10, 20, 50)
"""Trades after which the terminal shows spread and belief."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(demo)


def demo(
    seed: Annotated[int, typer.Option("--seed", min=0, max=LARGEST_SEED, help="The same seed makes the same day.")] = 7,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the run.")] = Path("glosten-demo"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Simulate the model, trade a day against informed traders, and say what it earned and why."""
    refuse_other_folders(out)
    with Waiting("Compiling (the first time only) and playing a day") as waiting:
        from glosten.run import demonstrate  # noqa: PLC0415

        shown = demonstrate(seed, progress=waiting.advance, say=waiting.say)
        waiting.say("Writing the page")
        findings = findings_of(shown.run)
        page = write_folder(shown.run, out, findings, _kept(shown), tape=_tape(shown, seed))
    if as_json:
        emit_json(_kept(shown) | shown.run.summary() | {"findings": findings, "run": out.resolve(), "report": page})
        return
    from glosten.show._summary import print_run  # noqa: PLC0415

    _print_model(shown)
    console().print("[bold]2. The maker, for a day, against an informed crowd[/bold]")
    print_run(shown.run, findings, page, _who_paid(shown))


def _tape(shown: Demonstration, seed: int) -> Tape:
    """Return the tape of the day, made once more: the same seed makes the same."""
    from glosten.crowd import day  # noqa: PLC0415
    from glosten.market import tape_from_arrays  # noqa: PLC0415

    made = day(shown.spec, seed)
    return tape_from_arrays(shown.spec.instrument, made.quotes, made.trades)


def _kept(shown: Demonstration) -> dict[str, Any]:
    """Return what the page keeps of the simulated model and of who paid, as plain values."""
    return {
        "exact": plain(shown.exact),
        "mc": plain(shown.drawn),
        "crowd": plain(shown.spec),
        "counterparties": plain(shown.counterparties),
    }


def _print_model(shown: Demonstration) -> None:
    from rich.table import Table  # noqa: PLC0415

    exact, drawn = shown.exact, shown.drawn
    market, screen = exact.model, console()
    quotes = market.quotes()
    screen.print("[bold]1. The model: exact, and by Monte Carlo[/bold]")
    screen.print(
        f"V is {market.v_low:g} or {market.v_high:g} with prior {market.prior:g}, and {market.alpha:.0%} of the "
        f"traders know it: the first quotes are {quotes.bid:g} / {quotes.ask:g}."
    )
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("Trades", "spread, exact", "drawn ± se", "P(V high), exact", "drawn ± se"):
        table.add_column(name, justify="right", no_wrap=True)
    for date in DATES:
        table.add_row(
            str(date),
            f"{exact.spread[date]:.4f}",
            f"{drawn.spread[date]:.4f} ± {drawn.spread_se[date]:.4f}",
            f"{exact.belief[date]:.4f}",
            f"{drawn.belief[date]:.4f} ± {drawn.belief_se[date]:.4f}",
        )
    screen.print(table)
    screen.print()
    gains = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("Gain of a path", "exact", "drawn ± se"):
        gains.add_column(name, justify="left" if name.startswith("Gain") else "right", no_wrap=True)
    for name, sure, mean in (
        ("market maker", exact.mm_pnl, drawn.mm_pnl),
        ("informed traders", exact.informed_pnl, drawn.informed_pnl),
        ("noise traders", exact.noise_pnl, drawn.noise_pnl),
    ):
        certain = sure.mean if abs(sure.mean) > 1e-9 else 0.0
        gains.add_row(name, f"{certain:.4f}", f"{mean.mean:.4f} ± {mean.se:.4f}")
    screen.print(gains)
    screen.print(
        f"Drawn by Monte Carlo: n = {drawn.n:,} paths of {drawn.trades} trades; P(V high) is that of the "
        f"{drawn.n_high:,} in which V is high."
    )
    screen.print()


def _who_paid(shown: Demonstration) -> Table:
    from rich.table import Table  # noqa: PLC0415

    caption = "Earned before fees, against the true value at the time of each trade."
    table = Table(box=None, pad_edge=False, header_style="dim", caption=caption, caption_justify="left")
    for name in ("Traded with", "fills", f"earned, {shown.run.quote_asset}", "per order ± se", "n orders"):
        table.add_column(name, justify="left" if name == "Traded with" else "right", no_wrap=True)
    for party in shown.counterparties:
        mean = party.per_order
        earned = f"{mean.mean:+.4f} ± {mean.se:.4f}"
        table.add_row(party.who, f"{party.fills:,}", f"{party.gain:+.2f}", earned, f"{mean.n:,}")
    return table
