"""The tables of single pairs in a file, its own and those of a Gunbot configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glosten.errors import ParameterError
from glosten.params import nearest
from glosten.settings._document import Document, Keys
from glosten.settings._entry import PAIRS, Entry, Origin, entries_of_table

Entries = tuple[Entry, ...]


def is_gunbot(tables: Mapping[str, Any]) -> bool:
    """Return whether the tables are laid out as Gunbot's: pairs.<exchange>.<pair> with a strategy or an override."""
    exchanges = tables.get(PAIRS)
    return isinstance(exchanges, Mapping) and any(
        isinstance(body, Mapping) and ("override" in body or isinstance(body.get("strategy"), str))
        for pairs in exchanges.values()
        if isinstance(pairs, Mapping)
        for body in pairs.values()
    )


def pair_name(gunbot: str) -> str:
    """Return BTC/USDT for Gunbot's USDT-BTC."""
    quote, dash, base = gunbot.partition("-")
    return f"{base}/{quote}" if dash else gunbot


def gunbot_members(tables: Mapping[str, Any]) -> dict[str, list[tuple[Keys, Mapping[str, Any]]]]:
    """Return, for every pair of a Gunbot configuration, its tables of settings and their paths, the strongest last.

    Exchanges, keys and everything else Gunbot keeps in the file are never looked at.
    """
    strategies = tables.get("strategies")
    found: dict[str, list[tuple[Keys, Mapping[str, Any]]]] = {}
    for exchange, pairs in tables[PAIRS].items():
        for pair, body in pairs.items() if isinstance(pairs, Mapping) else ():
            name = pair_name(pair) if pair_name(pair) not in found else f"{exchange}:{pair_name(pair)}"
            members: list[tuple[Keys, Mapping[str, Any]]] = []
            strategy = body.get("strategy") if isinstance(body, Mapping) else None
            if isinstance(strategies, Mapping) and isinstance(strategies.get(strategy), Mapping):
                members.append((("strategies", str(strategy)), strategies[strategy]))
            if isinstance(body, Mapping) and isinstance(body.get("override"), Mapping):
                members.append(((PAIRS, exchange, pair, "override"), body["override"]))
            found[name] = members
    return found


def entries_of_document(document: Document) -> tuple[Entries, dict[str, Entries]]:
    """Return the entries that hold for every pair, and those of each pair."""
    tables = document.tables
    if document.is_json and is_gunbot(tables):
        return (), {
            pair: tuple(
                entry for path, members in sources for entry in entries_of_table(document, members, path, "strategy")
            )
            for pair, sources in gunbot_members(tables).items()
        }
    general = list(entries_of_table(document, tables, (), "strategy"))
    pairs = tables.get(PAIRS, {})
    if not isinstance(pairs, Mapping):
        general.append(_not_a_table(document, PAIRS, 'pairs must hold a table a pair, as in [pairs."BTC/USDT"].'))
        pairs = {}
    found: dict[str, Entries] = {}
    for pair, members in pairs.items():
        if isinstance(members, Mapping):
            found[pair] = tuple(entries_of_table(document, members, (PAIRS, pair), "strategy"))
        else:
            general.append(
                _not_a_table(document, pair, f'{pair} must be the name of a pair, as in [pairs."BTC/USDT"].')
            )
    return tuple(general), found


def _not_a_table(document: Document, name: str, problem: str) -> Entry:
    return Entry(name, None, Origin("file", str(document.path)), problem)


def choose_pair(asked: str | None, symbol: str, pairs: Mapping[str, Entries], source: str) -> str | None:
    """Return which pair's table holds, None for none: the one asked for, else the instrument's, else the only one.

    Raises `ParameterError` where the pair asked for is not there, or several are and none was asked for.
    """
    if asked is not None and pairs and asked not in pairs:
        close = nearest(asked, pairs)
        advice = f"Did you mean {close}?" if close else f"It has {', '.join(pairs)}."
        raise ParameterError(f"{source} has no table for the pair {asked}. {advice}")
    if asked is not None or symbol:
        wanted = asked if asked is not None else symbol
        return wanted if wanted in pairs else None
    if len(pairs) > 1:
        raise ParameterError(
            f"{source} has tables for {len(pairs)} pairs ({', '.join(pairs)}): "
            f"say which one holds, as in --set instrument.symbol={next(iter(pairs))}."
        )
    return next(iter(pairs), None)
