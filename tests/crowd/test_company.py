"""Laws of a market of agents that hold on every path, and the sums of many."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glosten.crowd import Company, Maker, Market, News, Trader

EVERY_TRADER = (
    Trader("knows", "informed", weight=2),
    Trader("noisy", "noisy", {"accuracy": 0.7, "sd": 0.3}, count=2),
    Trader("partial", "partial", {"level": 100.0}),
    Trader("blind", "partial", {"sees": ["rumour"]}),
    Trader("wrong", "wrong", lots=3),
    Trader("late", "late", {"lag": 5}),
    Trader("early", "informed", {"ahead": 3}),
    Trader("patient", "patient", {"edge": 1.0}),
    Trader("noise", "noise", {"buy": 0.6, "stay_out": 0.1}, count=3, lots=2),
    Trader("linear", "elastic", {"width": 2.0}),
    Trader("logistic", "elastic", {"scale": 0.5}),
    Trader("splits", "splitting", {"pieces": 3, "tail": 1.5}, lots=7),
    Trader("momentum", "momentum", {"window": 4}),
    Trader("herd", "herding", {"accuracy": 0.8}),
)
EVERY_MAKER = (
    Maker("gm", "glosten_milgrom", {"alpha": 0.3, "shift": 0.1}, count=2, lots=4),
    Maker("inv", "inventory", {"alpha": 0.3, "per_lot": 0.02}, lots=5),
    Maker("ra", "risk_averse", {"alpha": 0.3, "risk_aversion": 0.05}),
    Maker("el", "elastic", {"alpha": 0.3, "width": 3.0}),
    Maker("mono", "monopolist", {"alpha": 0.3, "width": 3.0}),
    Maker("normal", "gaussian", {"alpha": 0.3, "signal_sd": 0.3, "drift": 0.05}),
    Maker("zero", "zero_intelligence", {"least": 0.1, "most": 2.0}),
)
EVERY_NEWS = (
    News("report", every=15, redraw=True, told="time"),
    News("rumour", chance=0.1, jumps=(-0.5, 0.25, 0.5), chances=(0.25, 0.5, 0.25)),
    News("public", periods=(3, 20), sd=0.3, told="size"),
)
EVERYBODY = Market(
    values=(98, 102), periods=40, makers=EVERY_MAKER, traders=EVERY_TRADER, news=EVERY_NEWS, quiet=0.1, paths=300
)


def same(one: Any, other: Any) -> bool:
    return all(
        np.asarray(getattr(one, name)).tobytes() == np.asarray(getattr(other, name)).tobytes()
        for name in type(one).__slots__
    )


def test_stepping_and_looping_are_the_same_life_to_the_last_bit() -> None:
    looped, stepped = Company(EVERYBODY), Company(EVERYBODY, stepped=True)
    assert same(looped.block(0, 20), stepped.block(0, 20))
    for number in (0, 7):
        assert same(looped.path(number), stepped.path(number))
    insiders = replace(EVERYBODY, news=(), traders=(Trader("in", "insider"), Trader("noise", "noise", weight=3)))
    assert same(Company(insiders).block(0, 20), Company(insiders, stepped=True).block(0, 20))


def test_an_agent_in_python_who_does_what_a_compiled_one_does_lives_the_same_life() -> None:
    compiled = replace(EVERYBODY, traders=(Trader("a", "informed"), Trader("b", "noise", weight=2)))

    def informed(view: Any) -> int:
        assert view.value is not None
        return int(view.value > view.ask) - int(view.value < view.bid)

    def noise(view: Any) -> int:
        return 1 if view.uniform() < 0.5 else -1

    written = replace(
        compiled,
        traders=(Trader("a", "python", {"knows": True}, decide=informed), Trader("b", weight=2, decide=noise)),
    )
    assert same(Company(compiled).block(0, 10), Company(written).block(0, 10))


@st.composite
def markets(draw: st.DrawFn) -> Market:
    traders = draw(st.lists(st.sampled_from(EVERY_TRADER), min_size=1, unique_by=lambda one: one.name))
    makers = draw(st.lists(st.sampled_from(EVERY_MAKER), min_size=1, unique_by=lambda one: one.name))
    return replace(
        EVERYBODY,
        traders=tuple(replace(one, lots=draw(st.integers(1, 20))) for one in traders),
        makers=tuple(replace(one, lots=draw(st.integers(1, 20))) for one in makers),
        seed=draw(st.integers(0, 2**64 - 1)),
        periods=30,
    )


@settings(max_examples=40)
@given(markets())
def test_cash_and_asset_are_conserved_in_every_period_and_no_book_crosses(market: Market) -> None:
    for moment in Company(market).steps(0):
        assert sum(moment.cash) == 0
        assert sum(moment.holdings) == 0
        assert moment.bid is None or moment.ask is None or moment.bid < moment.ask


@settings(max_examples=20)
@given(markets())
def test_what_all_gain_adds_up_to_nothing_exactly(market: Market) -> None:
    company = Company(market)
    path, sums = company.path(1), company.block(0, 2)
    assert (path.fills.sum(axis=1) == -path.lots).all()
    agents = sum(one.count for one in market.roster)
    for figure in (0, 1, 2):
        assert sums.figures[:agents, figure, 0].sum() == 0
        assert sums.figures[agents:, figure, 0].sum() == 0


def test_a_path_depends_on_its_number_alone() -> None:
    whole = Company(EVERYBODY)
    alone = [Company(EVERYBODY).path(number) for number in (0, 3)]
    assert same(whole.path(0), alone[0])
    assert same(whole.path(3), alone[1])
    assert not same(alone[0], alone[1])
    assert same(Company(replace(EVERYBODY, paths=9)).path(3), alone[1])
    assert not same(Company(replace(EVERYBODY, seed=1)).path(3), alone[1])


def test_what_one_agent_draws_does_not_hang_on_who_else_is_there() -> None:
    few = replace(EVERYBODY, makers=EVERY_MAKER[:1], news=(), traders=(EVERY_TRADER[8], EVERY_TRADER[11]))
    more = replace(few, traders=(*few.traders, Trader("idle", "noise", weight=0)))
    assert same(Company(few).path(0), Company(more).path(0))


def test_a_block_adds_up_its_paths() -> None:
    company = Company(EVERYBODY)
    sums, paths = company.block(0, 5), [company.path(number) for number in range(5)]
    spreads = np.array([np.nan_to_num(path.ask - path.bid) for path in paths])
    assert sums.paths == 5
    assert sums.curves[0, 0] * 0.01 == pytest.approx(spreads.sum(axis=0))
    assert sums.curves[1, 0] * 0.01**2 == pytest.approx((spreads**2).sum(axis=0))
    errors = np.array([(0.5 * (path.ask + path.bid) - path.value) ** 2 for path in paths])
    assert sums.curves[0, 2] * 0.01**2 == pytest.approx(errors.sum(axis=0))
    agents = sum(one.count for one in EVERYBODY.roster)
    traders = [name for one in EVERYBODY.traders for name in one.names]
    noise = [traders.index(name) for name in ("noise 1", "noise 2", "noise 3")]
    trades = [(np.isin(path.trader, noise) & (path.lots != 0)).sum() for path in paths]
    assert sums.figures[agents + 8, 3] == pytest.approx([sum(trades), sum(count**2 for count in trades)])
    signs = [np.sign(path.lots[path.lots != 0]) for path in paths]
    assert sums.signs[1, 0] == pytest.approx(sum((one[2:] * one[:-2]).mean() for one in signs))


def test_who_comes_is_drawn_in_proportion_to_the_weights() -> None:
    market = replace(
        EVERYBODY,
        periods=4000,
        quiet=0.2,
        makers=EVERY_MAKER[:1],
        news=(),
        traders=(Trader("a", "noise"), Trader("b", "noise", weight=3), Trader("never", "noise", weight=0)),
    )
    path = Company(market).path(0)
    shares = [(path.trader == who).mean() for who in (-1, 0, 1, 2)]
    assert shares == pytest.approx([0.2, 0.2, 0.6, 0.0], abs=4 * 0.5 / np.sqrt(4000))
