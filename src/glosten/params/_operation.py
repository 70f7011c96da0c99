"""Parameters of runtime and exchange: logs, warm-up, guards against losing exits, budgets."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from glosten.params._about import About
from glosten.params._declaration import Declaration


class RuntimeAndExchange(Declaration):
    """Runtime & Exchange."""

    LOG_LEVEL: Annotated[
        Literal["SILENT", "NORMAL", "DEBUG"],
        Field(
            description="SILENT: errors, breakers and gate changes. NORMAL: one line a decision and order events as "
            "well. DEBUG: the model's state and every reason as well."
        ),
        About("", "the log", "STRATEGY 4.6", acted_on=False),
    ] = "NORMAL"
    WARMUP_CYCLES: Annotated[
        int,
        Field(ge=0, le=30, description="Decisions after a start during which the maker watches and places no order."),
        About("decision cycles", "all orders at the start (step 9)", "STRATEGY 4.6", live=False),
    ] = 5
    MIN_ORDER_QUOTE: Annotated[
        float,
        Field(
            ge=1,
            le=25,
            description="Smallest notional of an order; the venue's own minimum holds where it is "
            "larger. Rungs below it are merged, a side below it is left out.",
        ),
        About("cash", "the ladder (step 17)", "STRATEGY 4.6"),
    ] = 5.0
    BE_GUARD: Annotated[
        bool,
        Field(description="Refuse every sell below the break-even of what is held, entry and exit fees included."),
        About("", "sells (step 19) and the ask clamp (step 13)", "STRATEGY 4.6"),
    ] = True
    NO_POST_ONLY: Annotated[
        bool,
        Field(description="Send quotes as plain limit orders, for a venue without post-only. Such a quote may take."),
        About("", "the flag of quotes (step 21)", "STRATEGY 4.6"),
    ] = False
    GM_TRACE: Annotated[
        bool,
        Field(description="Write one JSON line for every decision of this pair."),
        About("", "the trace file (step 22)", "STRATEGY 4.6", acted_on=False),
    ] = False
    VERBOSE_LOGS: Annotated[
        bool,
        Field(description="Print the whole dashboard every VERBOSE_INTERVAL_MIN minutes instead of once a start."),
        About("", "the dashboard (step 22)", "STRATEGY 4.6", acted_on=False),
    ] = False
    VERBOSE_INTERVAL_MIN: Annotated[
        float,
        Field(ge=5, le=240, description="Time between two dashboards while VERBOSE_LOGS is on."),
        About("minutes", "the dashboard (step 22)", "STRATEGY 4.6", acted_on=False),
    ] = 30.0
    BE_GUARD_BLOCK_MARKET_SELLS: Annotated[
        bool,
        Field(description="Whether BE_GUARD binds immediate exits too (the hard guard) or only resting sells (soft)."),
        About("", "immediate exits (step 19)", "STRATEGY 4.6"),
    ] = True
    SCRATCH_LIVENESS_MIN: Annotated[
        float,
        Field(
            ge=0,
            le=120,
            description="After so long without a fill, sell what is held at once if the bid pays for "
            "it. 0 turns this off.",
        ),
        About("minutes", "immediate exits (step 20)", "STRATEGY 4.6"),
    ] = 0.0
    CONSEC_RESET_CYCLES: Annotated[
        int,
        Field(
            ge=60,
            le=2880,
            description="Decisions without a fill or an order after which a losing streak is "
            "forgotten and its breaker cleared.",
        ),
        About("decision cycles", "the losing-streak breaker (step 9)", "STRATEGY 4.6"),
    ] = 480
    DRIFT_ATR_FRAC: Annotated[
        float,
        Field(
            ge=0,
            le=0.5,
            description="Share of the high-low range of the last ten candles that replaces "
            "GM_STALE_DRIFT_BPS, held between 2 and 100 bps. 0 keeps the fixed threshold.",
        ),
        About("fraction of the range", "resting orders (step 18)", "STRATEGY 4.6", acted_on=False),
    ] = 0.0
    SKEW_QTY_MAX: Annotated[
        float,
        Field(
            ge=1,
            le=5,
            description="Largest ratio between the two sides' sizes: the side that would move inventory "
            "away from its target shrinks. 1 quotes both sides alike.",
        ),
        About("ratio", "the sizes of the sides (step 14)", "STRATEGY 4.6"),
    ] = 2.5
    SKEW_QTY_TARGET: Annotated[
        float,
        Field(ge=0.1, le=0.9, description="Share of A that should be held in coins."),
        About("fraction of A", "the sizes of the sides (step 14) and the first start (step 10)", "STRATEGY 4.6"),
    ] = 0.5
    PORTFOLIO_INCLUDE: Annotated[
        bool,
        Field(description="Whether this pair counts in the portfolio and obeys PORTFOLIO_EXP_BUDGET."),
        About("", "the portfolio ledger (step 9)", "STRATEGY 4.6", acted_on=False),
    ] = True
    PORTFOLIO_EXP_BUDGET: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Most of the allocations of all included pairs that may be held in coins before "
            "this pair stops buying. 0 turns this off.",
        ),
        About("fraction of the summed A", "the size of the bid side (step 15)", "STRATEGY 4.6", acted_on=False),
    ] = 0.0
    PAIR_EXP_BUDGET: Annotated[
        float,
        Field(
            ge=0, le=1, description="Like GM_MAX_EXP, for this pair alone; the lower of the two binds. 0 turns it off."
        ),
        About("fraction of A", "the size of the bid side (step 15)", "STRATEGY 4.6"),
    ] = 0.0
    DISABLE_BREAKER_WINDDOWN: Annotated[
        bool,
        Field(description="With a tripped breaker, hold what is held (true) or sell it once the bid pays (false)."),
        About("", "immediate exits while a breaker is active (step 20)", "STRATEGY 4.6"),
    ] = False
    TRACE_ALL: Annotated[
        bool,
        Field(description="Trace every pair of the process, with a summary on the console."),
        About("", "the trace files (step 22)", "STRATEGY 4.6", acted_on=False),
    ] = False
