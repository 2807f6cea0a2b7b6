"""Dates as a reader reads them, no more exactly than they are known. Pure functions."""

from __future__ import annotations

import re
from datetime import datetime

from archive.web.language import Language

_MONTHS = ["January", "February", "March", "April", "May", "June"]
_MONTHS += ["July", "August", "September", "October", "November", "December"]


def date_in_words(language: Language, date: str | None, precision: str | None = "second") -> str:
    """``9 giờ 14 phút, ngày 29 tháng 6 năm 2021``; ``29 June 2021, 09:14``. Empty for None.

    :param date: RFC 3339, in Vietnam's time, which is what is shown.
    """
    if date is None:
        return ""
    at = datetime.fromisoformat(date)
    if language == "en":
        day = (
            f"{_MONTHS[at.month - 1]} {at.year}"
            if precision == "month"
            else f"{at.day} {_MONTHS[at.month - 1]} {at.year}"
        )
        times = {"hour": "%Hh", "minute": "%H:%M", "second": "%H:%M:%S"}
        return f"{day}, {at.strftime(times[precision])}" if precision in times else day
    if precision == "month":
        return f"tháng {at.month} năm {at.year}"
    day = f"ngày {at.day} tháng {at.month} năm {at.year}"
    if precision == "hour":
        return f"{at.hour} giờ, {day}"
    if precision == "minute":
        return f"{at.hour} giờ {at.minute:02} phút, {day}"
    if precision == "second":
        return f"{at.hour} giờ {at.minute:02} phút {at.second:02} giây, {day}"
    return day


def short_date(language: Language, date: str | None, precision: str | None = "day") -> str:
    """The day, for lists: ``29/6/2021``; ``29 Jun 2021``; the month alone where no day is known. Empty for None."""
    if date is None:
        return ""
    at = datetime.fromisoformat(date)
    if language == "en":
        month = f"{_MONTHS[at.month - 1][:3]} {at.year}"
        return month if precision == "month" else f"{at.day} {month}"
    return f"{at.month}/{at.year}" if precision == "month" else f"{at.day}/{at.month}/{at.year}"


def moment(value: str) -> str:
    """A value that may be a time, as in a table: ``2019-10-27 14:29:40``, the day alone where no time is known; any
    other value as it is."""
    found = _MOMENT.fullmatch(value)
    if found is None:
        return value
    return found["day"] if found["time"] == "00:00:00" else f"{found['day']} {found['time']}"


_MOMENT = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})T(?P<time>\d{2}:\d{2}:\d{2})\+07:00")
