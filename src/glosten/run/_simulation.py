"""What a simulation is asked for and what it says: how to draw, and means that carry their errors and their n."""

from __future__ import annotations

from dataclasses import dataclass
from operator import index
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from glosten.run._monte_carlo import PRECISIONS, Precision, Progress
from glosten.run._sample import Path
from glosten.run._told_path import ToldPath
from glosten.statistics import Mean
from glosten.theory import TARGET

Floats = NDArray[np.float64]
Engine = Literal["exact", "mc"]
ENGINES: tuple[str, ...] = get_args(Engine)
LARGEST_SEED = 2**64 - 1
MOST_SAMPLED = 1000


@dataclass(frozen=True, slots=True)
class Execution:
    """How to simulate, as opposed to what, and what to keep: threads, blocks and progress do not change a bit.

    ``threads`` that share the work; ``blocks`` of 512 paths that one thread takes at a time (None: as many as are
    worth its while); ``sampled`` paths to keep in full: so many of the first, or those with the numbers given;
    ``progress`` is called with (paths done, paths in all); ``precision`` of the kernel, where f32 takes the paths of
    f64 at some 1e-5 of its accuracy; ``target``, a belief of which to tell when paths with V = V_H first reach it.
    """

    threads: int = 1
    blocks: int | None = None
    sampled: int | tuple[int, ...] = 3
    progress: Progress | None = None
    precision: Precision = "f64"
    target: float | None = None

    def problems(self, paths: int) -> list[str | None]:
        """Return what is wrong with the execution for so many paths."""
        found = [
            whole_problem("threads", self.threads, 1, 1024),
            None if self.blocks is None else whole_problem("blocks", self.blocks, 1, 2**40),
            None if self.target is None else TARGET.problem(self.target),
        ]
        if self.precision not in PRECISIONS:
            found.append(f"precision must be {' or '.join(PRECISIONS)}; it was {self.precision!r}.")
        if not isinstance(self.sampled, tuple):
            return [*found, whole_problem("sampled", self.sampled, 0, MOST_SAMPLED)]
        if len(self.sampled) > MOST_SAMPLED:
            found.append(f"no more than {MOST_SAMPLED} paths can be kept in full; there were {len(self.sampled)}.")
        return [*found, *(whole_problem("a number in sampled", one, 0, paths - 1) for one in self.sampled)]

    def numbers(self, paths: int) -> tuple[int, ...]:
        """Return the numbers of the paths to keep in full, of so many that there are."""
        return self.sampled if isinstance(self.sampled, tuple) else tuple(range(min(self.sampled, paths)))


@dataclass(frozen=True, slots=True)
class FirstPassage:
    """When the belief first reached ``target`` on the ``n`` paths with V = V_H.

    ``reached`` (T + 1,) is P(reached by trade t | V_H), NaN where no path had that value; ``time`` the mean number of
    trades it took those that reached it within T, which ``time.n`` counts.
    """

    target: float
    reached: Floats
    reached_se: Floats
    time: Mean
    n: int


@dataclass(frozen=True, slots=True)
class Simulation:
    """What became of a model over T periods; prices and gains in price units.

    ``spread`` (T + 1,) is the unconditional mean of the spread quoted before period t + 1, counted as 0 where a side
    cannot trade; ``error`` (T + 1,) is E[(E_t[V] - V)^2]; ``belief`` (T + 1,) is E[P(V_H) after t periods | V = V_H],
    NaN where no path had that value and where the values are not two. Gains are sums over the T periods of a path;
    ``orders`` are those that traded, ``inventory`` is the maker's at the end, both None where an exact law does not
    tell. ``n`` paths were drawn, of which ``n_high`` have V = V_H: both 0 for ``exact``, whose standard errors are 0.
    ``trades`` is T; ``trades_per_second`` counts periods of paths (mc) or dates of the law (exact).
    """

    engine: Engine
    model: Any
    trades: int
    spread: Floats
    spread_se: Floats
    error: Floats
    error_se: Floats
    belief: Floats
    belief_se: Floats
    mm_pnl: Mean
    informed_pnl: Mean
    noise_pnl: Mean
    orders: Mean | None
    inventory: Mean | None
    n: int
    n_high: int
    seed: int
    threads: int
    seconds: float
    trades_per_second: float
    sampled: tuple[Path | ToldPath, ...]
    first_passage: FirstPassage | None = None


def whole_problem(name: str, value: int, low: int, high: int) -> str | None:
    """Return what is wrong with a whole number, or None."""
    try:
        fits = not isinstance(value, bool) and low <= index(value) <= high
    except TypeError:
        fits = False
    return None if fits else f"{name} must be a whole number from {low} to {high}; it was {value!r}."
