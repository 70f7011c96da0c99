"""What the terminal says of a run's alpha: profit by cause, markouts, signals, the informed trader, capacity."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from glosten.show._output import console

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from glosten.run import Alpha

UNKNOWN = "-"


def print_alpha(found: Alpha) -> None:
    """Print everything that was measured of a run to stdout."""
    screen = console()
    screen.print(escape(found.title), style="bold")
    screen.print()
    _print_split(found)
    _print_markouts(found)
    _print_curves(found)
    _print_informed(found)
    _print_performance(found)
    _print_sentences("Capacity", found.sentences)
    _print_sentences("Remarks", found.remarks)


def _print_sentences(title: str, sentences: Iterable[str]) -> None:
    said = list(sentences)
    if not said:
        return
    table = Table.grid(padding=(0, 1))
    for sentence in said:
        table.add_row("-", escape(sentence))
    console().print(f"[bold]{title}[/bold]")
    console().print(table)
    console().print()


def _print_table(title: str, names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for index, name in enumerate(names):
        table.add_column(name, justify="left" if index == 0 else "right", no_wrap=True)
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console().print(f"[bold]{escape(title)}[/bold]")
    console().print(table)
    console().print()


def with_error(value: float, se: float, digits: int) -> str:
    """Return a number with its standard error in brackets, or a dash where there is none."""
    if not math.isfinite(value):
        return UNKNOWN
    error = f"{se:.{digits}f}" if math.isfinite(se) else UNKNOWN
    return f"{value:+.{digits}f} ({error})"


def _print_split(found: Alpha) -> None:
    names = ("total", "spread", "adverse", "inventory", "fees", "flows")
    cells = [f"{getattr(found.split, name):+,.4f}" for name in names]
    _print_table(f"Profit and loss, {found.quote_asset}", names, [cells])


def _print_markouts(found: Alpha) -> None:
    if not found.markouts:
        return
    curves = [("all fills", found.markouts)]
    curves += [(f"{curve.grouping} {curve.label}", curve.markouts) for curve in found.markout_curves]
    names = ("Markout, bps (error)", *(f"{row.horizon_s:g} s" for row in found.markouts), "fills", "orders")
    rows = [
        (
            label,
            *(with_error(row.mean_bps, row.se_bps, 2) for row in markouts),
            f"{markouts[0].n:,}",
            f"{markouts[0].orders:,}",
        )
        for label, markouts in curves
    ]
    _print_table("Markouts: above 0 is good for the maker", names, rows)


def _print_curves(found: Alpha) -> None:
    for curve in found.curves:
        names = (curve.signal, "ic (error)", "rank ic (error)", "bps per sd (error)", "still to come", "lag", "n")
        rows = [
            (
                f"{point.horizon.length:g} {point.horizon.clock}",
                with_error(point.ic, point.ic_se, 3),
                with_error(point.rank_ic, point.rank_ic_se, 3),
                with_error(point.slope_bps, point.slope_se_bps, 3),
                f"{point.decay:.0%}" if math.isfinite(point.decay) else UNKNOWN,
                f"{point.lag:,}",
                f"{point.n:,}",
            )
            for point in curve.points
        ]
        _print_table(f"What the {curve.signal} foretells of the mid", names, rows)
        for half_life in curve.half_lives:
            if half_life.why:
                text = f"No half-life in {half_life.clock}: {half_life.why}."
            else:
                text = f"Half-life {half_life.value:.3g} {half_life.clock} (standard error {half_life.se:.2g})."
            console().print(text)
        console().print()


def _print_informed(found: Alpha) -> None:
    if not found.informed:
        return
    first = found.informed[0]
    rows = [
        (
            one.signal,
            with_error(one.net.mean, one.net.se, 3),
            with_error(one.gross.mean, one.gross.se, 3),
            f"{one.net.n:,}",
            f"{one.total_bps:+.1f}",
            f"{one.careful_total_bps:+.1f}",
            with_error(one.in_sample.mean, one.in_sample.se, 3),
        )
        for one in found.informed
    ]
    names = ("signal", "net bps (error)", "gross bps (error)", "trips", "sum", "careful sum", "in sample (error)")
    title = (
        f"An informed trader, out of sample: crosses the spread, holds {first.hold_s:g} s, fee {first.fee_bps:g} bps, "
        f"delay {first.delay_s:g} s"
    )
    _print_table(title, names, rows)


def _print_performance(found: Alpha) -> None:
    figures = found.performance
    fall, ratio = figures.drawdown, figures.sharpe
    rows = [
        ("orders that traded", _share(figures.fill_ratio)),
        ("fills as maker", _share(figures.maker_ratio)),
        ("cancels per order that traded", _number(figures.cancel_to_fill, 1)),
        ("time with orders, with coins", f"{_share(figures.time_quoting)}, {_share(figures.time_holding)}"),
        ("turnover, of the capital", f"{_number(figures.turnover, 2)}, {_number(figures.turnover_per_day, 2)} a day"),
        (f"against holding, {found.quote_asset}", f"{figures.value_added:+,.2f}"),
        ("largest fall", f"{_number(fall.depth, 2)} ({_number(fall.depth_pct, 2)} %)"),
        (f"Sharpe per {ratio.period_s:g} s", with_error(ratio.value, ratio.se, 3)),
        ("the same a year", with_error(ratio.annual, ratio.annual_se, 1)),
        (f"chance it is above 0, of {figures.deflated.trials} trials", _share(figures.deflated.probability)),
    ]
    _print_table("Performance", ("figure", ""), rows)


def _share(value: float) -> str:
    return f"{value:.1%}" if math.isfinite(value) else UNKNOWN


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}" if math.isfinite(value) else UNKNOWN
