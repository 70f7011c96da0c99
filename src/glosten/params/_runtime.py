"""What the strategy's page leaves open and a program must know: clocks, loss limits, units, the mode."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from glosten.params._about import About, Formula
from glosten.params._declaration import Declaration


class Runtime(Declaration):
    """Runtime settings."""

    PREFIX: ClassVar[str] = "runtime."

    cycle_seconds: Annotated[
        float,
        Formula("decisions at start + k cycle_seconds; 0: after every event", "15: 240 decisions an hour, 5760 a day."),
        Field(
            ge=0,
            le=86_400,
            description="Time between two decisions, of the tape or of the wall: at least 0.1; 0 "
            "decides after every event, for research.",
        ),
        About("s", "when the maker decides", "STRATEGY 0 R1"),
    ] = 15.0
    decide_on_fill: Annotated[
        bool,
        Formula(
            "a fill runs steps 6 to 21 without counting a cycle",
            "true with cycle_seconds 15: a fill at second 7 is answered at once, not at second 15.",
        ),
        Field(description="Decide also right after each fill of our own; such a decision does not count as a cycle."),
        About("", "when the maker decides", "STRATEGY 0 R1"),
    ] = False
    consec_loss_limit: Annotated[
        int,
        Formula("losses in a row >= consec_loss_limit trips", "3: the third closed sell with a loss stops entries."),
        Field(ge=1, le=1000, description="Losing sells in a row that trip the losing-streak breaker."),
        About("closed sells", "the losing-streak breaker (step 9)", "STRATEGY 5.2"),
    ] = 3
    daily_loss_pct: Annotated[
        float,
        Formula(
            "realised result of the UTC day <= -daily_loss_pct / 100 A(00:00) trips; 0: never",
            "2.5 with A 9090: -227.25.",
        ),
        Field(ge=0, le=100, description="Realised loss of one UTC day that trips the daily breaker. 0 turns it off."),
        About("% of A", "the daily breaker (step 9)", "STRATEGY 5.2"),
    ] = 2.5
    max_data_age_s: Annotated[
        float,
        Formula(
            "now - last message or heartbeat > max_data_age_s: every quote is cancelled",
            "30: a stream silent since 31 s leaves no order of ours at the venue.",
        ),
        Field(ge=0.1, le=86_400, description="Silence of the market data after which every quote is cancelled."),
        About("s", "all orders (step 1)", "STRATEGY 0 R4"),
    ] = 30.0
    requote_qty_tol: Annotated[
        float,
        Formula(
            "|what is left of an order - target| > requote_qty_tol target: cancel and place anew",
            "0.25 with a target of 2.25: an order of which 1.70 is left stays, 1.68 does not.",
        ),
        Field(
            ge=0, le=1, description="How far the rest of an order may be from its wanted size before it is replaced."
        ),
        About("fraction of the size", "resting orders (step 18)", "STRATEGY 4.7"),
    ] = 0.25
    initial_cost_basis: Annotated[
        float | None,
        Formula(
            "c at the first start; empty: the mid of that moment",
            "99.5: coins found at the start break even (maker) at 99.5199.",
        ),
        Field(
            ge=1e-12,
            le=1e12,
            description="What coins found at the first start have cost, fees included. Left "
            "empty, the mid price of that moment.",
        ),
        About(
            "quote units per coin", "the break-even of coins found at the start", "STRATEGY 4.6 BE_GUARD", live=False
        ),
    ] = None
    obs_source: Annotated[
        Literal["own_fills", "tape"],
        Formula(
            "own_fills: fills of one side within 1 s are one observation; tape: prints of one side and millisecond are "
            "one",
            '"tape": every market order moves the belief, also those that miss our quotes.',
        ),
        Field(description="What moves the belief: fills of our own orders, or every aggressor order on the tape."),
        About("", "belief (step 6)", "STRATEGY 10.2", live=False),
    ] = "own_fills"
    mode: Annotated[
        Literal["paper", "live", "backtest"],
        Formula("backtest: recorded tape; paper: live data, no orders; live: a venue", '"backtest".'),
        Field(description="What the maker trades on: a recorded tape, live data without orders, or a venue."),
        About("", "the host of the maker", "STRATEGY 10.8", live=False),
    ] = "backtest"
    supports_post_only: Annotated[
        bool,
        Formula("post-only = not NO_POST_ONLY and supports_post_only", "false: quotes go out as plain limit orders."),
        Field(description="Whether the venue takes post-only orders."),
        About("", "the flag of quotes (step 21)", "STRATEGY 4.6 NO_POST_ONLY", live=False),
    ] = True
    quote_unit: Annotated[
        float,
        Formula("amount in quote units = cash key / quote_unit", "190 on an ETH pair: GM_TL 900 is 4.7368 ETH a side."),
        Field(
            ge=1e-9,
            le=1e9,
            description="Price of one unit of the quote asset in the currency of the cash keys: "
            "with 190, an ETH-quoted pair reads them as dollars.",
        ),
        About(
            "currency per quote unit",
            "TRADING_LIMIT, GM_TL, GM_CAPITAL_ALLOC, MIN_ORDER_QUOTE",
            "STRATEGY 0 R7",
            live=False,
        ),
    ] = 1.0

    fill_model: Annotated[
        Literal["optimistic", "queue_cancels", "queue_trades", "trade_through"],
        Formula(
            "lots ahead of us at our price: optimistic 0; queue_trades: displayed when we joined - prints since; "
            "queue_cancels: - cancellations ahead too; trade_through: only prints beyond our price fill",
            "1.0 displayed when we joined, prints of 0.6 and 0.6: queue_trades fills 0.2, trade_through nothing, "
            "optimistic 1.2.",
        ),
        Field(
            description="What a backtest assumes of the queue ahead of our orders, from the loosest to the strictest."
        ),
        About("", "fills of a backtest", "STRATEGY 10.8; ENGINES 4", live=False),
    ] = "queue_trades"
    fill_seed: Annotated[
        int,
        Formula(
            "P(cancelled lots were ahead) = ahead / displayed, drawn from the stream (fill_seed, queue)",
            "0: the same draws in every run.",
        ),
        Field(
            ge=0,
            le=2_147_483_647,
            description="Seed of the draws of queue_cancels, which say where a cancelled order stood.",
        ),
        About("seed", "fills of a backtest with queue_cancels", "STRATEGY 10.8; ENGINES 4", live=False),
    ] = 0
    feed_latency_ms: Annotated[
        float,
        Formula(
            "the maker hears of a quote or print at t + feed latency",
            "50: a quote of 12:00:00.000 is known at 12:00:00.050.",
        ),
        Field(ge=0, le=3_600_000, description="How long market data are under way from the venue to the maker."),
        About("ms", "what the maker of a backtest knows", "STRATEGY 10.8; ENGINES 2", live=False),
    ] = 0.0
    order_latency_ms: Annotated[
        float,
        Formula(
            "a request sent at t is carried out at t + order latency, in the order sent",
            "20: an order cancelled at 12:00:00.000 can still be filled until 12:00:00.020.",
        ),
        Field(ge=0, le=3_600_000, description="How long a placement or a cancel is under way to the venue."),
        About("ms", "when requests of a backtest arrive", "STRATEGY 10.8; ENGINES 2", live=False),
    ] = 0.0
    response_latency_ms: Annotated[
        float,
        Formula(
            "the maker hears of an answer or a fill at t + response latency, in the order sent",
            "20: a fill of 12:00:00.000 is booked at 12:00:00.020.",
        ),
        Field(ge=0, le=3_600_000, description="How long the venue's answers and fills are under way to the maker."),
        About("ms", "when the maker of a backtest hears of its orders", "STRATEGY 10.8; ENGINES 2", live=False),
    ] = 0.0
    latency_file: Annotated[
        str,
        Formula(
            "latency(t) is linear between the rows around t, constant before the first and after the last",
            '"latency.csv" with ts_ns, feed_ms, order_ms, response_ms: each column replaces its constant.',
        ),
        Field(
            max_length=400,
            description="Measured latencies, parquet or csv, beside the configuration: ts_ns and any of feed_ms, "
            "order_ms, response_ms, or latency_ms for orders and responses alike.",
        ),
        About("path", "the three latencies", "STRATEGY 10.8; ENGINES 2", live=False),
    ] = ""
    fee_asset: Annotated[
        Literal["quote", "base", "other"],
        Formula(
            "quote: cash; base: a purchase brings lots (1 - fee) and a sale pays in cash; other: a cost that leaves "
            "cash and coins alone",
            '"base" with GM_MAKER_FEE 0.1: a purchase of 1 brings 0.999.',
        ),
        Field(
            description="In what the venue takes its fees: the quote asset, the coin a purchase brings, or a third "
            "asset that is always in stock (its rate is the one with the discount)."
        ),
        About("", "cash, coins and their cost (step 6)", "STRATEGY 10.8; ENGINES 6", live=False),
    ] = "quote"

    @field_validator("cycle_seconds", mode="after")
    @classmethod
    def _not_faster_than_a_venue_bears(cls, value: float) -> float:
        if 0 < value < 0.1:
            raise PydanticCustomError("out_of_range", "must be 0 (after every event) or at least 0.1 s")
        return value

    @field_validator("latency_file", mode="after")
    @classmethod
    def _a_table(cls, value: str) -> str:
        if value and not value.endswith((".parquet", ".pq", ".csv")):
            raise PydanticCustomError("out_of_range", "must name a .parquet or .csv file, or be empty")
        return value

    @field_validator("mode", mode="after")
    @classmethod
    def _only_what_is_built(cls, value: str) -> str:
        if value != "backtest":
            raise PydanticCustomError("not_built", "is not built yet, only backtest is")
        return value
