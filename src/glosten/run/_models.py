"""The models by name: which parameters each takes from a file or the command line, and how it is made from them.

A model's parameters are the fields of its dataclass in `theory`, those of the market it contains included; nothing is
declared here that stands there. Where a field takes one of several objects, a word chooses it: ``demand = "linear"``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any

from glosten.errors import DomainError, InputError
from glosten.params import nearest
from glosten.run._toml import unknown
from glosten.theory import (
    AnyValue,
    BackBaruch,
    Binary,
    BinaryNoTrade,
    CompetingMakers,
    ContinuousValue,
    Das,
    Ekop,
    Elastic,
    EventUncertainty,
    ExponentialValue,
    GaussianDas,
    JumpingBinary,
    KyleLimit,
    LinearDemand,
    LogisticDemand,
    ManyValues,
    MonopolistMarket,
    NoisySignal,
    NormalValue,
    RiskAverse,
    RiskAverseElastic,
    StrategicInsider,
    TradeSize,
    UniformValue,
)

TYPES = {
    "float": "a number",
    "float | None": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "str": "a text",
    "tuple[float, ...]": "a list of numbers",
    "dict[str, float]": "a table of numbers",
}
"""What a parameter of a declared type must be, in words."""
LEARNED = {"mean", "variance", "inventory", "knots", "weights"}
"""Fields that say what a maker has learned, not what the market is."""


@dataclass(frozen=True, slots=True)
class ModelParameter:
    """A parameter of a model: its name, what it must be (a value of `TYPES`), and its default, None where required."""

    name: str
    must_be: str
    required: bool
    default: Any

    def problem(self, value: Any) -> str | None:
        """Return what is wrong with a value, or None."""
        return None if _fits(self.must_be, value) else f"{self.name} must be {self.must_be}; it was {value!r}."

    def plain(self, value: Any) -> Any:
        """Return a fitting value in its one spelling, so that 50 and 50.0 are the same number."""
        if self.must_be in (TYPES["float"], TYPES["int"]):
            return float(value) if self.must_be == TYPES["float"] else int(value)
        return [float(one) for one in value] if self.must_be == TYPES["tuple[float, ...]"] else value


@dataclass(frozen=True, slots=True)
class ModelKind:
    """A model that can be named: the question it answers, its parameters, how it is made, and its class."""

    name: str
    question: str
    parameters: tuple[ModelParameter, ...]
    make: Callable[[Mapping[str, Any]], Any]
    made: Any

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the parameters."""
        return tuple(parameter.name for parameter in self.parameters)


def _fits(must_be: str, value: Any) -> bool:
    if must_be == TYPES["bool"]:
        return isinstance(value, bool)
    if must_be == TYPES["str"]:
        return isinstance(value, str)
    if must_be == TYPES["tuple[float, ...]"]:
        return isinstance(value, list | tuple) and all(_is_number(one) for one in value)
    if must_be == TYPES["dict[str, float]"]:
        return isinstance(value, Mapping) and all(_is_number(one) for one in value.values())
    return _is_number(value) and (must_be != TYPES["int"] or value == int(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _parameter(field: Field[Any]) -> ModelParameter:
    required = field.default is MISSING
    return ModelParameter(field.name, TYPES[str(field.type)], required, None if required else field.default)


def _given(kind: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that a dataclass takes."""
    return {field.name: values[field.name] for field in fields(kind) if field.init and field.name in values}


def _kind(name: str, question: str, made: Any, inner: Any = None) -> ModelKind:
    """Return a model whose parameters are the fields of a dataclass, and of the market inside it."""
    own = [field for field in fields(made) if field.init and str(field.type) in TYPES]
    kept = [field for field in own if field.name not in LEARNED or (inner is not None and field.name == "inventory")]
    taken = [field for field in (*(fields(inner) if inner else ()), *kept) if field.init]

    def make(values: Mapping[str, Any]) -> Any:
        market = {"market": inner(**_given(inner, values))} if inner else {}
        return made(**market, **_given(made, values))

    return ModelKind(name, question, tuple(map(_parameter, taken)), make, made)


DEMANDS: dict[str, Any] = {"linear": LinearDemand, "logistic": LogisticDemand}
LAWS: dict[str, Any] = {"uniform": UniformValue, "normal": NormalValue, "exponential": ExponentialValue}


def _chosen(choices: Mapping[str, Any], what: str, values: Mapping[str, Any]) -> Any:
    """Return the object that a word chooses, made of the parameters it takes; those of the others are refused."""
    chosen = choices[values[what]]
    names = {field.name for one in choices.values() for field in fields(one)}
    takes = [field for field in fields(chosen) if field.init]
    word = f'{what} = "{values[what]}"'
    missing = [field.name for field in takes if field.default is MISSING and field.name not in values]
    foreign = [name for name in names if name in values and name not in {field.name for field in takes}]
    problems = [f"{word} needs {name}." for name in missing] + [f"{word} takes no {name}." for name in sorted(foreign)]
    if problems:
        raise DomainError(problems)
    return chosen(**_given(chosen, values))


def _optional(name: str, type_: str, default: Any = None) -> ModelParameter:
    return ModelParameter(name, TYPES[type_], required=False, default=default)


def _elastic(name: str, question: str, outer: Any = None) -> ModelKind:
    """Return the model of elastic noise, or one whose market it is."""
    inner = [field for field in fields(Elastic) if field.init and field.name != "demand"]
    own = [field for field in fields(outer) if field.init and field.name != "market"] if outer else []
    numbers = [_optional(field.name, "float") for one in DEMANDS.values() for field in fields(one)]

    def make(values: Mapping[str, Any]) -> Any:
        word = values.get("demand", "linear")
        if word not in DEMANDS:
            raise DomainError(unknown(name, f'demand = "{word}"', word, DEMANDS))
        demand = _chosen(DEMANDS, "demand", {**values, "demand": word})
        market = Elastic(demand=demand, **_values(Elastic, values, "demand"))
        return outer(market, **_given(outer, values)) if outer else market

    parameters = (*map(_parameter, inner), _optional("demand", "str", "linear"), *numbers, *map(_parameter, own))
    return ModelKind(name, question, parameters, make, outer or Elastic)


def _values(made: Any, values: Mapping[str, Any], besides: str) -> dict[str, Any]:
    return {name: value for name, value in _given(made, values).items() if name != besides}


def _continuous() -> ModelKind:
    own = [_parameter(field) for field in fields(ContinuousValue) if field.name not in {"law", *LEARNED}]
    numbers = [_optional(name, "float") for name in ("low", "high", "mean", "sd", "scale")]
    extra = [_optional("law", "str", "normal"), *numbers, _optional("law_parameters", "dict[str, float]", {})]

    def make(values: Mapping[str, Any]) -> Any:
        word = values.get("law", "normal")
        law = _chosen(LAWS, "law", {**values, "law": word}) if word in LAWS else _scipy_law(word, values)
        return ContinuousValue(law, **_values(ContinuousValue, values, "law"))

    return ModelKind(
        "continuous_value",
        "A value with a density: the ask is the largest conditional mean.",
        (*own, *extra),
        make,
        ContinuousValue,
    )


def _scipy_law(word: str, values: Mapping[str, Any]) -> AnyValue:
    """Return the frozen distribution of scipy.stats with that name and the numbers in law_parameters."""
    from scipy import stats  # noqa: PLC0415 - a second of import that other laws do without

    laws = {name for name in dir(stats) if isinstance(getattr(stats, name), stats.rv_continuous)}
    if word not in laws:
        raise DomainError(unknown("continuous_value", f'law = "{word}"', word, (*LAWS, *sorted(laws))))
    try:
        return AnyValue(getattr(stats, word)(**values.get("law_parameters", {})))
    except TypeError as error:
        raise DomainError(f'law = "{word}" does not take these law_parameters: {error}.') from None


_KINDS = (
    _kind("binary", "Two values, some traders know: quotes, learning, who pays.", Binary),
    _kind("binary_no_trade", "The same where noise may stay out: silence tells nothing.", BinaryNoTrade),
    _kind("jumping_binary", "The value may be drawn anew, and the maker is not told.", JumpingBinary),
    _kind("event_uncertainty", "Perhaps there is no news: what does silence say?", EventUncertainty),
    _kind("ekop", "A day of Poisson arrivals: opening quotes, PIN.", Ekop),
    _kind("noisy_signal", "The informed may be wrong.", NoisySignal),
    _kind("many_values", "Finitely many values: who trades depends on the quotes.", ManyValues),
    _continuous(),
    _elastic("elastic", "Noise that minds the price: breakdown of the market."),
    _elastic("monopolist", "The same with one maker instead of many.", MonopolistMarket),
    _kind("trade_size", "Small and large orders: pooling or separating.", TradeSize),
    _kind("das", "A value that jumps, and a maker with a density.", Das),
    _kind("das_gaussian", "The same with a normal belief.", GaussianDas),
    _kind("strategic_insider", "One insider with time: when is it better to wait?", StrategicInsider, Binary),
    _kind("back_baruch", "An insider who chooses when to trade, and may bluff.", BackBaruch),
    _kind("kyle_limit", "Many small trades: Kyle's limit.", KyleLimit),
    _kind("risk_averse", "A maker who dislikes risk: inventory in the quotes.", RiskAverse, Binary),
    _elastic("risk_averse_elastic", "The same where noise minds the price: quotes steer it.", RiskAverseElastic),
    _kind("competing_makers", "Makers who undercut one another on a grid of ticks.", CompetingMakers, Binary),
)
MODELS = {kind.name: kind for kind in _KINDS}


def model_kind(name: str) -> ModelKind:
    """Return the kind of model with a name; raises `InputError` with the nearest one where there is none."""
    if name not in MODELS:
        close = nearest(name, MODELS)
        advice = f"Did you mean {close}?" if close else "`glosten models` lists them."
        raise InputError(f'There is no model "{name}". {advice}')
    return MODELS[name]


def model_problems(kind: ModelKind, values: Mapping[str, Any], where: str, *, complete: bool = True) -> list[str]:
    """Return what is wrong with the parameters given to a model, each a sentence; ``complete``: none may be missing."""
    known = {parameter.name: parameter for parameter in kind.parameters}
    problems = [unknown(where, f"the parameter {name}", name, known) for name in values if name not in known]
    problems += [
        f"{where}: {problem}"
        for name, value in values.items()
        if name in known and (problem := known[name].problem(value))
    ]
    problems += [
        f"{where} lacks {parameter.name}, which {kind.name} needs ({parameter.must_be})."
        for parameter in kind.parameters
        if complete and parameter.required and parameter.name not in values
    ]
    return problems


def make_model(kind: ModelKind, values: Mapping[str, Any], where: str) -> Any:
    """Return a model of a kind with these parameters; raises `InputError` naming everything that is wrong with them."""
    problems = model_problems(kind, values, where)
    if not problems:
        try:
            return kind.make(plain_values(kind, values))
        except DomainError as error:
            problems = [f"{where}: {problem}" for problem in error.problems]
    raise InputError(problems)


def plain_values(kind: ModelKind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return fitting parameters, each in its one spelling."""
    return {one.name: one.plain(values[one.name]) for one in kind.parameters if one.name in values}
