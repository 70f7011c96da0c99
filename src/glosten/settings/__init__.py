"""From files, environment and flags to checked parameters."""

from glosten.settings._compose import compose
from glosten.settings._import import import_gunbot
from glosten.settings._lint import Finding, lint, lint_pairs, lint_shared
from glosten.settings._load import Settings, load, pairs_in
from glosten.settings._reload import Change, LiveSettings, Reload
from glosten.settings._tables import DECLARED, Account, TradedInstrument
from glosten.settings._template import schema, template
from glosten.settings._write_back import clear_one_shots
from glosten.settings._writing import write_file

__all__ = [
    "DECLARED",
    "Account",
    "Change",
    "Finding",
    "LiveSettings",
    "Reload",
    "Settings",
    "TradedInstrument",
    "clear_one_shots",
    "compose",
    "import_gunbot",
    "lint",
    "lint_pairs",
    "lint_shared",
    "load",
    "pairs_in",
    "schema",
    "template",
    "write_file",
]
