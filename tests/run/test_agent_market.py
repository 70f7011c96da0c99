"""A market of agents against the theory of markets it contains, and against common sense."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from glosten.crowd import Maker, Market, News, Trader
from glosten.errors import InputError
from glosten.run import Execution, MarketRun, market_steps, run_market, simulate
from glosten.statistics import Mean
from glosten.theory import Binary, NoisySignal, StrategicInsider

TINY = 2.0**-24
GM = Maker("maker", "glosten_milgrom", {"alpha": 0.3})
KNOWS, NOISE = Trader("knows", "informed", weight=3), Trader("noise", "noise", weight=7)
PLAIN = Market(values=(98, 102), periods=50, tick=TINY, makers=(GM,), traders=(KNOWS, NOISE), paths=10_000)


def account(run: MarketRun, name: str) -> Any:
    return next(one for one in run.entries if one.name == name)


def agree(one: Mean, other: Mean, errors: float = 4.0) -> bool:
    return abs(one.mean - other.mean) < errors * math.hypot(one.se, other.se)


@pytest.fixture(scope="module")
def plain() -> MarketRun:
    return run_market(PLAIN, Execution(sampled=2))


@pytest.mark.parametrize(
    ("alpha", "gamma", "prior", "seed"), [(0.3, 0.5, 0.5, 0), (0.15, 0.6, 0.3, 1), (0.5, 0.4, 0.7, 2)]
)
def test_a_bayesian_maker_with_its_crowd_is_the_binary_model(
    alpha: float, gamma: float, prior: float, seed: int
) -> None:
    market = replace(
        PLAIN,
        seed=seed,
        chances=(1 - prior, prior),
        makers=(Maker("maker", "glosten_milgrom", {"alpha": alpha, "gamma": gamma}),),
        traders=(
            Trader("knows", "informed", weight=alpha),
            Trader("noise", "noise", {"buy": gamma}, weight=1 - alpha),
        ),
    )
    run, exact = run_market(market), simulate(Binary(98, 102, prior, alpha, gamma), 50, engine="exact")
    gap = np.abs(run.spread - exact.spread)
    assert (gap <= 4 * run.spread_se + 4 * TINY).all()
    assert agree(account(run, "knows").pnl, exact.informed_pnl)
    assert agree(account(run, "noise").pnl, exact.noise_pnl)
    assert agree(account(run, "maker").pnl, exact.mm_pnl)


def test_gains_are_those_of_the_value_that_is_paid_out(plain: MarketRun) -> None:
    for one in plain.entries:
        assert one.pnl.mean == pytest.approx(one.gain.mean, rel=1e-9)
        assert one.pnl.n == one.inventory.n == plain.n == 10_000
    assert sum(one.pnl.mean for one in plain.entries) == pytest.approx(0, abs=1e-9)


def test_trade_signs_are_correlated_by_alpha_squared_at_every_lag(plain: MarketRun) -> None:
    assert (np.abs(plain.signs - 0.09) < 4 * plain.signs_se).all()
    assert (plain.signs_n == plain.n).all()


def test_followers_of_noisy_signals_are_the_market_that_looks_the_same() -> None:
    traders = (Trader("noisy", "noisy", {"accuracy": 0.8}, weight=5), Trader("noise", "noise", {"buy": 0.6}, weight=5))
    model = NoisySignal(98, 102, 0.5, 0.5, 0.8, 0.6).as_certain()
    maker = Maker("maker", "glosten_milgrom", {"alpha": model.alpha, "gamma": model.gamma})
    run = run_market(replace(PLAIN, traders=traders, makers=(maker,)))
    exact = simulate(model, 50, engine="exact")
    assert (np.abs(run.spread - exact.spread) <= 4 * run.spread_se + 4 * TINY).all()
    assert abs(account(run, "maker").pnl.mean) < 4 * account(run, "maker").pnl.se


@pytest.mark.parametrize("periods", [5, 20])
def test_an_insider_earns_what_bellman_says_and_no_less_than_the_honest(periods: int) -> None:
    market = Market(
        values=(0, 1),
        periods=periods,
        tick=TINY,
        makers=(GM,),
        paths=20_000,
        traders=(Trader("insider", "insider", weight=3), NOISE),
    )
    theory = StrategicInsider(Binary(0, 1, 0.5, 0.3), periods)
    best = account(run_market(market), "insider").pnl
    assert abs(best.mean - theory.best_response) < 4 * best.se
    honest = account(run_market(replace(market, traders=(replace(KNOWS, name="insider"), NOISE))), "insider").pnl
    assert abs(honest.mean - theory.honest) < 4 * honest.se


def test_an_insider_knows_where_the_value_lies_with_any_prior() -> None:
    market = Market(
        values=(0, 1),
        chances=(0.7, 0.3),
        periods=12,
        tick=TINY,
        paths=20_000,
        makers=(Maker("maker", "glosten_milgrom", {"alpha": 0.4, "gamma": 0.6}),),
        traders=(
            Trader("insider", "insider", {"gamma": 0.6}, weight=4),
            Trader("noise", "noise", {"buy": 0.6}, weight=6),
        ),
    )
    public = Binary(0, 1, 0.3, 0.4, 0.6)
    expected = 0.3 * StrategicInsider(public, 12).best_response
    expected += 0.7 * StrategicInsider(public, 12, value_is_high=False).best_response
    best = account(run_market(market), "insider").pnl
    assert abs(best.mean - expected) < 4 * best.se


def test_the_wrong_lose_the_noisy_lose_less_than_noise_and_the_late_earn_less_than_the_timely() -> None:
    traders = (
        Trader("knows", "informed", weight=2),
        Trader("late", "late", {"lag": 15}, weight=2),
        Trader("noisy", "noisy", {"accuracy": 0.6}, weight=2),
        Trader("wrong", "wrong", weight=2),
        Trader("noise", "noise", weight=2),
    )
    run = run_market(replace(PLAIN, traders=traders, makers=(Maker("maker", "glosten_milgrom", {"alpha": 0.2}),)))
    pnl = {one.name: one.pnl for one in run.entries}
    order = ["wrong", "noise", "noisy", "knows"]
    for worse, better in pairwise(order):
        assert pnl[better].mean - pnl[worse].mean > 4 * math.hypot(pnl[better].se, pnl[worse].se)
    assert pnl["wrong"].mean < -4 * pnl["wrong"].se
    assert pnl["knows"].mean - pnl["late"].mean > 4 * math.hypot(pnl["knows"].se, pnl["late"].se)
    assert pnl["late"].mean > 4 * pnl["late"].se


def test_split_orders_leave_a_trace_in_the_signs_and_single_ones_do_not() -> None:
    def signs(pieces: int) -> MarketRun:
        traders = (Trader("fund", "splitting", {"pieces": pieces}, count=2),)
        return run_market(replace(PLAIN, traders=traders, paths=2_000, periods=200))

    split, single = signs(10), signs(1)
    assert (split.signs[:5] > 4 * split.signs_se[:5]).all()
    assert (np.abs(single.signs) < 4 * single.signs_se).all()
    # Two work at orders of 10: a pair a step apart is of one parent if one and the same comes (1/2) and goes on (9/10).
    assert abs(split.signs[0] - 0.45) < 4 * split.signs_se[0] + 0.01


def test_two_competing_makers_earn_less_than_a_monopolist() -> None:
    def earned(kind: str, count: int) -> Mean:
        maker = Maker("maker", kind, {"alpha": 0.2, "width": 3.0}, count=count)
        traders = (Trader("knows", "informed", weight=2), Trader("noise", "elastic", {"width": 3.0}, weight=8))
        market = replace(PLAIN, values=(99, 101), makers=(maker,), traders=traders, tick=2.0**-16, paths=5_000)
        pnl: Mean = account(run_market(market), "maker").pnl
        return pnl

    rivals, alone = earned("elastic", 2), earned("monopolist", 1)
    assert alone.mean - rivals.mean > 4 * math.hypot(alone.se, rivals.se)
    assert abs(rivals.mean) < 4 * rivals.se + 0.05


def test_makers_who_agree_share_alike() -> None:
    run = run_market(replace(PLAIN, makers=(replace(GM, count=3),), paths=2_000))
    first, *others = run.makers
    assert [one.name for one in run.makers] == ["maker 1", "maker 2", "maker 3"]
    assert all(abs(first.volume.mean - one.volume.mean) <= 1 for one in others)
    assert sum(one.volume.mean for one in run.makers) == pytest.approx(50, abs=0.1)


def test_a_gaussian_maker_follows_a_value_that_walks_and_a_binary_one_cannot() -> None:
    walk = News("flow", chance=0.2, sd=0.2)
    traders = (Trader("knows", "informed", weight=3), NOISE)
    drift = 0.2 * math.sqrt(0.2)
    normal = Maker("maker", "gaussian", {"alpha": 0.3, "signal_sd": 0.05, "drift": drift})
    stuck = Maker("maker", "glosten_milgrom", {"alpha": 0.3, "v_low": 99.0, "v_high": 101.0, "prior": 0.5})
    market = Market(values=(100,), periods=800, tick=TINY, makers=(normal,), traders=traders, news=(walk,), paths=300)
    follows, loses = run_market(market), run_market(replace(market, makers=(stuck,)))
    assert follows.error[-1] < 0.1 * loses.error[-1]
    assert account(loses, "maker").gain.mean < -4 * account(loses, "maker").gain.se


def test_results_do_not_depend_on_threads_or_on_stepping() -> None:
    market = replace(PLAIN, paths=700, periods=20)
    one = run_market(market).members()
    for other in (
        run_market(market, Execution(threads=2)).members(),
        run_market(market, Execution(threads=3, blocks=2)).members(),
        run_market(replace(market, paths=700), stepped=True).members(),
    ):
        for name in set(one) - {"threads", "periods_per_second"}:
            assert np.array_equal(np.asarray(one[name]), np.asarray(other[name])), name
    fewer = run_market(replace(market, paths=300)).members()
    assert not np.array_equal(fewer["spread"], one["spread"])


def test_sampled_paths_and_steps_are_members_of_the_run(plain: MarketRun) -> None:
    assert len(plain.sampled) == 2
    path, steps = plain.sampled[1], list(market_steps(PLAIN, 1))
    assert [step.lots for step in steps] == path.lots.tolist()
    assert [step.price * TINY for step in steps] == pytest.approx(path.price.tolist())
    assert len(run_market(replace(PLAIN, paths=1), Execution(sampled=9)).sampled) == 1


def test_a_run_says_everything_it_found_with_errors_and_n(plain: MarketRun) -> None:
    members = plain.members()
    assert members["n"] == 10_000
    assert members["seed"] == 0
    assert members["traders"][0]["pnl"] == plain.traders[0].pnl
    assert members["spread"].shape == members["error_se"].shape == (51,)
    rows = plain.rows()
    assert [row["name"] for row in rows] == ["knows", "noise", "maker"]
    assert [row["role"] for row in rows] == ["trader", "trader", "maker"]
    assert all(isinstance(row["pnl"], Mean) for row in rows)


def test_progress_is_told_and_a_bad_execution_refused() -> None:
    told: list[tuple[int, int]] = []
    run_market(replace(PLAIN, paths=600), Execution(progress=lambda done, of: told.append((done, of))))
    assert told[-1] == (600, 600)
    with pytest.raises(InputError, match=r"threads[\s\S]*blocks[\s\S]*sampled"):
        run_market(PLAIN, Execution(threads=0, sampled=-1, blocks=0))
