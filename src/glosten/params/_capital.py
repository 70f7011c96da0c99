"""Parameters of capital and allocation: how much the maker may use, and in how many pieces."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from glosten.params._about import About
from glosten.params._declaration import Declaration


class CapitalAndPeriod(Declaration):
    """Capital & Period."""

    PERIOD: Annotated[
        Literal[1, 3, 5, 15, 30, 60],
        Field(description="Candle length of charts and reports. Belief, prices and sizes do not depend on it."),
        About("minutes", "the candles of charts and reports", "STRATEGY 4.1", live=False),
    ] = 5
    TRADING_LIMIT: Annotated[
        float,
        Field(ge=100, le=5000, description="Largest notional of any single buy order, whatever the ladder asks for."),
        About("cash", "the size of each buy order, after the ladder has split it (steps 11 and 17)", "STRATEGY 4.1"),
    ] = 900.0
    GM_TL: Annotated[
        float,
        Field(ge=100, le=5000, description="Notional quoted on each side in all, shared equally by its rungs."),
        About("cash", "the size of both sides before skew and caps (step 12)", "STRATEGY 4.1"),
    ] = 900.0
    GM_CAPITAL_ALLOC: Annotated[
        float,
        Field(ge=500, le=50000, description="Most capital this pair may use, as an amount; ALLOC_PCT may allow less."),
        About("cash", "the allocation A, and through it every cap that is a share of A (step 4)", "STRATEGY 4.1"),
    ] = 9090.0


class Allocation(Declaration):
    """Allocation."""

    ALLOC_PCT: Annotated[
        float,
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
        Field(description="The operator's signature under the allocation. While it is false nothing is bought."),
        About("", "the gate before every entry (step 5)", "STRATEGY 4.2"),
    ] = False
    ALLOC_SPLIT_TOL: Annotated[
        float,
        Field(ge=0, le=100, description="How far the coin share of A may be from its target when a pair first starts."),
        About("percentage points", "the check of the first start (step 10)", "STRATEGY 4.2", acted_on=False),
    ] = 15.0
    ALLOC_ENFORCE_SPLIT: Annotated[
        bool,
        Field(description="Whether a start outside ALLOC_SPLIT_TOL blocks trading (true) or only warns (false)."),
        About("", "what follows a failed check of the first start (step 10)", "STRATEGY 4.2", acted_on=False),
    ] = True
    ALLOC_AUTO_REBALANCE: Annotated[
        bool,
        Field(description="Whether a blocked start is cured by bounded immediate orders towards the target share."),
        About("", "the rebalance of the first start (step 11)", "STRATEGY 4.2", acted_on=False),
    ] = True
    ALLOC_RESERVE_PCT: Annotated[
        float,
        Field(ge=0, le=50, description="Share of the wallet taken off A and never used: room for fees and slippage."),
        About("% of wallet", "the allocation A (step 4)", "STRATEGY 4.2"),
    ] = 0.0
    GM_GRID: Annotated[
        bool,
        Field(description="Build the bid side from GM_GRID_LEVELS and GM_GRID_SPAN_PCT in place of GM_LAYERS."),
        About("", "the ladder of the bid side (step 16)", "STRATEGY 4.2"),
    ] = False
    GM_GRID_LEVELS: Annotated[
        int,
        Field(ge=2, le=10, description="Rungs of the bid side while GM_GRID is on."),
        About("rungs", "the ladder of the bid side (step 16)", "STRATEGY 4.2"),
    ] = 3
    GM_GRID_SPAN_PCT: Annotated[
        float,
        Field(ge=0.1, le=5, description="Distance from the first bid rung to the last while GM_GRID is on."),
        About("% of the bid", "the ladder of the bid side (step 16)", "STRATEGY 4.2"),
    ] = 0.5
