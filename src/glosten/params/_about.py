"""What is said of a parameter beside its pydantic type: metadata of its field, and how to read it back."""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Value = Any
"""A parameter's value: bool, int, float, Decimal, str or None."""


@dataclass(frozen=True, slots=True)
class About:
    """Metadata of a declared field.

    ``acts_on`` names the quantity that changes with it, ``source`` where its meaning is specified; ``acted_on`` is
    false while the maker ignores it, and then only its default is accepted.
    """

    unit: str
    acts_on: str
    source: str
    live: bool = True
    acted_on: bool = True


@dataclass(frozen=True, slots=True)
class Formula:
    """What a parameter does as an equation or a rule in the letters of STRATEGY 1, and one ``example`` in numbers."""

    text: str
    example: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """Everything declared of one parameter.

    ``type`` is boolean, integer, number, select or string; ``minimum`` and ``maximum`` are inclusive, in ``unit``;
    ``live`` says that it may change while the maker runs, ``acted_on`` that the maker acts on it by now.
    ``formula`` and ``example`` are empty where the help says all there is to say.
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
    formula: str
    example: str

    @property
    def table(self) -> str:
        """Return the table of a configuration file that holds the parameter: strategy, runtime, ..."""
        return self.key.rpartition(".")[0] or "strategy"

    @property
    def name(self) -> str:
        """Return the key without its table."""
        return self.key.rpartition(".")[2]


def kind_of(annotation: Any) -> type:
    """Return what values of a field are, bool, int, float, Decimal or str, through choices and "or nothing"."""
    if get_origin(annotation) is Literal:
        return type(get_args(annotation)[0])
    members = [member for member in get_args(annotation) if member is not NoneType]
    kind: type = members[0] if members else annotation
    return kind


def _type_name(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return "select"
    return {bool: "boolean", int: "integer", str: "string"}.get(kind_of(annotation), "number")


def _bound(field: FieldInfo, which: str) -> float | None:
    for item in field.metadata:
        bound: Any = getattr(item, which, None)
        if bound is not None:
            return float(bound)
    return None


def parameter_of(model: type[BaseModel], name: str, prefix: str) -> Parameter:
    """Return what a model declares of one field; the first line of the model's docstring names its group."""
    field = model.model_fields[name]
    facts = next(item for item in field.metadata if isinstance(item, About))
    rule = next((item for item in field.metadata if isinstance(item, Formula)), Formula("", ""))
    return Parameter(
        key=prefix + name,
        group=(model.__doc__ or "").split("\n")[0].rstrip("."),
        type=_type_name(field.annotation),
        default=field.default,
        minimum=_bound(field, "ge"),
        maximum=_bound(field, "le"),
        choices=get_args(field.annotation) if get_origin(field.annotation) is Literal else None,
        unit=facts.unit,
        live=facts.live,
        help=field.description or "",
        acts_on=facts.acts_on,
        acted_on=facts.acted_on,
        source=facts.source,
        formula=rule.text,
        example=rule.example,
    )
