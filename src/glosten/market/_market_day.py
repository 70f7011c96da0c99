"""Days of a market: when midnight was, where files count from it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from glosten.errors import TapeError


def midnight_ns(date: str, zone: str) -> int:
    """Return when a day (YYYY-MM-DD or YYYYMMDD) began in a time zone, in ns since 1970 UTC. Raises TapeError."""
    try:
        day = datetime.strptime(date.replace("-", ""), "%Y%m%d").replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise TapeError(f"The date {date!r} is no day; give it as YYYY-MM-DD.") from None
    return int(day.timestamp()) * 1_000_000_000


def moment_ns(text: str) -> int:
    """Return a moment as users write it, in ns since 1970: ISO 8601, UTC unless it says otherwise. Raises TapeError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise TapeError(f"{text!r} is no moment; give it as 2024-08-08 or 2024-08-08T12:30:00 (UTC).") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("UTC"))
    return int(moment.timestamp()) * 1_000_000_000 + moment.microsecond * 1_000
