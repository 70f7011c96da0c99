"""Parameters of the Bayesian model, the skew indicator, the risk limits and the fees."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from glosten.params._about import About, Formula
from glosten.params._declaration import Declaration


class BayesianModel(Declaration):
    """GM Bayesian Model."""

    GM_BAYES_ENABLED: Annotated[
        bool,
        Formula(
            "false: ask = mid (1 + b), bid = mid (1 - b), with b = GM_BASE_SPREAD / 10000",
            "false at mid 100: 99.92 / 100.08.",
        ),
        Field(
            description="Quote with the Glosten-Milgrom prices. Off: mid plus and minus GM_BASE_SPREAD, while "
            "belief and anchor are still followed."
        ),
        About("", "quoted prices (step 13)", "STRATEGY 4.3"),
    ] = True
    GM_BASE_SPREAD: Annotated[
        float,
        Formula(
            "ask = max(model's ask, E (1 + b)), bid = min(model's bid, E (1 - b)), with b = GM_BASE_SPREAD / 10000",
            "8 at belief 0.5: the model's 99.925 / 100.075 become 99.92 / 100.08. With GM_ALPHA 0.30 its 99.85 / 100.15"
            " stay.",
        ),
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
        Formula(
            "a customer buys: pi' = pi (1 + a) / (pi (1 + a) + (1 - pi) (1 - a)); a customer sells: the signs of a "
            "exchanged",
            "0.15: belief 0.5 becomes 0.575 after a buy, 0.6467 after two. 0.30: 0.65 after one.",
        ),
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
        Formula(
            "V_L = anchor (1 - d), V_H = anchor (1 + d), E = V_L + pi (V_H - V_L); at pi = 0.5 the model's half-spread "
            "is GM_ALPHA d",
            "0.005 with GM_ALPHA 0.15: 7.5 bps, 99.925 / 100.075. 0.01: 99.85 / 100.15.",
        ),
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
        Formula(
            "anchor += w (mid - anchor), with w = 1 - 2^(-dt / (GM_ANCHOR_EMA 60 GM_PERIOD)) and dt in seconds",
            "500 with GM_PERIOD 1: a half-life of 8.33 h; one minute at mid 101 moves the anchor from 100 to "
            "100.0013853.",
        ),
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
        Formula(
            "pi = min(max(pi, m), 1 - m) after each observation",
            "0.05: ten net buys would reach 0.9536 and stop at 0.95.",
        ),
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
        Formula(
            "skew = (B - S) / (B + S), B and S the notional that customers bought from us and sold to us within the "
            "window",
            "B 900 and S 300 in the last ten minutes: +0.50.",
        ),
        Field(
            ge=60_000,
            le=1_800_000,
            description="Window over which the buy and sell notional of customers is "
            "compared on the status line. It moves no order.",
        ),
        About("ms", "the skew shown on the status line (step 22)", "STRATEGY 4.4"),
    ] = 600_000
    GM_MAX_SKEW: Annotated[
        float,
        Formula(
            "shown skew = min(max(skew, -m), m)",
            "0.8 and only buys: +1.00 is shown as +0.80; orders are the same for 0.2 and 1.",
        ),
        Field(ge=0.2, le=1, description="Largest skew the status line shows. It moves no order."),
        About("ratio", "the skew shown on the status line (step 22)", "STRATEGY 4.4"),
    ] = 0.8
    GM_STALE_CYCLES: Annotated[
        int,
        Formula(
            "cancel where cycle - placed cycle > GM_STALE_CYCLES",
            "5, placed in cycle 10: alive in 15, cancelled in 16.",
        ),
        Field(ge=2, le=20, description="A resting order older than this many decisions is cancelled and placed anew."),
        About("decision cycles", "resting orders (step 18)", "STRATEGY 4.4"),
    ] = 5


class RiskAndSafety(Declaration):
    """Risk & Safety."""

    GM_MAX_EXP: Annotated[
        float,
        Formula(
            "inv + resting bids <= GM_MAX_EXP / 100 A at every placement",
            "60 with A 9090 and inv 4545: room for bids of 909.",
        ),
        Field(ge=30, le=95, description="Most of A that may be held in coins, all resting bids counted as filled."),
        About("% of A", "the size of the bid side (step 15)", "STRATEGY 4.5"),
    ] = 60.0
    GM_MAX_DD: Annotated[
        float,
        Formula(
            "dd = 100 (peak - EQ) / peak; dd >= GM_MAX_DD trips",
            "5 with peak 9200: EQ 8740 is 5.0000 % and trips, 8750 is 4.891 % and does not.",
        ),
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
        Formula("BE_t = c / (1 - GM_FEE / 100)", "0.1 with c 100.02: BE_t = 100.120120."),
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
        Formula(
            "BE_m = c / (1 - GM_MAKER_FEE / 100)",
            "0.02, bought at 100: c = 100.02 and BE_m = 100.040008. A rebate of -0.05: BE_m = 99.90005.",
        ),
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
        Formula("a shown price has GM_SP decimals", "2: the log says 100.08, the trace keeps 100.07512345."),
        Field(ge=2, le=8, description="Decimals of prices in tables and logs. Orders and files keep every digit."),
        About("decimals", "shown prices", "STRATEGY 4.5"),
    ] = 6
