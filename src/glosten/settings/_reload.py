"""Hot reload: the settings of a running pair, read again between two decisions when their file has changed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from glosten.errors import InputError
from glosten.params import Declaration, spell
from glosten.settings._load import Settings, effective_hash, load
from glosten.settings._tables import KEYS

Model = TypeVar("Model", bound=Declaration)


@dataclass(frozen=True, slots=True)
class Change:
    """One key whose value in force has changed."""

    key: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Reload:
    """What a look at the file brought: ``changes`` that hold from now on, and one sentence where something does not.

    ``problem`` says why the file was turned down whole, ``waiting`` which of its keys need a new start; each is said
    once for each version of the file and is empty otherwise.
    """

    changes: tuple[Change, ...] = ()
    problem: str = ""
    waiting: str = ""


NOTHING = Reload()


class LiveSettings:
    """The settings of one pair that follow their file.

    `refresh` is called between two decisions. A file that is missing, unreadable or has any bad value changes nothing:
    the last good values stay in force. Keys that take effect at the next start keep their values until then.
    ``revision`` counts the versions in force from 0 and goes into `params.pack`.
    """

    def __init__(
        self,
        path: Path,
        *,
        pair: str | None = None,
        overrides: Sequence[str] = (),
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._pair, self._overrides, self._environment = pair, tuple(overrides), dict(environment)
        self._seen = _mark(path)
        self.settings = self._load(path)
        self.path = path
        self.revision = 0

    def _load(self, path: Path) -> Settings:
        return load(path, pair=self._pair, overrides=self._overrides, environment=self._environment)

    def refresh(self) -> Reload:
        """Return what has changed since the last look; looking at an unchanged file costs one system call."""
        mark = _mark(self.path)
        if mark == self._seen:
            return NOTHING
        self._seen = mark
        try:
            found = self._load(self.path)
        except InputError as error:
            count = len(error.problems)
            more = f" ({count - 1} more: `glosten config check {self.path}`)" if count > 1 else ""
            return Reload(problem=f"{error.problems[0]}{more} The last good configuration stays in force.")
        settings, waiting = _without_restart(self.settings, found)
        before, after = self.settings.values(), settings.values()
        changes = tuple(Change(key, before[key], after[key]) for key in after if before[key] != after[key])
        self.settings = settings
        self.revision += bool(changes)
        return Reload(changes, waiting=_until_restart(waiting))


def _mark(path: Path) -> tuple[int, ...]:
    """Return what changes with the file: its time, size and place on the disk; () where there is none."""
    try:
        facts = path.stat()
    except OSError:
        return ()
    return facts.st_mtime_ns, facts.st_size, facts.st_ino


def _without_restart(old: Settings, new: Settings) -> tuple[Settings, tuple[Change, ...]]:
    """Return the new settings with the old values of keys that take effect at a start, and what these would have been.

    What STRICT_LITERATURE lays over other keys follows from the values, as at every start.
    """
    waiting: list[Change] = []

    def kept(before: Model, after: Model) -> Model:
        fixed = {name: getattr(before, name) for name, key in before.declared().items() if not key.live}
        for name, value in fixed.items():
            if getattr(after, name) != value:
                waiting.append(Change(before.PREFIX + name, value, getattr(after, name)))
        return after.model_copy(update=fixed)

    strategy, runtime = kept(old.strategy, new.strategy), kept(old.runtime, new.runtime)
    account, instrument = kept(old.account, new.account), kept(old.instrument, new.instrument)
    stays = {change.key: old.provenance[change.key] for change in waiting}
    provenance = MappingProxyType({key: stays.get(key, new.provenance[key]) for key in KEYS})
    named = effective_hash(strategy, runtime, account, instrument)
    settings = replace(
        new,
        strategy=strategy,
        runtime=runtime,
        account=account,
        instrument=instrument,
        hash=named,
        provenance=provenance,
    )
    return settings, tuple(waiting)


def _until_restart(waiting: Sequence[Change]) -> str:
    if not waiting:
        return ""
    told = ", ".join(f"{change.key} = {spell(change.new)} (now {spell(change.old)})" for change in waiting)
    return f"{told}: takes effect at the next start, the old value stays until then."
