"""The tasks as gymnasium environments, one episode at a time or many lanes at once; only this file needs gymnasium."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from glosten.errors import InputError, RunError
from glosten.run._environment_lanes import InsiderLanes, Lanes, MakerLanes
from glosten.run._environment_steps import Floats, Observations
from glosten.run._environment_tasks import InsiderTask, MakerTask
from glosten.statistics import Mean
from glosten.theory import require

try:
    import gymnasium
    from gymnasium.spaces import Box, Discrete, Space
    from gymnasium.vector import AutoresetMode, VectorEnv
    from gymnasium.vector.utils import batch_space
except ModuleNotFoundError as missing:
    raise RunError("The environments need gymnasium, which is not installed: pip install 'glosten[gym]'.") from missing

Flags: TypeAlias = NDArray[np.bool_]
Actions: TypeAlias = NDArray[np.generic]
Policy: TypeAlias = Callable[[Observations], Actions]
"""From observations, of one lane or of many, to as many actions."""
Infos: TypeAlias = dict[str, Any]
MAKER_ID, INSIDER_ID = "glosten/Maker-v0", "glosten/Insider-v0"


def _maker_spaces(task: MakerTask) -> tuple[Box, Box]:
    """Return the spaces of (observations, actions) of a maker."""
    most = float(task.periods)
    low, high = [0.0, -most, 0.0, -1.0], [1.0, most, 1.0, 1.0]
    seen = Box(np.array(low, np.float32), np.array(high, np.float32), dtype=np.float32)
    return seen, Box(-1.0, 1.0, (2,), np.float32)


def _insider_spaces(task: InsiderTask) -> tuple[Box, Discrete]:
    """Return the spaces of (observations, actions) of an insider."""
    most = float(task.periods)
    low, high = [-1.0, 0.0, 0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, most, most, 1.0]
    return Box(np.array(low, np.float32), np.array(high, np.float32), dtype=np.float32), Discrete(3)


def _check_reset(seed: int | None, options: Infos | None) -> None:
    """Raise `InputError` unless a reset is asked for as it can be done."""
    problems = []
    if seed is not None and not (isinstance(seed, int) and seed >= 0):
        problems.append(f"seed must be a whole number of 0 or more, or None to go on; it was {seed!r}.")
    if options:
        problems.append(f"reset has no options; {', '.join(sorted(options))} were given.")
    if problems:
        raise InputError(problems)


def _check_step(left: int, actions: Actions, space: Space[Any]) -> Actions:
    """Return the actions as an array; raise `InputError` if no episode is under way or they have another shape."""
    if left == 0:
        raise InputError("No episode is under way: call reset before the first step, and after the last.")
    given = np.asarray(actions)
    if given.shape != space.shape:
        raise InputError(f"actions must have shape {space.shape}; they had {given.shape}.")
    if isinstance(space, Box) or np.issubdtype(given.dtype, np.integer):
        return given
    raise InputError(f"actions must be whole numbers; they were {given.dtype}.")


class _Environment(gymnasium.Env[Observations, Any]):
    """One episode at a time."""

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012 - as gymnasium declares it

    def __init__(self, lanes: Lanes, spaces: tuple[Space[Any], Space[Any]]) -> None:
        self._lanes = lanes
        self.observation_space, self.action_space = spaces
        self._seeded = False

    def _info(self) -> Infos:
        held = self._lanes.buffers
        return {"value": float(held.values[0]), "informed": bool(held.informed[0])}

    def reset(self, *, seed: int | None = None, options: Infos | None = None) -> tuple[Observations, Infos]:
        """Return the first observation of the next episode, and what the agent may not see.

        With a seed the episodes are counted from 0 again; without one, and none before, a seed is taken from the
        system. Raises `InputError` for a seed below 0 and for options, of which there are none.
        """
        _check_reset(seed, options)
        super().reset(seed=seed)
        if seed is not None or not self._seeded:
            self._lanes.seed(self.np_random_seed if seed is None else seed)
            self._seeded = True
        self._lanes.start()
        return self._lanes.buffers.observations[0].copy(), self._info()

    def step(self, action: Any) -> tuple[Observations, float, bool, bool, Infos]:
        """Return (observation, reward, whether it was the last period, False, info) of one period.

        An episode ends by its own rule, never by a limit from outside: it terminates and is not truncated. Raises
        `InputError` for an action that is none, and where no episode is under way.
        """
        held = self._lanes.buffers
        self._lanes.step(_check_step(held.left, action, self.action_space))
        return held.observations[0].copy(), float(held.rewards[0]), held.left == 0, False, self._info()


class _VectorEnvironment(VectorEnv[Observations, Any, NDArray[Any]]):
    """Many lanes at once, all in the same period of their episodes."""

    metadata: dict[str, Any] = {"render_modes": [], "autoreset_mode": AutoresetMode.NEXT_STEP}  # noqa: RUF012

    def __init__(self, lanes: Lanes, spaces: tuple[Space[Any], Space[Any]], copy: bool) -> None:
        self._lanes, self.copy = lanes, copy
        self.num_envs = lanes.buffers.keys.size
        self.single_observation_space, self.single_action_space = spaces
        self.observation_space = batch_space(spaces[0], self.num_envs)
        self.action_space = batch_space(spaces[1], self.num_envs)
        self._ended, self._truncated = np.zeros(self.num_envs, np.bool_), np.zeros(self.num_envs, np.bool_)
        self._everyone = np.ones(self.num_envs, np.bool_)
        self._seeded = False

    def _kept(self, array: NDArray[Any]) -> NDArray[Any]:
        return array.copy() if self.copy else array

    def _infos(self) -> Infos:
        held = self._lanes.buffers
        infos = {"value": self._kept(held.values), "informed": self._kept(held.informed)}
        return infos | {f"_{name}": self._kept(self._everyone) for name in infos}

    def reset(self, *, seed: int | None = None, options: Infos | None = None) -> tuple[Observations, Infos]:
        """Return the first observations of the next episode of every lane, shape (lanes, ...), and infos.

        Seeds and errors as in the single environment: lane i draws what a single environment of that lane draws.
        """
        _check_reset(seed, options)
        super().reset(seed=seed)
        if seed is not None or not self._seeded:
            named = self.np_random_seed if seed is None else seed
            assert named is not None, "gymnasium draws a seed where none was given"  # noqa: S101
            self._lanes.seed(named)
            self._seeded = True
        self._lanes.start()
        self._ended[:] = False
        return self._kept(self._lanes.buffers.observations), self._infos()

    def step(self, actions: Any) -> tuple[Observations, Floats, Flags, Flags, Infos]:
        """Return (observations, rewards, terminations, truncations, infos) of one period on every lane.

        The step after the last of an episode begins the next one on every lane, whatever the actions, and earns 0.
        Without ``copy`` the arrays are those that the next call writes to. Raises `InputError` as the single one.
        """
        held = self._lanes.buffers
        given = _check_step(held.left + self._ended[0], actions, self.action_space)
        if self._ended[0]:
            self._lanes.start()
        else:
            self._lanes.step(given)
        self._ended[:] = held.left == 0
        kept = self._kept
        return kept(held.observations), kept(held.rewards), kept(self._ended), kept(self._truncated), self._infos()


class MakerEnvironment(_Environment):
    """A maker's task for gymnasium; ``lane`` numbers the streams it draws from, 0 or more.

    An action is (bid, ask): how far each quote is from E[V] given all orders, outwards, in units of the task's
    ``widest``; beyond [-1, 1] it counts as the end. Observations (4,): P(V_H), inventory in units, share of the periods
    left, last order. The reward is what the period earned, in price units, less the penalty on inventory.
    """

    def __init__(self, task: MakerTask | None = None, lane: int = 0) -> None:
        self.task = MakerTask() if task is None else task
        require([None if lane >= 0 else f"lane must be 0 or more; it was {lane}."])
        super().__init__(MakerLanes(self.task, 1, lane), _maker_spaces(self.task))


class InsiderEnvironment(_Environment):
    """An insider's task for gymnasium; ``lane`` numbers the streams it draws from, 0 or more.

    An action is 0 to sell, 1 to wait, 2 to buy, and counts where it is the insider's turn. Observations (6,): 1 if V is
    V_H and -1 if V_L, the maker's P(V_H), share of the periods left, buys and sells so far, 1 at the insider's turn.
    The reward is what the order gains, in price units.
    """

    def __init__(self, task: InsiderTask | None = None, lane: int = 0) -> None:
        self.task = InsiderTask() if task is None else task
        require([None if lane >= 0 else f"lane must be 0 or more; it was {lane}."])
        super().__init__(InsiderLanes(self.task, 1, lane), _insider_spaces(self.task))


def _lanes_problems(lanes: int, first: int) -> list[str | None]:
    """Return what is wrong with a number of lanes and the number of the first."""
    return [
        None if lanes >= 1 else f"num_envs must be 1 or more; it was {lanes}.",
        None if first >= 0 else f"first_lane must be 0 or more; it was {first}.",
    ]


class MakerVectorEnvironment(_VectorEnvironment):
    """Many `MakerEnvironment`s in one compiled step: lane i draws as the single environment of lane first_lane + i.

    With ``copy`` what is returned is the caller's to keep; without, the next call overwrites it.
    """

    def __init__(
        self, num_envs: int = 1, task: MakerTask | None = None, first_lane: int = 0, *, copy: bool = True
    ) -> None:
        self.task = MakerTask() if task is None else task
        require(_lanes_problems(num_envs, first_lane))
        super().__init__(MakerLanes(self.task, num_envs, first_lane), _maker_spaces(self.task), copy)


class InsiderVectorEnvironment(_VectorEnvironment):
    """Many `InsiderEnvironment`s in one compiled step, numbered and copied as in `MakerVectorEnvironment`."""

    def __init__(
        self, num_envs: int = 1, task: InsiderTask | None = None, first_lane: int = 0, *, copy: bool = True
    ) -> None:
        self.task = InsiderTask() if task is None else task
        require(_lanes_problems(num_envs, first_lane))
        super().__init__(InsiderLanes(self.task, num_envs, first_lane), _insider_spaces(self.task), copy)


def register_environments() -> None:
    """Make the environments known to `gymnasium.make` and `gymnasium.make_vec`; calling it again changes nothing.

    Their names are glosten/Maker-v0 and glosten/Insider-v0; both take a ``task``.
    """
    kinds = ((MAKER_ID, MakerEnvironment, MakerVectorEnvironment),)
    for name, single, vector in (*kinds, (INSIDER_ID, InsiderEnvironment, InsiderVectorEnvironment)):
        if name not in gymnasium.registry:
            gymnasium.register(
                name,
                entry_point=f"{__package__}:{single.__name__}",
                vector_entry_point=f"{__package__}:{vector.__name__}",
            )


def _play_lanes(environment: VectorEnv[Any, Any, Any], observations: Observations, policy: Policy) -> Floats:
    """Return what the episodes under way earn until each of them ends, shape (lanes,)."""
    totals, alive = np.zeros(environment.num_envs), np.ones(environment.num_envs, np.bool_)
    while alive.any():
        observations, rewards, terminated, truncated, _ = environment.step(policy(observations))
        totals += np.where(alive, rewards, 0.0)
        alive &= ~(terminated | truncated)
    return totals


def _play(environment: gymnasium.Env[Any, Any], observation: Observations, policy: Policy) -> float:
    """Return what the episode under way earns."""
    total, ended = 0.0, False
    while not ended:
        observation, reward, terminated, truncated, _ = environment.step(policy(observation))
        total += float(reward)
        ended = terminated or truncated
    return total


def evaluate(
    environment: gymnasium.Env[Any, Any] | VectorEnv[Any, Any, Any], policy: Policy, episodes: int, seed: int = 0
) -> Mean:
    """Return the mean reward of an episode under a policy, with its standard error, over that many episodes.

    Takes any environment of gymnasium, single or vectorised; the lanes of a vector play one episode each, then the
    next. Raises `DomainError` unless there are 2 episodes or more: one has no error.
    """
    require([None if episodes >= 2 else f"episodes must be 2 or more; it was {episodes}."])
    lanes = environment.num_envs if isinstance(environment, VectorEnv) else 1
    earned = np.empty(episodes)
    for first in range(0, episodes, lanes):
        observations, _ = environment.reset(seed=seed if first == 0 else None)
        if isinstance(environment, VectorEnv):
            played = _play_lanes(environment, observations, policy)
        else:
            played = np.array([_play(environment, observations, policy)])
        earned[first : first + lanes] = played[: episodes - first]
    return Mean.of(earned)
