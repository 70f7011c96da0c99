"""Every parameter, declared once: type, default, range, unit, help; and the packed row that compiled code reads."""

from glosten.params._about import About, Parameter
from glosten.params._catalogue import PARAMETERS
from glosten.params._declaration import Declaration
from glosten.params._packing import PACKED, TradingRules, pack
from glosten.params._problems import describe_problems, expected, nearest, short, spell, unknown
from glosten.params._runtime import Runtime
from glosten.params._strategy import STRICT_OVERLAY, Strategy, overlay

__all__ = [
    "PACKED",
    "PARAMETERS",
    "STRICT_OVERLAY",
    "About",
    "Declaration",
    "Parameter",
    "Runtime",
    "Strategy",
    "TradingRules",
    "describe_problems",
    "expected",
    "nearest",
    "overlay",
    "pack",
    "short",
    "spell",
    "unknown",
]
