"""How a parameter is declared: a pydantic field whose metadata says what no type can."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from numbers import Real
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

TRUE_WORDS = frozenset({"true", "on", "yes", "1"})
FALSE_WORDS = frozenset({"false", "off", "no", "0"})
NONE_WORDS = frozenset({"", "none", "null"})


@dataclass(frozen=True, slots=True)
class About:
    """What a reader wants to know of a parameter beside its type, default, range and help.

    ``acts_on`` names the quantity that changes with it, ``source`` where its meaning is specified; ``acted_on`` is
    false while the maker ignores it, and then only its default is accepted.
    """

    unit: str
    acts_on: str
    source: str
    live: bool = True
    acted_on: bool = True


def about(field: FieldInfo) -> About:
    """Return the `About` of a declared field."""
    return next(item for item in field.metadata if isinstance(item, About))


def kind_of(annotation: Any) -> type:
    """Return what values of a field are, bool, int, float or str, looking through choices and "or nothing"."""
    if get_origin(annotation) is Literal:
        return type(get_args(annotation)[0])
    members = [member for member in get_args(annotation) if member is not NoneType]
    kind: type = members[0] if members else annotation
    return kind


def _truth(value: object) -> bool:
    word = value.strip().lower() if isinstance(value, str) else None
    if isinstance(value, bool):
        return value
    if word in TRUE_WORDS | FALSE_WORDS:
        return word in TRUE_WORDS
    raise PydanticCustomError("wrong_type", "must be true or false")


def _number(value: Any) -> float | int:
    if isinstance(value, bool) or not isinstance(value, Real | Decimal | str):
        raise PydanticCustomError("wrong_type", "must be a number")
    if isinstance(value, int):
        return value
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise PydanticCustomError("wrong_type", "must be a number") from None
    if not math.isfinite(number):
        raise PydanticCustomError("wrong_type", "must be a finite number")
    return number


def _whole(value: object) -> int:
    number = _number(value)
    if number != int(number):
        raise PydanticCustomError("wrong_type", "must be a whole number")
    return int(number)


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise PydanticCustomError("wrong_type", "must be text")
    return str(value).strip()


def _real(value: object) -> float:
    try:
        return float(_number(value))
    except OverflowError:
        raise PydanticCustomError("wrong_type", "must be a number that a 64-bit float can hold") from None


_READERS: Mapping[type, Any] = {bool: _truth, int: _whole, float: _real, str: _text}


@cache
def _reader(model: type[BaseModel], key: str) -> tuple[Any, bool]:
    """Return what reads a value of this key, and whether the key may be left without one."""
    annotation = model.model_fields[key].annotation
    return _READERS[kind_of(annotation)], NoneType in get_args(annotation)


class Declaration(BaseModel):
    """Base of every group of parameters: frozen, closed, and as strict as an operator's money asks for.

    A string is read as the number or truth value it spells; a truth value is never a number, a number never a truth
    value, and nothing that is not finite passes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_default=False)

    @field_validator("*", mode="before")
    @classmethod
    def _read(cls, value: object, info: ValidationInfo) -> object:
        reader, optional = _reader(cls, str(info.field_name))
        if optional and (value is None or (isinstance(value, str) and value.strip().lower() in NONE_WORDS)):
            return None
        return reader(value)

    @field_validator("*", mode="after")
    @classmethod
    def _refuse_what_nothing_acts_on(cls, value: object, info: ValidationInfo) -> object:
        field = cls.model_fields[str(info.field_name)]
        if not about(field).acted_on and value != field.default:
            raise PydanticCustomError("not_acted_on", "is not acted on yet")
        return value
