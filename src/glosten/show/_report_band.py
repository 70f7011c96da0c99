"""The band of a run: its outcome under every assumption about the queue, from the strictest to the loosest."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from glosten.run import Run, amount
from glosten.show._report_tables import table

MODEL_WORDS = {
    "trade_through": ("trade-through only", "only prints beyond our price fill"),
    "queue_trades": ("queue by trades", "all that was displayed when we joined must trade first"),
    "queue_cancels": ("queue with cancellations", "those ahead of us may also cancel, drawn by their share"),
    "optimistic": ("optimistic", "nobody is ahead of us, and a quote that comes to our price fills too"),
}
"""What a fill model is called, and what it assumes."""
NOTE = (
    "Nobody knows from outside where in the queue an order stood. The same settings on the same tape, under every "
    "assumption, the strictest first: a result that holds only in the loose ones is not one to count on."
)


def band_rows(run: Run) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield (model, total, fills, makers' share, assumption) of each fill model; the run's own is marked."""
    for row in run.band:
        name, assumes = MODEL_WORDS[row.model]
        own = " (this run)" if row.model == run.parameters["runtime.fill_model"] else ""
        share = "-" if row.maker_ratio is None else f"{100 * row.maker_ratio:.1f} %"
        yield name + own, amount(row.total), f"{row.fills:,}", share, assumes


def band_html(run: Run) -> str:
    """Return the band as a card of the page, "" where the other models were not played."""
    if not run.band:
        return ""
    rows = [tuple(escape(cell) for cell in row) for row in band_rows(run)]
    head = ("Fill model", f"Total, {escape(run.quote_asset)}", "Fills", "Maker fills", "What it assumes")
    return (
        f'<section class="card" id="band"><h2>How much hangs on the queue</h2><p class="note">{NOTE}</p>'
        f"{table(rows, head)}</section>"
    )
