from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from glosten.errors import TapeError
from glosten.market import ImportOptions, Kind, check_tape, describe_tape, import_tape, load_tape
from glosten.market._batch import Batch, Format
from glosten.market._vendor_file import METADATA_KEY, VendorFile, open_vendor_files

START = 1_700_000_000_000_000_000
SECOND = 1_000_000_000


def trades(rows: int = 400, **changed: Any) -> pl.DataFrame:
    columns: dict[str, Any] = {
        "ts_ns": [START + row * SECOND for row in range(rows)],
        "price": [100 + (row % 7) / 100 for row in range(rows)],
        "qty": [1.0 + row % 3 for row in range(rows)],
        "side": [1 - 2 * (row % 2) for row in range(rows)],
        "trade_id": list(range(rows)),
    }
    return pl.DataFrame(columns | changed)


def saved(frame: pl.DataFrame, path: Path) -> Path:
    frame.write_csv(path)
    return path


def test_repeated_trades_and_prints_without_a_size_are_left_out_and_counted(tmp_path: Path) -> None:
    frame = trades(qty=[0.0 if row == 5 else 1.0 for row in range(400)])
    frame = pl.concat([frame[:10], frame[9:10], frame[10:]])
    out = tmp_path / "tape.parquet"
    done = import_tape([saved(frame, tmp_path / "AB.csv")], out)
    report = done.reports[Kind.TRADES]
    assert (report.duplicate_ids, report.zero_sizes, report.rows) == (1, 1, 401)
    assert pl.read_parquet(out)["trade_id"].to_list() == [row for row in range(400) if row != 5]
    told = json.loads(pl.read_parquet_metadata(out)[METADATA_KEY])
    assert (told["instrument"], told["formats"], told["sources"]) == ("AB", ["columns"], ["AB.csv"])
    assert told["counts"]["duplicate_ids"] == 1
    tape = load_tape(out)
    assert (len(tape.trades), tape.instrument.symbol) == (399, "AB")


def test_disorder_is_refused_unless_it_is_to_be_sorted(tmp_path: Path) -> None:
    rows = trades().with_columns(symbol=pl.lit("AB"))
    both = [saved(rows[200:], tmp_path / "late.csv"), saved(rows[:200], tmp_path / "early.csv")]
    with pytest.raises(TapeError, match=r"time runs backwards in 200 rows .* --sort"):
        import_tape(both, tmp_path / "tape.parquet")
    assert not (tmp_path / "tape.parquet").exists()
    done = import_tape(both, tmp_path / "tape.parquet", ImportOptions(sort=True))
    assert done.metadata[Kind.TRADES]["sorted"] is True
    assert pl.read_parquet(tmp_path / "tape.parquet")["trade_id"].to_list() == list(range(400))


def test_days_in_files_of_any_name_are_one_tape_of_the_first_name_or_the_one_given(tmp_path: Path) -> None:
    days = [saved(trades()[:200], tmp_path / "trades_monday.csv"), saved(trades()[200:], tmp_path / "tuesday.csv")]
    done = import_tape(days, tmp_path / "m.parquet")
    assert (done.reports[Kind.TRADES].rows, done.metadata[Kind.TRADES]["instrument"]) == (400, "monday")
    first = import_tape(days[:1], tmp_path / "1.parquet", ImportOptions(instrument="A/B")).files[Kind.TRADES]
    second = import_tape(days[1:], tmp_path / "2.parquet", ImportOptions(instrument="A/B")).files[Kind.TRADES]
    both = import_tape([first, second], tmp_path / "b.parquet")
    assert (both.reports[Kind.TRADES].rows, both.metadata[Kind.TRADES]["instrument"]) == (400, "A/B")
    other = import_tape(days[1:], tmp_path / "3.parquet", ImportOptions(instrument="C/D")).files[Kind.TRADES]
    with pytest.raises(TapeError, match="is a tape of C/D, the one before of A/B"):
        import_tape([first, other], tmp_path / "b.parquet")


def test_trades_and_quotes_go_into_two_files_or_none(tmp_path: Path, raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    source = raw("binance_ws_spot_btcusdt_20240808.gz")
    out = tmp_path / "tape.parquet"
    done = import_tape([source], out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tape.quotes.parquet", "tape.trades.parquet"]
    before = {path: path.read_bytes() for path in done.files.values()}

    def fail(*args: Any, **options: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.LazyFrame, "sink_parquet", fail)
    with pytest.raises(OSError, match="No space left"):
        import_tape([source], out)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_tape_is_the_same_from_the_vendor_s_file_and_from_its_import(tmp_path: Path, raw: Any) -> None:
    source = raw("binance_ws_spot_btcusdt_20240808.gz")
    done = import_tape([source], tmp_path / "tape.parquet", ImportOptions(lag_ms=2))
    ours = load_tape(done.files[Kind.TRADES], done.files[Kind.QUOTES])
    direct = load_tape(source)
    assert ours.quote_lag_ns == 2_000_000
    assert (ours.trades == direct.trades).all()
    assert (ours.quotes[["bid", "ask"]] == direct.quotes[["bid", "ask"]]).all()
    assert ours.instrument == direct.instrument
    assert ours.instrument.symbol == "BTCUSDT"


@pytest.mark.parametrize(
    ("trades_file", "quotes_file", "prints", "quotes"),
    [
        ("um_BTCUSDT-trades-2024-08-08.zip", "um_BTCUSDT-bookTicker-2024-08-08.zip", 21_313, 66_089),
        (
            "AAPL_2012-06-21_34200000_36000000_message_50.csv",
            "AAPL_2012-06-21_34200000_36000000_orderbook_1.csv",
            3_202,
            13_082,
        ),
        ("ccxt_binance_XRPETH_trades.json.gz", None, 12_477, None),
    ],
)
def test_vendor_files_load_like_tables(
    raw: Any, trades_file: str, quotes_file: str | None, prints: int, quotes: int | None
) -> None:
    tape = load_tape(raw(trades_file), None if quotes_file is None else raw(quotes_file))
    assert len(tape.trades) == prints
    assert tape.synthetic_quotes == (quotes_file is None)
    assert quotes is None or len(tape.quotes) + tape.notes.crossed_quotes == quotes


def test_candles_load_as_a_tape_that_says_so_everywhere(raw: Any, tmp_path: Path) -> None:
    direct = load_tape(raw("SHIB_USDT_1h.csv"))
    import_tape([raw("SHIB_USDT_1h.csv")], tmp_path / "tape.parquet")
    again = load_tape(tmp_path / "tape.parquet")
    for tape in (direct, again):
        assert tape.synthetic_quotes
        assert tape.candles is not None
        assert tape.summary()["candles"] == {"seconds": 3600.0, "prints": 12, "seed": None}
        assert tape.sentences()[0] == tape.warnings()[0]
        assert "made of candles of 3600 s" in tape.warnings()[0]
        assert (tape.quotes["ask"] - tape.quotes["bid"] == 1).all()
    assert (direct.trades == again.trades).all()


def test_inferred_sides_are_told_with_the_tape(raw: Any) -> None:
    tape = load_tape(raw("lean_ibm_20131007_trade.zip"), raw("lean_ibm_20131007_quote.zip"))
    assert "Lee and Ready" in tape.sides
    assert "Lee and Ready" in tape.warnings()[0]


def test_a_vendor_s_file_of_quotes_is_no_file_of_trades(raw: Any) -> None:
    with pytest.raises(TapeError, match="holds no trades; it holds quotes of XRPUSDT"):
        load_tape(raw("bybit_xrpusdt-ob500.data.zip"))


def test_the_check_says_what_the_file_holds_and_what_is_past_a_limit(tmp_path: Path) -> None:
    path = saved(trades(price=[0.0, *[1.0] * 399]), tmp_path / "t.csv")
    checked = check_tape([path])
    assert checked.reports[Kind.TRADES].rows == 400
    assert checked.refusals == (
        "t.csv, row 1 of the trades: 1 rows have a price or a size that cannot be; correct or drop them.",
    )
    assert check_tape([saved(trades(), tmp_path / "u.csv")]).refusals == ()


def test_the_description_of_quotes_knows_their_spread(raw: Any) -> None:
    told = describe_tape([raw("um_BTCUSDT-bookTicker-2024-08-08.zip")])["quotes"]
    assert (told["tick"], told["lot"], told["rows"]) == ("0.1", "0.001", 66_089)
    assert told["spread_p50"] == pytest.approx(0.1)
    assert told["spread_ticks_p50"] == 1.0
    assert 0.016 < told["spread_bps_by_time"] < 0.02


def test_the_description_of_trades_knows_both_sides(raw: Any, reference: Any) -> None:
    told = describe_tape([raw("spot_BTCUSDT-trades-2024-08-08.zip")])
    trades_told, rows = told["trades"], reference("trades_binance_spot_BTCUSDT_20240808")
    rows = rows.head(9_757)
    assert trades_told["buy_share"] == pytest.approx((rows["side"] == 1).mean())
    assert trades_told["qty"] == pytest.approx(rows["qty"].sum())
    assert trades_told["buy_qty"] + trades_told["sell_qty"] == pytest.approx(rows["qty"].sum())
    assert (trades_told["tick"], trades_told["lot"]) == ("0.01", "0.00001")
    assert told["instrument"] == "BTCUSDT"


def test_long_files_are_read_in_pieces_that_make_the_same_tape(
    tmp_path: Path, raw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = raw("um_BTCUSDT-bookTicker-2024-08-08.zip")
    whole = pl.read_parquet(import_tape([source], tmp_path / "a.parquet").files[Kind.QUOTES])
    monkeypatch.setattr("glosten.market._collect.PART_ROWS", 10_000)
    seen: list[tuple[int, int]] = []
    done = import_tape([source], tmp_path / "b.parquet", progress=lambda at, total: seen.append((at, total)))
    assert pl.read_parquet(done.files[Kind.QUOTES]).equals(whole)
    assert seen[-1][0] <= seen[-1][1] == source.stat().st_size


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("tape.csv", "tapes are parquet files"),
        ("no/tape.parquet", "there is no folder"),
        ("d.parquet", "is a directory"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_anything_is_read(tmp_path: Path, name: str, part: str) -> None:
    (tmp_path / "d.parquet").mkdir()
    with pytest.raises(TapeError, match=part):
        import_tape([tmp_path / "not-there"], tmp_path / name)


def test_every_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    empty, folder = tmp_path / "empty", tmp_path / "folder"
    empty.touch()
    folder.mkdir()
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(b"time,price,qty\n" * 100)[:30])
    with pytest.raises(TapeError) as caught:
        check_tape([tmp_path / "no", empty, folder, cut])
    assert [problem.removeprefix(str(tmp_path)) for problem in caught.value.problems][:3] == [
        "/no does not exist; give the path of a market data file.",
        "/empty is an empty file.",
        "/folder is a directory; give the paths of the files in it.",
    ]
    assert "cannot be read; is it damaged" in caught.value.problems[3]


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"unit": "h"}, "The unit of times is 'h'"),
        ({"depth": 0}, "depth is 0"),
        ({"prints": 3}, "prints is 3"),
        ({"gap_seconds": 0.0}, "gap_seconds is 0.0"),
        ({"lag_ms": -1.0}, "lag_ms is -1.0"),
        ({"start_ns": 2, "end_ns": 2}, "start is not before the end"),
    ],
)
def test_options_outside_their_domain_are_refused(options: dict[str, Any], part: str) -> None:
    with pytest.raises(TapeError, match=part):
        ImportOptions(**options)


def test_a_format_is_two_functions(tmp_path: Path) -> None:
    """The way to add one: what it recognises, and batches of rows."""
    rows = trades(2).drop("trade_id").with_columns(pl.col("side").cast(pl.Int8))

    def read(files: Sequence[VendorFile], options: ImportOptions) -> Iterator[Batch]:
        yield from (Batch(Kind.TRADES, options.instrument, rows) for _ in files)

    one = Format("mine", "mine", lambda file: file.head == b"mine", read)
    path = tmp_path / "x"
    path.write_bytes(b"mine")
    files = open_vendor_files(path)
    assert one.recognises(files[0])
    assert next(one.read(files, ImportOptions())).rows.height == 2
