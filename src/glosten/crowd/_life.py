"""The life of a path, period by period, and what many paths add up to.

A loop that asks agents written in Python calls the same functions one by one as the compiled loop, so both live the
same life to the last bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.crowd._deciding import decide, start_trader
from glosten.crowd._exchange import open_account, pay_out, post, settle
from glosten.crowd._fundamental import Tape, draw_value, perceived, place_of
from glosten.crowd._quoting import hear, start_maker, wish_all
from glosten.crowd._roster import ASK, BID, FLOW, MID, NEWS, NO_ASK, NO_BID, TOLD_TIME, VALUE, Path, Roster
from glosten.statistics import bits, uniform

Floats = NDArray[np.float64]

SPREAD, MIDDLE, ERROR = range(3)
CURVES = 3
PNL, SPOT, INVENTORY, ORDERS, VOLUME = range(5)
FIGURES = 5
"""Of an account over a path: gain at the final value, gain at the values of the time, final holdings, trades, lots."""
LAGS = 10
"""Trade signs are compared over so many lags."""


@jit
def start_path(roster: Roster, path: Path, number: int) -> None:
    """Reset everything and draw the value of the path with that number."""
    draw_value(roster, path.tape, bits(roster.keys[0], number))
    path.scene[0]["arrivals"], path.scene[0]["trades"] = bits(roster.keys[1], number), 0
    path.tape[0, FLOW] = 0
    for trader in range(roster.traders.size):
        key = roster.keys[2 + trader]
        start_trader(path.traders[trader], bits(key, 2 * number), bits(key, 2 * number + 1))
        open_account(path.traders[trader])
    for place in range(roster.makers.size):
        key = roster.keys[2 + roster.traders.size + place]
        start_maker(roster.makers[place], path.makers[place], bits(key, number))
        open_account(path.makers[place])


@jit
def break_news(roster: Roster, path: Path, period: int) -> None:
    """Let the makers hear the news of a period; what is held is paid out where everybody knows of a new value."""
    hear(roster, path, period)
    for number in range(roster.sources.size):
        source = roster.sources[number]
        came = (path.tape[period, NEWS] >> number) & 1
        if came and period > 0 and source["redraw"] != 0 and source["told"] == TOLD_TIME:
            pay_out(path.traders, path.tape[period - 1, VALUE])
            pay_out(path.makers, path.tape[period - 1, VALUE])


@jit
def arrives(market: np.void, arrivals: Floats, draw: float) -> int:
    """Return which trader comes on a uniform draw; -1 for nobody."""
    quiet = market["quiet"]
    if draw < quiet:
        return -1
    return place_of((draw - quiet) / (1.0 - quiet), arrivals, 0, arrivals.size)


@jit
def live_path(roster: Roster, path: Path, number: int, fills: NDArray[np.int64]) -> None:
    """Live a path from its start to the quotes after its last period.

    ``fills`` (periods, makers) takes the signed lots that each maker bought, unless it has no rows.
    """
    start_path(roster, path, number)
    market, scene, tape = roster.market[0], path.scene[0], path.tape
    for period in range(market["periods"]):
        if tape[period, NEWS] != 0:
            break_news(roster, path, period)
        wish_all(roster.makers, path.makers)
        post(market, path.makers, tape, period)
        trader = arrives(market, roster.arrivals, uniform(scene["arrivals"], period))
        mind, lots = path.traders[max(trader, 0)], 0
        if trader >= 0:
            lots = decide((roster.traders[trader], mind), (market, scene), tape, roster.plans, period)
        settle(roster.makers, path.makers, (scene, mind), tape, (period, trader, lots))
        if fills.shape[0] > 0:
            for place in range(path.makers.size):
                fills[period, place] = path.makers[place]["filled"]
    wish_all(roster.makers, path.makers)
    post(market, path.makers, tape, market["periods"])


@jit
def add_path(roster: Roster, path: Path, curves: Floats, figures: Floats, signs: Floats) -> None:
    """Add a path to sums: a sum, then a sum of squares, in ticks and lots.

    ``curves`` (2, 3, periods + 1); ``figures`` (agents + entries, 5, 2), those of an entry being those of all its
    members together; ``signs`` (10, 3): products of the signs of trades that far apart, then how many paths had any.
    """
    tape = path.tape
    for period in range(tape.shape[0]):
        bid, ask, value, mid = tape[period, BID], tape[period, ASK], tape[period, VALUE], tape[period, MID]
        spread = float(ask - bid) if bid != NO_BID and ask != NO_ASK else 0.0
        miss = 0.5 * (mid - 2 * value)
        middle, error = 0.5 * mid, miss * miss
        curves[0, SPREAD, period] += spread
        curves[1, SPREAD, period] += spread * spread
        curves[0, MIDDLE, period] += middle
        curves[1, MIDDLE, period] += middle * middle
        curves[0, ERROR, period] += error
        curves[1, ERROR, period] += error * error
    _add_accounts(roster, path, figures)
    _add_signs(tape, path.scene[0]["trades"], signs)


@jit
def _figures(mind: np.void, value: int, amounts: Floats) -> None:
    """Write what an account comes to at the final value."""
    amounts[PNL], amounts[SPOT] = mind["cash"] + mind["holdings"] * value, mind["gain"]
    amounts[INVENTORY], amounts[ORDERS], amounts[VOLUME] = mind["holdings"], mind["trades"], mind["volume"]


@jit
def _add_accounts(roster: Roster, path: Path, figures: Floats) -> None:
    traders, value = path.traders.size, path.tape[path.tape.shape[0] - 1, VALUE]
    agents = traders + path.makers.size
    totals = np.zeros((figures.shape[0] - agents, FIGURES))
    amounts = np.empty(FIGURES)
    for agent in range(agents):
        if agent < traders:
            _figures(path.traders[agent], value, amounts)
        else:
            _figures(path.makers[agent - traders], value, amounts)
        for figure in range(FIGURES):
            totals[roster.entries[agent], figure] += amounts[figure]
            figures[agent, figure, 0] += amounts[figure]
            figures[agent, figure, 1] += amounts[figure] * amounts[figure]
    for entry in range(totals.shape[0]):
        for figure in range(FIGURES):
            amount = totals[entry, figure]
            figures[agents + entry, figure, 0] += amount
            figures[agents + entry, figure, 1] += amount * amount


@jit
def _add_signs(tape: Tape, trades: int, signs: Floats) -> None:
    for lag in range(1, LAGS + 1):
        pairs = trades - lag
        if pairs <= 0:
            break
        total = 0
        for trade in range(pairs):
            later = trade + lag
            total += (tape[trade + 1, FLOW] - tape[trade, FLOW]) * (tape[later + 1, FLOW] - tape[later, FLOW])
        mean = total / pairs
        signs[lag - 1, 0] += mean
        signs[lag - 1, 1] += mean * mean
        signs[lag - 1, 2] += 1.0


@jit
def live_block(
    roster: Roster, path: Path, numbers: tuple[int, int], curves: Floats, figures: Floats, signs: Floats
) -> None:
    """Live the paths with numbers from the first up to the last, the last left out, and add them up."""
    nothing: NDArray[np.int64] = np.empty((0, 0), np.int64)
    for number in range(numbers[0], numbers[1]):
        live_path(roster, path, number, nothing)
        add_path(roster, path, curves, figures, signs)


@jit
def step_quotes(roster: Roster, path: Path, period: int) -> None:
    """Let the makers hear the news of a period and wish for their quotes: the first step of `live_path`."""
    if path.tape[period, NEWS] != 0:
        break_news(roster, path, period)
    wish_all(roster.makers, path.makers)


@jit
def step_arrival(roster: Roster, path: Path, period: int) -> int:
    """Post the quotes and return who comes, -1 for nobody: the second step; past the last period nobody does."""
    post(roster.market[0], path.makers, path.tape, period)
    if period == roster.market[0]["periods"]:
        return -1
    return arrives(roster.market[0], roster.arrivals, uniform(path.scene[0]["arrivals"], period))


@jit
def step_decision(roster: Roster, path: Path, period: int, trader: int) -> int:
    """Return the signed lots that a trader of a compiled kind orders: the third step."""
    agent, stage = (roster.traders[trader], path.traders[trader]), (roster.market[0], path.scene[0])
    return decide(agent, stage, path.tape, roster.plans, period)


@jit
def step_trade(roster: Roster, path: Path, order: tuple[int, int, int]) -> None:
    """Trade an order (period, trader or -1, signed lots) and let the makers learn: the last step."""
    settle(roster.makers, path.makers, (path.scene[0], path.traders[max(order[1], 0)]), path.tape, order)


@jit
def step_look(roster: Roster, path: Path, period: int, trader: int) -> float:
    """Return what a trader takes the value for, in ticks: for agents written in Python."""
    return perceived(roster.traders[trader], path.traders[trader], roster.market[0], path.tape, period)
