"""The time in Vietnam: +07:00 all year since 1975. The one place of the crawler that asks the clock."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))


def now() -> str:
    """This moment, RFC 3339 with +07:00, to the second."""
    return datetime.now(VIETNAM).isoformat(timespec="seconds")
