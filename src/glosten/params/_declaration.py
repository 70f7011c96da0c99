"""The base of every model of parameters: what it accepts, and what it says when it does not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from types import NoneType
from typing import Any, ClassVar, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from glosten.params._about import Parameter, kind_of, parameter_of
from glosten.params._problems import sentence

TRUE_WORDS = frozenset({"true", "on", "yes", "1"})
FALSE_WORDS = frozenset({"false", "off", "no", "0"})
NONE_WORDS = frozenset({"", "none", "null"})


def _wrong_type() -> PydanticCustomError:
    return PydanticCustomError("wrong_type", "is of the wrong type")


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise _wrong_type()
    return word in TRUE_WORDS


def _real(value: object) -> float:
    plain: Any = value
    if isinstance(value, bool) or not (isinstance(value, str) or hasattr(value, "__float__")):
        raise _wrong_type()
    try:
        number = float(plain)
    except (TypeError, ValueError, OverflowError):
        raise _wrong_type() from None
    if not math.isfinite(number):
        raise _wrong_type()
    return number


def _whole(value: object) -> int:
    number = _real(value)
    if not number.is_integer():
        raise _wrong_type()
    return int(number)


def _decimal(value: object) -> Decimal:
    _real(value)
    try:
        return Decimal(str(value).strip())
    except InvalidOperation:
        raise _wrong_type() from None


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _wrong_type()
    return str(value).strip()


_READERS: Mapping[type, Any] = {bool: _truth, int: _whole, float: _real, Decimal: _decimal, str: _text}


class Declaration(BaseModel):
    """A group of parameters: frozen, closed, and as strict as an operator's money asks for.

    A string is read as the number or truth value it spells; a truth value is never a number, a number never a truth
    value, and nothing that is not finite passes. What is refused raises `pydantic.ValidationError` whose messages are
    whole sentences (`describe_problems`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    PREFIX: ClassVar[str] = ""

    @classmethod
    @cache
    def declared(cls) -> Mapping[str, Parameter]:
        """Return the parameters of this model by the name of their field."""
        return {name: parameter_of(cls, name, cls.PREFIX) for name in cls.model_fields}

    @model_validator(mode="wrap")
    @classmethod
    def _say_it_in_sentences(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(values)
        except ValidationError as error:
            details = error.errors()
        raise ValidationError.from_exception_data(
            cls.__name__,
            [
                InitErrorDetails(
                    type=PydanticCustomError("parameter", "{sentence}", {"sentence": sentence(item, cls.declared())}),
                    loc=item["loc"],
                    input=item["input"],
                )
                for item in details
            ],
        )

    @field_validator("*", mode="before")
    @classmethod
    def _read(cls, value: object, info: ValidationInfo) -> object:
        annotation = cls.model_fields[str(info.field_name)].annotation
        if NoneType in get_args(annotation) and (
            value is None or (isinstance(value, str) and value.strip().lower() in NONE_WORDS)
        ):
            return None
        return _READERS[kind_of(annotation)](value)
