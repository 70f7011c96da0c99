"""Every error the program raises on purpose; what is not here is a defect.

    GlostenError
    ├── InputError          the caller gave something unusable; commands exit with 2 before anything ran
    │   ├── DomainError     a number outside the domain of a model (alpha = 1.3)
    │   ├── ParameterError  keys of a configuration: unknown, wrong type, out of range, not built yet
    │   ├── SettingsError   a configuration file that cannot be read at all
    │   └── TapeError       a market data file that cannot be traded on
    └── RunError            the input was fine and the run still could not finish; commands exit with 1

Messages are whole sentences: what it is, where it stands, what it was, what to do.
"""

from __future__ import annotations

from collections.abc import Iterable


class GlostenError(Exception):
    """Base of every error raised on purpose."""

    exit_code = 1


class InputError(GlostenError, ValueError):
    """The caller gave something unusable; ``problems`` lists every one that was found, each a whole sentence."""

    exit_code = 2

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class DomainError(InputError):
    """A number lies outside the domain of the model it was given to."""


class ParameterError(InputError):
    """One or more keys of a configuration are unknown, of the wrong type, out of range or not built yet."""


class SettingsError(InputError):
    """A configuration file cannot be read at all."""


class TapeError(InputError):
    """A market data file cannot be traded on."""


class RunError(GlostenError):
    """The input was fine and the run still could not finish."""
