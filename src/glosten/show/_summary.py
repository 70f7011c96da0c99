"""What the terminal says of a run: the verdict, the tape, profit by cause, markouts, reasons, remarks, the page."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from glosten.run import PortfolioRun, Run, explain
from glosten.settings import Finding
from glosten.show._output import console
from glosten.show._report_band import band_rows
from glosten.show._report_figures import (
    LEVELS,
    NOT_KNOWN,
    KeyFigure,
    in_key_currency,
    key_figures,
    plain_step,
    quote_unit,
    remarks,
    verdict,
)


def print_run(run: Run, findings: Sequence[Finding], page: Path, more: Table | None = None) -> None:
    """Print the summary of a run to stdout, with one table ``more`` where there is one; the page's address is last."""
    screen = console()
    screen.print(escape(run.title), style="bold")
    screen.print(escape(verdict(run)))
    screen.print()
    _bullets(_instrument(run), run.tape.get("sentences", ()))
    screen.print()
    _print_figures(run)
    _print_markouts(run)
    _print_band(run)
    if more is not None:
        screen.print(more)
        screen.print()
    _bullets("Why", explain(run))
    screen.print()
    said = remarks(run, findings)
    if said:
        _bullets(
            "Remarks", (f"{LEVELS[remark.level]} {remark.code}: {remark.message}".replace(" :", ":") for remark in said)
        )
        screen.print()
    print_address(page)


def print_portfolio(played: PortfolioRun) -> None:
    """Print the exposure ledgers of several pairs, one line each."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("Pairs that count together", "in", "allocation", "inventory", "r", "largest r"):
        table.add_column(name, justify="left" if name.startswith("Pairs") else "right")
    for ledger in played.ledgers:
        figures = ledger.summary()
        table.add_row(
            escape(", ".join(ledger.pairs)),
            escape(ledger.currency),
            f"{figures['allocation']:,.2f}",
            f"{figures['inventory']:,.2f}",
            f"{figures['ratio']:.3f}",
            f"{figures['largest_ratio']:.3f}",
        )
    console().print("[bold]Portfolio[/bold]")
    console().print(table)


def print_address(page: Path) -> None:
    """Print the address of a page on a line of its own, never wrapped."""
    console().file.flush()
    sys.stdout.write(f"{page.resolve().as_uri()}\n")


def _instrument(run: Run) -> str:
    rules = run.instrument
    unit = quote_unit(run)
    worth = f", 1 {run.quote_asset} = {unit:g} in the currency of the keys" if unit != 1.0 else ""
    return f"{rules['symbol']}: tick {plain_step(rules['tick'])}, lot {plain_step(rules['lot'])}{worth}"


def _bullets(title: str, sentences: Iterable[str]) -> None:
    table = Table.grid(padding=(0, 1))
    for sentence in sentences:
        table.add_row("-", escape(sentence))
    console().print(f"[bold]{escape(title)}[/bold]")
    console().print(table)


def _print_figures(run: Run) -> None:
    """Print the key figures in two columns: amounts on the left, counts on the right."""
    figures = key_figures(run)
    amounts, counts = figures[:-4], figures[-4:]
    table = Table(box=None, pad_edge=False, show_header=False)
    for justify in ("left", "right", "left", "right", "left"):
        table.add_column(justify=justify, no_wrap=True)
    for row, figure in enumerate(amounts):
        other = counts[row] if row < len(counts) else KeyFigure("", "", "", "")
        table.add_row(
            figure.label, _toned(figure), f"  {other.label}", other.text, f"[dim]{escape(other.remark)}[/dim]"
        )
    console().print(f"[bold]Profit and loss, {escape(run.quote_asset)}[/bold]")
    console().print(table)
    in_keys = in_key_currency(run, run.pnl.total)
    if in_keys:
        console().print(f"Total: {in_keys}")
    console().print()


def _toned(figure: KeyFigure) -> str:
    style = {"good": "green", "bad": "red"}.get(figure.tone, "")
    return f"[{style}]{escape(figure.text)}[/{style}]" if style else escape(figure.text)


def _print_markouts(run: Run) -> None:
    known = [row for row in run.markouts if row.n > 0]
    if not known:
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("Markout after", "mean, bps", "standard error", "fills", "customer orders"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in known:
        error = f"{row.se_bps:.2f}" if math.isfinite(row.se_bps) else NOT_KNOWN
        table.add_row(f"{row.horizon_s:g} s", f"{row.mean_bps:+.2f}", error, f"{row.n:,}", f"{row.orders:,}")
    console().print(table)
    console().print()


def _print_band(run: Run) -> None:
    if not run.band:
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("Fill model", f"total, {run.quote_asset}", "fills", "maker fills"):
        table.add_column(name, justify="left" if name == "Fill model" else "right", no_wrap=True)
    for row in band_rows(run):
        table.add_row(*(escape(cell) for cell in row[:4]))
    console().print(table)
    console().print()
