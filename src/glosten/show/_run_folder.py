"""The folder of a run: its figures, its series and its page, written all together or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glosten.errors import SettingsError
from glosten.show._output import plain

if TYPE_CHECKING:
    from glosten.run import Notification, Run, Standing
    from glosten.settings import Finding, Settings

PAGE = "report.html"
MODEL = "model.json"
"""What `glosten demo` keeps of the simulated model beside the run."""
NOTIFICATIONS = "notifications.json"
"""What an operator was told of during a run that was traced or logged."""
MARK = "run.json"
"""The file by which the folder of a run is known."""


def refuse_other_folders(out: Path) -> None:
    """Raise `SettingsError` where a run cannot or must not be written: on a file, or among other people's files."""
    if out.is_dir():
        if not (out / MARK).is_file() and any(out.iterdir()):
            raise SettingsError(
                f"{out} is not the folder of a run: it has other files and no {MARK}. Name a new folder with --out."
            )
    elif out.exists():
        raise SettingsError(f"{out} is a file; --out names the folder of a run.")
    above = next(parent for parent in (out if out.is_dir() else out.parent, *out.resolve().parents) if parent.exists())
    if not above.is_dir():
        raise SettingsError(f"{out} cannot be made: {above} is a file.")
    if not os.access(above, os.W_OK):
        raise SettingsError(f"{out} cannot be written: there is no permission to write in {above}.")


def write_folder(run: Run, out: Path, findings: Sequence[Finding], model: dict[str, Any] | None = None) -> Path:
    """Write the run, its page and the simulated ``model`` if there is one into ``out``; return the page's address.

    What was there before is replaced file by file once all of the new is written.
    """
    from glosten.show._report import report  # noqa: PLC0415

    with _parents_of(out), tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        fresh = Path(scratch, out.name)
        run.save(fresh)
        if model is not None:
            (fresh / MODEL).write_text(json.dumps(plain(model)), encoding="utf-8")
        report(run, fresh / PAGE, findings, model)
        out.mkdir(exist_ok=True)
        for file in sorted(fresh.iterdir()):
            file.replace(out / file.name)
    return (out / PAGE).resolve()


@contextmanager
def _parents_of(out: Path) -> Iterator[None]:
    """Make the folders above ``out``, and take away again those that were made if something goes wrong."""
    made = [folder for folder in out.parents if not folder.exists()]
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise


def read_folder(folder: Path) -> tuple[Run, dict[str, Any] | None]:
    """Return the run in a folder and the simulated model beside it, None where there is none.

    Raises `SettingsError` for what is not the folder of a run, or one that cannot be read.
    """
    from glosten.run import Run  # noqa: PLC0415

    run = Run.load(folder)
    if not (folder / MODEL).is_file():
        return run, None
    try:
        model: dict[str, Any] = json.loads((folder / MODEL).read_text(encoding="utf-8"))
    except ValueError as problem:
        raise SettingsError(
            f"{folder / MODEL} cannot be read ({problem}). Make it again with `glosten demo`."
        ) from None
    return run, model


def settings_of(run: Run) -> Settings:
    """Return the settings a run was made with, read back from the run itself; the strict overlay is in the values."""
    from glosten.settings import load  # noqa: PLC0415

    rules = {f"instrument.{name}": value for name, value in run.instrument.items()}
    given = [f"{key}={value}" for key, value in (run.parameters | rules).items() if value not in (None, "")]
    return load(None, overrides=given, environment={})


def findings_of(run: Run) -> tuple[Finding, ...]:
    """Return what the lint says of the configuration a run was made with."""
    from glosten.settings import lint  # noqa: PLC0415

    return lint(settings_of(run))


def standing_of(run: Run) -> Standing:
    """Return what stood at the end of a run."""
    from glosten.records import Instrument  # noqa: PLC0415
    from glosten.run import Standing, unpack  # noqa: PLC0415
    from glosten.settings import lint  # noqa: PLC0415

    settings = settings_of(run)
    rules = {name: Decimal(value) for name, value in run.instrument.items() if name != "symbol"}
    instrument = Instrument(run.instrument["symbol"], **rules)
    return Standing(unpack(run.state), settings.effective, settings.runtime, run.changed, instrument, lint(settings))


def notifications_of(folder: Path) -> tuple[Notification, ...]:
    """Return what an operator was notified of during a run that was watched; nothing where it was not."""
    from glosten.run import Notification  # noqa: PLC0415

    path = folder / NOTIFICATIONS
    if not path.is_file():
        return ()
    try:
        return tuple(Notification(**one) for one in json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as problem:
        raise SettingsError(f"{path} cannot be read ({problem}). Make it again with `glosten backtest`.") from None
