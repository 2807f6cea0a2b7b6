"""Which ETag and Last-Modified are worth sending back: those that have never been caught lying. Pure functions.

RFC 9110, 8.8: a validator changes when the page does. NukeViet's Last-Modified is always the time of the answer minus
a day; other systems stamp the time of the answer. Such a date says nothing, and one that stays while the page changes
would hide the change.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime

CHECK_EVERY = 4
"""After so many answers "not modified" in a row the page itself is asked for: only that shows a server that errs."""

_CLOCK = 2.0
_OFFSETS = (0.0, 86_400.0)
"""Seconds between a made-up date and the answer's: none, or NukeViet's day."""


def made_up(last_modified: str | None, date: str | None) -> str | None:
    """Why a Last-Modified says nothing: it follows the clock (``date`` is the answer's Date header). None if it may."""
    if last_modified is None:
        return None
    try:
        told = parsedate_to_datetime(last_modified)
    except (TypeError, ValueError, OverflowError):
        return f"Last-Modified is no date: {last_modified!r}"
    try:
        now = parsedate_to_datetime(date or "")
    except (TypeError, ValueError, OverflowError):
        return None
    if told.tzinfo is None or now.tzinfo is None:
        return f"Last-Modified is no GMT date: {last_modified!r}"
    behind = (now - told).total_seconds()
    if any(abs(behind - offset) <= _CLOCK for offset in _OFFSETS):
        return "Last-Modified follows the clock"
    return None


def caught_lying(
    before: tuple[str | None, str | None], now: tuple[str | None, str | None], same_body: bool
) -> str | None:
    """What two full answers for one address show about their (ETag, Last-Modified). None: they may be true."""
    if not any(before) or not any(now):
        return None
    if before == now and not same_body:
        return "the page changed and its validators did not"
    if same_body and before != now:
        return "the validators changed and the page did not"
    return None
