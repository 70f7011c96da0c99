"""Parameters of safety and tuning, the ladder, and the net under booked profits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from glosten.params._about import About, Formula
from glosten.params._declaration import Declaration


class SafetyAndTuning(Declaration):
    """Safety & Tuning (v1.0-beta)."""

    GM_ANCHOR_MAX_DEV_BPS: Annotated[
        float,
        Formula(
            "10000 |anchor / mid - 1| > GM_ANCHOR_MAX_DEV_BPS: anchor = mid and pi = 0.5",
            "50 with anchor 100: mid 100.51 (50.74 bps) snaps, mid 100.49 (48.76 bps) does not.",
        ),
        Field(
            ge=10,
            le=500,
            description="Distance between anchor and mid beyond which the anchor jumps to mid and "
            "the belief returns to 1/2.",
        ),
        About("bps", "anchor and belief (step 8)", "STRATEGY 4.7"),
    ] = 50.0
    GM_ASK_CLAMP_BUFFER_BPS: Annotated[
        float,
        Formula(
            "ask = max(ask, BE_m (1 + GM_ASK_CLAMP_BUFFER_BPS / 10000)) while BE_GUARD is on",
            "2 with c 100.02: no ask below 100.060016. 20: none below 100.240088.",
        ),
        Field(ge=0, le=50, description="Distance above break-even to which BE_GUARD lifts an ask."),
        About("bps", "the ask (step 13)", "STRATEGY 4.7"),
    ] = 2.0
    GM_CROSS_PROT_BPS: Annotated[
        float,
        Formula(
            "ask = max(ask, best bid (1 + k)), bid = min(bid, best ask (1 - k)), k = GM_CROSS_PROT_BPS / 10000",
            "1 at 99.99 / 100.01 and belief 0.95: the bid of 100.36964 becomes 99.999999, and 99.99 in ticks.",
        ),
        Field(ge=0, le=20, description="Least distance of a quote from the opposite side of the market."),
        About("bps", "quoted prices (step 13)", "STRATEGY 4.7"),
    ] = 1.0
    GM_DISABLE_ASK_CLAMP: Annotated[
        bool,
        Formula(
            "true: the ask stays where the model put it",
            "true with BE_GUARD and a raw ask below BE_m: the ask is withheld, reason be_block.",
        ),
        Field(description="Leave an ask below break-even where the model put it; while BE_GUARD is on it is dropped."),
        About("", "the ask (step 13)", "STRATEGY 4.7"),
    ] = False
    GM_DISABLE_CROSS_PROT: Annotated[
        bool,
        Formula(
            "true: quotes stay where the model put them",
            "true at belief 0.95: a bid of 100.36 against an ask of 100.01 is withheld, reason would_cross.",
        ),
        Field(description="Leave quotes that cross the market where the model put them; post-only ones are not sent."),
        About("", "quoted prices (step 13)", "STRATEGY 4.7"),
    ] = False
    GM_PERIOD: Annotated[
        str,
        Formula(
            "half-life of the anchor = GM_ANCHOR_EMA GM_PERIOD minutes; empty: PERIOD",
            '"5" with GM_ANCHOR_EMA 500: 41.67 h.',
        ),
        Field(
            pattern=r"^([1-9][0-9]{0,3})?$",
            description="Candle length of the anchor's clock and of the price range, 1 to 9999. Empty takes PERIOD.",
        ),
        About("minutes", "the anchor (step 7) and the range of the last candles (step 18)", "STRATEGY 4.7"),
    ] = "1"
    GM_STALE_DRIFT_BPS: Annotated[
        float,
        Formula(
            "10000 |order / target - 1| > GM_STALE_DRIFT_BPS: cancel and place anew",
            "8 and an order at 100.00: a target of 100.09 (8.99 bps) moves it, 100.07 (6.995 bps) does not.",
        ),
        Field(ge=1, le=50, description="A resting order further than this from where it should be is moved."),
        About("bps", "resting orders (step 18)", "STRATEGY 4.7"),
    ] = 8.0
    STRICT_LITERATURE: Annotated[
        bool,
        Formula(
            "BE_GUARD = false, GM_DISABLE_ASK_CLAMP = true, GM_DISABLE_CROSS_PROT = true, DRIFT_ATR_FRAC = 0, "
            "SKEW_QTY_MAX = 1, SCRATCH_LIVENESS_MIN = 0, DISABLE_BREAKER_WINDDOWN = true",
            "true: `glosten config show FILE --effective` marks the keys it changed.",
        ),
        Field(
            description="Switch off what operators added to the paper: break-even guard, ask clamp, cross "
            "protection, adaptive drift, size skew, scratch exits, wind-down. Gates, caps and breakers stay."
        ),
        About("", "seven other parameters (step 0)", "STRATEGY 4.7"),
    ] = False
    NO_CLOSE_MARKET: Annotated[
        bool,
        Formula(
            "an exit becomes a post-only ask at max(best ask, BE_m (1 + GM_ASK_CLAMP_BUFFER_BPS / 10000)), without the "
            "second where the guard lets the exit pass",
            "true, a scratch at 100.14 / 100.16 with c 100.02: an ask of 100.16.",
        ),
        Field(description="Close positions with resting post-only asks only, never with an immediate sell."),
        About("", "immediate exits (step 19)", "STRATEGY 4.7"),
    ] = False
    QUANTRODUCTION_TRACE: Annotated[
        bool,
        Formula("trace = GM_TRACE or QUANTRODUCTION_TRACE or TRACE_ALL", "true: as GM_TRACE = true."),
        Field(description="Another name of GM_TRACE, kept for configurations that use it."),
        About("", "the trace file (step 22)", "STRATEGY 4.7"),
    ] = False
    RESET_BREAKER_ONCE: Annotated[
        bool,
        Formula(
            "at the next decision: no breaker open, streak = 0, daily loss counts from here, peak = EQ",
            "A drawdown of 6 % latched, set to true: the next decision quotes, peak is EQ, and the file says false.",
        ),
        Field(
            description="Clear every breaker at the next decision and start peak and streak anew; then it is false "
            "again."
        ),
        About("", "breakers (step 3)", "STRATEGY 4.7"),
    ] = False
    RESET_STATS_ONCE: Annotated[
        bool,
        Formula(
            "at the next decision: wins = losses = session profit = largest drawdown = daily profit = 0, peak = EQ",
            "5 wins become 0; lifetime profit and an open breaker stay.",
        ),
        Field(
            description="Set the session's counters to zero at the next decision; lifetime profit stays. Then it is "
            "false again."
        ),
        About("", "session counters (step 3)", "STRATEGY 4.7"),
    ] = False


class LadderedQuoting(Declaration):
    """Laddered Quoting."""

    GM_LAYERS: Annotated[
        int,
        Formula(
            "each side is split into GM_LAYERS equal rungs; rungs of one tick are one order",
            "4 with a side of 900: four rungs of 225.",
        ),
        Field(ge=1, le=8, description="Rungs a side is split into, of equal size."),
        About("rungs", "the ladder (step 16)", "STRATEGY 4.7"),
    ] = 4
    GM_LAYER_SPAN_BPS: Annotated[
        float,
        Formula(
            "ask rung i = ask (1 + i / (n - 1) GM_LAYER_SPAN_BPS / 10000), bids mirrored",
            "10 with an ask of 100.15506 and 4 layers: 100.16, 100.19, 100.23, 100.26 in ticks of 0.01.",
        ),
        Field(ge=0, le=50, description="Distance from the first rung of a side to its last, away from the market."),
        About("bps", "the ladder (step 16)", "STRATEGY 4.7"),
    ] = 10.0


class PortfolioAndRuntime(Declaration):
    """Portfolio & Runtime (per-pair overrides)."""

    SPREAD_PNL_JUMP_GUARD: Annotated[
        float,
        Formula(
            "a closed sell with |result| > SPREAD_PNL_JUMP_GUARD A counts nowhere but in the ledger",
            "0.5 with A 9090: a result of 5000 is kept out of the counters, one of -300 is a loss.",
        ),
        Field(
            ge=0.1,
            le=1,
            description="A single realised result larger than this share of A is kept out of wins, "
            "streaks and daily totals, as a glitch or a transfer. The ledger books it all the same.",
        ),
        About("fraction of A", "counters (step 6)", "STRATEGY 4.7"),
    ] = 0.5
