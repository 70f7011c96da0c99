"""Small markets made by hand or by a seed: quotes, fills and the ledger they leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from glosten.alpha import Ledger, Mids
from glosten.records import QUOTES

SECOND = 1_000_000_000
FILL = np.dtype(
    [
        (name, "i8")
        for name in (
            *("ts_ns", "slot", "order", "side", "price", "lots", "fee", "fee_lots", "is_maker", "bid", "ask"),
            *("held_after", "realised_after"),
        )
    ]
)
"""The columns of the loop's fill rows that profit is explained from."""


def make_quotes(*rows: tuple[float, int, int]) -> np.ndarray:
    """Return quotes of (seconds, bid, ask)."""
    quotes = np.zeros(len(rows), QUOTES)
    for row, (at, bid, ask) in zip(quotes, rows, strict=True):
        row["ts_ns"], row["bid"], row["ask"], row["bid_lots"], row["ask_lots"] = round(at * SECOND), bid, ask, 5, 5
    return quotes


@dataclass
class Market:
    """Quotes, fills that met them, and the books after the last."""

    quotes: np.ndarray
    fills: np.ndarray
    ledger: Ledger
    worth: int
    tick: float

    @property
    def mids(self) -> Mids:
        return Mids(self.quotes, self.tick)


def make_market(seed: int, quotes: int = 400, fills: int = 60) -> Market:
    """Return a market of random quotes, some at one instant, and fills booked as the maker's ledger books them."""
    rng = np.random.default_rng(seed)
    rows = np.zeros(quotes, QUOTES)
    rows["ts_ns"] = np.cumsum(rng.choice([0, 1, 300, 1500], quotes) * 1_000_000)
    rows["bid"] = 10_000 + np.cumsum(rng.integers(-3, 4, quotes))
    rows["ask"] = rows["bid"] + rng.integers(1, 6, quotes)
    rows["bid_lots"], rows["ask_lots"] = rng.integers(1, 50, quotes), rng.integers(1, 50, quotes)
    worth, held, realised = 7, 5_000, 0
    cost = held * 9_990 * worth + 3
    start_mid = int(rows["bid"][0] + rows["ask"][0])
    filled = np.zeros(fills, FILL)
    filled["ts_ns"] = np.sort(rng.integers(rows["ts_ns"][1] + 1, rows["ts_ns"][-1] + 1, fills))
    standing = rows[np.searchsorted(rows["ts_ns"], filled["ts_ns"], side="left") - 1]
    for index, (row, book) in enumerate(zip(filled, standing, strict=True)):
        row["side"], row["lots"] = rng.choice([-1, 1]), rng.integers(1, 40)
        row["bid"], row["ask"] = book["bid"], book["ask"]
        row["price"] = book["bid"] - 1 if row["side"] > 0 else book["ask"] + 1
        row["fee"], row["is_maker"] = rng.integers(-20, 60), rng.integers(0, 2)
        if row["side"] > 0 and index % 5 == 0:  # a fee in coins
            row["fee"], row["fee_lots"] = 0, rng.integers(0, 3)
        row["slot"] = rng.integers(0, 4) + (0 if row["side"] > 0 else 10)
        row["order"] = index // 2 * 22 + row["slot"]
        notional = int(row["price"]) * int(row["lots"]) * worth
        if row["side"] > 0:
            held, cost = held + int(row["lots"]) - int(row["fee_lots"]), cost + notional + int(row["fee"])
        else:
            removed = cost * int(row["lots"]) // held
            held, cost = held - int(row["lots"]), cost - removed
            realised += notional - int(row["fee"]) - removed
        row["held_after"], row["realised_after"] = held, realised
    return Market(rows, filled, Ledger(held, cost, realised, start_mid), worth, 0.01)


@pytest.fixture(scope="session")
def market() -> Callable[..., Market]:
    """Return a function from a seed (and numbers of quotes and fills) to a market."""
    return make_market


@pytest.fixture(scope="session")
def quotes() -> Callable[..., Any]:
    """Return a function from rows of (seconds, bid, ask) to quotes."""
    return make_quotes
