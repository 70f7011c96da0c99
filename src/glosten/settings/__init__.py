"""From files, environment and flags to checked parameters."""

from glosten.settings._load import Settings, load

__all__ = ["Settings", "load"]
