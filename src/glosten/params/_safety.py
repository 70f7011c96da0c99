"""Parameters of safety and tuning, the ladder, and the net under booked profits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from glosten.params._about import About
from glosten.params._declaration import Declaration


class SafetyAndTuning(Declaration):
    """Safety & Tuning (v1.0-beta)."""

    GM_ANCHOR_MAX_DEV_BPS: Annotated[
        float,
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
        Field(ge=0, le=50, description="Distance above break-even to which BE_GUARD lifts an ask."),
        About("bps", "the ask (step 13)", "STRATEGY 4.7"),
    ] = 2.0
    GM_CROSS_PROT_BPS: Annotated[
        float,
        Field(ge=0, le=20, description="Least distance of a quote from the opposite side of the market."),
        About("bps", "quoted prices (step 13)", "STRATEGY 4.7"),
    ] = 1.0
    GM_DISABLE_ASK_CLAMP: Annotated[
        bool,
        Field(description="Leave an ask below break-even where the model put it; while BE_GUARD is on it is dropped."),
        About("", "the ask (step 13)", "STRATEGY 4.7"),
    ] = False
    GM_DISABLE_CROSS_PROT: Annotated[
        bool,
        Field(description="Leave quotes that cross the market where the model put them; post-only ones are not sent."),
        About("", "quoted prices (step 13)", "STRATEGY 4.7"),
    ] = False
    GM_PERIOD: Annotated[
        str,
        Field(
            pattern=r"^([1-9][0-9]{0,3})?$",
            description="Candle length of the anchor's clock and of the price range, 1 to 9999. Empty takes PERIOD.",
        ),
        About("minutes", "the anchor (step 7) and the range of the last candles (step 18)", "STRATEGY 4.7"),
    ] = "1"
    GM_STALE_DRIFT_BPS: Annotated[
        float,
        Field(ge=1, le=50, description="A resting order further than this from where it should be is moved."),
        About("bps", "resting orders (step 18)", "STRATEGY 4.7"),
    ] = 8.0
    STRICT_LITERATURE: Annotated[
        bool,
        Field(
            description="Switch off what operators added to the paper: break-even guard, ask clamp, cross "
            "protection, adaptive drift, size skew, scratch exits, wind-down. Gates, caps and breakers stay."
        ),
        About("", "seven other parameters (step 0)", "STRATEGY 4.7"),
    ] = False
    NO_CLOSE_MARKET: Annotated[
        bool,
        Field(description="Close positions with resting post-only asks only, never with an immediate sell."),
        About("", "immediate exits (step 19)", "STRATEGY 4.7"),
    ] = False
    QUANTRODUCTION_TRACE: Annotated[
        bool,
        Field(description="Another name of GM_TRACE, kept for configurations that use it."),
        About("", "the trace file (step 22)", "STRATEGY 4.7", acted_on=False),
    ] = False
    RESET_BREAKER_ONCE: Annotated[
        bool,
        Field(
            description="Clear every breaker at the next decision and start peak and streak anew; then it is false "
            "again."
        ),
        About("", "breakers (step 3)", "STRATEGY 4.7", acted_on=False),
    ] = False
    RESET_STATS_ONCE: Annotated[
        bool,
        Field(
            description="Set the session's counters to zero at the next decision; lifetime profit stays. Then it is "
            "false again."
        ),
        About("", "session counters (step 3)", "STRATEGY 4.7", acted_on=False),
    ] = False


class LadderedQuoting(Declaration):
    """Laddered Quoting."""

    GM_LAYERS: Annotated[
        int,
        Field(ge=1, le=8, description="Rungs a side is split into, of equal size."),
        About("rungs", "the ladder (step 16)", "STRATEGY 4.7"),
    ] = 4
    GM_LAYER_SPAN_BPS: Annotated[
        float,
        Field(ge=0, le=50, description="Distance from the first rung of a side to its last, away from the market."),
        About("bps", "the ladder (step 16)", "STRATEGY 4.7"),
    ] = 10.0


class PortfolioAndRuntime(Declaration):
    """Portfolio & Runtime (per-pair overrides)."""

    SPREAD_PNL_JUMP_GUARD: Annotated[
        float,
        Field(
            ge=0.1,
            le=1,
            description="A single realised result larger than this share of A is kept out of wins, "
            "streaks and daily totals, as a glitch or a transfer. The ledger books it all the same.",
        ),
        About("fraction of A", "counters (step 6)", "STRATEGY 4.7"),
    ] = 0.5
