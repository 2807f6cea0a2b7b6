"""Dates as texts: how much of one is known, and how one is typed. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

KNOWN: Mapping[str, int] = {"month": 7, "day": 10, "hour": 13, "minute": 16, "second": 19}
"""How many characters of an RFC 3339 time a precision proves."""

MIDNIGHT = "T00:00:00+07:00"
"""How a time ends of which the day is known and no more."""


def known_part(date: str | None, precision: str | None) -> str | None:
    """The part of a time that is known: ``2019-05``, ``2019-05-03``, ``2019-05-03T08:30``."""
    return None if date is None else date[: KNOWN[precision or "second"]]


_DAY_FIRST = re.compile(r"(?:(?:(\d{1,2})[/.-])?(\d{1,2})[/.-])?(\d{4})", re.ASCII)


def year_first(typed: str) -> str:
    """A date as it is typed in Vietnam (``29/6/2021``, ``6/2021``) as the archive writes it (``2021-06-29``); any other
    text as it is. Whether the calendar has it is for who reads it to say."""
    found = _DAY_FIRST.fullmatch(typed.strip())
    return "-".join(part.zfill(2) for part in (found[3], found[2], found[1]) if part) if found else typed
