from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from glosten.run import Run
from glosten.show._app import run
from glosten.show._report_figures import remarks

START_MS = 1_700_000_000_000


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with trades, quotes, candles, and trades that run backwards."""
    monkeypatch.chdir(tmp_path)
    trades = [
        f"{START_MS + 1_000 * row},{100 + (row % 7) / 100:.2f},{1 + row % 3},{'buy' if row % 2 else 'sell'}"
        for row in range(300)
    ]
    head = "time,price,amount,side"
    (tmp_path / "trades.csv").write_text("\n".join([head, *trades]) + "\n")
    (tmp_path / "backwards.csv").write_text("\n".join([head, *reversed(trades)]) + "\n")
    quotes = [
        f"{START_MS + 500 * row},{99.9 + (row % 5) / 100:.2f},5,{100.1 + (row % 5) / 100:.2f},6" for row in range(600)
    ]
    (tmp_path / "quotes.csv").write_text("\n".join(["time,bid,bid_size,ask,ask_size", *quotes]) + "\n")
    candles = [
        f"{START_MS + 60_000 * row},{100 + row % 3},{104 + row % 3},{98 - row % 3},{101 + row % 3},600"
        for row in range(400)
    ]
    (tmp_path / "candles.csv").write_text("\n".join(["time,open,high,low,close,volume", *candles]) + "\n")
    return tmp_path


def document(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    capsys.readouterr()
    assert run([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Error: ")
    assert captured.err.count("\n") == 1
    return captured.err


def test_import_writes_the_tape_and_says_what_is_in_it(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = document(capsys, "tape", "import", "trades.csv", "--out", "t.parquet")
    assert told["files"] == {"trades": "t.parquet"}
    assert told["trades"]["counts"]["rows"] == 300
    assert pl.read_parquet("t.parquet").columns == ["ts_ns", "price", "qty", "side"]
    assert run(["tape", "import", "trades.csv", "--out", "t.parquet"]) == 0
    printed = capsys.readouterr().out
    assert "300 trades from 2023-11-14T22:13:20.000Z" in printed
    assert "Wrote t.parquet" in printed
    assert sorted(path.name for path in place.glob("*.parquet")) == ["t.parquet"]


def test_columns_may_be_mapped_and_the_span_cut(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "odd.csv").write_text(f"When,Px,Lots\n{START_MS // 1000},5,1\n{START_MS // 1000 + 60},6,1\n")
    mapped = ("tape", "import", "odd.csv", "--out", "o.parquet", "--map", "time=When,price=Px", "--map", "qty=Lots")
    assert document(capsys, *mapped)["trades"]["counts"]["rows"] == 2
    cut = document(capsys, *mapped, "--start", "2023-11-14T22:14:00")
    assert cut["trades"]["counts"]["rows"] == 1


def test_info_describes_trades_and_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    told = document(capsys, "tape", "info", "quotes.csv")
    assert told["quotes"]["spread_p50"] == pytest.approx(0.2)
    assert told["quotes"]["spread_ticks_p50"] == 20
    assert document(capsys, "tape", "info", "trades.csv")["trades"]["buy_share"] == 0.5
    assert run(["tape", "info", "quotes.csv"]) == 0
    assert "spread bps by time" in capsys.readouterr().out


def test_check_ends_with_2_where_no_tape_would_be_made(capsys: pytest.CaptureFixture[str]) -> None:
    assert document(capsys, "tape", "check", "trades.csv")["refusals"] == []
    told = document(capsys, "tape", "check", "backwards.csv", code=2)
    assert told["trades"]["backwards"] == 299
    assert "time runs backwards" in told["refusals"][0]
    assert run(["tape", "check", "backwards.csv"]) == 2
    captured = capsys.readouterr()
    assert "299 rows run backwards in time" in captured.out
    assert captured.err.startswith("Error: backwards.csv, row 2 of the trades: time runs backwards in 299 rows")


def test_formats_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    names = [one["name"] for one in document(capsys, "tape", "formats")]
    assert {"binance-dump", "bybit-book", "lobster", "lean", "ccxt", "betfair", "cryptofeed", "columns"} <= set(names)
    assert run(["tape", "formats"]) == 0


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("import", "no.csv", "--out", "t.parquet"), "no.csv does not exist"),
        (("import", "trades.csv", "--out", "t.csv"), "tapes are parquet files"),
        (("import", "trades.csv", "--out", "t.parquet", "--map", "price"), "--map price: give one of our columns"),
        (("import", "trades.csv", "--out", "t.parquet", "--tick", "x"), "--tick x is no number"),
        (("import", "trades.csv", "--out", "t.parquet", "--tick", "-1"), "a price step is more than 0"),
        (("import", "trades.csv", "--out", "t.parquet", "--start", "soon"), "'soon' is no moment"),
        (("import", "trades.csv", "--out", "t.parquet", "--format", "binance"), "did you mean binance-dump"),
        (("import", "backwards.csv", "--out", "t.parquet"), "time runs backwards"),
        (("import", "trades.csv", "--out", "t.parquet", "--depth", "0"), "depth is 0"),
        (("info", "."), "is a directory"),
        (
            ("fetch", "binance", "BTC/USDT", "--out", "t.parquet", "--start", "2024-01-02", "--end", "2024-01-01"),
            "not before",
        ),
    ],
)
def test_bad_input_ends_with_2_and_one_sentence(
    place: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], part: str
) -> None:
    before = sorted(place.iterdir())
    assert part in complaint(capsys, "tape", *arguments)
    assert sorted(place.iterdir()) == before


def test_a_backtest_on_candles_is_marked_in_figures_warnings_and_page(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "pair.toml").write_text("[strategy]\nALLOC_CONFIRMED = true\n")
    told = document(capsys, "backtest", "pair.toml", "--trades", "candles.csv", "--out", "r")
    assert told["tape"]["candle_made"] is True
    assert told["tape"]["candles"] == {"seconds": 60.0, "prints": 12, "seed": None}
    assert "made of candles of 60 s" in told["warnings"][0]
    page = (place / "r" / "report.html").read_text()
    assert '<p class="loud">Made of candles</p>' in page
    first = remarks(Run.load(place / "r"), ())[0]
    assert (first.level, first.message) == ("error", told["warnings"][0])
    assert document(capsys, "tape", "import", "candles.csv", "--out", "c.parquet", "--prints", "4", "--seed", "1")
    again = document(capsys, "backtest", "pair.toml", "--trades", "c.parquet", "--out", "r")
    assert again["tape"]["candles"] == {"seconds": 60.0, "prints": 4, "seed": 1}
