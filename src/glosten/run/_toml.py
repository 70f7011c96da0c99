"""Reading a TOML file that a person wrote, and saying in one sentence what is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from glosten.errors import SettingsError
from glosten.params import nearest


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """Return the tables of a file; ``what`` says what it should have been, as in "an experiment".

    Raises `SettingsError` where the file cannot be read or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist. It should be {what}, a TOML file.") from None
    except IsADirectoryError:
        raise SettingsError(f"{path} is a directory, not {what}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8 text.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror or error}.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from None


def unknown(where: str, what: str, name: str, names: Iterable[str]) -> str:
    """Return the sentence that refuses a name, with the nearest valid one: "x.toml has alhpa, which is not known"."""
    known = tuple(names)
    close = nearest(name, known)
    rest = f"Did you mean {close}?" if close else f"Known: {', '.join(known)}."
    return f"{where} has {what}, which is not known. {rest}"
