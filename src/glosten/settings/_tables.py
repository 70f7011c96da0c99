"""The tables of a configuration beside the strategy's: the wallet and the instrument."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field

from glosten.params import PARAMETERS, About, Declaration, Parameter

SMALLEST = Decimal("1e-12")
LARGEST = Decimal("1e12")


class Account(Declaration):
    """Wallet at the start."""

    PREFIX: ClassVar[str] = "account."

    cash: Annotated[
        Decimal | None,
        Field(
            ge=0,
            le=LARGEST,
            description="Cash of the quote asset at the start. Left empty: what the allocation "
            "asks for, beside the coins that bring it to SKEW_QTY_TARGET.",
        ),
        About("quote units", "the wallet of a backtest", "STRATEGY 0 R13", live=False),
    ] = None
    coin: Annotated[
        Decimal | None,
        Field(ge=0, le=LARGEST, description="Coins at the start. Left empty: as many as SKEW_QTY_TARGET asks for."),
        About("coins", "the wallet of a backtest", "STRATEGY 0 R13", live=False),
    ] = None


class TradedInstrument(Declaration):
    """Instrument."""

    PREFIX: ClassVar[str] = "instrument."

    symbol: Annotated[
        str,
        Field(
            max_length=60,
            description="Name of the pair, base before quote, as in BTC/USDT. It chooses the table "
            "of [pairs] that holds.",
        ),
        About("", "reports, and which pair's table holds", "STRATEGY 0 R13", live=False),
    ] = ""
    tick: Annotated[
        Decimal | None,
        Field(ge=SMALLEST, le=LARGEST, description="Price step of the venue. Left empty: inferred from the tape."),
        About("quote units per coin", "rounded prices", "STRATEGY 0 R13", live=False),
    ] = None
    lot: Annotated[
        Decimal | None,
        Field(ge=SMALLEST, le=LARGEST, description="Size step of the venue. Left empty: inferred from the tape."),
        About("coins", "rounded sizes", "STRATEGY 0 R13", live=False),
    ] = None
    min_qty: Annotated[
        Decimal | None,
        Field(ge=0, le=LARGEST, description="Smallest order of the venue, as a size."),
        About("coins", "the ladder (step 17)", "STRATEGY 0 R13", live=False),
    ] = None
    min_notional: Annotated[
        Decimal | None,
        Field(ge=0, le=LARGEST, description="Smallest order of the venue, as an amount."),
        About("quote units", "the ladder (step 17)", "STRATEGY 0 R13", live=False),
    ] = None
    quote_lag_ms: Annotated[
        float | None,
        Field(
            ge=0,
            le=60_000,
            description="How much later than their time stamps quotes hold when they are joined "
            "to trades: 2 suits Binance spot, 1 its USD-M futures.",
        ),
        About("ms", "how a tape is joined", "STRATEGY 0 R12", live=False),
    ] = None


DECLARED: tuple[Parameter, ...] = (*PARAMETERS, *Account.declared().values(), *TradedInstrument.declared().values())
"""Every key a configuration may hold: the parameters, ``account.*`` and ``instrument.*``."""
KEYS = {parameter.key: parameter for parameter in DECLARED}
TABLES = tuple(dict.fromkeys(parameter.table for parameter in DECLARED))
