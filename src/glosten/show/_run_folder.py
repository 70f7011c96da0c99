"""The folder of a run: its figures, its series and its page, written all together or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glosten.errors import SettingsError
from glosten.show._output import plain

if TYPE_CHECKING:
    from glosten.market import Tape
    from glosten.run import Notification, Run, Standing
    from glosten.settings import Finding, Settings

PAGE = "report.html"
MODEL = "model.json"
"""What `glosten demo` keeps of the simulated model beside the run."""
MEASURED = "alpha.json"
"""What was measured of the run while its tape was at hand, as `glosten alpha --json` prints it."""
NOTIFICATIONS = "notifications.json"
"""What an operator was told of during a run that was traced or logged."""
LOG, LOGS = "operator.log", "logs"
"""The operator's log, and the folder of traces."""
WATCHED = (LOG, LOGS, NOTIFICATIONS)
"""What only a watched run has."""
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


def write_folder(
    run: Run,
    out: Path,
    findings: Sequence[Finding],
    model: dict[str, Any] | None = None,
    *,
    tape: Tape | None = None,
    beside: Path | None = None,
) -> Path:
    """Write the run, its page and the simulated ``model`` if there is one into ``out``; return the page's address.

    What can be measured on the ``tape`` is kept too, so that the page can be written again without it.
    What lies in ``beside`` (trace, log, notifications) is moved there too. What was there before is replaced file by
    file once all of the new is written.
    """
    from glosten.show._report import report  # noqa: PLC0415
    from glosten.show._report_alpha import measured_of  # noqa: PLC0415
    from glosten.show._report_lives import traced_lives  # noqa: PLC0415

    measured = measured_of(run, tape)
    with _parents_of(out), tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        fresh = Path(scratch, out.name)
        run.save(fresh)
        if model is not None:
            (fresh / MODEL).write_text(json.dumps(plain(model)), encoding="utf-8")
        if measured is not None:
            (fresh / MEASURED).write_text(json.dumps(measured), encoding="utf-8")
        report(run, fresh / PAGE, findings, model, measured, None if beside is None else traced_lives(beside))
        for file in sorted(beside.iterdir()) if beside is not None else ():
            shutil.move(file, fresh / file.name)
        out.mkdir(exist_ok=True)
        for name in (*WATCHED, MEASURED):
            _remove(out / name)
        for file in sorted(fresh.iterdir()):
            file.replace(out / file.name)
    return (out / PAGE).resolve()


def _remove(path: Path) -> None:
    """Take away a file or a folder of an earlier run, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


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
    return run, _read_json(folder / MODEL, "glosten demo")


def read_measured(folder: Path) -> dict[str, Any] | None:
    """Return what was measured of the run in a folder, None where nothing was; raises `SettingsError`."""
    return _read_json(folder / MEASURED, "glosten backtest")


def _read_json(path: Path, maker: str) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise SettingsError(f"{path} cannot be read ({problem}). Make it again with `{maker}`.") from None
    return found


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


def standing_of(run: Run, findings: Sequence[Finding]) -> Standing:
    """Return what stood at the end of a run, with the remarks on its configuration."""
    from glosten.params import Runtime, Strategy  # noqa: PLC0415
    from glosten.records import Instrument  # noqa: PLC0415
    from glosten.run import Standing, unpack  # noqa: PLC0415

    keys = Strategy.model_validate({name: run.parameters[name] for name in Strategy.model_fields})
    runtime = {name: run.parameters[f"runtime.{name}"] for name in Runtime.model_fields}
    rules = {name: Decimal(value) for name, value in run.instrument.items() if name != "symbol"}
    instrument = Instrument(run.instrument["symbol"], **rules)
    return Standing(unpack(run.state), keys, Runtime.model_validate(runtime), run.changed, instrument, tuple(findings))


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
