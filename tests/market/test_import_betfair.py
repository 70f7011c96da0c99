from __future__ import annotations

import bz2
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from glosten.errors import TapeError
from glosten.market import Kind

FILE = "betfair_1-166811431.bz2"


@pytest.mark.parametrize("runner", [60_424, 237_478])
def test_a_runner_has_the_trades_and_quotes_of_the_reference(
    imported: Any, raw: Any, reference: Any, runner: int
) -> None:
    frames = imported(raw(FILE), instrument=str(runner))
    trades = reference("trades_betfair_NBA_20191229").filter(pl.col("runner_id") == runner)
    assert_frame_equal(frames[Kind.TRADES].select("ts_ns", "price", "qty"), trades.select("ts_ns", "price", "qty"))
    told = trades["side"].to_numpy() != 0
    assert (frames[Kind.TRADES]["side"].to_numpy() == trades["side"].to_numpy())[told].mean() > 0.85
    quotes = reference("quotes_betfair_NBA_20191229").filter(pl.col("runner_id") == runner)
    columns = ["ts_ns", "bid", "bid_qty", "ask", "ask_qty"]
    extra = frames[Kind.QUOTES].join(quotes.select(columns), on="ts_ns", how="anti")
    assert extra.height <= 1  # the reference leaves out one row at the end of the market
    assert_frame_equal(frames[Kind.QUOTES].filter(~pl.col("ts_ns").is_in(extra["ts_ns"].implode())), quotes[columns])


def test_a_market_of_several_runners_asks_which(imported: Any, raw: Any) -> None:
    with pytest.raises(TapeError, match=r"several instruments: 60424 \(4,741 rows\), 237478"):
        imported(raw(FILE))


def test_an_image_replaces_the_ladders(imported: Any, tmp_path: Path) -> None:
    def message(clock: int, *, image: bool = False, **change: Any) -> str:
        market = {"id": "1.1", "img": image, "rc": [{"id": 7, **change}]}
        return json.dumps({"op": "mcm", "pt": clock, "mc": [market]})

    lines = [
        message(10**12, atb=[[2.0, 5]], atl=[[4.0, 6]]),
        message(10**12 + 1, image=True, atb=[[2.5, 1]], atl=[[5.0, 2]]),
        message(10**12 + 2, trd=[[2.5, 8]]),
        message(10**12 + 3, trd=[[2.5, 12]]),
    ]
    (tmp_path / "m.bz2").write_bytes(bz2.compress("\n".join(lines).encode()))
    frames = imported(tmp_path / "m.bz2")
    assert frames[Kind.QUOTES]["bid"].to_list() == [0.25, 0.2]
    assert frames[Kind.TRADES].rows() == [
        (10**12 * 10**6 + 2 * 10**6, 0.4, 4.0, 1),
        (10**12 * 10**6 + 3 * 10**6, 0.4, 2.0, 1),
    ]
