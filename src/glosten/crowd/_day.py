"""A day of a simulated market: news, traders who know it, traders who do not, and dealers who learn from both."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glosten._jit import jit
from glosten.crowd._chance import dispersed, exponential, normal
from glosten.crowd._crowd import Crowd
from glosten.records import PRINTS, QUOTES
from glosten.statistics import stream, uniform
from glosten.theory import posterior
from glosten.theory import quotes as model_quotes

BPS = 1e-4
NS_PER_SECOND = 1e9
SECONDS_PER_HOUR = 3600.0
NOISE_BUYS = 0.5
"""Probability that a trader without news buys."""
SPARE_DEVIATIONS = 10.0
"""Room for arrivals beyond their mean, in standard deviations of their number."""

VALUES = np.dtype([("ts_ns", "i8"), ("value", "f8")])
"""The true value at one time, in quote units."""


class Day(NamedTuple):
    """What happened: the rows of a tape, and what nobody in a real market could know.

    ``quotes`` (`records.QUOTES`): the dealers' book at the start and after every print; ``trades``
    (`records.PRINTS`): every print is one order; ``values`` (`VALUES`): the true value, one row a quote; ``informed``:
    whether the trader of a print knew it.
    """

    quotes: NDArray[np.void]
    trades: NDArray[np.void]
    values: NDArray[np.void]
    informed: NDArray[np.bool_]


class _Numbers(NamedTuple):
    """The crowd's numbers as compiled code reads them: shares of one instead of bps, seconds instead of hours."""

    start_ns: int
    start_price: float
    tick: float
    lot: float
    seconds: float
    mean_gap: float
    informed_share: float
    mean_news_gap: float
    news: float
    diffusion: float
    value_delta: float
    anchor_seconds: float
    smallest_prior: float
    order_cost: float
    mean_size: float
    mean_depth: float


class _Keys(NamedTuple):
    """One stream of random numbers for each thing that is left to chance."""

    arrivals: np.uint64
    knowledge: np.uint64
    sides: np.uint64
    sizes: np.uint64
    depths: np.uint64
    news: np.uint64
    diffusion: np.uint64


def day(crowd: Crowd, seed: int) -> Day:
    """Return the day that a crowd makes with a seed: the same on every machine.

    The value jumps with the news and diffuses a little. Traders come one at a time: informed ones buy below the value
    and sell above it, and stay out while it lies between the quotes; the others buy or sell by the toss of a coin.
    Dealers compete: they quote what the value is worth given that the next trader buys, or sells, plus an order cost,
    and learn by Bayes from every trade with a two-valued belief around an anchor that follows them. The crowd does not
    see a maker that is played on its day, so the informed do not pick off a maker that quotes inside the dealers'.
    Source: Glosten & Milgrom (1985), with an order cost as in Foucault, Pagano & Roell, Market Liquidity, 3.3.
    """
    numbers = _Numbers(
        start_ns=crowd.start_ns,
        start_price=crowd.start_price,
        tick=float(crowd.tick),
        lot=float(crowd.lot),
        seconds=float(crowd.seconds),
        mean_gap=1.0 / crowd.arrivals_per_second,
        informed_share=float(crowd.informed_share),
        mean_news_gap=SECONDS_PER_HOUR / crowd.news_per_hour if crowd.news_per_hour else math.inf,
        news=crowd.news_bps * BPS,
        diffusion=crowd.diffusion_bps * BPS / math.sqrt(SECONDS_PER_HOUR),
        value_delta=crowd.value_delta_bps * BPS,
        anchor_seconds=float(crowd.anchor_seconds),
        smallest_prior=float(crowd.smallest_prior),
        order_cost=crowd.order_cost_bps * BPS,
        mean_size=float(crowd.mean_size),
        mean_depth=float(crowd.mean_depth),
    )
    keys = _Keys(*(stream(seed, f"crowd {name}") for name in _Keys._fields))
    mean = crowd.seconds * crowd.arrivals_per_second
    room = int(mean + SPARE_DEVIATIONS * math.sqrt(mean)) + 100
    whole = Day(
        np.empty(room + 1, QUOTES), np.empty(room, PRINTS), np.empty(room + 1, VALUES), np.zeros(room, np.bool_)
    )
    count = _trade(numbers, keys, whole)
    return Day(whole.quotes[: count + 1], whole.trades[:count], whole.values[: count + 1], whole.informed[:count])


class _Dealers(NamedTuple):
    """What the dealers think: P(V_H) and the price half-way between their two values."""

    prior: float
    anchor: float


class _Value(NamedTuple):
    """The true value, the time it holds from, when the next news comes, and how far its streams have been drawn."""

    value: float
    now: float
    next_news: float
    news_draw: int
    diffusion_draw: int


@jit
def _trade(numbers: _Numbers, keys: _Keys, whole: Day) -> int:
    """Let the day happen and return how many trades it had."""
    dealers = _Dealers(0.5, numbers.start_price)
    gap, news_draw = exponential(keys.news, 0)
    true = _Value(numbers.start_price, 0.0, gap * numbers.mean_news_gap, news_draw, 0)
    last_trade, arrival_draw, size_draw = 0.0, 0, 0
    now, count, arrival = 0.0, 0, -1
    bid, ask = _quote(numbers, keys, dealers, whole, count)
    _note(numbers, true, whole, count)
    while count < len(whole.trades):
        gap, arrival_draw = exponential(keys.arrivals, arrival_draw)
        now, arrival = now + gap * numbers.mean_gap, arrival + 1
        if now >= numbers.seconds:
            break
        true = _moved(numbers, keys, true, now)
        informed = uniform(keys.knowledge, arrival) < numbers.informed_share
        side = 1 if uniform(keys.sides, arrival) < NOISE_BUYS else -1
        if informed:
            side = _wish(true.value, bid * numbers.tick, ask * numbers.tick)
        if side == 0:
            continue
        size, size_draw = dispersed(keys.sizes, size_draw)
        print_ = whole.trades[count]
        print_["ts_ns"] = _time_ns(numbers, now)
        print_["price"] = ask if side > 0 else bid
        print_["lots"] = _lots(numbers.mean_size * size, numbers.lot)
        print_["side"], print_["aggressor"] = side, count
        whole.informed[count] = informed
        dealers = _learned(numbers, dealers, side, now - last_trade)
        last_trade, count = now, count + 1
        bid, ask = _quote(numbers, keys, dealers, whole, count)
        whole.quotes[count]["ts_ns"] = print_["ts_ns"]
        _note(numbers, true, whole, count)
    return count


@jit
def _moved(numbers: _Numbers, keys: _Keys, true: _Value, now: float) -> _Value:
    """Return the value at ``now``: every jump until then, and the diffusion since it was last looked at."""
    value, next_news, news_draw = true.value, true.next_news, true.news_draw
    while next_news <= now:
        jump, news_draw = normal(keys.news, news_draw)
        gap, news_draw = exponential(keys.news, news_draw)
        value *= 1.0 + numbers.news * jump
        next_news += gap * numbers.mean_news_gap
    step, diffusion_draw = normal(keys.diffusion, true.diffusion_draw)
    value *= 1.0 + numbers.diffusion * math.sqrt(now - true.now) * step
    return _Value(value, now, next_news, news_draw, diffusion_draw)


@jit
def _wish(value: float, bid: float, ask: float) -> int:
    """Return what an informed trader does: buy below the value (1), sell above it (-1), else stay out (0)."""
    if value > ask:
        return 1
    return -1 if value < bid else 0


@jit
def _learned(numbers: _Numbers, dealers: _Dealers, side: int, elapsed: float) -> _Dealers:
    """Return what the dealers think after a trade: Bayes first, then the anchor follows and their expectation stays."""
    prior = posterior(dealers.prior, side, numbers.informed_share, NOISE_BUYS)
    prior = min(max(prior, numbers.smallest_prior), 1.0 - numbers.smallest_prior)
    lean = (2.0 * prior - 1.0) * numbers.value_delta
    expected = dealers.anchor * (1.0 + lean)
    anchor = dealers.anchor + (expected - dealers.anchor) * elapsed / (elapsed + numbers.anchor_seconds)
    kept = (expected / anchor - 1.0) / numbers.value_delta
    return _Dealers(0.5 * (1.0 + kept), anchor)


@jit
def _quote(numbers: _Numbers, keys: _Keys, dealers: _Dealers, whole: Day, row: int) -> tuple[int, int]:
    """Write the dealers' book of a row and return its (bid, ask) in ticks: never crossed, never locked."""
    low, high = dealers.anchor * (1.0 - numbers.value_delta), dealers.anchor * (1.0 + numbers.value_delta)
    if_sold, if_bought = model_quotes(low, high, dealers.prior, numbers.informed_share, NOISE_BUYS)
    bid = max(math.floor(if_sold * (1.0 - numbers.order_cost) / numbers.tick), 1)
    ask = max(math.ceil(if_bought * (1.0 + numbers.order_cost) / numbers.tick), bid + 1)
    quote = whole.quotes[row]
    quote["ts_ns"], quote["bid"], quote["ask"] = numbers.start_ns, bid, ask
    quote["bid_lots"] = _lots(numbers.mean_depth * (0.5 + uniform(keys.depths, 2 * row)), numbers.lot)
    quote["ask_lots"] = _lots(numbers.mean_depth * (0.5 + uniform(keys.depths, 2 * row + 1)), numbers.lot)
    return bid, ask


@jit
def _note(numbers: _Numbers, true: _Value, whole: Day, row: int) -> None:
    whole.values[row]["ts_ns"] = _time_ns(numbers, true.now)
    whole.values[row]["value"] = true.value


@jit
def _time_ns(numbers: _Numbers, now: float) -> int:
    return numbers.start_ns + math.floor(now * NS_PER_SECOND)


@jit
def _lots(size: float, lot: float) -> int:
    return max(math.floor(size / lot + 0.5), 1)
