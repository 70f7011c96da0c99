from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from glosten import run
from glosten.errors import DomainError, InputError, RunError
from glosten.run import (
    CompetitiveMaker,
    HonestInsider,
    InsiderEnvironment,
    InsiderTask,
    InsiderVectorEnvironment,
    MakerEnvironment,
    MakerTask,
    MakerVectorEnvironment,
    ZeroIntelligenceMaker,
    evaluate,
    register_environments,
)
from glosten.theory import Elastic, LinearDemand, LogisticDemand

MAKER = MakerTask(Elastic(98.0, 102.0, 0.4, 0.3, 0.4, LinearDemand(3.0)), 7, 0.2, "value", 0.01)
LOGISTIC = MakerTask(Elastic(98.0, 102.0, 0.4, 0.3, 0.4, LogisticDemand(1.0)), 7)
INSIDER = InsiderTask(periods=6)


def actions_of(environment: Any, steps: int, lanes: int) -> Any:
    """Actions drawn once for that many lanes: shape (steps, lanes, ...)."""
    draws = np.random.default_rng(5)
    if isinstance(environment, MakerVectorEnvironment):
        return draws.uniform(-1.2, 1.2, (steps, lanes, 2)).astype(np.float32)
    return draws.integers(0, 3, (steps, lanes))


@pytest.mark.parametrize("name", ["glosten/Maker-v0", "glosten/Insider-v0"])
def test_gymnasiums_own_checks_pass_without_a_warning(name: str) -> None:
    register_environments()
    register_environments()
    check_env(gymnasium.make(name).unwrapped)


@pytest.mark.parametrize(
    ("single", "vector", "task"),
    [
        (MakerEnvironment, MakerVectorEnvironment, MAKER),
        (MakerEnvironment, MakerVectorEnvironment, LOGISTIC),
        (InsiderEnvironment, InsiderVectorEnvironment, INSIDER),
    ],
)
@pytest.mark.parametrize("seed", [0, 7])
def test_a_lane_of_many_is_the_single_environment_of_its_number_bitwise(
    single: Any, vector: Any, task: Any, seed: int
) -> None:
    many, steps = vector(37, task), 3 * (task.periods + 1)
    given = actions_of(many, steps, 37)
    trace = [many.reset(seed=seed)]
    trace += [many.step(actions) for actions in given]
    for lane in (0, 1, 18, 36):
        alone, ended = single(task, lane), False
        seen, info = alone.reset(seed=seed)
        assert np.array_equal(seen, trace[0][0][lane])
        for actions, (observations, rewards, terminated, truncated, infos) in zip(given, trace[1:], strict=True):
            if ended:
                (seen, info), reward, ended = alone.reset(), 0.0, False
            else:
                seen, reward, ended, cut, info = alone.step(actions[lane])
                assert cut is False
            assert np.array_equal(seen, observations[lane])
            assert reward == rewards[lane]
            assert ended == terminated[lane]
            assert not truncated[lane]
            assert info == {"value": infos["value"][lane], "informed": infos["informed"][lane]}


@pytest.mark.parametrize("vector", [MakerVectorEnvironment, InsiderVectorEnvironment])
def test_lanes_do_not_know_how_many_they_are_nor_how_they_are_split(vector: Any) -> None:
    whole, parts = vector(50), [vector(20), vector(30, first_lane=20)]
    given = actions_of(whole, 40, 50)
    whole.reset(seed=3)
    for part in parts:
        part.reset(seed=3)
    for actions in given:
        together = whole.step(actions)
        apart = [part.step(some) for part, some in zip(parts, (actions[:20], actions[20:]), strict=True)]
        for i in range(4):
            assert np.array_equal(together[i], np.concatenate([one[i] for one in apart]))


@pytest.mark.parametrize("environment", [MakerEnvironment(MAKER), InsiderEnvironment(INSIDER)])
def test_a_seed_names_episodes_and_a_reset_without_one_goes_on(environment: Any) -> None:
    def episode(seed: int | None, cut: bool = False) -> Any:
        environment.reset(seed=seed)
        environment.action_space.seed(1)
        told = [environment.step(environment.action_space.sample()) for _ in range(2 if cut else 6)]
        return [(step[1], step[4]) for step in told]

    first, second, third = episode(0), episode(None), episode(None)
    assert first != second
    assert second != third
    assert episode(0) == first
    episode(0, cut=True)
    assert episode(None) == second  # an episode that was left early does not disturb the next
    assert episode(1) != first


def test_without_any_seed_the_system_gives_one() -> None:
    lanes = [MakerVectorEnvironment(256, MAKER) for _ in range(2)]
    values = [one.reset()[1]["value"] for one in lanes]
    assert not np.array_equal(*values)


def test_an_episode_terminates_and_the_step_after_begins_the_next() -> None:
    environment = InsiderVectorEnvironment(8, INSIDER)
    assert environment.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    first = environment.reset(seed=0)[0]
    for period in range(INSIDER.periods):
        seen, _, terminated, truncated, _ = environment.step(np.ones(8, np.int64))
        assert terminated.all() == (period == INSIDER.periods - 1)
        assert not truncated.any()
    assert (seen[:, 2] == 0.0).all()
    seen, rewards, terminated, _, infos = environment.step(np.full(8, 2))
    assert (seen[:, 1:3] == first[:, 1:3]).all()
    assert not rewards.any()
    assert not terminated.any()
    assert infos["_value"].all()


def test_copies_are_kept_and_without_copies_nothing_is_allocated() -> None:
    kept, shared = MakerVectorEnvironment(16, MAKER), MakerVectorEnvironment(16, MAKER, copy=False)
    for environment, same in ((kept, False), (shared, True)):
        environment.reset(seed=0)
        one = environment.step(np.zeros((16, 2), np.float32))
        other = environment.step(np.zeros((16, 2), np.float32))
        assert all(np.shares_memory(one[i], other[i]) is same for i in range(4))
        assert all(np.shares_memory(one[4][key], other[4][key]) is same for key in one[4])


@settings(max_examples=40, deadline=None)
@given(st.data(), st.sampled_from([MAKER, LOGISTIC, MakerTask(periods=12)]))
def test_observations_stay_in_their_space_whatever_the_maker_does(data: Any, task: MakerTask) -> None:
    environment = MakerVectorEnvironment(4, task)
    seen, _ = environment.reset(seed=data.draw(st.integers(0, 2**63)))
    assert environment.observation_space.contains(seen)
    for _ in range(task.periods + 2):
        given = data.draw(arrays(np.float32, (4, 2), elements=st.floats(-2.0, 2.0, width=32)))
        seen, rewards, _, _, _ = environment.step(given)
        assert environment.observation_space.contains(seen)
        assert np.isfinite(rewards).all()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 2), min_size=6, max_size=6), st.integers(0, 2**200))
def test_observations_stay_in_their_space_whatever_the_insider_does(orders: list[int], seed: int) -> None:
    environment = InsiderEnvironment(INSIDER)
    seen, _ = environment.reset(seed=seed)
    for order in orders:
        assert environment.observation_space.contains(seen)
        seen, *_ = environment.step(order)
    assert environment.observation_space.contains(seen)


@pytest.mark.parametrize("name", ["glosten/Maker-v0", "glosten/Insider-v0"])
def test_gymnasium_makes_both_kinds_by_name(name: str) -> None:
    register_environments()
    task = MAKER if "Maker" in name else INSIDER
    alone, many = gymnasium.make(name, task=task), gymnasium.make_vec(name, num_envs=3, task=task)
    slow = gymnasium.make_vec(name, num_envs=3, vectorization_mode="sync", task=task)
    for environment in (many, slow):
        environment.reset(seed=0)
        environment.step(environment.action_space.sample())
    assert alone.unwrapped.task == many.unwrapped.task == task  # type: ignore[attr-defined]
    assert alone.reset(seed=0)[0].shape == many.single_observation_space.shape


def test_evaluation_counts_episodes_and_takes_any_environment() -> None:
    task, policy = MakerTask(periods=4, mark="value"), CompetitiveMaker(MakerTask(periods=4))
    alone = evaluate(MakerEnvironment(task), policy, 9, seed=2)
    again = evaluate(MakerVectorEnvironment(1, task), policy, 9, seed=2)
    wrapped = evaluate(gymnasium.wrappers.TimeLimit(MakerEnvironment(task), 2), policy, 9, seed=2)
    assert alone == again
    assert alone.n == 9
    assert alone != wrapped
    assert evaluate(MakerVectorEnvironment(7, task), policy, 9, seed=2).n == 9
    assert evaluate(InsiderEnvironment(INSIDER), HonestInsider(), 5).n == 5
    with pytest.raises(DomainError, match="episodes must be 2 or more; it was 1"):
        evaluate(MakerEnvironment(task), policy, 1)


def test_what_cannot_be_done_is_refused_in_words() -> None:
    alone, many, insider = MakerEnvironment(MAKER), MakerVectorEnvironment(3, MAKER), InsiderEnvironment(INSIDER)
    with pytest.raises(InputError, match="call reset before the first step"):
        alone.step(np.zeros(2, np.float32))
    with pytest.raises(InputError, match="call reset before the first step"):
        many.step(np.zeros((3, 2), np.float32))
    for environment in (alone, many, insider):
        with pytest.raises(InputError, match="seed must be a whole number of 0 or more"):
            environment.reset(seed=-1)
        with pytest.raises(InputError, match="reset has no options; colour were given"):
            environment.reset(options={"colour": 1})
        environment.reset(seed=0)
    with pytest.raises(InputError, match=r"actions must have shape \(3, 2\); they had \(2, 2\)"):
        many.step(np.zeros((2, 2), np.float32))
    with pytest.raises(InputError, match="1 of 3 were not"):
        many.step(np.array([[0.0, 0.1], [np.nan, 0.0], [0.2, 0.3]], np.float32))
    with pytest.raises(InputError, match=r"0 \(sell\), 1 \(wait\) or 2 \(buy\)"):
        insider.step(3)
    with pytest.raises(InputError, match="whole numbers; they were float64"):
        insider.step(1.0)
    for _ in range(INSIDER.periods):
        insider.step(1)
    with pytest.raises(InputError, match="No episode is under way"):
        insider.step(1)
    with pytest.raises(DomainError, match="lane must be 0 or more"):
        MakerEnvironment(MAKER, -1)
    with pytest.raises(DomainError) as refused:
        InsiderVectorEnvironment(0, INSIDER, -2)
    assert len(refused.value.problems) == 2


def test_a_refused_action_leaves_the_episode_as_it_was() -> None:
    one, other = MakerVectorEnvironment(3, MAKER), MakerVectorEnvironment(3, MAKER)
    policy, noise = CompetitiveMaker(MAKER), ZeroIntelligenceMaker()
    seen = one.reset(seed=0)[0]
    other.reset(seed=0)
    with pytest.raises(InputError):
        one.step(np.full((3, 2), np.nan))
    assert np.array_equal(one.step(policy(seen))[0], other.step(policy(seen))[0])
    assert np.array_equal(one.step(noise(seen))[1], other.step(ZeroIntelligenceMaker()(seen))[1])


def test_the_room_does_not_bring_gymnasium_along() -> None:
    command = "import sys, glosten.run; sys.exit('gymnasium' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0


def test_without_gymnasium_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "glosten.run._environments")
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(RunError, match=r"pip install 'glosten\[gym\]'"):
        _ = run.MakerEnvironment
    with pytest.raises(AttributeError, match="no attribute 'Maker'"):
        _ = run.Maker


def blocks(language: str) -> list[str]:
    page = Path(__file__).resolve().parents[2] / "docs" / "environments.md"
    return [part.split("```")[0] for part in page.read_text(encoding="utf-8").split(f"```{language}\n")[1:]]


@pytest.mark.parametrize("number", [0, 1])
def test_the_commands_of_the_docs_print_what_stands_there(number: int) -> None:
    code, printed = blocks("python")[number], blocks("text")[number]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == printed
