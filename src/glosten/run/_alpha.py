"""Alpha of a run: its profit by cause, its markouts, what its signals foretold, and how far it would scale."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glosten import alpha
from glosten.errors import DomainError, InputError, TapeError
from glosten.market import Tape, TapeOptions, load_tape
from glosten.records import PRINTS, Instrument
from glosten.run._result import Run

Rows = NDArray[np.void]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

NO_TRADES = np.zeros(0, PRINTS)
FEWEST_DECISIONS = 100
SHORTEST_BAR_S, MOST_BARS_SHARE = 10.0, 1.0 / 60.0
"""Bars of the impact fit are as long as a coin is held, but at least 10 s and at most a 60th of the tape."""


@dataclass(frozen=True, slots=True)
class AlphaOptions:
    """What is not in a run: how many ``trials`` it is the best of, and how an informed trader would have traded.

    ``delay_s`` from a signal to the order, ``hold_s`` of a round trip, ``flow_half_life_s`` of the flow signals,
    ``exponent`` of the impact (1/2: square root, 1: linear). Raises `DomainError` outside a domain.
    """

    trials: int = 1
    delay_s: float = 0.0
    hold_s: float = 10.0
    flow_half_life_s: float = 10.0
    exponent: float = alpha.SQUARE_ROOT
    assumptions: alpha.Assumptions = field(default_factory=alpha.Assumptions)

    def __post_init__(self) -> None:
        rules = (
            (self.trials >= 1, f"The number of trials is {self.trials}; count at least the one that is shown."),
            (0.0 <= self.delay_s < 3600.0, f"The delay is {self.delay_s} s; it must be at least 0 and under an hour."),
            (0.0 < self.hold_s <= 86_400.0, f"A trip of {self.hold_s} s is none; hold above 0 s and up to a day."),
            (self.flow_half_life_s > 0.0, f"The half-life of flows is {self.flow_half_life_s} s; it must be above 0."),
            (0.0 < self.exponent <= 2.0, f"The exponent of impact is {self.exponent}; it must be above 0, at most 2."),
        )
        problems = [problem for holds, problem in rules if not holds]
        if problems:
            raise DomainError(problems)


@dataclass(frozen=True)
class Alpha:
    """Everything that was measured of a run; amounts in quote units unless they say otherwise.

    ``residual`` is what no fill explains, in half-quanta: 0. ``remarks`` say what was missing.
    """

    title: str
    quote_asset: str
    split: alpha.Split
    residual: int
    markouts: tuple[alpha.Markout, ...]
    markout_curves: tuple[alpha.MarkoutCurve, ...]
    curves: tuple[alpha.AlphaCurve, ...]
    informed: tuple[alpha.Informed, ...]
    performance: alpha.Performance
    capacity: alpha.Capacity
    sentences: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class _Scene:
    """A run with the market it was played on, as far as that is still there."""

    run: Run
    instrument: Instrument
    quotes: Rows
    trades: Rows
    synthetic: bool
    options: AlphaOptions

    @property
    def mids(self) -> alpha.Mids:
        return alpha.Mids(self.quotes, float(self.instrument.tick))

    @property
    def orders_ns(self) -> Integers:
        """Return when each market order of the tape began."""
        _, first = np.unique(self.trades["aggressor"], return_index=True)
        times: Integers = self.trades["ts_ns"][np.sort(first)]
        return times

    @property
    def decisions(self) -> Rows:
        """Return the decisions that believed something."""
        rows: Rows = self.run.cycles[self.run.cycles["value"] > 0.0]
        return rows


def tape_of(run: Run) -> Tape:
    """Return the tape a run was played on, loaded from its files as it was; raises `TapeError` where it cannot be."""
    files = [Path(file) for file in run.tape.get("files", ())]
    if not files:
        raise TapeError("The run was not played on files: its market was simulated.")
    missing = [f"{file} does not exist." for file in files if not file.exists()]
    if missing:
        raise TapeError(missing)
    rules = instrument_of(run)
    lag_ms = run.tape.get("quote_lag_ms")
    options = TapeOptions(rules.symbol, rules.tick, rules.lot, rules.min_qty, rules.min_notional, lag_ms)
    return load_tape(files[0], files[1] if len(files) > 1 else None, options)


def keeps_quotes(run: Run) -> bool:
    """Return whether a run kept every quote of its tape, so that later mids can be read from them."""
    there_were = run.tape.get("quotes")
    return there_were is not None and 0 < len(run.market) >= int(there_were)


def require_quotes(run: Run) -> None:
    """Raise `InputError` where a run kept a sample of its quotes only."""
    if not keeps_quotes(run):
        raise InputError(
            f"The run kept {len(run.market):,} of the {run.tape.get('quotes', 0):,} quotes of its tape, too few to "
            "read later mids from, and the tape is not at hand."
        )


def instrument_of(run: Run) -> Instrument:
    """Return what a run traded."""
    given = {name: Decimal(run.instrument[name]) for name in ("tick", "lot", "min_qty", "min_notional")}
    return Instrument(run.instrument["symbol"], **given)


def measure_alpha(run: Run, tape: Tape | None = None, options: AlphaOptions | None = None) -> Alpha:
    """Return what a run earned and why, what its signals foretold, and what size it could take.

    ``tape`` is the one it was played on (`tape_of`); without it the quotes that the run kept stand in, horizons in
    trades are unknown and there is no capacity figure. Raises `InputError` where the run kept a sample only: later mids
    read from a sample are wrong.
    """
    options = options or AlphaOptions()
    if tape is None:
        require_quotes(run)
    rules = instrument_of(run)
    quotes, trades = (run.market, NO_TRADES) if tape is None else (tape.quotes, tape.trades)
    synthetic = bool(run.tape.get("synthetic_quotes"))
    scene = _Scene(run, rules, quotes, trades, synthetic, options)
    attribution, fills = _attribute(scene), fills_of(run)
    curves = _curves(scene)
    capacity = _capacity(scene, attribution, fills)
    return Alpha(
        title=run.title,
        quote_asset=run.quote_asset,
        split=attribution.split() if tape is not None else run.pnl,
        residual=attribution.residual,
        markouts=alpha.markouts(fills, scene.mids) if tape is not None else run.markouts,
        markout_curves=_groups(scene, fills),
        curves=curves,
        informed=_informed(scene),
        performance=_performance(scene),
        capacity=capacity,
        sentences=alpha.capacity_sentences(capacity, run.quote_asset),
        remarks=_remarks(scene, is_whole=tape is not None),
    )


def fills_of(run: Run) -> alpha.Fills:
    """Return a run's fills in quote units."""
    rules, rows = instrument_of(run), run.fills
    tick = float(rules.tick)
    return alpha.Fills(
        ts_ns=rows["ts_ns"],
        sign=-rows["side"],
        price=rows["price"] * tick,
        quantity=rows["lots"] * float(rules.lot),
        fee=alpha.fee_worth(rows, rules),
        mid=0.5 * tick * (rows["bid"] + rows["ask"]),
    )


def start_mid_of(run: Run, quotes: Rows) -> int:
    """Return bid + ask (ticks) when the maker took over its coins: at the first decision that had an allocation."""
    priced = run.cycles[run.cycles["allocation"] > 0.0]
    first = priced[0] if len(priced) else quotes[0]
    return int(first["bid"]) + int(first["ask"])


def _attribute(scene: _Scene) -> alpha.Attribution:
    run, ledger = scene.run, scene.run.state[0]["ledger"]
    start_mid = start_mid_of(run, scene.quotes)
    books = alpha.Ledger(int(ledger["held"]), int(ledger["cost"]), int(ledger["realised"]), start_mid)
    units = alpha.Units(float(scene.instrument.quantum), scene.instrument.quanta_per_tick_lot)
    return alpha.attribute(run.fills, scene.mids, books, units)


def _groups(scene: _Scene, fills: alpha.Fills) -> tuple[alpha.MarkoutCurve, ...]:
    rows = scene.run.fills
    groupings = (
        alpha.by_side(fills),
        alpha.by_size(fills),
        alpha.by_rung(rows["slot"]),
        alpha.by_belief(rows["prior"]),
        alpha.by_hour(fills),
    )
    return tuple(curve for grouping in groupings for curve in alpha.markout_curves(fills, scene.mids, grouping))


def _signals(scene: _Scene) -> dict[str, Floats]:
    """Return what could be known at each decision; the true value only where the market was simulated."""
    rows, mids = scene.decisions, scene.mids
    at_ns = rows["ts_ns"].copy()
    half_life_s = scene.options.flow_half_life_s
    signals = {"belief": 2.0 * rows["prior"] - 1.0, "value gap": alpha.value_gap(rows["value"], mids, at_ns)}
    if len(scene.trades):
        signals["trade flow"] = alpha.trade_flow(scene.trades, at_ns, half_life_s)
        if not scene.synthetic:
            signals["book flow"] = alpha.book_flow(scene.quotes, at_ns, half_life_s)
    path = scene.run.value_path
    if len(path):
        true = alpha.step_values(path["ts_ns"], path["value"], at_ns)
        signals["true value gap"] = alpha.value_gap(true, mids, at_ns)
    return signals


def _curves(scene: _Scene) -> tuple[alpha.AlphaCurve, ...]:
    at_ns, mids, orders_ns = scene.decisions["ts_ns"].copy(), scene.mids, scene.orders_ns
    return tuple(
        alpha.alpha_curve(name, signal, at_ns, mids, orders_ns, alpha.HORIZONS)
        for name, signal in _signals(scene).items()
    )


def _informed(scene: _Scene) -> tuple[alpha.Informed, ...]:
    at_ns, options = scene.decisions["ts_ns"].copy(), scene.options
    fee_bps = 100.0 * float(scene.run.parameters.get("GM_FEE") or 0.0)
    terms = alpha.Terms(options.hold_s, options.delay_s, fee_bps)
    return tuple(
        alpha.informed_trader(name, signal, at_ns, scene.mids, terms) for name, signal in _signals(scene).items()
    )


def _performance(scene: _Scene) -> alpha.Performance:
    run, rows = scene.run, scene.run.cycles[scene.run.cycles["allocation"] > 0.0]
    count, figures = run.state[0]["count"], run.figures
    course = alpha.Course(rows["ts_ns"].copy(), rows["equity"].copy(), rows["orders"].copy(), rows["held"].copy())
    orders = alpha.Orders(
        placed=int(count["placed"]),
        filled=len(np.unique(run.fills["order"])),
        cancelled=int(count["cancelled"]),
        fills=int(count["fills"]),
        maker_fills=int(count["maker_fills"]),
    )
    capital = alpha.Capital(figures["base_capital"], figures["turnover"], figures["final_value"], figures["hold_value"])
    return alpha.performance(course, orders, capital, scene.options.trials, scene.options.assumptions.year_s)


def _capacity(scene: _Scene, parts: alpha.Attribution, fills: alpha.Fills) -> alpha.Capacity:
    """Return the capacity of what fills earned up to the adverse-selection horizon, after fees."""
    quotes, trades, options = scene.quotes, scene.trades, scene.options
    unit = 0.5 * float(scene.instrument.quantum)
    gains, traded = unit * (parts.spread + parts.adverse + parts.fees).astype(np.float64), fills.price * fills.quantity
    orders = alpha.customer_orders(fills.ts_ns, fills.sign)
    width_ns = round(2e9 * parts.horizon_s)
    first_ns = int(quotes["ts_ns"][0])
    span_s = max(int(quotes["ts_ns"][-1]) - first_ns, 1) * 1e-9
    inside = trades[trades["ts_ns"] >= first_ns]
    market = float(scene.instrument.tick) * float(scene.instrument.lot) * float(inside["price"] @ inside["lots"] * 1.0)
    bar_s = min(max(_holding_s(scene, span_s), SHORTEST_BAR_S), max(span_s * MOST_BARS_SHARE, SHORTEST_BAR_S))
    impact = alpha.measure_impact(trades, scene.mids, first_ns, round(bar_s, 3), options.exponent)
    rows, bar_ns = scene.run.fills, round(impact.bar_s * 1e9)
    bars = np.maximum(rows["ts_ns"] - first_ns, 0) // bar_ns
    edge = alpha.Edge(
        alpha.edge_per_traded(gains, traded, orders, fills.ts_ns, width_ns),
        float(traded.sum()),
        market,
        span_s,
        alpha.one_way_share(-rows["side"] * rows["lots"], bars, impact.volume.mean, options.exponent),
    )
    given = options.assumptions
    if not given.usd_per_quote > 0.0:
        given = replace(given, usd_per_quote=alpha.usd_rate(scene.run.quote_asset))
    return alpha.capacity(edge, impact, given)


def _holding_s(scene: _Scene, span_s: float) -> float:
    """Return how long a coin that comes stays, on average: mean imbalance over the rate at which coins come and go.

    Source: Little (1961): the mean number present is the rate of arrival times the mean stay.
    """
    rows, traded = scene.run.cycles[scene.run.cycles["allocation"] > 0.0], int(scene.run.fills["lots"].sum())
    if traded == 0 or len(rows) == 0:
        return SHORTEST_BAR_S
    present = float(np.abs(rows["held"] - rows["held"].mean()).mean())
    return present * span_s / (0.5 * traded)


def _remarks(scene: _Scene, *, is_whole: bool) -> tuple[str, ...]:
    remarks = []
    if not is_whole:
        remarks.append(
            f"The tape is not at hand: {len(scene.quotes):,} quotes that the run kept stand in for it, horizons in "
            "trades and the capacity are unknown."
        )
    if scene.synthetic:
        remarks.append("The quotes were implied by the prints, so mids, and all that rests on them, are guesses.")
    decisions = len(scene.decisions)
    if decisions < FEWEST_DECISIONS:
        remarks.append(f"There are {decisions} decisions only: hardly a correlation can be told from chance.")
    stride = scene.run.figures.get("cycles", 0) / max(len(scene.run.cycles), 1)
    if stride > 1.5:
        remarks.append(f"Every {round(stride)}th decision was kept, and only those are measured.")
    return (*remarks, *scene.run.warnings)
