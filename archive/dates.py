"""How much of a time is known. Pure."""

from __future__ import annotations

from collections.abc import Mapping

KNOWN: Mapping[str, int] = {"month": 7, "day": 10, "hour": 13, "minute": 16, "second": 19}
"""How many characters of an RFC 3339 time a precision proves."""


def known_part(date: str | None, precision: str | None) -> str | None:
    """The part of a time that is known: ``2019-05``, ``2019-05-03``, ``2019-05-03T08:30``."""
    return None if date is None else date[: KNOWN[precision or "second"]]
