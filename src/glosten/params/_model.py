"""Parameters of the Bayesian model, the skew indicator, the risk limits and the fees."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from glosten.params._about import About
from glosten.params._declaration import Declaration


class BayesianModel(Declaration):
    """GM Bayesian Model."""

    GM_BAYES_ENABLED: Annotated[
        bool,
        Field(
            description="Quote with the Glosten-Milgrom prices. Off: mid plus and minus GM_BASE_SPREAD, while "
            "belief and anchor are still followed."
        ),
        About("", "quoted prices (step 13)", "STRATEGY 4.3"),
    ] = True
    GM_BASE_SPREAD: Annotated[
        float,
        Field(
            ge=2,
            le=30,
            description="Least distance of each quote from the expected value E[V], so that a round "
            "trip pays its fees.",
        ),
        About("bps per side", "quoted prices (step 13)", "STRATEGY 4.3"),
    ] = 8.0
    GM_ALPHA: Annotated[
        float,
        Field(
            ge=0.02,
            le=0.4,
            description="Probability that an arriving trader is informed. It sets how far one "
            "trade moves the belief and, with GM_VALUE_DELTA, how wide the model quotes.",
        ),
        About("probability", "belief (step 6) and quoted prices (step 13)", "STRATEGY 4.3"),
    ] = 0.15
    GM_VALUE_DELTA: Annotated[
        float,
        Field(
            ge=0.001,
            le=0.02,
            description="Half-width of the two-point value: V is the anchor times 1 plus or minus "
            "this. At belief 1/2 the model's half-spread is GM_ALPHA times this.",
        ),
        About("fraction of the anchor", "V_L, V_H and with them quoted prices (step 8)", "STRATEGY 4.3"),
    ] = 0.005
    GM_ANCHOR_EMA: Annotated[
        float,
        Field(
            ge=100,
            le=2000,
            description="Half-life of the moving average of mid prices that the value range hangs "
            "on, counted in GM_PERIOD candles and applied by elapsed time.",
        ),
        About("candles of GM_PERIOD", "the anchor (step 7)", "STRATEGY 4.3"),
    ] = 500.0
    GM_MIN_PRIOR: Annotated[
        float,
        Field(
            ge=0.01,
            le=0.2,
            description="The belief stays between this and one minus this, so that no run of trades "
            "makes the maker certain.",
        ),
        About("probability", "belief (step 6)", "STRATEGY 4.3"),
    ] = 0.05


class FillSkew(Declaration):
    """Fill-skew Indicator."""

    GM_ASYM_WIN: Annotated[
        int,
        Field(
            ge=60_000,
            le=1_800_000,
            description="Window over which the buy and sell notional of customers is "
            "compared on the status line. It moves no order.",
        ),
        About("ms", "the skew shown on the status line (step 22)", "STRATEGY 4.4", acted_on=False),
    ] = 600_000
    GM_MAX_SKEW: Annotated[
        float,
        Field(ge=0.2, le=1, description="Largest skew the status line shows. It moves no order."),
        About("ratio", "the skew shown on the status line (step 22)", "STRATEGY 4.4", acted_on=False),
    ] = 0.8
    GM_STALE_CYCLES: Annotated[
        int,
        Field(ge=2, le=20, description="A resting order older than this many decisions is cancelled and placed anew."),
        About("decision cycles", "resting orders (step 18)", "STRATEGY 4.4"),
    ] = 5


class RiskAndSafety(Declaration):
    """Risk & Safety."""

    GM_MAX_EXP: Annotated[
        float,
        Field(ge=30, le=95, description="Most of A that may be held in coins, all resting bids counted as filled."),
        About("% of A", "the size of the bid side (step 15)", "STRATEGY 4.5"),
    ] = 60.0
    GM_MAX_DD: Annotated[
        float,
        Field(
            ge=2,
            le=30,
            description="Fall of equity from its peak that trips the drawdown breaker: orders are "
            "cancelled and entries stop until the operator resets it.",
        ),
        About("% of peak equity", "the drawdown breaker (step 9)", "STRATEGY 4.5"),
    ] = 5.0


class Fees(Declaration):
    """Fees."""

    GM_FEE: Annotated[
        float,
        Field(
            ge=0,
            le=0.2,
            description="Fee of an order that takes, used where the venue reports none and for the "
            "break-even of an immediate exit.",
        ),
        About("% of notional", "booked profit and loss, taker break-even (steps 6 and 19)", "STRATEGY 4.5"),
    ] = 0.1
    GM_MAKER_FEE: Annotated[
        float,
        Field(
            ge=-0.05,
            le=0.1,
            description="Fee of an order that rests, a rebate if negative, used where the venue "
            "reports none and for the break-even of a resting exit.",
        ),
        About("% of notional", "booked profit and loss, maker break-even, ask clamp (steps 6 and 13)", "STRATEGY 4.5"),
    ] = 0.02
    GM_SP: Annotated[
        int,
        Field(ge=2, le=8, description="Decimals of prices in tables and logs. Orders and files keep every digit."),
        About("decimals", "shown prices", "STRATEGY 4.5", acted_on=False),
    ] = 6
