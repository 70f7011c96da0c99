"""From a file, the environment and the command line to checked settings; the later wins."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import ValidationError

from glosten.errors import ParameterError
from glosten.params import Declaration, Runtime, Strategy, describe_problems, overlay
from glosten.settings._document import read_document
from glosten.settings._entry import (
    DEFAULT,
    Entry,
    Origin,
    entries_of_environment,
    entries_of_overrides,
)
from glosten.settings._pairs import Entries, choose_pair, entries_of_document, is_gunbot
from glosten.settings._tables import KEYS, Account, TradedInstrument

Model = TypeVar("Model", bound=Declaration)
HASH_DIGITS = 16
NO_PAIRS: dict[str, Entries] = {}


@dataclass(frozen=True, slots=True)
class Settings:
    """A checked configuration.

    ``strategy`` is as written, ``effective`` what holds after STRICT_LITERATURE; ``hash`` names the effective values,
    however they were given; ``provenance`` tells of every key where its value comes from.
    """

    strategy: Strategy
    runtime: Runtime
    account: Account
    instrument: TradedInstrument
    hash: str
    provenance: Mapping[str, Origin]
    path: Path | None

    @property
    def effective(self) -> Strategy:
        """Return the strategy with the strict overlay applied."""
        return overlay(self.strategy)[0]

    def values(self) -> dict[str, Any]:
        """Return every key with its effective value, in the order of the tables."""
        return _values(self.effective, self.runtime, self.account, self.instrument)


def _values(*models: Declaration) -> dict[str, Any]:
    return {model.PREFIX + name: value for model in models for name, value in model.model_dump().items()}


def load(
    path: Path | None,
    *,
    pair: str | None = None,
    overrides: Sequence[str] = (),
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """Return the settings of one pair: defaults, then the file, its table of the pair, environment, overrides.

    ``overrides`` are KEY=VALUE as after --set. Raises `SettingsError` for a file that cannot be read and
    `ParameterError` with every problem of every key at once.
    """
    document = read_document(path) if path is not None else None
    general, pairs = entries_of_document(document) if document is not None else ((), NO_PAIRS)
    later = (*entries_of_environment(environment), *entries_of_overrides(overrides))
    problems = [
        f"{entry.origin.where}: {entry.problem}"
        for group in (general, *pairs.values(), later)
        for entry in group
        if entry.problem
    ]
    if problems and document is not None and document.is_json and is_gunbot(document.tables):
        problems.append(f"`glosten config import-gunbot {path}` keeps what it knows and warns of the rest.")
    entries = _entries_that_hold(general, pairs, later, pair, str(path))
    given = {entry.key: entry for entry in entries if not entry.problem}
    strategy = _checked(Strategy, given, problems)
    runtime = _checked(Runtime, given, problems)
    account = _checked(Account, given, problems)
    instrument = _checked(TradedInstrument, given, problems)
    if problems:
        raise ParameterError(problems)
    return Settings(
        strategy,
        runtime,
        account,
        instrument,
        effective_hash(strategy, runtime, account, instrument),
        MappingProxyType({key: given[key].origin if key in given else DEFAULT for key in KEYS}),
        path,
    )


def pairs_in(path: Path) -> tuple[str, ...]:
    """Return the names of the pairs a configuration file has a table for, in its order; raises `SettingsError`."""
    return tuple(entries_of_document(read_document(path))[1])


def _entries_that_hold(
    general: Entries, pairs: Mapping[str, Entries], later: Entries, asked: str | None, source: str
) -> list[Entry]:
    """Return the entries that concern the chosen pair, the weakest first."""
    symbols = [str(entry.value) for entry in (*general, *later) if entry.key == "instrument.symbol"]
    chosen = choose_pair(asked, symbols[-1] if symbols else "", pairs, source)
    name = chosen or asked
    named = [Entry("instrument.symbol", name, Origin("file", "the pair's name"))] if name else []
    return [*general, *named, *pairs.get(chosen or "", ()), *later]


def _checked(model: type[Model], given: Mapping[str, Entry], problems: list[str]) -> Model:
    """Return the model with the values given for it; problems are added to the list, and defaults returned."""
    found = {name: given[key.key] for name, key in model.declared().items() if key.key in given}
    try:
        return model.model_validate({name: entry.value for name, entry in found.items()})
    except ValidationError as error:
        problems += [f"{found[name].origin.where}: {sentence}" for name, sentence in describe_problems(error)]
        return model()


def effective_hash(strategy: Strategy, runtime: Runtime, account: Account, instrument: TradedInstrument) -> str:
    """Return the name of the values in force, whatever they were written in."""
    return _hash(_values(overlay(strategy)[0], runtime, account, instrument))


def _canonical(value: Any) -> Any:
    return str(value.normalize()) if isinstance(value, Decimal) else value


def _hash(values: Mapping[str, Any]) -> str:
    """Return a name for the values that does not depend on how they were written, nor on their order."""
    text = json.dumps({key: _canonical(value) for key, value in values.items()}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_DIGITS]
