"""The list of all parameters, read off the models: what loops over parameters loops over this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from glosten.params._declaration import Declaration, about, kind_of
from glosten.params._runtime import Runtime
from glosten.params._strategy import GROUPS

Value = bool | int | float | str | None
RUNTIME_PREFIX = "runtime."
_TYPE_NAMES = {bool: "boolean", int: "integer", float: "number", str: "string"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """Everything declared of one parameter.

    ``type`` is boolean, integer, number, select or string; ``minimum`` and ``maximum`` are inclusive, in ``unit``;
    ``live`` says that it may change while the maker runs, ``acted_on`` that the maker acts on it by now.
    """

    key: str
    group: str
    type: str
    default: Value
    minimum: float | None
    maximum: float | None
    choices: tuple[Value, ...] | None
    unit: str
    live: bool
    help: str
    acts_on: str
    acted_on: bool
    source: str

    @property
    def name(self) -> str:
        """Return the key without the prefix of its table."""
        return self.key.removeprefix(RUNTIME_PREFIX)

    @property
    def in_runtime(self) -> bool:
        """Return whether the parameter is one of `Runtime` and not of `Strategy`."""
        return self.key.startswith(RUNTIME_PREFIX)


def _bound(field: FieldInfo, which: str) -> float | None:
    for item in field.metadata:
        bound: Any = getattr(item, which, None)
        if bound is not None:
            return float(bound)
    return None


def _parameters(group: type[Declaration], prefix: str) -> list[Parameter]:
    found = []
    for name, field in group.model_fields.items():
        facts = about(field)
        select = get_origin(field.annotation) is Literal
        found.append(
            Parameter(
                key=prefix + name,
                group=(group.__doc__ or "").rstrip("."),
                type="select" if select else _TYPE_NAMES[kind_of(field.annotation)],
                default=field.default,
                minimum=_bound(field, "ge"),
                maximum=_bound(field, "le"),
                choices=get_args(field.annotation) if select else None,
                unit=facts.unit,
                live=facts.live,
                help=field.description or "",
                acts_on=facts.acts_on,
                acted_on=facts.acted_on,
                source=facts.source,
            )
        )
    return found


PARAMETERS: tuple[Parameter, ...] = (
    *(parameter for group in GROUPS for parameter in _parameters(group, "")),
    *_parameters(Runtime, RUNTIME_PREFIX),
)
"""The 61 keys of the strategy in the order of their groups, then ``runtime.*``."""
