from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from glosten.errors import TapeError
from glosten.market import Kind


def test_the_json_list_is_the_tape_of_the_dumps(imported: Any, raw: Any, reference: Any) -> None:
    trades = imported(raw("ccxt_binance_XRPETH_trades.json.gz"))[Kind.TRADES]
    other = reference("trades_binance_spot_XRPETH_20191011").rename({"agg_trade_id": "trade_id"})
    assert_frame_equal(trades, other)


def test_the_csv_keeps_number_side_and_time(imported: Any, raw: Any) -> None:
    trades = imported(raw("ccxt_public_trades_list.csv"))[Kind.TRADES]
    assert trades.height == 1_000
    assert trades.row(0) == (1_675_329_600_138_000_000, 1666.8, 26.062, 1, 1_206_419_187)
    assert trades.row(-1) == (1_675_329_807_493_000_000, 1667.3, 0.018, 1, 1_206_420_186)


def unified(**changed: Any) -> dict[str, Any]:
    trade = {"timestamp": 10**12, "symbol": "A/B", "id": "x1", "side": "sell", "price": 2.5, "amount": 3}
    return trade | changed


def test_numbers_that_are_texts_and_sides_that_are_missing_are_kept(imported: Any, tmp_path: Path) -> None:
    trades = [unified(), unified(id=None, side=None), unified(id="x2", side="buy")]
    (tmp_path / "t.json").write_text(json.dumps(trades, indent=1))
    rows = imported(tmp_path / "t.json")[Kind.TRADES]
    assert rows["trade_id"].to_list() == ["x1", None, "x2"]
    assert rows["side"].to_list() == [-1, 0, 1]


def test_a_list_longer_than_a_piece_of_text_is_read_whole(
    imported: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trades = [unified(id=str(number), price=100 + number) for number in range(500)]
    with gzip.open(tmp_path / "t.json.gz", "wt") as file:
        json.dump(trades, file)
    monkeypatch.setattr("glosten.market._vendor_file.CHUNK_BYTES", 37)
    assert imported(tmp_path / "t.json.gz")[Kind.TRADES]["trade_id"].to_list() == list(range(500))


def test_several_symbols_are_told_apart(imported: Any, tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(json.dumps([unified(), unified(symbol="C/D", id="y"), unified(id="x2")]))
    with pytest.raises(TapeError, match=r"several instruments: A/B \(2 rows\), C/D \(1 rows\). Choose one"):
        imported(tmp_path / "t.json")
    assert imported(tmp_path / "t.json", instrument="cd")[Kind.TRADES]["trade_id"].to_list() == ["y"]
    with pytest.raises(TapeError, match="hold nothing of E/F; there are A/B"):
        imported(tmp_path / "t.json", instrument="E/F")


def test_a_list_that_does_not_end_is_refused(imported: Any, tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(json.dumps([unified(), unified()])[:-20])
    with pytest.raises(TapeError, match=r"item 1: this cannot be read as ccxt .the JSON array does not end"):
        imported(tmp_path / "t.json")


def test_ccxt_candles_become_prints(imported: Any, tmp_path: Path) -> None:
    candles = [[10**12 + 60_000 * row, 10.0, 12.0, 9.0, 11.0, 24.0] for row in range(3)]
    (tmp_path / "A_B-1m.json").write_text(json.dumps(candles))
    assert imported(tmp_path / "A_B-1m.json")[Kind.TRADES]["qty"].sum() == 72.0
