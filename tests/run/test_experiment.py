from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from glosten import theory
from glosten.errors import InputError, SettingsError
from glosten.run import Experiment, read_experiment, results_of, run_experiment, simulate_das
from glosten.run import _experiment as under_test
from glosten.theory import Das

pytestmark = pytest.mark.skipif(
    not hasattr(theory.das_quote, "py_func"), reason="random words wrap in compiled code only"
)

EXPERIMENTS = Path(__file__).resolve().parents[2] / "experiments"
SMALL = """
[experiment]
name = "small"
model = "das"
periods = 50
replications = 3

[parameters]
alpha = 0.7
sigma_w = 5

[grid]
shift = [0, 1]

[[points]]
sigma = 20
p_jump = 0.01

[[points]]
sigma = 30
p_jump = 0.02
"""


def written(folder: Path, text: str = SMALL) -> Path:
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_point_is_a_row_with_mean_error_and_n(tmp_path: Path) -> None:
    experiment = read_experiment(written(tmp_path))
    rows = run_experiment(experiment, tmp_path / "out")
    assert [(row["sigma"], row["shift"]) for row in rows.to_dicts()] == [(20, 0), (20, 1), (30, 0), (30, 1)]
    for row, point in zip(rows.to_dicts(), experiment.points, strict=True):
        expected = simulate_das(Das(**point), 50, 3, experiment.point_seed(point))
        assert (row["spread"], row["spread_se"], row["spread_n"]) == (expected.spread.mean, expected.spread.se, 3)
        assert row["profit"] == expected.maker.mean
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["points.parquet"]


def test_an_experiment_that_was_killed_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = read_experiment(written(tmp_path))
    whole = run_experiment(experiment, tmp_path / "whole")
    done: list[int] = []

    def killed(number: int, total: int) -> None:
        if number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_experiment(experiment, tmp_path / "out", killed)
    assert len(results_of(experiment, tmp_path / "out")) == 2
    original = under_test.measure_point

    def counted(*arguments: Any) -> Any:
        done.append(1)
        return original(*arguments)

    monkeypatch.setattr(under_test, "measure_point", counted)
    resumed = run_experiment(experiment, tmp_path / "out")
    assert len(done) == 2
    assert resumed.equals(whole)
    run_experiment(experiment, tmp_path / "out")
    assert len(done) == 2


def test_a_point_does_not_depend_on_what_else_is_in_the_grid(tmp_path: Path) -> None:
    rows = run_experiment(read_experiment(written(tmp_path)), tmp_path / "out")
    fewer = read_experiment(written(tmp_path, SMALL.replace("[0, 1]", "[1.0]")))
    assert run_experiment(fewer, tmp_path / "other")["spread"].to_list() == rows["spread"].to_list()[1::2]
    assert len(results_of(fewer, tmp_path / "out")) == 2


@pytest.mark.parametrize("change", [("periods = 50", "periods = 51"), ('"small"', '"other"'), ("= 3", "= 3\nseed = 1")])
def test_what_changes_a_result_makes_it_run_again(tmp_path: Path, change: tuple[str, str]) -> None:
    first = read_experiment(written(tmp_path))
    second = read_experiment(written(tmp_path, SMALL.replace(*change, 1)))
    assert {first.key(point) for point in first.points}.isdisjoint({second.key(point) for point in second.points})


def test_other_models_can_be_run(tmp_path: Path) -> None:
    text = '[experiment]\nname = "b"\nmodel = "binary"\nperiods = 5\nreplications = 2000\n'
    text += "[parameters]\nv_low = 98\nv_high = 102\nprior = 0.5\n[grid]\nalpha = [0.1, 0.5]\n"
    rows = run_experiment(read_experiment(written(tmp_path, text)), tmp_path / "out")
    assert rows["spread"].to_list()[0] == pytest.approx(0.4, abs=0.1)
    text = SMALL.replace('"das"', '"das_gaussian"').replace("alpha = 0.7", "alpha = 0.7\nknown_jumps = false")
    assert len(run_experiment(read_experiment(written(tmp_path, text)), tmp_path / "gauss")) == 4


def test_the_table_of_das_is_a_good_experiment() -> None:
    experiment = read_experiment(EXPERIMENTS / "das_table2.toml")
    assert len(experiment.points) == 4
    assert (experiment.periods, experiment.replications) == (20_000, 10)
    assert {one.figure for one in experiment.published if not one.replicates} == {"profit"}
    for one in experiment.published:
        assert one.source
        assert any(all(point[name] == value for name, value in one.at.items()) for point in experiment.points)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('"das"', '"dsa"'), 'model = "dsa", which is not known. Did you mean das?'),
        (("periods", "peroids"), "peroids in [experiment], which is not known. Did you mean periods?"),
        (("periods = 50", "periods = 0"), "periods in [experiment] must be 1 or more; it was 0."),
        (("periods = 50", "periods = true"), "must be a whole number; it was True."),
        (('name = "small"\n', ""), "lacks name in [experiment]."),
        (("alpha = 0.7", "alhpa = 0.7"), "alhpa in [parameters], which is not known. Did you mean alpha?"),
        (("alpha = 0.7\n", ""), "lacks the parameter alpha."),
        (("alpha = 0.7", "alpha = 1.7"), "point 1: alpha (the fraction of traders who are informed) must lie between"),
        (("alpha = 0.7", 'alpha = "much"'), "alpha must be a number; it was 'much'."),
        (("alpha = 0.7", "alpha = nan"), "alpha must be a number; it was nan."),
        (("alpha = 0.7", "alpha = 0.7\nknown_jumps = 1"), "known_jumps must be true or false; it was 1"),
        (("alpha = 0.7", "alpha = true"), "alpha must be a number; it was True."),
        (("[0, 1]", "[]"), "shift in [grid] must be a list of values; it was []."),
        (("[0, 1]", "[0, 0]"), "shift in [grid] names a value twice."),
        (("alpha = 0.7", "alpha = 0.7\nshift = 1"), "shift stands in [grid] and in [parameters]."),
        (("sigma = 20\n", ""), "each of [[points]] must give sigma, as one of them does."),
        (("[grid]", "[gird]"), "the table [gird], which is not known. Did you mean grid?"),
        (("alpha = 0.7", "alpha = 0.7 0.8"), "is not valid TOML"),
        (("sigma = 20", "sigma = 20\n[[published]]\nspread = 1.0"), "[[published]] needs at (a table), source"),
        (("sigma = 20", 'sigma = 20\n[[published]]\nsource = "x"\nspraed = 1'), "Did you mean spread?"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    assert change[0] in SMALL
    with pytest.raises(InputError) as caught:
        read_experiment(written(tmp_path, SMALL.replace(*change, 1)))
    assert any(words in problem for problem in caught.value.problems), caught.value.problems


def test_files_and_folders_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"none.toml does not exist. It should be an experiment, as in experiments/, a TOML file"
    ):
        read_experiment(tmp_path / "none.toml")
    with pytest.raises(SettingsError, match="is a directory"):
        read_experiment(tmp_path)
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="is not UTF-8"):
        read_experiment(tmp_path / "bytes.toml")
    experiment: Experiment = read_experiment(written(tmp_path))
    with pytest.raises(SettingsError, match="is a file; --out names a folder"):
        run_experiment(experiment, tmp_path / "small.toml")
    (tmp_path / "points.parquet").write_text("no parquet")
    with pytest.raises(SettingsError, match="holds no results of an experiment"):
        run_experiment(experiment, tmp_path)
