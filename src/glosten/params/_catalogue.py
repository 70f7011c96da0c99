"""The list of all parameters, read off the models: what loops over parameters loops over this."""

from __future__ import annotations

from glosten.params._about import Parameter
from glosten.params._runtime import Runtime
from glosten.params._strategy import GROUPS

PARAMETERS: tuple[Parameter, ...] = tuple(
    parameter for group in (*GROUPS, Runtime) for parameter in group.declared().values()
)
"""The 61 keys of the strategy in the order of their groups, then ``runtime.*``."""
