"""A market of agents from a TOML file: [market], [[news]], [[makers]] and [[traders]], checked before anything runs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from glosten.crowd import MAKER_KINDS, TRADER_KINDS, Maker, Market, News, Trader
from glosten.errors import DomainError, SettingsError
from glosten.params import nearest, spell
from glosten.run._toml import read_toml

WHAT = "a market, as in config/markets/"
TABLES = ("market", "news", "makers", "traders")
MARKET_KEYS = tuple(field.name for field in fields(Market) if field.name not in TABLES)
NEWS_KEYS = tuple(field.name for field in fields(News))
TRADER_KEYS = ("name", "kind", "count", "weight", "lots", "decide")
MAKER_KEYS = ("name", "kind", "count", "lots", "quote")


def is_market_file(path: Path) -> bool:
    """Return whether a TOML file holds a market of agents rather than a model; raises `SettingsError` if unreadable."""
    return "market" in read_toml(path, "a model or a market, as in config/models/ and config/markets/")


def read_market(path: Path) -> Market:
    """Read and check a market of agents, everything in it, before anything is run.

    A trader's ``decide`` and a maker's ``quote`` name a Python function as "module:function"; the module may lie beside
    the file. Raises `SettingsError` naming everything that is wrong.
    """
    tables = read_toml(path, WHAT)
    problems = [_unknown(f"the table [{name}]", name, TABLES) for name in tables if name not in TABLES]
    given = tables.get("market")
    if not isinstance(given, dict):
        problems.append(
            "[market] is missing: values, periods and the rest of the market."
            if given is None
            else "market must be a table, [market]."
        )
        given = {}
    problems += [_unknown(f"{key} in [market]", key, MARKET_KEYS) for key in given if key not in MARKET_KEYS]
    problems += [f"[market] lacks {key}." for key in ("values", "periods") if key not in given and "market" in tables]
    with _modules_beside(path):
        makers, found = _each(tables, "makers", _maker)
        traders, more = _each(tables, "traders", _trader)
        news, most = _each(tables, "news", _news)
    problems += found + more + most
    if not problems:
        try:
            return Market(**{"name": path.stem, **given}, makers=makers, traders=traders, news=news)
        except DomainError as error:
            problems += error.problems
    raise SettingsError([f"{path}: {problem}" for problem in dict.fromkeys(problems)])


def _unknown(what: str, name: str, names: tuple[str, ...]) -> str:
    close = nearest(name, names)
    advice = f"Did you mean {close}?" if close else f"Known: {', '.join(names)}."
    return f"{what} is not known. {advice}"


def _each(
    tables: Mapping[str, Any], name: str, make: Callable[[dict[str, Any]], Any]
) -> tuple[tuple[Any, ...], list[str]]:
    """Return what the tables of one name make, and what is wrong in them."""
    rows = tables.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return (), [f"{name} must be a list of tables, [[{name}]]."]
    made, problems = [], []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row.get("name"), str):
            problems.append(f"[[{name}]] number {number} lacks a name.")
            continue
        try:
            made.append(make(row))
        except DomainError as error:
            problems += error.problems
    return tuple(made), problems


def _news(row: dict[str, Any]) -> News:
    unknown = [_unknown(f"News {row['name']}: {key}", key, NEWS_KEYS) for key in row if key not in NEWS_KEYS]
    if unknown:
        raise DomainError(unknown)
    return News(**row)


def _trader(row: dict[str, Any]) -> Trader:
    own, parameters = _split(row, TRADER_KEYS, TRADER_KINDS, f"Trader {row['name']}")
    if "decide" in own:
        own["decide"] = _function(own["decide"], f"Trader {row['name']}: decide")
        own.setdefault("kind", "python")
    return Trader(**own, parameters=parameters)


def _maker(row: dict[str, Any]) -> Maker:
    own, parameters = _split(row, MAKER_KEYS, MAKER_KINDS, f"Maker {row['name']}")
    if "quote" in own:
        own["quote"] = _function(own["quote"], f"Maker {row['name']}: quote")
        own.setdefault("kind", "python")
    return Maker(**own, parameters=parameters)


def _split(
    row: dict[str, Any], keys: tuple[str, ...], kinds: Mapping[str, Any], who: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the keys that every agent has, and those of its kind."""
    own = {key: value for key, value in row.items() if key in keys}
    if "kind" not in own and not {"decide", "quote"} & set(own):
        raise DomainError(f"{who}: kind is missing. Known: {', '.join(kinds)}.")
    return own, {key: value for key, value in row.items() if key not in keys}


@contextmanager
def _modules_beside(path: Path) -> Iterator[None]:
    """Let modules that lie beside a file be imported."""
    folder = str(path.resolve().parent)
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def _function(reference: Any, what: str) -> Callable[..., Any]:
    """Return the function that "module:function" names."""
    module, _, name = reference.partition(":") if isinstance(reference, str) else ("", "", "")
    if not module or not name:
        raise DomainError(f'{what} must be "module:function"; it was {spell(reference)}.')
    try:
        found = getattr(importlib.import_module(module), name)
    except ImportError as error:
        raise DomainError(f"{what} names the module {module}, which cannot be imported: {error}.") from None
    except AttributeError:
        raise DomainError(f"{what} names {name}, which the module {module} does not have.") from None
    if not callable(found):
        raise DomainError(f"{what} names {reference}, which is no function.")
    function: Callable[..., Any] = found
    return function
