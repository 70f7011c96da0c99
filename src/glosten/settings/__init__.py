"""From files, environment and flags to checked parameters."""

from glosten.settings._import import import_gunbot
from glosten.settings._lint import Finding, lint, lint_pairs
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
    "import_gunbot",
    "lint",
    "lint_pairs",
    "load",
    "pairs_in",
    "schema",
    "template",
    "write_file",
]
