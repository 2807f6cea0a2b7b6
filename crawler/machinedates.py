"""Dates printed for programs: in sitemaps, meta tags and feeds, with the mistakes their makers made. Pure, no I/O."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from archive.records import Precision
from crawler.clock import VIETNAM
from crawler.dateforms import WEEKDAYS
from crawler.moment import FINER, Moment, possible_year, truncate

_ISO = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:(?:[T ]|(?P<php_zone>[+-]\d\d|ICT|UTC|GMT))(?P<clock>\d\d:\d\d(?P<second>:\d\d)?)(?:\.\d+)?"
    r"(?P<zone>(?(php_zone)(?!)|) ?(?:Z|[+-]\d\d(?::?\d\d)?))?)?",
    re.ASCII | re.IGNORECASE,
)
_RFC_822 = re.compile(
    r"(?:(?P<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r" \d{4} \d{1,2}:\d\d(?::\d\d)? (?:[+-]\d{4}|GMT|UTC?|Z)",
    re.ASCII | re.IGNORECASE,
)


def read_machine_date(raw: str | None) -> Moment | None:
    """A date printed for programs: ISO 8601 as in sitemaps and meta tags, or what PHP makes of ``Y-m-dTH:i:s``.

    In PHP's date() the T is the zone: NukeViet 4 and 5 print ``2021-06-29+0709:14:00`` or, with the zone tables of
    before 2017, ``2021-06-29ICT09:14:00``. Where no zone is printed it is Vietnam's time.
    """
    match = _ISO.fullmatch(raw.strip()) if raw else None
    if match is None:
        return None
    clock, second = match["clock"], match["second"]
    zone = (match["zone"] or "").strip() or match["php_zone"] or "+07"
    zone = {"Z": "+00:00", "UTC": "+00:00", "GMT": "+00:00", "ICT": "+07:00"}.get(zone.upper(), zone)
    try:
        value = datetime.fromisoformat(f"{match['day']}T{clock or '00:00'}{zone}").astimezone(VIETNAM)
    except (ValueError, OverflowError):
        return None
    if not possible_year(value.year, None):
        return None
    return Moment(value, "second" if second else "minute" if clock else "day")


def read_feed_date(raw: str | None, *, precision: Precision) -> Moment | None:
    """A feed's pubDate (RFC 822) or Atom's ISO date, as exact as the family's feeds are known to be.

    :param precision: NukeViet before 4.6 prints the month where the minutes belong: there it is "hour".

    A pubDate without a zone is None: it would be wrong by up to seven hours.
    """
    text = " ".join((raw or "").split())
    match = _RFC_822.fullmatch(text)
    if match is None:
        machine = read_machine_date(text)
        if machine is None:
            return None
        coarser = min(machine.precision, precision, key=FINER.index)
        return Moment(truncate(machine.value, coarser), coarser)
    try:
        stated = parsedate_to_datetime(text)
        value = stated.astimezone(VIETNAM)
    except (ValueError, OverflowError):
        return None
    if not possible_year(value.year, None):
        return None
    weekday = match["weekday"]
    contradicts = weekday is not None and WEEKDAYS[weekday.lower()] != stated.weekday()
    return Moment(truncate(value, precision), precision, contradicts)
