"""Who comes to trade: informed and noise traders, and the news they know."""

from __future__ import annotations

from glosten.crowd._crowd import Crowd
from glosten.crowd._day import VALUES, Day, day

__all__ = ["VALUES", "Crowd", "Day", "day"]
