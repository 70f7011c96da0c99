from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from glosten import theory
from glosten.errors import InputError
from glosten.run import Execution, Simulation, simulate
from glosten.theory import Binary

pytestmark = pytest.mark.skipif(
    not hasattr(theory.posterior, "py_func"), reason="random words wrap in compiled code only"
)

BARE = Execution(sampled=0)
F32_ERROR = 2.0**-22
"""Of curves, per trade and unit of width; of gains, per trade and trade."""
POINTS = [
    (Binary(98, 102, 0.5, 0.3), 60, 0),
    (Binary(98, 102, 0.5, 0.3), 60, 1),
    (Binary(100, 200, 0.4, 0.3, 0.6), 60, 0),
    (Binary(0, 1, 0.1, 0.15), 80, 2),
    (Binary(0, 1, 0.9, 0.6, 0.3), 40, 0),
    (Binary(-5, 5, 0.5, 0.02), 200, 3),
    (Binary(0, 1, 0.25, 0.9, 0.5), 20, 4),
    (Binary(10, 12, 0.7, 0.4, 0.05), 30, 5),
    (Binary(10, 12, 0.3, 0.4, 0.0), 30, 6),
    (Binary(10, 12, 0.3, 0.4, 1.0), 30, 7),
    (Binary(0, 1, 0.5, 0.5), 1, 8),
    (Binary(0, 1, 0.5, 0.2, 0.45), 61, 0),
    (Binary(0, 1, 0.02, 0.5, 0.7), 25, 9),
    (Binary(0, 1, 0.98, 0.25), 41, 10),
    (Binary(0, 1, 0.6, 0.99, 0.4), 9, 11),
    (Binary(-1, 1, 0.5, 0.0), 10, 12),
    (Binary(-1, 1, 0.4, 1.0), 10, 13),
    (Binary(50, 51, 0.5, 0.1), 151, 14),
    (Binary(0, 1, 0.35, 0.35, 0.35), 33, 2**64 - 1),
    (Binary(0, 1, 0.8, 0.7, 0.9), 20, 0),
]


def gains_of(result: Simulation) -> np.ndarray:
    return np.array([[pnl.mean, pnl.se, pnl.sd] for pnl in (result.mm_pnl, result.informed_pnl, result.noise_pnl)])


@pytest.mark.parametrize(("model", "trades", "seed"), POINTS)
def test_both_engines_agree_within_four_standard_errors(model: Binary, trades: int, seed: int) -> None:
    exact = simulate(model, trades, engine="exact", execution=BARE)
    drawn = simulate(model, trades, 40_000, seed, execution=BARE)
    assert (exact.engine, exact.n, drawn.engine, drawn.n) == ("exact", 0, "mc", 40_000)
    rounding = 1e-12 * model.width
    assert np.all(np.abs(drawn.spread - exact.spread) <= 4 * drawn.spread_se + rounding)
    assert np.all(np.abs(drawn.belief - exact.belief) <= 4 * drawn.belief_se + 1e-12)
    computed, counted = gains_of(exact), gains_of(drawn)
    assert np.all(np.abs(counted[:, 0] - computed[:, 0]) <= 4 * counted[:, 1] + rounding)
    assert counted[:, 2] == pytest.approx(computed[:, 2], rel=0.08)  # few paths bring most of it where alpha is large
    assert np.all(computed[:, 1] == 0)


@pytest.mark.parametrize(("model", "trades", "seed"), POINTS)
def test_both_engines_agree_on_the_first_passage(model: Binary, trades: int, seed: int) -> None:
    target = 0.5 + 0.5 * model.prior
    exact = simulate(model, trades, engine="exact", execution=Execution(sampled=0, target=target)).first_passage
    drawn = simulate(model, trades, 40_000, seed, execution=Execution(sampled=0, target=target)).first_passage
    assert exact is not None
    assert drawn is not None
    assert exact.reached == pytest.approx(np.cumsum(model.first_passage(target, trades)), abs=1e-12)
    assert np.all(np.abs(drawn.reached - exact.reached) <= 4 * drawn.reached_se)
    assert np.all(np.diff(drawn.reached) >= 0)
    assert drawn.time.n == round(drawn.reached[-1] * drawn.n)
    if drawn.time.n > 100:
        assert abs(drawn.time.mean - exact.time.mean) <= 4 * drawn.time.se + 1e-9
    if drawn.time.n > 5_000:
        assert drawn.time.sd == pytest.approx(exact.time.sd, rel=0.1, abs=1e-6)


def test_the_mean_time_is_that_of_the_hitting_time() -> None:
    model = Binary(0, 1, 0.5, 0.3)
    for target in (0.9, 0.95, 0.99):
        found = simulate(model, 401, 40_000, execution=Execution(sampled=0, target=target)).first_passage
        assert found is not None
        assert found.time.n == found.n
        assert abs(found.time.mean - model.hitting_time(target).mean) < 4 * found.time.se
        assert found.time.sd == pytest.approx(model.hitting_time(target).sd, rel=0.02)


def test_a_target_already_met_is_reached_at_date_0() -> None:
    model = Binary(0, 1, 0.5, 0.3)
    found = simulate(model, 5, 1_000, execution=Execution(sampled=0, target=0.3)).first_passage
    assert found is not None
    assert found.reached == pytest.approx(1.0)
    assert (found.time.mean, found.time.sd) == (0, 0)


@pytest.mark.parametrize(("model", "trades", "seed"), POINTS)
def test_single_precision_draws_the_same_paths_and_tells_them_a_little_less_exactly(
    model: Binary, trades: int, seed: int
) -> None:
    double = simulate(model, trades, 5_000, seed, execution=Execution(sampled=0, target=0.985))
    single = simulate(model, trades, 5_000, seed, execution=Execution(sampled=0, target=0.985, precision="f32"))
    bound = F32_ERROR * (trades + 8) * model.width
    assert np.abs(single.spread - double.spread).max() <= bound
    assert np.abs(single.belief - double.belief).max() <= bound
    assert np.abs(gains_of(single)[:, 0] - gains_of(double)[:, 0]).max() <= bound * trades
    assert double.first_passage is not None
    assert single.first_passage is not None
    assert np.abs(single.first_passage.reached - double.first_passage.reached).max() <= 1e-3


@pytest.mark.parametrize("gamma", [0.0, 1.0])
def test_a_side_that_cannot_trade_stays_without_trades_for_ever(gamma: float) -> None:
    model = Binary(0, 1, 0.5, 0.4, gamma)
    exact = simulate(model, 201, engine="exact", execution=BARE)
    drawn = simulate(model, 201, 4_000, execution=BARE)
    assert np.all(np.abs(drawn.spread - exact.spread) <= 4 * drawn.spread_se + 1e-12)
    assert np.all(np.abs(drawn.belief - exact.belief) <= 4 * drawn.belief_se + 1e-12)


def test_standard_errors_shrink_with_the_root_of_the_paths() -> None:
    model = Binary(0, 1, 0.5, 0.3)
    few, many = (simulate(model, 20, paths, execution=BARE) for paths in (4_000, 64_000))
    assert few.mm_pnl.se == pytest.approx(4 * many.mm_pnl.se, rel=0.1)
    assert few.spread_se[5] == pytest.approx(4 * many.spread_se[5], rel=0.1)
    assert many.spread_se[5] < 0.01 * many.spread[5]


@pytest.mark.parametrize("paths", [1, 511, 512, 3_000])
@pytest.mark.parametrize(("threads", "blocks"), [(1, 1), (2, 1), (2, 3), (3, 100)])
def test_threads_and_batches_do_not_change_a_bit(paths: int, threads: int, blocks: int) -> None:
    model = Binary(98, 102, 0.4, 0.3, 0.6)
    for precision in ("f64", "f32"):
        usual = simulate(model, 37, paths, 7, execution=Execution(sampled=0, precision=precision, target=0.9))
        shared = Execution(threads=threads, blocks=blocks, sampled=0, precision=precision, target=0.9)
        other = simulate(model, 37, paths, 7, execution=shared)
        for name in ("spread", "spread_se", "belief", "belief_se"):
            assert getattr(usual, name).tobytes() == getattr(other, name).tobytes()
        assert gains_of(usual).tobytes() == gains_of(other).tobytes()
        assert usual.first_passage is not None
        assert other.first_passage is not None
        assert usual.first_passage.reached.tobytes() == other.first_passage.reached.tobytes()


def test_seeds_give_other_paths_and_zero_is_one_of_them() -> None:
    model = Binary(0, 1, 0.5, 0.3)
    means = {simulate(model, 10, 2_000, seed, execution=BARE).mm_pnl.mean for seed in (0, 1, 2, 2**64 - 1)}
    assert len(means) == 4


@pytest.mark.parametrize("model", [Binary(98, 102, 0.4, 0.3, 0.6), Binary(0, 1, 0.7, 0.8, 0.2)])
def test_the_kernel_trades_at_theorys_quotes(model: Binary) -> None:
    """Tell every path again with `theory`, trade by trade: the kernel's re-typed formulas must give the same means."""
    paths = 600
    result = simulate(model, 40, paths, 3, execution=Execution(sampled=paths))
    told = np.array([path.gains for path in result.sampled]) / model.width
    means = np.array([result.informed_pnl.mean, result.noise_pnl.mean, result.mm_pnl.mean]) / model.width
    assert told.mean(axis=0) == pytest.approx(means, abs=1e-12)
    spreads = np.array([path.ask - path.bid for path in result.sampled]) / model.width
    assert spreads.mean(axis=0) == pytest.approx(result.spread / model.width, abs=1e-12)
    beliefs = np.array([path.belief for path in result.sampled if path.value_is_high])
    assert len(beliefs) == result.n_high
    assert beliefs.mean(axis=0) == pytest.approx(result.belief, abs=1e-12)
    deviation = told[:, 2].std(ddof=1) * model.width
    assert result.mm_pnl.sd == pytest.approx(deviation, rel=1e-9)


@pytest.mark.parametrize("trades", [40, 41])
def test_paths_can_be_kept_by_their_numbers(trades: int) -> None:
    model = Binary(98, 102, 0.4, 0.3, 0.6)
    first = simulate(model, trades, 600, 3, execution=Execution(sampled=600)).sampled
    chosen = simulate(model, trades, 600, 3, execution=Execution(sampled=(599, 0, 7, 7))).sampled
    assert [path.number for path in chosen] == [599, 0, 7, 7]
    for path in chosen:
        same = first[path.number]
        assert path.value_is_high == same.value_is_high
        assert path.buys.tobytes() == same.buys.tobytes()
        assert path.knows.tobytes() == same.knows.tobytes()
        assert path.buys.nbytes == -(-trades // 8)


def test_a_sampled_path_hangs_together() -> None:
    model = Binary(98, 102, 0.4, 0.3, 0.6)
    result = simulate(model, 50, 100, 5, execution=Execution(sampled=20))
    for path in result.sampled:
        now = model
        for date, side in enumerate(path.sides):
            quotes = now.quotes()
            assert (path.bid[date], path.ask[date]) == pytest.approx((quotes.bid, quotes.ask), rel=1e-12)
            assert path.belief[date] == pytest.approx(now.prior, rel=1e-10, abs=1e-15)
            now = now.update(int(side))
        towards = 1 if path.value_is_high else -1
        assert np.all(path.sides[path.informed] == towards)
        assert sum(path.gains) == pytest.approx(0, abs=1e-12)
    assert {path.value_is_high for path in result.sampled} == {True, False}


def test_signs_correlate_by_alpha_squared_and_roll_reads_nothing() -> None:
    alpha = 0.4
    result = simulate(Binary(0, 1, 0.5, alpha), 21, 1_000, execution=Execution(sampled=1_000))
    signs = np.array([path.sides for path in result.sampled], dtype=float)
    for lag in (1, 5, 20):
        products = (signs[:, :-lag] * signs[:, lag:]).mean(axis=1)
        error = products.std(ddof=1) / math.sqrt(len(products))
        assert abs(products.mean() - alpha**2) < 4 * error
    beliefs = np.array([path.belief for path in result.sampled])
    changes = np.diff(beliefs, axis=1)
    products = (changes[:, :-1] * changes[:, 1:]).mean(axis=1)
    assert abs(products.mean()) < 4 * products.std(ddof=1) / math.sqrt(len(products))


def test_sampled_paths_reach_a_belief_when_theory_says() -> None:
    model = Binary(0, 1, 0.5, 0.5)
    result = simulate(model, 200, 1_000, execution=Execution(sampled=1_000))
    times = [np.argmax(path.belief >= 0.99) for path in result.sampled if path.value_is_high]
    expected = model.hitting_time(0.99)
    assert abs(np.mean(times) - expected.mean) < 4 * expected.sd / math.sqrt(len(times))


@pytest.mark.parametrize("engine", ["exact", "mc"])
@pytest.mark.parametrize("prior", [0.0, 1.0])
def test_a_certain_maker_has_flat_curves_and_nobody_gains(prior: float, engine: Any) -> None:
    result = simulate(Binary(98, 102, prior, 0.3), 30, 1_000, engine=engine)
    assert result.belief == pytest.approx(prior, abs=1e-14)
    assert np.all(result.spread == 0)
    assert np.all(gains_of(result) == 0)
    assert all(path.value_is_high == bool(prior) for path in result.sampled)


@pytest.mark.parametrize("engine", ["exact", "mc"])
def test_alpha_at_its_ends_is_exact(engine: Any) -> None:
    nobody = simulate(Binary(0, 2, 0.4, 0.0), 5, 1_000, engine=engine)
    assert np.all(nobody.spread == 0)
    assert nobody.belief == pytest.approx(0.4)
    assert nobody.informed_pnl.mean == 0
    everybody = simulate(Binary(0, 2, 0.4, 1.0), 5, 1_000, engine=engine)
    assert everybody.spread == pytest.approx([2, 0, 0, 0, 0, 0])
    assert everybody.belief == pytest.approx([0.4, 1, 1, 1, 1, 1])
    assert everybody.mm_pnl.mean == pytest.approx(0)


def test_a_path_alone_has_a_mean_and_no_error() -> None:
    result = simulate(Binary(0, 1, 0.5, 0.3), 10, 1)
    assert math.isnan(result.mm_pnl.se)
    assert math.isfinite(result.mm_pnl.mean)
    assert len(result.sampled) == 1


def test_no_path_of_the_high_value_is_no_belief() -> None:
    result = simulate(Binary(0, 1, 1e-9, 0.3), 10, 100)
    assert result.n_high == 0
    assert result.belief[0] == 1e-9
    assert np.isnan(result.belief[1:]).all()


def test_progress_counts_paths_up_to_all_of_them() -> None:
    told: list[tuple[int, int]] = []
    execution = Execution(blocks=1, progress=lambda done, total: told.append((done, total)))
    simulate(Binary(0, 1, 0.5, 0.3), 10, 3_000, execution=execution)
    done = [row[0] for row in told]
    assert done == sorted(done)
    assert told[-1] == (3_000, 3_000)
    assert len(told) > 3


def test_a_result_cannot_be_changed() -> None:
    result = simulate(Binary(0, 1, 0.5, 0.3), 3, 10)
    with pytest.raises(AttributeError):
        result.n = 3  # type: ignore[misc]
    assert "spread_se" in {field.name for field in fields(result)}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"trades": 0}, "trades must be a whole number from 1 .* it was 0"),
        ({"trades": 2.5}, "trades must be a whole number .* it was 2.5"),
        ({"paths": 0}, "paths must be a whole number from 1"),
        ({"seed": -1}, "seed must be a whole number from 0"),
        ({"engine": "mcc"}, "engine must be exact or mc; it was 'mcc'"),
        ({"engine": "exact", "trades": 10**6}, "trades must be .* to 50000; it was 1000000"),
        ({"execution": Execution(threads=0)}, "threads must be"),
        ({"execution": Execution(blocks=0)}, "blocks must be"),
        ({"execution": Execution(sampled=1001)}, "sampled must be a whole number from 0 to 1000"),
        ({"execution": Execution(sampled=(3, 10))}, "a number in sampled must be .* to 9; it was 10"),
        ({"execution": Execution(sampled=(0,) * 1001)}, "no more than 1000 paths"),
        ({"execution": Execution(precision="f16")}, "precision must be f64 or f32; it was 'f16'"),  # type: ignore[arg-type]
        ({"execution": Execution(precision="f32"), "trades": 2**25}, "trades must not exceed 16777216 in f32"),
        ({"execution": Execution(target=1.0)}, "target .* must lie between 0 and 1"),
        ({"trades": 10**9, "paths": 10**12}, "trades times paths"),
    ],
)
def test_bad_arguments_are_refused_before_anything_runs(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        simulate(Binary(0, 1, 0.5, 0.3), **{"trades": 10, "paths": 10, **arguments})


def test_every_bad_argument_is_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        simulate(Binary(0, 1, 0.5, 0.3), 0, 0, -1)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(("trades", "paths"), [(1_000, 1_000_000), (1_000_000, 1_000)])
def test_a_billion_trades_do_not_exhaust_memory(trades: int, paths: int) -> None:
    """In a process of its own, whose largest memory the system tells when it has ended."""
    code = (
        "import resource; from glosten.run import Execution, simulate; from glosten.theory import Binary;"
        f"kept = Execution(2, sampled=(0, {paths - 1}));"
        f"result = simulate(Binary(0, 1, 0.5, 0.3), {trades}, {paths}, execution=kept);"
        "assert abs(result.mm_pnl.mean) < 4 * result.mm_pnl.se; assert result.sampled[1].sides.size == result.trades;"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    kilobytes = int(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout)
    assert kilobytes < 800_000
