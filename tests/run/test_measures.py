from __future__ import annotations

from pathlib import Path

import pytest

from glosten import theory
from glosten.errors import InputError
from glosten.run import read_experiment, run_experiment
from glosten.theory import Binary, Elastic, LinearDemand

pytestmark = pytest.mark.skipif(
    not hasattr(theory.posterior, "py_func"), reason="random words wrap in compiled code only"
)

BINARY = """
[experiment]
name = "b"
model = "binary"
measure = "{measure}"
periods = 20
replications = 4000
[parameters]
v_low = 0
v_high = 1
prior = 0.5
[grid]
alpha = [0.1, 0.4]
"""
ELASTIC = """
[experiment]
name = "e"
model = "elastic"
measure = "quotes"
shown = ["spread"]
[parameters]
v_low = 0
v_high = 2
prior = 0.5
eta = 0.5
[grid]
demand = ["linear"]
width = [0.6, 0.8]
alpha = [0.2]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "file.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_point_is_measured_exactly_or_by_paths_and_both_agree(tmp_path: Path) -> None:
    exact, drawn = (
        run_experiment(
            read_experiment(written(tmp_path, BINARY.format(measure=measure))), tmp_path / measure
        ).to_dicts()
        for measure in ("exact", "mc")
    )
    for one, other in zip(exact, drawn, strict=True):
        for figure in ("spread", "error", "belief", "profit", "profit_sd", "informed", "noise"):
            assert one[f"{figure}_n"] == 0
            assert abs(one[figure] - other[figure]) <= 5 * other[f"{figure}_se"] + 1e-12, figure
        assert one["orders"] == other["orders"] == 20
        assert one["spread"] == pytest.approx(Binary(0, 1, 0.5, one["alpha"]).law(20).spread[-1])


def test_quotes_alone_need_no_periods_and_a_closed_side_is_nothing(tmp_path: Path) -> None:
    experiment = read_experiment(written(tmp_path, ELASTIC))
    assert (experiment.shown, experiment.periods) == (("spread",), 0)
    closed, open_ = run_experiment(experiment, tmp_path / "out").to_dicts()
    assert closed["ask"] != closed["ask"]
    assert open_["ask"] == Elastic(0, 2, 0.5, 0.2, 0.5, LinearDemand(0.8)).quotes().ask
    assert open_["ask_n"] == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('measure = "quotes"', 'measure = "qotes"'), "Did you mean quotes"),
        (('measure = "quotes"', 'measure = "mc"'), "lacks periods"),
        (('["spread"]', '["sprad"]'), "sprad in shown.*Did you mean spread"),
        (('["spread"]', '"spread"'), "must be a list of figures"),
        (('measure = "quotes"', 'measure = "exact"\nperiods = 5'), "engine exact needs .* Elastic do. Use mc"),
        (('["linear"]', '["linaer"]'), "Did you mean linear"),
    ],
)
def test_a_bad_measure_is_refused_in_a_sentence(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_experiment(written(tmp_path, ELASTIC.replace(*change)))
