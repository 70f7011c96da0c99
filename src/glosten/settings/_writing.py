"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from glosten.errors import SettingsError


def write_file(path: Path, text: str, *, replace: bool = False) -> None:
    """Write a text under a temporary name beside its place, then rename it there, so that no half file is ever seen.

    Raises `SettingsError` where it cannot be written, or where a file stands already and ``replace`` is false.
    """
    target = path.resolve()
    if target.exists() and not replace:
        raise SettingsError(f"{path} exists already. Choose another name, or move it away.")
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("x", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise SettingsError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}.") from None
