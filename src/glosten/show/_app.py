"""The command line: one program, a command a file, and one place where errors become exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from glosten import __version__
from glosten.errors import GlostenError, InputError
from glosten.show import (
    _backtest_command,
    _config_command,
    _demo_command,
    _experiment_command,
    _models_command,
    _params_command,
    _quote_command,
    _replay_command,
    _report_command,
    _simulate_command,
    _status_command,
)

COMMANDS = (
    _quote_command,
    _simulate_command,
    _models_command,
    _params_command,
    _config_command,
    _backtest_command,
    _report_command,
    _status_command,
    _replay_command,
    _demo_command,
    _experiment_command,
)
"""Each has ``register(app)``; the order is that of ``glosten --help``. They import the rooms they use when they run."""

INTERRUPTED = 130

app = typer.Typer(
    name="glosten",
    help="The Glosten-Milgrom (1985) model of market making, from theory to live quotes, with one algebra.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"glosten {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    del version  # its callback has acted


for _command in COMMANDS:
    _command.register(app)


def _complain(sentence: str) -> None:
    """Write one line; what could break the line or steer the terminal, as a hostile file might try, is made a space."""
    line = "".join(letter if letter.isprintable() else " " for letter in sentence)
    sys.stderr.write(f"Error: {line}\n")


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code: 0 done, 1 failed, 2 bad input, 130 interrupted.

    Every problem is one line on stderr. What is no `GlostenError` and no fault of the surroundings is a defect, and
    its traceback is let through.
    """
    try:
        outcome = app(args=list(arguments) or ["--help"], prog_name="glosten", standalone_mode=False)
    except GlostenError as error:
        for problem in error.problems if isinstance(error, InputError) else [str(error)]:
            _complain(problem)
        return error.exit_code
    except typer.TyperException as error:
        _complain(_usage(error))
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("Interrupted.\n")
        return INTERRUPTED
    except MemoryError:
        _complain("there is not enough memory for this.")
        return 1
    except OSError as error:
        _complain(f"{error.filename or 'the system'}: {error.strerror or error}.")
        return 1
    return outcome if isinstance(outcome, int) else 0


def _usage(error: typer.TyperException) -> str:
    """Return a misuse of the command line in one line, with the command that explains the right use."""
    message = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    return f"{message} See `{context.command_path if context else 'glosten'} --help`."


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))
