"""Real tapes with the example configurations that belong to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from glosten import market, settings

CONFIG = Path(__file__).resolve().parents[2] / "config"
TAPES = {
    "btcusdt": ("trades_binance_spot_BTCUSDT_20240808", "quotes_binance_spot_BTCUSDT_20240808"),
    "xrpeth": ("trades_binance_spot_XRPETH_20191011", None),
    "ibm": ("trades_us_IBM_20131008", "quotes_us_IBM_20131008"),
    "aapl": ("trades_lobster_AAPL_20120621_0930_1000", "quotes_lobster_AAPL_20120621_0930_1000"),
}


@pytest.fixture(scope="session")
def real(shared: Any) -> Any:
    """Return a function from a configuration's name to (settings, tape), each tape loaded once."""
    loaded: dict[str, Any] = {}

    def load(name: str, *overrides: str) -> tuple[settings.Settings, market.Tape]:
        chosen = settings.load(CONFIG / f"{name}.toml", overrides=overrides, environment={})
        if name not in loaded:
            trades, quotes = TAPES[name]
            rules = chosen.instrument.model_dump()
            loaded[name] = market.load_tape(
                shared("data", f"{trades}.parquet"),
                shared("data", f"{quotes}.parquet") if quotes else None,
                market.TapeOptions(**{**rules, "symbol": rules["symbol"] or ""}),
            )
        return chosen, loaded[name]

    return load
