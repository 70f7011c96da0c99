"""What traders decide on arrival: signed lots, positive to buy at the best ask, negative to sell at the best bid."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.crowd._fundamental import Tape, perceived
from glosten.crowd._roster import ASK, BID, FLOW, MID, NO_ASK, NO_BID, TRADER_CODES, VALUE
from glosten.statistics import uniform
from glosten.theory import linear_demand, logistic_demand

PATIENT, INSIDER, NOISE = TRADER_CODES["patient"], TRADER_CODES["insider"], TRADER_CODES["noise"]
ELASTIC, SPLITTING, MOMENTUM = TRADER_CODES["elastic"], TRADER_CODES["splitting"], TRADER_CODES["momentum"]
HERDING, PYTHON_TRADER = TRADER_CODES["herding"], TRADER_CODES["python"]
MOST_PIECES = 10**9
Agent: TypeAlias = tuple[np.void, np.void]
Stage: TypeAlias = tuple[np.void, np.void]


@jit
def start_trader(mind: np.void, key: np.uint64, look_key: np.uint64) -> None:
    """Write what a trader carries before the first period."""
    mind["key"], mind["draws"] = key, 0
    mind["look_key"], mind["looks"] = look_key, 0
    mind["left"], mind["side"] = 0, 0


@jit
def decide(agent: Agent, stage: Stage, tape: Tape, plans: NDArray[np.int8], period: int) -> int:
    """Return the lots that a trader of a compiled kind buys (negative: sells); 0 where it stays out.

    ``agent`` = (its record, its state), ``stage`` = (the market, the state of the path).
    """
    who, mind = agent
    kind = who["kind"]
    if kind == NOISE:
        side = _noise(who, mind)
    elif kind == ELASTIC:
        side = _elastic(who, mind, tape, period)
    elif kind == SPLITTING:
        side = _splitting(who, mind)
    elif kind == MOMENTUM:
        side = _momentum(who, tape, period)
    elif kind == HERDING:
        side = _herding(agent, stage, tape, period)
    elif kind == INSIDER:
        side = _insider(who, stage, tape, plans, period)
    elif kind == PYTHON_TRADER:
        side = 0
    else:
        side = _informed(agent, stage, tape, period)
    return int(side * who["lots"])


@jit
def _draw(mind: np.void) -> float:
    """Return a uniform draw from a trader's own stream."""
    mind["draws"] += 1
    return uniform(mind["key"], mind["draws"] - 1)


@jit
def _informed(agent: Agent, stage: Stage, tape: Tape, period: int) -> int:
    """Buy below what the value is taken for, sell above it; a patient trader asks for more than that until the end."""
    who, mind = agent
    value, edge = perceived(who, mind, stage[0], tape, period), 0.0
    if who["kind"] == PATIENT:
        last = stage[0]["periods"] - 1
        edge = who["edge"] * (last - period) / max(last, 1)
    if value - edge > tape[period, ASK]:
        return 1
    return -1 if value + edge < tape[period, BID] else 0


@jit
def _noise(who: np.void, mind: np.void) -> int:
    """Stay out with one probability, else buy with another."""
    if who["stay_out"] > 0.0 and _draw(mind) < who["stay_out"]:
        return 0
    return 1 if _draw(mind) < who["buy"] else -1


@jit
def _elastic(who: np.void, mind: np.void, tape: Tape, period: int) -> int:
    """As noise, but take the quote only with a probability that falls in the half-spread."""
    side = _noise(who, mind)
    bid, ask = tape[period, BID], tape[period, ASK]
    if side == 0 or bid == NO_BID or ask == NO_ASK:
        return side
    premium = 0.5 * (ask - bid)
    share = logistic_demand(premium, who["scale"]) if math.isnan(who["width"]) else linear_demand(premium, who["width"])
    return side if _draw(mind) < share else 0


@jit
def _splitting(who: np.void, mind: np.void) -> int:
    """Send the next child order of the parent, on the parent's side; draw a new parent when the last one is done."""
    if mind["left"] == 0:
        mind["side"] = 1 if _draw(mind) < who["buy"] else -1
        pieces = float(who["pieces"])
        if who["tail"] > 0.0:
            pieces *= (1.0 - _draw(mind)) ** (-1.0 / who["tail"])
        mind["left"] = int(min(pieces, float(MOST_PIECES)))
    mind["left"] -= 1
    return int(mind["side"])


@jit
def _momentum(who: np.void, tape: Tape, period: int) -> int:
    """Follow the move of the mid over a window, or trade against it."""
    if period < who["window"]:
        return 0
    move = 0.5 * (tape[period, MID] - tape[period - who["window"], MID])
    side = 1 if move > who["threshold"] else (-1 if move < -who["threshold"] else 0)
    return -side if who["contrarian"] != 0 else side


@jit
def _herding(agent: Agent, stage: Stage, tape: Tape, period: int) -> int:
    """Follow the majority of the last trades where it outweighs one's own signal, else the signal.

    Source: Bikhchandani, Hirshleifer & Welch (1992) for trust 1: two more on one side outweigh one's own signal.
    """
    who, mind = agent
    value = perceived(who, mind, stage[0], tape, period)
    trades = stage[1]["trades"]
    net = tape[trades, FLOW] - tape[max(trades - who["window"], 0), FLOW]
    signal = 0
    if 2.0 * value > tape[period, MID]:
        signal = 1
    elif 2.0 * value < tape[period, MID]:
        signal = -1
    weight = signal + who["trust"] * net
    if weight == 0.0:
        return signal
    return 1 if weight > 0.0 else -1


@jit
def _insider(who: np.void, stage: Stage, tape: Tape, plans: NDArray[np.int8], period: int) -> int:
    """Return what Bellman's equation says, given the trades so far and the periods left."""
    periods, trades = stage[0]["periods"], stage[1]["trades"]
    is_high, net = tape[period, VALUE] > stage[0]["middle"], tape[trades, FLOW]
    right, wrong = (trades + net) // 2, (trades - net) // 2
    if not is_high:
        right, wrong = wrong, right
    place = ((periods - period - 1) * (periods + 1) + right) * (periods + 1) + wrong
    order = int(plans[(who["plan_if_high"] if is_high else who["plan_if_low"]) + place])
    return order if is_high else -order
