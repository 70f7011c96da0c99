"""Betfair's stream (historical data, .bz2): every runner of a market is an instrument whose price is a probability.

A price is 1 / odds: what 1 of pay-off costs. The best odds to back are the ask, the best odds to lay the bid. Sizes are
stakes; matched volume is halved, because Betfair counts both sides of a bet. Sides are not told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from glosten.errors import TapeError
from glosten.market._batch import SCHEMA, Batch, Format, ImportOptions, Kind, RowBuffers
from glosten.market._import_bybit import NS_PER_MS
from glosten.market._vendor_file import VendorFile

SIDES_OF_A_BET = 2


def _recognises(file: VendorFile) -> bool:
    lines = file.first_lines(1)
    return bool(lines) and '"op":"mcm"' in lines[0][:200].replace(" ", "") and '"mc":' in lines[0].replace(" ", "")


class _Runner:
    """The odds of one runner that can be backed and laid, and what was matched at each."""

    def __init__(self) -> None:
        self.back: dict[float, float] = {}
        self.lay: dict[float, float] = {}
        self.matched: dict[float, float] = {}
        self.told: tuple[float, ...] = ()

    def change(self, change: Mapping[str, Any]) -> list[tuple[float, float]]:
        """Apply a change and return the (odds, stake) that were matched by it."""
        prints = []
        for odds, volume in change.get("trd", ()):
            more = volume - self.matched.get(odds, 0.0)
            self.matched[odds] = volume
            if more > 0 and odds > 0:
                prints.append((odds, more / SIDES_OF_A_BET))
        for ladder, name in ((self.back, "atb"), (self.lay, "atl")):
            for odds, size in change.get(name, ()):
                if size:
                    ladder[odds] = size
                else:
                    ladder.pop(odds, None)
        return prints

    def quote(self) -> tuple[float, ...] | None:
        """Return bid, size, ask, size where both sides are there and something changed."""
        if not self.back or not self.lay:
            return None
        best_back, best_lay = max(self.back), min(self.lay)
        row = (1 / best_lay, self.lay[best_lay], 1 / best_back, self.back[best_back])
        if row == self.told:
            return None
        self.told = row
        return row


def _read(files: Sequence[VendorFile], options: ImportOptions) -> Iterator[Batch]:
    if options.depth > 1:
        raise TapeError("Betfair files are imported with their best quotes only; leave --depth out.")
    buffers = RowBuffers(SCHEMA)
    runners: dict[str, _Runner] = {}
    for file in files:
        for line in file.lines():
            message = json.loads(line)
            if buffers.add_all(_rows(message, runners)):
                yield from buffers.take()
        yield from buffers.take()


def _rows(message: Mapping[str, Any], runners: dict[str, _Runner]) -> Iterator[tuple[Kind, str, tuple[Any, ...]]]:
    ts_ns = int(message["pt"]) * NS_PER_MS
    for market in message.get("mc", ()):
        touched: dict[str, None] = {}
        for change in market.get("rc", ()):
            name = str(change["id"])
            runner = runners.setdefault(name, _Runner())
            if market.get("img"):
                runner.back, runner.lay = {}, {}
            touched[name] = None
            for odds, stake in runner.change(change):
                yield Kind.TRADES, name, (ts_ns, 1 / odds, stake, 0)
        for name in touched:
            quote = runners[name].quote()
            if quote is not None:
                yield Kind.QUOTES, name, (ts_ns, *quote)


BETFAIR = Format(
    "betfair",
    "Betfair stream (historical data, bz2): a runner is an instrument, prices are 1 / odds",
    _recognises,
    _read,
)
