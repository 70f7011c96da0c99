"""What several rooms need of statistics: means with their errors, merging prints into orders."""

from __future__ import annotations

from glosten.statistics._prints import number_orders

__all__ = ["number_orders"]
