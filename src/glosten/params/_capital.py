"""Parameters of capital and allocation: how much the maker may use, and in how many pieces."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from glosten.params._about import About, Formula
from glosten.params._declaration import Declaration


class CapitalAndPeriod(Declaration):
    """Capital & Period."""

    PERIOD: Annotated[
        Literal[1, 3, 5, 15, 30, 60],
        Formula(
            "candle k covers the minutes from k PERIOD to (k + 1) PERIOD of UTC",
            "15 in place of 5: three candles of the report become one, every order stays the same.",
        ),
        Field(description="Candle length of charts and reports. Belief, prices and sizes do not depend on it."),
        About("minutes", "the candles of charts and reports", "STRATEGY 4.1", live=False),
    ] = 5
    TRADING_LIMIT: Annotated[
        float,
        Formula(
            "notional of any buy <= TRADING_LIMIT, after the ladder has split the side; sells have no such limit",
            "TRADING_LIMIT 200, GM_TL 900, GM_LAYERS 4: bids of 200, asks of 225.",
        ),
        Field(ge=100, le=5000, description="Largest notional of any single buy order, whatever the ladder asks for."),
        About("cash", "the size of each buy order, after the ladder has split it (steps 11 and 17)", "STRATEGY 4.1"),
    ] = 900.0
    GM_TL: Annotated[
        float,
        Formula(
            "S_bid = S_ask = GM_TL, before skew and caps; a rung is S / GM_LAYERS",
            "900 in four layers, inventory at its target: four bids and four asks of 225.",
        ),
        Field(ge=100, le=5000, description="Notional quoted on each side in all, shared equally by its rungs."),
        About("cash", "the size of both sides before skew and caps (step 12)", "STRATEGY 4.1"),
    ] = 900.0
    GM_CAPITAL_ALLOC: Annotated[
        float,
        Formula(
            "A = max(0, min(W ALLOC_PCT / 100, GM_CAPITAL_ALLOC) - W ALLOC_RESERVE_PCT / 100)",
            "W 100000 and ALLOC_PCT 25: A = min(25000, 9090) = 9090.",
        ),
        Field(ge=500, le=50000, description="Most capital this pair may use, as an amount; ALLOC_PCT may allow less."),
        About("cash", "the allocation A, and through it every cap that is a share of A (step 4)", "STRATEGY 4.1"),
    ] = 9090.0


class Allocation(Declaration):
    """Allocation."""

    ALLOC_PCT: Annotated[
        float,
        Formula(
            "A = max(0, min(W ALLOC_PCT / 100, GM_CAPITAL_ALLOC) - W ALLOC_RESERVE_PCT / 100)",
            "W 36360 at 25 %: A = 9090. W 20000 at 25 % with 2 % reserve: A = 5000 - 400 = 4600.",
        ),
        Field(
            ge=1,
            le=100,
            description="Share of the pair's wallet that may be used: A is the smaller of this share "
            "and GM_CAPITAL_ALLOC, less the reserve. Inventory and resting bids together stay within A.",
        ),
        About("% of wallet", "the allocation A (step 4)", "STRATEGY 4.2"),
    ] = 25.0
    ALLOC_CONFIRMED: Annotated[
        bool,
        Formula(
            "entries need ALLOC_CONFIRMED and A > 0", "false for 100 decisions: no order, and 100 lines that say why."
        ),
        Field(description="The operator's signature under the allocation. While it is false nothing is bought."),
        About("", "the gate before every entry (step 5)", "STRATEGY 4.2"),
    ] = False
    ALLOC_SPLIT_TOL: Annotated[
        float,
        Formula(
            "mismatch: 100 |min(coin mid, A) / A - target| > ALLOC_SPLIT_TOL, with target = min(SKEW_QTY_TARGET, "
            "GM_MAX_EXP / 100, PAIR_EXP_BUDGET where that is on)",
            "A 9090 and a target of 0.5: coins worth 3000 are 17.0 points off, a mismatch; worth 3200 they are 14.8 "
            "off, none.",
        ),
        Field(ge=0, le=100, description="How far the coin share of A may be from its target when a pair first starts."),
        About("percentage points", "the check of the first start (step 10)", "STRATEGY 4.2"),
    ] = 15.0
    ALLOC_ENFORCE_SPLIT: Annotated[
        bool,
        Formula(
            "a mismatch at the first start blocks entries while this is true",
            "A mismatch with false: one warning, then quotes as usual.",
        ),
        Field(description="Whether a start outside ALLOC_SPLIT_TOL blocks trading (true) or only warns (false)."),
        About("", "what follows a failed check of the first start (step 10)", "STRATEGY 4.2"),
    ] = True
    ALLOC_AUTO_REBALANCE: Annotated[
        bool,
        Formula(
            "one slice a decision, min(TRADING_LIMIT, |target A - inv|), until less than the smallest order is missing",
            "A 9090 and no coins: five buys of 900 and one of 45; then c = 100.10 where the ask was 100.",
        ),
        Field(description="Whether a blocked start is cured by bounded immediate orders towards the target share."),
        About("", "the rebalance of the first start (step 11)", "STRATEGY 4.2"),
    ] = True
    ALLOC_RESERVE_PCT: Annotated[
        float,
        Formula(
            "A = max(0, min(W ALLOC_PCT / 100, GM_CAPITAL_ALLOC) - W ALLOC_RESERVE_PCT / 100)",
            "W 100000 at 25 % with 5 % reserve: A = 9090 - 5000 = 4090.",
        ),
        Field(ge=0, le=50, description="Share of the wallet taken off A and never used: room for fees and slippage."),
        About("% of wallet", "the allocation A (step 4)", "STRATEGY 4.2"),
    ] = 0.0
    GM_GRID: Annotated[
        bool,
        Formula(
            "bids take (GM_GRID_LEVELS, GM_GRID_SPAN_PCT) in place of (GM_LAYERS, GM_LAYER_SPAN_BPS); asks never do",
            "true, bid 99.92, 3 levels over 0.5 %: bids at 99.92, 99.6702 and 99.4204.",
        ),
        Field(description="Build the bid side from GM_GRID_LEVELS and GM_GRID_SPAN_PCT in place of GM_LAYERS."),
        About("", "the ladder of the bid side (step 16)", "STRATEGY 4.2"),
    ] = False
    GM_GRID_LEVELS: Annotated[
        int,
        Formula(
            "bid rung i = bid (1 - i / (n - 1) GM_GRID_SPAN_PCT / 100), i = 0 .. n - 1, each a share 1 / n of the side",
            "3 with a side of 900: three bids of 300.",
        ),
        Field(ge=2, le=10, description="Rungs of the bid side while GM_GRID is on."),
        About("rungs", "the ladder of the bid side (step 16)", "STRATEGY 4.2"),
    ] = 3
    GM_GRID_SPAN_PCT: Annotated[
        float,
        Formula(
            "bid rung i = bid (1 - i / (n - 1) GM_GRID_SPAN_PCT / 100), i = 0 .. n - 1",
            "0.5 with a bid of 99.92 and 3 levels: 99.92, 99.6702, 99.4204.",
        ),
        Field(ge=0.1, le=5, description="Distance from the first bid rung to the last while GM_GRID is on."),
        About("% of the bid", "the ladder of the bid side (step 16)", "STRATEGY 4.2"),
    ] = 0.5
