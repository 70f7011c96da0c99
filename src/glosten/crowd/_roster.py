"""A market as compiled code reads it: prices in ticks, sizes in lots, one record an agent; and the state of a path."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glosten.crowd._makers import MAKER_KINDS, Maker
from glosten.crowd._market import Market
from glosten.crowd._news import OPENING
from glosten.crowd._traders import TRADER_KINDS, Trader
from glosten.crowd._traits import Trait
from glosten.statistics import stream
from glosten.theory import insider_values, log_odds

TRADER_CODES = {name: code for code, name in enumerate(TRADER_KINDS)}
MAKER_CODES = {name: code for code, name in enumerate(MAKER_KINDS)}
TOLD_NOTHING, TOLD_TIME, TOLD_SIZE = range(3)
TOLD_CODES = {"nothing": TOLD_NOTHING, "time": TOLD_TIME, "size": TOLD_SIZE}
VALUE, BID, ASK, MID, WHO, LOTS, PRICE, FLOW, NEWS, PARTS = range(10)
"""Columns of a path's tape: the value, the best quotes, twice the mid, who came (-1 nobody), signed lots traded and at
what price, buys less sells after so many trades (by trade, not by period), a bit for each source of news that came,
then the parts of the value: the opening first, then one a source."""
NO_BID, NO_ASK = -(2**62), 2**62
"""What stands in a book for a side that nobody quotes."""

MARKET = np.dtype(
    [
        *((name, "f8") for name in ("quiet", "mean", "middle", "sd")),
        *((name, "i8") for name in ("periods", "farthest", "sources", "told", "scheduled")),
    ]
)
"""``told`` and ``scheduled`` have a bit for each source whose size is told, and whose time is known in advance."""
_NUMBERS = {"lag", "ahead", "pieces", "window", "keep", "knows", "contrarian"}


def _dtype(kinds: Mapping[str, tuple[Trait, ...]], more: list[tuple[str, str]]) -> np.dtype[np.void]:
    """Return the record of an agent: its kind, then every trait that any kind has, then what is derived."""
    traits = dict.fromkeys(trait.name for traits in kinds.values() for trait in traits if trait.form != "names")
    return np.dtype([("kind", "i8"), *((name, "i8" if name in _NUMBERS else "f8") for name in traits), *more])


TRADER = _dtype(TRADER_KINDS, [("lots", "i8"), ("seen", "i8"), ("plan_if_high", "i8"), ("plan_if_low", "i8")])
"""``seen`` is a bit a part of the value, the opening the lowest; the plans are places in `Roster.plans`."""
MAKER = _dtype(MAKER_KINDS, [("lots", "i8")])
SOURCE = np.dtype([("chance", "f8"), ("sd", "f8"), ("first", "i8"), ("last", "i8"), ("redraw", "i8"), ("told", "i8")])
"""A source of news: its jumps are `Roster.jumps[first:last]`."""
_ACCOUNT = [("cash", "i8"), ("holdings", "i8"), ("gain", "i8"), ("trades", "i8"), ("volume", "i8")]
"""In ticks and lots; ``gain`` is that of each trade against the value of its time."""
TRADER_STATE = np.dtype(
    [("key", "u8"), ("draws", "i8"), ("look_key", "u8"), ("looks", "i8"), ("left", "i8"), ("side", "i8"), *_ACCOUNT]
)
MAKER_STATE = np.dtype(
    [
        ("key", "u8"),
        *((name, "f8") for name in ("low", "high", "belief", "mean", "variance", "half", "half_variance", "last")),
        *((name, "f8") for name in ("bid", "ask")),
        *((name, "i8") for name in ("draws", "bid_ticks", "ask_ticks", "rest", "filled")),
        *_ACCOUNT,
    ]
)
"""``bid`` and ``ask`` are wished for, in ticks, NaN for none; ``bid_ticks`` and ``ask_ticks`` are posted; ``filled``
are the signed lots bought in this period."""
SCENE = np.dtype([("trades", "i8"), ("arrivals", "u8")])
"""How many trades there were, and the stream that says who arrives."""


class Roster(NamedTuple):
    """A market, packed; nothing in it changes while paths are drawn."""

    market: NDArray[np.void]
    traders: NDArray[np.void]
    makers: NDArray[np.void]
    sources: NDArray[np.void]
    arrivals: NDArray[np.float64]
    opening: NDArray[np.int64]
    opening_law: NDArray[np.float64]
    jumps: NDArray[np.int64]
    jump_law: NDArray[np.float64]
    due: NDArray[np.bool_]
    plans: NDArray[np.int8]
    keys: NDArray[np.uint64]
    entries: NDArray[np.int64]


class Path(NamedTuple):
    """The state of one path, everything of it reset before the next; few arrays, since each costs when it is passed on.

    ``tape`` (periods + 1, columns) as named by `VALUE` and its neighbours.
    """

    traders: NDArray[np.void]
    makers: NDArray[np.void]
    scene: NDArray[np.void]
    tape: NDArray[np.int64]


def pack(market: Market) -> Roster:
    """Return a market as compiled code reads it."""
    tick = market.tick
    opening = np.array([round(value / tick) for value in market.values], np.int64)
    middle = 0.5 * (float(opening.min()) + float(opening.max()))
    told = sum(1 << number for number, news in enumerate(market.news) if news.told == "size")
    scheduled = sum(1 << number for number, news in enumerate(market.news) if news.is_scheduled)
    numbers = (market.quiet, market.mean / tick, middle, market.sd / tick)
    head = np.array([(*numbers, market.periods, market.farthest, len(market.news), told, scheduled)], MARKET)
    sources, jumps, jump_law = _sources(market)
    due = np.zeros((market.periods, len(market.news)), np.bool_)
    for number, news in enumerate(market.news):
        due[news.schedule(market.periods), number] = True
    traders = [trader for trader in market.traders for _ in range(trader.count)]
    makers = [maker for maker in market.makers for _ in range(maker.count)]
    weights = np.array([trader.weight for trader in traders], np.float64)
    rows, plans = _trader_rows(market)
    members = [(entry, one.name, number) for entry, one in enumerate(market.roster) for number in range(one.count)]
    named = [(f"market/agent/{name}", number) for _, name, number in members]
    keys = [stream(market.seed, name, number) for name, number in [("market/value", 0), ("market/arrivals", 0), *named]]
    return Roster(
        market=head,
        traders=np.array([row for row, trader in zip(rows, market.traders, strict=True) for _ in range(trader.count)]),
        makers=np.array([_maker_row(market, maker) for maker in makers]),
        sources=sources,
        arrivals=np.cumsum(weights) / weights.sum(),
        opening=opening,
        opening_law=np.cumsum(np.array(market.law, np.float64)),
        jumps=jumps,
        jump_law=jump_law,
        due=due,
        plans=plans,
        keys=np.array(keys, np.uint64),
        entries=np.array([entry for entry, _, _ in members], np.int64),
    )


def fresh_path(roster: Roster) -> Path:
    """Return room for a path."""
    periods, sources = roster.due.shape
    return Path(
        traders=np.zeros(len(roster.traders), TRADER_STATE),
        makers=np.zeros(len(roster.makers), MAKER_STATE),
        scene=np.zeros(1, SCENE),
        tape=np.zeros((periods + 1, PARTS + 1 + sources), np.int64),
    )


def _sources(market: Market) -> tuple[NDArray[np.void], NDArray[np.int64], NDArray[np.float64]]:
    """Return the sources of news, their jumps in ticks, and the cumulated probabilities of those."""
    rows: list[tuple[Any, ...]] = []
    jumps: list[int] = []
    law: list[float] = []
    for news in market.news:
        first, count = len(jumps), len(news.jumps)
        jumps += [round(jump / market.tick) for jump in news.jumps]
        law += np.cumsum(news.chances or [1.0 / count] * count).tolist() if count else []
        rows.append((news.chance, news.sd / market.tick, first, first + count, news.redraw, TOLD_CODES[news.told]))
    return np.array(rows, SOURCE), np.array(jumps, np.int64), np.array(law, np.float64)


def _filled(row: NDArray[np.void], traits: tuple[Trait, ...], parameters: Mapping[str, Any], market: Market) -> None:
    """Write the traits of an agent into its record, prices in ticks."""
    for trait in traits:
        if trait.form == "names":
            continue
        value = parameters.get(trait.name, trait.default)
        scale = {"price": market.tick, "per cash": 1.0 / (market.tick * market.lot)}.get(trait.unit, 1.0)
        row[trait.name] = value / scale if scale != 1.0 else value


def _trader_rows(market: Market) -> tuple[list[np.void], NDArray[np.int8]]:
    """Return a record for each entry of traders, and the plans of the insiders among them."""
    rows: list[np.void] = []
    plans: list[NDArray[np.int8]] = []
    place: dict[tuple[float, float], int] = {}
    for trader in market.traders:
        row = np.zeros(1, TRADER)
        row["kind"], row["lots"] = TRADER_CODES[trader.kind], trader.lots
        _filled(row, TRADER_KINDS[trader.kind], trader.parameters, market)
        _complete(row, trader, market)
        if trader.kind == "insider":
            for name, high in (("plan_if_high", True), ("plan_if_low", False)):
                gamma = float(row["gamma"][0])
                odds, chance = float(log_odds(_prior(market))), market.assumed_alpha(trader)
                key = (chance, gamma) if high else (-chance, gamma)
                if key not in place:
                    place[key] = sum(plan.size for plan in plans)
                    plans.append(_plan(market.periods, odds if high else -odds, chance, gamma if high else 1.0 - gamma))
                row[name] = place[key]
        rows.append(row[0])
    return rows, np.concatenate(plans) if plans else np.zeros(0, np.int8)


def _plan(periods: int, odds: float, alpha: float, gamma: float) -> NDArray[np.int8]:
    """Return what an insider does by (periods left - 1, trades towards the value, trades away from it), flat."""
    plan = np.zeros((periods, periods + 1, periods + 1), np.int8)
    insider_values(periods, odds, alpha, gamma, plan)
    return plan.reshape(-1)


def _complete(row: NDArray[np.void], trader: Trader, market: Market) -> None:
    """Write what a trader's record has beside its traits, and what those take from the market."""
    parts = (OPENING, *(news.name for news in market.news))
    sees = trader.parameters.get("sees", parts)
    row["seen"] = sum(1 << number for number, part in enumerate(parts) if part in sees)
    if trader.kind == "wrong" and "bias" not in trader.parameters and "accuracy" not in trader.parameters:
        row["accuracy"] = 0.0
    if trader.kind != "partial":
        row["level"] = math.nan
    elif "level" in trader.parameters:
        level = trader.parameters["level"]
        for name, above in (("above", True), ("below", False)):
            if name not in trader.parameters:
                pairs = zip(market.values, market.law, strict=True)
                side = [(value, chance) for value, chance in pairs if (value > level) == above]
                row[name] = (
                    sum(value * chance for value, chance in side) / sum(chance for _, chance in side) / market.tick
                )


def _prior(market: Market) -> float:
    """Return the probability of the higher of the market's two values."""
    return market.law[0] if market.values[0] > market.values[1] else market.law[1]


def _maker_row(market: Market, maker: Maker) -> np.void:
    """Return the record of a maker, what it takes from the market filled in."""
    row = np.zeros(1, MAKER)
    row["kind"], row["lots"] = MAKER_CODES[maker.kind], maker.lots
    _filled(row, MAKER_KINDS[maker.kind], maker.parameters, market)
    given = maker.parameters
    if market.is_binary and "v_low" not in given:
        row["v_low"], row["v_high"] = min(market.values) / market.tick, max(market.values) / market.tick
        row["prior"] = given.get("prior", _prior(market))
    for name, own in (("mean", market.mean), ("sd", math.sqrt(market.variance)), ("start", market.mean)):
        if name not in given:
            row[name] = own / market.tick
    filled: np.void = row[0]
    return filled
