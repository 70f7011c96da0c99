"""Run a market of agents: many paths on many threads, told as means with standard errors.

Blocks of paths are added one after the other, so every figure is the same to the last bit on any number of threads.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glosten.crowd import Company, Maker, Market, MarketPath, MarketSums, Moment, Trader
from glosten.errors import InputError
from glosten.run._simulation import Execution
from glosten.statistics import Mean, means_of_sums

Floats = NDArray[np.float64]
FIGURES = ("pnl", "gain", "inventory", "trades", "volume")


@dataclass(frozen=True, slots=True)
class Account:
    """What an agent, or all agents of an entry of the roster together, did on a path: means over the paths.

    ``pnl`` is cash plus holdings at the final value (or at that paid out before), ``gain`` the sum of what each trade
    gained at the value of its time, both in cash units; ``inventory`` at the end and ``volume`` in units of the asset;
    ``trades`` a number. Over all agents ``pnl``, ``gain`` and ``inventory`` each add up to 0.
    """

    name: str
    kind: str
    role: str
    count: int
    pnl: Mean
    gain: Mean
    inventory: Mean
    trades: Mean
    volume: Mean


@dataclass(frozen=True, slots=True)
class MarketRun:
    """What became of a market of agents over ``n`` paths; prices in price units.

    ``traders`` and ``makers`` are the accounts of all agents, ``entries`` those of the entries of the roster. Curves
    have shape (periods + 1,), before each period and after the last: ``spread`` is the mean spread of the book (0 where
    a side has no quote), ``mid`` the mean mid, ``error`` the mean squared distance of the mid from the value.
    ``signs[k]`` is the mean product of the signs of trades k + 1 apart on the ``signs_n[k]`` paths that had such, and
    NaN where none had. ``sampled`` are the first paths in full. ``periods_per_second`` counts periods of all paths.
    """

    market: Market
    n: int
    threads: int
    traders: tuple[Account, ...]
    makers: tuple[Account, ...]
    entries: tuple[Account, ...]
    spread: Floats
    spread_se: Floats
    mid: Floats
    mid_se: Floats
    error: Floats
    error_se: Floats
    signs: Floats
    signs_se: Floats
    signs_n: NDArray[np.int64]
    sampled: tuple[MarketPath, ...]
    seconds: float
    periods_per_second: float

    def members(self) -> dict[str, Any]:
        """Return the run as members of a JSON object: numbers, texts, lists and arrays."""
        market = self.market
        head = {"market": market.name, "periods": market.periods, "n": self.n, "seed": market.seed}
        curves = ("spread", "spread_se", "mid", "mid_se", "error", "error_se", "signs", "signs_se", "signs_n")
        members: dict[str, Any] = {**head, "threads": self.threads, "periods_per_second": self.periods_per_second}
        members |= {
            role: [
                {"name": one.name, "kind": one.kind, "count": one.count}
                | {name: getattr(one, name) for name in FIGURES}
                for one in accounts
            ]
            for role, accounts in (("traders", self.traders), ("makers", self.makers), ("entries", self.entries))
        }
        return members | {name: getattr(self, name) for name in curves}

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each entry of the roster, in its order, as a table on a terminal shows it."""
        return [
            {"role": one.role, "name": one.name, "kind": one.kind, "count": one.count}
            | {name: getattr(one, name) for name in FIGURES}
            for one in self.entries
        ]


def run_market(market: Market, execution: Execution | None = None, *, stepped: bool = False) -> MarketRun:
    """Return what becomes of a market of agents over its paths.

    ``stepped`` lives the paths one period at a time in Python, as agents written in Python need: slower, and the same
    to the last bit. Such agents are asked from one thread. Raises `InputError` for an execution outside its range, and
    `RunError` where an agent written in Python returns what cannot be traded.
    """
    execution = execution or Execution()
    found = [problem for problem in execution.problems(market.paths) if problem is not None]
    if found:
        raise InputError(found)
    company = Company(market, stepped=stepped)
    company.block(0, 0)  # compiles, so that the clock measures the paths only
    started = time.perf_counter()
    sums = _add_up(company, execution)
    seconds = time.perf_counter() - started
    sampled = tuple(company.path(number) for number in execution.numbers(market.paths))
    return _told(market, sums, execution.threads, sampled, seconds)


def market_steps(market: Market, path: int = 0) -> Iterator[Moment]:
    """Yield every period of one path of a market as soon as it is over, in whole ticks and lots."""
    return Company(market, stepped=True).steps(path)


def _add_up(company: Company, execution: Execution) -> MarketSums:
    """Return the sums over all paths, block by block in their order."""
    paths, lanes = company.market.paths, company.lanes
    blocks = ((first // lanes, min(lanes, paths - first)) for first in range(0, paths, lanes))
    threads = 1 if company.stepped else execution.threads
    total: MarketSums | None = None
    with ThreadPoolExecutor(threads) as pool:
        while wave := list(islice(blocks, threads)):
            for sums in pool.map(lambda block: company.block(*block), wave):
                total = sums if total is None else total + sums
            if execution.progress is not None and total is not None:
                execution.progress(total.paths, paths)
    assert total is not None, "there is at least one path"  # noqa: S101
    return total


def _told(market: Market, sums: MarketSums, threads: int, sampled: tuple[MarketPath, ...], seconds: float) -> MarketRun:
    """Return what sums amount to."""
    n, tick = sums.paths, market.tick
    scales = (tick, tick, tick * tick)
    means, errors = means_of_sums(sums.curves[0], sums.curves[1], n)
    curves = [(mean * scale, error * scale) for mean, error, scale in zip(means, errors, scales, strict=True)]
    named: list[tuple[Trader | Maker, str, int]]
    named = [(one, name, 1) for one in market.roster for name in one.names]
    named += [(one, one.name, one.count) for one in market.roster]
    accounts = [_account(market, who, figures, n) for who, figures in zip(named, sums.figures, strict=True)]
    traders = sum(trader.count for trader in market.traders)
    agents = traders + sum(maker.count for maker in market.makers)
    signs = [means_of_sums(row[:1], row[1:2], int(row[2])) for row in sums.signs]
    return MarketRun(
        market=market,
        n=n,
        threads=threads,
        traders=tuple(accounts[:traders]),
        makers=tuple(accounts[traders:agents]),
        entries=tuple(accounts[agents:]),
        spread=curves[0][0],
        spread_se=curves[0][1],
        mid=curves[1][0],
        mid_se=curves[1][1],
        error=curves[2][0],
        error_se=curves[2][1],
        signs=np.array([mean[0] for mean, _ in signs]),
        signs_se=np.array([error[0] for _, error in signs]),
        signs_n=sums.signs[:, 2].astype(np.int64),
        sampled=sampled,
        seconds=seconds,
        periods_per_second=n * market.periods / seconds,
    )


def _account(market: Market, who: tuple[Trader | Maker, str, int], figures: Floats, n: int) -> Account:
    """Return the account of (its entry, its name, how many agents it is of)."""
    entry, name, count = who
    cash = market.tick * market.lot
    scales = (cash, cash, market.lot, 1.0, market.lot)
    means = [
        Mean.of_sums(float(total), float(square), n).scaled(scale)
        for (total, square), scale in zip(figures, scales, strict=True)
    ]
    role = "trader" if isinstance(entry, Trader) else "maker"
    return Account(name, entry.kind, role, count, *means)
