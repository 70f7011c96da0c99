"""Every parameter, declared once: type, default, range, unit, help; and the packed row that compiled code reads."""

from glosten.params._packing import PACKED, TradingRules, pack
from glosten.params._parameter import PARAMETERS, Parameter
from glosten.params._runtime import Runtime
from glosten.params._strategy import Strategy, overlay

__all__ = [
    "PACKED",
    "PARAMETERS",
    "Parameter",
    "Runtime",
    "Strategy",
    "TradingRules",
    "overlay",
    "pack",
]
