"""What tests share: the raw file of a vendor read into frames, and a venue to trade at by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from glosten.market import (
    FeeAsset,
    FillModel,
    ImportOptions,
    Kind,
    accept,
    fresh_fills,
    fresh_venue,
    import_tape,
    on_book,
    on_level,
    on_trade,
)
from glosten.records import ACTION, LEVELS, PRINTS, QUOTES, Side

Frames = dict[Kind, pl.DataFrame]


@pytest.fixture
def imported(tmp_path: Path) -> Callable[..., Frames]:
    """Return a function from files and options to the imported frames by kind."""

    def read(*paths: Path, **options: Any) -> Frames:
        done = import_tape(paths, tmp_path / "tape.parquet", ImportOptions(**options))
        return {kind: pl.read_parquet(path) for kind, path in done.files.items()}

    return read


@pytest.fixture
def raw(shared: Any) -> Callable[[str], Path]:
    """Return a function from a name to a raw file of a vendor; the test is skipped where it is absent."""
    return lambda name: shared("data", "raw", name)


@pytest.fixture
def reference(shared: Any) -> Callable[[str], pl.DataFrame]:
    """Return a function from a name to the table that was made of a raw file by other hands."""
    return lambda name: pl.read_parquet(shared("data", f"{name}.parquet"))


class Desk:
    """A venue with a book of 100 x 10 / 102 x 10, ten quanta a tick and lot, no fees, under one fill model."""

    def __init__(
        self, model: int = FillModel.QUEUE_TRADES, *, cash: int = 10**12, coin: int = 10**6, seed: int = 0
    ) -> None:
        self.row, self.fills, self.now_ns = fresh_venue(cash, coin, seed), fresh_fills(), 0
        self.venue = self.row[0]
        self.venue["model"]["fill"] = model
        self.fees(0, 0)
        self.quote(100, 10, 102, 10)

    def fees(self, maker: int, taker: int, asset: int = FeeAsset.QUOTE) -> None:
        self.venue["fees"] = (maker, taker, 10, asset)

    def quote(self, bid: int, bid_lots: int, ask: int, ask_lots: int, at_ns: int | None = None) -> list[int]:
        self.now_ns = self.now_ns + 1 if at_ns is None else at_ns
        row = np.array([(self.now_ns, bid, bid_lots, ask, ask_lots)], QUOTES)
        return self.lots(on_book(self.venue, row[0], self.fills))

    def trade(self, side: int, price: int, lots: int) -> list[int]:
        return self.lots(on_trade(self.venue, np.array([(9, price, lots, side, 1)], PRINTS)[0], self.fills))

    def level(self, side: int, price: int, lots: int, at_ns: int = 8) -> None:
        on_level(self.venue, np.array([(at_ns, side, price, lots)], LEVELS)[0])

    def place(self, slot: int, side: int, price: int, lots: int, post_only: int = 1, immediate: int = 0) -> int:
        action = np.zeros(1, ACTION)
        action["slot"], action["side"], action["price"], action["lots"] = slot, side, price, lots
        action["post_only"], action["immediate"] = post_only, immediate
        return int(accept(self.venue, action[0], self.fills)[0])

    def lots(self, count: int) -> list[int]:
        return [int(lots) for lots in self.fills["lots"][:count]]

    def wallet(self) -> dict[str, int]:
        row = self.venue["wallet"]
        return {name: int(row[name]) for name in row.dtype.names}

    def reserved(self, side: int) -> int:
        """Return what is kept back, added up anew from the orders that rest."""
        total = 0
        for order in self.venue["resting"][self.venue["resting"]["side"] == side]:
            notional = int(order["price"]) * int(order["leaves"]) * 10
            needed = notional - -notional * int(order["reserve_e8"]) // 10**8
            total += needed if side == Side.BUY else int(order["leaves"])
        return total

    def order(self, slot: int) -> Any:
        return self.venue["resting"][slot]


@pytest.fixture(scope="session")
def make_desk() -> type[Desk]:
    """Return what makes a venue to trade at by hand."""
    return Desk
