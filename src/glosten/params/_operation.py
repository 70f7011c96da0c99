"""Parameters of runtime and exchange: logs, warm-up, guards against losing exits, budgets."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from glosten.params._about import About, Formula
from glosten.params._declaration import Declaration


class RuntimeAndExchange(Declaration):
    """Runtime & Exchange."""

    LOG_LEVEL: Annotated[
        Literal["SILENT", "NORMAL", "DEBUG"],
        Formula(
            "SILENT < NORMAL < DEBUG: each says what the one before says, and more",
            "Ten quiet decisions: no line, ten lines, more than ten lines.",
        ),
        Field(
            description="SILENT: errors, breakers and gate changes. NORMAL: one line a decision and order events as "
            "well. DEBUG: the model's state and every reason as well."
        ),
        About("", "the log", "STRATEGY 4.6"),
    ] = "NORMAL"
    WARMUP_CYCLES: Annotated[
        int,
        Formula("no order while cycle <= WARMUP_CYCLES", "5: the first order can come in cycle 6. 0: in cycle 1."),
        Field(ge=0, le=30, description="Decisions after a start during which the maker watches and places no order."),
        About("decision cycles", "all orders at the start (step 9)", "STRATEGY 4.6", live=False),
    ] = 5
    MIN_ORDER_QUOTE: Annotated[
        float,
        Formula(
            "m = max(MIN_ORDER_QUOTE, venue's smallest notional, venue's smallest size times price); fewer rungs where "
            "one would be less than m",
            "5: a side of 18 in four layers becomes three rungs of 6, a side of 4 is left out.",
        ),
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
        Formula(
            "a resting sell needs price >= BE_m, an immediate one worst price >= BE_t",
            "true with c 100.02: an ask of 100.03 is withheld, one of 100.05 is not.",
        ),
        Field(description="Refuse every sell below the break-even of what is held, entry and exit fees included."),
        About("", "sells (step 19) and the ask clamp (step 13)", "STRATEGY 4.6"),
    ] = True
    NO_POST_ONLY: Annotated[
        bool,
        Formula(
            "post-only = not NO_POST_ONLY and runtime.supports_post_only",
            "true: quotes carry no post-only flag, and one that crosses pays GM_FEE.",
        ),
        Field(description="Send quotes as plain limit orders, for a venue without post-only. Such a quote may take."),
        About("", "the flag of quotes (step 21)", "STRATEGY 4.6"),
    ] = False
    GM_TRACE: Annotated[
        bool,
        Formula(
            "trace = GM_TRACE or QUANTRODUCTION_TRACE or TRACE_ALL",
            "true: logs/gm/<exchange>/BTC-USDT/20240808.jsonl with one cycle record a decision.",
        ),
        Field(description="Write one JSON line for every decision of this pair."),
        About("", "the trace file (step 22)", "STRATEGY 4.6"),
    ] = False
    VERBOSE_LOGS: Annotated[
        bool,
        Formula(
            "dashboards: one at the start, and while this is true one every VERBOSE_INTERVAL_MIN",
            "65 minutes at an interval of 30: three dashboards. false: one.",
        ),
        Field(description="Print the whole dashboard every VERBOSE_INTERVAL_MIN minutes instead of once a start."),
        About("", "the dashboard (step 22)", "STRATEGY 4.6"),
    ] = False
    VERBOSE_INTERVAL_MIN: Annotated[
        float,
        Formula(
            "next dashboard = last dashboard + VERBOSE_INTERVAL_MIN, while VERBOSE_LOGS is true",
            "30 over 65 minutes: dashboards at 0, 30 and 60.",
        ),
        Field(ge=5, le=240, description="Time between two dashboards while VERBOSE_LOGS is on."),
        About("minutes", "the dashboard (step 22)", "STRATEGY 4.6"),
    ] = 30.0
    BE_GUARD_BLOCK_MARKET_SELLS: Annotated[
        bool,
        Formula(
            "hard (true): no sell below break-even at all; soft (false): a drawdown close, a flatten and a rebalance "
            "may",
            "c 100.02, bid 95, the drawdown breaker trips. true: held. false: sold.",
        ),
        Field(description="Whether BE_GUARD binds immediate exits too (the hard guard) or only resting sells (soft)."),
        About("", "immediate exits (step 19)", "STRATEGY 4.6"),
    ] = True
    SCRATCH_LIVENESS_MIN: Annotated[
        float,
        Formula(
            "N > 0, minutes since our last fill >= N and bid >= BE_t 1.0001: sell all, at BE_t 1.0001 or better",
            "30 with c 100.02: a bid of 100.14 is taken, one of 100.13 is not (the trigger is 100.130132).",
        ),
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
        Formula(
            "idle decisions >= CONSEC_RESET_CYCLES: streak = 0 and its breaker clears",
            "480, tripped in cycle 100 and nothing after: cleared in cycle 580, two hours later at 15 s.",
        ),
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
        Formula(
            "f > 0: threshold = min(max(f range10, 2), 100) bps, range10 = (highest high - lowest low of the last ten "
            "closed candles) / mid",
            "0.05 at a range of 1 %: 5 bps. At a range of 20 bps: 2. 0.5 at 500 bps: 100.",
        ),
        Field(
            ge=0,
            le=0.5,
            description="Share of the high-low range of the last ten candles that replaces "
            "GM_STALE_DRIFT_BPS, held between 2 and 100 bps. 0 keeps the fixed threshold.",
        ),
        About("fraction of the range", "resting orders (step 18)", "STRATEGY 4.6"),
    ] = 0.0
    SKEW_QTY_MAX: Annotated[
        float,
        Formula(
            "R = 1 + (SKEW_QTY_MAX - 1) D, D = (x - t) / (1 - t) above the target t and (t - x) / t below; the light "
            "side is GM_TL / R",
            "2.5 with t 0.5: at x 0.6 R = 1.3 and bids 692.31; at x 0.8 R = 1.9 and bids 473.68.",
        ),
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
        Formula(
            "t in D of SKEW_QTY_MAX; the first start aims at min(t, the exposure caps)",
            "0.3 at x 0.6: R = 1.642857, bids 547.83.",
        ),
        Field(ge=0.1, le=0.9, description="Share of A that should be held in coins."),
        About("fraction of A", "the sizes of the sides (step 14) and the first start (step 10)", "STRATEGY 4.6"),
    ] = 0.5
    PORTFOLIO_INCLUDE: Annotated[
        bool,
        Formula(
            "true: (A, inv) of this pair enter r = sum inv / sum A, and PORTFOLIO_EXP_BUDGET binds it; false: neither",
            "false: no trade of this pair ever changes r.",
        ),
        Field(description="Whether this pair counts in the portfolio and obeys PORTFOLIO_EXP_BUDGET."),
        About("", "the portfolio ledger (step 9)", "STRATEGY 4.6"),
    ] = True
    PORTFOLIO_EXP_BUDGET: Annotated[
        float,
        Formula(
            "r = sum inv / sum A over included pairs; bids <= budget sum A - sum inv",
            "0.6 with A 9090 and 5000: inv 5000 and 3000 leave 454; inv 5000 and 3800 leave nothing.",
        ),
        Field(
            ge=0,
            le=1,
            description="Most of the allocations of all included pairs that may be held in coins before "
            "this pair stops buying. 0 turns this off.",
        ),
        About("fraction of the summed A", "the size of the bid side (step 15)", "STRATEGY 4.6"),
    ] = 0.0
    PAIR_EXP_BUDGET: Annotated[
        float,
        Formula("inv + bids <= min(GM_MAX_EXP / 100, PAIR_EXP_BUDGET) A", "0.2 with A 9090: at most 1818 in coins."),
        Field(
            ge=0, le=1, description="Like GM_MAX_EXP, for this pair alone; the lower of the two binds. 0 turns it off."
        ),
        About("fraction of A", "the size of the bid side (step 15)", "STRATEGY 4.6"),
    ] = 0.0
    DISABLE_BREAKER_WINDDOWN: Annotated[
        bool,
        Formula(
            "breaker open and false: sell all once bid >= BE_t 1.0001; true: hold",
            "Breaker open, c 100.02. false: sold at 100.14, held at 100.00. true: held at both.",
        ),
        Field(description="With a tripped breaker, hold what is held (true) or sell it once the bid pays (false)."),
        About("", "immediate exits while a breaker is active (step 20)", "STRATEGY 4.6"),
    ] = False
    TRACE_ALL: Annotated[
        bool,
        Formula(
            "trace = GM_TRACE or QUANTRODUCTION_TRACE or TRACE_ALL, this one for every pair and with a block on the "
            "console",
            "true: a block of [TRACE] lines for every decision beside the file.",
        ),
        Field(description="Trace every pair of the process, with a summary on the console."),
        About("", "the trace files (step 22)", "STRATEGY 4.6"),
    ] = False
