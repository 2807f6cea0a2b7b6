"""What a printed Vietnamese date means. Pure functions: no clock, no network, no I/O.

A string is read only when every piece of it is understood: label, weekday, date, hour. One piece too many (a second
date, a document number, a lunar month) and there is no date: a missing date is better than a wrong one. Absolute
dates are read by one regular expression; only "2 tháng trước" asks dateparser, whose call costs twenty
times as much or more.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

import dateparser

from archive.records import Precision
from archive.vietnamese import fold
from crawler.clock import VIETNAM
from crawler.dateforms import DAY_WORDS, MONTHS, PARTS_OF_DAY, PIECE, UNITS, WEEKDAYS
from crawler.machinedates import read_feed_date, read_machine_date
from crawler.moment import LATEST, Moment, possible_year

__all__ = ["Moment", "read_date", "read_feed_date", "read_machine_date"]

AHEAD = timedelta(days=30)
"""A day printed without its year may announce something so far ahead; beyond that it was last year's."""

_LONGEST = 120
"""Characters. No printed date is longer; a paragraph need not be taken apart."""

_Pieces = dict[str, re.Match[str]]
_Order = Literal["DMY", "MDY"]


def read_date(
    raw: str | None, *, order: _Order = "DMY", reference: datetime | None = None, clock: Literal[12, 24] = 24
) -> Moment | None:
    """What a date printed for readers means, or None.

    :param raw: the string as printed, with its label and weekday; None where nothing is printed.
    :param order: how the site writes ``6/8/2021``. A string impossible in that order is None, never re-read.
    :param reference: when the string was printed: what "3 giờ trước" and "Ngày 16.7" count from. Without it such
        strings are None. Years beyond the one after it are rejected.
    :param clock: 12 where the site prints hours of a clock of 12 hours without their half of the day: an hour that may
        be of either half is not read, the day is.
    :raises ValueError: when the reference has no offset.

    A bare ``14.10`` or ``01.07`` is None: it may as well be the clock. It is a date with ngày, a weekday, a part of
    the day or a clock beside it ("Sáng 14.10"), and so are ``19.7`` (minutes have two digits) and ``25.10`` (no such
    hour). ``14/10`` is a date but ``24/7`` the idiom; ``2-1`` is a score or a range, "Ngày 2-1" a date.
    """
    if reference is not None and reference.tzinfo is None:
        raise ValueError(f"the reference needs an offset, as in {reference.isoformat()}+07:00")
    now = reference.astimezone(VIETNAM) if reference else None
    if raw is None or len(raw) > _LONGEST:
        return None
    moment = read_machine_date(raw)
    if moment is None:
        pieces = _take_apart(_plain(raw))
        moment = _put_together(pieces, order, now, clock) if pieces else None
    return moment if moment and possible_year(moment.value.year, now) else None


_INVISIBLE = str.maketrans(dict.fromkeys("\u034f\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def _plain(raw: str) -> str:
    """Folded (which undoes NFD too), without invisible characters, white space single."""
    return " ".join(fold(raw).translate(_INVISIBLE).split())


def _take_apart(text: str) -> _Pieces | None:
    """The pieces of a string by kind; None where something is not understood or a kind comes twice."""
    pieces: _Pieces = {}
    position = 0
    while position < len(text):
        match = PIECE.match(text, position)
        if match is None or match.lastgroup is None:
            return None
        kind = match.lastgroup
        if kind in pieces and kind not in {"gap", "label", "names_a_day"}:
            return None
        pieces[kind] = match
        position = match.end()
    return pieces


def _put_together(pieces: _Pieces, order: _Order, now: datetime | None, clock: Literal[12, 24] = 24) -> Moment | None:
    kinds = _READERS.keys() & pieces.keys()
    if len(kinds) != 1:
        return None
    kind = kinds.pop()
    try:
        day = _READERS[kind](pieces, order, now)
        if day is None:
            return None
        if isinstance(day, Moment):
            return None if pieces.keys() & {"clock", "meridiem", "part_of_day", "weekday"} else day
        (hour, minute, second), precision = _read_clock(pieces)
        if clock == 12 and 1 <= hour <= 12 and not pieces.keys() & {"meridiem", "part_of_day"}:
            hour, minute, second, precision = 0, 0, 0, "day"
        value = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=VIETNAM)
    except ValueError:  # the 31st of June, a 29th month, 24 o'clock
        return None
    return Moment(value, precision, "weekday" in pieces and _weekday(pieces) != value.weekday())


def _weekday(pieces: _Pieces) -> int:
    word = pieces["weekday"].group().replace(" ", "").replace(".", "")
    return WEEKDAYS[word] if word in WEEKDAYS else WEEKDAYS[word[:3]]


def _read_clock(pieces: _Pieces) -> tuple[tuple[int, int, int], Precision]:
    """Hour, minute, second; midnight of the day where no hour is printed.

    :raises ValueError: where the hour contradicts its SA, CH or part of the day.
    """
    clock = pieces.get("clock")
    half = pieces["meridiem"].group()[0] if "meridiem" in pieces else None
    part = pieces["part_of_day"]["part"] if "part_of_day" in pieces else None
    if clock is None:
        if half:
            raise ValueError("SA or CH without an hour")
        return (0, 0, 0), "day"
    hour = int(clock["hour"] or clock["hour_word"])
    minute = clock["minute"] or clock["minute_word"]
    if half in {"s", "a"}:  # SA (sáng), AM
        if hour > 12:
            raise ValueError(f"{hour} o'clock is not before noon")
        hour %= 12
    elif half:  # CH (chiều), PM, printed by some sites after a clock of 24 hours too
        if hour == 0:
            raise ValueError("0 o'clock is not after noon")
        hour += 12 if hour < 12 else 0
    elif part:
        as_printed, after_noon = PARTS_OF_DAY[part]
        if hour not in as_printed and hour not in after_noon:
            raise ValueError(f"{hour} o'clock is not {part}")
        hour += 12 if hour in after_noon else 0
    precision: Precision = "second" if clock["second"] else "minute" if minute else "hour"
    return (hour, int(minute or 0), int(clock["second"] or 0)), precision


def _year(digits: str) -> int:
    short = int(digits)
    return short if len(digits) == 4 else 2000 + short if short <= LATEST % 100 else 1900 + short


def _month(match: re.Match[str], name: str) -> int:
    english, printed = match[f"{name}_english"], match[name]
    if english:
        return MONTHS[english[:3]]
    return int(printed) if printed.isdigit() else MONTHS[printed]


def _ymd(pieces: _Pieces, order: _Order, now: datetime | None) -> date:
    match = pieces["ymd"]
    return date(int(match["y1"]), int(match["m1"]), int(match["d1"]))


def _day_month_year(pieces: _Pieces, order: _Order, now: datetime | None) -> date:
    match = pieces["day_month_year"]
    return date(int(match["y2"]), _month(match, "m2"), int(match["d2"]))


def _month_day_year(pieces: _Pieces, order: _Order, now: datetime | None) -> date:
    match = pieces["month_day_year"]
    return date(int(match["y3"]), _month(match, "m3"), int(match["d3"]))


def _month_year(pieces: _Pieces, order: _Order, now: datetime | None) -> Moment:
    match = pieces["month_year"]
    return Moment(datetime(int(match["y4"]), _month(match, "m4"), 1, tzinfo=VIETNAM), "month")


def _numeric(pieces: _Pieces, order: _Order, now: datetime | None) -> date:
    match = pieces["numeric"]
    first, second = int(match["a6"]), int(match["b6"])
    day, month = (first, second) if order == "DMY" else (second, first)
    return date(_year(match["y6"]), month, day)


def _day_month(pieces: _Pieces, order: _Order, now: datetime | None) -> date | None:
    match = pieces["day_month"]
    return None if "lunar_looking" in pieces else _nearest(int(match["d5"]), _month(match, "m5"), now)


def _yearless(pieces: _Pieces, order: _Order, now: datetime | None) -> date | None:
    """See :func:`read_date` on ``14.10``."""
    match = pieces["yearless"]
    first, second, separator = int(match["a7"]), int(match["b7"]), match["s7"]
    if not pieces.keys() & {"names_a_day", "weekday", "part_of_day", "clock"}:
        may_be_a_clock = separator == "." and first <= 24 and len(match["b7"]) == 2
        if may_be_a_clock or separator == "-" or match.group() == "24/7":
            return None
    if "lunar_looking" in pieces:  # "mùng 10/3" is a day of the lunar calendar more often than not
        return None
    day, month = (first, second) if order == "DMY" else (second, first)
    return _nearest(day, month, now)


def _nearest(day: int, month: int, now: datetime | None) -> date | None:
    """The day in the year of the reference or, where that is too far ahead or no such day, in the year before."""
    for year in (now.year, now.year - 1) if now else ():
        try:
            found = date(year, month, day)
        except ValueError:  # the 29th of February
            continue
        if now and found <= (now + AHEAD).date():
            return found
    return None


def _day_word(pieces: _Pieces, order: _Order, now: datetime | None) -> date | None:
    return now.date() - timedelta(days=DAY_WORDS[pieces["day_word"].group()]) if now else None


def _just_now(pieces: _Pieces, order: _Order, now: datetime | None) -> Moment | None:
    return Moment(now, "minute") if now else None


def _ago(pieces: _Pieces, order: _Order, now: datetime | None) -> Moment | None:
    match = pieces["ago"]
    if now is None:
        return None
    unit, precision = UNITS[match["ago_unit"] or match["since_unit"]]
    value = _count_back(f"{match['ago_count'] or match['since_count']} {unit} trước", now.replace(tzinfo=None))
    return Moment(value.replace(tzinfo=VIETNAM), precision) if value else None


@lru_cache(maxsize=1024)
def _count_back(phrase: str, now: datetime) -> datetime | None:
    # With PREFER_DAY_OF_MONTH "first" dateparser would put "2 tháng trước" on the first of the month.
    settings = {"RELATIVE_BASE": now, "PREFER_DAY_OF_MONTH": "current", "PREFER_DATES_FROM": "past"}
    found: datetime | None = dateparser.parse(phrase, languages=["vi"], settings=settings)
    return found


def _stamp(pieces: _Pieces, order: _Order, now: datetime | None) -> Moment | None:
    """YYYYMMDDHHMMSS, or HHMMSSDDMMYYYY as MediaTech names its files; None where both are possible."""
    digits = pieces["stamp"].group()
    found = []
    for stamp in (digits, digits[10:] + digits[8:10] + digits[6:8] + digits[:6]):
        try:
            value = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=VIETNAM)
        except ValueError:
            continue
        if possible_year(value.year, now):
            found.append(value)
    return Moment(found[0], "second") if len(found) == 1 else None


_READERS: dict[str, Callable[[_Pieces, _Order, datetime | None], date | Moment | None]] = {
    "ymd": _ymd,
    "day_month_year": _day_month_year,
    "month_day_year": _month_day_year,
    "month_year": _month_year,
    "numeric": _numeric,
    "day_month": _day_month,
    "yearless": _yearless,
    "day_word": _day_word,
    "just_now": _just_now,
    "ago": _ago,
    "stamp": _stamp,
}
"""For each kind of date piece what it means: a day, to which the clock is added, or a whole moment."""
