"""When an address is asked for again: soon where things change, seldom where they do not. Pure functions.

A site is asked for no more than it can bear and no less than its news need: fresh articles are corrected within days,
old ones hardly ever; a listing that brings nothing new is asked for half as often the next time.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from archive.records import FILES, Role

_DAY = timedelta(days=1)

ARTICLE_SOONEST, ARTICLE_LATEST = _DAY, timedelta(days=180)
LISTING_SOONEST, LISTING_LATEST = timedelta(hours=1), timedelta(days=90)
NEAR, NEAR_FIRST, FAR_FIRST = 1, timedelta(hours=6), timedelta(days=30)
"""A listing within ``NEAR`` steps of the start is where news appear; the pages behind it only move along."""
FAILED_SOONEST, FAILED_LATEST = timedelta(hours=1), timedelta(days=30)
GONE_SOONEST, GONE_LATEST = timedelta(days=7), timedelta(days=180)
EXCLUDED = timedelta(days=7)
"""After so long robots.txt may allow what it forbade."""

LATEST = max(ARTICLE_LATEST, LISTING_LATEST, FAILED_LATEST, GONE_LATEST) * 1.2
"""Nothing is due later than this after a visit."""

_SPREAD = 0.2
"""Addresses fetched in one night are not all due in one night: the interval differs by up to this part."""


def after_article(age: timedelta, changed: bool) -> timedelta:
    """Half the age of the article; a quarter of that where it has just changed, for a correction seldom comes alone."""
    wanted = age / 8 if changed else age / 2
    return min(max(wanted, ARTICLE_SOONEST), ARTICLE_LATEST)


def after_listing(last: timedelta | None, steps: int, news: bool) -> timedelta:
    """Half the last interval where it led to something new, else twice; ``last`` is None at the first visit."""
    if last is None:
        return NEAR_FIRST if steps <= NEAR else FAR_FIRST
    return min(max(last / 2 if news else last * 2, LISTING_SOONEST), LISTING_LATEST)


def after_failure(failures: int) -> timedelta:
    """Four times as long after each failure in a row; never given up, for sites come back after a month."""
    return min(FAILED_SOONEST * int(4 ** min(failures - 1, 10)), FAILED_LATEST)


def after_gone(failures: int) -> timedelta:
    """Twice as long each time: what is gone by mistake is back soon, and the rest is asked for twice a year."""
    return min(GONE_SOONEST * int(2 ** min(failures - 1, 10)), GONE_LATEST)


def spread(interval: timedelta, url: str) -> timedelta:
    """The interval, longer or shorter by an amount that is always the same for the address."""
    part = int.from_bytes(hashlib.blake2b(url.encode(), digest_size=4).digest()) / 2**32
    return interval * (1 + _SPREAD * (2 * part - 1))


def is_once(role: Role) -> bool:
    """Whether one good visit is enough: a picture or document under an address is what it was."""
    return role in FILES


def moment(at: str) -> datetime:
    """RFC 3339 as the archive writes it."""
    return datetime.fromisoformat(at)
